"""WebSocket clients that nobody here wrote, each following the same `Plan`."""

from __future__ import annotations

import asyncio
import base64
import json
import socket
import ssl
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from websockets.asyncio.client import connect as connect_asyncio
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect as connect_sync
from wsproto import ConnectionType, WSConnection, events
from wsproto.extensions import PerMessageDeflate

NODE = Path(__file__).parent / "node"
DEADLINE = 20.0
MAX_SIZE = 2**21

Message = str | bytes


@dataclass
class Plan:
    """What a client does: connect, send, wait for `replies` messages and a pong, then close or wait for the close."""

    url: str
    send: list[Message | list[Message]] = field(default_factory=list)
    """Messages; a list is one message in fragments."""
    replies: int = 0
    ping: bytes | None = None
    close: tuple[int, str] | None = (1000, "")
    """None waits until the server closes."""
    protocols: list[str] = field(default_factory=list)
    deflate: bool = False
    tls: ssl.SSLContext | None = None
    ca: bytes | None = None
    """The certificate of the authority, for clients that cannot use a context of Python."""


@dataclass
class Result:
    received: list[Message] = field(default_factory=list)
    pongs: list[bytes] = field(default_factory=list)
    protocol: str = ""
    extensions: str = ""
    closed: tuple[int, str] = (1006, "")


def websockets_sync(plan: Plan) -> Result:
    result = Result()
    options: dict[str, Any] = {
        "compression": "deflate" if plan.deflate else None,
        "subprotocols": plan.protocols or None,
        "ssl": plan.tls,
        "max_size": MAX_SIZE,
        "proxy": None,
    }
    with connect_sync(plan.url, **options) as ws:
        result.protocol = ws.subprotocol or ""
        assert ws.response is not None
        result.extensions = ws.response.headers.get("Sec-WebSocket-Extensions", "")
        for message in plan.send:
            ws.send(message)
        if plan.ping is not None:
            assert ws.ping(plan.ping).wait(DEADLINE)
            result.pongs.append(plan.ping)
        result.received = [ws.recv(DEADLINE) for _ in range(plan.replies)]
        if plan.close:
            ws.close(*plan.close)
        try:
            ws.recv(DEADLINE)
        except ConnectionClosed as exc:
            assert exc.rcvd is not None
            result.closed = (exc.rcvd.code, exc.rcvd.reason)
    return result


def websockets_asyncio(plan: Plan) -> Result:
    async def follow() -> Result:
        result = Result()
        options: dict[str, Any] = {
            "compression": "deflate" if plan.deflate else None,
            "subprotocols": plan.protocols or None,
            "ssl": plan.tls,
            "max_size": MAX_SIZE,
            "proxy": None,
        }
        async with connect_asyncio(plan.url, **options) as ws:
            result.protocol = ws.subprotocol or ""
            assert ws.response is not None
            result.extensions = ws.response.headers.get("Sec-WebSocket-Extensions", "")
            for message in plan.send:
                await ws.send(message)
            if plan.ping is not None:
                await (await ws.ping(plan.ping))
                result.pongs.append(plan.ping)
            result.received = [await ws.recv() for _ in range(plan.replies)]
            if plan.close:
                await ws.close(*plan.close)
            try:
                await ws.recv()
            except ConnectionClosed as exc:
                assert exc.rcvd is not None
                result.closed = (exc.rcvd.code, exc.rcvd.reason)
        return result

    return asyncio.run(asyncio.wait_for(follow(), DEADLINE))


def aiohttp_client(plan: Plan) -> Result:
    async def follow() -> Result:
        result = Result()
        options: dict[str, Any] = {"ssl": plan.tls} if plan.tls else {}
        async with (
            aiohttp.ClientSession() as session,
            session.ws_connect(
                plan.url,
                protocols=plan.protocols,
                compress=15 if plan.deflate else 0,
                autoping=False,
                max_msg_size=MAX_SIZE,
                **options,
            ) as ws,
        ):
            result.protocol = ws.protocol or ""
            result.extensions = "permessage-deflate" if ws.compress else ""
            for message in plan.send:
                await (ws.send_str(message) if isinstance(message, str) else ws.send_bytes(message))  # type: ignore[arg-type]
            if plan.ping is not None:
                await ws.ping(plan.ping)
            transport_socket = ws.get_extra_info("socket")
            reason = ""
            while True:
                if len(result.received) == plan.replies and plan.close and (plan.ping is None or result.pongs):
                    await ws.close(code=plan.close[0], message=plan.close[1].encode())
                    break
                message_in = await ws.receive()
                if message_in.type in (aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY):
                    result.received.append(message_in.data)
                elif message_in.type is aiohttp.WSMsgType.PING:
                    await ws.pong(message_in.data)
                elif message_in.type is aiohttp.WSMsgType.PONG:
                    result.pongs.append(bytes(message_in.data))
                else:
                    reason = message_in.extra or ""
                    break
            result.closed = (ws.close_code or 1006, reason)
        while transport_socket.fileno() != -1:  # aiohttp does not wait for the end of TLS
            await asyncio.sleep(0.01)
        return result

    return asyncio.run(asyncio.wait_for(follow(), DEADLINE))


