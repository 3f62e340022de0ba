"""What crossed the wire, and what it means: recorded chunks, rows with their fields, and what follows them live."""
