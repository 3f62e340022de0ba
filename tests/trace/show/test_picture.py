"""The pictures: what a small conversation shows, and that any rows give valid, bounded, legible XML."""

import base64
import re
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livesock.trace.conversation import decode
from livesock.trace.show import card, cells, picture, svg
from livesock.trace.show.picture import frame_svg, in_words, to_html, to_svg
from livesock.wire.frame import Frame, Opcode, encode_frame
from tests.trace.recordings import (
    ECHO,
    EVENTS,
    HELLO,
    KEY,
    MASKED_HELLO,
    PEERS,
    REQUEST,
    RESPONSE,
    chunks_of,
    hostile_rows,
    recordings,
)

SVG = "{http://www.w3.org/2000/svg}"
ECHO_WORDS = (
    "A conversation between client and server in 9 rows. open. client: GET /echo HTTP/1.1. "
    'server: HTTP/1.1 101 Switching Protocols. client: text "Hello". server: text "Hello". server: close 1000. '
    "client: broken frame; broken rule: opcode 7 is reserved "
    '(RFC 6455, 5.2; byte 0; answered with close 1002). client: not explained: "ET /". reset'
)


def drawn(chunks, **options):
    return to_svg(decode(chunks), peers=PEERS, **options)


def texts(document):
    """Return every line of text of a picture, after checking that the picture is sound."""
    root = ElementTree.fromstring(document)
    assert root.tag == SVG + "svg"
    assert float(root.get("width")) == 860
    assert not re.search(r"""<(?:script|image|a|foreignObject)\b|\bon\w+=|url\(|@import""", document)
    lines = ["".join(node.itertext()) for node in root.iter(SVG + "text")]
    assert all(line.isprintable() for line in lines)
    return lines


def boxes(document):
    """Return (x, y, right, bottom) of every rectangle and x, y of every line of text."""
    root = ElementTree.fromstring(document)
    corners = [[float(node.get(key)) for key in ("x", "y", "width", "height")] for node in root.iter(SVG + "rect")]
    places = [(float(node.get("x").split()[0]), float(node.get("y"))) for node in root.iter(SVG + "text")]
    return [(x, y, x + width, y + height) for x, y, width, height in corners], places, float(root.get("height"))


def assert_inside(document):
    rectangles, places, height = boxes(document)
    assert all(0 <= x <= right <= 860 and 0 <= y <= bottom <= height for x, y, right, bottom in rectangles)
    assert all(0 <= x <= 860 and 0 < y <= height for x, y in places)


def test_a_small_conversation_shows_these_lines():
    lines = texts(drawn(ECHO))

    assert lines[:6] == [
        "client",
        "127.0.0.1:50123",
        "server · recorded here",
        "127.0.0.1:8765",
        "time since",
        "first row",
    ]
    assert lines[6:13] == [
        "open",
        "0.000 ms",
        "1.000 ms",
        "GET /echo HTTP/1.1",
        "157 bytes",
        "Host: 127.0.0.1:8765",
        "◆",
    ]
    hello = lines.index('text "Hello"')
    assert lines[hello - 1 : hello + 10] == [
        "4.000 ms",
        'text "Hello"',
        "11 bytes · 2 segments",
        "FIN text",
        "81",
        "MASK len 5",
        "85",
        "masking key",
        "37 fa 21 3d",
        "payload, masked",
        "7f 9f 4d 51 58",
    ]
    assert "HTTP ends here; from here on the bytes are WebSocket frames" in lines
    assert "4 bytes · same segment" in lines
    assert "✕ reset" in lines
    assert "✕ broken rule: opcode 7 is reserved (RFC 6455, 5.2; byte 0; answered with close" in lines


def test_the_picture_says_in_words_what_it_shows():
    root = ElementTree.fromstring(drawn(ECHO))

    assert ". ".join([root.findtext(SVG + "title"), *root.findtext(SVG + "desc").split("\n")]) == ECHO_WORDS
    assert in_words(decode(ECHO)) == ECHO_WORDS


def test_nothing_recorded_is_said():
    assert texts(to_svg([]))[-1] == "nothing has been recorded yet"
    assert in_words([]) == "A conversation between client and server in 0 rows"


def test_each_of_several_connections_is_numbered():
    chunks = chunks_of(("<", REQUEST), (">", RESPONSE)) + chunks_of(("<", REQUEST), connection=2)
    lines = texts(drawn(chunks))

    assert lines.count("#1") == 2
    assert lines.count("#2") == 1
    assert "#1 HTTP ends here; from here on the bytes are WebSocket frames" in lines
    assert lines[1] == "2 connections"


def test_a_gap_and_events_are_shown():
    get = b"GET /events HTTP/1.1\r\nHost: a\r\n\r\n"
    lines = texts(drawn(chunks_of(("=", b"lost < 123"), ("<", get), (">", EVENTS), ("=", b"closed"))))

    assert "⋮ not kept: 123 bytes from the client" in lines
    assert "event: tick\\ndata: 1\\n\\n" in lines


def test_frames_are_announced_only_after_an_upgrade_to_websocket():
    other = RESPONSE.replace(b"Upgrade: websocket", b"Upgrade: h2c")

    assert not any("frames" in line for line in texts(drawn(chunks_of(("<", REQUEST), (">", other)))))


def test_a_picture_escapes_whatever_text_it_is_given():
    assert svg.text(0, 0, "\ud800\x1b<&") == '<text x="0" y="0" font-size="11">\\ud800\\x1b&lt;&amp;</text>'


def test_equal_rows_give_the_same_picture():
    assert drawn(ECHO) == drawn(list(ECHO))


