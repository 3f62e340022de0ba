"""What the log holds at DEBUG, where `websockets` writes down every header and every frame."""

from __future__ import annotations

import contextlib
import logging
from typing import Any

import pytest

import livesock as ls
from livesock.errors import HandshakeError


def test_the_log_holds_no_secret_and_the_rest_of_each_line(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    headers = {"Cookie": "a=S3CRET", "Authorization": "Bearer S3CRET", "X-XSRFToken": "S3CRET", "X-Api-Key": "S3CRET"}
    with ls.serve("log") as server:

        @server.websocket("/echo", subprotocols=["S3CRET-9"])
        async def echo(ws: Any) -> None:
            async for message in ws:
                await ws.send(message)

        server.of("/point").on("hello")(lambda socket, text: text)
        with ls.connect(server.url("/echo?token=S3CRET&page=7"), subprotocols=["S3CRET-9"], headers=headers) as ws:
            ws.send("shown")
            assert ws.recv(timeout=5) == "shown"
        with ls.socket(
            server.url("/point"), transports=["websocket"], auth={"token": "S3CRET"}, headers=headers
        ) as point:
            assert point.call("hello", "also shown", timeout=5) == "also shown"
        with contextlib.suppress(HandshakeError):
            ls.connect(server.url("/nowhere?auth=S3CRET"), headers=headers)

    assert "S3CRET" not in caplog.text
    for part in ("page=7", "shown", "also shown", "Cookie: xxx", "40/point,…", "/nowhere"):
        assert part in caplog.text, part


def test_lines_above_debug_are_left_as_they_are(caplog: pytest.LogCaptureFixture) -> None:
    logging.getLogger("livesock.websocket").warning("Cookie: %s", "mine")

    assert "Cookie: mine" in caplog.text
