"""`loop(server)`: who waits for whom? Ten clients, one loop, and what one handler does with it for a second.

"Start" ──► {"kind": "start"} ──► ten real connections, a take of some seconds ──► lanes, ten times a second ──► page
                                     └──► the server's watchdog: who held the loop, and at which line
"""

from __future__ import annotations

from typing import ClassVar

from livesock.display.targets import checked_server, path_of, quoted
from livesock.display.view import Message, View
from livesock.display.views.loop.cast import GRACE, LENGTH, Take, Ten
from livesock.display.views.loop.lanes import lanes_of, waited
from livesock.display.views.loop.picture import loop_svg
from livesock.display.views.loop.words import ABOUT, OPTIONS, PRESETS, judged, question, result, sentence, verdict
from livesock.net.loop.watchdog import Held
from livesock.server import Server, serve

__all__ = ["LoopView", "loop"]


class LoopView(View):
    """The lanes of the last take, and the question before the next one."""

    page: ClassVar[str] = "loop"
    parts: ClassVar[tuple[str, ...]] = ("instrument", "lanes")

    def __init__(self, server: Server | None, path: str) -> None:
        self._server, self._is_ours = server, server is None
        self._ten = Ten(path)
        self._take: Take | None = None
        self._takes = 0
        self._preset = "sleep"
        self._guesses: dict[str, str] = {}
        self._results: dict[str, str] = {}
        self._told_end = 0
        super().__init__()

    def waited(self, preset: str) -> int:
        """Return how many of the ten waited for a preset: "sleep", "wait", "compute", "thread" or "plain".

        Takes some seconds if the last take was of another one; the page draws meanwhile.

        Raises:
            ValueError: If there is no such preset.
            RuntimeError: If the take went wrong.
        """
        if preset not in PRESETS:
            raise ValueError(f"a preset is one of {', '.join(PRESETS)}, not {quoted(preset)}")
        take = self._take
        if take is not None:
            take.done.wait(LENGTH + GRACE)
        if take is None or take.wish != preset or take.problem:
            self._preset = preset
            take = self._begin(preset)
            take.done.wait(LENGTH + GRACE)
        if take.problem:
            raise RuntimeError(f"this take went wrong: {take.problem}")
        return len(waited(take))

    # -- what the page gets

    def snapshot(self) -> Message:
        if self._take is None and self.is_live:  # the first page: ten clients at peace
            self._begin("")
        return self._state()

    def news(self) -> Message | None:
        take = self._take
        if take is None or (take.done.is_set() and self._told_end == take.number):
            return None
        if take.done.is_set():
            self._told_end = take.number
        return self._state()

    def _state(self) -> Message:
        take, holding = self._take, self._holding()
        over = take is None or take.done.is_set()
        if take is not None and over and take.wish and not take.problem:
            self._results[take.wish] = result(take)
        fits = take is not None and over and take.wish == self._preset and not take.problem
        guess, right = self._guesses.get(self._preset, ""), judged(take) if fits and take else ""
        self.guesses.settle(self._preset, right)
        return {
            **lanes_of(take or Take(0, ""), holding),
            "presets": [
                {"key": key, "name": preset.name, "code": preset.code, "result": self._results.get(key, "")}
                for key, preset in PRESETS.items()
            ],
            "preset": self._preset,
            "sentence": sentence(take, self._preset if over and not self._is_peace else self._wish, holding),
            "question": question(self._preset),
            "options": [{"key": key, "text": text, "about": ABOUT[key]} for key, text in OPTIONS.items()],
            "chosen": guess,
            "right": right,
            "busy": not over,
            "stale": bool(over and take and take.wish and take.wish != self._preset),
            "verdict": verdict(take, guess) if fits else None,
        }

    @property
    def _wish(self) -> str:
        return self._take.wish if self._take else self._preset

    @property
    def _is_peace(self) -> bool:
        """Whether the picture shows the first take, without a wish."""
        return self._take is not None and not self._take.wish

    def _holding(self) -> Held | None:
        take = self._take
        return self._server.watchdog.holding if self._server and take and not take.done.is_set() else None

    # -- what the reader does

    def on_message(self, message: Message) -> None:
        kind, key = message.get("kind"), message.get("key")
        if kind == "preset" and key in PRESETS:
            self._preset = str(key)
        elif kind == "guess" and key in OPTIONS:
            self._guesses[self._preset] = str(key)
            self.guesses.make(self._preset, str(key))
        elif kind == "start":
            self._begin(self._preset)
        else:
            raise ValueError(f"a page of loop() may send preset, guess or start, not {kind!r:.60} {key!r:.60}")
        self.send("news", news=self._state())

    def _begin(self, wish: str) -> Take:
        if self._take is not None and not self._take.done.is_set():
            raise ValueError("the last take is still running: wait a second or two")
        if self._server is None or (self._is_ours and not self._server.is_running):
            self._server = serve(f"view {self.name}")
        if not self._server.is_running:
            raise ValueError(f'the server "{self._server.name}" is stopped: serve again')
        self._takes += 1
        self._take = Take(self._takes, wish)
        self._ten.start(self._server, self._take)
        return self._take

    # -- without a browser

    def picture(self) -> str:
        return loop_svg(self._state())

    def words(self) -> str:
        presets = [f"  {preset.name}: {preset.code}" for preset in PRESETS.values()]
        return "\n".join(
            ["Ten clients, one loop. One handler does this for a second:", *presets, question(self._preset)]
        )

    def finish(self) -> None:
        self._ten.close()
        if self._is_ours and self._server is not None:
            self._server.stop()


def loop(server: Server | None = None, *, path: str = "/lanes") -> LoopView:
    """Return lanes of ten clients and of the loop that serves them, and buttons that let one handler hold it.

    The view adds an echo handler to `server` at `path`, for the ten clients, and a plain one at `path` + "/plain". Any
    other handler of that server appears by name in the lane of its loop if it holds the loop for 50 ms. Without
    a `server` the view starts one, which stops with the view. Each take lasts a few seconds; nothing runs between two.

    Raises:
        TypeError: If `server` is not a server of `ls.serve()`.
    """
    return LoopView(None if server is None else checked_server("loop", server), path_of(path))
