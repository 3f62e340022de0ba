"""08.Hub: a registry that never leaks, and a broadcast that waits for nobody."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Collection

from websockets.asyncio.server import ServerConnection, broadcast
from websockets.exceptions import ConnectionClosed
from websockets.protocol import State

from livesock.learn.exercise import Property, Solution, case
from livesock.learn.tables import exercise
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


TEXTS = r"""
hint: What has to be known of a member before you count it? And which way to hand over a message has no await in it?
hint: broadcast(readers, message) of websockets fills the buffers and returns; it skips who is closed and tells nobody
    how many. Whether a connection is open says ws.state: State.OPEN or not.
hint: A neighbour, a hub that pings: targets = [ws for ws in self.everybody if ws.state is State.OPEN], then for ws in
    targets: asyncio.create_task(ws.ping()), then len(targets). First choose, then act, then count what was chosen.
explanation: The list of readers is a copy, so nobody can change it while you walk; there is no await, so nobody can
    make you wait. What you have not solved: the buffer of who does not read grows. A server needs a limit for it, such
    as stall_timeout above (lesson 10).

in_line: Hand the message over without await or gather: yours does not return until the slowest member has read.
  ? broadcast(readers, message) → for ws in readers: await ws.send(message)
    ws.state is State.OPEN and →
    broadcast(readers, message) → count = 0
    | for ws in readers:
    |     with suppress(ConnectionClosed):
    |         await ws.send(message)
    |         count += 1
    return len(readers) → return count
live_set: Walk through a copy: at each await somebody may join, and the set changes. And wait for nobody.
    broadcast(readers, message) → count = 0
    | for ws in self._members:
    |     if ws not in exclude:
    |         with suppress(ConnectionClosed):
    |             await ws.send(message)
    |             count += 1
    return len(readers) → return count
stops_at_dead: Go on after a member that is closed: its send raises, and the others get nothing.
    ws.state is State.OPEN and →
    broadcast(readers, message) → for ws in readers:
    |     await ws.send(message)
echoes: Look at exclude: the sender gets its own line back.
    and ws not in exclude →
counts_closed: Count who is open: a member that is cut off stays on the list for a while, and gets nothing.
  * ws.state is State.OPEN and →
counts_all: Count those that the message was handed to: yours counts everybody on the list.
  ? [ws for ws in self._members if ws.state is State.OPEN and ws not in exclude] → self._members
    len(readers) → len(self._members)
subtracts: Count who is left after exclude: yours subtracts also those who are no members, or closed.
    len(readers) → sum(ws.state is State.OPEN for ws in self._members) - len(exclude)
subtracts_all: Count those that the message was handed to: members may be closed, and the excluded need not be members.
    len(readers) → len(self._members) - len(exclude)
not_awaited: Give send to the loop, as a task, or use broadcast: a coroutine that nobody awaits sends nothing.
    broadcast(readers, message) → for ws in readers:
    |     ws.send(message).close()  # as if it was never awaited, without Python's warning
nothing: Return the count: yours returns None.
    return len(readers) →
joins_twice: Keep each member once, as a set does: whoever joins twice gets two copies.
    set[ServerConnection] = set() → list[ServerConnection] = []
    .add(ws) → .append(ws)
    self._members.discard(ws) → self._members = [member for member in self._members if member is not ws]
leaves_one_copy: Keep each member once, as a set does: after joining twice, one leave must be enough.
    set[ServerConnection] = set() → list[ServerConnection] = []
    .add(ws) → .append(ws)
    self._members.discard(ws) → if ws in self._members:
    |     self._members.remove(ws)
    broadcast(readers, message) → readers = set(readers)
    | broadcast(readers, message)
second_leave_raises: Let a stranger leave in peace: whoever is not on the list need not be taken off.
  * discard → remove
never_leaves: Take the member off in leave: yours stays, and hears on.
    self._members.discard(ws) → pass
leave_async: Write leave without async: the handler calls it without await, and then a coroutine does nothing.
    def leave → async def leave
join_plain: Write join with async: the handler awaits it, and None cannot be awaited.
    async def join → def join
history: Send to those who are there now: whoever comes late gets old messages from yours.
    self._members: set[ServerConnection] = set() → self._members, self._said = set(), []
    self._members.add(ws) → for message in self._said:
    |     broadcast([ws] if ws not in self._members else [], message)
    | self._members.add(ws)
    broadcast(readers, message) → self._said.append(message)
    | broadcast(readers, message)
keeps_messages: Keep no messages: a list that nobody reads grows for ever.
    self._members: set[ServerConnection] = set() → self._members, self._said = set(), []
    broadcast(readers, message) → self._said.append(message)
    | broadcast(readers, message)
shared: Make the set in __init__: what stands in the class belongs to all hubs together.
    def __init__(self) -> None: → everybody = set()
    | def __init__(self) -> None:
    set[ServerConnection] = set() → set[ServerConnection] = self.everybody
drops_slow: Hand the message to the slow too: their buffers take it, and they read it later.
    ws not in exclude → ws not in exclude and not ws.paused
excludes_for_good: Leave the excluded on the list: they miss this message, not the next ones.
    broadcast(readers, message) → self._members -= set(exclude)
    | broadcast(readers, message)
"""

HUB = exercise(
    "08.Hub",
    Hub,
    TEXTS,
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
    written={"suppress": contextlib.suppress, "ConnectionClosed": ConnectionClosed},
)
