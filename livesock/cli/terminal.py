"""What the commands say, and how they end."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from livesock.errors import LivesockError
from livesock.wire.quote import printable

__all__ = ["fail", "say", "stop_on_terminate"]


def say(text: str) -> None:
    """Print at once: another program may read line by line, and if it stops reading we go on.

    Raises:
        LivesockError: If stdout is a file that cannot take it, as on a full disk.
    """
    if sys.stdout is None:  # closed by who has called us, as in  livesock lab >&-
        return
    try:
        print(printable(text, sys.stdout.encoding), flush=True)
    except OSError as exc:
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, sys.stdout.fileno())  # otherwise Python complains at its end about what it could not write
        os.close(nothing)
        if not isinstance(exc, BrokenPipeError):
            raise LivesockError(f"nothing more can be printed: {exc.strerror}") from exc


def fail(text: str) -> int:
    """Print why a command cannot go on, and return the exit status 1."""
    if sys.stderr is not None:
        print(f"livesock: {text}", file=sys.stderr, flush=True)
    return 1


@contextmanager
def stop_on_terminate() -> Iterator[None]:
    """Let SIGTERM and a closed terminal end a command as Ctrl-C does, so that nothing is left running."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    numbers = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {number: signal.signal(number, interrupt) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
