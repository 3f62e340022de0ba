"""What a card of the picture shows of one row: its title, its headers or bytes, and the rule that it breaks.

    text "Hello"                                        11 bytes · 2 segments      title, and how it came
    │ FIN text │ MASK len 5 │ masking key │ payload, masked │                      bytes as cells, or header lines
    │    81    │     85     │ 37 fa 21 3d │ 7f 9f 4d 51 58  │
    ✕ broken rule: …                                                               only when there is one

A card is a stack of pieces. `picture` decides where it stands, and shows its sender.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from livesock.errors import PacketError
from livesock.trace.rows import Kind, Row
from livesock.trace.show.cells import chips_of, draw_chips
from livesock.trace.show.columns import cut, excerpt, fit, printable, wrap
from livesock.trace.show.svg import RED, Tint, columns_in, rect, text, width_of
from livesock.trace.show.text import Segments, broken_rule, head_lines

__all__ = ["BROKEN", "INSIDE", "SMALL", "Piece", "pieces_of", "title_of"]

INSIDE = 580.0
"""Width that a piece may fill."""

_TITLE, SMALL = 13.0, 11.0
"""Sizes of the type: what a row is; header lines, notes and times."""

_MAX_HEADERS = 14
"""Header lines of one HTTP head before the rest is only counted."""

_HANDSHAKE = ("upgrade:", "connection:", "origin:", "sec-websocket-")
"""How the headers begin that turn HTTP into WebSocket (RFC 6455, 4.1 and 4.2.2); they are highlighted."""

BROKEN = Tint("#fff1f0", "#e5726d", RED)
"""For what is wrong or gone."""


class Piece(NamedTuple):
    """One strip of a card or of the picture: its height, and what draws it when its left upper corner is known."""

    height: float
    draw: Callable[[float, float], Iterable[str]]


def pieces_of(row: Row, segments: Segments) -> Iterator[Piece]:
    """Yield the pieces of a row's card from top to bottom."""
    yield _title(row, segments)
    if row.kind in (Kind.REQUEST, Kind.RESPONSE):
        yield from _headers(row)
    elif row.kind in (Kind.BODY, Kind.EVENT):
        yield _line(excerpt(row.shown, columns_in(INSIDE, SMALL)))
    elif row.data:
        chips = chips_of(row)
        yield Piece(42, lambda x, y: draw_chips(chips, x, y + 3, INSIDE))
    if row.error:
        yield _error(row.error)


def title_of(row: Row) -> str:
    """Return what the row is, in one line, without a rule that it breaks.

    The first line of an HTTP head is read from the bytes, where secrets are masked.
    """
    if row.kind in (Kind.REQUEST, Kind.RESPONSE):
        return head_lines(row)[0]
    return printable(row.summary.removesuffix(f": {row.error.rule}") if row.error else row.summary)


def _title(row: Row, segments: Segments) -> Piece:
    notes = [f"{len(row.data):,} byte{'s' * (len(row.data) != 1)}"]
    if segments.number > 1:
        notes.append(f"{segments.number} segments")
    if segments.shared_with:
        notes.append("same segment" if segments.number == 1 else "first one shared")
    note = " · ".join(notes)
    words = title_of(row)
    if row.kind is Kind.BODY:  # the bytes themselves stand below
        payload = [field.meaning for field in row.fields if field.name == "payload"]
        words = f"payload: {payload[0]}" if payload else re.split(": [\"']", words, maxsplit=1)[0]
    gap = 20 if words.isascii() else 48  # glyphs of other fonts may be wider than their columns
    room = columns_in(INSIDE - width_of(note, SMALL) - gap, _TITLE)
    first, *others = wrap(fit(words, 2 * room), room)  # two lines at most
    lines = [first, fit(" ".join(others), room)] if others else [first]
    return Piece(
        18 * len(lines) + 2,
        lambda x, y: [
            *(text(x, y + 13 + 18 * i, line, size=_TITLE, class_="bold") for i, line in enumerate(lines)),
            text(x + INSIDE, y + 13, note, size=SMALL, class_="muted", anchor="end"),
        ],
    )


def _line(content: str, indent: float = 0) -> Piece:
    return Piece(16, lambda x, y: [text(x + indent, y + 11, content, size=SMALL, class_="muted")])


def _headers(row: Row) -> Iterator[Piece]:
    """The header lines in their order; those of the handshake stand out and are left out last."""
    _, *lines = head_lines(row)
    chosen = [i for i, line in enumerate(lines) if _is_handshake(line)][:_MAX_HEADERS]
    others = [i for i, line in enumerate(lines) if not _is_handshake(line)]
    for i in sorted(chosen + others[: _MAX_HEADERS - len(chosen)]):
        shown = cut(lines[i], columns_in(INSIDE - 20, SMALL))
        yield _handshake_line(shown) if i in chosen else _line(shown, indent=16)
    if len(lines) > _MAX_HEADERS:
        yield _line(f"… {len(lines) - _MAX_HEADERS} more headers", indent=16)


def _is_handshake(line: str) -> bool:
    return line.lower().startswith(_HANDSHAKE)


def _handshake_line(content: str) -> Piece:
    return Piece(
        16,
        lambda x, y: [
            rect(x, y, INSIDE, 15, fill="#fff8c5", radius=2),
            text(x + 3, y + 11, "◆", size=9, fill="#7d4e00"),
            text(x + 16, y + 11, content, size=SMALL, class_="bold"),
        ],
    )


def _error(error: PacketError) -> Piece:
    lines = wrap(f"✕ broken rule: {broken_rule(error)}", columns_in(INSIDE - 16, SMALL))

    def draw(x: float, y: float) -> list[str]:
        parts = [rect(x, y + 5, INSIDE, 16.0 * len(lines) + 6, fill=BROKEN.fill, stroke=BROKEN.line, radius=4)]
        for number, line in enumerate(lines):
            parts.append(text(x + 8, y + 20 + 16 * number, line, size=SMALL, class_="bold wrong"))
        return parts

    return Piece(16.0 * len(lines) + 14, draw)
