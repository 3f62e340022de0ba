"""A handler of FastAPI that gets its body as a dataclass: what is advised checks the body, and a wrong one is 422."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypedDict
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import msgspec
import pydantic
import pytest

import livesock as ls
from livesock.net.http.asked.faults import bad_value


@dataclass
class Tag:
    """A member of an item."""

    name: str


@dataclass
class Item:
    """What a peer sends."""

    price: float
    tags: list[Tag] = field(default_factory=list)
    by_name: dict[str, Tag] = field(default_factory=dict)


class Typed(TypedDict):
    """The same as a dict."""

    price: float


class Named(NamedTuple):
    """The same as a tuple."""

    price: float


class Struct(msgspec.Struct):
    """The same as a struct."""

    price: float


class Model(pydantic.BaseModel):
    """The same as a model."""

    price: float


@pytest.fixture
def server() -> Iterator[ls.Server]:
    """Return a server."""
    with ls.serve("bodies") as server:
        yield server


def posted(server: ls.Server, body: bytes) -> tuple[int, Any]:
    """Return status and JSON of the answer to a body."""
    try:
        with urlopen(Request(server.url("/x"), data=body)) as answer:
            return answer.status, json.load(answer)
    except HTTPError as exc:
        text = exc.read()
        assert exc.code != 500, server.errors
        return exc.code, json.loads(text)


def written(server: ls.Server, kind: Any, known: dict[str, Any]) -> None:
    """Register what a handler is told to be that gets its body as a `kind`."""
    exec("async def create(item): ...", known)
    create = known["create"]
    create.__annotations__["item"] = kind
    with pytest.raises(TypeError) as caught:
        server.post("/x")(create)
    wanted = r"write (.*)(async def create\(request\):) …, and in it (.*)"
    modules, head, line = re.findall(wanted, str(caught.value))[0]
    code = f"{modules.partition(' at the')[0]}\n{head}\n  {line}\n  return {{'got': shown(item)}}"
    exec(code, known)
    server.post("/x")(known["create"])


@pytest.mark.parametrize("kind", [Item, Typed, Named, Struct, Model])
def test_the_advised_code_checks_a_body(server: ls.Server, kind: Any) -> None:
    written(server, kind, {kind.__name__: kind, "shown": lambda it: it["price"] if kind is Typed else it.price})

    assert posted(server, b'{"price": 1}') == (200, {"got": 1.0})
    status, answer = posted(server, b'{"price": "abc"}')
    assert (status == 422 and "price" in answer["detail"]) or (kind is Named and "expected `float`" in answer["detail"])
    status, answer = posted(server, b"{}")
    assert status == 422 and "price" in answer["detail"]
    assert posted(server, b'{"price":')[0] == 400
    if kind is not Named:
        assert posted(server, b"[1]")[0] == 422 and posted(server, b"null")[0] == 422
    assert all("Refused" in repr(error) for error in server.errors) or kind is Named


def test_a_part_of_a_body_is_named_by_its_place(server: ls.Server) -> None:
    written(server, Item, {"Item": Item, "shown": lambda item: item.tags[0].name})

    assert posted(server, b'{"price": 1, "tags": [{"name": "a"}]}') == (200, {"got": "a"})
    for body, detail in (
        (b'{"price": 1, "tags": [{"name": 2}]}', "tags[0].name: expected `str`, got `int`"),
        (b'{"price": 1, "tags": [{}]}', "tags[0]: object missing required field `name`"),
        (b'{"price": 1, "by_name": {"a": {"name": 2}}}', "by_name[...].name: expected `str`, got `int`"),
        (b'{"price": null}', "price: expected `float`, got `null`"),
        (b"[1]", "the body: expected `object`, got `array`"),
    ):
        assert posted(server, body) == (422, {"detail": detail})


@pytest.mark.parametrize(
    ("kind", "right", "wrong"),
    [
        (list[Item], b'[{"price": 1}]', b'[{"price": "a"}]'),
        (list[int], b"[1]", b'["1"]'),
        (dict[str, int], b'{"a": 1}', b'{"a": null}'),
        (set[int], b"[1, 1]", b"{}"),
    ],
)
def test_a_list_or_dict_is_checked_with_its_members(server: ls.Server, kind: Any, right: bytes, wrong: bytes) -> None:
    written(server, kind, {"Item": Item, "shown": len})

    assert posted(server, right) == (200, {"got": 1}) and posted(server, wrong)[0] == 422


def test_msgspec_may_read_the_bytes_itself(server: ls.Server) -> None:
    @server.post("/x")
    def create(request: Any) -> Any:
        return {"got": msgspec.json.decode(request.body, type=Item).price}

    assert posted(server, b'{"price": 1}') == (200, {"got": 1.0})
    assert posted(server, b'{"price": "a"}') == (422, {"detail": "price: expected `float`, got `str`"})
    assert posted(server, b'{"price"') == (400, {"detail": "the body is not valid: Input data was truncated"})


def test_what_the_request_did_not_bring_is_the_fault_of_the_handler() -> None:
    for own, body in (({"price": "a"}, b'{"price": 1}'), ({}, b'{"price": 1}'), ([], b'{"price": "a"}')):
        with pytest.raises(msgspec.ValidationError) as caught:
            msgspec.convert(own, Item)
        assert bad_value(caught.value, body, [("the path", "x")]) is None
    with pytest.raises(msgspec.DecodeError) as malformed:
        msgspec.json.decode(b"{", type=Item)
    assert bad_value(malformed.value, b'{"price": 1}', []) is None


@pytest.mark.parametrize(
    ("item", "write"),
    [
        (Item(1.0), "return ls.Response(dataclasses.asdict(item), status=201), with import dataclasses at the top"),
        (Model(price=1), "return ls.Response(item.model_dump(), status=201)"),
        (Struct(1.0), "return ls.Response(msgspec.to_builtins(item), status=201), with import msgspec at the top"),
    ],
)
def test_a_response_with_an_object_says_how_it_is_written(server: ls.Server, item: Any, write: str) -> None:
    @server.post("/x")
    def create(request: Any) -> Any:
        return ls.Response(item, status=201)

    with pytest.raises(HTTPError):
        urlopen(Request(server.url("/x"), data=b"{}"))
    (error,) = server.errors
    assert str(error.exception).endswith(f": write {write}")
    known: dict[str, Any] = {"ls": ls, "item": item}
    line, _, modules = write.partition(", with ")
    exec(f"{modules.partition(' at')[0]}\ndef create(request): {line}", known)
    server.post("/x")(known["create"])
    assert posted(server, b"{}")[1]["price"] == 1.0
