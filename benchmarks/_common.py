"""What the benchmarks share: a server in a process of its own, and a line about the machine."""

from __future__ import annotations

import os
import platform
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import h11
import websockets

import livesock

KEY = "dGhlIHNhbXBsZSBub25jZQ=="


def machine() -> str:
    """Return processor, cores and versions in one line."""
    cpu = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [
            line.partition(":")[2].strip() for line in info.read_text("utf-8").splitlines() if "model name" in line
        ]
        cpu = names[0] if names else cpu
    versions = f"livesock {livesock.__version__}, websockets {websockets.__version__}, h11 {h11.__version__}"
    return f"{cpu}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}, {versions}"


@contextmanager
def running(program: str, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """Run a Python program that talks in lines and ends when its input does."""
    command = [sys.executable, "-c", program, *arguments]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield process
        process.communicate(timeout=60)


def heard(process: subprocess.Popen[str]) -> str:
    """Return the next line of the program."""
    assert process.stdout
    return process.stdout.readline().strip()


def upgraded(port: int, path: str = "/", *more: str) -> socket.socket:
    """Return a socket that has done the opening handshake: as cheap as a client can be."""
    sock = socket.create_connection(("127.0.0.1", port), timeout=60)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    head = [
        f"GET {path} HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Version: 13",
        f"Sec-WebSocket-Key: {KEY}",
        *more,
    ]
    sock.sendall("\r\n".join([*head, "", ""]).encode())
    received = b""
    while not received.endswith(b"\r\n\r\n"):
        received += sock.recv(1)
    assert received.startswith(b"HTTP/1.1 101 "), received
    return sock
