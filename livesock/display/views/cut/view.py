"""`cut()`: numbered messages across a cut, and what each side believes.

how it is cut, how each side sends ──► "Send" ──► play(): a real server, client and network ──► two bands of numbers
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any, ClassVar

from livesock.display.targets import quoted
from livesock.display.view import Message, View
from livesock.display.views.cut.crew import play
from livesock.display.views.cut.layout import HEIGHT, WIDTH, bands_of, zones_of
from livesock.display.views.cut.picture import cut_svg
from livesock.display.views.cut.run import DOWN, UP, CutRun
from livesock.display.views.cut.words import CLIENTS, CUTS, MINE, SERVERS, STORY, Choice, rules, sentence

__all__ = ["CutView", "cut"]

LONGEST = 30.0
"""Seconds that a run takes at most, even on a busy machine."""


class CutView(View):
    """The newest run."""

    page: ClassVar[str] = "cut"
    parts: ClassVar[tuple[str, ...]] = ("instrument",)

    def __init__(self, client: str, server: str, how: str, mine: Any) -> None:
        self._mine = mine
        self._choices: dict[str, dict[str, Choice]] = {
            "client": CLIENTS | ({"mine": MINE["client"]} if mine else {}),
            "server": SERVERS | ({"mine": MINE["server"]} if mine else {}),
            "cut": CUTS,
        }
        asked = {"client": client, "server": server, "cut": how}
        self._chosen = {switch: _known(switch, key, self._choices[switch]) for switch, key in asked.items()}
        self._newest: CutRun | None = None
        self._told_done = True
        super().__init__()

    def measured(self, client: str, server: str = "emit", cut: str = "cable") -> tuple[list[int], list[int]]:
        """Return the numbers that the server's handler got, and those that the client's handler got.

        `client` is how the client sends: "emit", "volatile", "retry" or "inbox"; `server` how the server does: "emit",
        "recovery" or "volatile"; with parts of your own each may be "mine". `cut` is "cable" (noticed late) or "reset".
        Runs for two seconds if such a run has not been made yet; the page draws meanwhile.

        Raises:
            ValueError: If there is no such way.
            RuntimeError: If the run went wrong; the message says how.
        """
        asked = {"client": client, "server": server, "cut": cut}
        for switch, key in asked.items():
            _known(switch, key, self._choices[switch])
        run = self._newest
        if run is not None:
            run.done.wait(LONGEST)
        if run is None or run.problem or (run.client, run.server, run.cut) != (client, server, cut):
            self._chosen = asked
            run = self._begin()
            run.done.wait(LONGEST)
        if run.problem:
            raise RuntimeError(run.problem)
        return run.numbers(UP), run.numbers(DOWN)

    # -- what the page gets

    def snapshot(self) -> Message:
        return self._state()

    def news(self) -> Message | None:
        if self._told_done:
            return None
        self._told_done = self._newest is None or self._newest.done.is_set()
        return self._state()

    def _state(self) -> Message:
        run = self._newest
        return {
            "switches": [
                {
                    "switch": switch,
                    "chosen": self._chosen[switch],
                    "list": [{"key": key, "name": one.name, "how": one.how} for key, one in choices.items()],
                }
                for switch, choices in self._choices.items()
            ],
            "running": run is not None and not run.done.is_set(),
            "sentence": sentence(run),
            "rules": rules(run, self._choices["client"], self._choices["server"]),
            "size": [WIDTH, HEIGHT],
            "zones": zones_of(run) if run else zones_of(CutRun(self._chosen["cut"], "", "")),
            "bands": bands_of(run),
            "whose": str(self._mine) if self._mine else "",
        }

    # -- what the reader does

    def on_message(self, message: Message) -> None:
        kind, key = message.get("kind"), message.get("key")
        running = self._newest is not None and not self._newest.done.is_set()
        if kind == "start" and not running:
            self._begin()
        elif isinstance(kind, str) and kind in self._choices and not running:
            self._chosen[kind] = _known(kind, key, self._choices[kind])
        else:
            raise ValueError(
                f"a page of cut() may send client, server, cut or start between two runs, not {kind!r:.60}"
            )
        self.send("news", news=self._state())

    def _begin(self) -> CutRun:
        run = self._newest = CutRun(self._chosen["cut"], self._chosen["client"], self._chosen["server"])
        self._told_done = False
        threading.Thread(target=play, args=(run, self._mine), name=f"livesock {self.name}", daemon=True).start()
        return run

    # -- without a browser

    def picture(self) -> str:
        return cut_svg(self._state())

    def words(self) -> str:
        lines = [
            f"    {one.name}: {one.how.replace('`', '')}"
            for choices in self._choices.values()
            for one in choices.values()
        ]
        return "\n".join([STORY, *lines, *([str(self._mine)] if self._mine else [])])

    def finish(self) -> None:
        run = self._newest
        if run is not None and not run.done.is_set():
            run.is_ending = True
            run.done.wait(LONGEST)


def cut(client: str = "emit", server: str = "emit", *, how: str = "cable", mine: Any = None) -> CutView:
    """Return a view of ten numbers each way across a cut, and of what each side believes.

    `client` says how the client sends at first: "emit", "volatile", "retry" or "inbox"; `server` how the server does:
    "emit", "recovery" or "volatile"; `how` is "cable" (neither side notices) or "reset". `mine` has three classes,
    `outgoing`, `inbox` and `log`, which then are one more way for both. Nothing runs until the button is pressed, or
    `.measured()` is called.

    Raises:
        ValueError: If there is no such way.
    """
    return CutView(client, server, how, mine)


def _known(what: str, key: Any, known: Mapping[str, object]) -> str:
    if not isinstance(key, str) or key not in known:
        raise ValueError(f"{what} is one of {', '.join(known)}, not {quoted(key)}")
    return key
