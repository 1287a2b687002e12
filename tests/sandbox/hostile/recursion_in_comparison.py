# Expected: raised
# Compares and prints lists nested so deeply that C recurses.
left, right = [], []
for _ in range(10**5):
    left, right = [left], [right]
try:
    repr(left)
except RecursionError:
    left == right
