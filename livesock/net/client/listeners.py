"""`Listeners`: the handlers and waiting calls of one socket.

    the loop's thread                          the handlers' thread           the cell's thread
    heard("moved", [1]) ──┬─ wait() waits? ────────────────────────────────►  (1,)
                          ├─ handlers? ──────► handler(1), its value answers
                          └─ neither: kept, for the next on() or wait()

Handlers run on a thread of their own, one after the other in the order of the events, so that they may block and may
call the socket. What a handler registers or removes holds, as in Node, also for events that have arrived behind its
own. An event without a handler is kept, because servers often send before the next cell has run. A listener of every
event hears what is kept, too; it stays kept for the next `on()` or `wait()` of its name.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from livesock.errors import NotRunning, Refused
from livesock.net.client.answers import failure_as_answer
from livesock.net.client.handler_thread import HandlerThread
from livesock.net.client.kept import Answer, Arrived, Entry, Handler, Kept
from livesock.net.client.leaving import Leaving
from livesock.net.client.loop_objects import refuse_loop_objects
from livesock.net.client.names import check_handler, is_older_self, put
from livesock.net.loop.explain import not_called
from livesock.realtime.reasons import Reason

__all__ = ["LIFE", "Answer", "Handler", "Listeners"]

LIFE = {"connect": "", "disconnect": "reason", "connect_error": "exception"}
"""Our own events, which a server cannot send, and what their handlers are called with."""


class Listeners:
    """The handlers of one socket, the calls that wait, and what is kept. Every method may be called from any thread."""

    def __init__(self, namespace: str, thread: HandlerThread) -> None:
        self._namespace = namespace
        self._thread = thread
        self._lock = threading.Lock()
        self._handlers: dict[str, list[Entry]] = {}
        self._any: list[Entry] = []
        self._waiting: dict[str, deque[Future[tuple[Any, ...]]]] = {}
        self._kept = Kept()
        self._turns: deque[Arrived] = deque()  # what the thread has still to do
        self._is_in = False  # as far as we have heard
        self._undone = 0  # how much of that is not done, with what runs now
        self._leaving = Leaving(lambda: self._undone > 0)

    @property
    def behind(self) -> list[Arrived]:
        """The events that have arrived behind that of the handler which calls us; none for other callers."""
        return list(self._turns) if self._thread.is_current else []

    def on(self, name: str, handler: Handler, *, once: bool = False) -> None:
        """Let `handler` hear the event, and hand over what was kept of it; "connect" now, if we are in."""
        check_handler(name, handler)
        with self._lock:
            heard = [event for event in self.behind if event.name == name and event.is_heard]
            if name == "connect" and self._is_in and not heard:
                heard = [Arrived(name, (), None, [], is_taken=True)]
                self._queue(heard[0])
            for event in heard[:1] if once else heard:
                put(event.handlers, (handler, once))
            if not (once and heard):
                put(self._handlers.setdefault(name, []), (handler, once))
                for event in self._kept.take_all(name) if name not in LIFE else ():
                    self._give(event)

    def off(self, name: str | None = None, handler: Handler | None = None) -> None:
        """Remove `handler` of that name, or of all and of `on_any`; without it every handler there."""

        def left(entries: list[Entry]) -> list[Entry]:
            return [entry for entry in entries if handler not in (None, entry[0])]

        with self._lock:
            self._any = left(self._any) if name is None else self._any
            for one in [*self._handlers] if name is None else [name]:
                if stay := left(self._handlers.pop(one, [])):
                    self._handlers[one] = stay
            lost = []
            for event in self.behind:
                event.listeners[:] = left(event.listeners) if name is None else event.listeners
                if event.handlers and name in (None, event.name):
                    event.handlers = left(event.handlers)
                    if not event.is_heard:
                        lost.append(event)
            self._take_back(lost)

    def on_any(self, handler: Handler) -> None:
        """Let `handler(name, *arguments)` hear every event of the server, first those that are kept."""
        check_handler("any", handler)
        entry = (handler, False)
        with self._lock:
            put(self._any, entry)
            for event in self.behind:
                if event.name not in LIFE and _tell(event, entry):
                    put(event.listeners, entry)
            for event in (event for event in self._kept if event.name not in LIFE):
                if _tell(event, entry):
                    self._queue(Arrived(event.name, event.arguments, None, [entry]))

    def joined(self, *, is_awaited: bool) -> None:
        """Hear that we are in. It is not kept for `wait` if a call `is_awaited` that has joined us."""
        self._leaving.begin()
        with self._lock:
            self._is_in = True
            self._give(Arrived("connect", (), None, [], is_taken=is_awaited))

    def heard(self, name: str, arguments: list[Any], answer: Answer | None = None) -> None:
        """Hand an event to a waiting call or to handlers, or keep it. `answer` answers it, if it is a question."""
        with self._lock:
            self._is_in = self._is_in and name != "disconnect"
            listeners = [*self._any] if name not in LIFE else []
            self._give(Arrived(name, tuple(arguments), answer, listeners, listeners))

    def _give(self, event: Arrived) -> None:
        if waiting := self._waiting.get(event.name):
            _settle(waiting.popleft(), event)
            event.answer, event.is_taken = None, True
        event.handlers = self._handlers.get(event.name, [])
        if stay := [entry for entry in event.handlers if not entry[1]]:
            self._handlers[event.name] = [*stay]
        else:
            self._handlers.pop(event.name, None)
        if not event.is_heard:
            self._kept.add(event)
        if event.handlers or event.listeners or self._turns:
            self._queue(event)

    def _queue(self, event: Arrived) -> None:
        self._turns.append(event)
        self._undone += 1
        self._thread.put(self._next)

    def _take_back(self, lost: list[Arrived]) -> None:
        """Give events that have no handler any more to calls that wait, or keep them in front of what came later."""
        for name in dict.fromkeys(event.name for event in lost):
            waiting, later = self._waiting.get(name, deque()), self._kept.take_all(name)
            for event in [*(event for event in lost if event.name == name), *later]:
                _settle(waiting.popleft(), event) if waiting else self._kept.add(event)

    def wait(self, name: str, timeout: float, why_not: Callable[[], str | None]) -> tuple[Any, ...]:
        """Return the arguments of the oldest event that was kept, or of the next one.

        Raises:
            TimeoutError: If none comes within `timeout` seconds.
            NotRunning: If `why_not` returns a reason why none can come any more.
        """
        future: Future[tuple[Any, ...]] = Future()
        with self._lock:
            if kept := self._kept.take(name):
                _settle(future, kept)
            else:
                may_come = name in LIFE and (self._is_in or name != "disconnect")
                if not may_come and (reason := why_not()):
                    raise NotRunning(reason)
                self._waiting.setdefault(name, deque()).append(future)
        try:
            return future.result(timeout)
        except (TimeoutError, KeyboardInterrupt):
            with self._lock:  # it may have come meanwhile
                if future in self._waiting.get(name, ()):
                    self._waiting[name].remove(future)
            if future.done():
                return future.result()
            raise

    def wait_for_the_end(self, timeout: float | None) -> tuple[Reason]:
        """Return why we have left for good, once that is so. Raises as `Leaving.wait`."""
        return self._leaving.wait(timeout, in_handler=self._thread.is_current)

    def end(self, sentence: str, reason: str) -> None:
        """End the calls that wait for an event, because none will come; those for our own events go on."""
        with self._lock:
            names = [name for name in self._waiting if name not in LIFE]
            futures = [future for name in names for future in self._waiting.pop(name)]
        for future in futures:
            future.set_exception(NotRunning(sentence))
        self._leaving.end(reason)

    def close(self, sentence: str) -> None:
        """End all calls that wait: the socket does not come back."""
        self.end(sentence, "io client disconnect")
        self._leaving.close("io client disconnect")
        with self._lock:
            futures = [future for name in [*self._waiting] for future in self._waiting.pop(name)]
        for future in futures:
            future.set_exception(NotRunning(sentence))

    # -- on the thread of the handlers

    def _next(self) -> None:
        """Let handlers hear the event whose turn it is."""
        event = self._turns[0]
        for listener, _ in [*event.listeners]:
            self._run(event.name, listener, (event.name, *event.arguments))
        with self._lock:
            self._turns.popleft()
        if event.handlers:
            self._answer(event, [handler for handler, _ in event.handlers])
        with self._lock:
            self._undone -= 1
        self._leaving.settle()

    def _answer(self, event: Arrived, handlers: list[Handler]) -> None:
        """Run every handler, and answer a question with the value of the first one."""
        answers = [self._run(event.name, handler, event.arguments) for handler in handlers]
        if event.answer is not None:
            try:
                event.answer(answers[0])
            except (TypeError, ValueError) as exc:  # the handler returned what cannot be sent
                self._thread.failures.add(self._where(event.name), 0, exc)
                event.answer([failure_as_answer(exc, event.name)])

    def _run(self, name: str, handler: Handler, arguments: tuple[Any, ...]) -> list[Any]:
        try:
            refuse_loop_objects(handler)  # also what was not there when it was registered
            value = handler(*arguments)
        except BaseException as exc:  # also SystemExit: no cell is running here
            if isinstance(exc, TypeError):
                not_called(exc, handler, arguments, LIFE.get(name, "*arguments"))
            if not isinstance(exc, Refused):
                self._thread.failures.add(self._where(name), 0, exc)
            return [failure_as_answer(exc, name)]
        if isinstance(value, tuple):
            return list(value)
        return [] if value is None else [value]

    def _where(self, name: str) -> str:
        return f'event "{name}" from {self._namespace}'


def _tell(event: Arrived, entry: Entry) -> bool:
    """Note that a listener will hear the event; return False if it, or its older self, has heard it or will."""
    is_new = not any(is_older_self(old, entry[0]) for old, _ in event.told)
    put(event.told, entry)
    return is_new


def _settle(future: Future[tuple[Any, ...]], event: Arrived) -> None:
    """Give an event to the call that waits for it; if it was a question, the answer is empty."""
    future.set_result(event.arguments)
    if event.answer is not None:
        event.answer([])
