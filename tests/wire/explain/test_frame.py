"""What each bit of a frame means, in words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livesock.wire.explain.frame import explain_frame, inflated_note
from livesock.wire.frame import Frame, encode_frame
from tests.wire.splits import assert_covered

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


def test_every_bit_of_a_masked_frame_has_its_field():
    fields = explain_frame(bytes.fromhex("818537fa213d7f9f4d5158"))

    assert [(field.name, field.value, field.start, field.stop) for field in fields] == [
        ("FIN", "1", 0, 1),
        ("RSV1", "0", 1, 2),
        ("RSV2", "0", 2, 3),
        ("RSV3", "0", 3, 4),
        ("opcode", "1 (text)", 4, 8),
        ("MASK", "1", 8, 9),
        ("payload length", "5", 9, 16),
        ("masking key", "37 fa 21 3d", 16, 48),
        ("payload", '"Hello"', 48, 88),
    ]
    assert 'unmasks to "Hello"' in fields[-1].meaning
    assert all(field.section.startswith("RFC 6455, 5.") for field in fields)


def test_the_three_forms_of_a_length_are_told_apart():
    def extended(size):
        fields = explain_frame(encode_frame(Frame(2, bytes(size))))
        return [(field.value, field.stop - field.start) for field in fields if field.name == "extended length"]

    assert extended(125) == []
    assert extended(126) == [("126", 16)]
    assert extended(65536) == [("65536", 64)]


def test_a_close_shows_its_code_and_its_reason():
    code, reason = explain_frame(encode_frame(Frame(8, b"\x03\xe8bye", mask=KEY)))[-2:]

    assert (code.name, code.value, code.start, code.stop) == ("close code", "1000", 48, 64)
    assert (reason.name, reason.value) == ("close reason", '"bye"')
    assert code.meaning == "Normal closure: the purpose of the connection is fulfilled."


def test_an_empty_payload_is_a_field_of_no_length():
    payload = explain_frame(b"\x89\x00")[-1]

    assert (payload.name, payload.value, payload.start, payload.stop) == ("payload", "", 16, 16)


def test_a_compressed_payload_says_what_it_inflates_to():
    assert (
        'Inflated: "Hello" (5 bytes).'
        in explain_frame(bytes.fromhex("c107f248cdc9c90700"), inflated_note(b"Hello"))[-1].meaning
    )


@pytest.mark.parametrize(
    ("wire", "name", "words"),
    [
        ("09", "FIN", "must not be fragmented"),
        ("c1", "RSV1", "compressed"),
        ("83", "opcode", "has no meaning"),
        ("817e", "payload length", "next 16 bits"),
        ("817e00", "extended length", "The first 1 of 2 bytes"),
        ("817e0005", "extended length", "a shorter form must say"),
        ("817fffffffffffffffff", "extended length", "top bit"),
        ("818137", "masking key", "The first 1 of 4 bytes"),
        ("810548", "payload", "1 of 5 bytes have come"),
        ("880103", "payload", "a code of two bytes"),
        ("880503e862", "close reason", "3 of 5 bytes have come"),
        ("810161 8100", "rest", "the next one begins here"),
    ],
)
def test_broken_and_incomplete_frames_are_explained_as_far_as_they_go(wire, name, words):
    fields = {field.name: field for field in explain_frame(bytes.fromhex(wire))}

    assert words in fields[name].meaning


def test_the_fields_of_a_large_frame_cover_it_too():
    for opcode in (1, 2, 8):
        data = encode_frame(Frame(opcode, bytes(5000), mask=KEY))

        assert_covered(explain_frame(data), len(data))
        assert_covered(explain_frame(data[:3000]), 3000)


def test_no_bytes_have_no_fields():
    assert explain_frame(b"") == ()


@given(frames)
def test_the_fields_of_a_frame_cover_it(frame):
    data = encode_frame(frame)

    assert_covered(explain_frame(data), len(data))


@given(st.binary(max_size=200))
def test_the_fields_cover_any_bytes(data):
    assert_covered(explain_frame(data), len(data))


@given(st.binary(max_size=300))
def test_no_value_or_meaning_holds_a_control_character(payload):
    for frame in (Frame(1, payload), Frame(0, payload, mask=KEY), Frame(8, payload[:125])):
        for field in explain_frame(encode_frame(frame)):
            assert (field.value + field.meaning).isprintable()
