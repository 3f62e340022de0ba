"""`KernelQuestion`: code that is sent to a kernel over an open WebSocket, and the messages that answer it.

    the page ─► execute_request ─► Jupyter server ─► kernel          Jupyter's messaging, "Execute"
             ◄─ busy, input, output …, reply, idle ◄─

The kernel says everything when it is true, without being asked: one question has many answers.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import threading
import time
from typing import Any, NamedTuple

from livesock.client import Connection

__all__ = ["KernelMessage", "KernelQuestion", "named"]

PATIENCE = 20.0
"""Seconds that a kernel may be silent."""

_numbers = itertools.count(1)


class KernelMessage(NamedTuple):
    """One message that crossed."""

    end: int
    """0: from us, 1: from the kernel."""
    at: float
    """Seconds since the question left."""
    name: str
    size: int
    text: str
    """The message as it was on the wire, its first characters."""


class KernelQuestion(threading.Thread):
    """Begins at once; `messages` grows. Only one may run on a connection at a time: they share its `recv`."""

    def __init__(self, ws: Connection, code: str) -> None:
        super().__init__(name="livesock question", daemon=True)
        self.code = code
        self.id = f"question-{next(_numbers)}"
        self.messages: list[KernelMessage] = []
        self.problem = ""
        self.done = threading.Event()
        self._ws = ws
        self.start()

    def run(self) -> None:
        try:
            self._ask()
            while not {"reply", "idle"} <= {message.name.partition(":")[0] for message in self.messages}:
                self._hear(self._ws.recv(timeout=PATIENCE))
        except TimeoutError:
            self.problem = f"the kernel has said nothing for {PATIENCE:g} s"
        except Exception as exc:
            self.problem = f"the connection is gone: {type(exc).__name__}"
        finally:
            self.done.set()

    def _ask(self) -> None:
        header = {"msg_id": self.id, "msg_type": "execute_request", "session": "livesock", "username": "me"}
        content = {"code": self.code, "silent": False, "store_history": False, "allow_stdin": False}
        parts = {"channel": "shell", "header": header, "parent_header": {}, "metadata": {}, "content": content}
        text = json.dumps(parts)
        self._began = time.monotonic()
        self.messages.append(KernelMessage(0, 0.0, f"run {' '.join(self.code.split())}", len(text), text[:400]))
        self._ws.send(text)

    def _hear(self, text: str | bytes) -> None:
        at = time.monotonic() - self._began
        with contextlib.suppress(ValueError, KeyError, TypeError, AttributeError):  # not a message of Jupyter's
            message = json.loads(text)
            if message["parent_header"].get("msg_id") == self.id:
                shown = text if isinstance(text, str) else text.decode("utf-8", "replace")
                self.messages.append(KernelMessage(1, at, named(message), len(text), shown[:400]))


def named(message: dict[str, Any]) -> str:
    """Return what a message is, in one or two words, with what it brings: `result: 42`."""
    kind, content = str(message["header"]["msg_type"]), message["content"]
    if kind == "status":
        return str(content["execution_state"])
    if kind == "execute_input":
        return "input"
    if kind == "execute_reply":
        return f"reply: {content['status']}"
    if kind == "execute_result":
        return f"result: {content['data'].get('text/plain', 'a picture')}"
    if kind == "stream":
        return f"print: {content['text'].strip()}"
    if kind == "error":
        return f"error: {content['ename']}"
    return kind
