"""What hostile and broken Socket.IO peers do to a server: they are answered or cut off, and nobody else notices.

data/socketio_bad_inputs.json holds what fits into a row; the rest is below. During all of it a well-behaved peer, the
canary, stays connected; afterwards nothing is left of the others: no session, socket, room, task or connection.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import itertools
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest

import livesock as ls
from livesock.errors import Refused
from livesock.net.http.limits import Limits
from livesock.net.socketio import answer_events
from livesock.realtime.actions import SessionOptions
from livesock.server import Server
from tests.peers import DEADLINE, TEXT, Wire, close_code, eventually, faults, frame, quiet_logs
from tests.rawsio import POLLING, Closed, Message, Polls, Raw, ask, lines, parked_on

TABLE: dict[str, list[dict[str, Any]]] = json.loads(
    (Path(__file__).parents[2] / "data" / "socketio_bad_inputs.json").read_text("utf-8")
)
MEGABYTE = 1 << 20
NUMBERS = itertools.count()


class Seen:
    """What the server's handlers saw: which of them ran, and how many at once."""

    def __init__(self) -> None:
        self.ran: list[str] = []
        self.slow = self.most = 0
        self.release = asyncio.Event()


def routes(server: Server) -> Seen:
    space, seen = server.of("/"), Seen()

    @space.on_connect
    async def came(socket: Any) -> None:
        seen.ran.append("connect")

    @space.on_disconnect
    async def went(socket: Any, reason: str) -> None:
        seen.ran.append(reason)

    @space.on("echo")
    async def echo(socket: Any, *values: Any) -> Any:
        return values[0] if len(values) == 1 else list(values)

    @space.on("count")
    async def count(socket: Any, number: int) -> None:
        socket.data.setdefault("counted", []).append(number)

    @space.on("counted")
    async def counted(socket: Any) -> list[int]:
        return socket.data.get("counted", [])

    @space.on("upper")
    async def upper(socket: Any, text: str) -> str:
        return text.upper()

    @space.on("slow")
    async def slow(socket: Any, number: int) -> None:
        seen.slow += 1
        seen.most = max(seen.most, seen.slow)
        await seen.release.wait()
        seen.slow -= 1

    @space.on("ask")
    async def question(socket: Any) -> Any:
        return await socket.call("question", timeout=DEADLINE)

    @space.on("give")
    async def give(socket: Any, what: str) -> Any:
        deep: Any = []
        for _ in range(100_000 if what == "abyss" else 100):
            deep = [deep]
        loop: list[Any] = []
        loop.append(loop)
        return {
            "deep": deep,
            "abyss": deep,
            "loop": loop,
            "nan": float("nan"),
            "infinity": [float("inf")],
            "object": object(),
            "eleven": [b"x"] * 11,
            "key": {(1, 2): 3},
        }[what]

    @space.on("fail")
    async def fail(socket: Any, value: Any) -> None:
        raise RuntimeError("the secret")

    @space.on("refuse")
    async def refuse(socket: Any, value: Any) -> None:
        raise Refused("not today")

    return seen


PATIENT = SessionOptions(ping_timeout=120.0)
"""The canary answers a ping only when a test asks it something; on a busy machine that may take longer than 20 s."""

HASTY = Limits(head_timeout=1.0, body_timeout=1.0, idle_timeout=1.0, stall_timeout=1.0)


@contextmanager
def served(
    sessions: SessionOptions = PATIENT, limits: Limits | None = None, *, errors: bool = False
) -> Iterator[tuple[Server, Seen, Raw]]:
    """Yield a server, what its handlers saw, and the canary; afterwards only the canary is there."""
    name = f"faults {next(NUMBERS)}"  # two of the same name would replace each other
    with quiet_logs() as logged, ls.serve(name, sessions=sessions, limits=limits) as server:
        seen = routes(server)
        with Raw(server.port) as canary:
            canary.join()
            yield server, seen, canary
            alone(server)
            canary.answers()
        if not errors:
            assert faults(server) == []
    gc.collect()
    assert [line for line in logged if not line.startswith("livesock.server: ")] == []


