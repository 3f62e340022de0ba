"""What a cluster does when Redis goes away, and comes back with its data or without; every message is counted."""

from __future__ import annotations

import asyncio
import itertools
import queue
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import livesock as ls
from livesock.errors import ClusterError
from livesock.net.cluster import link
from tests.interop.cluster.redis_server import RedisServer
from tests.peers import eventually, faults

pytestmark = [pytest.mark.interop, pytest.mark.timeout(180)]

AWAY = 6.0
"""Seconds that Redis is away."""


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def start(tool: Callable[[str], str], port: int, tmp_path: Path) -> Iterator[Callable[..., RedisServer]]:
    """Return a function that starts a Redis on the test's port."""
    started: list[RedisServer] = []

    def begin(*more: str, keeps: bool = False) -> RedisServer:
        started.append(RedisServer(tool("redis-server"), port, tmp_path, *more, keeps=keeps))
        return started[-1]

    yield begin
    ls.stop_all()
    for server in started:
        server.close()


class Traffic:
    """Two servers with two clients each; both servers count up, in two namespaces, while something happens."""

    def __init__(self, url: str) -> None:
        self.servers = [ls.serve(name, cluster=ls.cluster.redis(url)) for name in ("one", "two")]
        self.heard: list[list[Any]] = []
        self.clients = [self._client(server, name) for server in self.servers for name in ("/", "/chat")]
        self.sent: dict[tuple[int, str], int] = {}
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._speak)
        for server in self.servers:
            for name in ("/", "/chat"):
                eventually(lambda server=server, name=name: server.cluster.servers(name), "the servers see each other")
        self._thread.start()

    def _client(self, server: ls.Server, name: str) -> Any:
        server.of(name)
        client = ls.socket(server.url(name))
        heard: list[Any] = []
        self.heard.append(heard)
        client.on("count", lambda *arguments: heard.append(arguments))
        return client

    def _speak(self) -> None:
        number = 0
        while not self._done.wait(0.005):
            for index, server in enumerate(self.servers):
                for name in ("/", "/chat"):
                    server.of(name).emit("count", index, number)
            number += 1
        self.sent = {(index, name): number for index in (0, 1) for name in ("/", "/chat")}

    def count(self) -> dict[str, int]:
        """Stop speaking; return what was lost, doubled and out of order, over all clients."""
        self._done.set()
        self._thread.join(20)
        wanted = sum(self.sent.values())  # each of four clients hears half of it, from both servers
        deadline = time.monotonic() + 15
        while sum(map(len, self.heard)) < wanted * 2 and time.monotonic() < deadline:
            time.sleep(0.05)  # polls for deliveries that send no event
        lost = doubled = disordered = 0
        for heard in self.heard:
            for index in (0, 1):
                numbers = [number for who, number in heard if who == index]
                lost += self.sent[index, "/"] - len(set(numbers))
                doubled += len(numbers) - len(set(numbers))
                disordered += sum(a > b for a, b in itertools.pairwise(numbers))
        return {"sent": wanted, "lost": lost, "doubled": doubled, "disordered": disordered}


NOTHING = {"lost": 0, "doubled": 0, "disordered": 0}


def after(traffic: Traffic, happening: Callable[[], None]) -> dict[str, int]:
    """Return the count after something has happened in the middle of the traffic."""
    time.sleep(1)
    happening()
    time.sleep(1)
    found = traffic.count()
    assert found.pop("sent") > 500
    assert not [error for error in faults(traffic.servers[0]) if not isinstance(error.exception, ClusterError)]
    return found


def test_a_redis_that_is_killed_and_comes_back_with_its_data_loses_and_doubles_nothing(start: Any) -> None:
    redis = start(keeps=True)
    traffic = Traffic(redis.url)

    def away() -> None:
        redis.kill()
        eventually(lambda: traffic.servers[0].cluster.state == "away", "the server notices")
        time.sleep(AWAY)
        assert traffic.servers[0].cluster.waiting > 100
        redis.start()
        eventually(lambda: traffic.servers[0].cluster.state == "connected", "the server is back")

    assert after(traffic, away) == NOTHING


