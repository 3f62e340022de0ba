"""`events_as_written`: the handlers that a client registers as in python-socketio, each as it is written here.

@sio.event                          @sio.on('news') above def news(text): …
async def news(text): …
@sio.event(namespace="/chat")       @sio.of('/chat').on('news') above def news(text): …
def news(text): …
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from livesock.advice.spelled import caller
from livesock.advice.written import node_at, tree_of
from livesock.net.client.listeners import LIFE

__all__ = ["events_as_written"]


def events_as_written(namespace: str) -> str | None:
    """Return what to write for all `@sio.event` of the program that has led here, None if there is none.

    `namespace` is that of the socket which it has asked.
    """
    frame = caller()
    tree = tree_of(frame)
    here = node_at(frame, ast.Attribute, tree)
    lines = list(dict.fromkeys(_lines(tree, here, namespace))) if tree is not None and here is not None else []
    if not lines:
        return None
    return "\n  ".join(["handlers are plain functions, below the name of their event: write", *lines])


def _lines(tree: ast.Module, here: ast.Attribute, namespace: str) -> Iterator[str]:
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    for function in functions:
        for mark in function.decorator_list:
            call = mark if isinstance(mark, ast.Call) else None
            register = call.func if call else mark
            if not isinstance(register, ast.Attribute) or ast.dump(register) != ast.dump(here):
                continue
            given = next((word.value for word in call.keywords if word.arg == "namespace"), None) if call else None
            is_another = given is not None and ast.unparse(given) != repr(namespace)
            of = f".of({ast.unparse(given)})" if is_another and given is not None else ""
            parameters = _parameters(function)
            yield f"@point{of}.on({function.name!r}) above def {function.name}({parameters}): …{_note(function.name)}"


def _parameters(function: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    """Return the parameters that a handler has here, as code: ours are called with what they are called with here."""
    return LIFE.get(function.name, ast.unparse(function.args))


def _note(name: str) -> str:
    return ", which runs now and at each reconnection" if name == "connect" else ""
