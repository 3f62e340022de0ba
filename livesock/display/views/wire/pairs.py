"""`Pairs`: which row answers which, and how long that took. And which rows only keep a connection alive.

request ──► response       ping ──► pong with the same payload       42/point,7["move"] ──► 43/point,7[…]

Only frames with one whole packet are looked at: what a poll carries, its request and its response pair up.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import NamedTuple

from livesock.trace.rows import Kind, Row
from livesock.wire.frame import Frame, Opcode
from livesock.wire.http.head import ResponseHead

__all__ = ["Pair", "Pairs", "is_heartbeat"]

OPEN = 5000
"""Questions that may wait for an answer; the oldest are forgotten."""

_QUESTION = re.compile(rb"4[25](?:\d+-)?(/[^,]*,)?(\d+)\[")
_ANSWER = re.compile(rb"4[36](?:\d+-)?(/[^,]*,)?(\d+)\[")
_JOIN = re.compile(rb"4[04](/[^,]*,)?")

_OTHER = {"<": ">", ">": "<"}

Key = tuple[object, ...]


class Pair(NamedTuple):
    """The row that asked, and the seconds since then."""

    question: int
    took: float


def is_heartbeat(row: Row, is_packet: bool) -> bool:
    """Return whether a row is a ping or a pong, of WebSocket or of Engine.IO."""
    if row.kind is not Kind.FRAME or not isinstance(row.value, Frame):
        return False
    return row.value.opcode in (Opcode.PING, Opcode.PONG) or (is_packet and row.value.payload in (b"2", b"3"))


class Pairs:
    """Fed with every row of a log, in order. Not thread-safe."""

    def __init__(self) -> None:
        self._open: dict[Key, tuple[int, float]] = {}
        self._heads: Counter[Key] = Counter()  # requests and responses, by connection

    def add(self, number: int, row: Row, is_packet: bool) -> Pair | None:
        """Take a row with its number; return what it answers, if that was seen."""
        asks, answers = self._keys(row, is_packet)
        if asks:
            self._open[asks] = number, row.time
            if len(self._open) > OPEN:
                del self._open[next(iter(self._open))]
        found = self._open.pop(answers, None) if answers else None
        return Pair(found[0], max(0.0, row.time - found[1])) if found else None

    def _keys(self, row: Row, is_packet: bool) -> tuple[Key, Key]:
        """Return under which key the row asks, and under which it answers; empty where it does not."""
        here, way = row.connection, row.direction
        if row.kind in (Kind.REQUEST, Kind.RESPONSE):
            if isinstance(row.value, ResponseHead) and row.value.status == 100:
                return (), ()
            self._heads[row.kind, here] += 1
            key = "head", here, self._heads[row.kind, here]
            return (key, ()) if row.kind is Kind.REQUEST else ((), key)
        if row.kind is not Kind.FRAME or not isinstance(row.value, Frame) or way not in _OTHER:
            return (), ()
        payload = row.value.payload
        if row.value.opcode == Opcode.PING:
            return ("ping", here, way, payload), ()
        if row.value.opcode == Opcode.PONG:
            return (), ("ping", here, _OTHER[way], payload)
        return _packet_keys(here, way, row.from_client, payload[:400]) if is_packet else ((), ())


def _packet_keys(here: int, way: str, from_client: bool, payload: bytes) -> tuple[Key, Key]:
    if payload in (b"2", b"2probe"):
        return ("beat", here, way, payload[1:]), ()
    if payload in (b"3", b"3probe"):
        return (), ("beat", here, _OTHER[way], payload[1:])
    if match := _QUESTION.match(payload):
        return ("ack", here, way, *match.groups()), ()
    if match := _ANSWER.match(payload):
        return (), ("ack", here, _OTHER[way], *match.groups())
    if match := _JOIN.match(payload):
        key = "join", here, match[1]
        return (key, ()) if from_client else ((), key)
    return (), ()
