#!/usr/bin/env python3
"""A peer in Python that serves its stats as plain JSON.

python3 peer.py /run/peer/stats.sock
"""

import json
import os
import signal
import socket
import sys
import threading
import time

stats = {"jobs_total": 0, "queue": {"length": 3}, "info": {"language": "python"}}


def listen(path):
    """Returns a stream socket at `path` that owner and group may connect to."""
    if os.path.exists(path):
        os.unlink(path)  # in case a killed peer left it
    os.umask(0o117)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen()
    return listener


def serve(listener):
    while True:
        connection, _ = listener.accept()
        with connection:
            connection.settimeout(1)  # the client may not read
            try:
                connection.sendall(json.dumps(stats).encode())
            except OSError:
                pass


def main():
    path = sys.argv[1]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    threading.Thread(target=serve, args=[listen(path)], daemon=True).start()
    try:
        while True:
            time.sleep(0.1)  # a job
            stats["jobs_total"] += 1
    finally:
        os.unlink(path)


if __name__ == "__main__":
    main()
