"""The picture of a conversation: two lifelines, and between them everything that crossed the wire.

    client 127.0.0.1:50123                              server 127.0.0.1:8765
      │                                                               │
      ●─┤ GET /echo HTTP/1.1 …                       ├───────────────►│   0.310 ms
      │◄──────────────────┤ HTTP/1.1 101 Switching Protocols …      ├─●   0.522 ms
      │                                                               │
      ●─┤ text "Hello"                               ├───────────────►│   1.204 ms
      │ │ FIN text │ MASK len 5 │ masking key │ payload, masked │      │
      │ │    81    │     85     │ 37 fa 21 3d │ 7f 9f 4d 51 58  │      │

The client stands left and the server right, whichever of them recorded. A card leans to its sender. Times count from
the first row that is drawn. Colours only repeat what a label or a sign says. Equal rows give equal pictures.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from livesock.trace.rowfilter import noted
from livesock.trace.rows import Kind, Row
from livesock.trace.show.bitgrid import frame_svg
from livesock.trace.show.card import BROKEN, INSIDE, SMALL, Piece, pieces_of, title_of
from livesock.trace.show.columns import cut, fit, printable
from livesock.trace.show.svg import (
    LINE,
    Tint,
    columns_in,
    document,
    element,
    rect,
    text,
    to_html,
    width_of,
)
from livesock.trace.show.text import Ends, Segments, broken_rule, ends_of, to_text, with_segments
from livesock.trace.states import ConnectionState
from livesock.wire.http import ResponseHead

__all__ = ["frame_svg", "in_a_cell", "in_words", "to_html", "to_svg"]

DRAWN = 24
"""Rows of the picture in a notebook: two screens and a half. A whole session over polling has more."""

WRITTEN = 1000
"""Rows of the text in a notebook's output; beyond that a page takes seconds to open."""

HOW_TO_SEE = "only(connection=…) picks rows, print() shows all of them"
"""The note in the picture where rows are left out."""

_CLIENT_X, _SERVER_X = 116.0, 838.0
"""Where the lifelines run; the times stand left of the client's."""

_PAD, _LEAN = 12.0, 20.0
"""Distance of a card's edge from what it says, and of the card from the lifeline of its sender."""

_CARD = INSIDE + 2 * _PAD

_CLIENT = Tint("#f1f7ff", "#7fb0ea", "#0550ae")
_SERVER = Tint("#f2faf3", "#86c294", "#116329")
_PLAIN = Tint("#f6f8fa", "#afb8c1", "#424a53")


def to_svg(
    rows: Iterable[Row],
    *,
    peers: Mapping[int, tuple[str, str]] | None = None,
    place: str = "server",
    limit: int = 24,
    how: str = "",
) -> str:
    """Return the picture of a conversation as a self-contained SVG document, 860 pixels wide.

    `peers` maps a connection to its local and remote address, `place` names what recorded them. Of more
    than `limit` rows the middle is left out, with a note; `how` says how to see them. Secrets are masked; text from the
    wire is escaped.
    """
    everything = list(rows)
    body, y = _heads(ends_of(everything, peers or {}, place)), 72.0
    for strip in _strips(list(with_segments(everything)), limit, how, _Margin.of(everything)):
        body.extend(strip.draw(0, y))
        y += strip.height
    y += 18
    body[:0] = [_lifeline(x, y) for x in (_CLIENT_X, _SERVER_X)]
    return document(y, title=_counted(everything), description="\n".join(_lines(everything, limit)), body=body)


def in_words(rows: Iterable[Row], *, limit: int = 12) -> str:
    """Return a short summary of the picture in words, without times: the `alt` of its `<img>`."""
    everything = list(rows)
    return ". ".join([_counted(everything), *_lines(everything, limit)])


