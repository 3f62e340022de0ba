"""The chat: nothing is lost, nothing comes twice, and who is there is who is there."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

import livesock as ls
from livesock.demos import Chat, chat, mount
from livesock.server import Server
from tests.demos.peer import Peer


@pytest.fixture
def server() -> Iterator[Server]:
    with ls.serve("chat") as server:
        server.gateway("/chat")(Chat)
        yield server
        assert [error for error in server.errors if not error.is_refusal] == []


def guest(server: Server, name: str, room: str = "lobby", key: str | None = None) -> Peer:
    peer = Peer(server, "/chat", {"key": key} if key else None)
    assert peer.call("enter", room, name)["name"] == name
    return peer


def texts(lines: list[dict[str, object]]) -> list[object]:
    return [line["text"] for line in lines]


def test_a_line_is_heard_by_everybody_in_the_room_and_by_nobody_else(server: Server) -> None:
    with guest(server, "Ada") as ada, guest(server, "Bob") as bob, guest(server, "Eve", "attic") as eve:
        assert ada.call("say", "Hello") == {"place": 1, "said": "now"}
        assert eve.call("say", "Alone") == {"place": 1, "said": "now"}

        assert bob.wait("line")[1] | {"time": 0} == {"place": 1, "name": "Ada", "text": "Hello", "time": 0}
        assert ada.wait("line")[1]["text"] == "Hello"
        assert texts(eve.all("line")) == ["Alone"]


def test_whoever_comes_back_gets_exactly_what_was_missed(server: Server) -> None:
    with guest(server, "Ada") as ada:
        bob = guest(server, "Bob")
        for number in range(1, 4):
            ada.call("say", f"line {number}")
        seen = bob.wait("line", lambda line: line["place"] == 3)[1]["place"]
        bob.cut()
        for number in range(4, 7):
            ada.call("say", f"line {number}")

        with Peer(server, "/chat") as back:
            epoch = back.call("enter", "lobby", "Robert")["epoch"]
            assert texts(back.call("enter", "lobby", "Robert", epoch, seen)["lines"]) == ["line 4", "line 5", "line 6"]
            assert texts(back.call("enter", "lobby", "Robert", epoch, 6)["lines"]) == []
            assert len(back.call("enter", "lobby", "Robert", "another", 6)["lines"]) == 6


def test_a_line_said_again_under_its_number_is_not_said_twice(server: Server) -> None:
    with guest(server, "Ada", key="the key of Ada") as ada, guest(server, "Bob") as bob:
        assert ada.call("say", "once", 1)["said"] == "now"
        assert ada.call("say", "once", 1) == {"place": None, "said": "before"}
        with guest(server, "Ada", key="the key of Ada") as again:
            assert again.call("say", "once", 1)["said"] == "before"
            assert again.call("say", "twice", 2)["place"] == 2

            bob.wait("line", lambda line: line["text"] == "twice")
            assert texts(bob.all("line")) == ["once", "twice"]


@pytest.mark.parametrize("seed", range(5))
def test_cuts_at_any_moment_neither_lose_nor_double_a_line(server: Server, seed: int) -> None:
    """A writer that says again what was not answered, and a reader that asks for what it missed, both cut at random."""
    chance = random.Random(seed)
    key, seen, epoch = f"writer number {seed}", 0, ""
    got: list[object] = []

    writer, reader, name = guest(server, "Writer", key=key), None, "Reader"
    said = 0
    while said < 30 or seen < 30:
        if reader is None:
            reader = Peer(server, "/chat", {"key": "the key of the reader"})
            answer = reader.call("enter", "lobby", name, epoch, seen)
            epoch = answer["epoch"]
            got += texts(answer["lines"])
            seen += len(answer["lines"])
        if said < 30:
            number = writer.ask("say", f"line {said + 1}", said + 1)
            if chance.random() < 0.4:  # the answer, and perhaps the line, is lost
                writer.cut()
                writer = guest(server, "Writer", key=key)
            else:
                writer.answer_to(number)
                said += 1
        if chance.random() < 0.3 or said == 30:
            reader.cut() if chance.random() < 0.5 else reader.close()
            lines = reader.all("line")
            got += texts(lines)
            seen += len(lines)
            reader = None
    writer.close()
    if reader is not None:
        reader.close()

    assert got == [f"line {number}" for number in range(1, 31)]


def test_who_is_there_follows_every_coming_and_going(server: Server) -> None:
    with guest(server, "Ada") as ada:
        bob = guest(server, "Bob")
        ada.wait("people", lambda people: people == ["Ada", "Bob"])
        bob.call("enter", "attic", "Bob")
        ada.wait("people", lambda people: people == ["Ada"])
        ada.wait("rooms", lambda rooms: rooms == [["attic", 1], ["lobby", 1]])
        bob.call("enter", "lobby", "Bobby")
        ada.wait("people", lambda people: people == ["Ada", "Bobby"])
        bob.cut()
        ada.wait("people", lambda people: people == ["Ada"])
        ada.wait("rooms", lambda rooms: rooms == [["attic", 0], ["lobby", 1]])


def test_who_is_back_before_the_old_connection_was_found_dead_is_there_once(server: Server) -> None:
    with guest(server, "Ada") as ada, guest(server, "Bob", key="the key of Bob") as old:
        with guest(server, "Bob", key="the key of Bob") as new:
            old.wait("replaced")
            old.wait("sent away")
            assert new.call("enter", "lobby", "Bob")["people"] == ["Ada", "Bob"]
            assert new.call("say", "I am back")["place"] == 1
        ada.wait("people", lambda people: people == ["Ada"])


def test_entering_and_going_at_once_leaves_nobody_behind(server: Server) -> None:
    with guest(server, "Ada") as ada:
        for _ in range(20):
            ghost = Peer(server, "/chat")
            ghost.ask("enter", "lobby", "Ghost")
            ghost.cut()
        with guest(server, "Last") as last:
            ada.wait("people", lambda people: people == ["Ada", "Last"])
            assert last.call("enter", "lobby", "Last")["people"] == ["Ada", "Last"]


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("", "1 to 24"),
        ("   ", "1 to 24"),
        ("x" * 25, "1 to 24"),
        ("x" * 10_000, "1 to 24"),
        ("A\u202eda", "visible"),
        ("A\x00da", "visible"),
        ("A\u200bda", "visible"),
        ("ADA", "is taken"),
        ("Ａda", "is taken"),
        (7, "expected `str`"),
    ],
)
def test_a_name_that_would_not_read_as_one_is_refused(server: Server, name: object, why: str) -> None:
    with guest(server, "Ada"), Peer(server, "/chat") as peer:
        answer = peer.call("enter", "lobby", name)

        assert answer["status"] == "error" and why in answer["message"]


@pytest.mark.parametrize("text", ["", "  ", "x" * 501, "a\x07b", "\ud800", None, 5, ["x"]])
def test_a_line_that_cannot_be_shown_is_refused(server: Server, text: object) -> None:
    with guest(server, "Ada") as ada:
        assert ada.call("say", text)["status"] == "error"
        assert ada.call("say", "日本 👩‍👩‍👧 <b>&")["place"] == 1


@pytest.mark.parametrize("key", ["short", "x" * 65, 5, None, ["x" * 20]])
def test_a_key_that_is_none_is_refused(server: Server, key: object) -> None:
    with pytest.raises(AssertionError, match="refused"):
        Peer(server, "/chat", {"key": key})


def test_saying_without_entering_is_refused(server: Server) -> None:
    with Peer(server, "/chat") as peer:
        assert peer.call("say", "Hello")["message"] == "enter a room first"


def test_history_rooms_and_people_are_bounded(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chat, "MAX_ROOMS", 3)
    monkeypatch.setattr(chat, "MAX_PEOPLE", 1)
    with guest(server, "Ada") as ada, guest(server, "Bob", "attic") as bob:
        for number in range(chat.MAX_HISTORY + 5):
            ada.ask("say", str(number))
        ada.wait("line", lambda line: line["place"] == chat.MAX_HISTORY + 5)
        assert "are in lobby already" in bob.call("enter", "lobby", "Bob")["message"]
        for room in ("one", "two", "three"):  # each takes the place of the one that Bob has left
            assert bob.call("enter", room, "Bob")["room"] == room
        assert [name for name, _ in bob.all("rooms")[-1]] == ["lobby", "three", "two"]
        ada.call("enter", "three hundred", "Ada")
        lines = ada.call("enter", "lobby", "Ada")["lines"]
        assert lines == [] or lines[0]["place"] == 6


def test_a_server_of_a_cluster_is_refused() -> None:
    with (
        ls.serve("one of several", cluster=ls.cluster.memory("demos")) as one,
        pytest.raises(ValueError, match="keeps its state in one process"),
    ):
        mount(one, "chat")


def test_mounting_again_calls_whoever_is_there_to_the_new_gateway(server: Server) -> None:
    mount(server, "chat")
    with guest(server, "Ada") as ada:
        mount(server, "chat")
        ada.wait("anew")

        assert ada.call("say", "Hello?")["message"] == "enter a room first"
        assert ada.call("enter", "lobby", "Ada")["people"] == ["Ada"]
