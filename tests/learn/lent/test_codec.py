"""Lesson 10's codec: the learner's functions where they are written, ours where not."""

from __future__ import annotations

from typing import Any

import pytest

import livesock as ls
from livesock.lessons.lesson10.codec import Codec
from livesock.lessons.lesson10.sio_decode import sio_decode
from livesock.lessons.lesson10.sio_encode import sio_encode


def stub(*arguments: Any) -> Any:
    raise NotImplementedError


def shout(kind: int, namespace: str = "/", data: object = None, number: int | None = None) -> str:
    return sio_encode(kind, namespace, data, number).upper()


def test_what_is_not_written_is_ours() -> None:
    codec = Codec(stub, stub)

    assert str(codec) == repr(codec) == "sio_encode: ours, sio_decode: ours"
    assert codec.encode(3, "/point", [5], 7) == "43/point,7[5]"
    assert codec.decode('42["a"]') == (2, "/", ["a"], None)


def test_what_is_written_serves() -> None:
    codec = Codec(shout, stub)

    assert str(codec) == "sio_encode: yours, sio_decode: ours"
    assert codec.encode(3, "/point", [], 7) == "43/POINT,7[]"


def test_what_catch_up_brought_is_ours() -> None:
    assert str(Codec(sio_encode, sio_decode)) == "sio_encode: ours, sio_decode: ours"


def test_what_raises_is_used_and_seen_failing() -> None:
    def broken(*arguments: Any) -> Any:
        raise KeyError("x")

    codec = Codec(broken, broken)
    assert str(codec) == "sio_encode: yours, sio_decode: yours"
    with pytest.raises(KeyError):
        codec.decode("40")


def test_nine_lines_around_it_serve_our_client() -> None:
    codec = Codec(sio_encode, sio_decode)
    with ls.serve("mine") as mine:

        @mine.websocket("/mine/")
        async def desk(ws: Any) -> None:
            await ws.send('0{"sid":"me","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}')
            async for message in ws:
                kind, namespace, data, number = codec.decode(message)
                if kind == 0:
                    await ws.send(codec.encode(0, namespace, {"sid": "seat"}))
                elif kind == 2:
                    await ws.send(codec.encode(3, namespace, [sum(data[1:])], number))

        with ls.socket(mine.url("/point"), path="/mine/", transports=["websocket"]) as point:
            assert point.call("add", 2, 3, timeout=5) == 5
