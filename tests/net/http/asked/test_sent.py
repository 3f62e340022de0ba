"""What a page answers if its handler cannot use what a request brought: the peer's fault, as FastAPI has it."""

from __future__ import annotations

import datetime
import enum
import json
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pydantic
import pytest
from websockets.exceptions import ConnectionClosed

import livesock as ls
from livesock.net.http.asked.faults import bad_value
from livesock.server import Server

DEADLINE = 20.0


@pytest.fixture
def server() -> Iterator[Server]:
    with ls.serve("bad values") as server:
        yield server


@dataclass
class Item:
    name: str
    price: float = 0


class Order(pydantic.BaseModel):
    item: str
    number: int


class Color(enum.Enum):
    RED = "red"


class Number(enum.IntEnum):
    ONE = 1


BAD_VALUES = [
    ("/x/abc", b"", lambda r: int(r.path_params["id"]), "the path: invalid literal for int() with base 10: 'abc'"),
    ("/x/%C3%A9", b"", lambda r: float(r.path_params["id"]), "the path: could not convert string to float: 'é'"),
    (
        "/x/1?day=today",
        b"",
        lambda r: datetime.date.fromisoformat(r.query["day"]),
        "query parameter 'day': Invalid isoformat string: 'today'",
    ),
    (
        "/x/1?day=2026-02-30",
        b"",
        lambda r: datetime.datetime.fromisoformat(r.query["day"]),
        "query parameter 'day': day ",
    ),
    ("/x/1?at=25:00", b"", lambda r: datetime.time.fromisoformat(r.query["at"]), "query parameter 'at': hour must be"),
    (
        "/x/1?day=30.2.2026",
        b"",
        lambda r: datetime.datetime.strptime(r.query["day"], "%Y-%m-%d"),
        "query parameter 'day': time data '30.2.2026' does not match format '%Y-%m-%d'",
    ),
    ("/x/1", b"{}", lambda r: r.json()["name"], "the request brings no member 'name'"),
    ("/x/1", b'{"a": [{}]}', lambda r: r.json()["a"][0]["b"], "the request brings no member 'b'"),
    ("/x/blue", b"", lambda r: Color(r.path_params["id"]), "the path: 'blue' is not a valid Color"),
    ("/x/7", b"", lambda r: Number(int(r.path_params["id"])), "the path: 7 is not a valid Number"),
    ("/x/a-b", b"", lambda r: uuid.UUID(r.path_params["id"]), "the path: badly formed hexadecimal UUID string: 'a-b'"),
    ("/x/1?n=", b"", lambda r: int(r.query["n"]), "query parameter 'n': invalid literal for int() with base 10: ''"),
    ("/x/1?n=1", b"", lambda r: r.query["page"], "the request brings no query parameter 'page'"),
    ("/x/1", b"", lambda r: r.headers["X-Token"], "the request brings no header 'x-token'"),
    (
        "/x/1",
        b'{"n": ["two"]}',
        lambda r: int(r.json()["n"][0]),
        "the body: invalid literal for int() with base 10: 'two'",
    ),
    ("/x/1", b'{"price": 1}', lambda r: Item(**r.json()), "the body has no 'name'"),
    ("/x/1", b'{"name": "a", "size": 1}', lambda r: Item(**r.json()), "the body may have no 'size'"),
    ("/x/1", b"[1]", lambda r: Item(**r.json()), "the body is no JSON object"),
    ("/x/1", b"null", lambda r: Order(**r.json()), "the body is no JSON object"),
    ("/x/1", b'{"item": "a"}', lambda r: Order(**r.json()), "number: Field required"),
    ("/x/1", b'{"item": "a", "number": "two"}', lambda r: Order(**r.json()), "number: Input should be a valid integer"),
    ("/x/1", b'{"item": 1}', lambda r: Order.model_validate_json(r.body), "item: Input should be a valid string"),
]


@pytest.mark.parametrize(("target", "body", "handler", "told"), BAD_VALUES, ids=range(len(BAD_VALUES)))
def test_a_value_that_a_handler_cannot_use_is_the_fault_of_the_peer(
    server: Server, target: str, body: bytes, handler: Callable[[Any], Any], told: str
) -> None:
    server.get("/x/{id}")(handler)
    server.post("/x/{id}")(handler)

    with pytest.raises(urllib.error.HTTPError, match="422") as caught:
        urllib.request.urlopen(server.url(target, "http"), data=body or None, timeout=DEADLINE)

    assert caught.value.headers["Content-Type"] == "application/json"  # as FastAPI answers it
    assert told in json.loads(caught.value.read())["detail"]
    assert [kept.is_refusal for kept in server.errors] == [True]


def price(amount: float, rate: float) -> float:
    return amount * rate


class Strange(ValueError):
    def errors(self) -> list[Any]:
        raise RuntimeError("not now")


def strange(request: Any) -> None:
    raise Strange


