"""`netsim(far)`: the bytes under way through a simulated network, and its knobs, to turn while they are.

the network's lines ── ten times a second: what is new ──► pieces that move between two ends
a preset, a knob    ──► {"kind": "preset"}, {"kind": "turn"} ──► the network
"""

from __future__ import annotations

import time
from typing import Any, ClassVar

from livesock.display.targets import wrong_target
from livesock.display.view import Message, View
from livesock.display.views.netsim.flight import LineWatch
from livesock.display.views.netsim.picture import netsim_svg
from livesock.display.views.netsim.presets import PRESETS
from livesock.net.netsim.knobs import PERFECT, Knobs
from livesock.net.netsim.netsim import NetSim

__all__ = ["NetsimView", "netsim"]

UNITS = {
    "delay": "s",
    "jitter": "s",
    "rate": "B/s",
    "chunk": "B",
    "black_hole": "",
    "reset_after": "B",
    "idle_timeout": "s",
    "block_upgrade": "",
}
"""Every knob and its unit, in the order of the page; a knob without a unit is a switch."""

OTHERS = ("chunk", "reset_after", "idle_timeout", "block_upgrade")
"""Knobs that no preset turns: a network with one of them is none of the presets."""


class NetsimView(View):
    """The lines, the presets and the knobs of one simulated network."""

    page: ClassVar[str] = "netsim"
    parts: ClassVar[tuple[str, ...]] = ("instrument", "lanes")

    def __init__(self, far: NetSim) -> None:
        self._far = far
        self._flight = LineWatch(far)
        self._last: Message = {}
        self._ride = 0.0  # when the preset with tunnels was chosen, 0 without one
        self._in_tunnel = False
        meanings = {name: getattr(Knobs, name).__doc__ for name in UNITS}
        presets = [{"key": key, "text": preset.name} for key, preset in PRESETS.items()]
        super().__init__(units=UNITS, meanings=meanings, presets=presets)

    # -- what the page gets

    def snapshot(self) -> Message:
        self._last = self._state()
        self._flight.forget()
        return self._last | {"all": True, "flight": self._under_way()}

    def news(self) -> Message | None:
        self._travel()
        state, last = self._state(), self._last
        if state != last:
            if state["values"] != last.get("values"):
                return self.snapshot()  # the pieces under way are due at another time now
            self._last = state
        flight = self._under_way()
        return self._last | {"flight": flight} if flight or state != last else None

    def _under_way(self) -> Message | None:
        try:
            return self._flight.look()
        except TimeoutError:  # something keeps the network busy: the pieces stand
            return None

    def _state(self) -> Message:
        far = self._far
        values: dict[str, Any] = {name: getattr(far, name) for name in UNITS}
        chosen = next((key for key, preset in PRESETS.items() if _is(preset, values, self._ride)), "")
        return {
            "running": far.is_running,
            "values": values,
            "counters": far.counters._asdict(),
            "preset": chosen,
            "sentence": PRESETS[chosen].said if chosen else "A network of your own: the knobs below say what it does.",
        }

    # -- what the reader does

    def on_message(self, message: Message) -> None:
        kind, name = message.get("kind"), message.get("name")
        if kind == "reset":
            self._far.reset()
        elif kind == "preset" and name in PRESETS:
            self._choose(str(name))
        elif kind == "turn" and name in UNITS:
            if name == "black_hole":
                self._ride, self._in_tunnel = 0.0, False
            try:
                setattr(self._far, name, message.get("value"))
            except TypeError as exc:
                raise ValueError(str(exc)) from exc
        else:
            raise ValueError(
                f'a page of netsim() may send "turn" with one of {", ".join(UNITS)}, "preset" with one of '
                f'{", ".join(PRESETS)}, or "reset", not {message!r}'
            )

    def _choose(self, key: str) -> None:
        preset, far = PRESETS[key], self._far
        far.delay, far.jitter, far.rate, far.black_hole = preset.delay, preset.jitter, preset.rate, False
        for name in OTHERS:
            setattr(far, name, PERFECT[name])
        self._ride, self._in_tunnel = time.monotonic() if preset.tunnel else 0.0, False

    def _travel(self) -> None:
        """Go into a tunnel, or leave it: each round of the preset ends with one."""
        train = PRESETS["train"]
        inside = bool(self._ride) and (time.monotonic() - self._ride) % train.every > train.every - train.tunnel
        if inside != self._in_tunnel:
            self._in_tunnel = self._far.black_hole = inside

    def finish(self) -> None:
        if self._in_tunnel:
            self._far.black_hole = False

    # -- without a browser

    def picture(self) -> str:
        return netsim_svg(self._state(), self._far.under_way(), self.words())

    def words(self) -> str:
        changed = self._far.changed()
        knobs = [f"  {name} = {changed[name]!r} {unit}".rstrip() for name, unit in UNITS.items() if name in changed]
        return "\n".join(
            ["a simulated network between client and server:", *(knobs or ["  perfect: no knob is turned"])]
        )


def _is(preset: Any, values: Message, ride: float) -> bool:
    """Whether the knobs stand as `preset` says, and no other knob is turned."""
    line = (values["delay"], values["jitter"], values["rate"]) == (preset.delay, preset.jitter, preset.rate)
    line = line and all(values[name] == PERFECT[name] for name in OTHERS)
    return line and bool(preset.tunnel) == bool(ride) and (bool(ride) or not values["black_hole"])


def netsim(target: NetSim) -> NetsimView:
    """Return the bytes under way through a simulated network, and its knobs to turn meanwhile.

    A piece is drawn from the moment at which the network has read it to the one at which it has passed it on. The
    presets turn several knobs at once; "train" goes on to turn the black hole while the view lives.

    Raises:
        TypeError: If `target` is not what `ls.netsim()` returns.
    """
    if not isinstance(target, NetSim):
        raise wrong_target("netsim", "a simulated network", target, "pass what ls.netsim() returned")
    return NetsimView(target)
