"""From chunks to rows: one TCP connection, both directions."""

import json
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livesock.trace.conversation import Conversation, decode
from livesock.trace.rows import Chunk, Kind
from livesock.wire.codes import encode_close
from livesock.wire.frame import Frame, Opcode, encode_frame
from livesock.wire.http import RequestHead, ResponseHead
from livesock.wire.sse import ServerSentEvent, encode_event
from tests.wire.splits import assert_covered, single_bytes, splits

KEY = bytes.fromhex("37fa213d")
GET = b"GET /time HTTP/1.1\r\nHost: h\r\n\r\n"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"
UPGRADE = (
    b"GET /echo HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
)
SWITCH = (
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
)
DEFLATE = b"Sec-WebSocket-Extensions: permessage-deflate\r\n"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
EVENTS = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
HELLO = encode_frame(Frame(Opcode.TEXT, b"Hello", mask=KEY))
HI = encode_frame(Frame(Opcode.TEXT, b"Hi"))


def chunks(*steps):
    """Return chunks of connection 1, one second apart: `("<", bytes)`, `(">", bytes)`, `("=", bytes)`."""
    return [Chunk(float(number), direction, 1, data) for number, (direction, data) in enumerate(steps)]


def rows_of(*steps, client="<"):
    return decode(chunks(*steps), client)


def short(rows):
    return [(row.direction, row.kind.value, row.summary) for row in rows]


# HTTP.


def test_a_request_and_its_answer():
    rows = rows_of(("=", b"open 127.0.0.1:5000"), ("<", GET), (">", OK), ("=", b"closed"))

    assert short(rows) == [
        ("=", "state", "open 127.0.0.1:5000"),
        ("<", "request", "GET /time HTTP/1.1"),
        (">", "response", "HTTP/1.1 200 OK"),
        (">", "body", 'body, 2 bytes: "hi"'),
        ("=", "state", "closed"),
    ]
    request, response, body = rows[1:4]
    assert isinstance(request.value, RequestHead)
    assert isinstance(response.value, ResponseHead)
    assert (request.from_client, response.from_client) == (True, False)
    assert (request.time, response.time, body.time, body.offset) == (1.0, 2.0, 2.0, len(OK) - 2)
    assert all(row.error is None for row in rows)


def test_in_a_clients_trace_the_directions_are_the_other_way_round():
    rows = rows_of((">", GET), ("<", OK), client=">")

    assert [row.kind for row in rows] == [Kind.REQUEST, Kind.RESPONSE, Kind.BODY]
    assert [row.from_client for row in rows] == [True, False, False]


def test_pipelined_requests_are_answered_in_order():
    head = GET.replace(b"GET", b"HEAD")

    rows = rows_of(("<", GET + head + GET), (">", OK + OK[:-2] + OK))

    assert [row.kind.value for row in rows] == [
        *["request"] * 3,
        *["response", "body", "response", "response", "body"],
    ]


def test_waiting_answers_come_before_the_answer():
    post = b"POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n"

    rows = rows_of(("<", post), (">", b"HTTP/1.1 100 Continue\r\n\r\n"), ("<", b"abc"), (">", OK))

    assert [row.kind.value for row in rows] == ["request", "response", "body", "response", "body"]


def test_a_chunked_body_has_a_row_for_every_chunk():
    rows = rows_of(("<", GET), (">", CHUNKED + b"5\r\nhello\r\n1\r\n!\r\n0\r\n\r\n" + OK))

    assert short(rows[2:5]) == [
        (">", "body", 'chunk, 5 bytes: "hello"'),
        (">", "body", 'chunk, 1 byte: "!"'),
        (">", "body", "last chunk: the body ends"),
    ]
    assert rows[2].data == b"5\r\nhello\r\n"
    assert rows[5].kind is Kind.RESPONSE


def test_a_body_may_end_with_the_connection():
    steps = [("<", GET), (">", b"HTTP/1.1 200 OK\r\n\r\n"), (">", b"all "), (">", b"of it"), ("=", b"closed")]

    rows = rows_of(*steps)

    assert short(rows)[2:] == [(">", "body", 'body, 9 bytes: "all of it"'), ("=", "state", "closed")]
    assert (rows[2].first_chunk, rows[2].last_chunk) == (1, 2)


def test_a_body_until_close_may_be_empty():
    rows = rows_of(("<", GET), (">", b"HTTP/1.1 200 OK\r\n\r\n"), ("=", b"closed"))

    assert [row.kind.value for row in rows] == ["request", "response", "state"]


