"""Whose a function or a class is: the learner's, as soon as it is written, or livesock's own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

__all__ = ["chosen", "is_own"]


def is_own(one: Callable[..., Any], trial: Callable[[], Any]) -> bool:
    """Return whether the learner wrote `one`: it is not a reference that `catch_up` brought, and no longer a stub.

    `trial` calls it in a way that every written one answers. What raises is written, and is seen failing later.
    """
    if getattr(one, "__module__", "").startswith("livesock."):
        return False
    try:
        trial()
    except NotImplementedError:
        return False
    except Exception:
        pass
    return True


def chosen(
    caller: str, ours: Mapping[str, Any], trials: Mapping[str, Callable[[Any], Any]], written: Iterable[Any]
) -> tuple[dict[str, Any], str]:
    """Return by name what serves, the learner's where it is written, and a line: `encode_frame: yours, …`.

    `ours` holds the references, `trials` how to call each.

    Raises:
        ValueError: If something of another name is given.
    """
    serving, whose = dict(ours), dict.fromkeys(ours, "ours")
    for one in written:
        name = getattr(one, "__name__", "")
        if name not in ours:
            taken = (" and " if len(ours) == 2 else ", ").join(ours)
            raise ValueError(f"{caller} takes {taken}, not {name or one!r}")
        if is_own(one, partial(trials[name], one)):
            serving[name], whose[name] = one, "yours"
    return serving, ", ".join(f"{name}: {owner}" for name, owner in whose.items())
