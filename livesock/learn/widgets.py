"""What can be pressed: options of a prediction, buttons below a check, blocks that move.

The only user of ipywidgets in `learn`. Without it, or outside of a notebook, the pages are text. A press changes the
learner's record and the text in the same widget; it touches no loop and no other cell. It may come on another thread
than a cell's (ipykernel decides), so one lock lets one of them work at a time.
"""

from __future__ import annotations

import html
import sys
import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from livesock.learn.page import Page

__all__ = ["arranging", "choosing", "pressing"]

View = dict[str, Any]

_one_at_a_time = threading.RLock()


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
    bundle: View = widget._repr_mimebundle_() if widget is not None else {}
    kind = "application/vnd.jupyter.widget-view+json"
    return {kind: bundle[kind]} if kind in bundle else {}


def guarded(kit: Any, out: Any, act: Callable[[], str]) -> None:
    """Show what `act` returns in `out`; an exception is shown too, because a callback's own would be seen by nobody."""
    with _one_at_a_time:
        try:
            out.value = act()
        except Exception as error:
            out.value = html.escape(f"{type(error).__name__}: {error}")


def choosing(page: Page, options: Sequence[tuple[str, str]], chosen: str | None, store: Callable[[str], Page]) -> View:
    """Return radio buttons below a question; `store(key)` remembers a choice and returns the new page."""
    kit = toolkit()
    if kit is None:
        return {}
    out = kit.HTML(page.html)
    radio = kit.RadioButtons(
        options=[(f"{key}  {text}", key) for key, text in options],
        value=chosen,
        description="Your prediction",
        style={"description_width": "initial"},
        layout={"width": "max-content"},
    )
    radio.observe(lambda change: guarded(kit, out, lambda: store(change["new"]).html), names="value")
    return view(kit.VBox([out, radio]))


def pressing(page: Page, buttons: Sequence[tuple[str, Callable[[], Page]]]) -> View:
    """Return a row of buttons below a page, each with what it shows when pressed."""
    kit = toolkit()
    if kit is None:
        return {}
    out = kit.HTML()

    def button(label: str, act: Callable[[], Page]) -> Any:
        made = kit.Button(description=label, tooltip=label, layout={"width": "auto"})
        made.on_click(lambda _: guarded(kit, out, lambda: act().html))
        return made

    row = kit.HBox([button(label, act) for label, act in buttons])
    return view(kit.VBox([kit.HTML(page.html), row, out]))


def arranging(page: Page, blocks: Sequence[str], check: Callable[[Sequence[int]], Page]) -> View:
    """Return two lists of blocks: those that are left, and those that were chosen, in order.

    Tab reaches every control. Enter or Space on a button takes a block over, moves it up or down, or puts it back.
    """
    kit = toolkit()
    if kit is None:
        return {}
    order: list[int] = []
    here = kit.Select(description="Blocks", layout={"width": "100%"}, style={"description_width": "5em"})
    there = kit.Select(description="Yours", layout={"width": "100%"}, style={"description_width": "5em"})
    out = kit.HTML()

    def shown(n: int) -> tuple[str, int]:
        return blocks[n - 1].replace(" ", "\u00a0").replace("\n", " ⏎ "), n

    def refresh(chosen: int | None = None) -> None:
        rest = [n for n in range(1, len(blocks) + 1) if n not in order]
        here.options, there.options = [shown(n) for n in rest], [shown(n) for n in order]
        here.rows = there.rows = max(4, len(blocks))
        if chosen in order:
            there.value = chosen

    def take() -> None:
        if here.value is not None:
            order.append(here.value)
            refresh(order[-1])

    def back() -> None:
        if there.value is not None:
            order.remove(there.value)
            refresh()

    def move(step: int) -> None:
        if there.value is not None:
            n, at = there.value, order.index(there.value)
            order.insert(max(0, at + step), order.pop(at))
            refresh(n)

    def button(label: str, tip: str, act: Callable[[], Any]) -> Any:
        made = kit.Button(description=label, tooltip=tip, layout={"width": "auto"})

        def pressed(_: Any) -> None:
            with _one_at_a_time:
                act()

        made.on_click(pressed)
        return made

    refresh()
    row = [
        button("take ↓", "take this block", take),
        button("back ↑", "put this block back", back),
        button("up", "move your block up", lambda: move(-1)),
        button("down", "move your block down", lambda: move(1)),
        button("check", "check this order", lambda: guarded(kit, out, lambda: check(order).html)),
    ]
    return view(kit.VBox([kit.HTML(page.html), here, kit.HBox(row), there, out]))
