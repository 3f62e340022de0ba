"""The names of events, and how to tell them from words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livesock.realtime.offsets import SKEW, is_offset, offset_of

NOW = 1_795_375_200.0


@given(st.integers(1_600_000_000_000, 4_000_000_000_000), st.integers(0, 2**63))
def test_an_offset_is_known_as_one_wherever_the_clocks_agree_to_a_day(milliseconds, number):
    time = milliseconds / 1000
    offset = offset_of(time, number)

    assert is_offset(offset, time + SKEW - 1) and is_offset(offset, time - SKEW + 1)
    assert not is_offset(offset, time + SKEW + 1)


@pytest.mark.parametrize("seconds", [0, 60])
def test_those_of_the_reference_server_are_known_with_and_without_a_number(seconds):
    assert [is_offset(name, NOW + seconds) for name in ("Q84itS0", "Q84itS0.0", "Q84itS0.1_")] == [True] * 3


def test_the_id_of_an_entry_in_a_stream_is_known():
    assert is_offset("1795375200000-0", NOW) and is_offset("1795375200000-12", NOW + 60)
    assert not is_offset("1795375200000-0", NOW + 2 * SKEW) and not is_offset("1795375200000-", NOW)


@pytest.mark.parametrize(
    "value", ["tickers", "Quentin", "Q84itS0.", "Q84itS0.ż", "Q84it", "", "Q84itS0\n", 7, None, b"Q84itS0", ["Q84itS0"]]
)
def test_words_and_other_values_are_none(value):
    assert not is_offset(value, NOW)
