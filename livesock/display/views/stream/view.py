"""`stream(…)`: three messages as bytes, what cuts them on the way, and what each `recv` really gives back.

a border is dragged ──► {"kind": "move", "name": "call-0", "to": 4} ──► the kernel cuts anew ──► page
"Run"               ──► a TCP connection through netsim, just these calls ──► what each recv(n) returned
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import ClassVar

from livesock.display.view import Message, View
from livesock.display.views.stream.marks import marks_of, spans_of, strip_of
from livesock.display.views.stream.model import CALLS, ByteStream
from livesock.display.views.stream.own import OwnFraming, OwnReading, framing, read
from livesock.display.views.stream.picture import stream_svg
from livesock.display.views.stream.pour import Pour
from livesock.display.views.stream.questions import (
    OWN_PRESETS,
    PRESETS,
    guesses_of,
    happened,
    own,
    question_of,
    reason,
    tempting,
)
from livesock.display.views.stream.words import outcome, own_outcome, reader_steps, sentence

__all__ = ["StreamView", "stream"]

LONGEST = 14
"""Bytes of all messages together: with a length in front of each, a row has room for them at 600 pixels too."""

SIZES = (*range(1, 13), 16, 24, 32, 64, 128, 256, 512, 1024)
"""The sizes that the page offers for `recv`."""

ALL_IN = 1.6
"""Seconds that a run takes at most."""


class StreamView(View):
    """The row of bytes with its borders, the cup, and what came of the last run."""

    page: ClassVar[str] = "stream"
    parts: ClassVar[tuple[str, ...]] = ("instrument", "byterow")

    def __init__(self, messages: tuple[bytes, ...], preset: str, own: OwnFraming | None = None) -> None:
        self._messages, self._preset, self._own = messages, preset, own
        self._packed = own.packed(messages) if own else ()
        self._presets = OWN_PRESETS if own else PRESETS
        self._now = self._made(preset)
        self._reading: tuple[list[bytes], OwnReading] | None = None
        self._pour: Pour | None = None
        self._poured: ByteStream | None = None
        self._looked = (0, 0, True)
        self._guesses: dict[ByteStream, str] = {}
        self._changed = False
        super().__init__()

    @property
    def returned(self) -> list[bytes]:
        """What each `recv` of the last run returned, for the next cell."""
        return [] if self._pour is None else list(self._pour.returned)

    def _made(self, preset: str) -> ByteStream:
        made = self._presets[preset].make(self._messages)
        return own(made, self._packed) if self._packed else made

    # -- what the page gets

    def snapshot(self) -> Message:
        return self._state()

    def news(self) -> Message | None:
        if self._pour is not None:
            look = len(self._pour.returned), sum(map(len, self._pour.segments)), self._pour.done.is_set()
            self._changed, self._looked = self._changed or look != self._looked, look
        if not self._changed:
            return None
        self._changed = False
        return self._state()

    def _state(self) -> Message:
        now = self._now
        _, longest = now.longest()
        segments = list(self._pour.segments) if self._is_over and self._pour else now.segments()
        return {
            **marks_of(now, segments),
            "calls": {"now": len(now.calls) + 1, "most": min(CALLS, len(now.data))},
            "cut": {"now": min(now.chunk or longest, longest), "most": longest},
            "size": now.size,
            "sizes": SIZES,
            "late": now.late,
            "paused": now.paused,
            "prefixed": now.prefixed,
            "whose": self._own.whose if self._own else "",
            "presets": [{"key": key, "text": preset.question} for key, preset in self._presets.items()],
            "preset": self._preset,
            "sentence": sentence(now),
            "question": self._question(),
            "run": self._run_state(),
        }

    @property
    def _is_over(self) -> bool:
        return self._pour is not None and self._pour.done.is_set() and self._poured == self._now

    def _question(self) -> Message:
        now = self._now
        chosen = self._guesses.get(now, "")
        found = self._is_over and (self._own is None or self._read(self.returned).found == list(self._messages))
        returned = self.returned if found else []  # no message was whole for a reader that found something else
        right = happened(now, returned)
        self.guesses.settle(self._preset, right)
        options = [
            {"key": guess.key, "text": guess.text, "strips": [strip_of(now, a, b) for a, b in spans_of(guess.pieces)]}
            for guess in guesses_of(now)
        ]
        return {
            "text": question_of(now),
            "options": options,
            "chosen": chosen,
            "right": right,
            "why": reason(now, returned) if returned else "",
            "tempts": tempting(now, chosen) if returned and chosen and chosen != right else "",
        }

    def _run_state(self) -> Message | None:
        run, poured = self._pour, self._poured
        if run is None or poured is None:
            return None
        returned, done = list(run.returned), run.done.is_set()
        return {
            "returned": [
                {"from": a, "to": b, "cells": strip_of(poured, a, b), "text": repr(piece)}
                for (a, b), piece in zip(spans_of(returned), returned, strict=True)
            ],
            "through": sum(map(len, run.segments)),
            "total": run.total,
            "size": poured.size,
            "reader": self._read(returned).steps if self._own else reader_steps(returned) if poured.prefixed else [],
            "done": done,
            "stale": poured != self._now,
            "outcome": self._outcome(poured, returned, run.problem) if done else None,
        }

    def _read(self, returned: list[bytes]) -> OwnReading:
        """Let the learner's function read what was returned, once for each new return."""
        assert self._own is not None
        if self._reading is None or self._reading[0] != returned:
            self._reading = returned, read(returned, self._own)
        return self._reading[1]

    def _outcome(self, poured: ByteStream, returned: list[bytes], problem: str) -> Message:
        if self._own is None or problem:
            return outcome(poured, returned, problem)
        return own_outcome(poured, returned, self._read(returned))

    # -- what the reader does

    def on_message(self, message: Message) -> None:
        kind = message.get("kind")
        actions: dict[str, Callable[[Message], None]] = {
            "preset": self._choose,
            "move": self._move,
            "calls": lambda m: self._become(self._now.with_calls(_number(m, "count"))),
            "cut": lambda m: self._cut(_number(m, "count")),
            "size": self._ask_for,
            "late": lambda m: self._become(replace(self._now, late=m.get("on") is True)),
            "paused": lambda m: self._become(replace(self._now, paused=m.get("on") is True)),
            "guess": self._guess,
            "run": lambda m: self._start(),
        }
        if not isinstance(kind, str) or kind not in actions:
            raise ValueError(f"a page of stream() may send {', '.join(actions)}, not {kind!r:.60}")
        actions[kind](message)
        self._changed = False
        self.send("news", news=self._state())  # at once: a border follows the hand

    def _choose(self, message: Message) -> None:
        key = message.get("key")
        if not isinstance(key, str) or key not in self._presets:
            raise ValueError(f"a preset is one of {', '.join(self._presets)}, not {key!r:.60}")
        self._become(self._made(key))
        self._preset = key
        if self._pour is not None and self._pour.done.is_set():
            self._pour = None  # a new question begins with a clean page

    def _move(self, message: Message) -> None:
        name, to = message.get("name"), _number(message, "to")
        side, _, number = name.partition("-") if isinstance(name, str) else ("", "", "")
        if name == "cut":
            self._cut(to)
        elif side == "call" and number.isdecimal():
            self._become(self._now.move_call(int(number), to))
        else:
            raise ValueError(f"there is no border {name!r:.60}")

    def _cut(self, chunk: int) -> None:
        _, longest = self._now.longest()
        self._become(replace(self._now, chunk=None if chunk >= longest else max(1, chunk)))

    def _ask_for(self, message: Message) -> None:
        size = _number(message, "count")
        if not 1 <= size <= 1024:
            raise ValueError(f"recv is asked for 1 to 1024 bytes here, not {size}")
        self._become(replace(self._now, size=size))

    def _become(self, now: ByteStream) -> None:
        if now != self._now:
            self._now, self._preset = now, ""

    def _guess(self, message: Message) -> None:
        key = message.get("key")
        keys = [guess.key for guess in guesses_of(self._now)]
        if not isinstance(key, str) or key not in keys:
            raise ValueError(f"a guess is one of {', '.join(keys)}, not {key!r:.60}")
        self._guesses[self._now] = key
        self.guesses.make(self._preset, key)

    def _start(self) -> None:
        if self._pour is not None and not self._pour.done.is_set():
            raise ValueError("the last run has not ended yet: wait a second or two")
        now = self._now
        gap = min(0.25, ALL_IN / max(1, len(now.segments())))
        self._poured, self._looked = now, (0, 0, False)
        self._pour = Pour(now.called(), size=now.size, chunk=now.chunk, late=now.late, paused=now.paused, gap=gap)

    # -- without a browser

    def picture(self) -> str:
        return stream_svg(
            self._now, sentence(self._now), question_of(self._now), self.returned if self._is_over else []
        )

    def words(self) -> str:
        now = self._now
        lines = [
            *([self._own.whose] if self._own else []),
            sentence(now),
            *_listed("sendall", now.called()),
            *_listed("segment", now.segments()),
            question_of(now),
        ]
        options = [(guess.text, list(guess.pieces)) for guess in guesses_of(now)]
        guessed = [f"    {text}{f': {pieces}' if pieces else ''}" for text, pieces in options]
        came = _listed(f"recv({now.size}) returned", self.returned) if self._is_over else guessed
        return "\n".join([*lines, *came])

    def finish(self) -> None:
        if self._pour is not None:
            self._pour.close()


