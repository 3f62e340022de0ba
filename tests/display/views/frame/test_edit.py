"""Changing a frame: one bit, or one part with all that follows from it; and what its receiver would say."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livesock.display.views.frame.edit import as_frame, flip, judge
from livesock.wire.frame import Frame, encode_frame

HELLO = bytes.fromhex("81 85 37 fa 21 3d 7f 9f 4d 51 58")

frames = st.builds(
    Frame,
    st.integers(0, 15),
    st.binary(max_size=300),
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.none() | st.binary(min_size=4, max_size=4),
)


@given(frames)
def test_taking_a_frame_apart_undoes_putting_it_together(frame: Frame) -> None:
    assert as_frame(encode_frame(frame)) == frame


@given(st.binary(min_size=1, max_size=40), st.data())
def test_a_bit_flipped_twice_is_the_bit(data: bytes, draw: st.DataObject) -> None:
    bit = draw.draw(st.integers(0, 8 * len(data) - 1))

    changed = flip(data, bit)

    assert int.from_bytes(changed, "big") ^ int.from_bytes(data, "big") == 1 << (8 * len(data) - 1 - bit)
    assert flip(changed, bit) == data


@given(st.binary(min_size=1, max_size=40), st.booleans(), st.none() | st.integers(0, 100))
def test_any_bytes_get_a_verdict_and_a_frame(data: bytes, from_client: bool, limit: int | None) -> None:
    verdict = judge(data, from_client=from_client, limit=limit)

    assert verdict.sign in "✓…✕" and (verdict.code is None) == (verdict.sign != "✕")
    assert encode_frame(as_frame(data))


@pytest.mark.parametrize(
    ("data", "sign", "words", "code"),
    [
        (HELLO, "✓", "complete: 5 bytes of payload", None),
        (HELLO[:1], "…", "not complete: more bytes must come", None),
        (HELLO[:7], "…", "not complete: 4 more bytes must come", None),
        (flip(HELLO, 0), "✓", "FIN is 0, so the receiver waits for the rest of the message", None),
        (HELLO + b"\x83", "✕", "in the bytes after it a broken rule: opcode 3 is reserved", 1002),
        (flip(HELLO, 8), "✕", "a client must mask every frame", 1002),
        (b"GET /", "✕", "3 rules are broken: programs look in different orders", 1002),
        (flip(flip(HELLO, 6), 8), "✕", "2 rules are broken", 1002),
        (encode_frame(Frame(1, b"\xff", mask=b"abcd")), "✕", "text must be UTF-8", 1007),
        (b"\x82\xff" + (2**40).to_bytes(8, "big") + b"abcd", "✕", "takes 65,536 answers with close 1009", 1009),
    ],
)
def test_what_a_server_says(data: bytes, sign: str, words: str, code: int | None) -> None:
    verdict = judge(data, from_client=True, limit=65_536)

    assert (verdict.sign, verdict.code) == (sign, code)
    assert words in verdict.text
    assert ("rules are broken" in verdict.text) == ("rules are broken" in words)


def test_a_part_is_changed_with_all_that_follows() -> None:
    assert encode_frame(replace(as_frame(HELLO), mask=None)) == b"\x81\x05Hello"
    assert as_frame(b"\x81\xff").mask == bytes(4), "a key that is not there is taken for zeros"


def test_there_must_be_a_bit_and_a_byte() -> None:
    with pytest.raises(ValueError, match="the bits 0 to 15, not 16"):
        flip(b"ab", 16)
    with pytest.raises(ValueError, match="at least one byte"):
        as_frame(b"")
