"""The options of a session: what cannot work is refused with a sentence that names what to write."""

from __future__ import annotations

from typing import Any

import pytest

from livesock.realtime.actions import SessionOptions


@pytest.mark.parametrize(
    ("option", "value", "sentence"),
    [
        ("ping_interval", 25000, "ping_interval is in seconds, at most 3600, not 25000: write 25 for 25000 ms"),
        ("ping_timeout", "20", "ping_timeout is a number of seconds, such as 20, not '20'"),
        ("ping_timeout", True, "ping_timeout is a number of seconds, such as 20, not True"),
        ("ping_interval", 0, "ping_interval is more than 0 seconds, such as 25, not 0"),
        ("allow_upgrades", 1, "allow_upgrades is True or False, not 1"),
        ("recovery", -1, "recovery is a number of seconds, such as 120, not -1"),
        ("max_payload", "1MB", "max_payload is a whole number of bytes, such as 1_000_000, not '1MB'"),
        ("max_outbox", 1e6, "max_outbox is a whole number of bytes, such as 16_000_000, not 1000000.0"),
        ("transports", "websocket", """transports is a list such as ["polling", "websocket"], not 'websocket'"""),
        ("transports", ["ws"], """transports are "polling", "websocket" or both, not ['ws']"""),
        ("transports", [], """transports are "polling", "websocket" or both, not []"""),
        ("path", "live", """path is where the sessions are served, such as "/socket.io/", not 'live'"""),
        ("path", "/", """path is where the sessions are served, such as "/socket.io/", not '/'"""),
    ],
)
def test_an_option_of_the_wrong_kind_gets_a_sentence(option: str, value: Any, sentence: str) -> None:
    with pytest.raises((TypeError, ValueError)) as caught:
        SessionOptions(**{option: value})
    assert str(caught.value) == sentence


def test_a_path_may_be_written_without_its_last_slash():
    assert SessionOptions(path="/live").path == "/live/"


def test_a_recovery_may_take_days():
    assert SessionOptions(recovery=86_400).recovery == 86_400


@pytest.mark.parametrize("mark", ["a-b", "é", "x" * 33, None, 9001])
def test_a_mark_is_what_a_balancer_can_read(mark: Any) -> None:
    with pytest.raises(ValueError, match=r"mark is up to 32 letters, digits and _, such as the port"):
        SessionOptions(mark=mark)
