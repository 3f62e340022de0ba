"""Which bytes must not be shown: cookies, Authorization, tokens in addresses.

It looks at bytes, not at parsed heads: so secrets are found in broken and incomplete heads too. It remembers how
the last piece ended, so a secret that is cut in two is found in both halves.
"""

from __future__ import annotations

import re

from livesock.trace.rows import Spans

__all__ = ["SecretFinder"]

CONTEXT_LIMIT = 64
"""Bytes kept of what came before: longer than any name that marks a secret."""

_HEADER = re.compile(
    rb"\n(?:set-cookie|cookie|authorization|proxy-authorization|x-[cx]srf-?token|x-api-key)[ \t]*:"
    rb"([^\n]*(?:\n[ \t][^\n]*)*)",  # a broken head may continue a value in the next line
    re.IGNORECASE,
)
_QUERY = re.compile(rb"[?&;](?:access_token|token|auth|ticket|_xsrf|code)=([^&;#\s\"'<>]*)", re.IGNORECASE)
_RESUME = {_HEADER: b"\nCookie:", _QUERY: b"?token="}
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
        for pattern in (_QUERY, _HEADER):
            for match in pattern.finditer(text):
                start, stop = match.span(1)
                if stop == len(text) or (pattern is _HEADER and stop == len(text) - 1):
                    context = _RESUME[pattern] + text[stop:]  # the value, or its line, may go on in the next piece
                spans.append(_trimmed(text, start, stop))
        self._context = context
        return _merge([(max(start - before, 0), stop - before) for start, stop in spans])


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