def alone(server: Server) -> None:
    """Fail unless the canary becomes the only one there."""
    for sid, line in list(lines(server).items()):  # a session that nobody polls any more would live until its time-out
        if line.session.transport == "polling":
            ask(server.port, "POST", f"{POLLING}&sid={sid}", b"1")
    eventually(lambda: len(server._hub._peers) == 1, "one peer", 6)
    eventually(lambda: len(lines(server)) == 1, "one session")
    eventually(lambda: len(server.of("/").sockets()) == 1 and len(server.of("/").rooms) == 1, "one socket, one room")
    eventually(lambda: not server._site.tasks, "no task")
    eventually(lambda: len(server.peers) == 1, "one connection")


@pytest.fixture(scope="module")
def shared() -> Iterator[tuple[Server, Seen, Raw]]:
    with served() as everything:
        yield everything


@pytest.fixture
def server(shared: tuple[Server, Seen, Raw]) -> Iterator[Server]:
    server, _, canary = shared
    yield server
    alone(server)
    canary.answers()
    assert faults(server) == []


@pytest.fixture
def seen(shared: tuple[Server, Seen, Raw]) -> Seen:
    return shared[1]


def message(parts: Any) -> Message:
    """Return one message of the table."""
    if isinstance(parts, dict):
        return bytes.fromhex(parts["hex"])
    if isinstance(parts, str):
        return parts
    return "".join(part if isinstance(part, str) else part[0] * part[1] for part in parts)


def memory() -> int:
    return psutil.Process().memory_info().rss


@contextmanager
def bounded(size: int) -> Iterator[None]:
    """Fail if this process has grown by more than `size` bytes."""
    gc.collect()
    before = memory()
    yield
    gc.collect()
    assert memory() - before < size, f"{(memory() - before) / MEGABYTE:.0f} MB more"


# -- the table


@pytest.mark.parametrize("entry", TABLE["websocket"], ids=lambda entry: entry["id"])
def test_a_bad_message_is_answered_as_the_table_says(server: Server, seen: Seen, entry: dict[str, Any]) -> None:
    with Raw(server.port) as raw:
        if not entry.get("before"):
            raw.join()
        eventually(lambda: not server._site.tasks, "the handlers are done")
        before = list(seen.ran)
        raw.say(*map(message, entry["send"]))
        if entry.get("closes"):
            assert raw.ends() == []
        else:
            if "answer" in entry:
                assert raw.event() == entry["answer"]
            raw.answers()
            assert seen.ran == before
        sid = raw.opening["sid"]
    eventually(lambda: sid not in server._hub._peers and not server._site.tasks, "it is gone")
    assert "connect" not in seen.ran[len(before) :]
    assert len(seen.ran) == len(before) + (not entry.get("before"))


@pytest.mark.parametrize("entry", TABLE["websocket"], ids=lambda entry: entry["id"])
def test_and_on_polling_likewise(server: Server, entry: dict[str, Any]) -> None:
    from base64 import b64encode

    polls = Polls(server.port)
    if not entry.get("before"):
        polls.join()
    sent = map(message, entry["send"])
    payload = "\x1e".join(m if isinstance(m, str) else "b" + b64encode(m).decode() for m in sent)
    if entry["id"] == "E-b-in-ws":
        payload = "b"  # base64 is right here; this is none

    status, _ = polls.post(payload)

    if entry.get("closes") and entry["id"] != "E-b-in-ws":
        assert status in (200, 400)
        eventually(lambda: polls.sid not in server._hub._peers, "the session is gone")
        assert polls.get()[0] == 400
    elif "answer" in entry:
        assert polls.messages(1) == [entry["answer"]]
    elif not entry.get("closes"):
        polls.answers()


@pytest.mark.parametrize("entry", TABLE["polling"], ids=lambda entry: entry["id"])
def test_a_bad_payload_is_answered_as_the_table_says(server: Server, entry: dict[str, Any]) -> None:
    polls = Polls(server.port)
    polls.join()
    headers = {"content_type": entry["content_type"]} if "content_type" in entry else {}
    (part,) = entry["send"]
    sent = message(part)

    assert polls.post(sent, **headers)[0] == entry["status"]

    assert polls.get()[0] == 400 and polls.post("3")[0] == 400


