"""`emits_as_written`: what a handler says with keywords of another library, each as it is written here.

    await sio.emit("say", text, room=room, skip_sid=sid)
    server.of("/").to(room).except_(socket.id).emit("say", text)

The error of the first handler has them, too: else each would fail when its event comes.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Collection, Iterator
from typing import Any

from livesock.advice.spelled import caller
from livesock.advice.written import Code, has_text, is_literal, tree_of
from livesock.net.loop.explain import ON_GATEWAY
from livesock.net.socketio.handling.keywords import instead_of_keywords

__all__ = ["emits_as_written", "inside_of_gateway"]

_ROOMS = ("to", "room")
_PLAIN = (*_ROOMS, "skip_sid", "include_self", "broadcast", "namespace")
"""Keywords whose meaning is known without their values."""

_OWN = ("sid", "_sid", "request.sid")
"""How the code calls the peer of its handler."""


def emits_as_written(function: ast.AST, of: str, owners: Collection[str], own: Collection[str] = _OWN) -> Iterator[str]:
    """Yield a line for each `emit` and `call` in a handler of the namespace `of` that has keywords of another library.

    `owners` is how the code calls its server, `own` how it calls the peer of the handler: empty for a function that is
    no handler, and so has no socket.
    """
    awaited = {node.value for node in ast.walk(function) if isinstance(node, ast.Await)}
    calls = [node for node in ast.walk(function) if isinstance(node, ast.Call)]
    for call in sorted(calls, key=lambda one: (one.lineno, one.col_offset)):
        made, words = call.func, {word.arg: word.value for word in call.keywords}
        if not isinstance(made, ast.Attribute) or ast.unparse(made.value) not in owners:
            continue
        if made.attr == "call" and "to" in words and call.args:
            yield _question(call, of, own, is_async=isinstance(function, ast.AsyncFunctionDef))
        if made.attr == "disconnect" and call.args:
            sid = ast.unparse(call.args[0])
            place = "socket" if sid in own else f"{of}.to({sid})"
            yield f"{place}.disconnect() for {'await ' * (call in awaited)}{ast.unparse(call)}"
        if made.attr != "emit":
            continue
        is_right = not words and call not in awaited and "self" not in owners
        if is_right or not call.args or any(name not in _PLAIN for name in words):
            continue
        given = {str(name): _meant(str(name), ast.unparse(value), own) for name, value in words.items()}
        if f'server.of("{given.get("namespace")}")' == of:
            del given["namespace"]
        event = ast.unparse(call.args[0])
        speaker = of
        if any(given.get(name) == [Code("socket.id")] for name in _ROOMS):  # to the peer itself
            speaker, given = "socket", {name: value for name, value in given.items() if name not in _ROOMS}
        write = instead_of_keywords("emit", given, speaker, Code(event)) if given else f"{speaker}.emit({event}, …)"
        named = ", ".join(f"{name}={ast.unparse(value)}" for name, value in words.items())
        written = f"{'await ' * (call in awaited)}{ast.unparse(made)}({event}, …{', ' * bool(words)}{named:.60})"
        yield f"{write.replace(f'({event}, …)', f'({event}{_values(call, own)})')} for {written}"


def _question(call: ast.Call, of: str, own: Collection[str], *, is_async: bool) -> str:
    """Return how a question to one peer is written: `sio.call("age", to=sid)`."""
    words = {word.arg: ast.unparse(word.value) for word in call.keywords}
    asks = f".call({ast.unparse(call.args[0])}{_values(call, own)}"
    limit = words.get("timeout")
    wait = "await " * is_async
    place = f"server.of({words['namespace']})" if "namespace" in words else of
    if words["to"] in own:
        write = f"answer = {wait}socket{asks}{f', timeout={limit}' if limit else ''})"
    else:
        write = f"(answer,) = {wait}{place}.to({words['to']}){f'.timeout({limit})' if limit else ''}{asks})"
    return f"{write} for {ast.unparse(call.func)}({ast.unparse(call.args[0])}, …, to={words['to']:.60})"


def inside_of_gateway(gateway: object) -> list[str]:
    """Return a line for what the methods of a class use of the base that it has elsewhere: `self.enter_room()`."""
    cls = type(gateway)
    tree = tree_of(caller()) or ast.Module([], [])
    body = next((one for one in ast.walk(tree) if isinstance(one, ast.ClassDef) and one.name == cls.__name__), tree)
    methods = [one for one in ast.walk(body) if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)]
    emits = [
        line
        for one in methods
        for line in emits_as_written(one, "self.namespace", {"self"}, _OWN if one.name.startswith("on_") else ())
    ]
    own = [node for node in ast.walk(body) if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "self"]
    kept = {node.attr for node in own if isinstance(node.ctx, ast.Store)}  # such as self.rooms = {}
    used = dict.fromkeys(node.attr for node in sorted(own, key=lambda one: (one.lineno, one.col_offset)))
    others = [
        f"self.{name}(): {write}"
        for name in used
        if not hasattr(gateway, name) and name not in kept and not (name == "emit" and emits)
        if (write := ON_GATEWAY.get(name))
    ]
    inner = [node for one in methods for part in one.body for node in ast.walk(part)]
    ids = ["socket.id for sid"] if any(isinstance(node, ast.Name) and node.id == "sid" for node in inner) else []
    return [*ids, *emits, *others]


def _values(call: ast.Call, own: Collection[str]) -> str:
    """Return the values behind the name of an event; one with a text in it, which may be a secret, is …"""
    given = call.args[1:]
    if len(given) == 1 and isinstance(given[0], ast.Tuple):
        given = given[0].elts
    return "".join(f", {'…' if has_text(one) else _with_socket(one, own)}" for one in given)


def _with_socket(value: ast.expr, own: Collection[str]) -> str:
    """Return a value with `socket.id` in place of each name that the code has for the peer: `{"sid": sid}`."""

    class Renamed(ast.NodeTransformer):
        def visit(self, node: ast.AST) -> Any:
            is_own = isinstance(node, ast.Name | ast.Attribute) and ast.unparse(node) in own
            return ast.Name("socket.id") if is_own else self.generic_visit(node)

    return ast.unparse(Renamed().visit(copy.deepcopy(value)))


def _meant(name: str, code: str, own: Collection[str]) -> object:
    """Return what stands for a value in the line: a constant itself, and any other as it is written."""
    if is_literal(code):
        return ast.literal_eval(code)
    if name in (*_ROOMS, "skip_sid"):
        return [Code("socket.id" if code in own else code)]
    return Code(code)
