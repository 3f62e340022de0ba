"""Engine.IO protocol 4: packets, alone and many in one poll."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livesock.errors import PacketError
from livesock.wire.engineio import (
    SEPARATOR,
    EnginePacket,
    EngineType,
    Opening,
    decode_message,
    decode_payload,
    encode_message,
    encode_payload,
)

TEXT = st.text().filter(lambda text: SEPARATOR not in text)
PACKETS = st.builds(EnginePacket, st.sampled_from(EngineType), TEXT) | st.builds(
    EnginePacket, st.just(EngineType.MESSAGE), st.binary()
)

VECTORS = [
    (EnginePacket(EngineType.MESSAGE, "hello"), "4hello"),
    (EnginePacket(EngineType.MESSAGE, b"\x01\x02"), b"\x01\x02"),
    (EnginePacket(EngineType.PING, "probe"), "2probe"),
    (EnginePacket(EngineType.NOOP), "6"),
]


@pytest.mark.parametrize(("packet", "message"), VECTORS)
def test_vectors_both_ways(packet, message):
    assert encode_message(packet) == message
    assert decode_message(message) == packet


def test_the_protocols_own_example_of_a_payload():
    packets = [EnginePacket(EngineType.MESSAGE, text) for text in ("hello",)]
    packets += [EnginePacket(EngineType.PING), EnginePacket(EngineType.MESSAGE, "world")]
    assert encode_payload(packets) == "4hello\x1e2\x1e4world"
    assert encode_payload([EnginePacket(EngineType.MESSAGE, b"\x01\x02\x03\x04")]) == "bAQIDBA=="


@given(st.lists(PACKETS, min_size=1, max_size=20))
def test_a_payload_comes_back_as_it_went(packets):
    assert decode_payload(encode_payload(packets)) == packets


@given(PACKETS)
def test_a_message_comes_back_as_it_went(packet):
    assert decode_message(encode_message(packet)) == packet


@given(st.text())
def test_any_text_is_packets_or_a_packet_error(text):
    for decode in (decode_message, decode_payload):
        with contextlib.suppress(PacketError):
            decode(text)


@pytest.mark.parametrize("text", ["", "abc", "7", "٤2", "²", "b!!!!", "bAAA", "4ok\x1e", "4ok\x1ex", " 4"])
def test_what_is_no_packet_is_refused(text):
    with pytest.raises(PacketError):
        decode_payload(text)


def test_half_a_second_is_announced_as_500_milliseconds():
    opening = Opening("abc", ("websocket",), 0.5, 0.3, 1_000_000)
    packet = opening.packet()
    assert '"pingInterval":500,"pingTimeout":300' in packet.data
    assert Opening.parse(packet.data) == opening


@pytest.mark.parametrize("number", ["true", "-1", "1e12", '"25000"', "null"])
def test_an_opening_counts_in_milliseconds(number):
    text = f'{{"sid":"a","upgrades":[],"pingInterval":{number},"pingTimeout":1,"maxPayload":1}}'

    with pytest.raises(PacketError, match="pingInterval"):
        Opening.parse(text)


@given(
    st.text()
    | st.sampled_from(['{"sid":1}', "[]", '{"sid":"a","upgrades":[1],"pingInterval":1,"pingTimeout":1}', "[" * 5000])
)
def test_an_opening_that_is_none_is_a_packet_error(text):
    with pytest.raises(PacketError):
        Opening.parse(text)
