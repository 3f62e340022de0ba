"""HTTP/1.1 as bytes: the heads of requests and responses, and how a body ends (RFC 9112).

    GET /echo HTTP/1.1\\r\\n          method, target, version
    Host: 127.0.0.1:8765\\r\\n        name, colon, value
    \\r\\n                            the head ends at the empty line; the body, if any, begins right after it

A head is read line by line as it arrives and refused at the first byte that cannot be right. Lines end with
CR LF and nothing else: two programs that disagree on where a line ends can be played against each other.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from livesock.errors import PacketError
from livesock.wire.fields import Field
from livesock.wire.headers import describe_header
from livesock.wire.quote import quote

__all__ = [
    "BodyChunk",
    "BodyReader",
    "Framing",
    "HeadReader",
    "Request",
    "Response",
    "body_framing",
    "decode_chunk",
    "explain_chunk",
    "explain_head",
    "parse_request",
    "parse_response",
]

HEAD_LIMIT = 256 * 1024
"""Bytes of a head: servers stop between 8 and 64 KiB, and what they refused is worth seeing."""

CHUNK_LINE_LIMIT = 1024
"""Bytes of the line before a chunk: a size has 16 digits at most, and extensions are hardly ever used."""

TRAILERS_LIMIT = 16 * 1024
"""Bytes of the trailer section after the last chunk."""

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
        """Tell whether the comma-separated header `name` holds `word`, both in any case."""
        return word.lower() in [item.strip(" \t").lower() for item in (self.get(name) or "").split(",")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request(_Head):
    """The head of a request."""

    method: str
    target: str
    """What is asked for, as it stands on the wire: `/echo?x=1`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Response(_Head):
    """The head of a response."""

    status: int
    reason: str = ""
    """Words for people after the status; often empty."""


