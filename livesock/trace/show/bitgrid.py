"""The bits of one frame, drawn as RFC 6455, 5.2 draws them: 32 to a line, each field with its name and value.

             0                   1                   2                   3
             0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
    byte 0  |F|R R R|opcode | |M| length      |  masking key (begins)         |
    byte 4  |  masking key (ends)             |  payload                      |

Below the grid every field is explained. Only the beginning of a long payload is drawn; the rest is counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from livesock.errors import PacketError
from livesock.trace.show.cells import TINTS, UNKNOWN
from livesock.trace.show.columns import cut, fit, printable, wrap
from livesock.trace.show.svg import INK, RED, WIDTH, Tint, columns_in, document, element, rect, text, width_of
from livesock.trace.show.text import broken_rule
from livesock.wire.explain.field import Field
from livesock.wire.explain.frame import explain_frame
from livesock.wire.frame import decode_frame

__all__ = ["frame_svg"]

_LEFT, _BIT, _LINE = 64.0, 24.0, 62.0
"""Left edge of the grid, width of a bit, height of a line of 32 bits."""

_MAX_LINES = 9
"""Lines of 32 bits that are drawn."""

_PAYLOAD = ("payload", "close code", "close reason")


def frame_svg(data: bytes) -> str:
    """Return the bit grid of the frame at the beginning of `data` as a self-contained SVG document.

    A frame that is broken or not complete is drawn as far as it goes, with the rule that it breaks.

    Raises:
        ValueError: If `data` is empty.
    """
    if not data:
        raise ValueError("a frame has at least one byte, got none")
    fields = explain_frame(data)
    held = data[: 4 * _MAX_LINES]
    body = _ruler()
    for field in fields:
        body.extend(_draw_field(field, held, fields))
    y = 56 + _LINE * -(-len(held) // 4)
    body.extend(_byte_numbers(held))
    if len(held) < len(data):
        body.append(text(_LEFT, y + 18, f"… {len(data) - len(held):,} more bytes", size=12, class_="bold"))
        y += 22
    for note, colour in _notes(data):
        for line in wrap(note, 100):
            body.append(text(_LEFT, y + 20, line, size=12, class_="bold", fill=colour))
            y += 18
    y += 20
    for group in _alike(fields):
        parts, height = _sentence(group, y)
        body.extend(parts)
        y += height
    words = [note for note, _ in _notes(data)]
    words += [f"{field.name} = {field.value}: {field.meaning}" for field in fields]
    return document(
        y + 10,
        title=f"The {len(data):,} bytes of a WebSocket frame, bit by bit",
        description="\n".join(words),
        body=body,
    )


def _notes(data: bytes) -> Iterator[tuple[str, str]]:
    """Yield notes on the whole frame, each with its colour."""
    try:
        if decode_frame(data) is None:
            yield "… the frame is not complete: more bytes must come", INK
    except PacketError as exc:
        yield f"✕ broken rule: {broken_rule(exc)}", RED


def _ruler() -> list[str]:
    """The numbers of the bits, tens above ones, as in the RFC."""
    parts = [text(_LEFT - 12, 46, "bit", size=10, class_="muted", anchor="end")]
    for bit in range(32):
        x = _LEFT + _BIT * (bit + 0.5)
        if bit % 10 == 0:
            parts.append(text(x, 30, str(bit // 10), size=10, class_="muted", anchor="middle"))
        parts.append(text(x, 46, str(bit % 10), size=10, class_="muted", anchor="middle"))
    return parts


def _byte_numbers(data: bytes) -> list[str]:
    lines = range(0, len(data), 4)
    return [
        text(_LEFT - 12, 56 + _LINE * (start // 4) + 35, f"byte {start}", size=10, class_="muted", anchor="end")
        for start in lines
    ]


def _draw_field(field: Field, data: bytes, fields: Sequence[Field]) -> Iterator[str]:
    """Draw a field as one box for each line of 32 bits that it touches."""
    stop = min(field.stop, 8 * len(data))
    if stop <= field.start:
        return
    tint = TINTS.get(field.name, UNKNOWN)
    for line in range(field.start // 32, -(-stop // 32)):
        first, end = max(field.start, 32 * line), min(stop, 32 * line + 32)
        name = field.name if first == field.start else f"{field.name}, continued"
        yield from _box(first, end, name, tint)
        yield _bits(data, first, end)
        if field.start % 8 or field.stop % 8:
            if end - first > 1:
                yield _label(first, end, 50, field.value, tint)
        else:
            for number in range(first // 8, end // 8):
                value = _byte(data, number, _key_and_start(fields) if field.name in _PAYLOAD else None)
                yield _label(8 * number, 8 * number + 8, 50, value, tint)


def _box(first: int, end: int, name: str, tint: Tint) -> Iterator[str]:
    x, y, width = _position(first, end)
    yield rect(x, y, width, _LINE, fill=tint.fill, stroke=tint.line)
    inner = [x + _BIT * i for i in range(1, end - first)]
    if inner:
        marks = "".join(f"M{at:g} {y + _LINE:g}v{-10 if (first + i) % 8 == 0 else -4}" for i, at in enumerate(inner, 1))
        yield element("path", d=marks, stroke=tint.line)
    size = 9.0 if end - first == 1 else 10.5
    yield text(x + width / 2, y + 15, cut(name, columns_in(width + 3, size)), size=size, anchor="middle", fill=tint.ink)


def _position(first: int, end: int) -> tuple[float, float, float]:
    """Return x, y and width of the bits `first` to `end`, which are on one line."""
    return _LEFT + _BIT * (first % 32), 56 + _LINE * (first // 32), _BIT * (end - first)


def _label(first: int, end: int, below: float, content: str, tint: Tint) -> str:
    """The value of a field, in the largest of three sizes in which it fits: `0 (continuation)` has four bits."""
    x, y, width = _position(first, end)
    content = printable(content)
    size = next((size for size in (12.0, 10.5) if width_of(content, size) <= width), 9.5)
    shown = fit(content, columns_in(width, size))
    return text(x + width / 2, y + below, shown, size=size, class_="bold", anchor="middle", fill=tint.ink)


def _bits(data: bytes, first: int, end: int) -> str:
    """The digits of the bits, each in its column in any font."""
    x, y, _ = _position(first, end)
    digits = "".join(str(data[bit // 8] >> (7 - bit % 8) & 1) for bit in range(first, end))
    places = " ".join(f"{x + _BIT * (i + 0.5):g}" for i in range(end - first))
    return element("text", digits, x=places, y=y + 32, font_size=12, text_anchor="middle", style=f"fill:{INK}")


def _key_and_start(fields: Sequence[Field]) -> tuple[bytes, int]:
    """Return the masking key (or nothing) and where the payload begins."""
    key = next((bytes.fromhex(field.value) for field in fields if field.name == "masking key"), b"")
    return key, next(field.first_byte for field in fields if field.name in _PAYLOAD)


def _byte(data: bytes, number: int, payload: tuple[bytes, int] | None) -> str:
    """A byte in hexadecimal; of a payload also what it unmasks to, and its ASCII character."""
    shown = f"{data[number]:02x}"
    if payload is None:
        return shown
    key, start = payload
    plain = data[number]
    if len(key) == 4:
        plain ^= key[(number - start) % 4]
        shown += f" → {plain:02x}"
    return f'{shown} "{chr(plain)}"' if 0x20 <= plain < 0x7F else shown


def _alike(fields: Sequence[Field]) -> list[list[Field]]:
    """Group neighbours with the same value and meaning, such as three RSV bits."""
    return [list(group) for _, group in groupby(fields, key=lambda field: (field.value, field.meaning))]


def _sentence(group: Sequence[Field], y: float) -> tuple[list[str], float]:
    """One line of the table under the grid, and its height: colour, name, bits, value, meaning and section."""
    first, last = group[0], group[-1]
    tint = TINTS.get(first.name, UNKNOWN)
    name = first.name if first is last else f"{first.name} to {last.name}"
    meaning = wrap(printable(first.meaning), columns_in(352, 11))
    parts = [
        rect(20, y + 4, 12, 12, fill=tint.fill, stroke=tint.line, radius=2),
        text(40, y + 14, name, size=11, class_="bold", fill=tint.ink),
        text(160, y + 14, _span(first.start, last.stop), size=11, class_="muted"),
        text(272, y + 14, fit(printable(first.value), columns_in(116, 11)), size=11, class_="bold"),
        *(text(392, y + 14 + 15 * i, line, size=11) for i, line in enumerate(meaning)),
        text(WIDTH - 20, y + 14, first.section, size=11, class_="muted", anchor="end"),
    ]
    return parts, 15.0 * len(meaning) + 7


def _span(start: int, stop: int) -> str:
    if stop <= start:
        return "no bits"
    return f"bit {start}" if stop == start + 1 else f"bits {start}-{stop - 1}"
