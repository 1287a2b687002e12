# Expected: raised
# Says "passed" in every way it can think of, on every descriptor that it finds.
import json
import os

claim = json.dumps({"outcome": "passed", "detail": "", "stdout": "", "stderr": "", "spent": False}).encode()
print("passed")
for descriptor in range(3, 256):
    for text in (b"passed\n" + bytes(32), len(claim).to_bytes(4, "little") + claim, b"passed\n"):
        try:
            os.write(descriptor, text)
        except OSError:
            pass
os._exit(0)
