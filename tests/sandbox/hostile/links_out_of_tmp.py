# Expected: passed
# Leaves links to the system and a folder that cannot be listed, for the one that cleans up.
import os

os.symlink("/", "/tmp/root")
os.symlink("/usr/bin", "/tmp/bin")
os.makedirs("/tmp/locked/inner")
os.chmod("/tmp/locked", 0)
