"""The learner's `pack` and `unpack_all` on a stream, in place of ours: what they write, and what they read.

    messages ──► pack(message) ──► sendall … recv(n) ──► buffer += …; unpack_all(buffer) ──► messages

A function that is not written yet (it raises NotImplementedError) is replaced by ours.
"""

from __future__ import annotations

import struct
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from livesock.display.view import Message
from livesock.display.views.stream.marks import count
from livesock.display.views.stream.model import PREFIX, unpack
from livesock.trace.show.columns import printable

__all__ = ["OwnFraming", "OwnReading", "framing", "limited", "read"]

LONGEST = 32
"""Bytes of all packed messages together: what a row has room for."""

PATIENCE = 1.0
"""Seconds that the learner's functions may take in one run."""


class OwnFraming(NamedTuple):
    """How messages are put on the stream and taken from it."""

    pack: Callable[[bytes], Any]
    unpack_all: Callable[[bytearray], Any]
    whose: str

    def packed(self, messages: Sequence[bytes]) -> tuple[bytes, ...]:
        """Return what `pack` makes of each message.

        Raises:
            TypeError, ValueError: If that cannot be sent or drawn.
        """
        with limited(PATIENCE):
            wholes = tuple(self.pack(message) for message in messages)
        for message, whole in zip(messages, wholes, strict=True):
            if not isinstance(whole, bytes | bytearray) or not whole:
                raise TypeError(f"pack returns bytes, at least one; pack({message!r}) returned {whole!r:.60}")
        if sum(map(len, wholes)) > LONGEST:
            raise ValueError(f"pack makes {sum(map(len, wholes))} bytes of all; here is room for {LONGEST}")
        return tuple(map(bytes, wholes))


class OwnReading(NamedTuple):
    """What `unpack_all` gave, return after return."""

    steps: list[Message]
    found: list[Any]
    problem: str


def framing(pack: Callable[[bytes], Any] | None, unpack_all: Callable[[bytearray], Any] | None) -> OwnFraming | None:
    """Return the learner's framing, ours in the place of what is not written; None if neither function is given."""
    if pack is None and unpack_all is None:
        return None
    write, writes = (pack, "yours") if pack and _is_written(pack, b"") else (_pack, "ours")
    take, takes = (
        (unpack_all, "yours") if unpack_all and _is_written(unpack_all, bytearray()) else (_unpack_all, "ours")
    )
    return OwnFraming(write, take, f"pack: {writes} · unpack_all: {takes}")


def read(returned: Sequence[bytes], framing: OwnFraming) -> OwnReading:
    """Hand each return to `unpack_all`, as a reader does, and note what it gives."""
    steps: list[Message] = []
    found: list[Any] = []
    spans: list[Message] = []
    buffer, have, taken = bytearray(), 0, 0
    for number, piece in enumerate(returned, 1):
        buffer += piece
        have += len(piece)
        try:
            with limited(PATIENCE):
                fresh = list(framing.unpack_all(buffer))
        except Exception as exc:
            problem = f"unpack_all raises {type(exc).__name__}: {exc}".strip(": ")
            steps.append({"number": number, "to": have, "spans": list(spans), "says": problem})
            return OwnReading(steps, found, problem)
        found += fresh
        end = max(taken, min(have, have - len(buffer)))
        for which, message in enumerate(fresh, 1):
            to = end if which == len(fresh) else min(end, taken + PREFIX + _size(message))
            spans.append({"from": taken, "to": to, "text": _shown(message), "whole": True})
            taken = to
        taken = end
        waits = [{"from": taken, "to": have + unpack(bytes(buffer)).missing, "text": _awaited(buffer), "whole": False}]
        steps.append(
            {
                "number": number,
                "to": have,
                "spans": [*spans, *(waits if buffer else [])],
                "says": f"unpack_all returned {fresh!r:.80}; {count(len(buffer), 'byte')} left in buffer.",
            }
        )
    return OwnReading(steps, found, "")


def _awaited(buffer: bytearray) -> str:
    """Return what a reader of lengths waits for; a length that no row has room for is named."""
    length = int.from_bytes(buffer[:PREFIX], "big")
    return f"length? {length:,}" if len(buffer) >= PREFIX and length > LONGEST else "wait"


def _pack(payload: bytes) -> bytes:
    return struct.pack(">I", len(payload)) + payload


def _unpack_all(buffer: bytearray) -> list[bytes]:
    state = unpack(bytes(buffer))
    del buffer[: state.taken]
    return list(state.messages)


def _is_written(function: Callable[[Any], Any], trial: object) -> bool:
    if getattr(function, "__module__", "").startswith("livesock."):  # learn.catch_up() brought it
        return False
    try:
        with limited(PATIENCE):
            function(trial)
    except NotImplementedError:
        return False
    except Exception:
        pass  # it shows in the run, where it can be seen
    return True


def _size(message: Any) -> int:
    return len(message) if isinstance(message, bytes | bytearray) else 0


def _shown(message: Any) -> str:
    return printable(message.decode(errors="replace") if isinstance(message, bytes | bytearray) else repr(message)[:20])


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Raise TimeoutError in a loop of Python that goes on for longer: it would hold the view for ever."""
    deadline = time.monotonic() + seconds

    def watch(*_: Any) -> Any:
        if time.monotonic() > deadline:
            raise TimeoutError(f"it did not return within {seconds:g} s")
        return watch

    before = sys.gettrace()
    sys.settrace(watch)
    try:
        yield
    finally:
        sys.settrace(before)
