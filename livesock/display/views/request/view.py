"""`request(…)`: an HTTP request by hand. The reader edits, guesses, sends, and sees what a real server answers.

the page: a first line, headers, an empty line ──► "Send" ──► a recorded connection ──► sequence, the guess judged
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from livesock.display.answers import lines_of
from livesock.display.parts.exchange import ExchangeView, RequestEditor
from livesock.display.parts.sequence import events_of, sequence_svg
from livesock.display.targets import quoted, target_of
from livesock.display.view import Message
from livesock.display.views.request.words import (
    ANSWERS,
    PRESETS,
    happened,
    outcome,
    question_of,
    request_of,
    sentence_of,
)
from livesock.net.connect.raw_request import RawRequest
from livesock.net.connect.urls import Target
from livesock.trace.rows import Kind, Row
from livesock.trace.show.columns import printable
from livesock.wire.http import ResponseHead

if TYPE_CHECKING:
    from livesock.net.connect.urls import HasUrl

__all__ = ["RequestView", "request"]

PATIENCE = 2.0
"""Seconds for the answer: long on loopback, short for a person who looks at a silent server."""


class RequestView(ExchangeView):
    """The live request to one server."""

    page: ClassVar[str] = "request"
    parts: ClassVar[tuple[str, ...]] = ("instrument", "exchange")

    def __init__(self, target: Target, start: str) -> None:
        self._target = target
        self._guess = ""
        self._asked = b""
        self._fresh(start)
        super().__init__()

    def _fresh(self, preset: str) -> None:
        self._preset = preset
        self._editor = RequestEditor(*request_of(preset, self._target.path, self._target.address))
        self._is_ended, self._is_twice = preset != "end", preset == "twice"

    # -- what the page gets

    def state(self) -> Message:
        sent = self._request
        rows = sent.trace.rows() if sent else []
        responses = [row.value for row in rows if isinstance(row.value, ResponseHead)]
        stale = sent is not None and self._asked != self._bytes()
        right = happened([head.status for head in responses], done=sent is not None and self._is_done)
        self.guesses.settle(self._preset, "" if stale else right)
        said, why = self._said(responses, right, rows) if sent and right else ("", "")
        return {
            **self._editor.state(),
            "presets": [{"key": key, "text": words} for key, words in PRESETS.items()],
            "preset": self._preset,
            "sentence": sentence_of(
                self._editor.headers, self._target.address, ended=self._is_ended, twice=self._is_twice
            ),
            "ended": self._is_ended,
            "twice": self._is_twice,
            "question": question_of(self._guess, "" if stale else right),
            "server": self._target.address,
            "events": events_of(sent, rows) if sent else [],
            "answer": said,
            "why": why,
            "bytes": _visible(self._bytes()),
            "head": _visible(_came(rows)),
            "sent": sent is not None,
            "done": self._is_done,
            "stale": stale,
        }

    def _said(self, responses: list[ResponseHead], right: str, rows: list[Row]) -> tuple[str, str]:
        assert self._request is not None
        first = f"{responses[0].status} {printable(responses[0].reason)}".strip() if responses else ""
        bodies = [line["text"].removeprefix("body: ") for line in lines_of(rows) if line["text"].startswith("body: ")]
        problem = self._request.problem
        return outcome(first, right, "".join(bodies).strip(), stays=self._request.went_quiet, problem=problem)

    # -- what the reader does

    def on_message(self, message: Message) -> None:
        kind = message.get("kind")
        actions: dict[str, Callable[[Message], None]] = {
            **self._editor.actions,
            "ended": self._set_ended,
            "twice": self._set_twice,
            "preset": self._choose,
            "guess": self._set_guess,
            "send": self._send,
        }
        if not isinstance(kind, str) or kind not in actions:
            raise ValueError(f"a page of request() may send {', '.join(actions)}, not {kind!r:.60}")
        actions[kind](message)
        if kind in self._editor.actions or kind in ("ended", "twice"):
            self._preset = ""  # the request is the reader's own now
        self._changed = True

    def _set_ended(self, message: Message) -> None:
        self._is_ended = message.get("on") is True

    def _set_twice(self, message: Message) -> None:
        self._is_twice = message.get("on") is True

    def _choose(self, message: Message) -> None:
        key = message.get("key")
        if not isinstance(key, str) or key not in PRESETS:
            raise ValueError(f"a preset is one of {', '.join(PRESETS)}, not {quoted(key)}")
        self._fresh(key)
        self._guess = ""
        self._ask_anew()

    def _set_guess(self, message: Message) -> None:
        key = message.get("key")
        if not isinstance(key, str) or key not in ANSWERS:
            raise ValueError(f"a guess is one of {', '.join(ANSWERS)}, not {quoted(key)}")
        if self._request is None or self._asked != self._bytes():
            self._guess = key
            self.guesses.make(self._preset, key)

    def _send(self, message: Message) -> None:
        self._must_be_done()
        self._asked = self._bytes()
        self._request = RawRequest(self._target, self._asked, patience=PATIENCE)

    def _bytes(self) -> bytes:
        return self._editor.head(ended=self._is_ended) * (2 if self._is_twice else 1)

    # -- without a browser

    def picture(self) -> str:
        state = self.state()
        server = f"server {self._target.address}"
        return sequence_svg(
            state["events"], self.words().splitlines(), host=server, words=self.words(), title="A request by hand"
        )

    def words(self) -> str:
        """Return the request and the question, or what came, without times and ports: they differ from run to run."""
        state = self.state()
        if state["answer"]:
            events = [f"{event['way']} {event['text']}" for event in state["events"]]
            return "\n".join(["a request by hand", *events, state["answer"]])
        options = [f"    {option['text']} {option['about']}" for option in state["question"]["options"]]
        return "\n".join([f"a request by hand. {state['sentence']}", state["question"]["text"], *options])


def _came(rows: list[Row]) -> bytes:
    return b"".join(row.data for row in rows if row.direction == "<" and row.kind in (Kind.RESPONSE, Kind.BODY))


def _visible(data: bytes) -> str:
    """Return text as it crosses, the bytes of its line ends written out."""
    lines = data.decode("utf-8", "replace").replace("\r\n", "\\r\\n\n").split("\n")
    return "\n".join(printable(line) for line in lines).rstrip("\n")


def request(server: HasUrl | str | int, path: str = "/", *, start: str = "get") -> RequestView:
    """Return an HTTP request to `path` of a server, netsim, URL or port, which the reader edits and sends.

    `start` is the request that it begins with: "get", "host" (there is none), "end" (no empty line), "twice", "close"
    or "site". Nothing is sent before the reader does.

    Raises:
        TypeError, ValueError: If `server` is not a target, `path` is not a path, or `start` names no request.
    """
    if start not in PRESETS:
        raise ValueError(f"start is one of {', '.join(PRESETS)}, not {quoted(start)}")
    return RequestView(target_of(server, path), start)
