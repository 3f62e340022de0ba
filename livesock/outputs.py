"""`show`: something live in a cell's output, and a still of it for when its kernel is gone.

    In [3]: ls.display.wire(server)
            still   text/html and text/plain: the saved notebook, a code host, the next morning
            live    a widget: while its kernel runs

Of one output JupyterLab shows one form, and it takes the widget even without its kernel: "Error displaying widget:
model not found". So the two are an output each, and a style in the first one hides the one that has nothing to show.
"""

from __future__ import annotations

import sys
from typing import Any
from uuid import uuid4

__all__ = ["Still", "in_notebook", "show"]

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"

_STILL = ".jp-OutputArea-child:has(> .jp-OutputArea-output > .ls-still)"
_WIDGET = ".jp-OutputArea-child > .jp-OutputArea-output.lm-Panel"
_LIVE = f"+ {_WIDGET} > *"  # JupyterLab's complaint is a text, without an element
_STYLE = f"""<style>
{_STILL}:has({_LIVE}) {{ display: none; }}
{_STILL}:not(:has({_LIVE})) + {_WIDGET} {{ display: none; }}
</style>"""


class Still:
    """What the saved notebook shows of something live. Thread-safe."""

    def __init__(self, text: str, html: str) -> None:
        self._text = text
        self._shown = html
        self._id = uuid4().hex

    def show(self) -> None:
        """Show it as an output of the running cell."""
        _display(self._bundle(), display_id=self._id)

    def update(self, html: str) -> None:
        """Show this in its place. The text stays: what a notebook's test compares must not depend on a moment."""
        if html != self._shown:
            self._shown = html
            _display(self._bundle(), display_id=self._id, update=True)

    def _bundle(self) -> dict[str, str]:
        return {"text/plain": self._text, "text/html": f'<div class="ls-still">{self._shown}</div>{_STYLE}'}


def in_notebook() -> bool:
    """Whether this runs in a kernel, whose outputs can be replaced."""
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    return hasattr(shell, "kernel")


def show(bundle: dict[str, Any], metadata: dict[str, Any] | None = None) -> Still:
    """Show the text and the HTML of `bundle` as one output of the running cell, and its widget as the next.

    For `_ipython_display_`. Outside a notebook, or without a widget, IPython shows the bundle by itself.

    Raises:
        NotImplementedError: In these two cases.
    """
    if not in_notebook() or WIDGET_VIEW not in bundle:
        raise NotImplementedError
    still = Still(bundle["text/plain"], bundle["text/html"])
    still.show()
    _display({WIDGET_VIEW: bundle[WIDGET_VIEW]}, metadata=metadata or {})
    return still


def _display(bundle: dict[str, Any], **options: Any) -> None:
    from IPython import display

    show_raw: Any = display.display  # has no types
    show_raw(bundle, raw=True, **options)
