"""Socket.IO protocol 5: the protocol's own examples, and everything that must not pass."""

from __future__ import annotations

import ctypes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livesock.errors import PacketError
from livesock.wire.socketio import MAX_ATTACHMENTS, RESERVED, Decoder, Packet, PacketType, encode

CONNECT, DISCONNECT, EVENT, ACK, CONNECT_ERROR = list(PacketType)[:5]

VECTORS = [
    (Packet(CONNECT), ["0"]),
    (Packet(CONNECT, data={"sid": "oSO0OpakMV_3jnilAAAA"}), ['0{"sid":"oSO0OpakMV_3jnilAAAA"}']),
    (Packet(CONNECT, "/admin", {"token": "123"}), ['0/admin,{"token":"123"}']),
    (Packet(CONNECT_ERROR, data={"message": "Not authorized"}), ['4{"message":"Not authorized"}']),
    (Packet(DISCONNECT, "/admin"), ["1/admin,"]),
    (Packet(EVENT, data=["foo"]), ['2["foo"]']),
    (Packet(EVENT, "/admin", ["bar"], 12), ['2/admin,12["bar"]']),
    (Packet(EVENT, data=["é", 0], id=0), ['20["é",0]']),
    (Packet(EVENT, data=[5, 1]), ["2[5,1]"]),
    (Packet(ACK, "/admin", ["bar"], 13), ['3/admin,13["bar"]']),
    (Packet(ACK, data=[], id=0), ["30[]"]),
    (Packet(EVENT, data=["baz", b"\x01\x02"]), ['51-["baz",{"_placeholder":true,"num":0}]', b"\x01\x02"]),
    (Packet(EVENT, data=["a", {"b": b"\x01"}]), ['51-["a",{"b":{"_placeholder":true,"num":0}}]', b"\x01"]),
    (Packet(ACK, "/admin", [b"\x03"], 15), ['61-/admin,15[{"_placeholder":true,"num":0}]', b"\x03"]),
]


def decode(messages: list[str | bytes]) -> Packet:
    decoder = Decoder()
    *first, last = [decoder.add(message) for message in messages]
    assert first == [None] * len(first) and last is not None and not decoder.is_waiting
    return last


@pytest.mark.parametrize(("packet", "messages"), VECTORS, ids=lambda value: str(value)[:40])
def test_vectors_both_ways(packet, messages):
    assert encode(packet) == messages
    assert decode(messages) == packet


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text() | st.binary(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text().filter("_placeholder".__ne__), inner, max_size=3)
    ),
    max_leaves=MAX_ATTACHMENTS,
)
NAMES = st.text().filter(lambda name: name not in RESERVED)
NAMESPACES = st.just("/") | st.text(max_size=20).map(lambda t: "/" + t.replace(",", "")).filter(lambda t: t != "/")
EVENTS = st.builds(
    lambda namespace, name, arguments, number: Packet(EVENT, namespace, [name, *arguments], number),
    NAMESPACES,
    NAMES,
    st.lists(JSON, max_size=3).filter(
        lambda arguments: len(encode(Packet(EVENT, data=["x", *_safe(arguments)]))) <= MAX_ATTACHMENTS + 1
    ),
    st.none() | st.integers(0, 10**16 - 1),
)


def _safe(arguments: list[object]) -> list[object]:
    return arguments if _count(arguments) <= MAX_ATTACHMENTS else []


def _count(value: object) -> int:
    if isinstance(value, bytes):
        return 1
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return sum(map(_count, inner))


@given(EVENTS)
def test_an_event_comes_back_as_it_went(packet):
    if _count(packet.data) <= MAX_ATTACHMENTS:
        assert decode(encode(packet)) == packet


@given(st.text() | st.from_regex(r"\A[0-6]([0-9]{1,3}-)?(/[a-z]*,)?[0-9]{0,3}[\[{].*", fullmatch=True))
def test_any_text_is_a_packet_or_a_packet_error(text):
    decoder = Decoder()
    try:
        decoder.add(text)
        decoder.add(b"bytes")
        decoder.add(text)
    except PacketError:
        pass


