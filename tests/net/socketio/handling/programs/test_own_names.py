"""What an error advises has the names, the namespace and the values of the program that it is for."""

from __future__ import annotations

import asyncio
import http
import json
import queue
import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

import livesock as ls
from tests.peers import DEADLINE, eventually, quiet_logs


@pytest.fixture
def server() -> Iterator[Any]:
    with ls.serve("own names") as server, quiet_logs():
        yield server


def said(call: Any) -> str:
    with pytest.raises((TypeError, ValueError, AttributeError)) as caught:
        call()
    return str(caught.value)


def test_a_pattern_keeps_its_expression(server: Any) -> None:
    teams = server.of(re.compile(r"/team-\d"))

    text = said(lambda: teams.on("connection"))
    assert r"write @server.of(re.compile('/team-\\d')).on_connected above def enter(socket): …" in text

    def is_room(name: str) -> bool:
        return name.startswith("/room")

    assert "write @server.of(is_room).on_connected above" in said(lambda: server.of(is_room).on("connection"))


def test_a_handler_on_the_socket_of_a_pattern_goes_to_the_pattern(server: Any) -> None:
    teams = server.of(re.compile(r"/team-\d"))

    @teams.on_connect
    def enter(socket: Any) -> None:
        @socket.on("who")
        def who() -> None: ...

    with pytest.raises(ls.Refused):
        ls.socket(server.url("/team-1"))
    assert '@teams.on("who") above def who(socket): …, outside of enter' in str(server.errors[-1])


def test_a_hook_keeps_the_name_of_its_socket(server: Any) -> None:
    text = said(lambda: server.of("/").on_disconnect(lambda client: None))
    assert "write lambda client, reason: …" in text
    assert "write lambda socket, reason: …" in said(lambda: server.of("/").on_disconnect(lambda: None))


def test_data_is_read_by_the_expression_that_reads_it(server: Any) -> None:
    @server.of("/").on("name")
    def name(client: Any) -> str:
        client.data["name"] = "ann"
        return str(client.data.name)

    with ls.socket(server) as point:
        point.call("name", timeout=DEADLINE)
    assert 'write client.data["name"], or client.data.get("name")' in str(server.errors[-1])


def test_a_tuple_is_written_as_it_stands(server: Any) -> None:
    pair, text = (1, 2), "x"

    with pytest.warns(
        UserWarning, match=r"write emit\('said', text, pair\[0\]\) for several, or \[text, pair\[0\]\] for"
    ):
        server.of("/").emit("said", (text, pair[0]))
    with pytest.warns(UserWarning, match=r"write emit\('said', \*pair\) for several, or \[\*pair\] for one"):
        server.of("/").emit("said", pair)


def test_a_second_name_for_the_server_is_assigned(server: Any) -> None:
    def program() -> None:
        app = server
        io = ls.serve(app)  # noqa: F841

    assert said(program).endswith("as of pages: write io = app")


class Cats:
    """A gateway that a page uses, too."""

    @ls.event("room")
    def room(self, client: Any, room: str) -> None:
        """Let a peer into a room."""
        client.join(room)

    def notify(self, cat: object) -> None:
        """Tell those in a room."""
        self.namespace.to("fans").emit("cat", cat)  # type: ignore[attr-defined]  # of the one that answers


def test_a_gateway_that_is_made_once_more_is_told_how_a_page_speaks(server: Any) -> None:
    server.gateway("/cats")(Cats)
    gateway = Cats()

    @server.post("/cats")
    def create(request: Any) -> Any:
        if request.query.get("right"):
            server.of("/cats").to("fans").emit("cat", request.json())  # as it is advised
        else:
            gateway.notify(request.json())
        return request.json()

    with ls.socket(server.url("/cats")) as point:
        point.call("room", "fans", timeout=DEADLINE)
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(server.url("/cats", "http"), b"[1]", timeout=DEADLINE)
        caught.value.close()
        told = str(server.errors[-1])
        assert "has made the one Cats that answers, and this is another one, without namespace" in told
        assert 'write server.of("/cats").emit("name", …), or .to(room).emit(…)' in told
        with urllib.request.urlopen(server.url("/cats?right=1", "http"), b"[1]", timeout=DEADLINE) as answer:
            assert json.load(answer) == [1]
        assert point.wait("cat", timeout=DEADLINE) == ([1],)
    assert not hasattr(Cats(), "server") and server.gateway("/cats")(Cats) is Cats, "it may be registered again"


