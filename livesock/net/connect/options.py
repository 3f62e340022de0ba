"""Options that are many: given as a dict in a cell, as a value where they are shared."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import fields
from typing import Any, TypeVar

__all__ = ["Options", "options_of"]

T = TypeVar("T")

Options = Mapping[str, Any]
"""Some fields of `Limits`, `SessionOptions` or `Backoff` by name; the others keep their defaults."""


def options_of(kind: type[T], given: T | Options, name: str) -> T:
    """Return what was given for the argument `name` as a value of the dataclass `kind`.

    Raises:
        TypeError: If it is neither a dict nor such a value, or names an option that there is not.
        ValueError: If an option cannot be.
    """
    if isinstance(given, kind):
        return given
    known = [field.name for field in fields(kind)]  # type: ignore[arg-type]  # each kind is a dataclass
    if not isinstance(given, Mapping):
        raise TypeError(f'{name} is a dict such as {{"{known[0]}": 1.0}}, not {given!r:.60} ({type(given).__name__})')
    for option in given:
        if option not in known:
            close = difflib.get_close_matches(str(option), known, 1) or [", ".join(known)]
            raise TypeError(f"{name} has no option {option!r:.40}: did you mean {close[0]}?")
    return kind(**given)