def test_after_the_end_nothing_is_explained():
    assert rows_of(("=", b"closed"), ("<", GET))[1].kind is Kind.RAW


def test_an_eof_ends_the_direction_that_was_received():
    rows = decode(
        chunks((">", GET), ("<", b"HTTP/1.1 200 OK\r\n\r\nall"), ("=", b"eof"), (">", b"GE"), ("=", b"closed")),
        ">",
    )

    assert short(rows)[2:] == [
        ("<", "body", 'body, 3 bytes: "all"'),
        ("=", "state", "eof"),
        (">", "raw", "incomplete: the head of a request, 2 bytes so far"),
        ("=", "state", "closed"),
    ]


def test_an_answer_may_come_before_the_whole_request():
    late = b"POST / HTTP/1.1\r\nX: 1\r\n\r\n"

    rows = rows_of(("<", late[:20]), (">", OK), ("<", late[20:] + GET), (">", OK.replace(b"200", b"204")[:-2]))

    assert [row.kind.value for row in rows] == ["response", "body", "request", "request", "response"]


def test_a_tunnel_is_not_explained():
    connect = b"CONNECT h:443 HTTP/1.1\r\nHost: h:443\r\n\r\n"

    rows = rows_of(("<", connect + b"\x16"), (">", b"HTTP/1.1 200 OK\r\n\r\nabc"), ("<", b"x"))

    assert [row.kind.value for row in rows] == ["request", "response", "raw", "raw", "raw"]
    assert rows_of(("<", connect), (">", OK), ("<", GET))[-1].kind is Kind.RAW


# WebSocket.


def test_after_a_valid_101_both_directions_are_frames():
    rows = rows_of(("<", UPGRADE + b"\r\n"), (">", SWITCH + b"\r\n"), ("<", HELLO), (">", HI))

    assert short(rows)[2:] == [("<", "frame", 'text "Hello"'), (">", "frame", 'text "Hi"')]
    assert rows[2].value == Frame(Opcode.TEXT, b"Hello", mask=KEY)


def test_frames_may_be_glued_to_the_handshake():
    rows = rows_of(("<", UPGRADE + b"\r\n" + HELLO), (">", SWITCH + b"\r\n" + HI + HI))

    assert short(rows)[2:] == [
        (">", "frame", 'text "Hi"'),
        (">", "frame", 'text "Hi"'),
        ("<", "frame", 'text "Hello"'),
    ]
    assert rows[2].offset == len(SWITCH) + 2
    assert rows[4].time == 0.0


def test_a_row_knows_the_chunks_that_carried_it():
    rows = rows_of(
        ("<", UPGRADE + b"\r\n"), (">", SWITCH + b"\r\n"), (">", HI[:1]), (">", HI[1:3]), (">", HI[3:] + HI + HI[:2])
    )

    frames = [row for row in rows if row.kind is Kind.FRAME]
    assert [(row.first_chunk, row.last_chunk, row.time) for row in frames] == [(1, 3, 4.0), (3, 3, 4.0)]
    assert (rows[-1].kind, rows[-1].data, rows[-1].summary) == (Kind.RAW, HI[:2], "incomplete: a frame, 2 of 4 bytes")


SUMMARIES = [
    (Frame(Opcode.TEXT, b"Hello"), 'text "Hello"'),
    (Frame(Opcode.TEXT, "é\n\u202e".encode()), 'text "é\\n\\u202e"'),
    (Frame(Opcode.BINARY, b"\x01\xff"), "binary 2 bytes: 01 ff"),
    (Frame(Opcode.BINARY, b""), 'binary ""'),
    (Frame(Opcode.PING, b"x"), 'ping "x"'),
    (Frame(Opcode.PING, b"\xff\xe5\x03\x62"), "ping ff e5 03 62"),
    (Frame(Opcode.PING, "fCƿ".encode()), "ping 66 43 c6 bf"),
    (Frame(Opcode.PONG, b"e|\xef\x88"), "pong 65 7c ef 88"),
    (Frame(Opcode.PONG, b"a\tb\n"), "pong 61 09 62 0a"),
    (Frame(Opcode.PONG, b"\xff"), "pong ff"),
    (Frame(Opcode.CLOSE, b""), "close without a code"),
    (Frame(Opcode.CLOSE, encode_close(1000)), "close 1000"),
    (Frame(Opcode.CLOSE, encode_close(4000, "bye")), 'close 4000 "bye"'),
    (Frame(Opcode.TEXT, b"Hel", fin=False), 'text, first fragment, "Hel"'),
]


