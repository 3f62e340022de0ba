"""`traffic()`: the bytes that each way adds, against how often there is news. Two cross; the knobs move it.

knobs ──► lines: computed from parts that were counted once (a request, an answer, a frame, a ping …)
"Count a minute", or counted() ──► dots: a whole minute of news, really sent, rate after rate
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, ClassVar

from livesock.display.parts.plot import Axis, Curve, Plot, Rule, Stop, plot_svg
from livesock.display.targets import quoted
from livesock.display.view import Message, View
from livesock.display.views.traffic.count import BROWSER, WAYS, Parts, count_minute, measure_parts, news_server
from livesock.display.views.traffic.own import Own, crossing, own

__all__ = ["TrafficView", "traffic"]

Function = Callable[..., Any] | None

PRESETS = {
    "seconds": ("a page that asks every 5 s", {"every": 5.0, "beat": 20.0, "browser": False}),
    "browser": ("what if a browser asks?", {"every": 5.0, "beat": 20.0, "browser": True}),
    "minute": ("what if it asks once a minute?", {"every": 60.0, "beat": 20.0, "browser": False}),
    "often": ("what if it asks every second?", {"every": 1.0, "beat": 20.0, "browser": False}),
}
"""The name of the preset, and its knobs."""

RATES = (0.1, 1.0, 10.0, 100.0)
"""Events per second of which a minute is counted."""

LEAST, MOST = 0.05, 300.0
"""Events per second at the two ends of the x axis."""

NARROW, ROOMY = 0.5, 20.0
"""Events per second: below the one a rule has no room for words at its left, above the other none at its right."""

LIMITS = {"every": (0.5, 120.0), "beat": (1.0, 60.0)}
"""Seconds from poll to poll, and from heartbeat to heartbeat."""

SENDING = "Sending minutes of news, few and many, in four ways …"

LOOKS = {"poll": (2, "circle"), "long-poll": (4, "diamond"), "SSE": (1, "square"), "WebSocket": (3, "triangle")}

SAMPLES = [LEAST * (MOST / LEAST) ** (n / 24) for n in range(25)]


class TrafficView(View):
    """One plot; what was counted is forgotten when a knob is turned."""

    page: ClassVar[str] = "traffic"
    parts: ClassVar[tuple[str, ...]] = ("instrument", "plot")

    def __init__(self, knobs: dict[str, Any], ws_bytes: Function, break_even: Function) -> None:
        self._knobs = knobs
        self._functions = ws_bytes, break_even
        self._sizes: dict[bool, Parts] = {}
        self._found: dict[str, dict[float, float]] = {}
        self._busy, self._sizing = threading.Lock(), threading.Lock()
        self._doing = ""
        self._problem = ""
        self._told: object = None
        super().__init__()

    def counted(self) -> dict[str, dict[float, float]]:
        """Return for each way the bytes per second by events per second, as they were counted.

        What has not been counted yet is counted now; the page draws meanwhile.
        """
        with self._busy:
            if not all(rate in self._found.get("WebSocket", {}) for rate in RATES):  # the last of each rate
                self._count()
        return {way: dict(found) for way, found in self._found.items()}

    def _count(self) -> None:
        """Send and count a minute at each rate, with the knobs as they stand now."""
        self._problem, self._found, self._doing = "", {}, SENDING
        found = self._found
        every, beat, headers = self._knobs["every"], self._knobs["beat"], self._headers()
        server = news_server(self.name)
        try:
            for rate in RATES:
                for way in WAYS:
                    size = count_minute(server, way, rate, every, beat, headers)
                    if size is not None:
                        found.setdefault(way, {})[rate] = size
        finally:
            server.stop()
            self._doing = ""

    def _headers(self) -> dict[str, str]:
        return BROWSER if self._knobs["browser"] else {}

    def _sizes_now(self) -> Parts:
        """Return the counted parts for the headers that are chosen; they are counted when first needed."""
        kind = self._knobs["browser"]
        with self._sizing:  # the cell and the view's thread may both be the first
            if kind not in self._sizes:
                server = news_server(f"{self.name}-parts")
                try:
                    self._sizes[kind] = measure_parts(server, self._headers())
                finally:
                    server.stop()
            return self._sizes[kind]

    def _start(self) -> None:
        if not self._busy.acquire(blocking=False):
            raise ValueError("counting goes on: wait until it is done")

        def run() -> None:
            try:
                self._count()
            except Exception as exc:  # the view was stopped, or the machine is out of ports: shown on the page
                self._problem = f"The counting ended: {type(exc).__name__}: {exc}"
            finally:
                self._busy.release()

        self._doing = SENDING
        threading.Thread(target=run, name=f"livesock {self.name}", daemon=True).start()

    # -- what the page gets

    def snapshot(self) -> Message:
        parts = self._sizes_now()
        mine = self._own(parts)
        return {
            "presets": [{"key": key, "text": words} for key, (words, _) in PRESETS.items()],
            "chosen": next((key for key, (_, knobs) in PRESETS.items() if knobs == self._knobs), ""),
            **self._knobs,
            "sentence": self._sentence(parts),
            "parts": f"Counted once: request {parts.request} + answer {parts.answer} bytes · SSE event {parts.event} · "
            f"frame {parts.frame} · ping and pong {parts.beat} · handshake {parts.handshake}",
            "own": self._own_in_words(mine),
            "running": bool(self._doing),
            "plot": self._plot(parts, mine).message(),
        }

    def news(self) -> Message | None:
        look = tuple(self._knobs.values()), sum(map(len, dict(self._found).values())), self._doing, self._problem
        if look == self._told:
            return None
        self._told = look
        return self.snapshot()

    def _own(self, parts: Parts) -> Own:
        return own(parts, self._knobs["every"], self._knobs["beat"], *self._functions)

    def _own_in_words(self, mine: Own) -> str:
        if not any(self._functions):
            return ""
        return mine.problem or f"ws_bytes: {mine.frame_whose} · break_even: {mine.even_whose}"

    def _sentence(self, parts: Parts) -> str:
        if self._doing or self._problem:
            return self._doing or self._problem
        even = crossing(parts, self._knobs["every"], self._knobs["beat"])
        if not even:
            return "Polling is never dearer here: the WebSocket's silence alone costs more than the polls."
        return f"Below {even:.3g} events a second the WebSocket moves fewer bytes; above, the poll does."

    def _plot(self, parts: Parts, mine: Own) -> Plot:
        every, beat = self._knobs["every"], self._knobs["beat"]
        found = {way: dict(counts) for way, counts in dict(self._found).items()}
        curves = []
        for way in WAYS:
            sizes = parts._replace(frame=mine.frame) if way == "WebSocket" else parts
            line = [(rate, max(sizes.per_second(way, rate, every, beat), 0.01)) for rate in SAMPLES]
            curves.append(Curve(way, *LOOKS[way], points=sorted(found.get(way, {}).items()), line=line))
        marks = [(crossing(parts, every, beat), "even at", 0)]
        marks += [(mine.even, "yours:", 5)] if mine.even_whose == "yours" else []
        stops = [Stop(rate, _at(rate, found)) for rate in RATES if any(rate in counts for counts in found.values())]
        return Plot(
            Axis("events per second", LEAST, MOST, (0.1, 1, 10, 100), log=True),
            Axis("bytes per second, news apart", 1, 30_000, (1, 10, 100, 1000, 10_000), log=True),
            curves,
            _rules(marks),
            stops,
        )

    # -- what the reader does

    def on_message(self, message: Message) -> None:
        kind, value = message.get("kind"), message.get("value")
        if kind == "count":
            self._start()
        elif self._doing:
            raise ValueError("counting goes on: wait until it is done")
        elif kind == "preset" and isinstance(value, str) and value in PRESETS:
            self._adjust(**PRESETS[value][1])
        elif kind == "knobs" and isinstance(value, dict):
            self._adjust(**_checked(value))
        else:
            raise ValueError("a page of traffic() sends a preset, knobs, or count")

    def _adjust(self, **knobs: Any) -> None:
        if knobs != self._knobs:
            self._knobs, self._found = knobs, {}

    # -- without a browser

    def picture(self) -> str:
        parts = self._sizes_now()
        return plot_svg(self._plot(parts, self._own(parts)), title="traffic", description=self.words())

    def words(self) -> str:
        """Return what is counted; how long a handshake is depends on the machine, and the crossing with it."""
        knobs = f"a poll every {self._knobs['every']:g} s, a heartbeat every {self._knobs['beat']:g} s"
        lines = [f"bytes per second against events per second; {knobs}", *(f"    {way}" for way in WAYS)]
        return "\n".join([*lines, *filter(None, [self._own_in_words(self._own(self._sizes_now()))])])


def _rules(marks: list[tuple[float, str, int]]) -> list[Rule]:
    """Return a rule for each mark on the plot; of two the words are outside, where there is room for them."""
    last = max(place for place, _, _ in marks)
    rules = []
    for row, (place, words, hue) in enumerate(marks):
        if row == 0 and not LEAST < place < MOST:
            continue  # the learner's own is shown at the edge
        to_right = place < NARROW or (len(marks) > 1 and place == last and place < ROOMY)
        rules.append(Rule(min(max(place, LEAST), MOST), f"{words} {place:.3g}", hue, row, to_right))
    return rules


def _at(rate: float, found: dict[str, dict[float, float]]) -> str:
    counts = [f"{way} {found[way][rate]:,.0f} B/s" for way in WAYS if rate in found.get(way, {})]
    return f"A minute of {rate:g} events a second, counted: {', '.join(counts)}."


def _checked(values: dict[str, Any]) -> dict[str, Any]:
    """Return the knobs in their order.

    Raises:
        ValueError: If one is missing or out of its limits.
    """
    knobs: dict[str, Any] = {}
    for name, (least, most) in LIMITS.items():
        value = values.get(name)
        if not isinstance(value, int | float) or isinstance(value, bool) or not least <= value <= most:
            raise ValueError(f"{name} is a number from {least:g} to {most:g}, not {quoted(value)}")
        knobs[name] = float(value)
    if not isinstance(values.get("browser"), bool):
        raise ValueError(f"browser is True or False, not {quoted(values.get('browser'))}")
    return knobs | {"browser": values["browser"]}


def traffic(
    *,
    every: float = 5.0,
    beat: float = 20.0,
    browser: bool = False,
    ws_bytes: Function = None,
    break_even: Function = None,
) -> TrafficView:
    """Return a view of the bytes that poll, long-poll, SSE and WebSocket add, against events per second.

    `every` and `beat` are the seconds between polls and between heartbeats; with `browser` each request carries what a
    browser sends. `ws_bytes` and `break_even` are the learner's of lesson 07: the WebSocket's line and a mark are
    theirs. Dots are counted when the button is pressed, or `.counted()` is called.

    Raises:
        ValueError: If a number is out of its limits (`LIMITS`).
    """
    return TrafficView(_checked({"every": every, "beat": beat, "browser": browser}), ws_bytes, break_even)
