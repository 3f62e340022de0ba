"""09.Heartbeat: when to ping, and when to give the peer up: a machine without a clock.

    heard ── interval of silence ──► "ping" ── timeout of silence ──► "dead"
       ▲                                │
       └────── anything was heard ──────┘

The times are seconds of any clock that runs evenly; who drives the machine has the clock and the connection.
"""

import random
import time
from typing import Any

from livesock.learn.exercise import Case, Property, Solution, case
from livesock.learn.tables import exercise
from livesock.lessons.lesson09.steps import Step, perform, said, written

__all__ = ["HEARTBEAT", "Heartbeat"]


class Heartbeat:
    """Decide when to ping, and when the peer is gone. Each call gets the time, in seconds."""

    def __init__(self, interval: float, timeout: float, now: float) -> None:
        """Begin with a peer that was heard just now."""
        self._interval, self._timeout = interval, timeout
        self._heard = now
        self._pinged: float | None = None
        self._is_dead = False

    def heard(self, now: float) -> None:
        """Something came from the peer."""
        self._pinged, self._heard = None, now

    def tick(self, now: float) -> str:
        """Return what to do now: "wait", "ping" or "dead"."""
        if self._is_dead:
            return "dead"
        if self._pinged is not None:
            self._is_dead = now >= self._pinged + self._timeout
            return "dead" if self._is_dead else "wait"
        if now < self._heard + self._interval:
            return "wait"
        self._pinged = now
        return "ping"


def trial(solution: Solution, interval: float, timeout: float, begun: float, steps: list[Step]) -> list[Any]:
    """Take the steps with a new heartbeat, while another one must not be noticed."""
    machine, other = solution(interval, timeout, begun), solution(0.1, 0.1, 0.0)
    other.tick(1.0), other.tick(2.0)
    return perform(machine, steps)


def calls(interval: float, timeout: float, begun: float, steps: list[Step]) -> str:
    return written("Heartbeat", f"Heartbeat({interval}, {timeout}, {begun})", steps)


WORDS = {"w": "wait", "p": "ping", "d": "dead", "h": None}


def beat(
    name: str, *moments: tuple[float, str], interval: float = 20.0, timeout: float = 10.0, begun: float = 0.0
) -> Case:
    """Return a case: at each time the word that `tick` must return, or h: something is heard."""
    steps = [("heard" if letter == "h" else "tick", at) for at, letter in moments]
    return case(name, interval, timeout, begun, steps, gives=[WORDS[letter] for _, letter in moments])


def draw(rng: random.Random) -> tuple[float, float, float, list[Step]]:
    interval, timeout = rng.choice([5.0, 20.0, 25.0]), rng.choice([2.0, 10.0, 20.0, 40.0])
    begun = now = rng.choice([0.0, 1000.0])
    steps: list[Step] = []
    for _ in range(rng.randrange(3, 14)):
        now += rng.choice([1.0, 3.0, 10.0, interval, timeout, interval + timeout])
        steps.append((rng.choice(["tick", "tick", "tick", "heard"]), now))
    return interval, timeout, begun, steps


def draw_silence(rng: random.Random) -> tuple[float, float, float]:
    return rng.choice([5.0, 20.0, 25.0]), rng.choice([2.0, 10.0, 40.0]), rng.choice([0.0, 77.0])


def knows_in_time(solution: Solution, interval: float, timeout: float, begun: float) -> bool:
    """Whether a silent peer is given up after interval + timeout, neither earlier nor later, and pinged once."""
    beats, found = solution(interval, timeout, begun), []
    for second in range(int(interval + timeout) + 1):
        found.append(beats.tick(begun + second))
    return found.count("ping") == 1 and found.index("dead") == len(found) - 1


