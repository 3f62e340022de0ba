"""Compressed messages: windows, takeover, and the bound on what they inflate to."""

import tracemalloc
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.extensions.permessage_deflate import PerMessageDeflate
from websockets.frames import Frame, Opcode

from livesock.errors import PacketError
from livesock.wire.deflate import DeflateParameters, Inflater

# RFC 7692, 7.2.3
EXAMPLES = [
    ("one block", ["f248cdc9c90700"]),
    ("context takeover", ["f248cdc9c90700", "f200110000"]),
    ("no compression", ["000500faff48656c6c6f00"]),
    ("BFINAL set", ["f348cdc9c9070000"]),
    ("BFINAL set, and the window goes on", ["f348cdc9c9070000", "f200110000"]),
    ("two blocks", ["f248050000 00ffffcac9c90700"]),
]


@pytest.mark.parametrize(("name", "messages"), EXAMPLES)
def test_the_examples_of_the_rfc_hold(name, messages):
    inflater = Inflater()

    assert [inflater.inflate(bytes.fromhex(message), final=True) for message in messages] == [b"Hello"] * len(messages)


def test_a_message_may_be_cut_into_frames_anywhere():
    inflater = Inflater()

    pieces = [inflater.inflate(b"\xf2\x48\xcd", final=False), inflater.inflate(b"\xc9\xc9\x07\x00", final=True)]

    assert b"".join(pieces) == b"Hello"


def test_without_takeover_every_message_begins_with_an_empty_window():
    inflater = Inflater(context_takeover=False)
    inflater.inflate(bytes.fromhex("f248cdc9c90700"), final=True)

    with pytest.raises(PacketError) as caught:
        inflater.inflate(bytes.fromhex("f200110000"), final=True)
    assert caught.value.code == 1002


def packed(text, bits=15):
    packer = zlib.compressobj(wbits=-bits)
    return (packer.compress(text) + packer.flush(zlib.Z_SYNC_FLUSH))[:-4]


def test_a_message_must_not_reach_back_beyond_the_agreed_window():
    packer = zlib.compressobj(wbits=-15)
    texts = [bytes(range(256)) * 8, b"0123456789abcdef" * 4, bytes(range(255, -1, -1)) * 8, b"0123456789abcdef" * 4]
    messages = [(packer.compress(text) + packer.flush(zlib.Z_SYNC_FLUSH))[:-4] for text in texts]
    wide, narrow = Inflater(15), Inflater(9)

    assert [wide.inflate(message, final=True) for message in messages] == texts
    with pytest.raises(PacketError) as caught:
        for message in messages:
            narrow.inflate(message, final=True)
    assert caught.value.code == 1002


def test_a_window_has_8_to_15_bits():
    with pytest.raises(ValueError, match="7"):
        Inflater(7)


def test_a_bomb_is_stopped_while_it_inflates():
    bomb = packed(bytes(64 * 1024 * 1024))
    inflater = Inflater(limit=100_000)
    tracemalloc.start()

    with pytest.raises(PacketError) as caught:
        inflater.inflate(bomb, final=True)

    assert tracemalloc.get_traced_memory()[1] < 1_000_000
    tracemalloc.stop()
    assert caught.value.code == 1009


def test_the_limit_is_for_the_message_and_not_for_its_frames():
    data = packed(bytes(1000))
    assert Inflater(limit=1000).inflate(data, final=True) == bytes(1000)

    inflater = Inflater(limit=999)
    with pytest.raises(PacketError, match="999"):
        for position in range(len(data)):
            inflater.inflate(data[position : position + 1], final=position == len(data) - 1)


def test_the_limit_begins_anew_with_every_message():
    inflater = Inflater(limit=1000)

    assert [len(inflater.inflate(packed(bytes(900)), final=True)) for _ in range(3)] == [900] * 3


def test_final_blocks_without_end_are_refused():
    with pytest.raises(PacketError) as caught:
        Inflater().inflate(b"\x03\x00" * 100_000, final=True)
    assert caught.value.code == 1009


def test_a_blind_inflater_knows_nothing():
    assert Inflater(blind=True).inflate(b"\xff", final=True) is None


def test_parameters_choose_the_inflater_of_a_direction():
    parameters = DeflateParameters(client_no_context_takeover=True, server_max_window_bits=9)
    twice = [bytes.fromhex("f248cdc9c90700"), bytes.fromhex("f200110000")]

    server = parameters.inflater(from_client=False)
    assert [server.inflate(data, final=True) for data in twice] == [b"Hello", b"Hello"]
    client = parameters.inflater(from_client=True)
    client.inflate(twice[0], final=True)
    with pytest.raises(PacketError):
        client.inflate(twice[1], final=True)


def test_after_lost_bytes_only_a_window_that_goes_on_is_lost():
    assert DeflateParameters().inflater(from_client=True, late=True).inflate(b"", final=True) is None
    fresh = DeflateParameters(client_no_context_takeover=True).inflater(from_client=True, late=True)
    assert fresh.inflate(bytes.fromhex("f248cdc9c90700"), final=True) == b"Hello"


@given(st.lists(st.binary(max_size=200), max_size=4), st.booleans(), st.sampled_from([9, 12, 15]))
def test_we_inflate_what_websockets_deflates(messages, takeover, bits):
    theirs = PerMessageDeflate(False, not takeover, 15, bits)
    inflater = Inflater(bits, context_takeover=takeover)

    for message in messages:
        frame = theirs.encode(Frame(Opcode.BINARY, message))
        assert frame.rsv1
        assert inflater.inflate(bytes(frame.data), final=True) == message


@given(st.lists(st.tuples(st.binary(max_size=40), st.booleans()), max_size=5))
def test_any_bytes_inflate_within_the_limit_or_give_one_packet_error(frames):
    inflater = Inflater(limit=1000)
    try:
        for payload, final in frames:
            content = inflater.inflate(payload, final=final)
            assert content is not None
            assert len(content) <= 1000
    except PacketError as exc:
        assert exc.code in (1002, 1009)


@given(st.data(), st.lists(st.binary(max_size=60), min_size=1, max_size=3))
def test_any_split_into_frames_gives_the_same_message(data, messages):
    whole, cut = Inflater(), Inflater()
    packer = zlib.compressobj(wbits=-15)
    for message in messages:
        payload = (packer.compress(message) + packer.flush(zlib.Z_SYNC_FLUSH))[:-4]
        position = data.draw(st.integers(0, len(payload)))

        pieces = [cut.inflate(payload[:position], final=False), cut.inflate(payload[position:], final=True)]

        assert pieces[0] + pieces[1] == whole.inflate(payload, final=True) == message
