"""`handshake(…)`: the opening handshake as it happens, and a request that the reader can change.

the page: a request line, a table of headers ──► "Send" ──► a recorded connection to the real server
its answer, with the rules of RFC 6455 that request and answer break ──► sequence, checks, the guess judged
"""

from __future__ import annotations

import base64
import re
import secrets
from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from livesock.display.answers import lines_of, status_of
from livesock.display.parts.exchange import ExchangeView, RequestEditor
from livesock.display.parts.sequence import events_of, sequence_svg
from livesock.display.targets import quoted, target_of
from livesock.display.view import Message
from livesock.display.views.handshake.checks import answer_checks
from livesock.display.views.handshake.requests import PRESETS, STATUSES, question_about, request_of, sentence_about
from livesock.errors import PacketError
from livesock.net.connect.raw_request import RawRequest
from livesock.net.connect.urls import Target
from livesock.trace.rows import Row
from livesock.trace.show.columns import printable
from livesock.wire.codes import encode_close
from livesock.wire.frame import Frame, Opcode, encode_frame
from livesock.wire.handshake import check_request
from livesock.wire.http import RequestHead, ResponseHead, parse_request

if TYPE_CHECKING:
    from livesock.net.connect.urls import HasUrl

__all__ = ["HandshakeView", "handshake"]

FIRST_LOOK = 2.0
"""Seconds that `handshake()` waits for the first handshake, so that a saved notebook holds it: some ms on loopback."""

_SECRET = re.compile(r"(?<=[?&]auth=)[^&\s]+")
HIDDEN = "xxxxx"
"""What stands on the page for the server's token; it is put back on the wire."""


