"""`bucket()`: a rate limiter as a bucket that fills. Real messages take tokens out of it.

press, or a steady stream ──► Traffic ──► level, messages that passed, messages that were stopped ──► ten times a second
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from livesock.display.view import Message, View
from livesock.display.views.bucket.picture import bucket_svg
from livesock.display.views.bucket.traffic import Traffic

__all__ = ["BucketView", "bucket"]

RATES, BURSTS, STREAMS, PRESSES = (1, 2, 5, 10), (1, 5, 10, 20), (0, 2, 5, 8), (1, 10, 40)


class BucketView(View):
    """The level of one bucket, and the newest messages."""

    page: ClassVar[str] = "bucket"
    parts: ClassVar[tuple[str, ...]] = ("instrument",)

    def __init__(self, make: Callable[..., Any] | None, rate: int, burst: int) -> None:
        self._rate, self._burst = rate, burst
        module = getattr(make, "__module__", "") or ""
        self._whose = "" if make is None else "ours" if module.startswith("livesock.") else "yours"
        self._traffic = Traffic(make, rate, burst)
        self._shown: Message | None = None
        super().__init__()

    def flood(self, count: int) -> int:
        """Take a new, full bucket, send `count` messages at once, and return how many got through."""
        self._traffic.reset(self._rate, self._burst)
        return self._traffic.press(count)

    # -- what the page gets

    def snapshot(self) -> Message:
        return self._state()

    def news(self) -> Message | None:
        state = self._state()
        if state == self._shown:
            return None
        self._shown = state
        return state

    def _state(self) -> Message:
        traffic = self._traffic
        asked = list(traffic.asked)
        return {
            "rate": self._rate,
            "burst": self._burst,
            "rates": list(RATES),
            "bursts": list(BURSTS),
            "stream": int(traffic.stream),
            "streams": list(STREAMS),
            "presses": list(PRESSES),
            "level": round(traffic.level.now(), 1),
            "passed": traffic.passed,
            "stopped": traffic.stopped,
            "dots": [{"passed": one.passed, "right": one.right} for one in asked],
            "sentence": self._sentence(),
            "whose": f"TokenBucket: {self._whose}" if self._whose else "",
        }

    def _sentence(self) -> str:
        traffic = self._traffic
        if traffic.problem:
            return f"Your bucket raised {traffic.problem}"
        wrong = sum(not one.right for one in list(traffic.asked))
        if wrong:
            return f"{wrong} of the messages below were judged otherwise than by a bucket of ours."
        if not traffic.passed + traffic.stopped:
            return f"Full: {self._burst} messages may come at once, then {self._rate} a second."
        if traffic.level.now() < 1:
            return f"Empty: a message is stopped until the next token has come in, {self._rate} a second."
        return f"A message takes a token, and {self._rate} a second come in, up to {self._burst}."

    # -- what the reader does

    def on_message(self, message: Message) -> None:
        kind, value = message.get("kind"), message.get("value")
        known = {"rate": RATES, "burst": BURSTS, "stream": STREAMS, "press": PRESSES}
        if not isinstance(kind, str) or kind not in known or type(value) is not int or value not in known[kind]:
            raise ValueError(
                f"a page of bucket() may send {', '.join(known)} with a value that it shows, not {kind!r:.60}"
            )
        if kind == "press":
            self._traffic.press(value)
        elif kind == "stream":
            self._traffic.stream = float(value)
        else:
            self._rate, self._burst = (value, self._burst) if kind == "rate" else (self._rate, value)
            self._traffic.reset(self._rate, self._burst)
        self.send("news", news=self._state())

    # -- without a browser

    def picture(self) -> str:
        return bucket_svg(self._state(), self.words())

    def words(self) -> str:
        whose = f"\nTokenBucket: {self._whose}" if self._whose else ""
        return f"A bucket holds {self._burst} tokens, and {self._rate} a second come in; a message takes one.{whose}"

    def finish(self) -> None:
        self._traffic.stop()


def bucket(bucket: Callable[..., Any] | None = None, *, rate: int = 5, burst: int = 10) -> BucketView:
    """Return a view of a rate limiter: a bucket that fills with `rate` tokens a second, up to `burst`.

    Real messages of a real client take a token each; without one they are stopped. `bucket` is a class of your own,
    made as `bucket(rate, burst, clock)`, whose `take()` then decides. The server ends with the view.

    Raises:
        ValueError: If `rate` is not 1, 2, 5 or 10, or `burst` not 1, 5, 10 or 20.
    """
    if rate not in RATES or burst not in BURSTS:
        raise ValueError(f"rate is one of {RATES}, burst one of {BURSTS}, not {rate!r:.20} and {burst!r:.20}")
    return BucketView(bucket, rate, burst)
