"""`listen`: what a learner wrote in lesson 02 reads events from a real server, over a line that cuts."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

import livesock as ls
from livesock.lessons.lesson02 import build_get, parse_head, parse_sse
from livesock.lessons.lesson02.listen import listen

OURS = "build_get: ours, parse_head: ours, parse_sse: ours"


@pytest.fixture
def server() -> Iterator[ls.Server]:
    with ls.serve("prices") as server:

        @server.get("/stream")
        async def stream(request: Any) -> AsyncIterator[ls.ServerSentEvent]:
            for text in ("one", "é", "two\nlines"):
                yield ls.ServerSentEvent(text)

        yield server


@pytest.mark.parametrize("chunk", [1, 3, None])
def test_any_cut_gives_the_same_events(server: ls.Server, chunk: int | None) -> None:
    with ls.netsim(server, name="cut", chunk=chunk) as cut, ls.tcp(cut) as line:
        heard = listen(line, "/stream")

        assert [next(heard)["data"] for _ in range(3)] == ["one", "é", "two\nlines"]
        assert heard.whose == OURS


def test_what_is_written_reads_and_what_is_a_stub_does_not(server: ls.Server) -> None:
    calls = []

    def parse_head(data: bytes) -> Any:
        raise NotImplementedError

    def parse_sse(text: str) -> Any:
        calls.append(text)
        return [{"data": "mine"}], ""

    with ls.tcp(server) as line:
        heard = listen(line, "/stream", parse_head, parse_sse)

        assert next(iter(heard)) == {"data": "mine"}
    assert heard.whose == "build_get: ours, parse_head: ours, parse_sse: yours"
    assert calls


def test_a_reference_that_was_brought_in_is_ours(server: ls.Server) -> None:
    with ls.tcp(server) as line:
        assert listen(line, "/stream", build_get.build_get, parse_head.parse_head, parse_sse.parse_sse).whose == OURS


def test_a_head_that_is_taken_too_early_is_seen() -> None:
    def parse_head(data: bytes) -> Any:
        return data.decode().split("\r\n")[0], {}, b""

    with socket.create_server(("127.0.0.1", 0)) as door, ls.tcp(door.getsockname()) as line, door.accept()[0] as theirs:
        theirs.sendall(b"HTT")
        with pytest.raises(ValueError, match="the answer is 'HTT'"):
            next(listen(line, "/stream", parse_head))


def test_an_end_in_the_middle_is_named(server: ls.Server) -> None:
    with ls.tcp(server) as line, pytest.raises(ValueError, match="404 Not Found"):
        next(listen(line, "/nothing"))

    with ls.tcp(server) as line:
        heard = listen(line, "/stream")
        for _ in range(3):
            next(heard)
        server.stop()
        with pytest.raises(EOFError, match="in the middle of the stream"):
            next(heard)


def test_only_the_functions_of_the_lesson_are_taken() -> None:
    with pytest.raises(ValueError, match="listen takes build_get, parse_head, parse_sse, not 'mask'"):
        listen(None, "/", mask)


def mask() -> None:
    """Not a function of lesson 02."""
