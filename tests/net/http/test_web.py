"""What an HTTP handler gets and gives."""

from __future__ import annotations

import pytest

from livesock.net.http.web import HttpRequest, Response, encode_part, stream_type, to_response
from livesock.wire.sse import ServerSentEvent


@pytest.mark.parametrize(
    ("result", "body", "media"),
    [
        ("é", "é".encode(), "text/plain; charset=utf-8"),
        (b"\x00\x01", b"\x00\x01", "application/octet-stream"),
        (bytearray(b"x"), b"x", "application/octet-stream"),
        ({"a": "é"}, '{"a": "é"}'.encode(), "application/json"),
        ([], b"[]", "application/json"),
        (Response("<p>", type="text/html"), b"<p>", "text/html; charset=utf-8"),
        (Response({}, type="application/problem+json"), b"{}", "application/problem+json"),
    ],
)
def test_what_a_handler_returns_becomes_body_and_type(result, body, media):
    response = to_response(result)
    assert (response.payload(), response.media_type()) == (body, media)


def test_nothing_becomes_204():
    assert to_response(None).status == 204


@pytest.mark.parametrize("result", [42, object(), {1, 2}, (1, 2)])
def test_anything_else_is_refused_with_what_is_allowed(result):
    with pytest.raises(TypeError, match=f"not {type(result).__name__}"):
        to_response(result)


def test_json_without_a_json_form_is_refused():
    with pytest.raises(ValueError):
        Response({"price": float("nan")}).payload()


def test_a_stream_is_recognised_by_its_first_part():
    assert stream_type(ServerSentEvent("x")) == "text/event-stream"
    assert stream_type("x").startswith("text/plain")
    assert stream_type(b"x") == "application/octet-stream"


def test_a_part_of_a_stream_that_is_neither_text_nor_bytes_is_refused():
    assert encode_part("é") == "é".encode()
    with pytest.raises(TypeError, match="not int"):
        encode_part(7)


def test_a_request_gives_path_query_text_and_json():
    request = HttpRequest("POST", "/a%20b?x=1&x=2&y=", {}, b'{"n": 1}')
    assert (request.path, request.query, request.text, request.json()) == (
        "/a b",
        {"x": "2", "y": ""},
        '{"n": 1}',
        {"n": 1},
    )
