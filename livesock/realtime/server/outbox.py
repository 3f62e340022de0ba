"""`Outbox`: the packets that wait for something to carry them, and how much memory they hold."""

from __future__ import annotations

from livesock.wire.engineio import EnginePacket

__all__ = ["Outbox"]


class Outbox:
    """Packets in order."""

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

    def empty(self) -> list[EnginePacket]:
        """Return the packets that wait, and forget them."""
        packets, self._packets, self.size = self._packets, [], 0
        return packets