@pytest.mark.parametrize(("frame", "summary"), SUMMARIES)
def test_a_frame_is_summed_up_in_one_line(frame, summary):
    rows = rows_of(("<", UPGRADE + b"\r\n"), (">", SWITCH + b"\r\n" + encode_frame(frame)))

    assert rows[-1].summary == summary


def test_fragments_are_told_apart():
    data = encode_frame(Frame(1, b"a\xc3", fin=False)) + encode_frame(Frame(0, b"\xa9", fin=False))

    rows = rows_of(("<", UPGRADE + b"\r\n"), (">", SWITCH + b"\r\n" + data + encode_frame(Frame(0, b"!"))))

    assert [row.summary for row in rows[2:]] == [
        'text, first fragment, "a\\xc3"',
        "continuation a9",
        'continuation, the last, "!"',
    ]


def test_compressed_payloads_are_shown_inflated():
    packer = zlib.compressobj(wbits=-15)
    payloads = [(packer.compress(b"Hello") + packer.flush(zlib.Z_SYNC_FLUSH))[:-4] for _ in range(2)]
    data = b"".join(encode_frame(Frame(1, payload, rsv1=True)) for payload in payloads)

    rows = rows_of(("<", UPGRADE + DEFLATE + b"\r\n"), (">", SWITCH + DEFLATE + b"\r\n" + data))

    assert [row.summary for row in rows[2:]] == [
        'text "Hello" (deflated: 7 bytes)',
        'text "Hello" (deflated: 5 bytes)',
    ]
    assert rows[3].value == Frame(1, payloads[1], rsv1=True)
    assert 'Inflated: "Hello"' in rows[3].fields[-1].meaning


def test_a_refused_upgrade_stays_http():
    refusal = b"HTTP/1.1 426 Upgrade Required\r\nContent-Length: 0\r\n\r\n"

    rows = rows_of(("<", UPGRADE + b"\r\n" + GET), (">", refusal + OK))

    assert [row.kind.value for row in rows] == ["request", "response", "response", "body", "request"]


def test_a_request_before_the_upgrade_does_not_release_what_waits():
    rows = rows_of(("<", GET + UPGRADE + b"\r\n" + HELLO), (">", OK), (">", SWITCH + b"\r\n"))

    assert [row.kind.value for row in rows] == ["request", "request", "response", "body", "response", "frame"]


def test_a_101_with_the_wrong_accept_is_named_and_nothing_after_it_is_explained():
    wrong = SWITCH.replace(b"s3pP", b"S3pP") + b"\r\n"

    rows = rows_of(("<", UPGRADE + b"\r\n"), (">", wrong + HI), ("<", HELLO))

    assert rows[1].error is not None
    assert rows[1].error.section == "RFC 6455, 4.1"
    assert "Sec-WebSocket-Accept must be" in rows[1].error.rule
    assert rows[1].data[rows[1].error.offset :].startswith(b"Sec-WebSocket-Accept")
    assert [row.kind for row in rows[2:]] == [Kind.RAW, Kind.RAW]
    assert_covered(rows[1].fields, len(rows[1].data))


def test_a_101_that_nobody_asked_for_is_broken():
    assert rows_of((">", SWITCH + b"\r\n"))[0].error is not None
    assert rows_of(("<", GET), (">", SWITCH + b"\r\n"))[1].error is not None


def test_an_upgrade_may_be_answered_before_its_body_is_complete():
    head = UPGRADE + b"Content-Length: 3\r\n\r\n"

    accepted = rows_of(("<", head + b"a"), (">", SWITCH + b"\r\n"), ("<", b"bc" + HELLO))
    refused = rows_of(("<", head + b"a"), (">", OK), ("<", b"bc" + GET))

    assert [row.kind.value for row in accepted] == ["request", "response", "body", "frame"]
    assert [row.kind.value for row in refused] == ["request", "response", "body", "body", "request"]


def test_a_lax_server_may_accept_a_request_that_breaks_a_rule():
    request = UPGRADE.replace(b"Connection: Upgrade\r\n", b"") + b"\r\n"

    rows = rows_of(("<", request), (">", SWITCH + b"\r\n"), ("<", HELLO))

    assert [row.kind.value for row in rows] == ["request", "response", "frame"]


def test_another_protocol_is_not_explained():
    h2c = UPGRADE.replace(b"websocket", b"h2c") + b"\r\n"

    rows = rows_of(("<", h2c), (">", SWITCH.replace(b"websocket", b"h2c") + b"\r\nabc"), ("<", b"def"))

    assert [row.kind.value for row in rows] == ["request", "response", "raw", "raw"]
    assert [row.error for row in rows] == [None] * 4