@pytest.mark.parametrize("count", [16, 17, 1000])
def test_many_packets_in_one_post_are_all_handled_in_order(server: Server, count: int) -> None:
    polls = Polls(server.port)
    polls.join()

    assert polls.post("\x1e".join(f'42["count",{number}]' for number in range(count))) == (200, "ok")

    polls.post('421["counted"]')
    assert json.loads(polls.messages(1)[0][3:]) == [list(range(count))]


# -- what a handler gives


@pytest.mark.parametrize("what", ["deep", "loop", "nan", "infinity", "object", "eleven", "key"])
def test_what_cannot_be_sent_is_answered_with_an_error(what: str) -> None:
    with served(errors=True) as (server, _, _), Raw(server.port) as raw:
        raw.join()

        answer = str(raw.ask(f'427["give","{what}"]'))

        assert json.loads(answer.removeprefix("437"))[0]["message"] == "Internal server error"
        assert len(server.errors) == 1 and 'event "give"' in str(server.errors[0])
        raw.answers()


@pytest.mark.parametrize("depth", [10, 61, 62, 63])
@pytest.mark.parametrize("name", ["fail", "refuse"])
def test_an_error_about_a_deep_argument_still_answers(name: str, depth: int) -> None:
    with served(errors=True) as (server, _, _), Raw(server.port) as raw:
        raw.join()

        raw.say(f'427["{name}",{"[" * depth}{"]" * depth}]')
        heard = [str(raw.event())]
        if heard[0].startswith('42["exception"'):
            heard.append(str(raw.event()))

        assert heard[-1].startswith("437[{") and '"status":"error"' in heard[-1]
        raw.answers()


def test_a_wrong_argument_is_answered_with_an_error_and_logged_once() -> None:
    with served(errors=True) as (server, _, _), Raw(server.port) as raw:
        raw.join()

        heard = [str(raw.ask('425["upper",123]')), str(raw.event())]

        assert heard[0].startswith('42["exception",') and heard[1].startswith('435[{"status":"error"')
        assert "secret" not in str(heard) and len(server.errors) == 1
        raw.answers()


def test_an_event_that_wants_no_answer_gets_none(server: Server) -> None:
    with Raw(server.port) as raw:
        raw.join()
        raw.say('42["upper","a"]')
        raw.answers()


@pytest.mark.parametrize("stage", ["use", "on_connect"])
def test_a_refusal_whose_data_cannot_be_sent_is_a_refusal_all_the_same(stage: str) -> None:
    with served(errors=True) as (server, _, _):
        closed = server.of("/closed")

        @getattr(closed, stage)
        async def no(socket: Any) -> None:
            raise Refused("members only", {"why": object()})

        with Raw(server.port) as raw:
            raw.join()
            assert str(raw.ask("40/closed,")).startswith('44/closed,{"message":')
            raw.answers()
        assert len(closed.rooms) == 0 and closed.members == {}


# -- answers of the peer


def test_an_answer_with_the_id_zero_does_not_break_later_questions(server: Server) -> None:
    with Raw(server.port) as raw:
        raw.join()
        raw.say('430["x"]', '43["x"]', '431["x"]')
        for _ in range(2):
            question = str(raw.ask('429["ask"]'))
            assert question.startswith("42") and question.endswith('["question"]')
            number = question[2 : question.index("[")]
            raw.say(f'43{number}["first"]', f'43{number}["second"]')
            assert raw.event() == '439["first"]'
        raw.answers()


# -- memory


def test_attachments_that_were_announced_by_the_billion_cost_nothing(server: Server) -> None:
    with bounded(16 * MEGABYTE), Raw(server.port) as raw:
        raw.join()
        raw.say('459999999999-["msg",{"_placeholder":true,"num":0}]')
        part = frame(2, b"x" * 900_000)
        for _ in range(50):
            raw.wire.send(part)
        assert raw.ends() == []


HOLDERS = ",".join(f'{{"_placeholder":true,"num":{number}}}' for number in range(10))


def test_attachments_of_more_bytes_than_allowed_end_the_session(server: Server) -> None:
    with bounded(16 * MEGABYTE), Raw(server.port) as raw:
        raw.join()
        raw.say(f'4510-["echo",{HOLDERS}]')
        for _ in range(5):
            raw.say(b"x" * 900_000)
        assert raw.ends() == []


