"""A conversation as plain text, for terminals and for the text of a notebook's output.

    #1  client 127.0.0.1:50123, server 127.0.0.1:8765 (recorded here)
       0.000 ms  #1 =  open
       0.310 ms  #1 <  GET /echo HTTP/1.1
                         Upgrade: websocket
       0.522 ms  #1 >  HTTP/1.1 101 Switching Protocols
       1.204 ms  #1 <  81 85 [37 fa 21 3d] 7f 9f 4d 51 58   text "Hello" (masked)
       1.377 ms  #1 >  81 05 48 65 6c 6c 6f   text "Hello"

`<` was received and `>` was sent by the side that recorded, `=` is a change of state. The masking key stands in
brackets. Each thing that differs from run to run has one form, so that the test of a notebook can replace it:

    times                       ` *[\\d.]+ ms`
    ports                       `127\\.0\\.0\\.1:\\d+`
    a mask and what it hides    `\\[(?:[0-9a-f]{2} ){3}[0-9a-f]{2}\\](?: [0-9a-f]{2})*`
    how TCP cut the stream      `  \\((?:in \\d+|same) segments?\\b[^)]*\\)`
    headers                     `(Sec-WebSocket-Key|Sec-WebSocket-Accept|Date|User-Agent|Server): .*`
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from livesock.errors import PacketError
from livesock.trace.rows import Kind, Row
from livesock.trace.show.columns import as_text, columns, cut, fit, printable
from livesock.wire.explain.field import Field
from livesock.wire.quote import counted

__all__ = [
    "Ends",
    "Segments",
    "bits_of",
    "broken_rule",
    "ends_of",
    "explain",
    "head_lines",
    "shown_meaning",
    "shown_value",
    "to_text",
    "with_segments",
]

_MAX_LINE = 160
"""Columns of one line's text before it is cut."""

_MAX_HEADERS = 50
"""Header lines of one HTTP head before the rest is only counted."""


def to_text(
    rows: Iterable[Row],
    *,
    peers: Mapping[int, tuple[str, str]] | None = None,
    place: str = "server",
    hex_bytes: int = 24,
    times: bool = True,
) -> str:
    """Return `rows` as lines of text: one a row, and further indented ones for HTTP headers and broken rules.

    `peers` maps a connection to its local and remote address, `place` names what recorded them. `hex_bytes` bounds
    the bytes shown of a frame (0 shows none), `times=False` leaves the times out. Control characters, bidirectional
    overrides and lone surrogates are escaped, secrets are masked, and what is cut is counted. Rows are read once and
    not kept.
    """
    ends: dict[int, Ends] = {}
    lines: list[str] = []
    above: Row | None = None
    for row, cut_into in with_segments(rows):
        _meet(row, peers or {}, place, ends)
        time = f"{row.time * 1000:10.3f} ms  " if times else ""
        start = f"{time}#{row.connection} {row.direction}  "
        first, *more = _body(row, hex_bytes)
        lines.append(start + first + _note(cut_into, row, above))
        lines.extend(" " * len(start) + line for line in more)
        above = row
    return "\n".join([f"#{number}  {line}" for number, line in sorted(ends.items())] + lines)


class Ends(NamedTuple):
    """The two addresses of a connection, printable, and who recorded it: `"client"`, `"server"` or a name."""

    client: str
    server: str
    recorder: str

    @property
    def far(self) -> str:
        """What the client is connected to: the server, or something in its place."""
        return "server" if self.recorder == "client" else self.recorder

    def __str__(self) -> str:
        here = {self.recorder: " (recorded here)"}
        return f"client {self.client}{here.get('client', '')}, {self.far} {self.server}{here.get(self.far, '')}"


def ends_of(rows: Iterable[Row], peers: Mapping[int, tuple[str, str]], place: str = "server") -> dict[int, Ends]:
    """Return the ends of each connection of `rows` that `peers` knows and that has sent anything, in its order.

    `place` names what recorded them, where that is not the client.
    """
    found: dict[int, Ends] = {}
    for row in rows:
        _meet(row, peers, place, found)
    return dict(sorted(found.items()))


def _meet(row: Row, peers: Mapping[int, tuple[str, str]], place: str, found: dict[int, Ends]) -> None:
    """Add the ends of this row's connection to those that are found, unless they are there."""
    if row.connection in peers and row.direction in "<>" and row.connection not in found:
        local, remote = (printable(address) for address in peers[row.connection])
        received_from_client = row.from_client == (row.direction == "<")
        ends = Ends(remote, local, place) if received_from_client else Ends(local, remote, "client")
        found[row.connection] = ends


def _body(row: Row, hex_bytes: int) -> Iterator[str]:
    """Yield the line of a row, then the lines that belong under it."""
    summary = fit(printable(row.summary), _MAX_LINE)
    if row.kind in (Kind.REQUEST, Kind.RESPONSE):
        yield from _head(row)
    elif row.kind in (Kind.FRAME, Kind.RAW, Kind.TLS) and hex_bytes and row.data:
        yield f"{hex_of(row, hex_bytes)}   {summary}"
    else:
        yield summary
    if row.error:
        yield f"! broken rule: {broken_rule(row.error)}"


def _head(row: Row) -> Iterator[str]:
    first, *headers = head_lines(row)
    yield cut(first, _MAX_LINE)
    for line in headers[:_MAX_HEADERS]:
        yield "  " + cut(line, _MAX_LINE)
    if len(headers) > _MAX_HEADERS:
        yield f"  … {len(headers) - _MAX_HEADERS} more header lines"


