"""13.Tickets: a ticket in a URL may stand in every log, for it is used up."""

import gc
import random
import re
import secrets
import time
import uuid
from collections.abc import Callable
from itertools import takewhile
from types import FunctionType, ModuleType
from typing import Any

from livesock.learn.exercise import Property, Solution, case
from livesock.learn.tables import exercise

__all__ = ["TICKETS", "Tickets"]


class Tickets:
    """One-time tickets: each lets one user in, once, within `ttl` seconds."""

    def __init__(self, ttl: float, clock: Callable[[], float]) -> None:
        """Begin without tickets; `clock()` returns seconds."""
        self._ttl, self._clock = ttl, clock
        self._open: dict[str, tuple[str, float]] = {}

    def issue(self, user: str) -> str:
        """Return a new ticket for `user`, fit for a URL; forget those that are too old."""
        now = self._clock()
        self._open = {ticket: held for ticket, held in self._open.items() if now < held[1]}
        new = secrets.token_urlsafe(16)
        self._open[new] = (user, now + self._ttl)
        return new

    def redeem(self, ticket: str) -> str | None:
        """Return whose ticket it is, once and in time; otherwise None."""
        user, end = self._open.pop(ticket, ("", 0.0))
        return user if self._clock() < end else None


Step = tuple[Any, ...]
"""`("issue", "ann")`, `("redeem", 0)` for the first ticket, `("wait", 5)`, `("try", "a guess")`, `("held",)`."""

