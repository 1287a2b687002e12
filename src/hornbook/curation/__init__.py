"""Keep, out of real code, the part that teaches something."""
