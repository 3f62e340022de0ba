"""Gateways: hooks, events, guards and arguments of classes that answer a namespace."""

from __future__ import annotations

import asyncio
import dataclasses
import importlib.util
import json
import warnings
from collections.abc import AsyncIterator, Iterator
from typing import Any, Literal, Optional, TypedDict

import pytest

import livesock as ls
from livesock.net.socketio.handling.arguments import LONGEST
from livesock.server import Server
from tests.peers import eventually
from tests.rawsio import Raw


@pytest.fixture
def server() -> Iterator[Server]:
    with ls.serve("gateways") as server:
        yield server


def both(raw: Raw, text: str) -> list[str]:
    """Say a question; return what comes back up to the answer."""
    raw.say(text)
    heard = [str(raw.event())]
    while not heard[-1].startswith("43"):
        heard.append(str(raw.event()))
    return heard


# -- hooks


def test_nothing_is_handled_before_on_connect_is_done(server: Server) -> None:
    order: list[str] = []
    release = asyncio.Event()

    @server.gateway("/slow")
    class Slow:
        async def on_connect(self, socket: Any) -> None:
            order.append("begin")
            await release.wait()
            order.append("end")

        @ls.event("x")
        def x(self, socket: Any) -> None:
            order.append("x")

    with Raw(server.port) as raw:
        raw.say("40/slow,")
        eventually(lambda: order == ["begin"], "the hook runs")
        server._loop.post(release.set)
        assert str(raw.event()).startswith("40/slow,")
        raw.ask('42/slow,1["x"]')

    assert order == ["begin", "end", "x"]


@pytest.mark.parametrize("exc", [ls.Refused("no entry", [1]), RuntimeError("the secret")], ids=["refused", "broken"])
def test_raising_in_on_connect_refuses_the_peer(server: Server, exc: Exception) -> None:
    gone: list[str] = []

    @server.gateway("/closed")
    class Closed:
        def on_connect(self, socket: Any) -> None:
            raise exc

        def on_disconnect(self, socket: Any, reason: str) -> None:
            gone.append(reason)

    with Raw(server.port) as raw:
        answer = json.loads(str(raw.ask("40/closed,")).removeprefix("44/closed,"))

    expected = (
        {"message": "no entry", "data": [1]} if isinstance(exc, ls.Refused) else {"message": "Internal server error"}
    )
    assert answer == expected and gone == []


def test_a_gateway_finds_its_server_and_its_namespace(server: Server) -> None:
    found: list[Any] = []

    @server.gateway("/point")
    class Point:
        def on_connect(self, socket: Any) -> None:
            found.extend([self.server, self.namespace])  # type: ignore[attr-defined]

        def on_disconnect(self, socket: Any, reason: str) -> None:
            found.append(reason)

    with Raw(server.port) as raw:
        raw.join("/point")
        raw.say("41/point,")
        eventually(lambda: len(found) == 3, "both hooks ran")

    assert found == [server, server.of("/point"), "client namespace disconnect"]


# -- events


@dataclasses.dataclass
class Inner:
    deep: int = 0


@dataclasses.dataclass
class Move:
    x: float
    to: Inner
    name: str = "?"


class Typed(TypedDict):
    x: int


@dataclasses.dataclass
class Even:
    number: int

    def __post_init__(self) -> None:
        if self.number % 2:
            raise ValueError(f"{self.number} is odd")


@dataclasses.dataclass
class A:
    a: int
    hidden: int = dataclasses.field(default=7, init=False)


@dataclasses.dataclass
class B:
    b: int


