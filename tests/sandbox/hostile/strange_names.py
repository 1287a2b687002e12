# Expected: wrong
# Detail: the strangest are left
# Leaves names that are no text, pipes and sockets that nobody reads, and files that nobody may open.
import os
import socket

for name in (b"\xff\xfe", b"line\nbreak", b"-rf", b" ", b"\x1b[2J", b"n" * 255, b"*", b"..."):
    path = b"/tmp/" + name
    with open(path, "w") as file:
        file.write("here")
    os.chmod(path, 0)
os.mkfifo("/tmp/pipe")
socket.socket(socket.AF_UNIX).bind("/tmp/socket")
assert False, "the strangest are left"
