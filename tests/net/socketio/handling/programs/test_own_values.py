"""What stands in place of an option of another library keeps the value that came with it, in our unit and form."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import livesock as ls
from livesock.server import Server
from tests.peers import quiet_logs

NOWHERE = "http://127.0.0.1:1/"


@pytest.fixture
def server() -> Iterator[Server]:
    with quiet_logs(), ls.serve("own values of node") as server:
        yield server


def said(call: Callable[[], object]) -> str:
    """Return what the error of a call says, before anything is sent."""
    with pytest.raises((TypeError, AttributeError, ValueError)) as caught:
        call()
    return str(caught.value)


@pytest.mark.parametrize(
    ("options", "advised"),
    [
        ({"pingInterval": 300, "pingTimeout": 200}, {"sessions": {"ping_interval": 0.3, "ping_timeout": 0.2}}),
        ({"pingTimeout": 200, "path": "/ws"}, {"sessions": {"ping_timeout": 0.2, "path": "/ws/"}}),
        ({"socketio_path": "live"}, {"sessions": {"path": "/live/"}}),
        ({"cors": {"origin": "https://app.example.com"}}, {"origins": ["https://app.example.com"]}),
        ({"cors_allowed_origins": ["https://a.org"]}, {"origins": ["https://a.org"]}),
        ({"allowedHosts": ["my.local"]}, {"hosts": ["my.local"]}),
        ({"connectionStateRecovery": {"maxDisconnectionDuration": 120000}}, {"sessions": {"recovery": 120}}),
        ({"connectionStateRecovery": True}, {"sessions": {"recovery": 120}}),
        ({"maxHttpBufferSize": 1e6}, {"sessions": {"max_payload": 1000000}}),
    ],
)
def test_options_of_a_server_keep_their_values(options: dict[str, Any], advised: dict[str, Any]) -> None:
    text = said(lambda: ls.serve("own values", **options))
    ((name, value),) = advised.items()
    found = re.findall(rf"write {name}=(\{{.*?\}}|\[.*?\])", text)
    assert eval(found[-1]) == value, text
    with ls.serve("own values", **advised) as other:
        assert other.is_running


@pytest.mark.parametrize(
    ("options", "advised"),
    [
        ({"reconnectionDelay": 50, "reconnectionDelayMax": 500}, {"reconnection": {"first": 0.05, "largest": 0.5}}),
        ({"reconnectionDelay": 1000}, {"reconnection": {"first": 1}}),
        ({"connectTimeout": 200}, {"timeout": 0.2}),
        ({"request_timeout": 120}, {"timeout": 120}),
        ({"ackTimeout": 300}, {"timeout": 0.3}),
        ({"transport": "polling"}, {"transports": ["polling"]}),
        ({"origin": "https://a.org"}, {"headers": {"Origin": "https://a.org"}}),
    ],
)
def test_options_of_a_client_keep_their_values(options: dict[str, Any], advised: dict[str, Any]) -> None:
    text = said(lambda: ls.socket(NOWHERE, **options))
    ((name, value),) = advised.items()
    found = re.findall(rf"write {name}=(\{{.*?\}}|\[.*?\]|[\d.]+)", text)
    assert eval(found[-1]) == value, text


def test_a_path_of_another_client_is_its_own(server: Server) -> None:
    with ls.serve("path", sessions={"path": "/live/"}) as other:
        text = said(lambda: ls.socket(other, socketio_path="live"))  # type: ignore[call-arg]
        assert text.endswith('write path="/live/"')
        with ls.socket(other, path="/live/") as point:
            assert point.connected


@pytest.mark.parametrize("option", [{"origin": "*"}, {"cors": {"origin": "*"}}, {"cors_allowed_origins": ["*"]}])
def test_there_is_no_star_for_all_pages(option: dict[str, Any]) -> None:
    assert said(lambda: ls.serve(**option)).endswith("or leave it out if there is none")


def test_fields_of_a_dict_are_named_at_once_with_their_values(server: Server) -> None:
    text = said(lambda: ls.serve(sessions={"pingInterval": 300, "maxHttpBufferSize": 5000}))
    assert text.splitlines() == [
        "sessions has none of these options:",
        '  "pingInterval": write "ping_interval": 0.3, in seconds',
        '  "maxHttpBufferSize": write "max_payload": 5000, in bytes',
    ]
    text = said(lambda: ls.socket(server, reconnection={"reconnectionDelay": 50, "reconnectionAttempts": 3}))
    assert text.splitlines() == [
        "reconnection has none of these options:",
        '  "reconnectionDelay": write "first": 0.05, in seconds',
        '  "reconnectionAttempts": write "attempts": 3',
    ]
    with ls.socket(server, reconnection={"first": 0.05, "attempts": 3}) as point:
        assert point.connected
