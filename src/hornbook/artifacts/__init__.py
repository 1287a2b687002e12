"""What a stage is, when its output may be reused, and where it came from."""
