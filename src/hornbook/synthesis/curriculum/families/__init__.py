"""The operations of the world, one file per family."""
