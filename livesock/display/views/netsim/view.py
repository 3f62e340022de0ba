"""`netsim(far)`: the knobs of a simulated network, to turn while it runs, and what passes through it."""

from __future__ import annotations

from typing import Any, ClassVar

from livesock.display.targets import wrong_target
from livesock.display.view import Message, View
from livesock.net.netsim.knobs import Knobs
from livesock.net.netsim.netsim import NetSim
from livesock.trace.show.svg import document, text

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


class NetsimView(View):
    """The knobs of one simulated network."""

    page: ClassVar[str] = "netsim"

    def __init__(self, far: NetSim) -> None:
        self._far = far
        self._last: Message = {}
        meanings = {name: getattr(Knobs, name).__doc__ for name in UNITS}
        super().__init__(units=UNITS, meanings=meanings)

    def snapshot(self) -> Message:
        self._last = self._state()
        return self._last

    def news(self) -> Message | None:
        state = self._state()
        return None if state == self._last else self.snapshot()

    def on_message(self, message: Message) -> None:
        kind, name = message.get("kind"), message.get("name")
        if kind == "reset":
            self._far.reset()
        elif kind == "turn" and name in UNITS:
            try:
                setattr(self._far, name, message.get("value"))
            except TypeError as exc:
                raise ValueError(str(exc)) from exc
        else:
            raise ValueError(
                f'a page of netsim() may send "turn" with one of {", ".join(UNITS)}, or "reset", not {message!r}'
            )

    def picture(self) -> str:
        lines = self.words().splitlines()
        body = [text(24, 32 + 22 * number, line, size=13) for number, line in enumerate(lines)]
        return document(22 * len(lines) + 24, title="a simulated network", description=self.words(), body=body)

    def words(self) -> str:
        changed = self._far.changed()
        knobs = [f"  {name} = {changed[name]!r} {unit}".rstrip() for name, unit in UNITS.items() if name in changed]
        return "\n".join(
            ["a simulated network between client and server:", *(knobs or ["  perfect: no knob is turned"])]
        )

    def _state(self) -> Message:
        far = self._far
        values: dict[str, Any] = {name: getattr(far, name) for name in UNITS}
        return {
            "running": far.is_running,
            "values": values,
            "counters": far.counters._asdict(),
        }


def netsim(target: NetSim) -> NetsimView:
    """Return the knobs of a simulated network, from its delay to a blocked upgrade, to turn while bytes pass.

    Raises:
        TypeError: If `target` is not what `ls.netsim()` returns.
    """
    if not isinstance(target, NetSim):
        raise wrong_target("netsim", "a simulated network", target, "pass what ls.netsim() returned")
    return NetsimView(target)
