"""What was too big is in `server.errors`: which peer, how many bytes, and which limit; at every door, in one form."""

from __future__ import annotations

import contextlib
import json
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import livesock as ls
from livesock.errors import PeerRefused
from livesock.server import Server
from livesock.trace.states import ENDS
from tests.peers import TEXT, Wire, eventually, faults, frame, handshake
from tests.rawsio import POLLING, Raw, ask

LIMITS = {"max_message": 1000, "max_body": 5000}


@pytest.fixture
def server() -> Iterator[Server]:
    with ls.serve("refused", limits=LIMITS, sessions={"max_payload": 4000}) as server:

        async def echo(ws: Any) -> None:
            with contextlib.suppress(Exception):
                async for message in ws:
                    await ws.send(message)

        server.websocket("/echo")(echo)
        server.websocket("/small", max_size=100)(echo)
        server.websocket("/deflate", compression="deflate")(echo)
        server.post("/page")(lambda request: "ok")
        yield server
        assert faults(server) == []


def raw(server: Server, path: str, *frames: bytes) -> None:
    with Wire(server.port) as wire:
        wire.send(handshake(wire.host, path, "Sec-WebSocket-Extensions: permessage-deflate"))
        wire.send(b"".join(frames))
        wire.read_to_end()


def deflated(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    packed = (packer.compress(data) + packer.flush(zlib.Z_SYNC_FLUSH))[:-4]
    whole = frame(TEXT, packed)
    return bytes([whole[0] | 0x40]) + whole[1:]


def polled(server: Server, body: bytes) -> None:
    sid = json.loads(ask(server.port, "GET", POLLING)[1][1:])["sid"]
    assert ask(server.port, "POST", f"{POLLING}&sid={sid}", body)[0] == 413


def said(server: Server, message: bytes) -> None:
    with Raw(server.port) as peer:
        peer.join()
        peer.say(message.decode())
        with contextlib.suppress(Exception):
            while peer.event():
                pass


@pytest.mark.parametrize(
    ("send", "where", "sentence"),
    [
        (lambda s: raw(s, "/echo", frame(TEXT, bytes(2000))), "websocket /echo", "2000 bytes, limit 1000"),
        (lambda s: raw(s, "/small", frame(TEXT, bytes(200))), "websocket /small", "200 bytes, limit 100"),
        (
            lambda s: raw(s, "/echo", b"\x01" + frame(TEXT, b"x" * 600)[1:], b"\x80" + frame(TEXT, b"x" * 601)[1:]),
            "websocket /echo",
            "1201 bytes, limit 1000",
        ),
        (
            lambda s: raw(s, "/deflate", deflated(b"x" * 50_000)),
            "websocket /deflate",
            "more than 1000 bytes, limit 1000",
        ),
        (lambda s: said(s, b'42["x","' + b"y" * 5000 + b'"]'), "session ", "5010 bytes, limit 4000"),
        (lambda s: polled(s, b"4" + b"x" * 4500), "session ", "4501 bytes, limit 4000"),
        (lambda s: ask(s.port, "POST", "/page", b"x" * 6000), "POST /page", "6000 bytes, limit 5000"),
    ],
    ids=["raw", "max_size", "fragments", "compressed", "session", "poll", "page"],
)
def test_what_was_too_big_names_the_peer_the_size_and_the_limit(
    server: Server, send: Callable[[Server], object], where: str, sentence: str
) -> None:
    send(server)

    eventually(lambda: server.errors, "it is kept")
    (error,) = server.errors
    assert error.is_refusal and isinstance(error.exception, PeerRefused)
    assert error.where.startswith(where) and f"message too big: {sentence}" in str(error)
    assert "from 127.0.0.1:" in str(error) and error.connection > 0


def test_a_message_of_a_session_that_is_too_big_counts_once_however_many_parts_it_has(server: Server) -> None:
    said(server, b'42["x","' + b"y" * 100_000 + b'"]')

    eventually(lambda: any(chunk.data in ENDS for chunk in server.trace), "everything that came was read")
    (error,) = server.errors
    assert error.count == 1 and "100010 bytes, limit 4000" in str(error)


def test_handshakes_that_break_rules_differently_are_not_counted_as_one(server: Server) -> None:
    good = handshake("127.0.0.1", "/echo")
    for bad in (good.replace(b"Sec-WebSocket-Version", b"X"), good.replace(b"Version: 13", b"Version: 8")):
        with Wire(server.port) as wire:
            wire.send(bad)
            wire.read_to_end()

    eventually(lambda: len(server.errors) == 2, "both are kept")
    assert [error.count for error in server.errors] == [1, 1]


def test_a_frame_that_breaks_a_rule_is_kept_with_the_route(server: Server) -> None:
    raw(server, "/echo", b"\x83\x80\x00\x00\x00\x00")

    eventually(lambda: server.errors, "it is kept")
    assert server.errors[0].where == "websocket /echo" and "opcode" in str(server.errors[0])


def test_a_peer_that_leaves_without_a_word_is_no_refusal(server: Server) -> None:
    with Wire(server.port) as wire:
        wire.send(handshake(wire.host, "/echo") + frame(TEXT, b"x" * 500)[:20])
    eventually(lambda: not server.peers, "it is gone")

    assert server.errors == []


@pytest.mark.parametrize("query", ["EIO=3&transport=polling", "EIO=4&transport=x", "EIO=4&transport=polling&sid=x"])
def test_a_request_that_begins_no_session_names_its_connection(server: Server, query: str) -> None:
    assert ask(server.port, "GET", f"/socket.io/?{query}")[0] == 400

    (error,) = server.errors
    assert error.where == "GET /socket.io/" and error.connection == 1 and "from 127.0.0.1:" in str(error)


@pytest.mark.parametrize("query", ["EIO=4&transport=x", "EIO=3&transport=websocket"])
def test_a_websocket_that_begins_no_session_is_kept_once_with_what_it_asked_for(server: Server, query: str) -> None:
    raw(server, f"/socket.io/?{query}")

    eventually(lambda: server.errors, "it is kept")
    (error,) = server.errors
    assert error.where == "GET /socket.io/" and f"with EIO {query[4]}, transport {query[16:]}" in str(error)


def test_packets_that_break_the_protocol_name_the_session(server: Server) -> None:
    with Raw(server.port) as peer:
        peer.say("49nonsense")
        with contextlib.suppress(Exception):
            peer.event()
    eventually(lambda: server.errors, "it is kept")

    (error,) = server.errors
    assert error.where.startswith("session ") and error.where.endswith("…") and "from 127.0.0.1:" in str(error)
