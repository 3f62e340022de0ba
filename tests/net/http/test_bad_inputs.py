"""Every entry of data/bad_inputs.json gets the answer that it names, and nobody else notices."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from websockets.sync.client import connect

import livesock as ls
from livesock.net.http.limits import Limits
from livesock.server import Server
from tests.peers import (
    CLOSE,
    PONG,
    Answer,
    Wire,
    answers,
    close_code,
    eventually,
    faults,
    frames,
    handshake,
    open_files,
    quiet_logs,
)

TABLE: dict[str, list[dict[str, Any]]] = json.loads(
    (Path(__file__).parents[2] / "data" / "bad_inputs.json").read_text("utf-8")
)


SHORT = [
    entry
    for entry in TABLE["websocket"]
    if "headers" not in entry and all(isinstance(part, str) and len(part) < 400 for part in entry["frames"])
]
"""What may be sent one byte at a time."""


@pytest.fixture(scope="module")
def served() -> Iterator[Server]:
    """A server with one route of each kind; after all inputs it holds no more tasks and files than before them."""
    with ls.serve("bad inputs", limits=Limits(head_timeout=3.0)) as server:

        @server.websocket("/echo", close_timeout=2)
        async def echo(ws: Any) -> None:
            async for message in ws:
                await ws.send(message)

        server.websocket("/deflate", compression="deflate", close_timeout=2)(echo)

        @server.get("/alive")
        def alive(request: Any) -> str:
            return "yes"

        @server.post("/say")
        async def say(request: Any) -> dict[str, int]:
            return {"size": len(request.body)}

        with Wire(server.port) as wire:  # the first connection makes what a server keeps
            wire.send(request(server, "GET /alive HTTP/1.1\r\nHost: <HOST>\r\nConnection: close\r\n\r\n"))
            wire.read_to_end()
        files = open_files()
        yield server
        eventually(lambda: open_files() <= files, f"back to {files} open files")
        eventually(lambda: not server._site.tasks, "the handlers have returned")


@pytest.fixture(scope="module")
def canary(served: Server) -> Iterator[Any]:
    """A well-behaved peer that stays connected during all of it."""
    with connect(served.url("/echo"), proxy=None) as ws:
        yield ws


@pytest.fixture
def server(served: Server, canary: Any, request: pytest.FixtureRequest) -> Iterator[Server]:
    """The server, and after the input: the canary sings, no error, no log line, no task, no connection is left."""
    with quiet_logs() as logged:
        yield served
        eventually(lambda: len(served.peers) == 1, "only the canary is connected")
        eventually(lambda: len(served._site.tasks) == 1, "only the canary's handler runs")
        canary.send(request.node.name)
        assert canary.recv(timeout=20) == request.node.name
        assert faults(served) == []
        assert logged == []


def request(server: Server, *parts: Any) -> bytes:
    """Return the bytes of an entry's `send`."""
    return b"".join(_part(server, part) for part in parts)


def _part(server: Server, part: Any) -> bytes:
    if isinstance(part, dict):
        return bytes.fromhex(part["hex"])
    text, times = part if isinstance(part, list) else (part, 1)
    text = text.replace("<HOST>", f"127.0.0.1:{server.port}").replace("<PORT>", str(server.port))
    return bytes(text.encode("latin-1")) * times


def bits(*parts: Any) -> bytes:
    """Return the bytes of an entry's `frames`."""
    return b"".join(
        bytes.fromhex(part[0]) * part[1] if isinstance(part, list) else bytes.fromhex(part) for part in parts
    )


def first_method(data: bytes) -> str:
    return data.lstrip().partition(b" ")[0][:9].decode("latin-1")


def check_answer(entry: dict[str, Any], answer: Answer, sent: bytes) -> None:
    assert answer.status in entry["status"], answer
    for name, value in entry.get("header", {}).items():
        assert answer.headers[name] == value
    for name in entry.get("without", ()):
        assert name not in answer.headers
    if answer.status >= 400:
        assert b"Traceback" not in answer.body and b".py" not in answer.body


