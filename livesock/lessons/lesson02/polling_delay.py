"""02.polling_delay: how long an event waits for a client that polls at an interval."""

import math
import random
from typing import Any

from livesock.learn.exercise import Property, Solution, case
from livesock.learn.tables import exercise

__all__ = ["POLLING_DELAY", "polling_delay"]


def polling_delay(interval: float, event_times: list[float]) -> list[float]:
    """Return for each event the seconds until the next poll."""
    delays = []
    for moment in event_times:
        polls = max(1, math.ceil(moment / interval))
        delays.append(polls * interval - moment)
    return delays


def trial(solution: Solution, interval: float, event_times: list[float]) -> Any:
    """Return the answer rounded to a millionth: the order of a calculation is a matter of style."""
    answer = solution(interval, event_times)
    if not isinstance(answer, list | tuple):
        return answer
    return [round(item, 6) + 0.0 if type(item) in (int, float) else item for item in answer]


def draw(rng: random.Random) -> tuple[float, list[float]]:
    """Return numbers that a float holds exactly: a right solution must not fail because of 0.1."""
    interval = rng.choice([0.25, 0.5, 1.0, 2.0, 3.0, 0.125, 10.0])
    return interval, [rng.randrange(1, 40 * 64) / 64 for _ in range(rng.randrange(1, 6))]


def shorter_than_the_interval(solution: Solution, interval: float, event_times: list[float]) -> bool:
    delays = solution(interval, event_times)
    return len(delays) == len(event_times) and all(0 <= delay < interval for delay in delays)


POLLING_DELAY = exercise(
    "02.polling_delay",
    polling_delay,
    r"""
hint: Which poll is the first at or after the event? Its number times the interval is its time.
hint: Number of that poll: the event's time divided by the interval, rounded up (math.ceil), at least 1. The delay: its
    time less the event's. For interval 2 and event 2.25: poll 2, at 4, delay 1.75.
hint: A neighbour, eggs in boxes of six: math.ceil(8 / 6) boxes, so 2 * 6 - 8 = 4 places stay empty; for 12 eggs
    math.ceil(12 / 6) is 2, and none stays empty.
explanation: On average it is half the interval, and no network comes into it. That is why polling ten times as often
    helps, and why it costs ten times as much.

from_the_last: Count to the next poll: yours is the time since the last one.
    polls * interval - moment → moment % interval
poll_at_zero: Look at an event at time 0: the first poll comes after one interval, not at 0.
  * max(1, math.ceil(moment / interval)) → math.ceil(moment / interval)
strictly_after: Let a poll catch an event of its very moment: that event waits 0 seconds.
  * max(1, math.ceil(moment / interval)) → math.floor(moment / interval) + 1
whole_interval: Count from the event on: polling does not begin anew with each event.
    polls * interval - moment → interval
half: Compute each delay: half the interval is what comes out on average.
    polls * interval - moment → interval / 2
moment_of_poll: Subtract the time of the event: yours is when the poll happens, not how long the event waits.
  * polls * interval - moment → polls * interval
negative: Subtract the event from the poll: yours are negative, and the poll comes later.
    polls * interval - moment → moment - polls * interval
nearest: Take the next poll, not the nearest: a poll that is over cannot bring the news.
    math.ceil(moment / interval) → math.floor(moment / interval + 0.5)
    polls * interval - moment → abs(polls * interval - moment)
first_poll: Go on to later polls: yours knows the first one only.
    polls * interval - moment → interval - moment
one_for_each_poll: Let one poll bring all that happened before it: events do not queue for polls of their own.
    delays = [] → delays, polls = [], 0
    max(1, → max(polls + 1,
since_the_last_event: Keep the polls where they are, at multiples of the interval: yours begin anew at each event.
    delays = [] → delays, before = [], 0.0
    delays.append(polls * interval - moment) → delays.append((before - moment) % interval); before = moment
whole_seconds: Keep the fractions: yours are cut to whole seconds.
    polls * interval - moment → int(polls * interval - moment)
every_second: Use the interval: yours polls once a second.
    polls * interval - moment → math.ceil(moment) - moment
sorted: Keep the order: the first delay belongs to the first event of the list, not to the earliest.
    in event_times: → in sorted(event_times):
first_event: Go on after the first event: a return inside the loop ends it.
    in event_times: → in event_times[:1]:
average: Return a list, one delay for each event: yours is their average.
    return delays → return sum(delays) / max(1, len(event_times))
sum: Return a list, one delay for each event: yours is their sum.
    return delays → return sum(delays)
""",
    trial=trial,
    cases=(
        case("before, at and after a poll", 1.0, [0.25, 1.0, 1.5], gives=[0.75, 0.0, 0.5]),
        case("no events", 1.0, [], gives=[]),
        case("an interval of two seconds", 2.0, [0.5, 1.75, 2.25, 7.0], gives=[1.5, 0.25, 1.75, 1.0]),
        case("half a second", 0.5, [0.125, 0.5, 0.625, 9.75], gives=[0.375, 0.0, 0.375, 0.25]),
        case("three events before one poll", 3.0, [0.5, 1.0, 2.5], gives=[2.5, 2.0, 0.5]),
        case("at the very moment of a later poll", 0.25, [0.75, 2.0], gives=[0.0, 0.0]),
        case("an event at the very start", 2.0, [0.0], gives=[2.0]),
        case("events out of order, and two at once", 2.0, [2.5, 0.5, 1.0, 0.5], gives=[1.5, 1.5, 1.0, 1.5]),
        case("whole numbers", 4, [1, 4, 6], gives=[3.0, 0.0, 2.0]),
    ),
    random=draw,
    claim=Property("no event waits as long as a whole interval", draw, shorter_than_the_interval),
)