def install(server: Server) -> None:
    @server.gateway("/all")
    class All:
        @ls.event("sync")
        def sync(self, socket: Any, x: int, y: int) -> dict[str, int]:
            return {"sum": x + y}

        @ls.event("async")
        async def later(self, socket: Any, x: int) -> int:
            await asyncio.sleep(0)
            return x * 2

        @ls.event("nothing")
        def nothing(self, socket: Any) -> None: ...

        @ls.event("reply")
        def reply(self, socket: Any) -> Any:
            return ls.Reply("replied", 1, 2)

        @ls.event("several")
        async def several(self, socket: Any, count: int) -> AsyncIterator[Any]:
            for number in range(count):
                yield ls.Reply("part", number)

        @ls.event("broken generator")
        async def broken(self, socket: Any) -> AsyncIterator[Any]:
            yield ls.Reply("part", 0)
            raise RuntimeError("the secret")

        @ls.event("fail")
        def fail(self, socket: Any, value: Any) -> None:
            raise RuntimeError("the secret")

        @ls.event("refuse")
        async def refuse(self, socket: Any, value: Any) -> None:
            raise ls.Refused("not today")

        @ls.event("pair")
        def pair(self, socket: Any, value: Any) -> tuple[Any, ...]:
            return (value, [value]) if value else ()

        @ls.event("text")
        def text(self, socket: Any, value: str) -> str:
            return value

        @ls.event("number")
        def number(self, socket: Any, value: float) -> str:
            return type(value).__name__

        @ls.event("list")
        def numbers(self, socket: Any, value: list[int]) -> int:
            return sum(value)

        @ls.event("optional")
        def optional(self, socket: Any, value: Optional[int] = None) -> Any:  # noqa: UP045
            return value

        @ls.event("either")
        def either(self, socket: Any, value: int | str) -> Any:
            return value

        @ls.event("object")
        def object(self, socket: Any, move: Move) -> list[Any]:
            return [move.x, move.to.deep, move.name]

        @ls.event("point")
        def point(self, socket: Any, value: tuple[float, int]) -> list[Any]:
            return [type(value).__name__, *value]

        @ls.event("points")
        def points(self, socket: Any, value: tuple[int, ...]) -> list[Any]:
            return [type(value).__name__, *value]

        @ls.event("colour")
        def colour(self, socket: Any, value: Literal["red", "blue", 1]) -> Any:
            return value

        @ls.event("named")
        def named(self, socket: Any, value: dict[str, Inner]) -> list[Any]:
            return [[name, inner.deep] for name, inner in value.items()]

        @ls.event("typed")
        def typed(self, socket: Any, value: Typed) -> Any:
            return value["x"]

        @ls.event("even")
        def even(self, socket: Any, value: Even) -> Any:
            return value.number

        @ls.event("rest")
        def rest(self, socket: Any, first: int, *others: str) -> list[Any]:
            return [first, *others]

        @ls.event("words")
        def words(self, socket: Any, value: str | bytes) -> Any:
            return value

        @ls.event("shape")
        def shape(self, socket: Any, value: A | B) -> str:
            return type(value).__name__

        @ls.event("shapes")
        def shapes(self, socket: Any, value: list[A]) -> int:
            return value[0].hidden


ANSWERS = [
    ('["sync",1,2]', ['43/all,1[{"sum":3}]']),
    ('["async",21]', ["43/all,1[42]"]),
    ('["nothing"]', ["43/all,1[]"]),
    ('["reply"]', ['42/all,["replied",1,2]', "43/all,1[[1,2]]"]),
    ('["several",3]', ['42/all,["part",0]', '42/all,["part",1]', '42/all,["part",2]', "43/all,1[2]"]),
    ('["several",0]', ["43/all,1[]"]),
    ('["pair",7]', ["43/all,1[7,[7]]"]),
    ('["pair",0]', ["43/all,1[]"]),
    ('["number",1]', ['43/all,1["float"]']),
    ('["list",[1,2,3]]', ["43/all,1[6]"]),
    ('["list",[]]', ["43/all,1[0]"]),
    ('["optional"]', ["43/all,1[]"]),
    ('["optional",null]', ["43/all,1[]"]),
    ('["optional",5]', ["43/all,1[5]"]),
    ('["either","x"]', ['43/all,1["x"]']),
    ('["object",{"x":1,"to":{"deep":2}}]', ['43/all,1[[1.0,2,"?"]]']),
    ('["object",{"x":1.5,"to":{},"name":"n"}]', ['43/all,1[[1.5,0,"n"]]']),
    ('["point",[1,2]]', ['43/all,1[["tuple",1.0,2]]']),
    ('["points",[1,2,3]]', ['43/all,1[["tuple",1,2,3]]']),
    ('["points",[]]', ['43/all,1[["tuple"]]']),
    ('["colour","red"]', ['43/all,1["red"]']),
    ('["colour",1]', ["43/all,1[1]"]),
    ('["named",{"a":{"deep":1},"b":{}}]', ['43/all,1[[["a",1],["b",0]]]']),
    ('["typed",{"x":1}]', ["43/all,1[1]"]),
    ('["even",{"number":2}]', ["43/all,1[2]"]),
    ('["rest",1,"a","b"]', ['43/all,1[[1,"a","b"]]']),
    ('["words","x"]', ['43/all,1["x"]']),
    ('["shape",{"b":1}]', ['43/all,1["B"]']),
    ('["shapes",[{"a":1}]]', ["43/all,1[7]"]),
]


