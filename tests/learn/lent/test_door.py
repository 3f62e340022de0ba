"""Lesson 03's build: the learner's functions behind a route, ours where one is not written, and which is whose."""

from __future__ import annotations

from typing import Any

import pytest

from livesock.lessons.lesson03 import accept_key as key_module
from livesock.lessons.lesson03 import check_request as request_module
from livesock.lessons.lesson03.door import Door
from livesock.lessons.lesson03.lies import LIES, told
from livesock.lessons.lesson03.verify_response import Refused, verify_response

GOOD = request_module.GOOD


def stub(*_: Any) -> Any:
    raise NotImplementedError


def lazy(key: str) -> str:
    return "mine"


def test_stubs_are_ours() -> None:
    door = Door(stub, stub)

    assert str(door) == repr(door) == "check_request: ours, accept_key: ours"
    assert door("GET", "HTTP/1.1", dict(GOOD)) == request_module.check_request("GET", "HTTP/1.1", dict(GOOD))
    assert door("POST", "HTTP/1.1", dict(GOOD)) == (405, {})


def test_a_key_of_the_learner_s_is_used_with_our_check() -> None:
    door = Door(lazy, stub)

    assert str(door) == "check_request: ours, accept_key: yours"
    assert door("GET", "HTTP/1.1", dict(GOOD))[1]["Sec-WebSocket-Accept"] == "mine"


def test_a_check_of_the_learner_s_that_needs_a_missing_key_waits_for_it() -> None:
    def check(method: str, version: str, headers: dict[str, str]) -> tuple[int, dict[str, str]]:
        return (405, {}) if method != "GET" else (101, {"Sec-WebSocket-Accept": stub(headers)})

    assert str(Door(lazy, check)) == "check_request: ours, accept_key: yours"


def test_a_function_that_fails_is_seen_failing() -> None:
    door = Door(lazy, lambda *_: 1 / 0)

    assert str(door) == "check_request: yours, accept_key: yours"
    with pytest.raises(ZeroDivisionError):
        door("GET", "HTTP/1.1", dict(GOOD))


def test_references_that_catch_up_brought_are_ours() -> None:
    door = Door(key_module.accept_key, request_module.check_request)

    assert str(door) == "check_request: ours, accept_key: ours"
    assert door("GET", "HTTP/1.1", dict(GOOD))[0] == 101


@pytest.mark.parametrize("name", LIES)
def test_of_all_answers_only_the_truth_is_believed(name: str) -> None:
    status, headers = told(name)("GET", "HTTP/1.1", {"sec-websocket-key": "AAAAAAAAAAAAAAAAAAAAAA=="})
    given = {header.lower(): value for header, value in headers.items()}

    if name == "the truth":
        verify_response("AAAAAAAAAAAAAAAAAAAAAA==", status, given, set())
    else:
        with pytest.raises(Refused):
            verify_response("AAAAAAAAAAAAAAAAAAAAAA==", status, given, set())