# Broken bytes.


def test_a_broken_frame_ends_the_explanation_of_its_direction():
    rows = rows_of(("<", UPGRADE + b"\r\n"), (">", SWITCH + b"\r\n"), ("<", b"\x81\x05Hello"), (">", HI), ("<", HELLO))

    broken, rest, answer, more = rows[2:]
    assert (broken.kind, broken.data) == (Kind.FRAME, b"\x81\x05")
    assert broken.error is not None
    assert (broken.error.code, broken.error.offset) == (1002, 1)
    assert broken.summary == "broken frame: a client must mask every frame that it sends"
    assert [field.name for field in broken.fields][-1] == "payload length"
    assert (rest.kind, rest.data, rest.summary) == (Kind.RAW, b"Hello", 'not explained: "Hello"')
    assert answer.kind is Kind.FRAME
    assert (more.kind, more.error) == (Kind.RAW, None)


def test_a_broken_head_names_its_rule():
    row, rest = rows_of(("<", b"GET / HTTP/1.1\nHost: x\r\n\r\n"))

    assert row.kind is Kind.REQUEST
    assert row.data == b"GET / HTTP/1.1\n"
    assert row.error is not None
    assert row.error.section == "RFC 9112, 2.2"
    assert rest.kind is Kind.RAW


def test_a_length_and_a_coding_contradict_each_other():
    head = b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"

    row, rest = rows_of(("<", head + b"0\r\n\r\n" + GET))

    assert row.data == head
    assert row.error is not None
    assert row.data[row.error.offset :].startswith(b"Transfer-Encoding")
    assert rest.kind is Kind.RAW


def test_a_broken_chunk_names_its_rule():
    rows = rows_of(("<", GET), (">", CHUNKED + b"5\r\nhelloX\r\n"))

    assert (rows[2].kind, rows[2].data) == (Kind.BODY, b"5\r\nhelloX")
    assert rows[2].error is not None
    assert rows[3].data == b"\r\n"


def test_what_is_incomplete_says_what_is_missing():
    assert rows_of(("<", GET[:9]))[-1].summary == "incomplete: the head of a request, 9 bytes so far"
    assert rows_of(("<", GET), (">", OK[:-1]))[-1].summary == "incomplete: a body, 1 of 2 bytes"
    assert rows_of(("<", GET), (">", CHUNKED + b"5"))[-1].summary == "incomplete: a chunk of the body, 1 byte so far"
    assert rows_of(("<", GET), (">", EVENTS + b"\r\nda"))[-1].summary == "incomplete: an event, 2 bytes so far"
    until_close = "incomplete: a body that ends with the connection, 2 bytes so far"
    assert rows_of(("<", GET), (">", b"HTTP/1.1 200 OK\r\n\r\nda"))[-1].summary == until_close
    assert rows_of(("<", UPGRADE + b"\r\nab"))[-1].summary == (
        "incomplete: 2 bytes that came before the answer to the upgrade"
    )
    assert rows_of(("<", b"\x16"))[-1].summary == "incomplete: 1 byte"
    assert rows_of(("<", b"\x16\x03\x01"), ("=", b"closed"))[0].kind is Kind.RAW
    assert rows_of(("<", b"\x16\x03\x01"))[-1].summary == "incomplete: a TLS record, 3 bytes so far"


def test_closing_twice_gives_the_rest_once():
    conversation = Conversation(1)
    conversation.feed(Chunk(0.0, "<", 1, b"GET"))

    assert [row.data for row in conversation.close()] == [b"GET"]
    assert conversation.close() == []


# Event streams.


def test_an_event_stream_has_a_row_for_every_event():
    stream = b": hi\n\nevent: tick\nid: 7\ndata: 1\n\ndata: 2\n\n"

    rows = rows_of(("<", GET), (">", EVENTS + b"\r\n" + stream), ("=", b"closed"))

    assert short(rows)[2:-1] == [
        (">", "event", 'no event: comment "hi"'),
        (">", "event", 'event tick id 7: "1"'),
        (">", "event", 'event message: "2"'),
    ]
    assert [row.value for row in rows[2:-1]] == [None, ServerSentEvent("1", "tick", "7"), ServerSentEvent("2")]


