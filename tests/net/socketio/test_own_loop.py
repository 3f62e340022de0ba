"""Questions of a server in a loop of the user's own, where a call blocks; and a whole gateway: its guards, its base."""

from __future__ import annotations

import asyncio
import warnings
from collections.abc import Iterator
from typing import Any

import pytest

import livesock as ls


@pytest.fixture
def server() -> Iterator[ls.Server]:
    """Return a server with one client, which adds one."""
    with ls.serve("own loop") as server, ls.socket(server.url("/")) as client:
        client.on("add", lambda number: number + 1)
        yield server


CALLS = {
    "space.timeout(5).call('add', 1)": [2],
    "space.call('add', 1)": [2],
    "sock.call('add', 1, timeout=5)": 2,
    "sock.timeout(5).call('add', 1)": 2,
}


@pytest.mark.parametrize("call", CALLS)
def test_a_call_that_is_awaited_in_another_loop_says_what_to_write(
    server: ls.Server, call: str, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    space = server.of("/")
    (sock,) = space.sockets()

    def run(line: str, name: str) -> Any:
        (tmp_path / f"{name}.py").write_text(f"import asyncio\nasync def main(space, sock):\n    return {line}\n")
        monkeypatch.syspath_prepend(tmp_path)
        return asyncio.run(__import__(name).main(space, sock))

    number = list(CALLS).index(call)
    with pytest.raises(TypeError, match=r"blocks until it is done: write await asyncio\.to_thread") as caught:
        run(f"await {call}", f"own_loop_awaits_{number}")
    line = str(caught.value).partition("write ")[2]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert run(line, f"own_loop_thread_{number}") == CALLS[call]
    with pytest.warns(UserWarning, match="blocks until it is done"):
        assert run(call, f"own_loop_blocks_{number}") == CALLS[call]


def test_a_script_and_a_handler_ask_as_before(server: ls.Server) -> None:
    asked = []

    @server.of("/").on("plain")
    def plain(socket: Any) -> None:
        asked.append(socket.call("add", 1))

    @server.of("/").on("later")
    async def later(socket: Any) -> None:
        asked.append(await socket.call("add", 2))

    with warnings.catch_warnings(), ls.socket(server.url("/")) as point:
        warnings.simplefilter("error")
        point.on("add", lambda number: number + 1)
        point.call("plain")
        point.call("later")
    assert asked == [2, 3] and server.errors == []


class Lobby:
    """A gateway with two events."""

    @ls.event("move")
    def move(self, socket: Any, data: Any) -> str:
        return "moved"

    @ls.event("say")
    def say(self, socket: Any, text: Any) -> str:
        return "said"


def of_mine(socket: Any, data: Any) -> bool:
    """Allow what is in one room."""
    return bool(data["room"] == "mine")


def test_a_guard_of_a_class_that_needs_more_than_the_socket_is_refused(server: ls.Server) -> None:
    with pytest.raises(TypeError) as caught:
        ls.guard(of_mine)(Lobby)
    assert str(caught.value).endswith(
        "at the connection, too, where of_mine() gets no data: write @ls.guard(of_mine) above each method whose events "
        "it judges: def move, def say"
    )
    with pytest.raises(TypeError, match="the guard gets no data: write"):
        ls.guard(lambda socket, data: True)(Lobby)

    server.gateway("/lobby")(Lobby)
    ls.guard(of_mine)(Lobby.move)
    ls.guard(lambda socket, *arguments: True)(Lobby)
    with ls.socket(server.url("/lobby")) as point:
        assert point.call("move", {"room": "mine"}) == "moved" and point.call("say", 1) == "said"
        assert point.call("move", {"room": "other"})["message"] == "Forbidden resource"


def test_a_class_with_a_namespace_as_its_base_is_told_the_namespace_that_it_is_given() -> None:
    with pytest.raises(TypeError) as caught:

        class Chat(ls.Namespace):  # type: ignore[type-arg]
            """A class of python-socketio."""

        Chat("/chat")
    with pytest.raises(TypeError, match=r'write @server.gateway\("/point"\) above class Other: …'):

        class Other(ls.Namespace):  # type: ignore[type-arg]
            """Another one."""

    assert str(caught.value) == (
        'a namespace is no base: write @server.gateway("/chat") above class Chat: …, without a base, below server = '
        "ls.serve(); leave out the line that registers it"
    )


def test_a_peer_whose_event_fails_hears_what_a_listener_of_errors_is_told(server: ls.Server) -> None:
    heard = []

    @server.of("/").on("fail")
    def fail(socket: Any) -> None:
        raise ls.Refused("no")

    with ls.socket(server.url("/")) as point:
        with pytest.warns(UserWarning, match=r'of the server fails, write on\("exception", handler\)'):
            point.on("error", heard.append)
        point.on("exception", heard.append)
        point.call("fail")
    assert [(one["message"], one["cause"]["pattern"]) for one in heard] == [("no", "fail")]
