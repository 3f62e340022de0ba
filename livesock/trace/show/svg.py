"""Pieces of SVG that the pictures are drawn with: elements, text, a page with its own light background.

A picture looks the same on every page: it names only fonts that systems have, loads nothing, brings its background (the
page may be dark), and describes itself in `<title>` and `<desc>`. All text passes through `printable`, so the result is
valid XML whatever bytes a peer sent.
"""

from __future__ import annotations

import base64
from html import escape
from typing import NamedTuple

from livesock.trace.show.columns import columns, printable

__all__ = [
    "LINE",
    "MUTED",
    "RED",
    "WIDTH",
    "Tint",
    "columns_in",
    "document",
    "element",
    "rect",
    "text",
    "to_html",
    "width_of",
]

WIDTH = 860
"""Width of every picture, in CSS pixels: what fits a notebook and a page on a code host without scaling."""

_ADVANCE = 0.62
"""Width of a column of the monospaced fonts below, in em, rounded up: no line is longer than it is measured."""

_MONO = (
    "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', 'Liberation Mono', 'Noto Sans Mono CJK SC', "
    "'Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', 'Apple Color Emoji', 'Segoe UI Emoji', 'Noto Color Emoji', "
    "monospace"
)
_SANS = (
    "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, 'DejaVu Sans', 'Noto Sans CJK SC', "
    "'PingFang SC', 'Microsoft YaHei', sans-serif"
)

INK, MUTED, LINE, RED = "#1f2328", "#57606a", "#8c959f", "#a40e26"
"""Text, lesser text, lines, and what is wrong: each at least 4.5 : 1 on the tints used here, lines 3 : 1 on white."""


class Tint(NamedTuple):
    """A light surface, the line around it, and ink that is legible on it (contrast 4.5 : 1 or more)."""

    fill: str
    line: str
    ink: str


_STYLE = f"""
text {{ font-family: {_MONO}; fill: {INK}; white-space: pre }}
.sans {{ font-family: {_SANS} }}
.muted {{ fill: {MUTED} }}
.bold {{ font-weight: 600 }}
.wrong {{ fill: {RED} }}
"""


def element(name: str, content: str = "", /, **attributes: str | float) -> str:
    """Return an element; `_` in a name of an attribute becomes `-`, and `class_` is `class`."""
    words = [f'{key.rstrip("_").replace("_", "-")}="{_value(value)}"' for key, value in attributes.items()]
    start = " ".join([name, *words])
    return f"<{start}>{content}</{name}>" if content else f"<{start}/>"


def _value(value: str | float) -> str:
    return escape(value) if isinstance(value, str) else f"{value:.6g}"


def text(
    x: float, y: float, content: str, *, size: float = 11, class_: str = "", anchor: str = "start", fill: str = ""
) -> str:
    """Return a line of text with its baseline at `y`; `anchor` is `start`, `middle` or `end`."""
    attributes: dict[str, str | float] = {"x": x, "y": y, "font_size": size}
    if class_:
        attributes["class_"] = class_
    if anchor != "start":
        attributes["text_anchor"] = anchor
    if fill:
        # The style sheet's rule for all text would override an attribute.
        attributes["style"] = f"fill:{fill}"
    return element("text", escape(printable(content)), **attributes)


def rect(x: float, y: float, width: float, height: float, *, fill: str, stroke: str = "none", radius: float = 0) -> str:
    """Return a rectangle."""
    attributes: dict[str, str | float] = {"x": x, "y": y, "width": width, "height": height, "fill": fill}
    if stroke != "none":
        attributes["stroke"] = stroke
    if radius:
        attributes["rx"] = radius
    return element("rect", **attributes)


def width_of(content: str, size: float) -> float:
    """Return the pixels that `content` takes at most in the monospaced font of `size` pixels."""
    return columns(content) * size * _ADVANCE


def columns_in(pixels: float, size: float) -> int:
    """Return how many columns of the monospaced font of `size` pixels fit."""
    return max(int(pixels / (size * _ADVANCE)), 1)


def document(height: float, *, title: str, description: str, body: list[str]) -> str:
    """Return a whole picture on a light card, `WIDTH` wide."""
    return element(
        "svg",
        "\n".join(
            [
                "",
                element("title", escape(printable(title))),
                element("desc", "\n".join(escape(printable(line)) for line in description.split("\n"))),
                element("style", _STYLE),
                rect(0.5, 0.5, WIDTH - 1, height - 1, fill="#ffffff", stroke="#d0d7de", radius=8),
                *body,
                "",
            ]
        ),
        xmlns="http://www.w3.org/2000/svg",
        width=WIDTH,
        height=height,
        viewBox=f"0 0 {WIDTH} {height:.6g}",
        role="img",
    )


def to_html(svg: str, alt: str) -> str:
    """Return an `<img>` that carries the picture in itself.

    This form is shown wherever a notebook is read: an untrusted notebook hides raw SVG, and code hosts strip it from
    HTML.
    """
    data = base64.b64encode(svg.encode()).decode()
    return f'<img alt="{escape(printable(alt))}" style="max-width:100%" src="data:image/svg+xml;base64,{data}">'
