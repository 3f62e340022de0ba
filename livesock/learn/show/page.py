"""`Page`: what a call of this package gives back, as text for a terminal and as HTML for a notebook.

The text is complete and the same in every run, so that it can be stored in a notebook and compared. The HTML takes its
colours from JupyterLab, light or dark. With widgets there is something to press as well.
"""

from __future__ import annotations

import html
import sys
from collections.abc import Callable, Sequence
from typing import Any

from livesock.learn import words
from livesock.outputs import Still, in_notebook, show
from livesock.wire.quote import printable

__all__ = ["Page", "box", "code", "fold", "line", "rows", "titled", "unmarked"]

COLOURS = {
    "right": "var(--jp-success-color1, #2e7d32)",
    "wrong": "var(--jp-brand-color1, #1565c0)",
    "quiet": "var(--jp-border-color1, #9e9e9e)",
}
"""The edge of a box. Wrong is blue, not red: it is a step on the way."""

SIGNS = {"right": words.RIGHT, "wrong": words.WRONG, "quiet": ""}
"""What stands before the title, so that right and wrong do not differ by colour alone."""


class Page:
    """Something to read. `print(page)` gives the text; as the last line of a cell it is shown as HTML."""

    def __init__(self, text: str, html: str, is_right: bool | None = None) -> None:
        self.text = text
        self.html = html
        self.is_right = is_right
        """Of a check: whether all of it is right. None for other pages."""
        self.widget: Callable[[Callable[[], None]], dict[str, Any]] | None = None
        """Makes the view that a notebook shows instead of the HTML; it calls its argument after a press."""
        self.again: Callable[[], Page] | None = None
        """Makes this page once more, with what was pressed since."""
        self.put: Callable[[str], None] | None = None
        """Shows other HTML in the widget, once it is shown, and takes away what can be pressed."""
        self.follow: Callable[[Callable[[], None]], object] | None = None
        """Calls its argument whenever this page may have changed; None for a page that stays."""
        self._still: Still | None = None

    def __repr__(self) -> str:
        return printable(self.text, sys.stdout.encoding)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        view = self.widget(self._redraw) if self.widget else {}
        return {"text/plain": self.text, "text/html": self.html, **view}

    def _ipython_display_(self) -> None:
        if self.follow is not None and in_notebook():
            self._still = Still(self.text, self.html)
            self._still.show()
            self.follow(self._redraw)
        elif self.widget is not None:
            self._still = show(self._repr_mimebundle_())
        else:  # nothing to press: IPython shows the text or the HTML
            raise NotImplementedError

    def _redraw(self) -> None:
        """Let the saved notebook show what was pressed."""
        if self._still is not None and self.again is not None:
            self._still.update(self.again().html)

    def become(self, other: Page) -> bool:
        """Show `other` in the place of this page, in the saved notebook too; return whether it can."""
        if self.put is None:
            return False
        self.put(other.html)
        self.again = lambda: other
        self._redraw()
        return True


def line(text: str, tag: str = "div") -> str:
    return f"<{tag}>{html.escape(text)}</{tag}>"


def code(text: str) -> str:
    edge = "border-left:2px solid var(--jp-border-color2, #9e9e9e55);padding-left:8px"
    return f'<pre style="margin:8px 0;white-space:pre-wrap;{edge}">{html.escape(text)}</pre>'


def rows(pairs: Sequence[tuple[str, str]], prose: Sequence[tuple[str, str]] = ()) -> str:
    """Return labelled lines as a table: those of `prose`, whose code stands between backticks, then lines of code."""
    cells = [*((label, marked(text)) for label, text in prose), *((label, fixed(value)) for label, value in pairs)]
    lines = "".join(
        f'<tr><th scope="row" style="text-align:left;font-weight:normal;padding:0 1em 0 0">{html.escape(label)}</th>'
        f'<td style="text-align:left">{cell}</td></tr>'
        for label, cell in cells
    )
    return f'<table style="margin:4px 0">{lines}</table>' if lines else ""


def fixed(text: str) -> str:
    return f'<code style="white-space:pre-wrap">{html.escape(text)}</code>'


def marked(text: str) -> str:
    """Return prose as HTML; only what stands between backticks is in fixed width."""
    parts = text.split("`")
    return "".join(fixed(part) if number % 2 else html.escape(part) for number, part in enumerate(parts))


def unmarked(text: str) -> str:
    """Return prose without the marks of its code, for places that show plain text."""
    return text.replace("`", "")


def fold(summary: str, *texts: str) -> str:
    """Return code that is shown when the reader opens it; "" if there is none."""
    return f"<details><summary>{html.escape(summary)}</summary>{''.join(map(code, texts))}</details>" if texts else ""


def box(title: str, *parts: str, mood: str = "quiet") -> str:
    """Return a box with a coloured edge, and a sign before its title."""
    sign = f'<span aria-hidden="true">{SIGNS[mood]}</span> ' if SIGNS[mood] else ""
    return (
        f'<div style="border-left:4px solid {COLOURS[mood]};padding:4px 12px;margin:4px 0;'
        f'color:var(--jp-content-font-color1, inherit)">'
        f"{sign}<strong>{html.escape(title)}</strong>{''.join(parts)}</div>"
    )


def titled(
    title: str,
    *sentences: str,
    prose: Sequence[tuple[str, str]] = (),
    pairs: Sequence[tuple[str, str]] = (),
    mood: str = "quiet",
    more: tuple[str, Sequence[str]] = ("", ()),
) -> Page:
    """Return a page of a title, labelled lines, sentences, and `more` sentences in a fold below a summary.

    Labelled lines are those of `prose`, whose code stands between backticks, and those of `pairs`, which are code.
    """
    lines = [*((label, unmarked(text)) for label, text in prose), *pairs]
    width = max((len(label) for label, _ in lines), default=0)
    indented = [f"    {label:{width}}  {value.replace(chr(10), chr(10) + ' ' * (width + 6))}" for label, value in lines]
    summary, folded = more
    opened = [f"  {summary}", *(f"    {sentence}" for sentence in folded)] if folded else []
    text = "\n".join([title, *indented, *(f"  {sentence}" for sentence in sentences), *opened])
    body = [line(sentence, "p") for sentence in sentences]
    if folded:
        body.append(
            f"<details>{line(summary, 'summary')}{''.join(line(sentence, 'p') for sentence in folded)}</details>"
        )
    return Page(text, box(title, rows(pairs, prose), *body, mood=mood))
