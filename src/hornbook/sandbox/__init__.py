"""Runs Python programs that nobody has read, in a jail that costs them nothing but a verdict."""
