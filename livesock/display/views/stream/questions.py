"""What a stream is called by, and what is asked before it is poured: presets, guesses, and who was right."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

from livesock.display.views.stream.marks import count
from livesock.display.views.stream.model import ByteStream

__all__ = ["PRESETS", "QUESTION", "Guess", "guesses_of", "reason", "tempting"]

QUESTION = "How many times will recv return until all is read, and with what?"


class _Preset(NamedTuple):
    """A stream worth looking at, named by what one may ask of it."""

    question: str
    make: Callable[[tuple[bytes, ...]], ByteStream]


def _plain(messages: tuple[bytes, ...]) -> ByteStream:
    """One call of `sendall` for each message."""
    return _called(ByteStream(messages))


def _called(stream: ByteStream) -> ByteStream:
    places, at = [], 0
    for whole in stream.wholes()[:-1]:
        at += len(whole)
        places.append(at)
    return replace(stream, calls=tuple(places))


PRESETS = {
    "one": _Preset("One send, one recv?", _plain),
    "home": _Preset("But it works at home?", lambda m: replace(_plain(m), paused=True)),
    "cut": _Preset("What if the network cuts?", lambda m: replace(_plain(m), chunk=4)),
    "late": _Preset("What if recv comes late?", lambda m: replace(_plain(m), paused=True, late=True)),
    "length": _Preset("With a length in front?", lambda m: _called(ByteStream(m, chunk=6, prefixed=True))),
}


class Guess(NamedTuple):
    """One way in which the bytes may come back."""

    key: str
    """The idea behind it: `messages`, `whole`, `cup`, `segments`, `bytes`, or `rule` where no idea is so simple."""
    pieces: tuple[bytes, ...]


def guesses_of(now: ByteStream) -> list[Guess]:
    """Return three ways, what the rules make likely among them; the fewest returns first."""
    ideas = _ideas(now)
    expected = tuple(now.returns())
    key = next((key for key, pieces in ideas.items() if pieces == expected), "rule")
    chosen = [Guess(key, expected)]
    for key, pieces in ideas.items():
        if len(chosen) < 3 and pieces not in [guess.pieces for guess in chosen]:
            chosen.append(Guess(key, pieces))
    order = [*ideas, "rule"]
    return sorted(chosen, key=lambda guess: (len(guess.pieces), order.index(guess.key)))


def _ideas(now: ByteStream) -> dict[str, tuple[bytes, ...]]:
    """Return what each wrong or right idea expects, the most common idea first."""
    data = now.data
    cup = max(1, min(now.size, len(data)))
    return {
        "messages": tuple(now.wholes()),
        "whole": (data,),
        "segments": tuple(now.segments()),
        "calls": tuple(now.called()),
        "cup": tuple(data[at : at + cup] for at in range(0, len(data), cup)),
        "bytes": tuple(data[at : at + 1] for at in range(len(data))),
    }


def tempting(now: ByteStream, key: str) -> str:
    """Return what is to be said to somebody who guessed this, and something else happened."""
    if key == "whole" and now.size < len(now.data):
        return f"One return has at most n bytes, here {now.size}."
    return {
        "messages": "TCP carries no border of a message: the receiver gets bytes, not colours.",
        "calls": "TCP carries no border of a sendall: its bytes join those before and after them.",
        "whole": "recv does not wait until all is there: one byte is enough for it to return.",
        "segments": "What has come in several segments lies in one row, and recv takes up to n bytes of it.",
        "cup": "n is the most that recv takes, not what it waits for.",
        "bytes": "recv takes all that is there, up to n bytes.",
    }.get(key, "")


def reason(now: ByteStream, returned: Sequence[bytes]) -> str:
    """Return why it came so, as far as what came fits the rules."""
    n, total = now.size, len(now.data)
    if list(returned) != now.returns():
        return "This time the receiver was faster or slower than the network, and found other pieces. TCP allows any."
    if now.late and n < total:
        return f"All lay there in one row. Each recv({n}) took {count(n, 'byte')} off it; the rest waited."
    if now.late:
        return f"All lay there in one row, and recv({n}) had room for it. Where calls and segments ended, nobody knows."
    if any(len(segment) > n for segment in now.segments()):
        return f"recv({n}) takes {count(n, 'byte')} at most; the rest waits for the next call."
    return "recv returns as soon as something is there, with what is there. It does not wait for n bytes."
