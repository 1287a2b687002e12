# Expected: raised
# Prints and raises what no encoding holds: lone surrogates, null bytes, broken UTF-8, escapes for the terminal.
import sys

sys.stdout.buffer.write(b"\xff\x00\xfe\x1b[2J" * 100)
sys.stdout.flush()
sys.stderr.buffer.write(b"\xc3\x28\x00")
raise ValueError("\ud800\0\x1b]0;title\a\u202e" * 10)
