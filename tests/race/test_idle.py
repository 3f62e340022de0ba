"""What a silent client costs."""

from __future__ import annotations

import livesock as ls
from livesock.race.idle import UPGRADE, kib_for_each


def test_a_silent_websocket_costs_more_than_a_silent_http_connection() -> None:
    with ls.serve("idle") as server:

        @server.websocket("/echo")
        async def echo(ws):  # type: ignore[no-untyped-def]
            async for message in ws:
                await ws.send(message)

        assert 0 < kib_for_each(server.port, "/no-such-page") < kib_for_each(server.port, "/echo", UPGRADE)
