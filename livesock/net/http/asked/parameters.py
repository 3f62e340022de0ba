"""`one_parameter`: a handler gets one argument, and what other libraries give as further ones is in it."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from typing import Any, get_args

from livesock.guards import called_by

__all__ = ["one_parameter"]

_IN_QUERY, _IN_BODY = ("str", "int", "float", "bool"), ("bytes", "dict", "list", "BaseModel")
"""Names of types that FastAPI makes of the query or of the body."""

_WHOLE = re.compile("Request|Socket|Connection|^(Any|object|Protocol)$")
"""Names of types that stand for the one argument itself, of this library or of another one."""


def one_parameter(handler: Callable[..., Any], path: str, name: str, write: str) -> None:
    """Raise `TypeError` for a handler that cannot be called with one argument, or means something else by it.

    Flask calls a handler without any, FastAPI with the parameters of path and query, and older `websockets` with the
    path. `name` is that of the one argument.
    """
    no = "raise ls.Refused('why')" if name == "ws" else 'return ls.Response("no", status=403)'
    called_by(f'the route "{path}"', handler, write=f"write if not allows({name}): {no} in the handler")
    try:
        signature = inspect.signature(handler)
    except (TypeError, ValueError):  # some builtins have none
        return
    parameters = list(signature.parameters.values())
    found = {
        p.name: value for n, p in enumerate(parameters) if (value := _value(p, handler, path, name, is_first=not n))
    }
    where = f"; write {write}" if not found else f": write {write}, and {', '.join(found.values())} in it"
    try:
        signature.bind(None)
    except TypeError:
        more = f"the parameters of the path are in {name}.path_params, those of the query in {name}.query"
        raise TypeError(f"this handler takes {signature}, and is called with one argument{where}; {more}") from None
    if found:
        raise TypeError(f"a handler gets the {name}, not the value of {' and '.join(found)}{where}")


def _value(parameter: inspect.Parameter, handler: Callable[..., Any], path: str, name: str, *, is_first: bool) -> str:
    """Return where a handler finds what FastAPI would give as this parameter, "" if that is the one argument itself."""
    default, has_none = parameter.default, parameter.default is parameter.empty
    is_typed = parameter.annotation is not parameter.empty
    if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
        return ""
    kind = parameter.annotation if is_typed else type(default)
    if isinstance(kind, str):
        kind = getattr(inspect.unwrap(handler), "__globals__", {}).get(kind, kind)
    kinds = [kind, *get_args(kind), *getattr(kind, "__mro__", ())]
    names = [re.match(r"\w*", str(getattr(kind, "__name__", kind)))[0] for kind in kinds]  # type: ignore[index]
    converts = "" if "bool" in names else next((known for known in ("int", "float") if known in names), "")
    in_json = f"{name}.json()" if name == "request" else f"json.loads(await {name}.recv())"
    if name == "ws" and parameter.name == "path" and not is_first:  # as older `websockets` gave it
        return "ws.request.path"
    if f"{{{parameter.name}}}" in path.split("/"):
        value = f"{name}.path_params[{parameter.name!r}]"
    elif not is_first and not is_typed:  # `def page(request, n=n)` keeps a value of the loop around it
        return ""
    elif is_typed and _is_model(kind, handler):
        return f"{kind.__name__}(**{in_json})"
    elif any(known in names for known in _IN_BODY):
        return in_json
    elif any(known in names for known in _IN_QUERY):
        value = (
            f"{name}.query[{parameter.name!r}]" if has_none else f"{name}.query.get({parameter.name!r}, {default!r})"
        )
    else:
        return ""
    return f"{converts}({value})" if converts else value


def _is_model(kind: object, handler: Callable[..., Any]) -> bool:
    """Return whether an annotation is a class that FastAPI would make of the body: its fields, or the caller's own."""
    if not inspect.isclass(kind) or _WHOLE.search(kind.__name__):
        return False
    fields_of = ("__dataclass_fields__", "model_fields", "__struct_fields__", "__attrs_attrs__")
    own = kind.__module__ == getattr(inspect.unwrap(handler), "__module__", None)
    return own or any(hasattr(kind, name) for name in fields_of)
