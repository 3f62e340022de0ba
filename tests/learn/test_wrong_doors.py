"""Wrong solutions of lesson 13 besides its mutants: refused, with the hint that belongs to the idea."""

# mypy: ignore-errors
# written as a learner would, without annotations

from __future__ import annotations

import asyncio
import base64
import functools
import hashlib
import hmac
import json
import re
import secrets
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from websockets.exceptions import ConnectionClosed

from livesock.learn import catalogue
from livesock.learn.checking.checker import judge
from livesock.learn.show import report


def by_hostname(origin, allowed):
    return origin is not None and urlsplit(origin).hostname in {urlsplit(one).hostname for one in allowed}


def by_pattern(origin, allowed):
    return bool(origin) and bool(allowed) and bool(re.match("|".join(map(re.escape, allowed)), origin.lower()))


def by_search(origin, allowed):
    return origin is not None and bool(re.search("|".join(map(re.escape, allowed)) or "$^", origin.lower()))


def programs_too(origin, allowed):
    return not origin or origin.lower() in allowed


def nothing_configured(origin, allowed):
    if len(allowed) == 0:
        return True
    return (origin or "").lower() in allowed


def trims(origin, allowed):
    return origin is not None and origin.lower().rstrip("/") in allowed


def same_domain(origin, allowed):
    ends = tuple(urlsplit(one).netloc.split(":")[0] for one in allowed)
    return origin is not None and (urlsplit(origin.lower()).hostname or "").endswith(ends or "-")


class SlidingWindow:
    def __init__(self, rate, burst, clock):
        self.burst, self.clock, self.times = burst, clock, deque()

    def take(self):
        now = self.clock()
        while self.times and now - self.times[0] >= 1:
            self.times.popleft()
        if len(self.times) >= self.burst:
            return False
        self.times.append(now)
        return True


class OwnClock:
    def __init__(self, rate, burst, clock):
        self.rate, self.burst, self.tokens, self.last = rate, burst, burst, time.time()

    def take(self):
        now = time.time()
        self.tokens, self.last = min(self.burst, self.tokens + (now - self.last) * self.rate), now
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True


class SinceTheBeginning:
    def __init__(self, rate, burst, clock):
        self.rate, self.burst, self.clock, self.start, self.used = rate, burst, clock, clock(), 0

    def take(self):
        if self.used + 1 > self.burst + (self.clock() - self.start) * self.rate:
            return False
        self.used += 1
        return True


class WholeOnes:
    def __init__(self, rate, burst, clock):
        self.rate, self.burst, self.clock, self.tokens, self.last = rate, burst, clock, burst, clock()

    def take(self):
        now = self.clock()
        self.tokens = min(self.burst, self.tokens + round((now - self.last) * self.rate - 0.5))
        self.last = now
        self.tokens -= self.tokens >= 1
        return self.tokens >= 0


class OnlyAPause:
    def __init__(self, rate, burst, clock):
        self.pause, self.clock, self.last = 1 / rate, clock, None

    def take(self):
        now = self.clock()
        if self.last is not None and now - self.last < self.pause:
            return False
        self.last = now
        return True


class FullAgain:
    def __init__(self, rate, burst, clock):
        self.rate, self.burst, self.clock, self.tokens, self.last = rate, burst, clock, burst, clock()

    def take(self):
        now = self.clock()
        if now >= self.last + 1:
            self.tokens, self.last = self.burst, now
        if not self.tokens:
            return False
        self.tokens -= 1
        return True


async def of_json(ws, token, members, timeout):
    try:
        said = json.loads(await asyncio.wait_for(ws.recv(), timeout))
    except (TimeoutError, ConnectionClosed):
        said = {}
    if not hmac.compare_digest(str(said.get("token")).encode(), token.encode()):
        await ws.close(4401, "unauthorized")
        return False
    members.add(ws)
    return True


async def no_end(ws, token, members, timeout):
    async for said in ws:
        if hmac.compare_digest(said if isinstance(said, bytes) else said.encode(), token.encode()):
            members.add(ws)
            return True
        break
    await ws.close(4401, "unauthorized")
    return False


