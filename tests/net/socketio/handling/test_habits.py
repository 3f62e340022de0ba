"""Habits of other libraries: each works, or raises a sentence that says what to write, in the line that is wrong."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs

import pytest

import livesock as ls
from livesock.errors import NotRunning
from livesock.net.loop.explain import explain
from livesock.server import Server
from tests.peers import eventually
from tests.rawsio import Raw

DEADLINE = 20.0


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with ls.serve("habits") as server:
        yield server


@pytest.fixture
def socket(server: Server) -> Iterator[Any]:
    server.of("/seat")
    server.of("/").on_connect(lambda socket: None)  # a program that uses "/", too
    with Raw(server.port) as raw:
        raw.join("/seat")
        yield eventually(lambda: server.of("/seat").sockets(), "it is in")[0]
    eventually(lambda: not server.of("/seat").sockets(), "it has left")


async def later(socket: Any) -> None: ...


def nothing() -> None: ...


ON = [
    (
        lambda n: n.on(later),
        'an event has a name: write @server.of("/h").on("move") above the function, not a function',
    ),
    (
        lambda n: n.on("connection"),
        '"connection" is no event that a peer sends: write @server.of("/h").on_connected above',
    ),
    (lambda n: n.on("connect"), '"connect" is no event that a peer sends: write @server.of("/h").on_connect above'),
    (
        lambda n: n.on("disconnect"),
        '"disconnect" is no event that a peer sends: write @server.of("/h").on_disconnect above',
    ),
    (lambda n: n.on("disconnecting"), "above def gone(socket, reason): …, where socket.rooms is still known"),
    (lambda n: n.on("connect_error"), "raise ls.Refused('why') in on_connect, which the peer hears as connect_error"),
    (
        lambda n: n.on("new_namespace"),
        "write server.of(pattern) for many namespaces, and on_connect, which runs in each",
    ),
    (lambda n: n.on("newListener"), "server.of(…).answers, which names who answers what"),
    (lambda n: n.on("move", 5), "a handler is a function, not int 5"),
    (lambda n: n.on("move", None), "a handler is a function, not NoneType None: pass f, not f()"),
    (lambda n: n.on_connect(None), "a handler is a function, not NoneType None: pass f, not f()"),
    (
        lambda n: n.on("move", lambda: None),
        r'the handler of "move" is called with (socket, *arguments), but <lambda>()',
    ),
    (lambda n: n.on_connect(lambda: None), "on_connect is called with (socket), but <lambda>() takes something else"),
    (lambda n: n.on_connect(lambda sid, environ: None), "on_connect is called with (socket), but"),
    (lambda n: n.on_connect(lambda sid, environ, auth: None), "; auth is socket.handshake.auth"),
    (
        lambda n: n.on_connect(lambda sid, environ: None),
        'environ is socket.handshake: .headers.get("X-Token") for HTTP_X_TOKEN',
    ),
    (lambda n: n.use(lambda socket, nxt: None), "leave nxt out: return to let in, raise ls.Refused('why') to refuse"),
    (lambda n: n.on_connect(nothing), "takes something else: write def nothing(socket): …"),
    (lambda n: n.on_connected(lambda: None), "on_connected is called with (socket), but"),
    (lambda n: n.on_disconnect(lambda sid: None), "on_disconnect is called with (socket, reason), but <lambda>(sid)"),
    (lambda n: n.use(lambda socket, after: None), "use is called with (socket), but <lambda>(socket, after)"),
    (lambda n: n.on_any(lambda socket: None), "on_any is called with (socket, name, *arguments), but"),
    (lambda n: n.on_any_out(lambda: None), "on_any_out is called with (socket, name, *arguments), but"),
    (lambda n: n.on_join(lambda socket: None), "on_join is called with (socket, room), but"),
    (lambda n: n.on_leave(lambda a, b, c: None), "on_leave is called with (socket, room), but"),
    (lambda n: n.on("move", lambda socket, *, x: None), "but <lambda>(socket, *, x) takes something else"),
]


@pytest.mark.parametrize(("call", "sentence"), ON, ids=range(len(ON)))
def test_what_cannot_be_a_handler_is_refused_where_it_is_registered(
    server: Server, call: Callable[[Any], Any], sentence: str
) -> None:
    with pytest.raises((TypeError, ValueError)) as caught:
        call(server.of("/h"))
    assert sentence in str(caught.value)
    assert server.of("/h").answers == {}


@pytest.mark.parametrize(
    "handler",
    [
        lambda socket: None,
        lambda socket, x, y=1: None,
        lambda *all_: None,
        lambda socket, /, *rest, **more: None,
        print,
    ],
)
def test_what_can_be_a_handler_is_taken_with_and_without_a_decorator(server: Server, handler: Any) -> None:
    n = server.of(f"/taken/{id(handler)}")
    assert n.on("move")(handler) is handler
    assert n.on("move", handler) is handler


def gateway(**methods: Any) -> type:
    return type("Gate", (), methods)


async def no_socket(self: Any) -> None: ...


no_socket.__name__ = "on_connect"

GATEWAYS = [
    (
        {"handle_connection": lambda self, socket: None},
        "Gate.handle_connection would never run: a gateway's hook is on_connect",
    ),
    (
        {"handleConnection": lambda self, socket: None},
        "Gate.handleConnection would never run: a gateway's hook is on_connect",
    ),
    ({"handleDisconnect": lambda self, socket: None}, "a gateway's hook is on_disconnect"),
    ({"afterInit": lambda self, server: None}, "Gate.afterInit would never run: a gateway's hook is __init__"),
    ({"connect": lambda self, socket: None}, "a gateway's hook is on_connect"),
    ({"onConnect": lambda self, socket: None}, "a gateway's hook is on_connect"),
    ({"disconnect": lambda self, socket: None}, "a gateway's hook is on_disconnect"),
    ({"on_move": lambda self, sid, data: None}, 'Gate.on_move would never run: mark it with @ls.event("move")'),
    ({"on_connect": no_socket}, "Gate.on_connect is called with (socket), but"),
    ({"on_connect": no_socket}, "something else: write async def on_connect(self, socket): …"),
    ({"on_disconnect": lambda self, socket: None}, "Gate.on_disconnect is called with (socket, reason), but"),
    (
        {"msg": lambda self, socket, data: None},
        'no method of Gate would ever run: write @ls.event("msg") above def msg',
    ),
    ({"move": ls.event("move")(lambda self: None)}, 'the event "move" is called with (socket, *arguments), but'),
    ({"move": ls.event("move")(lambda self: None)}, "write lambda socket, *arguments: …"),
]


@pytest.mark.parametrize(("methods", "sentence"), GATEWAYS, ids=[next(iter(row[0])) for row in GATEWAYS])
def test_a_hook_that_would_never_run_is_refused_with_the_name_of_ours(
    server: Server, methods: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(TypeError) as caught:
        server.gateway("/gate")(gateway(**methods))
    assert sentence in str(caught.value)


def test_other_methods_of_a_gateway_are_its_own_business(server: Server) -> None:
    @server.gateway("/own")
    class Own:
        connected = 5

        def helper(self, x: int) -> None: ...

        def _on_move(self) -> None: ...

        @property
        def connection(self) -> str:
            raise RuntimeError("not asked for")

        @ls.event("on_move")
        def on_move(self, socket: Any) -> None: ...

    assert server.of("/own").answers == {"Own": ["on_move"]}


def test_a_decorator_without_its_brackets_gets_a_sentence(server: Server) -> None:
    with pytest.raises(TypeError, match=r'write @server.gateway\("/point"\) above the class, not @server.gateway'):
        server.gateway(gateway())  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r'write @ls.event\("move"\) above the function, not a function'):
        ls.event(later)  # type: ignore[arg-type]
    with pytest.raises(
        ValueError, match=re.escape('"connect" is no event that a peer sends: write def on_connect(self, so')
    ):
        ls.event("connect")


def test_rooms_may_be_named_one_by_one_or_in_a_list(server: Server, socket: Any) -> None:
    n = server.of("/seat")
    socket.join(["a", "b"])
    socket.join(("c",), "d")
    assert socket.rooms == [socket.id, "a", "b", "c", "d"]
    assert n.to(["nowhere", "b"]).sockets() == [socket]
    assert n.except_(["a"]).sockets() == []
    socket.leave({"a"})
    n.selection.leave(["b", "c"])
    n.selection.join(["e"])
    assert socket.rooms == [socket.id, "d", "e"]


ROOMS = [
    (lambda n, s: s.join(5), 'join() takes the names of rooms, each a str, not int 5: write join("5")'),
    (lambda n, s: s.leave(None), "leave() takes the names of rooms, each a str, and one of them is None"),
    (lambda n, s: n.to(s), "to() takes the names of rooms, each a str, not Socket"),
    (lambda n, s: n.except_([s]), "write except_(*(one.id for one in [s]))"),
    (lambda n, s: n.to(), "to() needs the name of a room and got none: leave it out to speak to all"),
    (lambda n, s: s.to([]), "to() needs the name of a room and got none"),
]


@pytest.mark.parametrize(("call", "sentence"), ROOMS, ids=range(len(ROOMS)))
def test_what_is_no_name_of_a_room_is_refused(server: Server, socket: Any, call: Any, sentence: str) -> None:
    with pytest.raises((TypeError, ValueError)) as caught:
        call(server.of("/seat"), socket)
    assert sentence in str(caught.value)


def without_source(call: Callable[..., object], *arguments: Any, **keywords: Any) -> None:
    """Call it in a line that no file holds, so that the caller's expressions are not known."""
    eval("call(*arguments, **keywords)")


