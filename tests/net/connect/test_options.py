"""Options as a dict, and what is said of a wrong one."""

from __future__ import annotations

import pytest

import livesock as ls
from livesock.net.http.limits import Limits
from livesock.net.loop.arguments import options_of
from livesock.realtime.actions import SessionOptions
from livesock.realtime.client.backoff import Backoff


def test_a_dict_changes_some_options_and_leaves_the_others():
    assert options_of(SessionOptions, {"recovery": 60}, "sessions") == SessionOptions(recovery=60)
    assert options_of(Backoff, {}, "reconnection") == Backoff()


def test_a_value_is_taken_as_it_is():
    limits = Limits(max_body=1)

    assert options_of(Limits, limits, "limits") is limits


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"recovry": 60}, 'sessions has no option "recovry": did you mean recovery?'),
        ({"zzz": 60}, 'sessions has no option "zzz"; there is ping_interval, .*allow_upgrades'),
        ({7: 60}, 'sessions has no option "7"'),
        (60, r"sessions is a dict such as .*, not 60 \(int\)"),
        (Limits(), r"sessions is a dict .*\(Limits\)"),
    ],
)
def test_what_is_no_option_is_named_with_those_that_are(given, words):
    with pytest.raises(TypeError, match=words):
        options_of(SessionOptions, given, "sessions")


def test_a_server_takes_dicts_and_lets_a_large_payload_in():
    with ls.serve("options", limits={"max_connections": 7}, sessions={"max_payload": 5_000_000}) as server:
        assert (server._site.limits.max_connections, server._site.limits.max_body) == (7, 5_000_000)
        assert server._sessions.options.max_payload == 5_000_000
    with ls.serve("options", limits={"max_body": 10}, sessions={"max_payload": 5_000_000}) as server:
        assert server._sessions.options.max_payload == 10


def test_a_wrong_option_starts_nothing():
    with pytest.raises(TypeError, match="did you mean max_body"):
        ls.serve("options", limits={"max_bdy": 10})
    assert "options" not in ls.servers()
