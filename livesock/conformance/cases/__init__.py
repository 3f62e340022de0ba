"""All cases, as data: one module for the stages that belong together."""

from __future__ import annotations

from livesock.conformance.case import Case
from livesock.conformance.cases import control, extensions, frames, opening, violations

__all__ = ["ALL", "cases_of"]

ALL: tuple[Case, ...] = (*opening.CASES, *frames.CASES, *control.CASES, *violations.CASES, *extensions.CASES)
"""Every case, in the order of the stages."""


def cases_of(stage: int) -> tuple[Case, ...]:
    """Return the cases of a stage."""
    return tuple(case for case in ALL if case.stage == stage)
