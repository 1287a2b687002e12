# Expected: timed out (wall)
# Stops, and waits for someone who lets it go on.
import os
import signal

os.kill(os.getpid(), signal.SIGSTOP)
