"""`instead` and `too_many`: an argument or a name that another library has, and what to write in its place here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

__all__ = ["GIVEN", "GIVEN_SECONDS", "instead", "known_as", "too_many"]

GIVEN = "‹given›"
"""Stands for the caller's own value in what to write instead."""

GIVEN_SECONDS = "‹given in seconds›"
"""The same for a time: 25000 was meant in milliseconds, and is shown as 25."""


def known_as(name: str, habits: Mapping[str, str]) -> str | None:
    """Return what `habits` say of a name, also of one in another spelling: `subscribe_message` is SubscribeMessage."""
    if name in habits:
        return habits[name]
    plain = name.replace("_", "").lower()
    return next((write for other, write in habits.items() if other.replace("_", "").lower() == plain), None)


def instead(name: str, habits: Mapping[str, str], known: Iterable[str], value: object = None) -> str:
    """Return `"name"` and what to write instead: the sentence of `habits`, or else the nearest of `known` or all.

    `GIVEN` in a sentence stands for the `value` that came with the name.

    >>> instead("extraHeaders", {"extra_headers": "write headers={…}"}, ["headers"])
    '"extraHeaders": write headers={…}'
    """
    snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
    known = [other for other in known if other != "self"]
    if (found := known_as(name, habits)) is not None:
        return f'"{name}": {found.replace(GIVEN, f"{_plain(value)!r:.60}").replace(GIVEN_SECONDS, _in_seconds(value))}'
    import difflib  # only an error needs it: 0.4 ms

    close = difflib.get_close_matches(snake, known, 1)
    return f'"{name}": did you mean {close[0]}?' if close else f'"{name}"; there is {", ".join(known) or "no option"}'


def too_many(
    name: str,
    by_place: list[str],
    options: list[str],
    args: tuple[Any, ...],
    decorates: bool,
    habits: Mapping[str, str],
) -> str:
    """Return what a function takes by place and by name, and how to write the argument that is too many."""
    if callable(args[0]) and "handler" in habits:
        return f"{name}() takes no {instead('handler', habits, ())}"
    takes = ", ".join(other for other in by_place if other != "self") or "nothing"
    by_name = f", and by name {', '.join(options)}" if options else ""
    extra, before = args[len(by_place)], args[len(by_place) - 1]
    above = f": write @server.{name}({args[1]!r:.60}) above the handler"
    above = above if decorates else _by_name(name, before, extra, options)
    return f"{name}() takes {takes}{by_name}; {extra!r:.40} is one argument too many{above}"


def _by_name(name: str, before: object, extra: object, options: list[str]) -> str:
    """Return how to write what other libraries take by its place: a port, a dict of options, a function's argument."""
    if callable(before):
        return f": write functools.partial({getattr(before, '__name__', 'f')}, {extra!r:.40}) for the two"
    if isinstance(extra, int) and "port" in options and isinstance(before, str):
        return f": write {name}(host={before!r:.60}, port={extra!r:.40})"
    if isinstance(extra, Mapping) and extra and options:
        option = next((str(key) for key in extra if key in options), options[0])
        return f": options go by name: write {name}(…, {option}=…)"
    return ""


def _plain(value: object) -> object:
    """Return 1000000 for 1e6, which stands in much JavaScript."""
    return int(value) if isinstance(value, float) and value >= 1000 and value.is_integer() else value


def _in_seconds(value: object) -> str:
    is_ms = isinstance(value, int | float) and not isinstance(value, bool) and value >= 1000
    return f"{value / 1000:g}" if is_ms and isinstance(value, int | float) else f"{value!r:.60}"
