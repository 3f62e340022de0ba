"""`prove()`: an outgoing queue, an inbox and a log under random cuts. Does each message arrive once, and in order?

    Outgoing ──question──► Inbox ─► Log ──entries──► a reader with an offset
             ◄──answer────        ◄── since(offset)

Nothing here is real: time is a number, and a cut loses all that is on its way. So two hundred schedules take a moment,
and a seed brings each of them back. A connection keeps the order of what it carries, as TCP does.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Proof", "prove"]

MESSAGES = 10
"""Messages of one schedule."""

LAST = 400
"""Ticks after which a schedule is over: whatever has not arrived then does not arrive."""

WINDOW = 4
"""Ids that the inbox remembers. With one message on its way one would do."""

WAIT = 5
"""Ticks that the queue waits for an answer: a little longer than there and back."""

DELAYS = (1, 1, 2, 2, 7)
"""Ticks that a packet needs. A slow one comes after the queue has asked again."""


@dataclass
class Proof:
    """What came of all schedules; as the last value of a cell it says so in words."""

    schedules: int = 0
    right: int = 0
    cuts: int = 0
    put: int = 0
    sent: int = 0
    repeats: int = 0
    """Messages that came to the server again."""
    broken: str = ""
    """The first schedule that went wrong, in words."""

    def __str__(self) -> str:
        first = f"{self.right} of {self.schedules} schedules: each message once, in order"
        told = f"{self.cuts} cuts; {self.put} messages put, {self.sent} sent, {self.repeats} came again"
        return "\n".join([first, told, *([self.broken] if self.broken else [])])

    __repr__ = __str__


@dataclass
class Line:
    """A connection that is cut at random: packets need some ticks, and keep their order; a cut loses them all."""

    rng: random.Random
    is_up: bool = True
    changes: int = 8
    """The tick at which it is cut, or comes back."""
    flying: list[tuple[int, Callable[..., Any], tuple[Any, ...]]] = field(default_factory=list)
    cuts: list[str] = field(default_factory=list)

    def turn(self, tick: int) -> bool:
        """Let a tick pass; return whether it has come back now."""
        if tick == self.changes:
            self.is_up = not self.is_up
            self.flying.clear()
            self.changes = tick + self.rng.randrange(2, 16 if self.is_up else 8)
            if self.is_up:
                return True
            self.cuts.append(f"{tick}–{self.changes}")
        while self.flying and self.flying[0][0] <= tick:
            _, arrive, arguments = self.flying.pop(0)
            arrive(*arguments)
        return False

    def send(self, tick: int, arrive: Callable[..., Any], *arguments: Any) -> None:
        if self.is_up:
            last = max((when for when, _, _ in self.flying), default=0)
            self.flying.append((max(last, tick + self.rng.choice(DELAYS)), arrive, arguments))


class Schedule:
    """One run: the sender on one line, the reader on another."""

    def __init__(self, seed: int, outgoing: Any, inbox: Any, log: Any) -> None:
        self.rng = random.Random(seed)
        self.outgoing, self.inbox, self.log = outgoing, inbox, log
        self.up, self.down = Line(self.rng), Line(self.rng, changes=11)
        self.tick, self.sent, self.repeats = 0, 0, 0
        self.came: set[Any] = set()
        self.offset, self.read = 0, [""][:0]

    def run(self) -> list[str]:
        """Return what the reader got."""
        puts = sorted(self.rng.randrange(60) for _ in range(MESSAGES))
        while self.tick < LAST and (len(self.read) < MESSAGES or self.up.flying or self.down.flying):
            self.tick += 1
            for n in (n for n, when in enumerate(puts) if when == self.tick - 1):
                self.outgoing.put(f"m{n + 1}")
            if self.up.turn(self.tick):
                self.outgoing.reconnected()
            if self.up.is_up and (item := self.outgoing.due(self.tick)) is not None:
                self.sent += 1
                self.up.send(self.tick, self.arrive, *item)
            self.down.turn(self.tick)
            if self.tick % 4 == 0:
                self.down.send(self.tick, self.asked, self.offset)
        return self.read

    def arrive(self, number: int, message: str) -> None:
        """The server gets a message. It answers in any case: a repeat, too, waits for its answer."""
        self.repeats += number in self.came
        self.came.add(number)
        if self.inbox is None or self.inbox.accept(f"ann-{number}"):
            self.log.append(message)
        self.up.send(self.tick, self.outgoing.answered, number)

    def asked(self, offset: int) -> None:
        """The server is asked for what came after an offset."""
        self.down.send(self.tick, self.entries, offset, list(self.log.since(offset, 3)))

    def entries(self, asked: int, came: list[tuple[int, str]]) -> None:
        """The reader works on what came, then it saves the offset; an answer to an older question is dropped."""
        if asked == self.offset:
            for offset, message in came:
                self.read.append(message)
                self.offset = offset


def prove(
    outgoing: Callable[[float], Any],
    inbox: Callable[[int], Any] | None,
    log: Callable[[int], Any],
    *,
    schedules: int = 200,
    seed: int = 12,
) -> Proof:
    """Play so many schedules and return what came of them. Without an `inbox` every message is accepted."""
    proof = Proof()
    for number in range(seed, seed + schedules):
        one = Schedule(number, outgoing(WAIT), inbox(WINDOW) if inbox else None, log(1000))
        read = one.run()
        proof.schedules += 1
        proof.right += read == [f"m{n + 1}" for n in range(MESSAGES)]
        proof.cuts += len(one.up.cuts) + len(one.down.cuts)
        proof.put, proof.sent, proof.repeats = proof.put + MESSAGES, proof.sent + one.sent, proof.repeats + one.repeats
        if proof.right < proof.schedules and not proof.broken:
            cuts = f"the sender's line is cut at {', '.join(one.up.cuts[:6])}"
            proof.broken = f"schedule {number}: {cuts}; the reader got {' '.join(read) or 'nothing'}"
    return proof
