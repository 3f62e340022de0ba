"""What the headers mean that realtime connections live on, one sentence each.

A table instead of code: the handshake, long-polling and server-sent events use these; any other header gets the
general sentence.
"""

from __future__ import annotations

__all__ = ["describe_header"]

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
