"""The parameters that FastAPI gives to a handler: the sentence has the expression that makes each value."""

from __future__ import annotations

import datetime
import enum
import functools
import re
import uuid
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Protocol

import msgspec
import pytest

import livesock as ls
from livesock.net.http.asked.one_parameter import one_parameter
from livesock.net.http.web import Headers, HttpRequest


class Color(enum.Enum):
    RED = "red"


class Size(enum.IntEnum):
    ONE = 1


@dataclass
class Item:
    name: str


class Asking(Protocol):
    path: str


def mark(name: str, **given: Any) -> Any:
    """Return what `Query()`, `Header()` and so on of FastAPI return."""
    made = type(name, (), {"__module__": "fastapi.params"})()
    vars(made).update(given)
    return made


X_KEY, USER = mark("Header", default=...), mark("Cookie", default=None)
BODY, FORM = mark("Body"), mark("Form")
DEPTH = 3


def find(request: Any) -> str:
    return f"found {request.path}"


async def find_later(request: Any) -> str:
    return "later"


class Page:
    """FastAPI's example of a class whose arguments come from the query."""

    def __init__(self, q=None, skip: int = 0, limit: int = 100) -> None:
        self.all = q, skip, limit


def token_of(token: str = X_KEY) -> str:
    return token


def written(handler: Any, path: str = "/x", of: str = "request") -> str:
    """Return what a handler is to write in place of its parameters."""
    with pytest.raises(TypeError) as caught:
        one_parameter(handler, path, of, f"def page({of}): …")
    _, found, lines = str(caught.value).partition(": …, and in it")
    assert found, caught.value
    return ", ".join(re.sub(r"^\w+ = ", "", line.strip()) for line in lines.strip().split("\n"))


def value(handler: Any, target: str = "/x", body: bytes = b"", **headers: str) -> Any:
    """Return what the expression for the one parameter gives."""
    request = HttpRequest("POST", target, Headers(headers), body)
    return eval(written(handler), globals() | {"request": request, "msgspec": msgspec})


FOUND, LATER = mark("Depends", dependency=find), mark("Depends", dependency=find_later)
BY_CLASS, BY_TYPE, TOKEN = (mark("Depends", dependency=one) for one in (Page, None, token_of))


def user_of(token: str = TOKEN, *, name: str = "ann") -> tuple[str, str]:
    return token, name


NESTED = mark("Depends", dependency=user_of)


def number(q: int | None = None) -> None: ...
def five(q: int = 5) -> None: ...
def off(flag: bool = False) -> None: ...
def on(flag: bool = True) -> None: ...
def perhaps(flag: bool | None = None) -> None: ...
def needed(q: str) -> None: ...
def color(color: Color = Color.RED) -> None: ...
def size(size: Size) -> None: ...
def day(day: datetime.date) -> None: ...
def day_off(day: datetime.date | None = None) -> None: ...
def key(key: uuid.UUID) -> None: ...
def choice(way: Literal["up", "down"] = "up") -> None: ...
def item(item: Item) -> None: ...
def header(x_key: str = X_KEY) -> None: ...
def cookie(user: str | None = USER) -> None: ...
def query(n: Annotated[int, mark("Query")]) -> None: ...
def embedded(n: int = BODY) -> None: ...
def depends(found=FOUND) -> None: ...
def paged(page: Page = BY_TYPE) -> None: ...
def paged_by_class(page=BY_CLASS) -> None: ...
def annotated(page: Annotated[Page, BY_TYPE]) -> None: ...
def of_header(token: str = TOKEN) -> None: ...
def nested(user=NESTED) -> None: ...


A_DAY, A_KEY = datetime.date(2026, 2, 3), uuid.UUID(int=7)

