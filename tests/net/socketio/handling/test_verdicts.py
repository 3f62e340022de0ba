"""What a hook or a guard may return: another library refuses a peer with a value, and here only raising does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

import livesock as ls
from livesock import Server
from tests.peers import DEADLINE


def gen() -> Iterator[int]:
    yield 1


REFUSALS = [
    (False, "ls.Refused('why')"),
    (0, "ls.Refused('why')"),
    ("", "ls.Refused('why')"),
    ([], "ls.Refused('why')"),
    (1, "ls.Refused('why')"),
    ("unauthorized", "ls.Refused('unauthorized')"),
    (("no", 401), "ls.Refused('no')"),
    ({"error": "no"}, "ls.Refused('why', {'error': 'no'})"),
    (ls.Response({"error": "no"}, status=401), "ls.Refused('why', {'error': 'no'})"),
    (ls.Response("no", status=401), "ls.Refused('no')"),
    (ls.Refused("no"), "ls.Refused('no')"),
    (ls.Refused, "ls.Refused('why')"),
    (ConnectionRefusedError, "ls.Refused('why')"),
]
"""What is returned, and what is to be raised in its place."""

TRUE = [(value, write) for value, write in REFUSALS if value] + [(len, "ls.Refused('why')"), (gen(), "ls.Refused('w")]
"""What a guard must not take for a yes."""


@pytest.fixture
def server() -> Iterator[Server]:
    with ls.serve("verdicts") as server:
        yield server


def returning(value: Any) -> list[Callable[[Any], Any]]:
    async def later(socket: Any) -> Any:
        return value

    return [lambda socket: value, later]


def refused(server: Server) -> str:
    """Return what a peer hears that comes, and must not be let in."""
    with pytest.raises(ls.Refused) as caught:
        ls.socket(server.url("/door"), timeout=DEADLINE)
    return str(caught.value)


@pytest.mark.parametrize("hook", ["on_connect", "use"])
@pytest.mark.parametrize(("value", "write"), REFUSALS, ids=range(len(REFUSALS)))
def test_a_hook_that_returns_a_value_lets_no_peer_in(server: Server, hook: str, value: Any, write: str) -> None:
    for handler in returning(value):
        with ls.serve("verdict") as own:
            getattr(own.of("/door"), hook)(handler)
            assert refused(own) == "Internal server error"
            (error,) = own.errors
            assert own.of("/door").sockets() == []
        assert f"{hook} returned {value!r:.60}: write raise {write} to turn the peer away" in str(error)


@pytest.mark.parametrize("value", [None, True])
def test_a_hook_that_returns_nothing_or_true_lets_its_peer_in(server: Server, value: Any) -> None:
    server.of("/door").on_connect(lambda socket: value)
    with ls.socket(server.url("/door"), timeout=DEADLINE) as peer:
        assert peer.connected
    assert server.errors == []


def test_what_is_advised_refuses_with_the_same_words(server: Server) -> None:
    @server.of("/door").on_connect
    def enter(socket: Any) -> None:
        raise ls.Refused("why", {"error": "no"})

    with pytest.raises(ls.Refused, match="why") as caught:
        ls.socket(server.url("/door"), timeout=DEADLINE)
    assert caught.value.data == {"error": "no"}


def test_a_hook_of_a_gateway_that_returns_an_answer_lets_no_peer_in(server: Server) -> None:
    @server.gateway("/door")
    class Door:
        async def on_connect(self, socket: Any) -> Any:
            return ls.Response({"error": "no"}, status=401)

    assert refused(server) == "Internal server error"


@pytest.mark.parametrize(("value", "write"), TRUE, ids=range(len(TRUE)))
def test_a_guard_allows_by_true_alone(server: Server, value: Any, write: str) -> None:
    server.of("/door").on_connect(ls.guard(lambda socket: value)(lambda socket: None))

    assert refused(server) == "Internal server error"
    assert f"write return False or raise {write}" in str(server.errors[-1])


@pytest.mark.parametrize(
    ("name", "first"), [("abort", "return ls.Response({…}"), ("HTTPException", "return ls.Response({…}")]
)
def test_the_name_of_a_pages_refusal_says_what_refuses_a_peer(name: str, first: str) -> None:
    with pytest.raises(AttributeError) as caught:
        getattr(ls, name)
    assert f"write {first}" in str(caught.value)
    assert "raise ls.Refused('why')" in str(caught.value)
    assert "on_connect, in use and in an event of Socket.IO" in str(caught.value)


def test_a_refusal_without_a_message_says_what_to_write() -> None:
    with pytest.raises(TypeError, match=r"which its peer gets: write ls\.Refused\('why'\)$"):
        ls.Refused()


@pytest.mark.parametrize(
    ("value", "write"),
    [
        (ls.Response({"e": 1}, status=404), "write raise ls.Refused('why', {'e': 1})"),
        (ls.Response({"e": 1}), "write return value, the value itself"),
        (ls.Refused("no"), "write raise ls.Refused('no')"),
    ],
)
def test_a_pages_answer_is_none_of_an_event(server: Server, value: Any, write: str) -> None:
    server.of("/door").on("move", lambda socket: value)
    with ls.socket(server.url("/door"), timeout=DEADLINE) as peer:
        peer.emit("move")
        (error,) = peer.wait("exception", timeout=DEADLINE)
    assert error["message"] == "Internal server error"
    assert write in str(server.errors[-1])
