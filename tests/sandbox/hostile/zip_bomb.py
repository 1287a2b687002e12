# Expected: out of memory, timed out (CPU)
# Unpacks a few megabytes into a few thousand.
import gzip

gzip.decompress(gzip.compress(bytes(2**20)) * 4096)
