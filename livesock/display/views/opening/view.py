"""`opening()`: the handshakes before the first message of `ws` and of `wss`, with the distance as a knob.

a distance ──► guess ──► "Open both" ──► two runs: real connections through a netsim ──► two ladders, round trips, ms
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import ClassVar

from livesock.display.parts.ladder import LEAST, steps_in_words
from livesock.display.view import Message, View
from livesock.display.views.opening.ladders import ladder_from, round_trips
from livesock.display.views.opening.picture import opening_svg
from livesock.display.views.opening.run import OpeningRun
from livesock.server import Server, serve

__all__ = ["OpeningView", "opening"]

SCHEMES = ("ws", "wss")

DISTANCES = {"near": (0.0, "this machine"), "city": (5.0, "a city: 5 ms"), "land": (25.0, "a country: 25 ms"),
             "ocean": (75.0, "an ocean: 75 ms"), "far": (200.0, "a satellite: 200 ms")}  # fmt: skip
"""Milliseconds for one way, and their names."""

LONGEST_RUN = 15.0

_numbers = itertools.count(1)


class OpeningView(View):
    """Two ladders, and the time that each took."""

    page: ClassVar[str] = "opening"
    parts: ClassVar[tuple[str, ...]] = ("instrument", "ladder")

    def __init__(self, start: str) -> None:
        self._distance = start
        self._guess = ""
        self._runs: list[OpeningRun] = []
        self._told_done = True
        self._servers: list[Server] = []
        super().__init__()

    def open(self, distance: str) -> OpeningView:
        """Open both at this distance, wait until they are open, and return the view: what the page's button does.

        Raises:
            ValueError: If `distance` is not one of the view's.
        """
        self._distance = _known(distance)
        self._runs = self._start()
        for run in self._runs:
            run.done.wait(LONGEST_RUN)
        self._told_done = False
        return self

    # -- what the page gets

    def snapshot(self) -> Message:
        runs = [self._result(run) for run in self._runs] if self._is_over else []
        return {
            "distances": [{"key": key, "text": words} for key, (_, words) in DISTANCES.items()],
            "distance": self._distance,
            "running": bool(self._runs) and not self._is_over,
            "number": self._runs[0].ident if self._is_over else 0,
            "sentence": self._sentence(),
            "question": self._question(),
            "runs": runs,
            "least": LEAST,
        }

    def news(self) -> Message | None:
        if self._told_done or not self._is_over:
            return None
        self._told_done = True
        return self.snapshot()

    @property
    def _is_over(self) -> bool:
        return bool(self._runs) and all(run.done.is_set() for run in self._runs)

    def _result(self, run: OpeningRun) -> Message:
        if not run.took:
            return {"scheme": "wss" if run.tls else "ws", "ladder": None, "foot": f"not opened: {run.problem}"}
        trips = round_trips(run)
        foot = f"open after {run.took * 1000:.0f} ms: {trips} round trips"
        return {"scheme": "wss" if run.tls else "ws", "ladder": ladder_from(run), "foot": foot}

    def _sentence(self) -> str:
        delay = DISTANCES[self._distance][0]
        if not self._is_over:
            trip = f"A round trip takes {2 * delay:.0f} ms." if delay else "A round trip takes almost no time."
            return f"{trip} When may the first message go?"
        times = [f"{name}:// after {run.took * 1000:.0f} ms" for name, run in zip(SCHEMES, self._runs, strict=True)]
        return f"The first message may go on {' and on '.join(times)}."

    def _question(self) -> Message:
        right = str(round_trips(self._runs[1])) if self._is_over and self._runs[1].took else ""
        self.guesses.settle("trips", right)
        names = {"1": "one round trip", "2": "two round trips", "3": "three round trips"}
        options = [{"key": key, "text": words} for key, words in names.items()]
        text = "How long must wss:// wait before its first message?"
        return {"text": text, "chosen": self._guess, "right": right, "options": options}

    # -- what the reader does

    def on_message(self, message: Message) -> None:
        kind, key = message.get("kind"), message.get("key")
        actions: dict[str, Callable[[object], None]] = {
            "distance": self._choose,
            "guess": self._think,
            "open": self._begin,
        }
        if not isinstance(kind, str) or kind not in actions:
            raise ValueError(f"a page of opening() may send {', '.join(actions)}, not {kind!r:.60}")
        if self._runs and not self._is_over:
            raise ValueError("two connections are being opened: wait a second")
        actions[kind](key)
        self.send("news", news=self.snapshot())

    def _choose(self, key: object) -> None:
        self._distance, self._runs = _known(key), []

    def _think(self, key: object) -> None:
        if key not in ("1", "2", "3"):
            raise ValueError(f"a guess is 1, 2 or 3, not {key!r:.60}")
        if not self._runs:
            self._guess = str(key)
            self.guesses.make("trips", self._guess)

    def _begin(self, _: object) -> None:
        self._runs, self._told_done = self._start(), False

    def _start(self) -> list[OpeningRun]:
        if not self._servers or not all(server.is_running for server in self._servers):
            number = next(_numbers)
            self._servers = [serve(f"{name} of opening {number}", tls=name == "wss") for name in SCHEMES]
            for server in self._servers:
                server.websocket("/")(_wait)
        return [OpeningRun(server, DISTANCES[self._distance][0] / 1000) for server in self._servers]

    # -- without a browser

    def picture(self) -> str:
        return opening_svg(self.snapshot(), self.words())

    def words(self) -> str:
        """Return the ladders in words, without times."""
        state = self.snapshot()
        if not state["runs"]:
            options = [f"    {option['text']}" for option in state["question"]["options"]]
            return "\n".join([state["sentence"], state["question"]["text"], *options])
        lines = []
        for run in state["runs"]:
            lines += [f"{run['scheme']}://", *(steps_in_words(run["ladder"]) if run["ladder"] else [run["foot"]])]
        return "\n".join(lines)

    def finish(self) -> None:
        for run in self._runs:
            run.done.wait(1.0)
        for server in self._servers:
            server.stop()


async def _wait(ws: object) -> None:
    await ws.wait_closed()  # type: ignore[attr-defined]  # a connection of websockets


def opening(start: str = "land") -> OpeningView:
    """Return a view that opens `ws://` and `wss://` at a distance, and shows each handshake on a ladder.

    `start` is the distance to begin with: "near", "city", "land", "ocean" or "far". Nothing runs until the button is
    pressed, or `.open("land")` is called, and no connection stays open afterwards.

    Raises:
        ValueError: If `start` is not a distance.
    """
    return OpeningView(_known(start))


def _known(key: object) -> str:
    if not isinstance(key, str) or key not in DISTANCES:
        raise ValueError(f"a distance is one of {', '.join(DISTANCES)}, not {key!r:.60}")
    return key
