"""Where the brackets, the borders and the cups of a stream stand, as JSON for `byterow.js` and `stream.js`."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise

from livesock.display.view import Message
from livesock.display.views.stream.model import PREFIX, ByteStream, StreamByte
from livesock.trace.show.columns import printable

__all__ = ["marks_of", "spans_of", "strip_of"]


def marks_of(now: ByteStream, segments: Sequence[bytes]) -> Message:
    """Return the cells, the calls above and the `segments` below them, and the borders that can be moved."""
    cells = now.cells()
    return {
        "cells": [{**_cell(cell), "says": _says(now, number, cell)} for number, cell in enumerate(cells)],
        "above": _brackets(now.called(), "sendall", "call"),
        "below": _brackets(segments, "segment", "segment"),
        "borders": [*_call_borders(now), *_cut_borders(now, segments)],
    }


def strip_of(now: ByteStream, a: int, b: int) -> list[Message]:
    """Return the cells from `a` to `b` as a card shows them: the letter, and the message that it belongs to."""
    return [_cell(cell) for cell in now.cells()[a:b]]


def spans_of(pieces: Sequence[bytes]) -> list[tuple[int, int]]:
    return list(pairwise([0, *accumulate(map(len, pieces))]))


def _cell(cell: StreamByte) -> Message:
    part = f"m{cell.message % 3}"
    if cell.place < 0:
        return {"top": str(cell.byte), "hex": f"{cell.byte:02x}", "part": f"{part} ls-is-length"}
    return {"top": printable(chr(cell.byte)) if cell.byte < 128 else "·", "hex": f"{cell.byte:02x}", "part": part}


def _says(now: ByteStream, number: int, cell: StreamByte) -> str:
    message = now.messages[cell.message]
    where = f"Byte {number + 1} of the stream"
    if cell.place < 0:
        which = f"{PREFIX + cell.place + 1} of {PREFIX} that tell the length of message {cell.message + 1}"
        return f"{where}: {which}, {count(len(message), 'byte')}."
    which = f"{cell.place + 1} of message {cell.message + 1}, “{printable(message.decode())}”"
    return f"{where}: {which}. The receiver sees the byte, not the colour."


def _brackets(pieces: Sequence[bytes], name: str, tone: str) -> list[Message]:
    return [
        {"from": a, "to": b, "name": f"{name} {n}", "short": str(n), "more": f"{b - a} B", "tone": tone}
        for n, (a, b) in enumerate(spans_of(pieces), 1)
    ]


def _call_borders(now: ByteStream) -> list[Message]:
    borders = []
    for number, place in enumerate(now.calls):
        low, high = now.room(number)
        stops = [(value, value) for value in range(low, high + 1)]
        words = ("border between calls of sendall", f"after byte {place} of the stream")
        borders.append(_border(f"call-{number}", "above", (place, place), words, stops))
    return borders


def _cut_borders(now: ByteStream, segments: Sequence[bytes]) -> list[Message]:
    """The first cut is moved, and with it goes the size of all segments; the others only stand there."""
    start, length = now.longest()
    chunk = min(now.chunk or length, length)
    stops = [(value, start + value) for value in range(1, length + 1)]
    words = ("most bytes of a segment", count(chunk, "byte") if chunk < length else "no cut")
    first = _border("cut", "below", (chunk, start + chunk), words, stops)
    ends = [b for _, b in spans_of(segments)][:-1]
    others = [{"name": f"cut-at-{at}", "side": "below", "at": at, "still": True} for at in ends if at != first["at"]]
    return [*others, first]


def count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


def _border(
    name: str, side: str, place: tuple[int, int], words: tuple[str, str], stops: list[tuple[int, int]]
) -> Message:
    (value, at), (label, text) = place, words
    return {"name": name, "side": side, "at": at, "value": value, "label": label, "text": text, "stops": stops}
