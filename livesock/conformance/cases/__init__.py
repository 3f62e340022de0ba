"""All cases, as data: one module for the stages that belong together."""

from __future__ import annotations

from livesock.conformance.case import WireCase
from livesock.conformance.cases import control, deflate, extensions, frames, opening, violations

__all__ = ["ALL", "cases_of"]

_MODULES = (opening, frames, control, violations, extensions, deflate)

ALL = tuple(sorted((case for module in _MODULES for case in module.CASES), key=lambda case: case.stage))
"""Every case, in the order of the stages."""


def cases_of(stage: int) -> tuple[WireCase, ...]:
    """Return the cases of a stage."""
    return tuple(case for case in ALL if case.stage == stage)
