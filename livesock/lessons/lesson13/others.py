"""Right solutions of lesson 13 in other styles than the references'."""

# mypy: ignore-errors
# written as a learner would, without annotations

import asyncio
import contextlib
import hmac
import secrets
import uuid

from websockets.exceptions import ConnectionClosed


def origin_of_lines(origin, allowed):
    """Step by step."""
    if origin is None or origin == "null":
        return False
    found = False
    for one in allowed:
        if one == origin.lower():
            found = True
    return found


def origin_in_a_set(origin, allowed):
    """One line, with a text for None."""
    return (origin or "").lower() in {one.lower() for one in allowed}


def origin_by_any(origin, allowed):
    """any and ==."""
    return any(origin is not None and origin.casefold() == one for one in allowed)


class BucketOfDebt:
    """One number: when the bucket will be full again."""

    def __init__(self, rate, burst, clock):
        self.pause, self.burst, self.clock = 1 / rate, burst, clock
        self.full_at = clock()

    def take(self):
        now = self.clock()
        full_at = max(self.full_at, now) + self.pause
        if full_at - now > self.burst * self.pause:
            return False
        self.full_at = full_at
        return True


class BucketWithRefill:
    """A method for each thing."""

    def __init__(self, rate, burst, clock):
        self.rate, self.burst, self.clock = rate, burst, clock
        self.tokens = burst
        self.last = clock()

    def refill(self):
        now = self.clock()
        self.tokens += self.rate * (now - self.last)
        self.last = now
        if self.tokens > self.burst:
            self.tokens = self.burst

    def take(self):
        self.refill()
        enough = self.tokens >= 1
        if enough:
            self.tokens -= 1
        return enough


class BucketOfUsed:
    """It counts what is used, and lets it leak away."""

    def __init__(self, rate, burst, clock):
        self.rate, self.burst, self.clock = rate, burst, clock
        self.used, self.last = 0, clock()

    def take(self):
        now = self.clock()
        self.used = max(0, self.used - self.rate * (now - self.last))
        self.last = now
        if self.used + 1 > self.burst:
            return False
        self.used += 1
        return True


async def authenticate_with_wait_for(ws, token, members, timeout):
    """wait_for, and a return for each fault."""
    try:
        said = await asyncio.wait_for(ws.recv(), timeout)
    except TimeoutError:
        await ws.close(4401, "unauthorized")
        return False
    except ConnectionClosed:
        return False
    if isinstance(said, str) and hmac.compare_digest(said.encode(), token.encode()):
        members.add(ws)
        return True
    await ws.close(code=4401, reason="unauthorized")
    return False


async def authenticate_as_bytes(ws, token, members, timeout):
    """Ask websockets for bytes."""
    said = None
    try:
        async with asyncio.timeout(timeout):
            said = await ws.recv(decode=False)
    except (TimeoutError, ConnectionClosed):
        pass
    good = said is not None and hmac.compare_digest(said, token.encode())
    if good:
        members.add(ws)
    else:
        await ws.close(4401, "unauthorized")
    return good


async def authenticate_with_a_loop(ws, token, members, timeout):
    """The first message of an async for."""

    async def first():
        with contextlib.suppress(ConnectionClosed):
            async for message in ws:
                return message if isinstance(message, bytes) else message.encode()
        return b""

    try:
        said = await asyncio.wait_for(first(), timeout)
    except TimeoutError:
        said = b""
    if secrets.compare_digest(said, token.encode()):
        members.add(ws)
        return True
    await ws.close(4401, "unauthorized")
    return False


class TicketsOfTwo:
    """Two dicts, and hexadecimal."""

    def __init__(self, ttl, clock):
        self.ttl, self.clock = ttl, clock
        self.users, self.ends = {}, {}

    def issue(self, user):
        for old in [ticket for ticket, end in self.ends.items() if end <= self.clock()]:
            del self.users[old], self.ends[old]
        ticket = secrets.token_hex(20)
        self.users[ticket], self.ends[ticket] = user, self.clock() + self.ttl
        return ticket

    def redeem(self, ticket):
        if ticket not in self.users:
            return None
        user, end = self.users.pop(ticket), self.ends.pop(ticket)
        if end <= self.clock():
            return None
        return user


class TicketsOfUuid:
    """uuid4 is random, too."""

    def __init__(self, ttl, clock):
        self.ttl, self.clock, self.made = ttl, clock, {}

    def issue(self, user):
        self.forget()
        ticket = str(uuid.uuid4())
        self.made[ticket] = {"user": user, "at": self.clock()}
        return ticket

    def forget(self):
        now = self.clock()
        self.made = {ticket: held for ticket, held in self.made.items() if now - held["at"] < self.ttl}

    def redeem(self, ticket):
        self.forget()
        held = self.made.pop(ticket, None)
        return held["user"] if held else None


class TicketsInOrder:
    """A list: the oldest stand in front."""

    def __init__(self, ttl, clock):
        self.ttl, self.clock, self.line = ttl, clock, []

    def issue(self, user):
        self.trim()
        self.line.append((secrets.token_urlsafe(32), user, self.clock()))
        return self.line[-1][0]

    def trim(self):
        while self.line and self.clock() - self.line[0][2] > self.ttl:
            del self.line[0]

    def redeem(self, ticket):
        self.trim()
        for place, (known, user, _) in enumerate(self.line):
            if hmac.compare_digest(known.encode(), ticket.encode()):
                del self.line[place]
                return user
        return None


OTHERS = {
    "13.origin_allowed": (origin_of_lines, origin_in_a_set, origin_by_any),
    "13.TokenBucket": (BucketOfDebt, BucketWithRefill, BucketOfUsed),
    "13.authenticate": (authenticate_with_wait_for, authenticate_as_bytes, authenticate_with_a_loop),
    "13.Tickets": (TicketsOfTwo, TicketsOfUuid, TicketsInOrder),
}
