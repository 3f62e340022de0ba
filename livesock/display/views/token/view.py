"""`token()`: six ways to bring a token along, and where it then stands: the access log, the head, the first message.

a way ──► a real connection ──► the bytes that were sent, the line in the log ──► and what a reader of the log can do
"""

from __future__ import annotations

from typing import Any, ClassVar

from livesock.display.view import Message, View
from livesock.display.views.token.picture import token_svg
from livesock.display.views.token.ways import WAYS, Carried, Tokens

__all__ = ["TokenView", "token"]

COLUMNS = ("a page can", "in the log", "in the head", "in a message", "a thief of the log gets in")


class TokenView(View):
    """The newest way that was tried, and a table of all that were."""

    page: ClassVar[str] = "token"
    parts: ClassVar[tuple[str, ...]] = ("instrument",)

    def __init__(self, start: str) -> None:
        self._tokens = Tokens()
        self._tried: dict[str, Carried] = {}
        self._newest = self._carry(start)
        self._is_told = True
        super().__init__()

    def log(self, way: str) -> str:
        """Bring the token along in one way, and return the line that the access log then has.

        `way` is "url", "header", "cookie", "protocol", "message" or "ticket".

        Raises:
            ValueError: If there is no such way.
        """
        self._newest, self._is_told = self._carry(_known(way)), False
        return self._newest.log

    def _carry(self, way: str) -> Carried:
        self._tried[way] = one = self._tokens.carry(way)
        return one

    # -- what the page gets

    def snapshot(self) -> Message:
        return self._state()

    def news(self) -> Message | None:
        if self._is_told:
            return None
        self._is_told = True
        return self._state()

    def _state(self) -> Message:
        one = self._newest
        way = WAYS[one.way]
        return {
            "ways": [{"key": key, "text": each.button} for key, each in WAYS.items()],
            "way": one.way,
            "sentence": way.said,
            "code": way.code,
            "browser": way.browser,
            "places": [
                {"name": "the access log", "lines": [_split(one.log, one.secret)]},
                {"name": "the head of the request", "lines": [_split(line, one.secret) for line in one.head]},
                {"name": "the first message", "lines": [_split(one.message or "–", one.secret)]},
            ],
            "stolen": f"An hour later a reader of the log tries what stands there: {_told(one.stolen)}."
            if one.stolen
            else "An hour later a reader of the log finds nothing to try.",
            "is_used": one.way == "ticket",
            "is_bad": one.stolen.startswith("welcome"),
            "columns": list(COLUMNS),
            "rows": [{"key": key, "name": each.button, "cells": self._cells(key)} for key, each in WAYS.items()],
        }

    def _cells(self, key: str) -> list[str]:
        """Return a line of the table, empty until the reader has tried the way."""
        one = self._tried.get(key)
        if one is None:
            return [""] * len(COLUMNS)
        places = [one.log, "\n".join(one.head), one.message]
        found = ["yes" if one.secret in text else "no" for text in places]
        return [WAYS[key].browser, *found, "yes" if one.stolen.startswith("welcome") else "no"]

    # -- what the reader does

    def on_message(self, message: Message) -> None:
        if message.get("kind") != "way":
            raise ValueError(f"a page of token() may send way, not {message.get('kind')!r:.60}")
        self._newest = self._carry(_known(message.get("key")))
        self.send("news", news=self._state())

    # -- without a browser

    def picture(self) -> str:
        return token_svg(self._state(), self.words())

    def words(self) -> str:
        state = self._state()
        lines = [f"  {row['name']}: {WAYS[row['key']].code.splitlines()[-1]}" for row in state["rows"]]
        return "\n".join(["Where does the token go?", *lines])

    def finish(self) -> None:
        self._tokens.stop()


def _told(answer: str) -> str:
    return f"“{answer}”" if answer.startswith("welcome") else answer


def _split(line: str, secret: str) -> list[Message]:
    """Return the parts of a line, and which of them are the token."""
    parts: list[Message] = []
    for number, part in enumerate(line.split(secret)):
        parts += [{"text": secret, "token": True}] if number else []
        parts += [{"text": part, "token": False}] if part else []
    return parts


def token(start: str = "url") -> TokenView:
    """Return a view of where a token goes: into the access log, the head of the request, or the first message.

    `start` is the way that it begins with: "url", "header", "cookie", "protocol", "message" or "ticket". Each way is
    tried on a real connection; then a second one tries what stands in the log. The server ends with the view.

    Raises:
        ValueError: If `start` is not a way.
    """
    return TokenView(_known(start))


def _known(way: Any) -> str:
    if not isinstance(way, str) or way not in WAYS:
        raise ValueError(f"a way is one of {', '.join(WAYS)}, not {way!r:.60}")
    return way
