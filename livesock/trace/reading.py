"""What is new in a trace, as rows, and the packets of Socket.IO in a row: for views that follow a recorded client.

Only what came since the last look is taken apart, so following costs what the traffic costs, not what the trace holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from livesock.errors import PacketError
from livesock.trace.conversation import Conversation
from livesock.trace.packets import describe, describe_payload
from livesock.trace.recording import Trace
from livesock.trace.rows import Chunk, Kind, Row
from livesock.wire.engineio import EngineType, decode_message
from livesock.wire.frame import Frame, Opcode
from livesock.wire.quote import one_line
from livesock.wire.socketio import PacketType, decode_text

__all__ = ["Packet", "Reading", "packets_of"]

SHOWN = 200
"""Characters of a packet that are shown."""

_SECRET = re.compile(r'"(sid|pid)":"[^"]*"')
"""Whoever knows the id of a session is that session. The id of a seat tells nothing, and is new each time."""


class Reading:
    """Follows one trace. Not thread-safe."""

    def __init__(self, trace: Trace) -> None:
        self._trace = trace
        self._taken = 0
        self._conversations: dict[int, Conversation] = {}

    def new(self) -> list[Row]:
        """Return the rows that were completed since the last call, in order."""
        if len(self._trace) + self._trace.lost == self._taken:
            return []
        rows: list[Row] = []
        for chunk in self._chunks():
            conversation = self._conversations.get(chunk.connection)
            if conversation is None:
                conversation = Conversation(chunk.connection, self._trace.client)
                self._conversations[chunk.connection] = conversation
            rows += conversation.feed(chunk)
            if chunk.is_end:
                del self._conversations[chunk.connection]
        return rows

    def _chunks(self) -> list[Chunk]:
        """Return the chunks that were not taken yet; what fell out of the trace meanwhile is skipped."""
        while True:
            lost = self._trace.lost
            chunks = list(self._trace)
            if lost == self._trace.lost:
                break
        total = lost + len(chunks)
        new = min(total - self._taken, len(chunks))
        self._taken = total
        return chunks[len(chunks) - new :]


class Packet(NamedTuple):
    """One packet, for a page."""

    text: str
    """As it stood on the wire; ids that open a session are left out, and what is too long."""
    about: str
    """What it says, in words."""
    namespace: str
    """`""` for a packet of Engine.IO, which belongs to no namespace."""
    is_event: bool
    """Whether it is an event or an answer to one: what an application wants to send."""


def packets_of(row: Row) -> Iterator[Packet]:
    """Yield the packets that a row carries: one in a frame, any number in the body of a poll, else none."""
    if isinstance(row.value, Frame) and row.value.opcode in (Opcode.TEXT, Opcode.BINARY):
        payload = bytes(row.value.payload)
        yield _packet(payload if row.value.opcode is Opcode.BINARY else payload.decode("utf-8", "replace"))
    elif row.kind is Kind.BODY:
        for part in row.data.decode("utf-8", "replace").split("\x1e"):
            if part.startswith("{"):  # an answer that is no payload: the server says what it did not like
                yield Packet(one_line(part, SHOWN), describe_payload(part), "", False)
            elif part != "ok":
                yield _packet(part)


def _packet(message: str | bytes) -> Packet:
    about = describe(message)
    if isinstance(message, bytes):
        return Packet(f"({len(message)} bytes)", about, "", True)
    text = _SECRET.sub(r'"\1":"…"', message) if message.startswith(("0", "40")) else message
    namespace, is_event = "", False
    try:
        engine = decode_message(message)
        if engine.type is EngineType.MESSAGE and isinstance(engine.data, str):
            packet, _ = decode_text(engine.data)
            namespace = packet.namespace
            is_event = packet.type in (PacketType.EVENT, PacketType.ACK)
    except PacketError:
        about = f"not a packet: {about}"
    return Packet(one_line(text, SHOWN), one_line(about, SHOWN), namespace, is_event)
