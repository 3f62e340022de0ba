"""What a page asks for, checked: each function returns it in its one form, or raises ValueError with a sentence."""

from __future__ import annotations

import json
from typing import Any

from livesock.display.targets import came

__all__ = ["arguments_of", "namespace_of"]

MAX_TEXT = 10_000
"""Characters of arguments that a page may send."""


def namespace_of(value: object) -> str:
    """Return the name of a namespace, with its slash."""
    if not isinstance(value, str) or not value.strip() or len(value) > 200:
        raise ValueError(f"a namespace has a name, such as /point, not {came(value)}")
    name = value.strip()
    return name if name.startswith("/") else f"/{name}"


def arguments_of(text: object) -> list[Any]:
    """Return the arguments of an event that were typed as JSON, with commas between them."""
    if not isinstance(text, str) or len(text) > MAX_TEXT:
        raise ValueError(f"the arguments are a text of at most {MAX_TEXT} characters")
    try:
        arguments = json.loads(f"[{text}]")
    except ValueError as exc:
        raise ValueError(
            f'arguments are JSON with commas between them, such as 1, 2 or {{"x": 1}} or "red"; got {text!r:.60}: {exc}'
        ) from None
    return list(arguments)
