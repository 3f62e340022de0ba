"""`UpgradeFilter`: removes the upgrade from a client's requests, as a proxy that knows only HTTP does.

    GET /echo HTTP/1.1                          GET /echo HTTP/1.1
    Host: x                                     Host: x
    Connection: Upgrade        ─────────►       Sec-WebSocket-Key: …
    Upgrade: websocket                          Sec-WebSocket-Version: 13
    Sec-WebSocket-Key: …
    Sec-WebSocket-Version: 13

`Connection`, the fields that it names, and `Upgrade` are meant for the next hop only: an intermediary has to remove
them (RFC 9110, 7.6.1) and sends its own. One that knows no WebSocket sends none, so the server sees an ordinary
request with puzzling fields and refuses it, 400 or 426. That is the failure behind most "works locally, not behind
the proxy".

The filter follows the requests of a keep-alive connection from head to head, also while it changes nothing. What it
cannot follow (TLS, frames after a completed upgrade, other protocols) passes as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable

__all__ = ["UpgradeFilter"]

MAX_HEAD = 64 * 1024
"""Bytes of a request head that are held at most while looking for its end; a longer one passes as it is."""

_END_OF_HEAD = re.compile(rb"\r?\n\r?\n")
_BEGINS_LIKE_A_REQUEST = re.compile(rb"[\r\n]*(?:[A-Z]{0,20}\Z|[A-Z]{1,20} )")
_HOP_BY_HOP = {"connection", "upgrade"}


class UpgradeFilter:
    """The requests of one client connection: `feed` returns what goes on to the server."""

    def __init__(self) -> None:
        self._part: Callable[[bytes, bool], tuple[bytes, bytes]] = self._in_head
        self._head = bytearray()
        self._gone = 0  # bytes of `_head` that have been let through already
        self._left = 0  # bytes of a body, or of a chunk of one, that are still to come
        self._line = bytearray()  # the line of a chunked body that is not complete yet

    def feed(self, data: bytes, *, block: bool) -> bytes:
        """Return the bytes to pass on after `data` (`b""`: the client has ended its direction).

        With `block` a head is held until it is complete, at most `MAX_HEAD` bytes; without, nothing is held.
        """
        passed, rest = bytearray(), data
        while rest:
            some, rest = self._part(rest, block)
            passed += some
        if not data or not block:
            passed += self._let_go()
        return bytes(passed)

    def _in_head(self, data: bytes, block: bool) -> tuple[bytes, bytes]:
        self._head += data
        end = _END_OF_HEAD.search(self._head)
        if not _BEGINS_LIKE_A_REQUEST.match(self._head) or (end is None and len(self._head) > MAX_HEAD):
            self._part = self._in_the_dark
            passed = self._let_go()
            self._head.clear()
            return passed, b""
        if end is None:
            return b"", b""
        head, rest = bytes(self._head[: end.end()]), bytes(self._head[end.end() :])
        fields = _fields(head)
        is_blocked = block and "upgrade" in fields and not self._gone
        passed = _without_hop_by_hop(head, fields) if is_blocked else head[self._gone :]
        self._head.clear()
        self._gone = 0
        self._part = self._after(head, fields, is_blocked)
        return passed, rest

    def _after(self, head: bytes, fields: dict[str, str], is_blocked: bool) -> Callable[..., tuple[bytes, bytes]]:
        """What follows a head: a body, the next head, or bytes that are not HTTP (RFC 9112, 6.3)."""
        length = fields.get("content-length", "0")
        if head.startswith(b"CONNECT ") or ("upgrade" in fields and not is_blocked) or not length.isdecimal():
            return self._in_the_dark
        if "chunked" in fields.get("transfer-encoding", "").lower():
            return self._in_size_line
        self._left = int(length)
        return self._in_body if self._left else self._in_head

    def _in_body(self, data: bytes, block: bool) -> tuple[bytes, bytes]:
        return self._count(data, self._in_head)

    def _in_chunk(self, data: bytes, block: bool) -> tuple[bytes, bytes]:
        return self._count(data, self._in_size_line)

    def _count(self, data: bytes, then: Callable[[bytes, bool], tuple[bytes, bytes]]) -> tuple[bytes, bytes]:
        passed, rest = data[: self._left], data[self._left :]
        self._left -= len(passed)
        if not self._left:
            self._part = then
        return passed, rest

    def _in_size_line(self, data: bytes, block: bool) -> tuple[bytes, bytes]:
        passed, line, rest = self._read_line(data)
        if line is not None:
            size = line.partition(b";")[0].strip()
            if not re.fullmatch(rb"[0-9A-Fa-f]{1,15}", size):
                self._part = self._in_the_dark
            elif number := int(size, 16):
                self._left, self._part = number + 2, self._in_chunk  # the chunk and its CRLF
            else:
                self._part = self._in_trailer
        return passed, rest

    def _in_trailer(self, data: bytes, block: bool) -> tuple[bytes, bytes]:
        passed, line, rest = self._read_line(data)
        if line == b"":
            self._part = self._in_head
        return passed, rest

    def _read_line(self, data: bytes) -> tuple[bytes, bytes | None, bytes]:
        """Return the bytes used, the line that they complete (None: not yet), and the rest."""
        end = data.find(b"\n") + 1
        used = data[:end] if end else data
        self._line += used
        if len(self._line) > MAX_HEAD:
            self._part = self._in_the_dark
        if not end:
            return used, None, b""
        line = bytes(self._line).strip()
        self._line.clear()
        return used, line, data[end:]

    def _in_the_dark(self, data: bytes, block: bool) -> tuple[bytes, bytes]:
        return data, b""

    def _let_go(self) -> bytes:
        passed = bytes(self._head[self._gone :])
        self._gone = len(self._head)
        return passed


def _fields(head: bytes) -> dict[str, str]:
    """Return the header fields of a request head by lower-case name, repeated ones joined by commas."""
    fields: dict[str, str] = {}
    for line in head.splitlines()[1:]:
        name, colon, value = line.decode("latin-1").partition(":")
        if colon:
            key = name.strip().lower()
            fields[key] = f"{fields[key]}, {value.strip()}" if key in fields else value.strip()
    return fields


def _without_hop_by_hop(head: bytes, fields: dict[str, str]) -> bytes:
    """Return the head without what was meant for this hop only."""
    named = {token.strip().lower() for token in fields.get("connection", "").split(",")}
    dropped = (named | _HOP_BY_HOP) - {""}
    first, *lines = head.splitlines(keepends=True)
    return first + b"".join(line for line in lines if _name(line) not in dropped)


def _name(line: bytes) -> str:
    return line.partition(b":")[0].strip().decode("latin-1").lower()
