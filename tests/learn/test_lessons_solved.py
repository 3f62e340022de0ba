"""Each lesson with the reference solutions in place of its stubs: every check is right, and no cell raises.

With the stubs themselves nbval runs them, and compares what the checks say.
"""

from __future__ import annotations

import pytest

from livesock.cli.dev.check import page_of, rehearse
from livesock.learn import catalogue


@pytest.mark.slow
@pytest.mark.parametrize("number", catalogue.numbers())
def test_a_solved_lesson_is_green(number: str) -> None:
    assert page_of(number) is not None, f"lesson {number} has exercises and no notebook"
    assert rehearse(number, solved=[True]) == []
