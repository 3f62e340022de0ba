"""Right solutions of lesson 14 in other styles than the references'."""

# mypy: ignore-errors
# written as a learner would, without annotations

from hashlib import md5, sha256
from itertools import count


class RelayOfPairs:
    """A set of everything that it has had."""

    def __init__(self, name, deliver, publish):
        self.name, self.deliver, self.publish = name, deliver, publish
        self.numbers, self.had = count(), set()

    def emit(self, room, text):
        entry = (self.name, next(self.numbers), room, text)
        self.had.add(entry[:2])
        self.deliver(room, text)
        self.publish(entry)

    def receive(self, entry):
        if entry[:2] not in self.had:
            self.had.add(entry[:2])
            self.deliver(*entry[2:])


class RelayOfIds:
    """One text as id."""

    def __init__(self, name, deliver, publish):
        self.name, self.deliver, self.publish = name, deliver, publish
        self.sent, self.last = 0, {}

    def emit(self, room, text):
        self.deliver(room, text)
        self.publish([f"{self.name}:{self.sent}", room, text])
        self.sent += 1

    def receive(self, entry):
        sender, _, number = entry[0].partition(":")
        if sender == self.name or int(number) <= self.last.get(sender, -1):
            return
        self.last[sender] = int(number)
        self.deliver(entry[1], entry[2])


class RelayOfDict:
    """Its own entries count as had."""

    def __init__(self, name, deliver, publish):
        self.me, self.out, self.bus, self.had = name, deliver, publish, {name: 0}

    def emit(self, room, text):
        self.had[self.me] += 1
        self.out(room, text)
        self.bus(dict(who=self.me, nr=self.had[self.me], what=(room, text)))

    def receive(self, entry):
        if entry["nr"] > self.had.setdefault(entry["who"], 0):
            self.had[entry["who"]] = entry["nr"]
            self.out(*entry["what"])


def pick_by_loop(sid, nodes):
    best, highest = nodes[0], -1
    for node in nodes:
        lot = int(sha256((sid + "/" + node).encode()).hexdigest(), 16)
        if lot > highest:
            best, highest = node, lot
    return best


def pick_by_lots(sid, nodes):
    lots = {md5(f"{node}#{sid}".encode()).hexdigest(): node for node in nodes}
    return lots[min(lots)]


def pick_by_sort(sid, nodes):
    return sorted(nodes, key=lambda node: sha256(f"{sid}|{node}".encode()).hexdigest())[0]


def merge_by_union(reports, now, patience=10):
    return set().union(*[users for when, users in reports.values() if when >= now - patience])


def merge_by_comprehension(reports, now, patience=10):
    return {user for when, users in reports.values() for user in users if now - when <= patience}


def merge_by_loop(reports, now, patience=10):
    found = []
    for server in reports:
        when, users = reports[server]
        if now - when > patience:
            continue
        found.extend(users)
    return set(found)


OTHERS = {
    "14.Relay": (RelayOfPairs, RelayOfIds, RelayOfDict),
    "14.pick": (pick_by_loop, pick_by_lots, pick_by_sort),
    "14.merge_presence": (merge_by_union, merge_by_comprehension, merge_by_loop),
}
