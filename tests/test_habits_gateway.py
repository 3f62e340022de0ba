"""What users of NestJS, Flask-SocketIO and python-socketio write to keep peers out, and how their handlers look."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import warnings
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest
import socketio

import livesock as ls
from livesock.server import Server
from tests.peers import eventually
from tests.rawsio import Closed, Raw

DEADLINE = 20.0


@pytest.fixture
def server() -> Iterator[Server]:
    with ls.serve("habits of gateways") as server:
        yield server


def error(server: Server) -> str:
    """Return the newest error that a server keeps."""
    return str(eventually(lambda: server.errors, "an error is kept")[-1])


def no(socket: Any, *arguments: Any) -> bool:
    return False


def yes(socket: Any, *arguments: Any) -> bool:
    return True


# -- guards: in every place they are asked, or refused in the line that writes them


def above_the_gateway(s: Server, done: Callable[..., Any]) -> None:
    @ls.guard(no)
    @s.gateway("/a")
    class Point:
        on_connected = done


def below_the_gateway(s: Server, done: Callable[..., Any]) -> None:
    @s.gateway("/a")
    @ls.guard(no)
    class Point:
        on_connected = done


def above_a_base(s: Server, done: Callable[..., Any]) -> None:
    class Base: ...

    @s.gateway("/a")
    class Point(Base):
        on_connected = done

    ls.guard(no)(Base)


def above_the_hook_of_a_gateway(s: Server, done: Callable[..., Any]) -> None:
    @s.gateway("/a")
    class Point:
        on_connected = done

        @ls.guard(no)
        def on_connect(self, socket: Any) -> None: ...


def above_the_hook_of_a_namespace(s: Server, done: Callable[..., Any]) -> None:
    @ls.guard(no)
    @s.of("/a").on_connect
    def enter(socket: Any) -> None: ...

    s.of("/a").on_connected(done)


def below_the_hook_of_a_namespace(s: Server, done: Callable[..., Any]) -> None:
    @s.of("/a").on_connect
    @ls.guard(no)
    def enter(socket: Any) -> None: ...

    s.of("/a").on_connected(done)


def above_use(s: Server, done: Callable[..., Any]) -> None:
    @ls.guard(no)
    @s.of("/a").use
    async def enter(socket: Any) -> None: ...

    s.of("/a").on_connected(done)


@pytest.mark.parametrize(
    "write",
    [
        above_the_gateway,
        below_the_gateway,
        above_a_base,
        above_the_hook_of_a_gateway,
        above_the_hook_of_a_namespace,
        below_the_hook_of_a_namespace,
        above_use,
    ],
    ids=lambda f: f.__name__,
)
def test_a_guard_of_the_door_keeps_the_peer_out_wherever_it_is_written(
    server: Server, write: Callable[[Server, Any], None]
) -> None:
    entered: list[object] = []
    write(server, lambda *given: entered.append(given))

    with Raw(server.port) as raw:
        assert raw.ask("40/a,") == '44/a,{"message":"Forbidden resource"}'
    assert entered == [] and server.of("/a").sockets() == []


@pytest.mark.parametrize("is_above", [True, False])
@pytest.mark.parametrize("is_async", [True, False])
@pytest.mark.parametrize("name", ["m", "*"])
def test_a_guard_of_a_function_is_asked_with_what_the_function_gets(
    server: Server, is_above: bool, is_async: bool, name: str
) -> None:
    asked: list[tuple[Any, ...]] = []
    ran: list[int] = []

    def small(socket: Any, *arguments: Any) -> bool:
        asked.append(arguments)
        return bool(arguments[-1] < 10)

    def plain(socket: Any, *arguments: Any) -> int:
        ran.append(arguments[-1])
        return 1

    async def later(socket: Any, *arguments: Any) -> int:
        return plain(socket, *arguments)

    handler, on, guard = later if is_async else plain, server.of("/b").on(name), ls.guard(small)
    _ = guard(on(handler)) if is_above else on(guard(handler))

    with ls.socket(server.url("/b"), timeout=DEADLINE) as peer:
        assert peer.call("m", 5) == 1
        assert peer.call("m", 50)["message"] == "Forbidden resource"
    first = (name and "m",) if name == "*" else ()
    assert asked == [(*first, 5), (*first, 50)] and ran == [5] and server.errors == []


def test_a_guard_that_comes_later_guards_the_events_of_a_gateway(server: Server) -> None:
    @server.gateway("/b")
    class Point:
        @ls.event("m")
        def m(self, socket: Any) -> int:
            return 1

        @ls.event("n")
        def n(self, socket: Any) -> int:
            return 2

    with ls.socket(server.url("/b"), timeout=DEADLINE) as peer:
        assert peer.call("m") == 1
        ls.guard(no)(Point.m)
        assert peer.call("m")["message"] == "Forbidden resource" and peer.call("n") == 2
        ls.guard(no)(Point)
        assert peer.call("n")["message"] == "Forbidden resource"
    with Raw(server.port) as raw:
        assert raw.ask("40/b,") == '44/b,{"message":"Forbidden resource"}'


def test_a_guard_of_a_gateway_that_was_replaced_or_whose_server_has_stopped_changes_nothing() -> None:
    def make(server: Server) -> type:
        @server.gateway("/b")
        class Point:
            @ls.event("m")
            def m(self, socket: Any) -> int:
                return 1

        return Point

    with ls.serve("guards") as server:
        old, new = make(server), make(server)
        ls.guard(no)(old)
        with ls.socket(server.url("/b"), timeout=DEADLINE) as peer:
            assert peer.call("m") == 1
    ls.guard(no)(new)


def test_a_guard_of_a_gateway_does_not_warn_twice_of_a_shared_event(server: Server) -> None:
    server.of("/b").on("m", lambda socket: None)
    with pytest.warns(UserWarning, match="has a handler already") as caught:

        @ls.guard(yes)
        @server.gateway("/b")
        class Point:
            @ls.event("m")
            def m(self, socket: Any) -> None: ...

    assert len(caught) == 1


def f(*arguments: Any) -> None: ...


def a_copy() -> Any:
    async def copy(x: Any) -> None: ...

    return copy


def plain_copy() -> Any:
    def copy(*arguments: Any) -> None: ...

    return copy


UNASKED = [
    (lambda s: s.get("/x"), plain_copy, 'return ls.Response("no", status=403) in the handler'),
    (lambda s: s.post("/x"), plain_copy, 'return ls.Response("no", status=403) in the handler'),
    (lambda s: s.websocket("/x"), a_copy, "write if not allows(ws): raise ls.Refused('why') in the handler"),
    (
        lambda s: s.of("/x").on_connected,
        plain_copy,
        "on_connected asks no guard: write @ls.guard(allows) above on_connect",
    ),
    (
        lambda s: s.of("/x").on_disconnect,
        plain_copy,
        "on_disconnect asks no guard: write @ls.guard(allows) above on_con",
    ),
    (lambda s: s.of("/x").on_any_out, plain_copy, "on_any_out asks no guard"),
    (lambda s: s.of("/x").on_join, plain_copy, "on_join asks no guard"),
    (lambda s: s.of("/x").on_leave, plain_copy, "on_leave asks no guard"),
    (lambda s: lambda f: s.every(3600, f), plain_copy, "every() asks no guard"),
    (lambda s: s.task, plain_copy, "task() asks no guard"),
    (lambda s: lambda f: s.observe(f), plain_copy, "an observer asks no guard"),
    (lambda s: s.cluster.on("x"), plain_copy, "server.cluster.on asks no guard"),
    (lambda s: ls.socket(s.url("/")).on("x"), plain_copy, "a client asks no guard"),
]


@pytest.mark.parametrize(("place", "make", "write"), UNASKED, ids=range(len(UNASKED)))
@pytest.mark.parametrize("is_above", [True, False])
def test_a_guard_that_would_not_be_asked_is_refused_above_and_below(
    place: Callable[[Any], Any], make: Callable[[], Any], write: str, is_above: bool
) -> None:
    with ls.serve("unasked", cluster=ls.cluster.memory()) as server:
        register, guard = place(server), ls.guard(no)
        with pytest.raises(TypeError) as caught:
            function = make()
            guard(register(function) and function) if is_above else register(guard(function))
        ls.stop_all()

    assert write in str(caught.value)


def wrapped(function: Any) -> Any:
    @functools.wraps(function)
    def call(*arguments: Any) -> Any:
        return function(*arguments)

    return call


def test_a_guard_above_a_decorator_that_hides_what_was_registered_is_refused(server: Server) -> None:
    handler = server.of("/x").on("m", plain_copy())

    with pytest.raises(TypeError, match=r"copy is registered below a decorator: write @ls.guard right above its def"):
        ls.guard(no)(wrapped(handler))
    server.of("/y").on("m", ls.guard(no)(wrapped(plain_copy())))
    ls.guard(no)(server.of("/z").on("m", wrapped(handler)))
    for namespace in ("/y", "/z"):
        with ls.socket(server.url(namespace), timeout=DEADLINE) as peer:
            assert peer.call("m")["message"] == "Forbidden resource"


def test_a_page_that_was_wrapped_for_a_namespace_may_have_a_guard(server: Server) -> None:
    page = server.get("/x")(lambda r: "x")
    wrapper = server.of("/x").on("m", wrapped(page))
    assert ls.guard(no)(wrapper) is wrapper


class Helper:
    @ls.guard(no)
    def help(self, socket: Any) -> None: ...

    @ls.event("m")
    def m(self, socket: Any) -> None: ...


class Late:
    @ls.guard(no)
    def on_connected(self, socket: Any) -> None: ...


def gen(socket: Any, *arguments: Any) -> Iterator[bool]:
    yield False


GUARDS = [
    (
        lambda s: s.gateway("/g")(Helper),
        'Helper.help is no event, and its guard would never be asked: write @ls.event("h',
    ),
    (lambda s: s.gateway("/g")(Late), "Late.on_connected asks no guard: write @ls.guard(allows) above on_connect"),
    (lambda s: ls.guard(no, yes), "guard() takes one function: write @ls.guard(no) above @ls.guard(yes)"),
    (lambda s: ls.guard(), "guard() takes the function that decides, not nothing: write @ls.guard(allows), where"),
    (lambda s: ls.guard(no(None))(f), "not False"),
    (lambda s: ls.guard(gen), "gen has a yield, so a guard would never run it"),
    (lambda s: ls.guard(lambda auth: auth), "a guard gets the socket first; auth is socket.handshake.auth: write la"),
    (lambda s: ls.guard(lambda: True), "a guard is called with (socket, *arguments), but"),
    (lambda s: ls.guard(no)(functools.partial(f, 1)), "guard() is written above a function or a class, not partial"),
    (lambda s: ls.guard(no)(staticmethod(f)), "guard() is written above a function or a class, not staticmethod"),
    (lambda s: s.of("/g").on("m", ls.guard(lambda socket: None)), "guard has brackets: write @ls.guard(allows)"),
    (lambda s: s.of("/g").on_connect(ls.guard(lambda socket: None)), "guard has brackets: write @ls.guard(allows)"),
]


@pytest.mark.parametrize(("call", "write"), GUARDS, ids=range(len(GUARDS)))
def test_a_guard_that_is_written_otherwise_gets_a_sentence(server: Server, call: Any, write: str) -> None:
    with pytest.raises(TypeError) as caught:
        call(server)

    assert write in str(caught.value)
    assert server.of("/g").answers == {}


# -- disconnect before the peer is in


def hooks_of(server: Server, hook: str, handler: Any) -> None:
    if hook == "gateway":
        server.gateway("/d")(type("Door", (), {"on_connect": lambda self, socket: handler(socket)}))
    elif hook == "guard":
        server.of("/d").on_connect(ls.guard(lambda socket: handler(socket) or True)(plain_copy()))
    else:
        getattr(server.of("/d"), hook)(handler)


@pytest.mark.parametrize("hook", ["gateway", "on_connect", "use", "guard"])
@pytest.mark.parametrize("close", [False, True])
def test_disconnect_before_the_peer_is_in_refuses_it(server: Server, hook: str, close: bool) -> None:
    later: list[Any] = []
    hooks_of(server, hook, lambda socket: socket.disconnect(close))
    server.of("/d").on_connect(lambda socket: later.append("on_connect"))
    server.of("/d").on_connected(later.append)
    server.of("/d").on_disconnect(lambda socket, reason: later.append(reason))

    with Raw(server.port) as raw:
        assert raw.ask("40/d,") == '44/d,{"message":"disconnected by the server"}'
        if close:
            with pytest.raises(Closed):
                raw.event()
        else:
            raw.join("/")
    assert later == [] and server.of("/d").sockets() == [] and server.errors == []


def test_disconnect_in_an_async_hook_refuses_with_the_reason_that_is_raised(server: Server) -> None:
    @server.of("/d").on_connect
    async def enter(socket: Any) -> None:
        socket.disconnect()
        socket.disconnect()
        raise ls.Refused("who are you?")

    with pytest.raises(ls.Refused, match="who are you"):
        ls.socket(server.url("/d"), timeout=DEADLINE)


def test_disconnect_of_a_room_refuses_those_that_are_not_in_yet(server: Server) -> None:
    @server.of("/d").on_connect
    def enter(socket: Any) -> None:
        socket.join("banned")
        server.of("/d").to("banned").disconnect()

    with pytest.raises(ls.Refused, match="disconnected by the server"):
        ls.socket(server.url("/d"), timeout=DEADLINE)


def test_disconnect_with_close_ends_the_other_seats_of_the_session_too(server: Server) -> None:
    left: list[str] = []
    server.of("/").on_disconnect(lambda socket, reason: left.append(reason))
    server.of("/d").on_connect(lambda socket: socket.disconnect(True))

    with Raw(server.port) as raw:
        raw.join("/")
        raw.ask("40/d,")
        eventually(lambda: left == ["server namespace disconnect"], "the other seat is left")


# -- the first parameter is the socket

FIRST = [
    (
        lambda n: n.on_connect(lambda auth: None),
        "on_connect gets the socket first; auth is socket.handshake.auth: write ",
    ),
    (lambda n: n.on_connect(lambda auth: None), "write lambda socket: …"),
    (lambda n: n.on_connect(lambda data: None), "on_connect gets the socket first: write lambda socket: …"),
    (
        lambda n: n.on_connect(lambda environ: None),
        'environ is socket.handshake: .headers.get("X-Token") for HTTP_X_TOKEN',
    ),
    (
        lambda n: n.on_connect(lambda request: None),
        "request is socket.handshake, with headers, query and address: write",
    ),
    (lambda n: n.on_connect(lambda sid: None), "sid is socket.id: write lambda socket: …"),
    (lambda n: n.on_connected(lambda sid: None), "on_connected gets the socket first; sid is socket.id"),
    (lambda n: n.use(lambda auth: None), "use gets the socket first; auth is"),
    (lambda n: n.on_disconnect(lambda sid, reason: None), "sid is socket.id: write lambda socket, reason: …"),
    (
        lambda n: n.on_disconnect(lambda reason, details: None),
        "gets the socket first: write lambda socket, reason",
    ),
    (
        lambda n: n.on_disconnect(lambda reason: None),
        "on_disconnect is called with (socket, reason), but <lambda>(reason)",
    ),
    (
        lambda n: n.on_any(lambda event, *args: None),
        "gets the socket first: write lambda socket, event, *args",
    ),
    (lambda n: n.on_any(lambda sid, *args: None), "write lambda socket, name, *args: …"),
    (lambda n: n.on_join(lambda room, sid: None), "on_join gets the socket first: write lambda socket, room: …"),
    (lambda n: n.on("m", lambda sid, data: None), "sid is socket.id: write lambda socket, data: …"),
    (lambda n: n.on("m", lambda data, client: None), "gets the socket first: write lambda socket, data: …"),
    (lambda n: n.on("m", lambda message, room: None), "write lambda socket, message, room: …"),
]


@pytest.mark.parametrize(("call", "write"), FIRST, ids=range(len(FIRST)))
def test_a_first_parameter_that_is_not_the_socket_is_refused(server: Server, call: Any, write: str) -> None:
    with pytest.raises(TypeError) as caught:
        call(server.of("/f"))

    assert write in str(caught.value) and server.of("/f").answers == {}


class ByAuth:
    def on_connect(self, auth: Any) -> None: ...


class ByData:
    @ls.event("say")
    def say(self, data: Any) -> None: ...


class Swapped:
    @ls.event("say")
    def say(self, data: Any, client: Any) -> None: ...


@pytest.mark.parametrize(
    ("gateway", "write"),
    [
        (ByAuth, "auth is socket.handshake.auth: write def on_connect(self, socket): …"),
        (ByData, 'the event "say" gets the socket first: write def say(self, socket, data: Any): …'),
        (Swapped, 'the event "say" gets the socket first: write def say(self, socket, data: Any): …'),
    ],
)
def test_a_first_parameter_of_a_gateway_that_is_not_the_socket_is_refused(
    server: Server, gateway: type, write: str
) -> None:
    with pytest.raises(TypeError) as caught:
        server.gateway("/f")(gateway)

    assert write in str(caught.value)


# -- too late to refuse, and how other libraries refuse


@pytest.mark.parametrize("exc", [ls.Refused("no"), ConnectionRefusedError("no")], ids=["ours", "theirs"])
def test_a_refusal_in_on_connected_says_where_it_belongs(server: Server, exc: Exception) -> None:
    def refuse(socket: Any, *reason: str) -> None:
        raise exc

    server.of("/r").on_connected(refuse)
    with ls.socket(server.url("/r"), timeout=DEADLINE):
        kept = error(server)
    assert "on_connected cannot refuse, the peer is in: write raise ls.Refused('no') in on_connect" in kept


def test_a_refusal_in_on_disconnect_says_where_it_belongs(server: Server) -> None:
    @server.of("/r").on_disconnect
    def refuse(socket: Any, reason: str) -> None:
        raise ls.Refused("no")

    with ls.socket(server.url("/r"), timeout=DEADLINE):
        pass
    assert "on_disconnect cannot refuse, the peer has left: write raise ls.Refused('no') in on_connect" in error(server)


def their_refusal(*arguments: Any) -> Exception:
    """Return what stands for `socketio.exceptions.ConnectionRefusedError`."""
    return type("ConnectionRefusedError", (Exception,), {})(*arguments)  # type: ignore[no-any-return]


REFUSALS = [
    (ConnectionRefusedError("bad token", {"code": 7}), "write raise ls.Refused('bad token', {'code': 7})"),
    (Exception("bad token", {"code": 7}), "write raise ls.Refused('bad token', {'code': 7})"),
    (their_refusal("bad token"), "write raise ls.Refused('bad token')"),
    (their_refusal("bad token", {"code": 7}), "write raise ls.Refused('bad token', {'code': 7})"),
]


def refusing(server: Server, exc: BaseException) -> str:
    """Raise `exc` in `on_connect` and return the error that is kept."""

    def enter(socket: Any) -> None:
        raise exc

    server.of("/door").on_connect(enter)
    with pytest.raises(ls.Refused, match="Internal server error"):
        ls.socket(server.url("/door"), timeout=DEADLINE)
    return error(server)


@pytest.mark.parametrize(("exc", "write"), REFUSALS, ids=range(len(REFUSALS)))
def test_how_python_socketio_refuses_gets_a_sentence(server: Server, exc: Exception, write: str) -> None:
    assert write in refusing(server, exc)


def test_an_error_of_another_connection_is_no_refusal(server: Server) -> None:
    kept = refusing(server, ConnectionRefusedError(111, "Connection refused"))
    assert kept.endswith("[Errno 111] Connection refused")


@pytest.mark.parametrize("ask", [lambda s: s["token"], lambda s: "token" in s], ids=["[]", "in"])
def test_a_socket_that_is_taken_for_auth_gets_a_sentence(server: Server, ask: Any) -> None:
    server.of("/door").on_connect(lambda socket: ask(socket) and None)

    with pytest.raises(ls.Refused, match="Internal server error"):
        ls.socket(server.url("/door"), timeout=DEADLINE)
    assert "write socket.handshake.auth for what the peer sent when it came" in error(server)


@pytest.mark.parametrize("name", ["on", "event", "on_connect", "on_disconnect"])
def test_a_server_names_the_hook_that_may_refuse_first(server: Server, name: str) -> None:
    with pytest.raises(AttributeError) as caught:
        getattr(server, name)
    assert (
        '@server.of("/").on_connect above def enter(socket): …, which may refuse the peer; .on_connected when it '
        'is in\n  @server.of("/").on_disconnect above' in str(caught.value)
    )


# -- a yield that never runs


def yields(socket: Any, *arguments: Any) -> Iterator[int]:
    yield 1


async def later_yields(socket: Any, *arguments: Any) -> AsyncIterator[int]:
    yield 1


@pytest.mark.parametrize("handler", [yields, later_yields])
@pytest.mark.parametrize(
    "hook", ["on_connect", "on_connected", "use", "on_any", "on_disconnect", "on_any_out", "on_join"]
)
def test_a_handler_that_would_never_run_is_refused(server: Server, hook: str, handler: Any) -> None:
    with pytest.raises(TypeError, match=f"yields has a yield, so {hook} would never run it: write "):
        getattr(server.of("/y"), hook)(handler)


@pytest.mark.parametrize("handler", [yields, later_yields])
def test_an_event_with_a_yield_is_refused_with_the_form_that_works(server: Server, handler: Any) -> None:
    with pytest.raises(
        TypeError, match=r'socket.emit\("name", …\) for it, or async def with yield ls.Reply\("name", …\)'
    ):
        server.of("/y").on("gen")(handler)
    with ls.socket(server.url("/"), timeout=DEADLINE) as peer, pytest.raises(TypeError, match="would never run"):
        peer.on("gen", handler)


@pytest.mark.parametrize("handler", [yields, later_yields])
def test_an_observer_and_a_handler_of_servers_with_a_yield_are_refused(handler: Any) -> None:
    with ls.serve("yields", cluster=ls.cluster.memory()) as server:
        for register in (server.observe, server.overhear, server.watch, server.cluster.on("x")):  # type: ignore[union-attr]
            with pytest.raises(TypeError, match="with a yield would never run"):
                register(handler)
        with pytest.raises(TypeError, match=r"server.cluster.on takes a function, not NoneType: pass f, not f\(\)"):
            server.cluster.on("x")(None)  # type: ignore[union-attr]  # the habit


def test_a_plain_generator_of_a_gateway_is_refused_with_the_form_that_works(server: Server) -> None:
    class Plain:
        @ls.event("gen")
        def gen(self, socket: Any) -> Iterator[ls.Reply]:
            yield ls.Reply("count", 1)

    class Later:
        @ls.event("gen")
        async def gen(self, socket: Any) -> AsyncIterator[ls.Reply]:
            yield ls.Reply("count", 1)

    with pytest.raises(TypeError, match=r'write async def gen, with yield ls.Reply\("name", …\)'):
        server.gateway("/y")(Plain)
    server.gateway("/y")(Later)
    with ls.socket(server.url("/y"), timeout=DEADLINE) as peer:
        peer.emit("gen")
        assert peer.wait("count", timeout=DEADLINE) == (1,)


def test_a_yielded_value_that_another_one_follows_is_not_lost_in_silence(server: Server) -> None:
    @server.gateway("/y")
    class Values:
        @ls.event("count")
        async def count(self, socket: Any) -> AsyncIterator[int]:
            yield 1
            yield 2

        @ls.event("last")
        async def last(self, socket: Any) -> AsyncIterator[Any]:
            yield ls.Reply("part", 1)
            yield None
            yield 2

    with ls.socket(server.url("/y"), timeout=DEADLINE) as peer:
        assert peer.call("last") == 2
        peer.call("count")
    assert "a yielded value that is not the last is lost: write yield ls.Reply('name', 1)" in error(server)


@dataclasses.dataclass
class Numbered:
    number: int


def test_an_event_that_holds_a_dataclass_becomes_a_reply_that_can_be_sent(server: Server) -> None:
    @server.gateway("/orders")
    class Orders:
        @ls.event("order")
        async def order(self, socket: Any, order: Numbered) -> dict[str, Any]:
            return {"event": "ordered", "data": order}

        @ls.event("again")
        async def again(self, socket: Any, order: Numbered) -> ls.Reply:
            return ls.Reply("ordered", dataclasses.asdict(order))

    with ls.socket(server.url("/orders"), timeout=DEADLINE) as peer:
        peer.emit("order", {"number": 2})
        peer.call("again", {"number": 2}, timeout=DEADLINE)
        assert peer.wait("ordered", timeout=DEADLINE) == ({"number": 2},)
    assert "write return ls.Reply('ordered', dataclasses.asdict(order)), with import dataclasses at" in error(server)


def test_an_event_that_is_yielded_as_a_dict_becomes_a_reply_in_the_callers_words(server: Server) -> None:
    @server.gateway("/parts")
    class Parts:
        @ls.event("many")
        async def many(self, socket: Any, data: list[int]) -> AsyncIterator[Any]:
            for item in data:
                yield {"event": "events", "data": item}

        @ls.event("one")
        async def one(self, socket: Any) -> AsyncIterator[Any]:
            yield {"event": "events", "data": 1}

        @ls.event("reply")
        async def reply(self, socket: Any) -> AsyncIterator[Any]:
            yield ls.Reply("events", {"event": "events", "data": 1})

    with ls.socket(server.url("/parts"), timeout=DEADLINE) as peer:
        assert peer.call("reply") == {"event": "events", "data": 1}
        assert not server.errors
        peer.call("many", [1, 2])
        assert "is lost: write yield ls.Reply('events', item)" in error(server)
        peer.call("one")
        eventually(lambda: len(server.errors) == 2, "it is noted")
        assert "a yielded dict is the answer as it stands, and no event: write yield ls.Reply('events', 1)" in str(
            server.errors[1]
        )


@pytest.mark.parametrize("handler", [yields, later_yields])
def test_a_generator_behind_a_decorator_is_kept_as_an_error(server: Server, handler: Any) -> None:
    server.of("/y").on("gen", wrapped(handler))
    server.of("/door").on_connect(wrapped(handler))

    with ls.socket(server.url("/y"), timeout=DEADLINE) as peer:
        peer.emit("gen")
        assert "yields has a yield, so its body never runs" in error(server)
    with pytest.raises(ls.Refused, match="Internal server error"):
        ls.socket(server.url("/door"), timeout=DEADLINE)


# -- what a gateway returns and marks


def test_an_event_that_is_returned_as_a_dict_is_noted_also_if_it_answers(server: Server) -> None:
    @server.gateway("/n")
    class Nest:
        @ls.event("echo")
        def echo(self, socket: Any, data: Any) -> dict[str, Any]:
            return {"event": "echo", "data": data}

    with ls.socket(server.url("/n"), timeout=DEADLINE) as peer:
        assert peer.call("echo", 1) == {"event": "echo", "data": 1}
        assert peer.call("echo", 2) == {"event": "echo", "data": 2}
    (note,) = server.errors
    assert "the answer as it stands, and no event: write return ls.Reply('echo', data)" in str(note)


def test_a_method_with_two_marks_handles_both_events(server: Server) -> None:
    @server.gateway("/n")
    class Two:
        @ls.event("a")
        @ls.event("b")
        def both(self, socket: Any) -> int:
            return 1

    assert server.of("/n").answers == {"Two": ["b", "a"]}
    with ls.socket(server.url("/n"), timeout=DEADLINE) as peer:
        assert peer.call("a") == peer.call("b") == 1


def test_a_mark_without_a_name_says_how_it_is_written(server: Server) -> None:
    with pytest.raises(TypeError, match=r'write @ls.event\("move"\) above the function'):
        ls.event(f)  # type: ignore[arg-type]


def test_a_mark_above_what_is_no_method_is_refused(server: Server) -> None:
    def move(socket: Any) -> int:
        return 1

    with pytest.raises(
        TypeError, match=r'marks methods of a gateway: write @server.of\("/"\).on\("m"\) above a function'
    ):
        ls.event("m")(move)
    with pytest.raises(TypeError, match=r"above a method, def move\(self, socket\): …, not a staticmethod"):
        ls.event("m")(staticmethod(move))  # type: ignore[type-var]  # the habit
    with pytest.raises(TypeError, match="not a property"):
        ls.event("m")(property(move))  # type: ignore[type-var]  # the habit


def unwrapped(function: Any) -> Any:
    return lambda *arguments: function(*arguments)


def plain_wrapper(function: Any) -> Any:
    def call(*arguments: Any) -> Any:
        return function(*arguments)

    return call


@pytest.mark.parametrize("decorator", [wrapped, unwrapped, plain_wrapper])
def test_a_mark_above_another_decorator_of_a_method_works(server: Server, decorator: Any) -> None:
    @server.gateway("/n")
    class Decorated:
        @ls.event("m")
        @decorator
        def m(self, socket: Any) -> int:
            return 1

    with ls.socket(server.url("/n"), timeout=DEADLINE) as peer:
        assert peer.call("m") == 1


def test_a_raw_route_with_a_yield_is_refused_with_what_to_write(server: Server) -> None:
    async def talk(ws: Any) -> AsyncIterator[str]:
        yield "x"

    with pytest.raises(TypeError, match=r"async def talk\(ws\): …, with await ws.send\(…\) for its yield"):
        server.websocket("/n")(talk)


# -- once and off


def test_what_the_sentence_about_once_says_works(server: Server) -> None:
    for owner in (server, server.of("/o")):
        with pytest.raises(
            AttributeError, match=r'if socket.data.get\("name"\): return, then socket.data\["name"\] = T'
        ):
            owner.once("name", f)  # type: ignore[union-attr]  # the habit
    ran: list[int] = []

    @server.of("/o").on("name")
    def name(socket: Any, number: int) -> None:
        if socket.data.get("name"):
            return
        socket.data["name"] = True
        ran.append(number)

    with ls.socket(server.url("/o"), timeout=DEADLINE) as peer:
        peer.call("name", 1)
        peer.call("name", 2)
    assert ran == [1]


def test_what_the_sentence_about_off_says_works(server: Server) -> None:
    for owner in (server, server.of("/o")):
        with pytest.raises(AttributeError, match="at its beginning"):
            owner.off("m", f)  # type: ignore[union-attr]  # the habit
    ran: list[int] = []

    def name(socket: Any, number: int) -> None:
        ran.append(number)

    server.of("/o").on("name", name)

    def name(socket: Any, number: int) -> None: ...  # type: ignore[no-redef]

    server.of("/o").on("name", name)
    with ls.socket(server.url("/o"), timeout=DEADLINE) as peer:
        peer.call("name", 1)
    assert ran == []


# -- two handlers for one thing


def test_a_second_function_for_an_event_is_warned_of_and_the_same_one_again_is_not(server: Server) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for _ in range(2):

            @server.of("/t").on("m")
            def one(socket: Any) -> int:
                return 1

    with pytest.warns(UserWarning, match='the event "m" of /t has a handler already: both run, and') as caught:

        @server.of("/t").on("m")
        def two(socket: Any) -> int:
            return 2

    assert caught[0].filename == __file__
    with ls.socket(server.url("/t"), timeout=DEADLINE) as peer:
        assert peer.call("m") == 1


def test_an_event_without_a_handler_leaves_a_line_in_the_log_and_no_error(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    server.of("/t").on("move", lambda socket: None)

    with caplog.at_level("DEBUG", "livesock"), ls.socket(server.url("/t"), timeout=DEADLINE) as peer:
        peer.emit("mvoe")
        peer.call("move")
    assert '= no handler hears "mvoe" in /t' in caplog.text and server.errors == []


class ByEvent:
    @ls.event("*")
    def any(self, event: Any, sid: Any, data: Any) -> None: ...


class WithCallback:
    @ls.event("save")
    def save(self, socket: Any, data: Any, callback: Any = None) -> None: ...


class OfNest:
    def onModuleInit(self) -> None: ...

    @ls.event("a")
    def a(self, socket: Any) -> None: ...


class OfASocketIO(socketio.AsyncNamespace):  # type: ignore[misc]
    @ls.event("a")
    def a(self, socket: Any) -> None: ...


@pytest.mark.parametrize(
    ("cls", "write"),
    [
        (ByEvent, "gets the socket first: write def any(self, socket, event: Any, data: Any): …"),
        (WithCallback, "gets no callback: write return value in it, which is the answer"),
        (OfNest, "OfNest.onModuleInit would never run: a gateway's hook is __init__"),
        (OfASocketIO, "a gateway has no base: write class OfASocketIO: without AsyncNamespace"),
    ],
)
def test_a_gateway_of_another_library_gets_a_sentence(server: ls.Server, cls: Any, write: str) -> None:
    with pytest.raises(TypeError) as caught:
        server.gateway("/other")(cls)

    assert write in str(caught.value)


def test_a_gateway_sends_one_peer_away_by_the_line_that_it_is_told(server: ls.Server) -> None:
    said: list[str] = []

    @server.gateway("/d")
    class D:
        server: Any

        @ls.event("kick")
        def kick(self, socket: Any) -> None:
            try:
                self.server.disconnect(socket.id)
            except TypeError as error:
                said.append(str(error))

    with ls.socket(server.url("/d")) as point:
        point.call("kick")
        assert "write self.namespace.to(socket.id).disconnect(); in its own handler" in said[0]
        server.of("/d").to(point.id).disconnect()
        eventually(lambda: not point.connected, "it was sent away")


def hides(method: Any) -> Any:
    def inner(self: Any, socket: Any, *arguments: Any) -> Any:
        return method(self, socket, *arguments)

    return inner


def test_a_method_that_could_not_run_is_named_with_its_head(server: ls.Server) -> None:
    class NoSelf:
        @ls.event("m")
        def m() -> None: ...  # type: ignore[misc]  # the habit

    class NoHook:
        def on_connect() -> None: ...  # type: ignore[misc]  # the habit

    class Hidden:
        @hides
        @ls.event("m")
        def m(self, socket: Any) -> None: ...

        @ls.event("other")
        def other(self, socket: Any) -> None: ...

    for cls, write in (
        (NoSelf, r"m has no self: write def m\(self, socket, \*arguments\): …"),
        (NoHook, r"on_connect has no self: write def on_connect\(self, socket\): …"),
        (Hidden, "Hidden.m would never run: write @ls.event above the other decorator"),
    ):
        with pytest.raises(TypeError, match=write):
            server.gateway("/x")(cls)
    with pytest.raises(TypeError, match=r"no context: write lambda socket, \*arguments: …"):
        ls.guard(lambda context: True)


def test_a_parameter_that_is_called_as_an_answer_is_refused_and_a_value_of_that_name_is_not(server: ls.Server) -> None:
    for handler in (lambda socket, data, ack: ack(1), lambda socket, data, done: done()):
        with pytest.raises(TypeError, match=r"gets no (ack|done): write return value in it, which is the answer"):
            server.of("/").on("m", handler)

    @server.of("/").on("m")
    def toggle(socket: Any, number: int, done: bool) -> bool:
        return not done

    with ls.socket(server.url("/")) as point:
        assert point.call("m", 1, True) is False


def test_a_raw_websocket_is_no_namespace_and_is_said_so(server: ls.Server) -> None:
    @server.websocket("/raw/{room}")
    async def talk(ws: Any) -> None: ...

    with pytest.raises(
        ls.Refused, match=r'"/raw/a": it is a raw WebSocket: write ls.connect\(server.url\("/raw/a"\)\)'
    ):
        ls.socket(server.url("/raw/a"))


def test_a_page_is_no_namespace_and_is_said_so(server: ls.Server) -> None:
    server.get("/page")(lambda request: "hi")

    with pytest.raises(
        ls.Refused, match=r'"/page": it is a page: write urllib.request.urlopen\(server.url\("/page", "h'
    ):
        ls.socket(server.url("/page"))


@pytest.mark.parametrize("path", ["/socket.io/", "/socket.io", "/live/io/"])
def test_the_path_of_the_sessions_is_left_out_of_the_url(path: str) -> None:
    with ls.serve("path", sessions={"path": path}) as server, pytest.raises(ls.Refused) as caught:
        ls.socket(server.url(path), path=path)

    assert f'{path.rstrip("/")}/ is added by itself: write ls.socket("{server.url("/")}")' in str(caught.value)


@pytest.mark.parametrize("transport", ["websocket", "polling"])
def test_the_address_of_a_session_is_refused_before_anything_is_sent(server: ls.Server, transport: str) -> None:
    with pytest.raises(ValueError, match=r"writes EIO and transport .* leave them out, and /socket.io/ as well"):
        ls.socket(server.url("/socket.io/?EIO=4&transport=websocket&token=x"), transports=[transport])

    assert server.errors == []


def test_what_has_no_bracket_or_too_many_gets_a_sentence(server: ls.Server) -> None:
    with pytest.raises(TypeError, match=r"write @ls.event\('a'\) above @ls.event\('b'\)"):
        ls.event("a", "b")

    @server.of("/").on("m")
    def reads(socket: Any) -> Any:
        return socket.handshake.auth["token"]

    with ls.socket(server) as point, contextlib.suppress(ls.LivesockError):
        point.call("m")
    eventually(lambda: server.errors, "it is kept")
    assert 'write (socket.handshake.auth or {}).get("token")' in str(server.errors[0])


def test_the_module_of_gateways_is_no_decorator() -> None:
    with pytest.raises(TypeError, match=r'write @server.gateway\("/point"\) above the class'):
        ls.gateway("/point")(ByEvent)


def test_all_methods_that_would_not_run_are_named_at_once(server: ls.Server) -> None:
    with pytest.raises(TypeError) as caught:

        @server.gateway("/at-once")
        class Chat:
            def on_join(self, data: Any) -> None: ...

            def handleConnection(self, client: Any) -> None: ...

            @ls.event("say")
            def say(self, data: str, client: ls.Socket) -> None: ...

    assert str(caught.value).splitlines() == [
        'Chat.on_join would never run: mark it with @ls.event("join") above def on_join(self, socket, data: Any): …; '
        "the hooks are on_connect, on_connected, on_disconnect",
        "Chat.handleConnection would never run: a gateway's hook is on_connect(self, socket), which may refuse a peer; "
        "on_connected(self, socket) runs when it is in",
        'the event "say" gets the socket first: write def say(self, client, data: str): …',
    ]


def test_a_socket_that_is_not_the_first_parameter_is_put_there(server: ls.Server) -> None:
    with pytest.raises(TypeError, match=r"socket first: write def create\(self, client, order: dict\[str, Any\]\): "):

        @server.gateway("/order")
        class Orders:
            @ls.event("create")
            def create(self, order: dict[str, Any], client: ls.Socket) -> None: ...


def test_asking_a_peer_that_is_not_in_yet_names_the_hook_after_it(server: ls.Server) -> None:
    @server.gateway("/early")
    class Early:
        async def on_connect(self, socket: Any) -> None:
            await socket.call("welcome")

    with pytest.raises(ls.LivesockError):
        ls.socket(server.url("/early"))
    assert "write async def on_connected(…) in place of on_connect, and ask there" in str(server.errors[-1])


def test_an_advised_line_says_that_await_goes(server: ls.Server) -> None:
    said: dict[str, str] = {}

    @server.gateway("/await")
    class Chat:
        @ls.event("say")
        async def say(self, socket: Any) -> None:
            try:
                await socket.emit("news", 1, to="room")
            except TypeError as error:
                said["emit"] = str(error)
            try:
                await socket.call("news", to="room")
            except TypeError as error:
                said["call"] = str(error)

        @ls.event("plain")
        def plain(self, socket: Any) -> None:
            try:
                socket.emit("news", 1, to="room")
            except TypeError as error:
                said["plain"] = str(error)

    with ls.socket(server.url("/await")) as chat:
        chat.call("say")
        chat.call("plain")

    written = "write socket.namespace.to('room').emit('news', …)"
    assert said["emit"].endswith(f"{written}, without await")
    assert said["plain"].endswith(written)
    assert "without await" not in said["call"]


@dataclasses.dataclass
class Order:
    item: str


class Orders:
    @ls.event("create")
    def create(self, order: Any) -> None: ...


@pytest.mark.parametrize("kind", [int, dict[str, Any], "str", Order, "Order"], ids=str)
def test_a_first_parameter_that_is_annotated_as_a_value_is_no_socket(
    server: ls.Server, monkeypatch: pytest.MonkeyPatch, kind: Any
) -> None:
    monkeypatch.setitem(Orders.create.__annotations__, "order", kind)

    with pytest.raises(TypeError, match=r"gets the socket first: write def create\(self, socket, order: "):
        server.gateway("/values")(Orders)


def test_a_gateway_for_ones_own_code_hears_where_that_stands(server: ls.Server) -> None:
    class Events:
        def notify(self, text: str) -> None: ...

    with pytest.raises(TypeError, match=r'stands outside the class, with server.of\("/point"\).emit\("name", …\)'):
        server.gateway("/events")(Events)
    with pytest.raises(TypeError, match=r"a gateway is a class, not Events; from outside write server.of\('/events'\)"):
        server.gateway("/events")(Events())


def test_a_gateway_that_is_refused_leaves_no_open_namespace(server: ls.Server) -> None:
    class Guarded:
        def on_connect(self, auth: Any) -> None: ...

    class Unchecked:
        @ls.event("say")
        def say(self, socket: Any, text: list[str | bytes]) -> None: ...

    for name, cls in (("/refused", Guarded), ("/unchecked", Unchecked)):
        with pytest.raises(TypeError):
            server.gateway(name)(cls)
        with pytest.raises(ls.LivesockError, match=name):
            ls.socket(server.url(name))
