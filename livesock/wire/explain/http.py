"""What the parts of HTTP heads and bodies mean, in words.

The headers in the table are those that the handshake, long-polling and server-sent events need; any other header gets
the general sentence.
"""

from __future__ import annotations

from livesock.wire.explain.field import Field
from livesock.wire.http.body import decode_chunk
from livesock.wire.http.head import wrong
from livesock.wire.quote import counted, quote

__all__ = ["explain_body", "explain_chunk", "explain_head"]

GENERAL = ("A header: its name, a colon, its value.", "RFC 9110, 5")

HEADERS: dict[str, tuple[str, str]] = {
    # The handshake of WebSocket.
    "upgrade": ("Names the protocol to which this connection is to switch.", "RFC 6455, 4.1"),
    "connection": ("Options for this one hop: whether to stay open, and which headers concern it.", "RFC 9110, 7.6.1"),
    "sec-websocket-key": ("16 random bytes in base64, new for every connection; not a secret.", "RFC 6455, 4.1"),
    "sec-websocket-accept": (
        "Proof that the server read the key as WebSocket: base64 of SHA-1 of the key and a fixed text.",
        "RFC 6455, 4.2.2",
    ),
    "sec-websocket-version": ("The version of the protocol; 13 is the only one in use.", "RFC 6455, 4.1"),
    "sec-websocket-protocol": (
        "Subprotocols: the client lists what it speaks, the server answers with one of them.",
        "RFC 6455, 1.9",
    ),
    "sec-websocket-extensions": (
        "Extensions: the client offers, the server answers with those it agrees to.",
        "RFC 6455, 9.1",
    ),
    "origin": ("The site whose page opened the connection; browsers write it, pages cannot change it.", "RFC 6454, 7"),
    # Every request and response.
    "host": ("The name and port that the client wants; one server may answer for many.", "RFC 9110, 7.2"),
    "user-agent": ("The program that asks.", "RFC 9110, 10.1.5"),
    "server": ("The program that answers.", "RFC 9110, 10.2.4"),
    "date": ("When the answer was made.", "RFC 9110, 6.6.1"),
    "accept": ("The kinds of content that the client can take.", "RFC 9110, 12.5.1"),
    "accept-encoding": ("The compressions that the client can undo.", "RFC 9110, 12.5.3"),
    "accept-language": ("The languages that the reader prefers.", "RFC 9110, 12.5.4"),
    "referer": ("The address of the page that led here.", "RFC 9110, 10.1.3"),
    "location": ("The address at which to look instead.", "RFC 9110, 10.2.2"),
    "allow": ("The methods that this target answers.", "RFC 9110, 10.2.1"),
    "retry-after": ("How long to wait before asking again.", "RFC 9110, 10.2.3"),
    "authorization": ("Who the client is: a secret.", "RFC 9110, 11.6.2"),
    "proxy-authorization": ("Who the client is, for the proxy: a secret.", "RFC 9110, 11.7.2"),
    "www-authenticate": ("How the client may prove who it is.", "RFC 9110, 11.6.1"),
    "cookie": ("What the server asked this client to remember: often a secret.", "RFC 6265, 4.2"),
    "set-cookie": ("Asks the client to remember this and to send it back: often a secret.", "RFC 6265, 4.1"),
    # Bodies, long-polling and server-sent events.
    "content-length": ("The body has this many bytes; the next message begins after them.", "RFC 9112, 6.2"),
    "transfer-encoding": ("How the body is cut: chunked, each piece with its size.", "RFC 9112, 6.1"),
    "content-type": ("What the bytes of the body are.", "RFC 9110, 8.3"),
    "content-encoding": ("How the body is compressed.", "RFC 9110, 8.4"),
    "expect": ("The client waits for a 100 before it sends the body.", "RFC 9110, 10.1.1"),
    "keep-alive": ("How long the connection may stay open without a request.", "RFC 2068, 19.7.1.1"),
    "cache-control": ("Who may keep a copy, and for how long.", "RFC 9111, 5.2"),
    "etag": ("A name for this very content; it changes when the content does.", "RFC 9110, 8.8.3"),
    "if-none-match": ("Answer only if the content is no longer the one with this name.", "RFC 9110, 13.1.2"),
    "last-modified": ("When the content changed last.", "RFC 9110, 8.8.2"),
    "last-event-id": ("The last event that arrived: the stream is to go on after it.", "HTML, 9.2.4"),
    "access-control-allow-origin": ("The sites whose pages may read this answer.", "Fetch, 3.3.3"),
    "x-accel-buffering": ("Asks a proxy to pass each piece on at once instead of collecting them.", ""),
    "x-forwarded-for": ("The client's address, as a proxy saw it.", ""),
    "x-forwarded-proto": ("Whether the client spoke http or https to the proxy.", ""),
}
"""Name in lower case: what it means, and where that is written."""


def describe_header(name: str) -> tuple[str, str]:
    """Return one sentence on the header and the section that defines it."""
    return HEADERS.get(name.lower(), GENERAL)


def explain_head(data: bytes) -> tuple[Field, ...]:
    """Return the parts of the head at the beginning of `data`: the first line's, each header, the empty line.

    Blanks and line ends belong to the part before them, so the fields cover the head without a hole. A broken or
    incomplete head is explained line by line as far as it goes; bytes after the head are not part of the result.
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
    if not colon or not name:
        meaning = "No header: that would be a name and a colon."
        return Field("line", line.decode("latin-1"), 8 * start, 8 * end, meaning, "RFC 9112, 5")
    meaning, section = describe_header(name)
    return Field(name, value.strip(" \t"), 8 * start, 8 * end, meaning, section)


def _explain_first_line(line: bytes, end: int) -> list[Field]:
    """Cut the first line after its first two spaces."""
    labels = _STATUS_LINE if line.startswith(b"HTTP/") else _REQUEST_LINE
    fields, position = [], 0
    parts = line.decode("latin-1").split(" ", 2)
    for number, part in enumerate(parts, 1):
        name, meaning, section = labels[number - 1]
        stop = end if number == len(parts) else position + len(part) + 1
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


def explain_body(data: bytes) -> tuple[Field, ...]:
    """Return a body that came in one piece as one field."""
    meaning = f"The whole body, {counted(len(data))}."
    return (Field("body", quote(data), 0, 8 * len(data), meaning, "RFC 9112, 6"),)


def explain_chunk(data: bytes) -> tuple[Field, ...]:
    """Return the parts of one complete piece of a chunked body; they cover it.

    Raises:
        PacketError: If `data` is not one whole piece.
    """
    chunk = decode_chunk(data)
    if chunk is None or chunk.end != len(data):
        raise wrong("a chunk is a size line, as many bytes, and CR LF", "7.1", len(data))
    before, size = chunk.before, len(chunk.content)
    line = data[: before - 2].decode("latin-1")
    meaning = f"The size in hexadecimal: {counted(size)}." if size else "A piece of size 0: the body ends."
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
