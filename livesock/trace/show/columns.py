"""Text measured in columns: escaped, cut and wrapped so that a line of a terminal or a picture can hold it.

A peer chooses what it sends. Shown as it came, an escape sequence could rewrite a terminal, a bidirectional override
could reorder a line, and a lone surrogate or a NUL makes an XML document invalid. So all text that is shown
passes through `printable` first, even if it has been escaped before.

A column is the width of a Latin letter in a monospaced font; Chinese characters and emoji take two.
"""

from __future__ import annotations

import unicodedata

from livesock.wire.quote import one_line

__all__ = ["as_text", "columns", "cut", "excerpt", "fit", "printable", "wrap"]


def printable(text: str) -> str:
    """Return `text` with every character that is not plainly visible written as a Python escape.

    >>> printable("red: \\x1b[31m, 你好 👋")
    'red: \\\\x1b[31m, 你好 👋'
    """
    return text if text.isprintable() else one_line(text, len(text) * 10)


def as_text(data: bytes) -> str:
    """Return `data` read as UTF-8 and made printable; bytes that are not UTF-8 appear as `\\xNN`."""
    return printable(data.decode("utf-8", "backslashreplace"))


def columns(text: str) -> int:
    """Return how many columns `text` takes: two for a wide character, none for a combining one."""
    return len(text) if text.isascii() else sum(map(_width, text))


def _width(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def cut(text: str, limit: int) -> str:
    """Return `text`, or as much of it as fits `limit` columns together with the number of characters left out.

    >>> cut("a" * 1000, 20)
    'aaaaaaaaaaaaa… +987'
    """
    if columns(text) <= limit:
        return text
    room = max(limit - len(f"… +{len(text)}"), 0)
    end = _fitting(text, room)
    return f"{text[:end]}… +{len(text) - end}"


def fit(text: str, limit: int) -> str:
    """Return `text`, or as much of it as fits `limit` columns with `…`: for text that is a summary already."""
    return text if columns(text) <= limit else text[: _fitting(text, limit - 1)] + "…"


def excerpt(data: bytes, limit: int) -> str:
    """Return as much of `data`, as text, as fits `limit` columns together with the number of bytes left out.

    Only the part that is shown is decoded, so a body of megabytes costs no more than a short one.

    >>> excerpt(b"data: " + b"x" * 1000, 24)
    'data: xxxxxx… +994 bytes'
    """
    if len(data) <= 4 * limit and columns(text := as_text(data)) <= limit:
        return text
    for end in range(min(len(data), 4 * limit), 0, -1):
        inside_character = end < len(data) and data[end] & 0xC0 == 0x80
        if not inside_character and columns(shown := f"{as_text(data[:end])}… +{len(data) - end} bytes") <= limit:
            return shown
    return f"… +{len(data)} bytes"


def wrap(text: str, limit: int) -> list[str]:
    """Return `text` as lines of at most `limit` columns, cut at a space where one is near the end of a line."""
    lines = []
    while columns(text) > limit:
        end = max(_fitting(text, limit), 1)
        space = text.rfind(" ", end * 2 // 3, end + 1)
        end = space if space > 0 else end
        lines.append(text[:end])
        text = text[end:].lstrip(" ")
    return [*lines, text]


def _fitting(text: str, room: int) -> int:
    """Return how many characters from the beginning of `text` fit `room` columns."""
    for end, character in enumerate(text):
        room -= _width(character)
        if room < 0:
            return end
    return len(text)
