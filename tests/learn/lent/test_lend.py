"""What a learner wrote serves a real connection: right, missing, wrong and raising."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

import livesock as ls
from livesock import learn
from livesock.lessons.lesson04 import others
from livesock.lessons.lesson04.encode_frame import encode_frame
from livesock.lessons.lesson04.parse_frames import parse_frames
from livesock.lessons.lesson05.assembler import Assembler
from livesock.lessons.lesson08.hub import Hub
from livesock.lessons.lesson08.lend import lent
from livesock.lessons.lesson08.others import OTHERS


@contextmanager
def mine(*functions: Callable[..., Any]) -> Iterator[ls.Server]:
    """Serve an echo with these functions, that first says whose they are."""
    with ls.serve("mine") as server:

        @server.websocket("/mine")
        async def echo(ws: Any) -> None:
            await ws.send(learn.lend(ws, *functions))
            async for message in ws:
                await ws.send(message)

        yield server


def stub(name: str) -> Callable[..., Any]:
    def function(*_: Any) -> Any:
        raise NotImplementedError

    function.__name__ = name
    return function


def named(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    def call(*arguments: Any) -> Any:
        return function(*arguments)

    call.__name__ = name
    return call


MY_ENCODE, MY_PARSE = named("encode_frame", encode_frame), named("parse_frames", parse_frames)


@pytest.mark.parametrize(
    ("functions", "whose"),
    [
        ((MY_ENCODE, MY_PARSE), "encode_frame: yours, parse_frames: yours"),
        ((encode_frame, parse_frames), "encode_frame: ours, parse_frames: ours"),  # as catch_up() brings them
        ((stub("encode_frame"), MY_PARSE), "encode_frame: ours, parse_frames: yours"),
        ((stub("parse_frames"), MY_ENCODE), "encode_frame: yours, parse_frames: ours"),
        (
            (named("encode_frame", others.encode_buffer), named("parse_frames", others.parse_view)),
            "encode_frame: yours, parse_frames: yours",
        ),
    ],
)
def test_an_echo_of_any_length_a_ping_and_a_goodbye(functions: tuple[Callable[..., Any], ...], whose: str) -> None:
    with mine(*functions) as server, ls.connect(server.url("/mine")) as ws:
        assert ws.recv() == whose
        for message in ("", "Hello é", "x" * 126, b"\0" * 65_536):
            ws.send(message)
            assert ws.recv() == message
        ws.ping().wait(5)
        ws.close()
        assert ws.close_code == 1000


def test_a_byte_at_a_time_is_enough() -> None:
    with (
        mine(encode_frame, parse_frames) as server,
        ls.netsim(server, chunk=1) as slow,
        ls.connect(slow.url("/mine")) as ws,
    ):
        ws.recv()
        ws.send("in pieces")
        assert ws.recv() == "in pieces"


def test_what_mine_writes_is_what_leaves() -> None:
    def always_text(opcode: int, payload: bytes, fin: bool = True, mask_key: bytes | None = None) -> bytes:
        return encode_frame(opcode if opcode > 2 else 1, payload, fin, mask_key)

    with mine(named("encode_frame", always_text)) as server, ls.connect(server.url("/mine")) as ws:
        ws.recv()
        ws.send(b"as text")
        assert ws.recv() == "as text"


@pytest.mark.parametrize("result", [None, 5, "text"])
def test_a_mistake_ends_the_connection_with_1011_and_names_the_function(result: Any) -> None:
    for name in ("encode_frame", "parse_frames"):
        with mine(named(name, lambda *_: result)) as server, ls.connect(server.url("/mine")) as ws:
            with pytest.raises(ConnectionClosed):
                for _ in range(3):
                    ws.send("x")
                    ws.recv()
            assert ws.close_code == 1011 and name in ws.close_reason


def test_what_is_neither_is_refused() -> None:
    with pytest.raises(ValueError, match="takes encode_frame and parse_frames, not 'mask'"):
        learn.lend(None, named("mask", bytes))


class MyAssembler(Assembler):
    """Another class than ours."""


def test_an_assembler_is_lent_as_before() -> None:
    with mine(MyAssembler) as server, ls.connect(server.url("/mine")) as ws:
        assert ws.recv() == "yours"
        ws.send("é")
        assert ws.recv() == "é"


class Half:
    """A hub of which `broadcast` is not written yet."""

    async def join(self, ws: Any) -> None:
        pass

    def leave(self, ws: Any) -> None:
        pass

    async def broadcast(self, message: str) -> int:
        raise NotImplementedError


def test_a_written_hub_serves() -> None:
    assert [lent(hub) for hub in OTHERS["08.Hub"]] == [(hub, "ours") for hub in [Hub] * 3]

    class Mine(OTHERS["08.Hub"][0]):  # type: ignore[misc, name-defined]
        pass

    assert lent(Mine) == (Mine, "yours")


def test_a_hub_with_a_part_missing_or_ours_does_not() -> None:
    assert lent(Half) == (Hub, "ours")
    assert lent(Hub) == (Hub, "ours")