BAD = [
    *(
        "",
        "9",
        "²",
        "2[]",
        "2null",
        "2true",
        "2",
        "2[null,1]",
        '2[["a"]]',
        '2[true,"foo"]',
        '2[{"toString":"foo"}]',
        '2["echo",',
    ),
    *('27["echo",-Infinity]', '2١["echo",1]', '2 1["echo",1]', '1"x"', '50-["echo",1]', '5["echo"]', '511-["echo"]'),
    *(
        '59999999999-["msg",{"_placeholder":true,"num":0}]',
        '599999999999-["x"]',
        '51-["echo",1]',
        '21-["x"]',
        "0[]",
        '0"x"',
        "4",
        "4[]",
    ),
    *(f'2["{name}",1]' for name in sorted(RESERVED)),
    *(
        f'51-["echo",{{"_placeholder":true,"num":{num}}}]'
        for num in ("-1", "1e9", "1", '"0"', '"splice"', "true", "1.5", "[0]", "{}")
    ),
    '52-["x",{"_placeholder":true,"num":0},{"_placeholder":true,"num":0}]',
    "3" + "9" * 101 + "[]",
    "2" + "9" * 400 + '["echo",1]',
    "0/" + "a" * 900_000 + ",",
    '27["echo",' + "9" * 900_000 + "]",
    '27["echo",' + "[" * 490_000 + "]" * 490_000 + "]",
]


@pytest.mark.parametrize("text", BAD, ids=lambda text: repr(text[:40]))
def test_what_breaks_the_protocol_is_refused(text):
    with pytest.raises(PacketError) as refused:
        Decoder().add(text)
    assert len(str(refused.value)) < 200, "the refusal does not repeat what came"


def test_an_ack_without_data_is_an_ack_with_none():
    assert decode(["31"]) == Packet(ACK, id=1)


@pytest.mark.parametrize("messages", [[b"alone"], ['51-["a",{"_placeholder":true,"num":0}]', '2["b"]']])
def test_bytes_and_text_out_of_turn_are_refused(messages):
    with pytest.raises(PacketError):
        decode(messages)


def test_everything_with_a_buffer_is_bytes():
    import array

    numbers = array.array("H", [1, 2])
    assert encode(Packet(EVENT, data=["a", memoryview(b"x"), bytearray(b"y"), numbers]))[1:] == [
        b"x",
        b"y",
        numbers.tobytes(),
    ]


def test_attachments_of_more_bytes_than_allowed_are_refused_each_packet_by_itself():
    decoder = Decoder(max_binary=10)
    announced = '52-["x",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]'
    for _ in range(3):
        assert [decoder.add(message) is None for message in (announced, b"12345", b"12345")] == [True, True, False]
    decoder.add(announced)
    decoder.add(b"123456")
    with pytest.raises(PacketError, match="at most 10 bytes"):
        decoder.add(b"12345")


class Scalar(ctypes.c_longlong):
    """A number as numpy's: it has a buffer without dimensions, and `item()` is the plain number."""

    def item(self):
        return self.value


def sent(*values):
    return encode(Packet(PacketType.EVENT, "/", ["x", *values]))


def test_a_single_number_with_a_buffer_is_a_number():
    assert memoryview(Scalar(3)).ndim == 0
    assert sent(Scalar(3), [Scalar(-1)], {"a": Scalar(2**40)}) == ['2["x",3,[-1],{"a":1099511627776}]']


def test_a_single_thing_with_a_buffer_that_is_no_number_is_refused():
    with pytest.raises(TypeError, match=r"a single c_long.* pass a plain one"):
        sent(ctypes.c_longlong(3))


def test_what_is_neither_json_nor_bytes_is_refused_to_the_caller():
    with pytest.raises(TypeError):
        sent(object())


def test_what_numpy_holds_goes_out_as_numbers_or_as_bytes():
    np = pytest.importorskip("numpy")  # a development dependency: CI has it
    assert sent(np.int64(3), np.float64(0.5), np.float32(0.5), np.bool_(True), np.array(7), np.uint8(255)) == [
        '2["x",3,0.5,0.5,true,7,255]'
    ]
    assert sent(np.str_("a")) == ['2["x","a"]']
    assert sent(np.array([1, 2], dtype="u1"), np.bytes_(b"ab"))[1:] == [b"\x01\x02", b"ab"]
    with pytest.raises(ValueError):
        sent(np.float64("nan"))
    with pytest.raises(ValueError):
        sent(np.float32("inf"))
    for value in (np.complex64(1), np.datetime64("2020-01-01")):
        with pytest.raises(TypeError):
            sent(value)


def test_an_eleventh_attachment_is_refused_to_the_caller():
    assert len(encode(Packet(EVENT, data=["a", *[b"x"] * 10]))) == 11
    with pytest.raises(ValueError, match="at most 10"):
        encode(Packet(EVENT, data=["a", *[b"x"] * 11]))


def test_data_nested_in_itself_is_refused_to_the_caller():
    loop: list[object] = ["a"]
    loop.append(loop)
    for data in (loop, ["a", b"bytes", loop]):
        with pytest.raises(ValueError, match="in itself"):
            encode(Packet(EVENT, data=data))


def test_bytes_in_a_packet_that_is_no_event_are_refused_to_the_caller():
    with pytest.raises(TypeError):
        encode(Packet(PacketType.CONNECT_ERROR, data={"message": b"no"}))
