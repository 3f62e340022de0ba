"""`explain` and `not_called`: what Python says of a habit of another library, and what to write instead.

TypeError: data is a dict-like object                        websockets, of await ws.send({"a": 1})
TypeError: … : write await ws.send(json.dumps(value))        as it stands in server.errors
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from livesock.wire.strictjson import SENDABLE

__all__ = ["AT_ONCE", "explain", "not_called"]

AT_ONCE = "emit, join, leave and disconnect act at once and return None; leave await out"

_PYTHON = {
    "object NoneType can't be used in 'await'": AT_ONCE,
    "can't be used in 'await'": "the value is there already: leave await out",
    "'coroutine'": "write await in front of the call that made it",
    '"coroutine"': "write await in front of the call that made it",
    "not coroutine": "write await in front of the call that made it",
    "data is a dict-like object": "write await ws.send(json.dumps(value))",
    "data must be str, bytes, iterable": "write await ws.send(json.dumps(value))",
    "of type method is not JSON": "a method needs its brackets, such as request.json()",
    "of type coroutine is not JSON": "write await in front of the call",
    "is not JSON serializable": SENDABLE,
    "'method' object is not subscriptable": "a method needs its brackets, such as request.json()",
    "'bytes' object is not callable": "it is a value: leave the brackets out",
    "'dict' object is not callable": "it is a value: leave the brackets out",
    "'str' object is not callable": "it is a value: leave the brackets out",
    "'SocketHandshake' object is not subscriptable": "write socket.handshake.auth, .headers, .query or .address",
    "'str' object has no attribute 'type'": "a message is a str or bytes itself",
    "'str' object has no attribute 'data'": "a message is a str or bytes itself",
    "invalid status code": "write close(1000), or a code of your own from 4000 to 4999",
}
"""What Python and `websockets` say of a habit, and what to write instead; the first that fits."""


def explain(exc: BaseException) -> None:
    """Add to an error's own words what to write, if they are those of a known habit."""
    words = str(exc)
    if exc.args == (words,):
        sentence = next((write for part, write in _PYTHON.items() if part in words), None)
        if sentence is not None and sentence not in words:
            exc.args = (f"{words}: {sentence}",)


def not_called(exc: TypeError, handler: Callable[..., Any], arguments: tuple[Any, ...], given: str) -> None:
    """Add to an error what a handler is called with, if its parameters are why it could not be called."""
    try:
        inspect.signature(handler).bind(*arguments)
    except TypeError:
        rule = f"it was called with ({given}), {len(arguments)} in all, and answers with what it returns"
        is_list = bool(arguments) and isinstance(arguments[-1], list)
        exc.args = (f"{exc}: {rule}{'; a list is one value' if is_list else ''}",)
    except ValueError:  # a builtin without a signature
        return
