"""Lesson 09: wrong solutions beyond the mutants, as learners write them. Each is refused with the hint that helps."""

# mypy: ignore-errors
# written as a learner would, without annotations

from __future__ import annotations

import random
import time

import pytest

from livesock.learn import catalogue
from livesock.learn.checking.checker import judge
from livesock.learn.show import report

WRONG = []


def wrong(which, hint):
    """Note a wrong solution of the exercise `which`, and the mutant whose hint it must get; "" for a look at a call."""

    def note(solution):
        WRONG.append(pytest.param(which, solution, hint, id=f"{which}-{solution.__name__}"))
        return solution

    return note


# 09.backoff


@wrong("09.backoff", "no_jitter")
def only_doubles(attempt, base=1.0, cap=30.0, chance=random.random):
    wait = base
    for _ in range(min(attempt, 64)):
        wait = min(cap, wait * 2)
    return min(cap, wait)


@wrong("09.backoff", "overflow")
def float_power(attempt, base=1.0, cap=30.0, chance=random.random):
    return chance() * min(cap, base * pow(2.0, attempt))


@wrong("09.backoff", "one_late")
def counts_from_one(attempt, base=1.0, cap=30.0, chance=random.random):
    limit = base
    for _ in range(min(attempt, 40) + 1):
        limit *= 2
    return min(cap, limit) * chance()


@wrong("09.backoff", "own_chance")
def uniform(attempt, base=1.0, cap=30.0, chance=random.random):
    return random.uniform(0, min(cap, base * 2 ** min(attempt, 30)))


@wrong("09.backoff", "half_jitter")
def equal_jitter(attempt, base=1.0, cap=30.0, chance=random.random):
    half = min(cap, base * 2 ** min(attempt, 30)) / 2
    return half + chance() * half


@wrong("09.backoff", "around")
def plus_or_minus(attempt, base=1.0, cap=30.0, chance=random.random):
    plain = min(cap, base * 2 ** min(attempt, 30))
    return plain - plain / 2 + chance() * plain


@wrong("09.backoff", "sleeps")
def waits_itself(attempt, base=1.0, cap=30.0, chance=random.random):
    chance()
    if attempt < 0:
        time.sleep(base)


@wrong("09.backoff", "no_base")
def forgets_base(attempt, base=1.0, cap=30.0, chance=random.random):
    return min(cap, 2 ** min(attempt, 30)) * chance()


# 09.Heartbeat


class Beat:
    def __init__(self, interval, timeout, now):
        self.interval, self.timeout = interval, timeout
        self.last, self.asked = now, None

    def heard(self, now):
        self.last, self.asked = now, None


@wrong("09.Heartbeat", "revives")
class ForgetsDeath(Beat):
    def tick(self, now):
        if self.asked is not None:
            return "dead" if now - self.asked >= self.timeout else "wait"
        if now - self.last >= self.interval:
            self.asked = now
            return "ping"
        return "wait"


@wrong("09.Heartbeat", "ping_restarts")
class PingsInRhythm(Beat):
    def tick(self, now):
        if now - self.last >= self.interval + self.timeout:
            return "dead"
        if now - self.last >= self.interval:
            self.last = now
            return "ping"
        return "wait"


@wrong("09.Heartbeat", "pings_on")
class Impatient(Beat):
    gone = False

    def tick(self, now):
        if self.gone or (self.asked is not None and now - self.asked >= self.timeout):
            self.gone = True
            return "dead"
        if now - self.last >= self.interval:
            self.asked = now if self.asked is None else self.asked
            return "ping"
        return "wait"


@wrong("09.Heartbeat", "slept")
class JudgesFirst(Beat):
    gone = False

    def tick(self, now):
        self.gone = self.gone or now - self.last >= self.interval + self.timeout
        if self.gone or (self.asked is not None and now - self.asked >= self.timeout):
            self.gone = True
            return "dead"
        if self.asked is None and now - self.last >= self.interval:
            self.asked = now
            return "ping"
        return "wait"


