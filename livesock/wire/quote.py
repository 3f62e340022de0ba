"""Bytes and text from a peer, written so that one line of a display can hold them.

The result is always one line without control characters. They are escaped, and so are the invisible and
direction-changing characters that could make a line read as something else.

    quote(b"Hello\\n")       "Hello\\n"
    quote(b"\\xff\\x00")      ff 00
"""

from __future__ import annotations

import codecs

__all__ = ["counted", "hexed", "one_line", "printable", "quote", "quote_ascii"]

_Decoder = codecs.getincrementaldecoder("utf-8")

SIGNS = str.maketrans({
    "→": "->", "←": "<-", "►": ">", "◄": "<", "─": "-", "│": "|", "└": "+", "├": "+", "┐": "+", "┬": "+", "┴": "+",
    "…": "...", "·": "-", "“": '"', "”": '"', "−": "-", "✓": "+", "✗": "x", "○": ".",
})  # fmt: skip
"""The signs that livesock itself prints, for terminals that have none of them."""


def printable(text: str, encoding: str | None) -> str:
    r"""Return `text` as a terminal of that encoding can print it: escapes for what it lacks, ASCII for our own signs.

    >>> printable("→ 你好", "cp1252")
    '-> \\u4f60\\u597d'
    """
    try:
        text.encode(encoding or "utf-8")
    except UnicodeEncodeError:
        text = text.translate(SIGNS).encode(encoding or "utf-8", "backslashreplace").decode(encoding or "utf-8")
    except LookupError:  # an encoding that Python does not know: it prints nothing there anyway
        pass
    return text


def counted(size: int) -> str:
    """Return a number of bytes in words: `1 byte`, `5 bytes`."""
    return "1 byte" if size == 1 else f"{size} bytes"


def hexed(data: bytes, limit: int = 16) -> str:
    """Return the first `limit` bytes in hexadecimal, with `…` when there are more: `48 65 6c …`."""
    return bytes(data[:limit]).hex(" ") + (" …" if len(data) > limit else "")


def quote(data: bytes | str, limit: int = 60) -> str:
    """Return `data` as quoted text of at most about `limit` characters, or in hexadecimal if it is not UTF-8.

    Text that holds double quotes stands in single ones, so that JSON stays readable. A character that the end of `data`
    cuts in two is written as its bytes: a fragment may end anywhere.

    >>> quote(b"Hello")
    '"Hello"'
    """
    if isinstance(data, str):
        text, tail = data[: limit + 1], b""
    else:
        room = 4 * limit + 4
        try:
            text, tail = _decode(bytes(data[:room]))
        except UnicodeDecodeError:
            return hexed(data, limit // 3)
        if len(data) > room:
            tail = b""
    mark = "'" if '"' in text and "'" not in text else '"'
    escaped = _escaped(text[:limit], mark)
    if len(text) <= limit:
        escaped += "".join(f"\\x{byte:02x}" for byte in tail)
        if len(escaped) <= limit:
            return f"{mark}{escaped}{mark}"
    return f"{mark}{escaped[:limit]}…{mark}"


def quote_ascii(data: bytes) -> str:
    """Return `data` as `quote` does if every byte is printable ASCII, otherwise in hexadecimal.

    For the payloads of pings and pongs: most are a few random bytes, and a few of those happen to be UTF-8.

    >>> quote_ascii("Ƿ!".encode())
    'c7 b7 21'
    """
    return quote(data) if data.isascii() and data.decode("ascii").isprintable() else hexed(data, 20)


def one_line(text: str, limit: int = 100) -> str:
    """Return `text` with everything that is not printable escaped, cut to `limit` characters."""
    line = text[: limit + 1]
    if not line.isprintable():
        line = "".join(char if char.isprintable() else _escape(char) for char in line)
    return line if len(line) <= limit else line[: limit - 1] + "…"


def _decode(data: bytes) -> tuple[str, bytes]:
    """Return the text and the bytes of a last character that is incomplete."""
    decoder = _Decoder("strict")
    return decoder.decode(data), decoder.getstate()[0]


def _escaped(text: str, mark: str) -> str:
    if text.isprintable() and mark not in text and "\\" not in text:
        return text
    return "".join("\\" + char if char in (mark, "\\") else _escape(char) for char in text)


def _escape(char: str) -> str:
    return char if char.isprintable() else char.encode("unicode_escape").decode("ascii")
