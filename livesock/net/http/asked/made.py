"""`converted_by_msgspec`: the code that makes a value of JSON, as `one_parameter` advises it.

item: Item           msgspec.convert(request.json(), Item)           a dataclass, a TypedDict, a msgspec.Struct
tags: list[str]      msgspec.convert(request.json(), list[str])
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable
from typing import Any

from livesock.net.loop.places import kind_as_written

__all__ = ["as_ours", "converted_by_msgspec", "to_import"]

_MODULES = ("contextlib", "json", "msgspec", "threading")
"""Modules that the lines for a handler may need."""


def converted_by_msgspec(kind: Any, json: str, known: dict[str, Any]) -> str:
    """Return the code that makes a value of the code `json` and checks all of it; "" for a kind that msgspec has not.

    A class alone checks nothing: `Item(**request.json())` takes "abc" as a price. `known` are the names of its module.
    """
    import msgspec  # a quarter of an import of livesock

    try:
        msgspec.json.schema(kind)
    except Exception:  # a model of pydantic, which checks itself, or a class of another kind
        return ""
    name = kind_as_written(kind, known)
    if hasattr(kind, "_fields"):  # of a NamedTuple msgspec knows the places, and JSON the names
        json = f"[{json}[name] for name in {name}._fields]"
    return f"msgspec.convert({json}, {name})"


def to_import(lines: Iterable[str], handler: Callable[..., Any]) -> str:
    """Return `import json at the top, ` for the modules that lines need and that the handler's own module has not."""
    known = getattr(inspect.unwrap(handler), "__globals__", {})
    text = "\n".join(lines)
    needed = [name for name in _MODULES if name not in known and re.search(rf"(?<![\w.]){name}\.", text)]
    return f"import {', '.join(needed)} at the top, " if needed else ""


def as_ours(foreign: object) -> str:
    """Return how an answer of another library is written here: that of aiohttp, Flask or Starlette."""
    numbers = [getattr(foreign, name, None) for name in ("status_code", "status")]
    status = next((one for one in numbers if isinstance(one, int) and one >= 100), 200)
    texts = [getattr(foreign, name, None) for name in ("media_type", "mimetype", "content_type")]
    kind = next((one for one in texts if isinstance(one, str)), "text/plain").partition(";")[0]
    more = f", status={status}" if status != 200 else ""
    return f": write return ls.Response(text, type={kind!r}{more}) for this {type(foreign).__name__}"
