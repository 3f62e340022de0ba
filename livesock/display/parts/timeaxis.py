"""`TimeAxis`: a ladder in true time. A second has the same height everywhere, and bars may lie along it.

0.5 s ─ ─ ─ ║ ─ ─ ─ ║      a bar is a stretch of time beside one end, or in the middle between them
        ▒   ║       ║
1.0 s ─ ▒ ─ ║ ─ ─ ─ ║
"""

from __future__ import annotations

from dataclasses import dataclass

from livesock.display.view import Message

__all__ = ["Bar", "TimeAxis"]


@dataclass(frozen=True, slots=True)
class Bar:
    """A stretch of time, in seconds since the beginning of the axis."""

    end: int | None
    """Beside the left end (0) or the right one (1); None: in the middle."""
    start: float
    stop: float
    text: str = ""
    tone: str = "wait"
    """"wait", "limit" or "idle": how it looks."""


@dataclass(frozen=True, slots=True)
class TimeAxis:
    """Time from `zero` (seconds of the ladder's clock) for so many `seconds`."""

    zero: float
    seconds: float
    scale: float = 150.0
    """Pixels for a second."""
    step: float = 0.5
    top: float = 24.0

    @property
    def height(self) -> float:
        return self.top + self.seconds * self.scale + 12.0

    def place(self, at: float) -> float:
        """Return where a moment stands, in pixels from the top; never outside of the axis."""
        return self.of(at - self.zero)

    def of(self, seconds: float) -> float:
        """Return where so many seconds after the beginning stand."""
        return self.top + min(max(seconds, 0.0), self.seconds) * self.scale

    def ticks(self) -> list[Message]:
        """Return the lines that name the time."""
        count = round(self.seconds / self.step)
        return [{"y": self.of(n * self.step), "text": f"{n * self.step:g} s"} for n in range(count + 1)]

    def bar(self, bar: Bar) -> Message:
        """Return a bar as the page draws it."""
        place = {"from": self.of(bar.start), "to": self.of(bar.stop)}
        return {"end": bar.end, **place, "text": bar.text, "tone": bar.tone}
