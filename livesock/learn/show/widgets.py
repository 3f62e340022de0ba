"""What can be pressed: options of a prediction, buttons below a check, blocks that move.

The only user of ipywidgets and anywidget in `learn`. Without them, or outside of a notebook, the pages are text. A
press may come on either of two threads, some only after the running cell (ipykernel decides), so it is only put into a
queue. One thread takes them from there, in order; it changes the learner's record and the text in the same widget.
"""

from __future__ import annotations

import html
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from importlib import resources
from typing import TYPE_CHECKING, Any

from livesock.learn.show.page import unmarked

if TYPE_CHECKING:
    from livesock.learn.show.page import Page

__all__ = ["arranging", "choosing", "dealing", "guessing", "pressing"]

View = dict[str, Any]
Changed = Callable[[], None]
"""Called after a press has changed the record."""


@cache
def presses() -> ThreadPoolExecutor:
    """Return the queue of presses and the one thread that works it off; made by the first press."""
    return ThreadPoolExecutor(1, thread_name_prefix="learn")


def toolkit() -> Any:
    """Return the module ipywidgets in a notebook that has it, else None."""
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    if shell is None or not hasattr(shell, "kernel"):
        return None
    try:
        import ipywidgets
    except ImportError:
        return None
    return ipywidgets


def view(widget: Any) -> View:
    """Return the part of a bundle that shows `widget`."""
    make = getattr(widget, "_repr_mimebundle_", None)  # None once the widget is closed
    bundle = make() if make is not None else {}
    if isinstance(bundle, tuple):  # with metadata, as anywidget gives it
        bundle = bundle[0]
    kind = "application/vnd.jupyter.widget-view+json"
    return {kind: bundle[kind]} if kind in bundle else {}


def later(show: Callable[[str], Any], act: Callable[[], str], changed: Changed = lambda: None) -> None:
    """Queue a press: show what `act` returns. An exception is shown too: that of a callback would not be seen."""

    def work() -> None:
        try:
            show(act())
            changed()
        except Exception as error:
            show(html.escape(f"{type(error).__name__}: {error}"))

    presses().submit(work)


def choosing(
    asked: Page,
    page: Page,
    chosen: str | None,
    store: Callable[[str], Page],
    changed: Changed,
    options: Sequence[tuple[str, str]],
) -> View:
    """Return radio buttons below a question; `store(key)` remembers a choice and returns the new page.

    Once the answer is there, `asked.put` shows it in the same place, and nothing can be chosen any more.
    """
    kit = toolkit()
    if kit is None:
        return {}
    out = kit.HTML(page.html)
    radio = kit.RadioButtons(
        options=[(f"{key} · {unmarked(text)}", key) for key, text in options],
        value=chosen,
        description="Your prediction",
        style={"description_width": "initial"},
        layout={"width": "max-content"},
    )
    radio.observe(lambda change: later(put_into(out), lambda: store(change["new"]).html, changed), names="value")
    asked.put = partial(settle, out, radio)
    return view(kit.VBox([out, radio]))


def guessing(asked: Page, page: Page, guessed: float | None, store: Callable[[str], Page], changed: Changed) -> View:
    """Return a field for a number below a question; `store(text)` remembers it and returns the new page.

    Enter stores it, so does the button, so does leaving the field.
    """
    kit = toolkit()
    if kit is None:
        return {}
    out = kit.HTML(page.html)
    style = {"description_width": "initial"}
    text = "" if guessed is None else str(guessed)
    field = kit.Text(value=text, description="Your prediction, a number", continuous_update=False, style=style)
    button = kit.Button(description="predict", tooltip="remember this prediction", layout={"width": "auto"})
    field.observe(lambda change: later(put_into(out), lambda: store(change["new"]).html, changed), names="value")
    button.on_click(lambda _: later(put_into(out), lambda: store(field.value).html, changed))
    row = kit.HBox([field, button])
    asked.put = partial(settle, out, row)
    return view(kit.VBox([out, row]))


def pressing(page: Page, buttons: Sequence[tuple[str, Callable[[], Page]]], changed: Changed) -> View:
    """Return a row of buttons below a page, each with what it shows when pressed."""
    kit = toolkit()
    if kit is None:
        return {}
    out = kit.HTML()

    def button(label: str, act: Callable[[], Page]) -> Any:
        made = kit.Button(description=label, tooltip=label, layout={"width": "auto"})
        made.on_click(lambda _: later(put_into(out), lambda: act().html, changed))
        return made

    row = kit.HBox([button(label, act) for label, act in buttons])
    return view(kit.VBox([kit.HTML(page.html), row, out]))


def settle(out: Any, pressed: Any, text: str) -> None:
    """Show `text` in `out`, and hide what was pressed."""
    out.value = text
    pressed.layout.display = "none"


def put_into(out: Any) -> Callable[[str], None]:
    """Return the function that puts HTML into an ipywidgets.HTML."""

    def put(text: str) -> None:
        out.value = text

    return put


def arranging(page: Page, blocks: Sequence[str], check: Callable[[Sequence[int]], Page], changed: Changed) -> View:
    """Return two lists of blocks, those that are left and those that were chosen, in order: `blocks.js` draws them.

    A block moves by drag and drop, or with the keyboard: Enter takes it over or puts it back, Alt and an arrow move it.
    """
    if toolkit() is None:
        return {}
    try:
        import anywidget
        import traitlets
    except ImportError:  # the numbered blocks are on the page as text
        return {}

    class Blocks(anywidget.AnyWidget):
        _esm = _read("blocks.js")
        _css = _read("blocks.css")
        blocks: Any = traitlets.List().tag(sync=True)

    widget = Blocks(blocks=list(blocks))

    def pressed(_: object, message: object, __: object) -> None:
        order = message.get("order") if isinstance(message, dict) else None
        if isinstance(order, list) and all(isinstance(n, int) for n in order):
            later(lambda text: widget.send({"verdict": text}), lambda: check(order).text, changed)

    widget.on_msg(pressed)
    return view(widget)


def dealing(name: str, act: Callable[[dict[str, Any]], dict[str, Any]], changed: Changed) -> View:
    """Return cards as `cards.js` draws them; `act(message)` does what was pressed and returns what is drawn then."""
    if toolkit() is None:
        return {}
    try:
        import anywidget
        import traitlets
    except ImportError:
        return {}

    class Cards(anywidget.AnyWidget):
        _esm = _read("cards.js")
        _css = _read("cards.css")
        name: Any = traitlets.Unicode().tag(sync=True)
        state: Any = traitlets.Dict().tag(sync=True)

    widget = Cards(name=name, state=act({}))

    def work(message: dict[str, Any]) -> None:
        widget.state = act(message)
        changed()

    def pressed(_: object, message: object, __: object) -> None:
        if isinstance(message, dict):
            presses().submit(work, message)

    widget.on_msg(pressed)
    return view(widget)


def _read(name: str) -> str:
    return resources.files("livesock.learn.show").joinpath(name).read_text("utf-8")
