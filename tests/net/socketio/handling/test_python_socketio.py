"""What users of python-socketio write: each works, or raises a sentence that holds what to write instead."""

from __future__ import annotations

import queue
import re
import warnings
from collections.abc import Iterator
from typing import Any

import pytest

import livesock as ls
from livesock.realtime.reasons import Reason
from tests.peers import eventually

DEADLINE = 20.0


@pytest.fixture
def server() -> Iterator[ls.Server]:
    with ls.serve("habits of python-socketio") as server:
        yield server


# -- reasons


@pytest.mark.parametrize(
    ("foreign", "here", "there"),
    [
        ("client disconnect", "client namespace disconnect", "io client disconnect"),
        ("server disconnect", "server namespace disconnect", "io server disconnect"),
    ],
)
def test_a_reason_of_python_socketio_raises_what_it_is_here(foreign, here, there):
    for compare in (lambda r: r == foreign, lambda r: foreign != r, lambda r: r in ("ping timeout", foreign)):
        with pytest.raises(ValueError, match=f"write '{here}' in a server's handler, '{there}' in a client's"):
            compare(Reason("transport close"))
    assert Reason(foreign) == foreign
    assert {Reason(here): 1}[here] == 1 and Reason(here) != there and Reason(here) != 1


def test_a_handler_that_compares_with_one_fails_and_the_advised_text_compares(server):
    heard: queue.Queue[bool] = queue.Queue()

    @server.of("/").on_disconnect
    def gone(socket, reason):
        heard.put(reason == "client namespace disconnect")
        if reason == "client disconnect":
            heard.put(True)

    with ls.socket(server.url("/")) as point:
        point.disconnect()
    assert heard.get(timeout=DEADLINE)
    assert "'client namespace disconnect'" in str(eventually(lambda: server.errors, "the comparison failed")[0])


def test_the_names_of_reasons_lead_to_the_texts(server):
    with ls.socket(server.url("/")) as point:
        for owner in (ls, server, point):
            with pytest.raises(AttributeError, match=r"'(client namespace|io client) disconnect' for CLIENT_"):
                _ = owner.reason.CLIENT_DISCONNECT


# -- namespaces by a pattern


def test_a_pattern_that_a_named_namespace_hides_says_so_once(server):
    @server.of("/chat").on("a")
    def a(socket: Any) -> str:
        return "a"

    def b(socket: Any) -> str:
        return "b"

    pattern = re.compile("/.+")
    with pytest.warns(UserWarning, match=r'does not stand for /chat: .*write @server.of\("/chat"\).on\("move"\) above'):
        server.of(pattern).on("b", b)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        server.of("/chat").on("b", b)  # as advised
        server.of(pattern).on("c", b)
        server.of("/later").on("d", b)  # has what the pattern has
    for name in ("/chat", "/later", "/any"):
        with ls.socket(server.url(name)) as point:
            assert point.call("b", timeout=DEADLINE) == "b"


def test_all_namespaces_are_those_besides_the_first(server):
    with pytest.raises(ValueError, match=re.escape("write server.of(re.compile('/.+')) for many")):
        server.of("*")
    with pytest.raises(TypeError, match=re.escape("for any name server.of(re.compile('/.+'))")):
        ls.serve("x", namespaces="*")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        server.of(re.compile("/.+")).on("b", lambda socket: 1)
