"""`websockets`, as its documentation shows it, with this judge's limits."""

import asyncio
import contextlib
import os
import signal
import ssl
import sys

from websockets.asyncio.server import serve
from websockets.exceptions import ConnectionClosed


async def echo(ws):
    with contextlib.suppress(ConnectionClosed):
        async for message in ws:
            await ws.send(message)


async def main():
    port = int(sys.argv[1])
    beat = float(os.environ.get("HEARTBEAT", "20"))
    tls = None
    if "TLS_CERT" in os.environ:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(os.environ["TLS_CERT"], os.environ["TLS_KEY"])
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    async with serve(
        echo,
        "127.0.0.1",
        port,
        ssl=tls,
        max_size=int(os.environ["MAX_SIZE"]),
        close_timeout=float(os.environ["CLOSE_TIMEOUT"]),
        ping_interval=beat,
        ping_timeout=beat,
        subprotocols=["echo"],
        select_subprotocol=lambda ws, offered: "echo" if "echo" in offered else None,
        origins=[None, f"http://127.0.0.1:{port}", f"http://localhost:{port}"],
    ):
        await stop.wait()


asyncio.run(main())
