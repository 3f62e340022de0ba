"""`Session`: one Engine.IO conversation, whichever connections carry it.

    GET ──► poll ──┐                               ┌──► Deliver(message)      to the layer above
    POST ─► body ──┼──► Session ──► actions ───────┼──► Answer(request, …)    ends an HTTP request
    WebSocket ─────┘    tick(now)                  ├──► Send / Close          on a WebSocket
                                                   └──► Ended(reason)

A session begins with HTTP long-polling or with a WebSocket. From polling it may move to a WebSocket once:

    client                                   server
      WebSocket with the sid  ───────────►     a probe; polling goes on
      2probe                  ───────────►
                              ◄───────────   3probe on the WebSocket, 6 (noop) on the poll that waits
      5                       ───────────►     from here on the WebSocket carries everything

Nothing is lost and nothing overtakes: the answers to polls came first, and what is still in the outbox goes over the
WebSocket. Requests and connections are plain numbers here; the caller owns the sockets and the clock.

Engine.IO protocol 4; where it is silent, the reference server (engine.io 6.6) decides.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from livesock.errors import PacketError
from livesock.realtime.actions import GOING_AWAY, POLICY, Action, Answer, Close, Deliver, Ended, Send, SessionOptions
from livesock.realtime.server.heartbeat import Heartbeat
from livesock.realtime.server.outbox import MAX_PACKETS, Outbox
from livesock.wire.engineio import (
    EnginePacket,
    EngineType,
    Opening,
    decode_message,
    decode_payload,
    encode_message,
    encode_payload,
)

__all__ = ["Session"]

NOOP_DELAY = 0.1
"""Seconds after the probe at which a waiting poll is released, and again if another one waits."""

_MESSAGE = str(EngineType.MESSAGE.value)

BAD_REQUEST = '{"code":3,"message":"Bad request"}'


class Session:
    """One conversation. Every method returns the actions that follow, in order; none blocks. Not thread-safe."""

    __slots__ = (
        *("sid", "transport", "is_open", "is_over", "_leaving", "options", "heard_at", "outbox"),
        *("_poll", "_socket", "_probe", "_probed", "_heartbeat", "_probe_by", "_noop_at"),
    )

    def __init__(self, sid: str, options: SessionOptions, now: float) -> None:
        self.sid = sid
        self.transport: Literal["polling", "websocket"] = "polling"
        self.is_open = True
        """Whether messages may still be sent, by either side."""
        self.is_over = False
        self._leaving: str | None = None  # why it ends, while a polling client may still fetch what waits
        self.options = options
        self.heard_at = now
        """When a packet came last."""
        self.outbox = Outbox()
        self._poll: int | None = None  # the GET that waits for packets
        self._socket: int | None = None  # the WebSocket that carries the session
        self._probe: int | None = None  # the WebSocket that asks to carry it
        self._probed = False  # it has sent 2probe
        self._heartbeat = Heartbeat(options.ping_interval, options.ping_timeout, now)
        self._probe_by: float | None = None
        self._noop_at: float | None = None

    # -- opening

    def open_polling(self, request: int) -> list[Action]:
        """Begin with long-polling: `request` is answered with the greeting."""
        return [Answer(request, 200, encode_payload([self._opening().packet()]))]

    def open_websocket(self, connection: int) -> list[Action]:
        """Begin with a WebSocket: the greeting is its first message."""
        self.transport, self._socket = "websocket", connection
        return [Send(connection, encode_message(self._opening().packet()))]

    def _opening(self) -> Opening:
        o = self.options
        can_upgrade = self.transport == "polling" and o.allow_upgrades and "websocket" in o.transports
        return Opening(self.sid, ("websocket",) if can_upgrade else (), o.ping_interval, o.ping_timeout, o.max_payload)

    # -- long-polling

    def get(self, request: int) -> list[Action]:
        """Take a poll: it is answered at once if a packet waits, otherwise when there is one.

        A second one at the same time is an error of the client and ends the session.
        """
        if self.transport != "polling":
            return [Answer(request, 400, BAD_REQUEST)]
        if self._poll is not None:
            return [Answer(request, 400, BAD_REQUEST), *self.end("transport error")]
        self._poll = request
        if self._leaving is None or len(self.outbox) >= MAX_PACKETS:
            return self._flush()
        return self.end(self._leaving)

    def abandoned(self, request: int) -> list[Action]:
        """Note that the client gave up the waiting poll. Packets for it might be lost, so the session ends."""
        if request != self._poll:
            return []
        self._poll = None
        return self.end("transport error")

    def post(self, request: int, payload: str, now: float) -> list[Action]:
        """Take packets from the client, and answer `ok` after all of them."""
        if self.transport != "polling":
            return [Answer(request, 400, BAD_REQUEST)]
        try:
            packets = decode_payload(payload)
        except PacketError:
            return [Answer(request, 400, BAD_REQUEST), *self.end("parse error")]
        actions: list[Action] = []
        for packet in packets:
            actions += self._take(packet, now)
            if self.is_over:
                break
        return [*actions, Answer(request, 200, "ok")]

    # -- WebSocket

    def join(self, connection: int, now: float) -> list[Action]:
        """Take a WebSocket with this session's id: a probe for the upgrade, unless there is or was one already."""
        if self.transport != "polling" or self._probe is not None or not self.options.allow_upgrades:
            return [Close(connection)]
        self._probe, self._probed = connection, False
        self._probe_by = now + self.options.upgrade_timeout
        return []

    def payload(self, connection: int, message: str | bytes, now: float) -> str | bytes | None:
        """Take a message that is for the layer above, as nearly all are, and return what that gets.

        It asks for no other action and moves no deadline nearer. None if it is another one: then `message` takes it.
        """
        if connection != self._socket or not self.is_open:
            return None
        if message[:1] == _MESSAGE:
            payload = message[1:]
        elif isinstance(message, bytes):
            payload = message
        else:
            return None
        self.heard_at = now
        self._heartbeat.show_life(now)
        return payload

    def message(self, connection: int, message: str | bytes, now: float) -> list[Action]:
        """Take a message of one of the session's WebSockets."""
        if connection == self._probe:
            return self._probing(message, now)
        if connection != self._socket or not self.is_open:
            return []
        try:
            packet = decode_message(message)
        except PacketError:
            return self.end("parse error")
        return self._take(packet, now)

    def lost(self, connection: int) -> list[Action]:
        """Note that one of the session's WebSockets is gone. After a lost probe polling goes on."""
        if connection == self._probe:
            self._forget_probe()
        elif connection == self._socket:
            self._socket = None
            return self.end("transport close")
        return []

    def _probing(self, message: str | bytes, now: float) -> list[Action]:
        if message == "2probe" and not self._probed:
            self._probed, self._noop_at = True, now + NOOP_DELAY
            return [Send(self._probe or 0, "3probe")]
        if message == "5" and self._probed:
            return self._upgrade()
        return self._drop_probe()

    def _upgrade(self) -> list[Action]:
        """Move to the WebSocket: the client has stopped polling."""
        self.transport, self._socket = "websocket", self._probe
        self._forget_probe()
        actions = self._release() + self._flush()
        return actions if self._leaving is None else actions + self.end(self._leaving)

    def _release(self) -> list[Action]:
        """Answer the waiting poll, if there is one, with a noop."""
        poll, self._poll = self._poll, None
        return [] if poll is None else [Answer(poll, 200, encode_payload([EnginePacket(EngineType.NOOP)]))]

    def _drop_probe(self) -> list[Action]:
        probe = self._probe
        self._forget_probe()
        return [] if probe is None else [Close(probe)]

    def _forget_probe(self) -> None:
        self._probe, self._probed, self._probe_by, self._noop_at = None, False, None, None

    # -- packets

    @property
    def latency(self) -> float | None:
        """Seconds that the newest pong took; None before the first."""
        return self._heartbeat.latency

    def _take(self, packet: EnginePacket, now: float) -> list[Action]:
        self.heard_at = now
        if packet.type is EngineType.CLOSE:
            return self._release() + self.end("transport close")
        if not self.is_open:
            return []
        if packet.type is EngineType.MESSAGE:
            self._heartbeat.show_life(now)
            return [Deliver(packet.data)]
        if packet.type is EngineType.PING:  # in this version of the protocol only the server pings
            return self.end("transport error")
        if packet.type is EngineType.PONG:
            self._heartbeat.answered(now)
        # open, upgrade and noop mean nothing here; the reference server ignores them, too
        return self.end("transport error", POLICY) if self._heartbeat.is_flooded() else []

    def send(self, messages: Iterable[str | bytes]) -> list[Action]:
        """Send messages to the client; they wait here while a polling client has no poll open."""
        if not self.is_open:
            return []
        for message in messages:
            self.outbox.put(EnginePacket(EngineType.MESSAGE, message))
        if self.outbox.size > self.options.max_outbox and self._poll is None and self._socket is None:
            return self.end("too slow")
        return self._flush()

    @property
    def is_writable(self) -> bool:
        """Whether a message would leave at once: the condition for a volatile event."""
        return self.is_open and (self._socket is not None or self._poll is not None)

    @property
    def carrier(self) -> int | None:
        """The WebSocket that carries the session; None while it polls."""
        return self._socket

    def _flush(self) -> list[Action]:
        """Send what waits over the WebSocket or the waiting poll, if there is one."""
        if not self.outbox:
            return []
        if self._socket is not None:
            return [Send(self._socket, encode_message(packet)) for packet in self.outbox.empty()]
        if self._poll is not None:
            poll, self._poll = self._poll, None
            return [Answer(poll, 200, encode_payload(self.outbox.next_answer()))]
        return []

    # -- time

    @property
    def next_tick(self) -> float:
        """When `tick` must be called at the latest."""
        due = self._heartbeat.due
        if self._probe_by is not None:
            due = min(due, self._probe_by)
        return due if self._noop_at is None else min(due, self._noop_at)

    def tick(self, now: float) -> list[Action]:
        """Do what is due: ping, give up the peer or the probe, release a poll for the upgrade."""
        if self.is_over:
            return []
        if self._heartbeat.is_missed(now):
            return self.end(self._leaving or "ping timeout")
        actions: list[Action] = []
        if self._heartbeat.is_ping_due(now):
            actions += self._ping(now)
        if self._probe_by is not None and now >= self._probe_by:
            if now < self._probe_by + NOOP_DELAY:
                actions += self._drop_probe()
            else:  # the loop was held. An official client whose probe goes away after 3probe would wait for ever
                self._probe_by = now + self.options.upgrade_timeout
        if self._noop_at is not None and now >= self._noop_at:
            self._noop_at = now + NOOP_DELAY
            actions += self._release()
        return actions

    def _ping(self, now: float) -> list[Action]:
        self._heartbeat.pinged(now)
        self.outbox.put(EnginePacket(EngineType.PING))
        return self._flush()

    def unheard(self, now: float) -> list[Action]:
        """Note that the owner does not read, so that a pong may be here already: ping again instead of giving up."""
        if self.is_open and self._heartbeat.is_missed(now):
            if self.is_writable:
                return self._ping(now)
            self._heartbeat.extend(now)
        return []

    def heard_again(self, now: float) -> None:
        """Note that the owner reads again: the peer gets its whole time for the pong."""
        if self.is_open:
            self._heartbeat.extend(now)

    # -- the end

    def close(self, reason: str, now: float) -> list[Action]:
        """End the session in good order: a polling client gets what waits for it, and the end, with its next poll.

        It has as much time for that as for a pong.
        """
        if not self.is_open or self._socket is not None or self._poll is not None:
            return self.end(reason)
        self.is_open, self._leaving = False, reason
        self._heartbeat.expect(now)
        return []

    def end(self, reason: str, code: int = 1000) -> list[Action]:
        """End the session now, for this reason; the client is informed as its transport allows. Again does nothing."""
        if self.is_over:
            return []
        self.is_open, self.is_over = False, True
        actions: list[Action] = self._drop_probe()
        if self._poll is not None:
            poll, self._poll = self._poll, None
            actions.append(Answer(poll, 200, encode_payload([*self.outbox.empty(), EnginePacket(EngineType.CLOSE)])))
        if self._socket is not None:
            actions.append(Close(self._socket, GOING_AWAY if reason == "server shutting down" else code))
            self._socket = None
        self.outbox.empty()
        return [*actions, Ended(self._leaving or reason)]
