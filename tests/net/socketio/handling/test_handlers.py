"""The functions that answer a namespace: what replaces what, and whose it is."""

from __future__ import annotations

from typing import Any

import pytest

from livesock.net.socketio.handling.handlers import Handler, Handlers, register


def version(number: int) -> Handler:
    def move(socket: Any) -> int:
        return number

    return move


def test_a_function_replaces_the_older_one_of_its_name_and_goes_to_the_end() -> None:
    old, other, new = version(1), lambda socket: None, version(2)
    handlers: list[Handler] = []

    for handler in (old, other, new):
        assert register(handlers, handler) is handler

    assert handlers == [other, new]


def test_what_cannot_be_called_is_refused() -> None:
    with pytest.raises(TypeError, match="a handler is a function, not int"):
        register([], 7)  # type: ignore[arg-type]


def test_what_belongs_to_a_gateway_goes_with_it() -> None:
    handlers = Handlers()
    move = version(1)
    register(handlers.events.setdefault("move", []), move)
    handlers.install("make.<locals>.Point", handlers.connects, print)
    handlers.install("make.<locals>.Point", handlers.events["move"], len)

    assert (handlers.who(len), handlers.who(move)) == ("Point", "move")
    assert handlers.answers == {"Point": ["move"], "move": ["move"]}
    handlers.uninstall("make.<locals>.Point")
    handlers.uninstall("make.<locals>.Point")
    assert (handlers.connects, handlers.events) == ([], {"move": [move]})


def test_shared_handlers_are_the_same_until_one_namespace_adds_its_own() -> None:
    pattern = Handlers()
    child, other = pattern.shared(), pattern.shared()

    register(pattern.own().connects, print)
    assert child.connects == other.connects == [print]
    register(child.own().connects, len)

    assert (child.connects, other.connects, pattern.connects) == ([print, len], [print], [print])
    register(pattern.own().connects, max)
    assert child.connects == [print, len] and other.connects == [print, max]