def test_one_attachment_as_large_as_a_payload_may_be_always_fits() -> None:
    with served(SessionOptions(max_binary=1000, max_payload=50_000)) as (server, _, _), Raw(server.port) as raw:
        raw.join()
        raw.say('451-1["echo",{"_placeholder":true,"num":0}]', b"x" * 40_000)
        assert str(raw.event()).startswith("461-1[") and len(raw.event()) == 40_000
        raw.say(
            '452-["echo",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]', b"x" * 40_000, b"x" * 40_000
        )
        assert raw.ends() == []


@pytest.mark.parametrize("transport", ["websocket", "polling"])
def test_attachments_that_do_not_come_in_time_end_the_session(transport: str) -> None:
    with served(SessionOptions(binary_timeout=0.2)) as (server, _, canary):
        packet, part = '452-1["echo",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]', b"x"
        canary.say(packet, part, part)
        assert str(canary.event()).startswith("462-1[") and [canary.event(), canary.event()] == [part, part]
        if transport == "websocket":
            with Raw(server.port) as raw:
                raw.join()
                raw.say(packet, part)
                assert raw.ends() == []
        else:
            polls = Polls(server.port)
            polls.join()
            polls.post(f"{packet}\x1ebeA==")
            eventually(lambda: polls.sid not in lines(server), "the session is gone", 6)
        canary.answers()  # hers were complete, and her session is as old


def test_attachments_that_never_become_complete_are_bounded_and_freed(server: Server) -> None:
    with bounded(8 * MEGABYTE):
        with bounded(24 * MEGABYTE), Raw(server.port) as raw:
            raw.join()
            raw.say(f'4510-["echo",{HOLDERS}]')
            for _ in range(9):
                raw.say(b"x" * 400_000)
            raw.wire.send(frame(9, b"all"))  # the pong says that everything before it was read
            raw.wire.sock.settimeout(DEADLINE)
            assert raw._frame()[1] == b"all"
            raw.leave()
        alone(server)


def test_a_flood_of_namespaces_is_cut_off_and_leaves_no_name_behind(server: Server) -> None:
    with bounded(16 * MEGABYTE), Raw(server.port) as raw:
        raw.join()
        for start in range(0, 20_000, 1000):
            raw.say(*[f"40/n{number}," for number in range(start, start + 1000)])
        said = raw.ends()
        assert 0 < len(said) <= 64 and set(map(str, said)) == {
            f'44/n{number},{{"message":"Invalid namespace"}}' for number in range(len(said))
        }
    assert not any(name.startswith("/n") for name in server._hub.namespaces)


def test_refusals_by_a_handler_are_counted_too() -> None:
    with served() as (server, _, _):

        @server.of("/closed").use
        async def nobody(socket: Any) -> None:
            raise Refused("no")

        with Raw(server.port) as raw:
            raw.join()
            with pytest.raises(Closed):
                for _ in range(100):
                    raw.ask("40/closed,")


def test_the_name_of_a_long_namespace_is_not_sent_back(server: Server) -> None:
    with Raw(server.port) as raw:
        raw.join()
        raw.say(f"40/{'a' * 900_000},")
        assert raw.ends() == []


def test_a_flood_of_pongs_costs_nothing(shared: Any, server: Server) -> None:
    with bounded(16 * MEGABYTE), Raw(server.port) as raw:
        raw.join()
        part = frame(TEXT, b"3") * 1000
        for number in range(100):
            raw.wire.send(part)
            if number % 25 == 0:
                shared[2].answers()
        with contextlib.suppress(Closed):
            raw.answers()


FLOODS = {"pongs": "3", "noops": "6", "upgrades": "5", "openings": "0"}


@pytest.mark.parametrize("packet", FLOODS.values(), ids=FLOODS)
def test_a_flood_of_packets_that_say_nothing_is_closed_with_1008(shared: Any, server: Server, packet: str) -> None:
    with bounded(16 * MEGABYTE), Raw(server.port) as raw:
        raw.join()
        raw.wire.send(frame(TEXT, packet.encode()) * 20_000)
        with pytest.raises(Closed) as caught:
            raw.event()
        assert caught.value.code == 1008
        shared[2].answers()