OF_ALL, OF_ROOM = "server.of('/seat')", "server.of('/seat').to('a')"

KEYWORDS = [
    ({"room": "a"}, f"{OF_ROOM}.emit('news', …)", "socket.namespace.to('a').emit('news', …)"),
    ({"to": ["a", "b"]}, "server.of('/seat').to('a', 'b').emit(", "socket.namespace.to('a', 'b').emit('news', …)"),
    (
        {"to": None},
        "(server.of('/seat') if to is None else server.of('/seat').to(to)).emit('news', …)",
        "(socket if to is None else socket.namespace.to(to)).emit('news', …)",
    ),
    ({"skip_sid": "a"}, f"{OF_ALL}.except_('a').emit('news', …)", "socket.namespace.except_('a').emit('news', …)"),
    (
        {"skip_sid": "TG2IqjCp2-i8RordcfBR"},
        f"{OF_ALL}.except_(socket.id).emit('news', …)",
        "socket.namespace.except_(socket.id).emit('news', …)",
    ),
    (
        {"to": "TG2IqjCp2-i8RordcfBR"},
        f"{OF_ALL}.to(sid).emit('news', …), where sid is the id of that peer's socket",
        "socket.namespace.to(sid).emit('news', …), where sid is the id of that peer's socket",
    ),
    ({"to": "b", "namespace": "/c"}, "server.of('/c').to('b').emit('news', …)", "server.of('/c').to('b').emit("),
    ({"broadcast": True}, f"{OF_ALL}.except_(socket.id).emit('news', …) for the others", "socket.broadcast.emit("),
    ({"include_self": False}, f"{OF_ALL}.except_(socket.id).emit('news', …)", "socket.broadcast.emit('news', …)"),
    ({"to": "a", "include_self": False}, f"{OF_ROOM}.except_(socket.id).emit(", "socket.to('a').emit('news', …)"),
    (
        {"callback": later},
        f"{OF_ALL}.call('news', …), a list of answers, one for each peer, with await in an async def",
        "socket.call('news', …), with await in an async def",
    ),
    (
        {"callback": later, "to": "a", "timeout": 5},
        f"{OF_ROOM}.timeout(5).call('news', …), a list",
        "socket.namespace.to('a').timeout(5).call('news', …), a list",
    ),
    ({"callback": later, "timeout": 5}, ".timeout(5).call(", "socket.call('news', …, timeout=5), with await"),
    ({"data": 1}, f"{OF_ALL}.emit('news', …), with the values behind the event's name", "socket.emit('news', …), with"),
    ({"x": 1}, "named ones belong in a dict", "named ones belong in a dict"),
]


