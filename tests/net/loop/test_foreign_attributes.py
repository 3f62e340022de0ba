"""The foreign attributes that a function uses are named in one error, and in the words of its own variables."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

import livesock as ls
from livesock.server import Server
from tests.peers import eventually


@pytest.fixture
def server() -> Iterator[Server]:
    with ls.serve("foreign attributes") as server:
        yield server


async def connect(one: Any) -> None:
    await one.accept()


def test_a_raw_handler_and_the_helper_that_it_calls_hear_of_all_at_once(server: Server) -> None:
    @server.websocket("/ws")
    async def talk(websocket: Any) -> None:
        await connect(websocket)
        text = await websocket.receive_text()
        await websocket.send_text(f"{text} {websocket.headers['host']} {websocket.path_params} {text.nonsense}")

    with ls.connect(server.url("/ws")) as ws, pytest.raises(Exception, match="1011"):
        ws.recv(timeout=5)
    eventually(lambda: server.errors, "it is kept")
    lines = [line[2:] for line in str(server.errors[0].exception).splitlines()[1:] if line[2] != " "]

    assert [line.partition(":")[0] for line in lines] == ["accept", "headers"]
    assert "    send_text(x) and send_bytes(x) are send(x)" in str(server.errors[0].exception)


def test_what_a_subprotocol_needs_stands_first(server: Server) -> None:
    @server.websocket("/ws")
    async def talk(websocket: Any) -> None:
        await websocket.accept(subprotocol="chat")
        async for message in websocket.iter_text():
            await websocket.send_text(message)

    with ls.connect(server.url("/ws")) as ws, pytest.raises(Exception, match="1011"):
        ws.recv(timeout=5)
    first, *_, last = str(eventually(lambda: server.errors, "it is kept")[0].exception).splitlines()
    assert first.endswith('leave it out; write @server.websocket(path, subprotocols=["chat"])')
    assert (
        last.strip()
        == "iter_text() and iter_json() are async for message in websocket: …, with json.loads(message) in it"
    )


def test_a_page_hears_of_all_at_once_and_of_those_in_a_function_within(server: Server) -> None:
    @server.get("/page")
    def page(req: Any) -> str:
        def later() -> str:
            return str(req.get_json())

        return str(req.args["name"]) + str(req.query_params["name"]) + later() + req.path

    with pytest.raises(urllib.error.HTTPError):
        urllib.request.urlopen(server.url("/page", "http"), timeout=5)

    assert str(server.errors[0].exception).split("\n  ")[1:3] == [
        'args, query_params: write req.query["name"], or req.query.get("name")',
        "get_json: write req.json()",
    ]


def test_one_attribute_alone_keeps_its_line(server: Server) -> None:
    app: Any = server

    with pytest.raises(
        AttributeError, match=r"^'Server' object has no attribute 'add_static': for a folder write app\.static"
    ):
        app.add_static("/static")


def test_what_is_looked_for_first_is_not_refused(server: Server) -> None:
    def is_fastapi(app: Any) -> bool:
        return hasattr(app, "include_router") and app.include_router

    assert not is_fastapi(server)


def test_a_variable_of_the_same_name_within_is_another_one(server: Server) -> None:
    def begin(app: Any) -> None:
        def other(app: Any) -> None:
            app.include_router(1)

        app.add_static("/static")

    with pytest.raises(AttributeError, match=r"^'Server' object has no attribute 'add_static'"):
        begin(server)
