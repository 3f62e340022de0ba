"""livesock and Node in one cluster: every form of emit in both directions, questions, rooms, and sessions that move.

The official client cannot tell which of the two servers it is connected to, or which one has emitted.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import livesock as ls
from tests.interop.cluster.cluster_peer import NodePeer
from tests.interop.cluster.redis_server import RedisServer
from tests.peers import eventually

pytestmark = [pytest.mark.interop, pytest.mark.timeout(180)]

PLACES = ("on livesock", "on node")
"""Where a client is connected; each test has a client in both places."""


@pytest.fixture(scope="module")
def redis(tool: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = RedisServer(tool("redis-server"), port, tmp_path_factory.mktemp("redis"))
    yield server
    server.close()


def listening(server: ls.Server) -> None:
    """Give a server the same handlers as cluster_peer.js."""

    def add(name: str) -> None:
        namespace = server.of(name)

        @namespace.on_connect
        def home(socket: Any) -> None:
            socket.data["home"] = "livesock"

        @namespace.on("enter")
        async def enter(socket: Any, room: str) -> None:
            socket.join(room)

        @namespace.on("others")
        async def others(socket: Any, *arguments: Any) -> None:
            socket.broadcast.emit(*arguments)

        @namespace.on("who")
        async def who(socket: Any) -> Any:
            return socket.id, socket.recovered, socket.data

    for name in ("/", "/chat"):
        add(name)


class Pair:
    """A server of livesock and one in Node, each with a client of the official kind."""

    def __init__(self, node: str, redis: RedisServer, recovery: float = 0.0) -> None:
        sessions = {"recovery": recovery} if recovery else None
        self.server = ls.serve("cluster", cluster=ls.cluster.redis(redis.url), sessions=sessions)
        listening(self.server)
        self.node = NodePeer(node, redis.url, recovery)
        self.addresses = {"on livesock": self.server.url("/", "http").rstrip("/"), "on node": self.node.address}
        eventually(lambda: self.server.cluster.servers(), "the servers see each other")
        self.ids = {place: self.client(place, address) for place, address in self.addresses.items()}

    def client(self, name: str, address: str, namespace: str = "", transports: Any = None) -> str:
        wanted = transports or ["polling", "websocket"]
        return str(self.node.do("client", name=name, address=address + namespace, transports=wanted))

    def hear(self, name: str, *events: Any) -> None:
        """Wait until a client has heard exactly these events, and forget nothing."""
        wanted = [list(event) for event in events]
        eventually(lambda: len(self.node.heard(name)) >= len(wanted), f"{name} hears {wanted}")
        assert self.node.heard(name) == wanted

    def close(self) -> None:
        self.node.close()
        self.server.stop()


@pytest.fixture
def pair(tool: Callable[[str], str], node_modules: Path, redis: RedisServer) -> Iterator[Pair]:
    pair = Pair(tool("node"), redis)
    yield pair
    pair.close()


@pytest.fixture
def recovering(tool: Callable[[str], str], node_modules: Path, redis: RedisServer) -> Iterator[Pair]:
    pair = Pair(tool("node"), redis, recovery=60)
    yield pair
    pair.close()


def enter(pair: Pair, place: str, room: str) -> None:
    pair.node.do("ask", name=place, args=["enter", room])


def test_an_event_reaches_the_clients_of_both_servers_whoever_emits(pair: Pair) -> None:
    binary = ["mixed", {"a": [1.5, None, True, "ä€😀"]}, {"bytes": "00ff10"}]

    pair.server.of("/").emit("mixed", {"a": [1.5, None, True, "ä€😀"]}, b"\x00\xff\x10")
    pair.node.do("emit", args=["text", 1, {"b": 2}])
    eventually(lambda: len(pair.node.heard("on livesock")) == 2, "both events")
    pair.node.do("emit", args=binary)
    pair.server.of("/").emit("last")

    for place in PLACES:
        eventually(lambda place=place: len(pair.node.heard(place)) >= 4, f"{place} hears everything")
        assert sorted(pair.node.heard(place)) == sorted([binary, ["text", 1, {"b": 2}], binary, ["last"]])


def test_rooms_exceptions_and_namespaces_hold_across_the_servers(pair: Pair) -> None:
    for place in PLACES:
        enter(pair, place, "red")
        pair.client(f"chat {place}", pair.addresses[place], "/chat")
    enter(pair, "on node", "blue")

    for speak in (
        lambda *args, **how: pair.node.do("emit", args=list(args), **how),
        lambda *args, to=(), **how: (
            pair.server.of(how.get("namespace", "/"))
            .selection.except_(*how.get("except", []))
            .to(*(to or ["red", "blue"]))
            .emit(*args)
        ),
    ):
        speak("one", to=["red"])
        speak("two", to=["red"], **{"except": ["blue"]})
        speak("three", to=[pair.ids["on livesock"]])
        speak("four", to=["red", "blue"])
        speak("five", to=["green"])
        speak("six", to=["red"], namespace="/chat")
        eventually(lambda: len(pair.node.heard("on livesock")) % 4 == 0, "the client on livesock hears four")

    pair.hear("on livesock", *2 * [["one"], ["two"], ["three"], ["four"]])
    pair.hear("on node", *2 * [["one"], ["four"]])
    assert [pair.node.heard(f"chat {place}") for place in PLACES] == [[], []]


def test_local_events_stay_and_volatile_ones_cross(pair: Pair) -> None:
    for place in PLACES:  # without an upgrade, during which a volatile event may be missed
        pair.client(f"ws {place}", pair.addresses[place], transports=["websocket"])

    pair.server.of("/").local.emit("here")
    pair.node.do("emit", args=["there"], flags=["local"])
    pair.server.of("/").volatile.emit("v1")
    eventually(lambda: len(pair.node.heard("ws on node")) == 2, "v1")
    pair.node.do("emit", args=["v2"], flags=["volatile"])

    pair.hear("ws on livesock", ["here"], ["v1"], ["v2"])
    pair.hear("ws on node", ["there"], ["v1"], ["v2"])


@pytest.mark.parametrize("place", PLACES)
def test_a_broadcast_of_a_socket_reaches_the_others_and_not_itself(pair: Pair, place: str) -> None:
    other = next(p for p in PLACES if p != place)
    pair.client("third", pair.addresses[place])

    pair.node.do("send", name=place, args=["others", "news", {"bytes": "01"}])

    pair.hear(other, ["news", {"bytes": "01"}])
    pair.hear("third", ["news", {"bytes": "01"}])
    pair.hear(place)


def test_every_client_answers_a_question_from_either_server(pair: Pair) -> None:
    answers = pair.server.of("/").timeout(10).call("question", "why")
    assert answers == [["on livesock: why", "more"], "on node: why"], (
        "of a client elsewhere the first value, as in Node"
    )

    assert sorted(pair.node.do("call", args=["question", "how"], timeout=10000)) == [
        "on livesock: how",
        "on node: how",
    ]


def test_a_client_that_does_not_answer_is_missed_on_either_server(pair: Pair) -> None:
    quiet = ls.socket(pair.server.url("/"))

    with pytest.raises(TimeoutError, match="1 of 3 peers did not answer") as caught:
        pair.server.of("/").timeout(1).call("question", "why")
    assert len(caught.value.answers) == 2  # type: ignore[attr-defined]

    found = pair.node.do("call", args=["question", "how"], timeout=1000)
    assert (found["error"], len(found["got"])) == ("operation has timed out", 2)
    quiet.close()


def test_sockets_are_found_wherever_they_are(pair: Pair) -> None:
    enter(pair, "on node", "red")

    found = {socket.id: socket for socket in pair.server.of("/").sockets()}
    assert set(found) == set(pair.ids.values())
    far = found[pair.ids["on node"]]
    assert (far.rooms, far.data) == ([far.id, "red"], {"home": "node"})
    assert far.handshake["query"]["EIO"] == "4"  # type: ignore[index]
    assert [s.id for s in pair.server.of("/").to("red").sockets()] == [far.id]
    assert far.call("question", "you?", timeout=10) == "on node: you?"

    seen = {one["id"]: one for one in pair.node.do("fetch")}
    near = seen[pair.ids["on livesock"]]
    assert (near["rooms"], near["data"]) == ([near["id"]], {"home": "livesock"})
    local = seen[pair.ids["on node"]]["handshake"]
    assert set(near["handshake"]) == set(local) and near["handshake"]["address"] == "127.0.0.1"


def test_rooms_are_joined_and_left_on_the_other_server(pair: Pair) -> None:
    far, near = pair.ids["on node"], pair.ids["on livesock"]

    pair.server.of("/").to(far).join("red", "blue")
    pair.node.do("join", to=[near], rooms=["red"])
    eventually(lambda: len(pair.server.of("/").to("red").sockets()) == 2, "both are in red")
    pair.server.of("/").to(far).leave("blue")
    pair.node.do("leave", to=[near], rooms=["red"])

    eventually(lambda: [s.id for s in pair.server.of("/").to("red").sockets()] == [far], "one is left in red")
    eventually(lambda: pair.server.of("/").to("blue").sockets() == [], "nobody is in blue")


def test_the_server_itself_speaks_to_the_root_namespace_of_both_servers(pair: Pair) -> None:
    server, far, near = pair.server, pair.ids["on node"], pair.ids["on livesock"]

    assert {socket.id for socket in server.sockets()} == {near, far}
    assert [socket.id for socket in server.local.sockets()] == [near]
    server.join("all")
    server.to(far).join("red")
    eventually(lambda: [s.id for s in server.to("red").except_("blue").sockets()] == [far], "the far one is in red")
    assert {socket.id for socket in server.in_("all").sockets()} == {near, far}
    server.leave("all")
    eventually(lambda: server.to("all").sockets() == [], "both have left")

    server.emit("news", 1)
    server.except_("red").emit("near", 2)
    server.to("red").emit("far", 3)
    assert len(server.timeout(10).call("question", "you?")) == 2
    pair.hear("on livesock", ["news", 1], ["near", 2])
    pair.hear("on node", ["news", 1], ["far", 3])

    server.disconnect()
    for place in PLACES:
        eventually(lambda place=place: pair.node.heard(place)[-1][0] == "(gone)", f"{place} is sent away")


def test_sockets_are_sent_away_by_the_other_server(pair: Pair) -> None:
    pair.server.of("/").to(pair.ids["on node"]).disconnect()
    pair.node.do("disconnect", to=[pair.ids["on livesock"]], close=True)

    pair.hear("on node", ["(gone)", "io server disconnect"])
    pair.hear("on livesock", ["(gone)", "io server disconnect"])


def test_servers_speak_to_servers(pair: Pair) -> None:
    came: list[Any] = []

    @pair.server.cluster.on("hello")
    def hello(*arguments: Any) -> Any:
        came.append(list(arguments))
        return ["livesock", *arguments]

    pair.server.emit_to_servers("hello", 1)
    assert pair.server.call_servers("hello", {"a": 2}) == [["node", {"a": 2}]]
    pair.node.do("serverEmit", args=["hello", 3])
    assert pair.node.do("serverCall", args=["hello", 4]) == [["livesock", 4]]

    assert pair.node.do("asked") == [[1], [{"a": 2}]]
    assert came == [[3], [4]]


def test_a_server_that_does_not_know_the_event_is_named(pair: Pair) -> None:
    with pytest.raises(TimeoutError, match=r"from [0-9a-f]{16}") as caught:
        pair.server.call_servers("nobody knows this", timeout=0.5)

    assert caught.value.missing == pair.server.cluster.servers()  # type: ignore[attr-defined]


def test_a_script_without_a_server_emits_to_both(pair: Pair, redis: RedisServer) -> None:
    emitter = ls.cluster.emitter(ls.cluster.redis(redis.url))

    emitter.emit("from a script", b"\x07")
    emitter.to(pair.ids["on node"]).emit("for you")

    pair.hear("on livesock", ["from a script", {"bytes": "07"}])
    pair.hear("on node", ["from a script", {"bytes": "07"}], ["for you"])


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("speaker", PLACES)
def test_a_session_comes_back_on_the_other_server(recovering: Pair, place: str, speaker: str) -> None:
    pair = recovering
    other = next(p for p in PLACES if p != place)
    enter(pair, place, "red")
    before = pair.ids[place]
    say = {"on livesock": lambda *a: pair.server.of("/").to("red").emit(*a)}.get(
        speaker, lambda *a: pair.node.do("emit", to=["red"], args=list(a))
    )
    say("first")
    eventually(lambda: pair.node.heard(place), "an event with an offset")
    target = pair.client("target", pair.addresses[place])
    pair.server.of("/").to(target).emit("not for it")

    # While it moves, nobody is in the room: what is emitted now waits in the stream.
    pair.node.do("send", name=place, args=["others", "x"])
    assert pair.node.do("move", name=place, address=pair.addresses[other]) == [before, True]
    say("second", {"bytes": "01"} if speaker == "on node" else b"\x01")

    eventually(lambda: len(pair.node.heard(place)) >= 3, "the event after the move")
    events = [event[:-1] for event in pair.node.heard(place)]
    assert events == [["first"], ["(gone)"], ["second", {"bytes": "01"}]]
    assert pair.node.do("ask", name=place, args=["who"])[:2] if other == "on node" else True
    assert not [error for error in pair.server.errors if not error.is_refusal]


def test_what_was_emitted_while_it_was_away_is_sent_when_it_comes_back(recovering: Pair) -> None:
    pair = recovering
    with ls.socket(pair.server.url("/")) as socket:
        heard: list[Any] = []
        socket.on("news", lambda *arguments: heard.append(list(arguments)))
        pair.server.of("/").emit("news", 1)
        eventually(lambda: heard == [[1]], "an event, without its offset")

    eventually(lambda: "news" in json.dumps(pair.node.heard("on node")), "the official client hears it, too")
    raw = json.dumps(pair.node.heard("on node"))
    assert "-" in raw, "the official client sees the offset as last argument"