@pytest.mark.parametrize(("keywords", "of_all", "of_one"), KEYWORDS, ids=[", ".join(row[0]) for row in KEYWORDS])
def test_keywords_of_other_libraries_become_one_line(
    server: Server, socket: Any, keywords: dict[str, Any], of_all: str, of_one: str
) -> None:
    for speaker, write in ((server.of("/seat"), of_all), (socket, of_one)):
        with pytest.raises(TypeError) as caught:
            without_source(speaker.emit, "news", 1, **keywords)
        said = str(caught.value)
        assert said.startswith(f"emit() takes no {', '.join(f'{name}=' for name in keywords)}: write ")
        assert write in said


def test_the_line_has_the_expressions_of_the_caller(server: Server) -> None:
    n, data, ids = server.of("/seat"), {"room": "a"}, ["TG2IqjCp2-i8RordcfBR"]
    for habit, write in (
        (lambda: n.emit("x", 1, room=data["room"]), ".to(data['room']).emit('x', …)"),
        (lambda: n.emit("x", 1, to=ids, skip_sid=ids[0]), ".to(*ids).except_(ids[0]).emit('x', …)"),
        (lambda: n.emit("x", 1, to=["a", "b"]), ".to('a', 'b').emit('x', …)"),
        (lambda: n.emit("x", 1, **{"to": data["room"]}), ".to(data['room']).emit('x', …)"),
        (lambda: n.emit("x", 1, to="é" + data["room"]), ".to('é' + data['room']).emit('x', …)"),
    ):
        with pytest.raises(TypeError) as caught:
            habit()
        assert str(caught.value).endswith(f"write server.of('/seat'){write}")


