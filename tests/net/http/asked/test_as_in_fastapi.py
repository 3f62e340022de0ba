"""What a reader of FastAPI writes in a page or a raw route: the sentence that it gets leads to code that works."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import websockets

import livesock as ls
from livesock.server import Server

DEADLINE = 20.0


@pytest.fixture
def server() -> Iterator[Server]:
    with ls.serve("as in FastAPI") as server:
        yield server


def test_what_a_connection_keeps_in_its_state_is_its_own(server: Server) -> None:
    @server.websocket("/shared")
    async def shared(websocket: Any) -> None:
        async for name in websocket:
            websocket.state.user = name

    @server.websocket("/read")
    async def read(websocket: Any) -> None:
        await websocket.recv()
        await websocket.send(websocket.state.user)

    @server.websocket("/own")
    async def own(websocket: Any) -> None:
        async for name in websocket:
            before = getattr(websocket.request.state, "user", "nobody")
            websocket.request.state.user = name
            is_open = websocket.state is websocket.state.OPEN and websocket.state.name == "OPEN"
            await websocket.send(f"{before} {is_open}")

    for path in ("/shared", "/read"):
        with ls.connect(server.url(path)) as ws:
            ws.send("ann")
            with pytest.raises(websockets.exceptions.ConnectionClosed):
                ws.recv(timeout=DEADLINE)
        write = "write websocket.request.state.user = … for this one, and websocket.request.state.user to read it"
        assert f"websocket.state is shared by all connections: {write}" in str(server.errors[-1].exception)
    with ls.connect(server.url("/own")) as ann, ls.connect(server.url("/own")) as bob:
        for ws, name, before in ((ann, "ann", "nobody"), (bob, "bob", "nobody"), (ann, "x", "ann")):
            ws.send(name)
            assert ws.recv(timeout=DEADLINE) == f"{before} True"
