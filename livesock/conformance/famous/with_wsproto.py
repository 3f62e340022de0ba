"""`wsproto` under uvicorn, as an ASGI application. Run as: python with_wsproto.py PORT"""

from __future__ import annotations

import os
import sys
from typing import Any

import uvicorn

PORT = int(sys.argv[1]) if len(sys.argv) > 1 else 0

MAY_ENTER = (b"", f"http://127.0.0.1:{PORT}".encode(), f"http://localhost:{PORT}".encode())


async def echo(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] != "websocket":
        await send({"type": "http.response.start", "status": 426, "headers": [(b"upgrade", b"websocket")]})
        await send({"type": "http.response.body", "body": b""})
        return
    await receive()
    if dict(scope["headers"]).get(b"origin", b"") not in MAY_ENTER:
        await send({"type": "websocket.close", "code": 1008})
        return
    protocol = "echo" if "echo" in scope["subprotocols"] else None
    await send({"type": "websocket.accept", "subprotocol": protocol})
    while (event := await receive())["type"] == "websocket.receive":
        message = {"text": event["text"]} if event.get("text") is not None else {"bytes": event["bytes"]}
        await send({"type": "websocket.send", **message})


if __name__ == "__main__":
    beat = float(os.environ.get("HEARTBEAT", "20"))
    uvicorn.run(
        echo,
        host="127.0.0.1",
        port=PORT,
        ws="wsproto",
        lifespan="off",
        log_level="error",
        ws_max_size=int(os.environ["MAX_SIZE"]),
        ws_ping_interval=beat,
        ws_ping_timeout=beat,
        ssl_certfile=os.environ.get("TLS_CERT"),
        ssl_keyfile=os.environ.get("TLS_KEY"),
        timeout_graceful_shutdown=1,
    )