def test_an_expression_that_is_none_this_time_stays_in_the_line(server: Server, socket: Any) -> None:
    n, data, options, quiet = server.of("/seat"), {"other": "r"}, {"to": None}, True
    kept = server.to("kept")
    for habit, write in (
        (
            lambda: server.emit("x", 1, to=data.get("room")),
            "(server.of('/') if data.get('room') is None else server.of('/').to(data.get('room'))).emit('x', …)",
        ),
        (lambda: n.emit("x", 1, to=None), "server.of('/seat').emit('x', …)"),
        (lambda: n.emit("x", 1, **options), "(server.of('/seat') if options['to'] is None else server.of('/seat').to("),
        (lambda: n.emit("x", 1, to=data.get("room") or None), "if (data.get('room') or None) is None else"),
        (lambda: n.emit("x", 1, to="a", room=data.get("room")), ".to('a', data.get('room') or ()).emit("),
        (lambda: n.emit("x", 1, skip_sid=data.get("sid")), ".except_(data.get('sid') or ()).emit("),
        (lambda: n.emit("x", 1, include_self=not quiet), ".except_(() if not quiet else socket.id).emit("),
        (lambda: n.emit("x", 1, namespace=data["other"]), "server.of(data['other']).emit("),
        (lambda: n.emit("x", 1, namespace=data.get("name")), "server.of(data.get('name') or '/').emit("),
        (lambda: n.join("r", sid=data.get("sid")), "server.of('/seat').to(data.get('sid')).join('r')"),
        (lambda: server.call("x", 1, to=data["other"]), "a peer, write server.of('/').to(data['other']).call("),
        (lambda: kept.emit("x", 1, skip_sid=data["other"]), "write kept.except_(data['other']).emit("),
        (lambda: server.to(data["other"]).emit("x", 1, skip_sid="s"), "of('/').to(data['other']).except_('s').emit("),
        (lambda: socket.to(data["other"]).emit("x", print), "of('/seat').to(data['other']).except_(socket.id).call("),
        (
            lambda: socket.emit("x", 1, to=data.get("room")),
            "(socket if data.get('room') is None else socket.namespace.to(data.get('room'))).emit('x', …)",
        ),
        (lambda: socket.emit("x", 1, broadcast=quiet), "write (socket.namespace if quiet else socket).emit('x', …)"),
    ):
        with pytest.raises(TypeError) as caught:
            habit()
        assert write in str(caught.value)


def test_a_flag_that_says_no_sends_nothing_to_the_others(socket: Any) -> None:
    for flag in ({"broadcast": False}, {"include_self": True}):
        with pytest.raises(TypeError, match=r"write socket\.emit\('x', …\)$"):
            without_source(socket.emit, "x", 1, **flag)


def test_the_line_for_a_room_that_may_be_none_speaks_to_the_room_the_next_time(server: Server) -> None:
    data: dict[str, str] = {}
    with ls.socket(server.url("/seat")) as ann, ls.socket(server.url("/seat")) as bob:
        server.of("/seat").to(ann.id).join("a")
        with pytest.raises(TypeError) as caught:
            server.of("/seat").emit("x", 1, to=data.get("room"))
        line = str(caught.value).partition("write ")[2].replace("…", "data.get('room')")
        eval(line, {"server": server, "data": data})
        assert (ann.wait("x", timeout=DEADLINE), bob.wait("x", timeout=DEADLINE)) == ((None,), (None,))

        data["room"] = "a"
        eval(line, {"server": server, "data": data})
        server.of("/seat").emit("x", "last")
        assert (ann.wait("x", timeout=DEADLINE), bob.wait("x", timeout=DEADLINE)) == (("a",), ("last",))
    eventually(lambda: not server.of("/seat").sockets(), "they have left")


