# Expected: raised, out of memory, killed, timed out (CPU)
# Starts threads that never end until the machine gives in.
import threading
import time

while True:
    threading.Thread(target=time.sleep, args=(1000,)).start()