class HandshakeView(ExchangeView):
    """The live opening handshake with one server."""

    page: ClassVar[str] = "handshake"
    parts: ClassVar[tuple[str, ...]] = ("instrument", "exchange")

    def __init__(self, target: Target, start: str = "") -> None:
        self._target = target
        found = _SECRET.search(target.path)
        self._secret = found.group() if found else ""
        self._guess = ""
        self._sent_head = b""
        self._fresh(start or "whole")
        if not start:
            self._request = self._ask()
            self._request.done.wait(FIRST_LOOK)
        self._seen = (0, False)
        super().__init__()

    # -- what the page gets

    @property
    def _is_stale(self) -> bool:
        return self._request is not None and self._sent_head != self._editor.head()

    def state(self) -> Message:
        rows = self._request.trace.rows() if self._request else []
        request, response = _heads(rows)
        question = question_about(self._guess, None if self._is_stale else status_of(rows))
        self.guesses.settle(self._preset, question["right"])
        return {
            "presets": [{"key": key, "text": words} for key, words in PRESETS.items()],
            "preset": self._preset,
            "sentence": sentence_about(self._editor.line, self._editor.headers, self._whole),
            "question": question,
            "server": self._target.address,
            "tls": self._target.tls,
            **self._editor.state(),
            "problems": self._problems(),
            "events": events_of(self._request, rows) if self._request else [],
            "checks": answer_checks(request, response) if response else [],
            "answer": self._said(rows, request, response),
            "rows": lines_of([row for row in rows if row.direction == "<"]),
            "head": [f"{name}: {printable(_hide(name, value))}" for name, value in response.headers]
            if response
            else [],
            "sent": self._request is not None,
            "done": self._is_done,
            "stale": self._is_stale,
        }

    def _problems(self) -> list[Message]:
        """Return each rule that the request on the page breaks."""
        try:
            found = parse_request(self._editor.head())
        except PacketError as exc:
            return [{"text": printable(exc.rule), "section": exc.section, "status": 400}]
        if found is None:
            return [{"text": "the head is not complete", "section": "RFC 9112, 2.1", "status": 400}]
        problems = check_request(found[0])
        return [{"text": printable(p.rule), "section": p.section, "status": p.status} for p in problems]

    def _said(self, rows: list[Row], request: RequestHead | None, response: ResponseHead | None) -> str:
        """Return one sentence about the answer, and its reason."""
        status = status_of(rows)
        if status is None or response is None:
            if self._request is None or not self._is_done:
                return ""
            return f"no answer: {self._request.problem or 'the connection ended'}"
        first = f"{status} {printable(response.reason)}".strip()
        why = check_request(request) if request else ()
        if status != 101:
            return f"{first}: {f'{printable(why[0].rule)} ({why[0].section})' if why else _body(rows)}"
        if why:
            return f"{first}, although {printable(why[0].rule)} ({why[0].section}): the server is laxer than the rule"
        wrong = [check for check in answer_checks(request, response) if check["sign"] == "✕"]
        return (
            f"{first}, but a client must refuse it: {wrong[0]['text']}"
            if wrong
            else f"{first}: the connection is a WebSocket now"
        )

    # -- what the reader does

    def on_message(self, message: Message) -> None:
        kind = message.get("kind")
        actions: dict[str, Callable[[Message], None]] = {
            **self._editor.actions,
            "key": self._new_key,
            "preset": self._choose,
            "guess": self._set_guess,
            "send": self._send,
        }
        if not isinstance(kind, str) or kind not in actions:
            raise ValueError(f"a page of handshake() may send {', '.join(actions)}, not {kind!r:.60}")
        actions[kind](message)
        if kind in self._editor.actions:
            self._preset = ""  # the request is the reader's own now
        self._changed = True

    def _fresh(self, preset: str) -> None:
        path = _SECRET.sub(HIDDEN, self._target.path)
        self._preset = preset
        self._whole = request_of("whole", self._target, path)
        self._editor = RequestEditor(*request_of(preset, self._target, path))

    def _choose(self, message: Message) -> None:
        if message.get("key") not in PRESETS:
            raise ValueError(f'"key" is one of {", ".join(PRESETS)}, not {message.get("key")!r:.60}')
        self._fresh(message["key"])
        self._guess = ""
        self._ask_anew()

    def _set_guess(self, message: Message) -> None:
        if message.get("key") not in STATUSES:
            raise ValueError(f'"key" is one of {", ".join(STATUSES)}, not {message.get("key")!r:.60}')
        if self._request is None or self._is_stale:
            self._guess = message["key"]
            self.guesses.make(self._preset, self._guess)

    def _new_key(self, message: Message) -> None:
        for header in self._editor.headers:
            if header[0].lower() == "sec-websocket-key":
                header[1] = base64.b64encode(secrets.token_bytes(16)).decode()

    def _send(self, message: Message) -> None:
        self._must_be_done()
        self._request = self._ask()

    def _ask(self) -> RawRequest:
        """Send the request as it stands; after a 101 send "Hello", then a Close."""
        self._sent_head = self._editor.head()
        head = self._sent_head
        if self._secret:
            head = head.replace(f"auth={HIDDEN}".encode(), f"auth={self._secret}".encode())
        hello = encode_frame(Frame(Opcode.TEXT, b"Hello", mask=secrets.token_bytes(4)))
        goodbye = encode_frame(Frame(Opcode.CLOSE, encode_close(1000), mask=secrets.token_bytes(4)))
        return RawRequest(self._target, head, hello, goodbye)

    # -- without a browser

    def picture(self) -> str:
        state = self.state()
        host = f"server {self._target.address}"
        return sequence_svg(
            state["events"], self.words().splitlines(), host=host, words=self.words(), title="The opening handshake"
        )

    def words(self) -> str:
        """Return the sequence in words, without times, ports and keys: they differ from run to run."""
        state = self.state()
        if not state["sent"]:
            asked = state["question"]
            options = [f"    {option['text']} {option['about']}" for option in asked["options"]]
            return "\n".join([f"an opening handshake. {state['sentence']}", asked["text"], *options])
        events = [f"{event['way']} {event['text']}" for event in state["events"]]
        right = bool(state["checks"]) and all(check["sign"] == "✓" for check in state["checks"])
        checked = ["✓ what a client checks in the answer is right"] if right else []
        return "\n".join(["an opening handshake", *events, *checked, state["answer"]])


def handshake(server: HasUrl | str | int, *, path: str = "/echo", start: str = "") -> HandshakeView:
    """Return the live opening handshake with `path` of `server`: a server, a netsim, a URL or a port.

    It does one handshake, sends "Hello" and closes. On the page the reader edits, adds or deletes headers, sends the
    request as it then stands over a new connection, and sees what the real server answers, and why. TLS works too.

    `start` names a request to begin with ("version", "short", …), and then nothing is sent before the reader does.

    Raises:
        TypeError, ValueError: If `server` is not a target, `path` is not a path, or `start` names no request.
    """
    if start and start not in PRESETS:
        raise ValueError(f"start is one of {', '.join(PRESETS)}, not {quoted(start)}")
    return HandshakeView(target_of(server, path), start)


def _heads(rows: list[Row]) -> tuple[RequestHead | None, ResponseHead | None]:
    request = next((row.value for row in rows if isinstance(row.value, RequestHead)), None)
    return request, next((row.value for row in rows if isinstance(row.value, ResponseHead)), None)


def _body(rows: list[Row]) -> str:
    """Return what the server says in the body of a refusal."""
    bodies = [line["text"].removeprefix("body: ") for line in lines_of(rows) if line["text"].startswith("body: ")]
    return bodies[0].removesuffix("\\n").strip() if bodies else "see what the server says"


def _hide(name: str, value: str) -> str:
    return HIDDEN if name.lower() == "set-cookie" else value
