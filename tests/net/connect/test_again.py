"""Coming back: one connection at a time, waits that grow, and what ends the loop."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

import livesock as ls
from livesock.errors import HandshakeError, WrongThread
from livesock.net.connect.again import connections
from livesock.realtime.client.backoff import Backoff


class Line:
    """A connection that ends with this code after so many seconds."""

    def __init__(self, code: int | None, lasts: float, clock: list[float]) -> None:
        self.close_code, self.is_closed = code, False
        clock[0] += lasts

    def close(self) -> None:
        self.is_closed = True


def come_back(*ends: Any, backoff: Backoff | None = None, most: int = 9) -> tuple[list[Any], list[float]]:
    """Return the connections that were given, and the waits: each end is (code, seconds), or an exception."""
    clock, waits, coming, given = [0.0], [], list(ends), []

    def open_one() -> Line:
        end = coming.pop(0)
        if isinstance(end, Exception):
            raise end
        return Line(end[0], 0.0, clock)

    lasting = [end[1] for end in ends if not isinstance(end, Exception)]
    chosen = connections(
        open_one, backoff or Backoff(), chance=lambda: 0.0, sleep=waits.append, now=lambda: clock[0]
    )  # fmt: skip
    for line in chosen:
        given.append(line)
        clock[0] += lasting[len(given) - 1]
        if not coming or len(given) == most:
            break
    return given, waits


def refusal(status: int) -> HandshakeError:
    return HandshakeError("no", status=status, headers={}, body=b"", trace=None)


def test_the_waits_grow_while_connections_are_lost_at_once() -> None:
    given, waits = come_back((1006, 0), (1006, 0), (1006, 0), (1006, 0))

    assert len(given) == 4 and waits == [1.0, 2.0, 4.0]
    assert all(line.is_closed for line in given)


def test_a_stable_minute_clears_the_count() -> None:
    _, waits = come_back((1006, 0), (1006, 59), (1006, 60), (1006, 0))

    assert waits == [1.0, 2.0, 1.0]


def test_failed_attempts_count_too() -> None:
    given, waits = come_back(ConnectionRefusedError(), TimeoutError(), refusal(503), (1006, 0))

    assert len(given) == 1 and waits == [1.0, 2.0, 4.0]


@pytest.mark.parametrize("code", [1000, 1008, 4401])
def test_a_final_code_ends_the_loop(code: int) -> None:
    given, waits = come_back((1006, 0), (code, 5), (1006, 0))

    assert len(given) == 2 and waits == [1.0]


def test_a_no_of_the_server_is_raised_at_once() -> None:
    with pytest.raises(HandshakeError):
        come_back(refusal(403), (1006, 0))


def test_it_gives_up_after_so_many_attempts_in_a_row() -> None:
    with pytest.raises(ConnectionRefusedError):
        come_back(*[ConnectionRefusedError()] * 3, backoff=Backoff(attempts=3))


def test_a_client_survives_two_restarts_of_its_server() -> None:
    def serve() -> ls.Server:
        server = ls.serve("again")

        @server.websocket("/")
        async def greet(ws: Any) -> None:
            await ws.send("hello")
            await ws.wait_closed()

        return server

    server, heard = serve(), []
    for ws in ls.reconnect(server.url("/"), reconnection={"first": 0.01}, timeout=5):
        with contextlib.suppress(ConnectionClosed):
            heard.append(ws.recv(timeout=5))
            if len(heard) == 3:
                break
            serve()  # the same name: it replaces the old one
            ws.recv(timeout=5)

    assert heard == ["hello"] * 3
    assert ws.close_code == 1000
    ls.stop_all()


def test_it_does_not_block_a_loop_and_checks_its_arguments() -> None:
    with pytest.raises(ValueError, match="seconds"):
        ls.reconnect("ws://127.0.0.1:1/", stable=-1)
    with ls.serve("blocked") as server:

        async def handler() -> None:
            ls.reconnect(server.url("/"))

        with pytest.raises(WrongThread):
            server.call(handler)
    with pytest.raises(OSError):
        list(ls.reconnect("ws://127.0.0.1:1/", reconnection=False))


@pytest.mark.parametrize("final", [1000, "1000", ["1000"]])
def test_final_codes_that_are_none_are_refused_at_the_call(final: object) -> None:
    with pytest.raises(TypeError, match=r"final is a list of close codes such as \[1000, 1008, 4401\]"):
        ls.reconnect("ws://127.0.0.1:1/", final=final)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="stable is a number of seconds"):
        ls.reconnect("ws://127.0.0.1:1/", stable="long")  # type: ignore[arg-type]
