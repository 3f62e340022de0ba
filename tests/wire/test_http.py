"""Heads of requests and responses, and how bodies end."""

import h11
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from livesock.errors import PacketError
from livesock.wire.http import (
    BodyReader,
    Framing,
    HeadReader,
    RequestHead,
    ResponseHead,
    body_framing,
    decode_chunk,
    parse_request,
    parse_response,
)
from tests.wire.splits import single_bytes, splits

REQUEST = b"GET /echo?x=1 HTTP/1.1\r\nHost: 127.0.0.1:8765\r\nAccept: text/html\r\naccept:  */* \r\n\r\n"
RESPONSE = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"


# Heads.


def test_a_request_head_is_its_line_and_its_headers():
    head, end = parse_request(REQUEST + b"body")

    assert (head.method, head.target, head.version) == ("GET", "/echo?x=1", "HTTP/1.1")
    assert head.headers == (("Host", "127.0.0.1:8765"), ("Accept", "text/html"), ("accept", "*/*"))
    assert end == len(REQUEST)


def test_a_response_head_is_its_line_and_its_headers():
    head, end = parse_response(RESPONSE)

    assert (head.version, head.status, head.reason) == ("HTTP/1.1", 404, "Not Found")
    assert head.headers == (("Content-Length", "0"),)
    assert end == len(RESPONSE)
    assert parse_response(b"HTTP/1.1 200 \r\n\r\n")[0].reason == ""


def test_several_headers_of_one_name_are_joined():
    head, _ = parse_request(REQUEST)

    assert head.get("ACCEPT") == "text/html, */*"
    assert head.get_all("accept") == ["text/html", "*/*"]
    assert head.get("Cookie") is None
    assert head.has_word("Accept", "TEXT/HTML")
    assert not head.has_word("Accept", "text")


def test_a_value_may_hold_a_colon_and_be_empty():
    head, _ = parse_request(b"GET / HTTP/1.1\r\nHost:a:80\r\nX:\r\nY: \t \r\n\r\n")

    assert head.headers == (("Host", "a:80"), ("X", ""), ("Y", ""))


def test_a_head_without_its_empty_line_is_incomplete():
    assert all(parse_request(REQUEST[:size]) is None for size in range(len(REQUEST)))
    assert all(parse_response(RESPONSE[:size]) is None for size in range(len(RESPONSE)))


BROKEN_REQUESTS = [
    (b"\r\n", 0, "empty"),
    (b"\x16\x03", 0, "0x16"),
    (b"\x81", 0, "0x81"),
    (b" GET / HTTP/1.1\r\n", 0, "method"),
    (b"G@T / HTTP/1.1\r\n", 1, "method"),
    (b"GET\r\n", 3, "1 parts"),
    (b"GET /\r\n", 5, "2 parts"),
    (b"GET  HTTP/1.1\r\n", 4, "3 parts"),
    (b"GET / HTTP/1.1 \r\n", 15, "4 parts"),
    (b"GET /a b HTTP/1.1\r\n", 9, "4 parts"),
    (b"GET / HTTP/2.0\r\n", 6, "HTTP/2.0"),
    (b"GET / http/1.1\r\n", 6, "http/1.1"),
    (b"GET / HTTP/1.1\n", 14, "no CR"),
    (b"GET / HTTP/1.1\rX", 14, "no LF"),
    (b"GET /\xc3\xa9 HTTP/1.1\r\n", 5, "0xc3"),
    (b"GET / HTTP/1.1\r\nHost: x\n", 23, "no CR"),
    (b"GET / HTTP/1.1\r\nHost: x\rX: y", 23, "no LF"),
    (b"GET / HTTP/1.1\r\nHost: a\0", 23, "0x00"),
    (b"GET / HTTP/1.1\r\nHost x\r\n", 20, "blank"),
    (b"GET / HTTP/1.1\r\nHost : x\r\n", 20, "blank"),
    (b"GET / HTTP/1.1\r\nHost\r\n", 20, "colon"),
    (b"GET / HTTP/1.1\r\n: x\r\n", 16, "colon"),
    (b"GET / HTTP/1.1\r\nH\xc3st: x\r\n", 17, "colon"),
    (b"GET / HTTP/1.1\r\nX: a\r\n b\r\n", 22, "next line"),
    (b"GET / HTTP/1.1\r\nX: " + b"a" * (1 << 18), 1 << 18, "at most"),
]