@pytest.mark.parametrize(("said", "heard"), ANSWERS, ids=[row[0] for row in ANSWERS])
def test_what_a_method_returns_answers(server: Server, said: str, heard: list[str]) -> None:
    install(server)
    with Raw(server.port) as raw:
        raw.join("/all")

        assert both(raw, f"42/all,1{said}") == heard


WRONG = [
    ('["sync",1,"2"]', "y: expected `int`, got `str`"),
    ('["sync",true,2]', "x: expected `int`, got `bool`"),
    ('["sync",1.5,2]', "x: expected `int`, got `float`"),
    ('["sync",1]', "expected the arguments"),
    ('["sync",1,2,3]', "expected the arguments"),
    ('["text",5]', "value: expected `str`, got `int`"),
    ('["text",null]', "value: expected `str`, got `null`"),
    ('["number","1"]', "value: expected `float`, got `str`"),
    ('["list",[1,"x"]]', "value[1]: expected `int`, got `str`"),
    ('["list",{}]', "value: expected `array`, got `object`"),
    ('["optional","x"]', "value: expected `int | null`, got `str`"),
    ('["either",[]]', "value: expected `int | str`, got `array`"),
    ('["object",{"x":1}]', "move: object missing required field `to`"),
    ('["object",{"x":"1","to":{}}]', "move.x: expected `float`, got `str`"),
    ('["object",{"x":1,"to":{"deep":"x"}}]', "move.to.deep: expected `int`, got `str`"),
    ('["object",{"x":1,"to":{},"__class__":1}]', "move: object has no field `__class__`"),
    ('["object",{"x":1,"to":{"deeper":1}}]', "move.to: object has no field `deeper`"),
    ('["object",[]]', "move: expected `object`, got `array`"),
    ('["point",[1]]', "value: expected `array` of length 2, got 1"),
    ('["point",[1,"x"]]', "value[1]: expected `int`, got `str`"),
    ('["point",{}]', "value: expected `array`, got `object`"),
    ('["points",[1,null]]', "value[1]: expected `int`, got `null`"),
    ('["colour","green"]', "value: invalid enum value 'green', expected Literal['red', 'blue', 1]"),
    ('["colour",true]', "value: expected `int | str`, got `bool`"),
    ('["named",{"a":{"deep":"x"}}]', "value[...].deep: expected `int`, got `str`"),
    ('["named",{"a":1}]', "value[...]: expected `object`, got `int`"),
    ('["named",{"a":{"b":1}}]', "value.a: object has no field `b`"),
    ('["typed",[]]', "value: expected `object`, got `array`"),
    ('["typed",{"x":"1"}]', "value.x: expected `int`, got `str`"),
    ('["typed",{}]', "value: object missing required field `x`"),
    ('["even",{"number":3}]', "value: 3 is odd"),
    ('["rest",1,2]', "others: expected `str`, got `int`"),
    ('["words",5]', "value: expected `str`, got `int`; or value: expected `bytes`, got `int`"),
    ('["shape",{"c":1}]', "value: object missing required field `a`; or value: object missing required field `b`"),
    ('["shape",{"a":1,"b":2}]', "value: object has no field `b`; or value: object has no field `a`"),
    ('["shapes",[{"a":1},{"a":2,"hidden":1}]]', "value[1]: object has no field `hidden`"),
]


@pytest.mark.parametrize(("said", "message"), WRONG, ids=[row[0] for row in WRONG])
def test_arguments_that_do_not_fit_are_refused_with_the_reason(server: Server, said: str, message: str) -> None:
    install(server)
    with Raw(server.port) as raw:
        raw.join("/all")

        _, answer = both(raw, f"42/all,1{said}")

    assert json.loads(answer.removeprefix("43/all,1"))[0]["message"].startswith(message)
    (refusal,) = server.errors
    assert refusal.is_refusal
    assert f"did not run: {message}" in str(refusal)


