"""However a session's frames are cut and mixed, the same messages arrive: those read at once, and the library's."""

from __future__ import annotations

import asyncio
import gc
import struct
import sys
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from websockets.datastructures import Headers

import livesock as ls
from livesock.net.socketio.carrier import Carrier
from livesock.server import Server
from tests.peers import BINARY, PING, TEXT, eventually, frame
from tests.rawsio import Closed, Raw

CONTINUATION = 0


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with ls.serve("carrier", sessions={"max_payload": 2000}) as server:
        got: list[Any] = []

        @server.of("/").on("note")
        async def note(socket: Any, value: Any) -> None:
            got.append(value[0] if isinstance(value, bytes) else value)

        @server.of("/").on("all")
        async def everything(socket: Any) -> list[Any]:
            seen = list(got)
            got.clear()
            return seen

        yield server


def lengthy(text: bytes) -> bytes:
    """A frame whose length takes more bytes than it needs, which the library lets pass."""
    return b"\x81\xfe" + struct.pack("!H", len(text)) + bytes(4) + text


def written(kind: str, number: int) -> bytes:
    """One event, as the frames of this kind."""
    text = f'42["note",{number}]'.encode()
    if kind == "large":
        text = f'42["note",{number}{" " * 200}]'.encode()
    if kind == "fragments":
        return frame(TEXT, text[:5], fin=False) + frame(PING, b"x") + frame(CONTINUATION, text[5:])
    if kind == "lengthy":
        return lengthy(text)
    if kind == "binary":
        return frame(TEXT, b'451-["note",{"_placeholder":true,"num":0}]') + frame(BINARY, bytes([number]))
    return frame(TEXT, text)


KINDS = st.sampled_from(["small", "small", "small", "large", "fragments", "lengthy", "binary"])


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(KINDS, max_size=8), st.lists(st.integers(1, 60), max_size=8))
def test_any_mixture_in_any_pieces_arrives_in_order(server: Server, kinds: list[str], pieces: list[int]) -> None:
    data = b"".join(written(kind, number) for number, kind in enumerate(kinds))
    with Raw(server.port) as raw:
        raw.join()
        for piece in pieces:
            raw.wire.send(data[:piece])
            data = data[piece:]
        raw.wire.send(data)
        values = raw.ask('421["all"]')

    assert values == f"431[[{','.join(map(str, range(len(kinds))))}]]"


def test_a_text_that_is_too_big_for_the_session_ends_it(server: Server) -> None:
    with Raw(server.port) as raw:
        raw.join()
        raw.say(f'42["note","{"x" * 2000}"]')
        with pytest.raises(Closed) as closed:
            raw.event()

    assert closed.value.code == 1009


def objects() -> Counter[type]:
    """Return how many objects of each type there are, of headers those that hold any."""
    gc.collect()
    return Counter(type(one) for one in gc.get_objects() if not isinstance(one, Headers) or len(one))


def test_an_idle_session_keeps_no_empty_queue_and_not_the_head_of_its_handshake(server: Server) -> None:
    with ExitStack() as stack:
        stack.enter_context(Raw(server.port)).join()
        before = objects()

        for _ in range(20):
            stack.enter_context(Raw(server.port)).join()
        eventually(lambda: len(server.of("/").sockets()) == 21, "all have their seat")
        more = objects() - before

    assert more[Carrier] == 20
    of_asyncio = 20 if sys.version_info >= (3, 12) else 0  # each transport has one
    assert more[deque] - of_asyncio < 20  # 760 bytes each
    assert more[asyncio.Event] < 20
    assert more[Headers] < 20
