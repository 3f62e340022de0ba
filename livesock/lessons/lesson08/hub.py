"""08.Hub: a registry that never leaks, and a broadcast that waits for nobody."""

from __future__ import annotations

import random
from collections.abc import Collection

from websockets.asyncio.server import ServerConnection, broadcast
from websockets.protocol import State

from livesock.learn.exercise import Exercise, Property, Solution, case
from livesock.lessons.lesson08.hub_wrong import MUTANTS
from livesock.lessons.lesson08.members import Step, perform, written

__all__ = ["HUB", "Hub"]


class Hub:
    """Who is there, and how to reach them. All methods are called on one loop."""

    def __init__(self) -> None:
        self._members: set[ServerConnection] = set()

    async def join(self, ws: ServerConnection) -> None:
        """Add `ws` to the members."""
        self._members.add(ws)

    def leave(self, ws: ServerConnection) -> None:
        """Take `ws` off the list, if it is there."""
        self._members.discard(ws)

    async def broadcast(self, message: str, *, exclude: Collection[ServerConnection] = ()) -> int:
        """Hand `message` to every open member but those in `exclude`; return to how many."""
        readers = [ws for ws in self._members if ws.state is State.OPEN and ws not in exclude]
        broadcast(readers, message)
        return len(readers)


NAMES = ("ann", "bob", "cleo", "dora", "emil")


def draw(rng: random.Random) -> tuple[list[Step]]:
    """Return an evening: two or three join, then anything may happen."""
    steps: list[Step] = [("join", name) for name in rng.sample(NAMES, rng.randrange(2, 4))]
    unread: set[str] = set()
    for number in range(rng.randrange(4, 8)):
        name = rng.choice(NAMES)
        action = rng.choice(["join", "leave", "close", "say", "say", "say", "slow"])
        if action == "say":
            steps.append(("say", f"message {number}", rng.sample(NAMES, rng.choice([0, 0, 1, 2]))))
        elif action != "slow":
            steps.append((action, name))
        elif not unread:  # one slow member is enough, and nobody stops reading twice
            unread.add(name)
            steps.append((action, name))
    return ([*steps, ("say", "good night")],)


def draw_twice(rng: random.Random) -> tuple[list[str], int]:
    names = rng.sample(NAMES, rng.randrange(1, 5))
    return names, rng.randrange(2, 4)


def one_copy_each(solution: Solution, names: list[str], times: int) -> bool:
    steps: list[Step] = [("join", name) for name in names * times]
    answers, heard = perform(solution, [*steps, ("say", "hello")])
    return answers == [len(names)] and all(messages == ["hello"] for messages in heard.values())


TRIO: list[Step] = [("join", "ann"), ("join", "bob"), ("join", "cleo")]


WITHOUT_BOB = {"ann": ["hi"], "bob": [], "cleo": ["hi"]}


HUB = Exercise(
    "08.Hub",
    Hub,
    statement="Write the class Hub: join, leave, and a broadcast that waits for nobody.",
    cases=(
        case("three members", [*TRIO, ("say", "hi")], gives=([3], {n: ["hi"] for n in NAMES[:3]})),
        case("nobody is there", [("say", "hello?")], gives=([0], {})),
        case(
            "one is excluded", [*TRIO, ("say", "hi", ["ann"])], gives=([2], {"ann": [], "bob": ["hi"], "cleo": ["hi"]})
        ),
        case(
            "somebody excluded is no member",
            [("join", "ann"), ("say", "hi", ["bob"])],
            gives=([1], {"ann": ["hi"], "bob": []}),
        ),
        case(
            "two messages, in their order",
            [("join", "ann"), ("say", "one"), ("say", "two")],
            gives=([1, 1], {"ann": ["one", "two"]}),
        ),
        case(
            "one has joined twice",
            [("join", "ann"), ("join", "ann"), ("join", "bob"), ("say", "hi")],
            gives=([2], {"ann": ["hi"], "bob": ["hi"]}),
        ),
        case(
            "joined twice, left once",
            [("join", "ann"), ("join", "ann"), ("leave", "ann"), ("say", "hi")],
            gives=([0], {"ann": []}),
        ),
        case(
            "one has left",
            [*TRIO, ("leave", "bob"), ("say", "hi")],
            gives=([2], WITHOUT_BOB),
        ),
        case(
            "one leaves twice",
            [*TRIO, ("leave", "bob"), ("leave", "bob"), ("say", "hi")],
            gives=([2], WITHOUT_BOB),
        ),
        case(
            "a stranger leaves",
            [("join", "ann"), ("leave", "bob"), ("say", "hi")],
            gives=([1], {"ann": ["hi"], "bob": []}),
        ),
        case(
            "one was cut off, and is still on the list",
            [*TRIO, ("close", "ann"), ("close", "bob"), ("say", "hi")],
            gives=([1], {"ann": [], "bob": [], "cleo": ["hi"]}),
        ),
        case(
            "one was cut off, and is excluded",
            [*TRIO, ("close", "bob"), ("say", "hi", ["bob"])],
            gives=([2], WITHOUT_BOB),
        ),
        case(
            "one does not read",
            [*TRIO, ("slow", "ann"), ("slow", "bob"), ("say", "one"), ("say", "two")],
            gives=([3, 3], {n: ["one", "two"] for n in NAMES[:3]}),
        ),
        case(
            "one joins while another does not read",
            [*TRIO, ("slow", "ann"), ("slow", "bob"), ("say", "hi", [], "dora"), ("say", "welcome")],
            gives=([3, 4], {**{n: ["hi", "welcome"] for n in NAMES[:3]}, "dora": ["welcome"]}),
        ),
        case(
            "who comes late hears what follows",
            [("join", "ann"), ("say", "early"), ("join", "bob"), ("say", "late")],
            gives=([1, 2], {"ann": ["early", "late"], "bob": ["late"]}),
        ),
        case(
            "a hundred messages, nothing kept",
            [("join", "ann"), ("leave", "ann"), ("many", 100)],
            gives=([0], {"ann": []}),
        ),
        case(
            "two hubs",
            [("join", "ann"), ("other",), ("join", "bob"), ("say", "hi"), ("back",), ("say", "ho")],
            gives=([1, 1], {"ann": ["ho"], "bob": ["hi"]}),
        ),
    ),
    random=draw,
    times=12,
    claim=Property("whoever joins, once or often, hears a message once", draw_twice, one_copy_each),
    trial=perform,
    calls=written,
    mutants=MUTANTS,
    hints=(
        "What has to be known of a member before you count it? And which way to hand over a message has no "
        "await in it?",
        "broadcast(readers, message) of websockets fills the buffers and returns; it skips who is closed and "
        "tells nobody "
        "how many. Whether a connection is open says ws.state: State.OPEN or not.",
        "A neighbour, a hub that pings: targets = [ws for ws in self.everybody if ws.state is State.OPEN], then "
        "for ws in "
        "targets: asyncio.create_task(ws.ping()), then len(targets). First choose, then act, then count what "
        "was chosen.",
    ),
    explanation="The list of readers is a copy, so nobody can change it while you walk; there is no await, so "
    "nobody can "
    "make you wait. What you have not solved: the buffer of who does not read grows. A server needs a limit for "
    "it, such as "
    "stall_timeout above (lesson 10).",
    distractors={
        "        readers = self._members": "counts_all",
        "        readers = [ws for ws in self._members if ws not in exclude]": "counts_closed",
        "        self._members.remove(ws)": "second_leave_raises",
        "        for ws in readers: await ws.send(message)": "in_line",
    },
)
