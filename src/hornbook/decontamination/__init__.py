"""Find training documents that give away a benchmark's problems, and take them out with the evidence."""
