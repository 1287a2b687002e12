"""The procedural teacher: a limited world of typed operations that compose into tasks."""
