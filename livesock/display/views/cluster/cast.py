"""Two servers with clients of the view's own: each alone, or both on one bus."""

from __future__ import annotations

import itertools
from collections import deque
from typing import Any

from livesock.display.visitor import Visitor
from livesock.net.cluster.memory import MemoryBus
from livesock.net.socketio.handling.observers import Emitted
from livesock.server import Server, serve

__all__ = ["KEYS", "ROOM", "ClusterCast"]

KEYS = ("one", "two")
"""The names of the servers."""

ROOM = "room"

PEOPLE = ("Ann", "Ben", "Cat", "Dan", "Eve", "Fay", "Gus", "Hal")
"""Dealt to the two servers in turn, as a balancer does."""

_numbers = itertools.count(1)


class ClusterCast:
    """Two servers, eight clients in one room, and the bus between them, if there is one."""

    def __init__(self, bus: MemoryBus | None) -> None:
        self.bus = bus
        self.said: deque[tuple[str, Emitted]] = deque(maxlen=1000)
        """What a server has handed to its clients, with the server's name."""
        self.rows: list[dict[str, Any]] = []
        self.ids: dict[str, int] = {}
        """The socket of each client, and its row."""
        number = next(_numbers)
        self.servers: dict[str, Server] = {key: serve(f"{key} of {number}", cluster=bus) for key in KEYS}
        self._visitors: list[Visitor] = []
        for row, name in enumerate(PEOPLE):
            self._enter(row, name, KEYS[row % 2])
        self._forgets = [server.overhear(self._hear(key)) for key, server in self.servers.items()]

    def _enter(self, row: int, name: str, key: str) -> None:
        server = self.servers[key]
        visitor = Visitor(server)
        self._visitors.append(visitor)
        seat = visitor.join("/", {"name": name})
        server.of("/").local.to(str(seat.id)).join(ROOM)
        self.ids[str(seat.id)] = row
        self.rows.append({"id": row, "name": name, "named": True, "here": False, "seats": {key: [0]}})

    def _hear(self, key: str) -> Any:
        return lambda emitted: self.said.append((key, emitted))

    def emit(self, key: str, text: int) -> None:
        """Let one of the servers emit to the room."""
        self.servers[key].of("/").to(ROOM).emit("news", text)

    def kill(self, key: str) -> None:
        """End a server as it is: its clients are cut off."""
        self.servers[key].stop()

    def close(self) -> None:
        """End the clients, then the servers."""
        for forget in self._forgets:
            forget()
        for visitor in self._visitors:
            visitor.close()
        for server in self.servers.values():
            server.stop()
