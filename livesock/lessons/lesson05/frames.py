"""Frames to try an Assembler with: cut messages, pings between them, and ends of all kinds."""

import random
from collections.abc import Iterator, Sequence
from typing import Any

from livesock.learn.checking.diff import literal, shown
from livesock.learn.checking.outcome import plain
from livesock.learn.exercise import Solution

__all__ = ["FrameArgs", "calls", "draw", "draw_text", "said", "survives_cuts", "trial"]

FrameArgs = tuple[bool, int, bytes]
"""What one frame says: fin, opcode, payload."""


def trial(solution: Solution, max_size: int | None, frames: list[FrameArgs]) -> list[Any]:
    """Feed all frames to a new assembler and return the events of each one; None leaves its size to the default.

    Another assembler is in the middle of a message all the while, and must not notice.
    """
    alone = fed(solution(9), HALF, REST)
    other = solution(9)
    fed(other, HALF)
    events = fed(solution() if max_size is None else solution(max_size), *frames)
    return events if plain(fed(other, REST)) == plain(alone[1:]) else [*events, SHARED]


HALF, REST = (False, 2, b"half"), (True, 0, b"!")
SHARED = "another Assembler has lost its message"


def fed(assembler: Any, *frames: FrameArgs) -> list[Any]:
    return [gathered(assembler.feed(*frame)) for frame in frames]


def gathered(events: Any) -> Any:
    """Return the events as a list if they come one by one, from a generator or an iterator."""
    return list(events) if isinstance(events, Iterator) else events


def calls(max_size: int | None, frames: list[FrameArgs]) -> str:
    """Write a case as the learner would type it: whole as long as it is short."""
    fed = [f"feed({fin}, {opcode}, {brief(payload)})" for fin, opcode, payload in frames]
    return ", ".join(
        [f"a = Assembler({'' if max_size is None else max_size}); a.{fed[0]}", *(f"a.{one}" for one in fed[1:])]
    )


def brief(payload: bytes) -> str:
    return repr(payload) if len(payload) <= 12 else f"bytes({len(payload)})" if not any(payload) else f"{payload!r}"


def said(fed: Sequence[Any]) -> str:
    """Return what `trial` returned: the events of each feed."""
    return "; ".join(
        literal(list(did)) if isinstance(did, tuple) else str(did) if did == SHARED else shown(did) for did in fed
    )


WORDS = ["", "a", "é", "漢字", "😀", "hello", "naïve café", "x" * 40]
BAD_ENDS: list[list[FrameArgs]] = [
    [(True, 0, b"left over")], [(False, 1, b"one"), (True, 1, b"two")], [(False, 2, b"one"), (False, 2, b"two")],
    [(True, 3, b"")], [(True, 5, b"")], [(True, 6, b"a")], [(True, 11, b"")], [(True, 13, b"")], [(True, 14, b"a")],
    [(False, 9, b"cut")], [(True, 10, bytes(126))], [(True, 9, bytes(126))], [(True, 2, bytes(65))],
    [(False, 2, bytes(60)), (True, 0, bytes(60))], [(True, 1, b"\xff")], [(True, 1, "é".encode("latin-1"))],
    [(True, 8, b"")], [(True, 8, b"\x03\xe8")],
]  # fmt: skip
"""Ends that are an end for every right solution at the same frame."""


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
    """Return some messages of at most 64 bytes and, half of the time, an end and a frame after it."""
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
