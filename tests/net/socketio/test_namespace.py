"""Speaking to some of the peers of a namespace: who hears what, in which order, and what they are told at the end."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import livesock as ls
from livesock.errors import NotRunning, Refused
from livesock.realtime.actions import SessionOptions
from livesock.server import Server
from tests.peers import eventually
from tests.rawsio import Polls, Raw, lines, parked_on


@pytest.fixture
def server() -> Iterator[Server]:
    with ls.serve("namespaces") as server:
        space = server.of("/")

        @space.on("echo")
        async def echo(socket: Any, value: Any) -> Any:
            return value

        @space.on("join")
        async def join(socket: Any, *rooms: str) -> list[str]:
            socket.join(*rooms)
            return socket.rooms

        yield server


@pytest.fixture
def peers(server: Server) -> Iterator[tuple[Raw, Raw, Raw]]:
    """Three peers: ann in the rooms a and b, ben in b, cat in none."""
    raws = tuple(Raw(server.port) for _ in range(3))
    for raw, rooms in zip(raws, (["a", "b"], ["b"], []), strict=True):
        raw.name = raw.join()  # type: ignore[attr-defined]
        raw.ask("420" + json.dumps(["join", *rooms]))
    yield raws  # type: ignore[misc]
    for raw in raws:
        raw.wire.sock.close()


def heard(raws: tuple[Raw, ...], server: Server) -> list[list[str]]:
    """What each of them heard, up to a mark that all of them hear."""
    server.of("/").emit("mark")
    found = []
    for raw in raws:
        said = []
        while (message := str(raw.event())) != '42["mark"]':
            said.append(json.loads(message[2:])[0])
        found.append(said)
    return found


SELECTIONS: dict[str, tuple[Callable[[Any], Any], str]] = {
    "everybody": (lambda s: s, "123"),
    "a room": (lambda s: s.to("a"), "1"),
    "in_ is to": (lambda s: s.in_("a"), "1"),
    "a union is heard once": (lambda s: s.to("a", "b"), "12"),
    "a chain is a union": (lambda s: s.to("a").to("b"), "12"),
    "nobody is in it": (lambda s: s.to("z"), ""),
    "all but a room": (lambda s: s.except_("a"), "23"),
    "all but two": (lambda s: s.except_("a").except_("b"), "3"),
    "a room but not another": (lambda s: s.to("b").except_("a"), "2"),
    "volatile": (lambda s: s.volatile, "123"),
    "volatile to a room": (lambda s: s.to("b").volatile, "12"),
}


@pytest.mark.parametrize(("select", "who"), SELECTIONS.values(), ids=SELECTIONS)
def test_a_selection_of_a_namespace(server: Server, peers: Any, select: Callable[[Any], Any], who: str) -> None:
    select(server.of("/")).emit("news")

    assert heard(peers, server) == [["news"] if str(number) in who else [] for number in (1, 2, 3)]


def test_a_timeout_selects_the_same_sockets(server: Server, peers: Any) -> None:
    n = server.of("/")

    assert n.timeout(1).to("a").sockets() == n.to("a").sockets() == n.to("a").timeout(1).sockets() != []
    assert n.timeout(1).sockets() == n.sockets()


FROM_ANN: dict[str, tuple[Callable[[Any], Any], str]] = {
    "herself": (lambda s: s, "1"),
    "volatile to herself": (lambda s: s.volatile, "1"),
    "everybody else": (lambda s: s.broadcast, "23"),
    "a room without herself": (lambda s: s.to("b"), "2"),
    "her own room without herself": (lambda s: s.to("a"), ""),
    "all but a room and herself": (lambda s: s.except_("b"), "3"),
    "the namespace includes her": (lambda s: s.namespace.to("b"), "12"),
}


@pytest.mark.parametrize(("select", "who"), FROM_ANN.values(), ids=FROM_ANN)
@pytest.mark.parametrize("place", ["cell", "handler"])
def test_a_selection_of_a_socket(
    server: Server, peers: Any, select: Callable[[Any], Any], who: str, place: str
) -> None:
    (ann,) = server.of("/").to(peers[0].name).sockets()

    if place == "cell":
        select(ann).emit("news")
    else:

        async def say() -> None:
            select(ann).emit("news")

        server.call(say)

    assert heard(peers, server) == [["news"] if str(number) in who else [] for number in (1, 2, 3)]


def test_the_id_of_a_socket_is_a_room(server: Server, peers: Any) -> None:
    server.of("/").to(peers[2].name).emit("private")
    server.of("/").except_(peers[2].name).emit("secret")

    assert heard(peers, server) == [["secret"], ["secret"], ["private"]]


def test_rooms_of_two_namespaces_have_nothing_in_common(server: Server) -> None:
    server.of("/point").on_connect(lambda socket: socket.join("a"))
    with Raw(server.port) as raw:
        raw.join("/point")
        raw.join()
        server.of("/").to("a").emit("wrong")
        server.of("/point").to("a").emit("right")

        assert raw.event() == '42/point,["right"]'


def test_rooms_are_gone_with_their_last_member(server: Server, peers: Any) -> None:
    rooms = server.of("/").rooms
    assert "a" in rooms and "b" in rooms

    server.of("/").to("a").leave("a", "b")
    eventually(lambda: "a" not in rooms and "b" in rooms, "a is empty")
    for raw in peers:
        raw.leave()

    eventually(lambda: len(rooms) == 0 and server.of("/").sockets() == [], "nobody is anywhere")


def test_a_selection_joins_and_leaves(server: Server, peers: Any) -> None:
    server.of("/").except_("b").join("c", "d")
    server.of("/").to("c").leave("d")

    assert [sorted(socket.rooms) for socket in server.of("/").to("c").sockets()] == [sorted([peers[2].name, "c"])]
    assert server.of("/").to("d").sockets() == []


def test_a_selection_is_disconnected(server: Server, peers: Any) -> None:
    server.of("/").to("b").disconnect()

    assert [peers[0].event(), peers[1].event()] == ["41", "41"]
    peers[2].answers()
    assert [socket.id for socket in server.of("/").sockets()] == [peers[2].name]


# -- questions


def test_a_cell_asks_a_peer(server: Server, peers: Any) -> None:
    (socket,) = server.of("/").to(peers[0].name).sockets()
    with pytest.raises(TimeoutError, match="did not answer"):
        socket.call("why?", timeout=0.05)
    assert peers[0].event() == '420["why?"]'
    peers[0].say('430["too late"]')
    peers[0].answers()


def answering(raw: Raw, *answers: str) -> Any:
    """Answer the next question of the server in a thread."""
    import threading

    def work() -> None:
        message = str(raw.event())
        number = re.match(r"42(\d+)\[", message)
        assert number is not None, message
        for answer in answers:
            raw.say(f"43{number[1]}{answer}")

    thread = threading.Thread(target=work)
    thread.start()
    return thread


@pytest.mark.parametrize(
    ("answer", "value"), [('["x"]', "x"), ("[]", None), ('["x",2]', ["x", 2]), ('[{"a":1}]', {"a": 1}), ("", None)]
)
def test_what_an_answer_becomes(server: Server, peers: Any, answer: str, value: Any) -> None:
    (socket,) = server.of("/").to(peers[0].name).sockets()
    thread = answering(peers[0], answer)

    assert socket.call("why?") == value

    thread.join()


def test_everybody_is_asked_and_all_answers_come(server: Server, peers: Any) -> None:
    threads = [answering(raw, f'["{number}"]') for number, raw in enumerate(peers)]

    assert sorted(server.of("/").timeout(10).call("who?")) == ["0", "1", "2"]

    for thread in threads:
        thread.join()


def test_who_does_not_answer_is_missing_and_the_others_are_not_lost(server: Server, peers: Any) -> None:
    threads = [answering(raw, f'["{number}"]') for number, raw in enumerate(peers[:2])]

    with pytest.raises(TimeoutError, match="1 of 3 peers") as caught:
        server.of("/").timeout(0.5).call("who?")

    assert sorted(caught.value.answers) == ["0", "1"]  # type: ignore[attr-defined]
    for thread in threads:
        thread.join()


def test_nobody_is_asked_and_nobody_answers(server: Server) -> None:
    assert server.of("/").to("empty").call("who?") == []


def test_who_has_not_been_let_in_is_not_asked(server: Server) -> None:
    release = asyncio.Event()

    @server.of("/slow").use
    async def ponder(socket: Any) -> None:
        await release.wait()

    with Raw(server.port) as raw:
        raw.say("40/slow,")
        eventually(lambda: server.of("/slow").members, "somebody waits at the door")
        assert server.of("/slow").call("who?") == []
        server._loop.post(release.set)
        assert str(raw.event()).startswith("40/slow,")


def test_a_question_fails_at_once_when_the_peer_goes(server: Server, peers: Any) -> None:
    (socket,) = server.of("/").to(peers[0].name).sockets()
    import threading

    def leave() -> None:
        peers[0].event()
        peers[0].leave()

    thread = threading.Thread(target=leave)
    thread.start()
    with pytest.raises(NotRunning, match="left before it answered"):
        socket.call("why?", timeout=60)
    thread.join()
    with pytest.raises(NotRunning, match="not connected"):
        socket.call("why?")


# -- who sees what goes by


def test_on_any_sees_what_comes_and_what_goes(server: Server, peers: Any) -> None:
    came: list[Any] = []
    went: list[Any] = []
    server.of("/").on_any(lambda socket, name, *values: came.append((socket.id, name, *values)))
    server.of("/").on_any_out(lambda socket, name, *values: went.append((socket.id, name, *values)))

    peers[0].say('42["nobody",1,2]').ask('421["echo",5]')
    server.of("/").emit("news", 7)
    heard(peers, server)

    assert came == [(peers[0].name, "nobody", 1, 2), (peers[0].name, "echo", 5)]
    assert went[: len(peers)] == [(peer.name, "news", 7) for peer in peers]


def test_on_any_out_is_shown_each_peer_that_hears_and_no_offset_of_recovery() -> None:
    with ls.serve("recovers", sessions={"recovery": 60}) as server, Raw(server.port) as raw, Raw(server.port) as other:
        went: list[Any] = []
        space = server.of("/")
        space.on_any_out(lambda socket, name, *values: went.append((socket.id, name, *values)))
        space.on("ask")(lambda socket: socket.to("all").emit("asked", 1))
        space.on_connect(lambda socket: socket.join("all"))
        names = [json.loads(each.ask("40")[2:])["sid"] for each in (raw, other)]
        raw.say('42["ask"]')
        other.event()
        space.emit("news", 7)
        raw.event()

        eventually(lambda: len(went) == 3, "all are shown")
        assert went == [(names[1], "asked", 1), (names[0], "news", 7), (names[1], "news", 7)]


def test_a_listener_that_fails_keeps_nothing_from_its_way(server: Server, peers: Any) -> None:
    @server.of("/").on_any_out
    def broken(socket: Any, name: str, *values: Any) -> None:
        raise RuntimeError("oops")

    server.of("/").emit("news")

    assert peers[0].event() == '42["news"]'
    eventually(lambda: server.errors and "oops" in str(server.errors[0]), "the error is kept")


def test_two_lambdas_are_two_handlers(server: Server) -> None:
    seen: list[int] = []
    server.of("/two").on_connect(lambda socket: seen.append(1))
    server.of("/two").on_connect(lambda socket: seen.append(2))
    with Raw(server.port) as raw:
        raw.join("/two")

    assert seen == [1, 2]


# -- order, data, bytes


def test_the_events_of_one_peer_are_handled_in_order(server: Server) -> None:
    order: list[int] = []
    server.of("/").on("sync")(lambda socket, number: order.append(number))

    @server.of("/").on("async")
    async def later(socket: Any, number: int) -> None:
        order.append(-number)

    with Raw(server.port) as raw:
        raw.join()
        raw.say(*[f'42["sync",{number}]' for number in range(50)])
        raw.say(*[f'42["async",{number}]' for number in range(50)], '421["sync",50]')
        raw.event()

    assert [number for number in order if number > 0] == list(range(1, 51))
    assert [-number for number in order if number < 0] == list(range(1, 50))


def test_each_socket_has_data_of_its_own(server: Server) -> None:
    @server.of("/").on("add")
    def add(socket: Any, value: int) -> list[int]:
        socket.data.setdefault("values", []).append(value)
        return socket.data["values"]  # type: ignore[no-any-return]

    with Raw(server.port) as one, Raw(server.port) as two:
        one.join()
        two.join()
        one.ask('421["add",1]')

        assert (one.ask('422["add",2]'), two.ask('422["add",3]')) == ("432[[1,2]]", "432[[3]]")


def test_a_cell_may_speak_while_handlers_run(server: Server, peers: Any) -> None:
    for number in range(500):
        server.of("/").emit("cell", number)
        peers[2].say(f'42["echo",{number}]')

    assert [len(said) for said in heard(peers, server)] == [500, 500, 500]


@pytest.mark.parametrize(
    "value", [b"\x00\xff", bytearray(b"\x00\xff"), memoryview(b"\x00\xff")], ids=lambda v: type(v).__name__
)
def test_bytes_reach_both_transports_each_in_its_own_form(server: Server, value: Any) -> None:
    polls = Polls(server.port)
    polls.join()
    with Raw(server.port) as raw:
        raw.join()
        server.of("/").emit("data", value)

        text = '451-["data",{"_placeholder":true,"num":0}]'
        assert [raw.event(), raw.event()] == [text, b"\x00\xff"]
        assert polls.messages(2) == [text, "bAP8="]
    polls.post("1")


def test_an_event_is_made_once_for_all_who_hear_it(server: Server, peers: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from livesock.realtime import encoded

    framed: list[bytes | str] = []
    frame = encoded._frame
    monkeypatch.setattr(encoded, "_frame", lambda message: (framed.append(message), frame(message))[1])

    server.of("/").emit("news", "x" * 1000)
    for raw in peers:
        raw.event()

    written = [c.data for c in server.trace if c.direction == ">" and c.data.endswith(b'xxx"]')]
    assert len(framed) == 1
    assert len(written) == 3 and len({id(data) for data in written}) == 1


@pytest.mark.parametrize(
    ("name", "arguments", "error"),
    [
        ("connect", (), ValueError),
        ("disconnecting", (), ValueError),
        (5, (), TypeError),
        ("x", (float("nan"),), ValueError),
        ("x", (object(),), TypeError),
        ("x", [b"x"] * 11, ValueError),
    ],
)
def test_what_cannot_be_sent_is_said_in_the_callers_thread(
    server: Server, name: Any, arguments: Any, error: type[Exception]
) -> None:
    for speak in (server.of("/").emit, server.of("/").to("a").emit, server.of("/").call):
        with pytest.raises(error):
            speak(name, *arguments)


# -- who is let in


def test_middleware_refuses_with_data_and_later_handlers_do_not_run(server: Server) -> None:
    ran: list[str] = []

    @server.of("/closed").use
    async def first(socket: Any) -> None:
        ran.append("first")
        if (socket.handshake.auth or {}).get("token") != "open":
            raise Refused("members only", {"code": 7})

    @server.of("/closed").use
    def second(socket: Any) -> None:
        ran.append("second")

    server.of("/closed").on_connect(lambda socket: ran.append("connect"))
    server.of("/closed").on_disconnect(lambda socket, reason: ran.append("disconnect"))
    with Raw(server.port) as raw:
        assert raw.ask("40/closed,") == '44/closed,{"message":"members only","data":{"code":7}}'
        assert ran == ["first"] and len(server.of("/closed").rooms) == 0
        raw.join("/closed", {"token": "open"})
        assert ran == ["first", "first", "second", "connect"]


def test_an_error_in_the_door_says_nothing_of_itself(server: Server) -> None:
    @server.of("/broken").on_connect
    async def broken(socket: Any) -> None:
        raise RuntimeError("the secret")

    with Raw(server.port) as raw:
        assert raw.ask("40/broken,") == '44/broken,{"message":"Internal server error"}'
    assert "the secret" in str(server.errors[0])


def test_a_pattern_stands_for_all_that_it_matches(server: Server) -> None:
    parent = server.of(re.compile(r"/room-\d+"))

    @parent.on("where")
    async def where(socket: Any) -> str:
        return str(socket.namespace.name)

    with Raw(server.port) as raw:
        raw.join("/room-1")
        raw.join("/room-22")
        assert raw.ask("40/room-x,") == '44/room-x,{"message":"Invalid namespace"}'
        assert raw.ask('42/room-22,1["where"]') == '43/room-22,1["/room-22"]'
        server.of("/room-1").emit("only here")
        assert raw.event() == '42/room-1,["only here"]'


def test_a_predicate_does_so_too_and_may_be_wrong(server: Server) -> None:
    server.of(lambda name: name.startswith("/free") or 1 / (name != "/zero"))  # type: ignore[arg-type,return-value]
    with Raw(server.port) as raw:
        raw.join("/free-for-all")
        assert str(raw.ask("40/zero,")).startswith('44/zero,{"message":')
        raw.join()
        raw.answers()


# -- reasons


def ended(raw: Raw, *messages: str | bytes) -> None:
    raw.say(*messages)
    raw.ends()


REASONS: dict[str, Callable[[Server, Raw], object]] = {
    "client namespace disconnect": lambda server, raw: raw.say("41"),
    "server namespace disconnect": lambda server, raw: server.of("/").disconnect(),
    "transport close": lambda server, raw: raw.wire.reset(),
    "transport error": lambda server, raw: ended(raw, "2"),
    "ping timeout": lambda server, raw: None,
    "parse error": lambda server, raw: ended(raw, "9"),
    "forced close": lambda server, raw: ended(raw, "42"),
    "server shutting down": lambda server, raw: server.stop(),
}


@pytest.mark.parametrize("reason", REASONS)
def test_on_disconnect_hears_the_reason_that_node_gives(reason: str) -> None:
    heard: list[str] = []
    interval = 0.2 if reason == "ping timeout" else 25.0
    with ls.serve("reasons", sessions=SessionOptions(ping_interval=interval, ping_timeout=0.2)) as server:
        server.of("/").on_disconnect(lambda socket, reason: heard.append(reason))
        with Raw(server.port) as raw:
            raw.join()

            REASONS[reason](server, raw)

            eventually(lambda: heard, "on_disconnect ran")
            assert not server.of("/").members
    assert heard == [reason]


def test_to_end_a_session_is_a_disconnect_of_each_namespace(server: Server) -> None:
    heard: list[str] = []
    for name in ("/", "/point"):
        server.of(name).on_disconnect(lambda socket, reason: heard.append(f"{socket.namespace.name} {reason}"))
    with Raw(server.port) as raw:
        raw.join()
        raw.join("/point")

        server.of("/").disconnect(close=True)

        assert raw.ends() == ["41", "41/point,"]
    eventually(lambda: len(heard) == 2, "both heard it")
    assert sorted(heard) == ["/ server namespace disconnect", "/point server namespace disconnect"]
    assert not lines(server)


def test_a_polling_peer_fetches_its_last_messages_when_its_session_is_ended(server: Server) -> None:
    heard: list[str] = []
    server.of("/").on_disconnect(lambda socket, reason: heard.append(reason))
    polls = Polls(server.port)
    number = polls.join()
    (socket,) = server.of("/").to(number).sockets()

    socket.emit("last", "words")
    socket.disconnect(close=True)
    eventually(lambda: heard, "on_disconnect ran")

    assert polls.get() == (200, '42["last","words"]\x1e41\x1e1')
    assert polls.get()[0] == 400 and not lines(server)
    assert heard == ["server namespace disconnect"]


def test_a_poll_that_waits_takes_the_last_message_and_the_next_one_the_end(server: Server) -> None:
    polls = Polls(server.port)
    polls.join()
    with polls.parked() as wire:
        eventually(lambda: parked_on(lines(server), polls.sid), "the poll waits")
        server.of("/").disconnect(close=True)
        assert wire.read_until(lambda data: data.endswith(b"41")).endswith(b"41")

    assert polls.get() == (200, "1")


def test_who_is_still_being_decided_about_is_not_let_in_once_the_session_ends(server: Server) -> None:
    release = asyncio.Event()

    @server.of("/slow").use
    async def ponder(socket: Any) -> None:
        await release.wait()

    polls = Polls(server.port)
    polls.join()
    polls.post("40/slow,")
    eventually(lambda: server.of("/slow").members, "somebody waits at the door")

    server.of("/").disconnect(close=True)
    server._loop.post(release.set)

    assert polls.get() == (200, "41\x1e1") and not server.of("/slow").members


@pytest.mark.parametrize("transport", ["websocket", "polling"])
def test_more_than_may_wait_for_who_is_not_let_in_yet_ends_its_session(transport: str) -> None:
    release = asyncio.Event()
    with ls.serve("hesitating", sessions=SessionOptions(max_outbox=10_000)) as server:

        @server.of("/slow").use
        async def ponder(socket: Any) -> None:
            await release.wait()

        with contextlib.ExitStack() as stack:
            if transport == "websocket":
                raw = stack.enter_context(Raw(server.port))
                raw.say("40/slow,")
            else:
                Polls(server.port).post("40/slow,")
            eventually(lambda: server.of("/slow").members, "somebody waits at the door")
            (undecided,) = server.of("/slow").members.values()
            for number in range(200):
                server.of("/slow").emit("news", number, "x" * 100)

            eventually(lambda: not lines(server), "the session is over")
            if transport == "websocket":
                assert raw.ends() == []
        eventually(lambda: not server.of("/slow").members, "it waits at the door no more")
        assert undecided.early == []
        assert server._site.dropped == 1 and "before on_connect decided" in str(server.errors[0])


def test_who_has_not_been_let_in_is_not_among_the_sockets(server: Server) -> None:
    release = asyncio.Event()

    @server.of("/slow").use
    async def ponder(socket: Any) -> None:
        socket.join("room")
        await release.wait()

    with Raw(server.port) as raw:
        raw.say("40/slow,")
        eventually(lambda: "room" in server.of("/slow").rooms, "somebody waits at the door")
        assert server.of("/slow").sockets() == [] == server.of("/slow").to("room").sockets()
        server.of("/slow").to("room").emit("waits")
        server._loop.post(release.set)
        assert str(raw.event()).startswith("40/slow,") and raw.event() == '42/slow,["waits"]'
        assert len(server.of("/slow").sockets()) == 1