@pytest.mark.parametrize("opcode", [9, 10], ids=["pings", "pongs"])
def test_a_flood_of_websocket_pings_is_closed_with_1008(shared: Any, server: Server, opcode: int) -> None:
    with bounded(16 * MEGABYTE), Raw(server.port) as raw:
        raw.join()
        flood = threading.Thread(target=raw.wire.send, args=(frame(opcode, b"x") * 30_000,))
        flood.start()
        while (last := raw._frame())[0] == 10:
            assert opcode == 9, "a pong is no question"
        flood.join()
        assert last[0] == 8 and close_code(last[1]) == 1008
        shared[2].answers()


def test_pings_between_messages_are_answered_without_end(server: Server) -> None:
    with Raw(server.port) as raw:
        raw.join()
        for _ in range(30):
            raw.wire.send(frame(9, b"x") * 900)
            for _ in range(900):
                assert raw._frame()[:2] == (10, b"x")
            raw.answers()


def test_a_payload_of_pongs_alone_ends_the_session(server: Server) -> None:
    polls = Polls(server.port)
    polls.join()

    polls.post("\x1e".join(["3"] * 20_000))

    assert polls.get()[0] == 400


def test_many_small_messages_in_one_write_arrive_in_order_around_a_large_one(server: Server) -> None:
    with Raw(server.port) as raw:
        raw.join()
        texts = [f'42["count",{number}]' for number in range(3000)]
        large = "x" * 900_000
        raw.say(*texts[:1500], f'421["echo","{large}"]', *texts[1500:], '422["counted"]')

        assert raw.event() == f'431["{large}"]'
        assert json.loads(str(raw.event())[3:]) == [list(range(3000))]


@pytest.mark.parametrize(
    "what", [frame(9, b"x" * 125), frame(TEXT, b'427["echo","' + b"x" * 100 + b'"]')], ids=["pings", "echoes"]
)
def test_a_flood_whose_sender_never_reads_is_held_or_dropped(what: bytes) -> None:
    with served(limits=HASTY, errors=True) as (server, _, canary), bounded(16 * MEGABYTE):
        raw = Raw(server.port)
        raw.join()
        raw.wire.sock.settimeout(0.5)
        with contextlib.suppress(OSError):
            for _ in range(400):
                raw.wire.sock.sendall(what * 1000)
        canary.answers()
        raw.wire.reset()


def test_a_payload_of_half_a_million_packets_leaves_the_others_alone(shared: Any, server: Server) -> None:
    polls = Polls(server.port)
    polls.join()
    statuses: list[int] = []
    bomb = threading.Thread(target=lambda: statuses.append(polls.post("\x1e".join(["3"] * 499_000))[0]))

    with bounded(64 * MEGABYTE):
        bomb.start()
        while bomb.is_alive():
            shared[2].answers()
        bomb.join()

    assert statuses and statuses[0] in (200, 400, 413)


def test_more_events_than_a_slow_handler_takes_stop_the_reading() -> None:
    with served() as (server, seen, canary), bounded(16 * MEGABYTE), Raw(server.port) as raw:
        raw.join()
        raw.wire.sock.settimeout(0.5)
        part = frame(TEXT, b'42["slow",1]') * 1000
        sent = 0
        with contextlib.suppress(TimeoutError):
            for _ in range(2000):
                raw.wire.sock.sendall(part)
                sent += 1000
        assert sent < 2_000_000, "everything was taken"
        canary.answers()
        assert seen.most <= 64 and server.of("/").sockets()
        raw.wire.reset()
        server._loop.post(seen.release.set)
        eventually(lambda: len(server._hub._peers) == 1, "it is gone")
        eventually(lambda: seen.slow == 0, "no handler is left")
        assert seen.most <= 64


def test_a_peer_whose_handlers_wait_for_its_next_event_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answer_events, "STUCK", 0.2)
    with quiet_logs(), ls.serve("stuck") as server, Raw(server.port) as raw:
        come = asyncio.Event()

        @server.of("/").on("hold")
        async def hold(socket: Any) -> None:
            await come.wait()

        @server.of("/").on("release")
        async def release(socket: Any) -> None:
            come.set()

        raw.join()
        raw.say(*['42["hold"]'] * 66, '42["release"]')
        error = eventually(lambda: server.errors, "it is kept")[0]
        assert "64 handlers of this peer's events run" in str(error) and 'the first is "hold"' in str(error)

        server._loop.post(come.set)
        assert raw.ask('421["release"]') == "431[]"
        assert len(server.errors) == 1


