"""Two traces of one WebSocket, compared: its frames, its end, and each end's state, as a ladder.

A frame has crossed if it stands in the trace of the end that sent it *and* in the trace of the other. TCP keeps the
order, so the n-th frame that one end read is the n-th that the other end sent; the rest never arrived.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from livesock.display.parts.ladder import WAITED, Crossing, LifelineState, Note, ladder_of
from livesock.display.view import Message
from livesock.trace.recording import Trace
from livesock.trace.rows import Kind, Row
from livesock.trace.states import ConnectionState
from livesock.wire.frame import Frame, Opcode

__all__ = ["ProgramCall", "TwoEnds", "frames_of", "ladder_from", "noted", "states_of"]

SHORT = 12
"""Characters of a reason that stand on an arrow, also on a narrow page."""

NO_PONG = "keepalive ping timeout"
"""The reason that `websockets` gives when a pong did not come."""

EOF, CLOSED, RESET = ConnectionState.EOF.note("<"), ConnectionState.CLOSED.note(), ConnectionState.RESET.note()
"""How a recorder writes down the end of TCP."""

_NAMES = {Opcode.PING: "ping", Opcode.PONG: "pong"}


class ProgramCall(NamedTuple):
    """What a program did, and when (Unix time)."""

    end: int
    at: float
    text: str


class TwoEnds(Protocol):
    """A run with two ends: what each recorded, what the programs did, and when the cable was cut (Unix time)."""

    @property
    def client_trace(self) -> Trace: ...
    @property
    def server_trace(self) -> Trace: ...
    @property
    def calls(self) -> list[ProgramCall]: ...
    @property
    def cut(self) -> float | None: ...


def ladder_from(run: TwoEnds) -> Message:
    """Return what happened between the handshake and the end of TCP."""
    frames = frames_of(run)
    ends = _ends_of_tcp(run, frames)
    notes = [Note(call.end, call.at, call.text) for call in run.calls]
    states = [state for end in (0, 1) for state in states_of(run, end, [*frames, *ends], notes)]
    notes += [Note(one.end, one.start - 1e-6, "no pong") for one in frames if one.about.endswith(f"“{NO_PONG}”")]
    if not ends:  # no Close and no end of TCP came: each end gave up waiting
        notes += [Note(state.end, state.at - 1e-6, "gives up") for state in states if state.word == "closed"]
    return ladder_of([*frames, *ends], notes, states, run.cut)


def frames_of(run: TwoEnds) -> list[Crossing]:
    """Return every frame that either end sent."""
    found: list[Crossing] = []
    for end, sender, receiver in (
        (0, run.client_trace, run.server_trace),
        (1, run.server_trace, run.client_trace),
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


def noted(trace: Trace, *words: bytes) -> float | None:
    """When the first of these states was recorded, as Unix time."""
    times = [trace.began + chunk.time for chunk in trace if chunk.direction == "=" and chunk.data in words]
    return min(times, default=None)


def _ends_of_tcp(run: TwoEnds, frames: Sequence[Crossing]) -> list[Crossing]:
    """Return the end of TCP that the other end noticed first. No trace holds when it left: as late as possible."""
    at_client = noted(run.client_trace, EOF, RESET)
    at_server = noted(run.server_trace, EOF, RESET)
    if at_client is None and at_server is None:
        return []
    end = 1 if at_server is None or (at_client is not None and at_client <= at_server) else 0
    arrived = at_client if end == 1 else at_server
    assert arrived is not None
    own = [one.start for one in frames if one.end == end]
    own += [one.arrived for one in frames if one.end != end and one.arrived is not None]
    own += [call.at for call in run.calls if call.end == end]
    earliest = max(own, default=arrived - 1e-3) + 2e-5
    left = earliest if arrived - earliest > WAITED else max(earliest, arrived - 1e-6)
    about = 'recv() returns b"": no reason is in it'
    return [Crossing(end, left, arrived, "end of TCP", "tcp", about)]


def states_of(run: TwoEnds, end: int, frames: Sequence[Crossing], notes: Sequence[Note]) -> list[LifelineState]:
    """Return when an end began to close, and when it was closed."""
    closes = [one for one in frames if one.tone == "close"]
    said = [one.start for one in closes if one.end == end]
    heard = [one.arrived for one in closes if one.end != end and one.arrived is not None]
    trace = (run.client_trace, run.server_trace)[end]
    states = [LifelineState(end, min(said + heard), "closing")] if said or heard else []
    dropped = [note.at for note in notes if note.end == end and note.text == "abort()"]
    over = dropped[0] if dropped else noted(trace, CLOSED, RESET, *([EOF] if end == 0 else []))
    ended = [one.start for one in frames if one.tone == "tcp" and one.end == end]  # never closed before that
    over = over if over is None or dropped else max([over, *ended])
    return states + ([LifelineState(end, over, "closed")] if over is not None else [])
