"""`Steps`: the rows of one Engine.IO session as steps of a picture, and what each kind of step has cost.

    rows ──► take(row) ──► Step    GET … POST … WebSocket, who spoke, which packets, which lanes are open afterwards
                    └────► totals  requests, frames and bytes of: opening, polling, heartbeat, upgrade, websocket

A request and its answer are one exchange and cost what both cost; what the exchange was for is known when it ends.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from livesock.trace.packets import PacketWords, packets_of
from livesock.trace.rows import Kind, Row
from livesock.trace.states import ConnectionState
from livesock.wire.frame import Frame, Opcode
from livesock.wire.http import RequestHead, ResponseHead

__all__ = ["LANES", "PURPOSES", "Cost", "Step", "Steps"]

LANES = ("get", "post", "ws")
"""GET fetches what the server sends, POST carries what the client sends, a WebSocket carries both."""

PURPOSES = ("opening", "polling", "upgrade", "websocket", "heartbeat")

_UPGRADE = frozenset({"2probe", "3probe", "5", "6"})


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened, on one lane."""

    ms: float
    lane: str
    """One of `LANES`, or `""` for a note."""
    kind: str
    """`request`, `answer`, `frame`, `state` or `note`."""
    up: bool
    """Whether the client sent it."""
    text: str
    about: str
    bytes: int
    connection: int
    wrong: bool
    before: str
    after: str
    """Which lanes are open before and after it, as a character each: ` ` closed, `w` a request waits for its answer,
    `p` a WebSocket that does not carry the session (yet), `c` one that does."""


@dataclass(slots=True)
class Cost:
    """What one purpose has cost."""

    purpose: str
    requests: int = 0
    frames: int = 0
    bytes: int = 0
    events: int = 0
    """Events and answers to events: what the application wanted."""


