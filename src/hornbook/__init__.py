"""Hornbook makes a small code model from textbook-quality data, the way phi-1 was made."""

__version__ = "0.1.0"
