"""13.TokenBucket: a burst at once, a rate in the long run, and a clock that does not jump."""

import random
import time
from collections.abc import Callable
from typing import Any

from livesock.learn.exercise import Property, Solution, case
from livesock.learn.tables import exercise

__all__ = ["TOKEN_BUCKET", "TokenBucket"]


class TokenBucket:
    """Lets `burst` messages through at once, and `rate` a second in the long run."""

    def __init__(self, rate: float, burst: int, clock: Callable[[], float]) -> None:
        """Begin with a full bucket; `clock()` returns seconds."""
        self._rate, self._burst, self._clock = rate, burst, clock
        self._tokens, self._then = float(burst), clock()

    def take(self) -> bool:
        """Take a token out if a whole one is there; return whether it was."""
        now = self._clock()
        self._tokens = min(self._burst, self._tokens + (now - self._then) * self._rate)
        self._then = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True


START = 1000.0
"""What the clock says when a bucket is made."""


def trial(solution: Solution, rate: float, burst: int, times: list[float]) -> list[Any]:
    """Return what `take` answers at these times, in seconds after the start; another bucket must not notice."""
    now, asked = START, 0

    def clock() -> float:
        nonlocal asked
        asked += 1
        return now

    bucket, other, answers = solution(rate, burst, clock), solution(1, 1, lambda: START), []
    at_first = asked
    for after in times:
        now = START + after
        answers.append(bucket.take())
    if asked == at_first:
        answers.append("take never asked the clock" if at_first else "nothing asked the clock")
    if other.take() is not True:
        answers.append("another bucket is empty now")
    return answers


def calls(rate: float, burst: int, times: list[float]) -> str:
    asked = ", ".join(f"{after:g} s" for after in times)
    return f"b = TokenBucket({rate:g}, {burst}, clock); b.take() after {asked}"


def shown(answers: list[Any]) -> str:
    return " ".join(("yes" if one else "no") if isinstance(one, bool) else str(one) for one in answers)


def draw(rng: random.Random) -> tuple[float, int, list[float]]:
    """Return halves, quarters and eighths of seconds: sums of them are exact."""
    after, times = 0.0, []
    for _ in range(rng.randrange(4, 16)):
        after += rng.choice([0, 0, 0, 0.125, 0.25, 0.5, 1, 3])
        times.append(after)
    return rng.choice([0.5, 1, 2, 4]), rng.randrange(1, 6), times


def bounded(solution: Solution, rate: float, burst: int, times: list[float]) -> bool:
    """Whether no more came through than the burst and what the rate allows, in any stretch of time."""
    came = [after for after, passed in zip(times, trial(solution, rate, burst, times), strict=False) if passed is True]
    return all(
        last - first + 1 <= burst + (came[last] - came[first]) * rate
        for first in range(len(came))
        for last in range(first, len(came))
    )


Y, N = True, False

