"""Questions to the other servers: when they are complete, and who is missing."""

from __future__ import annotations

import pytest

from livesock.realtime.cluster.requests import MAX_OPEN, Requests


def test_a_question_to_servers_is_complete_when_each_has_answered() -> None:
    request = Requests().open("r1", "/", {"a", "b"})

    request.answered("a", 1)
    assert (request.is_complete, request.missing) == (False, ["b"])

    request.answered("b", 2)
    assert (request.is_complete, request.answers) == (True, [1, 2])


def test_clients_are_waited_for_when_their_server_has_counted_them() -> None:
    request = Requests().open("r1", "/", {"a", "b"}, clients=True)

    request.answered("a", "early")
    request.counted("a", 2)
    request.counted("b", 0)
    assert (request.is_complete, request.missing, request.clients_due) == (False, ["a"], 1)

    request.answered("a", "late")
    assert (request.is_complete, request.answers) == (True, ["early", "late"])


def test_a_count_does_not_answer_a_question_to_servers() -> None:
    request = Requests().open("r1", "/", {"a"})

    request.counted("a", 0)

    assert not request.is_complete


def test_a_server_that_has_left_is_not_waited_for() -> None:
    news: list[str] = []
    request = Requests().open("r1", "/", {"a", "b"}, clients=True)
    request.on_news = lambda: news.append("news")
    request.counted("a", 5)
    request.counted("b", 0)

    request.gone("a")

    assert request.is_complete
    assert news == ["news"] * 3


def test_a_question_is_found_in_its_namespace_until_it_is_closed() -> None:
    requests = Requests()
    request = requests.open("r1", "/chat", {"a"})

    assert requests.find("r1", "/chat") is request
    assert requests.find("r1", "/") is None
    assert requests.find("r2", "/chat") is None

    requests.close("r1")
    assert (requests.find("r1", "/chat"), len(requests)) == (None, 0)


def test_open_questions_have_a_bound() -> None:
    requests = Requests()
    for number in range(MAX_OPEN):
        requests.open(str(number), "/", ())

    with pytest.raises(OverflowError, match="1000 questions"):
        requests.open("one more", "/", ())
