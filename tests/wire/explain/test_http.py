"""What the parts of HTTP heads and chunks mean."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livesock.errors import PacketError
from livesock.wire.explain.http import explain_body, explain_chunk, explain_head
from livesock.wire.http import (
    decode_chunk,
)
from tests.wire.splits import assert_covered

REQUEST = b"GET /echo?x=1 HTTP/1.1\r\nHost: 127.0.0.1:8765\r\nAccept: text/html\r\naccept:  */* \r\n\r\n"

RESPONSE = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"

head_bytes = st.lists(
    st.sampled_from(
        [b"GET", b" ", b"/", b"HTTP/1.1", b"\r\n", b"\r", b"\n", b"Host", b":", b"x", b"200", b"OK", b"\xff", b"\t"]
    ),
    max_size=30,
).map(b"".join)
any_head = st.binary(max_size=60) | head_bytes | head_bytes.map(lambda rest: REQUEST[:-2] + rest)

chunk_bytes = st.lists(
    st.sampled_from([b"5", b"\r\n", b"hello", b"0", b";x", b"a", b"\r", b"\n", b"X: y", b" "]), max_size=20
).map(b"".join)


def test_every_part_of_a_request_has_its_bytes():
    fields = explain_head(REQUEST)

    cut = [(field.name, field.value, REQUEST[field.first_byte : field.end_byte]) for field in fields]
    assert cut == [
        ("method", "GET", b"GET "),
        ("target", "/echo?x=1", b"/echo?x=1 "),
        ("version", "HTTP/1.1", b"HTTP/1.1\r\n"),
        ("Host", "127.0.0.1:8765", b"Host: 127.0.0.1:8765\r\n"),
        ("Accept", "text/html", b"Accept: text/html\r\n"),
        ("accept", "*/*", b"accept:  */* \r\n"),
        ("end of head", "", b"\r\n"),
    ]


def test_every_part_of_a_response_has_its_bytes():
    fields = explain_head(RESPONSE)

    assert [(field.name, field.value) for field in fields] == [
        ("version", "HTTP/1.1"),
        ("status", "404"),
        ("reason", "Not Found"),
        ("Content-Length", "0"),
        ("end of head", ""),
    ]
    assert fields[1].meaning == "There is nothing at this target."


@given(any_head)
def test_the_fields_cover_a_head_as_far_as_it_goes(data):
    end = data.find(b"\r\n\r\n")
    size = len(data) if end < 0 else end + 4

    assert_covered(explain_head(data[:size]), size)


def test_every_part_of_a_chunk_has_its_bytes():
    fields = explain_chunk(b"5\r\nhello\r\n")
    assert [(field.name, field.value) for field in fields] == [
        ("chunk size", "5"),
        ("chunk data", '"hello"'),
        ("chunk end", ""),
    ]
    assert [field.name for field in explain_chunk(b"0\r\nX-Sum: 7\r\n\r\n")] == ["chunk size", "X-Sum", "end of body"]


def test_only_a_whole_chunk_can_be_explained():
    for data in (b"5\r\nhel", b"5\r\nhello\r\nmore"):
        with pytest.raises(PacketError):
            explain_chunk(data)


@given(chunk_bytes | st.binary(max_size=30))
def test_any_bytes_give_a_chunk_whose_fields_cover_it_or_one_packet_error(data):
    try:
        chunk = decode_chunk(data)
    except PacketError as exc:
        assert 0 <= exc.offset < len(data)
    else:
        if chunk is not None:
            assert_covered(explain_chunk(data[: chunk.end]), chunk.end)


def test_a_line_that_is_not_a_header_says_so():
    fields = explain_head(b"GET / HTTP/1.1\r\n: x\r\nnonsense\r\n\r\n")

    assert [(field.name, field.value) for field in fields[3:]] == [
        ("line", ": x"),
        ("line", "nonsense"),
        ("end of head", ""),
    ]


def test_a_body_in_one_piece_is_one_field():
    (field,) = explain_body(b"hello")

    assert (field.name, field.value, field.start, field.stop) == ("body", '"hello"', 0, 40)
