"""Values of an event, as the code has them that gives or returns them, for the line that an error advises."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Sequence

from livesock.advice.spelled import caller
from livesock.advice.written import call_at, is_literal

__all__ = ["as_dict", "event_written_in", "of_a_tuple", "with_values"]


def with_values(text: str, name: object, values: Sequence[object]) -> str:
    """Return `text` with the values of the caller's `emit("name", 1, callback)` in its `.call('name', …)`.

    As it is where the code is not known, or where one of the `values` is a tuple, of which another line speaks.
    """
    node = call_at(caller())
    given = node.args[1:] if node is not None else []
    is_plain = not any(isinstance(one, tuple) for one in values) and not any(isinstance(x, ast.Starred) for x in given)
    if node is None or not given or not is_plain:
        return text
    callbacks = [word for word in node.keywords if word.arg in ("callback", "ack")]
    values = "".join(f", {ast.unparse(one)}" for one in (given if callbacks else given[:-1]))
    return text.replace(f".call({name!r:.40}, …", f".call({name!r:.40}{values}")


def of_a_tuple(values: tuple[object, ...]) -> str:
    """Return the values of a tuple as the caller's code has them, `name, text` of `emit("say", (name, text))`.

    A tuple that is a variable there is `*pair`; where the code is not known the values stand, if they are short.
    """
    node = call_at(caller())
    words = [word.value for word in node.keywords if word.arg == "data"] if node is not None else []
    given = [*node.args[1:], *words] if node is not None else []
    for argument in given:
        if isinstance(argument, ast.Tuple):
            return ", ".join(map(ast.unparse, argument.elts))
    if len(given) == 1 and isinstance(given[0], ast.Name | ast.Attribute | ast.Subscript):
        return f"*{ast.unparse(given[0])}"
    shown = ", ".join(map(repr, values)) if all(type(value) in (int, float, str) for value in values) else ""
    return shown if 0 < len(shown) <= 60 else "1, 2"


def event_written_in(function: object, event: dict[str, object]) -> str:
    """Return the arguments of a `Reply` for NestJS's `{"event": "name", "data": item}`, as the function has written it.

    >>> event_written_in(None, {"event": "name", "data": 1})
    "'name', …"
    """
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(function)))  # type: ignore[arg-type]  # raises for others
    except (OSError, SyntaxError, TypeError):
        tree = ast.Module([], [])
    for node in ast.walk(tree):
        if isinstance(node, ast.Return | ast.Yield) and isinstance(node.value, ast.Dict):
            names = [key.value if isinstance(key, ast.Constant) else None for key in node.value.keys]
            found = {name: ast.unparse(value) for name, value in zip(names, node.value.values, strict=True)}
            if found.keys() == {"event", "data"} and found["event"] in (
                repr(event["event"]),
                *_codes(found["event"]),
            ):
                data = as_dict(event["data"], called=found["data"]).partition(", with")[0] or found["data"]
                return f"{found['event']}, {data}"
    return f"{event['event']!r:.40}, …"


def _codes(code: str) -> list[str]:
    """Return the code itself if it is no constant, and so may have any value."""
    return [] if is_literal(code) else [code]


def as_dict(value: object, write: str = "{}", called: str = "item") -> str:
    """Return the code that makes a dict of a model of pydantic, a dataclass or a struct, "" for anything else.

    `write` is the code in which it stands, in place of {}, and `called` that of the value.
    """
    kind = type(value)
    if kind is type:
        return ""
    if hasattr(value, "model_dump"):
        return write.format(f"{called}.model_dump()")
    known = {"dataclasses.asdict": "__dataclass_fields__", "msgspec.to_builtins": "__struct_fields__"}
    call = next((call for call, fields in known.items() if hasattr(kind, fields)), "")
    return f"{write.format(f'{call}({called})')}, with import {call.partition('.')[0]} at the top" if call else ""