def test_no_room_at_all_is_not_every_peer(server: Server, socket: Any) -> None:
    n = server.of("/seat")
    for habit in (
        lambda: n.emit("x", 1, room=[]),
        lambda: socket.emit("x", 1, to=()),
        lambda: n.disconnect(sid=None),
        lambda: n.join("a", sid=None),
        lambda: n.to("all").emit("x", 1, to=[], namespace="/b"),
    ):
        with pytest.raises(TypeError) as caught:
            habit()
        assert ".to()" in str(caught.value)
        with pytest.raises(ValueError, match="needs the name of a room and got none"):
            eval(pasted(str(caught.value)), {"server": server, "socket": socket})


def test_what_was_selected_before_a_keyword_stays_selected(server: Server, socket: Any) -> None:
    for speaker, keywords, write in (
        (server.of("/seat").to("a"), {"namespace": "/b"}, "write server.of('/b').to('a').emit('news', …)"),
        (server.of("/seat").except_("a"), {"to": "b"}, "server.of('/seat').except_('a').to('b').emit("),
        (server.to("a").volatile, {"namespace": "/b"}, "write server.of('/b').to('a').volatile.emit('news', …)"),
        (socket.volatile, {"to": "a"}, "write socket.namespace.volatile.to('a').emit('news', …)"),
        (socket.volatile, {"namespace": "/b"}, "write in a handler of '/b' socket.volatile.emit('news', …); elsewhere"),
    ):
        with pytest.raises(TypeError) as caught:
            without_source(speaker.emit, "news", 1, **keywords)
        assert write in str(caught.value)


def test_what_a_socket_says_to_its_peer_alone_is_not_said_to_a_whole_namespace(server: Server, socket: Any) -> None:
    there = "with the id of its socket there in place of …"
    for act, write in (
        (
            lambda: socket.emit("x", 1, namespace="/b"),
            "socket.emit('x', …); elsewhere server.of('/b').to(…).emit('x', …), ",
        ),
        (
            lambda: socket.call("x", 1, namespace="/b"),
            "elsewhere server.of('/b').to(…).call('x', …), a list of answers, one for each peer, ",
        ),
        (lambda: socket.join("r", namespace="/b"), "socket.join('r'); elsewhere server.of('/b').to(…).join('r'), "),
        (
            lambda: socket.disconnect(namespace="/b"),
            "socket.disconnect(); elsewhere server.of('/b').to(…).disconnect(), ",
        ),
    ):
        with pytest.raises(TypeError, match="takes no namespace=: write in a handler of '/b' socket") as caught:
            act()
        assert write in str(caught.value) and there in str(caught.value)
    with pytest.raises(TypeError, match="each a str, not ellipsis"):
        server.of("/b").to(...)  # type: ignore[arg-type]  # pasted as it is, it reaches no peer by mistake


MOVES = [
    (lambda n, s: s.join("a", sid="x"), "join() takes no sid=: write socket.namespace.to('x').join('a')"),
    (lambda n, s: s.leave("a", "b", sid="x"), "leave() takes no sid=: write socket.namespace.to('x').leave('a', 'b')"),
    (lambda n, s: s.join(room="a"), "join() takes no room=: write socket.join('a')"),
    (lambda n, s: n.join("a", sid="x"), "write server.of('/seat').to('x').join('a')"),
    (lambda n, s: n.join(room="a", sid="x", namespace="/b"), "write server.of('/b').to('x').join('a')"),
    (lambda n, s: n.to("all").leave("a", sid="x"), "write server.of('/seat').to('x').leave('a')"),
]


@pytest.mark.parametrize(("call", "sentence"), MOVES, ids=range(len(MOVES)))
def test_a_room_and_whom_to_put_into_it_become_one_line(server: Server, socket: Any, call: Any, sentence: str) -> None:
    with pytest.raises(TypeError) as caught:
        call(server.of("/seat"), socket)
    assert sentence in str(caught.value)
    eval(pasted(str(caught.value)), {"server": server, "socket": socket})


def pasted(said: str) -> str:
    """Return the code that a sentence holds, with a value in place of the dots."""
    found = re.search(r"write (?:answer = )?(.*?\))(?=$|[,;] | for)", said)
    assert found is not None, said
    return found[1].replace("…", "'secret'")


