"""The official test suites of the two protocols, case by case: 25 of Engine.IO 4, 32 of Socket.IO 5.

They live in socketio/socket.io, docs/engine.io-protocol/v4-test-suite and docs/socket.io-protocol/v5-test-suite. Each
case here has the title and the assertions of its original, and is written anew: where the original sleeps or races, it
waits for the event. The servers answer as the suites ask: an echo on Engine.IO; on Socket.IO the events `auth`,
`message-back` and the answer to `message-with-ack`, in the namespaces / and /custom.

A heartbeat of 300 ms and 200 ms, as the originals have it, would make the speed of this machine part of every case. So
it is there where it is asserted, and slower elsewhere.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

import livesock as ls
from livesock.net.socketio.line import Line
from livesock.net.socketio.sessions import SessionTable
from livesock.realtime.actions import SessionOptions
from livesock.server import Server
from tests.peers import DEADLINE, Wire, eventually, faults
from tests.rawsio import ask

EXACT = SessionOptions(ping_interval=0.3, ping_timeout=0.2)
PATIENT = SessionOptions()
BEATING = SessionOptions(ping_interval=0.3, ping_timeout=DEADLINE)
HURRIED = SessionOptions(connect_timeout=0.3)


@dataclass
class Place:
    """A server under test, and where its protocol is spoken."""

    server: Server
    path: str

    def target(self, query: str) -> str:
        return f"{self.path}?{query}"

    def get(self, sid: str = "") -> tuple[int, str]:
        return ask(self.server.port, "GET", self.target(f"EIO=4&transport=polling{sid and f'&sid={sid}'}"))

    def post(self, sid: str, body: str) -> tuple[int, str]:
        return ask(self.server.port, "POST", self.target(f"EIO=4&transport=polling&sid={sid}"), body.encode())

    def status(self, query: str, method: str = "GET") -> int:
        return ask(self.server.port, method, self.target(query))[0]

    def polling(self) -> str:
        """Open a session and return its sid."""
        return str(json.loads(self.get()[1][1:])["sid"])

    def websocket(self, query: str = "EIO=4&transport=websocket") -> ClientConnection:
        url = self.server.url(self.target(query))
        return connect(url, proxy=None, compression=None, ping_interval=None, open_timeout=DEADLINE, legacy=True)

    @contextlib.contextmanager
    def parked(self, sid: str) -> Iterator[Wire]:
        """A poll that waits at the server."""
        lines: dict[str, Line] = self.server._site.websockets[self.path].lines  # type: ignore[attr-defined]
        with Wire(self.server.port) as wire:
            target = self.target(f"EIO=4&transport=polling&sid={sid}")
            wire.send(f"GET {target} HTTP/1.1\r\nHost: {wire.host}\r\n\r\n".encode())
            eventually(lambda: lines[sid].session._poll is not None, "the poll waits")
            yield wire


class Echo:
    """The layer above Engine.IO for the first suite."""

    def opened(self, line: Line) -> None: ...
    def received(self, line: Line, message: str | bytes) -> None:
        line.send([message])

    def ended(self, line: Line, reason: str) -> None: ...
    def expel(self, line: Line, namespace: str, close: bool) -> None: ...


def engine_place(server: Server, options: SessionOptions) -> Place:
    async def begin() -> SessionTable:
        return SessionTable(server._site, Echo(), replace(options, path="/engine.io/"))

    server.call(begin)
    return Place(server, "/engine.io/")


def socket_place(server: Server, options: SessionOptions) -> Place:
    for name in ("/", "/custom"):
        space = server.of(name)

        @space.on_connect
        async def tell(socket: Any) -> None:
            socket.emit("auth", socket.handshake.auth or {})

        @space.on("message")
        async def back(socket: Any, *values: Any) -> None:
            socket.emit("message-back", *values)

        @space.on("message-with-ack")
        async def answer(socket: Any, *values: Any) -> tuple[Any, ...]:
            return values

    return Place(server, "/socket.io/")


Case = Callable[[Place], None]
ENGINE: dict[str, tuple[SessionOptions, Case]] = {}
SOCKET: dict[str, tuple[SessionOptions, Case]] = {}


def case(engine: str = "", socket: str = "", options: SessionOptions = PATIENT) -> Callable[[Case], Case]:
    """Make a function the case of that title in the one suite, the other, or both."""

    def add(function: Case) -> Case:
        for suite, title in ((ENGINE, engine), (SOCKET, socket)):
            if title:
                assert title not in suite
                suite[title] = options, function
        return function

    return add


def closes(ws: ClientConnection) -> list[str | bytes]:
    """Wait until the server has closed, and return what it said before."""
    said: list[str | bytes] = []
    with contextlib.suppress(ConnectionClosed):
        while True:
            said.append(ws.recv(timeout=DEADLINE))
    return said


def hear(ws: ClientConnection) -> str | bytes:
    return ws.recv(timeout=DEADLINE)


def refused(place: Place, query: str) -> None:
    with pytest.raises(InvalidStatus) as caught:
        place.websocket(query)
    assert caught.value.response.status_code == 400


def check_opening(text: str, upgrades: list[str]) -> None:
    assert text[0] == "0"
    value = json.loads(text[1:])
    assert value.keys() == {"sid", "upgrades", "pingInterval", "pingTimeout", "maxPayload"}
    assert isinstance(value.pop("sid"), str)
    assert value == {"upgrades": upgrades, "pingInterval": 300, "pingTimeout": 200, "maxPayload": 1_000_000}


LONG, WS = "HTTP long-polling", "WebSocket"

# -- handshake


@case(
    f"handshake > {LONG} > successfully opens a session",
    f"Engine.IO protocol > handshake > {LONG} > should successfully open a session",
    EXACT,
)
def polling_opens(place: Place) -> None:
    status, body = place.get()
    assert status == 200
    check_opening(body, ["websocket"])


@case(
    f"handshake > {LONG} > fails with an invalid 'EIO' query parameter",
    f"Engine.IO protocol > handshake > {LONG} > should fail with an invalid 'EIO' query parameter",
)
def polling_needs_its_version(place: Place) -> None:
    assert place.status("transport=polling") == 400
    assert place.status("EIO=abc&transport=polling") == 400


@case(
    f"handshake > {LONG} > fails with an invalid 'transport' query parameter",
    f"Engine.IO protocol > handshake > {LONG} > should fail with an invalid 'transport' query parameter",
)
def polling_needs_a_transport(place: Place) -> None:
    assert place.status("EIO=4") == 400
    assert place.status("EIO=4&transport=abc") == 400


@case(
    f"handshake > {LONG} > fails with an invalid request method",
    f"Engine.IO protocol > handshake > {LONG} > should fail with an invalid request method",
)
def polling_begins_with_get(place: Place) -> None:
    assert place.status("EIO=4&transport=polling", "POST") == 400
    assert place.status("EIO=4&transport=polling", "PUT") == 400


@case(
    f"handshake > {WS} > successfully opens a session",
    f"Engine.IO protocol > handshake > {WS} > should successfully open a session",
    EXACT,
)
def websocket_opens(place: Place) -> None:
    with place.websocket() as ws:
        check_opening(str(hear(ws)), [])


@case(
    f"handshake > {WS} > fails with an invalid 'EIO' query parameter",
    f"Engine.IO protocol > handshake > {WS} > should fail with an invalid 'EIO' query parameter",
)
def websocket_needs_its_version(place: Place) -> None:
    refused(place, "transport=websocket")
    refused(place, "EIO=abc&transport=websocket")


@case(
    f"handshake > {WS} > fails with an invalid 'transport' query parameter",
    f"Engine.IO protocol > handshake > {WS} > should fail with an invalid 'transport' query parameter",
)
def websocket_needs_a_transport(place: Place) -> None:
    refused(place, "EIO=4")
    refused(place, "EIO=4&transport=abc")


# -- message


def sends_and_receives(payload: str) -> Case:
    def run(place: Place) -> None:
        sid = place.polling()
        assert place.post(sid, payload) == (200, "ok")
        heard: list[str] = []
        while len(heard) < len(payload.split("\x1e")):  # the original expects one poll; the handler may be slower
            status, body = place.get(sid)
            assert status == 200
            heard += body.split("\x1e")
        assert "\x1e".join(heard) == payload

    return run


PAYLOADS = {
    "one plain text packet": "4hello",
    "several plain text packets": "4test1\x1e4test2\x1e4test3",
    "plain text and binary packets": "4hello\x1ebAQIDBA==",
}
for words, payload in PAYLOADS.items():
    case(f"message > {LONG} > sends and receives a payload containing {words}")(sends_and_receives(payload))


@case(f"message > {LONG} > closes the session upon invalid packet format")
def a_broken_payload(place: Place) -> None:
    sid = place.polling()
    assert place.post(sid, "abc")[0] == 400
    assert place.get(sid)[0] == 400


@case(f"message > {LONG} > closes the session upon duplicate poll requests")
def two_polls(place: Place) -> None:
    sid = place.polling()
    with place.parked(sid) as first:
        second = place.get(sid)
        answer = first.read_until(lambda data: data.endswith(b"\r\n\r\n1"))
    assert answer.startswith(b"HTTP/1.1 200 ") and answer.endswith(b"\r\n\r\n1")
    assert second[0] == 400 and place.get(sid)[0] == 400


@case(f"message > {LONG} > closes the session upon cancelled polling request")
def a_cancelled_poll(place: Place) -> None:
    sid = place.polling()
    with place.parked(sid) as wire:
        wire.sock.close()
    assert place.get(sid)[0] == 400


@case(f"message > {WS} > sends and receives a plain text packet")
def text_comes_back(place: Place) -> None:
    with place.websocket() as ws:
        hear(ws)
        ws.send("4hello")
        assert hear(ws) == "4hello"


@case(f"message > {WS} > sends and receives a binary packet")
def bytes_come_back(place: Place) -> None:
    with place.websocket() as ws:
        hear(ws)
        ws.send(b"\x01\x02\x03\x04")
        assert hear(ws) == b"\x01\x02\x03\x04"


@case(f"message > {WS} > closes the session upon invalid packet format")
def a_broken_packet(place: Place) -> None:
    with place.websocket() as ws:
        hear(ws)
        ws.send("abc")
        assert closes(ws) == []


# -- heartbeat


@case(
    f"heartbeat > {LONG} > sends ping/pong packets",
    f"Engine.IO protocol > heartbeat > {LONG} > should send ping/pong packets",
    BEATING,
)
def polling_beats(place: Place) -> None:
    sid = place.polling()
    for _ in range(3):
        assert place.get(sid) == (200, "2")
        assert place.post(sid, "3")[0] == 200


@case(
    f"heartbeat > {LONG} > closes the session upon ping timeout",
    f"Engine.IO protocol > heartbeat > {LONG} > should close the session upon ping timeout",
    EXACT,
)
def polling_times_out(place: Place) -> None:
    sid = place.polling()
    lines = place.server._site.websockets[place.path].lines  # type: ignore[attr-defined]
    eventually(lambda: sid not in lines, "the session is closed")
    assert place.get(sid)[0] == 400


@case(
    f"heartbeat > {WS} > sends ping/pong packets",
    f"Engine.IO protocol > heartbeat > {WS} > should send ping/pong packets",
    BEATING,
)
def websocket_beats(place: Place) -> None:
    with place.websocket() as ws:
        hear(ws)
        for _ in range(3):
            assert hear(ws) == "2"
            ws.send("3")


@case(
    f"heartbeat > {WS} > closes the session upon ping timeout",
    f"Engine.IO protocol > heartbeat > {WS} > should close the session upon ping timeout",
    EXACT,
)
def websocket_times_out(place: Place) -> None:
    with place.websocket() as ws:
        assert closes(ws)[1:] == ["2"]


# -- close


@case(
    f"close > {LONG} > forcefully closes the session",
    f"Engine.IO protocol > close > {LONG} > should forcefully close the session",
)
def polling_says_goodbye(place: Place) -> None:
    sid = place.polling()
    with place.parked(sid) as wire:
        assert place.post(sid, "1")[0] == 200
        answer = wire.read_until(lambda data: data.endswith(b"\r\n\r\n6"))
    assert answer.startswith(b"HTTP/1.1 200 ") and answer.endswith(b"\r\n\r\n6")
    assert place.get(sid)[0] == 400


@case(
    f"close > {WS} > forcefully closes the session",
    f"Engine.IO protocol > close > {WS} > should forcefully close the session",
)
def websocket_says_goodbye(place: Place) -> None:
    with place.websocket() as ws:
        hear(ws)
        ws.send("1")
        assert closes(ws) == []


# -- upgrade


@contextlib.contextmanager
def upgraded(place: Place, sid: str, *, poll: bool = False) -> Iterator[ClientConnection]:
    with place.websocket(f"EIO=4&transport=websocket&sid={sid}") as ws:
        ws.send("2probe")
        assert hear(ws) == "3probe"
        if poll:
            assert place.get(sid) == (200, "6")
        ws.send("5")
        lines = place.server._site.websockets[place.path].lines  # type: ignore[attr-defined]
        eventually(lambda: lines[sid].session.transport == "websocket", "it is upgraded")
        yield ws


def goes_on(place: Place, ws: ClientConnection) -> None:
    """The first suite ends with an echo, where its originals do."""
    if place.path == "/engine.io/":
        ws.send("4hello")
        assert hear(ws) == "4hello"


@case(
    f"upgrade > successfully upgrades from {LONG} to {WS}",
    f"Engine.IO protocol > upgrade > should successfully upgrade from {LONG} to {WS}",
)
def upgrades(place: Place) -> None:
    with upgraded(place, place.polling(), poll=True) as ws:
        goes_on(place, ws)


@case(
    "upgrade > ignores HTTP requests with same sid after upgrade",
    "Engine.IO protocol > upgrade > should ignore HTTP requests with same sid after upgrade",
)
def no_poll_after_it(place: Place) -> None:
    sid = place.polling()
    with upgraded(place, sid) as ws:
        assert place.get(sid)[0] == 400
        goes_on(place, ws)


@case(
    "upgrade > ignores WebSocket connection with same sid after upgrade",
    "Engine.IO protocol > upgrade > should ignore WebSocket connection with same sid after upgrade",
)
def no_second_websocket(place: Place) -> None:
    sid = place.polling()
    with upgraded(place, sid) as ws:
        with place.websocket(f"EIO=4&transport=websocket&sid={sid}") as second:
            assert closes(second) == []
        goes_on(place, ws)


# -- Socket.IO: connect


def joins(said: str, prefix: str, auth: str) -> Case:
    def run(place: Place) -> None:
        with place.websocket() as ws:
            hear(ws)
            ws.send(said)
            answer = str(hear(ws))
            assert answer.startswith(f"40{prefix}")
            handshake = json.loads(answer.removeprefix(f"40{prefix}"))
            assert handshake.keys() == {"sid"} and isinstance(handshake["sid"], str)
            assert hear(ws) == f'42{prefix}["auth",{auth}]'

    return run


JOINS = {
    "the main namespace": ("40", "", "{}"),
    "the main namespace with a payload": ('40{"token":"123"}', "", '{"token":"123"}'),
    "a custom namespace": ("40/custom,", "/custom,", "{}"),
    "a custom namespace with a payload": ('40/custom,{"token":"abc"}', "/custom,", '{"token":"abc"}'),
}
IO = "Socket.IO protocol"
for words, row in JOINS.items():
    case("", f"{IO} > connect > should allow connection to {words}")(joins(*row))


@case("", f"{IO} > connect > should disallow connection to an unknown namespace")
def an_unknown_namespace(place: Place) -> None:
    with place.websocket() as ws:
        hear(ws)
        ws.send("40/random")
        assert hear(ws) == '44/random,{"message":"Invalid namespace"}'


@case("", f"{IO} > connect > should disallow connection with an invalid handshake")
def no_handshake(place: Place) -> None:
    with place.websocket() as ws:
        hear(ws)
        ws.send("4abc")
        assert closes(ws) == []


@case("", f"{IO} > connect > should close the connection if no handshake is received", HURRIED)
def nobody_joins(place: Place) -> None:
    with place.websocket() as ws:
        assert str(closes(ws)[0])[0] == "0"


# -- Socket.IO: disconnect


@contextlib.contextmanager
def joined(place: Place) -> Iterator[ClientConnection]:
    with place.websocket() as ws:
        hear(ws)
        ws.send("40")
        assert str(hear(ws)).startswith("40{")
        assert hear(ws) == '42["auth",{}]'
        yield ws


@case("", f"{IO} > disconnect > should disconnect from the main namespace", BEATING)
def leaves(place: Place) -> None:
    with joined(place) as ws:
        ws.send("41")
        assert hear(ws) == "2"


@case("", f"{IO} > disconnect > should connect then disconnect from a custom namespace")
def leaves_one_of_two(place: Place) -> None:
    with joined(place) as ws:
        ws.send("40/custom")
        assert str(hear(ws)).startswith("40/custom,{")
        assert hear(ws) == '42/custom,["auth",{}]'
        ws.send("41/custom")
        ws.send('42["message","message to main namespace"]')
        assert hear(ws) == '42["message-back","message to main namespace"]'


# -- Socket.IO: message


def exchanges(said: list[str | bytes], heard: list[str | bytes]) -> Case:
    def run(place: Place) -> None:
        with joined(place) as ws:
            for message in said:
                ws.send(message)
            assert [hear(ws) for _ in heard] == heard

    return run


HOLDERS = '{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}'
PARTS: list[str | bytes] = [b"\x01\x02\x03", b"\x04\x05\x06"]
EXCHANGES: dict[str, tuple[list[str | bytes], list[str | bytes]]] = {
    "a plain-text packet": (['42["message",1,"2",{"3":[true]}]'], ['42["message-back",1,"2",{"3":[true]}]']),
    "a packet with binary attachments": (
        [f'452-["message",{HOLDERS}]', *PARTS],
        [f'452-["message-back",{HOLDERS}]', *PARTS],
    ),
    "a plain-text packet with an ack": (
        ['42456["message-with-ack",1,"2",{"3":[false]}]'],
        ['43456[1,"2",{"3":[false]}]'],
    ),
    "a packet with binary attachments and an ack": (
        [f'452-789["message-with-ack",{HOLDERS}]', *PARTS],
        [f"462-789[{HOLDERS}]", *PARTS],
    ),
}
for words, exchange in EXCHANGES.items():
    case("", f"{IO} > message > should send {words}")(exchanges(*exchange))


def ends(said: str) -> Case:
    def run(place: Place) -> None:
        with joined(place) as ws:
            ws.send(said)
            assert closes(ws) == []

    return run


BROKEN = {
    "unknown packet type": "4abc",
    "invalid payload format": "42{}",
    "invalid ack id": '42abc["message-with-ack",1,"2",{"3":[false]}]',
}
for words, broken in BROKEN.items():
    case("", f"{IO} > message > should close the connection upon invalid format ({words})")(ends(broken))


# -- the suites


@pytest.fixture(scope="module")
def places() -> Iterator[Callable[[str, SessionOptions], Place]]:
    """Return a function that gives the place of a suite; each is served once for each heartbeat."""
    made: dict[tuple[str, SessionOptions], Place] = {}
    with contextlib.ExitStack() as stack:
        for suite, cases, make in (("engine", ENGINE, engine_place), ("socket", SOCKET, socket_place)):
            for options in {options for options, _ in cases.values()}:
                server = stack.enter_context(ls.serve(f"{suite} {len(made)}", sessions=options))
                made[suite, options] = make(server, options)
        yield lambda suite, options: made[suite, options]
        assert all(faults(place.server) == [] for place in made.values())


Places = Callable[[str, SessionOptions], Place]


@pytest.mark.parametrize(("options", "run"), ENGINE.values(), ids=ENGINE)
def test_engine_io(places: Places, options: SessionOptions, run: Case) -> None:
    run(places("engine", options))


@pytest.mark.parametrize(("options", "run"), SOCKET.values(), ids=SOCKET)
def test_socket_io(places: Places, options: SessionOptions, run: Case) -> None:
    run(places("socket", options))


def test_no_case_of_the_suites_is_missing() -> None:
    assert (len(ENGINE), len(SOCKET)) == (25, 32)
