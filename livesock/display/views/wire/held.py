"""The rows that a live log holds: bounded, numbered, and ready to be sent as JSON.

A page gets a line for each row, and asks for the details of the one that the reader picks.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import Any, NamedTuple

from livesock.display.views.wire.pairs import Pair, Pairs, is_heartbeat
from livesock.errors import PacketError
from livesock.trace.follower import Seen
from livesock.trace.rows import Kind, Row, masked
from livesock.trace.show.text import bits_of, broken_rule, shown_meaning, shown_value
from livesock.wire.frame import NAMES, Frame, Opcode

__all__ = ["HeldRow", "Log", "details_of"]

ROWS = 25_000
"""Rows that are held, as many as `Trace.rows` returns; a page holds the same number."""

BYTES = 4 * 2**20
"""Bytes of all rows that are held together."""

ROW_BYTES = 16 * 2**10
"""Bytes that are held of one row; its size is known all the same."""

SEARCHED = 1000
"""Characters of a head or a text in which a page searches besides the summary; page.js tells the reader this number."""

SHOWN = 1024
"""Bytes that a page shows in hexadecimal."""

FIELDS = 200
"""Fields that a page shows."""

_GROUPS = {
    Kind.STATE: ("state", "state"),
    Kind.REQUEST: ("http", "request"),
    Kind.RESPONSE: ("http", "response"),
    Kind.BODY: ("body", "body"),
    Kind.EVENT: ("event", "event"),
    Kind.TLS: ("other", "TLS"),
    Kind.RAW: ("other", "raw"),
    Kind.GAP: ("gap", "not shown"),
}
"""The group by which a reader picks rows, and the word in the column "kind"."""


class HeldRow(NamedTuple):
    """A row, its number in the log, and its size: of a large row only the beginning is held."""

    number: int
    row: Row
    size: int
    is_packet: bool
    pair: Pair | None
    is_heartbeat: bool
    text: str

    def line(self) -> list[Any]:
        """Return a line: number, time, connection, direction, group, kind, summary, size, whether it breaks a rule,

        whether it only keeps the connection alive, the number of the row that it answers with the seconds it took, and
        what a search finds besides the summary.
        """
        row = self.row
        group, kind = _kind_of(row)
        if self.is_packet and group in ("message", "body"):
            group = "packet"
        way = 0 if row.direction == "=" else 1 if row.from_client else 2
        return [
            self.number, round(row.time, 6), row.connection, way, group, kind, row.summary, self.size,
            row.error is not None, self.is_heartbeat, *(self.pair or (0, 0.0)), self.text,
        ]  # fmt: skip


class Log:
    """The newest rows. Not thread-safe."""

    def __init__(self) -> None:
        self._rows: deque[HeldRow] = deque()
        self._bytes = 0
        self._next = 1
        self._pairs = Pairs()
        self.total = 0
        """Rows that were added since the last `clear`, whether still held or not."""

    def add(self, seen: Iterable[Seen]) -> list[HeldRow]:
        """Number rows, hold them, drop the oldest; return the new ones, the newest `ROWS` at most."""
        new = []
        for row, is_packet in seen:
            size = len(row.data)
            pair, beats = self._pairs.add(self._next, row, is_packet), is_heartbeat(row, is_packet)
            text = _text_of(row)
            if size > ROW_BYTES:
                row = row.beginning(ROW_BYTES)
            new.append(HeldRow(self._next, row, size, is_packet, pair, beats, text))
            self._next += 1
            self.total += 1
            self._rows.append(new[-1])
            self._bytes += len(row.data)
            while len(self._rows) > ROWS or self._bytes > BYTES:
                self._bytes -= len(self._rows.popleft().row.data)
        return new[-ROWS:]

    def clear(self) -> None:
        """Drop all rows; the numbers go on."""
        self._rows.clear()
        self._bytes = self.total = 0

    def __iter__(self) -> Any:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    def get(self, number: object) -> HeldRow | None:
        """Return the row with this number, None if it is no longer held."""
        if not self._rows or not isinstance(number, int):
            return None
        index = number - self._rows[0].number
        return self._rows[index] if 0 <= index < len(self._rows) else None


def details_of(held: HeldRow) -> dict[str, Any]:
    """Return what a page shows of a row that the reader picked: its bytes and fields, secrets masked."""
    row = held.row
    shown = row.shown
    fields = [
        {
            "name": field.name,
            "value": shown_value(row, field),
            "start": field.first_byte,
            "stop": max(field.end_byte, field.first_byte),
            "bits": bits_of(field, shown[field.first_byte : field.end_byte])
            if field.start % 8 or field.stop % 8
            else "",
            "meaning": shown_meaning(row, field),
            "section": field.section,
        }
        for field in row.fields[:FIELDS]
    ]
    error: PacketError | None = row.error
    return {
        "row": held.number,
        "summary": row.summary,
        "hex": shown[:SHOWN].hex(),
        "size": held.size,
        "offset": row.offset,
        "segments": row.last_chunk - row.first_chunk + 1,
        "fields": fields,
        "more_fields": max(len(row.fields) - FIELDS, 0),
        "error": broken_rule(error) if error else "",
    }


def _text_of(row: Row) -> str:
    """Return the beginning of a head, a body or a text, secrets masked; nothing if the summary has all of it."""
    if isinstance(row.value, Frame):
        content = row.value.payload
        is_text = row.value.opcode in (Opcode.TEXT, Opcode.CONTINUATION) and not row.value.rsv1
        start = len(row.data) - len(content)
        secret = tuple((max(begin - start, 0), max(end - start, 0)) for begin, end in row.secret)
        shown = masked(content, secret) if is_text else b""
    else:
        shown = b"" if row.kind in (Kind.TLS, Kind.GAP) else row.shown
    text = shown[: 4 * SEARCHED].decode("utf-8", "replace")[:SEARCHED]
    return "" if text in row.summary else text


def _kind_of(row: Row) -> tuple[str, str]:
    """Return the group and the word for a row."""
    if row.kind is not Kind.FRAME:
        return _GROUPS[row.kind]
    opcode = row.value.opcode if isinstance(row.value, Frame) else row.data[0] & 15
    group = "control" if opcode >= Opcode.CLOSE else "message"
    return group, NAMES.get(opcode, "frame")
