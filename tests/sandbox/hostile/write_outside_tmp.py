# Expected: wrong
# Detail: every attempt was refused
# Tries to write wherever Python lives and wherever else it may.
import os
import sys

folders = ["/", "/dev", "/usr", "/usr/bin", "/lib", "/home", "/etc", "/tmp/..", "/tmp/../usr"]
for folder in [*folders, sys.prefix, os.path.dirname(os.__file__)]:
    for make in (lambda path: open(path, "w").close(), os.mkdir, os.mkfifo, lambda path: os.symlink("/tmp", path)):
        allow_none(**{folder: lambda: make(os.path.join(folder, "left_here"))})
for path in (sys._getframe(1).f_code.co_filename, os.__file__, sys.executable, "/etc/ld.so.cache"):
    for change in (lambda path: open(path, "ab").close(), os.utime, lambda path: os.rename(path, path + "_moved")):
        allow_none(**{path: lambda: change(path)})