def test_events_in_chunks_take_their_framing_along():
    head = EVENTS + b"Transfer-Encoding: chunked\r\n\r\n"
    body = [
        b"9\r\ndata: 1\n\n\r\n",
        b"12\r\ndata: 2\n\ndata: 3\n\n\r\n",
        b"4\r\ndata\r\n",
        b"5\r\n: 4\n\n\r\n",
        b"0\r\n\r\n",
    ]

    rows = rows_of(("<", GET), *[(">", piece) for piece in [head, *body]])

    assert [(row.kind.value, row.data) for row in rows[2:]] == [
        ("event", body[0]),
        ("event", b"12\r\ndata: 2\n\n"),
        ("event", b"data: 3\n\n\r\n"),
        ("event", body[2] + body[3]),
        ("body", body[4]),
    ]
    assert [field.name for field in rows[5].fields] == [
        *["chunk size", "data", "chunk end", "chunk size", "comment", "end of event", "chunk end"],
    ]


def test_a_broken_chunk_in_an_event_stream_names_its_rule():
    head = EVENTS + b"Transfer-Encoding: chunked\r\n\r\n"

    rows = rows_of(("<", GET), (">", head + b"4\r\ndata\r\nx"))

    assert (rows[2].kind, rows[2].data) == (Kind.BODY, b"4\r\ndata\r\nx")
    assert rows[2].error is not None
    assert rows[2].error.offset == 9


def test_an_event_before_a_broken_chunk_keeps_its_row():
    head = EVENTS + b"Transfer-Encoding: chunked\r\n\r\n"

    rows = rows_of(("<", GET), (">", head + b"9\r\ndata: 1\n\n\r\nGET"))

    assert [(row.kind, row.data) for row in rows[2:4]] == [(Kind.EVENT, b"9\r\ndata: 1\n\n\r\n"), (Kind.BODY, b"G")]


def test_a_line_feed_after_the_carriage_return_of_an_empty_line_belongs_to_its_event():
    rows = rows_of(("<", GET), (">", EVENTS + b"\r\ndata: 1\r\n\r"), (">", b"\ndata: 2\r\r"), ("=", b"closed"))

    assert [row.data for row in rows[2:-1]] == [b"data: 1\r\n\r\n", b"data: 2\r\r"]


def test_an_event_without_its_empty_line_never_happens():
    counted = EVENTS + b"Content-Length: 18\r\n\r\ndata: 1\n\ndata: 2\n"

    rows = rows_of(("<", GET + GET), (">", counted + b"x" + OK))

    assert [row.kind.value for row in rows[2:]] == ["response", "event", "body", "response", "body"]
    assert rows[4].summary == "an event without its empty line: a reader ignores it"


# TLS.


def client_hello(name):
    names = b"\x00" + len(name).to_bytes(2, "big") + name
    entry = len(names).to_bytes(2, "big") + names
    extensions = b"\x00\x17\x00\x00" + b"\x00\x00" + len(entry).to_bytes(2, "big") + entry
    body = b"\x03\x03" + bytes(32) + b"\x00" + b"\x00\x02\x13\x01" + b"\x01\x00"
    body += len(extensions).to_bytes(2, "big") + extensions
    message = b"\x01" + len(body).to_bytes(3, "big") + body
    return b"\x16\x03\x01" + len(message).to_bytes(2, "big") + message


def test_tls_records_are_opaque_but_for_the_name_of_the_server():
    hello = client_hello(b"example.org")

    rows = rows_of(("<", hello), (">", b"\x16\x03\x03\x00\x02ab\x17\x03\x03\x00\x01c"), ("<", b"\x15\x03\x03\x00\x01!"))

    assert short(rows) == [
        ("<", "tls", f'TLS handshake, {len(hello) - 5} bytes, asks for "example.org"'),
        (">", "tls", "TLS handshake, 2 bytes"),
        (">", "tls", "TLS application data, 1 byte"),
        ("<", "tls", "TLS alert, 1 byte"),
    ]


def test_a_record_is_explained():
    (row,) = rows_of(("<", client_hello(b"example.org")))

    assert row.fields[0].value == "22 (handshake)"


def test_tls_on_a_plain_port_is_answered_in_plain():
    rows = rows_of(("<", client_hello(b"x")), (">", b"HTTP/1.1 400 Bad Request\r\n\r\n"))

    assert [row.kind for row in rows] == [Kind.TLS, Kind.RESPONSE]


def test_a_hello_may_ask_for_no_name():
    empty = client_hello(b"x")[:5] + b"\x01\x00\x00\x00\x03\x03" + bytes(32 + 1) + b"\x00\x00" + b"\x00" + b"\x00\x00"
    empty = empty[:3] + (len(empty) - 5).to_bytes(2, "big") + empty[5:]

    (row,) = rows_of(("<", empty))

    assert row.summary == f"TLS handshake, {len(empty) - 5} bytes"