BROKEN_RESPONSES = [
    (b"G", 0, "begins with HTTP/1.1"),
    (b"HTTP/2", 5, "begins with HTTP/1.1"),
    (b"HTTP/1.x 200 OK\r\n", 0, "version"),
    (b"HTTP/1.1 2000 OK\r\n", 9, "three digits"),
    (b"HTTP/1.1 200\r\n", 9, "three digits"),
    (b"HTTP/1.1\r\n", 8, "three digits"),
    (b"HTTP/1.1 abc OK\r\n", 9, "three digits"),
]


@pytest.mark.parametrize(("data", "offset", "words"), BROKEN_REQUESTS)
def test_a_broken_request_says_what_is_wrong_and_where(data, offset, words):
    with pytest.raises(PacketError, match=words) as caught:
        parse_request(data)

    assert caught.value.offset == offset
    assert caught.value.section.startswith("RFC 9112, ")
    assert caught.value.code is None


@pytest.mark.parametrize(("data", "offset", "words"), BROKEN_RESPONSES)
def test_a_broken_response_says_what_is_wrong_and_where(data, offset, words):
    with pytest.raises(PacketError, match=words) as caught:
        parse_response(data)

    assert caught.value.offset == offset


def read_head(pieces, from_client):
    reader, data = HeadReader(from_client), bytearray()
    for piece in pieces:
        data += piece
        try:
            found = reader.read(data)
        except PacketError as exc:
            return (exc.rule, exc.section, exc.offset)
        if found is not None:
            return found
    return None


head_bytes = st.lists(
    st.sampled_from(
        [b"GET", b" ", b"/", b"HTTP/1.1", b"\r\n", b"\r", b"\n", b"Host", b":", b"x", b"200", b"OK", b"\xff", b"\t"]
    ),
    max_size=30,
).map(b"".join)
any_head = st.binary(max_size=60) | head_bytes | head_bytes.map(lambda rest: REQUEST[:-2] + rest)


@given(st.data(), any_head | head_bytes.map(lambda rest: RESPONSE[:-2] + rest), st.booleans())
def test_any_split_of_any_bytes_gives_the_same_head_or_error(data, stream, from_client):
    whole = read_head([stream], from_client)

    assert read_head(data.draw(splits(stream)), from_client) == whole
    assert read_head(single_bytes(stream), from_client) == whole


def test_a_long_head_may_come_byte_by_byte():
    data = REQUEST[:-2] + b"X: " + b"a" * 100_000 + b"\r\n\r\n"

    assert read_head(single_bytes(data), True) == read_head([data], True)


# h11 as an independent witness.

TOKENS = st.text("!#$%&'*+-.^_`|~09azAZ", min_size=1, max_size=8)
VALUES = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), max_size=12)
HEADERS = st.lists(st.tuples(TOKENS, VALUES), max_size=5)


def is_framing(name):
    return name.lower() in ("host", "content-length", "transfer-encoding", "connection", "expect")


@given(TOKENS, st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1), HEADERS)
def test_we_read_the_requests_that_h11_writes(method, target, headers):
    assume(method != "CONNECT" and not any(is_framing(name) for name, _ in headers))
    client = h11.Connection(h11.CLIENT)
    data = client.send(h11.Request(method=method, target=target, headers=[("Host", "x"), *headers]))

    head, end = parse_request(data)

    assert (head.method, head.target) == (method, target)
    assert head.headers == (("Host", "x"), *headers)
    assert end == len(data)


def ask_h11(data):
    """Return what h11, as a server, makes of a request head: a request, None while incomplete, or the error."""
    server = h11.Connection(h11.SERVER)
    server.receive_data(data)
    try:
        event = server.next_event()
    except h11.RemoteProtocolError as exc:
        return exc
    return event if isinstance(event, h11.Request) else None


ODD_LINES = [
    b"X:",
    b"X: \t y \t",
    b"Content-Length: 0",
    b"Content-Length: 007",
    b"transfer-encoding:CHUNKED",
    b"X: \xe9\xff",
]
ODD_LINES += [
    b"X : y",
    b"X",
    b"X: y\r\n z",
    b"Content-Length: 1, 1",
    b"Content-Length: +1",
    b": y",
    b"X: \x01",
    b"X: y\n",
]


