"""A conversation as text: exactly these lines for a small one, and plain, bounded text for any."""

import base64
import configparser
import re
from pathlib import Path

import pytest
from hypothesis import given

from livesock.trace.conversation import decode
from livesock.trace.rows import Chunk, Kind
from livesock.trace.show.columns import as_text, columns, cut, fit, printable, wrap
from livesock.trace.show.text import ends_of, explain, to_text
from livesock.wire.frame import Frame, Opcode, encode_frame
from livesock.wire.handshake import accept_key
from tests.trace.recordings import (
    ECHO,
    HELLO,
    KEY,
    PEERS,
    REQUEST,
    RESPONSE,
    chunks_of,
    hostile_rows,
    recordings,
)

ECHO_TEXT = """\
#1  client 127.0.0.1:50123, server 127.0.0.1:8765 (recorded here)
    50.000 ms  #1 =  open
    51.000 ms  #1 <  GET /echo HTTP/1.1
                       Host: 127.0.0.1:8765
                       Upgrade: websocket
                       Connection: Upgrade
                       Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==
                       Sec-WebSocket-Version: 13
    52.000 ms  #1 >  HTTP/1.1 101 Switching Protocols
                       Upgrade: websocket
                       Connection: Upgrade
                       Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=
    54.000 ms  #1 <  81 85 [37 fa 21 3d] 7f 9f 4d 51 58   text "Hello"  (in 2 segments)
    55.000 ms  #1 >  81 05 48 65 6c 6c 6f   text "Hello"
    55.000 ms  #1 >  88 02 03 e8   close 1000  (same segment as the one above)
    56.000 ms  #1 <  47   broken frame: opcode 7 is reserved
                     ! broken rule: opcode 7 is reserved (RFC 6455, 5.2; byte 0; answered with close 1002)
    56.000 ms  #1 <  45 54 20 2f   not explained: "ET /"  (same segment as the one above)
    57.000 ms  #1 =  reset"""

EXPLAINED = """\
text "Hello"   (7 bytes)
byte  bits or bytes   field           value
0     1... ....       FIN             1
0     .0.. ....       RSV1            0
0     ..0. ....       RSV2            0
0     ...0 ....       RSV3            0
0     .... 0001       opcode          1 (text)
1     0... ....       MASK            0
1     .000 0101       payload length  5
2-6   48 65 6c 6c 6f  payload         "Hello"
"""
"""The table without its last column."""


def rows_of(*parts):
    return decode(chunks_of(*parts))


def test_a_small_conversation_reads_like_this():
    assert to_text(decode(ECHO), peers=PEERS) == ECHO_TEXT


def test_times_and_bytes_can_be_left_out():
    rows = rows_of(("<", REQUEST), (">", RESPONSE), (">", HELLO))

    assert to_text(rows, times=False, hex_bytes=0).splitlines()[-1] == '#1 >  text "Hello"'


def test_the_parts_of_a_row_are_a_table():
    lines = explain(decode(ECHO)[4]).splitlines()

    assert [line[:48].rstrip() for line in lines] == EXPLAINED.splitlines()
    assert lines[2].endswith("  The last frame of its message. (RFC 6455, 5.2)")


def test_bytes_without_an_explanation_are_shown_as_they_are():
    (row,) = (row for row in decode(ECHO) if row.kind is Kind.RAW)

    assert explain(row) == 'not explained: "ET /"   (4 bytes)\nnothing explains these bytes: 45 54 20 2f'


def test_nothing_recorded_is_no_text():
    assert to_text([]) == ""


def test_the_client_is_the_side_that_opened_the_connection():
    recorded_by_client = chunks_of((">", REQUEST), ("<", RESPONSE))

    ends = ends_of(decode(recorded_by_client, ">"), PEERS)

    assert str(ends[1]) == "client 127.0.0.1:8765 (recorded here), server 127.0.0.1:50123"


def test_a_segment_shared_with_an_earlier_row_names_the_direction():
    two = HELLO + HELLO[:1]
    text = to_text(rows_of(("<", REQUEST), (">", RESPONSE), (">", two), ("<", b"\xff"), (">", HELLO[1:])))

    assert text.splitlines()[-1].endswith('text "Hello"  (in 2 segments, the first shared with the ">" before)')


def test_long_heads_and_payloads_are_cut_and_counted():
    head = b"GET /" + b"a" * 5000 + b" HTTP/1.1\r\nHost: a\r\n" + b"X: y\r\n" * 80 + b"\r\n"
    rows = rows_of(("<", head), ("=", b"reset"))
    frames = rows_of(("<", REQUEST), (">", RESPONSE), (">", encode_frame(Frame(Opcode.BINARY, bytes(2**20)))))

    lines = to_text(rows).splitlines()

    assert re.search(r"GET /a{100,}… \+\d{4}$", lines[0])
    assert lines[51].strip() == "… 31 more header lines"
    assert "… +1048562 bytes   binary 1048576 bytes" in to_text(frames).splitlines()[-1]
    assert all(columns(line) <= 300 for line in lines + to_text(frames).splitlines())


