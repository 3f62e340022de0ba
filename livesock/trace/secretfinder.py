"""Which bytes must not be shown: cookies, Authorization, tokens in addresses and forms, what a peer sends to come in.

It looks at bytes, not at parsed heads: so secrets are found in broken and incomplete heads too. It remembers how
the last piece ended, so a secret that is cut in two is found in both halves.
"""

from __future__ import annotations

import re
from urllib.parse import unquote_to_bytes

from livesock.trace.rows import Spans

__all__ = ["SecretFinder", "fields", "wishes"]

CONTEXT_LIMIT = 128
"""Bytes kept of what came before: longer than any name that marks a secret."""

_WORD = (
    rb"(?:[a-z0-9]{0,16}(?:token|secret|password|passwd|signature|apikey)|passphrase|passcode|pass|pwd|pw|authorization|samlresponse|jwt|sig|hmac"
    rb"|otp|credentials?|assertion|session(?:[_-]?id)?|_?[cx]srf)"
)
"""The last word of a name whose value opens a door: `token`, `authToken`, `X-Amz-Signature`, `client_secret`."""

_HEADER = re.compile(
    rb"\n(?:(?:[a-z0-9]{1,24}-){0,4}(?:(?:set-)?cookie2?|authentication(?:-info)?|auth|(?<!websocket-)key|"
    + _WORD
    + rb")(?:-(?:256|assertion|id))?)[ \t]*:"
    rb"([^\n]*(?:\n[ \t][^\n]*)*)",  # a broken head may continue a value in the next line
    re.IGNORECASE,
)
_PROTOCOLS = re.compile(rb"\nsec-websocket-protocol[ \t]*:([^\n]*(?:\n[ \t][^\n]*)*)", re.IGNORECASE)
"""A page cannot send Authorization with a WebSocket, so tokens travel among the names of subprotocols."""

_NAME = re.compile(rb"(?:[A-Za-z]{1,16}\d{0,2}|\d{1,4})(?:[._/-](?:[A-Za-z]{1,16}\d{0,2}|\d{1,4}))*")
"""What a subprotocol's name looks like: `graphql-transport-ws`, `v10.stomp`, `wamp.2.json`."""

_MARKER = re.compile(rb"(?:bearer|token|auth|secret|ticket|jwt|api-?key|password)", re.IGNORECASE)
"""A name that announces a secret, as `["bearer", "eyJ…"]` does."""

_CONNECT = re.compile(rb"(?:\A|\x1e)40(?:/[^,\x1e]*,)?(\{[^\x1e]*)")
"""`40/point,{"token":…}` in what a peer that polls sends (Socket.IO protocol 5, "Connection to a namespace")."""

_PARAMETER = rb"(?:[a-z0-9]{1,24}[_.\[-]){0,4}(?:auth|ticket|code|key|" + _WORD + rb")\]?"

_QUERY = re.compile(rb"[?&;#]" + _PARAMETER + rb"=([^&;#\s\"'<>]*)", re.IGNORECASE)

_USER = re.compile(rb"://[^\s/@:\"'<>]*:([^\s/@\"'<>]+)@")
"""`http://user:password@host/` as the target, or in the value of a header."""

_FORM = re.compile(rb"(?:\A|&)" + _PARAMETER + rb"=([^&\s]*)", re.IGNORECASE)
_PART = re.compile(
    rb'\bname="' + _PARAMETER + rb'"[^\n]*\n(?:[^\r\n]+\r?\n)*\r?\n(.*?)(?=\r?\n--|\Z)', re.IGNORECASE | re.DOTALL
)
"""A field of a form that is sent in parts (RFC 7578)."""

_ENCODED = re.compile(rb"(?:\A|[?&;#])([^=&;#?\s%]{0,99}%[^=&;#?\s]{0,99})=([^&;#\s\"'<>]*)")
_IS_SECRET = re.compile(_PARAMETER, re.IGNORECASE)
"""A name with characters that are percent-encoded is read decoded: `pass%77ord`."""

