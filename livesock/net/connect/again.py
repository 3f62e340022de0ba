"""`connections()`: one open connection after the other, with waits between them: what a client does that comes back.

    open ──► the caller uses it ──► it is over ──► wait ──► open …       one at a time
      └─ failed ──► wait ──► open …                                      the waits grow; a stable time clears them

How long to wait says a `Backoff`. Time and chance come in as arguments, so that a test needs neither.
"""

from __future__ import annotations

import contextlib
import random
import time
from collections.abc import Callable, Collection, Iterator
from typing import Protocol, TypeVar

from livesock.errors import HandshakeError
from livesock.realtime.client.backoff import Backoff

__all__ = ["FINAL", "STABLE", "connections"]

FINAL = (1000, 1008, 4401)
"""Close codes of a peer that means it: a goodbye, a refusal, and the 401 of many applications."""

STABLE = 60.0
"""Seconds that a connection must last before the waits begin anew."""


class Closing(Protocol):
    """A connection that tells how it ended."""

    @property
    def close_code(self) -> int | None: ...
    def close(self) -> None: ...


C = TypeVar("C", bound=Closing)


def connections(
    open_one: Callable[[], C],
    backoff: Backoff,
    *,
    stable: float = STABLE,
    final: Collection[int] = FINAL,
    chance: Callable[[], float] = random.random,
    sleep: Callable[[float], object] = time.sleep,
    now: Callable[[], float] = time.monotonic,
) -> Iterator[C]:
    """Give connections that `open_one` opens, each when the one before is over; end after a `final` close code.

    Raises:
        OSError, HandshakeError: If an attempt fails and `backoff` gives up, or at once if the server refused with 4xx.
    """
    failed = 0
    while True:
        try:
            connection = open_one()
        except (OSError, HandshakeError) as exc:
            if _is_a_no(exc) or backoff.gives_up(failed + 1):
                raise
            sleep(backoff.delay(failed, chance()))
            failed += 1
            continue
        began = now()
        try:
            yield connection
        finally:
            code = connection.close_code  # before our own close, which would say 1000
            with contextlib.suppress(OSError):
                connection.close()
        if code in final:
            return
        failed = 0 if now() - began >= stable else failed
        sleep(backoff.delay(failed, chance()))
        failed += 1


def _is_a_no(exc: Exception) -> bool:
    """Whether the server has understood, and refuses: it would say so again."""
    return isinstance(exc, HandshakeError) and exc.status is not None and 400 <= exc.status < 500
