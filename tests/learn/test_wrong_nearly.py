"""Wrong solutions that differ from a right one in a rare case alone: refused, with the hint that fits."""

# mypy: ignore-errors
# written as a learner would, without annotations

from __future__ import annotations

import functools
import json
import random
import secrets
from collections import deque
from hashlib import sha256

import pytest

from livesock.learn import catalogue
from livesock.learn.checking.checker import judge
from livesock.learn.show import report

KEPT = {}


def pick_once(sid, nodes):
    if KEPT.get(sid) not in nodes:
        KEPT[sid] = random.choice(nodes)
    return KEPT[sid]


def pick_on_a_ring(sid, nodes):
    ring = sorted((sha256(node.encode()).digest(), node) for node in nodes)
    place = sha256(sid.encode()).digest()
    return next((node for point, node in ring if point >= place), ring[0][1])


def pick_by_hash(sid, nodes):
    return max(nodes, key=lambda node: hash((node, sid)))


def without_those_who_left(reports, now, patience=10.0):
    there, gone = set(), set()
    for when, users in reports.values():
        (there if now - when <= patience else gone).update(users)
    return there - gone


def patient(reports, now, patience=10.0):
    return set().union(*(users for when, users in reports.values() if now - when <= max(patience, 10)))


def in_whole_seconds(reports, now, patience=10.0):
    return {user for when, users in reports.values() if int(now - when) <= patience for user in users}


SEEN_BY_ALL = {}


class Relay:
    def __init__(self, name, deliver, publish):
        self.name, self.deliver, self.publish = name, deliver, publish
        self.count, self.seen = 0, {}

    def emit(self, room, text):
        self.count += 1
        self.deliver(room, text)
        self.publish({"from": self.name, "number": self.count, "room": room, "text": text})

    def is_new(self, sender, number):
        return number > self.seen.get(sender, 0)

    def receive(self, entry):
        if entry["from"] != self.name and self.is_new(entry["from"], entry["number"]):
            self.seen[entry["from"]] = entry["number"]
            self.deliver(entry["room"], entry["text"])


class RelayOfTheNext(Relay):
    def is_new(self, sender, number):
        return number == self.seen.get(sender, 0) + 1


class RelayOfAll(Relay):
    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.seen = SEEN_BY_ALL


def ten_doublings(attempt, base=1.0, cap=30.0, chance=random.random):
    return min(cap, base * 2.0 ** min(attempt, 10)) * chance()


def never_short(attempt, base=1.0, cap=30.0, chance=random.random):
    return max(base, min(cap, base * 2.0 ** min(attempt, 32)) * chance())


class Inbox:
    def __init__(self, size):
        self.seen = deque(maxlen=size)

    def of(self, message_id):
        return message_id

    def accept(self, message_id):
        if self.of(message_id) in self.seen:
            return False
        self.seen.append(self.of(message_id))
        return True


class InboxOfAnyCase(Inbox):
    def of(self, message_id):
        return message_id.casefold()


class InboxOfBeginnings(Inbox):
    def of(self, message_id):
        return message_id[:8]


class InboxOfText(Inbox):
    def accept(self, message_id):
        if message_id in " ".join(self.seen):
            return False
        self.seen.append(message_id)
        return True


def this_machine_too(origin, allowed):
    return origin is not None and (origin.lower() in allowed or origin.startswith("http://127.0.0.1"))


def files_too(origin, allowed):
    return origin is not None and (origin.lower() in allowed or origin.startswith(("file:", "chrome-extension:")))


def without_query(origin, allowed):
    return origin is not None and origin.lower().split("?")[0].split("#")[0] in allowed


def one_of_a_list(origin, allowed):
    return bool(origin) and any(one.strip().lower() in allowed for one in origin.split(","))


