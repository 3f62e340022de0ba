"""What a peer sends to be let in, and tokens among the names of subprotocols: shown nowhere, however they are cut."""

from __future__ import annotations

import pytest

from livesock.trace.conversation import decode
from livesock.trace.rows import Chunk, Row
from livesock.trace.secretfinder import fields
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


NAMES_OF_HEADERS = [
    "Api-Key",
    "ApiKey",
    "X-Auth-Token",
    "X-Access-Token",
    "X-Token",
    "Token",
    "X-Session-Token",
    "X-Session-Id",
    "X-Amz-Security-Token",
    "X-Goog-Api-Key",
    "Private-Token",
    "X-Vault-Token",
    "CF-Access-Client-Secret",
    "CF-Access-Jwt-Assertion",
    "X-Hub-Signature-256",
    "Ocp-Apim-Subscription-Key",
    "X-Functions-Key",
    "X-Admin-Key",
    "X-Auth",
    "X-Password",
    "X-Forwarded-Authorization",
    "Authentication",
    "Authentication-Info",
    "Cookie2",
    "Set-Cookie2",
]


@pytest.mark.parametrize("name", NAMES_OF_HEADERS)
def test_a_header_whose_name_announces_a_secret_is_hidden_both_ways(name: str) -> None:
    asks = f"GET / HTTP/1.1\r\nHost: x\r\n{name}: S3CRET\r\n\r\n".encode()
    answers = f"HTTP/1.1 101 Switching Protocols\r\n{name.lower()}: S3CRET; HttpOnly\r\nUpgrade: websocket\r\n\r\n"

    assert "S3CRET" not in shown(rows_of(("<", asks), (">", answers.encode())))
    for cut in range(len(asks)):
        text = b"".join(row.shown for row in rows_of(("<", asks[:cut]), ("<", asks[cut:]), ("=", b"closed")))
        assert b"S3CRET" not in text and text.count(b"x" * 6) == 1


@pytest.mark.parametrize(
    "name",
    [
        "Sec-WebSocket-Key",
        "WWW-Authenticate",
        "X-Request-Id",
        "Keep-Alive",
        "Author",
        "X-Tokens-Left",
        "Sec-Fetch-Site",
        "Upgrade-Insecure-Requests",
    ],
)
def test_other_headers_are_shown(name: str) -> None:
    (row,) = rows_of(("<", f"GET / HTTP/1.1\r\n{name}: value\r\n\r\n".encode()))

    assert row.secret == ()


NAMES_OF_PARAMETERS = [
    "api_key",
    "apikey",
    "api-key",
    "key",
    "k%65y",
    "pass%77ord",
    "p%61sscode",
    "pw",
    "passcode",
    "refresh_token",
    "id_token",
    "accessToken",
    "authToken",
    "sig",
    "signature",
    "secret",
    "client_secret",
    "password",
    "passwd",
    "pwd",
    "pass",
    "jwt",
    "session",
    "session_id",
    "sessionid",
    "csrf",
    "csrf_token",
    "X-Amz-Signature",
    "X-Amz-Security-Token",
    "otp",
    "user[token]",
    "user[password]",
    "authorization",
    "credentials",
    "hmac",
    "assertion",
]


@pytest.mark.parametrize("name", NAMES_OF_PARAMETERS)
def test_a_parameter_whose_name_announces_a_secret_is_hidden(name: str) -> None:
    target = f"/ws?page=1&{name}=S3CRET&tokens=9"
    (row,) = rows_of(("<", f"GET {target} HTTP/1.1\r\n\r\n".encode()))
    sent_on = f"HTTP/1.1 303 See Other\r\nLocation: /x#{name}=S3CRET\r\nContent-Length: 0\r\n\r\n".encode()

    assert row.shown.startswith(f"GET {target.replace('S3CRET', 'xxxxxx')} HTTP".encode())
    assert "S3CRET" not in shown([row, *rows_of((">", sent_on))])


def test_a_password_in_an_address_is_hidden() -> None:
    head = b"GET http://ann:S3CRET@x/ws HTTP/1.1\r\nReferer: https://ann:S3CRET@x/\r\nHost: a:80\r\n\r\n"
    (row,) = rows_of(("<", head))

    assert row.shown == head.replace(b"S3CRET", b"xxxxxx")


BODIES = [
    b'{"user": "ann", "password": "S3CRET", "age": 7}',
    b'{"access_token" : "a \\" S3CRET", "age": 7}',
    b'[{"apiKey":"S3CRET"}]',
    b'{"client_secret":"S3CRET',
    b'{"otp": 1234567}',
    b"user=ann&password=S3CRET&age=7",
    b"token=S3CRET",
    b"user=ann&pass%77ord=S3CRET&age=7",
    b'--b\r\nContent-Disposition: form-data; name="user"\r\n\r\nann\r\n--b\r\n'
    b'Content-Disposition: form-data; name="password"\r\nContent-Type: text/plain\r\n\r\nS3CRET\r\nS3CRET\r\n--b\r\n'
    b'Content-Disposition: form-data; name="age"\r\n\r\n7\r\n--b--\r\n',
    b'--b\r\nContent-Disposition: form-data; name="user"\r\n\r\nann7\r\n--b\r\n'
    b'Content-Disposition: form-data; name="key"\r\n\r\nS3CRET',
]


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("how", ["whole", "chunked"])
def test_a_secret_in_the_body_of_a_form_or_in_json_is_hidden(body: bytes, how: str) -> None:
    head = b"POST /login HTTP/1.1\r\nHost: x\r\n"
    whole = head + b"Content-Length: %d\r\n\r\n%s" % (len(body), body)
    chunked = head + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
    rows = rows_of(("<", whole if how == "whole" else chunked))

    assert "S3CRET" not in shown(rows) and "1234567" not in shown(rows)
    assert b"ann" in rows[1].shown or b"ann" not in body
    assert b"7" in rows[1].shown or b"7" not in body.replace(b"1234567", b"")


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"  ", b'{"tokens": 5, "keys": "a"}', b"page=1&tokens=5", b"the token=5 is shown", b"na%6de=5&a%3Db=1"),
        b'--b\r\nContent-Disposition: form-data; name="tokens"\r\n\r\n5\r\n--b--\r\n',
    ],
)
def test_a_body_without_a_secret_is_shown(body: bytes) -> None:
    assert fields(body) == ()
