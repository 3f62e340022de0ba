"""09.backoff: how long a client waits before it tries again (exponential, with a cap and full jitter)."""

import random
from collections.abc import Callable
from typing import Any

from livesock.learn.exercise import Property, Solution, case
from livesock.learn.tables import exercise

__all__ = ["BACKOFF", "backoff"]


def backoff(attempt: int, base: float = 1.0, cap: float = 30.0, chance: Callable[[], float] = random.random) -> float:
    """Return the seconds to wait before an attempt; the first one has the number 0, and the limit doubles each time."""
    limit = min(cap, base * 2.0 ** min(attempt, 32))
    return limit * chance()


def trial(solution: Solution, attempt: int, base: float, cap: float, chances: list[float]) -> Any:
    """Return the wait for each chance, rounded: another order of the same product ends in other digits."""
    waits = [one_wait(solution, attempt, base, cap, chance) for chance in chances]
    return [round(wait, 6) + 0.0 if isinstance(wait, float) else wait for wait in waits]


def one_wait(solution: Solution, attempt: int, base: float, cap: float, chance: float) -> Any:
    """Call it with one chance. What is drawn elsewhere differs from run to run, and is only named."""
    asked: list[float] = []
    wait = solution(attempt, base, cap, lambda: asked.append(chance) or chance)  # type: ignore[func-returns-value]
    if not asked and solution(attempt, base, cap, lambda: chance) != wait:
        return "drawn elsewhere"
    return wait


def defaults(solution: Solution, attempt: int) -> tuple[bool, bool]:
    """Whether the default limits hold, and whether chance differs from call to call."""
    waits = [solution(attempt) for _ in range(100)]
    limit = min(30.0, 2.0 ** min(attempt, 32))
    return all(0 <= wait <= limit for wait in waits) and max(waits) > limit / 2, len(set(waits)) > 1


def tried(solution: Solution, attempt: int, *rest: Any) -> Any:
    return trial(solution, attempt, *rest) if rest else defaults(solution, attempt)


def calls(attempt: int, *rest: Any) -> str:
    if not rest:
        return f"[backoff({attempt}) for _ in range(100)]"
    base, cap, chances = rest
    return "; ".join(f"backoff({attempt}, {base}, {cap}, lambda: {chance})" for chance in chances)


def said(value: Any) -> str:
    if isinstance(value, tuple) and value and all(isinstance(one, bool) for one in value):
        within, differ = value
        return f"{'up to' if within else 'not up to'} the default limits, {'different' if differ else 'all the same'}"
    return ", ".join(map(repr, value)) if isinstance(value, list | tuple) else repr(value)


def draw(rng: random.Random) -> tuple[int, float, float, list[float]]:
    base = rng.choice([0.1, 0.5, 1.0, 2.0, 3.0])
    chances = [rng.choice([0.0, 0.25, 0.5, 0.75, 0.999]), rng.random()]
    return rng.randrange(0, 40), base, rng.choice([5.0, 10.0, 30.0, 300.0]), chances


def never_above(solution: Solution, attempt: int, base: float, cap: float, chances: list[float]) -> bool:
    return all(0 <= solution(attempt, base, cap, lambda chance=chance: chance) <= cap for chance in chances)