class Tickets:
    def __init__(self, ttl, clock):
        self.ttl, self.clock, self.open = ttl, clock, {}

    def issue(self, user):
        now = self.clock()
        self.open = {ticket: held for ticket, held in self.open.items() if now < held[1]}
        new = secrets.token_urlsafe(16)
        self.open[new] = user, now + self.ttl
        return new

    def found(self, ticket):
        return ticket if ticket in self.open else None

    def redeem(self, ticket):
        user, end = self.open.pop(self.found(ticket), (None, 0.0))
        return user if self.clock() < end else None


class TicketsOfAnyCase(Tickets):
    def found(self, ticket):
        return next((one for one in self.open if one.lower() == ticket.lower()), None)


class TicketsOfBeginnings(Tickets):
    def found(self, ticket):
        return next((one for one in self.open if ticket and one.startswith(ticket)), None)


class TicketsThatAGuessEnds(Tickets):
    def redeem(self, ticket):
        if ticket not in self.open:
            self.open.clear()
        return super().redeem(ticket)


class TicketsOfOneUse(Tickets):
    def redeem(self, ticket):
        user = super().redeem(ticket)
        self.open = {one: held for one, held in self.open.items() if held[0] != user}
        return user


def sio_without_the_comma(kind, namespace="/", data=None, number=None):
    name = "" if namespace == "/" else namespace
    given = "" if data is None else json.dumps(data, separators=(",", ":"), ensure_ascii=False)
    return f"4{kind}{name}{'' if number is None else number}{given}"


RIGHT = [("14.Relay", Relay), ("12.Inbox", Inbox), ("13.Tickets", Tickets)]

WRONG = [
    ("14.pick", pick_once, "Work the node out anew each time"),
    ("14.pick", pick_on_a_ring, "with one point on a ring"),
    ("14.pick", functools.partial(pick_by_hash), "Use a hash of hashlib"),
    ("14.merge_presence", without_those_who_left, "Leave out the old report, and not its users"),
    ("14.merge_presence", patient, "Use patience also when it is short"),
    ("14.merge_presence", in_whole_seconds, "Keep the fractions"),
    ("14.Relay", RelayOfTheNext, "a server that starts later has missed the first ones"),
    ("14.Relay", RelayOfAll, "what stands in the class belongs to all"),
    ("10.sio_encode", sio_without_the_comma, "End the namespace with a comma"),
    ("09.backoff", ten_doublings, "Let the cap alone end the doubling"),
    ("09.backoff", never_short, "Let chance go down to 0"),
    ("12.Inbox", InboxOfAnyCase, "a and A are two letters of an id"),
    ("12.Inbox", InboxOfBeginnings, "two long ones may begin alike"),
    ("12.Inbox", InboxOfText, "a part of another"),
    ("13.origin_allowed", this_machine_too, "Name 127.0.0.1 if you want it"),
    ("13.origin_allowed", files_too, "Allow no file and no extension"),
    ("13.origin_allowed", without_query, "Compare the whole text: yours cuts it"),
    ("13.origin_allowed", one_of_a_list, "a comma makes no list of it"),
    ("13.Tickets", TicketsOfAnyCase, "Compare letter by letter"),
    ("13.Tickets", TicketsOfBeginnings, "half of one is tried out"),
    ("13.Tickets", TicketsThatAGuessEnds, "Keep the others when a guess comes"),
    ("13.Tickets", TicketsOfOneUse, "Keep the user's other tickets"),
]
"""Exercise, solution, and what its learner reads."""


@pytest.mark.parametrize(("which", "solution", "reads"), WRONG, ids=lambda one: getattr(one, "__name__", ""))
def test_it_is_refused_and_the_learner_reads_why(which, solution, reads):
    verdict = judge(catalogue.exercise(which), solution)

    assert not verdict.is_right and not verdict.is_stub
    assert reads in " ".join(report.verdict(verdict).split())


@pytest.mark.parametrize(("which", "solution"), RIGHT)
def test_what_they_were_made_of_is_right(which, solution):
    assert judge(catalogue.exercise(which), solution).is_right