def head_lines(row: Row) -> list[str]:
    """Return the lines of an HTTP head, printable, secrets masked: the first one, and every header line."""
    first, *headers = row.shown.splitlines() or [b""]
    return [as_text(first), *(as_text(line) for line in headers if line)]


class Segments(NamedTuple):
    """How TCP's segments, as the recorder saw them, cut a row."""

    number: int
    """In how many the row came."""
    shared_with: Row | None
    """The row before it in the same direction, when that ends in the segment in which this one begins."""


def with_segments(rows: Iterable[Row]) -> Iterator[tuple[Row, Segments]]:
    """Yield each row with how it was cut. A change of state or a gap has no bytes, and so is in one segment."""
    before: dict[tuple[int, str], Row] = {}
    for row in rows:
        if not row.data:
            before.pop((row.connection, row.direction), None)
            yield row, Segments(1, None)
            continue
        last = before.get((row.connection, row.direction))
        shared = last if last and last.last_chunk == row.first_chunk else None
        yield row, Segments(row.last_chunk - row.first_chunk + 1, shared)
        before[row.connection, row.direction] = row


def _note(segments: Segments, row: Row, above: Row | None) -> str:
    """Return in words how segments cut the row; nothing if it had one segment of its own."""
    with_whom = "the one above" if segments.shared_with is above else f'the "{row.direction}" before'
    if segments.number == 1:
        return f"  (same segment as {with_whom})" if segments.shared_with else ""
    shared = f", the first shared with {with_whom}" if segments.shared_with else ""
    return f"  (in {segments.number} segments{shared})"


def broken_rule(error: PacketError) -> str:
    """Return the rule that was broken in one line: what it says, where it is written, what an endpoint answers."""
    answer = f"; answered with close {error.code}" if error.code else ""
    return printable(f"{error.rule} ({error.section}; byte {error.offset}{answer})")


def hex_of(row: Row, limit: int) -> str:
    """Return the first `limit` bytes of a row in hexadecimal, a frame's masking key in brackets, the rest counted.

    A frame's header and masking key are always shown whole.
    """
    data = row.shown
    start, stop = masking_key(row)
    shown = data[: max(limit, stop)]
    text = shown.hex(" ")
    if start < stop:
        groups = shown[:start].hex(" "), f"[{shown[start:stop].hex(' ')}]", shown[stop:].hex(" ")
        text = " ".join(group for group in groups if group)
    left = len(data) - len(shown)
    return f"{text} … +{left} bytes" if left else text


def masking_key(row: Row) -> tuple[int, int]:
    """Return the byte span of a frame's masking key within `row.data`, or `(0, 0)` when it has none."""
    spans = ((field.first_byte, field.end_byte) for field in row.fields if field.name == "masking key")
    return next(spans, (0, 0)) if row.kind is Kind.FRAME else (0, 0)


def explain(row: Row) -> str:
    """Return an aligned table of the parts of a row: where each stands, its bits or bytes, what it says and means.

    Parts smaller than a byte are shown as bits in their place, `.... 0001`. Secrets are masked.
    """
    lines = [fit(printable(row.summary), _MAX_LINE) + f"   ({counted(len(row.data))})"]
    table = [("byte", "bits or bytes", "field", "value", "meaning"), *(_explained(row, field) for field in row.fields)]
    if row.fields:
        widths = [max(columns(line[i]) for line in table) for i in range(4)]
        lines.extend(
            "  ".join([*(_pad(cell, w) for cell, w in zip(line, widths, strict=False)), line[4]]) for line in table
        )
    elif row.data:
        lines.append(f"nothing explains these bytes: {hex_of(row, 16)}")
    if row.error:
        lines.append(f"! broken rule: {broken_rule(row.error)}")
    return "\n".join(line.rstrip() for line in lines)


def _explained(row: Row, field: Field) -> tuple[str, str, str, str, str]:
    data = row.shown[field.first_byte : field.end_byte]
    last = max(field.end_byte - 1, field.first_byte)
    where = str(field.first_byte) if last == field.first_byte else f"{field.first_byte}-{last}"
    meaning = shown_meaning(row, field)
    meaning = f"{meaning} ({field.section})" if field.section else meaning
    return where, bits_of(field, data), printable(field.name), cut(shown_value(row, field), 40), printable(meaning)


def bits_of(field: Field, data: bytes) -> str:
    """The field's own bits as `1... ....`, or its bytes in hexadecimal when it consists of whole ones."""
    if field.start % 8 == 0 and field.stop % 8 == 0:
        return data[:8].hex(" ") + (f" … +{len(data) - 8}" if len(data) > 8 else "")
    digits = "".join(f"{byte:08b}" for byte in data)
    inside = range(field.start - 8 * field.first_byte, field.stop - 8 * field.first_byte)
    dotted = "".join(digit if i in inside else "." for i, digit in enumerate(digits))
    return " ".join(dotted[i : i + 4] for i in range(0, len(dotted), 4))


def shown_value(row: Row, field: Field) -> str:
    """Return what a field says, printable; where it overlaps a secret, its masked bytes instead."""
    if _is_secret(row, field):
        return as_text(row.shown[field.first_byte : field.end_byte])
    return printable(field.value)


def shown_meaning(row: Row, field: Field) -> str:
    """Return what a field means, printable. The meaning of a payload quotes it, so that of a secret is left out."""
    is_shown = row.kind is not Kind.FRAME or not _is_secret(row, field)
    return printable(field.meaning) if is_shown else "What lets this peer in: not shown."


def _is_secret(row: Row, field: Field) -> bool:
    return any(start < field.end_byte and field.first_byte < stop for start, stop in row.secret)


def _pad(text: str, width: int) -> str:
    return text + " " * (width - columns(text))
