"""14.pick: which of several servers keeps a session, so that few sessions move when a server comes or goes."""

import builtins
import random
from collections import Counter
from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from livesock.learn.checking.checker import namespace_of
from livesock.learn.exercise import Property, Solution, case
from livesock.learn.tables import exercise

__all__ = ["PICK", "pick"]


def pick(sid: str, nodes: Sequence[str]) -> str:
    """Return the node that keeps the session `sid`: the same one in every process, and shared out evenly."""
    return max(nodes, key=lambda node: sha256(f"{node} {sid}".encode()).digest())


SESSIONS = 120
"""Sessions of one trial."""


def trial(solution: Solution, nodes: list[str], change: str) -> dict[str, Any]:
    """Ask for many sessions, then again after a change of the nodes; return what a balancer wants to know."""
    sids = [f"session {number} of {len(nodes)}" for number in range(SESSIONS)]
    first = [solution(sid, list(nodes)) for sid in sids]
    if not set(first) <= set(nodes):
        return {"picks one of the nodes": False}
    counts = Counter(first)
    again = in_another_process(solution, sids, nodes[::-1] if change == "order" else nodes)
    result: dict[str, Any] = {
        "picks one of the nodes": True,
        "the same in another process": again == first,
        "every node gets its share": shared_out(counts, nodes),
    }
    if change in ("come", "go") and len(nodes) > 1:
        others = [*nodes, "new"] if change == "come" else nodes[1:]
        second = [solution(sid, list(others)) for sid in sids]
        moved = [(old, new) for old, new in zip(first, second, strict=True) if old != new]
        wanted = "new" if change == "come" else nodes[0]
        which = 1 if change == "come" else 0
        result["only those move that must"] = all(pair[which] == wanted for pair in moved)
        if change == "come":
            result["the new one gets its share"] = len(moved) > 0.25 * SESSIONS / len(others)
    return result


def shared_out(counts: Counter[str], nodes: Sequence[str]) -> bool | str:
    """Return True if the sessions are shared out evenly, and otherwise how they are."""
    fair = SESSIONS / len(nodes)
    if len(nodes) > 1 and len(counts) == 1:
        return "one gets all"
    return all(0.25 * fair < counts[node] < 2.2 * fair for node in nodes) or "no"


def in_another_process(solution: Solution, sids: list[str], nodes: Sequence[str]) -> list[str]:
    """Return the answers where Python's own hash of a text is another one, as in each new process."""
    names = namespace_of(solution)
    had = names.get("hash", builtins)
    names["hash"] = lambda value: builtins.hash(("salt of this process", value))
    try:
        return [solution(sid, list(nodes)) for sid in sids]
    finally:
        if had is builtins:
            del names["hash"]
        else:
            names["hash"] = had


def written(nodes: list[str], change: str) -> str:
    """Return what is tried."""
    what = {
        "none": "",
        "order": ", listed in another order",
        "come": ", then one more",
        "go": ", then one is gone",
    }[change]
    return f"{SESSIONS} sessions on {', '.join(nodes)}{what}"


def said(result: Any) -> str:
    """Return the facts."""
    if not isinstance(result, dict):
        return repr(result)
    return "; ".join(
        f"{what}: {holds if isinstance(holds, str) else 'yes' if holds else 'no'}" for what, holds in result.items()
    )


def draw(rng: random.Random) -> tuple[list[str], str]:
    nodes = [f"node {number}" for number in rng.sample(range(100), rng.randrange(2, 7))]
    return nodes, rng.choice(["none", "order", "come", "go"])


def draw_one(rng: random.Random) -> tuple[str, list[str]]:
    return f"s{rng.random()}", [f"n{number}" for number in rng.sample(range(50), rng.randrange(1, 6))]


def is_one_of_them(solution: Solution, sid: str, nodes: list[str]) -> bool:
    return solution(sid, list(nodes)) in nodes


def modulo(sid: str, nodes: Sequence[str]) -> str:
    return nodes[int(sha256(sid.encode()).hexdigest(), 16) % len(nodes)]