def test_a_broken_record_in_the_middle_names_its_rule():
    rows = rows_of(("<", client_hello(b"x") + b"\x17\x02"))

    assert rows[1].error is not None
    assert (rows[1].kind, rows[1].error.offset) == (Kind.TLS, 1)


def test_a_broken_record_names_its_rule():
    row, rest = rows_of(("<", b"\x16\x03\x01\xff\xff" + bytes(9)))

    assert (row.kind, row.data, rest.kind) == (Kind.TLS, b"\x16\x03\x01\xff\xff", Kind.RAW)
    assert row.error is not None


@given(st.binary(max_size=120), st.integers(0, 120))
def test_any_hello_gives_a_name_or_none(data, cut):
    hello = bytearray(client_hello(b"example.org"))
    hello[cut : cut + len(data)] = data

    rows = rows_of(("<", b"\x16\x03\x01" + bytes(hello[3:])))

    assert all(row.summary.isprintable() for row in rows)


# Lost bytes.


def test_after_lost_bytes_frames_are_found_again_at_the_next_chunk():
    steps = [("<", UPGRADE + b"\r\n"), (">", SWITCH + b"\r\n" + HI[:2])]

    rows = rows_of(*steps, ("=", b"lost > 1234"), (">", encode_frame(Frame(0, b"x")) + HI), ("<", HELLO))

    assert short(rows)[2:] == [
        (">", "raw", "incomplete: a frame, 2 of 4 bytes"),
        (">", "gap", "not kept: 1234 bytes"),
        (">", "frame", 'continuation, the last, "x"'),
        (">", "frame", 'text "Hi"'),
        ("<", "frame", 'text "Hello"'),
    ]
    assert rows[3].offset == len(SWITCH) + 4
    assert rows[4].offset == len(SWITCH) + 4 + 1234


def test_after_lost_bytes_what_is_no_frame_is_raw_and_no_error():
    rows = rows_of(
        ("<", UPGRADE + b"\r\n"), (">", SWITCH + b"\r\n"), ("=", b"lost < 5"), ("<", b"\xff\xff"), ("<", HELLO)
    )

    assert [(row.kind, row.error) for row in rows[3:]] == [(Kind.RAW, None), (Kind.RAW, None)]


def test_after_lost_bytes_a_window_that_goes_on_is_lost_too():
    steps = [("<", UPGRADE + DEFLATE + b"\r\n"), (">", SWITCH + DEFLATE + b"\r\n"), ("=", b"lost > 5")]

    rows = rows_of(*steps, (">", encode_frame(Frame(1, b"\xf2\x00\x11\x00\x00", rsv1=True)) + HI))

    assert [row.summary for row in rows[3:]] == ["text 5 bytes: f2 00 11 00 00", 'text "Hi"']


def test_http_is_found_again_where_a_chunk_begins_with_a_head():
    rows = rows_of(("=", b"lost < 10"), ("=", b"lost > 20"), (">", OK), ("<", GET), (">", OK))

    assert [row.kind.value for row in rows] == ["gap", "gap", "response", "body", "request", "response", "body"]


def test_frames_are_found_although_the_handshake_was_lost():
    steps = [("=", b"lost < 10"), ("=", b"lost > 20"), ("<", HELLO), (">", HI), (">", b"\xc1\x01\x00")]

    rows = rows_of(*steps)

    assert [row.summary for row in rows[2:]] == ['text "Hello"', 'text "Hi"', "text 1 byte: 00"]


@pytest.mark.parametrize("rest", [b"Host: h\r\n\r\n", b"a=1&b=2", b"\x81\x05Hello"])
def test_the_rest_of_a_lost_request_is_raw(rest):
    rows = rows_of(("=", b"lost < 10"), ("<", rest))

    assert [(row.kind, row.error) for row in rows[1:]] == [(Kind.RAW, None)]


def test_a_101_tells_that_a_client_whose_bytes_were_lost_sends_frames():
    rows = rows_of(("=", b"lost < 200"), (">", SWITCH + b"\r\n"), ("<", HELLO))

    assert [row.kind.value for row in rows] == ["gap", "response", "frame"]


def test_what_waits_for_a_lost_answer_is_looked_at():
    rows = rows_of(("<", UPGRADE + b"\r\n" + HELLO), ("=", b"lost > 100"), (">", HI))

    assert [row.kind.value for row in rows] == ["request", "gap", "frame", "frame"]


