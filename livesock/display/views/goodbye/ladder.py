"""The two traces of a farewell, compared: the ladder, and the Close frames that crossed.

A frame has crossed if it stands in the trace of the end that sent it *and* in the trace of the other. TCP keeps the
order, so the n-th frame that one end read is the n-th that the other end sent; the rest never arrived.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from livesock.display.parts.ladder import WAITED, Crossing, LifelineState, Note, in_order, ladder_of
from livesock.display.view import Message
from livesock.display.views.goodbye.endings import Farewell
from livesock.trace.recording import Trace
from livesock.trace.rows import Kind, Row
from livesock.trace.states import ConnectionState
from livesock.wire.frame import Frame, Opcode

__all__ = ["Goodbye", "goodbyes_of", "ladder_from"]

SHORT = 12
"""Characters of a reason that stand on an arrow, also on a narrow page."""

NO_PONG = "keepalive ping timeout"
"""The reason that `websockets` gives when a pong did not come."""

EOF, CLOSED, RESET = ConnectionState.EOF.note("<"), ConnectionState.CLOSED.note(), ConnectionState.RESET.note()
"""How a recorder writes down the end of TCP."""

_NAMES = {Opcode.PING: "ping", Opcode.PONG: "pong"}


class Goodbye(NamedTuple):
    """One Close frame."""

    end: int
    """The end that sent it: 0 the client, 1 the server."""
    code: int | None
    arrived: bool


def goodbyes_of(farewell: Farewell) -> list[Goodbye]:
    """Return the Close frames, in the order in which they were sent."""
    closes = [one for one in in_order(_frames(farewell)) if one.tone == "close"]
    return [Goodbye(one.end, _code(one.text), one.arrived is not None) for one in closes]


def ladder_from(farewell: Farewell) -> Message:
    """Return what happened between the handshake and the end of TCP."""
    frames = _frames(farewell)
    ends = _ends_of_tcp(farewell, frames)
    notes = [Note(call.end, call.at, call.text) for call in farewell.calls]
    states = [state for end in (0, 1) for state in _states(farewell, end, [*frames, *ends], notes)]
    notes += [Note(one.end, one.start - 1e-6, "no pong") for one in frames if one.about.endswith(f"“{NO_PONG}”")]
    if not ends:  # no Close and no end of TCP came: each end gave up waiting
        notes += [Note(state.end, state.at - 1e-6, "gives up") for state in states if state.word == "closed"]
    return ladder_of([*frames, *ends], notes, states, farewell.cut)


def _frames(farewell: Farewell) -> list[Crossing]:
    found: list[Crossing] = []
    for end, sender, receiver in (
        (0, farewell.client_trace, farewell.server_trace),
        (1, farewell.server_trace, farewell.client_trace),
    ):
        sent, read = _rows(sender, ">"), _rows(receiver, "<")
        for n, row in enumerate(sent):
            arrived = receiver.began + read[n].time if n < len(read) else None
            found.append(_crossing(end, sender.began + row.time, arrived, row))
    return found


def _rows(trace: Trace, direction: str) -> list[Row]:
    return [row for row in trace.only(kind="frame", direction=direction).rows() if row.kind is Kind.FRAME]


def _crossing(end: int, start: float, arrived: float | None, row: Row) -> Crossing:
    frame = row.value
    assert isinstance(frame, Frame)
    about = f"{row.data[:12].hex(' ')}{' …' if len(row.data) > 12 else ''}"
    if frame.opcode == Opcode.CLOSE:
        code, reason = frame.payload[:2], frame.payload[2:].decode("utf-8", "replace")
        words = f"Close {int.from_bytes(code, 'big')}" if code else "Close without a code"
        said = (
            f"{words} “{reason}”" if 0 < len(reason) <= SHORT else words
        )  # a long reason is shown when the reader points at the arrow
        return Crossing(end, start, arrived, said, "close", f"{about} · “{reason}”" if len(reason) > SHORT else about)
    if frame.opcode in _NAMES:
        return Crossing(end, start, arrived, _NAMES[Opcode(frame.opcode)], "control", about)
    return Crossing(end, start, arrived, f"“{frame.payload.decode('utf-8', 'replace')}”", "data", about)


def _code(words: str) -> int | None:
    number = words.split()[1]
    return int(number) if number.isdecimal() else None


def _noted(trace: Trace, *words: bytes) -> float | None:
    """When the first of these states was recorded, as Unix time."""
    times = [trace.began + chunk.time for chunk in trace if chunk.direction == "=" and chunk.data in words]
    return min(times, default=None)


def _ends_of_tcp(farewell: Farewell, frames: Sequence[Crossing]) -> list[Crossing]:
    """Return the end of TCP that the other end noticed first. No trace holds when it left: as late as possible."""
    at_client = _noted(farewell.client_trace, EOF, RESET)
    at_server = _noted(farewell.server_trace, EOF, RESET)
    if at_client is None and at_server is None:
        return []
    end = 1 if at_server is None or (at_client is not None and at_client <= at_server) else 0
    arrived = at_client if end == 1 else at_server
    assert arrived is not None
    own = [one.start for one in frames if one.end == end]
    own += [one.arrived for one in frames if one.end != end and one.arrived is not None]
    own += [call.at for call in farewell.calls if call.end == end]
    earliest = max(own, default=arrived - 1e-3) + 2e-5
    left = earliest if arrived - earliest > WAITED else max(earliest, arrived - 1e-6)
    about = 'recv() returns b"": no reason is in it'
    return [Crossing(end, left, arrived, "end of TCP", "tcp", about)]


def _states(farewell: Farewell, end: int, frames: Sequence[Crossing], notes: Sequence[Note]) -> list[LifelineState]:
    closes = [one for one in frames if one.tone == "close"]
    said = [one.start for one in closes if one.end == end]
    heard = [one.arrived for one in closes if one.end != end and one.arrived is not None]
    trace = (farewell.client_trace, farewell.server_trace)[end]
    states = [LifelineState(end, min(said + heard), "closing")] if said or heard else []
    dropped = [note.at for note in notes if note.end == end and note.text == "abort()"]
    over = dropped[0] if dropped else _noted(trace, CLOSED, RESET, *([EOF] if end == 0 else []))
    ended = [one.start for one in frames if one.tone == "tcp" and one.end == end]  # never closed before that
    over = over if over is None or dropped else max([over, *ended])
    return states + ([LifelineState(end, over, "closed")] if over is not None else [])
