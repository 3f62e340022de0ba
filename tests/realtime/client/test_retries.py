"""The queue behind `retries`: one event at a time, again until it is answered or was tried often enough."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livesock.realtime.client.retries import MAX_WAITING, RetryQueue


def queue_of(*items: object, retries: int = 2) -> RetryQueue[object]:
    queue: RetryQueue[object] = RetryQueue(retries)
    for item in items:
        queue.add(item)
    return queue


def test_the_oldest_is_sent_until_it_is_answered_and_then_the_next():
    queue = queue_of("a", "b")

    assert (queue.send(), queue.send(), queue.tries) == ("a", "a", 2)
    assert queue.answered() == "a"
    assert (queue.send(), queue.tries, len(queue)) == ("b", 1, 1)


def test_it_is_given_up_after_the_first_try_and_all_retries():
    queue = queue_of("a", "b", retries=2)

    for _ in range(2):
        queue.send()
        assert queue.missed() is None
    queue.send()
    assert queue.missed() == "a"
    assert (queue.send(), queue.tries) == ("b", 1)


def test_an_empty_queue_sends_nothing():
    assert queue_of().send() is None


def test_what_is_cleared_comes_back_in_order():
    queue = queue_of("a", "b")
    queue.send()

    assert queue.clear() == ["a", "b"]
    assert (len(queue), queue.tries, queue.send()) == (0, 0, None)


def test_it_is_bounded():
    queue = queue_of(*range(MAX_WAITING))

    with pytest.raises(OverflowError, match="1000 events wait for their answers already"):
        queue.add("one more")
    queue.send()
    queue.answered()
    queue.add("one more")


@given(st.lists(st.booleans()), st.integers(0, 3))
def test_whatever_is_lost_the_order_holds_and_each_has_its_tries(answers, retries):
    queue = queue_of(*range(5), retries=retries)
    sent: list[object] = []
    for is_answered in answers:
        item = queue.send()
        if item is None:
            break
        sent.append(item)
        queue.answered() if is_answered else queue.missed()

    assert sent == sorted(sent, key=int)  # type: ignore[call-overload]
    assert all(1 <= sent.count(item) <= retries + 1 for item in set(sent))
    assert sorted(set(sent), key=int) == list(range(len(set(sent))))  # type: ignore[call-overload]