def test_a_redis_that_comes_back_without_its_data_loses_and_doubles_nothing(start: Any) -> None:
    redis = start()
    traffic = Traffic(redis.url)

    def away() -> None:
        for _ in range(3):
            redis.kill(forget=True)
            time.sleep(1)
            redis.start()
            time.sleep(1)

    assert after(traffic, away) == NOTHING


def test_a_redis_that_stands_still_loses_and_doubles_nothing_and_local_clients_hear(start: Any) -> None:
    redis = start()
    traffic = Traffic(redis.url)

    def still() -> None:
        redis.freeze()
        eventually(lambda: traffic.servers[0].cluster.state == "slow", "the server notices")
        before = len(traffic.heard[0])
        time.sleep(AWAY)
        assert len(traffic.heard[0]) > before + 50, "local clients hear local events"
        redis.thaw()
        eventually(lambda: traffic.servers[0].cluster.state == "connected", "the server is back")

    assert after(traffic, still) == NOTHING


def resets(far: Any) -> None:
    far.reset()
    time.sleep(0.5)
    far.reset()


def falls_silent(far: Any) -> None:
    far.black_hole = True
    time.sleep(AWAY)
    far.black_hole = False


@pytest.mark.parametrize("happening", [resets, falls_silent])
def test_a_partition_between_a_server_and_redis_loses_and_doubles_nothing(
    start: Any, happening: Callable[[Any], None]
) -> None:
    redis = start()
    with ls.netsim(redis.port) as far:
        traffic = Traffic(redis.url)
        third = ls.serve("three", cluster=ls.cluster.redis(f"redis://127.0.0.1:{far.port}"))
        traffic.servers.append(third)  # it counts, too, from now on
        client = traffic._client(third, "/")
        eventually(lambda: len(traffic.heard[4]) > 10, "the third server hears the others")
        eventually(lambda: any(who == 2 for who, _ in traffic.heard[0]), "the others hear the third")
        happening(far)
        time.sleep(1)
        traffic.count()

        for index, heard in ((4, traffic.heard[4]), (0, traffic.heard[0])):
            for who in (0, 1, 2):
                last = traffic.sent[0, "/"] - 1
                eventually(lambda heard=heard, who=who, last=last: (who, last) in heard, "the last one")
                numbers = [number for speaker, number in heard if speaker == who]
                assert numbers == list(range(numbers[0], last + 1)), (index, who)
        client.close()


def test_a_server_that_is_stopped_leaves_the_others_whole(start: Any) -> None:
    redis = start()
    traffic = Traffic(redis.url)
    third = ls.serve("three", cluster=ls.cluster.redis(redis.url))
    eventually(lambda: len(traffic.servers[0].cluster.servers()) == 2, "three servers")

    def stop() -> None:
        third.stop()

    assert after(traffic, stop) == NOTHING
    assert len(traffic.servers[0].of("/").sockets()) == 2, "nobody waits for the one that left"


SPEAKER = """
import sys, livesock as ls
server = ls.serve("speaker", cluster=ls.cluster.redis(sys.argv[1]))
number = 0
while True:
    server.of("/").emit("n", number)
    number += 1
    if not number % 50:
        import time; time.sleep(0.01)
"""


def test_a_server_that_is_killed_while_it_emits_leaves_a_beginning_without_gaps(start: Any) -> None:
    redis = start()
    server = ls.serve("one", cluster=ls.cluster.redis(redis.url))
    heard: list[int] = []
    with ls.socket(server.url("/")) as client:
        client.on("n", heard.append)
        with subprocess.Popen([sys.executable, "-c", SPEAKER, redis.url]) as speaker:
            eventually(lambda: len(heard) > 200, "it emits")
            speaker.kill()

        eventually(lambda: not server.cluster.servers(), "it is gone")
        assert heard == list(range(heard[0], heard[0] + len(heard)))
        assert len(server.of("/").sockets()) == 1, "nobody waits for it"


