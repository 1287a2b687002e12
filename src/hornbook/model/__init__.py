"""The phi-1 architecture: its shape, its parts, its weights on disk."""