def in_a_cell(newest: list[Row], older: int, *, peers: Mapping[int, tuple[str, str]], place: str) -> dict[str, str]:
    """Return the output of a cell that ends in a trace: the picture, and the text for where no picture is shown.

    `older` counts the rows before `newest`; both say what they leave out.
    """
    rows = noted(newest, older)
    written = noted(newest[-WRITTEN:], older + max(len(newest) - WRITTEN, 0))
    svg = to_svg(rows, peers=peers, place=place, limit=DRAWN, how=HOW_TO_SEE)
    return {"text/plain": to_text(written, peers=peers, place=place), "text/html": to_html(svg, alt=in_words(rows))}


def _strips(rows: Sequence[tuple[Row, Segments]], limit: int, how: str, margin: _Margin) -> Iterator[Piece]:
    """Yield the rows from top to bottom; of too many, the first three quarters and the last quarter of `limit`."""
    first, last = _left_out(len(rows), limit)
    if not rows:
        yield _mark("nothing has been recorded yet", _PLAIN)
    for number, (row, segments) in enumerate(rows):
        if number == first and last > first:
            yield _mark(f"… {last - first} rows are not drawn{': ' if how else ''}{how} …", _PLAIN)
        if first <= number < last:
            continue
        if row.kind in (Kind.STATE, Kind.GAP):
            yield _state(row, margin)
        else:
            yield _card(row, segments, margin)
        if _switches(row):
            yield _mark(f"{margin.of_row(row)}HTTP ends here; from here on the bytes are WebSocket frames", _PLAIN)


def _switches(row: Row) -> bool:
    head = row.value
    return (
        isinstance(head, ResponseHead)
        and head.status == 101
        and head.has_word("Upgrade", "websocket")
        and not row.error
    )


