"""The head of a request or a response, as a value and as bytes (RFC 9112, 2 to 5).

    GET /echo HTTP/1.1\\r\\n          method, target, version
    Host: 127.0.0.1:8765\\r\\n        name, colon, value
    \\r\\n                            the head ends at the empty line; the body, if any, begins right after it

A head is read line by line as it arrives and refused at the first byte that cannot be right. Lines end with
CR LF and nothing else: an attacker can use two programs that disagree on where a line ends.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from livesock.errors import PacketError
from livesock.wire.quote import quote

__all__ = ["HeadReader", "Headers", "RequestHead", "ResponseHead", "parse_request", "parse_response", "wrong"]

HEAD_LIMIT = 256 * 1024
"""Bytes of a head: servers stop between 8 and 64 KiB, and a head that a server refused is worth seeing."""

Headers = tuple[tuple[str, str], ...]

_TOKEN = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_VERSION = re.compile(rb"HTTP/1\.[0-9]")
_NOT_IN_REQUEST_LINE = re.compile(rb"[^\x20-\x7e\r\n]|(?<!\r)\n|\r(?=[^\n])")
_NOT_IN_LINE = re.compile(rb"[^\t\x20-\x7e\x80-\xff\r\n]|(?<!\r)\n|\r(?=[^\n])")


@dataclass(frozen=True, slots=True)
class _Head:
    headers: Headers
    """Names and values in the order of the wire, as Latin-1 text; the blanks around a value are gone."""
    version: str = "HTTP/1.1"

    def get(self, name: str) -> str | None:
        """Return the value of the header `name`, in any case; several are joined by `", "`; None without one."""
        values = self.get_all(name)
        return ", ".join(values) if values else None

    def get_all(self, name: str) -> list[str]:
        """Return every value of the header `name`, in any case, in the order of the wire."""
        return [value for key, value in self.headers if key.lower() == name.lower()]

    def has_word(self, name: str, word: str) -> bool:
        """Return whether the comma-separated header `name` holds `word`, both in any case."""
        return word.lower() in [item.strip(" \t").lower() for item in (self.get(name) or "").split(",")]


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestHead(_Head):
    """The head of a request."""

    method: str
    target: str
    """What is asked for, as it stands on the wire: `/echo?x=1`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseHead(_Head):
    """The head of a response."""

    status: int
    reason: str = ""
    """Words for people after the status; often empty."""


class HeadReader:
    """Reads one head that grows, each line once. Not thread-safe; a new one for every head.

    With a `start_line`, that line counts as read and the headers begin at once.
    """

    def __init__(self, from_client: bool, *, start_line: bytes | None = None) -> None:
        self.from_client = from_client
        self._start_line = start_line
        self._headers: list[tuple[str, str]] = []
        self._line = 0
        self._seen = 0

    def read(self, data: bytes | bytearray) -> tuple[RequestHead | ResponseHead, int] | None:
        """Return the head at the beginning of `data` and the position after it, or None while it is incomplete.

        Call again with more bytes after the same ones. Offsets of errors count from the start of `data`.

        Raises:
            PacketError: As soon as no further bytes could make the head valid.
        """
        while (end := self._find_line(data)) is not None:
            line, start = bytes(data[self._line : end - 2]), self._line
            self._line = self._seen = end
            if self._start_line is None:
                (_check_request_line if self.from_client else _check_status_line)(line)
                self._start_line = line
            elif line:
                self._headers.append(_header(line, start))
            else:
                return self._head(), end
        return None

    def _find_line(self, data: bytes | bytearray) -> int | None:
        """Return the position after the current line, having checked each of its bytes; None while it goes on."""
        stop = min(len(data), HEAD_LIMIT)
        newline = data.find(b"\n", self._seen, stop)
        end = stop if newline < 0 else newline + 1
        first = self._start_line is None
        if first and not self.from_client:
            _check_version_so_far(bytes(data[: min(end, 7)]))
        forbidden = _NOT_IN_REQUEST_LINE if first and self.from_client else _NOT_IN_LINE
        if (bad := forbidden.search(data, self._seen, end)) is not None:
            raise wrong(_forbidden(bad.group()[0], first), "2.2", bad.start())
        if newline >= 0:
            return end
        if len(data) > HEAD_LIMIT:
            raise wrong(f"a head has at most {HEAD_LIMIT} bytes here", "2.2", HEAD_LIMIT)
        self._seen = max(self._line, end - 1) if data[end - 1 : end] == b"\r" else end
        return None

    def _head(self) -> RequestHead | ResponseHead:
        assert self._start_line is not None
        first, second, third = self._start_line.decode("latin-1").split(" ", 2)
        headers = tuple(self._headers)
        if self.from_client:
            return RequestHead(method=first, target=second, version=third, headers=headers)
        return ResponseHead(version=first, status=int(second), reason=third, headers=headers)


