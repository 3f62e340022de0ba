"""What each stage changes in the reference."""

from __future__ import annotations

from collections.abc import Callable

from livesock.learn.show.page import Page, box, code, titled

__all__ = ["change"]


def change(which: str, lines: Callable[[], str], closed: str) -> Page:
    """Return what a stage changes, or `closed`: why it is not shown yet."""
    title = f"{which} · what changes"
    return titled(title, closed) if closed else Page(f"{title}\n\n{lines()}", box(title, code(lines())))
