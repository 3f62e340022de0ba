"""What a view is given, checked: one wording for all views, which says what was expected, what came, and what to do."""

from __future__ import annotations

from livesock.server import Server

__all__ = ["came", "checked_server", "wrong"]

LONGEST = 60
"""Characters that are shown of a value that is not what was expected."""


def came(value: object) -> str:
    """Return a value as a message quotes it: short, with its type, and whatever its `repr` does."""
    try:
        shown = repr(value[:LONGEST] if isinstance(value, str | bytes) else value)
    except Exception:
        shown = "something that has no repr"
    cut = shown if len(shown) <= LONGEST else f"{shown[: LONGEST - 1]}…"
    return cut if value is None else f"{cut} ({type(value).__name__})"


def wrong(view: str, expected: str, value: object, advice: str) -> TypeError:
    """Return the error of `view` for a target of the wrong kind."""
    return TypeError(f"{view}() shows {expected}, not {came(value)}: {advice}")


def checked_server(view: str, value: object) -> Server:
    """Return `value` if it is a server.

    Raises:
        TypeError: If it is not; a class, a port or a URL is none.
    """
    if not isinstance(value, Server):
        raise wrong(view, "a server", value, "pass what ls.serve() returned")
    return value