def parse_request(data: bytes) -> tuple[RequestHead, int] | None:
    """Return the request head at the beginning of `data` and the position after it; None while incomplete.

    RFC 9112, 2 to 5.

    Raises:
        PacketError: If no further bytes could make this a request head.
    """
    found = HeadReader(from_client=True).read(data)
    if found is None:
        return None
    head, end = found
    assert isinstance(head, RequestHead)
    return head, end


def parse_response(data: bytes) -> tuple[ResponseHead, int] | None:
    """Return the response head at the beginning of `data` and the position after it; None while incomplete.

    RFC 9112, 2 to 5.

    Raises:
        PacketError: If no further bytes could make this a response head.
    """
    found = HeadReader(from_client=False).read(data)
    if found is None:
        return None
    head, end = found
    assert isinstance(head, ResponseHead)
    return head, end


def wrong(rule: str, section: str, offset: int) -> PacketError:
    """Return the error for a rule of RFC 9112."""
    return PacketError(rule, section=f"RFC 9112, {section}", offset=offset)


def _forbidden(byte: int, in_start_line: bool) -> str:
    if byte == 0x0A:
        return "a line ends with CR LF, and this LF has no CR before it"
    if byte == 0x0D:
        return "a line ends with CR LF, and this CR has no LF after it"
    place = "the first line of a message" if in_start_line else "a header"
    return f"{place} may not hold the byte 0x{byte:02x}"


def _check_request_line(line: bytes) -> None:
    if not line:
        raise wrong("a request begins with its method, and this line is empty", "3", 0)
    method = _TOKEN.match(line)
    if method is None or line[method.end() : method.end() + 1] not in (b" ", b""):
        rule = "a request begins with its method: letters, and one space after them"
        raise wrong(rule, "3.1", method.end() if method else 0)
    parts = line.split(b" ")
    if len(parts) != 3 or not parts[1]:
        rule = f"a request line is METHOD target HTTP/1.1 with single spaces, and this one has {len(parts)} parts"
        raise wrong(rule, "3", _bad_part(parts))
    _check_version(parts[2], len(line) - len(parts[2]))


def _bad_part(parts: list[bytes]) -> int:
    """Return the position of the first part that is missing or too much."""
    position = 0
    for number, part in enumerate(parts):
        if not part or number == 3:
            return position
        position += len(part) + 1
    return position - 1


def _check_version(version: bytes, offset: int) -> None:
    if _VERSION.fullmatch(version) is None:
        raise wrong(f"the version must be HTTP/1.1, and here it is {quote(version, 20)}", "2.3", offset)


def _check_version_so_far(line: bytes) -> None:
    """Refuse a response at the first byte that is not HTTP/1.x, without waiting for the end of a line."""
    for position, (expected, byte) in enumerate(zip(b"HTTP/1.", line, strict=False)):
        if byte != expected:
            raise wrong("a response begins with HTTP/1.1", "4", position)


def _check_status_line(line: bytes) -> None:
    version, _, rest = line.partition(b" ")
    _check_version(version, 0)
    if re.match(rb"[1-9][0-9][0-9] ", rest) is None:
        rule = "a status line is HTTP/1.1, a status of three digits, a space and the reason, which may be empty"
        raise wrong(rule, "4", min(len(version) + 1, len(line)))


def _header(line: bytes, start: int) -> tuple[str, str]:
    """Return the name and the value of a header line that begins at `start`."""
    if line[:1] in (b" ", b"\t"):
        raise wrong("a header may not go on in the next line", "5.2", start)
    name = _TOKEN.match(line)
    stop = name.end() if name else 0
    if line[stop : stop + 1] != b":" or name is None:
        rule = "a header is a name, a colon right after it, and a value"
        if line[stop : stop + 1] in (b" ", b"\t"):
            rule = "no blank may stand between the name of a header and its colon"
        raise wrong(rule, "5.1", start + stop)
    return name.group().decode("ascii"), line[stop + 1 :].strip(b" \t").decode("latin-1")
