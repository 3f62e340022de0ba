"""14.merge_presence: who is there, on all servers together, when a server may be gone and its list is still known."""

import random

from livesock.learn.exercise import Property, Solution, case
from livesock.learn.tables import exercise

__all__ = ["PRESENCE", "merge_presence"]


def merge_presence(reports: dict[str, tuple[float, set[str]]], now: float, patience: float = 10.0) -> set[str]:
    """Return who is there: all that servers have reported which were heard of in the last `patience` seconds."""
    there: set[str] = set()
    for when, users in reports.values():
        if now - when <= patience:
            there |= users
    return there


def trial(solution: Solution, reports: dict[str, tuple[float, set[str]]], *more: float) -> object:
    """Return who is there, and say if the reports were changed."""
    mine = {server: (when, set(users)) for server, (when, users) in reports.items()}
    found = solution(mine, *more)
    if isinstance(found, set):
        found = set(found)
    changed = {server: (when, set(users)) for server, (when, users) in reports.items()} != mine
    return "the reports were changed" if changed else found


def draw(rng: random.Random) -> tuple[dict[str, tuple[float, set[str]]], float]:
    names = ["ann", "ben", "cat", "dan", "eve"]
    reports = {
        server: (100.0 - rng.choice([0, 3, 9, 10, 11, 40]), set(rng.sample(names, rng.randrange(0, 4))))
        for server in "abc"
    }
    return reports, 100.0


def a_dead_server_adds_none(solution: Solution, reports: dict[str, tuple[float, set[str]]], now: float) -> bool:
    with_ghost = {**reports, "dead": (now - 1000.0, {"ghost"})}
    return bool(solution(with_ghost, now) == solution(dict(reports), now))


A, B = (95.0, {"ann", "ben"}), (99.0, {"ben", "cat"})

PRESENCE = exercise(
    "14.merge_presence",
    merge_presence,
    r"""
hint: Which of the reports do you still believe? And somebody who is on two of the lists is there how often?
hint: A report counts while now - when <= patience. Then unite the sets, into a new one.
hint: A neighbour, open shops: open_now = set(), then for closes, shops in streets.values(): if now <= closes:
    open_now |= shops.
explanation: A server that dies says goodbye to nobody: its users would be there forever. So each report has an age,
    and a time after which it is not believed. Redis does the same with keys that expire.

ghosts: Leave out reports that are too old: their server is gone, and its users look alive.
  * if now - when <= patience: → if True:
everywhere: Unite the lists: yours keeps only those that are on every server.
    there: set[str] = set() → there = set.union(*(users for _, users in reports.values())) if reports else set()
    there |= users → there &= users
newest: Take all fresh reports: yours takes the newest server's alone.
    there |= users → there = users if when >= max(at for at, _ in reports.values()) else there
departs: Leave out the old report, and not its users: who is on a fresh list is there.
    return there → return there - {one for when, users in reports.values() if now - when > patience for one in users}
at_least: Use patience also when it is short: yours waits for ten seconds at least.
    <= patience → <= max(patience, 10.0)
whole_seconds: Keep the fractions: a report of 10.9 seconds ago is older than ten.
    now - when <= patience → int(now - when) <= patience
not_yet: Believe a report from a server whose clock is ahead: it is young, and not from a time to come.
    now - when <= patience → 0 <= now - when <= patience
edge: A report that is exactly as old as patience still counts.
  * <= patience → < patience
backwards: Believe the young reports: yours believes the old ones.
    <= patience → > patience
fixed: Use patience: yours always waits ten seconds.
    <= patience → <= 10.0
from_newest: Measure from now: yours measures from the newest report, which may be old, too.
    now - when → max(at for at, _ in reports.values()) - when
changes: Begin with a set of your own: |= on a report's own set changes the report.
    there: set[str] = set() → there = next((users for when, users in reports.values() if now - when <= patience), set())
doubles: Return a set: who is on two servers is there once.
    there: set[str] = set() → there = []
    there |= users → there += sorted(users)
counted: Return who, not how many.
    return there → return len(there)
servers: Return the users: yours returns the servers.
    return there → return {server for server, (when, _) in reports.items() if now - when <= patience}
""",
    cases=(
        case("two servers", {"a": A, "b": B}, 100.0, gives={"ann", "ben", "cat"}),
        case("one of them is dead", {"a": (50.0, {"ann"}), "b": B}, 100.0, gives={"ben", "cat"}),
        case("he is on another server now", {"a": (50.0, {"ann"}), "b": (99.0, {"ann"})}, 100.0, gives={"ann"}),
        case("on both servers", {"a": A, "b": A}, 100.0, gives={"ann", "ben"}),
        case("exactly ten seconds old", {"a": (90.0, {"ann"})}, 100.0, gives={"ann"}),
        case("just older", {"a": (89.9, {"ann"})}, 100.0, gives=set()),
        case("a clock that is ahead", {"a": (100.5, {"ann"}), "b": B}, 100.0, gives={"ann", "ben", "cat"}),
        case("more patience", {"a": (50.0, {"ann"}), "b": B}, 100.0, 60.0, gives={"ann", "ben", "cat"}),
        case("less patience", {"a": A, "b": B}, 100.0, 2.0, gives={"ben", "cat"}),
        case("all are dead", {"a": (1.0, {"ann"}), "b": (2.0, {"ben"})}, 100.0, gives=set()),
        case("no server", {}, 100.0, gives=set()),
        case("nobody is there", {"a": (99.0, set())}, 100.0, gives=set()),
        case("three servers", {"a": A, "b": B, "c": (98.0, {"dan"})}, 100.0, gives={"ann", "ben", "cat", "dan"}),
    ),
    random=draw,
    trial=trial,
    claim=Property("a server that died long ago adds nobody", draw, a_dead_server_adds_none),
)