VALUES: list[tuple[Any, dict[str, Any], Any]] = [
    (number, {}, None),
    (number, {"target": "/x?q=7"}, 7),
    (five, {}, 5),
    (five, {"target": "/x?q=7"}, 7),
    (off, {}, False),
    (off, {"target": "/x?flag=false"}, False),
    (off, {"target": "/x?flag=True"}, True),
    (on, {}, True),
    (on, {"target": "/x?flag=0"}, False),
    (perhaps, {}, None),
    (perhaps, {"target": "/x?flag=1"}, True),
    (needed, {"target": "/x?q=a"}, "a"),
    (color, {}, Color.RED),
    (color, {"target": "/x?color=red"}, Color.RED),
    (size, {"target": "/x?size=1"}, Size.ONE),
    (day, {"target": "/x?day=2026-02-03"}, A_DAY),
    (day_off, {}, None),
    (day_off, {"target": "/x?day=2026-02-03"}, A_DAY),
    (key, {"target": f"/x?key={A_KEY}"}, A_KEY),
    (choice, {}, "up"),
    (item, {"body": b'{"name": "a"}'}, Item("a")),
    (header, {"x-key": "k"}, "k"),
    (cookie, {}, None),
    (cookie, {"cookie": "user=ann"}, "ann"),
    (query, {"target": "/x?n=7"}, 7),
    (embedded, {"body": b'{"n": 7}'}, 7),
    (depends, {}, "found /x"),
    (of_header, {"token": "t"}, "t"),
    (nested, {"token": "t", "target": "/x?name=bob"}, ("t", "bob")),
]


@pytest.mark.parametrize(("handler", "asked", "expected"), VALUES, ids=range(len(VALUES)))
def test_the_expression_for_a_parameter_gives_its_value(handler: Any, asked: dict[str, Any], expected: Any) -> None:
    assert value(handler, **asked) == expected


@pytest.mark.parametrize("handler", [paged, paged_by_class, annotated])
def test_a_class_as_a_dependency_gets_each_of_its_arguments(handler: Any) -> None:
    assert value(handler, "/x?skip=3&q=a").all == ("a", 3, 100)
    assert value(handler).all == (None, 0, 100)


@dataclass
class Filter:
    q: str | None = None
    limit: int = 100


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_class_whose_depends_was_taken_away_is_made_of_the_query(method: str) -> None:
    def commons(commons: Page) -> None: ...
    def picked(picked: Filter) -> None: ...

    with ls.serve("commons") as server:
        for handler in (commons, picked) if method == "get" else (commons,):
            with pytest.raises(TypeError) as caught:
                getattr(server, method)("/items")(handler)
            made = str(caught.value).partition(" = ")[2]
            request = HttpRequest(method.upper(), "/items?q=a&limit=3", Headers({}), b"")
            found = eval(made, globals() | {"request": request, "msgspec": msgspec})
            assert found == Filter("a", 3) if handler is picked else found.all == ("a", 0, 3)


def test_a_dependency_with_a_yield_stands_in_a_with() -> None:
    def connect(name: str = "main"):
        yield name

    async def later():
        yield 1

    connected, waits = mark("Depends", dependency=connect), mark("Depends", dependency=later)

    def page(name=connected) -> None: ...
    def other(one=waits) -> None: ...

    assert written(page) == "with contextlib.contextmanager(connect)(request.query.get('name', 'main')) as name: …"
    with pytest.raises(TypeError, match=r"async def page\(request\): …, and in it async with contextlib\.asynccon"):
        one_parameter(other, "/x", "request", "def page(request): …")


def test_the_lines_are_those_of_the_handler_with_its_own_names() -> None:
    async def talk(websocket: Any, room: str, n: int = 3) -> None: ...

    with pytest.raises(TypeError) as caught:
        one_parameter(talk, "/{room}", "ws", "async def talk(ws): …")

    assert str(caught.value).partition(": write ")[2] == (
        "async def talk(websocket): …, and in it\n"
        "  room = websocket.path_params['room']\n"
        "  n = int(websocket.query.get('n', 3))"
    )


def test_several_parameters_of_the_body_are_members_of_it() -> None:
    def two(item: Item, other: Item) -> None: ...

    assert written(two) == ", ".join(f"msgspec.convert(request.json()['{name}'], Item)" for name in ("item", "other"))