@given(
    st.sampled_from([b"GET", b"G!", b"get"]), st.lists(st.sampled_from(ODD_LINES) | st.binary(max_size=8), max_size=3)
)
def test_h11_accepts_every_request_that_we_accept(method, lines):
    data = method + b" /x HTTP/1.1\r\n" + b"".join(line + b"\r\n" for line in [b"Host: x", *lines]) + b"\r\n"

    theirs = ask_h11(data)

    try:
        head, _ = parse_request(data)
        body_framing(head)
    except PacketError:
        return  # we may be stricter
    assert isinstance(theirs, h11.Request), theirs
    assert (theirs.method.decode(), theirs.target.decode()) == (head.method, head.target)
    ours = [(name.lower(), value) for name, value in head.headers]
    assert [(name.decode(), value.decode("latin-1").lower()) for name, value in theirs.headers] == [
        (name, value.lower()) for name, value in ours
    ]


@given(st.integers(200, 599), st.text("abc XYZ", max_size=10), HEADERS)
def test_we_read_the_responses_that_h11_writes(status, reason, headers):
    assume(not any(is_framing(name) for name, _ in headers))
    server = h11.Connection(h11.SERVER)
    server.receive_data(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    server.next_event()
    data = server.send(h11.Response(status_code=status, reason=reason, headers=[("Content-Length", "0"), *headers]))

    head, end = parse_response(data)

    assert (head.status, head.reason) == (status, reason)
    assert [item for item in head.headers if not is_framing(item[0])] == headers
    assert end == len(data)


# Heads, taken apart.


# Bodies.


def framing_of(data, method="GET"):
    if data.startswith(b"HTTP/"):
        return body_framing(parse_response(data)[0], method)
    return body_framing(parse_request(data)[0])


@pytest.mark.parametrize(
    ("head", "framing"),
    [
        (b"GET / HTTP/1.1\r\n\r\n", 0),
        (b"POST / HTTP/1.1\r\nContent-Length: 12\r\n\r\n", 12),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: Chunked\r\n\r\n", Framing.CHUNKED),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", Framing.CHUNKED),
        (b"HTTP/1.1 200 OK\r\n\r\n", Framing.UNTIL_CLOSE),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n", 3),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", Framing.CHUNKED),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", Framing.UNTIL_CLOSE),
        (b"HTTP/1.1 204 No Content\r\nContent-Length: 3\r\n\r\n", 0),
        (b"HTTP/1.1 304 Not Modified\r\nContent-Length: 3\r\n\r\n", 0),
        (b"HTTP/1.1 100 Continue\r\n\r\n", 0),
        (b"HTTP/1.1 101 Switching Protocols\r\n\r\n", 0),
    ],
)
def test_the_head_says_how_the_body_ends(head, framing):
    assert framing_of(head) == framing


