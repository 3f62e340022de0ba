"""Bytes and text from a peer, written so that one line of a display can hold them.

Whatever a peer sends, what leaves here is one line without control characters: they are escaped, and so are
the invisible and direction-changing characters that could make a line read as something else.

    quote(b"Hello\\n")       "Hello\\n"
    quote(b"\\xff\\x00")      ff 00
"""

from __future__ import annotations

import codecs

__all__ = ["hexed", "one_line", "quote"]


def hexed(data: bytes, limit: int = 16) -> str:
    """Return the first `limit` bytes in hexadecimal, with `…` when there are more: `48 65 6c …`."""
    return bytes(data[:limit]).hex(" ") + (" …" if len(data) > limit else "")


def quote(data: bytes | str, limit: int = 60) -> str:
    """Return `data` as quoted text of at most about `limit` characters, or in hexadecimal if it is not UTF-8.

    A character that the end of `data` cuts in two is written as its bytes: a fragment may end anywhere.

    >>> quote(b"Hello")
    '"Hello"'
    """
    if isinstance(data, str):
        text, tail = data[: limit + 1], b""
    else:
        try:
            text, tail = _decode(bytes(data[: 4 * limit + 4]), whole=len(data) <= 4 * limit + 4)
        except UnicodeDecodeError:
            return hexed(data, limit // 3)
    cut = len(text) > limit
    escaped = "".join(_escape(char) for char in text[:limit]) + ("" if cut else "".join(f"\\x{b:02x}" for b in tail))
    return f'"{escaped[:limit]}…"' if cut or len(escaped) > limit else f'"{escaped}"'


def one_line(text: str, limit: int = 100) -> str:
    """Return `text` with everything that is not printable escaped, cut to `limit` characters."""
    line = "".join(char if char.isprintable() else _escape(char) for char in text[: limit + 1])
    return line if len(line) <= limit else line[: limit - 1] + "…"


def _decode(data: bytes, *, whole: bool) -> tuple[str, bytes]:
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    text = decoder.decode(data)
    return text, decoder.getstate()[0] if whole else b""


def _escape(char: str) -> str:
    if char in '"\\':
        return "\\" + char
    return char if char.isprintable() else char.encode("unicode_escape").decode("ascii")