def stream(
    *messages: str,
    start: str = "",
    pack: Callable[[bytes], bytes] | None = None,
    unpack_all: Callable[[bytearray], list[bytes]] | None = None,
) -> StreamView:
    """Return messages as bytes of one stream, and a button that pours them through a real TCP connection.

    Above the row are the borders between the calls of `sendall`, below it those between the segments that the network
    carries, and a cup: what `recv(n)` asks for. `start` is the preset that it begins with: "one", "home", "cut",
    "late" or "length". What the last run returned is in `.returned`.

    With `pack` and `unpack_all`, these functions put the borders of messages on the stream and read them; while one is
    not written, ours does. The presets are then "six", "each" and "joined".

    Raises:
        TypeError: If a message is not a str, or `pack` does not return bytes.
        ValueError: If the messages have no byte or more than 14 together, or `start` is not a preset.
    """
    texts = messages or ("one", "two", "three")
    for message in texts:
        if not isinstance(message, str):
            raise TypeError(f"a message is a str here, not {type(message).__name__}")
    encoded = tuple(message.encode() for message in texts)
    if not all(encoded) or sum(map(len, encoded)) > LONGEST or len(encoded) > 3:
        raise ValueError(f"1 to 3 messages with 1 to {LONGEST} bytes in all, got {[len(e) for e in encoded]}")
    written = framing(pack, unpack_all)
    presets = OWN_PRESETS if written else PRESETS
    start = start or next(iter(presets))
    if start not in presets:
        raise ValueError(f"a preset is one of {', '.join(presets)}, not {start!r:.60}")
    return StreamView(encoded, start, written)


def _listed(name: str, pieces: list[bytes]) -> list[str]:
    return [f"{name} {number}: {piece!r}" for number, piece in enumerate(pieces, 1)]


def _number(message: Message, name: str) -> int:
    value = message.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 1024:
        raise ValueError(f'"{name}" is a whole number from 0 to 1024, not {value!r:.60}')
    return value