def test_what_waits_has_a_bound_that_is_reported_at_the_call_and_in_errors(
    start: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link, "MAX_WAITING", 20)
    redis = start()
    server = ls.serve("one", cluster=ls.cluster.redis(redis.url))
    client = ls.socket(server.url("/"))
    heard: list[int] = []
    client.on("n", heard.append)
    redis.kill()

    with pytest.raises(ClusterError, match="20 messages wait for the bus"):
        for number in range(1000):
            server.of("/").emit("n", number)
            time.sleep(0.001)

    count = len(heard)
    eventually(lambda: len(heard) >= 20, "the local client hears all of them")
    assert count <= 1000
    assert any("messages wait" in str(error.exception) for error in server.errors)
    redis.start()
    eventually(lambda: server.cluster.state == "connected" and not server.cluster.waiting, "what waited is written")


def test_questions_do_not_wait_for_a_redis_that_is_away(start: Any) -> None:
    redis = start()
    server = ls.serve("one", cluster=ls.cluster.redis(redis.url))
    redis.kill()
    eventually(lambda: server.cluster.state == "away", "the server notices")

    for ask in (
        lambda: server.of("/").sockets(),
        lambda: server.of("/").timeout(1).call("question"),
        lambda: server.emit_to_servers("hello"),
        lambda: server.call_servers("hello"),
    ):
        with pytest.raises(ClusterError, match=r"no Redis answers|the bus is away"):
            ask()
    assert server.of("/").local.sockets() == []
    assert "away" in repr(server.cluster)


def test_a_stream_that_was_trimmed_while_a_server_was_away_is_reported(start: Any) -> None:
    redis = start()
    one = ls.serve("one", cluster=ls.cluster.redis(redis.url))
    with ls.netsim(redis.port) as far:
        two = ls.serve("two", cluster=ls.cluster.redis(f"redis://127.0.0.1:{far.port}"))
        one.of("/").emit("n", 1)
        eventually(lambda: redis.say("XLEN", "socket.io").startswith(b":1"), "the entry is written")
        time.sleep(0.5)
        redis.say("XTRIM", "socket.io", "MAXLEN", "0")
        far.reset()

        eventually(lambda: any("may be missing" in str(error) for error in two.errors), "the server says so")
        two.stop()


def test_a_redis_behind_a_unix_socket_is_a_bus_too(start: Any, tmp_path: Path) -> None:
    start("--unixsocket", str(tmp_path / "redis.sock"))
    bus = ls.cluster.redis(f"unix://{tmp_path}/redis.sock")
    one, two = ls.serve("one", cluster=bus), ls.serve("two", cluster=bus)
    client = ls.socket(two.url("/"))
    heard: list[Any] = []
    client.on("n", heard.append)

    one.of("/").emit("n", 1)
    ls.cluster.emitter(bus).emit("n", 2)

    eventually(lambda: sorted(heard) == [1, 2], "both events cross")


# -- bad input


def test_a_wrong_address_is_a_sentence_at_once(port: int) -> None:
    with pytest.raises(ClusterError, match=f"no Redis answers at redis://127.0.0.1:{port}"):
        ls.serve("one", cluster=ls.cluster.redis(f"redis://127.0.0.1:{port}"))
    assert ls.servers() == {}


@pytest.mark.parametrize("url", ["http://127.0.0.1", "127.0.0.1:6379", "redis://", 6379])
def test_what_is_no_address_of_a_redis_is_refused(url: Any) -> None:
    with pytest.raises(ValueError, match="the address of a Redis looks like"):
        ls.cluster.redis(url)


def test_a_password_that_is_refused_is_a_sentence_at_once_and_is_not_shown(start: Any) -> None:
    redis = start("--requirepass", "open sesame")
    wrong = ls.cluster.redis(f"redis://:secret@127.0.0.1:{redis.port}")

    with pytest.raises(ClusterError, match="refuses the login") as caught:
        ls.serve("one", cluster=wrong)
    with pytest.raises(ClusterError, match="refuses the login"):
        ls.serve("one", cluster=ls.cluster.redis(redis.url))

    assert "secret" not in str(caught.value) + repr(wrong)
    ls.serve("one", cluster=ls.cluster.redis(f"redis://:open%20sesame@127.0.0.1:{redis.port}"))


def test_a_redis_without_streams_is_too_old(start: Any) -> None:
    redis = start("--rename-command", "XREVRANGE", "", "--rename-command", "XADD", "")

    with pytest.raises(ClusterError, match=r"too old: streams need version 5\.0"):
        ls.serve("one", cluster=ls.cluster.redis(redis.url))


