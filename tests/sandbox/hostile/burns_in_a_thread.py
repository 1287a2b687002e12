# Expected: timed out (CPU)
# Computes in threads, while the main thread sleeps.
import threading
import time


def burn():
    while True:
        pass


for _ in range(4):
    threading.Thread(target=burn, daemon=True).start()
time.sleep(1000)
