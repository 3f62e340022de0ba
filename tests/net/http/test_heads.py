"""Heads that h11 takes, or refuses with words that we do not repeat."""

from __future__ import annotations

import pytest

import livesock as ls
from tests.peers import Wire


@pytest.mark.parametrize(
    "head",
    [
        b"X: y\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"X: y\nOrigin: http://127.0.0.1\r\n\r\n",
        b"X: y\r\n\n",
    ],
)
def test_a_head_that_two_programs_may_split_in_two_ways_is_refused(head: bytes) -> None:
    with ls.serve("heads") as server, Wire(server.port) as wire:
        wire.send(b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\n" + head)
        answer = wire.read_to_end()

    assert answer.startswith(b"HTTP/1.1 400 ") and b"LF alone" in answer


@pytest.mark.parametrize(
    "line",
    [b"X-My secret: 1", b"A\x00secret: 1", b"Content-Length: secret", b"Transfer-Encoding: secret", b"(secret): 1"],
)
def test_the_answer_to_a_bad_line_repeats_nothing_of_it(line: bytes) -> None:
    with ls.serve("heads") as server, Wire(server.port) as wire:
        wire.send(b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\n" + line + b"\r\n\r\n")
        answer = wire.read_to_end()

    assert answer.startswith((b"HTTP/1.1 400 ", b"HTTP/1.1 501 ")) and b"secret" not in answer
    assert server.errors and "secret" not in str(server.errors)
