"""A report as text, as a page, and as files for other programs."""
