"""`Outbox`: the packets that wait for something to carry them, and how much memory they hold.

The bound of that memory is `SessionOptions.max_outbox`; a session above it is ended.
"""

from __future__ import annotations

from livesock.wire.engineio import EnginePacket

__all__ = ["Outbox"]

MAX_PACKETS = 16
"""Packets in the answer to one poll: a python-socketio client refuses an answer with more."""

MAX_SIZE = 1_000_000
"""Bytes after which the answer to a poll takes no further packet."""


class Outbox:
    """Packets in order."""

    __slots__ = ("_packets", "size")

    def __init__(self) -> None:
        self._packets: list[EnginePacket] = []
        self.size = 0
        """Bytes that wait; a character counts as one."""

    def __len__(self) -> int:
        return len(self._packets)

    def put(self, packet: EnginePacket) -> None:
        """Put `packet` behind the others."""
        self._packets.append(packet)
        self.size += len(packet.data)

    def next_answer(self) -> list[EnginePacket]:
        """Return what fits into the answer to one poll, at least one packet if there is one, and forget it."""
        count = size = 0
        while count < min(len(self._packets), MAX_PACKETS) and size <= MAX_SIZE:
            size += len(self._packets[count].data)
            count += 1
        packets, self._packets = self._packets[:count], self._packets[count:]
        self.size -= size
        return packets

    def empty(self) -> list[EnginePacket]:
        """Return the packets that wait, and forget them."""
        packets, self._packets, self.size = self._packets, [], 0
        return packets
