"""`run`: calls a learner's handler, async or plain, after its guards. It knows no socket."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from types import FunctionType, MethodType
from typing import Any

from livesock.errors import Refused
from livesock.guards import GUARDS
from livesock.net.loop.blocking import run_in_thread
from livesock.net.loop.explain import not_called
from livesock.net.socketio.handling.habits import check_allowed
from livesock.net.socketio.handling.handlers import Handler

__all__ = ["GiveWay", "NotRun", "StepHandler", "ask", "hold", "run"]

GiveWay = Callable[[], None]
"""Lets the peer's next event begin; see `Place.give_way`."""


class NotRun(Refused):
    """A handler was not called: what a peer sent does not fit. `why` is for the server's log.

    `write` is what the handler may have meant.
    """

    def __init__(self, handler: Handler, refusal: Refused, write: str = "") -> None:
        super().__init__(str(refusal), refusal.data)
        name = getattr(handler, "__qualname__", "handler").rpartition("<locals>.")[2]
        self.why = f"{name} did not run: {refusal}{f'; {write}' if write else ''}"


def hold() -> None:
    """Give no way: more of the handlers that run for an event follow."""


class StepHandler:
    """A handler of several steps, such as guards before a method: it gives way when the last of them begins."""

    async def steps(self, give_way: GiveWay, *arguments: Any) -> Any:
        """Run the steps one after the other and return what the last one returns."""
        raise NotImplementedError

    def __call__(self, *arguments: Any) -> Any:
        """Run the steps outside of any order."""
        return self.steps(hold, *arguments)


async def ask(guards: Iterable[Handler], *arguments: Any) -> None:
    """Raise `Refused` if one of the guards does not allow what follows."""
    for allows in guards:
        allowed = await run(allows, *arguments)
        check_allowed(allowed)
        if not allowed:
            raise Refused("Forbidden resource")


async def run(handler: Handler, *arguments: Any, give_way: GiveWay = hold, is_asked: bool = False) -> Any:
    """Return what `handler(*arguments)` returns, or raise its exception; its guards are asked first, or were.

    A plain handler runs on a thread, where it may block; the peer's next event begins when it has returned. An async
    one runs on the loop: it gives way first, and the next event begins as soon as it waits, because until then nothing
    else runs on the loop.
    """
    if isinstance(handler, StepHandler):
        return await handler.steps(give_way, *arguments)
    if not is_asked and (guards := getattr(handler, GUARDS, None)):
        await ask(guards, *arguments)
    try:
        if _is_async(handler):
            give_way()
            return await handler(*arguments)
        result = await run_in_thread(handler, *arguments)
        if not inspect.isawaitable(result):
            return result
        give_way()
        return await result
    except TypeError as exc:
        not_called(exc, handler, arguments, "socket, *arguments")
        raise


def _is_async(handler: Handler) -> bool:
    """Whether it is an `async def`; for most handlers one look at their code says so, a tenth of the whole question."""
    if isinstance(handler, (FunctionType, MethodType)) and handler.__code__.co_flags & inspect.CO_COROUTINE:
        return True
    return inspect.iscoroutinefunction(handler)
