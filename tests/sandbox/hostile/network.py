# Expected: wrong
# Detail: nothing can be reached
# Looks for any way out: loopback, the machine's metadata, public addresses, a name, a broadcast.
import socket

listener = socket.socket()
listener.bind(("127.0.0.1", 0))
reached = []
addresses = [("127.0.0.1", port) for port in (22, 80, 443, 5432, 6379, 8000, 8080, 8888)]
addresses += [("1.1.1.1", 53), ("169.254.169.254", 80), ("10.0.0.1", 80), ("172.17.0.1", 80), ("example.com", 80)]
for address in addresses:
    try:
        socket.create_connection(address, timeout=0.1)
    except OSError:
        continue
    reached.append(address)
datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
datagrams.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
for address in ("1.1.1.1", "255.255.255.255", "224.0.0.1"):
    try:
        datagrams.sendto(b"out", (address, 53))
    except OSError:
        continue
    reached.append(address)
assert not reached, f"reached {reached}"
assert False, "nothing can be reached"