def test_wide_characters_count_twice_when_a_line_is_cut():
    rows = rows_of(("<", b"GET / HTTP/1.1\r\nX: " + "你好".encode() * 500 + b"\r\n\r\n"))

    assert columns(to_text(rows, times=False).splitlines()[1]) <= 170


def test_secrets_appear_nowhere():
    secret = b"s3cret"
    request = REQUEST.replace(b"/echo", b"/echo?token=" + secret).replace(
        b"Host:", b"Cookie: a=" + secret + b"\r\nHost:"
    )
    rows = rows_of(("<", request), (">", RESPONSE))

    text = to_text(rows) + "".join(map(explain, rows))

    assert "s3cret" not in text
    assert "/echo?token=xxxxxx HTTP/1.1" in text
    assert "Cookie: xxxxxxxx" in text


@given(recordings)
def test_any_bytes_give_plain_lines(chunks):
    rows = decode(chunks)
    lines = to_text(rows, peers=PEERS).split("\n") + [line for row in rows for line in explain(row).split("\n")]

    assert all(line.isprintable() for line in lines)


@given(hostile_rows)
def test_any_rows_give_plain_lines(rows):
    peers = {1: ("\x1b[31m\u202e", "\ud800")}
    lines = to_text(rows, peers=peers).split("\n") + [line for row in rows for line in explain(row).split("\n")]

    assert all(line.isprintable() for line in lines)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("red: \x1b[31m", "red: \\x1b[31m"),
        ("\u202egnp.exe", "\\u202egnp.exe"),
        ("\ud800", "\\ud800"),
        ("a\nb\r\0\x7f\x9b", "a\\nb\\r\\x00\\x7f\\x9b"),
        ("你好 👋 é", "你好 👋 é"),
    ],
)
def test_what_is_not_plainly_visible_is_escaped(text, shown):
    assert printable(text) == shown
    assert printable(shown) == shown


def test_bytes_that_are_not_utf8_are_escaped():
    assert as_text(b"a\xff\xc3\xa9") == "a\\xffé"


@pytest.mark.parametrize(("text", "count"), [("abc", 3), ("你好", 4), ("👋", 2), ("e\u0301", 1), ("", 0)])
def test_columns_are_counted(text, count):
    assert columns(text) == count


@pytest.mark.parametrize("text", ["a" * 500, "你" * 300, "a你" * 90, "word " * 60])
@pytest.mark.parametrize("limit", [10, 20, 79])
def test_what_is_cut_or_wrapped_fits(text, limit):
    assert columns(cut(text, limit)) <= limit
    assert columns(fit(text, limit)) <= limit
    assert all(columns(line) <= limit for line in wrap(text, limit))
    assert "".join(wrap(text, limit)).replace(" ", "") == text.replace(" ", "")
    assert cut(text, 1000) == fit(text, 1000) == text


def test_two_recordings_of_the_same_conversation_are_equal_once_sanitised():
    config = configparser.RawConfigParser()
    config.read(Path(__file__).parents[2] / "notebooks" / "sanitize.cfg")

    texts = []
    for key, port, step, zero in ((KEY, 50123, 1000, 0.001), (b"\x00\xffab", 61, 3, 12.3)):
        request = REQUEST.replace(b"dGhlIHNhbXBsZSBub25jZQ==", base64.b64encode(key * 4))
        response = RESPONSE.replace(
            b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", accept_key(base64.b64encode(key * 4).decode()).encode()
        )
        frames = encode_frame(Frame(Opcode.TEXT, b"Hello", mask=key)) + encode_frame(Frame(Opcode.PING, b"?", mask=key))
        pieces = [("<", frames[i : i + step]) for i in range(0, len(frames), step)]
        chunks = [c._replace(time=c.time + zero) for c in chunks_of(("<", request), (">", response), *pieces)]
        text = to_text(decode(chunks), peers={1: ("127.0.0.1:8765", f"127.0.0.1:{port}")})
        for rule in config.sections():
            text = re.sub(config[rule]["regex"], config[rule]["replace"], text)
        texts.append(text)

    assert 'N ms  #1 <  81 85 [MASK] MASKED   text "Hello"\n' in texts[0]
    assert texts[0] == texts[1]


def test_a_masking_key_is_shown_whole():
    rows = rows_of(("<", REQUEST), (">", RESPONSE), ("<", encode_frame(Frame(Opcode.TEXT, b"Hello", mask=KEY))))

    assert "81 85 [37 fa 21 3d] … +5 bytes" in to_text(rows, hex_bytes=1)


def test_what_lets_a_peer_in_is_shown_neither_as_a_value_nor_in_a_meaning() -> None:
    request = (
        b"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n"
        b"Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    )
    answer = (
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"
    )
    frame = encode_frame(Frame(Opcode.TEXT, b'40/x,{"token":"hush"}', mask=b"\x37\xfa\x21\x3d"))
    chunks = [Chunk(0, "<", 1, request), Chunk(0, ">", 1, answer), Chunk(0, "<", 1, frame)]

    text = explain(decode(chunks)[2])

    assert "connect to /x, with token" in text
    assert "hush" not in text
