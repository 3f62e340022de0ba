"""What a peer sends to be let in, and tokens among the names of subprotocols: shown nowhere, however they are cut."""

from __future__ import annotations

import pytest

from livesock.trace.conversation import decode
from livesock.trace.rows import Chunk, Row
from livesock.trace.show.text import explain
from livesock.wire.frame import Frame, Opcode, encode_frame

POST = b"POST /socket.io/?EIO=4&transport=polling&sid=S HTTP/1.1\r\nHost: x\r\n"
UPGRADE = (
    b"GET /socket.io/?EIO=4&transport=websocket&sid=S HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n"
    b"Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
SWITCH = (
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"
)


def rows_of(*parts: tuple[str, bytes]) -> list[Row]:
    return decode([Chunk(0.0, direction, 1, data) for direction, data in parts])


def shown(rows: list[Row]) -> str:
    return "\n".join(row.summary + row.shown.decode("utf-8", "replace") + explain(row) for row in rows)


@pytest.mark.parametrize(
    "payload",
    [
        b'40\x1e40/p,{"token":"S3CRET"}',
        b'43\x1e42["x"]\x1e40/p,{"token":"S3CRET"}\x1e3',
        b'40{"a":"S3CRET"}\x1e40/q,{"b":"S3CRET"}',
        b'2\x1e40{"a":"\xff S3CRET"}',
        'é\x1e40/ü,{"a":"S3CRET"}'.encode(),
    ],
)
@pytest.mark.parametrize("how", ["whole", "chunked", "broken off"])
def test_what_is_sent_to_be_let_in_is_hidden_anywhere_in_a_poll(payload: bytes, how: str) -> None:
    if how == "whole":
        parts = [POST + b"Content-Length: %d\r\n\r\n%s" % (len(payload), payload)]
    elif how == "chunked":
        half = payload.index(b"S3C") + 3
        pieces = (payload[:half], payload[half:], b"")
        parts = [POST + b"Transfer-Encoding: chunked\r\n\r\n", *(b"%x\r\n%s\r\n" % (len(p), p) for p in pieces)]
    else:
        parts = [POST + b"Content-Length: 500\r\n\r\n" + payload]
    rows = rows_of(*(("<", part) for part in parts), ("=", b"closed"))

    assert "S3CRET" not in shown(rows) and "S3C" not in shown(rows)


def test_what_stands_beside_it_is_shown() -> None:
    payload = b'42["news",1]\x1e40/p,{"token":"S3CRET"}\x1e42["after",2]'
    rows = rows_of(("<", POST + b"Content-Length: %d\r\n\r\n%s" % (len(payload), payload)))

    assert b'42["news",1]\x1e40/p,' in rows[-1].shown and b'42["after",2]' in rows[-1].shown


@pytest.mark.parametrize("cut", range(1, 24))
def test_it_is_hidden_in_the_parts_of_a_message(cut: int) -> None:
    message = b'40/p,{"token":"S3CRET"}'
    frames = [(Opcode.TEXT, message[:cut], False), (Opcode.CONTINUATION, message[cut:], True)]
    parts = [("<", encode_frame(Frame(code, data, fin=fin, mask=bytes(4)))) for code, data, fin in frames]
    rows = rows_of(("<", UPGRADE), (">", SWITCH), *parts)

    assert "S3" not in shown(rows[2:]) and "ET" not in shown(rows[2:])


def test_the_parts_of_another_message_are_shown() -> None:
    frames = [(Opcode.TEXT, b'42["ne', False), (Opcode.CONTINUATION, b'ws"]', True)]
    parts = [("<", encode_frame(Frame(code, data, fin=fin, mask=bytes(4)))) for code, data, fin in frames]

    assert '42["ne' in shown(rows_of(("<", UPGRADE), (">", SWITCH), *parts))


@pytest.mark.parametrize(
    "names",
    [
        "chat",
        "chat, superchat",
        "graphql-transport-ws",
        "graphql-ws",
        "v10.stomp, v11.stomp",
        "wamp.2.json",
        "mqtt",
        "mqttv3.1",
        "ocpp1.6",
        "actioncable-v1-json, actioncable-unsupported",
        "v1.kernel.websocket.jupyter.org",
        "soap",
        "binary,base64",
    ],
)
def test_the_names_of_subprotocols_are_shown(names: str) -> None:
    (row,) = rows_of(("<", f"GET / HTTP/1.1\r\nSec-WebSocket-Protocol: {names}\r\n\r\n".encode()))

    assert f"Sec-WebSocket-Protocol: {names}\r\n".encode() in row.shown


@pytest.mark.parametrize(
    "names",
    [
        "S3CRET-sub",
        "chat, S3CRET9abc",
        "bearer, S3CRET",
        "access_token, secret, chat",
        "base64url.bearer.authorization.k8s.io.S3CRETabcDEF",
        "eyJhbGciOiJIUzI1NiJ9.S3CRET.S3CRET",
        "auth,S3CRET",
        "00S3CRET00",
    ],
)
def test_a_token_among_them_is_not(names: str) -> None:
    rows = rows_of(("<", f"GET / HTTP/1.1\r\nHost: x\r\nSec-WebSocket-Protocol: {names}\r\n\r\n".encode()))

    assert "S3CRET" not in shown(rows) and "secret" not in shown(rows)


def test_a_token_is_hidden_wherever_the_head_is_cut() -> None:
    head = b"GET / HTTP/1.1\r\nSec-WebSocket-Protocol: chat, S3CRETS3CRETtoken99\r\nBro\x00ken\r\n\r\n"
    begin = head.index(b"S3CRET")
    for cut in range(1, len(head)):
        rows = rows_of(("<", head[:cut]), ("<", head[cut:]), ("=", b"closed"))
        text = b"".join(row.shown for row in rows)
        assert text[begin : begin + 19].strip(b"x") == b"", (cut, text)
