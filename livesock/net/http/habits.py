"""What people write who know other libraries: it works, or the error says what to write here."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

__all__ = ["one_parameter"]


def one_parameter(handler: Callable[..., Any], name: str, write: str) -> None:
    """Raise `TypeError` for a handler that cannot be called with one argument.

    Flask calls a handler without any, FastAPI with the parameters of the path, and older `websockets` with the path.
    """
    try:
        signature = inspect.signature(handler)
    except (TypeError, ValueError):  # some builtins have none
        return
    try:
        signature.bind(None)
    except TypeError:
        more = f"the parameters of the path are in {name}.path_params"
        took = f"this handler takes {signature}, and is called with one argument"
        raise TypeError(f"{took}: write {write}; {more}") from None
