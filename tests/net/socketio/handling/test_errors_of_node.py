"""What users of Node read from an error, from a server in a cluster and from several names at once."""

from __future__ import annotations

import re
import traceback
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import pytest

import livesock as ls
from livesock.cluster import memory
from livesock.net.socketio.seat import Data
from livesock.server import Server
from tests.peers import DEADLINE, eventually, quiet_logs


@pytest.fixture
def server() -> Iterator[Server]:
    with quiet_logs(), ls.serve("errors of node") as server:
        yield server


def said(call: Callable[[], object]) -> str:
    with pytest.raises((TypeError, AttributeError, ValueError)) as caught:
        call()
    return str(caught.value)


# -- errors


def test_a_refusal_says_how_to_read_it_and_where_it_is_raised(server: Server) -> None:
    @server.of("/bad").on_connect
    def no(socket: ls.Socket) -> None:
        raise ls.Refused("no entry", {"code": 7})

    try:
        ls.socket(server.url("/bad"))
    except ls.Refused as exc:
        refused = exc
    e: Any = refused

    def read() -> None:
        print(e.message, e.code)

    lines = said(read).splitlines()
    assert lines[1] == "  message: write str(e)"
    assert lines[2] == ("  code: write str(e) for its message, e.data for what ls.Refused('why', {…}) has behind it")
    assert str(e) == "no entry" and e.data == {"code": 7}
    note = traceback.format_exception(e)[-1]
    assert "except ls.Refused as error: …" in note and '"connect_error" is heard at reconnections alone' in note
    assert not hasattr(e, "strange") and "write" not in said(lambda: e.strange)


@pytest.mark.parametrize("name", ["code", "status_code", "statusCode"])
def test_an_answer_that_is_no_handshake_has_a_status(server: Server, name: str) -> None:
    with pytest.raises(ls.LivesockError) as caught:
        ls.connect(server.url("/nowhere"))
    assert said(lambda: getattr(caught.value, name)).endswith("write error.status")
    assert caught.value.status == 404  # type: ignore[attr-defined]


@pytest.mark.parametrize(("allowed", "tried"), [("websocket", "polling"), ("polling", "websocket")])
def test_a_transport_that_is_not_allowed_names_the_other(allowed: str, tried: str) -> None:
    with quiet_logs(), ls.serve("one transport", sessions={"transports": [allowed]}) as server:
        with pytest.raises(ls.LivesockError) as caught:
            ls.socket(server, transports=[tried])
        advised = re.search(r"write transports=(.*)", str(caught.value))
        assert advised is not None
        with ls.socket(server, transports=eval(advised[1])) as point:
            assert point.transport == allowed


# -- speaking and asking


def test_what_stands_in_place_of_a_callback_is_called_as_in_the_code(server: Server) -> None:
    @server.of("/").on("sum")
    def add(socket: ls.Socket, a: int, b: int) -> int:
        return a + b

    with ls.socket(server) as c:
        text = said(lambda: c.emit("sum", 1, 2, print))
        assert "write answer = c.call('sum', 1, 2), which waits" in text
        assert "c.call('sum', 1)" in said(lambda: c.emit("sum", 1, callback=print))  # type: ignore[call-arg]
        assert c.call("sum", 1, 2) == 3
    io = server
    assert "write answer = io.of('/').call('sum', 1)" in said(lambda: io.of("/").emit("sum", 1, print))


def test_a_client_that_answers_by_a_callback_is_told_to_return(server: Server) -> None:
    @server.of("/").on("ask")
    async def ask(socket: ls.Socket) -> Any:
        return await socket.call("q", "text", timeout=DEADLINE)

    def q(text: str, cb: Any) -> None:
        cb(text)

    with ls.socket(server) as point:
        point.on("q", q)
        point.call("ask")
        eventually(lambda: point.errors, "the handler could not be called")
        assert "gets no cb" in str(point.errors[-1]) and "write def q(text): return …" in str(point.errors[-1])
        point.off("q")
        point.on("q", lambda text: text)
        assert point.call("ask") == "text"


def test_data_of_a_socket_is_read_and_set_in_one_sentence() -> None:
    data: Any = Data()
    text = said(lambda: setattr(data, "user", "ann"))
    assert text.endswith('write socket.data["user"] = …, and socket.data["user"] to read it')  # no code is known
    text = said(lambda: data.user)
    assert text.endswith('write data["user"], or data.get("user"), and data["user"] = … to set it')


def test_a_socket_is_not_made_by_hand() -> None:
    assert said(lambda: ls.Socket()).endswith('write point = ls.socket(server.url("/point")), a client')  # type: ignore[call-arg]


# -- several servers


def test_an_event_for_servers_names_who_hears_it(server: Server) -> None:
    text = said(lambda: server.serverSideEmit("hello"))  # type: ignore[attr-defined]
    assert 'write server.emit_to_servers("name", …)' in text and '@server.cluster.on("name") above' in text
    text = said(lambda: server.of("/chat").serverSideEmit("hello"))  # type: ignore[attr-defined]
    assert 'emit_to_servers("name", …, namespace="/chat")' in text
    assert '@server.cluster.on("name", namespace="/chat") above' in text


@pytest.mark.parametrize("namespace", ["/", "/chat"])
def test_a_handler_of_peers_that_does_not_hear_a_server_is_named(namespace: str) -> None:
    bus, heard = memory(), list[Any]()
    with quiet_logs(), ls.serve("one", cluster=bus) as one, ls.serve("two", cluster=bus) as two:
        one.of(namespace)
        two.of(namespace).on("hello", lambda socket, data: heard.append(data))
        eventually(lambda: one.cluster.servers(namespace), "they know each other")
        one.emit_to_servers("hello", 1, namespace=namespace)
        eventually(lambda: two.errors, "it is kept")
        advised = re.search(r"write @server\.cluster\.on\((.*)\) above", str(two.errors[-1].exception))
        assert advised is not None and not heard
        eval(f"two.cluster.on({advised[1]})")(heard.append)
        one.emit_to_servers("hello", 2, namespace=namespace)
        eventually(lambda: heard == [2], "it is heard")


# -- names of the package


def test_all_names_that_a_module_reads_are_said_at_once() -> None:
    module = ModuleType("gateways")
    code = """
import livesock as ls

@ls.UseGuards(1)
class Chat:
    server = ls.WebSocketServer()

    @ls.SubscribeMessage("x")
    def a(self, client, data):
        return ls.WsResponse("a", ls.Reply, ls.strange)
"""
    lines = said(lambda: exec(code, vars(module))).splitlines()
    assert lines[0] == "module 'livesock' has none of these:"
    assert [line.strip().partition(":")[0] for line in lines[1:]] == [
        "UseGuards",
        "WebSocketServer",
        "SubscribeMessage",
        "WsResponse",
    ]
    assert said(lambda: ls.strange_name).startswith("module 'livesock' has no attribute 'strange_name'; it has")


def test_raw_frames_and_a_whitelist_are_named() -> None:
    assert '@server.websocket("/raw")' in said(lambda: ls.WsAdapter)
    assert "for whitelist=True a model of pydantic" in said(lambda: ls.ValidationPipe)