def test_a_refusal_repeats_little_of_what_a_peer_sent(server: Server) -> None:
    install(server)
    with Raw(server.port) as raw:
        raw.join("/all")

        _, answer = both(raw, f'42/all,1["colour","{"x" * 100_000}"]')

    message = json.loads(answer.removeprefix("43/all,1"))[0]["message"]
    assert message.startswith("value: invalid enum value 'xxx") and len(message) == LONGEST


def test_an_annotation_that_cannot_be_checked_is_refused_where_it_stands(server: Server) -> None:
    with pytest.raises(
        TypeError, match=r"Point.move's value cannot be checked: .* leave its annotation out, or write A"
    ):

        @server.gateway("/point")
        class Point:
            @ls.event("move")
            def move(self, socket: Any, value: list[str | bytes]) -> None: ...


@pytest.mark.parametrize(("event", "message"), [("fail", "Internal server error"), ("refuse", "not today")])
def test_an_exception_is_an_event_in_nests_shape_and_the_answer(server: Server, event: str, message: str) -> None:
    install(server)
    with Raw(server.port) as raw:
        raw.join("/all")

        heard = both(raw, f'42/all,1["{event}",{{"a":1}}]')

    error = {"status": "error", "message": message, "cause": {"pattern": event, "data": {"a": 1}}}
    assert json.loads(heard[0].removeprefix("42/all,")) == ["exception", error]
    assert json.loads(heard[1].removeprefix("43/all,1")) == [error]


def test_the_data_of_a_refusal_are_told_with_it(server: Server) -> None:
    @server.gateway("/far")
    class Far:
        @ls.event("move")
        def move(self, socket: Any, x: int, y: int) -> None:
            raise ls.Refused("too far", {"limit": 9, "raw": b"\x01"} if x == 10 else None)

    with Raw(server.port) as raw:
        raw.join("/far")
        raw.say('42/far,1["move",10,2]')
        heard = [raw.event() for _ in range(4)]
        plain = both(raw, '42/far,2["move",0,0]')

    error = {"status": "error", "message": "too far", "cause": {"pattern": "move", "data": [10, 2]}}
    error["data"] = {"limit": 9, "raw": {"_placeholder": True, "num": 0}}
    assert json.loads(str(heard[0]).removeprefix("451-/far,")) == ["exception", error] and heard[1] == b"\x01"
    assert json.loads(str(heard[2]).removeprefix("461-/far,1")) == [error] and heard[3] == b"\x01"
    assert "data" not in json.loads(plain[1].removeprefix("43/far,2"))[0]
    assert server.errors == []


def test_data_of_a_refusal_that_cannot_be_sent_are_left_out_and_kept_as_an_error(server: Server) -> None:
    @server.gateway("/far")
    class Far:
        @ls.event("move")
        def move(self, socket: Any) -> None:
            raise ls.Refused("too far", object())

    with Raw(server.port) as raw:
        raw.join("/far")
        heard = both(raw, '42/far,1["move"]')

    error = {"status": "error", "message": "too far", "cause": {"pattern": "move", "data": None}}
    assert json.loads(heard[1].removeprefix("43/far,1")) == [error]
    assert len(server.errors) == 1 and "object" in str(server.errors[0])


def test_a_dict_that_nest_would_send_as_an_event_is_noted_once(server: Server) -> None:
    @server.gateway("/nest")
    class Nest:
        @ls.event("events")
        def events(self, socket: Any, data: Any) -> dict[str, Any]:
            return {"event": "events", "data": data}

        @ls.event("more")
        def more(self, socket: Any) -> dict[str, Any]:
            return {"event": "events", "data": 1, "more": 2}

    with Raw(server.port) as raw:
        raw.join("/nest")
        raw.say('42/nest,["events",1]', '42/nest,["events",2]', '42/nest,["more"]')
        assert raw.ask('42/nest,5["events",3]') == '43/nest,5[{"event":"events","data":3}]'
        (note,) = server.errors
    assert "write return ls.Reply('events', data)" in str(note) and isinstance(note.exception, UserWarning)


