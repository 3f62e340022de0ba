"""Messages put together from frames: their order, their bounds, their UTF-8."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livesock.errors import PacketError
from livesock.wire.frame import Opcode
from livesock.wire.messages import Assembler
from livesock.wire.utf8 import Utf8Checker, decode_text

CONTINUATION, TEXT, BINARY = Opcode.CONTINUATION, Opcode.TEXT, Opcode.BINARY


def assembled(*frames, **bounds):
    """Return the messages that these frames make."""
    assembler = Assembler(**{"max_size": 1000, **bounds})
    messages = [assembler.add(opcode, payload, fin) for opcode, payload, fin in frames]
    return [message for message in messages if message is not None]


def error_of(*frames, **bounds):
    """Return close code and rule of the error that these frames lead to."""
    with pytest.raises(PacketError) as caught:
        assembled(*frames, **bounds)
    return caught.value.code, caught.value.rule


def test_a_message_is_one_frame_or_many():
    assert assembled((TEXT, b"Hello", True)) == ["Hello"]
    assert assembled((BINARY, b"\xff\xfe", True)) == [b"\xff\xfe"]
    assert assembled((TEXT, b"caf\xc3", False), (CONTINUATION, b"", False), (CONTINUATION, b"\xa9", True)) == ["café"]


def test_the_next_message_owes_nothing_to_the_one_before():
    frames = [(BINARY, b"\xc3", False), (CONTINUATION, b"\xff", True), (TEXT, b"a", True), (BINARY, b"", True)]

    assert assembled(*frames) == [b"\xc3\xff", "a", b""]


def test_it_knows_whether_a_message_is_under_way():
    assembler = Assembler(max_size=1000)
    seen = [assembler.is_between]
    for frame in ((TEXT, b"a", False), (CONTINUATION, b"b", True)):
        assembler.add(*frame)
        seen.append(assembler.is_between)

    assert seen == [True, False, True]


def test_frames_in_a_wrong_order_are_a_protocol_error():
    assert error_of((CONTINUATION, b"", True)) == (1002, "a continuation frame needs a message that has begun")
    assert error_of((TEXT, b"", False), (TEXT, b"", True)) == (
        1002,
        "a new message may not begin inside a fragmented one",
    )


def test_a_message_is_bounded_in_bytes_and_in_fragments():
    empty = [(CONTINUATION, b"", False)] * 4

    assert assembled((TEXT, b"ab", False), *empty[1:], (CONTINUATION, b"c", True), max_size=3, max_fragments=5) == [
        "abc"
    ]
    assert error_of((TEXT, b"ab", False), (CONTINUATION, b"cd", False), max_size=3) == (
        1009,
        "a message has at most 3 bytes",
    )
    assert error_of((TEXT, b"", False), *empty, max_fragments=4) == (1009, "a message has at most 4 fragments")


def test_a_text_that_is_not_utf8_is_refused_when_it_is_whole():
    assert error_of((TEXT, b"caf\xc3", True)) == (
        1007,
        "text must be UTF-8, and this one ends in the middle of a character",
    )
    assert error_of((TEXT, b"a\xc3", False), (CONTINUATION, b"b", True)) == (
        1007,
        "text must be UTF-8, and the byte 0x62 cannot stand here",
    )


@given(st.binary(max_size=20) | st.text(max_size=9).map(str.encode), st.binary(max_size=3))
def test_a_whole_text_is_judged_as_its_pieces_are(text, end):
    data = text + end
    checker = Utf8Checker()

    try:
        checker.check(data, final=True)
    except PacketError as exc:
        with pytest.raises(PacketError) as caught:
            decode_text(data)
        assert (caught.value.rule, caught.value.offset, caught.value.code) == (exc.rule, exc.offset, 1007)
    else:
        assert decode_text(data) == data.decode()