@pytest.mark.parametrize("entry", TABLE["http"], ids=lambda entry: entry["id"])
def test_a_bad_request_gets_its_one_answer_and_the_end(server: Server, entry: dict[str, Any]) -> None:
    sent = request(server, *entry["send"])

    with Wire(server.port) as wire:
        wire.send(sent)
        if entry.get("ends", True) is not True:
            wire.send(request(server, "GET /alive HTTP/1.1\r\nHost: <HOST>\r\nConnection: close\r\n\r\n"))
        received = answers(wire.read_to_end(), first_method(sent))

    check_answer(entry, received[0], sent)
    if entry.get("ends", True) is True:
        assert len(received) == 1
    elif entry["ends"] is False:
        assert [answer.body for answer in received[1:]] == [b"yes"]


@pytest.mark.parametrize("glued", [False, True], ids=["", "glued"])
@pytest.mark.parametrize("entry", TABLE["websocket"], ids=lambda entry: entry["id"])
def test_bad_frames_close_with_their_code(server: Server, entry: dict[str, Any], glued: bool) -> None:
    head = handshake(f"127.0.0.1:{server.port}", entry.get("path", "/echo"))
    if "headers" in entry:
        head = head[:-2] + request(server, *entry["headers"], "\r\n\r\n")
    sent = bits(*entry["frames"])

    with Wire(server.port) as wire:
        if glued:
            wire.send(head + sent)
            received = wire.read_until(lambda data: b"\r\n\r\n" in data)
        else:
            wire.send(head)
            received = wire.read_until(lambda data: b"\r\n\r\n" in data)
            wire.send(sent)
        first, _, rest = received.partition(b"\r\n\r\n")
        status = int(first.split()[1])
        assert status in entry.get("status", [101])
        if status != 101:
            return
        assert entry.get("without", "?").lower().encode() not in first.lower()
        if "close" in entry:
            rest += wire.read_to_end()
        else:
            wanted = len(entry.get("echo", ())) + len(entry.get("pong", ()))
            rest += wire.read_until(lambda data: len(frames(rest + data)) >= wanted)
            wire.send(bits("888000000000"))
            rest += wire.read_to_end()

    *messages, (last, code) = frames(rest)
    assert last == CLOSE
    assert [payload for opcode, payload in messages if opcode != PONG] == [
        _part(server, e) if isinstance(e, dict) else e.encode() for e in entry.get("echo", ())
    ]
    assert [payload.decode() for opcode, payload in messages if opcode == PONG] == entry.get("pong", [])
    codes = entry.get("close", 1005)
    assert close_code(code) in (codes if isinstance(codes, list) else [codes])


@pytest.mark.parametrize("entry", SHORT, ids=lambda entry: entry["id"])
def test_frames_in_single_bytes_are_judged_alike(server: Server, entry: dict[str, Any]) -> None:
    sent = bits(*entry["frames"])

    with Wire(server.port) as wire:
        rest = wire.upgrade(entry.get("path", "/echo"))
        for index in range(len(sent)):
            wire.send(sent[index : index + 1])
        if "close" not in entry:
            wire.send(bits("888000000000"))
        rest += wire.read_to_end()

    codes = entry.get("close", 1005)
    opcode, code = frames(rest)[-1]
    assert opcode == CLOSE and close_code(code) in (codes if isinstance(codes, list) else [codes])


@pytest.mark.parametrize("entry", TABLE["http"], ids=lambda entry: entry["id"])
def test_a_peer_that_leaves_without_listening_is_forgotten(server: Server, entry: dict[str, Any]) -> None:
    wire = Wire(server.port)

    wire.send(request(server, *entry["send"]))

    wire.reset()


def test_a_frame_announced_too_long_is_refused_before_its_data(server: Server) -> None:
    with Wire(server.port) as wire:
        wire.upgrade("/echo")
        wire.send(bits("82ff000000004000000000000000"))  # the header of 1 GiB, and not a byte of it

        ((opcode, code),) = frames(wire.read_to_end())

    assert opcode == CLOSE and close_code(code) == 1009


def test_tls_on_a_plain_port_is_answered_so_that_people_understand(server: Server) -> None:
    import ssl

    context = ssl.create_default_context()
    with (
        socket.create_connection(("127.0.0.1", server.port), timeout=20) as sock,
        pytest.raises(ssl.SSLError),
    ):
        context.wrap_socket(sock, server_hostname="127.0.0.1")