def test_slow_events_on_polling_delay_the_answer_of_the_post() -> None:
    with served() as (server, seen, canary):
        polls = Polls(server.port)
        polls.join()
        with Wire(server.port) as wire:
            body = "\x1e".join(['42["slow",1]'] * 100).encode()
            wire.send(
                f"POST {polls.target} HTTP/1.1\r\nHost: {wire.host}\r\nContent-Length: {len(body)}\r\n\r\n".encode()
            )
            wire.send(body)
            eventually(lambda: seen.slow == 64, "as many as may")
            canary.answers()
            server._loop.post(seen.release.set)
            assert wire.read_until(lambda data: data.endswith(b"ok")).startswith(b"HTTP/1.1 200 ")
        eventually(lambda: seen.slow == 0, "all are done")
        assert seen.most == 64


HEARTBEAT = SessionOptions(ping_interval=0.5, ping_timeout=0.5)


@pytest.mark.parametrize("how", ["reset", "close"])
def test_who_is_not_read_from_and_goes_is_noticed_by_the_heartbeat(how: str) -> None:
    """While its handlers are busy nothing is read from a peer, not even its end."""
    with quiet_logs(), ls.serve("busy", sessions=HEARTBEAT) as server:
        seen = routes(server)
        raw = Raw(server.port)
        raw.join()
        raw.say(*['42["slow",1]'] * 100)
        line = lines(server)[raw.opening["sid"]]
        eventually(lambda: not line.may_read.is_set(), "nothing is read from it")

        raw.wire.reset() if how == "reset" else raw.wire.sock.close()

        eventually(lambda: not lines(server) and not server.peers, "it is gone, and its connection with it")
        (reason,) = eventually(lambda: [word for word in seen.ran if word != "connect"], "on_disconnect ran")
        assert reason == "transport close"
        assert seen.slow == 100, "the handlers are still busy, and what was not begun has begun"
        server._loop.post(seen.release.set)
        eventually(lambda: not server._site.tasks, "they come to their end")


def test_who_stops_reading_and_resets_is_noticed_before_it_is_read_from_again() -> None:
    limits = Limits(stall_timeout=60.0, max_backlog=16 * MEGABYTE)
    with served(limits=limits) as (server, seen, _canary):
        raw = Raw(server.port)
        number = raw.join()
        (carrier,) = lines(server)[raw.opening["sid"]].carriers.values()
        for _ in range(200):
            server.of("/").to(number).emit("news", "x" * 50_000)
        eventually(lambda: not carrier.is_writable, "it does not read")

        raw.wire.reset()

        eventually(lambda: raw.opening["sid"] not in lines(server), "it is gone")
        eventually(lambda: "transport close" in seen.ran, "on_disconnect heard why")


# -- broadcasts and those who do not read


def test_a_stalled_reader_of_a_broadcast_is_dropped_and_everybody_else_hears_everything() -> None:
    limits = Limits(stall_timeout=1.0, max_backlog=MEGABYTE)
    with served(limits=limits, errors=True) as (server, seen, canary), bounded(48 * MEGABYTE):
        space, text = server.of("/"), "x" * 1000
        stalled = [Raw(server.port) for _ in range(3)]
        for raw in stalled:
            raw.join()
        heard: list[int] = []

        def listen() -> None:
            while len(heard) < 12_000:
                heard.append(json.loads(str(canary.event())[2:])[1])

        reader = threading.Thread(target=listen)
        reader.start()
        for number in range(12_000):
            space.emit("news", number, text)
            if number % 500 == 499:
                eventually(lambda: len(heard) >= number - 500, "the canary keeps up")  # noqa: B023
        reader.join(DEADLINE)

        assert heard == list(range(12_000))
        eventually(lambda: len(space.sockets()) == 1, "the stalled ones are gone")
        assert server._site.dropped == 3 and all("too slow" in str(error) for error in server.errors)
        eventually(lambda: seen.ran.count("too slow") == 3, "on_disconnect heard why")
        for raw in stalled:
            raw.wire.sock.close()


