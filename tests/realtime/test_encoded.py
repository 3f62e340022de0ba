"""An event made ready once: its messages, its frames, and what cannot be sent."""

from __future__ import annotations

import pytest

from livesock.realtime.encoded import Encoded
from livesock.wire.socketio import Packet, PacketType


def test_an_event_is_one_message_and_one_more_for_each_binary_value():
    assert Encoded.event("/point", "moved", (1, "ż")).messages == ['2/point,["moved",1,"ż"]']
    assert Encoded.event("/", "save", (b"\x01",), 7).messages == ['51-7["save",{"_placeholder":true,"num":0}]', b"\x01"]


def test_its_size_counts_characters_and_bytes():
    assert Encoded.event("/", "x", ("ż",)).size == len('2["x","ż"]')
    assert Encoded(Packet(PacketType.ACK, "/", [b"123"], 0)).size == len('61-0[{"_placeholder":true,"num":0}]') + 3


def test_its_frames_are_unmasked_and_whole():
    """RFC 6455, 5.2: FIN and opcode, then the length, in one byte or in three; 4 is Engine.IO's mark of a message."""
    assert Encoded.event("/", "news", (1,)).frames == b'\x81\x0c42["news",1]'
    assert Encoded.event("/", "x", ("y" * 200,)).frames[:4] == b"\x81\x7e\x00\xd2"


def test_a_binary_value_is_a_frame_of_its_own():
    frames = Encoded.event("/", "x", (b"\x00\xff",)).frames

    assert frames.startswith(b"\x81") and frames.endswith(b"\x82\x02\x00\xff")


def test_the_frames_are_made_once():
    encoded = Encoded.event("/", "news", (1,))

    assert encoded.frames is encoded.frames


@pytest.mark.parametrize(
    ("name", "arguments", "error", "words"),
    [
        (7, (), TypeError, "an event has a name, such as emit"),
        ("connect", (), ValueError, '"connect" is a name of Socket.IO itself'),
        ("x", (object(),), TypeError, "object"),
        ("x", (float("nan"),), ValueError, "JSON"),
    ],
)
def test_what_cannot_be_sent_is_refused(name, arguments, error, words):
    with pytest.raises(error, match=words):
        Encoded.event("/", name, arguments)
