"""How messages travel: entries of a stream and bytes on a channel, written and read by servers in Node."""

from __future__ import annotations

import base64
import contextlib
import json
from typing import Any

import msgspec
import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from livesock.errors import PacketError
from livesock.realtime.cluster.entries import (
    MAX_MESSAGE,
    copy_of,
    encode_entry,
    encode_payload,
    id_key,
    is_id,
    packed,
    read_entry,
    read_payload,
    sender_of,
    unpacked,
)
from livesock.realtime.cluster.messages import Broadcast, Envelope, Fetch, Presence, Whom


def broadcast(*arguments: Any) -> Envelope:
    return Envelope("u1", "/chat", Broadcast(["news", *arguments], Whom(("red",))))


def test_an_entry_is_what_the_adapter_writes() -> None:
    data = '{"packet":{"type":2,"data":["news","ä",1]},"opts":{"rooms":["red"],"except":[],"flags":{}}}'

    assert encode_entry(broadcast("ä", 1)) == {"uid": "u1", "nsp": "/chat", "type": "3", "data": data}


def test_an_entry_with_binary_values_is_base64_of_messagepack() -> None:
    entry = encode_entry(broadcast(b"\x00\xff"))

    value = msgspec.msgpack.decode(base64.b64decode(entry["data"]))
    assert value["packet"] == {"type": 2, "data": ["news", b"\x00\xff"]}
    assert read_entry(entry) == broadcast(b"\x00\xff")


def test_the_number_of_an_entry_travels_beside_the_fields_of_the_adapter() -> None:
    entry = encode_entry(Envelope("u1", "/", Presence(13), 7))

    assert entry == {"uid": "u1", "nsp": "/", "type": "13", "n": "7"}
    assert sender_of(entry) == ("u1", 7)
    assert sender_of({"uid": "u2", "n": "seven"}) == ("u2", None)


def test_a_copy_is_read_by_livesock_alone() -> None:
    copy = copy_of(encode_entry(broadcast(1)))

    assert copy["nsp"] == "", "the adapter skips entries without a namespace"
    assert read_entry(copy) == broadcast(1)


def test_an_entry_without_a_namespace_is_none_of_ours() -> None:
    assert read_entry({"hello": "world"}) is None


@pytest.mark.parametrize(
    "change",
    [
        {"uid": ""},
        {"nsp": "/" * 2000},
        {"type": ""},
        {"type": "three"},
        {"type": "14"},
        {"type": "1" * 5},
        {"data": ""},
        {"data": "{"},
        {"data": "not base64!"},
        {"data": "gqZw"},
        {"data": base64.b64encode(msgspec.msgpack.encode([1])).decode()},
        {"data": "x" * (MAX_MESSAGE + 1)},
    ],
)
def test_an_entry_that_breaks_the_format_raises(change: dict[str, str]) -> None:
    with pytest.raises(PacketError):
        read_entry({**encode_entry(broadcast(1)), **change})


def test_a_payload_is_messagepack_of_the_whole_message() -> None:
    payload = encode_payload("u1", "/chat", Fetch(Whom(), "r1"))

    opts = {"rooms": [], "except": [], "flags": {}}
    data = {"opts": opts, "requestId": "r1"}
    assert msgspec.msgpack.decode(payload) == {"type": 7, "data": data, "uid": "u1", "nsp": "/chat"}
    assert read_payload(payload) == Envelope("u1", "/chat", Fetch(Whom(), "r1"))


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"\xc1",
        msgspec.msgpack.encode([1]),
        msgspec.msgpack.encode({"uid": 1, "nsp": "/", "type": 7}),
        b"x" * (MAX_MESSAGE + 1),
    ],
)
def test_a_payload_that_breaks_the_format_raises(payload: bytes) -> None:
    with pytest.raises(PacketError):
        read_payload(payload)


def test_what_is_too_large_is_refused_at_the_call() -> None:
    with pytest.raises(ValueError, match="at most 16,777,216 bytes"):
        encode_entry(broadcast("x" * (MAX_MESSAGE + 1)))
    with pytest.raises(ValueError, match="at most 16,777,216 bytes"):
        encode_payload("u1", "/", Fetch(Whom(("x" * (MAX_MESSAGE + 1),)), "r1"))


def test_values_become_what_javascript_can_read() -> None:
    values = {1: (True, None, 1.5), "n": 2**70, "b": bytearray(b"ab"), "s": "\ud800é", "i": numpy.int64(3)}

    sent = msgspec.msgpack.decode(packed(values))

    assert sent == {"1": [True, None, 1.5], "n": float(2**70), "b": b"ab", "s": "?é", "i": 3}


def test_values_that_no_other_server_could_read_are_refused() -> None:
    nested: list[Any] = []
    nested.append(nested)
    with pytest.raises(TypeError, match="a set cannot be sent"):
        packed({"tags": {1, 2}})
    with pytest.raises(ValueError, match="at most 64 deep"):
        packed(nested)


def test_a_date_of_javascript_becomes_text() -> None:
    at_noon = b"\xd6\xff" + (1_700_000_000).to_bytes(4, "big")

    assert unpacked(at_noon) == "2023-11-14T22:13:20.000Z"


@pytest.mark.parametrize(
    "value",
    [float("inf"), msgspec.msgpack.Ext(5, b"x"), [[]] * 60_000, json.loads("[" * 70 + "]" * 70)],
)
def test_values_that_no_peer_could_be_sent_raise(value: Any) -> None:
    with pytest.raises(PacketError):
        unpacked(msgspec.msgpack.encode(value))


def test_ids_are_ordered_by_time_and_number() -> None:
    assert sorted(["20-1", "3-0", "20-0"], key=id_key) == ["3-0", "20-0", "20-1"]
    assert is_id("1700000000000-0")
    assert not is_id("Q84jPJn.4")
    assert not is_id(None)


TEXT = st.text(st.characters(exclude_categories=["Cs"]))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT | st.binary(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner),
    max_leaves=10,
)  # fmt: skip


@given(st.lists(VALUES, max_size=4))
def test_reading_undoes_writing(arguments: list[Any]) -> None:
    assert read_entry(encode_entry(broadcast(*arguments))) == broadcast(*arguments)


@given(st.dictionaries(st.sampled_from(["uid", "nsp", "type", "data", "n", "again"]), st.text()))
def test_any_entry_gives_a_message_or_a_packet_error(entry: dict[str, str]) -> None:
    with contextlib.suppress(PacketError):
        read_entry(entry)


@given(st.binary())
def test_any_payload_gives_a_message_or_a_packet_error(payload: bytes) -> None:
    with contextlib.suppress(PacketError):
        read_payload(payload)
