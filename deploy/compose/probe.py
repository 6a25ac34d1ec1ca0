"""Says whether a process in this container answers 200: `python -IS probe.py PORT PATH`.

It runs every few seconds in every container, so it imports a socket and nothing else: no application, no HTTP library.
"""

import socket
import sys

SECONDS = 2.5


def answers(port: int, path: str) -> bool:
    """Whether a GET of this path on this machine is answered with status 200."""
    request = f"GET {path} HTTP/1.0\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=SECONDS) as connection:
            connection.sendall(request.encode("ascii"))
            status = connection.makefile("rb").readline(100).split()
    except OSError:
        return False
    return len(status) > 1 and status[1] == b"200"


if __name__ == "__main__":
    sys.exit(0 if answers(int(sys.argv[1]), sys.argv[2]) else 1)
