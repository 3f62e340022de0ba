"""`length(…)`: a slider for the length of a text, and the headers that it gets on the way there and back.

the slider moves ──► {"kind": "size", "to": 126} ──► a frame crosses a real connection, and its echo ──► page
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, ClassVar

from livesock.display.echo import OwnEcho
from livesock.display.roundtrip import RoundTrip, letter
from livesock.display.targets import target_of
from livesock.display.view import Message, View
from livesock.net.connect.urls import Target
from livesock.trace.show.cells import chips_of, draw_chips
from livesock.trace.show.columns import cut, printable
from livesock.trace.show.svg import document, text
from livesock.wire.explain.field import Field
from livesock.wire.explain.frame import explain_frame
from livesock.wire.frame import Frame, Opcode

if TYPE_CHECKING:
    from livesock.net.connect.urls import HasUrl
    from livesock.trace.rows import Row

__all__ = ["LengthView", "length"]

ZONES = (
    (0, 1, 2, 5, 10, 20, 30, 40, 50, 60, 80, 100, 110, 120, 124, 125),
    (126, 127, 128, 200, 256, 500, 1000, 2000, 5000, 10000, 20000, 40000, 60000, 65000, 65534, 65535),
    (
        65536,
        65537,
        66000,
        67000,
        68000,
        70000,
        75000,
        80000,
        85000,
        90000,
        100000,
        120000,
        140000,
        160000,
        180000,
        200000,
    ),
)
"""The stops of the slider: one row for each form of the length (RFC 6455, 5.2)."""

MOST = ZONES[-1][-1]
"""Bytes of the longest text: more would only take longer."""

LANDMARKS = (2, 125, 126, 65_535, 65_536)
"""Lengths with a button of their own: both sides of each border between two forms."""

CELLS = 18
"""Bytes of a frame that are drawn: the longest header, 14 bytes, and some of the payload."""

PATIENCE = 0.08
"""Seconds for which a page waits for an echo before it is drawn without one."""

FIRST = 2.0
"""The same for the first one: a saved notebook shows it."""

FILLER = b"The quick brown fox jumps over the lazy dog. "

SURPRISES = {
    0: "A frame may carry nothing.",
    125: "The most that the seven bits can say.",
    126: "One byte more, and two more of header.",
    65_535: "The most that two bytes can say.",
    65_536: "One byte more, and six more of header.",
}
FORMS = (
    "The length stands in seven bits.",
    "The seven bits say 126: look in the next 2 bytes.",
    "The seven bits say 127: look in the next 8 bytes.",
)


class LengthView(View):
    """A slider, and two frames with the same payload: a client's and a server's."""

    page: ClassVar[str] = "length"
    parts: ClassVar[tuple[str, ...]] = ("instrument", "byterow")

    def __init__(self, size: int, target: Target | None) -> None:
        self._target = target
        self._own = OwnEcho()
        self._size = size
        self._headers: dict[int, tuple[int, int]] = {}
        self._trip = self._cross()
        self._follow(FIRST)
        super().__init__()

    @property
    def headers(self) -> dict[int, tuple[int, int]]:
        """For each length that crossed: bytes of the client's header, without its key, and of the server's."""
        return dict(self._headers)

    def _cross(self) -> RoundTrip:
        self._headers.pop(self._size, None)  # the server may have changed
        payload = (FILLER * (self._size // len(FILLER) + 1))[: self._size]
        frame = Frame(Opcode.TEXT, payload, mask=secrets.token_bytes(4))
        return RoundTrip(self._target or self._own.target(), frame)

    def _follow(self, patience: float = 0) -> bool:
        trip = self._trip
        is_news = trip.look(patience)
        if trip.sent and trip.came:
            client, server = (len(_header(row, self._size)) for row in (trip.sent, trip.came))
            self._headers[self._size] = client, server
        return is_news

    # -- what the page gets

    def snapshot(self) -> Message:
        return self._state()

    def news(self) -> Message | None:
        return self._state() if self._follow() else None

    def _state(self) -> Message:
        trip = self._trip
        return {
            "size": self._size,
            "most": MOST,
            "zones": ZONES,
            "zone": self._zone,
            "known": [any(_zone_of(size) == zone for size in self._headers) for zone in range(len(FORMS))],
            "landmarks": [[size, self._headers.get(size)] for size in LANDMARKS],
            "sentence": self._sentence(),
            "client": _row(trip.sent, self._size),
            "server": _raw_row(trip.back) if trip.problem else _row(trip.came, self._size),
            "problem": trip.problem,
        }

    @property
    def _zone(self) -> int:
        return _zone_of(self._size)

    def _sentence(self) -> str:
        counted = f"{self._size:,} {'byte' if self._size == 1 else 'bytes'}."
        if self._size not in self._headers:
            return f"{counted} {FORMS[self._zone]}"
        client, server = self._headers[self._size]
        header = f"Header: {client} from the client and 4 of key, {server} from the server."
        return f"{counted} {header} {SURPRISES.get(self._size, FORMS[self._zone])}"

    # -- what the reader does

    def on_message(self, message: Message) -> None:
        if message.get("kind") != "size":
            raise ValueError(f"a page of length() may send size, not {message.get('kind')!r:.60}")
        size = _length(message.get("to"))
        self._trip.close()
        self._size = size
        self._trip = self._cross()
        self._follow(PATIENCE)
        self.send("news", news=self._state())

    # -- without a browser

    def picture(self) -> str:
        body = [text(20, 30, self._sentence(), size=12, class_="bold sans")]
        y = 52.0
        for who, row in self._rows():
            body.append(text(20, y + 24, who, size=12, class_="sans"))
            body += draw_chips(chips_of(row), 130, y, 700)
            y += 48
        return document(y + 10, title="The length of a text, and the header", description=self.words(), body=body)

    def words(self) -> str:
        """Return the picture in words; the masking key differs from run to run."""
        lines = [f"{who}: {_header(row, self._size).hex(' ')}" for who, row in self._rows()]
        return "\n".join([self._sentence(), *lines, self._trip.problem]).strip()

    def _rows(self) -> list[tuple[str, Row]]:
        pairs = (("from the client", self._trip.sent), ("from the server", self._trip.came))
        return [(who, row) for who, row in pairs if row is not None]

    def finish(self) -> None:
        self._trip.close()
        self._own.stop()


def _zone_of(size: int) -> int:
    """Return the number of the form in which a length is written."""
    return (size > 125) + (size > 65_535)


def length(size: int = 125, *, server: HasUrl | str | int | None = None, path: str = "/echo") -> LengthView:
    """Return a slider for the length of a text, and the headers that a client and a server put in front of it.

    At each move a text of that length crosses a new connection to `path` of `server` (a server, a netsim, a URL or a
    port) and is expected back; without a `server` the view starts one that echoes. The headers that were measured are
    in `.headers`.

    Raises:
        TypeError: If `server` is not a target.
        ValueError: If `size` is not 0 to 200,000, or `path` does not begin with a slash.
    """
    target = None if server is None else target_of(server, path)
    return LengthView(_length(size), target)


def _length(size: object) -> int:
    if not isinstance(size, int) or isinstance(size, bool) or not 0 <= size <= MOST:
        raise ValueError(f"a length here is a whole number from 0 to {MOST:,}, not {size!r:.60}")
    return size


def _header(row: Row, size: int) -> bytes:
    """Return the header of a frame with `size` bytes of payload, without the masking key."""
    header = row.data[: len(row.data) - size]
    return header[:-4] if header[1] & 0x80 else header


def _row(row: Row | None, size: int) -> Message | None:
    """Return a frame as cells and brackets for byterow.js, always `CELLS` wide; None while it has not crossed."""
    if row is None:
        return None
    data, begin, header = row.data, len(row.data) - size, len(_header(row, size))
    ends = [0, 1, header, begin, min(len(data), CELLS)]
    names = (
        ("first", "1st", "text"),
        ("length", "len", str(data[1] & 0x7F)),
        ("key", "key", "4 bytes"),
        ("payload", "payload", f"{size:,} bytes"),
    )
    spans = [
        {"from": a, "to": b, "name": name, "short": short, "more": more, "tone": "frame"}
        for (name, short, more), a, b in zip(names, ends, ends[1:], strict=False)
        if a < b
    ]
    total = {"from": 0, "to": header, "name": f"header: {header} bytes", "more": "", "tone": "segment"}
    fields = explain_frame(data[:CELLS])
    return {
        "cells": [_cell(data, number, begin, fields) for number in range(CELLS)],
        "above": spans,
        "below": [total],
        "borders": [],
        "second": f"{data[1]:08b}",
    }


def _raw_row(data: bytes) -> Message:
    """Return bytes that are no echo, without an explanation."""
    size = min(len(data), CELLS)
    cells = [{"top": letter(byte), "hex": f"{byte:02x}", "part": "rest", "says": ""} for byte in data[:CELLS]]
    blank = {"top": "", "hex": "", "part": "blank", "says": ""}
    came = {"from": 0, "to": size, "name": "what came", "more": f"{len(data):,} bytes", "tone": "frame"}
    return {"cells": cells + [blank] * (CELLS - size), "above": [came] if size else [], "below": [], "borders": []}


def _cell(data: bytes, number: int, begin: int, fields: tuple[Field, ...]) -> Message:
    if number >= len(data):
        return {"top": "", "hex": "", "part": "blank", "says": ""}
    if number == CELLS - 1 and len(data) > CELLS:
        return {"top": "…", "hex": "", "part": "payload", "says": f"And {len(data) - number:,} more bytes of payload."}
    byte = data[number]
    here = [field for field in fields if field.start < 8 * number + 8 and field.stop > 8 * number]
    values = ", ".join(f"{field.name} {field.value}" for field in here if field.name not in ("payload", "masking key"))
    says = f"Byte {number}, {byte:02x} = {byte:08b}: {values or here[-1].name}. {here[-1].meaning}"
    key = begin - 4 if data[1] & 0x80 else begin
    top, part = ("text", "flags") if number == 0 else (str(byte & 0x7F) if number == 1 else "", "length")
    if number >= begin:
        top, part = letter(byte), "payload"
    elif number >= key:
        top, part = ("key" if number == key else ""), "key"
    return {"top": top, "hex": f"{byte:02x}", "part": part, "says": cut(printable(says), 220)}
