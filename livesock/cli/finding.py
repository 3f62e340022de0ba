"""`Finding`: one line of the report of `livesock doctor`."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Finding"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report."""

    name: str
    status: str
    """`"ok"`, `"warn"` (the lessons run, something is missing) or `"fail"` (a lesson does not run here)."""
    detail: str
    advice: str = ""
    """What to do, empty when there is nothing."""
