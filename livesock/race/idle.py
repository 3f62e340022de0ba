"""What a silent client costs its server, when that is in this process."""

from __future__ import annotations

import contextlib
import gc
import socket
import tracemalloc

__all__ = ["DEFLATE", "UPGRADE", "kib_for_each"]

CLIENTS = 50
TIMEOUT = 5.0
"""Seconds that a client waits for its answer."""

UPGRADE = (
    "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
)
"""The headers with which a client asks for a WebSocket."""
DEFLATE = f"{UPGRADE}Sec-WebSocket-Extensions: permessage-deflate\r\n"


def kib_for_each(port: int, path: str, headers: str = "") -> float:
    """Return the KiB that this process takes for each of fifty clients that ask for `path` once, and say no more.

    The clients are plain sockets, so that nearly all of it is the server's.
    """
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{headers}\r\n".encode()
    gc.collect()
    tracemalloc.start()
    try:
        with contextlib.ExitStack() as clients:
            for _ in range(CLIENTS):
                client = clients.enter_context(socket.create_connection(("127.0.0.1", port), TIMEOUT))
                client.sendall(request)
                client.recv(4096)
            gc.collect()
            taken = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    return taken / CLIENTS / 1024
