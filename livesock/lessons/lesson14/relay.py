"""14.Relay: one server's place on a bus that gives back everything, its own messages too, and some of them twice."""

import copy
import itertools
import random
from collections import deque
from collections.abc import Callable
from typing import Any

from livesock.learn.exercise import Case, Property, Solution, case
from livesock.learn.tables import exercise

__all__ = ["RELAY", "Relay"]


class Relay:
    """One server's place on a bus: `deliver(room, text)` reaches its own clients, `publish(entry)` every server."""

    def __init__(self, name: str, deliver: Callable[[str, str], None], publish: Callable[[Any], None]) -> None:
        self._name, self._deliver, self._publish = name, deliver, publish
        self._count = 0
        self._seen: dict[str, int] = {}

    def emit(self, room: str, text: str) -> None:
        """Let every client in `room` hear `text` once: here at once, on the other servers through the bus."""
        self._count += 1
        self._deliver(room, text)
        self._publish({"from": self._name, "number": self._count, "room": room, "text": text})

    def receive(self, entry: Any) -> None:
        """Take what the bus brings: each published entry, our own included, in order, and perhaps again."""
        sender, number = entry["from"], entry["number"]
        if sender != self._name and number > self._seen.get(sender, 0):
            self._seen[sender] = number
            self._deliver(entry["room"], entry["text"])


NAMES = ("a", "b", "c")

MOST = 40
"""Entries after which the bus gives up: servers that publish what they receive go on forever."""

RUNS = itertools.count(1)
"""Each trial has servers with names of its own: what a wrong one remembers in its class does not change the next."""

Step = tuple[str, ...]


def trial(solution: Solution, steps: list[Step]) -> Any:
    """Let three servers emit over one bus, and return what the clients of each heard, in order."""
    heard: dict[str, list[tuple[str, str]]] = {name: [] for name in NAMES}
    waiting: deque[Any] = deque()
    stream: list[Any] = []

    def publish(entry: Any) -> None:
        stream.append(entry)
        waiting.append(entry)

    def carry() -> None:
        while waiting and len(stream) <= MOST:
            entry = waiting.popleft()
            for relay in relays.values():
                relay.receive(copy.deepcopy(entry))  # it has been bytes on the way

    run = next(RUNS)

    def start(name: str) -> Any:
        return solution(f"{name}{run}", lambda room, text: heard[name].append((room, text)), publish)

    relays = {name: start(name) for name in NAMES if ("comes", name) not in steps}
    is_away = False
    for what, *more in steps:
        if what == "comes":
            relays[more[0]] = start(more[0])
        elif what == "emit":
            relays[more[0]].emit(more[1], more[2])
        elif what == "again":  # the bus brings its newest entries once more
            waiting.extend(stream[-int(more[0]) :])
        elif what == "away":
            is_away = True
        elif what == "back":
            is_away = False
        elif what == "look":
            for name in NAMES:
                heard[name].append(("so far", str(len(heard[name]))))
        if not is_away:
            carry()
    return "the servers never stop publishing" if len(stream) > MOST else [heard[name] for name in NAMES]


def written(steps: list[Step]) -> str:
    """Return the steps as they are told to a learner."""
    words: dict[str, Callable[..., str]] = {
        "emit": lambda who, room, text: f'{who}.emit("{room}", "{text}")',
        "again": lambda count: f"the bus brings its last {count} again",
        "away": lambda: "the bus is away",
        "back": lambda: "the bus is back",
        "look": lambda: "look",
        "comes": lambda who: f"{who} starts",
    }
    return "; ".join(words[what](*more) for what, *more in steps)


def said(result: Any) -> str:
    """Return what was heard, server by server."""
    if not isinstance(result, list):
        return str(result)
    return "; ".join(
        f"{name}: {', '.join(f'{text} in {room}' for room, text in heard) or 'nothing'}"
        for name, heard in zip(NAMES, result, strict=False)
    )


def draw(rng: random.Random) -> tuple[list[Step]]:
    """Return an evening of three servers."""
    steps: list[Step] = []
    for number in range(rng.randrange(3, 8)):
        steps.append(("emit", rng.choice(NAMES), rng.choice(["red", "blue"]), f"news {number % 4}"))
        if rng.random() < 0.3:
            steps.append(("again", str(rng.randrange(1, 3))))
    at = rng.randrange(len(steps))
    return ([*steps[:at], ("away",), *steps[at:], ("look",), ("back",)],)


def all_hear_the_same(solution: Solution, steps: list[Step]) -> bool:
    result = trial(solution, [step for step in steps if step[0] != "look"])
    return isinstance(result, list) and sorted(result[0]) == sorted(result[1]) == sorted(result[2])


HI = ("emit", "a", "red", "hi")
HELLO = ("emit", "b", "red", "hello")


