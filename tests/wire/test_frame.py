"""One frame: a value, its bytes, and the rules that it can break by itself."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livesock.errors import PacketError
from livesock.wire.frame import Frame, Opcode, decode_frame, encode_frame, mask, masked_size, small_texts, whole_message

KEY = bytes.fromhex("37fa213d")

PAYLOAD_256 = bytes(range(256))

# RFC 6455, 5.7
VECTORS = [
    ("810548656c6c6f", Frame(Opcode.TEXT, b"Hello")),
    ("818537fa213d7f9f4d5158", Frame(Opcode.TEXT, b"Hello", mask=KEY)),
    ("010348656c", Frame(Opcode.TEXT, b"Hel", fin=False)),
    ("80026c6f", Frame(Opcode.CONTINUATION, b"lo")),
    ("890548656c6c6f", Frame(Opcode.PING, b"Hello")),
    ("8a8537fa213d7f9f4d5158", Frame(Opcode.PONG, b"Hello", mask=KEY)),
    ("827e0100" + PAYLOAD_256.hex(), Frame(Opcode.BINARY, PAYLOAD_256)),
    ("827f0000000000010000" + bytes(65536).hex(), Frame(Opcode.BINARY, bytes(65536))),
]

frames = st.builds(
    Frame,
    opcode=st.sampled_from([0, 1, 2]),
    payload=st.binary(max_size=300),
    fin=st.booleans(),
    rsv1=st.booleans(),
    rsv2=st.booleans(),
    rsv3=st.booleans(),
    mask=st.none() | st.binary(min_size=4, max_size=4),
) | st.builds(
    Frame,
    opcode=st.sampled_from([8, 9, 10]),
    payload=st.binary(max_size=125),
    mask=st.none() | st.binary(min_size=4, max_size=4),
)


@pytest.mark.parametrize(("wire", "frame"), VECTORS)
def test_the_examples_of_the_rfc_hold_both_ways(wire, frame):
    data = bytes.fromhex(wire)

    assert decode_frame(data) == (frame, len(data))
    assert encode_frame(frame) == data


@pytest.mark.parametrize(("size", "header"), [(0, 2), (125, 2), (126, 4), (65535, 4), (65536, 10)])
def test_a_length_takes_the_fewest_bytes(size, header):
    assert len(encode_frame(Frame(Opcode.BINARY, bytes(size)))) == header + size
    assert len(encode_frame(Frame(Opcode.BINARY, bytes(size), mask=KEY))) == header + 4 + size == masked_size(size)


def test_a_frame_may_begin_anywhere_in_the_data():
    assert decode_frame(b"\x89\x00\x81\x01a", 2) == (Frame(Opcode.TEXT, b"a"), 5)


@pytest.mark.parametrize(("wire", "frame"), VECTORS[:7])
def test_a_frame_without_its_last_byte_is_incomplete(wire, frame):
    data = bytes.fromhex(wire)

    assert all(decode_frame(data[:size]) is None for size in range(len(data)))


def test_an_opcode_has_four_bits_and_a_key_four_bytes():
    with pytest.raises(ValueError, match="16"):
        encode_frame(Frame(16, b""))
    with pytest.raises(ValueError, match="4 bytes, got 3"):
        encode_frame(Frame(1, b"x", mask=b"abc"))


@given(frames)
def test_decoding_undoes_encoding(frame):
    data = encode_frame(frame)

    assert decode_frame(data + b"rest") == (frame, len(data))


@given(st.binary(max_size=400), st.integers(0, 20))
def test_any_bytes_give_a_frame_or_nothing_or_one_packet_error(data, start):
    try:
        found = decode_frame(data, start)
    except PacketError as exc:
        assert exc.code == 1002
        assert 0 <= exc.offset < len(data) - start
    else:
        if found is not None:
            frame, end = found
            assert encode_frame(frame) == data[start:end]


@given(st.binary(max_size=100), st.binary(min_size=4, max_size=4))
def test_masking_twice_gives_the_payload_back(payload, key):
    masked = mask(payload, key)

    assert masked == bytes(byte ^ key[position % 4] for position, byte in enumerate(payload))
    assert mask(masked, key) == payload


texts = st.text(max_size=200).filter(lambda text: text.isprintable())


@given(st.lists(texts | st.sampled_from(["x" * 125, "x" * 126, "x" * 65535])))
def test_small_texts_are_read_as_the_frames_that_they_are(said):
    data = b"".join(encode_frame(Frame(Opcode.TEXT, text.encode(), mask=KEY)) for text in said)

    assert small_texts(data) == said
    assert small_texts(data[:-1]) is None or not said


@given(frames.filter(lambda frame: not (frame.opcode == 1 and frame.fin and frame.mask)))
def test_any_other_frame_is_not_a_small_text(frame):
    before = encode_frame(Frame(Opcode.TEXT, b"a", mask=KEY))

    assert small_texts(before + encode_frame(frame)) is None


@pytest.mark.parametrize(
    "wire",
    [
        "81 fe 0001 00000000 61",  # a length of 1 in 16 bits: `websockets` may say what it thinks of it
        "81 fe 00",
        "81 ff 0000000000010000 00000000",
        "c1 81 00000000 61",
        "81 81 00000000 ff",
        "81 01 61 81 01 61",
    ],
)
def test_what_is_unusual_is_left_to_the_library(wire):
    assert small_texts(bytes.fromhex(wire)) is None


@given(frames.filter(lambda frame: not (frame.rsv1 or frame.rsv2 or frame.rsv3)), st.binary(max_size=3))
def test_a_whole_message_is_found_where_its_payload_is(frame, after):
    data = encode_frame(frame)
    size = len(frame.payload)
    is_whole = frame.opcode in (Opcode.TEXT, Opcode.BINARY) and frame.fin and frame.mask is not None

    assert whole_message(data + after) == ((len(data) - size, len(data)) if is_whole else None)
    assert whole_message(data[: len(data) - size]) == whole_message(data)


@pytest.mark.parametrize(
    ("wire", "found"),
    [
        ("82 82 00000000 61", (6, 8)),
        ("82 ff 0000000000010000 00000000", (14, 14 + 65536)),
        ("82 ff 0000000000010000 000000", None),
        ("82 fe 0100 000000", None),
        ("82 81 000000", None),
        ("c2 81 00000000 61", None),
        ("82 01 61 82 01 61", None),
        ("82 7e 0100 00000000", None),
        ("", None),
    ],
)
def test_the_header_of_a_whole_message_has_come_and_is_plain(wire, found):
    assert whole_message(bytes.fromhex(wire)) == found
