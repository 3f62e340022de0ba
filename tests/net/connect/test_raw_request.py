"""One question to a server, and everything that comes back, whatever kind of server it is."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from livesock.net.connect.raw_request import ENOUGH, RawRequest
from livesock.net.connect.urls import Target

HEAD = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
SWITCH = b"HTTP/1.1 101 Switching Protocols\r\n\r\n"


@contextmanager
def serving(talk: Callable[[socket.socket], None]) -> Iterator[Target]:
    """Accept one connection, let `talk` have it, and close it."""
    door = socket.create_server(("127.0.0.1", 0))

    def run() -> None:
        with door, contextlib.suppress(OSError):
            peer, _ = door.accept()
            with peer:
                peer.settimeout(10)
                talk(peer)

    thread = threading.Thread(target=run, name="test server")
    thread.start()
    try:
        yield Target("127.0.0.1", door.getsockname()[1])
    finally:
        thread.join(10)


def until(peer: socket.socket, end: bytes) -> bytes:
    data = b""
    while not data.endswith(end):
        data += peer.recv(1000)
    return data


def test_frames_follow_a_101_and_the_last_words_follow_the_first_answer() -> None:
    heard = []

    def talk(peer: socket.socket) -> None:
        heard.append(until(peer, b"\r\n\r\n"))
        peer.sendall(SWITCH)
        heard.append(until(peer, b"then"))
        peer.sendall(b"\x81\x02hi")
        heard.append(until(peer, b"last"))

    with serving(talk) as target:
        request = RawRequest(target, HEAD, b"then", b"last")
        assert request.done.wait(20)

    assert heard == [HEAD, b"then", b"last"]
    assert request.trace.data("<") == SWITCH + b"\x81\x02hi"
    assert request.connected is not None and request.secured is None
    assert not request.problem and not request.went_quiet


def test_nothing_follows_what_is_no_101() -> None:
    def talk(peer: socket.socket) -> None:
        until(peer, b"\r\n\r\n")
        peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")
        assert peer.recv(10) == b"", "the client hangs up when it is quiet"

    with serving(talk) as target:
        request = RawRequest(target, HEAD, b"then", b"last")
        assert request.done.wait(20)

    assert request.trace.data(">") == HEAD
    assert request.went_quiet


def test_a_server_without_an_end_is_left() -> None:
    def talk(peer: socket.socket) -> None:
        until(peer, b"\r\n\r\n")
        peer.sendall(SWITCH)
        while True:
            peer.sendall(bytes(65_536))

    with serving(talk) as target:
        request = RawRequest(target, HEAD)
        assert request.done.wait(20)

    assert "without an end" in request.problem
    assert len(request.trace.data("<")) < 2 * ENOUGH


def test_a_server_that_hangs_up_and_one_that_is_not_there_are_told() -> None:
    with serving(lambda peer: None) as target:
        request = RawRequest(target, HEAD)
        assert request.done.wait(20)
    assert request.problem

    nobody = RawRequest(target, HEAD)
    assert nobody.done.wait(20)
    assert "nothing listens there" in nobody.problem and nobody.connected is None


def test_breaking_off_ends_the_thread_while_the_server_is_silent() -> None:
    asked = threading.Event()

    def talk(peer: socket.socket) -> None:
        until(peer, b"\r\n\r\n")
        asked.set()
        peer.recv(1)

    with serving(talk) as target:
        request = RawRequest(target, HEAD)
        assert asked.wait(10)
        request.close(timeout=10)
        request.close()
        assert request.done.is_set()
