# Expected: raised
# Ends the process from a thread while the tests run.
import os
import threading
import time

threading.Timer(0.01, os._exit, args=(0,)).start()
time.sleep(1)
assert False, "the tests"