def test_a_polling_peer_that_does_not_poll_is_dropped_and_counted() -> None:
    with served(SessionOptions(max_outbox=100_000), errors=True) as (server, seen, canary):
        polls = Polls(server.port)
        polls.join()
        for _ in range(200):
            server.of("/").to(*[s.id for s in server.of("/").sockets()]).emit("news", "x" * 1000)
        for _ in range(200):
            canary.event()

        eventually(lambda: polls.sid not in lines(server), "it is gone")
        eventually(lambda: "too slow" in seen.ran, "on_disconnect heard why")
        assert server._site.dropped == 1
        assert polls.get()[0] == 400


def test_volatile_events_are_dropped_for_who_cannot_take_them() -> None:
    with served() as (server, _, canary):
        polls = Polls(server.port)
        number = polls.join()
        for count in range(5000):
            server.of("/").volatile.emit("news", count)
        server.of("/").emit("last")

        assert polls.messages(1) == ['42["last"]']
        (socket,) = server.of("/").to(number).sockets()
        assert socket.dropped == 5000
        while canary.event() != '42["last"]':
            pass


# -- sids, polls, zombies


def test_ids_of_sessions_and_sockets_cannot_be_guessed(server: Server) -> None:
    raws = [Raw(server.port) for _ in range(20)]
    ids = [sid for raw in raws for sid in (raw.opening["sid"], raw.join())]
    for raw in raws:
        raw.leave()

    assert len(set(ids)) == 40 and all(len(sid) == 20 for sid in ids)
    assert all(len({sid[position] for sid in ids}) > 10 for position in range(20))


@pytest.mark.parametrize("sid", ["A" * 20, "../../etc", "%00", "0", "null"])
def test_a_guessed_sid_never_makes_a_session(server: Server, sid: str) -> None:
    before = set(lines(server))

    assert ask(server.port, "GET", f"{POLLING}&sid={sid}")[0] == 400
    assert ask(server.port, "POST", f"{POLLING}&sid={sid}", b"40")[0] == 400

    assert set(lines(server)) == before


def test_a_socket_id_is_no_session_id(server: Server) -> None:
    with Raw(server.port) as raw:
        number = raw.join()

        assert ask(server.port, "GET", f"{POLLING}&sid={number}")[0] == 400


def test_a_foreign_page_that_knows_a_sid_is_turned_away(server: Server) -> None:
    polls = Polls(server.port)
    polls.join()

    assert polls.request("GET", origin="http://evil.example")[0] == 403
    assert polls.post('42["echo"]', origin="http://evil.example")[0] == 403

    polls.answers()


def test_two_probes_the_first_wins(server: Server) -> None:
    polls = Polls(server.port)
    polls.join()
    with Raw(server.port, sid=polls.sid) as first, Raw(server.port, sid=polls.sid) as second:
        assert second.ends() == []
        assert first.ask("2probe") == "3probe"
        first.say("5")
        first.answers()


def test_a_probe_that_is_stuck_does_not_hold_what_is_polled(server: Server) -> None:
    polls = Polls(server.port)
    polls.join()
    with Raw(server.port, sid=polls.sid) as probe:
        assert probe.ask("2probe") == "3probe"
        for _ in range(3):
            polls.answers()


def test_a_message_to_a_poll_that_died_at_the_same_moment_is_not_lost_in_silence(server: Server) -> None:
    polls = Polls(server.port)
    polls.join()
    line = lines(server)[polls.sid]

    async def both_at_once() -> None:
        task = asyncio.ensure_future(line.wait(10**6, line.session.get(10**6)))
        await asyncio.sleep(0)
        line.send(['2["precious"]'])
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    server.call(both_at_once)

    assert polls.get()[0] == 400


def test_polls_that_are_given_up_by_the_hundred_leave_nothing(server: Server) -> None:
    for _ in range(100):
        polls = Polls(server.port)
        with polls.parked() as wire:
            eventually(lambda: parked_on(lines(server), polls.sid), "the poll waits")  # noqa: B023
            wire.reset()


