"""Server-sent events: a response that never ends, cut into events by empty lines (HTML standard, 9.2).

    event: tick\\n          a name; without one the event is called "message"
    data: first line\\n     several data lines are joined by line feeds
    data: second line\\n
    id: 7\\n                what the browser sends back as Last-Event-ID when it comes again
    : anything\\n           a comment, which keeps idle connections alive
    \\n                     the empty line: now the event happens

A line may end with CR LF, LF or CR alone, and the stream may be cut between that CR and that LF.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

__all__ = ["EventReader", "ServerSentEvent", "encode_event"]

LINE_END = re.compile(rb"\r\n|\n|\r")
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class ServerSentEvent:
    """One event."""

    data: str
    event: str = "message"
    """The name for which listeners register."""
    id: str | None = None
    """The id that the event sets; None when it sets none, which keeps the last one."""
    retry: int | None = None
    """Milliseconds, not seconds, to wait before coming again; None when the event does not say."""

    def __post_init__(self) -> None:
        if not isinstance(self.data, str):
            write = ": write data=value.decode()" if isinstance(self.data, bytes) else ": write data=json.dumps(value)"
            raise TypeError(f"data is a str, not {type(self.data).__name__}{write}")
        if self.retry is not None and type(self.retry) is not int:  # a reader takes digits alone
            write = f": write retry={self.retry * 1000:.0f}" if isinstance(self.retry, float) else ""
            raise TypeError(f"retry is a whole number of milliseconds, not {self.retry!r:.40}{write}")
        if isinstance(self.id, int):
            object.__setattr__(self, "id", str(self.id))


def encode_event(event: ServerSentEvent) -> bytes:
    """Return `event` as lines of UTF-8 with an empty line after them.

    HTML standard, 9.2.5. An event named "message" needs no `event` line.

    Raises:
        ValueError: If the name or the id holds a line end, the id holds NUL, or `retry` is negative: the reader
            would get another event.
    """
    for name, value in (("event", event.event), ("id", event.id or "")):
        if "\n" in value or "\r" in value or (name == "id" and "\0" in value):
            raise ValueError(f"{name} must be one line without NUL, got {value!r}")
    if event.retry is not None and event.retry < 0:
        raise ValueError(f"retry is a number of milliseconds, got {event.retry}")
    lines = [] if event.event == "message" else [f"event: {event.event}"]
    if event.id is not None:
        lines.append(f"id: {event.id}")
    if event.retry is not None:
        lines.append(f"retry: {event.retry}")
    lines += [f"data: {line}" for line in re.split("\r\n|\n|\r", event.data)]
    return ("\n".join(lines) + "\n\n").encode()


class EventReader:
    """Reads the events of one stream, which may be cut anywhere. Not thread-safe."""

    def __init__(self) -> None:
        self.last_id = ""
        """What a browser would send as Last-Event-ID now; events without data set it too."""
        self.retry: int | None = None
        """The last reconnection time that the stream named, in milliseconds."""
        self._line = bytearray()
        self._begun = False
        self._after_cr = False
        self._data: list[str] = []
        self._event = ""
        self._id: str | None = None
        self._retry: int | None = None

    def feed(self, data: bytes) -> list[ServerSentEvent]:
        """Return the events that `data` completes. Nothing is an error: unknown lines are ignored."""
        return [event for _, event in self.blocks(data) if event is not None]

    def blocks(self, data: bytes) -> Iterator[tuple[int, ServerSentEvent | None]]:
        """Yield, for every empty line, the position after it in `data` and the event that it completes, if any.

        Lines without `data`, such as a comment, end in an empty line but make no event. An LF that follows a CR
        at the end of the data before is part of that line end, not a new line.
        """
        position = 0
        if data and self._after_cr:
            self._after_cr = False
            position = 1 if data[0] == 0x0A else 0
        for match in LINE_END.finditer(data, position):
            self._line += data[position : match.start()]
            position = match.end()
            self._after_cr = match.group() == b"\r" and position == len(data)
            line, self._line = bytes(self._line), bytearray()
            if not self._begun:
                line, self._begun = line.removeprefix(_BOM), True
            if line:
                self._take(line)
            else:
                yield position, self._dispatch()
        self._line += data[position:]

    def _take(self, line: bytes) -> None:
        name, _, value = line.decode("utf-8", "replace").partition(":")
        value = value.removeprefix(" ")
        if name == "data":
            self._data.append(value)
        elif name == "event":
            self._event = value
        elif name == "id" and "\0" not in value:
            self._id = value
        elif name == "retry" and re.fullmatch("[0-9]{1,18}", value):
            self._retry = self.retry = int(value)

    def _dispatch(self) -> ServerSentEvent | None:
        if self._id is not None:
            self.last_id = self._id
        event = None
        if self._data:
            event = ServerSentEvent("\n".join(self._data), self._event or "message", self._id, self._retry)
        self._data, self._event, self._id, self._retry = [], "", None, None
        return event
