# Expected: wrong
# Detail: the links are left
# Leaves links to the system, links in circles and a folder that cannot be listed, for the one that cleans up.
import os

os.symlink("/", "/tmp/root")
os.symlink("/usr/bin", "/tmp/bin")
os.symlink("../../../../..", "/tmp/up")
os.symlink("circle", "/tmp/circle")
os.makedirs("/tmp/locked/inner")
os.symlink("/usr/lib", "/tmp/locked/inner/lib")
os.link("/tmp/bin", "/tmp/bin_again", follow_symlinks=False)
os.chmod("/tmp/locked", 0)
assert False, "the links are left"