def test_the_line_for_a_private_message_reaches_one_peer(server: Server) -> None:
    server.of("/private")
    with ls.socket(server.url("/private")) as ann, ls.socket(server.url("/private")) as bob:
        with pytest.raises(TypeError) as caught:
            server.emit("q", "secret", to=ann.id, namespace="/private")  # type: ignore[call-arg]  # the habit
        eval(pasted(str(caught.value)), {"server": server, "ann": ann, "sid": ann.id})
        assert ann.wait("q", timeout=DEADLINE) == ("secret",)

        ann.on("ask", lambda value: [value])
        with pytest.raises(TypeError) as caught:
            server.call("ask", "secret", to=ann.id, namespace="/private", timeout=5)  # type: ignore[call-arg]
        assert "to ask a peer, write server.of('/private').to(" in str(caught.value)
        there = "write " + str(caught.value).rpartition("write ")[2]
        assert eval(pasted(there), {"server": server, "ann": ann, "sid": ann.id}) == [["secret"]]

        with pytest.raises(TypeError) as caught:
            server.disconnect(ann.id, namespace="/private")  # type: ignore[arg-type]
        eval(pasted(str(caught.value)), {"server": server, "ann": ann, "sid": ann.id})
        eventually(lambda: not ann.connected, "it has left")
        with pytest.raises(TimeoutError):
            bob.wait("q", timeout=0.1)
        assert bob.connected


def test_a_callback_behind_the_values_gets_a_sentence(server: Server, socket: Any) -> None:
    ask_all = "server.of('/seat').call('ask', 1), a list of answers, one for each peer, with await in an async def"
    for speaker, write in (
        (server.of("/seat"), ask_all),
        (server.of("/seat").timeout(1), "server.of('/seat').timeout(1).call('ask', 1)"),
        (socket, "socket.call('ask', 1), with await in an async def"),
        (socket.volatile, "socket.call('ask', 1), with await in an async def"),
        (socket.broadcast, "server.of('/seat').except_(socket.id).call('ask', 1)"),
    ):
        for speak in (speaker.emit, speaker.call):
            with pytest.raises(TypeError) as caught:
                speak("ask", 1, lambda answer: None)
            assert f"write answer = {write}" in str(caught.value)


def test_a_tuple_as_the_only_value_gets_a_warning_in_the_line_that_speaks(server: Server, socket: Any) -> None:
    with pytest.warns(UserWarning, match=r"write emit\('x', 1, 2\) for several, or \[1, 2\] for one") as caught:
        server.of("/seat").emit("x", (1, 2))
        socket.emit("x", (1, 2))
    assert [warning.filename for warning in caught] == [__file__, __file__]
    socket.emit("x", [1, 2])
    socket.emit("x", (1, 2), 3)


def test_call_has_no_keywords_but_a_sockets_timeout(server: Server, socket: Any) -> None:
    for speaker in (server.of("/seat"), server.of("/seat").to("a")):
        with pytest.raises(TypeError, match=r"call\(\) takes no timeout=: write server.*\).timeout\(5\).call\('ques"):
            without_source(speaker.call, "question", timeout=5)
    with pytest.raises(
        TypeError, match=r"call\(\) takes no to=: write socket.namespace.to\('a'\).call\('question', …\), a list of"
    ):
        socket.call("question", to="a")
    with pytest.raises(TypeError, match=r"takes no to=: write server.of\('/seat'\).to\(socket.id\).emit\('"):
        server.of("/seat").emit("news", to=socket)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("on", "a socket has no attribute 'on': write @server.of(\""),
        ("sid", "a socket's name is socket.id"),
        ("send", 'write socket.emit("message", text)'),
        ("enter_room", r"write socket.join(room)"),
        ("nonsense", "a socket has no attribute 'nonsense'"),
    ],
)
def test_what_a_socket_has_elsewhere_gets_a_sentence(socket: Any, name: str, sentence: str) -> None:
    with pytest.raises(AttributeError) as caught:
        getattr(socket, name)
    assert sentence in str(caught.value)


def test_what_node_catches_in_silence_is_warned_of_too(server: Server, socket: Any) -> None:
    for speaker in (socket, socket.timeout(1), server.of("/seat"), server.of("/seat").timeout(1)):
        with (
            pytest.raises(AttributeError),
            pytest.warns(UserWarning, match=r"no attribute 'emitWithAck': write (speaker)?\.call\("),
        ):
            speaker.emitWithAck("x")


def test_a_socket_waits_so_long_for_an_answer(server: Server) -> None:
    server.of("/patient")
    with ls.socket(server.url("/patient")) as point:
        there = server.of("/patient").sockets()[0]
        point.on("ask", lambda value: value)
        assert there.timeout(DEADLINE).call("ask", 1) == 1
        with pytest.raises(TimeoutError, match="did not answer"):
            there.timeout(0.01).call("ask me again")
        with pytest.raises(
            AttributeError, match=r"a time limit has no attribute 'emit': it is for answers: write answer = ….call\("
        ):
            there.timeout(1).emit("ask")
        with pytest.raises(TypeError, match="timeout is a number of seconds"):
            there.timeout("1")


