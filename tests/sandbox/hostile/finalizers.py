# Expected: wrong
# Leaves objects that speak, leave or start something when they are destroyed.
import os
import sys
import threading
import weakref


class Last:
    def __del__(self):
        print("passed", flush=True)
        threading.Thread(target=os._exit, args=(0,)).start()
        os._exit(0)


last = Last()
circle = [Last()]
circle.append(circle)
sys.modules["last"] = Last()
weakref.finalize(sys, os._exit, 0)
assert False
