"""Coming back as the one that one was."""

from __future__ import annotations

import pytest

from livesock.realtime.server.recovery import MAX_BYTES, MAX_STATES, Missed, Recovery, SeatState

ANN = SeatState("ann", "/", ("ann", "red"), {"name": "Ann"})


def said(offset: str, *, rooms: tuple[str, ...] = (), without: tuple[str, ...] = (), namespace: str = "/") -> Missed:
    return Missed(offset, namespace, rooms, without, f"event {offset}")


def broken(*events: Missed) -> Recovery:
    recovery = Recovery(window=120)
    for event in events:
        recovery.keep(event, 0.0)
    recovery.save("secret", ANN, 1.0)
    return recovery


def missed(recovery: Recovery, offset: str = "1") -> list[str]:
    state, events = recovery.restore("secret", offset, "/", 2.0)
    assert state == ANN
    return [event.offset for event in events]


def test_what_was_said_after_the_offset_is_heard_once_and_in_order():
    recovery = broken(said("0"), said("1"), said("2"), said("3"))
    assert missed(recovery) == ["2", "3"]
    assert recovery.restore("secret", "1", "/", 2.0) is None, "a state is handed out once"


def test_only_what_it_would_have_heard():
    recovery = broken(
        said("1"),
        said("2", rooms=("red",)),
        said("3", rooms=("blue",)),
        said("4", rooms=("red", "blue"), without=("ann",)),
        said("5", namespace="/other"),
        said("6", rooms=("ann",)),
    )
    assert missed(recovery) == ["2", "6"]


def test_what_is_said_while_it_is_away_counts():
    recovery = broken(said("1"))
    recovery.keep(said("2"), 1.5)
    assert missed(recovery) == ["2"]


@pytest.mark.parametrize(
    ("pid", "offset", "namespace", "now"),
    [
        ("guess", "1", "/", 2.0),
        ("secret", "unknown", "/", 2.0),
        ("secret", None, "/", 2.0),
        (None, "1", "/", 2.0),
        ({"a": 1}, ["1"], "/", 2.0),
        ("secret", "1", "/other", 2.0),
        ("secret", "1", "/", 200.0),
    ],
)
def test_whoever_cannot_be_known_begins_anew(pid, offset, namespace, now):
    assert broken(said("1")).restore(pid, offset, namespace, now) is None


def test_a_peer_is_expected_until_it_comes_back_or_its_time_is_over():
    recovery = broken(said("1"))
    assert recovery.expects("secret", 2.0) and not recovery.expects("guess", 2.0)
    missed(recovery)
    assert not recovery.expects("secret", 2.0)
    assert not broken().expects("secret", 200.0)


def test_memory_is_bounded():
    recovery = Recovery(window=120)
    for number in range(3 * MAX_STATES):
        recovery.save(str(number), ANN, 0.0)
        recovery.keep(said(str(number)), 0.0)
    assert len(recovery._states) == MAX_STATES
    recovery.keep(said("late"), 500.0)
    assert len(recovery._events) == 1 and len(recovery._states) == 0


def test_large_events_are_bounded_by_their_bytes():
    recovery = Recovery(window=120)
    for number in range(40):
        recovery.keep(Missed(str(number), "/", (), (), "event", MAX_BYTES // 4), 0.0)
    recovery.save("secret", ANN, 0.0)
    assert recovery.restore("secret", "35", "/", 0.0) is None, "long forgotten"
    assert missed(recovery, "36") == ["37", "38", "39"]