def test_a_generator_that_fails_halfway_still_answers(server: Server) -> None:
    install(server)
    with Raw(server.port) as raw:
        raw.join("/all")

        heard = both(raw, '42/all,1["broken generator"]')

    assert heard[0] == '42/all,["part",0]' and '"status":"error"' in heard[2]


def counts_without_end(server: Server) -> list[str]:
    """Serve a generator that never waits, beside a method that answers; return where it notes its end."""
    ended: list[str] = []

    @server.gateway("/endless")
    class Endless:
        @ls.event("count")
        async def count(self, socket: Any) -> AsyncIterator[Any]:
            try:
                while True:
                    yield ls.Reply("n", 1)
            finally:
                ended.append(socket.id)

        @ls.event("ok")
        def ok(self, socket: Any) -> str:
            return "ok"

    return ended


def test_a_generator_that_never_waits_stops_no_other_peer_and_ends_with_its_own(server: Server) -> None:
    ended = counts_without_end(server)
    with Raw(server.port) as other:
        other.join("/endless")
        with Raw(server.port) as raw:
            raw.join("/endless")
            raw.say('42/endless,["count"]')
            assert raw.event() == '42/endless,["n",1]'

            assert other.ask('42/endless,1["ok"]') == '43/endless,1["ok"]'
        eventually(lambda: ended, "the generator ends, and what it has to clean up is done")


def test_a_generator_goes_on_for_a_peer_that_may_come_back() -> None:
    with ls.serve("gateways", sessions={"recovery": 60}) as server:
        ended = counts_without_end(server)
        emitted: list[Any] = []
        with Raw(server.port) as raw:
            raw.join("/endless")
            raw.say('42/endless,["count"]')
            raw.event()
            (socket,) = server.of("/endless").sockets()
        eventually(lambda: socket.has_left, "the peer has left")

        server.overhear(emitted.append)
        eventually(lambda: len(emitted) > 10, "more replies are made, for when it is back")
        assert ended == []


@pytest.mark.skipif(importlib.util.find_spec("pydantic") is None, reason="pydantic is not installed")
def test_a_pydantic_model_is_made_and_checked(server: Server) -> None:
    import pydantic

    model = pydantic.create_model("Model", x=(int, pydantic.Field(gt=0)))

    @server.gateway("/model")
    class Models:
        @ls.event("x")
        def x(self, socket: Any, value: Any) -> int:
            return int(value.x)

        x.__annotations__["value"] = model

    with Raw(server.port) as raw:
        raw.join("/model")
        good, bad = both(raw, '42/model,1["x",{"x":5}]'), both(raw, '42/model,2["x",{"x":-5}]')

    assert good == ["43/model,1[5]"]
    assert json.loads(bad[1].removeprefix("43/model,2"))[0]["message"] == "value.x: Input should be greater than 0"


# -- guards


def test_a_guard_of_a_method_guards_the_method_alone(server: Server) -> None:
    asked: list[Any] = []

    def small(socket: Any, value: int) -> bool:
        asked.append(value)
        return value < 10

    @server.gateway("/guarded")
    class Guarded:
        @ls.guard(small)
        @ls.event("x")
        def x(self, socket: Any, value: int) -> int:
            return value

        @ls.event("y")
        def y(self, socket: Any, value: int) -> int:
            return value

    with Raw(server.port) as raw:
        raw.join("/guarded")
        assert both(raw, '42/guarded,1["x",5]') == ["43/guarded,1[5]"]
        assert both(raw, '42/guarded,1["y",50]') == ["43/guarded,1[50]"]
        assert "Forbidden resource" in both(raw, '42/guarded,1["x",50]')[1]
    assert asked == [5, 50]


def test_a_guard_of_a_class_guards_the_connection_and_every_event(server: Server) -> None:
    async def member(socket: Any, *arguments: Any) -> bool:
        return (socket.handshake.auth or {}).get("name") == "ann" and "bad" not in arguments

    @server.gateway("/guarded")
    @ls.guard(member)
    class Guarded:
        @ls.event("x")
        def x(self, socket: Any, value: str) -> str:
            return value

    with Raw(server.port) as raw:
        assert raw.ask("40/guarded,") == '44/guarded,{"message":"Forbidden resource"}'
        raw.join("/guarded", {"name": "ann"})
        assert both(raw, '42/guarded,1["x","good"]') == ['43/guarded,1["good"]']
        assert "Forbidden resource" in both(raw, '42/guarded,1["x","bad"]')[1]


