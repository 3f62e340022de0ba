"""05.Assembler: frames in, messages and duties out (RFC 6455, 5.4 to 5.6, 8.1).

text FIN=0 "Hel" ─► ping "x" ─► continuation FIN=1 "lo"
     nothing         pong "x"          text "Hello"
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

from livesock.learn.exercise import Exercise, Property, Solution, case
from livesock.lessons.lesson05.assembler_wrong import MUTANTS

__all__ = ["ASSEMBLER", "Assembler"]

FrameArgs = tuple[bool, int, bytes]
"""What one frame says: fin, opcode, payload."""


class Assembler:
    """One direction of a WebSocket: frames in, events out."""

    def __init__(self, max_size: int = 2**20) -> None:
        """Begin before the first frame; `max_size` is the number of bytes that a message may have."""
        self._max_size = max_size
        self._kind = 0
        self._parts = b""
        self._over = False

    def feed(self, fin: bool, opcode: int, payload: bytes) -> list[tuple[str, object]]:
        """Return what a frame completes or demands: one event, or none."""
        if self._over:
            return []
        events = self._control(fin, opcode, payload) if opcode >= 8 else self._data(fin, opcode, payload)
        self._over = any(name in ("close", "fail") for name, _ in events)
        return events

    def _control(self, fin: bool, opcode: int, payload: bytes) -> list[tuple[str, object]]:
        if opcode > 10 or not fin or len(payload) > 125:
            return [("fail", 1002)]
        return [] if opcode == 10 else [("close" if opcode == 8 else "pong", payload)]

    def _data(self, fin: bool, opcode: int, payload: bytes) -> list[tuple[str, object]]:
        is_first = opcode != 0
        if opcode > 2 or is_first == (self._kind != 0):
            return [("fail", 1002)]
        if len(self._parts) + len(payload) > self._max_size:
            return [("fail", 1009)]
        self._kind, self._parts = self._kind or opcode, self._parts + payload
        if not fin:
            return []
        kind, whole = self._kind, self._parts
        self._kind, self._parts = 0, b""
        return [("binary", whole)] if kind == 2 else self._text(whole)

    def _text(self, whole: bytes) -> list[tuple[str, object]]:
        try:
            return [("text", whole.decode())]
        except UnicodeDecodeError:
            return [("fail", 1007)]


def trial(solution: Solution, max_size: int, frames: list[FrameArgs]) -> list[Any]:
    """Feed all frames to a new assembler and return the events of each one."""
    assembler = solution(max_size)
    return [gathered(assembler.feed(*frame)) for frame in frames]


def gathered(events: Any) -> Any:
    """Return the events as a list if they come one by one, from a generator or an iterator."""
    return list(events) if isinstance(events, Iterator) else events


def calls(max_size: int, frames: list[FrameArgs]) -> str:
    """Write a case as the learner would type it: whole as long as it is short."""
    fed = [f"feed({fin}, {opcode}, {brief(payload)})" for fin, opcode, payload in frames]
    return ", ".join([f"a = Assembler({max_size}); a.{fed[0]}", *(f"a.{one}" for one in fed[1:])])


def brief(payload: bytes) -> str:
    return repr(payload) if len(payload) <= 12 else f"bytes({len(payload)})" if not any(payload) else f"{payload!r}"


# -- random frames

WORDS = ["", "a", "é", "漢字", "😀", "hello", "naïve café", "x" * 40]
BAD_ENDS: list[list[FrameArgs]] = [
    [(True, 0, b"left over")],
    [(False, 1, b"one"), (True, 1, b"two")],
    [(False, 2, b"one"), (False, 2, b"two")],
    [(True, 3, b"")],
    [(True, 5, b"")],
    [(True, 6, b"a")],
    [(True, 11, b"")],
    [(True, 13, b"")],
    [(True, 14, b"a")],
    [(False, 9, b"cut")],
    [(True, 10, bytes(126))],
    [(True, 9, bytes(126))],
    [(True, 2, bytes(65))],
    [(False, 2, bytes(60)), (True, 0, bytes(60))],
    [(True, 1, b"\xff")],
    [(True, 1, "é".encode("latin-1"))],
    [(True, 8, b"")],
    [(True, 8, b"\x03\xe8")],
]
"""Ends that are an end for every right solution at the same frame, also for one that looks ahead."""


def cut(rng: random.Random, data: bytes) -> list[bytes]:
    """Return `data` in one to four pieces; some may be empty."""
    places = sorted(rng.randrange(len(data) + 1) for _ in range(rng.randrange(4)))
    return [data[a:b] for a, b in zip([0, *places], [*places, len(data)], strict=True)]


def draw_message(rng: random.Random, kind: int, payload: bytes) -> list[FrameArgs]:
    """Return the frames of a message, pings and pongs between them."""
    frames: list[FrameArgs] = []
    pieces = cut(rng, payload)
    for n, piece in enumerate(pieces):
        frames.append((n == len(pieces) - 1, 0 if n else kind, piece))
        if rng.random() < 0.4:
            frames.append((True, rng.choice([9, 9, 10]), rng.randbytes(rng.choice([0, 1, 4, 125]))))
    return frames


def draw(rng: random.Random) -> tuple[int, list[FrameArgs]]:
    """Return some messages of at most 64 bytes and, half of the time, an end and a frame behind it."""
    frames: list[FrameArgs] = []
    for _ in range(rng.randrange(1, 4)):
        kind = rng.choice([1, 2])
        payload = rng.choice(WORDS).encode() if kind == 1 else rng.randbytes(rng.choice([0, 3, 64]))
        frames += draw_message(rng, kind, payload)
    if rng.random() < 0.5:
        frames += [*rng.choice(BAD_ENDS), (True, 9, b"still there?"), (True, 1, b"hello?")]
    return 64, frames


def draw_text(rng: random.Random) -> tuple[str, list[FrameArgs]]:
    text = "".join(rng.choice(WORDS) for _ in range(4))
    return text, draw_message(rng, 1, text.encode())


def survives_cuts(solution: Solution, text: str, frames: list[FrameArgs]) -> bool:
    """Whether a text comes out whole and once, and each ping is answered at once."""
    events = trial(solution, 1000, frames)
    for (_, opcode, payload), answer in zip(frames, events, strict=True):
        if opcode >= 9 and [tuple(event) for event in answer] != ([("pong", payload)] if opcode == 9 else []):
            return False
    return [value for answer in events for name, value in answer if name == "text"] == [text]


E_ACUTE = "é".encode()
PING = (True, 9, b"hi")

ASSEMBLER = Exercise(
    "05.Assembler",
    Assembler,
    cases=(
        case("one frame, one text", 99, [(True, 1, b"Hello")], gives=[[("text", "Hello")]]),
        case("one frame, binary", 99, [(True, 2, b"\xff\x00")], gives=[[("binary", b"\xff\x00")]]),
        case("the RFC's two fragments", 99, [(False, 1, b"Hel"), (True, 0, b"lo")], gives=[[], [("text", "Hello")]]),
        case(
            "é in two fragments",
            99,
            [(False, 1, E_ACUTE[:1]), (True, 0, E_ACUTE[1:])],
            gives=[[], [("text", "é")]],
        ),
        case(
            "binary in three fragments",
            99,
            [(False, 2, b"\xff"), (False, 0, b""), (True, 0, b"a")],
            gives=[[], [], [("binary", b"\xffa")]],
        ),
        case(
            "a first fragment that is empty",
            99,
            [(False, 1, b""), (True, 0, b"late")],
            gives=[[], [("text", "late")]],
        ),
        case("an empty text", 99, [(True, 1, b"")], gives=[[("text", "")]]),
        case(
            "two messages, one after the other",
            99,
            [(False, 1, b"a"), (True, 0, b"b"), (False, 2, b"c"), (True, 0, b"d")],
            gives=[[], [("text", "ab")], [], [("binary", b"cd")]],
        ),
        case("a ping", 99, [PING], gives=[[("pong", b"hi")]]),
        case("a ping of 125 bytes", 99, [(True, 9, bytes(125))], gives=[[("pong", bytes(125))]]),
        case("a pong", 99, [(True, 10, b"hi"), PING], gives=[[], [("pong", b"hi")]]),
        case(
            "a ping between fragments",
            99,
            [(False, 1, b"Hel"), PING, (True, 0, b"lo")],
            gives=[[], [("pong", b"hi")], [("text", "Hello")]],
        ),
        case(
            "a pong between fragments",
            99,
            [(False, 1, b"Hel"), (True, 10, b"hi"), (True, 0, b"lo")],
            gives=[[], [], [("text", "Hello")]],
        ),
        case("a close", 99, [(True, 8, b"\x03\xe8")], gives=[[("close", b"\x03\xe8")]]),
        case("a close inside a message", 99, [(False, 1, b"a"), (True, 8, b"")], gives=[[], [("close", b"")]]),
        case("frames after a close", 99, [(True, 8, b""), PING, (True, 1, b"a")], gives=[[("close", b"")], [], []]),
        case("a continuation of nothing", 99, [(True, 0, b"lo")], gives=[[("fail", 1002)]]),
        case(
            "a continuation after the end",
            99,
            [(False, 1, b"a"), (True, 0, b"b"), (True, 0, b"c")],
            gives=[[], [("text", "ab")], [("fail", 1002)]],
        ),
        case("a text inside a message", 99, [(False, 1, b"a"), (True, 1, b"b")], gives=[[], [("fail", 1002)]]),
        case("binary inside a text", 99, [(False, 1, b"a"), (False, 2, b"b")], gives=[[], [("fail", 1002)]]),
        case("a reserved opcode, 3", 99, [(True, 3, b"")], gives=[[("fail", 1002)]]),
        case("a reserved opcode, 11", 99, [(True, 11, b"")], gives=[[("fail", 1002)]]),
        *(case(f"a reserved opcode, {n}", 99, [(True, n, b"")], gives=[[("fail", 1002)]]) for n in (4, 7, 12, 15)),
        case("frames after a failure", 99, [(True, 3, b""), PING, (True, 1, b"a")], gives=[[("fail", 1002)], [], []]),
        case("a ping in fragments", 99, [(False, 9, b"a")], gives=[[("fail", 1002)]]),
        case("a close in fragments", 99, [(False, 8, b"")], gives=[[("fail", 1002)]]),
        case("a close of 126 bytes", 999, [(True, 8, bytes(126))], gives=[[("fail", 1002)]]),
        case("a ping of 126 bytes", 999, [(True, 9, bytes(126))], gives=[[("fail", 1002)]]),
        case("a ping of 200 bytes", 999, [(True, 9, bytes(200))], gives=[[("fail", 1002)]]),
        case("a text that is no UTF-8", 99, [(True, 1, b"caf\xe9")], gives=[[("fail", 1007)]]),
        case("half a character at the end", 99, [(True, 1, E_ACUTE[:1])], gives=[[("fail", 1007)]]),
        case(
            "max_size bytes",
            4,
            [(True, 1, b"four"), (True, 2, b"1234")],
            gives=[[("text", "four")], [("binary", b"1234")]],
        ),
        case("one byte too many", 4, [(True, 2, b"12345")], gives=[[("fail", 1009)]]),
        case("one byte too many, in 4 characters", 4, [(True, 1, b"caf" + E_ACUTE)], gives=[[("fail", 1009)]]),
        case(
            "small fragments, too large together",
            4,
            [(False, 2, b"123"), (True, 0, b"45")],
            gives=[[], [("fail", 1009)]],
        ),
        case("too large before the end", 4, [(False, 2, b"12345")], gives=[[("fail", 1009)]]),
        case(
            "a ping is no part of the size",
            4,
            [(False, 2, b"12"), (True, 9, b"12345"), (True, 0, b"34")],
            gives=[[], [("pong", b"12345")], [("binary", b"1234")]],
        ),
        case(
            "the size begins again with each message",
            4,
            [(True, 2, b"123"), (False, 2, b"12"), (True, 0, b"3"), (True, 2, b"123")],
            gives=[[("binary", b"123")], [], [("binary", b"123")], [("binary", b"123")]],
        ),
    ),
    random=draw,
    times=40,
    claim=Property(
        "a text may be cut anywhere, and a ping between two fragments is answered there", draw_text, survives_cuts
    ),
    trial=trial,
    calls=calls,
    mutants=MUTANTS,
    hints=(
        "Ask in this order: is it over? Is it a control frame, opcode 8 or more? If not, may this data frame come now? "
        "A message that is under way has two things to remember, its kind and its bytes: make them in "
        "__init__, for each connection has its own.",
        "RFC 6455, 5.4: 01 03 48 65 6c (text, FIN 0, “Hel”), 89 00 (a ping, answered at once), 80 02 6c 6f "
        "(continuation, FIN 1, “lo”) is one text. Text is decoded when it is whole (8.1); fragments are bytes "
        "until then. 1002 is a broken rule, 1007 bytes that are no text, 1009 too large.",
        "A neighbour, lines that come in pieces: def feed(self, piece): self.rest += piece; if not "
        "piece.endswith(b'\\n'): return []; line, self.rest = self.rest, b''; return [('line', line.decode())]. It "
        "keeps bytes, decodes at the end, and empties what it kept.",
    ),
    explanation="This is the heart of every WebSocket library. Control frames slip in between fragments, so that a "
    "long message cannot delay a heartbeat; text is judged whole; the limit counts the sum, because a message may have "
    "any number of fragments (RFC 6455, 5.4, 5.5, 10.4).",
    distractors={
        '            return [("text", whole.decode(errors="replace"))]': "replace",
        "        if len(payload) > self._max_size:": "limit_per_frame",
        "        is_first = not self._parts": "empty_is_nothing",
        "        if opcode > 10 or not fin or len(payload) > 126:": "long_control",
    },
)
