"""The view of namespaces: what it says about a real server, and what its client really did."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import livesock as ls
from livesock.display.views.namespaces.view import NamespacesView
from livesock.net.socketio.handling.observers import Ran
from livesock.server import Server
from tests.display.watch import Page


@pytest.fixture
def view() -> Iterator[NamespacesView]:
    view = ls.display.namespaces()
    yield view
    view.close()


@pytest.fixture
def server() -> Iterator[Server]:
    with ls.serve("spaces") as server:

        @server.gateway("/point")
        class Point:
            @ls.event("move")
            async def move(self, socket: Any, x: int, y: int) -> list[int]:
                return [x, y]

        yield server


def space(page: Page, name: str) -> dict[str, Any]:
    return next(s for s in page.state["spaces"] if s["name"] == name)


def test_without_a_page_it_says_in_words_what_there_is(view: NamespacesView) -> None:
    assert view.words() == (
        "a client and the namespaces of a server\n"
        "/: nobody answers; we are not in\n"
        "/point: Point (move, clear); we are not in\n"
        "/chat: Chat (say, clear); we are not in"
    )
    assert "Point" in view.picture() and "/chat" in view.picture()


def test_joined_by_code_it_shows_where_it_is_before_any_page_is_open(view: NamespacesView) -> None:
    assert view.join("/point", "/chat", "/nope") is view

    assert view.words() == (
        "a client and the namespaces of a server\n"
        "/: nobody answers; we are not in\n"
        "/point: Point (move, clear), ran once; we are in\n"
        "/chat: Chat (say, clear), ran once; we are in\n"
        "/nope: the server does not have it; refused: Invalid namespace"
    )
    assert "40/point," in view.picture()


def test_an_event_runs_the_gateway_of_its_namespace_and_no_other(view: NamespacesView) -> None:
    page = Page(view)
    page.tell("join", namespace="/point")
    page.until(lambda: space(page, "/point")["in"])
    page.tell("say", namespace="/point", name="clear", arguments="", ask=True)
    page.until(lambda: any(line.get("text", "").startswith("43/point,") for line in page.log))

    lines = [line for line in page.log if line["space"] == "/point"][-3:]
    assert [line.get("text", line.get("who")) for line in lines] == [
        '42/point,0["clear"]',
        "Point",
        '43/point,0["the board is empty"]',
    ]
    assert lines[1]["value"] == "it answers"
    assert not [line for line in page.log if line.get("who") == "Chat"]


def test_without_namespaces_both_run_and_the_second_answer_is_dropped(view: NamespacesView) -> None:
    page = Page(view)
    page.tell("arrange", apart=False)
    page.until(lambda: not page.state["apart"])
    page.tell("join", namespace="/")
    page.until(lambda: space(page, "/")["in"])
    page.tell("say", namespace="/", name="clear", arguments="", ask=True)
    page.until(lambda: any(line.get("text", "").startswith("430") for line in page.log))

    ran = [(line["who"], line["value"]) for line in page.log if line["kind"] == "ran" and line["what"] == "clear"]
    assert ran == [("Point", "it answers"), ("Chat", "its answer is dropped: the first one counts")]
    assert "both run, and the first answer counts" in page.state["warnings"][0]


def test_several_namespaces_share_one_connection(server: Server) -> None:
    view = ls.display.namespaces(server)
    page = Page(view)
    for name in ("/", "/point"):
        page.tell("join", namespace=name)
    page.until(lambda: space(page, "/")["in"] and space(page, "/point")["in"])

    assert [peer.protocol for peer in server.peers] == ["websocket"]
    assert {line["connection"] for line in page.log if line["kind"] == "packet"} == {1}
    view.close()
    server.trace.wait(lambda _: not server.peers)


def test_a_namespace_that_the_server_lacks_refuses_and_the_others_go_on(server: Server) -> None:
    view = ls.display.namespaces(server)
    page = Page(view)
    page.tell("join", namespace="/point")
    page.until(lambda: space(page, "/point")["in"])
    page.tell("join", namespace="nope")
    page.until(lambda: any(line.get("text", "").startswith("44/nope,") for line in page.log))

    assert space(page, "/nope") == {
        "name": "/nope",
        "known": False,
        "in": False,
        "refused": "Invalid namespace",
        "gateways": [],
    }
    assert space(page, "/point")["in"] and server.of("/point").sockets()
    view.close()


def test_the_server_puts_the_client_into_a_room(server: Server) -> None:
    view = ls.display.namespaces(server)
    page = Page(view)
    page.tell("join", namespace="/point")
    page.until(lambda: space(page, "/point")["in"])
    page.tell("room", namespace="/point", room="board")
    page.until(lambda: space(page, "/point")["rooms"] == ["board"])

    assert len(server.of("/point").to("board").sockets()) == 1
    page.tell("leave", namespace="/point")
    page.until(lambda: not space(page, "/point")["in"])
    page.until(lambda: server.of("/point").sockets() == [])
    view.close()


def test_the_events_of_other_peers_are_counted_and_marked(server: Server) -> None:
    view = ls.display.namespaces(server)
    page = Page(view)
    with ls.socket(server.url("/point"), transports=["websocket"]) as other:
        other.call("move", 1, 2)

    line = page.until(lambda: next((line for line in page.log if line.get("what") == "move"), None))
    assert (line["who"], line["other"]) == ("Point", True)
    view.close()


@pytest.mark.parametrize(
    ("message", "sentence"),
    [
        ({"kind": "jump"}, "may send join, leave, say, room or arrange"),
        ({"kind": "say", "namespace": "/point", "name": "move", "arguments": ""}, "not in /point: connect to it"),
        ({"kind": "join", "namespace": 7}, "a namespace has a name, such as /point, not 7"),
        ({"kind": "join"}, "a namespace has a name"),
        ({"kind": "arrange", "apart": "no"}, "apart is true or false"),
    ],
)
def test_what_makes_no_sense_is_complained_about(view: NamespacesView, message: dict[str, Any], sentence: str) -> None:
    page = Page(view)
    page.tell(**message)

    assert sentence in page.complaint


def test_arguments_that_are_no_json_are_complained_about(view: NamespacesView) -> None:
    page = Page(view)
    page.tell("join", namespace="/point")
    page.until(lambda: space(page, "/point")["in"])
    page.tell("say", namespace="/point", name="move", arguments="1, two", ask=True)

    assert "arguments are JSON with commas between them" in page.complaint


def test_a_given_server_is_never_rearranged(server: Server) -> None:
    view = ls.display.namespaces(server)
    page = Page(view)
    page.tell("arrange", apart=False)

    assert "only the view's own demonstration" in page.complaint
    assert list(server.namespaces) == ["/", "/point"]
    view.close()


def test_an_idle_view_sends_nothing_but_beats(server: Server) -> None:
    view = ls.display.namespaces(server)
    page = Page(view)
    page.until(lambda: page.kinds("beat"))

    assert not page.kinds("news")
    view.close()


@pytest.mark.parametrize("wrong", [8765, "http://127.0.0.1", Server])
def test_only_a_server_has_namespaces(wrong: Any) -> None:
    with pytest.raises(TypeError, match=r"shows a server, not"):
        ls.display.namespaces(wrong)


def test_who_observes_hears_of_each_handler_until_it_stops(server: Server) -> None:
    heard: list[Ran] = []
    stop = server.observe(heard.append)
    with ls.socket(server.url("/point"), transports=["websocket"]) as peer:
        peer.call("move", 1, 2)
        peer.call("move", "far", 2)
        stop()
        peer.call("move", 3, 4)

    assert [(ran.what, ran.outcome, ran.has_answer, ran.asked) for ran in heard] == [
        ("move", "returned", True, True),
        ("move", "refused", False, True),
    ]


def test_a_namespace_tells_who_answers_in_it(server: Server) -> None:
    space = server.of("/point")

    @space.on("shout")
    async def shout(socket: Any) -> None: ...

    @space.on_connect
    async def greet(socket: Any) -> None: ...

    assert space.answers == {"Point": ["move"], "greet": [], "shout": ["shout"]}


def test_an_observer_that_fails_changes_nothing(server: Server) -> None:
    server.observe(lambda ran: ran.nonsense)  # type: ignore[attr-defined]
    with ls.socket(server.url("/point"), transports=["websocket"]) as peer:
        assert peer.call("move", 1, 2) == [1, 2]

    assert "an observer" in str(server.errors[0])


def test_a_page_that_comes_after_the_end_sees_the_last_state_and_not_what_was_let_go(view: NamespacesView) -> None:
    view.join("/point")
    view.stop()

    page = Page(view)

    assert space(page, "/point")["in"]
    assert page.until(lambda: page.kinds("end"))
