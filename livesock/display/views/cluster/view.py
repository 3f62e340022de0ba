"""`cluster()`: two servers, the stream between them, and who hears what.

    a button ──► server one ──► its four clients, at once
                     └──► the stream ──► server two ──► its four clients

Real servers and clients of the view's own; the bus is the one in memory, which can be taken away.
"""

from __future__ import annotations

import itertools
import threading
from collections import Counter
from typing import Any, ClassVar

from livesock.display.view import Message
from livesock.display.views.cluster.cast import KEYS, ROOM, ClusterCast
from livesock.display.views.map.picture import draw
from livesock.display.whole import WholeView
from livesock.net.cluster.memory import MemoryBus
from livesock.net.socketio.handling.observers import Emitted
from livesock.wire.quote import one_line
from livesock.wire.strictjson import loads

__all__ = ["ClusterView", "cluster"]

SHOWN = 6
"""Entries of the stream, and acts, that are shown."""

BUSES = ("none", "there", "away")

_numbers = itertools.count(1)


class ClusterView(WholeView):
    """Two servers with eight clients in one room."""

    page: ClassVar[str] = "cluster"
    parts: ClassVar[tuple[str, ...]] = ("instrument", "seatplan", "seatmap")

    def __init__(self, bus: str) -> None:
        self._pair = _pair(bus != "none")
        self._acts: list[Message] = []
        self._counts: Counter[int] = Counter()
        self._texts = itertools.count(1)
        self._order: list[str] = []
        self._newest = ""
        self._lock = threading.Lock()
        self._dead: set[str] = set()
        if bus == "away" and self._pair.bus is not None:
            self._pair.bus.pause()
        super().__init__()

    @property
    def bus(self) -> str:
        """`none`, `there` or `away`."""
        bus = self._pair.bus
        return "none" if bus is None else "away" if bus.is_away else "there"

    @property
    def heard(self) -> dict[str, int]:
        """How many events each client has heard."""
        self._take()
        return {row["name"]: self._counts[row["id"]] for row in self._pair.rows}

    @property
    def first(self) -> str:
        """The server whose clients heard the newest event first; empty if there was none."""
        self._take()
        return self._order[0] if self._order else ""

    # -- what the page gets

    def state(self) -> Message:
        self._take()
        return {
            "plan": self._plan(),
            "acts": self._acts[-SHOWN:],
            "counts": {str(row["id"]): self._counts[row["id"]] for row in self._pair.rows},
            "bus": self.bus,
            "entries": self._entries(),
            "sentence": self._sentence(),
            "dead": sorted(self._dead),
        }

    def _take(self) -> None:
        """Take in what the servers have said. The page and a cell may ask at once."""
        with self._lock:
            said = self._pair.said
            while said:
                self._note(*said.popleft())

    def _note(self, key: str, emitted: Emitted) -> None:
        heard = sorted(self._pair.ids[sid] for sid in emitted.heard if sid in self._pair.ids)
        self._counts.update(heard)
        number = str(emitted.arguments[0])
        if number != self._newest:
            self._order, self._newest = [], number
        self._order.append(key)
        act = {
            "kind": "said",
            "space": key,
            "what": f"news {one_line(number, 10)}",
            "rooms": [{"number": 0, "name": ROOM}],
            "without": [],
            "by": None,
            "heard": heard,
            "round": number,
            "n": next(_numbers),
        }
        self._acts = [*self._acts, act][-SHOWN:]

    def _plan(self) -> Message:
        areas, rows = [], [self._row(row) for row in self._pair.rows]
        for key, server in self._pair.servers.items():
            cluster = server.cluster
            state = "dead" if key in self._dead else "alone" if cluster is None else cluster.state
            waits = f" · {cluster.waiting} wait" if cluster is not None and cluster.waiting else ""
            members = [row for row in rows if key in row["seats"]]
            area = {"name": f"server {key}", "key": key, "size": len(members), "more": 0}
            room = {"name": ROOM, "title": ROOM, "size": len(members)}
            areas.append({**area, "boxes": [{"who": state + waits, "events": []}], "rooms": [room]})
        return {"server": "two", "running": True, "areas": areas, "rows": rows, "more": 0}

    def _row(self, row: Message) -> Message:
        """Return a client's line of the map; the server's end took its seat along."""
        return {**row, "seats": {}, "why": "cut off"} if self._dead.intersection(row["seats"]) else row

    def _entries(self) -> list[Message]:
        """Return the newest entries of the stream, as a reader may understand them."""
        bus = self._pair.bus
        names = {s.cluster.uid: key for key, s in self._pair.servers.items() if s.cluster is not None}
        shown = []
        for number, entry in bus.entries[-SHOWN:] if bus is not None else ():
            data: Any = loads(entry.get("data", "{}"))
            shown.append(
                {
                    "id": number,
                    "from": f"server {names.get(entry['uid'], '?')}",
                    "data": one_line(str(entry.get("data", "")), 100),
                    "text": one_line(str(data.get("packet", {}).get("data", [""])), 40),
                }
            )
        return shown

    def _sentence(self) -> str:
        if self._dead:
            return "".join(f"Server {key} is dead, and its four clients are cut off. " for key in sorted(self._dead))
        return {
            "none": "Nothing joins the two servers.",
            "there": "A stream joins them.",
            "away": "The stream is away: what is emitted waits.",
        }[self.bus]

    # -- what the reader does

    def emit(self, key: str = "one") -> None:
        """Let a server emit to the room, as the page's button does."""
        if key not in KEYS or key in self._dead:
            raise ValueError(f"a server is {' or '.join(KEYS)}, and lives, not {key!r:.40}")
        self._pair.emit(key, next(self._texts))

    def connect(self, bus: str = "there") -> None:
        """Begin anew without a bus ("none") or with one ("there"), or take it away ("away") and bring it back."""
        if bus not in BUSES:
            raise ValueError(f"the bus is {', '.join(BUSES)}, not {bus!r:.40}")
        if (bus == "none") != (self.bus == "none") or self._dead:
            old, self._pair = self._pair, _pair(bus != "none")
            self._acts, self._counts, self._dead = [], Counter(), set()
            old.close()
        if self._pair.bus is not None:
            (self._pair.bus.pause if bus == "away" else self._pair.bus.resume)()

    def kill(self, key: str = "two") -> None:
        """End a server, as a crash does."""
        if key not in KEYS:
            raise ValueError(f"a server is {' or '.join(KEYS)}, not {key!r:.40}")
        self._dead.add(key)
        self._pair.kill(key)

    def on_message(self, message: Message) -> None:
        kind, key = message.get("kind"), message.get("key")
        if kind == "emit":
            self.emit(str(key))
        elif kind == "bus":
            self.connect(str(key))
        elif kind == "kill":
            self.kill(str(key))
        else:
            raise ValueError(f"a page of cluster() may send emit, bus or kill, not {kind!r:.40}")

    # -- without a browser

    def picture(self) -> str:
        self._take()
        return draw(self._plan(), self._acts, self.words())

    def words(self) -> str:
        rows = "; ".join(
            f"server {key}: {', '.join(row['name'] for row in self._pair.rows if key in row['seats'])}" for key in KEYS
        )
        heard = ", ".join(f"{name} {count}" for name, count in self.heard.items())
        counts = f"\nevents heard: {heard}" if any(self._counts.values()) else ""
        return f"two servers, and eight clients in one room\n{rows}\n{self._sentence()}{counts}"

    def finish(self) -> None:
        self._pair.close()


def cluster(bus: str = "none") -> ClusterView:
    """Return a view of two servers with eight clients in one room: who hears what one of them emits.

    `bus` is "none", "there" or "away". The page connects a stream, takes it away, brings it back, and ends a server;
    `.emit(server)`, `.connect(bus)` and `.kill(server)` do the same, and `.heard` counts.

    Raises:
        ValueError: If `bus` is something else.
    """
    if bus not in BUSES:
        raise ValueError(f"the bus is {', '.join(BUSES)}, not {bus!r:.40}")
    return ClusterView(bus)


def _pair(joined: bool) -> ClusterCast:
    return ClusterCast(MemoryBus(f"view {next(_numbers)}") if joined else None)
