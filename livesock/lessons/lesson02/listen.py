"""`listen()`: a learner's `build_get`, `parse_head` and `parse_sse` read a stream of events from a real server.

build_get ─► the request          parse_head ◄─ what has come so far, until it is a whole head
                                  chunks, joined by ours ─► parse_sse ─► event, event, …
"""

from collections.abc import Callable, Iterator
from typing import Any

from livesock.learn.whose import chosen
from livesock.lessons.lesson02.build_get import build_get
from livesock.lessons.lesson02.parse_head import parse_head
from livesock.lessons.lesson02.parse_sse import parse_sse
from livesock.wire.http import BodyReader, Framing

__all__ = ["Listening", "listen"]

OURS: dict[str, Any] = {"build_get": build_get, "parse_head": parse_head, "parse_sse": parse_sse}
TRIALS: dict[str, Callable[[Any], Any]] = {
    "build_get": lambda build: build("/", "a", {}),
    "parse_head": lambda parse: parse(b""),
    "parse_sse": lambda parse: parse(""),
}
"""Calls that any written solution takes; a stub raises NotImplementedError."""


class Listening:
    """The events of one stream, one by one; `whose` says which functions read them."""

    def __init__(self, events: Iterator[dict[str, str]], whose: str) -> None:
        self.whose = whose
        self._events = events

    def __iter__(self) -> Iterator[dict[str, str]]:
        return self._events

    def __next__(self) -> dict[str, str]:
        return next(self._events)


def listen(line: Any, path: str, *written: Callable[..., Any]) -> Listening:
    """Ask `path` on `line`, an open connection, and return its events as they come; `next` waits for one.

    What is not written, or not given, is replaced by ours.

    Raises:
        ValueError: If a function has another name than those of the exercises.
    """
    serving, whose = chosen("listen", OURS, TRIALS, written)
    return Listening(_events(line, path, **serving), whose)


def _events(line: Any, path: str, build_get: Any, parse_head: Any, parse_sse: Any) -> Iterator[dict[str, str]]:
    line.sendall(build_get(path, "127.0.0.1", {"Accept": "text/event-stream"}))
    data = line.recv()
    while (parsed := parse_head(data)) is None:
        data += _more(line, "before the head was whole")
    first, headers, rest = parsed
    if " 200 " not in f"{first} ":
        raise ValueError(f"the answer is {first!r}, and 200 is needed")
    chunked = headers.get("transfer-encoding", "").lower() == "chunked"
    body = BodyReader(Framing.CHUNKED if chunked else Framing.UNTIL_CLOSE)
    text = body.feed(rest).decode()
    while True:
        events, text = parse_sse(text)
        yield from events
        text += body.feed(_more(line, "in the middle of the stream")).decode()


def _more(line: Any, when: str) -> bytes:
    data: bytes = line.recv()
    if not data:
        raise EOFError(f"the server hung up {when}")
    return data
