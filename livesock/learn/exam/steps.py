"""Stages: passed in the instrument `stages()`, and what each one changes in the reference."""

from __future__ import annotations

from collections.abc import Callable

from livesock.learn.show.page import Page, box, code, titled
from livesock.learn.store import Store

__all__ = ["change", "tried"]


def tried(store: Store, which: str, *, passed: bool) -> None:
    """Count a try of a stage; once passed, it stays so."""
    record = store.get("exercise", which)
    store.change(
        "exercise",
        which,
        passed=passed or bool(record.get("passed")),
        checks=record.get("checks", 0) + 1,
        failed=record.get("failed", 0) + (not passed),
        first=record.get("first", store.clock()),
    )


def change(which: str, lines: Callable[[], str], closed: str) -> Page:
    """Return what a stage changes, or `closed`: why it is not shown yet."""
    title = f"{which} · what changes"
    return titled(title, closed) if closed else Page(f"{title}\n\n{lines()}", box(title, code(lines())))