def test_the_answer_to_head_has_no_body():
    assert framing_of(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n", "HEAD") == 0


@pytest.mark.parametrize(
    "lines",
    [
        b"Content-Length: abc",
        b"Content-Length: -1",
        b"Content-Length: +5",
        b"Content-Length: 0x10",
        b"Content-Length: 5, 5",
        b"Content-Length: " + b"9" * 5000,
        b"Content-Length:",
        b"Content-Length: 5\r\nContent-Length: 5",
        b"Content-Length: 5\r\nTransfer-Encoding: chunked",
        b"Transfer-Encoding: gzip",
        b"Transfer-Encoding: chunked, gzip",
        b"Transfer-Encoding: chunked, chunked",
    ],
)
def test_a_body_whose_end_could_be_read_in_two_ways_is_refused(lines):
    with pytest.raises(PacketError) as caught:
        framing_of(b"POST / HTTP/1.1\r\n" + lines + b"\r\n\r\n")

    assert caught.value.section == "RFC 9112, 6.3"


def test_http_1_0_knows_no_chunks():
    with pytest.raises(PacketError, match=r"HTTP/1\.0"):
        framing_of(b"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n")


CHUNKED = b"5\r\nhello\r\n1;why=not\r\n!\r\n00\r\nX-Sum: 7\r\n\r\n"


def test_a_chunked_body_is_its_chunks_without_their_sizes():
    reader = BodyReader(Framing.CHUNKED)

    assert reader.feed(CHUNKED + b"next") == b"hello!"
    assert reader.is_done
    assert reader.trailers == (("X-Sum", "7"),)
    assert reader.rest == b"next"


def test_a_counted_body_is_handed_out_as_it_comes():
    reader = BodyReader(5)

    assert [reader.feed(b"hel"), reader.feed(b"lo next")] == [b"hel", b"lo"]
    assert (reader.is_done, reader.rest) == (True, b" next")


def test_a_body_until_close_is_never_done():
    reader = BodyReader(Framing.UNTIL_CLOSE)

    assert reader.feed(b"all of it") == b"all of it"
    assert not reader.is_done


def test_no_body_is_done_at_once():
    assert BodyReader(0).is_done


@pytest.mark.parametrize(
    ("data", "offset"),
    [
        (b"x", 0),
        (b"\r", 0),
        (b"-1\r\n", 0),
        (b"5 \r\n", 1),
        (b"5\n", 1),
        (b"5\rX", 2),
        (b"5;\x00", 2),
        (b"11111111111111111", 16),
        (b"5;" + b"a" * 2000, 1024),
        (b"5\r\nhelloX", 8),
        (b"5\r\nhello\rX", 9),
        (b"0\r\nX\r\n", 4),
        (b"0\r\n\n", 3),
        (b"0\r\nX: " + b"a" * 20_000, 3 + 16 * 1024 - 1),
    ],
)
def test_a_broken_chunk_is_refused_at_its_first_impossible_byte(data, offset):
    with pytest.raises(PacketError) as caught:
        decode_chunk(data)
    assert caught.value.offset == offset
    assert decode_chunk(data[:offset]) is None


def test_an_announced_chunk_needs_no_memory():
    assert decode_chunk(b"ffffffffffffffff\r\n" + bytes(100)) is None


chunk_bytes = st.lists(
    st.sampled_from([b"5", b"\r\n", b"hello", b"0", b";x", b"a", b"\r", b"\n", b"X: y", b" "]), max_size=20
).map(b"".join)


def read_body(pieces, framing):
    reader, content = BodyReader(framing), b""
    for piece in pieces:
        try:
            content += reader.feed(piece)
        except PacketError as exc:
            return content, exc.rule
    return content, reader.is_done, bytes(reader.rest), reader.trailers


@given(st.data(), chunk_bytes | st.just(CHUNKED + b"x"), st.sampled_from([0, 3, *Framing]))
def test_any_split_of_a_body_gives_the_same_content(data, stream, framing):
    whole = read_body([stream], framing)
    assume(len(whole) == 4)

    assert read_body(data.draw(splits(stream)), framing) == whole
    assert read_body(single_bytes(stream), framing) == whole


@given(st.lists(st.binary(min_size=1, max_size=20), max_size=5))
def test_we_read_the_chunks_that_h11_writes(pieces):
    client = h11.Connection(h11.CLIENT)
    client.send(h11.Request(method="POST", target="/", headers=[("Host", "x"), ("Transfer-Encoding", "chunked")]))
    data = b"".join(client.send(h11.Data(data=piece)) for piece in pieces) + client.send(h11.EndOfMessage())

    assert read_body([data], Framing.CHUNKED) == (b"".join(pieces), True, b"", ())


def h11_body(data):
    server = h11.Connection(h11.SERVER)
    server.receive_data(b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + data)
    server.next_event()
    content = b""
    while True:
        event = server.next_event()
        if isinstance(event, h11.Data):
            content += event.data
        elif isinstance(event, h11.EndOfMessage):
            return content, tuple((name.decode(), value.decode()) for name, value in event.headers)
        else:
            return None


ENDINGS = [b"0\r\n\r\n", b"000\r\n\r\n", b"0;x=y\r\n\r\n", b"0\r\nX: y\r\n\r\n", b"0\r\nX:\r\nY: \t z \r\n\r\n"]
CHUNKS = [b"1\r\na\r\n", b"5\r\nhello\r\n", b"a;x\r\n0123456789\r\n", b"01\r\n\r\r\n", b'2;\t"q"\r\n\r\n\r\n']


@given(st.lists(st.sampled_from(CHUNKS), max_size=4).map(b"".join), st.sampled_from(ENDINGS))
def test_h11_reads_the_chunked_bodies_that_we_read_in_the_same_way(chunks, ending):
    content, is_done, rest, trailers = read_body([chunks + ending], Framing.CHUNKED)

    assert (is_done, rest) == (True, b"")
    assert h11_body(chunks + ending) == (content, tuple((name.lower(), value) for name, value in trailers))


def test_heads_are_values():
    assert parse_request(REQUEST)[0] == parse_request(REQUEST)[0]
    assert isinstance(parse_request(REQUEST)[0], RequestHead)
    assert isinstance(parse_response(RESPONSE)[0], ResponseHead)