@pytest.mark.parametrize("name", ["error", "exception"])
def test_an_event_that_other_libraries_call_is_warned_of(server: Server, name: str) -> None:
    with pytest.warns(UserWarning, match=f'the handler of "{name}" runs only if a peer emits "{name}"') as caught:
        server.of("/calls").on(name, later)
    assert caught[0].filename == __file__


def test_an_event_close_is_one_of_peers_like_any_other(server: Server) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        server.of("/calls").on("close", later)


def test_an_address_has_no_port_and_cookies_are_a_dict(server: Server) -> None:
    server.of("/cookies")
    cookies = 'theme=dark; a[1]=x; theme=light; name="a b"; =; nothing'
    with ls.socket(server.url("/cookies"), headers={"Cookie": cookies}):
        sent = server.of("/cookies").sockets()[0].handshake
    assert sent.address == "127.0.0.1"
    assert sent.cookies == {"theme": "dark", "a[1]": "x", "name": "a b"}
    assert repr(sent.cookies) == "{'theme': '…', 'a[1]': '…', 'name': '…'}"
    with pytest.raises(KeyError, match="the request brings no cookie 'session'"):
        sent.cookies["session"]


def test_what_wsgi_calls_a_header_or_a_query_is_not_silently_missing(server: Server) -> None:
    server.of("/environ")
    with ls.socket(server.url("/environ?banned=1"), headers={"X-Token": "abc"}):
        sent = server.of("/environ").sockets()[0].handshake
    for ask in (
        lambda: sent.headers.get("HTTP_X_TOKEN"),
        lambda: sent.headers["HTTP_X_TOKEN"],
        lambda: "HTTP_X_TOKEN" in sent.headers,
    ):
        with pytest.raises(TypeError, match=r'write socket\.handshake\.headers\.get\("X-Token"\)'):
            ask()
    with pytest.raises(TypeError, match=r"write socket\.handshake\.query\.get\('banned'\) == '1'"):
        "banned=1" in sent.query  # noqa: B015  # the habit
    with pytest.raises(TypeError) as raised:
        parse_qs(sent.query)
    explain(raised.value)  # as for every error of a handler: Python 3.13 has words of its own
    assert "the query is a dict already" in str(raised.value)
    assert (sent.headers.get("X-Token"), sent.query.get("banned"), "banned" in sent.query) == ("abc", "1", True)


def test_what_a_namespace_or_a_selection_has_elsewhere_gets_a_sentence(server: Server) -> None:
    with pytest.raises(
        AttributeError, match=r"the namespace /seat has no attribute 'fetchSockets': write .sockets\(\)"
    ):
        server.of("/seat").fetchSockets  # noqa: B018 - the attribute is asked for
    with pytest.raises(AttributeError, match="a selection of sockets has no attribute 'send'"):
        server.of("/seat").to("a").send  # noqa: B018 - the attribute is asked for


DISCONNECT = [
    (lambda n, s: n.disconnect(s.id), "disconnect() takes no id of a socket: write server.of('/seat').to(s.id)"),
    (lambda n, s: n.disconnect(s.id), "; in its own handler socket.disconnect()"),
    (lambda n, s: n.disconnect(s), "disconnect() takes no id of a socket: write server.of('/seat').to(s.id)"),
    (lambda n, s: s.disconnect(n.name), "id of a socket: write socket.namespace.to(n.name).disconnect(); in its own"),
    (
        lambda n, s: s.disconnect("TG2IqjCp2-i8RordcfBR"),
        "write socket.namespace.to(sid).disconnect(), where sid is the",
    ),
    (lambda n, s: s.disconnect(n), "close is True or False"),
    (lambda n, s: s.disconnect(s), "write socket.namespace.to(s.id).disconnect()"),
    (lambda n, s: s.disconnect(s.id, namespace="/b"), "elsewhere server.of('/b').to(s.id).disconnect()"),
    (lambda n, s: n.disconnect(s.id, namespace="/b"), "of a socket, namespace=: write server.of('/b').to(s.id)"),
    (lambda n, s: n.disconnect(sid=s.id), "disconnect() takes no sid=: write server.of('/seat').to(s.id)"),
    (lambda n, s: n.disconnect(1), "close is True or False: True ends its whole session"),
    (lambda n, s: n.to("a").disconnect("b"), "write server.of('/seat').to('b').disconnect()"),
    (lambda n, s: s.disconnect("kicked"), "write socket.disconnect(); True ends its whole session (no reason goes"),
    (lambda n, s: s.disconnect(reason="kicked"), "write socket.disconnect(), and emit(…) before it to say why"),
]