@dataclass
class Steps:
    """Takes rows in order. The only time that it knows is that of the rows."""

    zero: float = 0.0
    costs: dict[str, Cost] = field(default_factory=lambda: {name: Cost(name) for name in PURPOSES})
    is_in: bool = False
    """Whether the client has its first seat: everything before counts as the opening."""
    _lanes: dict[str, str] = field(default_factory=lambda: dict.fromkeys(LANES, " "))
    _role: dict[int, str] = field(default_factory=dict)
    _trials: set[int] = field(default_factory=set)  # WebSockets on trial, beside a session that polls
    _heads: dict[tuple[int, bool], Row] = field(default_factory=dict)  # responses whose body has not come yet
    _spent: dict[int, int] = field(default_factory=dict)  # bytes of the request that waits, by connection
    _said: dict[int, list[PacketWords]] = field(default_factory=dict)  # what it carried

    def take(self, row: Row) -> Step | None:
        """Return the step that this row completes, if it completes one."""
        if row.kind is Kind.STATE:
            return self._state(row)
        key = (row.connection, row.from_client)
        if row.kind in (Kind.REQUEST, Kind.RESPONSE):
            if _has_body(row):
                self._heads[key] = row
                return None
            return self._exchange(row, None)
        if row.kind is Kind.BODY and key in self._heads:
            return self._exchange(self._heads.pop(key), row)
        return self._frame(row) if isinstance(row.value, Frame) else None

    def costs_shown(self) -> list[dict[str, Any]]:
        """Return the costs as JSON, without purposes that cost nothing."""
        return [asdict(cost) for cost in self.costs.values() if cost.bytes]

    # -- HTTP

    def _exchange(self, head: Row, body: Row | None) -> Step:
        packets = list(packets_of(body)) if body is not None else []
        size = len(head.data) + (len(body.data) if body is not None else 0)
        number, before = head.connection, self._now()
        end = body if body is not None else head
        if isinstance(head.value, RequestHead):
            lane, has_sid = _lane_of(head.value), "sid=" in head.value.target
            self._role[number], self._spent[number], self._said[number] = lane, size, packets
            self._lanes[lane] = "w"
            if lane == "ws" and has_sid:
                self._trials.add(number)
            verb = "GET, Upgrade: websocket," if lane == "ws" else head.value.method
            text = f"{verb} with the sid" if has_sid else f"{verb} without a sid: opens a session"
            return self._step(end, lane, "request", text, packets, size, before)
        assert isinstance(head.value, ResponseHead)
        lane, status = self._role.get(number, "get"), head.value.status
        is_switch = status == 101
        self._lanes[lane] = ("p" if number in self._trials else "c") if is_switch else " "
        self._pay(number, lane, packets, size)
        words = f"{status} {head.value.reason}".strip()
        return self._step(end, lane, "answer", words, packets, size, before, wrong=status >= 400)

    def _pay(self, number: int, lane: str, packets: list[PacketWords], size: int) -> None:
        """Count a finished exchange under what it carried, in either direction."""
        both = self._said.pop(number, []) + packets
        cost = self.costs["upgrade" if number in self._trials else self._purpose(lane, both)]
        cost.requests += 1
        cost.bytes += self._spent.pop(number, 0) + size
        cost.events += sum(packet.is_event for packet in both)
        self._enter(both)

    # -- WebSocket

    def _frame(self, row: Row) -> Step:
        before, packets = self._now(), list(packets_of(row))
        assert isinstance(row.value, Frame)
        cost = self.costs[self._purpose("ws", packets)]
        cost.frames += 1
        cost.bytes += len(row.data)
        cost.events += sum(packet.is_event for packet in packets)
        self._enter(packets)
        if [packet.text for packet in packets] == ["5"]:
            self._lanes["ws"] = "c"
        text = "" if packets else row.summary
        if row.value.opcode == Opcode.CLOSE:
            self._lanes["ws"] = "p"
        return self._step(row, "ws", "frame", text, packets, len(row.data), before)

    # -- the rest

    def _state(self, row: Row) -> Step | None:
        lane = self._role.get(row.connection)
        if lane is None or row.value not in (ConnectionState.CLOSED, ConnectionState.RESET):
            return None
        before = self._now()
        self._lanes[lane] = " "
        return self._step(row, lane, "state", f"connection {row.summary}", [], 0, before)

    def _purpose(self, lane: str, packets: list[PacketWords]) -> str:
        texts = {packet.text for packet in packets}
        if texts and texts <= _UPGRADE:
            return "upgrade"
        if texts and texts <= {"2", "3"}:
            return "heartbeat"
        if not self.is_in or any(text.startswith(("0", "40")) for text in texts):
            return "opening"
        return "websocket" if lane == "ws" else "polling"

    def _enter(self, packets: list[PacketWords]) -> None:
        self.is_in = self.is_in or any(packet.text.startswith("40") and "sid" in packet.text for packet in packets)

    def _now(self) -> str:
        return "".join(self._lanes.values())

    def _step(
        self, row: Row, lane: str, kind: str, text: str, packets: list[PacketWords], size: int, before: str, *,
        wrong: bool = False,
    ) -> Step:  # fmt: skip
        text = " ".join(filter(None, [text, "  ".join(packet.text for packet in packets)]))
        about = "; ".join(packet.about for packet in packets)
        if kind == "request" and lane == "get" and "with the sid" in text:
            about = "anything new? It waits for an answer"
        ms, up = round((row.time - self.zero) * 1000, 1), row.from_client
        return Step(ms, lane, kind, up, text, about, size, row.connection, wrong, before, self._now())


def _has_body(row: Row) -> bool:
    """Whether a body follows this head; no answer of an Engine.IO server is chunked."""
    assert isinstance(row.value, RequestHead | ResponseHead)
    return (row.value.get("Content-Length") or "0") != "0"


def _lane_of(request: RequestHead) -> str:
    if "transport=websocket" in request.target:
        return "ws"
    return "post" if request.method == "POST" else "get"
