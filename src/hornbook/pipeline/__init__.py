"""What a stage is, when its output may be reused, and where it came from."""

# The folder in which a command keeps artifacts and runs where nobody names another.
DEFAULT_STORE = "hornbook-store"
