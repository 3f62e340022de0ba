"""Which bytes of a row belong to HTTP, to WebSocket, and to the application."""

import pytest

from livesock.trace.conversation import decode
from livesock.trace.layers import Layers, layers_of
from livesock.trace.rows import Kind
from livesock.wire.frame import Frame, Opcode, encode_frame
from tests.trace.recordings import HELLO, REQUEST, RESPONSE, chunks_of

GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
PING = encode_frame(Frame(Opcode.PING, b"abc"))
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"


def layers(*parts):
    """Return the layers of each row that has bytes, by its kind."""
    return [(row.kind, layers_of(row)) for row in decode(chunks_of(*parts)) if row.data]


def test_heads_are_http_and_a_body_is_what_the_application_said():
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"

    assert layers(("<", GET), (">", answer + b"hello")) == [
        (Kind.REQUEST, Layers(http=len(GET))),
        (Kind.RESPONSE, Layers(http=len(answer))),
        (Kind.BODY, Layers(application=5)),
    ]


def test_what_cuts_a_body_into_chunks_is_http():
    stream = b"5\r\nhello\r\n0\r\nX: y\r\n\r\n"

    assert layers(("<", GET), (">", CHUNKED + b"\r\n" + stream))[2:] == [
        (Kind.BODY, Layers(http=5, application=5)),
        (Kind.BODY, Layers(http=11)),
    ]


def test_what_cuts_an_event_stream_into_chunks_is_http():
    head = CHUNKED + b"Content-Type: text/event-stream\r\n\r\n"

    assert layers(("<", GET), (">", head + b"9\r\ndata: a\n\n\r\n0\r\n\r\n"))[2:] == [
        (Kind.EVENT, Layers(http=5, application=9)),
        (Kind.BODY, Layers(http=5)),
    ]


def test_headers_keys_and_control_frames_are_websocket():
    assert layers(("<", REQUEST), (">", RESPONSE), (">", HELLO + PING))[2:] == [
        (Kind.FRAME, Layers(websocket=len(HELLO) - 5, application=5)),
        (Kind.FRAME, Layers(websocket=len(PING))),
    ]


@pytest.mark.parametrize("data", [b"\x00no protocol", b"\x16\x03\x01\x00\x01x"])
def test_the_rest_belongs_to_no_layer(data):
    assert [layer for _, layer in layers(("<", data))] == [Layers(other=len(data))]


def test_layers_add_up():
    assert Layers(1, 2, 3, 4).plus(Layers(application=5)) == Layers(1, 2, 8, 4)