@pytest.mark.parametrize(
    "chunk", [b"zz\r\n", b"-1\r\n", b"5\r\nhelloXX", b"5 \x00\r\nhello\r\n", b"f" * 21 + b"\r\n"], ids=repr
)
def test_a_malformed_chunk_is_400_and_the_end(server: Server, chunk: bytes) -> None:
    polls = Polls(server.port)
    polls.join()
    with Wire(server.port) as wire:
        wire.send(f"POST {polls.target} HTTP/1.1\r\nHost: {wire.host}\r\nTransfer-Encoding: chunked\r\n\r\n".encode())
        wire.send(chunk)
        assert wire.read_to_end().startswith((b"HTTP/1.1 400 ", b"HTTP/1.1 413 "))

    polls.answers()


@pytest.mark.parametrize(
    "sent", [b"", b"POST /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: <HOST>\r\nContent-Length: 9\r\n\r\n4"]
)
def test_silent_and_slow_requests_are_closed(sent: bytes) -> None:
    with served(limits=HASTY) as (server, _, canary):
        wires = [Wire(server.port) for _ in range(60)]
        for wire in wires:
            wire.send(sent.replace(b"<HOST>", wire.host.encode()))
        canary.answers()
        for wire in wires:
            with wire:
                wire.read_to_end()


def test_zombies_are_gone_after_the_connect_timeout() -> None:
    with served(SessionOptions(connect_timeout=0.3)) as (server, seen, canary):
        raws = [Raw(server.port) for _ in range(20)]
        polls = [Polls(server.port) for _ in range(20)]
        for raw in raws:
            assert raw.ends() == []
            raw.leave()
        eventually(lambda: len(lines(server)) == 1, "only the canary is left")
        assert all(poll.get()[0] == 400 for poll in polls)
        canary.answers()
        assert seen.ran == ["connect"]


def test_more_sessions_than_a_server_holds_are_answered_503() -> None:
    with served(limits=Limits(max_connections=10)) as (server, _, canary):
        answers = [ask(server.port, "GET", POLLING) for _ in range(40)]

        assert {status for status, _ in answers} == {200, 503}
        assert len(lines(server)) <= 20
        canary.answers()


# -- reserved names


@pytest.mark.parametrize("name", ["connect", "connect_error", "disconnect", "disconnecting"])
@pytest.mark.parametrize("values", ['{"HTTP_X_USER":"admin"}', '"x"'])
def test_a_reserved_name_never_runs_a_lifecycle_handler(server: Server, seen: Seen, name: str, values: str) -> None:
    with Raw(server.port) as raw:
        raw.join()
        before = len(seen.ran)
        raw.say(f'42["{name}",{values}]')
        raw.ends()
    eventually(lambda: len(seen.ran) == before + 1, "on_disconnect ran once, for the end")

    assert seen.ran[before] not in ("x", "connect")


# -- the stop


def test_a_peer_that_resets_while_its_flood_waits_for_its_turn_leaves_no_error_behind() -> None:
    with quiet_logs() as logged, ls.serve("resets") as server:
        for _ in range(20):
            raw = Raw(server.port)
            raw.join()
            raw.wire.send(frame(9, b"x" * 100) * 3000)  # each pong is a chance to notice the reset
            raw.wire.reset()
        eventually(lambda: not server.peers, "they are gone")

        assert server.call(asyncio.sleep, 0) is None  # one more turn of the loop: what they had left would run in it
    assert logged == []


def test_a_server_stops_with_all_of_this_going_on() -> None:
    with quiet_logs() as logged, ls.serve("stopping") as server:
        seen = routes(server)
        raws = [Raw(server.port) for _ in range(5)]
        for raw in raws:
            raw.join()
            raw.say('42["slow",1]')
        polls = Polls(server.port)
        polls.join()
        with polls.parked() as wire:
            eventually(lambda: parked_on(lines(server), polls.sid), "the poll waits")
            server.stop()
            assert wire.read_to_end().endswith(b"\r\n\r\n1")
        for raw in raws:
            with pytest.raises(Closed) as caught:
                raw.event()
            assert caught.value.code == 1001
            raw.wire.sock.close()

    assert seen.ran.count("server shutting down") == 6
    assert logged == []
