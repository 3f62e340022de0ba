"""09.Reconnector: what to do when a connection ends: a machine without a clock or a socket.

    idle ── start ──► dialling ── opened ──► open
                       ▲ │ failed             │ lost: dialling again, or idle after a final code
                       └─┘ ◄──────────────────┘         stop: idle from anywhere

Calls in, actions out: `("dial", seconds)` begins one attempt after so many seconds, `("close", code)` ends the
connection that has opened.
"""

import random
from collections.abc import Callable
from typing import Any

from livesock.learn.exercise import Case, Property, Solution, case
from livesock.learn.tables import exercise
from livesock.lessons.lesson09.steps import Step, perform, said, written

__all__ = ["RECONNECTOR", "Reconnector"]


class Reconnector:
    """Decide when to dial again. Each method returns a list of actions; times are seconds."""

    def __init__(
        self, backoff: Callable[[int], float], stable: float = 60.0, final: tuple[int, ...] = (1000, 1008, 4401)
    ) -> None:
        """Begin idle; `backoff(attempt)` gives the wait before an attempt, 0 for the first one after a loss."""
        self._backoff, self._stable, self._final = backoff, stable, final
        self._state, self._attempt, self._since = "idle", 0, 0.0

    def start(self) -> list[tuple[str, float]]:
        """The application wants a connection."""
        if self._state != "idle":
            return []
        self._state, self._attempt = "dialling", 0
        return [("dial", 0.0)]

    def opened(self, now: float) -> list[tuple[str, float]]:
        """A connection has opened."""
        if self._state != "dialling":
            return [("close", 1000)]
        self._state, self._since = "open", now
        return []

    def failed(self) -> list[tuple[str, float]]:
        """The attempt has failed."""
        return self._again() if self._state == "dialling" else []

    def lost(self, code: int, now: float) -> list[tuple[str, float]]:
        """The connection has ended with this close code."""
        if self._state != "open":
            return []
        if code in self._final:
            return self._rest()
        if now - self._since >= self._stable:
            self._attempt = 0
        return self._again()

    def stop(self) -> list[tuple[str, float]]:
        """The application wants no connection any more."""
        actions = [("close", 1000)] if self._state == "open" else []
        return self._rest() + actions

    def _rest(self) -> list[tuple[str, float]]:
        self._state = "idle"
        return []

    def _again(self) -> list[tuple[str, float]]:
        wait = self._backoff(self._attempt)
        self._state, self._attempt = "dialling", self._attempt + 1
        return [("dial", wait)]


def waits(attempt: int) -> float:
    """Stand for a back-off in a trial: the wait says which attempt was asked for."""
    return 100.0 + attempt


def trial(solution: Solution, options: dict[str, Any], steps: list[Step]) -> list[Any]:
    """Take the steps with a new reconnector, while another one must not be noticed."""
    machine, other = solution(waits, **options), solution(waits)
    other.start(), other.failed(), other.opened(0.0)
    return perform(machine, steps)


def calls(options: dict[str, Any], steps: list[Step]) -> str:
    more = "".join(f", {name}={value!r}" for name, value in options.items())
    return written("Reconnector", f"Reconnector(lambda attempt: 100.0 + attempt{more})", steps)


START, FAILED, STOP = ("start",), ("failed",), ("stop",)
DIAL, HANG_UP = [("dial", 0.0)], [("close", 1000)]


def opened(now: float) -> Step:
    return "opened", now


def lost(now: float, code: int = 1006) -> Step:
    return "lost", code, now


def again(attempt: int) -> list[tuple[str, float]]:
    return [("dial", waits(attempt))]


def story(name: str, *rows: tuple[Step, list[Any]], **options: Any) -> Case:
    return case(name, options, [step for step, _ in rows], gives=[actions for _, actions in rows])


UP: Any = ((START, DIAL), (opened(0), []))


