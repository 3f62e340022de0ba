"""What a second reader who comes from Node wrote: each is said in one round, and what is advised runs."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest

import livesock as ls
from livesock.server import Server

DEADLINE = 20.0


@pytest.fixture
def server() -> Iterator[Server]:
    with ls.serve("a second reader") as server:
        yield server


def test_the_answers_that_came_are_named_by_the_error(server: Server) -> None:
    with ls.socket(server.url("/"), timeout=DEADLINE), pytest.raises(TimeoutError, match=r"in error\.answers") as no:
        server.of("/").timeout(0.05).call("nobody answers")
    error: Any = no.value

    assert error.answers == []
    with pytest.raises(AttributeError, match=r"write error\.answers"):
        _ = error.responses


@pytest.mark.parametrize(
    ("asks", "written"),
    [
        (lambda all_: all_.emit("move", 1, timeout=1000), "1"),
        (lambda all_: all_.emit("move", 1, timeout=500), "0.5"),
        (lambda all_: all_.emit("move", 1, timeout=2), "2"),
        (lambda all_: all_.emit("move", 1, timeout=600), "600"),
    ],
)
def test_a_time_that_is_advised_is_in_seconds(server: Server, asks: Any, written: str) -> None:
    with pytest.raises(TypeError) as caught:
        asks(server.of("/"))

    assert f".timeout({written}).call('move', …)" in str(caught.value)


def test_a_predicate_of_node_is_written_without_next(server: Server) -> None:
    def check(name: str, auth: Any, next: Any) -> None:  # noqa: A002
        next(None, True)

    with pytest.raises(TypeError) as caught:
        server.of(check)  # type: ignore[arg-type]

    assert "write def check(name): …, which returns True or False, without auth and next" in str(caught.value)
    assert "server.of(check).use above def enter(socket): …" in str(caught.value)
    checked = server.of(lambda name: name == "/mine")
    came: list[Any] = []
    checked.use(lambda socket: came.append(socket.handshake.auth))
    with ls.socket(server.url("/mine"), auth={"token": "s"}, timeout=DEADLINE):
        assert came == [{"token": "s"}]


def test_the_times_in_a_dict_of_options_are_seconds() -> None:
    with pytest.raises(TypeError, match=r"write socket\(…, timeout=5, transports=\['polling'\]\)"):
        ls.socket("http://127.0.0.1:1/", {"timeout": 5000, "transports": ["polling"]})  # type: ignore[call-arg]


def test_a_dict_alone_is_the_options_of_a_server() -> None:
    with pytest.raises(TypeError) as caught:
        ls.serve({"port": 3000, "cors": {"origin": "https://a.org"}, "pingInterval": 2000})  # type: ignore[arg-type]

    assert "write serve(…, port=3000)" in str(caught.value)
    assert 'write origins=["https://a.org"]' in str(caught.value)
    assert 'write sessions={"ping_interval": 2}' in str(caught.value)


def test_a_question_to_servers_is_asked_with_call_servers(server: Server) -> None:
    with pytest.raises(TypeError, match=r"write answer = server.call_servers\('hello', …\)"):
        server.emit_to_servers("hello", lambda error, answers: None)


def test_the_line_of_a_client_is_broken_by_a_netsim(server: Server) -> None:
    with ls.socket(server.url("/"), timeout=DEADLINE) as point:
        with pytest.raises(AttributeError, match=r"net.reset\(\)"):
            _ = point.io  # type: ignore[attr-defined]
        with pytest.raises(AttributeError, match="no list of them is shown: write off"):
            _ = point.hasListeners  # type: ignore[attr-defined]
    away = threading.Event()
    with ls.netsim(server) as net, ls.socket(net.url("/"), timeout=DEADLINE, reconnection={"first": 0.01}) as point:
        point.on("disconnect", lambda reason: away.set())
        assert net.reset() > 0
        assert away.wait(DEADLINE)
