"""`run_observed`: calls a handler and shows that it ran. `explain` and `complain`: inform the peer that it failed.

`fault_of` finds out whose fault it was.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

from livesock.errors import FAULT, Refused
from livesock.net.http.asked.faults import bad_value
from livesock.net.socketio.handling.handlers import Handler
from livesock.net.socketio.handling.observers import Observers, Occasion, Ran
from livesock.net.socketio.handling.run import GiveWay, hold, run
from livesock.net.socketio.seat import Socket
from livesock.realtime.encoded import Encoded

__all__ = ["complain", "explain", "fault_of", "run_observed"]

Failed = Callable[[str, int, BaseException], None]
"""Keeps what handlers raise; see `Failures.add`."""


async def run_observed(
    observers: Observers[Ran],
    why: Occasion,
    handler: Handler,
    socket: Socket,
    *arguments: Any,
    give_way: GiveWay = hold,
) -> Any:
    """Return or raise what `handler(socket, *arguments)` does, and show the observers that it ran."""
    if not observers:
        return await run(handler, socket, *arguments, give_way=give_way)
    began, outcome, result = time.time(), "failed", None
    try:
        result = await run(handler, socket, *arguments, give_way=give_way)
        outcome = "returned"
    except Refused:
        outcome = "refused"
        raise
    finally:
        name, who = socket.namespace.name, socket.namespace.handlers.who(handler)
        answers = result is not None
        observers.show(Ran(began, why.number, name, who, why.what, socket.id, outcome, answers, why.asked))
    return result


def fault_of(exc: BaseException, arguments: list[Any]) -> Refused | None:
    """Return the refusal that it was if a handler could not use what its peer sent, as a page answers 422.

    `int(text)` for the text "zz", or a model of pydantic that the values do not fill.
    """
    try:
        found = bad_value(exc, NO_BODY, _values(arguments))
    except Exception:  # an exception of the handler's own, which does not let itself be asked
        return None
    return Refused(found[1]) if found is not None else None


NO_BODY = b"\0"
"""No JSON: an event has no body that a handler might read."""


def _values(arguments: list[Any]) -> Iterator[tuple[str, Any]]:
    """Yield each value in the arguments of an event, behind its place."""
    for number, argument in enumerate(arguments, 1):
        waiting = [argument]
        while waiting:
            value = waiting.pop()
            yield f"argument {number}", value
            waiting += value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()


def explain(exc: BaseException, name: str, arguments: list[Any]) -> dict[str, Any]:
    """Return the error in the form of NestJS, with the data of a refusal; the peer does not see other exceptions."""
    message = str(exc) if isinstance(exc, Refused) else FAULT
    data = arguments[0] if len(arguments) == 1 else arguments
    error = {"status": "error", "message": message, "cause": {"pattern": name, "data": data}}
    return error | {"data": exc.data} if isinstance(exc, Refused) and exc.data is not None else error


def complain(socket: Socket, error: dict[str, Any], failed: Failed) -> dict[str, Any]:
    """Send an `exception` event and return the error in it, without the data that cannot be sent."""
    pattern = error["cause"]["pattern"]
    # Without the peer's own data, which may be nested too deep.
    brief = {**error, "cause": {"pattern": pattern, "data": None}}
    briefest = {key: value for key, value in brief.items() if key != "data"}
    for attempt in (error, brief, briefest):
        try:
            encoded = Encoded.event(socket.namespace.name, "exception", (attempt,))
        except (TypeError, ValueError) as exc:
            if attempt is brief:  # the data of a refusal: the handler's mistake
                failed(f'event "{pattern}" in {socket.namespace.name}', socket.line.number, exc)
        else:
            break
    socket.deliver(encoded)
    return attempt