def _left_out(count: int, limit: int) -> tuple[int, int]:
    """Return the span of rows that is left out."""
    return (count, count) if count <= limit else (limit - limit // 4, count - limit // 4)


def _counted(rows: Sequence[Row]) -> str:
    connections = len({row.connection for row in rows})
    many = f" on {connections} connections" if connections > 1 else ""
    return f"A conversation between client and server in {len(rows)} row{'s' * (len(rows) != 1)}{many}"


def _lines(rows: Sequence[Row], limit: int) -> list[str]:
    """The rows in words."""
    first, last = _left_out(len(rows), limit)
    margin = _Margin.of(rows)
    lines = [_in_words(row, margin) for row in (*rows[:first], *rows[last:])]
    if last > first:
        lines.insert(first, f"({last - first} rows are left out)")
    return lines


def _in_words(row: Row, margin: _Margin) -> str:
    who = "" if row.direction == "=" else "client: " if row.from_client else "server: "
    broken = f"; broken rule: {broken_rule(row.error)}" if row.error else ""
    return f"{margin.of_row(row)}{who}{fit(title_of(row), 200)}{broken}"


# -- the frame of the picture


def _heads(ends: Mapping[int, Ends]) -> list[str]:
    """The two names at the top, with the addresses when they are known and the same for all connections."""
    recorders = {end.recorder for end in ends.values()}
    far = next(iter(recorders)) if len(recorders) == 1 and recorders != {"client"} else "server"
    parts = []
    for role, x in (("client", _CLIENT_X - 20), ("server", _SERVER_X + 10 - 260)):
        addresses = sorted({getattr(end, role) for end in ends.values()})
        address = addresses[0] if len(addresses) == 1 else f"{len(addresses)} connections" if addresses else ""
        name = role if role == "client" else far
        here = " · recorded here" if recorders == {name} else ""
        tint = _CLIENT if role == "client" else _SERVER
        parts.append(rect(x, 14, 260, 46, fill=tint.fill, stroke=tint.line, radius=6))
        parts.append(text(x + 12, 33, name + here, size=13, class_="sans bold", fill=tint.ink))
        parts.append(text(x + 12, 51, cut(address, columns_in(236, SMALL)), size=SMALL, class_="muted"))
    for y, words in ((33, "time since"), (51, "first row")):
        parts.append(text(_CLIENT_X - 28, y, words, size=SMALL, class_="muted", anchor="end"))
    return parts


def _lifeline(x: float, bottom: float) -> str:
    return element("path", d=f"M{x:g} 60V{bottom - 12:g}", stroke=LINE, stroke_width=1.5, fill="none")


class _Margin(NamedTuple):
    """What stands left of the client's lifeline: the time, and which connection when there are several."""

    zero: float
    """The time of the first row: the others count from it."""
    several: bool

    @classmethod
    def of(cls, rows: Sequence[Row]) -> _Margin:
        return cls(rows[0].time if rows else 0.0, len({row.connection for row in rows}) > 1)

    def draw(self, row: Row, y: float) -> list[str]:
        parts = [text(_CLIENT_X - 14, y + 4, self._time(row), size=SMALL, class_="muted", anchor="end")]
        if self.several:
            parts.append(text(_CLIENT_X - 14, y + 19, f"#{row.connection}", size=SMALL, class_="bold", anchor="end"))
        return parts

    def of_row(self, row: Row) -> str:
        """Return which connection a row belongs to, if there are several."""
        return f"#{row.connection} " if self.several else ""

    def _time(self, row: Row) -> str:
        time = row.time - self.zero
        return f"{time * 1000:.3f} ms" if abs(time) < 10 else f"{time:.3f} s"


def _mark(words: str, tint: Tint, side: Callable[[float], list[str]] = lambda y: []) -> Piece:
    """A pill across both lifelines: a note, not bytes on the wire."""
    words = cut(printable(words), columns_in(_SERVER_X - _CLIENT_X - 80, SMALL))
    width = width_of(words, SMALL) + 28
    middle = (_CLIENT_X + _SERVER_X) / 2

    def draw(_: float, y: float) -> list[str]:
        y += 13
        return [
            element("path", d=f"M{_CLIENT_X:g} {y:g}H{_SERVER_X:g}", stroke=tint.line, stroke_dasharray="2 4"),
            rect(middle - width / 2, y - 11, width, 22, fill=tint.fill, stroke=tint.line, radius=11),
            text(middle, y + 4, words, size=SMALL, anchor="middle", fill=tint.ink),
            *side(y),
        ]

    return Piece(34, draw)


def _state(row: Row, margin: _Margin) -> Piece:
    gone = row.kind is Kind.GAP or row.value is ConnectionState.RESET
    sign = "⋮ " if row.kind is Kind.GAP else "✕ " if gone else ""
    sender = "" if row.kind is not Kind.GAP else " from the client" if row.from_client else " from the server"
    return _mark(sign + row.summary + sender, BROKEN if gone else _PLAIN, lambda y: margin.draw(row, y))


# -- a row


def _card(row: Row, segments: Segments, margin: _Margin) -> Piece:
    """One row: a card that leans to its sender, and an arrow through it to the receiver."""
    pieces = list(pieces_of(row, segments))
    height = sum(piece.height for piece in pieces) + 18
    tint = _CLIENT if row.from_client else _SERVER
    left = _CLIENT_X + _LEAN if row.from_client else _SERVER_X - _LEAN - _CARD

    def draw(_: float, y: float) -> list[str]:
        parts = [*margin.draw(row, y + 18), *_arrow(row.from_client, y + 18, tint)]
        border = BROKEN.line if row.error else tint.line
        parts.append(rect(left, y, _CARD, height, fill=tint.fill, stroke=border, radius=6))
        y += 9
        for piece in pieces:
            parts.extend(piece.draw(left + _PAD, y))
            y += piece.height
        return parts

    return Piece(height + 10, draw)


def _arrow(to_server: bool, y: float, tint: Tint) -> list[str]:
    """A dot at the sender, a line, and a head at the receiver; the card is drawn over its middle."""
    start, end, back = (_CLIENT_X, _SERVER_X, -10) if to_server else (_SERVER_X, _CLIENT_X, 10)
    tip = end + back / 10
    return [
        element("circle", cx=start, cy=y, r=4, fill=tint.ink),
        element("path", d=f"M{start:g} {y:g}H{tip + back:g}", stroke=tint.ink, stroke_width=1.8),
        element("path", d=f"M{tip:g} {y:g}l{back} -5.5v11z", fill=tint.ink),
    ]
