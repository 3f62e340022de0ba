"""JSON with bounds."""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livesock.errors import PacketError
from livesock.wire.strictjson import MAX_CONTAINERS, MAX_DEPTH, MAX_DIGITS, dumps, loads

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(VALUES)
def test_what_goes_out_comes_back(value):
    text = dumps(value)
    assert loads(text) == value
    assert json.loads(text.encode()) == value, "valid UTF-8, and JSON for everybody else"


def test_white_space_around_a_value_is_allowed_and_nothing_else():
    assert loads(' [1, "a"] \n') == [1, "a"]
    with pytest.raises(PacketError):
        loads("[1] 2")


@given(st.text() | st.binary().map(lambda data: data.decode("latin-1")))
def test_any_text_is_a_value_or_a_packet_error(text):
    with contextlib.suppress(PacketError):
        loads(text)


@pytest.mark.parametrize(
    "text",
    [
        "NaN",
        "-Infinity",
        "[1e400]",
        '{"a":[-1e999]}',
        "9" * (MAX_DIGITS + 1),
        "[" * 65 + "]" * 65,
        "[" * 490_000,
        "[1,",
        "",
        "'a'",
    ],
    ids=lambda text: text[:12],
)
def test_what_would_hurt_the_next_peer_is_refused(text):
    with pytest.raises(PacketError):
        loads(text)


def test_the_limits_themselves_are_allowed():
    deep = "[" * MAX_DEPTH + "]" * MAX_DEPTH
    assert dumps(loads(deep)) == deep
    assert loads("123456789012345678901234567890") == 123456789012345678901234567890
    assert loads("1e308") == 1e308
    assert loads('"' + "[" * 1000 + '"') == "[" * 1000, "brackets inside text are no nesting"


@pytest.mark.parametrize("value", [float("nan"), [float("inf")], {"a": object()}, {1, 2}])
def test_what_json_cannot_carry_is_refused_to_the_caller(value):
    with pytest.raises((ValueError, TypeError)):
        dumps(value)


def test_a_value_nested_in_itself_or_too_deep_is_refused_to_the_caller():
    loop: list[object] = []
    loop.append(loop)
    deep: list[object] = []
    for _ in range(100_000):
        deep = [deep]
    for value in (loop, deep):
        with pytest.raises(ValueError):
            dumps(value)
    while deep:  # unwound by hand: freeing it recursively is the interpreter's business, not this test's
        deep = deep[0]


def test_one_level_too_many_is_refused_to_the_caller():
    lists: list[object] = []
    objects: dict[str, object] = {}
    for _ in range(MAX_DEPTH):
        lists, objects = [lists], {"a": objects}

    for value in (lists, objects):
        with pytest.raises(ValueError, match="at most 64 deep"):
            dumps(value)


def test_a_lone_surrogate_is_escaped():
    assert dumps(["\ud800", "é"]) == '["\\ud800","é"]'


def test_too_many_lists_are_refused_before_they_are_read():
    with pytest.raises(PacketError, match="at most 50000 lists and objects"):
        loads("[" + ",".join(["[" * 60 + "]" * 60] * 7000) + "]")


ALLOWED = {
    "brackets in one string": '"' + "[" * 60_000 + '"',
    "brackets and quotes in a string": '["' + '\\"[{' * 40_000 + '"]',
    "as many as are allowed": "[" + ",".join(["{}"] * (MAX_CONTAINERS - 1)) + "]",
}


@pytest.mark.parametrize("text", ALLOWED.values(), ids=ALLOWED)
def test_brackets_in_a_string_do_not_count_and_the_limit_itself_is_allowed(text: str):
    assert loads(text)


def test_a_string_without_an_end_is_looked_at_once():
    with pytest.raises(PacketError, match="unterminated string"):
        loads('["' + '[\\"' * 300_000)


def test_a_nesting_that_overflows_the_parser_is_refused_with_our_own_limit():
    with pytest.raises(PacketError, match="at most 64 deep"):
        loads("[" * 40_000 + "]" * 40_000)


@pytest.mark.parametrize("digits", [MAX_DIGITS + 1, MAX_DIGITS + 308, 5_000])
@pytest.mark.parametrize("before", [0, 1, 308, 309, 400])
def test_a_number_that_no_peer_reads_is_refused_to_the_caller(digits: int, before: int):
    with pytest.raises(ValueError, match="at most 308 digits: send it as a str"):
        dumps(["x" * before, 10 ** (digits - 1)])


def test_the_longest_number_and_a_text_of_digits_are_sent():
    value = [10**MAX_DIGITS - 1, -(10 ** (MAX_DIGITS - 1)), "7" * 5_000, ["8" * 308, 9]]

    assert loads(dumps(value)) == value
