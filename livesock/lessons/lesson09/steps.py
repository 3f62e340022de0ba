"""Steps of a machine that gets the time with each call: how its trials are written, run and shown."""

from collections.abc import Sequence
from typing import Any

from livesock.learn.checking.diff import literal, shown

__all__ = ["Step", "perform", "said", "written"]

Step = tuple[Any, ...]
"""The name of a method, and its arguments."""


def perform(machine: Any, steps: Sequence[Step]) -> list[Any]:
    """Call the methods one after the other; return what each one returned."""
    return [plain(getattr(machine, name)(*arguments)) for name, *arguments in steps]


def plain(value: Any) -> Any:
    """Return what a generator yields as a list: it is as good as one."""
    return list(value) if hasattr(value, "__next__") else value


def written(name: str, made: str, steps: Sequence[Step]) -> str:
    """Return the calls as a learner would type them."""
    one = name[0].lower()
    calls = [f"{one}.{method}({', '.join(map(repr, arguments))})" for method, *arguments in steps]
    return f"{one} = {made}; " + "; ".join(calls)


def said(values: Any) -> str:
    """Return what the calls returned, one after the other."""
    if not isinstance(values, list):
        return shown(values)
    return "; ".join(literal(list(value)) if isinstance(value, tuple) else shown(value) for value in values)