@pytest.mark.parametrize(("call", "sentence"), DISCONNECT, ids=range(len(DISCONNECT)))
def test_disconnect_takes_neither_an_id_nor_a_reason(server: Server, socket: Any, call: Any, sentence: str) -> None:
    with pytest.raises(TypeError) as caught:
        call(server.of("/seat"), socket)
    assert sentence in str(caught.value)
    assert server.of("/seat").sockets() == [socket]


def test_to_the_id_disconnects_one(server: Server, socket: Any) -> None:
    with Raw(server.port) as other:
        sid = other.join("/seat")
        server.of("/seat").to(sid).disconnect()
        assert other.event() == "41/seat,"
    assert server.of("/seat").sockets() == [socket]


def test_on_connected_that_returns_false_has_let_the_peer_in_and_says_so() -> None:
    with ls.serve("verdict") as own, Raw(own.port) as raw:
        own.of("/door").on_connected(lambda socket: False)
        raw.join("/door")
        (error,) = eventually(lambda: own.errors, "it is kept")
    assert "raise ls.Refused('why') in on_connect" in str(error)


def test_an_event_that_does_not_fit_the_method_of_a_gateway_is_kept_and_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with ls.serve("fit") as own, Raw(own.port) as raw:

        @own.gateway("/fit")
        class Fit:
            @ls.event("msg")
            def m(self, socket: Any) -> None: ...

            @ls.event("count")
            def count(self, socket: Any, n: int) -> None: ...

            @ls.event("add")
            def add(self, socket: Any, a: int, b: int) -> None: ...

        raw.join("/fit")
        raw.say('42/fit,["msg","hi"]', '42/fit,["count","5"]', '42/fit,["add",1]')
        one, two, three = eventually(lambda: own.errors if len(own.errors) > 2 else None, "all are kept")
    first = "the first parameter after self is the socket, and what is returned is the answer"
    assert f"Fit.m did not run: expected the arguments (none), got 1; {first}" in str(one)
    assert "Fit.count did not run: n: expected `int`, got `str`" in str(two)
    assert "expected the arguments (a: 'int', b: 'int'), got 1; write b=None for what may be missing" in str(three)
    assert one.where == 'event "msg" in /fit'
    assert [r.levelname for r in caplog.records if "did not run" in r.getMessage()] == ["ERROR"] * 3


def test_an_event_that_only_an_unmarked_method_could_hear_is_kept_once() -> None:
    with ls.serve("mark") as own, Raw(own.port) as raw:

        @own.gateway("/mark")
        class Chat:
            def on_connect(self, socket: Any) -> None: ...

            def msg(self, socket: Any, data: Any) -> None: ...

            @ls.event("echo")
            def echo(self, socket: Any, word: str) -> str:
                return word

        raw.join("/mark")
        raw.say(*['42/mark,["msg","hi"]'] * 2, '42/mark,["other"]', '42/mark,["on_connect"]', '42/mark,["__init__"]')
        raw.answers("/mark")
        (error,) = own.errors
    assert 'Chat.msg would run with a mark: write @ls.event("msg") above def msg' in str(error)


def test_awaiting_what_acts_at_once_gets_a_sentence(server: Server) -> None:
    n = server.of("/await")

    @n.on("say")
    async def say(socket: Any) -> None:
        await socket.emit("news")

    with Raw(server.port) as raw:
        raw.join("/await")
        raw.say('42/await,["say"]')
        assert raw.event() == '42/await,["news"]'
        error = eventually(lambda: [e for e in server.errors if "/await" in e.where], "it is kept")[0]
    assert "emit, join, leave and disconnect act at once and return None; leave await out" in str(error)


def test_speaking_on_a_stopped_server_raises() -> None:
    with ls.serve("stopped") as server:
        n = server.of("/")
        with Raw(server.port) as raw:
            raw.join()
            (socket,) = n.sockets()
    n.handlers.own()

    for act in (
        lambda: n.emit("news"),
        lambda: n.to("a").emit("news"),
        lambda: socket.emit("news"),
        lambda: socket.join("a"),
        lambda: socket.leave("a"),
        lambda: socket.disconnect(),
        lambda: n.disconnect(),
        lambda: n.selection.join("a"),
        lambda: n.call("question"),
        lambda: socket.call("question"),
    ):
        with pytest.raises(NotRunning, match="stopped"):
            act()
