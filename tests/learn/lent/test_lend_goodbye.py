"""A learner's Closer says goodbye for a real server: right in any style, missing, wrong, and with all the rest."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.frames import Frame, Opcode

import livesock as ls
from livesock import learn
from livesock.lessons.lesson04.encode_frame import encode_frame
from livesock.lessons.lesson04.parse_frames import parse_frames
from livesock.lessons.lesson05.assembler import Assembler
from livesock.lessons.lesson06 import others
from livesock.lessons.lesson06.close_payload import close_payload
from livesock.lessons.lesson06.closer import Closer
from livesock.lessons.lesson06.lend import lend
from livesock.lessons.lesson06.parse_close import parse_close


class Mine:
    """A server that echoes, and ends as a message says; what its end reported is in `reported`."""

    def __init__(self, server: ls.Server) -> None:
        self.server = server
        self.ws: Any = None

    def reported(self) -> int:
        """Return the code that the server's end reports when all is over."""
        deadline = time.monotonic() + 5
        while (self.ws is None or self.ws.close_code is None) and time.monotonic() < deadline:
            time.sleep(0.005)
        return int(self.ws.close_code)

    def codes(self, direction: str) -> list[int]:
        """Return the codes of the Close frames that crossed in one direction; 0 for none."""
        rows = self.server.trace.only(kind="frame", direction=direction).rows()
        return [int.from_bytes(row.value.payload[:2], "big") for row in rows if row.value.opcode == 8]


@contextmanager
def mine(*written: Any) -> Iterator[Mine]:
    with ls.serve("mine") as server:
        mine = Mine(server)

        @server.websocket("/mine", close_timeout=0.3)
        async def handler(ws: Any) -> None:
            mine.ws = ws
            await ws.send(learn.lend(ws, *written))
            async for message in ws:
                if message == "leave":
                    return
                if message == "close":
                    await ws.close(4001, "log in again")
                await ws.send(message)

        yield mine


class Quiet(Closer):
    """Never answers a Close."""

    def received(self, payload: bytes) -> list[tuple[str, object]]:
        return []


class Raising(Closer):
    def received(self, payload: bytes) -> list[tuple[str, object]]:
        raise KeyError(payload)


class ClosesFirst(Closer):
    """Ends TCP before its Close."""

    def close(self, payload: bytes) -> list[tuple[str, object]]:
        return [("tcp", "end")]


class Unwritten:
    def __init__(self, is_server: bool) -> None:
        raise NotImplementedError


Unwritten.__name__ = Quiet.__name__ = Raising.__name__ = ClosesFirst.__name__ = "Closer"


def styles() -> list[Any]:
    """Other right solutions, as a learner's own."""
    return [type("Closer", (style,), {"__module__": __name__}) for style in others.OTHERS["06.Closer"]]


@pytest.mark.parametrize("closer", [Closer, *styles()])
def test_both_ends_say_goodbye(closer: Any) -> None:
    with mine(closer) as it, ls.connect(it.server.url("/mine")) as ws:
        assert ws.recv() == f"Closer: {'ours' if closer is Closer else 'yours'}, close_payload: ours, parse_close: ours"
        ws.send("é")
        assert ws.recv() == "é"
        ws.close(4000, "bye")

        assert (ws.close_code, ws.close_reason) == (4000, "bye")
        assert it.reported() == 4000
    assert it.codes("<") == it.codes(">") == [4000]


@pytest.mark.parametrize(("message", "code"), [("leave", 1000), ("close", 4001)])
def test_the_server_begins(message: str, code: int) -> None:
    with mine(Closer, close_payload, parse_close) as it, ls.connect(it.server.url("/mine")) as ws:
        ws.recv()
        ws.send(message)
        with pytest.raises(ConnectionClosed):
            ws.recv()
        assert ws.close_code == it.reported() == code
    assert it.codes("<") == it.codes(">") == [code]


def test_a_close_that_breaks_a_rule_is_answered_1002() -> None:
    with mine(Closer) as it, ls.connect(it.server.url("/mine")) as ws:
        ws.recv()
        with ws.send_context():
            ws.protocol.send_frame(Frame(Opcode.CLOSE, b"\x03\xee"))
        with pytest.raises(ConnectionClosed):
            ws.recv()
        assert ws.close_code == 1002


def test_a_closer_that_does_not_answer_leaves_the_client_waiting() -> None:
    with mine(Quiet) as it, ls.connect(it.server.url("/mine"), close_timeout=0.2) as ws:
        ws.recv()
        ws.close()

        assert ws.close_code == 1006
    assert it.codes("<") == [1000] and it.codes(">") == []


def test_the_closer_hears_when_the_time_is_over() -> None:
    with mine(Closer) as it:
        raw = ls.tcp(it.server)
        raw.sendall(
            b"GET /mine HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
        )
        raw.recv_until(b"\r\n\r\n")
        raw.sendall(encode_frame(1, b"close", True, bytes(4)))
        assert it.reported() == 1006, "we never answer its Close"
        raw.close()
    assert it.codes(">") == [4001]


@pytest.mark.parametrize(("closer", "code"), [(Raising, 1011), (ClosesFirst, 1006)])
def test_a_wrong_closer_is_seen(closer: Any, code: int) -> None:
    with mine(closer) as it, ls.connect(it.server.url("/mine"), close_timeout=0.5) as ws:
        ws.recv()
        if closer is Raising:
            ws.close(1000)
            assert "KeyError in Closer.received" in str(it.server.trace)
        else:
            ws.send("close")
            with pytest.raises(ConnectionClosed):
                ws.recv()
        assert ws.close_code == code


def test_a_stub_is_replaced_by_ours() -> None:
    with mine(Unwritten) as it, ls.connect(it.server.url("/mine")) as ws:
        assert ws.recv().startswith("Closer: ours")
        ws.close()
        assert ws.close_code == 1000


def test_all_that_was_written_since_lesson_04_serves_at_once() -> None:
    written = [encode_frame, parse_frames, Assembler, Closer, close_payload, parse_close]
    with mine(*written) as it, ls.connect(it.server.url("/mine")) as ws:
        names = ("encode_frame", "parse_frames", "Assembler", "Closer", "close_payload", "parse_close")
        assert ws.recv() == ", ".join(f"{name}: ours" for name in names)
        ws.send(["Hel", "lo é"])
        assert ws.recv() == "Hello é"
        ws.close(4000, "bye")
        assert ws.close_code == it.reported() == 4000


def test_what_is_neither_is_refused() -> None:
    with pytest.raises(ValueError, match="lend takes Closer, close_payload, parse_close"):
        lend(None, len)
