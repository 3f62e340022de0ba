"""TLS records from the outside, and the name that a ClientHello asks for."""

import pytest

from livesock.errors import PacketError
from livesock.wire.tls import FRAGMENT_LIMIT, TlsRecord, decode_record, server_name

RECORD = b"\x17\x03\x03\x00\x02ab"
RANDOM = bytes(32)


def hello(extensions: bytes) -> bytes:
    """Return a ClientHello with these extensions."""
    return b"\x01" + bytes(3) + b"\x03\x03" + RANDOM + b"\x00" + bytes(2) + b"\x00" + extensions


def vector(data: bytes) -> bytes:
    return len(data).to_bytes(2, "big") + data


def test_a_record_is_its_type_its_version_and_its_fragment():
    assert decode_record(RECORD + b"rest") == (TlsRecord(23, 0x0303, b"ab"), 7)
    assert decode_record(RECORD)[0].name == "application data"


def test_a_record_without_its_last_byte_is_incomplete():
    assert all(decode_record(RECORD[:size]) is None for size in range(len(RECORD)))


@pytest.mark.parametrize(
    ("data", "offset"),
    [(b"\x00", 0), (b"\x16\x02", 1), (b"\x16\x03\x01" + (FRAGMENT_LIMIT + 1).to_bytes(2, "big"), 4)],
)
def test_what_is_not_a_record_is_refused_at_its_first_impossible_byte(data, offset):
    with pytest.raises(PacketError) as caught:
        decode_record(data)

    assert caught.value.offset == offset


def test_a_hello_names_the_server_that_it_asks_for():
    other, name = b"\x00\x17" + vector(b""), b"\x00\x00" + vector(vector(b"\x00" + vector(b"example.org")))

    assert server_name(hello(vector(other + name))) == "example.org"


@pytest.mark.parametrize(
    "fragment", [b"", b"\x02", hello(b""), hello(vector(b"")), hello(vector(b"\x00\x00" + vector(b"")))]
)
def test_a_fragment_without_a_name_has_none(fragment):
    assert server_name(fragment) is None
