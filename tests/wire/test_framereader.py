"""A stream of frames: the rules that no single frame can break."""

import json
import tracemalloc
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.exceptions import ProtocolError
from websockets.frames import Frame as TheirFrame
from websockets.frames import Opcode as TheirOpcode
from websockets.streams import StreamReader

from livesock.errors import PacketError
from livesock.wire.deflate import Inflater
from livesock.wire.frame import Frame, Opcode, decode_frame, encode_frame
from livesock.wire.framereader import FrameReader
from tests.wire.splits import single_bytes, splits

KEY = bytes.fromhex("37fa213d")

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

BROKEN = [
    ("an unmasked frame from a client", True, "8101", "5.1", 1, 1002),
    ("a masked frame from a server", False, "8181", "5.1", 1, 1002),
    ("RSV1 without extension", False, "c1", "5.2", 0, 1002),
    ("RSV2", False, "a1", "5.2", 0, 1002),
    ("RSV3", False, "91", "5.2", 0, 1002),
    ("opcode 3", False, "83", "5.2", 0, 1002),
    ("opcode 15", False, "8f", "5.2", 0, 1002),
    ("a fragmented ping", False, "09", "5.5", 0, 1002),
    ("a fragmented close", False, "08", "5.5", 0, 1002),
    ("a ping of 126 bytes", False, "897e", "5.5", 1, 1002),
    ("125 in 16 bits", False, "827e007d", "5.2", 3, 1002),
    ("65535 in 64 bits", False, "827f000000000000ffff", "5.2", 9, 1002),
    ("a length of 2^63", False, "827f8000000000000000", "5.2", 2, 1002),
    ("a continuation of nothing", False, "80", "5.4", 0, 1002),
    ("a continuation after a whole message", False, "810161 80", "5.4", 3, 1002),
    ("a text inside a text", False, "010161 81", "5.4", 3, 1002),
    ("a binary inside a text, after a ping", False, "010161 8900 82", "5.4", 5, 1002),
    ("a close payload of one byte", False, "880103", "5.5.1", 2, 1002),
    ("close code 1005", False, "880203ed", "7.4", 3, 1002),
    ("close code 1006", False, "880203ee", "7.4", 3, 1002),
    ("close code 999", False, "880203e7", "7.4", 3, 1002),
    ("close code 5000", False, "88021388", "7.4", 3, 1002),
    ("a close reason that is not UTF-8", False, "880403e8fffe", "5.5.1", 4, 1007),
    ("a ping after a close", False, "880203e8 89", "5.5.1", 4, 1002),
    ("a second close", False, "8800 88", "5.5.1", 2, 1002),
    ("an impossible byte", False, "8103 61ff", "8.1", 3, 1007),
    ("an impossible byte in an incomplete frame", False, "817e1000 61ff", "8.1", 5, 1007),
    ("an impossible byte under the mask", True, "818400000000 61c361", "8.1", 8, 1007),
    ("a surrogate, at its second byte", False, "8103 eda0", "8.1", 3, 1007),
    ("a character above 10FFFF, at its second byte", False, "8104 f490", "8.1", 3, 1007),
    ("an overlong slash", False, "8102 c0", "8.1", 2, 1007),
    ("a character cut in two by the end", False, "8102 e282", "8.1", 3, 1007),
    ("an impossible byte in the second fragment", False, "0101c3 8001 28", "8.1", 5, 1007),
    ("an empty last fragment inside a character", False, "0101c3 8000", "8.1", 4, 1007),
]


@pytest.mark.parametrize("cut", [lambda data: [data], single_bytes], ids=["whole", "bytes"])
@pytest.mark.parametrize(("name", "from_client", "wire", "section", "offset", "code"), BROKEN)
def test_a_broken_rule_is_named_at_its_first_impossible_byte(name, from_client, wire, section, offset, code, cut):
    reader = FrameReader(from_client)

    for piece in cut(bytes.fromhex(wire)):
        if reader.error is None:
            try:
                reader.feed(piece)
            except PacketError as exc:
                assert exc is reader.error

    assert reader.error is not None, name
    assert (reader.error.section, reader.error.offset) == (f"RFC 6455, {section}", offset)
    assert reader.error.code == code


