"""`origins()`: pages of several origins, and one server whose rules are switches. Each answer is a real one.

a switch ──► Rules ──► every page knocks in both ways: real requests, real answers ──► a table, and the bytes of one
                       the reader's own browser knocks, too, where it reaches the port
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any, ClassVar

from livesock.display.view import Message, View
from livesock.display.views.origins.knocks import Knock, knock
from livesock.display.views.origins.picture import origins_svg
from livesock.display.views.origins.rules import PAGES, PRESETS, TOKEN, WAYS, Rules
from livesock.display.views.origins.servers import RoomAndPages
from livesock.display.views.origins.words import SWITCHES, code_of, marked, sentence, why

__all__ = ["OriginsView", "origins"]

REAL = ("app", "evil", "sandbox")
"""Pages that the reader's own browser can be. It would need a false name server for the fourth."""

OUTCOMES = ("reads", "refused", "nothing")
LONGEST = 80
"""Letters of what a page says that it has read."""


class OriginsView(View):
    """A table of pages and ways, worked out anew at each turn of a switch."""

    page: ClassVar[str] = "origins"
    parts: ClassVar[tuple[str, ...]] = ("instrument",)

    def __init__(self, start: str) -> None:
        self._rules = PRESETS[start][1]
        self._chosen = ("evil", "WebSocket")
        self._servers = RoomAndPages(self._rules)
        self._browser: dict[tuple[str, str], tuple[str, str]] = {}
        self._setting = 0
        self._tried = self._ask_all()
        super().__init__()

    def ask(self, page: str, way: str, **rules: bool) -> str:
        """Turn the switches, let a page knock, and return what came: `'reads "dinner is at eight"'`.

        `page` is "app", "evil", "sandbox", "rebound" or "program", `way` "polling" or "WebSocket"; `rules` are
        `cors` (strict), `cookie`, `origin`, `token` and `host`, off where they are not given, and `cors` on.

        Raises:
            ValueError: If there is no such page, way or switch.
        """
        self._set(_rules(rules))
        return self._tried[_known("page", page, PAGES), _known("way", way, WAYS)].words

    def reads(self, page: str, **rules: bool) -> list[str]:
        """Turn the switches, and return the ways in which a page reads: `["WebSocket"]`. Raises as `ask` does."""
        self._set(_rules(rules))
        return [way for way in WAYS if self._tried[_known("page", page, PAGES), way].outcome == "reads"]

    def _ask_all(self) -> dict[tuple[str, str], Knock]:
        return {(page, way): knock(self._servers, page, way) for page in PAGES for way in WAYS}

    def _set(self, rules: Rules) -> None:
        self._rules = self._servers.rules = rules
        self._browser, self._setting = {}, self._setting + 1
        self._tried = self._ask_all()
        self._is_old = True

    # -- what the page gets

    _is_old = False

    def snapshot(self) -> Message:
        return self._state()

    def news(self) -> Message | None:
        if not self._is_old:
            return None
        self._is_old = False
        return self._state()

    def _state(self) -> Message:
        rules, one = asdict(self._rules), self._tried[self._chosen]
        preset = next((key for key, (_, wanted) in PRESETS.items() if wanted == self._rules), "")
        return {
            "presets": [{"key": key, "text": question} for key, (question, _) in PRESETS.items()],
            "preset": preset,
            "sentence": sentence(self._tried, self._rules),
            "switches": [
                {"key": key, "name": name, "on": rules[key], "says": on if rules[key] else off}
                for key, (name, on, off) in SWITCHES.items()
            ],
            "ways": list(WAYS),
            "rows": [
                {
                    "key": page,
                    "name": caller.name,
                    "story": caller.story,
                    "ours": caller.is_ours,
                    "cells": [self._cell(page, way) for way in WAYS],
                }
                for page, caller in PAGES.items()
            ],
            "one": {
                "page": one.page,
                "way": one.way,
                "name": f"{PAGES[one.page].name}, {one.way}: {one.words}",
                "request": marked(one.request),
                "answer": marked(one.answer),
                "why": why(one, self._rules),
                "code": code_of(one, self._servers.room.port),
            },
            "browser": {
                "run": str(self._setting),
                "pages": self._frames(),
                "can": not self._rules.cookie,
                "says": self._compared(),
            },
        }

    def _cell(self, page: str, way: str) -> Message:
        one = self._tried[page, way]
        seen = self._browser.get((page, way))
        return {"way": way, "outcome": one.outcome, "words": one.words, "browser": seen and _in_browser(*seen)}

    def _frames(self) -> list[Message]:
        token = {"token": TOKEN} if self._rules.token else {}
        common = {"room": str(self._servers.room.port), "run": str(self._setting)}
        homes = {"app": self._servers.app, "evil": self._servers.evil, "sandbox": self._servers.evil}
        return [
            {
                "page": page,
                "home": homes[page],
                "query": common | {"page": page} | (token if page == "app" else {}),
                "sandbox": page == "sandbox",
            }
            for page in REAL
        ]

    def _compared(self) -> str:
        """Say whether the reader's browser and the pages that the kernel plays agree."""
        if self._rules.cookie:
            return "With the cookie the kernel plays all pages: whether a browser sends it depends on SameSite."
        if len(self._browser) < len(REAL) * len(WAYS):
            return ""
        pairs = [(self._tried[key].outcome == "reads", seen[0] == "reads") for key, seen in self._browser.items()]
        agree = sum(played == real for played, real in pairs)
        return f"Your own browser has asked {len(pairs)} times: {agree} times as the kernel played it."

    # -- what the reader does

    def on_message(self, message: Message) -> None:
        kind = message.get("kind")
        actions: dict[str, Callable[[Message], None]] = {
            "preset": lambda said: self._set(PRESETS[_known("preset", said.get("key"), PRESETS)][1]),
            "switch": self._turn_switch,
            "choose": self._choose,
            "browser": self._hear_browser,
        }
        if not isinstance(kind, str) or kind not in actions:
            raise ValueError(f"a page of origins() may send {', '.join(actions)}, not {kind!r:.60}")
        actions[kind](message)
        self._is_old = False
        self.send("news", news=self._state())

    def _turn_switch(self, message: Message) -> None:
        name = _known("switch", message.get("key"), SWITCHES)
        self._set(replace(self._rules, **{name: not getattr(self._rules, name)}))

    def _choose(self, message: Message) -> None:
        self._chosen = _known("page", message.get("page"), PAGES), _known("way", message.get("way"), WAYS)

    def _hear_browser(self, message: Message) -> None:
        """Note what a page in the reader's own browser could read. A report from before the last switch is old."""
        page, way = _known("page", message.get("page"), REAL), _known("way", message.get("way"), WAYS)
        outcome, text = _known("outcome", message.get("outcome"), OUTCOMES), message.get("text")
        if message.get("run") == str(self._setting) and isinstance(text, str):
            self._browser[page, way] = (outcome, text[:LONGEST])

    # -- without a browser

    def picture(self) -> str:
        return origins_svg(self._state(), self.words())

    def words(self) -> str:
        state = self._state()
        switches = [f"  {one['name']}: {one['says']}" for one in state["switches"]]
        rows = [
            f"    {row['name']:25} " + "; ".join(f"{cell['way']} {cell['words']}" for cell in row["cells"])
            for row in state["rows"]
        ]
        return "\n".join([state["sentence"], *switches, *rows])

    def finish(self) -> None:
        self._servers.stop()


def _in_browser(outcome: str, text: str) -> str:
    """Return what a page in the reader's browser saw, in a few words."""
    return f"reads “{text}”" if outcome == "reads" else f"sees {text}"


def _rules(given: dict[str, Any]) -> Rules:
    for name in given:
        _known("switch", name, SWITCHES)
    return Rules(**{name: bool(value) for name, value in given.items()})


def _known(what: str, key: object, known: Any) -> Any:
    if not isinstance(key, str) or key not in known:
        raise ValueError(f"a {what} is one of {', '.join(known)}, not {key!r:.60}")
    return key


def origins(start: str = "cors") -> OriginsView:
    """Return a view of who may read a room: pages of several origins, and one server whose rules are switches.

    `start` is the setting that it begins with: "cors", "cookie", "origin", "host" or "all". The kernel plays the pages
    with the headers that a browser would send, on real connections; the reader's own browser can ask, too. Its two
    servers end with the view.

    Raises:
        ValueError: If `start` is not a setting.
    """
    return OriginsView(_known("setting", start, PRESETS))
