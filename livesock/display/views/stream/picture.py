"""The stream as a picture, for a saved notebook: the row, its calls, its segments, and the cups."""

from __future__ import annotations

from collections.abc import Sequence

from livesock.display.views.stream.marks import spans_of, strip_of
from livesock.display.views.stream.model import ByteStream
from livesock.trace.show.svg import WIDTH, Tint, document, element, rect, text

__all__ = ["stream_svg"]

_LEFT, _TOP, _HEIGHT, _CELL = 24.0, 96.0, 44.0, 60.0
_TINTS = (
    Tint("#dff1ff", "#72b4e8", "#0a3a70"),
    Tint("#fff0e2", "#e0a36a", "#713200"),
    Tint("#ece6ff", "#a48fe0", "#4a2a9c"),
)
_BLUE, _TEAL, _INK = "#0550ae", "#0b5a50", "#1f2328"


def stream_svg(now: ByteStream, words: str, question: str, returned: Sequence[bytes]) -> str:
    """Return the row with what cuts it, and below it what was returned, or an empty cup and the question."""
    cells = now.cells()
    width = min(_CELL, (WIDTH - 2 * _LEFT) / len(cells))
    body = [text(_LEFT, 30, words, size=13, class_="sans")]
    body += _brackets(now.called(), width, _TOP - 8, -1, _BLUE, "sendall")
    body += _cells(now, 0, len(cells), width, _TOP)
    body += _brackets(now.segments(), width, _TOP + _HEIGHT + 8, 1, _TEAL, "segment")
    y = _TOP + _HEIGHT + 56
    if returned:
        body.append(text(_LEFT, y, f"what each recv({now.size}) returned", size=12, class_="bold sans"))
        for number, (a, b) in enumerate(spans_of(returned), 1):
            body += _cells(now, a, b, width, y + 12, inset=4)
            body += _cup(_LEFT + width * a + 1, width * (b - a) - 2, y + 8)
            body.append(text(_LEFT + width * (a + b) / 2, y + 12 + _HEIGHT + 20, str(number), size=11, anchor="middle"))
        y += _HEIGHT + 44
    else:
        size = min(now.size, len(cells))
        body.append(text(_LEFT, y, f"recv({now.size}): room for {now.size}", size=12, class_="bold sans"))
        body += _cup(_LEFT, width * size, y + 8, closed=now.size <= len(cells))
        y += _HEIGHT + 36
    if not returned:
        body.append(text(_LEFT, y + 8, question, size=12, class_="bold sans"))
    return document(
        y + (8 if returned else 28), title="A stream of bytes, and what recv gives back", description=words, body=body
    )


def _cells(now: ByteStream, a: int, b: int, width: float, y: float, inset: float = 0) -> list[str]:
    body = []
    for number, cell in enumerate(strip_of(now, a, b), a):
        tint = _TINTS[int(cell["part"][1])]
        is_length = "length" in cell["part"]
        x = _LEFT + width * number
        left, right = (inset if number == a else 0), (inset if number == b - 1 else 0)
        fill = "#ffffff" if is_length else tint.fill
        body.append(rect(x + left, y, width - left - right, _HEIGHT, fill=fill, stroke=tint.line))
        size = 11 if is_length else 16
        body.append(text(x + width / 2, y + 20, cell["top"], size=size, anchor="middle", fill=tint.ink))
        body.append(text(x + width / 2, y + 37, cell["hex"], size=11, anchor="middle", class_="muted"))
    return body


def _brackets(pieces: Sequence[bytes], width: float, y: float, way: int, colour: str, name: str) -> list[str]:
    body = []
    for number, (a, b) in enumerate(spans_of(pieces), 1):
        x, wide = _LEFT + width * a, width * (b - a)
        bracket = f"M{x + 2:g} {y - 5 * way:g}v{5 * way:g}h{wide - 4:g}v{-5 * way:g}"
        body.append(element("path", d=bracket, fill="none", stroke=colour))
        label = f"{name} {number}" if wide > 74 else str(number)
        body.append(text(x + 4, y + (16 if way > 0 else -8), label, size=11, fill=colour))
    return body


def _cup(x: float, width: float, y: float, *, closed: bool = True) -> list[str]:
    d = f"M{x + 1:g} {y:g}v{_HEIGHT + 4:g}q0 6 6 6h{width - 14:g}"
    d += f"q6 0 6 -6v{-_HEIGHT - 4:g}" if closed else "h7"
    return [element("path", d=d, fill="none", stroke=_INK, stroke_width=2)]
