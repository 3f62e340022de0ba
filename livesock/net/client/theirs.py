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
    if not any(" above def " in line for line in lines):
        return None
    return "\n  ".join(["handlers are plain functions, below the name of their event: write", *lines])


def _lines(tree: ast.Module, here: ast.Attribute, namespace: str) -> Iterator[str]:
    """Yield the lines of the functions below `@sio.event` and `@sio.on`, and of what is said with a namespace."""
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    handled: list[str] = []
    of_all: list[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]] = []
    for function in functions:
        for mark in function.decorator_list:
            call = mark if isinstance(mark, ast.Call) else None
            register = call.func if call else mark
            if not isinstance(register, ast.Attribute) or ast.dump(register.value) != ast.dump(here.value):
                continue
            of = _of(call, namespace)
            name = ast.unparse(call.args[0]) if register.attr == "on" and call and call.args else repr(function.name)
            if name == "'*'":
                of_all.append((of, function))
                continue
            handled += [name] if function.name not in LIFE else []
            if register.attr == here.attr or (register.attr == "on" and call and call.keywords):
                head = f"def {function.name}({_parameters(function)}): …{_note(function.name)}"
                yield f"@point{of}.on({name}) above {head}"
    for of, function in of_all:
        first, given = (ast.unparse(function.args).split(",")[0], ast.unparse(function.args))
        others = f", and in it if {first} in ({', '.join(dict.fromkeys(handled))},): return" if handled else ""
        also = "hears those that have a handler as well"
        yield f"@point{of}.on_any above def {function.name}({given}): …, which {also}{others}"
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        made = call.func
        if not isinstance(made, ast.Attribute) or made.attr not in ("emit", "call"):
            continue
        if ast.dump(made.value) == ast.dump(here.value) and _namespace(call) is not None:
            yield f"point{_of(call, namespace)}.{made.attr}(…) for point.{made.attr}(…, namespace={_namespace(call)})"


def _namespace(call: ast.Call | None) -> str | None:
    words = call.keywords if call is not None else []
    return next((ast.unparse(word.value) for word in words if word.arg == "namespace"), None)


def _of(call: ast.Call | None, namespace: str) -> str:
    """Return `.of("/chat")` for a call with that namespace, "" for the socket's own or none."""
    given = _namespace(call)
    return f".of({given})" if given is not None and given != repr(namespace) else ""


def _parameters(function: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    """Return the parameters that a handler has here, as code: ours are called with what they are called with here."""
    return LIFE.get(function.name, ast.unparse(function.args))


def _note(name: str) -> str:
    return ", which runs now and at each reconnection" if name == "connect" else ""