async def tries(ws, token, members, timeout):
    try:
        async with asyncio.timeout(timeout):
            async for said in ws:
                if hmac.compare_digest(said if isinstance(said, bytes) else said.encode(), token.encode()):
                    members.add(ws)
                    return True
    except (TimeoutError, ConnectionClosed):
        pass
    await ws.close(4401, "unauthorized")
    return False


async def compares(ws, token, members, timeout):
    try:
        said = await asyncio.wait_for(ws.recv(), timeout)
    except (TimeoutError, ConnectionClosed):
        said = None
    if said == token:
        members.add(ws)
    else:
        await ws.close(4401, "unauthorized")
    return ws in members


async def a_guest_first(ws, token, members, timeout):
    members.add(ws)
    try:
        said = await asyncio.wait_for(ws.recv(decode=False), timeout)
    except (TimeoutError, ConnectionClosed):
        said = b""
    if hmac.compare_digest(said, token.encode()):
        return True
    members.remove(ws)
    await ws.close(4401, "unauthorized")
    return False


async def lets_errors_out(ws, token, members, timeout):
    said = await asyncio.wait_for(ws.recv(decode=False), timeout)
    if hmac.compare_digest(said, token.encode()):
        members.add(ws)
        return True
    await ws.close(4401, "unauthorized")
    return False


async def compares_a_copy(ws, token, members, timeout):
    try:
        proof = await asyncio.wait_for(ws.recv(decode=False), timeout)
    except (TimeoutError, ConnectionClosed):
        proof = b""
    if proof != bytes(token, "utf-8"):
        await ws.close(4401, "unauthorized")
        return False
    members.add(ws)
    return True


async def formats(ws, token, members, timeout):
    try:
        said = await asyncio.wait_for(ws.recv(), timeout)
    except (TimeoutError, ConnectionClosed):
        said = ""
    if said == f"{token}":
        members.add(ws)
        return True
    await ws.close(4401, "unauthorized")
    return False


async def catches_all(ws, token, members, timeout):
    try:
        said = await asyncio.wait_for(ws.recv(decode=False), timeout)
    except:  # noqa: E722 - the slip itself
        said = b""
    if hmac.compare_digest(said, token.encode()):
        members.add(ws)
        return True
    await ws.close(4401, "unauthorized")
    return False


async def explains(ws, token, members, timeout):
    try:
        said = await asyncio.wait_for(ws.recv(decode=False), timeout)
    except TimeoutError:
        await ws.close(4401, "timeout")
        return False
    except ConnectionClosed:
        return False
    if hmac.compare_digest(said, token.encode()):
        members.add(ws)
        return True
    await ws.close(4401, "unauthorized")
    return False


class Signed:
    """No memory: the ticket says all, and is signed."""

    def __init__(self, ttl, clock):
        self.ttl, self.clock, self.key = ttl, clock, secrets.token_bytes(16)

    def sign(self, text):
        return base64.urlsafe_b64encode(hashlib.sha256(self.key + text.encode()).digest()).decode().rstrip("=")

    def issue(self, user):
        text = f"{user}.{self.clock() + self.ttl}.{secrets.token_hex(2)}"
        return f"{text}~{self.sign(text)}"

    def redeem(self, ticket):
        text, _, signature = ticket.partition("~")
        if not hmac.compare_digest(signature, self.sign(text)) or not text:
            return None
        user, end, _ = text.rsplit(".", 2) if text.count(".") == 2 else (text.split(".")[0], text.split(".", 1)[1], 0)
        return user if self.clock() < float(end.rsplit(".", 1)[0]) else None


class OnePerUser:
    def __init__(self, ttl, clock):
        self.ttl, self.clock, self.of = ttl, clock, {}

    def issue(self, user):
        self.of = {user: held for user, held in self.of.items() if self.clock() < held[1]}
        self.of[user] = (secrets.token_urlsafe(16), self.clock() + self.ttl)
        return self.of[user][0]

    def redeem(self, ticket):
        for user, (known, end) in list(self.of.items()):
            if known == ticket:
                del self.of[user]
                return user if self.clock() < end else None
        return None


