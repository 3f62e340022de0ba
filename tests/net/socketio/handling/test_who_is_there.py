"""A server that speaks to a `/` without sockets says so: `server` of a gateway in NestJS is its own namespace."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

import pytest

import livesock as ls
from tests.peers import DEADLINE


@pytest.fixture
def server() -> Iterator[ls.Server]:
    with ls.serve("who") as server:
        server.of("/rooms").on("join", lambda socket, room: socket.join(room))
        yield server


def test_the_namespace_where_somebody_is_is_named(server: ls.Server) -> None:
    with ls.socket(server.url("/rooms"), timeout=DEADLINE) as point:
        point.call("join", "a", timeout=DEADLINE)
        for speak in (lambda: server.to("a").emit("news", 1), lambda: server.emit("news", 1)):
            with pytest.warns(
                UserWarning, match=r'which has no sockets: write server\.of\("/rooms"\) in place of server'
            ):
                speak()
        server.of("/rooms").to("a").emit("news", 2)
        assert point.wait("news", timeout=DEADLINE) == (2,)


@pytest.mark.parametrize("begin", ["a member", "a handler", "nobody anywhere"])
def test_nothing_is_said_where_it_may_be_meant(server: ls.Server, begin: str) -> None:
    others: list[Any] = []
    if begin == "a handler":
        server.of("/").on_disconnect(lambda socket, reason: None)
    if begin != "nobody anywhere":
        others.append(ls.socket(server.url("/rooms"), timeout=DEADLINE))
    if begin == "a member":
        others.append(ls.socket(server, timeout=DEADLINE))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        server.emit("news", 1)
        server.to("a").emit("news", 1)
    for other in others:
        other.close()
