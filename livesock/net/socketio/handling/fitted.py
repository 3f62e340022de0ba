"""`fitting`: lets a function get what peers send as its annotations want it.

@server.of("/").on("order")
def order(socket, it: Order): ...      runs with an Order, or not at all: the peer is told what was expected
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from livesock.errors import Refused
from livesock.guards import GUARDS
from livesock.net.socketio.handling.handlers import Handler
from livesock.net.socketio.handling.run import GiveWay, NotRun, StepHandler, ask, run

if TYPE_CHECKING:
    from livesock.net.socketio.handling.arguments import Arguments

__all__ = ["Fitted", "fitting", "made_to_fit"]


class Fitted(StepHandler):
    """A function whose arguments fit its annotations before it runs; of these, `given` are those that no peer sends."""

    def __init__(self, handler: Handler, arguments: Arguments, given: int) -> None:
        functools.update_wrapper(self, handler)
        self._handler, self._arguments, self._given = handler, arguments, given

    async def steps(self, give_way: GiveWay, *arguments: Any) -> Any:
        """Ask the guards, check the arguments, run the function."""
        if guards := getattr(self._handler, GUARDS, None):
            await ask(guards, *arguments)
        checked = made_to_fit(self._handler, self._arguments, arguments[self._given :])
        return await run(self._handler, *arguments[: self._given], *checked, give_way=give_way, is_asked=True)


def fitting(handler: Handler, given: int) -> Handler:
    """Return `handler` as one that checks what peers send if it annotates any of that, and otherwise as it is.

    Raises:
        TypeError: If an annotation cannot be checked.
    """
    try:
        parameters = list(inspect.signature(handler).parameters.values())
    except (TypeError, ValueError):  # a builtin without a signature
        return handler
    if all(parameter.annotation is parameter.empty for parameter in parameters[given:]):
        return handler
    from livesock.net.socketio.handling.arguments import Arguments  # brings msgspec, a quarter of an import of livesock

    arguments = Arguments(handler, given)
    return Fitted(handler, arguments, given) if arguments.are_annotated else handler


def made_to_fit(handler: Handler, arguments: Arguments, sent: Sequence[Any]) -> list[Any]:
    """Return what a peer sent as `handler` wants it.

    Raises:
        NotRun: If it does not fit.
    """
    try:
        return arguments.fitted(sent)
    except Refused as exc:
        raise NotRun(handler, exc, getattr(exc, "write", "")) from None