class HeadReader:
    """Reads one head that grows, each line once. Not thread-safe; a new one for every head.

    With a `start_line`, that line is taken as read and the headers begin at once.
    """

    def __init__(self, from_client: bool, *, start_line: bytes | None = None) -> None:
        self.from_client = from_client
        self._start_line = start_line
        self._headers: list[tuple[str, str]] = []
        self._line = 0
        self._seen = 0

    def read(self, data: bytes | bytearray) -> tuple[Request | Response, int] | None:
        """Return the head at the beginning of `data` and the position after it, or None while it is incomplete.

        Call again with more bytes after the same ones. Offsets of errors count from the start of `data`.

        Raises:
            PacketError: As soon as no continuation could make the head right.
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
            raise _wrong(_forbidden(bad.group()[0], first), "2.2", bad.start())
        if newline >= 0:
            return end
        if len(data) > HEAD_LIMIT:
            raise _wrong(f"a head has at most {HEAD_LIMIT} bytes here", "2.2", HEAD_LIMIT)
        self._seen = max(self._line, end - 1) if data[end - 1 : end] == b"\r" else end
        return None

    def _head(self) -> Request | Response:
        assert self._start_line is not None
        first, second, third = self._start_line.decode("latin-1").split(" ", 2)
        headers = tuple(self._headers)
        if self.from_client:
            return Request(method=first, target=second, version=third, headers=headers)
        return Response(version=first, status=int(second), reason=third, headers=headers)


def parse_request(data: bytes) -> tuple[Request, int] | None:
    """Return the request head at the beginning of `data` and the position after it; None while incomplete.

    RFC 9112, 2 to 5.

    Raises:
        PacketError: If the bytes cannot become a request head, whatever follows.
    """
    found = HeadReader(from_client=True).read(data)
    if found is None:
        return None
    head, end = found
    assert isinstance(head, Request)
    return head, end


def parse_response(data: bytes) -> tuple[Response, int] | None:
    """Return the response head at the beginning of `data` and the position after it; None while incomplete.

    RFC 9112, 2 to 5.

    Raises:
        PacketError: If the bytes cannot become a response head, whatever follows.
    """
    found = HeadReader(from_client=False).read(data)
    if found is None:
        return None
    head, end = found
    assert isinstance(head, Response)
    return head, end


def _wrong(rule: str, section: str, offset: int) -> PacketError:
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
        raise _wrong("a request begins with its method, and this line is empty", "3", 0)
    method = _TOKEN.match(line)
    if method is None or line[method.end() : method.end() + 1] not in (b" ", b""):
        rule = "a request begins with its method: letters, and one space after them"
        raise _wrong(rule, "3.1", method.end() if method else 0)
    parts = line.split(b" ")
    if len(parts) != 3 or not parts[1]:
        rule = f"a request line is METHOD target HTTP/1.1 with single spaces, and this one has {len(parts)} parts"
        raise _wrong(rule, "3", _bad_part(parts))
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
        raise _wrong(f"the version must be HTTP/1.1, and here it is {quote(version, 20)}", "2.3", offset)


def _check_version_so_far(line: bytes) -> None:
    """Refuse a response at the first byte that is not HTTP/1.x, without waiting for the end of a line."""
    for position, (expected, byte) in enumerate(zip(b"HTTP/1.", line, strict=False)):
        if byte != expected:
            raise _wrong("a response begins with HTTP/1.1", "4", position)


def _check_status_line(line: bytes) -> None:
    version, _, rest = line.partition(b" ")
    _check_version(version, 0)
    if re.match(rb"[1-9][0-9][0-9] ", rest) is None:
        rule = "a status line is HTTP/1.1, a status of three digits, a space and the reason, which may be empty"
        raise _wrong(rule, "4", min(len(version) + 1, len(line)))


def _header(line: bytes, start: int) -> tuple[str, str]:
    """Return the name and the value of a header line that begins at `start`."""
    if line[:1] in (b" ", b"\t"):
        raise _wrong("a header may not go on in the next line", "5.2", start)
    name = _TOKEN.match(line)
    stop = name.end() if name else 0
    if line[stop : stop + 1] != b":" or name is None:
        rule = "a header is a name, a colon right after it, and a value"
        if line[stop : stop + 1] in (b" ", b"\t"):
            rule = "no blank may stand between the name of a header and its colon"
        raise _wrong(rule, "5.1", start + stop)
    return name.group().decode("ascii"), line[stop + 1 :].strip(b" \t").decode("latin-1")


# Where each part stands, and what it means.


def explain_head(data: bytes) -> tuple[Field, ...]:
    """Return the parts of the head at the beginning of `data`: the first line's, each header, the empty line.

    Blanks and line ends belong to the part before them, so the fields cover the head without a hole. A broken or
    incomplete head is explained line by line as far as it goes; bytes after the head are left out.
    """
    first, line_end, _ = data.partition(b"\r\n")
    position = len(first) + len(line_end)
    fields = _explain_first_line(first, position)
    while position < len(data):
        newline = data.find(b"\r\n", position)
        line, end = (data[position:], len(data)) if newline < 0 else (data[position:newline], newline + 2)
        fields.append(_explain_line(line, position, end))
        position = end
        if not line:
            break
    return tuple(fields)


def _explain_line(line: bytes, start: int, end: int) -> Field:
    name, colon, value = line.decode("latin-1").partition(":")
    if not line:
        meaning = "The empty line: the head ends here, and the body, if there is one, begins."
        return Field("end of head", "", 8 * start, 8 * end, meaning, "RFC 9112, 2.1")
    if not colon:
        return Field("header", name, 8 * start, 8 * end, "A line without a colon.", "RFC 9112, 5")
    meaning, section = describe_header(name)
    return Field(name, value.strip(" \t"), 8 * start, 8 * end, meaning, section)


def _explain_first_line(line: bytes, end: int) -> list[Field]:
    """Cut the first line after its first two spaces."""
    labels = _STATUS_LINE if line.startswith(b"HTTP/") else _REQUEST_LINE
    fields, position = [], 0
    parts = line.decode("latin-1").split(" ", 2)
    for (name, meaning, section), part in zip(labels, parts, strict=False):
        stop = position + len(part) + 1 if part is not parts[-1] else end
        fields.append(Field(name, part, 8 * position, 8 * stop, _about(name, part) or meaning, section))
        position = stop
    return fields


_REQUEST_LINE = (
    ("method", "What the client wants to be done with the target.", "RFC 9110, 9"),
    ("target", "What the client asks for: a path, and a query after the question mark.", "RFC 9112, 3.2"),
    ("version", "The version of HTTP; the line ends with CR LF.", "RFC 9112, 2.3"),
)
_STATUS_LINE = (
    ("version", "The version of HTTP.", "RFC 9112, 2.3"),
    ("status", "How it went: 1xx wait, 2xx done, 3xx elsewhere, 4xx your fault, 5xx mine.", "RFC 9110, 15"),
    ("reason", "The status in words, for people: programs look at the number.", "RFC 9112, 4"),
)
_METHODS = {
    "GET": "Asks for the target; every WebSocket begins with a GET.",
    "HEAD": "Asks for the head of the answer only: no body follows it.",
    "POST": "Hands the body over to the target.",
    "OPTIONS": "Asks what is allowed, often on behalf of another site's page.",
}
_STATUSES = {
    "100": "Go on: the client may send the body now.",
    "101": "Switching protocols: from the byte after this head on, the connection is no longer HTTP.",
    "200": "It worked; the body is the answer.",
    "204": "It worked, and there is nothing to say: no body follows.",
    "304": "What the client has is still right: no body follows.",
    "400": "The server does not understand the request.",
    "401": "The client must say who it is.",
    "403": "The server understands, and refuses.",
    "404": "There is nothing at this target.",
    "405": "The target exists, but not for this method.",
    "413": "The body is larger than the server accepts.",
    "426": "The client must switch to the protocol or version that the server names.",
    "431": "The headers are larger than the server accepts.",
    "500": "The server failed in a way that it did not expect.",
    "503": "The server cannot answer now.",
}


def _about(name: str, part: str) -> str | None:
    return {"method": _METHODS, "status": _STATUSES}.get(name, {}).get(part)


# How a body ends.


class Framing(Enum):
    """How the end of a body is found when no number of bytes says it."""

    CHUNKED = "chunked"
    """In pieces, each with its size before it; a piece of size 0 is the last (RFC 9112, 7.1)."""
    UNTIL_CLOSE = "until close"
    """It ends when the connection does (RFC 9112, 6.3, rule 8)."""


def body_framing(head: Request | Response, method: str | None = None) -> int | Framing:
    """Return how many bytes the body after `head` has (0: no body), or how else its end is found.

    `method` is the method of the request that a response answers. RFC 9112, 6.3.

    Raises:
        PacketError: If the length is not a number or is given twice, or if a length and a transfer coding
            contradict each other: two readers could disagree on where the next message begins.
    """
    lengths, codings = head.get_all("Content-Length"), head.get("Transfer-Encoding")
    if isinstance(head, Response) and (head.status < 200 or head.status in (204, 304) or method == "HEAD"):
        return 0
    if codings is not None:
        return _coded(head, codings, bool(lengths))
    if lengths:
        return _length(lengths)
    return 0 if isinstance(head, Request) else Framing.UNTIL_CLOSE


def _coded(head: Request | Response, codings: str, has_length: bool) -> Framing:
    if has_length:
        raise _wrong("Content-Length and Transfer-Encoding must not stand in one message", "6.3", 0)
    if head.version == "HTTP/1.0":
        raise _wrong("HTTP/1.0 knows no Transfer-Encoding", "6.1", 0)
    names = [coding.strip(" \t").lower() for coding in codings.split(",")]
    if names[-1] == "chunked" and names.count("chunked") == 1:
        return Framing.CHUNKED
    if isinstance(head, Request) or "chunked" in names:
        raise _wrong(f"chunked must be the last transfer coding, and once: {quote(codings, 30)}", "6.3", 0)
    return Framing.UNTIL_CLOSE


def _length(values: list[str]) -> int:
    if len(values) > 1:
        raise _wrong("Content-Length may stand only once", "6.3", 0)
    if re.fullmatch(r"[0-9]{1,18}", values[0]) is None:
        raise _wrong(f"Content-Length is a number of bytes, and here it is {quote(values[0], 30)}", "6.3", 0)
    return int(values[0])


class BodyChunk(NamedTuple):
    """One piece of a chunked body; the last one has no content."""

    content: bytes
    end: int
    """The position after the piece with its size line and its last CR LF."""
    before: int
    """Bytes of the size line, with its CR LF."""
    trailers: Headers = ()
    """Headers after the last piece."""

    @property
    def is_last(self) -> bool:
        """Whether the body ends with this piece."""
        return not self.content


def decode_chunk(data: bytes | bytearray, start: int = 0) -> BodyChunk | None:
    """Return the piece of a chunked body that begins at `start`, or None while it is incomplete.

    RFC 9112, 7.1.

    Raises:
        PacketError: As soon as no continuation could make it right. Offsets count from `start`.
    """
    line = _size_line(data, start)
    if line is None:
        return None
    size, before = line
    if size == 0:
        return _last_chunk(data, start, before)
    end = start + before + size
    for position, expected in enumerate(b"\r\n", end):
        if len(data) > position and data[position] != expected:
            raise _wrong(f"CR LF must follow the {size} bytes of a chunk", "7.1", position - start)
    if len(data) < end + 2:
        return None
    return BodyChunk(bytes(data[start + before : end]), end + 2, before)


_SIZE = re.compile(rb"[0-9A-Fa-f]{0,16}")
_EXTENSIONS = re.compile(rb"(?:[ \t]*;[\t\x20-\x7e\x80-\xff]*)?")


def _size_line(data: bytes | bytearray, start: int) -> tuple[int, int] | None:
    """Return the size in the line at `start` and the length of that line, or None while it is incomplete."""
    head = bytes(data[start : start + CHUNK_LINE_LIMIT])
    digits = _SIZE.match(head)
    assert digits is not None
    stop = digits.end()
    if stop == len(head):
        return None
    if stop == 0:
        raise _wrong("a chunk begins with its size in hexadecimal digits", "7.1", 0)
    extensions = _EXTENSIONS.match(head, stop)
    assert extensions is not None
    stop = extensions.end()
    for position, expected in enumerate(b"\r\n", stop):
        if len(head) <= position < CHUNK_LINE_LIMIT:
            return None
        if position >= CHUNK_LINE_LIMIT or head[position] != expected:
            raise _wrong("after the size of a chunk, CR LF or a semicolon must follow", "7.1", position)
    return int(digits.group(), 16), stop + 2


def _last_chunk(data: bytes | bytearray, start: int, before: int) -> BodyChunk | None:
    """Read the trailers with the rules of headers, as if a first line stood before them."""
    trailers = bytes(data[start + before : start + before + TRAILERS_LIMIT])
    reader = HeadReader(from_client=True, start_line=b"TRAILERS * HTTP/1.1")
    try:
        found = reader.read(trailers)
    except PacketError as exc:
        raise PacketError(exc.rule, section=exc.section, offset=before + exc.offset) from exc
    if found is not None:
        return BodyChunk(b"", start + before + found[1], before, found[0].headers)
    if len(trailers) == TRAILERS_LIMIT:
        raise _wrong(f"the trailers have at most {TRAILERS_LIMIT} bytes here", "7.1.2", before + TRAILERS_LIMIT - 1)
    return None


def explain_chunk(data: bytes) -> tuple[Field, ...]:
    """Return the parts of one complete piece of a chunked body; they cover it.

    Raises:
        PacketError: If `data` is not one whole piece.
    """
    chunk = decode_chunk(data)
    if chunk is None or chunk.end != len(data):
        raise _wrong("a chunk is a size line, as many bytes, and CR LF", "7.1", len(data))
    before, size = chunk.before, len(chunk.content)
    line = data[: before - 2].decode("latin-1")
    meaning = f"The size in hexadecimal: {size} bytes follow." if size else "A piece of size 0: the body ends."
    fields = [Field("chunk size", line, 0, 8 * before, meaning, "RFC 9112, 7.1")]
    if size:
        body = Field("chunk data", quote(chunk.content), 8 * before, 8 * (before + size), "A part of the body.", "")
        end = Field("chunk end", "", 8 * (before + size), 8 * chunk.end, "CR LF ends the chunk.", "RFC 9112, 7.1")
        return (*fields, body, end)
    position = before
    for name, value in chunk.trailers:
        end_of_line = data.index(b"\r\n", position) + 2
        meaning, section = describe_header(name)
        fields.append(Field(name, value, 8 * position, 8 * end_of_line, meaning, section))
        position = end_of_line
    meaning = "The empty line: the body ends here."
    return (*fields, Field("end of body", "", 8 * position, 8 * chunk.end, meaning, "RFC 9112, 7.1"))


class BodyReader:
    """Takes one body out of the bytes after its head. Not thread-safe."""

    def __init__(self, framing: int | Framing) -> None:
        self.is_done = framing == 0
        """Whether the body is complete; until close, it never is."""
        self.rest = bytearray()
        """Bytes that are not body: what follows it, or the beginning of a chunk that is incomplete."""
        self.trailers: Headers = ()
        """Headers after the last chunk."""
        self._framing = framing

    def feed(self, data: bytes) -> bytes:
        """Return the bytes of the body that `data` brings; a chunk counts when it is complete.

        Raises:
            PacketError: If a chunk is broken; the offset counts from its first byte.
        """
        self.rest += data
        if self.is_done:
            return b""
        if self._framing is Framing.CHUNKED:
            return self._feed_chunks()
        if self._framing is Framing.UNTIL_CLOSE:
            return self._take(len(self.rest))
        content = self._take(min(len(self.rest), self._framing))
        self._framing -= len(content)
        self.is_done = self._framing == 0
        return content

    def _take(self, size: int) -> bytes:
        taken = bytes(self.rest[:size])
        del self.rest[:size]
        return taken

    def _feed_chunks(self) -> bytes:
        content = bytearray()
        while not self.is_done and (chunk := decode_chunk(self.rest)) is not None:
            content += chunk.content
            self.is_done, self.trailers = chunk.is_last, chunk.trailers
            del self.rest[: chunk.end]
        return bytes(content)
