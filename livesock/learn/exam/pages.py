"""Cards, claims and the page to keep, as pages that a cell shows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from livesock.learn import catalogue, words
from livesock.learn.exam import ownpage
from livesock.learn.exam.deck import Recall
from livesock.learn.exam.grading import Article
from livesock.learn.show import widgets
from livesock.learn.show.page import Page, titled
from livesock.learn.store import Store

__all__ = ["article", "keepsake", "recall"]


def recall(store: Store, number: str) -> Page:
    """Return the cards of a lesson, those that were not known first."""
    deal = Recall([one for one in catalogue.lesson(number).predictions if one.answer], store)
    return dealt(words.RECALL, deal.act, deal.state)


def article(store: Store, number: str) -> Page:
    """Return the claims of a lesson, to be graded with what the learner has."""
    graded = Article(catalogue.lesson(number).claims, store)
    return dealt(words.ARTICLE, graded.act, graded.state)


def keepsake(store: Store, path: Path, pictures: Sequence[Any]) -> Page:
    """Write what was built and measured as a page of its own."""
    path.write_text(ownpage.page(store, pictures), "utf-8")
    return titled(f"{path.name} · yours", words.kept_page(path.name))


def dealt(name: str, act: Callable[..., dict[str, Any]], state: Callable[[], dict[str, Any]]) -> Page:
    """Return cards as a page: the one on top as text, all of them where there are widgets."""

    def made() -> Page:
        now = state()
        pairs = [(one["key"], one["text"]) for one in now["options"]]
        return titled(f"{name} · {now['sentence']}", now["title"], *now["said"], pairs=pairs)

    page = made()
    page.widget = partial(widgets.dealing, name, act)
    page.again = made
    return page
