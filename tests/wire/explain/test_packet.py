"""Which characters of a packet are what, and where a strict reader stops."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livesock.errors import PacketError
from livesock.wire.explain.packet import explain_packet
from livesock.wire.socketio import decode_text


def parts(message: str) -> list[tuple[str, str]]:
    return [(field.name, field.value) for field in explain_packet(message)]


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("2probe", [("Engine.IO", "2"), ("data", "probe")]),
        ('0{"sid":"a"}', [("Engine.IO", "0"), ("data", '{"sid":"a"}')]),
        ("40", [("Engine.IO", "4"), ("Socket.IO", "0")]),
        ("40/point,", [("Engine.IO", "4"), ("Socket.IO", "0"), ("namespace", "/point,")]),
        (
            '42/point,7["add",2,3]',
            [
                ("Engine.IO", "4"),
                ("Socket.IO", "2"),
                ("namespace", "/point,"),
                ("number", "7"),
                ("data", '["add",2,3]'),
            ],
        ),
        (
            '451-["photo",{"_placeholder":true,"num":0}]',
            [
                ("Engine.IO", "4"),
                ("Socket.IO", "5"),
                ("binary values", "1-"),
                ("data", '["photo",{"_placeholder":true,"num":0}]'),
            ],
        ),
        ("430[]", [("Engine.IO", "4"), ("Socket.IO", "3"), ("number", "0"), ("data", "[]")]),
    ],
)
def test_each_part_has_its_name(message, expected):
    assert parts(message) == expected


@pytest.mark.parametrize(
    ("message", "part", "rule"),
    [
        ("", "", None),
        ("hello", "hello", "begins with a digit"),
        ("4", "", None),
        ("49", "9", "Socket.IO's digit"),
        ('42/point7["add",2,3]', ",3]", "This is not JSON"),
        ("42", "", "holds other data"),
        ('45["a"]', '["a"]', "announce"),
    ],
)
def test_a_broken_packet_ends_in_a_part_that_says_why(message, part, rule):
    last = explain_packet(message)[-1:]

    if rule is not None:
        assert (last[0].name, last[0].value) == ("broken", part)
        assert rule in last[0].meaning


@given(st.from_regex(r"4?[0-6]?(/[a-z]{0,3},?)?[0-9]{0,2}(\[.{0,6}\])?", fullmatch=True) | st.text(max_size=20))
def test_the_parts_are_the_whole_message_and_broken_is_what_a_reader_refuses(message):
    fields = explain_packet(message)

    assert "".join(field.value for field in fields) == message
    assert all(a.stop == b.start for a, b in itertools.pairwise(fields))
    if message[:1] == "4" and len(message) > 1:
        try:
            decode_text(message[1:])
            is_right = True
        except PacketError:
            is_right = False
        assert is_right == ("broken" not in [field.name for field in fields])