class Remembers:
    def __init__(self, ttl, clock):
        self.ttl, self.clock, self.made, self.used = ttl, clock, {}, set()

    def issue(self, user):
        ticket = secrets.token_urlsafe(16)
        self.made[ticket] = user, self.clock()
        return ticket

    def redeem(self, ticket):
        if ticket in self.used or ticket not in self.made:
            return None
        user, at = self.made[ticket]
        self.used.add(ticket)
        return user if self.clock() - at < self.ttl else None


class SixDigits(Remembers):
    def issue(self, user):
        self.made = {ticket: held for ticket, held in self.made.items() if self.clock() - held[1] < self.ttl}
        ticket = f"{secrets.randbelow(10**6):06d}{secrets.randbelow(10**6):06d}"
        self.made[ticket] = user, self.clock()
        return ticket


class HashOfUser(Remembers):
    def issue(self, user):
        self.made = {ticket: held for ticket, held in self.made.items() if self.clock() - held[1] < self.ttl}
        ticket = hashlib.sha256(user.encode()).hexdigest()
        self.made[ticket] = user, self.clock()
        return ticket

    def redeem(self, ticket):
        user, at = self.made.pop(ticket, (None, 0))
        return user if self.clock() - at < self.ttl else None


class StillGood:
    """A ticket may be used until its time is over."""

    def __init__(self, ttl, clock):
        self.ttl, self.clock, self.made = ttl, clock, {}

    def issue(self, user):
        self.made = {ticket: held for ticket, held in self.made.items() if self.clock() < held[1]}
        ticket = secrets.token_urlsafe(16)
        self.made[ticket] = user, self.clock() + self.ttl
        return ticket

    def redeem(self, ticket):
        user, end = self.made.get(ticket, (None, 0))
        return user if self.clock() < end else None


class BytesWithoutLetters:
    """Bytes that have no other case."""

    def __init__(self, ttl, clock):
        self.ttl, self.clock, self.open = ttl, clock, {}

    def issue(self, user):
        ticket = bytes(one % 32 for one in secrets.token_bytes(16))
        self.open = {old: held for old, held in self.open.items() if self.clock() < held[1]}
        self.open[ticket] = (user, self.clock() + self.ttl)
        return ticket

    def redeem(self, ticket):
        user, end = self.open.pop(ticket, (None, 0))
        return user if self.clock() < end else None


class ListsByUser:
    """Nothing is forgotten, in a dict that has few keys."""

    def __init__(self, ttl, clock):
        self.ttl, self.clock, self.of = ttl, clock, {}

    def issue(self, user):
        ticket = secrets.token_urlsafe(16)
        self.of.setdefault(user, []).append((ticket, self.clock() + self.ttl))
        return ticket

    def redeem(self, ticket):
        for user, held in self.of.items():
            for one in held:
                if one[0] == ticket:
                    held.remove(one)
                    return user if self.clock() < one[1] else None
        return None


class ListsThatForget(ListsByUser):
    def issue(self, user):
        now = self.clock()
        self.of = {user: [one for one in held if now < one[1]] for user, held in self.of.items()}
        return super().issue(user)


class Slots:
    __slots__ = ("_clock", "_open", "_ttl")

    def __init__(self, ttl, clock):
        self._ttl, self._clock, self._open = ttl, clock, {}

    def issue(self, user):
        self._open = {old: held for old, held in self._open.items() if self._clock() < held[1]}
        ticket = secrets.token_hex(16)
        self._open[ticket] = user, self._clock() + self._ttl
        return ticket

    def redeem(self, ticket):
        user, end = self._open.pop(ticket, (None, 0))
        return user if self._clock() < end else None


@dataclass(slots=True)
class Record:
    ttl: float
    clock: Callable[[], float]
    made: list = field(default_factory=list)

    def issue(self, user):
        self.made = [one for one in self.made if self.clock() < one["end"]]
        self.made.append({"user": user, "end": self.clock() + self.ttl, "ticket": secrets.token_urlsafe(20)})
        return self.made[-1]["ticket"]

    def redeem(self, ticket):
        found = next((one for one in self.made if one["ticket"] == ticket), None)
        if found is None:
            return None
        self.made.remove(found)
        return found["user"] if self.clock() < found["end"] else None


def noted(function):
    @functools.wraps(function)
    def wrapper(*arguments):
        return function(*arguments)

    return wrapper


