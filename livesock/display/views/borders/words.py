"""The words about a row and its delivery: names, sentences, and a line for each segment."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from livesock.display.view import Message
from livesock.display.views.borders.delivery import SegmentOutcome
from livesock.display.views.borders.model import Borders, FrameInRow
from livesock.errors import PacketError
from livesock.trace.show.columns import cut, printable
from livesock.wire.codes import CODES, decode_close
from livesock.wire.frame import Frame, Opcode, encode_frame
from livesock.wire.framereader import FrameReader
from livesock.wire.quote import quote

__all__ = ["outcome", "part_name", "sentence", "step_words"]


# -- a row in words


def part_name(part: FrameInRow) -> tuple[str, str]:
    """Return what a frame is, and whether more follows."""
    if part.opcode == Opcode.PING:
        return "ping", "whole"
    if part.opcode == Opcode.TEXT:
        return "text", "whole" if part.fin else "more follows"
    return "continuation", "the last" if part.fin else "more follows"


def sentence(now: Borders) -> str:
    """Return the sentence above the row: the counts, then the most surprising fact."""
    frames, segments = count(len(now.fragments) + 1, "frame"), count(len(now.segments) + 1, "segment")
    return f"“{printable(now.message.decode())}” is 1 message in {frames} and {segments}. {_remark(now)}"


def count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


def _remark(now: Borders) -> str:
    if now.announced is not None:
        return f"The header announces {now.announced:,} bytes, and {len(now.message)} follow."
    if now.opening == Opcode.CONTINUATION:
        return "It begins with a continuation. Of what?"
    for number, place in enumerate(now.fragments, 1):
        if letter := _cut_letter(now.message, place):
            return f"Frame {number} ends inside {letter}, after {now.message[place - 1]:02x}."
    cells, starts = now.cells(), {part.start for part in now.frames()}
    if len(now.segments) + 1 == len(cells):
        return "TCP may cut anywhere."
    for number, place in enumerate(now.segments, 1):
        if place not in starts and cells[place].part != "payload":
            return f"Segment {number} ends inside a header."
        if cells[place].half == 2:
            return f"Segment {number} ends inside {cells[place].top}."
    if now.ping is not None and 0 < now.ping <= len(now.fragments):
        return f"The ping stands between frames {now.ping} and {now.ping + 1} of the text."
    if now.ping is not None:
        return "The ping comes before the text." if now.ping == 0 else "The ping comes after the text."
    if now.segments and set(now.segments) == starts - {0}:
        return "Here each segment is just one frame: a coincidence."
    if not now.fragments:
        return ""
    first, *others = [f"“{part.payload.decode()}”" for part in now.frames() if part.opcode != Opcode.PING]
    return f"Frame 1 carries {first}, " + ", ".join(f"frame {n} {text}" for n, text in enumerate(others, 2)) + "."


def _cut_letter(message: bytes, place: int) -> str:
    """Return the character that a cut goes through, empty if it stands between two characters."""
    before = message[:place].decode(errors="ignore")
    return "" if len(before.encode()) == place else message.decode()[len(before)]


# -- a delivery in words


def step_words(sent: Borders, steps: Sequence[SegmentOutcome], *, hears: bool) -> list[Message]:
    """Return for each segment what arrived, which frames are now whole, what the handler got, and what came back."""
    reader, fed, whole = FrameReader(from_client=True), 0, 0
    ends = list(accumulate(len(step.sent) for step in steps))
    cuts = [0, *sent.segments, len(sent.cells())]
    lines: list[Message] = []
    for number, step in enumerate(steps):
        frames, broken = _frames_in(reader, step)
        fed = ends[number]
        whole += sum(len(encode_frame(frame)) for frame in frames)
        lines.append({
            "number": number + 1, "from": cuts[number], "to": cuts[number + 1],
            "size": len(step.sent), "reads": [len(read) for read in step.arrived],
            "frames": [_frame_words(frame) for frame in frames],
            "waits": "" if broken else _waits(reader, fed - whole, frames, ended=step.ended),
            "broken": broken,
            "heard": [_shown(message) for message in step.heard],
            "back": [_back_words(frame) for frame in step.back],
            "ended": step.ended,
        })  # fmt: skip
    return lines


def _frames_in(reader: FrameReader, step: SegmentOutcome) -> tuple[list[Frame], str]:
    if reader.error is not None:
        return [], ""
    try:
        frames = reader.feed(b"".join(step.arrived))
    except PacketError:
        frames = []
    return frames, reader.error.rule if reader.error else ""


def _frame_words(frame: Frame) -> Message:
    name = {Opcode.TEXT: "text", Opcode.CONTINUATION: "continuation", Opcode.PING: "ping"}.get(
        Opcode(frame.opcode), "frame"
    )
    more = "" if frame.fin else ", more follows"
    return {
        "text": f"{name} {quote(frame.payload, 30)}{more}",
        "tone": "ping" if frame.opcode == Opcode.PING else "frame",
    }


def _waits(reader: FrameReader, pending: int, frames: Sequence[Frame], *, ended: bool) -> str:
    if ended:
        return f"a header only: {reader.expected - pending:,} bytes to come" if reader.expected and pending else ""
    if not pending:
        is_open = bool(frames) and frames[-1].opcode < 8 and not frames[-1].fin
        return "waits for the next frame" if is_open else ""
    if reader.expected is None:
        return "waits for the rest of a header"
    missing = reader.expected - pending
    return f"waits for {missing:,} more byte{'' if missing == 1 else 's'}"


def _back_words(frame: Frame) -> Message:
    if frame.opcode == Opcode.CLOSE:
        return {"text": f"close {_code_of(frame) or ''}".strip(), "tone": "wrong"}
    name = {Opcode.TEXT: "text", Opcode.BINARY: "binary", Opcode.PONG: "pong"}.get(Opcode(frame.opcode), "frame")
    return {"text": f"{name} {quote(frame.payload, 30)}", "tone": "ping" if frame.opcode == Opcode.PONG else "frame"}


def _code_of(frame: Frame) -> int | None:
    try:
        return decode_close(frame.payload)[0]
    except PacketError:
        return None


SECTIONS = {1002: "RFC 6455, 7.4.1", 1007: "RFC 6455, 8.1", 1009: "RFC 6455, 10.4"}


def outcome(sent: Borders, steps: Sequence[SegmentOutcome], problem: str, *, hears: bool) -> Message:
    """Return the outcome: one sentence, the rule behind it, and whether it went wrong."""
    if problem:
        return {"text": f"It ended early: {problem}.", "rule": "", "wrong": True}
    heard = [message for step in steps for message in step.heard]
    called = _called(heard) if hears else _echoed(steps)
    close = next((frame for step in steps for frame in step.back if frame.opcode == Opcode.CLOSE), None)
    if close is None:
        return {"text": f"{called} {_pong(steps)}".strip(), "rule": "", "wrong": False}
    code = _code_of(close)
    if code == 1000:
        return {"text": f"{called} Then the server closed with 1000.", "rule": "", "wrong": False}
    name = f" ({CODES[code].name})" if code in CODES else ""
    when = f"after segment {len(steps)} of {len(sent.pieces())}"
    rule, section = _rule(steps)
    section = section or SECTIONS.get(code or 0, "")
    reason = rule or f"its reason is “{printable(decode_close(close.payload)[1])}”"
    return {
        "text": f"The server closed with {code}{name} {when}. {called}",
        "rule": f"{reason} · {section}".strip(" ·"),
        "wrong": True,
    }


def _shown(message: object) -> str:
    return f"“{printable(message)}”" if isinstance(message, str) else cut(repr(message), 60)


def _called(heard: Sequence[object]) -> str:
    if not heard:
        return "The handler was never called."
    shown = ", then ".join(
        f"“{printable(message)}”" if isinstance(message, str) else repr(message) for message in heard
    )
    times = {1: "once", 2: "twice"}.get(len(heard), f"{len(heard)} times")
    return f"The handler was called {times}, with {shown}."


def _pong(steps: Sequence[SegmentOutcome]) -> str:
    """Return after which segment the pong came, empty if it did not come."""
    for number, step in enumerate(steps, 1):
        if any(frame.opcode == Opcode.PONG for frame in step.back):
            return f"The pong came after segment {number} of {len(steps)}."
    return ""


def _echoed(steps: Sequence[SegmentOutcome]) -> str:
    echoes = [frame for step in steps for frame in step.back if frame.opcode in (Opcode.TEXT, Opcode.BINARY)]
    if not echoes:
        return "No message came back."
    return f"{', '.join(quote(frame.payload, 30) for frame in echoes)} came back."


def _rule(steps: Sequence[SegmentOutcome]) -> tuple[str, str]:
    reader = FrameReader(from_client=True)
    for step in steps:
        _frames_in(reader, step)
    return (reader.error.rule, reader.error.section) if reader.error else ("", "")