def remembers(sid: str, nodes: Sequence[str]) -> str:
    kept = MEMORY.get(sid)
    if kept not in nodes:
        kept = MEMORY[sid] = pick(sid, nodes)
    return str(kept)


MEMORY: dict[str, str] = {}


def ring_point(sid: str, nodes: Sequence[str]) -> str:
    place = sha256(sid.encode()).hexdigest()
    points = sorted((sha256(node.encode()).hexdigest(), node) for node in nodes)
    return next((node for point, node in points if point >= place), points[0][1])


def modulo_sorted(sid: str, nodes: Sequence[str]) -> str:
    return modulo(sid, sorted(nodes))


GOOD = {
    "picks one of the nodes": True,
    "the same in another process": True,
    "every node gets its share": True,
}
FEW = {**GOOD, "only those move that must": True}
FEW_COME = {**FEW, "the new one gets its share": True}
THREE = ["red", "green", "blue"]

PICK = exercise(
    "14.pick",
    pick,
    r"""
hint: Give each node a number for this session, and take the node with the highest. What has the number to depend on?
hint: Two names go into it, that of the node and that of the session, and a hash that is the same everywhere:
    hashlib.sha256(text.encode()).digest() can be compared. If a node goes, the others keep their numbers.
hint: A neighbour, who of a family washes up on a day: max(family, key=lot), where lot(who) returns
    sha256(f"{who} {day}".encode()).digest().
explanation: Each node draws a lot for the session, and the highest one wins: rendezvous hashing. A new node wins some
    sessions and takes no part in the others; a ring with many points for each node does the same. Balancers call it
    sticky by sid.

salted: Use a hash of hashlib: Python's own hash of a text is another one in each process.
  * sha256(f"{node} {sid}".encode()).digest() → hash(f"{node} {sid}")
modulo: Do not divide by the number of nodes: with one more, nearly every session moves.
modulo_sorted: Sorting helps against another order. With one node more, modulo still moves nearly every session.
no_node: Let the node's name into the hash: without it every node draws the same number, and the first one gets all.
    f"{node} {sid}" → sid
no_session: Let the session's name into the hash: without it one node wins every time.
    f"{node} {sid}" → node
lengths: Use a hash: lengths are alike, and one node gets nearly all.
    sha256(f"{node} {sid}".encode()).digest() → len(f"{node} {sid}")
by_chance: Do not roll dice: the next request of the session would go elsewhere.
    max(nodes, key=lambda node: sha256(f"{node} {sid}".encode()).digest()) → random.choice(nodes)
remembers: Work the node out anew each time: what one process remembers, no other knows, and a new node gets no session.
ring_point: Give each node a number for each session: with one point on a ring, one node gets far more than another.
one_byte: Use the whole hash: one byte of it is often the same for two nodes, and then the first one wins.
    .digest() → .digest()[0] // 64
place: Return the node, not its place in the list.
    max(nodes, → nodes.index(max(nodes,
    .digest()) → .digest()))
""",
    cases=(
        case("three nodes", THREE, "none", gives=GOOD),
        case("three nodes, in another order", THREE, "order", gives=GOOD),
        case("a fourth one comes", THREE, "come", gives=FEW_COME),
        case("one of three goes", THREE, "go", gives=FEW),
        case("one of two goes", ["left", "right"], "go", gives=FEW),
        case("one node", ["alone"], "none", gives=GOOD),
        case("six nodes, and one more", [f"worker {n}" for n in range(6)], "come", gives=FEW_COME),
        case("names of one letter", list("abcd"), "come", gives=FEW_COME),
    ),
    random=draw,
    times=12,
    trial=trial,
    calls=written,
    shows=said,
    written={
        "random": random,
        "modulo": modulo,
        "modulo_sorted": modulo_sorted,
        "remembers": remembers,
        "ring_point": ring_point,
    },
    claim=Property("it picks one of the nodes", draw_one, is_one_of_them),
)
