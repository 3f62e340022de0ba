"""How a message of a cluster travels: an entry of a Redis stream, or bytes on a channel.

    stream   uid, nsp, type, data    data is JSON; with binary values in it, base64 of MessagePack
    channel  MessagePack of {uid, nsp, type, data}    what must not wait: questions and answers

The format is that of `@socket.io/redis-streams-adapter` 0.3, whose servers read ours. Two fields more, which those do
not read: `n` counts the entries of one livesock server, so that another one takes none twice; `again` holds the
namespace of a copy, written because Redis came back without its data.
"""

from __future__ import annotations

import base64
import binascii
import math
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from livesock.errors import PacketError
from livesock.realtime.cluster.messages import MAX_NAME, Body, Envelope, body_of, data_of, kind_of
from livesock.wire.strictjson import MAX_CONTAINERS, MAX_DEPTH, dumps, loads

__all__ = [
    "MAX_MESSAGE",
    "Entry",
    "copy_of",
    "encode_entry",
    "encode_payload",
    "id_key",
    "is_id",
    "packed",
    "read_entry",
    "read_payload",
    "sender_of",
    "unpacked",
]

SECTION = "@socket.io/redis-streams-adapter 0.3"

MAX_MESSAGE = 16 * 2**20
"""Bytes of one message, in and out: what a server reads is held in memory several times while it is taken apart."""

Entry = dict[str, str]
"""The fields of one entry of the stream."""

_ID = re.compile(r"([0-9]{1,20})-([0-9]{1,20})")


def is_id(text: object) -> bool:
    """Tell whether `text` is the id of an entry, such as `"1700000000000-0"`."""
    return isinstance(text, str) and _ID.fullmatch(text) is not None


def id_key(text: str) -> tuple[int, int]:
    """Return what orders ids.

    >>> id_key("1700000000000-10") > id_key("1700000000000-9")
    True
    """
    time, _, number = text.partition("-")
    return int(time), int(number)


def encode_entry(envelope: Envelope) -> Entry:
    """Return the fields of the entry for a message.

    Raises:
        TypeError, ValueError: If it holds a value that cannot be sent, or more than `MAX_MESSAGE` bytes.
    """
    entry = {"uid": envelope.uid, "nsp": envelope.namespace, "type": str(kind_of(envelope.body))}
    data = data_of(envelope.body)
    if data is not None:
        binary = has_binary(data)
        entry["data"] = base64.b64encode(packed(data)).decode("ascii") if binary else dumps(data)
        _check_size(len(entry["data"]))
    return entry if envelope.number is None else {**entry, "n": str(envelope.number)}


def copy_of(entry: Entry) -> Entry:
    """Return a copy of an entry that only livesock servers read, and those only if they have not had it."""
    return {**entry, "nsp": "", "again": entry["nsp"]}


def sender_of(entry: Mapping[str, str]) -> tuple[str, int | None]:
    """Return who wrote an entry, and the number that it has there, without looking at its data."""
    number = entry.get("n", "")
    return entry.get("uid", ""), int(number) if number.isascii() and number.isdigit() and len(number) < 20 else None


def read_entry(entry: Mapping[str, str]) -> Envelope | None:
    """Return the message of an entry; None for one without a namespace, which is none of ours.

    Raises:
        PacketError: If it breaks the format, or is larger than `MAX_MESSAGE`.
    """
    namespace, data = entry.get("nsp") or entry.get("again", ""), entry.get("data", "")
    uid, number = sender_of(entry)
    if not namespace:
        return None
    if not 0 < len(uid) <= MAX_NAME or len(namespace) > MAX_NAME:
        raise _wrong(f"a uid and a namespace of at most {MAX_NAME} characters")
    if len(data) > MAX_MESSAGE:
        raise _wrong(f"a message of at most {MAX_MESSAGE:,} bytes, not {len(data):,}")
    kind = entry.get("type", "")
    if not (kind.isascii() and kind.isdigit() and len(kind) < 4):
        raise _wrong(f"the number of a message as its type, not {kind!r:.40}")
    return Envelope(uid, namespace, body_of(int(kind), _data(data)), number)


def _data(text: str) -> Any:
    if not text:
        return None
    if text.startswith("{"):
        return loads(text)
    try:
        return unpacked(base64.b64decode(text, validate=True))
    except (binascii.Error, ValueError):
        raise _wrong("JSON or base64 as data") from None


