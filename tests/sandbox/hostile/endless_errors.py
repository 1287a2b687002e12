# Expected: output limit
# Complains for ever.
import sys

while True:
    sys.stderr.write("error " * 1000)
