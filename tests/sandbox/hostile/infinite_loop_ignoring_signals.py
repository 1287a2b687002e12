# Expected: timed out (CPU)
# Ignores every signal that can be ignored, catches every exception, and never ends.
import signal

for number in range(1, 65):
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
while True:
    try:
        while True:
            pass
    except BaseException:
        continue
