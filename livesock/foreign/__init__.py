"""Names and calls of other libraries, and what to write here for each. Nothing loads this before one is used."""
