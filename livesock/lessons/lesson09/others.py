"""Right solutions of lesson 09 in other styles than the reference's."""

# mypy: ignore-errors
# written as a learner would, without annotations

import random


def by_loop(attempt, base=1.0, cap=30.0, chance=random.random):
    limit = base
    for _ in range(attempt):
        if limit >= cap:
            break
        limit *= 2
    return chance() * min(limit, cap)


def by_error(attempt, base=1.0, cap=30.0, chance=random.random):
    try:
        limit = base * 2.0**attempt
    except OverflowError:
        limit = cap
    if limit > cap:
        limit = cap
    return limit * chance()


def by_list(attempt, base=1.0, cap=30.0, chance=random.random):
    limits = [min(cap, base * 2**n) for n in range(64)]
    return limits[min(attempt, 63)] * chance()


class ByDeadline:
    def __init__(self, interval, timeout, now):
        self.interval, self.timeout = interval, timeout
        self.state = "quiet"
        self.until = now + interval

    def heard(self, now):
        if self.state != "dead":
            self.state, self.until = "quiet", now + self.interval

    def tick(self, now):
        if self.state == "dead":
            return "dead"
        if now < self.until:
            return "wait"
        if self.state == "quiet":
            self.state, self.until = "asked", now + self.timeout
            return "ping"
        self.state = "dead"
        return "dead"


class ByMatch:
    def __init__(self, interval, timeout, now):
        self.times = interval, timeout
        self.last = now
        self.asked = False
        self.gone = False

    def heard(self, now):
        self.last, self.asked = now, False

    def tick(self, now):
        silent = now - self.last
        match self.gone, self.asked:
            case True, _:
                return "dead"
            case _, False if silent >= self.times[0]:
                self.asked, self.last = True, now
                return "ping"
            case _, True if silent >= self.times[1]:
                self.gone = True
                return "dead"
        return "wait"


class ByGenerator:
    def __init__(self, interval, timeout, now):
        self.now, self.events = now, []
        self.steps = self.run(interval, timeout, now)

    def heard(self, now):
        self.events.append(now)

    def tick(self, now):
        self.now = now
        return next(self.steps)

    def run(self, interval, timeout, last):
        while True:
            while self.now < (last := max([last, *self.events])) + interval:
                yield "wait"
            asked = self.now
            self.events.clear()
            yield "ping"
            while not self.events:
                if self.now >= asked + timeout:
                    while True:
                        yield "dead"
                yield "wait"


class ByFlags:
    def __init__(self, backoff, stable=60.0, final=(1000, 1008, 4401)):
        self.backoff, self.stable, self.final = backoff, stable, final
        self.dialling = False
        self.since = None
        self.failures = 0

    def start(self):
        if self.dialling or self.since is not None:
            return []
        self.dialling = True
        self.failures = 0
        return [("dial", 0)]

    def opened(self, now):
        if not self.dialling:
            return [("close", 1000)]
        self.dialling, self.since = False, now
        return []

    def failed(self):
        if not self.dialling:
            return []
        self.failures += 1
        return [("dial", self.backoff(self.failures - 1))]

    def lost(self, code, now):
        if self.since is None:
            return []
        lasted, self.since = now - self.since, None
        if code in self.final:
            return []
        if lasted >= self.stable:
            self.failures = 0
        self.dialling = True
        return self.failed()

    def stop(self):
        was_open = self.since is not None
        self.dialling, self.since = False, None
        return [("close", 1000)] if was_open else []


class ByTable:
    def __init__(self, backoff, stable=60.0, final=(1000, 1008, 4401)):
        self.waits = backoff
        self.stable = stable
        self.final = set(final)
        self.state = "idle"
        self.count = 0
        self.moves = {
            ("idle", "start"): "dialling",
            ("dialling", "failed"): "dialling",
            ("dialling", "opened"): "open",
        }

    def move(self, call):
        known = (self.state, call) in self.moves
        self.state = self.moves.get((self.state, call), self.state)
        return known

    def start(self):
        if not self.move("start"):
            return []
        self.count = 0
        return [("dial", 0.0)]

    def opened(self, now):
        if self.move("opened"):
            self.since = now
            return []
        return [("close", 1000)]

    def next(self):
        self.count += 1
        return [("dial", self.waits(self.count - 1))]

    def failed(self):
        return self.next() if self.move("failed") else []

    def lost(self, code, now):
        if self.state != "open":
            return []
        self.state = "idle" if code in self.final else "dialling"
        if now >= self.since + self.stable:
            self.count = 0
        return self.next() if self.state == "dialling" else []

    def stop(self):
        before, self.state = self.state, "idle"
        return [("close", 1000)] * (before == "open")


class Yielding:
    def __init__(self, backoff, stable=60.0, final=(1000, 1008, 4401)):
        self.backoff, self.stable, self.final = backoff, stable, final
        self.phase, self.n, self.at = 0, 0, 0

    def start(self):
        if self.phase == 0:
            self.phase, self.n = 1, 0
            yield "dial", 0.0

    def opened(self, now):
        if self.phase == 1:
            self.phase, self.at = 2, now
        else:
            yield "close", 1000

    def failed(self):
        if self.phase == 1:
            yield "dial", self.backoff(self.n)
            self.n += 1

    def lost(self, code, now):
        if self.phase == 2:
            self.phase = 0 if code in self.final else 1
            self.n = 0 if now - self.at >= self.stable else self.n
            yield from self.failed()

    def stop(self):
        if self.phase == 2:
            yield "close", 1000
        self.phase = 0


OTHERS = {
    "09.backoff": (by_loop, by_error, by_list),
    "09.Heartbeat": (ByDeadline, ByMatch, ByGenerator),
    "09.Reconnector": (ByFlags, ByTable, Yielding),
}