ALTERED: dict[str, Callable[[str], str]] = {
    "other case": lambda ticket: ticket.swapcase() if ticket.swapcase() != ticket else ticket * 2,  # bytes, too
    "half": lambda ticket: ticket[: len(ticket) // 2],
    "more": lambda ticket: ticket + "-",
}
"""What a guesser makes of the first ticket, by the name of the step."""

START, TTL = 1000.0, 30.0
WAITS = (1.0625, 8.03125, 13.015625, 29.0078125, 31)
"""Seconds, of which no few add up to `TTL`: what is true in that very moment is left open."""

FEW = 50
"""Things that the object holds for a few tickets; for a hundred it holds a hundred at least."""

SHORTEST = 22
"""Letters of 16 random bytes: about as many as can never be tried out."""


def trial(solution: Solution, steps: list[Step]) -> list[Any]:
    """Take the steps; return what redeem gave, then what is wrong with the tickets themselves."""
    now, state = START, random.getstate()
    random.seed(13)
    twin = solution(TTL, lambda: now)
    same = twin.issue("annabel")
    random.seed(13)
    tickets, made, answers = solution(TTL, lambda: now), [], []
    before = kept(tickets)  # of a wrong one, whose objects share what they hold
    try:
        for name, *arguments in steps:
            if name == "wait":
                now += arguments[0]
            elif name == "issue":
                made.append(tickets.issue(arguments[0]))
            elif name == "held":
                answers.append("few are kept" if kept(tickets) - before <= FEW else "all are kept")
            else:
                given = made[arguments[0]] if name != "try" else arguments[0]
                answers.append(tickets.redeem(ALTERED[name](given) if name in ALTERED else given))
    finally:
        random.setstate(state)
    now = START
    if tickets.redeem(same) is not None:
        answers.append("a ticket of another door opens this one")
    return [*answers, *remarks(made, [step[1] for step in steps if step[0] == "issue"], same)]


def kept(tickets: Any) -> int:
    """Return how many things the object holds: in a dict, in slots, in lists inside of lists."""
    found: dict[int, Any] = {}
    ahead = [tickets]
    for one in ahead:  # which grows meanwhile
        if id(one) not in found and not isinstance(one, type | ModuleType | FunctionType):
            found[id(one)] = one
            ahead += gc.get_referents(one)
    return len(found)


def remarks(made: list[Any], users: list[str], same: Any) -> list[str]:
    """Return what makes these tickets bad ones."""
    if not all(isinstance(ticket, str) for ticket in made):
        return ["a ticket is not a str"]
    if len(set(made)) < len(made) or same in made:
        return ["the same ticket again"]
    found = []
    if any(not re.fullmatch(r"[A-Za-z0-9_.~-]*", ticket) for ticket in made):
        found.append("a ticket does not fit into a URL")
    if any(user in ticket for user, ticket in zip(users, made, strict=True)):
        found.append("a ticket names its user")
    alike = max(shared_start(made), shared_start([ticket[::-1] for ticket in made])) if len(made) > 1 else 0
    if any(len(ticket) < SHORTEST for ticket in made):
        found.append("a ticket is short enough to be tried out")
    elif alike > 7:
        found.append("tickets are alike")
    return found


def shared_start(texts: list[str]) -> int:
    """Return how many letters all texts begin with."""
    columns = zip(*texts, strict=False)
    return len(list(takewhile(lambda letters: len(set(letters)) == 1, columns)))


def calls(steps: list[Step]) -> str:
    typed: dict[str, Any] = {
        "issue": lambda user: f"t.issue({user!r})",
        "redeem": lambda number: f"t.redeem(ticket {number + 1})",
        "try": lambda guess: f"t.redeem({guess!r})",
        "wait": lambda seconds: f"{seconds:g} s later",
        "held": lambda: "what does it hold?",
        "other case": lambda number: f"t.redeem(ticket {number + 1} with small letters for large ones)",
        "half": lambda number: f"t.redeem(the first half of ticket {number + 1})",
        "more": lambda number: f"t.redeem(ticket {number + 1} and a letter more)",
    }
    made = [typed[name](*arguments) for name, *arguments in steps]
    if len(made) > 9:
        made = [*made[:3], "…", *made[-3:]]
    return "; ".join([f"t = Tickets({TTL:g}, clock)", *made])


def shown(answers: list[Any]) -> str:
    return ", ".join(one if isinstance(one, str) else repr(one) for one in answers) or "nothing"


def draw(rng: random.Random) -> tuple[list[Step]]:
    steps: list[Step] = []
    made = 0
    for _ in range(rng.randrange(5, 16)):
        what = rng.choice(["issue", "redeem", "redeem", "wait", "try"]) if made else "issue"
        if what == "issue":
            steps.append(("issue", rng.choice(["annabel", "benjamin", "cleopatra"])))
            made += 1
        elif what == "redeem":
            steps.append(("redeem", rng.randrange(made)))
        else:
            steps.append(("wait", rng.choice(WAITS)) if what == "wait" else ("try", "a guess"))
    return (steps,)


def draw_user(rng: random.Random) -> tuple[str, int]:
    return rng.choice(["annabel", "benjamin", "cleopatra"]), rng.randrange(2, 6)


def once(solution: Solution, user: str, times: int) -> bool:
    """Whether a ticket, presented several times, lets its user in exactly once."""
    return trial(solution, [("issue", user), *[("redeem", 0)] * times]) == [user, *[None] * (times - 1)]


ANN, BEN, FIRST, SECOND = ("issue", "annabel"), ("issue", "benjamin"), ("redeem", 0), ("redeem", 1)


def steps(name: str, *taken: Step, gives: list[Any]) -> Any:
    return case(name, list(taken), gives=gives)


TICKETS = exercise(
    "13.Tickets",
    Tickets,
    r"""
hint: What must a server remember of a ticket, and when may it forget it?
hint: A dict, from the ticket to its user and its end. issue: secrets.token_urlsafe(16) cannot be guessed. redeem: pop
    asks and takes out in one step, so that a second time finds nothing. An unknown ticket is None, not an error.
hint: A neighbour, a cloakroom: coat, until = hooks.pop(number, (None, 0)); return coat if clock() < until else None.
    And at closing time: hooks = {number: held for number, held in hooks.items() if clock() < held[1]}.
explanation: The log keeps the URL, and the ticket in it is worth nothing any more. Who asks for one must have shown who
    they are by other means: a cookie over https, for example. With several servers the dict stands in Redis: GETDEL.

reusable: Take the ticket out when it is redeemed: one use. The log still has it.
  * self._open.pop(ticket, ("", 0.0)) → self._open.get(ticket, ("", 0.0))
never_ends: Look at the time: a ticket of yesterday is in yesterday's log.
    user if self._clock() < end else None → user or None
end_counts_from_use: Keep when the ticket was made: yours begins to count at zero.
    (user, now + self._ttl) → (user, self._ttl)
half_the_time: Let a ticket live for ttl seconds: yours ends too early.
    now + self._ttl → now + self._ttl / 2
twice_the_time: Let a ticket live for ttl seconds: yours lives longer.
    now + self._ttl → now + self._ttl * 2
any_time: Use ttl: yours has a number of its own.
    now + self._ttl → now + 10
keeps_old: Forget old tickets in issue: most are never redeemed, and a million of them fill the memory.
  * self._open = {ticket: held for ticket, held in self._open.items() if now < held[1]} → pass
forgets_all: Forget the old ones only: yours forgets also those that are still good.
    {ticket: held for ticket, held in self._open.items() if now < held[1]} → {}
one_each: Let a user have several tickets: two tabs open at once, and the second ends the first.
    if now < held[1]} → if now < held[1] and held[0] != user}
unknown_raises: Return None for a ticket that you do not know: anyone may send anything.
  * self._open.pop(ticket, ("", 0.0)) → self._open.pop(ticket)
says_true: Return the user: the server must know who came in.
    return user if self._clock() < end else None → return True if self._clock() < end else None
says_false: Return None for a bad ticket: yours returns False.
    else None → else False
says_empty: Return None for a bad ticket: yours returns an empty text.
    else None → else ""
by_user: Look the ticket up, not the user: yours lets in anyone who knows a name.
    self._open[new] = (user, now + self._ttl) → self._open[user] = (user, now + self._ttl)
    return new → return user
signed: Remember what you have issued: a signed ticket can be used again, and yours names its user.
    self._open.pop(ticket, ("", 0.0)) → self._open.get(ticket, ("", 0.0))
    secrets.token_urlsafe(16) → f"{user}-{secrets.token_urlsafe(16)}"
counter: Make tickets that cannot be guessed: after ticket 7 comes 8, and everyone knows it.
    secrets.token_urlsafe(16) → f"ticket-number-{len(self._open) + 1:016d}"
random_module: Use secrets: from what random has given, one can work out what it gives next.
    secrets.token_urlsafe(16) → "".join(random.choices("abcdefghijkmnpqrstuvwxyz23456789", k=32))
short: Take 16 random bytes: a short ticket can be tried out.
    secrets.token_urlsafe(16) → secrets.token_urlsafe(4)
names_user: Do not write the user into the ticket: the log would say who was there.
    secrets.token_urlsafe(16) → f"{user}-{secrets.token_urlsafe(16)}"
by_time: Make tickets that cannot be guessed: the time is no secret.
    secrets.token_urlsafe(16) → f"{uuid.UUID(int=int(now * 1e9))}"
uuid_of_time: Use secrets: uuid1 is made of the time and the machine, and most of it is known.
    secrets.token_urlsafe(16) → str(uuid.uuid1())
of_user: Make a new ticket each time: yours is the same for the same user.
    secrets.token_urlsafe(16) → f"{uuid.uuid5(uuid.NAMESPACE_DNS, user)}"
base64: Use letters that a URL can carry: + means a space there, and / a folder.
    secrets.token_urlsafe(16) → "+/" + secrets.token_urlsafe(16)
bytes: Return a str: it becomes a part of a URL.
    secrets.token_urlsafe(16) → secrets.token_bytes(16)
wall_clock: Ask the clock that you are given: time.time jumps, and no test can turn it.
    now = self._clock() → now = time.time()
    user if self._clock() < end → user if time.time() < end
shared: Make the dict in __init__: yours belongs to the class, and one server's tickets open another's door.
    def __init__( → everywhere = {}
    | def __init__(
    self._open: dict[str, tuple[str, float]] = {} → self._open = self.everywhere
    self._open = {ticket: held for ticket, held in self._open.items() if now < held[1]} →
    | for ticket in [one for one, held in self._open.items() if now >= held[1]]: del self._open[ticket]
any_ticket: Ask for this ticket: yours takes any, as long as one is there.
    self._open.pop(ticket, ("", 0.0)) → self._open.pop(ticket, None) or (
    |     self._open.popitem()[1] if self._open else ("", 0.0))
any_case: Compare letter by letter: a and A are two letters of a ticket, and it has half the choices without them.
    self._open.pop(ticket, ("", 0.0)) → self._open.pop(next(
    |     (one for one in self._open if one.lower() == ticket.lower()), ""), ("", 0.0))
beginning: Compare the whole ticket: half of one is tried out in a moment.
    self._open.pop(ticket, ("", 0.0)) → self._open.pop(next(
    |     (one for one in self._open if ticket and one.startswith(ticket)), ""), ("", 0.0))
guess_clears: Keep the others when a guess comes: anyone could end all tickets with one.
    user, end = → self._open = self._open if ticket in self._open else {}
    | user, end =
ends_all: Keep the user's other tickets: yours ends them all with the first one that is used.
    return user if self._clock() < end else None → good = self._clock() < end
    | self._open = {one: held for one, held in self._open.items() if held[0] != user}
    | return user if good else None
one_for_all: Keep the others when one is redeemed.
    return user if self._clock() < end else None → good = self._clock() < end
    | self._open.clear()
    | return user if good else None
""",
    statement="Write the class Tickets: each lets one user in, once, in time.",
    cases=(
        steps("a ticket, at once", ANN, FIRST, gives=["annabel"]),
        steps("another user", BEN, FIRST, gives=["benjamin"]),
        steps("the same ticket, twice", ANN, FIRST, FIRST, gives=["annabel", None]),
        steps("a guess", ANN, ("try", "a guess"), ("try", ""), ("try", "annabel"), gives=[None, None, None]),
        steps("a guess before any was made", ("try", "a guess"), gives=[None]),
        steps("a guess, then the ticket", ANN, ("try", "a guess"), FIRST, gives=[None, "annabel"]),
        steps("letters of another size", ANN, ("other case", 0), FIRST, gives=[None, "annabel"]),
        steps("half of a ticket", ANN, ("half", 0), FIRST, gives=[None, "annabel"]),
        steps("a letter more", ANN, ("more", 0), FIRST, gives=[None, "annabel"]),
        steps("two tabs, one after the other", ANN, ANN, SECOND, ("wait", 2), FIRST, gives=["annabel", "annabel"]),
        steps("29 of 30 seconds later", ANN, ("wait", 29), FIRST, gives=["annabel"]),
        steps("31 seconds later", ANN, ("wait", 31), FIRST, gives=[None]),
        steps("61 seconds later", ANN, ("wait", 61), FIRST, gives=[None]),
        steps("two users", ANN, BEN, SECOND, FIRST, gives=["benjamin", "annabel"]),
        steps("two tabs of one user", ANN, ANN, FIRST, SECOND, gives=["annabel", "annabel"]),
        steps("twenty tickets", *[ANN] * 20, ("redeem", 19), FIRST, FIRST, gives=["annabel", "annabel", None]),
        steps("one is old", ANN, ("wait", 20), BEN, ("wait", 15), FIRST, SECOND, gives=[None, "benjamin"]),
        steps("an old one, after a new one was made", ANN, ("wait", 31), BEN, FIRST, SECOND, gives=[None, "benjamin"]),
        steps("a hundred that no one used", *[ANN] * 100, ("wait", 31), BEN, ("held",), gives=["few are kept"]),
    ),
    random=draw,
    times=25,
    trial=trial,
    calls=calls,
    shows=shown,
    claim=Property("a ticket lets its user in exactly once", draw_user, once),
    written={"time": time, "uuid": uuid, "random": random},
)