def test_a_key_that_is_no_stream_is_a_sentence_at_once(start: Any) -> None:
    redis = start()
    redis.say("SET", "socket.io", "mine")

    with pytest.raises(ClusterError, match="something else under the stream's name"):
        ls.serve("one", cluster=ls.cluster.redis(redis.url))


def test_a_redis_that_is_full_keeps_messages_waiting(start: Any) -> None:
    redis = start("--maxmemory", "1mb", "--maxmemory-policy", "noeviction")
    server = ls.serve("one", cluster=ls.cluster.redis(redis.url))

    for number in range(200):
        server.of("/").emit("n", number, "x" * 10_000)
    eventually(lambda: "maxmemory" in server.cluster.why, "Redis refuses")
    assert server.cluster.waiting

    redis.say("CONFIG", "SET", "maxmemory", "0")
    eventually(lambda: server.cluster.state == "connected" and not server.cluster.waiting, "everything is written")


def test_foreign_entries_and_other_versions_are_named_and_the_server_goes_on(start: Any) -> None:
    redis = start()
    server = ls.serve("one", cluster=ls.cluster.redis(redis.url))
    with ls.socket(server.url("/")) as client:
        heard: list[Any] = []
        client.on("news", heard.append)

        def broadcast(data: str) -> str:
            return f'{{"packet":{{"type":2,"data":{data}}},"opts":{{"rooms":[],"except":[]}}}}'

        redis.say("XADD", "socket.io", "*", "hello", "world")
        for uid, namespace, kind, data in (
            ("x1", "/", "14", "{}"),
            ("x2", "/", "three", ""),
            ("x3", "/", "3", '{"packet":'),
            ("x4", "/", "3", "{}"),
            ("x5", "/", "3", broadcast('["connect"]')),
            ("x6", "/", "3", broadcast('["news",1e400]')),
            ("x7", "/unknown", "3", broadcast('["news",1]')),
            ("x8", "/", "3", broadcast('["news",1]')),
        ):
            fields = ["uid", uid, "nsp", namespace, "type", kind, "data", data]
            redis.say("XADD", "socket.io", "*", *fields)
        redis.say("PUBLISH", "socket.io#/#", "not msgpack")

        eventually(lambda: heard == [1], "the good one is delivered")
        eventually(lambda: len(server.errors) >= 7, "each of the bad ones is named")
        text = "\n".join(str(error) for error in server.errors)
        assert "message type 14 is unknown: a server with another version?" in text
        assert all(f"'x{n}'" in text for n in (1, 2, 3, 4, 5, 6)) and "'x7'" not in text
        assert all(error.is_refusal or isinstance(error.exception, ClusterError) for error in server.errors)


def test_a_message_of_50_mb_is_refused_at_the_call_and_from_others(start: Any) -> None:
    redis = start()
    server = ls.serve("one", cluster=ls.cluster.redis(redis.url))
    with ls.socket(server.url("/")) as client:
        heard: list[Any] = []
        client.on("news", lambda text: heard.append(len(text)))
        with pytest.raises(ValueError, match="at most 16,777,216 bytes"):
            server.of("/").emit("news", "x" * 50_000_000)
        redis.say("XADD", "socket.io", "*", "uid", "x1", "nsp", "/", "type", "3", "data", "x" * 50_000_000)
        server.of("/").emit("news", "short")

        eventually(lambda: heard == [5], "the short one is delivered")
        eventually(lambda: any("at most 16,777,216 bytes" in str(e) for e in server.errors), "the large one is named")


def test_a_server_hears_the_others_as_soon_as_it_is_served(
    start: Callable[..., RedisServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    redis, begin = start(), threading.Event()
    listen = link.Link._listen

    async def late(self: link.Link) -> None:
        await asyncio.to_thread(begin.wait)
        await listen(self)

    monkeypatch.setattr(link.Link, "_listen", late)
    a, b = (ls.serve(name, cluster=ls.cluster.redis(redis.url)) for name in "ab")
    heard: queue.Queue[str] = queue.Queue()
    b.cluster.on("hello")(heard.put)

    a.emit_to_servers("hello", "first")

    try:
        assert a.cluster.servers() == [b.cluster.uid]
    finally:
        begin.set()
    assert heard.get(timeout=10) == "first"
