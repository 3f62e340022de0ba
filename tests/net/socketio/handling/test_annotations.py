"""What peers send comes to a function of `on` as its annotations want it, or the function does not run."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

import pydantic
import pytest

import livesock as ls
from livesock.server import Server


@dataclass
class Order:
    name: str
    count: int = 1


class Price(pydantic.BaseModel):
    value: float = pydantic.Field(gt=0)


@pytest.fixture
def server() -> Iterator[Server]:
    with ls.serve("annotations") as server:
        yield server


@pytest.fixture
def asked(server: Server) -> Iterator[Callable[..., Any]]:
    with ls.socket(server.url("/")) as client:
        yield client.call


def test_an_argument_comes_as_its_annotation_wants_it(server: Server, asked: Callable[..., Any]) -> None:
    @server.of("/").on("order")
    def order(socket: ls.Socket, it: Order, unit: Literal["kg", "g"] = "g") -> str:
        return f"{it.count} {unit} of {it.name}"

    @server.of("/").on("price")
    async def price(socket: ls.Socket, it: Price) -> float:
        return it.value

    assert asked("order", {"name": "tea"}) == "1 g of tea"
    assert asked("order", {"name": "tea", "count": 3}, "kg") == "3 kg of tea"
    assert asked("price", {"value": 2}) == 2.0


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (({"name": "tea", "count": "3"},), "it.count: expected `int`, got `str`"),
        (({"name": "tea", "colour": 1},), "it: object has no field `colour`"),
        (({"name": "tea"}, "lb"), "unit: invalid enum value 'lb', expected Literal['kg', 'g']"),
        ((), "expected the arguments (it: 'Order', unit: \"Literal['kg', 'g']\" = 'g'), got 0"),
    ],
)
def test_what_does_not_fit_is_refused(
    server: Server, asked: Callable[..., Any], arguments: tuple[Any, ...], sentence: str
) -> None:
    ran = []

    @server.of("/").on("order")
    async def order(socket: ls.Socket, it: Order, unit: Literal["kg", "g"] = "g") -> None:
        ran.append(it)

    answer = asked("order", *arguments)
    assert answer["status"] == "error"
    assert answer["message"] == sentence
    assert not ran
    assert f"order did not run: {sentence}" in str(server.errors[-1])


def test_a_pydantic_model_names_the_field(server: Server, asked: Callable[..., Any]) -> None:
    @server.of("/").on("price")
    async def price(socket: ls.Socket, it: Price) -> None: ...

    answer = asked("price", {"value": -1})
    assert answer["message"] == "it.value: Input should be greater than 0"
    assert answer["data"][0]["type"] == "greater_than"


def test_every_other_event_has_a_name_first(server: Server, asked: Callable[..., Any]) -> None:
    @server.of("/").on("*")
    def other(socket: ls.Socket, name: str, *numbers: int) -> int:
        return sum(numbers)

    assert asked("sum") == 0
    assert asked("sum", 1, 2, 3) == 6
    assert asked("sum", 1, "2")["message"] == "numbers: expected `int`, got `str`"


def test_a_guard_is_asked_before_anything_is_checked(server: Server, asked: Callable[..., Any]) -> None:
    @server.of("/").on("order")
    @ls.guard(lambda socket, it: False)
    def order(socket: ls.Socket, it: Order) -> None: ...

    assert asked("order", 5)["message"] == "Forbidden resource"


def test_a_cell_that_runs_again_replaces_the_function(server: Server, asked: Callable[..., Any]) -> None:
    for unit in ("g", "kg"):

        @server.of("/").on("unit")
        def unit_of(socket: ls.Socket, it: Order, unit: str = unit) -> str:
            return unit

    assert asked("unit", {"name": "tea"}) == "kg"
    assert server.of("/").answers["unit_of"] == ["unit"]


def test_a_decorator_may_add_arguments(server: Server, asked: Callable[..., Any]) -> None:
    def with_user(handler: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(handler)
        async def inner(socket: ls.Socket, *arguments: Any) -> Any:
            return await handler(socket, "ann", *arguments)

        return inner

    @server.of("/").on("add")
    @with_user
    async def add(socket: ls.Socket, user: str, count: int) -> str:
        return f"{user} {count}"

    assert asked("add", 5) == "ann 5"


def test_an_annotation_that_nothing_can_check_is_refused_at_once(server: Server) -> None:
    def both(socket: ls.Socket, it: list[str | bytes]) -> None: ...

    with pytest.raises(TypeError, match=r"both's it cannot be checked: .*; leave its annotation out, or write Any"):
        server.of("/").on("both", both)
    assert "both" not in server.of("/").answers


def test_without_an_annotation_everything_comes_as_it_was_sent(server: Server, asked: Callable[..., Any]) -> None:
    @server.of("/").on("plain")
    def plain(socket: ls.Socket, it: Any, *more: Any) -> Any:
        return [it, *more]

    assert asked("plain", {"a": None}, 1, "2") == [{"a": None}, 1, "2"]
