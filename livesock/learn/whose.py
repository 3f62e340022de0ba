"""Whose a function or a class is: the learner's, as soon as it is written, or livesock's own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

__all__ = ["is_own"]


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
