"""`written_call`: the call that another library would understand, as its author wrote it.

    server.emit("news", text, to=users[name])     the call: users[name] is "TG2IqjCp2-i8RordcfBR" this time
    server.of('/').to(users[name]).emit('news', …)       what the error says to write: it is right the next time, too

Python knows for each instruction which lines and columns it was made of (PEP 657); the text comes from the source.
"""

from __future__ import annotations

import ast
import inspect
import linecache
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from types import FrameType
from typing import NamedTuple, TypeVar

from livesock.advice.spelled import caller

__all__ = [
    "Code",
    "WrittenCall",
    "assigned",
    "assigned_from",
    "attribute_of",
    "callback_as_written",
    "definition",
    "has_text",
    "is_literal",
    "made_as",
    "namespace_given_to",
    "namespace_in",
    "node_at",
    "on_a_thread",
    "or_",
    "tree_of",
    "written_call",
]

Node = TypeVar("Node", bound=ast.expr)


class Code(str):
    """An expression, which stands in a line as it is."""

    def __repr__(self) -> str:
        return str(self)


class WrittenCall(NamedTuple):
    """A call of a function of this package."""

    keywords: dict[str, Code]
    """Its keyword arguments; empty if no source is known."""
    is_async: bool
    """Whether it stands in an `async def`, and so may stand behind `await`."""
    places: list[Code]
    """Its other arguments."""
    receiver: ast.expr | None = None
    """In front of the dot; None if no source is known, or there is no dot."""
    is_known: bool = False
    """Whether its source is known."""

    def steps(self, name: str) -> list[Code] | None:
        """Return the arguments of all steps `.name(…)` in front of its dot; None if one of the steps is not known."""
        found: list[Code] = []
        node = self.receiver
        while isinstance(node, ast.Attribute | ast.Call):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                is_to = node.func.attr == name or (name == "to" and node.func.attr == "in_")
                found[:0] = [Code(ast.unparse(one)) for one in node.args] if is_to else []
                node = node.func
            elif isinstance(node, ast.Attribute):
                node = node.value
            else:
                return None
        return found

    @property
    def several(self) -> str:
        """Return `a, b` for the only value of an event if that is the tuple `(a, b)`, and "" for another value."""
        node = ast.parse(self.places[1], mode="eval").body if len(self.places) == 2 else None
        return ", ".join(map(ast.unparse, node.elts)) if isinstance(node, ast.Tuple) else ""

    @property
    def variable(self) -> Code | None:
        """Return the variable or attribute in front of its dot, None if something else stands there."""
        node = self.receiver
        while isinstance(node, ast.Attribute):
            node = node.value
        return Code(ast.unparse(self.receiver)) if isinstance(node, ast.Name) and self.receiver is not None else None


def written_call() -> WrittenCall:
    """Return the call through which the nearest function outside this package has come here."""
    frame = caller()
    is_async = bool(frame.f_code.co_flags & inspect.CO_COROUTINE)
    node = call_at(frame)
    if node is None:
        return WrittenCall({}, is_async, [])
    keywords = {name: Code(ast.unparse(value)) for name, value in _keywords(node, frame)}
    places = [Code(ast.unparse(value)) for value in node.args]
    receiver = node.func.value if isinstance(node.func, ast.Attribute) else None
    return WrittenCall(keywords, is_async, places, receiver, is_known=True)


def assigned(else_: str) -> str:
    """Return `server = app` for the caller's `server = ls.serve(app)`, and `else_` if it is not known."""
    frame = caller()
    tree = tree_of(frame)
    call = node_at(frame, ast.Call, tree)
    for node in ast.walk(tree) if tree is not None else ():
        if isinstance(node, ast.Assign) and node.value is call and call is not None and call.args:
            return f"{ast.unparse(node.targets[0])} = {ast.unparse(call.args[0])}"
    return else_


def assigned_from(*names: str) -> dict[str, str]:
    """Return the variables of the caller's code that hold what a function of these names returns, with their lines."""
    tree = tree_of(caller()) or ast.Module([], [])
    made = [node for node in ast.walk(tree) if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call)]
    found = {}
    for node in made:
        called = ast.unparse(node.value.func) if isinstance(node.value, ast.Call) else ""
        if called.rpartition(".")[2] in names and isinstance(node.targets[0], ast.Name):
            found[node.targets[0].id] = made_as(node)
    return found


def attribute_of() -> str:
    """Return what stands in front of the dot that the caller is at, `client.data` of `client.data.name`, or ""."""
    frame = caller()
    node = node_at(frame, ast.Attribute, tree_of(frame))
    return ast.unparse(node.value) if node is not None and "(" not in ast.unparse(node.value) else ""


