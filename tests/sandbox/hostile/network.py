# Expected: passed
# Looks for any way out: loopback, a public address, a name. It passes because each of them must fail.
import socket

listener = socket.socket()
listener.bind(("127.0.0.1", 0))
for address in (("127.0.0.1", 22), ("1.1.1.1", 53), ("169.254.169.254", 80), ("example.com", 80)):
    try:
        socket.create_connection(address, timeout=0.2)
    except OSError:
        continue
    raise AssertionError(f"{address} can be reached")
