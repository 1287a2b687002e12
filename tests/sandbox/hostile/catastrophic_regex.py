# Expected: timed out (CPU)
# Backtracks for ages inside C, where no Python signal handler runs.
import re

re.match(r"(a+)+$", "a" * 64 + "b")