# -- several gateways


def test_running_a_cell_again_replaces_the_gateway(server: Server) -> None:
    for version in (1, 2, 3):
        with warnings.catch_warnings():
            warnings.simplefilter("error")

            @server.gateway("/point")
            class Point:
                def on_connect(self, socket: Any, version: int = version) -> None:
                    socket.emit("version", version)

                @ls.event("x")
                def x(self, socket: Any, version: int = version) -> int:
                    return version

    with Raw(server.port) as raw:
        raw.join("/point")
        assert raw.event() == '42/point,["version",3]'
        assert both(raw, '42/point,1["x"]') == ["43/point,1[3]"]


def test_an_event_of_two_gateways_is_warned_about(server: Server) -> None:
    @server.gateway("/point")
    class A:
        @ls.event("ping")
        def ping(self, socket: Any) -> str:
            return "A"

    with pytest.warns(UserWarning, match='"ping" of /point has a handler already') as caught:

        @server.gateway("point")
        class B:
            @ls.event("ping")
            def ping(self, socket: Any) -> str:
                return "B"

    assert caught[0].filename == __file__


def pair(server: Server, first: str | None, second: str | None) -> list[str]:
    """Two gateways as in the lesson; None leaves one out."""
    fired: list[str] = []

    def make(letter: str, namespace: str) -> None:
        class Gateway:
            def on_connect(self, socket: Any) -> None:
                fired.append(f"{letter}.connect")

            def on_disconnect(self, socket: Any, reason: str) -> None:
                fired.append(f"{letter}.disconnect")

            @ls.event("ping")
            async def ping(self, socket: Any) -> str:
                fired.append(f"{letter}.ping")
                return letter

        Gateway.__qualname__ = letter
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            server.gateway(namespace)(Gateway)

    for letter, namespace in (("A", first), ("B", second)):
        if namespace is not None:
            make(letter, namespace)
    return fired


BOTH = ["A.connect", "B.connect", "A.ping", "B.ping", "A.disconnect", "B.disconnect"]
ALONE_A, ALONE_B = ([f"{x}.connect", f"{x}.ping", f"{x}.disconnect"] for x in "AB")
ROWS: dict[str, tuple[str | None, str | None, str, list[str], str | None]] = {
    "1 both without a namespace": ("/", "/", "/", BOTH, "A"),
    "2 one without, at /": ("/", "/point", "/", ALONE_A, "A"),
    "3 one without, at /point": ("/", "/point", "/point", ALONE_B, "B"),
    "4 a name without its slash": ("point", None, "/point", ALONE_A, "A"),
    "5 two names, at /": ("/point", "/chat", "/", [], None),
    "7 both with the same name": ("/point", "/point", "/point", BOTH, "A"),
}


@pytest.mark.parametrize(("first", "second", "client", "fires", "ack"), ROWS.values(), ids=ROWS)
def test_the_table_of_the_lesson(
    server: Server, first: str | None, second: str | None, client: str, fires: list[str], ack: str | None
) -> None:
    fired = pair(server, first, second)
    prefix = "" if client == "/" else client + ","
    with Raw(server.port) as raw:
        raw.join(client)
        if ack is None:
            raw.say(f'42{prefix}1["ping"]')
            eventually(lambda: server.errors, "a question without a handler is kept, and not answered")
        else:
            assert both(raw, f'42{prefix}1["ping"]') == [f"43{prefix}1[{json.dumps(ack)}]"]
        raw.leave()
        eventually(lambda: len(fired) == len(fires) and not server._site.tasks, "all hooks ran")

    assert fired == fires


def test_row_6_a_namespace_that_nobody_serves(server: Server) -> None:
    fired = pair(server, "/point", "/chat")
    with Raw(server.port) as raw:
        assert raw.ask("40/nope,") == '44/nope,{"message":"Invalid namespace"}'
    assert fired == []
