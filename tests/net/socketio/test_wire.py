"""What a livesock server answers on the wire to what a Socket.IO client may say: the reference server's answers.

Each row was compared with socket.io 4.8.4 in Node. Where a row closes, it closes at once and not by a time-out: the
tests wait for the end with a deadline that is shorter than every time-out of the server.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

import livesock as ls
from livesock.net.http.limits import Limits
from livesock.realtime.actions import SessionOptions
from livesock.server import Server
from tests.peers import Wire, eventually, faults, frame, handshake
from tests.rawsio import POLLING, WEBSOCKET, Closed, Polls, Raw, ask, lines, parked_on


def routes(server: Server) -> list[str]:
    """Handlers on two namespaces; the list holds which lifecycle handlers ran."""
    ran: list[str] = []
    for name in ("/", "/point"):
        space = server.of(name)
        space.on_connect(lambda socket: ran.append("connect"))
        space.on_disconnect(lambda socket, reason: ran.append("disconnect"))

        @space.on("echo")
        async def echo(socket: Any, *values: Any) -> Any:
            return values[0] if len(values) == 1 else list(values)

        @space.on("count")
        async def count(socket: Any, number: int) -> None:
            socket.data.setdefault("counted", []).append(number)

        @space.on("counted")
        async def counted(socket: Any) -> list[int]:
            return socket.data.get("counted", [])

        @space.on("ask")
        async def question(socket: Any) -> Any:
            return await socket.call("question", timeout=5)

    return ran


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with ls.serve("wire") as server:
        server.ran = routes(server)  # type: ignore[attr-defined]
        yield server
        for polls in list(lines(server)):  # polling sessions that nobody polls any more would live until their time-out
            ask(server.port, "POST", f"{POLLING}&sid={polls}", b"1")
        eventually(lambda: not server._hub._peers and not lines(server), "no session is left")
        eventually(lambda: not server._site.tasks, "no task is left")
        assert all(not len(server.of(name).rooms) and not server.of(name).sockets() for name in ("/", "/point"))
        assert faults(server) == []


@pytest.fixture
def raw(server: Server) -> Iterator[Raw]:
    with Raw(server.port) as raw:
        yield raw


def unknown(answer: tuple[int, str]) -> bool:
    """Whether it says that there is no such session."""
    return answer[0] == 400 and json.loads(answer[1]) == {"code": 1, "message": "Session ID unknown"}


# -- the opening, and what is no opening


def test_a_session_opens_with_what_the_client_needs_to_know(server: Server) -> None:
    with Raw(server.port) as raw:
        opening = raw.opening

    assert sorted(opening) == ["maxPayload", "pingInterval", "pingTimeout", "sid", "upgrades"]
    assert (opening["pingInterval"], opening["pingTimeout"], opening["maxPayload"]) == (25000, 20000, 1_000_000)
    assert opening["upgrades"] == [] and Polls(server.port).opening["upgrades"] == ["websocket"]


def test_half_a_second_is_announced_as_five_hundred_milliseconds() -> None:
    with ls.serve("hasty", sessions=SessionOptions(ping_interval=0.5, ping_timeout=0.25)) as server:
        opening = Polls(server.port).opening

    assert (opening["pingInterval"], opening["pingTimeout"]) == (500, 250)


ANY = "/socket.io/?"

REFUSED = [
    ("no transport", "GET", "EIO=4", 0),
    ("an unknown transport", "GET", "EIO=4&transport=abc", 0),
    ("a transport of the language", "GET", "EIO=4&transport=__proto__", 0),
    ("two transports", "GET", "EIO=4&transport=polling&transport=websocket", 0),
    ("no EIO", "GET", "transport=polling", 5),
    ("an old EIO", "GET", "EIO=3&transport=polling", 5),
    ("EIO as words", "GET", "EIO=abc&transport=polling", 5),
    ("an empty EIO", "GET", "EIO=&transport=polling", 5),
    ("a sid that nobody has", "GET", "EIO=4&transport=polling&sid=zzz", 1),
    ("an empty sid", "GET", "EIO=4&transport=polling&sid=", 1),
    ("a sid of the language", "GET", "EIO=4&transport=polling&sid=__proto__", 1),
    ("a POST for a sid that nobody has", "POST", "EIO=4&transport=polling&sid=zzz", 1),
    ("a POST to open", "POST", "EIO=4&transport=polling", 2),
    ("a PUT to open", "PUT", "EIO=4&transport=polling", 2),
    ("a DELETE to open", "DELETE", "EIO=4&transport=polling", 2),
    ("a PATCH to open", "PATCH", "EIO=4&transport=polling", 2),
    ("a plain GET for a WebSocket", "GET", "EIO=4&transport=websocket", 3),
    ("OPTIONS of no page", "OPTIONS", "EIO=4&transport=polling", 2),
]


@pytest.mark.parametrize(("method", "query", "code"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_a_wrong_request_is_always_400_with_a_code_in_json(server: Server, method: str, query: str, code: int) -> None:
    messages = {
        0: "Transport unknown",
        1: "Session ID unknown",
        2: "Bad handshake method",
        3: "Bad request",
        5: "Unsupported protocol version",
    }

    status, body = ask(server.port, method, ANY + query)

    assert (status, body) == (400, f'{{"code":{code},"message":"{messages[code]}"}}')


def test_a_page_of_an_allowed_origin_may_ask_first(server: Server) -> None:
    headers = {"origin": f"http://localhost:{server.port}", "access_control_request_headers": "content-type"}

    assert ask(server.port, "OPTIONS", POLLING, **headers)[0] == 204


def test_a_head_request_opens_nothing(server: Server) -> None:
    before = len(server._hub._peers)

    status, body = ask(server.port, "HEAD", POLLING)

    assert (status, body) == (400, "") and len(server._hub._peers) == before


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_another_method_on_a_session_is_400_and_harms_nobody(server: Server, method: str) -> None:
    polls = Polls(server.port)
    polls.join()

    status, body = polls.request(method)

    assert (status, json.loads(body)["code"]) == (400, 3)
    polls.answers()


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("transport=websocket", 5),
        ("EIO=3&transport=websocket", 5),
        ("EIO=4", 0),
        ("EIO=4&transport=polling", 0),
        ("EIO=4&transport=websocket&sid=zzz", 1),
        ("EIO=4&transport=websocket&sid=", 1),
    ],
)
def test_a_wrong_upgrade_is_400_with_a_code_and_no_websocket(server: Server, query: str, code: int) -> None:
    with Wire(server.port) as wire:
        wire.send(handshake(wire.host, ANY + query))
        answer = wire.read_to_end()

    assert answer.startswith(b"HTTP/1.1 400 ")
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["code"] == code


def test_a_transport_that_is_switched_off_is_unknown() -> None:
    with ls.serve("only websocket", sessions=SessionOptions(transports=("websocket",))) as server:
        status, body = ask(server.port, "GET", POLLING)
        with Raw(server.port) as raw:
            raw.join()

    assert (status, json.loads(body)["code"]) == (400, 0)


def test_without_websocket_no_upgrade_is_offered() -> None:
    with ls.serve("only polling", sessions=SessionOptions(transports=("polling",))) as server:
        opening = Polls(server.port).opening
        with Wire(server.port) as wire:
            wire.send(handshake(wire.host, WEBSOCKET))
            answer = wire.read_to_end()

    assert opening["upgrades"] == [] and answer.startswith(b"HTTP/1.1 400 ")


def test_a_path_that_nobody_serves_is_404_at_once(server: Server) -> None:
    assert ask(server.port, "GET", "/nope")[0] == 404


@pytest.mark.parametrize("origin", ["http://evil.example", "null"])
def test_a_foreign_page_is_turned_away_on_both_transports(server: Server, origin: str) -> None:
    status, _ = ask(server.port, "GET", POLLING, origin=origin)
    with Wire(server.port) as wire:
        wire.send(handshake(wire.host, WEBSOCKET, f"Origin: {origin}"))
        answer = wire.read_to_end()

    assert status == 403 and answer.startswith(b"HTTP/1.1 403 ")


# -- seats


def test_joining_gives_an_id_that_is_not_the_sessions(raw: Raw) -> None:
    number = raw.join()

    assert number != raw.opening["sid"] and len(number) >= 20


def test_every_namespace_gives_another_id(raw: Raw) -> None:
    assert raw.join() != raw.join("/point")


@pytest.mark.parametrize("auth", ['{"token":"x"}', "{}"])
def test_joining_with_a_payload(raw: Raw, auth: str) -> None:
    answer = raw.ask(f"40/point,{auth}")

    assert str(answer).startswith('40/point,{"sid":"')


@pytest.mark.parametrize("name", ["/zzz", "/point?x=1", "/Point", "/point/"])
def test_an_unknown_namespace_is_refused_and_the_session_goes_on(raw: Raw, name: str) -> None:
    raw.join()

    assert raw.ask(f"40{name},") == f'44{name},{{"message":"Invalid namespace"}}'
    raw.answers()


def test_a_namespace_needs_no_comma_at_the_end_of_the_packet(raw: Raw) -> None:
    assert str(raw.ask("40/point")).startswith('40/point,{"sid":')


def test_leaving_a_namespace_leaves_the_others(raw: Raw) -> None:
    raw.join()
    raw.join("/point")

    raw.say("41/point,")

    raw.answers()


def test_who_left_may_come_back_and_is_somebody_else(raw: Raw) -> None:
    first = raw.join()
    raw.say("41")

    assert raw.join() != first


def test_the_packet_that_lets_in_goes_before_anything_that_the_handler_says() -> None:
    with ls.serve("first things") as server:

        @server.of("/early").on_connect
        async def hasty(socket: Any) -> None:
            socket.emit("hello")
            socket.namespace.emit("everybody", socket.id)
            socket.join("room")
            server.of("/early").to("room").emit("room")

        with Raw(server.port) as raw:
            raw.join("/early")
            heard = [raw.event() for _ in range(3)]
        polls = Polls(server.port)
        polls.post("40/early,")
        polled = polls.messages(4)

    assert [str(message)[:14] for message in heard] == ['42/early,["hel', '42/early,["eve', '42/early,["roo']
    assert [message[:10] for message in polled] == ["40/early,{", "42/early,[", "42/early,[", "42/early,["]


# -- packets: what closes, and what does not

CLOSES: dict[str, list[str | bytes]] = {
    "joining twice": ["40"],
    "an event for a namespace that was not joined": ['42/point,["echo",1]'],
    "an answer for a namespace that was not joined": ["43/point,1[]"],
    "leaving a namespace that was not joined": ["41/point,"],
    "the reserved name connect": ['42["connect"]'],
    "the reserved name connect_error": ['42["connect_error"]'],
    "the reserved name disconnect": ['42["disconnect","x"]'],
    "the reserved name disconnecting": ['42["disconnecting"]'],
    "the reserved name newListener": ['42["newListener"]'],
    "the reserved name removeListener": ['42["removeListener"]'],
    "a reserved name with bytes": ['451-["connect",{"_placeholder":true,"num":0}]', b"x"],
    "broken JSON": ['42["echo"'],
    "JSON and more": ['42["echo",1]x'],
    "an object for an event": ["42{}"],
    "a string for an event": ['42"echo"'],
    "an empty event": ["42[]"],
    "no event": ["42"],
    "null as a name": ["42[null]"],
    "an object as a name": ['42[{"toString":"foo"}]'],
    "an unknown Socket.IO type": ["47"],
    "no Socket.IO type": ["4"],
    "a type in letters": ["4abc"],
    "an unknown Engine.IO type": ["7"],
    "an Engine.IO type in letters": ["abc"],
    "an empty message": [""],
    "an object to join": ["41", "40[]"],
    "text to join": ["41", '40"x"'],
    "a connect error from a client": ['44{"message":"x"}'],
    "leaving with a payload": ["41{}"],
    "an answer that is no list": ["431{}"],
    "bytes that nobody announced": [b"bytes"],
    "text where bytes were announced": ['451-["echo",{"_placeholder":true,"num":0}]', '42["echo",1]'],
    "a placeholder out of range": ['451-["echo",{"_placeholder":true,"num":1}]', b"x"],
    "eleven binary values": ['4511-["echo"]'],
    "a ping": ["2"],
    "a polite Engine.IO close": ["1"],
    "an id in letters": ['42abc["echo",1]'],
}


@pytest.mark.parametrize("messages", CLOSES.values(), ids=CLOSES)
def test_what_breaks_the_protocol_closes_at_once(server: Server, raw: Raw, messages: list[str | bytes]) -> None:
    raw.join()

    raw.say(*messages)

    assert raw.ends() == []
    sid = raw.opening["sid"]
    eventually(lambda: sid not in server._hub._peers, "the session is gone")
    assert unknown(ask(server.port, "GET", f"{POLLING}&sid={sid}"))


IN_A_PAYLOAD = {name: messages for name, messages in CLOSES.items() if messages != [""]}
"""An empty payload is a row of its own."""


@pytest.mark.parametrize("messages", IN_A_PAYLOAD.values(), ids=IN_A_PAYLOAD)
def test_it_does_so_on_polling_too(server: Server, messages: list[str | bytes]) -> None:
    polls = Polls(server.port)
    polls.join()
    packets = [m if isinstance(m, str) else "beA==" for m in messages]

    status, _ = polls.post("\x1e".join(packets))

    assert status in (200, 400)
    eventually(lambda: polls.sid not in server._hub._peers, "the session is gone", 5)
    assert polls.get()[0] == 400


@pytest.mark.parametrize(
    "message",
    ['42["echo",1]', "431[]", "41", '451-["echo",{"_placeholder":true,"num":0}]', b"bytes", "4", "40[]"],
    ids=str,
)
def test_whatever_comes_before_joining_closes(raw: Raw, message: str | bytes) -> None:
    raw.say(message)

    assert raw.ends() == []


def test_an_event_before_the_middleware_has_decided_closes() -> None:
    with ls.serve("slow door") as server:

        @server.of("/").use
        async def ponder(socket: Any) -> None:
            import asyncio

            await asyncio.Event().wait()

        server.of("/").on("echo")(lambda socket, value: value)
        with Raw(server.port) as raw:
            raw.say("40", '420["echo",1]')
            assert raw.ends() == []
        eventually(lambda: not server._hub._peers and not server._site.tasks, "nobody ponders any more")


KEEPS = {
    "a numeric name": "42[5,1]",
    "an empty name": '42["",1]',
    "an unknown name": '42["nobody",1]',
    "names of the languages": '42["__proto__",{"constructor":1}]',
    "an unsolicited pong": "3",
    "an answer that nobody waits for": "4399[1]",
    "an answer without a payload": "431",
    "an answer without an id": "43[]",
    "a noop": "6",
    "an open packet": "0",
    "an upgrade packet on an upgraded session": "5",
    "a namespace that is written out": '42/,["nobody"]',
}


@pytest.mark.parametrize("message", KEEPS.values(), ids=KEEPS)
def test_what_is_only_odd_is_passed_over(raw: Raw, message: str) -> None:
    raw.join()

    raw.say(message)

    raw.answers()


def test_an_event_is_answered_with_its_id(raw: Raw) -> None:
    raw.join("/point")

    assert raw.ask('42/point,0["echo",{"a":[1,"é"]}]') == '43/point,0[{"a":[1,"é"]}]'


def test_a_handler_that_returns_nothing_answers_with_nothing(raw: Raw) -> None:
    raw.join()

    assert raw.ask('427["count",1]') == "437[]"


def test_bytes_come_back_as_bytes(raw: Raw) -> None:
    raw.join()

    raw.say('452-1["echo",{"_placeholder":true,"num":1},{"_placeholder":true,"num":0}]', b"\x00\x01", b"\xff")

    assert raw.event() == '462-1[[{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]]'
    assert [raw.event(), raw.event()] == [b"\xff", b"\x00\x01"]


def test_ten_binary_values_are_allowed(raw: Raw) -> None:
    raw.join()
    holders = ",".join(f'{{"_placeholder":true,"num":{number}}}' for number in range(10))

    raw.say(f'4510-1["echo",{holders}]', *[bytes([number]) for number in range(10)])

    assert str(raw.event()).startswith("4610-1[[") and [raw.event() for _ in range(10)] == [
        bytes([n]) for n in range(10)
    ]


def test_a_question_of_the_server_is_answered(raw: Raw) -> None:
    raw.join()
    question = str(raw.ask('421["ask"]'))
    number = re.fullmatch(r'42(\d+)\["question"\]', question)
    assert number is not None

    assert raw.ask(f'43{number[1]}["because"]') == '431["because"]'


def test_a_message_over_the_limit_closes_with_1009(raw: Raw) -> None:
    raw.join()

    raw.say("42" + json.dumps(["echo", "x" * 1_500_000]))

    with pytest.raises(Closed) as caught:
        raw.event()
    assert caught.value.code == 1009


def test_a_body_over_the_limit_is_413(server: Server) -> None:
    polls = Polls(server.port)
    polls.join()

    assert polls.post("4" + "x" * 1_500_000)[0] == 413


def test_the_limit_is_the_one_that_was_announced() -> None:
    with ls.serve("small", sessions=SessionOptions(max_payload=1000)) as server:
        routes(server)
        polls = Polls(server.port)
        polls.join()
        with Raw(server.port) as raw:
            raw.join()
            raw.say("42" + json.dumps(["echo", "x" * 1500]))
            with pytest.raises(Closed) as caught:
                raw.event()
        fits, tight = polls.post('42["echo","' + "x" * 900 + '"]')[0], polls.post('42["echo","' + "x" * 1500 + '"]')[0]

    assert (polls.opening["maxPayload"], caught.value.code) == (1000, 1009)
    assert (fits, tight) == (200, 413)


def test_a_larger_limit_holds_for_requests_too() -> None:
    with ls.serve("large", sessions=SessionOptions(max_payload=3_000_000)) as server:
        routes(server)
        polls = Polls(server.port)
        polls.join()

        assert polls.opening["maxPayload"] == 3_000_000
        assert polls.post('42["echo","' + "x" * 2_000_000 + '"]') == (200, "ok")


def test_no_more_is_promised_than_a_request_may_hold() -> None:
    with ls.serve("modest", limits=Limits(max_body=5000)) as server:
        assert Polls(server.port).opening["maxPayload"] == 5000


# -- long-polling


def test_a_post_is_answered_ok(server: Server) -> None:
    polls = Polls(server.port)

    assert polls.post("40") == (200, "ok")


def test_twenty_packets_in_one_post_are_all_handled(server: Server) -> None:
    polls = Polls(server.port)
    polls.join()

    assert polls.post("\x1e".join(f'42["count",{number}]' for number in range(20))) == (200, "ok")

    polls.post('421["counted"]')
    assert polls.messages(1) == [f"431[{json.dumps(list(range(20)), separators=(',', ':'))}]"]


def test_several_answers_come_in_one_poll(server: Server) -> None:
    polls = Polls(server.port)
    polls.join()
    polls.post("\x1e".join(f'42{number}["echo",{number}]' for number in range(3)))

    assert polls.messages(3) == [f"43{number}[{number}]" for number in range(3)]


def test_bytes_on_polling_are_base64(server: Server) -> None:
    polls = Polls(server.port)
    polls.join()

    polls.post('451-1["echo",{"_placeholder":true,"num":0}]\x1ebAQIDBA==')

    assert polls.messages(2) == ['461-1[{"_placeholder":true,"num":0}]', "bAQIDBA=="]


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b"4a", {"content_type": "application/octet-stream"}),
        (b"abc", {}),
        (b"\xff\xfe", {}),
        (b"b!!!", {}),
        (b'42["echo"]\x1e', {}),
        (b"", {}),
    ],
    ids=["octet-stream", "no packet", "no UTF-8", "no base64", "an empty packet", "nothing"],
)
def test_a_broken_payload_is_400_and_the_end(server: Server, body: bytes, headers: dict[str, str]) -> None:
    polls = Polls(server.port)
    polls.join()

    assert polls.post(body, **headers)[0] == 400

    assert unknown(polls.get())


def test_two_polls_at_once_end_the_session(server: Server) -> None:
    polls = Polls(server.port)
    polls.join()
    with polls.parked() as first:
        eventually(lambda: parked_on(lines(server), polls.sid), "the first poll waits")

        second = polls.get()

        answer = first.read_until(lambda data: data.endswith(b"\r\n\r\n1"))
    assert second[0] == 400 and answer.endswith(b"\r\n\r\n1")
    assert unknown(polls.get())


@pytest.mark.parametrize("how", ["reset", "close"])
def test_a_poll_that_is_given_up_ends_the_session(server: Server, how: str) -> None:
    polls = Polls(server.port)
    polls.join()
    with polls.parked() as wire:
        eventually(lambda: parked_on(lines(server), polls.sid), "the poll waits")
        wire.reset() if how == "reset" else wire.sock.close()

    eventually(lambda: polls.sid not in lines(server), "the session ended")
    assert unknown(polls.post('42["echo","precious"]'))
    assert unknown(polls.get())


def test_a_polling_client_says_goodbye(server: Server) -> None:
    polls = Polls(server.port)
    polls.join()
    with polls.parked() as wire:
        eventually(lambda: parked_on(lines(server), polls.sid), "the poll waits")

        assert polls.post("1") == (200, "ok")

        assert wire.read_until(lambda data: data.endswith(b"6")).startswith(b"HTTP/1.1 200 ")
    assert polls.get()[0] == 400


# -- the upgrade


def upgraded(server: Server) -> tuple[Polls, Raw]:
    polls = Polls(server.port)
    polls.join()
    raw = Raw(server.port, sid=polls.sid)
    assert raw.ask("2probe") == "3probe"
    raw.say("5")
    eventually(lambda: lines(server)[polls.sid].session.transport == "websocket", "it is upgraded")
    return polls, raw


def test_an_upgrade_releases_the_poll_and_moves_the_session(server: Server) -> None:
    polls = Polls(server.port)
    polls.join()
    with polls.parked() as wire, Raw(server.port, sid=polls.sid) as raw:
        eventually(lambda: parked_on(lines(server), polls.sid), "the poll waits")

        assert raw.ask("2probe") == "3probe"

        assert wire.read_until(lambda data: data.endswith(b"6")).endswith(b"\r\n\r\n6")
        raw.say("5")
        raw.answers()
        assert polls.get()[0] == 400 and polls.post("3")[0] == 400
        raw.answers()


def test_what_waits_goes_over_the_websocket_in_order(server: Server) -> None:
    polls = Polls(server.port)
    polls.join()
    with Raw(server.port, sid=polls.sid) as raw:
        raw.ask("2probe")
        polls.post("\x1e".join(f'42{number}["echo",{number}]' for number in range(50)))

        raw.say("5", '4250["echo",50]')

        assert [raw.event() for _ in range(51)] == [f"43{number}[{number}]" for number in range(51)]


def test_a_second_websocket_on_an_upgraded_session_is_accepted_and_closed(server: Server) -> None:
    _, raw = upgraded(server)

    with raw:
        with Raw(server.port, sid=server_sid(server, raw)) as second:
            assert second.ends() == []
        raw.answers()


def server_sid(server: Server, raw: Raw) -> str:
    (sid,) = [sid for sid, line in lines(server).items() if line.session.transport == "websocket"]
    return sid


@pytest.mark.parametrize("message", ["2", "5", "3probe", "2prob", '42["echo",1]', b"x"], ids=str)
def test_a_probe_that_says_something_else_is_closed_and_polling_goes_on(server: Server, message: str | bytes) -> None:
    polls = Polls(server.port)
    polls.join()
    with Raw(server.port, sid=polls.sid) as raw:
        raw.say(message)
        assert raw.ends() == []

    polls.answers()


def test_a_probe_that_goes_harms_nobody_and_another_may_come(server: Server) -> None:
    polls = Polls(server.port)
    polls.join()
    Raw(server.port, sid=polls.sid).leave()

    with Raw(server.port, sid=polls.sid) as raw:
        assert raw.ask("2probe") == "3probe"
        polls.answers()


def test_a_websocket_for_a_session_that_may_not_upgrade_is_closed() -> None:
    with ls.serve("no upgrades", sessions=SessionOptions(allow_upgrades=False)) as server:
        routes(server)
        polls = Polls(server.port)
        polls.join()
        with Raw(server.port, sid=polls.sid) as raw:
            assert raw.ends() == []
        polls.answers()
        assert polls.opening["upgrades"] == []


# -- the heartbeat

HASTY = SessionOptions(ping_interval=0.2, ping_timeout=0.3)


@pytest.fixture(scope="module")
def hasty() -> Iterator[Server]:
    with ls.serve("hasty", sessions=HASTY) as server:
        routes(server)
        yield server


def test_the_server_pings_and_a_pong_keeps_the_session(hasty: Server) -> None:
    with Raw(hasty.port) as raw:
        raw.join()
        for _ in range(4):
            assert raw.hear() == "2"
            raw.say("3")
        raw.say('421["echo",1]')
        assert raw.event() == "431[1]"


def test_who_answers_no_ping_is_closed(hasty: Server) -> None:
    with Raw(hasty.port) as raw:
        assert raw.hear() == "2"
        with pytest.raises(Closed):
            while True:
                raw.hear()


def test_a_polling_client_that_answers_no_ping_is_forgotten(hasty: Server) -> None:
    polls = Polls(hasty.port)
    assert polls.get() == (200, "2")

    eventually(lambda: polls.sid not in lines(hasty), "the session is forgotten")

    assert polls.get()[0] == 400


def test_a_closing_handshake_is_answered(raw: Raw) -> None:
    raw.join()

    raw.wire.send(frame(8, b"\x03\xe8"))

    with pytest.raises(Closed) as caught:
        raw.hear()
    assert caught.value.code == 1000


# -- zombies


@pytest.mark.parametrize("transport", ["websocket", "polling"])
def test_who_never_joins_is_closed_after_the_connect_timeout(transport: str) -> None:
    with ls.serve("zombies", sessions=SessionOptions(connect_timeout=0.2)) as server:
        routes(server)
        if transport == "websocket":
            with Raw(server.port) as raw:
                assert raw.ends() == []
        else:
            polls = Polls(server.port)
            answer = polls.get()
            assert answer == (200, "1") or unknown(answer)
        eventually(lambda: not server._hub._peers, "the zombie is gone")


def test_who_was_refused_has_no_more_time_than_others() -> None:
    with ls.serve("refusing", sessions=SessionOptions(connect_timeout=0.3)) as server, Raw(server.port) as raw:
        raw.ask("40/nowhere,")
        assert raw.ends() == []


def test_a_probe_that_never_upgrades_is_closed_after_the_upgrade_timeout() -> None:
    with ls.serve("stuck", sessions=SessionOptions(upgrade_timeout=0.2)) as server:
        routes(server)
        polls = Polls(server.port)
        polls.join()
        with Raw(server.port, sid=polls.sid) as raw:
            assert raw.ask("2probe") == "3probe"
            assert raw.ends() == []
        polls.answers()