def evening(name: str, *steps: Step, gives: Any) -> Case:
    return case(name, list(steps), gives=gives)


RED_HI, RED_HELLO = ("red", "hi"), ("red", "hello")

LATER = [[RED_HI, RED_HI, RED_HELLO], [RED_HI, RED_HI, RED_HELLO], [RED_HI, RED_HELLO]]

RELAY = exercise(
    "14.Relay",
    Relay,
    r"""
hint: Whose messages does the bus bring you? And how do you know one that you have had?
hint: Put your name and a count into each entry. In receive leave out your own name, and what is not above the last
    count of its sender.
hint: A neighbour with letters: if letter.sender != me and letter.number > last[letter.sender]: then note the number,
    and read it. A letter of mine I have read already when I wrote it.
explanation: The name ends the echo, the count ends the repetition, and because the bus keeps the order one number for
    each sender is enough. Servers of livesock write such a number into each entry of the stream.

echo: Leave out what comes from yourself: your own clients heard it when you emitted it.
  * sender != self._name and →
repeats: Take each entry once: the bus brings one again after a failure, and yours delivers it again.
  * and number > self._seen.get(sender, 0) →
loops: Deliver what the bus brings, and do not publish it again: every server would do so, forever.
    self._deliver(entry["room"], entry["text"]) → self.emit(entry["room"], entry["text"])
waits: Deliver to your own clients in emit: while the bus is away, yours hear nothing at all.
  * self._deliver(room, text) →
    sender != self._name and →
keeps: Publish it too: yours stays on its own server, and half of the room is silent.
    self._publish({"from": self._name, "number": self._count, "room": room, "text": text}) → pass
one_room: Pass the room on as it came: yours tells every room of the other servers “red”.
    self._deliver(entry["room"], entry["text"]) → self._deliver("red", entry["text"])
one_count: Keep one number for each sender: with one for all, a quiet sender is not heard behind a busy one.
  ? self._seen[sender] = number → self._seen["all"] = number
    self._seen.get(sender, 0) → self._seen.get("all", 0)
    self._seen[sender] = number → self._seen["all"] = number
by_text: Know an entry by its sender and number: people say the same words twice, and mean it.
    sender, number = entry["from"], entry["number"] → sender, number = entry["from"], entry["text"]
    number > self._seen.get(sender, 0) → number not in self._seen
    self._seen[sender] = number → self._seen[number] = 1
last_text: Compare counts: yours leaves out an entry only if it repeats the one before it.
    number > self._seen.get(sender, 0) → number != self._seen.get(sender, 0)
late_number: Note the number of what you deliver: yours stays at the first one.
    self._seen[sender] = number → self._seen.setdefault(sender, 1)
no_gap: Take what is above the last count, not only the next one: a server that starts later has missed the first ones.
    number > self._seen.get(sender, 0) → number == self._seen.get(sender, 0) + 1
shared: Keep what you have seen in __init__: what stands in the class belongs to all servers together.
    def __init__( → everywhere: dict[str, int] = {}
    |
    | def __init__(
    self._seen: dict[str, int] = {} → self._seen = self.everywhere
twice_here: Deliver once in emit.
    self._deliver(room, text) → self._deliver(room, text); self._deliver(room, text)
""",
    statement="Write the class Relay: every client hears a text once, whatever the bus brings back.",
    cases=(
        evening("one emits", HI, gives=[[RED_HI]] * 3),
        evening("two emit", HI, HELLO, gives=[[RED_HI, RED_HELLO]] * 3),
        evening("another room", ("emit", "c", "blue", "hi"), gives=[[("blue", "hi")]] * 3),
        evening("the same words twice", HI, HI, gives=[[RED_HI, RED_HI]] * 3),
        evening("the bus repeats an entry", HI, ("again", "1"), gives=[[RED_HI]] * 3),
        evening("the bus repeats two", HI, HELLO, HI, ("again", "2"), gives=[[RED_HI, RED_HELLO, RED_HI]] * 3),
        evening("a busy and a quiet one", HI, HI, HI, HELLO, gives=[[RED_HI] * 3 + [RED_HELLO]] * 3),
        evening(
            "the bus is away",
            *(("away",), HI, ("look",)),
            gives=[[RED_HI, ("so far", "1")], [("so far", "0")], [("so far", "0")]],
        ),
        evening("the bus comes back", ("away",), HI, ("back",), gives=[[RED_HI]] * 3),
        evening("a server starts later", HI, ("comes", "c"), HI, HELLO, gives=LATER),
        evening("nobody emits", ("look",), gives=[[("so far", "0")]] * 3),
    ),
    random=draw,
    trial=trial,
    calls=written,
    shows=said,
    claim=Property("the clients of all servers hear the same, once", draw, all_hear_the_same),
)
