"""`Traffic`: a real client sends messages, a real server asks a bucket about each of them.

press ──► messages on a WebSocket ──► bucket.take() ──► "yes" or "no" comes back
                                      a bucket of ours beside it, whose level is drawn
"""

from __future__ import annotations

import itertools
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any, NamedTuple

from livesock.client import connect
from livesock.server import serve

__all__ = ["Judged", "Level", "Traffic"]

KEPT = 60
"""Messages that the page shows."""

PATIENCE = 5.0

BORDER = 0.05
"""Tokens around a whole one: two clocks that are read one after the other may differ about it."""

_numbers = itertools.count(1)


class Level:
    """A bucket whose level can be read: what the page draws."""

    def __init__(self, rate: float, burst: int) -> None:
        self.rate, self.burst = rate, burst
        self._tokens, self._then = float(burst), time.monotonic()

    def now(self) -> float:
        """Return how many tokens are in it."""
        moment = time.monotonic()
        self._tokens = min(self.burst, self._tokens + (moment - self._then) * self.rate)
        self._then = moment
        return self._tokens

    def take(self) -> bool:
        """Take a token out if a whole one is there; return whether it was."""
        has_one = self.now() >= 1
        self._tokens -= has_one
        return has_one

    def judges(self, passed: bool) -> bool:
        """Take a token out as `take` does; return whether this bucket agrees. At the border between both, it does."""
        if abs(self.now() - 1) < BORDER:
            self._tokens = max(0.0, self._tokens - passed)
            return True
        return self.take() == passed


class Judged(NamedTuple):
    """One message, and what became of it."""

    passed: bool
    right: bool
    """Whether a bucket of ours says the same."""


class Traffic:
    """A server, a client, and a bucket between them. `press` and `steady` may be called from any thread."""

    def __init__(self, make: Callable[..., Any] | None, rate: float, burst: int) -> None:
        self._make = make
        self.asked: deque[Judged] = deque(maxlen=KEPT)
        self.passed = self.stopped = 0
        self.problem = ""
        self.stream = 0.0
        """Messages a second that are sent without a press."""
        self._sent = 0
        self._ending = threading.Event()
        self._sending = threading.Lock()
        self.reset(rate, burst)
        self._server = serve(f"bucket {next(_numbers)}")
        self._server.websocket("/")(self._serve)
        self._client = connect(self._server)
        self._thread = threading.Thread(target=self._flow, name="livesock bucket", daemon=True)
        self._thread.start()

    def reset(self, rate: float, burst: int) -> None:
        """Begin with a new, full bucket."""
        self.level = Level(rate, burst)
        self._bucket: Any = self.level
        self.asked.clear()
        self.passed, self.stopped, self.problem = 0, 0, ""
        if self._make is not None:
            try:
                self._bucket = self._make(rate, burst, time.monotonic)
            except Exception as exc:
                self.problem = f"{type(exc).__name__}: {exc}"

    def press(self, count: int) -> int:
        """Send so many messages at once; return how many got through."""
        with self._sending:
            first = self._sent + 1
            self._sent += count
            for number in range(first, first + count):
                self._client.send(str(number))
            answers = [self._answer(number) for number in range(first, first + count)]
            return answers.count("yes")

    def _answer(self, number: int) -> str:
        """Return the answer to a message; older ones, which an interrupted cell left behind, are passed over."""
        while True:
            asked, _, answer = str(self._client.recv(timeout=PATIENCE)).partition(" ")
            if int(asked) == number:
                return answer

    async def _serve(self, ws: Any) -> None:
        async for number in ws:
            is_ours = self._bucket is self.level
            passed = self.level.take() if is_ours else self._yours()
            self.asked.append(Judged(passed, is_ours or self.level.judges(passed)))
            self.passed += passed
            self.stopped += not passed
            await ws.send(f"{number} {'yes' if passed else 'no'}")

    def _yours(self) -> bool:
        try:
            return self._bucket.take() is True
        except Exception as exc:
            self.problem = f"{type(exc).__name__}: {exc}"
            return False

    def _flow(self) -> None:
        while not self._ending.wait(1 / self.stream if self.stream else 0.1):
            if self.stream:
                self.press(1)

    def stop(self) -> None:
        """End the stream, the client and the server."""
        self._ending.set()
        self._thread.join(PATIENCE)
        self._client.close()
        self._server.stop()
