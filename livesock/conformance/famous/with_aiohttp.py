"""`aiohttp`, as its documentation shows it. Run as: python with_aiohttp.py PORT"""

from __future__ import annotations

import os
import ssl
import sys
import weakref

from aiohttp import WSCloseCode, WSMsgType, web

OPEN: weakref.WeakSet[web.WebSocketResponse] = weakref.WeakSet()


async def echo(request: web.Request) -> web.WebSocketResponse:
    host = request.host
    port = host.rpartition(":")[2]
    origin = request.headers.get("Origin")
    if origin not in (None, f"http://{host}", f"http://localhost:{port}"):
        raise web.HTTPForbidden
    beat = os.environ.get("HEARTBEAT")
    ws = web.WebSocketResponse(
        protocols=["echo"],
        heartbeat=float(beat) if beat else None,
        max_msg_size=int(os.environ["MAX_SIZE"]),
        timeout=float(os.environ["CLOSE_TIMEOUT"]),
    )
    await ws.prepare(request)
    OPEN.add(ws)
    async for message in ws:
        if message.type is WSMsgType.TEXT:
            await ws.send_str(message.data)
        elif message.type is WSMsgType.BINARY:
            await ws.send_bytes(message.data)
    return ws


async def goodbye(app: web.Application) -> None:
    for ws in set(OPEN):
        await ws.close(code=WSCloseCode.GOING_AWAY)


def certificate() -> ssl.SSLContext | None:
    if "TLS_CERT" not in os.environ:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(os.environ["TLS_CERT"], os.environ["TLS_KEY"])
    return context


if __name__ == "__main__":
    app = web.Application()
    app.on_shutdown.append(goodbye)
    app.router.add_get("/{path:.*}", echo)
    web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), ssl_context=certificate(), print=None, shutdown_timeout=1)