@pytest.mark.parametrize("note", [b"lost", b"lost < x", b"lost ? 3", b"lost < 1 2", b"\xff\n\x1b", b""])
def test_a_note_that_is_not_understood_is_only_shown(note):
    (row,) = rows_of(("=", note))

    assert (row.kind, row.data) == (Kind.STATE, b"")
    assert row.summary.isprintable()


# Secrets.

SECRETS = [
    (b"Cookie: a=b; c=d", b"a=b; c=d"),
    (b"set-cookie:x", b"x"),
    (b"AUTHORIZATION: Bearer  y", b"Bearer  y"),
    (b"Proxy-Authorization:\t z ", b"z "),
    (b"X-XSRFToken: s3cret", b"s3cret"),
    (b"x-csrf-token: s3cret", b"s3cret"),
    (b"Referer: http://h/?token=abc#top", b"abc"),
    (b"Location: /x?a=1&access_token=abc&b=2", b"abc"),
]


@pytest.mark.parametrize(("line", "secret"), SECRETS)
def test_secret_headers_are_marked(line, secret):
    data = b"GET / HTTP/1.1\r\n" + line + b"\r\nX: y\r\n\r\n"

    (row,) = rows_of(("<", data))

    assert [row.data[start:stop] for start, stop in row.secret] == [secret]


def test_tokens_in_the_target_are_marked_and_left_out_of_the_summary():
    names = ["token", "access_token", "auth", "ticket", "_xsrf", "code"]
    target = "/?x=1&" + "&".join(f"{name}=S3CRET" for name in names) + "&tokens=no"

    (row,) = rows_of(("<", f"GET {target} HTTP/1.1\r\n\r\n".encode()))

    assert [row.data[start:stop] for start, stop in row.secret] == [b"S3CRET"] * 6
    assert "S3CRET" not in row.summary
    assert b"S3CRET" not in row.shown
    assert b"tokens=no" in row.shown


def test_secrets_are_marked_in_incomplete_and_broken_heads_too():
    for data in (
        b"GET /?token=S3CRET HTTP/1.1\r\nCookie: S3CRET; S3CRET",
        b"GET / HTTP/1.1\r\nX: \x00\r\nCookie: S3CRET; S3CRET",
        b"GET / HTTP/1.1\r\nCookie: S3CRET\x00S3CRET",
        b"GET / HTTP/1.1\r\nCookie: S3CRET\r\n S3CRET\r\n",
        b"nonsense\r\nCookie: S3CRET",
    ):
        for steps in ([data], single_bytes(data), [data[:40], data[40:]]):
            rows = rows_of(*[("<", piece) for piece in steps])
            shown = b"".join(row.shown for row in rows)
            assert b"S3CRET" not in shown, (data, shown)
            assert not any("S3CRET" in row.summary for row in rows)
            assert len(shown) == len(data)


def test_a_token_inside_a_cookie_is_one_secret():
    (row,) = rows_of(("<", b"GET / HTTP/1.1\r\nCookie: a=?token=b; c\r\n\r\n"))

    assert [row.data[start:stop] for start, stop in row.secret] == [b"a=?token=b; c"]


def test_the_rest_of_a_line_is_not_hidden():
    (row,) = rows_of(("<", b"GET /?token=a HTTP/1.1\r\nCookie: b\r\nX: y\r\n\r\n"))

    assert row.shown == b"GET /?token=x HTTP/1.1\r\nCookie: x\r\nX: y\r\n\r\n"


# What holds for any bytes.

atoms = st.sampled_from(
    [
        GET,
        UPGRADE + b"\r\n",
        UPGRADE + DEFLATE + b"\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
        OK,
        SWITCH + b"\r\n",
        SWITCH + DEFLATE + b"\r\n",
        CHUNKED + b"2\r\nhi\r\n0\r\n\r\n",
        EVENTS + b"\r\ndata: 1\r\n\r\n",
        EVENTS + b"Transfer-Encoding: chunked\r\n\r\n",
        b"9\r\ndata: 1\n\n\r\n",
        b"a\r\ndata: 1\r\n\r\r\n",
        b"a\r\n\ndata: 2\n\n\r\n",
        b"0\r\n\r\n",
        encode_event(ServerSentEvent("x", id="1")),
        HELLO,
        HI,
        encode_frame(Frame(1, b"\xf2H\xcd\xc9\xc9\x07\x00", rsv1=True)),
        encode_frame(Frame(1, b"Hel", fin=False, mask=KEY)),
        encode_frame(Frame(0, b"lo", mask=KEY)),
        encode_frame(Frame(8, encode_close(1000, "bye"))),
        client_hello(b"h"),
        b"\x17\x03\x03\x00\x01x",
        b"Cookie: secret\r\n",
        b"\r",
    ]
)
stream = st.lists(atoms | st.binary(max_size=6), max_size=5).map(b"".join)
starts = st.sampled_from([(b"", b""), (UPGRADE + b"\r\n", SWITCH + b"\r\n"), (GET, EVENTS + b"\r\n")])


