"""A browser on this machine as a client: a page does the checks, and a line of JSON is printed for each.

    python -m livesock.conformance.clients.in_browser /usr/bin/chromium ws://127.0.0.1:8000/

    browser ── GET http://127.0.0.1:8000/judge ──► proxy of ours ── the page
            ── CONNECT 127.0.0.1:8000 ───────────► proxy of ours ── the bytes, untouched ──► the server
            ── POST http://127.0.0.1:8000/judge ─► proxy of ours ── what the page found

The page seems to come from the server, so that its `Origin` is one that the server lets in.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from importlib import resources
from pathlib import Path
from urllib.parse import urlsplit

__all__ = ["ProxyOfOurs", "found"]

PROGRAMS = (
    *("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge", "chrome", "msedge"),
    *(
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
    ),
)
"""Browsers that can be started without a window, and be given a proxy."""

FLAGS = (
    *("--headless=new", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--proxy-bypass-list=<-loopback>"),
)

PATH = "/judge"
PIECE = 65_536


def found() -> str | None:
    """Return the first browser that is here; None if there is none."""
    return next(filter(None, map(shutil.which, PROGRAMS)), None)


class ProxyOfOurs:
    """Gives the browser its page, hands its WebSockets on to `host`:`port`, and takes what the page found."""

    def __init__(self, host: str, port: int, target: str) -> None:
        page = resources.files("livesock.conformance.clients").joinpath("in_browser.html").read_text("utf-8")
        self._host, self._port = host, port
        self._page = page.replace("TARGET", target).encode()
        self.lines = ""
        self.done = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Stop listening."""
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):  # closed
            while True:
                threading.Thread(target=self._serve, args=(self._listener.accept()[0],), daemon=True).start()

    def _serve(self, sock: socket.socket) -> None:
        with sock, contextlib.suppress(OSError):
            head, rest = self._head(sock)
            method, target, *_ = head.split(" ", 2)
            if method == "CONNECT" and target == f"{self._host}:{self._port}":
                with socket.create_connection((self._host, self._port)) as server:
                    sock.sendall(b"HTTP/1.1 200 Connected\r\n\r\n")
                    server.sendall(rest)
                    threading.Thread(target=_pass_on, args=(server, sock), daemon=True).start()
                    _pass_on(sock, server)
            elif urlsplit(target).path == PATH and method == "POST":
                sizes = [int(line[15:]) for line in head.splitlines() if line.lower().startswith("content-length:")]
                while len(rest) < sizes[0] and (more := sock.recv(PIECE)):
                    rest += more
                self.lines = rest.decode()
                sock.sendall(_answer("204 No Content", b""))
                self.done.set()
            elif urlsplit(target).path == PATH:
                sock.sendall(_answer("200 OK", self._page))
            else:
                sock.sendall(_answer("404 Not Found", b""))

    def _head(self, sock: socket.socket) -> tuple[str, bytes]:
        data = b""
        while b"\r\n\r\n" not in data:
            if not (more := sock.recv(PIECE)):
                raise OSError("the browser went away")
            data += more
        head, _, rest = data.partition(b"\r\n\r\n")
        return head.decode("latin-1"), rest


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(PIECE):
            target.sendall(data)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)


def _answer(status: str, body: bytes) -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {len(body)}\r\n"
    return f"{head}Connection: close\r\n\r\n".encode() + body


def main(program: str, url: str) -> None:
    """Let the browser do the checks, and print what it found."""
    parts = urlsplit(url)
    host, port = parts.hostname or "127.0.0.1", parts.port or 80
    proxy = ProxyOfOurs(host, port, url)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        sandbox = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []  # root has none
        more = [f"--proxy-server=127.0.0.1:{proxy.port}", f"--user-data-dir={Path(profile)}", *sandbox]
        command = [program, *FLAGS, *more, f"http://{host}:{port}{PATH}"]
        browser = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            while not proxy.done.wait(0.1):
                if browser.poll() is not None:
                    raise SystemExit(f"the browser ended with {browser.returncode} before its page was done")
            print(proxy.lines, flush=True)
        finally:
            proxy.close()
            browser.terminate()
            browser.wait(5)


if __name__ == "__main__":
    main(*sys.argv[1:])
