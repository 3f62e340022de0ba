"""`run`: calls a learner's handler, whatever kind of function it is. `complain`: tells the peer that it failed."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from livesock.net.encoded import Encoded
from livesock.net.threads import run_in_thread

if TYPE_CHECKING:
    from livesock.net.seat import Socket

__all__ = ["complain", "run"]


async def run(socket: Socket, handler: Callable[..., Any], *arguments: Any) -> Any:
    """Return what `handler(*arguments)` returns, or raise its exception.

    An async handler runs on the loop; those of one peer begin in the order of its events and overlap while they wait.
    A plain one runs on a thread, where it may block; those of one peer run one after the other, in order.
    """
    if inspect.iscoroutinefunction(handler):
        return await handler(*arguments)
    async with socket.in_order:
        result = await run_in_thread(handler, *arguments)
    return await result if inspect.isawaitable(result) else result


def complain(socket: Socket, error: dict[str, Any]) -> dict[str, Any]:
    """Send an `exception` event and return what it holds: the error, without the data if those are too deep for it."""
    try:
        encoded = Encoded.event(socket.namespace.name, "exception", (error,))
    except (TypeError, ValueError):
        error = {**error, "cause": {**error["cause"], "data": None}}
        encoded = Encoded.event(socket.namespace.name, "exception", (error,))
    socket.deliver(encoded)
    return error
