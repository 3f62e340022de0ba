"""How long a client waits: the official client's formula, number for number."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livesock.realtime.client.backoff import Backoff

CHANCES = st.floats(0, 1, exclude_max=True)


@pytest.mark.parametrize(
    ("attempt", "chance", "seconds"),
    [
        (0, 0.0, 1.0),  # backo2: floor(rand * 10) is even, so the deviation is taken off
        (0, 0.5, 1.25),  # odd: put on
        (0, 0.25, 0.875),
        (1, 0.1, 2.1),
        (1, 0.9, 2.9),
        (2, 0.8, 2.4),
        (2, 0.5, 5.0),  # 4 s and a quarter of it: at the bound
        (3, 0.0, 5.0),
        (3, 0.875, 4.5),  # 8 s less 3.5: below the bound
        (1000, 0.5, 5.0),
    ],
)
def test_it_is_one_second_doubled_with_half_of_it_left_to_chance(attempt, chance, seconds):
    assert Backoff().delay(attempt, chance) == pytest.approx(seconds)


@given(st.integers(0, 10_000), CHANCES)
def test_it_is_never_above_the_bound_and_never_nothing(attempt, chance):
    assert 0 < Backoff().delay(attempt, chance) <= 5.0


@given(st.integers(0, 100), CHANCES)
def test_without_jitter_chance_changes_nothing(attempt, chance):
    calm = Backoff(first=0.5, largest=8, jitter=0)

    assert calm.delay(attempt, chance) == min(0.5 * 2**attempt, 8)


def test_it_gives_up_after_so_many_attempts_and_by_default_never():
    assert [Backoff(attempts=2).gives_up(n) for n in (0, 1, 2, 3)] == [False, False, True, True]
    assert not Backoff().gives_up(10**9)


@pytest.mark.parametrize(
    "wrong", [{"first": 0}, {"first": 6}, {"factor": 0.5}, {"jitter": 1.5}, {"jitter": -0.1}, {"attempts": 0}]
)
def test_what_makes_no_sense_is_refused(wrong):
    with pytest.raises(ValueError):
        Backoff(**wrong)