@pytest.mark.parametrize("hook", ["on_connect", "on_connected"])
def test_what_is_emitted_before_a_refusal_is_lost_with_a_word(server: Any, hook: str) -> None:
    @getattr(server.of("/"), hook)
    def enter(client: Any) -> None:
        client.emit("error", "unauthorized")
        client.disconnect(True)

    if hook == "on_connected":
        point = ls.socket(server)
        assert point.wait("error", timeout=DEADLINE) == ("unauthorized",)
        eventually(lambda: not point.connected, "it is sent away")
        assert server.errors == []
        return
    for _ in range(2):
        with pytest.raises(ls.Refused, match="disconnected by the server"):
            ls.socket(server)
    (error,) = [error for error in server.errors if not error.is_refusal]
    assert 'in on_connect a peer is not in yet, and "error", emitted before disconnect(), is lost' in str(error)
    assert "write raise ls.Refused('unauthorized') in place of both" in str(error)


def test_a_tuple_in_a_line_with_rooms_is_written_as_several_values(server: Any) -> None:
    count = 1
    text = said(lambda: server.emit("sum", (count + 1, "x"), to="all"))
    assert text.endswith("write server.of('/').to('all').emit('sum', count + 1, 'x')")


def test_a_status_that_is_an_enum_is_a_number(server: Any) -> None:
    assert "ls.Response(body, status=201)" in said(lambda: server.post("/x", status_code=http.HTTPStatus.CREATED))


def test_the_options_behind_the_server_of_pages_are_not_lost(server: Any) -> None:
    options = {"cors": {"origin": "https://a.org"}, "maxHttpBufferSize": 2e6, "pingTimeout": 20000}
    for text in (said(lambda: ls.Server(server, options)), said(lambda: ls.Server(server, **options))):  # type: ignore[arg-type, call-arg]
        assert 'write origins=["https://a.org"] in serve()' in text
        assert 'together: write sessions={"max_payload": 2000000, "ping_timeout": 20}, once' in text
    assert "port=… belongs into the first serve()" in said(lambda: ls.Server(server, port=80))  # type: ignore[call-arg, arg-type]


def test_a_callback_has_its_own_name_and_holds_no_loop(server: Any) -> None:
    server.of("/").on("add", lambda socket, *numbers: sum(numbers))
    results: queue.SimpleQueue[int] = queue.SimpleQueue()
    with ls.socket(server) as point:
        text = said(lambda: point.emit("add", 4, 5, callback=results.put))  # type: ignore[call-arg]
        assert "def later(): results.put(point.call('add', 4, 5))\n" in text
        results.put(point.call("add", 4, 5, timeout=DEADLINE))
        assert results.get(timeout=DEADLINE) == 9

        async def main() -> Any:
            found = asyncio.get_running_loop().create_future()
            with pytest.raises(TypeError) as caught:
                point.emit("add", 4, 5, callback=found.set_result)  # type: ignore[call-arg]
            text = str(caught.value)
            assert "async def later(): found.set_result(await asyncio.to_thread(point.call, 'add', …))\n" in text
            assert "below it asyncio.create_task(later()), with import asyncio" in text

            async def later() -> None:
                found.set_result(await asyncio.to_thread(point.call, "add", 4, 5))

            task = asyncio.create_task(later())
            answer = await asyncio.wait_for(found, DEADLINE)
            await task
            return answer

        assert asyncio.run(main()) == 9


def test_the_client_that_a_page_has_logged_in_is_a_cookie(server: Any) -> None:
    server.get("/login")(lambda request: ls.Response("ok", headers={"Set-Cookie": "session=abc"}))

    @server.of("/").on_connect
    def enter(socket: Any) -> None:
        if socket.handshake.cookies.get("session") != "abc":
            raise ls.Refused("who?")

    text = said(lambda: ls.socket(server, flask_test_client=1))  # type: ignore[call-arg]
    assert 'write headers={"Cookie": "session=" + key}, with the cookie that the login has set' in text
    with pytest.raises(ls.Refused):
        ls.socket(server)
    with urllib.request.urlopen(server.url("/login", "http"), timeout=DEADLINE) as answer:
        key = answer.headers["Set-Cookie"].partition("=")[2]
    with ls.socket(server, headers={"Cookie": "session=" + key}) as point:
        assert point.connected


def test_a_callback_at_the_server_is_told_when_its_peer_waits(server: Any) -> None:
    text = said(lambda: server.emit("reply", 1, callback=print))

    assert text.endswith("\n    do not wait while the peer itself waits for this handler")
