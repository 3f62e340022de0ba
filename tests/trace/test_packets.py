"""What a packet says in words, and one session followed over three connections."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livesock.trace.conversation import decode
from livesock.trace.packets import (
    PacketWords,
    describe,
    describe_payload,
    hide,
    is_for_engine,
    packets_of,
    session_of,
    sessions_of,
)
from livesock.trace.recording import Trace
from livesock.trace.rows import Chunk, Kind, Row
from livesock.trace.show.picture import to_svg
from livesock.trace.states import ConnectionState
from livesock.wire.frame import Frame, Opcode, encode_frame


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ("2probe", "probe: can this WebSocket carry the session?"),
        ("5", "upgrade: from here on this WebSocket carries the session"),
        ("6", "noop: ends the poll that waits, so that the client can upgrade"),
        (
            '0{"sid":"a","upgrades":["websocket"],"pingInterval":300,"pingTimeout":200,"maxPayload":1}',
            "open: a session, ping every 0.3 s, may upgrade to websocket",
        ),
        ('40/point,{"token":"x"}', "connect to /point, with token"),
        ('40/point,{"sid":"s"}', "connected to /point"),
        ('44/x,{"message":"Invalid namespace"}', "refused by /x: Invalid namespace"),
        ("41/point,", "disconnect from /point"),
        ('42/point,7["move",1,"é"]', 'event "move" [1,"é"] in /point, wants answer 7'),
        ('430[{"ok":true}]', 'answer to 0: [{"ok":true}]'),
        (
            '451-["save",{"_placeholder":true,"num":0}]',
            'event "save" [{"_placeholder":true,"num":0}], 1 binary to follow',
        ),
        (b"\x01\x02", "binary value of a packet, 2 bytes"),
        ("hello", 'packet "hello"'),
        ("2x", 'packet "2x"'),
    ],
)
def test_a_packet_in_words(message, words):
    assert describe(message) == words


def test_the_body_of_a_poll_in_words():
    assert describe_payload("ok") == "ok: the packets were taken"
    assert describe_payload('42["a"]') == 'event "a" []'
    assert describe_payload('42["a"]\x1e2') == '2 packets: event "a" []'
    assert describe_payload("bAQID") == "binary value of a packet, 3 bytes"


POLL = Row(0, 1, ">", Kind.BODY, b"", 0, "payload")


def packets_in(payload: str) -> list[PacketWords]:
    return list(packets_of(replace(POLL, data=payload.encode())))


def packets_in_frame(frame: Frame) -> list[PacketWords]:
    return list(packets_of(replace(POLL, kind=Kind.FRAME, value=frame)))


def test_the_packets_of_a_row_in_words():
    assert packets_in('42/p,["a"]\x1e2') == [
        PacketWords('42/p,["a"]', 'event "a" [] in /p', "/p", True),
        PacketWords("2", "ping: are you there?", "", False),
    ]
    assert packets_in_frame(Frame(Opcode.TEXT, b"43/p,1[]")) == [
        PacketWords("43/p,1[]", "answer to 1: [] in /p", "/p", True)
    ]
    assert packets_in_frame(Frame(Opcode.BINARY, b"abc")) == [
        PacketWords("(3 bytes)", "binary value of a packet, 3 bytes", "", True)
    ]


def test_what_carries_no_packet_has_none():
    assert packets_in("ok") == packets_in_frame(Frame(Opcode.PING, b"")) == []
    assert list(packets_of(replace(POLL, kind=Kind.STATE, value=ConnectionState.CLOSED))) == []


def test_what_opens_a_session_is_left_out_of_its_packets():
    opening = '0{"sid":"s3cret","upgrades":[],"pingInterval":25000,"pingTimeout":20000}'

    assert packets_in(opening)[0].text.startswith('0{"sid":"…","upgrades"')
    assert packets_in('40{"sid":"s3cret","pid":"s3cret"}')[0].text == '40{"sid":"…","pid":"…"}'


def test_what_is_no_packet_says_so():
    assert packets_in('{"code":1,"message":"no"}') == [
        PacketWords('{"code":1,"message":"no"}', "refused: no (code 1)", "", False)
    ]
    assert packets_in("hello")[0].about == 'not a packet: packet "hello"'
    assert session_of(replace(POLL, data=b'0{"sid":7}')) is None


def test_a_session_over_one_connection_can_be_picked():
    trace = Trace()
    for number, name in ((1, b"a"), (2, b"b")):
        trace.add("<", number, b"GET /socket.io/?EIO=4&transport=polling&sid=%s HTTP/1.1\r\nHost: x\r\n\r\n" % name)

    assert trace.sessions() == {"a": [1], "b": [2]}
    assert [row.connection for row in trace.only(session="b").rows()] == [2]
    assert trace.only(session="b", connection=1).rows() == trace.only(session="c").rows() == []


def test_a_binary_message_of_a_session_is_the_value_of_a_packet():
    frame = encode_frame(Frame(Opcode.BINARY, b"abc"))
    chunks = [Chunk(0, "<", 1, UPGRADE), Chunk(0, ">", 1, SWITCH), Chunk(0, ">", 1, frame)]

    assert decode(chunks)[-1].summary == "binary value of a packet, 3 bytes"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ('{"code":1,"message":"Session ID unknown"}', "refused: Session ID unknown (code 1)"),
        ('{"code": 3, "message": "Bad\\nrequest"}', "refused: Bad\\nrequest (code 3)"),
        ('{"message":"no"}', "refused: no (code null)"),
        ('{"message":7}', "no packets of Engine.IO"),
        ("<html>", "no packets of Engine.IO"),
        ("{" * 1000, "no packets of Engine.IO"),
        ("[1]", "no packets of Engine.IO"),
    ],
)
def test_a_body_that_is_no_payload_says_so_once(body, words):
    assert describe_payload(body) == words


@given(st.text() | st.binary())
def test_anything_has_words_on_one_printable_line(message):
    assert describe(message).isprintable()
    if isinstance(message, str):
        assert describe_payload(message).isprintable()


def test_what_is_sent_to_be_let_in_is_hidden_and_nothing_else():
    assert hide('40/point,{"token":"é"}') == ("40/point,…", len('{"token":"é"}'.encode()))
    assert hide('42["token",{"a":1}]') == ('42["token",{"a":1}]', 0)


@pytest.mark.parametrize(
    ("target", "expected"),
    [("/socket.io/?EIO=4&transport=polling", True), ("/x?EIO=4", False), ("/socket.io/", False), ("/", False)],
)
def test_requests_of_engine_io_are_recognised(target, expected):
    assert is_for_engine(target) is expected


OPENING = b'0{"sid":"S","upgrades":["websocket"],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}'
HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n"
UPGRADE = (
    b"GET /socket.io/?EIO=4&transport=websocket&sid=S HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n"
    b"Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
SWITCH = (
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"
)


def masked(text: bytes) -> bytes:
    return encode_frame(Frame(Opcode.TEXT, text, mask=b"abcd"))


def test_a_session_over_three_connections_tells_its_story_and_keeps_its_secret():
    secret = b'40/p,{"token":"s3cret"}'
    chunks = [
        (1, "<", b"GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: x\r\n\r\n"),
        (1, ">", HEAD % len(OPENING) + OPENING),
        (
            2,
            "<",
            b"POST /socket.io/?EIO=4&transport=polling&sid=S HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s"
            % (len(secret), secret),
        ),
        (2, ">", HEAD % 2 + b"ok"),
        (3, "<", UPGRADE),
        (3, ">", SWITCH),
        (3, "<", masked(b"2probe")),
        (3, ">", encode_frame(Frame(Opcode.TEXT, b"3probe"))),
        (3, "<", masked(b"5")),
        (3, "<", masked(secret)),
    ]
    rows = decode([Chunk(0.0, direction, number, data) for number, direction, data in chunks])
    said = [row.summary for row in rows if row.kind in (Kind.BODY, Kind.FRAME)]
    assert [words.partition(": ")[2] for words in said] == [
        "open: a session, ping every 25 s, may upgrade to websocket",
        "connect to /p, with token",
        "ok: the packets were taken",
        "probe: can this WebSocket carry the session?",
        "probe answered: it can",
        "upgrade: from here on this WebSocket carries the session",
        "connect to /p, with token",
    ]
    assert {row.connection for row in rows if session_of(row) == "S"} == {1, 2, 3}
    assert all(b"s3cret" not in row.shown and "s3cret" not in row.summary for row in rows)
    assert rows[-1].data[-23:] != rows[-1].shown[-23:], "what is masked on the wire is hidden as well"


def ask(sid: str) -> bytes:
    return b"GET /socket.io/?EIO=4&transport=polling&sid=%s HTTP/1.1\r\nHost: x\r\n\r\n" % sid.encode()


NO = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 41\r\n\r\n" + b'{"code":1,"message":"Session ID unknown"}'
YES = HEAD % 2 + b"ok"


@pytest.mark.parametrize(
    ("chunks", "sessions"),
    [
        ([(1, "<", ask("made-up")), (1, ">", NO)], {}),
        ([(1, "<", ask("a")), (1, ">", YES), (1, "<", ask("b")), (1, ">", NO)], {"a": [1]}),
        ([(1, "<", ask("a") + ask("b")), (1, ">", NO + YES)], {"b": [1]}),
        ([(1, "<", ask("a")), (2, "<", ask("b")), (2, ">", NO), (1, ">", YES)], {"a": [1]}),
        ([(1, "<", ask("waits"))], {"waits": [1]}),
        ([(1, "<", ask("gone")), (1, ">", YES), (2, "<", ask("gone")), (2, ">", NO)], {"gone": [1, 2]}),
        ([(1, "<", b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"), (1, ">", YES)], {}),
        ([(3, "<", UPGRADE), (3, ">", SWITCH)], {"S": [3]}),
        ([(3, "<", UPGRADE), (3, ">", NO)], {}),
    ],
)
def test_a_session_is_what_the_server_did_not_refuse(chunks, sessions):
    rows = decode([Chunk(0.0, direction, number, data) for number, direction, data in chunks])

    assert sessions_of(rows) == sessions


def test_the_title_of_a_refusal_in_a_picture_is_whole():
    answer = NO.replace(b"41", b"43").replace(b'":', b'": ')
    rows = decode([Chunk(0.0, d, 1, data) for d, data in (("<", ask("a")), (">", answer))])
    drawn = to_svg(rows)

    assert ">payload: refused: Session ID unknown (code 1)<" in drawn
