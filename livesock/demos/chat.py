"""Chat: rooms, presence and history.

    client                                        server
      enter(room, name, epoch, after)  ────────►    the answer: who is there, and every line after number `after`
      say(text, number)                ────────►    the answer: the line's place in the room
                                       ◄────────  line    {place, name, text, time}      to every peer in the room
                                       ◄────────  people  [name, …]                      who is there, after each change
                                       ◄────────  rooms   [[name, how many], …]          to every peer

No line is lost and no line comes twice, in either direction:

* Lines have places 1, 2, 3 … in their room. A client that comes back sends the last place that it has seen, and gets
  the lines after it. `epoch` names the room's numbering: it changes when a room begins anew, and old places with it.
* A client numbers its lines, and sends a line again that was not answered. The server writes each number down once.

Every handler is an `async def` without an `await`: it runs on the server's one loop from its first line to its last,
so two of them never interleave, and nothing here needs a lock.
"""

from __future__ import annotations

import secrets
import time
from collections import OrderedDict, deque
from dataclasses import asdict, dataclass, field
from typing import Any

from livesock import Refused, event
from livesock.demos.words import a_key, a_line, a_name, same_name
from livesock.net.socketio.namespace import Namespace
from livesock.net.socketio.seat import Socket

__all__ = ["Chat", "ChatLine", "Room"]

MAX_HISTORY = 200
"""Lines that a room remembers."""

MAX_ROOMS = 50
"""Rooms; a new one takes the place of the quietest empty one."""

MAX_PEOPLE = 200
"""People in one room."""

MAX_KEYS = 2000
"""Clients whose last number is remembered; the one that has been silent for longest is forgotten first."""


@dataclass(frozen=True, slots=True)
class ChatLine:
    """One line of the chat."""

    place: int
    name: str
    text: str
    time: float
    """Unix time."""


@dataclass(slots=True)
class Room:
    """A room: its last lines, and who is in it."""

    name: str
    epoch: str = field(default_factory=lambda: secrets.token_hex(4))
    count: int = 0
    lines: deque[ChatLine] = field(default_factory=lambda: deque(maxlen=MAX_HISTORY))
    people: dict[str, str] = field(default_factory=dict)
    """Id of a socket to the name of its peer."""

    def add(self, name: str, text: str) -> ChatLine:
        """Write a line down."""
        self.count += 1
        line = ChatLine(self.count, name, text, time.time())
        self.lines.append(line)
        return line

    def after(self, epoch: str, place: int) -> list[ChatLine]:
        """Return the lines after `place` of `epoch`; all lines if the epoch is another one."""
        return [line for line in self.lines if epoch != self.epoch or line.place > place]


class Chat:
    """Answers the namespace of the chat."""

    namespace: Namespace[Socket]

    def __init__(self) -> None:
        self._rooms: dict[str, Room] = {}  # the room that was used last stands last
        self._present: dict[str, Socket] = {}  # key -> the socket of its owner
        self._numbers: OrderedDict[str, int] = OrderedDict()  # key -> the number of its last line

    async def on_connect(self, socket: Socket) -> None:
        """Accept every peer; it is present from `enter` on."""
        socket.data["key"] = a_key(socket.handshake.auth, otherwise=socket.id)
        socket.emit("rooms", self._list())

    async def on_disconnect(self, socket: Socket, reason: str) -> None:
        """Take a peer that has gone out of its room."""
        self._leave(socket)

    @event("enter")
    async def enter(self, socket: Socket, room: str, name: str, epoch: str = "", after: int = 0) -> dict[str, Any]:
        """Put the peer into `room` as `name`; the answer holds what it missed."""
        room, name = a_name(room, "a room's name"), a_name(name)
        if not socket.is_connected:
            # Its disconnect is handled already: the name would stay in the room for ever.
            raise Refused("you have left")
        key = socket.data["key"]
        others = (s for k, s in self._present.items() if k != key)
        if any(same_name(other.data["name"], name) for other in others):
            raise Refused(f"the name {name} is taken")
        there = self._open(room)
        if len(there.people) >= MAX_PEOPLE:
            raise Refused(f"{MAX_PEOPLE} people are in {room} already")
        self._replace(key, socket)
        self._leave(socket)
        socket.data |= {"name": name, "room": there}
        self._present[key] = socket
        there.people[socket.id] = name
        socket.join(room)
        self._tell(there, but=socket)
        lines = [asdict(line) for line in there.after(epoch, after)]
        return {"room": room, "name": name, "epoch": there.epoch, "lines": lines, "people": list(there.people.values())}

    @event("say")
    async def say(self, socket: Socket, text: str, number: int = 0) -> dict[str, Any]:
        """Say `text` to the room, once for each `number`: 1, 2, 3 … for one key. Zero is always new."""
        room, key = socket.data.get("room"), socket.data["key"]
        if room is None or self._present.get(key) is not socket:  # this gateway may be younger than the socket
            raise Refused("enter a room first")
        text = a_line(text)
        if number and number <= self._numbers.get(key, 0):
            return {"place": None, "said": "before"}
        if number:
            self._numbers[key] = number
            self._numbers.move_to_end(key)
            if len(self._numbers) > MAX_KEYS:
                self._numbers.popitem(last=False)
        line = room.add(socket.data["name"], text)
        self._rooms[room.name] = self._rooms.pop(room.name)
        self.namespace.to(room.name).emit("line", asdict(line))
        return {"place": line.place, "said": "now"}

    # -- who is where

    def _open(self, name: str) -> Room:
        """Return the room `name`, made if need be."""
        if name not in self._rooms and len(self._rooms) >= MAX_ROOMS:
            quiet = next((room.name for room in self._rooms.values() if not room.people), None)
            if quiet is None:
                raise Refused(f"there are {MAX_ROOMS} rooms already, and none of them is empty")
            del self._rooms[quiet]
        return self._rooms.setdefault(name, Room(name))

    def _replace(self, key: str, socket: Socket) -> None:
        """Let the old socket of `key` give way: its owner is back before the server has found it dead."""
        old = self._present.get(key)
        if old is not None and old is not socket:
            self._leave(old)
            old.emit("replaced")
            old.disconnect()

    def _leave(self, socket: Socket) -> None:
        room: Room | None = socket.data.pop("room", None)
        if room is None:
            return
        room.people.pop(socket.id, None)
        if self._present.get(socket.data["key"]) is socket:
            del self._present[socket.data["key"]]
        socket.leave(room.name)
        self._tell(room)

    def _tell(self, room: Room, but: Socket | None = None) -> None:
        """Send the list of people: always the whole list, so that no change can be missed."""
        hearers = self.namespace.to(room.name)
        if but is not None:
            hearers = hearers.except_(but.id)
        hearers.emit("people", list(room.people.values()))
        self.namespace.emit("rooms", self._list())

    def _list(self) -> list[tuple[str, int]]:
        return sorted((room.name, len(room.people)) for room in self._rooms.values())
