# Expected: wrong
# Leaves threads that refuse to end when the main thread has failed.
import threading
import time


def stay():
    while True:
        try:
            time.sleep(0.01)
        except BaseException:
            continue


for _ in range(2):
    threading.Thread(target=stay, daemon=False).start()
assert False
