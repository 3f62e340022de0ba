"""Close codes and the payload of a Close frame."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.exceptions import ProtocolError
from websockets.frames import Close

from livesock.errors import PacketError
from livesock.wire.codes import CODES, decode_close, describe_code, encode_close, sendable

PAYLOADS = [
    ("", None, ""),
    ("03e8", 1000, ""),
    ("03e8627965", 1000, "bye"),
    ("03f1c3a9", 1009, "é"),
    ("0bb8", 3000, ""),
    ("1387", 4999, ""),
]


@pytest.mark.parametrize(("wire", "code", "reason"), PAYLOADS)
def test_a_payload_says_its_code_and_reason(wire, code, reason):
    assert decode_close(bytes.fromhex(wire)) == (code, reason)
    assert encode_close(code, reason) == bytes.fromhex(wire)


@pytest.mark.parametrize("code", [0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535])
def test_a_code_that_must_not_be_on_the_wire_is_refused_both_ways(code):
    with pytest.raises(PacketError) as caught:
        decode_close(code.to_bytes(2, "big"))
    assert (caught.value.code, caught.value.section, caught.value.offset) == (1002, "RFC 6455, 7.4", 1)

    with pytest.raises(ValueError, match=str(code)):
        encode_close(code)


def test_a_payload_of_one_byte_is_refused():
    with pytest.raises(PacketError) as caught:
        decode_close(b"\x03")
    assert (caught.value.code, caught.value.section) == (1002, "RFC 6455, 5.5.1")


@pytest.mark.parametrize(("reason", "offset"), [(b"\xff", 2), (b"ab\xc3(", 5), (b"ab\xc3", 4), (b"\xed\xa0\x80", 3)])
def test_a_reason_that_is_not_utf8_is_refused_at_its_first_impossible_byte(reason, offset):
    with pytest.raises(PacketError) as caught:
        decode_close(b"\x03\xe8" + reason)
    assert (caught.value.code, caught.value.offset) == (1007, offset)
    assert "reason" in caught.value.rule


def test_a_reason_needs_a_code():
    with pytest.raises(ValueError, match="needs a code"):
        encode_close(None, "bye")


def test_a_reason_has_at_most_123_bytes():
    assert len(encode_close(1000, "é" * 61 + "x")) == 125
    with pytest.raises(ValueError, match="123"):
        encode_close(1000, "é" * 62)


def test_every_code_is_judged_as_websockets_judges_it():
    for code in range(65536):
        try:
            Close(code, "").check()
            allowed = True
        except ProtocolError:
            allowed = False
        assert sendable(code) == allowed, code


def test_every_code_has_a_sentence():
    for code in (*CODES, 0, 1016, 3000, 4000, 5000):
        assert describe_code(code).endswith(".")


@given(st.binary(max_size=125))
def test_any_payload_gives_a_close_or_one_packet_error(payload):
    try:
        code, reason = decode_close(payload)
    except PacketError as exc:
        assert exc.code in (1002, 1007)
        assert 0 <= exc.offset < len(payload)
    else:
        assert encode_close(code, reason) == payload


@given(st.binary(max_size=125))
def test_websockets_accepts_and_refuses_the_same_payloads(payload):
    try:
        theirs = Close.parse(payload)
        theirs.check() if payload else None
    except (ProtocolError, UnicodeDecodeError):
        with pytest.raises(PacketError):
            decode_close(payload)
    else:
        code, reason = decode_close(payload)
        assert (1005 if code is None else code, reason) == (theirs.code, theirs.reason)
