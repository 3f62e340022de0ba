"""A request that a page edits: its first line and its headers, one message for each thing that the reader changes.

    {"kind": "value", "number": 2, "text": "close"} ──► on_message ──► head() ──► the bytes that will be sent

The page's side is exchange.js.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from livesock.display.view import Message, View
from livesock.net.connect.raw_request import RawRequest

__all__ = ["ExchangeView", "Headers", "RequestEditor"]

Headers = list[list[str]]

HEADERS = 40
"""Headers that a request here may have."""

LONGEST = 8192
"""Characters of a line: what servers take in all."""


class RequestEditor:
    """The request as it stands on the page."""

    def __init__(self, line: str, headers: Headers) -> None:
        self.line, self.headers = line, headers
        self.actions: dict[str, Callable[[Message], None]] = {
            "line": self._set_line,
            "name": lambda m: self._set_header(m, 0),
            "value": lambda m: self._set_header(m, 1),
            "add": self._add,
            "delete": self._delete,
        }
        """By the kind of a message: what it does. Raises ValueError for what a page cannot mean."""

    def state(self) -> Message:
        return {"line": self.line, "headers": self.headers}

    def head(self, *, ended: bool = True) -> bytes:
        """Return the bytes of the request, without its empty line if it is not `ended`."""
        lines = [self.line, *(f"{name}: {value}" for name, value in self.headers), ""]
        return "\r\n".join([*lines, ""] if ended else lines).encode("latin-1", "replace")

    def _set_line(self, message: Message) -> None:
        self.line = _one_line(message, "text")

    def _set_header(self, message: Message, part: int) -> None:
        self.headers[self._number(message)][part] = _one_line(message, "text")

    def _add(self, message: Message) -> None:
        if len(self.headers) >= HEADERS:
            raise ValueError(f"{HEADERS} headers are enough here: delete one first")
        self.headers.append(["", ""])

    def _delete(self, message: Message) -> None:
        del self.headers[self._number(message)]

    def _number(self, message: Message) -> int:
        number = message.get("number")
        if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number < len(self.headers):
            raise ValueError(f'"number" names one of {len(self.headers)} headers from 0, not {number!r:.60}')
        return number


def _one_line(message: Message, name: str) -> str:
    value: Any = message.get(name)
    if not isinstance(value, str) or len(value) > LONGEST or any(c in value for c in "\r\n\0"):
        raise ValueError(f'"{name}" is one line of at most {LONGEST:,} characters, not {value!r:.60}')
    return value


class ExchangeView(View):
    """One request of an editor at a time, and its answer as it comes. A subclass returns all of it from `state()`."""

    _editor: RequestEditor
    _request: RawRequest | None = None
    _changed = False
    """Whether the reader did something that the page does not show yet."""
    _seen = (0, True)

    def state(self) -> Message:
        """Return everything that the page draws."""
        raise NotImplementedError

    def snapshot(self) -> Message:
        return self.state()

    def news(self) -> Message | None:
        look = (len(self._request.trace), self._is_done) if self._request else (0, True)
        self._changed, self._seen = self._changed or look != self._seen, look
        if not self._changed:
            return None
        self._changed = False
        return self.state()

    @property
    def _is_done(self) -> bool:
        """Whether no request is under way."""
        return self._request is None or self._request.done.is_set()

    def _ask_anew(self) -> None:
        """Forget what the last request brought: it would answer the new question."""
        if self._is_done:
            self._request = None

    def _must_be_done(self) -> None:
        if not self._is_done:
            raise ValueError("the server has not answered the last request yet: wait a second or two")

    def finish(self) -> None:
        if self._request is not None:
            self._request.close()
