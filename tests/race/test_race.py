"""The race: real servers, real clients; what they count is compared with what the server's own trace holds."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from xml.etree import ElementTree

import pytest

import livesock as ls
from livesock.race.race import Delivered, Feed, Race, Reading, ask, race, read_stream, read_websocket
from livesock.server import Server
from livesock.trace.recording import Trace

WAYS: dict[str, Callable[[Server], Callable[[int], Reading]]] = {
    "poll": lambda server: lambda n: ask(server, "/poll", n, every=0.01),
    "long-poll": lambda server: lambda n: ask(server, "/long-poll", n),
    "SSE": lambda server: lambda n: read_stream(server, "/stream", n),
    "WebSocket": lambda server: lambda n: read_websocket(server, "/push", n),
}


@pytest.fixture
def feed() -> Feed:
    return Feed()


@pytest.fixture
def server(feed: Feed) -> Iterator[Server]:
    """A server with the four doors of lesson 02."""
    with ls.serve("race") as server:

        @server.get("/poll")
        def poll(request):  # type: ignore[no-untyped-def]
            return feed.since(int(request.query["seen"]))

        @server.get("/long-poll")
        async def long_poll(request):  # type: ignore[no-untyped-def]
            return await feed.after(int(request.query["seen"]))

        @server.get("/stream")
        async def stream(request):  # type: ignore[no-untyped-def]
            seen = 0
            while True:
                for event in await feed.after(seen):
                    seen += 1
                    yield ls.ServerSentEvent(event)

        @server.websocket("/push")
        async def push(ws):  # type: ignore[no-untyped-def]
            seen = 0
            while True:
                for event in await feed.after(seen):
                    seen += 1
                    await ws.send(event)

        yield server


@pytest.mark.parametrize("way", WAYS)
def test_every_way_brings_every_event_once_and_not_before_it_happened(way: str, server: Server, feed: Feed) -> None:
    result = race(feed, {way: WAYS[way](server)}, [0.01] * 5)

    delivery = result[way]
    assert len(delivery.arrivals) == len(result.happened) == 5
    assert list(delivery.arrivals) == sorted(delivery.arrivals)
    assert min(delivery.delays) >= 0
    assert delivery.mean_delay == pytest.approx(sum(delivery.delays) / 5)


@pytest.mark.parametrize("way", WAYS)
def test_the_client_counts_the_bytes_that_the_server_counts(way: str, server: Server, feed: Feed) -> None:
    delivery = race(feed, {way: WAYS[way](server)}, [0.0] * 3)[way]

    sent, received = delivery.trace.data(">"), delivery.trace.data("<")
    server.trace.wait(lambda trace: trace.data("<", 1) == sent)
    assert server.trace.data(">", 1).startswith(received)
    assert delivery.bytes_per_event == (len(sent) + len(received)) / 3


def test_all_ways_race_at_once_and_the_events_are_the_same_for_all(server: Server, feed: Feed) -> None:
    result = race(feed, {name: way(server) for name, way in WAYS.items()}, [0.005] * 10)

    assert [d.name for d in result.deliveries] == list(WAYS)
    assert result["SSE"].requests == result["WebSocket"].requests == 1
    assert 1 < result["long-poll"].requests <= 10
    for line, name in zip(str(result).splitlines()[1:], WAYS, strict=True):
        assert line.startswith(name)


def test_long_polling_asks_once_for_events_that_are_there_already(server: Server, feed: Feed) -> None:
    for number in range(7):
        feed.publish(str(number))

    reading = ask(server, "/long-poll", 7)

    assert reading.trace.data(">").count(b"GET ") == 1
    assert json.loads(reading.trace.data("<").partition(b"\r\n\r\n")[2]) == [str(n) for n in range(7)]


def test_a_picture_says_in_words_what_it_shows() -> None:
    trace = Trace(client=">")
    trace.add(">", 1, b"x" * 30)
    result = Race((0.1, 0.2), (Delivered("a <b>", (0.15, 0.3), (0.05, 0.1), 1, trace),))

    root = ElementTree.fromstring(result.svg())

    words = [text.text for text in root.iter("{http://www.w3.org/2000/svg}text")]
    assert {"a <b>", "75.0 ms", "15"} <= set(words)
    assert len(list(root.iter("{http://www.w3.org/2000/svg}circle"))) == 2
    bundle = result._repr_mimebundle_()
    assert bundle["text/plain"] == str(result) and "75.0 ms" in bundle["text/plain"]
    assert bundle["text/html"].startswith("<img ")


def test_a_feed_wakes_all_who_wait_and_forgets_them(feed: Feed) -> None:
    async def wait_twice() -> tuple[list[str], list[str]]:
        waiting = asyncio.gather(feed.after(0), feed.after(0))
        await asyncio.sleep(0)
        threading.Thread(target=feed.publish, args=("a",)).start()
        return await asyncio.wait_for(waiting, 5)

    assert tuple(asyncio.run(wait_twice())) == (["a"], ["a"])
    feed.publish("b")  # the loop of those who waited is closed by now
    assert feed.since(1) == ["b"]
    assert feed.since(2) == []


def test_a_publisher_survives_a_waiter_whose_loop_is_gone(feed: Feed) -> None:
    async def give_up() -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(feed.after(0), 0.001)

    asyncio.run(give_up())
    feed.publish("a")

    assert feed.since(0) == ["a"]


def test_a_race_needs_a_new_feed_and_at_least_one_event(feed: Feed) -> None:
    with pytest.raises(ValueError, match="at least one gap"):
        race(feed, {}, [])
    feed.publish("old")
    with pytest.raises(ValueError, match="a race needs a new Feed, and this one holds 1 events"):
        race(feed, {}, [0.1])


@pytest.mark.parametrize(
    ("client", "status"),
    [
        (lambda server: ask(server, "/nowhere", 1), "answered 200, and the answer is 404 Not Found"),
        (lambda server: read_stream(server, "/nowhere", 1), "answered 200, and the answer is 404 Not Found"),
        (lambda server: read_websocket(server, "/poll", 1), "answered 101, and the answer is 404 Not Found"),
    ],
)
def test_a_wrong_door_is_an_error_that_names_it(
    client: Callable[[Server], Reading], status: str, server: Server
) -> None:
    with pytest.raises(ls.LivesockError, match=status):
        client(server)


def test_a_server_that_hangs_up_early_is_an_error(server: Server, feed: Feed) -> None:
    @server.websocket("/short")
    async def short(ws):  # type: ignore[no-untyped-def]
        await ws.send("one")

    @server.get("/short")
    async def short_stream(request):  # type: ignore[no-untyped-def]
        yield ls.ServerSentEvent("one")

    with pytest.raises(EOFError, match="ended after 1 of 2 events"):
        read_websocket(server, "/short", 2)
    with pytest.raises(EOFError, match="ended after 1 of 2 events"):
        read_stream(server, "/short", 2)


def test_a_race_that_is_interrupted_still_ends_its_clients(server: Server, feed: Feed) -> None:
    def gaps() -> Iterator[object]:
        yield 0.0
        yield "no number"  # time.sleep raises in the middle of the race, as Ctrl-C would

    with pytest.raises(TypeError):
        race(feed, {"poll": WAYS["poll"](server)}, gaps())  # type: ignore[arg-type]

    assert feed.since(0) == ["event 1", "late"]


def test_a_race_lasts_longer_than_the_server_waits_for_a_pong(server: Server) -> None:
    @server.websocket("/watched", ping_interval=0.05, ping_timeout=0.2)
    async def watched(ws):  # type: ignore[no-untyped-def]
        for n in range(3):
            await asyncio.sleep(0.3)
            await ws.send(f"event {n}")

    assert len(read_websocket(server, "/watched", 3).arrivals) == 3