def draw(rng: random.Random) -> tuple[dict[str, Any], list[Step]]:
    now, steps = 0.0, [START]
    for _ in range(rng.randrange(2, 14)):
        now += rng.choice([1.0, 20.0, 59.0, 60.0, 300.0])
        code = rng.choice([1006, 1006, 1001, 1011, 1012, 1000, 1008, 4401, 4000])
        steps.append(
            rng.choice([START, FAILED, FAILED, opened(now), opened(now), lost(now, code), lost(now, code), STOP])
        )
    return rng.choice([{}, {}, {"stable": 20.0}, {"final": (1000, 4000)}]), steps


def one_at_a_time(solution: Solution, options: dict[str, Any], steps: list[Step]) -> bool:
    """Whether no attempt begins while another one is under way or a connection is open."""
    machine, busy = solution(waits, **options), False
    for name, *arguments in steps:
        actions = list(getattr(machine, name)(*arguments))
        dials = sum(action == "dial" for action, _ in actions)
        over = (name == "failed" and busy) or name == "lost"
        if dials > (0 if busy and not over else 1):
            return False
        busy = bool(dials) or (busy and not over and name != "stop") or (name == "opened" and not actions)
    return True


class NoList:
    """A right reconnector that returns a single action without its list."""

    def __init__(self, *args: Any, **options: Any) -> None:
        self._right = Reconnector(*args, **options)

    def __getattr__(self, name: str) -> Any:
        return lambda *args: self.shaped(getattr(self._right, name)(*args))

    def shaped(self, actions: list[Any]) -> Any:
        return actions[0] if len(actions) == 1 else actions


class NoneForNothing(NoList):
    """A right reconnector that returns None where there is no action."""

    def shaped(self, actions: list[Any]) -> Any:
        return actions or None


class Bare(NoList):
    """A right reconnector that returns a single action without its list, and None where there is none."""

    def shaped(self, actions: list[Any]) -> Any:
        return actions[0] if len(actions) == 1 else actions or None