def callback_as_written(callback: object) -> str:
    """Return the caller's code for a callback that it gives, `results.put`; its name if the code is not known."""
    node = call_at(caller())
    words = [word.value for word in node.keywords if word.arg in ("callback", "ack")] if node is not None else []
    given = [*words, *(node.args[-1:] if node is not None else [])]
    if given and isinstance(given[0], ast.Name | ast.Attribute | ast.Lambda):
        code = ast.unparse(given[0])
        return f"({code})" if isinstance(given[0], ast.Lambda) else code
    name = getattr(callback, "__name__", "f")
    return name if name.isidentifier() else "f"


def namespace_given_to(name: str) -> str:
    """Return what the caller's code gives to a class of its own, `Chat("/chat")`, and "/point" if it gives nothing."""
    return namespace_in(tree_of(caller()) or ast.Module([], []), name) or "/point"


def namespace_in(tree: ast.Module, name: str) -> str | None:
    """Return the namespace that a program gives to a class, None if it gives nothing."""
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call) and ast.unparse(node.func) == name)
    given = ([*node.args, *(word.value for word in node.keywords)] for node in calls)
    texts = (one.value for values in given for one in values if isinstance(one, ast.Constant))
    return next((text for text in texts if isinstance(text, str) and text.startswith("/")), None)


def on_a_thread() -> str:
    """Return what to write for a call that blocks, in an `async def` of another loop than the server's."""
    node = call_at(caller())
    given = "server.of('/').call, 'name', …"
    if node is not None:
        given = ", ".join(map(ast.unparse, [node.func, *node.args, *node.keywords]))
    return f"outside of the server's loop this call blocks until it is done: write await asyncio.to_thread({given})"


def definition(function: ast.FunctionDef | ast.AsyncFunctionDef, parameters: str) -> str:
    """Return how a function of the program begins if it takes these parameters: `async def move(socket, x): …`."""
    return f"{'async ' * isinstance(function, ast.AsyncFunctionDef)}def {function.name}({parameters}): …"


def call_at(frame: FrameType) -> ast.Call | None:
    return node_at(frame, ast.Call, tree_of(frame))


def tree_of(frame: FrameType) -> ast.Module | None:
    """Return the code of the file or cell that a frame is in; None if it is not known."""
    linecache.checkcache(frame.f_code.co_filename)  # a module that was changed and imported again
    return _parsed("".join(linecache.getlines(frame.f_code.co_filename, frame.f_globals)))


@lru_cache(maxsize=2)  # one error asks several times
def _parsed(source: str) -> ast.Module | None:
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError):  # a file that was changed since, or is no Python
        return None


def node_at(frame: FrameType, kind: type[Node], tree: ast.Module | None) -> Node | None:
    """Return the expression of this kind that a frame is at, in the code that it is in; None if there is none."""
    place = next(islice(frame.f_code.co_positions(), frame.f_lasti // 2, None), None)
    for node in ast.walk(tree) if tree is not None else ():
        if isinstance(node, kind) and place == (node.lineno, node.end_lineno, node.col_offset, node.end_col_offset):
            return node
    return None


def _keywords(node: ast.Call, frame: FrameType) -> Iterator[tuple[str, ast.expr]]:
    """Yield the keywords of a call with their values; of `**options` each is `options["name"]`."""
    for word in node.keywords:
        if word.arg is not None:
            yield word.arg, word.value
        elif isinstance(word.value, ast.Dict):
            for key, value in zip(word.value.keys, word.value.values, strict=True):
                if isinstance(key, ast.Constant) and isinstance(key.value, str):
                    yield key.value, value
        elif isinstance(word.value, ast.Name):
            options = frame.f_locals.get(word.value.id, frame.f_globals.get(word.value.id))
            for name in options if isinstance(options, dict) else ():
                yield name, ast.Subscript(word.value, ast.Constant(name), ast.Load())


def has_text(node: ast.expr) -> bool:
    """Return whether a value is written with a text in it, `{"token": "abc"}` but not `{"token": token}`."""
    parts = node.values if isinstance(node, ast.Dict) else [node]
    inner = (one.value for part in parts for one in ast.walk(part) if isinstance(one, ast.Constant))
    return any(isinstance(one, str | bytes) for one in inner)


def made_as(node: ast.Assign) -> str:
    """Return `server = ls.serve(…)` for a line that keeps what a call returns: its arguments may be secrets."""
    call = node.value
    given = isinstance(call, ast.Call) and (call.args or call.keywords)
    made = ast.unparse(call.func) if isinstance(call, ast.Call) else ast.unparse(call)
    return f"{ast.unparse(node.targets[0])} = {made}({'…' if given else ''})"


def is_literal(code: str) -> bool:
    """Return whether an expression has the same value every time."""
    try:
        ast.literal_eval(code)
    except (SyntaxError, ValueError):
        return False
    return True


def or_(code: str, more: str) -> Code:
    """Return `code` with an operator behind it, in brackets if it needs them."""
    is_atom = isinstance(ast.parse(code, mode="eval").body, ast.Name | ast.Attribute | ast.Subscript | ast.Call)
    return Code(f"{code} {more}" if is_atom else f"({code}) {more}")
