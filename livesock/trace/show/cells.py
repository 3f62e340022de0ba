"""The bytes of a row as cells: one chip for each part, labelled, with its bytes in hexadecimal.

┌──────────┬────────────┬─────────────┬──────────────────┐
│ FIN text │ MASK len 5 │ masking key │ payload, masked  │
│    81    │     85     │ 37 fa 21 3d │  7f 9f 4d 51 58  │
└──────────┴────────────┴─────────────┴──────────────────┘
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from livesock.trace.rows import Kind, Row
from livesock.trace.show.svg import Tint, element, rect, text, width_of
from livesock.wire.explain.field import Field

__all__ = ["TINTS", "UNKNOWN", "Chip", "chips_of", "draw_chips"]

_FLAGS = Tint("#ece6ff", "#a48fe0", "#4a2a9c")
_LENGTH = Tint("#fff4d6", "#d9ab47", "#714600")
_KEY = Tint("#ffe5ee", "#e389a8", "#8f1247")
_PAYLOAD = Tint("#dff1ff", "#72b4e8", "#0a3a70")
UNKNOWN = Tint("#eaeef2", "#afb8c1", "#32383f")

TINTS = {
    "FIN": _FLAGS,
    "RSV1": _FLAGS,
    "RSV2": _FLAGS,
    "RSV3": _FLAGS,
    "opcode": _FLAGS,
    "MASK": _LENGTH,
    "payload length": _LENGTH,
    "extended length": _LENGTH,
    "masking key": _KEY,
    "payload": _PAYLOAD,
    "close code": _PAYLOAD,
    "close reason": _PAYLOAD,
}
"""The colours of a frame's fields; every other field is grey."""

_LABEL, _HEX = 10.0, 11.0
"""Sizes of the type."""

_CELL = 20.0
"""Width of one byte."""

_HEIGHT = 36.0


class Chip(NamedTuple):
    """One part of some bytes: what it is called, and its bytes."""

    label: str
    data: bytes
    tint: Tint


def chips_of(row: Row) -> list[Chip]:
    """Return the parts of a row that consist of whole bytes; anything but a frame is one grey part.

    The fields within a byte share a chip: the first byte of a frame is one, the second another.
    """
    data = row.shown
    if row.kind is not Kind.FRAME:
        return [Chip("bytes", data, UNKNOWN)]
    return [Chip(label, data[start:stop], TINTS[name]) for label, name, start, stop in _parts(row.fields)]


def _parts(fields: Sequence[Field]) -> Iterator[tuple[str, str, int, int]]:
    """Yield label, name of the first field, first byte and end of each chip."""
    values = {field.name: field.value for field in fields}
    masked = ", masked" if values.get("MASK") == "1" else ""
    for field in fields:
        if field.name == "FIN":
            yield _flags(values), field.name, 0, 1
        elif field.name == "MASK":
            yield ("MASK " if masked else "") + f"len {values.get('payload length', '')}", field.name, 1, 2
        elif field.start >= 16 and field.stop > field.start:
            yield _label(field, masked), field.name, field.first_byte, field.end_byte


_LABELS = {"close code": "code", "close reason": "reason"}


def _label(field: Field, masked: str) -> str:
    if field.name == "extended length":
        return f"length {field.value}"
    name = _LABELS.get(field.name, field.name)
    return name + masked if TINTS.get(field.name) is _PAYLOAD else name


def _flags(values: dict[str, str]) -> str:
    """The first byte in words: `FIN text`, `FIN=0 RSV1 binary`."""
    opcode = values.get("opcode", "")
    name = opcode[opcode.find("(") + 1 : -1] if "(" in opcode else opcode
    bits = [bit for bit in ("RSV1", "RSV2", "RSV3") if values.get(bit) == "1"]
    return " ".join(["FIN" if values["FIN"] == "1" else "FIN=0", *bits, name])


def draw_chips(chips: Sequence[Chip], x: float, y: float, width: float) -> list[str]:
    """Draw the chips side by side within `width`; bytes that do not fit are counted."""
    parts: list[str] = []
    end = x + width
    for number, chip in enumerate(chips):
        later = sum(_least(other) for other in chips[number + 1 :])
        count, wide = _fit(chip, end - x - later)
        parts.extend(_draw(chip, x, y, count, wide))
        x += wide
    return parts


def _fit(chip: Chip, room: float) -> tuple[int, float]:
    """Return how many bytes of a chip are drawn in `room`, and its width."""
    size = len(chip.data)
    label = width_of(chip.label, _LABEL) + 12
    whole = max(size * _CELL + 8, label)
    if whole <= room:
        return size, whole
    more = width_of(f"… +{size:,}", _HEX) + 12
    count = max(int((room - more) / _CELL), 1)
    return count, max(count * _CELL + more, label)


def _least(chip: Chip) -> float:
    return _fit(chip, 0)[1] if len(chip.data) > 8 else _fit(chip, 1e9)[1]


def _draw(chip: Chip, x: float, y: float, count: int, width: float) -> Iterator[str]:
    size = len(chip.data)
    ink = chip.tint.ink
    yield rect(x + 1, y, width - 2, _HEIGHT, fill=chip.tint.fill, stroke=chip.tint.line, radius=3)
    yield text(x + width / 2, y + 12, chip.label, size=_LABEL, anchor="middle", fill=ink)
    more = f"… +{size - count:,}" if count < size else ""
    begin = x + (width - count * _CELL - width_of(more, _HEX)) / 2
    if count > 1:
        marks = "".join(f"M{begin + _CELL * i:g} {y + 18:g}v13" for i in range(1, count))
        yield element("path", d=marks, stroke=chip.tint.line, stroke_width=0.8, opacity=0.7)
    yield _hexadecimal(chip.data[:count], begin, y + 29, ink)
    if more:
        yield text(begin + count * _CELL + 3, y + 29, more, size=_HEX, fill=ink)


def _hexadecimal(data: bytes, x: float, y: float, ink: str) -> str:
    """The bytes as one line of text, stretched so that each stands in the middle of its cell in any font."""
    content = data.hex(" ")
    length = len(data) * _CELL - _CELL / 3
    return element(
        "text", content, x=x + _CELL / 6, y=y, font_size=_HEX, textLength=length, style=f"fill:{ink}", class_="bold"
    )