HEARTBEAT = exercise(
    "09.Heartbeat",
    Heartbeat,
    r"""
hint: Which two moments must it remember? Draw a line of time, and write on it what each of the three words needs.
hint: Silence since the last sign of life: after interval seconds one ping. Silence since that ping: after timeout
    seconds the end. Whatever comes is a sign of life, not pongs alone.
hint: A neighbour, a reminder for a bill: if paid: forget the reminder. elif reminded: "court" if now >= reminded + 14
    else "wait". elif now >= due: reminded = now, "remind". Ask first whether a reminder is out.
explanation: The peer is given up interval + timeout seconds after its last sign of life, at most: that is the bound.
    Nothing in it knows a clock or a socket, so a day can be tried in a millisecond. When your own program slept, the
    first tick comes late: it pings, and does not judge a peer that was never asked. With websockets it is ping_interval
    and ping_timeout, 20 s each; there a ping leaves whether or not something was heard.

no_ping: Ping before you judge: a peer may have nothing to say, and is well.
    if self._pinged is not None: → if now >= self._heard + self._interval + self._timeout:
    |     self._is_dead = True
    |     return "dead"
    | return "wait"
    | if self._pinged is not None:
no_timeout: Judge at some time: a ping without an answer must have an end.
    self._is_dead = now >= self._pinged + self._timeout → pass
pings_on: Ping once, then wait for the answer: yours pings at each tick.
    return "dead" if self._is_dead else "wait" → return "dead" if self._is_dead else "ping"
ping_is_life: Wait for the answer: your own ping is no sign of the peer's life.
  * self._pinged = now → self._heard = now
ping_restarts: Leave the last sign of life as it was when you ping: your own ping says nothing about the peer.
    if self._pinged is not None: → if now >= self._heard + self._interval + self._timeout:
    |     return "dead"
    | if self._pinged is not None:
    self._pinged = now → self._heard = now
new_ping_revives: Count the time-out from the first ping: a second one does not give a dead peer more time.
    self._is_dead = now >= self._pinged + self._timeout → if now >= self._pinged + self._timeout:
    |     self._pinged = now
    |     return "ping"
only_pongs: Take anything that comes as a sign of life: yours takes only what answers a ping.
  ? self._pinged, self._heard = None, now → if self._pinged is not None: self._pinged, self._heard = None, now
    def heard(self, now: float) -> None: → def heard(self, now: float) -> None:
    |     if self._pinged is None:
    |         return
pong_forgotten: Forget the ping when something comes: it is answered.
    self._pinged, self._heard = None, now → self._heard = now
silence_continues: Begin the silence anew when something comes: yours counts it from earlier on.
    self._pinged, self._heard = None, now → self._pinged = None
late: Mind the bound, interval + timeout: yours waits for one interval more.
    now >= self._pinged + self._timeout → now >= self._pinged + self._interval + self._timeout
early: Count the time-out from the ping: yours counts it from the last sign of life, before anything was asked.
    now >= self._pinged + self._timeout → now >= self._heard + self._timeout
exchanged: Exchange the two: interval is the silence before a ping, timeout the wait for its answer.
    self._interval, self._timeout = interval, timeout → self._interval, self._timeout = timeout, interval
one_number: Use both numbers: interval is the silence before a ping, timeout the wait for its answer.
    self._pinged + self._timeout → self._pinged + self._interval
after_the_ping: Be done at the moment itself: after exactly timeout seconds the time is over.
    now >= self._pinged + self._timeout → now > self._pinged + self._timeout
after_the_silence: Ping at the moment itself: after exactly interval seconds it is time.
    now < self._heard + self._interval → now <= self._heard + self._interval
slept: Ask before you judge: no ping has left yet. Perhaps it was your own program that slept.
  ? if now < self._heard + self._interval: → if now >= self._heard + self._interval + self._timeout:
    if now < self._heard + self._interval: → if now >= self._heard + self._interval + self._timeout:
    |     self._is_dead = True
    |     return "dead"
    | if now < self._heard + self._interval:
fixed_rhythm: Ping after silence only: yours pings in a fixed rhythm, also while the peer talks all the time.
    self._pinged, self._heard = None, now → self._pinged = None
    self._pinged = now → self._pinged = self._heard = now
revives: Stay dead: the connection was given up, and what comes late belongs to no one.
  * self._pinged, self._heard = None, now → self._pinged, self._heard, self._is_dead = None, now, False
dead_once: Say "dead" from then on: yours says it once, and begins again.
    return "dead" if self._is_dead else "wait" → if self._is_dead:
    |     self._is_dead, self._heard, self._pinged = False, now, None
    |     return "dead"
    | return "wait"
needs_a_first: Begin at once: a peer that never says a word is gone, too.
    self._heard = now → self._heard = float("inf")
own_clock: Use the time that you are given: the clock of the machine is another one, and cannot be tried.
    def tick(self, now: float) -> str: → def tick(self, now: float) -> str:
    |     now = time.monotonic() + 1e9
raises: Return the word: yours raises, and who drives it decides what to do.
    return "dead" if self._is_dead else "wait" → if self._is_dead:
    |     raise ConnectionError("no pong")
    | return "wait"
pings_at_once: Wait for the first silence: the peer was heard when you began.
    self._heard = now → self._heard = now - interval
from_zero: Begin at the time that you are given: a clock need not begin at 0.
    self._heard = now → self._heard = 0.0
shared: Keep the times in self: what stands in the class belongs to all heartbeats together.
    self._pinged: float | None = None → Heartbeat._pinged = None
    self._pinged, self._heard = None, now → Heartbeat._pinged, self._heard = None, now
    self._pinged = now → Heartbeat._pinged = now
true_false: Return one of the three words: "wait", "ping" or "dead".
    return "dead" if self._is_dead else "wait" → return not self._is_dead
heard_pings: Let tick alone decide: heard only takes note.
    self._pinged, self._heard = None, now → self._pinged, self._heard = None, now
    | return "wait"
""",
    statement="Write the class Heartbeat: when to ping, and when to give a silent peer up.",
    cases=(
        beat("a quiet peer is asked", (19, "w"), (20, "p")),
        beat("it answers", (20, "p"), (21, "h"), (22, "w"), (40, "w"), (41, "p")),
        beat("it does not answer", (20, "p"), (25, "w"), (29, "w"), (30, "d")),
        beat("it stays dead", (20, "p"), (30, "d"), (31, "d"), (60, "d")),
        beat("one ping at a time", (20, "p"), (20.5, "w"), (21, "w"), (29.9, "w"), (30, "d")),
        beat("a peer that talks is not asked", (10, "h"), (20, "w"), (25, "h"), (30, "w"), (44, "w"), (45, "p")),
        beat("it talks, and does not answer the ping itself", (20, "p"), (28, "h"), (30, "w"), (47, "w"), (48, "p")),
        beat("answers in time, twice", (20, "p"), (29, "h"), (49, "p"), (58, "h"), (60, "w"), (78, "p"), (88, "d")),
        beat("a long time-out", (5, "p"), (20, "w"), (44, "w"), (45, "d"), interval=5.0, timeout=40.0),
        beat("a short time-out", (19, "w"), (20, "p"), (21, "w"), (22, "d"), timeout=2.0),
        beat("your program slept", (300, "p"), (301, "h"), (302, "w"), (321, "p")),
        beat("your program slept, and the peer is gone", (300, "p"), (309, "w"), (310, "d")),
        beat("a clock that begins elsewhere", (1019, "w"), (1020, "p"), (1030, "d"), begun=1000.0),
        beat("it comes to life too late", (20, "p"), (30, "d"), (31, "h"), (32, "d"), (60, "d")),
        beat("two things come at once", (20, "p"), (21, "h"), (21, "h"), (41, "p"), (51, "d")),
    ),
    random=draw,
    times=20,
    claim=Property("a silent peer is pinged once, and given up after interval + timeout", draw_silence, knows_in_time),
    trial=trial,
    calls=calls,
    shows=said,
    written={"time": time},
)
