"""Presets of the stream, the question before a run, and which guess fits what came."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import accumulate
from typing import NamedTuple

from livesock.display.views.stream.marks import count
from livesock.display.views.stream.model import ByteStream
from livesock.display.views.stream.words import times
from livesock.trace.show.columns import printable

__all__ = [
    "OWN_PRESETS",
    "PRESETS",
    "Guess",
    "guesses_of",
    "happened",
    "own",
    "question_of",
    "reason",
    "tempting",
    "whole_after",
]


class _Preset(NamedTuple):
    """An example, named by the question that it raises."""

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

OWN_PRESETS = {
    "six": _Preset("What if it cuts after 6 bytes?", lambda m: ByteStream(m, chunk=6, prefixed=True)),
    "each": _Preset("After every byte?", lambda m: ByteStream(m, chunk=1, prefixed=True)),
    "joined": _Preset("Not at all?", lambda m: ByteStream(m, prefixed=True)),
}
"""The examples of a stream whose borders are the learner's."""


def own(stream: ByteStream, packed: tuple[bytes, ...]) -> ByteStream:
    """Return `stream` with messages as the learner has packed them, one call of `sendall` for each."""
    return _called(replace(stream, packed=packed))


class Guess(NamedTuple):
    """One answer that can be guessed."""

    key: str
    """The idea behind it: a wrong guess is explained by its idea. `rule` if no simple idea leads there."""
    text: str
    pieces: tuple[bytes, ...]
    """What the returns would be, for the picture; empty if the answer is a number."""
    number: int = 0
    """The return after which the message is whole, if that is the question."""


def question_of(now: ByteStream) -> str:
    """Return the question that fits a stream: with lengths, when a message is whole; otherwise, what recv returns."""
    if now.prefixed:
        return f"After which return is “{printable(now.messages[_asked_about(now)].decode())}” whole?"
    how_many = "ow many times will recv return until all is read, and with what?"
    if now.late:
        return f"recv is called when all has arrived. H{how_many}"
    if now.chunk:
        return f"The network cuts after {count(now.chunk, 'byte')}. H{how_many}"
    if now.paused:
        return f"The sender pauses after each call. H{how_many}"
    if now.called() != now.wholes():
        return f"The calls no longer end where the messages do. H{how_many}"
    return f"H{how_many}"


def guesses_of(now: ByteStream) -> list[Guess]:
    """Return three answers, the one that the rules make likely among them; the fewest returns first."""
    if now.prefixed:
        return _moments(now)
    ideas = _ideas(now)
    expected = tuple(now.returns())
    key = next((key for key, pieces in ideas.items() if pieces == expected), "rule")
    chosen = {expected: key}
    for idea, pieces in ideas.items():
        if len(chosen) < 3:
            chosen.setdefault(pieces, idea)
    order = [*ideas, "rule"]
    guesses = [Guess(idea, times(len(pieces)), pieces) for pieces, idea in chosen.items()]
    return sorted(guesses, key=lambda guess: (len(guess.pieces), order.index(guess.key)))


def happened(now: ByteStream, returned: Sequence[bytes]) -> str:
    """Return the key of the guess that fits what was measured, empty if no guess does."""
    if not returned:
        return ""
    number = whole_after(now, returned)
    fits = (guess.number == number if now.prefixed else guess.pieces == tuple(returned) for guess in guesses_of(now))
    return next((guess.key for guess, fit in zip(guesses_of(now), fits, strict=True) if fit), "")


def whole_after(now: ByteStream, returned: Sequence[bytes]) -> int:
    """Return the number of the return that brings the last byte of the message in question; 0 if no return does."""
    end = _end(now)
    return next((n for n, at in enumerate(accumulate(map(len, returned)), 1) if at >= end), 0)


def _asked_about(now: ByteStream) -> int:
    """Return the number of the second message: the first one is too easy, since it begins the stream."""
    return min(1, len(now.messages) - 1)


def _moments(now: ByteStream) -> list[Guess]:
    """Return three numbers of returns, each with the idea that leads to it."""
    which, expected = _asked_about(now), now.returns()
    right = whole_after(now, expected)
    first = max(1, _end(now) - len(now.messages[which]) + 1)  # the byte after its length
    begun = next(n for n, at in enumerate(accumulate(map(len, expected)), 1) if at >= first)
    ideas = {"letterbox": which + 1, "begun": begun, "all": len(expected), "later": right + 1, "last": right + 2}
    key = next((key for key, number in ideas.items() if number == right), "rule")
    chosen = {right: key}
    for idea, number in ideas.items():
        if len(chosen) < 3:
            chosen.setdefault(number, idea)
    return [Guess(idea, f"after return {number}", (), number) for number, idea in sorted(chosen.items())]


def _end(now: ByteStream) -> int:
    return sum(map(len, now.wholes()[: _asked_about(now) + 1]))


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
    """Return what to say where this was guessed and something else happened."""
    if key == "whole" and now.size < len(now.data):
        return f"One return has at most n bytes, here {now.size}."
    return {
        "messages": "TCP carries no border of a message: the receiver gets bytes, not colours.",
        "calls": "TCP carries no border of a sendall: its bytes join those before and after them.",
        "whole": "recv does not wait until everything has arrived: one byte is enough for it to return.",
        "segments": "The bytes of several segments wait as one row, and recv takes up to n of them.",
        "cup": "n is the most that recv takes, not what it waits for.",
        "bytes": "recv takes everything that has arrived, up to n bytes.",
        "letterbox": "The number of a return says nothing about messages: add up the bytes that the returns bring.",
        "begun": "Its first byte has come then, but not its last; the length in front says how many to wait for.",
        "all": "A reader of lengths hands a message on when its last byte is there. It needs none of what follows.",
        "later": "It is whole earlier: add up the bytes that the returns bring.",
        "last": "It is whole earlier: add up the bytes that the returns bring.",
    }.get(key, "")


def reason(now: ByteStream, returned: Sequence[bytes]) -> str:
    """Return the reason of what came, or that it differs from what the rules make likely."""
    n, total = now.size, len(now.data)
    if now.prefixed:
        message, number = now.messages[_asked_about(now)].decode(), whole_after(now, returned)
        return (
            f"“{printable(message)}” ends with byte {_end(now)} of the stream, and return {number} brought that byte."
        )
    if list(returned) != now.returns():
        return "This time the receiver was faster or slower than the network, and found other pieces. TCP allows any."
    if now.late and n < total:
        return f"All bytes had arrived. Each recv({n}) took {count(n, 'byte')} of them; the rest waited."
    if now.late:
        return f"All bytes had arrived, and recv({n}) had room for them. Where calls and segments ended is not in them."
    if any(len(segment) > n for segment in now.segments()):
        return f"recv({n}) takes {count(n, 'byte')} at most; the rest waits for the next call."
    return "recv returns as soon as bytes have arrived, with those bytes. It does not wait for n of them."
