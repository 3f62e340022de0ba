"""`latency()`: how long the way is, and what a way of talking adds to it; the curves grow while they are measured.

    "Measure", or measured() ──► real connections through a netsim, distance by distance ──► dots, then lines

Nothing stays open between two measurements.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import ClassVar

from livesock.display.parts.plot import plot_svg
from livesock.display.targets import quoted
from livesock.display.view import Message, View
from livesock.display.views.latency.doors import POSITIONS, LatencyServer
from livesock.display.views.latency.measure import WAYS, ask_at, drive, news_at
from livesock.display.views.latency.plots import Measured, lost_in_words, plot_of, sentence_at
from livesock.net.netsim.netsim import NetSim, netsim

__all__ = ["LatencyView", "latency"]

KINDS = {
    "ask": ("what if I ask?", "A question and its answer: how long, the farther away the server is?"),
    "news": ("what if the server has news?", "The server has news: how long until it is here?"),
    "lost": ("what if a segment is lost?", "A car tells where it is, ten times. The segment with position 3 is lost."),
}
"""What is measured: the name of the preset, and what stands there before."""

SWEEP: dict[str, Sequence[float]] = {"ask": (0, 25, 50, 100), "news": (0, 50, 100), "lost": (0,)}
"""Milliseconds there and back at which a whole measurement looks."""

FARTHEST = 200

MEASURING = "Measuring …"
"""One sentence for the whole of it: a screen reader says each new one."""


class LatencyView(View):
    """Three plots; each remembers what was measured for it."""

    page: ClassVar[str] = "latency"
    parts: ClassVar[tuple[str, ...]] = ("instrument", "plot")

    def __init__(self, start: str) -> None:
        self._kind = start
        self._found: dict[str, Measured] = {kind: {} for kind in KINDS}
        self._last = 0.0
        """The distance that was measured last, in milliseconds."""
        self._busy = threading.Lock()
        self._doing = ""
        self._problem = ""
        self._told: object = None
        super().__init__()

    def measured(self) -> dict[str, list[tuple[float, float]]]:
        """Return what this plot shows: for each way pairs of milliseconds there and back, and what came of it in ms.

        After `start="lost"`: pairs of a position of the car, and its age in milliseconds. What has not been measured
        yet is measured now, which takes some seconds; the page draws meanwhile.
        """
        kind = self._kind
        with self._busy:
            if missing := [distance for distance in SWEEP[kind] if not self._has(kind, distance)]:
                self._measure(kind, missing)
        return {way: sorted(self._found[kind].get(way, {}).items()) for way in WAYS[kind]}

    def _has(self, kind: str, distance: float) -> bool:
        found = self._found[kind]
        if kind == "lost":
            return len(found.get("WebSocket", {})) == POSITIONS
        return all(distance in found.get(way, {}) for way in WAYS[kind])

    def _measure(self, kind: str, distances: Sequence[float]) -> None:
        self._problem = ""
        self._doing = MEASURING
        doors = LatencyServer(self.name)
        try:
            with netsim(doors.server, name=self.name) as far:
                for distance in distances:
                    self._measure_at(kind, distance, doors, far)
        finally:
            doors.server.stop()
            self._doing = ""

    def _measure_at(self, kind: str, distance: float, doors: LatencyServer, far: NetSim) -> None:
        found = self._found[kind]
        if kind == "lost":
            found.clear()
            drive(far, doors, lambda way, n, age: found.setdefault(way, {}).update({n: age * 1000}))
            return
        far.delay = distance / 2000
        came = ask_at(far) if kind == "ask" else news_at(far, doors)
        for way, seconds in came.items():
            found.setdefault(way, {})[distance] = seconds * 1000
        self._last = distance

    def _start(self, kind: str, distances: Sequence[float]) -> None:
        if not self._busy.acquire(blocking=False):
            raise ValueError("a measurement is running: wait until it is done")

        def run() -> None:
            try:
                self._measure(kind, distances)
            except Exception as exc:  # the view was stopped, or the machine is out of ports: shown on the page
                self._problem = f"The measurement ended: {type(exc).__name__}: {exc}"
            finally:
                self._busy.release()

        self._doing = MEASURING
        threading.Thread(target=run, name=f"livesock {self.name}", daemon=True).start()

    # -- what the page gets

    def snapshot(self) -> Message:
        return {
            "presets": [{"key": key, "text": words[0]} for key, words in KINDS.items()],
            "chosen": self._kind,
            "sentence": self._sentence(),
            "running": bool(self._doing),
            "far": self._kind != "lost",
            "plot": plot_of(self._kind, self._copy()).message(),
        }

    def news(self) -> Message | None:
        look = self._kind, sum(map(len, self._copy().values())), self._doing, self._problem
        if look == self._told:
            return None
        self._told = look
        return self.snapshot()

    def _copy(self) -> Measured:
        """Return what was found so far; the measuring thread goes on writing."""
        return {way: dict(found) for way, found in dict(self._found[self._kind]).items()}

    def _sentence(self) -> str:
        found = self._copy()
        if self._doing or self._problem or not any(found.values()):
            return self._doing or self._problem or KINDS[self._kind][1]
        if self._kind == "lost":
            return lost_in_words(found)
        places = {place for ages in found.values() for place in ages}
        return sentence_at(self._kind, found, self._last if self._last in places else max(places))

    # -- what the reader does

    def on_message(self, message: Message) -> None:
        kind, value = message.get("kind"), message.get("value")
        if kind == "preset" and isinstance(value, str) and value in KINDS:
            if self._doing:
                raise ValueError("a measurement is running: wait until it is done")
            self._kind = value
        elif kind == "sweep":
            self._start(self._kind, SWEEP[self._kind])
        elif kind == "here" and isinstance(value, int | float) and 0 <= value <= FARTHEST and self._kind != "lost":
            self._start(self._kind, [float(value)])
        else:
            raise ValueError(f"a page of latency() sends a preset, sweep, or here with 0 to {FARTHEST} ms")
        self._told = None

    # -- without a browser

    def picture(self) -> str:
        return plot_svg(plot_of(self._kind, self._copy()), title="latency", description=self.words())

    def words(self) -> str:
        """Return what is measured; the numbers differ from run to run."""
        return "\n".join([KINDS[self._kind][1], *(f"    {way}" for way in WAYS[self._kind])])


def latency(*, start: str = "ask") -> LatencyView:
    """Return a view that measures how long messages take at a distance, and draws it while it measures.

    `start` is "ask" (a question and its answer in three ways), "news" (the server has some, four ways) or "lost" (a
    segment is lost: WebSocket and datagrams). Nothing runs until the button is pressed, or `.measured()` is called.

    Raises:
        ValueError: If `start` is none of them.
    """
    if start not in KINDS:
        raise ValueError(f"start is one of {', '.join(KINDS)}, not {quoted(start)}")
    return LatencyView(start)