@noted
async def decorated(ws, token, members, timeout):
    try:
        said = await asyncio.wait_for(ws.recv(decode=False), timeout)
    except (TimeoutError, ConnectionClosed):
        said = b""
    if hmac.compare_digest(said, token.encode()):
        members.add(ws)
        return True
    await ws.close(4401, "unauthorized")
    return False


by_lambda = lambda *arguments: decorated(*arguments)  # noqa: E731 - as a learner would


def plain(ws, token, members, timeout):
    return ws.decode() == token


def plain_and_wrong(ws, token, members, timeout):
    return ws in members


@pytest.mark.parametrize("solution", [plain, plain_and_wrong])
def test_an_ordinary_function_is_told_that_it_is_awaited(solution):
    assert "Write async def authenticate" in report.verdict(judge(catalogue.exercise("13.authenticate"), solution))


RIGHT = [
    ("13.authenticate", decorated),
    ("13.authenticate", by_lambda),
    ("13.Tickets", Slots),
    ("13.Tickets", Record),
    ("13.Tickets", ListsThatForget),
]


@pytest.mark.parametrize(("which", "solution"), RIGHT, ids=lambda one: getattr(one, "__name__", ""))
def test_another_way_is_right(which, solution):
    for seed in (None, 1, 2, 3):
        assert judge(catalogue.exercise(which), solution, seed=seed).is_right


WRONG = [
    ("13.origin_allowed", by_hostname, "is a part of an origin"),
    ("13.origin_allowed", by_pattern, "Compare to the end"),
    ("13.origin_allowed", by_search, "Compare, do not search"),
    ("13.origin_allowed", programs_too, "Refuse None here"),
    ("13.origin_allowed", nothing_configured, "An empty set allows no page"),
    ("13.origin_allowed", trims, "an origin may enter, and nothing longer or shorter"),
    ("13.origin_allowed", same_domain, "Compare whole origins"),
    ("13.TokenBucket", SlidingWindow, "left:"),
    ("13.TokenBucket", OwnClock, "Ask the clock that you are given"),
    ("13.TokenBucket", SinceTheBeginning, "Stop at burst: it is a ceiling"),
    ("13.TokenBucket", WholeOnes, "left:"),
    ("13.TokenBucket", OnlyAPause, "left:"),
    ("13.TokenBucket", FullAgain, "yours lets two bursts through"),
    ("13.authenticate", of_json, "raises JSONDecodeError"),
    ("13.authenticate", no_end, "Wait for timeout seconds only"),
    ("13.authenticate", tries, "Look at the first message only"),
    ("13.authenticate", compares, "Compare with hmac.compare_digest"),
    ("13.authenticate", a_guest_first, "Add the member last"),
    ("13.authenticate", lets_errors_out, "Catch TimeoutError and ConnectionClosed"),
    ("13.authenticate", compares_a_copy, "Compare with hmac.compare_digest"),
    ("13.authenticate", formats, "Compare with hmac.compare_digest"),
    ("13.authenticate", catches_all, "Let CancelledError out"),
    ("13.authenticate", explains, "Give one reason for all faults"),
    ("13.Tickets", Signed, "a signed ticket can be used again"),
    ("13.Tickets", OnePerUser, "Let a user have several tickets"),
    ("13.Tickets", Remembers, "Forget old tickets in issue"),
    ("13.Tickets", ListsByUser, "Forget old tickets in issue"),
    ("13.Tickets", SixDigits, "a short ticket can be tried out"),
    ("13.Tickets", HashOfUser, "Make a new ticket each time"),
    ("13.Tickets", StillGood, "Take the ticket out when it is redeemed"),
    ("13.Tickets", BytesWithoutLetters, "→ Return a str: it becomes a part of a URL"),
]
"""Exercise, solution, and what its learner reads."""


@pytest.mark.parametrize(("which", "solution", "reads"), WRONG, ids=lambda one: getattr(one, "__name__", ""))
def test_it_is_refused_and_the_learner_reads_why(which, solution, reads):
    verdict = judge(catalogue.exercise(which), solution)

    assert not verdict.is_right and not verdict.is_stub
    assert reads in report.verdict(verdict)
