"""The view of packets: what is typed crosses a real connection, and what comes is what the server said."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import livesock as ls
from livesock.server import Server
from tests.display.watch import Page


@pytest.fixture
def server() -> Iterator[Server]:
    with ls.serve("desk") as server:

        @server.of("/point").on("add")
        async def add(socket: ls.Socket, a: int, b: int) -> int:
            return a + b

        yield server


@pytest.fixture
def page(server: Server) -> Iterator[Page]:
    view = ls.display.packets(server)
    yield Page(view)
    view.close()


def send(page: Page, text: str) -> None:
    before = len(page.kinds("news"))
    page.tell("send", text=text)
    page.until(lambda: len(page.kinds("news")) > before and page.state["line"] == text)


def said(page: Page) -> list[tuple[bool, str]]:
    return [(line["up"], "".join(part["text"] for part in line["parts"])) for line in page.state["lines"]]


def test_it_opens_with_what_the_server_says_first(page: Page) -> None:
    ((up, opening),) = said(page)

    assert not up and opening.startswith('0{"sid":"…"')
    assert page.state["where"] == "session open · in no namespace"
    assert [part["name"] for part in page.state["parts"]] == ["Engine.IO", "Socket.IO", "namespace"]


def test_joining_and_asking_by_hand_gets_the_server_s_answer(page: Page, server: Server) -> None:
    send(page, "40/point,")
    send(page, '42/point,7["add",2,3]')

    assert said(page)[-1] == (False, "43/point,7[5]")
    assert page.state["sentence"] == "The server says: answer to 7: [5] in /point."
    assert page.state["where"] == "session open · in /point"
    frames: Any = server.trace.only(kind="frame").rows()
    assert [row.value.payload for row in frames[-2:]] == [b'42/point,7["add",2,3]', b"43/point,7[5]"]


@pytest.mark.parametrize(
    ("key", "why"),
    [
        ("ask", "You had not joined /point."),
        ("other", "You had not joined /other."),
        ("comma", "This is not JSON."),
        ("hello", "A packet begins with a digit from 0 to 6."),
    ],
)
def test_what_breaks_a_rule_ends_the_session_and_says_why(page: Page, key: str, why: str) -> None:
    page.tell("preset", key=key)
    page.until(lambda: page.state["chosen"] == key)
    send(page, page.state["line"])

    assert page.state["sentence"] == f"The server has ended the session, close 1000. {why}"
    assert said(page)[-1] == (False, "close 1000")
    assert page.state["where"] == "no session"


def test_after_the_end_the_next_packet_opens_another_session(page: Page) -> None:
    send(page, "hello")
    send(page, "40/point,")

    assert said(page)[-1][1] == '40/point,{"sid":"…"}'
    assert page.state["open"]


def test_a_refusal_leaves_the_session_open(page: Page) -> None:
    send(page, "40/nope,")

    assert page.state["sentence"].startswith("The server says: refused by /nope: Invalid namespace")
    assert page.state["open"]


def test_what_asks_for_nothing_is_answered_by_silence(page: Page) -> None:
    send(page, "40/point,")
    send(page, '42/point,["unheard"]')

    assert page.state["sentence"].startswith("Silence.")


def test_the_server_s_pings_are_answered_and_counted() -> None:
    with ls.serve("lively", sessions={"ping_interval": 0.1, "ping_timeout": 5}) as server:
        view = ls.display.packets(server)
        page = Page(view)
        page.until(lambda: "pings answered: 3" in page.state["where"])
        assert len(said(page)) == 1
        view.close()


def test_typing_takes_the_line_apart_and_sends_nothing(page: Page) -> None:
    page.tell("type", text="41/point,")
    page.until(lambda: page.state["line"] == "41/point,")

    assert [part["text"] for part in page.state["parts"]] == ["4", "1", "/point,"]
    assert (page.state["chosen"], len(said(page))) == ("", 1)


def test_a_new_session_keeps_what_was_said_before(page: Page) -> None:
    send(page, "40/point,")
    page.tell("new")
    page.until(lambda: len(said(page)) == 4)

    assert page.state["where"] == "session open · in no namespace"
    assert [text[:9] for _, text in said(page)] == ['0{"sid":"', "40/point,", "40/point,", '0{"sid":"']
    assert [bool(line.get("new")) for line in page.state["lines"]] == [False, False, False, True]


def test_a_packet_after_the_end_keeps_the_end_in_sight(page: Page) -> None:
    for _ in range(2):
        send(page, "hello")
    send(page, "40/point,")

    assert [text[:8] for _, text in said(page)] == [
        *['0{"sid":', "hello", "close 10"] * 2,
        *['0{"sid":', "40/point", "40/point"],
    ]


def test_without_a_server_it_says_so(server: Server) -> None:
    server.stop()
    view = ls.display.packets(server)
    try:
        assert view.words().startswith("There is no session.")
        assert "to send" in view.picture()
    finally:
        view.close()


def test_the_picture_says_the_same(page: Page) -> None:
    send(page, "40/nope,")

    assert "to send: 4 Engine.IO | 0 Socket.IO | /nope, namespace" in page.view.words()
    assert "refused by /nope" in page.view.picture()


@pytest.mark.parametrize(
    ("message", "sentence"),
    [
        ({"kind": "fly"}, "may send preset, type, send or new"),
        ({"kind": "preset", "key": "x"}, "may send preset"),
        ({"kind": "send", "text": 5}, "a line is text of at most 300"),
        ({"kind": "type", "text": "4" * 301}, "a line is text of at most 300"),
    ],
)
def test_what_makes_no_sense_is_complained_about(page: Page, message: dict[str, Any], sentence: str) -> None:
    page.tell(**message)

    assert sentence in page.complaint


def test_a_closed_view_takes_its_session_along(page: Page, server: Server) -> None:
    page.view.close()

    server.trace.wait(lambda _: not server.peers)


def test_only_a_server_is_shown() -> None:
    with pytest.raises(TypeError, match="shows a server"):
        ls.display.packets(8765)  # type: ignore[arg-type]
