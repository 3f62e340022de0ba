"""Servers of one process on the bus in memory: what crosses, what stays, and what happens while the bus is away."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest

import livesock as ls
from livesock.errors import ClusterError, NotRunning
from livesock.net.cluster.memory import MemoryBus
from tests.peers import eventually, faults


@pytest.fixture
def bus() -> Iterator[MemoryBus]:
    yield MemoryBus("test")
    ls.stop_all()


def serve(bus: MemoryBus, name: str, **options: Any) -> ls.Server:
    return ls.serve(name, cluster=bus, **options)


class Listener:
    """A client, and what it hears."""

    def __init__(self, server: ls.Server, namespace: str = "/") -> None:
        server.of(namespace)
        self.socket = ls.socket(server.url(namespace))
        self.heard: list[Any] = []
        self.socket.on("news", lambda *arguments: self.heard.append(list(arguments)))
        self.socket.on("question", lambda value: value * 2)

    def hears(self, *events: Any) -> None:
        eventually(lambda: len(self.heard) >= len(events), f"it hears {events}")
        assert self.heard == [list(event) for event in events]


def test_two_servers_share_namespaces_and_rooms(bus: MemoryBus) -> None:
    a, b = serve(bus, "a"), serve(bus, "b")
    here, there, chat = Listener(a), Listener(b), Listener(b, "/chat")
    b.of("/").local.join("red")

    a.of("/").emit("news", 1, b"\x00\xff")
    a.of("/").to("red").emit("news", 2)
    a.of("/").except_("red").emit("news", 3)
    a.of("/").local.emit("news", 4)
    a.of("/chat").emit("news", 5)

    here.hears((1, b"\x00\xff"), (3,), (4,))
    there.hears((1, b"\x00\xff"), (2,))
    chat.hears((5,))
    assert a.errors == b.errors == []


def test_a_handler_speaks_to_all_servers_and_waits_with_await(bus: MemoryBus) -> None:
    a, b = serve(bus, "a"), serve(bus, "b")
    there = Listener(b)

    @a.of("/").on("go")
    async def go(socket: Any) -> Any:
        socket.broadcast.emit("news", "from a handler")
        found = await a.of("/").sockets()
        local = a.of("/").local.sockets()
        return [len(found), len(local), await a.of("/").timeout(5).call("question", 4)]

    with ls.socket(a.url("/")) as client:
        client.on("question", lambda value: value * 3)
        assert client.call("go") == [2, 1, [12, 8]]
    there.hears(("from a handler",))


def test_a_remote_socket_is_moved_asked_and_sent_away(bus: MemoryBus) -> None:
    a, b = serve(bus, "a"), serve(bus, "b")
    there = Listener(b)
    (socket,) = a.of("/").sockets()

    socket.join("red", "blue")
    socket.leave("blue")
    socket.emit("news", 1)
    assert socket.call("question", 21) == 42
    eventually(lambda: [s.rooms for s in a.of("/").to("red").sockets()] == [[socket.id, "red"]], "it is in red")
    socket.disconnect()

    there.hears((1,))
    eventually(lambda: "not connected" in repr(there.socket), "it is gone")
    with pytest.raises(NotRunning, match="not connected to / any more"):
        socket.call("question", 1)
    with pytest.raises(AttributeError, match="a socket of another server has no attribute 'server'"):
        _ = socket.server


def test_servers_ask_servers_and_a_failure_is_kept_where_it_happens(bus: MemoryBus) -> None:
    a, b, c = (serve(bus, name) for name in "abc")

    @b.cluster.on("load")
    async def load(factor: int) -> int:
        return 7 * factor

    @c.cluster.on("load")
    def broken(factor: int) -> int:
        raise ValueError("no idea")

    with pytest.raises(TimeoutError, match='no answer to "load"') as caught:
        a.call_servers("load", 6, timeout=0.3)

    assert (caught.value.answers, caught.value.missing) == ([42], [c.cluster.uid])  # type: ignore[attr-defined]
    assert [str(error.exception) for error in c.errors] == ["no idea"]
    assert sorted(a.cluster.servers()) == sorted([b.cluster.uid, c.cluster.uid])


def test_a_server_that_stops_is_waited_for_no_longer(bus: MemoryBus) -> None:
    a, b = serve(bus, "a"), serve(bus, "b")
    held, done = threading.Event(), threading.Event()

    @b.cluster.on("slow")
    def slow() -> str:
        held.set()
        done.wait(10)
        return "too late"

    answers: list[Any] = []
    thread = threading.Thread(target=lambda: answers.append(a.call_servers("slow", timeout=20)))
    thread.start()
    assert held.wait(10)
    b.stop()
    thread.join(10)
    done.set()

    assert answers == [[]], "the answer is complete without it"


def test_while_the_bus_is_away_events_wait_and_local_peers_hear_them(bus: MemoryBus) -> None:
    a, b = serve(bus, "a"), serve(bus, "b")
    here, there = Listener(a), Listener(b)
    bus.pause()
    eventually(lambda: a.cluster.state == "away", "the server notices")

    for number in range(5):
        a.of("/").emit("news", number)
    here.hears(*((number,) for number in range(5)))
    assert (there.heard, a.cluster.waiting) == ([], 5)
    with pytest.raises(ClusterError, match="is away: it was paused"):
        a.of("/").sockets()
    with pytest.raises(ClusterError, match="resume"):
        ls.cluster.emitter(bus).emit("news", 6)

    bus.resume()
    there.hears(*((number,) for number in range(5)))
    here.hears(*((number,) for number in range(5)))
    eventually(lambda: a.cluster.state == "connected", "the bus is there again")
    assert [str(error.exception) for error in faults(a)] == [str(faults(a)[0].exception)], (
        "one entry, not one an attempt"
    )


def test_with_recovery_events_keep_their_order_and_a_pause_delays_no_local_peer(bus: MemoryBus) -> None:
    a, b = (serve(bus, name, sessions={"recovery": 60}) for name in "ab")
    here, there = Listener(a), Listener(b)
    for number in range(3):
        a.of("/").emit("news", number)
        a.of("/").local.emit("news", f"local {number}")
    bus.pause()
    eventually(lambda: a.cluster.state == "away", "the server notices")
    a.of("/").emit("news", 3)
    here.hears(*(x for n in range(3) for x in ((n,), (f"local {n}",))), (3,))
    bus.resume()

    there.hears((0,), (1,), (2,), (3,))
    *_, (_, entry) = bus.entries
    assert a.of("/").local.sockets()[0].id in entry["data"], "who has heard it live does not hear it again"


def test_a_namespace_by_pattern_is_shared_too(bus: MemoryBus) -> None:
    a, b = serve(bus, "a"), serve(bus, "b")
    a.of(lambda name: name.startswith("/room"))
    b.of(lambda name: name.startswith("/room"))
    here = ls.socket(a.url("/room1"))
    there = ls.socket(b.url("/room1"))
    heard: list[Any] = []
    there.on("news", heard.append)

    eventually(lambda: a.cluster.servers("/room1"), "the servers see each other there")
    a.of("/room1").emit("news", 1)

    eventually(lambda: heard == [1], "it crosses")
    here.close()


def test_values_that_cannot_cross_raise_at_the_call(bus: MemoryBus) -> None:
    a = serve(bus, "a")

    with pytest.raises(TypeError, match="not JSON serializable"):
        a.of("/").emit("news", object())
    with pytest.raises(ValueError, match="choose another name"):
        a.emit_to_servers("connect")


def test_data_of_a_socket_that_cannot_cross_is_left_out_and_named(bus: MemoryBus) -> None:
    a, b = serve(bus, "a"), serve(bus, "b")

    @b.of("/").on_connect
    def come(socket: Any) -> None:
        socket.data["tags"] = {1, 2}

    there = Listener(b)
    (socket,) = a.of("/").sockets()

    assert socket.data == {}
    assert ["a set cannot be sent" in str(error.exception) for error in b.errors] == [True]
    there.socket.close()


def test_a_server_alone_says_so(bus: MemoryBus) -> None:
    server = ls.serve("alone")

    assert server.cluster is None
    with pytest.raises(ClusterError, match="this server is alone"):
        server.emit_to_servers("hello")
    with pytest.raises(TypeError, match="cluster is what joins servers"):
        ls.serve("wrong", cluster="redis://127.0.0.1")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"cluster=ls\.cluster\.redis"):
        ls.serve("wrong", adapter="redis")  # type: ignore[call-arg]


def test_the_bus_in_memory_is_the_same_for_the_same_name() -> None:
    assert ls.cluster.memory() is ls.cluster.memory("notebook")
    assert ls.cluster.memory("other") is not ls.cluster.memory()
