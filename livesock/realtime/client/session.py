"""`ClientSession`: the client's end of an Engine.IO conversation; the other end is `realtime.server.session.Session`.

    answers to GET and POST ──┐                     ┌──► Get / Post(payload)   start an HTTP request
    messages on the WebSocket ┼──► ClientSession ───┼──► Dial                  open the WebSocket
    tick(now), send(…) ───────┘                     ├──► Send / Close          on the WebSocket
                                                    └──► Opened, Deliver(message), Upgraded, Ended(reason)

While it polls there is always one GET on the way, and at most one POST. The move to a WebSocket loses nothing and lets
nothing overtake, because both ways are empty when it happens:

    2probe ──►  ◄── 3probe      polling still carries everything
    pause                       no new GET, no new POST; wait for those that run (the server ends the GET with a noop)
    5 ──►                       the WebSocket carries everything, what waited meanwhile first

The caller owns the sockets and the clock. Engine.IO protocol 4; where it is silent, engine.io-client 6.6 decides.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from livesock.errors import PacketError
from livesock.realtime.actions import Close, Deliver, Ended, Send
from livesock.realtime.client.actions import WEBSOCKET, ClientAction, Dial, Get, Opened, Post, Upgraded
from livesock.wire.engineio import (
    EnginePacket,
    EngineType,
    Opening,
    decode_message,
    decode_payload,
    encode_message,
    encode_payload,
)

__all__ = ["TRANSPORTS", "ClientSession"]

TRANSPORTS = ("polling", "websocket")
"""What can carry a session."""

MAX_PACKETS = 16
"""Packets of one POST. The protocol has no bound, but servers on python-engineio drop all of a POST that has more, and
answer "ok" all the same."""

PROBE_TIMEOUT = 10.0
"""Seconds from asking for a WebSocket to the end of the upgrade; after that, polling goes on for good."""


class ClientSession:
    """One conversation. Every method returns the actions that follow, in order; none blocks. Not thread-safe."""

    def __init__(self, transports: tuple[str, ...] = TRANSPORTS) -> None:
        self.transport = transports[0]
        self.sid = ""
        self.is_open = False
        """The server has greeted, and it is not over."""
        self.is_over = False
        self.waiting = 0
        """Bytes that wait for a POST or for the end of the upgrade."""
        self._may_upgrade = "websocket" in transports
        self._opening: Opening | None = None
        self._outbox: deque[EnginePacket] = deque()
        self._is_getting = self._is_posting = False
        self._has_socket = False  # a WebSocket is open or asked for
        self._is_pausing = False  # 3probe has come, polling is coming to rest
        self._is_leaving = False
        self._ping_by: float | None = None
        self._probe_by: float | None = None

    def start(self) -> list[ClientAction]:
        """Begin a session over the first transport."""
        if self.transport == "polling":
            self._is_getting = True
            return [Get()]
        self._has_socket = True
        return [Dial()]

    # -- long-polling

    def got(self, payload: str, now: float) -> list[ClientAction]:
        """Take the answer to the GET."""
        self._is_getting = False
        if self.is_over:
            return []
        try:
            packets = decode_payload(payload)
        except PacketError:
            return self.end("parse error")
        actions: list[ClientAction] = []
        for packet in packets:
            actions += self._take(packet, now)
        return actions + self._go_on()

    def posted(self) -> list[ClientAction]:
        """Note that the POST was answered `ok`."""
        self._is_posting = False
        return self._go_on()

    def failed(self) -> list[ClientAction]:
        """Note that a GET or POST was answered with an error, or not at all."""
        return self.end("forced close" if self._is_leaving else "transport error")

    def _go_on(self) -> list[ClientAction]:
        """Return what polling does next, now that a request has ended or a packet has been queued."""
        if self.is_over or not self.is_open or self.transport != "polling":
            return []
        if self._is_pausing:
            return [] if self._is_getting or self._is_posting else self._upgrade()
        actions = self._flush()
        if self._is_leaving and not self._is_posting:
            return [*actions, *self.end("forced close")]
        if not self._is_getting:
            self._is_getting = True
            actions.append(Get())
        return actions

    # -- WebSocket

    def dialled(self, now: float) -> list[ClientAction]:
        """Note that the WebSocket is open: it begins a session, or probes for the upgrade of ours."""
        if self.is_over or not self._has_socket:
            return [Close(WEBSOCKET)]
        return [Send(WEBSOCKET, "2probe")] if self.is_open else []

    def message(self, message: str | bytes, now: float) -> list[ClientAction]:
        """Take a message of the WebSocket."""
        if self.is_over or not self._has_socket:
            return []
        if self.transport == "polling":
            return self._probing(message)
        try:
            return self._take(decode_message(message), now)
        except PacketError:
            return self.end("parse error")

    def lost(self) -> list[ClientAction]:
        """Note that the WebSocket is gone, or was never open. After a lost probe polling goes on."""
        if not self._has_socket:
            return []
        self._has_socket = False
        if self.transport == "websocket":
            return self.end("forced close" if self._is_leaving else "transport close")
        return self._drop_probe()

    def _probing(self, message: str | bytes) -> list[ClientAction]:
        if message != "3probe" or self._is_pausing:
            return self._drop_probe()
        self._is_pausing = True
        return self._go_on()

    def _upgrade(self) -> list[ClientAction]:
        """Move to the WebSocket: polling is at rest, so nothing can overtake or be overtaken."""
        self.transport, self._is_pausing, self._probe_by = "websocket", False, None
        return [Send(WEBSOCKET, encode_message(EnginePacket(EngineType.UPGRADE))), Upgraded(), *self._flush()]

    def _drop_probe(self) -> list[ClientAction]:
        """Stay with polling, and continue what was paused."""
        closing: list[ClientAction] = [Close(WEBSOCKET)] if self._has_socket else []
        self._has_socket = self._is_pausing = False
        self._probe_by = None
        return closing + self._go_on()

    # -- packets

    def _take(self, packet: EnginePacket, now: float) -> list[ClientAction]:
        if self.is_over:
            return []
        if not self.is_open:
            return self._greeted(packet, now)
        if packet.type is EngineType.MESSAGE:
            return [Deliver(packet.data)]
        if packet.type is EngineType.PING:
            self._expect_ping(now)
            self._queue(EnginePacket(EngineType.PONG, packet.data))
            return self._flush()
        if packet.type is EngineType.CLOSE:
            return self.end("forced close" if self._is_leaving else "transport close")
        return []  # a noop only ends a poll; the others mean nothing here, and the reference client ignores them, too

    def _greeted(self, packet: EnginePacket, now: float) -> list[ClientAction]:
        """Take the first packet. It must be OPEN: our id, and how often the server will ping."""
        try:
            if packet.type is not EngineType.OPEN:
                return self.end("parse error")
            self._opening = Opening.parse(packet.data)
        except PacketError:
            return self.end("parse error")
        self.sid, self.is_open = self._opening.sid, True
        self._expect_ping(now)
        if self.transport == "polling" and self._may_upgrade and "websocket" in self._opening.upgrades:
            self._has_socket, self._probe_by = True, now + PROBE_TIMEOUT
            return [Opened(), Dial()]
        return [Opened()]

    def send(self, messages: Iterable[str | bytes]) -> list[ClientAction]:
        """Send messages to the server; they wait here while a POST is under way or the upgrade happens."""
        if not self.is_open or self._is_leaving:
            return []
        for message in messages:
            self._queue(EnginePacket(EngineType.MESSAGE, message))
        return self._flush()

    @property
    def is_writable(self) -> bool:
        """Whether a message would leave at once: the condition for a volatile event."""
        return self.is_open and not self._is_leaving and (self.transport == "websocket" or self._may_post)

    @property
    def _may_post(self) -> bool:
        return not self._is_posting and not self._is_pausing

    def _queue(self, packet: EnginePacket) -> None:
        self._outbox.append(packet)
        self.waiting += len(packet.data)

    def _flush(self) -> list[ClientAction]:
        if not self._outbox or not self.is_open:
            return []
        if self.transport == "websocket":
            return [Send(WEBSOCKET, encode_message(self._next_packet())) for _ in range(len(self._outbox))]
        if not self._may_post:
            return []
        self._is_posting = True
        return [Post(encode_payload(self._batch()))]

    def _batch(self) -> list[EnginePacket]:
        """Take the packets of one POST, no more bytes than the server's greeting allows; one goes in any case."""
        assert self._opening is not None
        batch: list[EnginePacket] = []
        room = self._opening.max_payload
        while self._outbox and len(batch) < MAX_PACKETS:
            room -= len(encode_payload([self._outbox[0]]).encode()) + 1  # and the separator
            if batch and room < 0:
                break
            batch.append(self._next_packet())
        return batch

    def _next_packet(self) -> EnginePacket:
        packet = self._outbox.popleft()
        self.waiting -= len(packet.data)
        return packet

    # -- time

    @property
    def next_tick(self) -> float | None:
        """When `tick` must be called at the latest; None before the server has greeted."""
        times = [time for time in (self._ping_by, self._probe_by) if time is not None]
        return min(times, default=None)

    def tick(self, now: float) -> list[ClientAction]:
        """Do what is due: give up the server, or the upgrade."""
        if self.is_over:
            return []
        if self._ping_by is not None and now >= self._ping_by:
            return self.end("ping timeout")
        if self._probe_by is not None and now >= self._probe_by:
            return self._drop_probe()
        return []

    def listen_again(self, now: float) -> list[ClientAction]:
        """Note that the caller reads again: pings may have come while it did not."""
        if self._ping_by is not None:
            self._expect_ping(now)
        return []

    def _expect_ping(self, now: float) -> None:
        """Engine.IO protocol 4, "Heartbeat": no ping within interval and timeout, and the server counts as gone."""
        assert self._opening is not None
        self._ping_by = now + self._opening.ping_interval + self._opening.ping_timeout

    # -- the end

    def leave(self) -> list[ClientAction]:
        """Close after everything that was sent before; `Ended("forced close")` follows when that is done."""
        if self.is_over or self._is_leaving:
            return []
        if not self.is_open:
            return self.end("forced close")
        self._is_leaving = True
        if self.transport == "websocket":
            return [Close(WEBSOCKET)]
        self._queue(EnginePacket(EngineType.CLOSE))
        return self._drop_probe()

    def end(self, reason: str) -> list[ClientAction]:
        """End it now, for this reason. A second call does nothing."""
        if self.is_over:
            return []
        self.is_over, self.is_open = True, False
        self._outbox.clear()
        self.waiting = 0
        closing: list[ClientAction] = [Close(WEBSOCKET)] if self._has_socket else []
        self._has_socket = False
        return [*closing, Ended(reason)]
