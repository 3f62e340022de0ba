"""How a body ends, and what it holds (RFC 9112, 6 and 7).

Content-Length: 5               exactly 5 bytes
Transfer-Encoding: chunked      5\\r\\n hello \\r\\n 0\\r\\n \\r\\n       pieces with their size, the last of size 0
neither, in a response          until the connection closes
HEAD, 1xx, 204, 304             no body, even if the headers announce one
"""

from __future__ import annotations

import re
from enum import Enum
from typing import NamedTuple

from livesock.errors import PacketError
from livesock.wire.http.head import Headers, HeadReader, RequestHead, ResponseHead, wrong
from livesock.wire.quote import counted, quote

__all__ = ["BodyChunk", "BodyReader", "Framing", "body_framing", "decode_chunk"]

CHUNK_LINE_LIMIT = 1024
"""Bytes of the line before a chunk: a size has 16 digits at most, and extensions are hardly ever used."""

TRAILERS_LIMIT = 16 * 1024
"""Bytes of the trailer section after the last chunk."""


class Framing(Enum):
    """How the end of a body is found when the head does not give a number of bytes."""

    CHUNKED = "chunked"
    """In pieces, each with its size before it; a piece of size 0 is the last (RFC 9112, 7.1)."""
    UNTIL_CLOSE = "until close"
    """It ends when the connection does (RFC 9112, 6.3, rule 8)."""


def body_framing(head: RequestHead | ResponseHead, method: str | None = None) -> int | Framing:
    """Return how many bytes the body after `head` has (0: no body), or how its end is found.

    `method` is the method of the request that a response answers. RFC 9112, 6.3.

    Raises:
        PacketError: If the length is not a number or is given twice, or if a length and a transfer coding
            contradict each other: two readers could disagree on where the next message begins.
    """
    lengths, codings = head.get_all("Content-Length"), head.get("Transfer-Encoding")
    if isinstance(head, ResponseHead) and (head.status < 200 or head.status in (204, 304) or method == "HEAD"):
        return 0
    if codings is not None:
        return _coded(head, codings, bool(lengths))
    if lengths:
        return _length(lengths)
    return 0 if isinstance(head, RequestHead) else Framing.UNTIL_CLOSE


def _coded(head: RequestHead | ResponseHead, codings: str, has_length: bool) -> Framing:
    if has_length:
        raise wrong("Content-Length and Transfer-Encoding must not stand in one message", "6.3", 0)
    if head.version == "HTTP/1.0":
        raise wrong("HTTP/1.0 knows no Transfer-Encoding", "6.1", 0)
    names = [coding.strip(" \t").lower() for coding in codings.split(",")]
    if names[-1] == "chunked" and names.count("chunked") == 1:
        return Framing.CHUNKED
    if isinstance(head, RequestHead) or "chunked" in names:
        raise wrong(f"chunked must be the last transfer coding, and once: {quote(codings, 30)}", "6.3", 0)
    return Framing.UNTIL_CLOSE


def _length(values: list[str]) -> int:
    if len(values) > 1:
        raise wrong("Content-Length may stand only once", "6.3", 0)
    if re.fullmatch(r"[0-9]{1,18}", values[0]) is None:
        raise wrong(f"Content-Length is a number of bytes, and here it is {quote(values[0], 30)}", "6.3", 0)
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
        PacketError: As soon as no further bytes could make it valid. Offsets count from `start`.
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
            raise wrong(f"CR LF must follow a chunk, after {counted(size)}", "7.1", position - start)
    if len(data) < end + 2:
        return None
    return BodyChunk(bytes(data[start + before : end]), end + 2, before)


_SIZE = re.compile(rb"[0-9A-Fa-f]{0,16}")
_EXTENSIONS = re.compile(rb"(?:;[\t\x20-\x7e\x80-\xff]*)?")


def _size_line(data: bytes | bytearray, start: int) -> tuple[int, int] | None:
    """Return the size in the line at `start` and the length of that line, or None while it is incomplete."""
    head = bytes(data[start : start + CHUNK_LINE_LIMIT + 2])
    digits = _SIZE.match(head)
    assert digits is not None
    stop = digits.end()
    if stop == len(head):
        return None
    if stop == 0:
        raise wrong("a chunk begins with its size in hexadecimal digits", "7.1", 0)
    extensions = _EXTENSIONS.match(head, stop)
    assert extensions is not None
    stop = extensions.end()
    if stop > CHUNK_LINE_LIMIT:
        raise wrong(f"the line before a chunk has at most {CHUNK_LINE_LIMIT} bytes here", "7.1.1", CHUNK_LINE_LIMIT)
    for position, expected in enumerate(b"\r\n", stop):
        if position == len(head):
            return None
        if head[position] != expected:
            raise wrong("after the size of a chunk, CR LF or a semicolon must follow", "7.1", position)
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
        raise wrong(f"the trailers have at most {TRAILERS_LIMIT} bytes here", "7.1.2", before + TRAILERS_LIMIT - 1)
    return None


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
