"""The sentences about a stream: before a run, after it, and after each return."""

from __future__ import annotations

from collections.abc import Sequence

from livesock.display.view import Message
from livesock.display.views.stream.marks import count, spans_of
from livesock.display.views.stream.model import PREFIX, ByteStream, unpack
from livesock.display.views.stream.own import OwnReading
from livesock.trace.show.columns import printable

__all__ = ["outcome", "own_outcome", "reader_steps", "sentence", "times"]


def sentence(now: ByteStream) -> str:
    """Return the sentence above the row: the counts, then the most surprising fact."""
    segments = now.segments()
    things = ((now.messages, "message"), (now.called(), "call"), (segments, "segment"))
    return f"{', '.join(count(len(group), name) for group, name in things)}. {_remark(now, segments)}"


def _remark(now: ByteStream, segments: list[bytes]) -> str:
    if now.late:
        return f"recv({now.size}) is called when all has arrived."
    broken = _broken(now, segments)
    if now.prefixed:
        return f"{broken} The length in front tells the reader." if broken else "Each message tells its length."
    large = next((number for number, segment in enumerate(segments, 1) if len(segment) > now.size), 0)
    if large:
        return f"recv({now.size}) is too small for segment {large}."
    if segments == now.wholes():
        return "Here each segment is just one message: a coincidence."
    if len(segments) == 1:
        return "The sender calls faster than the network sends: all bytes leave together."
    return broken


def _broken(now: ByteStream, segments: list[bytes]) -> str:
    """Return which segment is the first to end within a message."""
    cells = now.cells()
    for number, (_, end) in enumerate(spans_of(segments)[:-1], 1):
        message = cells[end].message
        if cells[end - 1].message == message:
            return f"Segment {number} ends inside “{printable(now.messages[message].decode())}”."
    return ""


def times(number: int) -> str:
    return {1: "once", 2: "twice"}.get(number, f"{number} times")


def outcome(now: ByteStream, returned: Sequence[bytes], problem: str) -> Message:
    """Return the outcome: how many returns, and how many of them were messages."""
    if problem:
        return {"text": f"It ended early: {problem}.", "rule": "", "heard": "", "wrong": True}
    text = f"recv returned {times(len(returned))}."
    rule = _compared(now, returned)
    if now.prefixed and unpack(b"".join(returned)).messages == now.messages:
        rule += f" Yet the reader found all {len(now.messages)}."
    return {"text": text, "rule": rule, "heard": ", ".join(map(repr, returned)), "wrong": False}


def own_outcome(now: ByteStream, returned: Sequence[bytes], reading: OwnReading) -> Message:
    """Return the outcome of a run in which the learner's functions drew the borders."""
    text = f"recv returned {times(len(returned))}. Sent: {count(len(now.messages), 'message')}."
    same = reading.found == list(now.messages)
    if reading.problem:
        rule = f"{reading.problem}."
    elif same:
        rule = f"Found: {len(reading.found)}, the same."
    else:
        rule = f"Found: {', '.join(f'{one!r:.40}' for one in reading.found) or 'none'}."
    return {"text": text, "rule": rule, "heard": ", ".join(map(repr, returned)), "wrong": not same}


def _compared(now: ByteStream, returned: Sequence[bytes]) -> str:
    wholes = now.wholes()
    if list(returned) == wholes:
        return "Each return was one message: it looks like a letterbox. TCP does not promise it."
    whole = sum(piece in wholes for piece in returned)
    glued, cut = _glued(now, returned), _cut(now, returned)
    parts = []
    if cut:
        parts.append(f"{count(cut, 'message')} came in pieces")
    if glued:
        parts.append(f"{count(glued, 'return')} {'mixes' if glued == 1 else 'mix'} messages")
    if whole:
        none = f"{whole} of {len(returned)} returns {'was' if whole == 1 else 'were'} a message"
    else:
        none = "No return was a message"
    return f"{none}: {', '.join(parts)}." if parts else f"{none}."


def _glued(now: ByteStream, returned: Sequence[bytes]) -> int:
    cells = now.cells()
    return sum(len({cell.message for cell in cells[a:b]}) > 1 for a, b in spans_of(returned))


def _cut(now: ByteStream, returned: Sequence[bytes]) -> int:
    ends = {b for _, b in spans_of(returned)}
    return sum(any(a < end < b for end in ends) for a, b in spans_of(now.wholes()))


def reader_steps(returned: Sequence[bytes]) -> list[Message]:
    """Return what a reader of lengths has after each return: the messages that are whole, and the one it waits for."""
    steps: list[Message] = []
    have, shown_before = b"", 0
    for number, piece in enumerate(returned, 1):
        have += piece
        state = unpack(have)
        spans, at = [], 0
        for message in state.messages:
            shown = printable(message.decode(errors="replace"))
            spans.append({"from": at, "to": (at := at + PREFIX + len(message)), "text": shown, "whole": True})
        if state.missing:
            spans.append({"from": at, "to": len(have) + state.missing, "text": "wait", "whole": False})
        fresh = [f"“{span['text']}”" for span in spans[shown_before : len(state.messages)]]
        shown_before = len(state.messages)
        said = f"{' and '.join(fresh)} {'is' if len(fresh) == 1 else 'are'} whole." if fresh else ""
        waits = _waits(have[at:], state.missing, state.wants)
        steps.append({"number": number, "to": len(have), "spans": spans, "says": f"{said} {waits}".strip()})
    return steps


def _waits(rest: bytes, missing: int, wants: str) -> str:
    if not missing:
        return "Nothing is left over."
    if wants == "length":
        return f"{count(len(rest), 'byte')} of the next length, {missing} missing: wait."
    length = int.from_bytes(rest[:PREFIX], "big")
    return f"The next length says {length}; {count(missing, 'byte')} missing: wait."