_JSON = re.compile(
    rb'"(?:[a-z0-9]{1,24}[_.-]){0,4}' + _WORD + rb'"\s*:\s*("(?:[^"\\]|\\.)*"?|[^\s,\]}"{\[]+)',
    re.IGNORECASE | re.DOTALL,
)
_RESUME = {_HEADER: b"\nCookie:", _QUERY: b"?token=", _PROTOCOLS: b"\nSec-WebSocket-Protocol:!"}
"""What is put before the next piece when a secret goes on in it, by pattern."""


class SecretFinder:
    """Finds the secrets in the pieces of one stream, which may be cut anywhere. Not thread-safe."""

    def __init__(self) -> None:
        self._context = b"\n"

    def find(self, data: bytes) -> Spans:
        """Return the spans of this piece that must not be shown, in order, without overlap."""
        before = len(self._context)
        text = self._context + data
        spans: list[tuple[int, int]] = []
        context = text[-CONTEXT_LIMIT:]
        for pattern in (_QUERY, _HEADER, _PROTOCOLS):
            for match in pattern.finditer(text):
                start, stop = match.span(1)
                if stop == len(text) or (pattern is not _QUERY and stop == len(text) - 1):
                    context = _RESUME[pattern] + text[stop:]  # the value, or its line, may go on in the next piece
                spans += _strange_names(text, start, stop) if pattern is _PROTOCOLS else [_trimmed(text, start, stop)]
        for start, stop in _encoded(text):
            context = _RESUME[_QUERY] if stop == len(text) else context
            spans.append((start, stop))
        spans += [match.span(1) for match in _USER.finditer(text)]
        self._context = context
        return _merge([(max(start - before, 0), stop - before) for start, stop in spans])


def fields(data: bytes) -> Spans:
    """Return the spans in the body of a form, or in JSON, that hold a password, a token or another secret."""
    body = data.lstrip()[:1]
    kind = _PART if data.startswith(b"--") else _JSON if body in b"{[" and body else _FORM
    return _merge([*(match.span(1) for match in kind.finditer(data)), *(_encoded(data) if kind is _FORM else ())])


def wishes(data: bytes) -> Spans:
    """Return the spans of what asks for namespaces in the body of a poll: all of it may be a secret."""
    return tuple(match.span(1) for match in _CONNECT.finditer(data))


def _encoded(text: bytes) -> list[tuple[int, int]]:
    """Return the spans of the values of parameters whose names are percent-encoded, and announce a secret."""
    found = _ENCODED.finditer(text)
    return [match.span(2) for match in found if _IS_SECRET.fullmatch(unquote_to_bytes(match[1]))]


def _strange_names(text: bytes, start: int, stop: int) -> list[tuple[int, int]]:
    """Return the spans of subprotocols that look like no name, or follow one that announces a secret."""
    spans, after, is_announced = [], start, False
    for member in text[start:stop].split(b","):
        begin, end = _trimmed(text, after, after + len(member))
        after += len(member) + 1
        name = text[begin:end].strip()
        is_cut = end == len(text)  # half of a token may look like a name
        if is_announced or is_cut or len(name) > 48 or not _NAME.fullmatch(name):
            spans.append((begin, end))
        is_announced = _MARKER.search(name) is not None
    return spans


def _trimmed(text: bytes, start: int, stop: int) -> tuple[int, int]:
    """Leave out the blanks before a value and the CR after it: so the line keeps its shape."""
    while start < stop and text[start] in b" \t":
        start += 1
    return start, stop - text.endswith(b"\r", start, stop)


def _merge(spans: list[tuple[int, int]]) -> Spans:
    merged: list[tuple[int, int]] = []
    for start, stop in sorted(span for span in spans if span[0] < span[1]):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(stop, merged[-1][1]))
        else:
            merged.append((start, stop))
    return tuple(merged)