def test_what_fastapi_gives_of_its_own_says_what_to_return() -> None:
    class Response: ...

    def page(response: Response) -> None: ...
    async def waits(user: Any = LATER) -> None: ...
    def upload(file: UploadFile, title: str = FORM) -> None: ...

    line = (
        'response = ls.Response(body, status=200, headers={…}), then response.set_cookie("a", "1"), and return response'
    )
    assert written(page) == line.removeprefix("response = ")
    assert written(waits) == "await find_later(request)"
    assert written(upload) == "request.files['file'], request.form['title']"


class UploadFile: ...


def test_a_part_of_the_path_is_converted_as_its_annotation_says() -> None:
    assert written(key, "/{key}") == "uuid.UUID(request.path_params['key'])"
    assert written(five, "/{q}") == "int(request.path_params['q'])"


def test_a_raw_route_reads_from_its_connection() -> None:
    assert written(header, of="ws") == "ws.request.headers['x-key']"
    assert written(item, of="ws") == "msgspec.convert(json.loads(await ws.recv()), Item)"


@pytest.mark.parametrize(
    "handler",
    [
        lambda r: "",
        lambda request, DEPTH=DEPTH: "",
        lambda request, renamed=DEPTH: "",
        functools.partial(lambda request, n: "", n=3),
        lambda request=None: "",
        functools.partial(lambda n, request: "", 3),
        str,
    ],
)
def test_a_handler_of_one_parameter_is_taken_as_it_is(handler: Any) -> None:
    one_parameter(handler, "/x", "request", "def page(request): …")


def test_an_annotation_that_may_be_a_request_is_taken_as_it_is() -> None:
    def ours(request: HttpRequest) -> None: ...
    def anything(request: Any) -> None: ...
    def a_protocol(request: Asking) -> None: ...
    def known_to_checkers_alone(request: OnlyThere) -> None: ...  # type: ignore[name-defined]  # noqa: F821
    def an_object(request: object) -> None: ...

    for handler in (ours, anything, a_protocol, known_to_checkers_alone, an_object):
        one_parameter(handler, "/x", "request", "def page(request): …")


def test_a_server_refuses_a_parameter_of_another_class() -> None:
    with ls.serve("parameters") as server, pytest.raises(TypeError, match="a handler gets the request, not the value"):
        server.get("/x")(day)


def test_a_parameter_without_a_type_is_of_the_query_unless_it_keeps_a_variable() -> None:
    def two(request, q=None, limit=10): ...
    def alone(q=None): ...
    def second(x, y=2): ...
    def kept_later(n):
        return lambda request, n=n: str(n)

    assert written(two) == "request.query.get('q'), int(request.query.get('limit', 10))"
    assert written(alone) == "request.query.get('q')"
    assert written(second) == "int(request.query.get('y', 2))"
    for n in (None, "a", 3):
        one_parameter(lambda request, n=n: str(n), "/x", "request", "def page(request): …")
        one_parameter(kept_later(n), "/x", "request", "def page(request): …")


def test_every_parameter_of_a_raw_route_is_named_at_once() -> None:
    async def talk(websocket, room="lobby", token=None): ...

    assert written(talk, "/ws/{room}", "ws") == "websocket.path_params['room'], websocket.query.get('token')"


def test_a_list_of_models_and_a_body_that_may_be_missing_are_made_of_the_body() -> None:
    def many(items: list[Item]): ...
    def perhaps(item: Item | None = None): ...
    def tags(tags: set[str] = set()): ...  # noqa: B006  # as FastAPI's documentation has it
    def answered(item: Item, response: ls.Response): ...

    assert value(many, body=b'[{"name": "a"}, {"name": "b"}]') == [Item("a"), Item("b")]
    assert value(perhaps, body=b'{"name": "a"}') == Item("a") and value(perhaps) is None
    assert value(tags, body=b'["a", "a"]') == {"a"} and value(tags) == set()
    assert written(answered).startswith("msgspec.convert(request.json(), Item), ls.Response(body")


def test_a_file_that_is_declared_as_bytes_is_its_body() -> None:
    def whole(file: bytes = mark("File", default=...)): ...
    def perhaps(file: bytes | None = mark("File", default=None)): ...

    assert written(whole) == "request.files['file'].body"
    assert written(perhaps) == "request.files['file'].body if 'file' in request.files else None"