RECONNECTOR = exercise(
    "09.Reconnector",
    Reconnector,
    r"""
hint: Draw three states, idle, dialling, open, and an arrow for each call. What does a call mean where it has no arrow?
hint: One attempt at a time: a second report of the same end does nothing. Count the attempts since the last good
    connection; a good one is known when it is lost, by how long it lasted.
hint: A neighbour, a door bell that rings again: def unheard(self): self.rings += 1; return ["ring", pause(self.rings)].
    def answered(self, now): self.since = now. def shut(self, now): if now - self.since >= 60: self.rings = 0.
explanation: One end often has several witnesses: an error event and a close event, a failed heartbeat and a failed
    send. Each may ask for a new connection, and one is enough. A server that takes you in and throws you out at once
    is in trouble, too: only a stable minute clears the count. And a no is not an outage: what 1008 or 4401 says, it
    will say again.

two_sockets: Begin one attempt at a time: the end of one connection is often reported twice.
    if self._state != "open": → if self._state == "idle":
each_report: Count one end once: an error event and a close event may report it, and one attempt is enough.
    if self._state != "open": → if self._state == "dialling" and code not in self._final:
    |     return self._again()
    | if self._state != "open":
start_twice: Begin one attempt at a time: start was called while one was under way, or a connection open.
  * if self._state != "idle": → if self._state == "never":
failed_twice: Ignore a failure when no attempt is under way: it belongs to one that is over.
    if self._state == "dialling" else [] → if self._state != "idle" else []
dials_after_stop: Rest after stop: an attempt that fails later begins no new one.
    if self._state == "dialling" else [] → if self._state != "open" else []
failed_always: Look at the state first: a failure counts only while an attempt is under way.
    if self._state == "dialling" else [] →
lost_after_stop: Rest after stop: the end of a connection that you have closed yourself begins no attempt.
    if self._state != "open": → if self._state == "dialling":
keeps_second: Close a connection that opens when none is awaited: nobody would read from it.
  ? return [("close", 1000)] → pass
    return [("close", 1000)] → return []
never_forgives: Forgive after a stable minute: a connection that was good for a day begins at the first wait again.
  * if now - self._since >= self._stable: → if False:
always_forgives: Forgive after a stable minute, not when it opens: a server may throw you out at once, again and again.
    if now - self._since >= self._stable: → if True:
forgives_short: Forgive after a long connection, not after a short one.
    now - self._since >= self._stable → now - self._since < self._stable
forgives_later: Forgive at the moment itself: after exactly stable seconds it is a good one.
    now - self._since >= self._stable → now - self._since > self._stable
own_minute: Use stable: another application may call ten seconds a good connection.
    now - self._since >= self._stable → now - self._since >= 60.0
since_first: Count from the newest opening: yours adds up what several connections lasted.
    self._state, self._since = "open", now → self._state, self._since = "open", self._since or now
since_second: Note when the connection has opened that stays: a second one is closed at once, and counts for nothing.
    if self._state != "dialling": → self._since = now
    | if self._state != "dialling":
truthy_time: Look at how long it lasted, and not at whether its time is 0: that is a time, too.
    now - self._since >= self._stable → self._since and now - self._since >= self._stable
since_zero: Note when the connection has opened: how long did it last?
    self._state, self._since = "open", now → self._state = "open"
retries_refusal: Stay away after a final code: being refused is not an outage, and the answer will be the same.
  * if code in self._final: → if code in ():
goodbye_only: Stay away after each final code: 1008 and 4401 are a no, too.
    code in self._final → code == 1000
own_codes: Use final: which codes are a no, the application knows.
    code in self._final → code in (1000, 1008, 4401)
no_return: Dial again after 1006 and 1001: nobody said no, the line or the server is gone for a while.
    code in self._final → code in self._final or code < 1010
own_range: Dial again after codes that are not final: 1011 and 4000 may be an outage.
    code in self._final → code in self._final or code >= 4000 or code == 1011
gives_up_at_failure: Dial again when an attempt has failed: that is what the back-off is for.
    return self._again() if self._state == "dialling" else [] → return self._rest()
counts_from_one: Ask backoff for attempt 0 first: yours begins with a later one, and a longer wait.
    wait = self._backoff(self._attempt) → wait = self._backoff(self._attempt + 1)
no_count: Count the attempts: each failure asks for the next wait.
    self._state, self._attempt = "dialling", self._attempt + 1 → self._state = "dialling"
    self._state, self._attempt = "dialling", 0 → self._state = "dialling"
lost_at_once: Wait before the first attempt after a loss: a hundred others lost the server, too.
    wait = self._backoff(self._attempt) → wait = 0.0 if self._state == "open" else self._backoff(self._attempt)
first_waits: Dial at once when the application asks for a connection: nothing has failed yet.
    return [("dial", 0.0)] → return self._again()
start_keeps_count: Begin with attempt 0 after start: what failed before stop is forgotten.
    self._state, self._attempt = "dialling", 0 → self._state = "dialling"
refused_for_good: Let start dial again after a refusal: perhaps there is a new password.
    if code in self._final: → if code in self._final:
    |     self._state = "refused"
    |     return []
    | if code in ():
stops_for_good: Let start dial again after stop.
    return self._rest() + actions → self._state = "stopped"
    | return actions
leaves_open: Close the connection that is open when the application stops.
    actions = [("close", 1000)] if self._state == "open" else [] → actions = []
closes_nothing: Close in stop only what is open: yours closes a connection that does not exist.
    actions = [("close", 1000)] if self._state == "open" else [] → actions = [("close", 1000)]
no_list: Return a list, also around a single action: the caller loops over it.
bare: Return a list each time: around a single action, and an empty one when there is nothing to do.
none_for_nothing: Return an empty list when there is nothing to do: the caller loops over it.
shared: Keep the count in self: what stands in the class belongs to all reconnectors together.
    self._state, self._attempt, self._since = "idle", 0, 0.0 → self._state, self._since = "idle", 0.0
    | Reconnector._attempt = 0
    self._state, self._attempt = "dialling", self._attempt + 1 → self._state = "dialling"
    | Reconnector._attempt += 1
    self._state, self._attempt = "dialling", 0 → self._state = "dialling"
    | Reconnector._attempt = 0
""",
    statement="Write the class Reconnector: one attempt at a time, and a count that a stable minute clears.",
    cases=(
        story("the application asks for a connection", (START, DIAL)),
        story("it opens, and is lost", *UP, (lost(5), again(0))),
        story("attempts fail", *UP, (lost(5), again(0)), (FAILED, again(1)), (FAILED, again(2))),
        story("the first attempt fails", (START, DIAL), (FAILED, again(0)), (FAILED, again(1))),
        story("the end is reported twice", *UP, (lost(5), again(0)), (lost(5, 1011), [])),
        story("start while an attempt is under way", (START, DIAL), (START, []), (FAILED, again(0))),
        story("start while it is open", *UP, (START, [])),
        story("a failure is reported late", *UP, (FAILED, []), (lost(3), again(0))),
        story("nothing was begun", (FAILED, []), (lost(1), [])),
        story("lost after 59 seconds", *UP, (lost(5), again(0)), (opened(10), []), (lost(69), again(1))),
        story("lost after a stable minute", *UP, (lost(5), again(0)), (opened(10), []), (lost(70), again(0))),
        story(
            "lost after a day", *UP, (lost(5), again(0)), (FAILED, again(1)), (opened(9), []), (lost(86409), again(0))
        ),
        story(
            "thrown out at once, again and again",
            *(*UP, (lost(0), again(0)), (opened(1), []), (lost(1), again(1)), (opened(3), []), (lost(3), again(2))),
        ),
        story(
            "three short connections are no long one",
            *(
                *UP,
                (lost(30), again(0)),
                (opened(40), []),
                (lost(70), again(1)),
                (opened(80), []),
                (lost(110), again(2)),
            ),
        ),
        story(
            "a stable time of ten seconds", *UP, (lost(5), again(0)), (opened(9), []), (lost(19), again(0)), stable=10.0
        ),
        story(
            "a stable time of five minutes",
            *UP,
            (lost(5), again(0)),
            (opened(9), []),
            (lost(99), again(1)),
            stable=300.0,
        ),
        story("a minute from time 0 on", (START, DIAL), (FAILED, again(0)), (opened(0), []), (lost(60), again(0))),
        story("a proper goodbye", *UP, (lost(5, 1000), [])),
        story("refused by a policy", *UP, (lost(5, 1008), []), (FAILED, [])),
        story("refused by the application", *UP, (lost(99, 4401), []), (lost(99), [])),
        story("a server that goes away", *UP, (lost(5, 1001), again(0))),
        story(
            "a server that fails, and one that restarts",
            *UP,
            (lost(5, 1011), again(0)),
            (opened(6), []),
            (lost(7, 1012), again(1)),
        ),
        story("4000 is not final here", *UP, (lost(5, 4000), again(0))),
        story(
            "other codes are final", *UP, (lost(5, 4401), again(0)), (opened(6), []), (lost(7, 4000), []), final=(4000,)
        ),
        story(
            "a new try after a refusal",
            *UP,
            (lost(5), again(0)),
            (opened(6), []),
            (lost(7, 4401), []),
            (START, DIAL),
            (FAILED, again(0)),
        ),
        story("stopped while it is open", *UP, (STOP, HANG_UP), (lost(5, 1000), []), (lost(5), [])),
        story("stopped during an attempt", (START, DIAL), (STOP, []), (FAILED, [])),
        story("stopped, and then the attempt succeeds", (START, DIAL), (STOP, []), (opened(1), HANG_UP)),
        story("two connections open", *UP, (opened(1), HANG_UP), (lost(5), again(0))),
        story(
            "a stable minute, with a second connection in it",
            *(*UP, (lost(5), again(0)), (opened(10), []), (opened(60), HANG_UP), (lost(70), again(0))),
        ),
        story(
            "stopped and begun again",
            (START, DIAL),
            (FAILED, again(0)),
            (FAILED, again(1)),
            (STOP, []),
            (START, DIAL),
            (FAILED, again(0)),
        ),
    ),
    random=draw,
    claim=Property("no attempt begins beside another one", draw, one_at_a_time),
    trial=trial,
    calls=calls,
    shows=said,
    written={"no_list": NoList, "none_for_nothing": NoneForNothing, "bare": Bare},
)