def test_the_last_impossible_byte_is_not_blamed_before_it_comes():
    for _, from_client, wire, _, offset, _ in BROKEN:
        FrameReader(from_client).feed(bytes.fromhex(wire)[:offset])


def test_frames_before_a_broken_one_are_handed_out_and_then_the_error_is_raised():
    reader = FrameReader(from_client=False)

    assert reader.feed(b"\x81\x01a\x89\x00\x83") == [Frame(1, b"a"), Frame(9, b"")]
    assert reader.error is not None
    with pytest.raises(PacketError, match="opcode 3 is reserved"):
        reader.feed(b"\x81\x00")
    with pytest.raises(PacketError, match="opcode 3 is reserved"):
        reader.feed(b"")


def test_a_control_frame_may_stand_between_fragments():
    reader = FrameReader(from_client=False)

    found = reader.feed(bytes.fromhex("0101c3 890161 8001a9"))

    assert found == [Frame(1, b"\xc3", fin=False), Frame(9, b"a"), Frame(0, b"\xa9")]


def test_binary_messages_may_hold_any_byte():
    assert FrameReader(from_client=False).feed(b"\x82\x02\xff\xfe") == [Frame(2, b"\xff\xfe")]


def test_an_announced_length_needs_no_memory():
    reader = FrameReader(from_client=False)
    tracemalloc.start()

    assert reader.feed(bytes.fromhex("827f4000000000000000") + bytes(1000)) == []

    assert tracemalloc.get_traced_memory()[1] < 100_000
    tracemalloc.stop()
    assert reader.expected == 2**62 + 10


@pytest.mark.parametrize("size", [1 << 18])
def test_a_quarter_of_a_megabyte_may_come_byte_by_byte(size):
    data = encode_frame(Frame(1, b"a" * size, mask=KEY))
    reader = FrameReader(from_client=True)

    found = [frame for piece in single_bytes(data) for frame in reader.feed(piece)]

    assert [len(frame.payload) for frame in found] == [size]


def test_many_frames_may_come_at_once():
    found = FrameReader(from_client=False).feed(b"\x81\x01a" * 20_000)

    assert len(found) == 20_000


def test_compressed_messages_need_an_agreement_and_rsv1_on_their_first_frame_only():
    first, second = bytes.fromhex("4103f248cd"), bytes.fromhex("8004c9c90700")

    assert len(FrameReader(False, Inflater()).feed(first + second)) == 2
    with pytest.raises(PacketError, match="no extension"):
        FrameReader(False).feed(first)
    for wrong in (b"\xc9", b"\xc8"):
        with pytest.raises(PacketError) as caught:
            FrameReader(False, Inflater()).feed(wrong)
        assert caught.value.section == "RFC 7692, 6.1"
    reader = FrameReader(False, Inflater())
    reader.feed(first)
    with pytest.raises(PacketError, match="first frame only"):
        reader.feed(b"\xc0")


def test_the_text_in_a_compressed_message_must_be_utf8():
    import zlib

    packer = zlib.compressobj(wbits=-15)
    payload = (packer.compress(b"\xff\xfe") + packer.flush(zlib.Z_SYNC_FLUSH))[:-4]

    with pytest.raises(PacketError) as caught:
        FrameReader(False, Inflater()).feed(encode_frame(Frame(1, payload, rsv1=True)))
    assert caught.value.code == 1007


def test_what_is_not_deflate_is_refused():
    with pytest.raises(PacketError) as caught:
        FrameReader(False, Inflater()).feed(encode_frame(Frame(1, b"\xff\xff\xff", rsv1=True)))
    assert caught.value.code == 1002


