"""Read what a person has: files of rows, and source files."""