def merged(rows):
    """Return the rows without what depends on the chunks; bytes that are not explained are joined."""
    found = []
    for row in rows:
        if row.kind is Kind.RAW and found and found[-1][0] is Kind.RAW:
            found[-1] = (Kind.RAW, found[-1][1] + row.data, *found[-1][2:])
        else:
            error = row.error and (row.error.rule, row.error.offset, row.error.code)
            summary = "" if row.kind is Kind.RAW else row.summary
            found.append((row.kind, row.data, row.offset, summary, row.fields, row.value, error))
    return found


def per_direction(rows):
    return {direction: merged(row for row in rows if row.direction == direction) for direction in "<>"}


@given(st.data(), starts, stream, stream)
def test_any_split_of_any_bytes_gives_the_same_rows(data, start, client, server):
    client, server = start[0] + client, start[1] + server

    expected = per_direction(rows_of(("<", client), (">", server), ("=", b"closed")))

    for cut in (lambda piece: data.draw(splits(piece)), single_bytes):
        steps = [("<", piece) for piece in cut(client)] + [(">", piece) for piece in cut(server)]
        assert per_direction(rows_of(*steps, ("=", b"closed"))) == expected


note = st.sampled_from([b"lost < 10", b"lost > 3", b"eof", b"closed", b"reset", b"open x", b"\xff"])
steps = st.lists(
    st.tuples(st.sampled_from("<>"), stream) | st.tuples(st.just("="), note | st.binary(max_size=5)), max_size=8
)


@settings(max_examples=200)
@given(starts, steps, st.sampled_from("<>"))
def test_any_bytes_give_rows_that_hold_them_all(start, more, client):
    server = ">" if client == "<" else "<"
    everything = [(client, start[0]), (server, start[1]), *more]

    rows = rows_of(*everything, client=client)

    for direction in "<>":
        own = [row for row in rows if row.direction == direction]
        assert b"".join(row.data for row in own) == b"".join(data for side, data in everything if side == direction)
        assert [row.offset for row in own] == sorted(row.offset for row in own)
        assert [row.first_chunk for row in own if row.data] == sorted(row.first_chunk for row in own if row.data)
    for row in rows:
        assert row.summary.isprintable()
        assert 0 < len(row.summary) <= 100 or row.kind is Kind.STATE
        assert row.first_chunk <= row.last_chunk
        assert all(0 <= a < b <= len(row.data) for a, b in row.secret)
        assert row.error is None or 0 <= row.error.offset < len(row.data)
        if row.kind not in (Kind.RAW, Kind.STATE, Kind.GAP) and row.error is None:
            assert_covered(row.fields, len(row.data))


def test_a_long_frame_in_single_bytes_is_one_row():
    size = 1 << 16
    conversation = Conversation(1)
    conversation.feed(Chunk(0.0, "<", 1, UPGRADE + b"\r\n"))
    conversation.feed(Chunk(0.0, ">", 1, SWITCH + b"\r\n"))

    rows = [
        row
        for piece in single_bytes(encode_frame(Frame(1, b"a" * size, mask=KEY)))
        for row in conversation.feed(Chunk(1.0, "<", 1, piece))
    ]

    assert [(row.first_chunk, row.last_chunk) for row in rows] == [(1, size + 14)]


def test_connections_are_kept_apart():
    rows = decode([Chunk(0.0, "<", 1, GET[:9]), Chunk(1.0, "<", 2, GET), Chunk(2.0, "<", 1, GET[9:])])

    assert [(row.connection, row.kind.value) for row in rows] == [(2, "request"), (1, "request")]


BAD_FRAMES = json.loads((Path(__file__).parents[1] / "data" / "bad_frames.json").read_text("utf-8"))


@pytest.mark.parametrize("case", BAD_FRAMES, ids=[case["id"] for case in BAD_FRAMES])
def test_the_known_bad_frames_are_named(case):
    rows = rows_of(("<", UPGRADE + b"\r\n"), (">", SWITCH + b"\r\n"), ("<", bytes.fromhex(case["hex"])))

    codes = [row.error.code for row in rows if row.error]
    assert codes == ([int(case["expect"][6:10])] if case["expect"] in ("close(1002)", "close(1007)") else [])