@wrong("09.Heartbeat", "late")
class OneRoundMore(Beat):
    gone = False

    def tick(self, now):
        if self.asked is not None and not self.gone:
            self.gone = now >= self.asked + self.timeout + self.interval
        if self.gone:
            return "dead"
        if self.asked is None and now >= self.last + self.interval:
            self.asked = now
            return "ping"
        return "wait"


@wrong("09.Heartbeat", "no_ping")
class OnlyListens(Beat):
    gone = False

    def tick(self, now):
        self.gone = self.gone or now - self.last >= self.interval + self.timeout
        return "dead" if self.gone else "wait"


@wrong("09.Heartbeat", "after_the_ping")
class StrictlyLater(Beat):
    gone = False

    def tick(self, now):
        if self.asked is not None:
            self.gone = self.gone or now - self.asked > self.timeout
            return "dead" if self.gone else "wait"
        if now - self.last >= self.interval:
            self.asked = now
            return "ping"
        return "wait"


# 09.Reconnector


class Again:
    def __init__(self, backoff, stable=60.0, final=(1000, 1008, 4401)):
        self.backoff, self.stable, self.final = backoff, stable, final
        self.state, self.n, self.since = "idle", 0, 0.0

    def start(self):
        if self.state != "idle":
            return []
        self.state, self.n = "dialling", 0
        return [("dial", 0.0)]

    def opened(self, now):
        if self.state != "dialling":
            return [("close", 1000)]
        self.state, self.since = "open", now
        return []

    def again(self):
        self.state = "dialling"
        self.n += 1
        return [("dial", self.backoff(self.n - 1))]

    def failed(self):
        return self.again() if self.state == "dialling" else []

    def lost(self, code, now):
        if self.state != "open":
            return []
        if code in self.final:
            self.state = "idle"
            return []
        if now - self.since >= self.stable:
            self.n = 0
        return self.again()

    def stop(self):
        was, self.state = self.state, "idle"
        return [("close", 1000)] if was == "open" else []


@wrong("09.Reconnector", "always_forgives")
class ResetsWhenOpen(Again):
    def opened(self, now):
        if self.state == "dialling":
            self.n = 0
        return super().opened(now)


@wrong("09.Reconnector", "each_report")
class EachWitness(Again):
    def lost(self, code, now):
        if self.state == "dialling":
            return self.again() if code not in self.final else []
        return super().lost(code, now)


@wrong("09.Reconnector", "never_forgives")
class CountsForEver(Again):
    def lost(self, code, now):
        return super().lost(code, self.since)


@wrong("09.Reconnector", "retries_refusal")
class Stubborn(Again):
    def __init__(self, backoff, stable=60.0, final=()):
        super().__init__(backoff, stable, ())


@wrong("09.Reconnector", "dials_after_stop")
class Deaf(Again):
    def failed(self):
        return self.again() if self.state in ("dialling", "idle") and self.since is not None else []


@wrong("09.Reconnector", "keeps_second")
class KeepsBoth(Again):
    def opened(self, now):
        if self.state == "dialling":
            self.state, self.since = "open", now
        return []


@wrong("09.Reconnector", "counts_from_one")
class CountsBefore(Again):
    def again(self):
        self.state, self.n = "dialling", self.n + 1
        return [("dial", self.backoff(self.n))]


@wrong("09.Reconnector", "none_for_nothing")
class SaysNone(Again):
    def start(self):
        return super().start() or None

    def opened(self, now):
        return super().opened(now) or None

    def failed(self):
        return super().failed() or None

    def lost(self, code, now):
        return super().lost(code, now) or None

    def stop(self):
        return super().stop() or None


@pytest.mark.parametrize(("which", "solution", "hint"), WRONG)
def test_it_is_refused_with_the_hint_that_helps(which, solution, hint):
    exercise = catalogue.exercise(which)
    verdict = judge(exercise, solution)

    assert not verdict.is_right
    assert verdict.mutant is not None and verdict.mutant.id == hint, report.verdict(verdict)
    assert verdict.mutant.hint in report.messages(verdict)[0]
