"""07.break_even: how much news makes a WebSocket as dear as polling, in bytes."""

import math
import random
from typing import Any

from livesock.learn.exercise import Property, Solution, case
from livesock.learn.tables import exercise

__all__ = ["BREAK_EVEN", "break_even"]


def break_even(
    request: int, answer: int, every: float, frame: int, beat: int, beat_every: float, handshake: int, session: float
) -> float:
    """Return the events per second at which both ways move the same number of bytes; 0.0 if polling is never dearer."""
    polling = (request + answer) / every
    silence = beat / beat_every + handshake / session
    return max(0.0, (polling - silence) / frame)


def draw(rng: random.Random) -> tuple[int, int, float, int, int, float, int, float]:
    polls = rng.randrange(40, 900), rng.randrange(90, 400), rng.choice([0.5, 1, 2, 5, 60, 600])
    frames = rng.choice([2, 4, 10]), rng.choice([6, 8, 16]), rng.choice([5, 20, 25])
    return *polls, *frames, rng.randrange(300, 1200), rng.choice([60, 600, 3600])


def trial(solution: Solution, *args: float) -> Any:
    """Return the rate, rounded: another order of the same sums ends in other digits."""
    rate = solution(*args)
    return round(rate, 6) + 0.0 if isinstance(rate, int | float) and math.isfinite(rate) else rate


def in_other_units(solution: Solution, *args: float) -> bool:
    request, answer, every, frame, beat, beat_every, handshake, session = args
    slower = solution(request, answer, 4 * every, frame, beat, 4 * beat_every, handshake, 4 * session)
    return math.isclose(4 * slower, solution(*args), rel_tol=1e-9, abs_tol=1e-9)


DAY = 86_400

BREAK_EVEN = exercise(
    "07.break_even",
    break_even,
    r"""
hint: Write both as bytes per second. Which of the two depends on the number of events?
hint: Polling: (request + answer) / every, news or not. WebSocket: beat / beat_every + handshake / session + rate ·
    frame. Set them equal; then think of a rate below zero.
hint: A neighbour, a flat rate of F a month against G a month and p for each call: calls = (F - G) / p, and 0 where G is
    more than F.
explanation: Polling costs the same whatever happens; a WebSocket pays by the event. So the WebSocket wins *below* this
    rate in bytes. Above it, polling collects many events in one answer, and they are late. Bytes are not the whole
    price: think of delay, of memory, of caches.

no_heartbeat: Count the heartbeats: silence costs too.
    beat / beat_every + →
adds_silence: Subtract what the silence costs: it leaves less for events.
    polling - silence → polling + silence
whole: Keep the fraction: four events in ten seconds are a rate too.
    return max(0.0, (polling - silence) / frame) → return float(int(max(0.0, (polling - silence) / frame)))
handshake_per_second: Divide the handshake by the session: bytes per second here.
    handshake / session → handshake
beat_times: Divide by beat_every: the longer the pause, the less it costs.
    beat / beat_every → beat * beat_every
of_session: Divide by the session: events per second, not events in all.
    / frame → / frame * session
no_handshake: Count the handshake: a short session must repay it with few messages.
  * + handshake / session →
request_only: Count both directions: the answer travels as well, and most of them are empty.
  * (request + answer) → request
answer_only: Count both directions: each answer was asked for.
    (request + answer) → answer
per_poll: Divide by the interval: a poll every ten seconds is a tenth of a poll each second.
  * (request + answer) / every → (request + answer) * every
beat_twice: Count the heartbeat once: ping and pong are both in it.
    beat / beat_every → 2 * beat / beat_every
beat_each_second: Divide the heartbeat by its own interval: it does not beat each second.
    beat / beat_every → beat
handshake_each_time: Shake hands once: the handshake is spread over the session.
    handshake / session → handshake / every
bytes_per_second: Divide by the frame: what is left are bytes per second, and events are asked for.
    / frame →
negative: Return 0.0 where the silence alone is dearer: no rate is below zero.
  * max(0.0, (polling - silence) / frame) → (polling - silence) / frame
seconds_per_event: Turn it over: events per second are asked for, yours are seconds per event.
    return max(0.0, (polling - silence) / frame) → rate = max(0.0, (polling - silence) / frame)
    | return 1 / rate if rate else 0.0
""",
    cases=(
        case("a poll each second", 40, 160, 1, 2, 16, 20, 400, 1000, gives=99.4),
        case("no heartbeat, no end", 40, 160, 1, 2, 0, 20, 0, DAY, gives=100.0),
        case("a poll each ten seconds", 40, 160, 10, 2, 16, 20, 0, DAY, gives=9.6),
        case("headers of a browser", 500, 300, 1, 2, 16, 20, 0, DAY, gives=399.6),
        case("larger frames", 40, 160, 1, 10, 0, 20, 0, DAY, gives=20.0),
        case("a poll each quarter of a second", 40, 160, 0.25, 2, 0, 20, 0, DAY, gives=400.0),
        case("a poll each seven seconds, ten in the session", 40, 100, 7, 2, 0, 20, 0, 75, gives=10.0),
        case("a poll each ten minutes", 40, 160, 600, 2, 16, 20, 0, DAY, gives=0.0),
        case("a session of two seconds", 40, 160, 1, 2, 0, 20, 600, 2, gives=0.0),
        case("a session of four seconds", 40, 160, 1, 2, 0, 20, 600, 4, gives=25.0),
        case("a busy heart", 40, 160, 1, 2, 16, 0.1, 0, DAY, gives=20.0),
    ),
    random=draw,
    claim=Property("if all takes four times as long, the rate is a quarter", draw, in_other_units),
    trial=trial,
)
