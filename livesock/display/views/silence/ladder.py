"""The two traces of a run as a ladder: what each end sent, what arrived, and what `recv` said."""

from __future__ import annotations

from livesock.display.parts.ladder import Crossing, LifelineState, Note, ladder_of
from livesock.display.view import Message
from livesock.display.views.silence.listening import Listening
from livesock.trace.recording import Trace
from livesock.trace.states import ConnectionState

__all__ = ["LEAST", "ladder_from"]

LEAST = 216.0
"""Pixels from top to bottom: as much as the longest of the four needs, so that nothing jumps."""

RESET = ConnectionState.RESET.note()


def ladder_from(run: Listening) -> Message:
    """Return what happened from the first byte to the last `recv`."""
    traces = run.client_trace, run.server_trace
    crossings = [one for end in (0, 1) for one in _bytes(end, traces[end], traces[1 - end])]
    crossings += _end_of_stream(*traces)
    resets = [_noted(trace, RESET) for trace in traces]
    crossings += [Crossing(1, resets[1], resets[0], "reset", "tcp")] if resets[1] is not None else []
    states = [LifelineState(end, at, "closed") for end, at in enumerate(resets) if at is not None]
    notes = [Note(note.end, note.at, note.text) for note in run.notes]
    return ladder_of(crossings, notes, states, run.cut, LEAST)


def _bytes(end: int, sender: Trace, receiver: Trace) -> list[Crossing]:
    """Return the pieces that one end sent. Between two of them the other end has read, so none are joined."""
    sent = [(sender.began + chunk.time, chunk.data) for chunk in sender if chunk.direction == ">"]
    read = [receiver.began + chunk.time for chunk in receiver if chunk.direction == "<"]
    return [
        Crossing(end, at, read[n] if n < len(read) else None, repr(data), "data", data.hex(" "))
        for n, (at, data) in enumerate(sent)
    ]


def _end_of_stream(client: Trace, server: Trace) -> list[Crossing]:
    left, arrived = _noted(server, ConnectionState.EOF.note(">")), _noted(client, ConnectionState.EOF.note("<"))
    if left is None or arrived is None:
        return []
    return [Crossing(1, left, arrived, "end of its stream", "tcp", "no byte of it: TCP's FIN bit")]


def _noted(trace: Trace, words: bytes) -> float | None:
    return next((trace.began + chunk.time for chunk in trace if chunk.direction == "=" and chunk.data == words), None)