def test_many_rows_are_cut_in_the_middle():
    chunks = chunks_of(("<", REQUEST), (">", RESPONSE), *[("<", MASKED_HELLO)] * 198)
    document = drawn(chunks)

    lines = texts(document)

    assert "… 176 rows are not drawn …" in lines
    assert "… 176 rows are not drawn: ask me …" in texts(drawn(chunks, how="ask me"))
    assert lines.count('text "Hello"') == 22
    assert "(176 rows are left out)" in document
    assert len(in_words(decode(chunks))) < 1000
    assert len(document) < 100_000


def test_long_heads_and_payloads_stay_small():
    head = (
        b"GET /"
        + b"a" * 60_000
        + b" HTTP/1.1\r\nHost: a\r\n"
        + ("X: " + "你好👋" * 3000 + "\r\n").encode() * 60
        + b"\r\n"
    )
    payload = encode_frame(Frame(Opcode.BINARY, bytes(2**20)))

    for chunks in (chunks_of(("<", head)), chunks_of(("<", REQUEST), (">", RESPONSE), (">", payload))):
        document = drawn(chunks)
        assert len(document) < 40_000
        assert_inside(document)
    assert "… +1,048,5" in document


def test_the_headers_of_the_handshake_are_shown_however_many_there_are():
    request = REQUEST.replace(b"Upgrade:", b"X: y\r\n" * 50 + b"Upgrade:")
    lines = texts(drawn(chunks_of(("<", request))))

    assert "Sec-WebSocket-Version: 13" in lines
    assert "… 41 more headers" in lines


@pytest.mark.parametrize("render", [lambda rows: to_svg(rows), in_words])
def test_secrets_appear_nowhere(render):
    request = REQUEST.replace(b"/echo", b"/echo?token=s3cret").replace(b"Host:", b"Cookie: a=s3cret\r\nHost:")

    assert "s3cret" not in render(decode(chunks_of(("<", request), (">", RESPONSE))))


@settings(max_examples=60)
@given(recordings)
def test_any_bytes_give_a_sound_picture(chunks):
    rows = decode(chunks)
    document = drawn(chunks)

    texts(document)
    assert_inside(document)
    assert all(b"".join(chip.data for chip in cells.chips_of(row)) == row.shown for row in rows)
    assert in_words(rows).isprintable()


@given(hostile_rows)
def test_any_rows_give_a_sound_picture(rows):
    texts(to_svg(rows, peers={1: ("\x1b[31m\u202e<&\"'>", "\ud800")}))
    assert in_words(rows).isprintable()


FRAMES = [
    HELLO,
    MASKED_HELLO,
    b"\x81",
    b"GET / HTTP/1.1",
    encode_frame(Frame(Opcode.BINARY, bytes(70_000), mask=KEY)),
    encode_frame(Frame(Opcode.CLOSE, b"\x03\xe8bye", mask=KEY)),
    encode_frame(Frame(Opcode.PING, b"", mask=KEY)),
]


def test_the_fields_of_a_frame_are_named_and_explained():
    lines = texts(frame_svg(MASKED_HELLO))

    expected = {"FIN", "1 (text)", "masking key, continued", '7f → 48 "H"', "bits 48-87", '"Hello"', "RFC 6455, 5.3"}
    assert expected <= set(lines)


def test_the_bits_that_are_drawn_are_those_of_the_frame():
    root = ElementTree.fromstring(frame_svg(MASKED_HELLO))
    digits = [
        node
        for node in root.iter(SVG + "text")
        if node.get("font-size") == "12" and node.get("style") == f"fill:{svg.INK}"
    ]

    drawn_bits = "".join(node.text for node in digits if re.fullmatch("[01]+", node.text))

    assert drawn_bits == "".join(f"{byte:08b}" for byte in MASKED_HELLO)


def test_a_frame_that_is_not_complete_or_broken_says_so():
    assert "… the frame is not complete: more bytes must come" in texts(frame_svg(b"\x81"))
    assert any("broken rule: opcode 7 is reserved" in line for line in texts(frame_svg(b"GET / HTTP/1.1")))


def test_a_long_frame_is_counted():
    document = frame_svg(encode_frame(Frame(Opcode.BINARY, bytes(70_000))))

    assert "… 69,974 more bytes" in texts(document)
    assert len(document) < 30_000


def test_no_bytes_are_no_frame():
    with pytest.raises(ValueError, match="at least one byte"):
        frame_svg(b"")


@given(st.sampled_from(FRAMES) | st.binary(min_size=1, max_size=80))
def test_any_bytes_give_a_sound_grid(data):
    document = frame_svg(data)

    texts(document)
    assert_inside(document)


def test_the_image_carries_its_picture_and_an_escaped_alt():
    html = to_html(drawn(ECHO), 'text "<b>"\n')

    (data,) = re.findall(r'src="data:image/svg\+xml;base64,([^"]+)"', html)
    assert base64.b64decode(data).decode() == drawn(ECHO)
    assert html.startswith('<img alt="text &quot;&lt;b&gt;&quot;\\n" ')


def luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one, other):
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


TINTS = {tint for module in (card, cells, picture) for tint in vars(module).values() if isinstance(tint, svg.Tint)}


@pytest.mark.parametrize("tint", sorted(TINTS))
def test_all_text_has_the_contrast_that_wcag_asks_for(tint):
    assert len(TINTS) == 9
    for ink in (tint.ink, svg.INK, svg.MUTED):
        assert contrast(ink, tint.fill) >= 4.5
        assert contrast(ink, "#ffffff") >= 4.5
    assert contrast(svg.RED, tint.fill) >= 4.5