TOKEN_BUCKET = exercise(
    "13.TokenBucket",
    TokenBucket,
    r"""
hint: Nothing has to run in the background. What two numbers must the bucket remember from one take to the next?
hint: How many tokens there were, and when that was. take: add the seconds since then times rate, but never above burst;
    remember now; if a whole token is there, take it out. With rate 2 and burst 3, an empty bucket has 1 after 0.5 s.
hint: A neighbour, a tank that fills while no one looks: level = min(size, level + (now - then) * flow); then = now; if
    level >= glass: level -= glass.
explanation: The ceiling makes it safe: silence for an hour saves up one burst, not an hour. time.monotonic never goes
    back; time.time does, when the machine's clock is set. One bucket a user bounds a user, one a connection does not.

starts_empty: Begin with a full bucket: the first message of a newcomer is no flood.
    float(burst), clock() → 0.0, clock()
starts_with_one: Begin with a full bucket: yours has one token.
    float(burst), clock() → 1.0, clock()
no_ceiling: Stop at burst: it is a ceiling. After an hour of silence yours lets an hour's worth through.
  * min(self._burst, self._tokens + (now - self._then) * self._rate) → self._tokens + (now - self._then) * self._rate
one_above: Stop at burst: yours holds one token more.
    min(self._burst, → min(self._burst + 1,
ceiling_is_rate: Stop at burst, not at rate: they are two numbers.
    min(self._burst, → min(max(self._rate, 1),
whole_tokens: Keep the fractions: half a token and half a token are one. Yours throws them away at each take.
    (now - self._then) * self._rate) → int((now - self._then) * self._rate))
whole_seconds: Keep the fractions of a second: yours counts whole ones only.
    (now - self._then) * self._rate) → int(now - self._then) * self._rate)
window: Refill little by little: yours lets two bursts through, one on each side of the border of a second.
    self._tokens = min(self._burst, self._tokens + (now - self._then) * self._rate) → if now - self._then >= 1:
    |     self._tokens, self._then = self._burst, now
    self._then = now →
refills_at_once: Refill little by little, at rate: yours is full again after any pause.
    self._tokens + (now - self._then) * self._rate) → self._tokens + (self._burst if now > self._then else 0))
each_call: Refill with time: yours gets new tokens at each call, and a flood of calls fills it.
    (now - self._then) * self._rate) → self._rate)
rate_ignored: Use rate: yours refills one a second.
  * (now - self._then) * self._rate) → (now - self._then))
rate_is_pause: Multiply by rate: it is tokens a second, not seconds a token.
    (now - self._then) * self._rate) → (now - self._then) / self._rate)
never_refills: Add what has come in since the last take: yours never fills again.
    self._tokens + (now - self._then) * self._rate) → self._tokens)
from_the_start: Remember when you have looked: yours adds the time since the beginning again and again.
  * self._then = now →
remembers_success: Remember now at every take, not only at a good one: what came in before is counted twice.
    self._then = now →
    self._tokens -= 1 → self._tokens -= 1; self._then = now
refusal_costs: Take a token out only if one is there: yours goes into debt, and a flooder waits for ever.
    if self._tokens < 1: → self._tokens -= 1
    | if self._tokens < 0:
    self._tokens -= 1 →
refusal_empties: Keep what is there when you refuse: yours throws half a token away.
    return False → self._tokens = 0; return False
half_is_enough: Ask for a whole token: yours lets a message through for a part of one.
    self._tokens < 1 → self._tokens <= 0
needs_more: One whole token is enough: yours asks for more than one.
  * self._tokens < 1 → self._tokens <= 1
takes_nothing: Take the token out: yours leaves it there, and lets everything through.
    self._tokens -= 1 → pass
takes_all: Take one token out: yours empties the bucket.
    self._tokens -= 1 → self._tokens = 0
wall_clock: Ask the clock that you are given: other clocks jump when the time is set, and no test can turn them.
    float(burst), clock() → float(burst), time.time()
    now = self._clock() → now = time.time()
half_own_clock: Ask the same clock both times: yours mixes two, which began at different moments.
    float(burst), clock() → float(burst), time.monotonic()
clock_not_asked: Call the clock at each take: yours asked once.
    self._rate, self._burst, self._clock = rate, burst, clock → at = clock()
    | self._rate, self._burst, self._clock = rate, burst, lambda: at
shared: Keep the tokens in the object: yours belong to the class, so one flooder stops everyone.
    self._tokens, self._then = float(burst), clock() → TokenBucket._tokens, self._then = float(burst), clock()
    self._tokens -= 1 → TokenBucket._tokens -= 1
    self._tokens = min( → TokenBucket._tokens = min(
no_answer: Return True when a token was there: yours returns None.
    return True →
reverse: Return True when a token was there: yours is the reverse.
    return False → return True
    return True → return False
""",
    statement="Write the class TokenBucket: a burst at once, a rate in the long run.",
    cases=(
        case("three at once", 1, 3, [0, 0, 0], gives=[Y, Y, Y]),
        case("one too many", 1, 3, [0, 0, 0, 0], gives=[Y, Y, Y, N]),
        case("a burst of one", 1, 1, [0, 0], gives=[Y, N]),
        case("an empty bucket, a second later", 1, 2, [0, 0, 0, 1, 1], gives=[Y, Y, N, Y, N]),
        case("two tokens a second", 2, 2, [0, 0, 0.5, 0.5], gives=[Y, Y, Y, N]),
        case("a token every two seconds", 0.5, 1, [0, 1, 2, 3], gives=[Y, N, Y, N]),
        case("half a token, twice", 1, 1, [0, 0.5, 1, 1], gives=[Y, N, Y, N]),
        case("four quarters of a token", 1, 1, [0, 0.25, 0.5, 0.75, 1], gives=[Y, N, N, N, Y]),
        case("silence for an hour", 1, 3, [0, 3600, 3600, 3600, 3600], gives=[Y, Y, Y, Y, N]),
        case("silence before the first", 4, 2, [60, 60, 60], gives=[Y, Y, N]),
        case("a flood, then a second", 2, 2, [*[0] * 12, 1, 1, 1], gives=[Y, Y, *[N] * 10, Y, Y, N]),
        case("a flood does not fill it", 1, 2, [0] * 8, gives=[Y, Y, *[N] * 6]),
        case("steadily, at the rate", 2, 1, [0, 0.5, 1, 1.5, 2], gives=[Y] * 5),
        case("a little too fast", 2, 1, [0, 0.25, 0.5, 0.75, 1], gives=[Y, N, Y, N, Y]),
        case("at the border of a second", 1, 3, [0.75, 0.75, 0.75, 1, 1, 1, 1.75], gives=[Y, Y, Y, N, N, N, Y]),
        case("a pause that fills a part", 2, 5, [*[0] * 6, 1.5, 1.5, 1.5, 1.5], gives=[*[Y] * 5, N, Y, Y, Y, N]),
    ),
    random=draw,
    times=40,
    trial=trial,
    calls=calls,
    shows=shown,
    claim=Property("in any time no more than the burst and what the rate allows", draw, bounded),
    written={"time": time},
)