def encode_payload(uid: str, namespace: str, body: Body) -> bytes:
    """Return the bytes that go through a channel.

    Raises:
        TypeError, ValueError: If it holds a value that cannot be sent, or more than `MAX_MESSAGE` bytes.
    """
    payload = packed({"type": kind_of(body), "data": data_of(body), "uid": uid, "nsp": namespace})
    _check_size(len(payload))
    return payload


def read_payload(payload: bytes) -> Envelope:
    """Return the message that came through a channel.

    Raises:
        PacketError: If it breaks the format, or is larger than `MAX_MESSAGE`.
    """
    if len(payload) > MAX_MESSAGE:
        raise _wrong(f"a message of at most {MAX_MESSAGE:,} bytes, not {len(payload):,}")
    value = unpacked(payload)
    if not isinstance(value, dict):
        raise _wrong("an object with uid, nsp, type and data")
    uid, namespace, kind = value.get("uid"), value.get("nsp"), value.get("type")
    if not isinstance(uid, str) or not isinstance(namespace, str) or not isinstance(kind, int):
        raise _wrong("an object with uid, nsp, type and data")
    return Envelope(uid[:MAX_NAME], namespace, body_of(kind, value.get("data")))


def has_binary(value: Any) -> bool:
    """Tell whether there are bytes, or what else has the buffer interface, anywhere in `value`."""
    if isinstance(value, str | int | float) or value is None:
        return False
    if isinstance(value, dict):
        return any(map(has_binary, value.values()))
    if isinstance(value, list | tuple):
        return any(map(has_binary, value))
    return True


def packed(value: Any) -> bytes:
    """Return `value` as MessagePack that JavaScript reads: no number beyond 64 bits, every key a str.

    Raises:
        TypeError: If it holds a value that cannot be sent.
        ValueError: If it is nested too deep.
    """
    return msgspec.msgpack.encode(_sendable(value, 0))


def _sendable(value: Any, depth: int) -> Any:
    if depth > MAX_DEPTH:
        raise ValueError(f"a message is nested at most {MAX_DEPTH} deep")
    if value is None or isinstance(value, bool | float):
        return value
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-8", "replace").decode()
    if isinstance(value, int):
        return int(value) if -(2**63) <= value < 2**64 else float(value)
    if isinstance(value, dict):
        return {
            key if isinstance(key, str) else dumps(key): _sendable(inner, depth + 1) for key, inner in value.items()
        }
    if isinstance(value, list | tuple):
        return [_sendable(inner, depth + 1) for inner in value]
    try:
        view = memoryview(value)
    except TypeError:
        raise TypeError(f"a {type(value).__name__} cannot be sent to another server") from None
    if getattr(value, "ndim", view.ndim) == 0 and hasattr(value, "item"):
        return value.item()
    return bytes(view)


def unpacked(payload: bytes) -> Any:
    """Return the value that MessagePack holds: lists, dicts with str keys, numbers, str and bytes.

    Raises:
        PacketError: If it is not MessagePack, or holds what no peer could be sent.
    """
    try:
        value = msgspec.msgpack.decode(payload)
    except (msgspec.DecodeError, RecursionError, ValueError) as exc:
        raise _wrong(f"MessagePack: {exc}"[:200]) from None
    return _received(value, 0, [MAX_CONTAINERS])


def _received(value: Any, depth: int, left: list[int]) -> Any:
    if value is None or isinstance(value, str | int | bytes):
        return value
    if isinstance(value, float):
        if not math.isfinite(value):
            raise _wrong("a number that a double can hold")
        return value
    if isinstance(value, datetime):  # of JavaScript, which JSON writes as text
        return value.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    left[0] -= 1
    if depth > MAX_DEPTH or left[0] < 0:
        raise _wrong(f"a value of at most {MAX_CONTAINERS} lists and objects, nested at most {MAX_DEPTH} deep")
    if isinstance(value, dict):
        return {str(key): _received(inner, depth + 1, left) for key, inner in value.items()}
    if isinstance(value, list):
        return [_received(inner, depth + 1, left) for inner in value]
    raise _wrong(f"a value of JSON or bytes, not {type(value).__name__}")


def _check_size(size: int) -> None:
    if size > MAX_MESSAGE:
        raise ValueError(f"a message for the other servers has at most {MAX_MESSAGE:,} bytes, not {size:,}")


def _wrong(expected: str) -> PacketError:
    return PacketError(f"expected {expected}", section=SECTION)