def test_a_late_reader_believes_what_it_cannot_know():
    reader = FrameReader(False, late=True)

    found = reader.feed(bytes.fromhex("8002a961 810161"))

    assert [frame.opcode for frame in found] == [0, 1]
    with pytest.raises(PacketError, match="continuation"):
        reader.feed(b"\x80")


def read_all(pieces, from_client):
    """Return the frames and the error that the pieces lead to."""
    reader = FrameReader(from_client)
    found = []
    for piece in pieces:
        try:
            found += reader.feed(piece)
        except PacketError:
            break
    error = reader.error
    return found, error and (error.rule, error.section, error.offset, error.code)


legal = st.lists(frames, max_size=6).map(lambda found: b"".join(encode_frame(frame) for frame in found))


@given(st.data(), st.booleans(), st.binary(max_size=60) | legal)
def test_any_split_of_any_bytes_gives_the_same_frames_and_the_same_error(data, from_client, stream):
    whole = read_all([stream], from_client)

    assert read_all(data.draw(splits(stream)), from_client) == whole
    assert read_all(single_bytes(stream), from_client) == whole


BAD_FRAMES = json.loads((Path(__file__).parents[1] / "data" / "bad_frames.json").read_text("utf-8"))


@pytest.mark.parametrize("case", BAD_FRAMES, ids=[case["id"] for case in BAD_FRAMES])
def test_the_known_bad_frames_get_their_close_code(case):
    _, error = read_all([bytes.fromhex(case["hex"])], from_client=True)

    refused = case["expect"] in ("close(1002)", "close(1007)")  # the others are legal, or too big for a server
    assert (f"close({error[3]})" if error else "") == (case["expect"] if refused else "")


@given(frames.map(lambda frame: replace(frame, rsv1=False, rsv2=False, rsv3=False)))
def test_websockets_reads_what_we_write(frame):
    reader = StreamReader()
    reader.feed_data(encode_frame(frame))
    parser = TheirFrame.parse(reader.read_exact, mask=frame.mask is not None, max_size=None)

    with pytest.raises(StopIteration) as done:
        next(parser)
    assert to_ours(done.value.value, frame.mask) == frame


def to_ours(theirs, key):
    return Frame(int(theirs.opcode), bytes(theirs.data), theirs.fin, theirs.rsv1, theirs.rsv2, theirs.rsv3, key)


@given(st.sampled_from([0, 1, 2, 9, 10]), st.binary(max_size=125), st.booleans())
def test_we_read_what_websockets_writes(opcode, payload, masked):
    data = TheirFrame(TheirOpcode(opcode), payload).serialize(mask=masked)

    found = decode_frame(data)

    assert found is not None
    assert (found[0].opcode, found[0].payload, found[0].mask is not None) == (opcode, payload, masked)
    assert encode_frame(found[0]) == data


@given(st.binary(min_size=2, max_size=40).map(lambda data: data + bytes(200)), st.booleans())
def test_websockets_refuses_what_we_refuse_apart_from_long_lengths(data, masked):
    reader = StreamReader()
    reader.feed_data(data)
    parser = TheirFrame.parse(reader.read_exact, mask=masked, max_size=None)
    theirs: object = None
    try:
        next(parser)
    except StopIteration as done:
        theirs = done.value
    except ProtocolError as exc:
        theirs = exc

    try:
        ours: object = decode_frame(data)
    except PacketError as exc:
        ours = exc

    if bool(data[1] & 0x80) != masked:
        assert isinstance(theirs, ProtocolError)  # decode_frame does not know which side it reads
    elif isinstance(ours, PacketError):
        has_accepted = isinstance(theirs, TheirFrame)
        assert not has_accepted or "fewest bytes" in ours.rule  # which websockets does not ask for
    elif ours is None:
        assert theirs is None or data[0] & 0x70  # websockets judges the RSV bits here, we in FrameReader
    else:
        frame, _ = ours
        if isinstance(theirs, ProtocolError):
            assert frame.opcode == Opcode.CLOSE or data[0] & 0x70  # both are judged by FrameReader
        else:
            assert to_ours(theirs, frame.mask) == frame
