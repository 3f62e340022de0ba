"""Presets of the row, the question before it is sent, and which answer fits what happened."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from livesock.display.views.borders.delivery import SegmentOutcome
from livesock.display.views.borders.model import Borders
from livesock.wire.frame import Opcode

__all__ = ["PRESETS", "Question", "judged", "letter_of", "question_of"]

GIGABYTE = 10**9


class _Preset(NamedTuple):
    """An example, named by the question that it raises."""

    question: str
    """With `{letter}` for the character that is cut."""
    cut: Callable[[bytes], Borders]


def letter_of(message: bytes) -> str:
    """Return the first character that takes more than a byte; "it" if every character is one byte."""
    return next((letter for letter in message.decode() if len(letter.encode()) > 1), "it")


def _inside(message: bytes) -> int:
    """Return a place inside that character; without one, the middle of the message."""
    return next((place for place, byte in enumerate(message) if byte & 0xC0 == 0x80), len(message) // 2)


def _early(message: bytes) -> int:
    return min(3, len(message) // 2)


def _halved(message: bytes, cut: int) -> Borders:
    """Cut into frames at `cut`; one segment ends within the first payload, one within the second header."""
    return Borders(message, (cut,), (3 + cut // 2, cut + 5))


def _pinged(message: bytes, cut: int) -> Borders:
    """A ping between two frames, each a segment of its own."""
    return Borders(message, (cut,), (cut + 3, cut + 8), ping=1)


PRESETS = {
    "half": _Preset("What if {letter} is cut in two?", lambda m: _halved(m, _inside(m))),
    "ping": _Preset("A ping in the middle?", lambda m: _pinged(m, _early(m))),
    "nothing": _Preset("A continuation of nothing?", lambda m: Borders(m, opening=Opcode.CONTINUATION)),
    "gigabyte": _Preset("A gigabyte announced?", lambda m: Borders(m, (), (4,), announced=GIGABYTE)),
    "everywhere": _Preset("A cut everywhere?", lambda m: Borders(m, (_early(m),), tuple(range(1, len(m) + 6)))),
}


class _Option(NamedTuple):
    """One answer to guess from."""

    text: str
    why: str
    """Shown when it happened."""
    tempts: str
    """Shown when the reader guessed it, and something else happened."""


class Question(NamedTuple):
    """A question to the reader before the row is sent."""

    key: str
    text: str
    options: dict[str, _Option]


HEARD = Question(
    "heard",
    "What will the handler be called with?",
    {
        "whole": _Option(
            "the whole text, once",
            "To the handler, frames and segments do not exist: the message is whole when FIN says so.",
            "A server that keeps to the RFC would have called it so.",
        ),
        "pieces": _Option(
            "two pieces of text",
            "This server hands on each frame as if it were a message.",
            "Data does come in pieces, but pieces are bytes. Only the whole message is decoded.",
        ),
        "closed": _Option(
            "nothing: the server closes",
            "It ended the connection.",
            "Half a character is not valid UTF-8, but a fragment need not be. Only the whole message must.",
        ),
    },
)
PONG = Question(
    "pong",
    "When will the pong come?",
    {
        "now": _Option(
            "as soon as the ping is there",
            "A control frame may stand between fragments, and is answered at once.",
            "It had to wait here.",
        ),
        "after": _Option(
            "after the whole text",
            "The text was answered before the ping was.",
            "A heartbeat must not wait for a long upload.",
        ),
        "closed": _Option(
            "never: a ping must not be there",
            "It ended the connection.",
            "Another data frame must not be there. A control frame may: it is short and whole.",
        ),
    },
)
ORPHAN = Question(
    "orphan",
    "What will the server do with it?",
    {
        "whole": _Option(
            "take it as a text",
            "This server does not insist on the rule.",
            "Opcode 0 does not say whether it is text or binary; the first frame would have.",
        ),
        "waits": _Option(
            "wait for the beginning",
            "It is silent.",
            "TCP keeps the order: a beginning that is missing now will never come.",
        ),
        "closed": _Option(
            "close the connection",
            "What the sender meant can only be guessed, and a protocol does not guess.",
            "A strict server would have.",
        ),
    },
)
LARGE = Question(
    "large",
    "When will the server say no?",
    {
        "header": _Option(
            "at the header",
            "The header says how much will follow, so nothing has to be stored first.",
            "It could have.",
        ),
        "stored": _Option(
            "when its memory is full",
            "It measured what it had stored.",
            "With a few such clients it would run out of memory.",
        ),
        "waits": _Option(
            "never: it waits for the rest",
            "It is silent.",
            "It would wait for ever. To check the length in the header costs nothing.",
        ),
    },
)


def question_of(now: Borders) -> Question:
    """Return the question that fits the row: about what is most surprising in it."""
    if now.announced is not None:
        return LARGE
    if now.opening == Opcode.CONTINUATION:
        return ORPHAN
    return HEARD if now.ping is None else PONG


def judged(now: Borders, steps: Sequence[SegmentOutcome]) -> str:
    """Return the key of the option that fits what happened, empty if no option does."""
    heard = [message for step in steps for message in step.heard]
    kinds = [frame.opcode for step in steps for frame in step.back]
    question = question_of(now)
    if question is LARGE:
        at_header = len(steps) == 1 or steps[0].ended
        return ("header" if at_header else "stored") if Opcode.CLOSE in kinds else "waits"
    if Opcode.CLOSE in kinds:
        return "closed"
    if question is PONG:
        text = kinds.index(Opcode.TEXT) if Opcode.TEXT in kinds else len(kinds)
        return "" if Opcode.PONG not in kinds else "now" if kinds.index(Opcode.PONG) < text else "after"
    if not heard and Opcode.TEXT not in kinds:
        return "waits" if question is ORPHAN else ""
    return "whole" if len(heard) == 1 or kinds.count(Opcode.TEXT) == 1 else "pieces"
