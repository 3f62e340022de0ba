"""`websockets`, as its documentation shows it. Run as: python with_websockets.py PORT"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import ssl
import sys
from collections.abc import Sequence

from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.typing import Origin, Subprotocol

ECHO = Subprotocol("echo")


async def echo(ws: ServerConnection) -> None:
    with contextlib.suppress(ConnectionClosed):
        async for message in ws:
            await ws.send(message)


def choose(ws: ServerConnection, offered: Sequence[Subprotocol]) -> Subprotocol | None:
    return ECHO if ECHO in offered else None


def certificate() -> ssl.SSLContext | None:
    if "TLS_CERT" not in os.environ:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(os.environ["TLS_CERT"], os.environ["TLS_KEY"])
    return context


async def main(port: int) -> None:
    beat = float(os.environ.get("HEARTBEAT", "20"))
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    async with serve(
        echo,
        "127.0.0.1",
        port,
        ssl=certificate(),
        max_size=int(os.environ["MAX_SIZE"]),
        close_timeout=float(os.environ["CLOSE_TIMEOUT"]),
        ping_interval=beat,
        ping_timeout=beat,
        subprotocols=[ECHO],
        select_subprotocol=choose,
        origins=[None, Origin(f"http://127.0.0.1:{port}"), Origin(f"http://localhost:{port}")],
    ):
        await stop.wait()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
