"""What the answer to a question says besides its value: that the handler failed, the server's or our own."""

from __future__ import annotations

import ast
from typing import Any

from livesock.advice.spelled import caller
from livesock.advice.written import call_at, tree_of
from livesock.errors import FAULT, Refused
from livesock.net.loop.habits import warn
from livesock.realtime.awaited_acks import ErrorAnswer

__all__ = ["failure_as_answer", "held_up", "warn_of_failure"]

NEAR = 5
"""Lines below a question in which its answer's status may be asked for."""


def warn_of_failure(name: str, answer: Any) -> None:
    """Warn if `answer` is the error of a handler that failed: it is true, as a good answer is.

    A refusal is a decision of the server, and so an answer like any other. Code that asks for the status knows.
    """
    if not isinstance(answer, ErrorAnswer) or answer["message"] != FAULT:
        return
    frame = caller()
    nodes = [node for node in ast.walk(tree_of(frame) or ast.Module([], [])) if isinstance(node, ast.Constant)]
    if not any(node.value == "status" and 0 <= node.lineno - frame.f_lineno <= NEAR for node in nodes):
        warn(
            f'the server\'s handler of "{name:.40}" failed, and this answer is its error, which is true in an if: '
            'write if isinstance(answer, dict) and answer.get("status") == "error": …; why it failed is in the log of '
            "the server, and in server.errors"
        )


def held_up(exc: TimeoutError, behind: list[str]) -> TimeoutError:
    """Return the error of a question without an answer; in a handler with the events that wait `behind` its own.

    Handlers run one after the other, and the server may be waiting for what one of the next ones says.
    """
    if not behind:
        return exc
    call = call_at(caller())
    asks = ast.unparse(call) if call is not None else "point.call('name', …)"
    names = ", ".join(f'"{name:.40}"' for name in dict.fromkeys(behind[:5]))
    return TimeoutError(
        f"{exc}; while this handler waits, no other one of this client runs, and {names} is there: write def later(): "
        f"answer = {asks}, and threading.Thread(target=later, daemon=True).start(), with import threading"
    )


def failure_as_answer(exc: BaseException, name: str) -> dict[str, Any]:
    """Return what answers a question whose handler has raised."""
    message = str(exc) if isinstance(exc, Refused) else "Internal client error"
    error = {"status": "error", "message": message, "cause": {"pattern": name}}
    return error | {"data": exc.data} if isinstance(exc, Refused) and exc.data is not None else error
