"""`ls.socket(…, retries=3)`: events are sent again until they are answered, in order; what is given up is named."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

import livesock as ls
from livesock.errors import NotRunning
from livesock.server import Server
from livesock.socketio_client import ClientSocket
from tests.peers import eventually

SOON = {"first": 0.05, "largest": 0.1}


class Shop:
    """A server that writes down what it is told; the first `deaf` events it answers too late."""

    def __init__(self, server: Server) -> None:
        self.heard: list[Any] = []
        self.deaf = 0
        space = server.of("/")

        @space.on("number")
        async def number(socket: Any, number: Any) -> Any:
            self.heard.append(number)
            if self.deaf:
                self.deaf -= 1
                await asyncio.sleep(1.0)
            return [number, "heard"]


@pytest.fixture
def server() -> Iterator[Server]:
    with ls.serve("retrying") as server:
        yield server


@pytest.fixture
def shop(server: Server) -> Shop:
    return Shop(server)


def enter(url: Any, retries: int = 3, **options: Any) -> ClientSocket:
    return ls.socket(url, retries=retries, reconnection=SOON, transports=["websocket"], **options)


def test_what_is_sent_into_a_cut_arrives_in_order_once_the_line_is_back(server: Server, shop: Shop) -> None:
    with ls.netsim(server) as far, enter(far, retries=20, timeout=20) as client:
        assert client.call("number", 1) == [1, "heard"]
        far.black_hole = True
        changing = [2]
        for number in (changing, 3, b"\x04"):
            client.emit("number", number)
        changing.append("too late")
        far.reset()
        eventually(lambda: not client.connected, "the client notices")
        client.emit("number", 5)
        far.black_hole = False

        assert client.call("number", 6) == [6, "heard"], "its turn comes after all the others"
    assert list(dict.fromkeys(map(repr, shop.heard))) == ["1", "[2]", "3", "b'\\x04'", "5", "6"]


def test_an_answer_that_comes_too_late_makes_it_come_twice(server: Server, shop: Shop) -> None:
    shop.deaf = 1
    with enter(server) as client, ThreadPoolExecutor(1) as other:
        first = other.submit(client.call, "number", 1, timeout=0.3)
        eventually(lambda: shop.heard, "it has arrived")
        assert client.call("number", 2, timeout=10) == [2, "heard"]

        assert first.result(10) == [1, "heard"]
    assert shop.heard[0] == shop.heard[1] == 1 and shop.heard[-1] == 2


def test_one_that_is_never_answered_is_given_up_and_named_and_the_next_one_goes(server: Server, shop: Shop) -> None:
    with enter(server, retries=1, timeout=1) as client:
        with pytest.raises(TimeoutError, match=r'no answer to "nobody" within 0.05 s; sent 2 times'):
            client.call("nobody", timeout=0.05)
        client.emit("nobody")
        assert client.call("number", 1, timeout=5) == [1, "heard"]

        (error,) = client.errors
        assert 'event "nobody" to /' in str(error) and "sent 2 times" in str(error)


def test_a_question_is_asked_again_after_its_connection_broke(server: Server) -> None:
    @server.of("/").on("who")
    async def who(socket: Any) -> Any:
        return socket.id

    with ls.netsim(server) as far, enter(far, timeout=20) as client, ThreadPoolExecutor(1) as other:
        first = client.id
        far.black_hole = True
        answer = other.submit(client.call, "who")
        eventually(lambda: b"who" in unmasked(client), "it has left")
        far.reset()
        eventually(lambda: not client.connected, "the client notices")
        far.black_hole = False

        assert answer.result(20) == client.id != first


def unmasked(client: ClientSocket) -> bytes:
    return "".join(row.summary for row in client.trace.rows()).encode()


def test_a_volatile_event_is_sent_once_and_past_the_queue(server: Server, shop: Shop) -> None:
    shop.deaf = 1
    with enter(server, timeout=20) as client:
        client.emit("number", 1)
        assert client.volatile.emit("number", 2)
        eventually(lambda: shop.heard == [1, 2], "it has overtaken the answer to the first")


def test_close_waits_for_the_queue_and_leaving_gives_it_up(server: Server, shop: Shop) -> None:
    with enter(server) as client:
        for number in range(5):
            client.emit("number", number)
    assert shop.heard == list(range(5))

    with enter(server) as client:
        shop.deaf = 1
        client.emit("number", "a")
        client.emit("number", "b")
        client.disconnect()
        assert [str(error.exception)[:15] for error in client.errors] == ["/ was left befo"] * 2
        with pytest.raises(NotRunning, match="was left"):
            client.emit("number", "c")
        client.connect()
        assert client.call("number", "d") == ["d", "heard"]
    assert "b" not in shop.heard


def test_close_does_not_wait_for_ever_and_a_server_that_sends_us_away_ends_the_queue(server: Server) -> None:
    client = enter(server, timeout=20)
    client.emit("nobody answers")
    client.emit("nor this")
    client.close(0.4)
    assert [str(error.exception).partition(":")[0] for error in client.errors] == [
        "/ was left before the answer came"
    ] * 2

    with enter(server, timeout=20) as client, ThreadPoolExecutor(1) as other:
        answer = other.submit(client.call, "nobody answers")
        eventually(lambda: "nobody" in str(client.trace.rows()), "it has left")
        server.disconnect()
        with pytest.raises(NotRunning, match=r'io server disconnect; .* wait\("disconnect"\)'):
            answer.result(10)


def test_each_namespace_has_a_queue_of_its_own(server: Server, shop: Shop) -> None:
    shop.deaf = 1

    @server.of("/chat").on("say")
    async def say(socket: Any, text: str) -> str:
        return text.upper()

    with enter(server, timeout=20) as client:
        chat = client.of("/chat")
        client.emit("number", 1)
        assert chat.call("say", "hi", timeout=0.9) == "HI"


@pytest.mark.parametrize(
    ("retries", "kind", "sentence"),
    [
        (True, TypeError, "a number such as 3, not True"),
        (-1, ValueError, "0 or more"),
        ("3", TypeError, "a number such as 3"),
    ],
)
def test_what_is_no_number_of_retries_is_refused(server: Server, retries: Any, kind: Any, sentence: str) -> None:
    with pytest.raises(kind, match=sentence):
        ls.socket(server.url("/"), retries=retries)