def wsproto_client(plan: Plan) -> Result:
    result = Result()
    parts = urlsplit(plan.url)
    assert parts.hostname and parts.port
    ws = WSConnection(ConnectionType.CLIENT)
    extensions: list[Any] = [PerMessageDeflate()] if plan.deflate else []
    request = events.Request(parts.netloc, parts.path, extensions=extensions, subprotocols=plan.protocols)
    with socket.create_connection((parts.hostname, parts.port), timeout=DEADLINE) as plain:
        sock = plan.tls.wrap_socket(plain, server_hostname=parts.hostname) if plan.tls else plain
        with sock:
            sock.sendall(ws.send(request))
            pending: Message | None = None
            while True:
                data = sock.recv(65536)
                ws.receive_data(data or None)
                for event in ws.events():
                    if isinstance(event, events.AcceptConnection):
                        result.protocol = event.subprotocol or ""
                        result.extensions = "permessage-deflate" if event.extensions else ""
                        for message in plan.send:
                            pieces: list[Any] = message if isinstance(message, list) else [message]
                            for index, piece in enumerate(pieces):
                                kind = events.TextMessage if isinstance(piece, str) else events.BytesMessage
                                sock.sendall(ws.send(kind(piece, message_finished=index == len(pieces) - 1)))
                        if plan.ping is not None:
                            sock.sendall(ws.send(events.Ping(plan.ping)))
                    elif isinstance(event, events.Message):
                        pending = event.data if pending is None else pending + event.data
                        if event.message_finished:
                            result.received.append(pending if isinstance(pending, str) else bytes(pending or b""))
                            pending = None
                    elif isinstance(event, events.Pong):
                        result.pongs.append(bytes(event.payload))
                    elif isinstance(event, events.Ping):
                        sock.sendall(ws.send(event.response()))
                    elif isinstance(event, events.CloseConnection):
                        result.closed = (int(event.code), event.reason or "")
                        if not plan.close:
                            sock.sendall(ws.send(event.response()))
                        return result
                    else:
                        raise AssertionError(event)
                is_done = len(result.received) >= plan.replies and (plan.ping is None or result.pongs)
                if plan.close and is_done and ws.state.name == "OPEN":
                    sock.sendall(ws.send(events.CloseConnection(*plan.close)))


def node_ws(plan: Plan) -> Result:
    def plain(message: Message | list[Message]) -> dict[str, Any]:
        if isinstance(message, list):
            return {"parts": [plain(part) for part in message]}
        return {"text": message} if isinstance(message, str) else {"binary": base64.b64encode(message).decode()}

    with tempfile.TemporaryDirectory() as folder:
        authority = Path(folder, "ca.pem")
        authority.write_bytes(plan.ca or b"")
        wanted = {
            "url": plan.url,
            "send": [plain(message) for message in plan.send],
            "replies": plan.replies,
            "ping": None if plan.ping is None else plan.ping.decode(),
            "close": plan.close,
            "protocols": plan.protocols,
            "deflate": plan.deflate,
            "ca": str(authority) if plan.ca else None,
        }
        Path(folder, "plan.json").write_text(json.dumps(wanted), "utf-8")
        command = ["node", str(NODE / "ws_client.js"), str(Path(folder, "plan.json"))]
        finished = subprocess.run(command, capture_output=True, text=True, timeout=3 * DEADLINE, check=True)
    said = json.loads(finished.stdout)
    assert "error" not in said, said
    received = [m["text"] if "text" in m else base64.b64decode(m["binary"]) for m in said["received"]]
    pongs = [pong.encode() for pong in said["pongs"]]
    code, reason = said["closed"]
    return Result(received, pongs, said["protocol"], said["extensions"], (code, reason))


CLIENTS: dict[str, Callable[[Plan], Result]] = {
    "websockets-sync": websockets_sync,
    "websockets-asyncio": websockets_asyncio,
    "aiohttp": aiohttp_client,
    "wsproto": wsproto_client,
    "node-ws": node_ws,
}