OWN_FAULTS = [
    strange,
    lambda r: price(r.json()["name"]),
    lambda r: Item(price=r.json()["name"]),
    lambda r: int("of its own"),
    lambda r: uuid.UUID("of its own"),
    lambda r: {}[r.path_params["id"]],
    lambda r: [].remove("abc"),
    lambda r: Item(),
    lambda r: Item(*r.json(), size=1),
    lambda r: Order(item="abc", number="of its own"),
    lambda r: dict(r.json())["items"],
    lambda r: {"all": r.json()}["items"],
    lambda r: datetime.date.fromisoformat("2026-02-30"),
    lambda r: datetime.datetime.strptime("abcd", "%Y"),
]


@pytest.mark.parametrize("handler", OWN_FAULTS, ids=range(len(OWN_FAULTS)))
def test_any_other_value_is_the_fault_of_the_handler(server: Server, handler: Callable[[Any], Any]) -> None:
    server.post("/x/{id}")(handler)

    with pytest.raises(urllib.error.HTTPError, match="500"):
        urllib.request.urlopen(server.url("/x/abc", "http"), data=b'{"name": "a"}', timeout=DEADLINE)
    assert [kept.is_refusal for kept in server.errors] == [False]


@pytest.mark.parametrize("body", [b"[" * 900_000, b"[" + b'"two",' * 150_000 + b'"x"]'], ids=["deep", "wide"])
def test_a_large_body_ends_no_answer(body: bytes) -> None:
    exc = ValueError("invalid literal for int() with base 10: 'no'")

    assert bad_value(exc, body, [("the path", "x")]) is None


def posted(server: Server, target: str, body: bytes, kind: str = "application/x-www-form-urlencoded") -> str:
    asked = urllib.request.Request(server.url(target, "http"), data=body, headers={"Content-Type": kind})
    with urllib.request.urlopen(asked, timeout=DEADLINE) as answer:
        return str(answer.read().decode())


def test_the_fields_of_a_form_are_read_by_name(server: Server) -> None:
    server.post("/sign-up")(lambda r: f"{r.form['name']} {r.form['city']!r} {r.form.get('age')}")

    assert posted(server, "/sign-up", "name=A%26b+é&city=".encode()) == "A&b é '' None"


@pytest.mark.parametrize(
    ("handler", "told"),
    [
        (lambda r: r.form["email"], "the request brings no form field 'email'"),
        (lambda r: str(int(r.form["name"])), "form field 'name': invalid literal for int()"),
        (lambda r: Order(**r.form).item, "number: Field required"),
        (lambda r: Order(**r.query).item, "item: Field required"),
    ],
)
def test_a_field_that_is_wrong_or_missing_is_the_fault_of_the_peer(
    server: Server, handler: Callable[[Any], Any], told: str
) -> None:
    server.post("/form")(handler)

    with pytest.raises(urllib.error.HTTPError, match="422") as caught:
        posted(server, "/form?number=1", b"name=Ann&item=pen")
    assert told in caught.value.read().decode()


def test_a_field_of_a_form_with_files_that_cannot_be_used_is_the_fault_of_the_peer(server: Server) -> None:
    server.post("/form")(lambda r: int(r.form["n"]))
    body = b'--B\r\nContent-Disposition: form-data; name="n"\r\n\r\ntwo\r\n--B--\r\n'

    with pytest.raises(urllib.error.HTTPError, match="422") as caught:
        posted(server, "/form", body, "multipart/form-data; boundary=B")
    assert b"form field 'n': invalid literal for int() with base 10: 'two'" in caught.value.read()


def test_an_object_of_the_body_is_a_dict_like_any_other(server: Server) -> None:
    seen: list[Any] = []

    @server.post("/echo")
    def echo(request: Any) -> Any:
        data = request.json()
        seen.append((data == {"a": {"b": 1}}, isinstance(data, dict), data.get("c"), repr(data), {**data}))
        server.of("/").emit("news", data)
        return data

    with ls.socket(server.url("/")) as point:
        answer = posted(server, "/echo", b'{"a": {"b": 1}}', "application/json")
        assert point.wait("news", timeout=DEADLINE) == ({"a": {"b": 1}},)
    assert json.loads(answer) == {"a": {"b": 1}}
    assert seen == [(True, True, None, "{'a': {'b': 1}}", {"a": {"b": 1}})]


def test_a_member_that_is_an_attribute_elsewhere_says_how_it_is_read(server: Server) -> None:
    server.post("/echo")(lambda request: request.json().name)

    with pytest.raises(urllib.error.HTTPError, match="500"):
        posted(server, "/echo", b'{"name": "Ann"}', "application/json")
    assert 'write data["name"], or data.get("name")' in str(server.errors[0])


def test_a_raw_route_without_the_header_that_it_needs_says_so_to_its_peer(server: Server) -> None:
    @server.websocket("/ws")
    async def talk(ws: Any) -> None:
        assert ws.request.headers.get("X-Key") is None and "x-key" not in ws.request.headers
        await ws.send(ws.request.headers["X-Key"])

    with ls.connect(server.url("/ws")) as ws:
        with pytest.raises(ConnectionClosed):
            ws.recv(timeout=DEADLINE)
        assert (ws.close_code, ws.close_reason) == (1008, "the request brings no header 'x-key'")
