"""The line that an error advises has the parameters of the user's function: `*args`, defaults and annotations."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

import livesock as ls
from livesock.net.loop.places import parameters_as_written


@dataclass
class Item:
    """What a peer sends."""

    price: float = 1.0


@pytest.fixture
def server() -> Iterator[ls.Server]:
    """Return a server."""
    with ls.serve("own parameters") as server:
        yield server


METHODS = [
    ("def on_shout(self, sid, *args): return list(args)", "def on_shout(self, socket, *args): …", [1, 2], [1, 2]),
    ("def on_pair(self, sid, a, b=2, **kw): return [a, b]", "def on_pair(self, socket, a, b=2): …", [1], [1, 2]),
    ("async def on_it(self, sid, it: Item): return it.price", "async def on_it(self, socket, it: Item): …", [{}], 1.0),
    (
        "def on_all(self, sid, *, a, n: int = 3): return [a, n]",
        "def on_all(self, socket, a, n: int = 3): …",
        [1],
        [1, 3],
    ),
]


@pytest.mark.parametrize(("written", "head", "sent", "answer"), METHODS)
def test_a_method_that_is_written_as_advised_gets_all_that_it_asks_for(
    server: ls.Server, written: str, head: str, sent: list[Any], answer: Any
) -> None:
    def gateway(method: str) -> None:
        known = {"ls": ls, "Item": Item, "__name__": __name__}
        exec(f"class Lobby:\n  {method}", known)
        server.gateway("/lobby")(known["Lobby"])  # type: ignore[arg-type]

    with pytest.raises(TypeError, match="would never run") as caught:
        gateway(written)
    mark, found = re.findall(r"mark it with (@ls\.event\(\"\w+\"\)) above (.*: …)", str(caught.value))[0]
    assert found == head
    gateway(f"{mark}\n  {head[:-1]}{written.rpartition(': ')[2]}")
    assert ls.socket(server.url("/lobby")).call(mark[11:-2], *sent) == answer


FUNCTIONS: list[tuple[Any, str]] = [
    (lambda sid, *args: None, "lambda socket, *args: …"),
    (lambda data, n=3, *more: None, "lambda socket, data, n=3, *more: …"),
    (lambda s, *, a, b=1: None, "lambda s, a, b=1: …"),
    (lambda *, a: None, "lambda socket, a: …"),
]


@pytest.mark.parametrize(("handler", "head"), FUNCTIONS)
def test_a_function_keeps_its_parameters(server: ls.Server, handler: Any, head: str) -> None:
    with pytest.raises(TypeError) as caught:
        server.of("/").on("move", handler)
    assert f"write {head}" in str(caught.value)
    server.of("/").on("move", eval(head.replace("…", "1")))


def test_a_handler_of_all_events_keeps_what_is_behind_the_name(server: ls.Server) -> None:
    with pytest.raises(TypeError, match=re.escape("write lambda socket, event, a, b=3: …")):
        server.of("/").on("*", lambda event, sid, a, b=3: None)


def test_defaults_and_annotations_are_written_as_they_may_have_been() -> None:
    def f(a: int, b: Item | None = None, c: Item = ITEM, d: Any = print, *, e: str) -> None: ...

    def g(a: Item, b: list[int], *rest: float) -> None: ...

    def h(a: Any, b: Any) -> None: ...

    g.__annotations__ = {"a": Item, "b": list[int], "rest": float}
    h.__annotations__ = {"a": dict[str, Any], "b": Mapping[str, Item]}  # `typing` is no name here
    assert parameters_as_written(f) == [
        "a: int", "b: Item | None = None", "c: Item = ITEM", "d: Any = None", "e: str = None",
    ]  # fmt: skip
    assert parameters_as_written(h) == ["a: dict[str, Any]", "b: Mapping[str, Item]"]
    assert parameters_as_written(g) == ["a: Item", "b: list[int]", "*rest: float"]


ITEM = Item()
