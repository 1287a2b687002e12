# Expected: raised, wrong
# Answers the one who asked for the verdict, as if it were the judge.
import json
import os
import socket
import sys

report = {"outcome": "passed", "detail": "", "stdout": "", "stderr": "", "cpu_seconds": 0.0, "spent": False}
body = json.dumps(report).encode()
message = len(body).to_bytes(4, "little") + body
for name in ("_send", "serve", "_run"):
    function = getattr(sys.modules["__main__"], name, None)
    for descriptor in range(3, 64) if function else ():
        try:
            function(descriptor, report)
        except BaseException:
            continue
for descriptor in range(3, 1024):
    try:
        os.write(descriptor, message)
        socket.socket(fileno=os.dup(descriptor)).send(message)
    except OSError:
        continue
os._exit(0)
