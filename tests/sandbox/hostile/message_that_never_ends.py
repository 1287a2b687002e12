# Expected: timed out (CPU)
# Fails with an exception that cannot say why.
class Endless(Exception):
    def __str__(self):
        while True:
            pass


raise Endless