BACKOFF = exercise(
    "09.backoff",
    backoff,
    r"""
hint: First the limit of this attempt: what doubles it, and what stops it? Then one draw says how much of it is waited.
hint: The limits are base, 2 · base, 4 · base …, never above cap. “Full jitter”: anything from 0 up to the limit. Try
    attempt 5000: 2.0 ** 5000 is too large for a float.
hint: A neighbour, a price that halves each hour and never falls below a floor, of which luck takes its part: price =
    max(floor, start / 2 ** min(hours, 50)), then price * luck(). First the bound, then chance.
explanation: Doubling spares a server that is in trouble, the cap keeps your users from waiting for hours, and chance
    spreads a crowd that lost its server in the same moment. Multiplying the whole limit by chance is called full
    jitter. Socket.IO's client waits 1 s, 2 s, 4 s, 5 s, 5 s …, each up to half as long or half as long again.

no_jitter: Let chance take its part: a hundred clients that lost their server together all come back at one instant.
  * limit * chance() → limit
half_jitter: Multiply the whole limit by chance: yours waits half of it at least, and leaves half of the time unused.
  ? limit * chance() → limit / 2 + limit / 2 * chance()
    limit * chance() → limit / 2 + limit / 2 * chance()
around: Let the wait lie between 0 and the limit: yours lies around the limit, and may be above it.
    limit * chance() → limit * (0.5 + chance())
adds_chance: Multiply the limit by chance: yours adds a second at most, and a crowd needs more room than that.
    limit * chance() → limit + chance()
jitter_after_cap: Keep the cap: it is a promise, and what you add after it breaks it.
    limit * chance() → limit + base * chance()
no_cap: Mind the cap: without it attempt 20 waits for up to 12 days.
  * min(cap, base * 2.0 ** min(attempt, 32)) → base * 2.0 ** min(attempt, 32)
cap_is_least: Take the smaller of the two: the cap is the most that a client waits, not the least.
    min(cap, base → max(cap, base
cap_after_chance: Cap the limit first, then draw: yours draws first, and late attempts often wait exactly the cap.
    min(cap, base * 2.0 ** min(attempt, 32)) → base * 2.0 ** min(attempt, 32)
    return limit * chance() → return min(cap, limit * chance())
linear: Double the limit from attempt to attempt: yours grows by one base each time.
  * base * 2.0 ** min(attempt, 32) → base * (attempt + 1)
square: Double the limit from attempt to attempt: yours grows as the square of the attempt.
    base * 2.0 ** min(attempt, 32) → base * (attempt + 1) ** 2
one_late: Let the first limit be base itself: attempts are counted from 0.
    2.0 ** min(attempt, 32) → 2.0 ** min(attempt + 1, 33)
one_early: Let the first limit be base: yours begins with half of it.
    2.0 ** min(attempt, 32) → 2.0 ** (min(attempt, 32) - 1)
first_at_once: Wait before the first attempt too: yours comes back at once, and so does everybody else.
    return limit * chance() → return limit * chance() if attempt else 0.0
no_base: Multiply by base: its users may want to begin with a tenth of a second, or with ten.
    base * 2 → 1.0 * 2
base_is_power: Double base: yours raises base itself to the attempt, and 1 to any power stays 1.
    base * 2.0 ** min(attempt, 32) → base ** min(attempt + 1, 32)
small_cap: Let cap be 30 when it is left out, as the signature says.
    cap: float = 30.0 → cap: float = 10.0
clamped_early: Let the cap end the doubling, not a number of attempts of your own: base may be small, the cap large.
    min(attempt, 32) → min(attempt, 4)
clamped_late: Let the cap alone end the doubling: yours stops after ten attempts, and a tiny base never comes to it.
    min(attempt, 32) → min(attempt, 10)
least_base: Let chance go down to 0: yours never waits less than base, and a crowd comes back when that is over.
    return limit * chance() → return max(base, limit * chance())
overflow: Bound the exponent: from attempt 1024 on, 2.0 ** attempt is too large for a float.
    2.0 ** min(attempt, 32) → 2.0 ** attempt
constant_seed: Draw anew each time: yours starts the same series at each call, and so all clients draw the same number.
    return limit * chance() → return limit * (random.Random(7).random() if chance is random.random else chance())
own_chance: Draw with chance, the argument: a test gives a chance that it knows.
    limit * chance() → limit * random.random()
draws_twice: Draw once for each wait: two draws multiplied are small too often, and the crowd is early.
    limit * chance() → limit * chance() * chance()
turned: Multiply by the chance itself: 0 waits not at all, and 1 would be the whole limit.
    limit * chance() → limit * (1 - chance())
whole_seconds: Keep the fraction: whole seconds put a crowd on a few instants.
    return limit * chance() → return float(int(limit * chance()))
sleeps: Return the seconds: your function gives None. Who calls it does the waiting.
    return limit * chance() → limit * chance()
gives_up: Return a wait for every attempt: when to give up is decided elsewhere.
    limit = min → if attempt > 10:
    |     raise ConnectionError("too many attempts")
    | limit = min
""",
    statement="Write backoff: full jitter under a limit that doubles, with a cap.",
    cases=(
        case("the first attempt", 0, 1.0, 30.0, [1.0, 0.5, 0.0], gives=[1.0, 0.5, 0.0]),
        case("the second", 1, 1.0, 30.0, [1.0, 0.5], gives=[2.0, 1.0]),
        case("the fifth", 4, 1.0, 30.0, [1.0, 0.25], gives=[16.0, 4.0]),
        case("the sixth is capped", 5, 1.0, 30.0, [1.0, 0.5], gives=[30.0, 15.0]),
        case("the twentieth", 20, 1.0, 30.0, [0.9, 0.1], gives=[27.0, 3.0]),
        case("a small base", 3, 0.1, 30.0, [1.0, 0.5], gives=[0.8, 0.4]),
        case("a small base, many attempts", 8, 0.1, 30.0, [1.0, 0.5], gives=[25.6, 12.8]),
        case("a tiny base and a large cap", 20, 0.001, 600.0, [1.0, 0.5], gives=[600.0, 300.0]),
        case("a large base and cap", 3, 3.0, 300.0, [1.0, 0.5], gives=[24.0, 12.0]),
        case("a base above the cap", 0, 10.0, 5.0, [1.0, 0.5], gives=[5.0, 2.5]),
        case("after a night", 5000, 1.0, 30.0, [1.0, 0.5], gives=[30.0, 15.0]),
        case("a hundred clients draw", 3, gives=(True, True)),
        case("a hundred clients draw late", 40, gives=(True, True)),
    ),
    random=draw,
    claim=Property("no wait is above the cap", draw, never_above),
    trial=tried,
    calls=calls,
    shows=said,
    written={"random": random},
)
