"""08.Hub: a registry that never leaks, and a broadcast that waits for no member."""

import asyncio
import contextlib
import random
import time
from collections.abc import Collection

from websockets.asyncio.server import ServerConnection, broadcast
from websockets.exceptions import ConnectionClosed
from websockets.protocol import State

from livesock.learn.exercise import Case, Property, Solution, case
from livesock.learn.tables import exercise
from livesock.lessons.lesson08.members import Step, perform, said, written

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
            if name not in unread:  # what still waits in a queue for a member that goes may be lost
                steps.append((action, name))
        elif not unread:  # one slow member is enough, and no member stops reading twice
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


ANN, BOB, SAY, BOB_LEAVES = ("join", "ann"), ("join", "bob"), ("say", "hi"), ("leave", "bob")
TRIO, TWO_SLOW = (ANN, BOB, ("join", "cleo")), (("slow", "ann"), ("slow", "bob"))
HI = ["hi"]
ALL: dict[str, list[str]] = {"ann": HI, "bob": HI, "cleo": HI}
WITHOUT_BOB = {**ALL, "bob": []}


def evening(name: str, counts: list[int], heard: dict[str, list[str]], *steps: Step) -> Case:
    """Return a case of these steps: how many members each broadcast reaches, and what each member hears."""
    return case(name, list(steps), gives=(counts, heard))


HUB = exercise(
    "08.Hub",
    Hub,
    r"""
hint: What has to be known of a member before you count it? And which way to hand over a message has no await in it?
hint: broadcast(readers, message) of websockets fills the buffers and returns; it skips closed members and does not
    return how many are left. Whether a connection is open says ws.state: State.OPEN or not.
hint: A neighbour, a hub that pings: targets = [ws for ws in self.everybody if ws.state is State.OPEN], then for ws in
    targets: asyncio.create_task(ws.ping()), then len(targets). First choose, then act, then count what was chosen.
explanation: The list of readers is a copy, so it cannot change while you walk; there is no await, so no member can make
    you wait. What you have not solved: the buffer of a member that does not read grows. A server needs a limit for it,
    such as stall_timeout above.

in_line: Hand the message over without await or gather: yours does not return until the slowest member has read.
  ? broadcast(readers, message) → for ws in readers: await ws.send(message)
    ws.state is State.OPEN and →
    broadcast(readers, message) → count = 0
    | for ws in readers:
    |     with suppress(ConnectionClosed):
    |         await ws.send(message)
    |         count += 1
    return len(readers) → return count
live_set: Walk through a copy: at each await a member may join, and the set changes. And do not wait.
    broadcast(readers, message) → count = 0
    | for ws in self._members:
    |     if ws not in exclude:
    |         with suppress(ConnectionClosed):
    |             await ws.send(message)
    |             count += 1
    return len(readers) → return count
live_set_in_turns: Walk through a copy: at each await a member may join or leave, and the set changes.
    broadcast(readers, message) → count = 0
    | for ws in self._members:
    |     if ws.state is State.OPEN and ws not in exclude:
    |         broadcast([ws], message)
    |         count += 1
    |         await asyncio.sleep(0)
    return len(readers) → return count
stops_at_dead: Go on after a member that is closed: its send raises, and the others get nothing.
    ws.state is State.OPEN and →
    broadcast(readers, message) → for ws in readers:
    |     await ws.send(message)
echoes: Look at exclude: the sender gets its own line back.
    and ws not in exclude →
counts_closed: Count the open members: a member that is cut off stays on the list for a while, and gets nothing.
  * ws.state is State.OPEN and →
counts_all: Count those that the message was handed to: yours counts every member on the list.
  ? [ws for ws in self._members if ws.state is State.OPEN and ws not in exclude] → self._members
    len(readers) → len(self._members)
subtracts: Count who is left after exclude: yours also subtracts those who are not members, or closed.
    len(readers) → sum(ws.state is State.OPEN for ws in self._members) - len(exclude)
subtracts_all: Count those that the message was handed to: members may be closed, and the excluded need not be members.
    len(readers) → len(self._members) - len(exclude)
not_closed: Ask for State.OPEN: a member that says goodbye is not closed yet, and takes no message any more.
    ws.state is State.OPEN → ws.state is not State.CLOSED
sleeps: Leave time.sleep out: it stops the thread, and with it every member of every hub.
    broadcast(readers, message) → for ws in readers:
    |     broadcast([ws], message)
    |     time.sleep(0.001)
loose_tasks: Keep each task, and catch ConnectionClosed in it: yours fail alone. Or use broadcast, which needs no task.
    broadcast(readers, message) → for ws in readers:
    |     asyncio.create_task(ws.send(message))
one_writer_more: End what you have started for a member when it leaves: yours goes on waiting for messages.
    def __init__(self) -> None: → async def write(self, ws, queue):
    |     with suppress(ConnectionClosed):
    |         while True:
    |             await ws.send(await queue.get())
    |
    | def __init__(self) -> None:
    self._members: set[ServerConnection] = set() → self._members, self._writers = {}, []
    self._members.add(ws) → if ws not in self._members:
    |     self._members[ws] = asyncio.Queue()
    |     self._writers.append(asyncio.create_task(self.write(ws, self._members[ws])))
    self._members.discard(ws) → self._members.pop(ws, None)
    broadcast(readers, message) → for ws in readers:
    |     self._members[ws].put_nowait(message)
not_awaited: Use broadcast, or make a task of send and keep it: a coroutine that is not awaited sends nothing.
    broadcast(readers, message) → for ws in readers:
    |     ws.send(message).close()  # as if it was never awaited, without Python's warning
nothing: Return the count: yours returns None.
    return len(readers) →
joins_twice: Keep each member once, as a set does: a member that joins twice gets two copies.
    set[ServerConnection] = set() → list[ServerConnection] = []
    .add(ws) → .append(ws)
    self._members.discard(ws) → self._members = [member for member in self._members if member is not ws]
leaves_one_copy: Keep each member once, as a set does: after joining twice, one leave must be enough.
    set[ServerConnection] = set() → list[ServerConnection] = []
    .add(ws) → .append(ws)
    self._members.discard(ws) → if ws in self._members:
    |     self._members.remove(ws)
    broadcast(readers, message) → readers = set(readers); broadcast(readers, message)
second_leave_raises: Let a stranger leave in peace: who is not on the list need not be taken off.
  * discard → remove
never_leaves: Take the member off in leave: yours stays, and hears on.
    self._members.discard(ws) → pass
leave_async: Write leave without async: the handler calls it without await, and then a coroutine does nothing.
    def leave → async def leave
join_plain: Write join with async: the handler awaits it, and None cannot be awaited.
    async def join → def join
history: Send to those who are there now: yours sends old messages to those who come late.
    self._members: set[ServerConnection] = set() → self._members, self._said = set(), []
    self._members.add(ws) → for message in self._said:
    |     broadcast([ws] if ws not in self._members else [], message)
    | self._members.add(ws)
    broadcast(readers, message) → self._said.append(message); broadcast(readers, message)
keeps_messages: Keep no messages: a list that is never read grows forever.
    self._members: set[ServerConnection] = set() → self._members, self._said = set(), []
    broadcast(readers, message) → self._said.append(message); broadcast(readers, message)
shared: Make the set in __init__: what stands in the class belongs to all hubs together.
    def __init__(self) -> None: → everybody = set()
    | def __init__(self) -> None:
    set[ServerConnection] = set() → set[ServerConnection] = self.everybody
drops_slow: Hand the message to the slow too: their buffers take it, and they read it later.
    ws not in exclude → ws not in exclude and not ws.paused
excludes_for_good: Leave the excluded on the list: they miss this message, not the next ones.
    broadcast(readers, message) → self._members -= set(exclude); broadcast(readers, message)
""",
    statement="Write the class Hub: join, leave, and a broadcast that waits for no member.",
    cases=(
        evening("three members", [3], ALL, *TRIO, SAY),
        evening("no member is there", [0], {}, ("say", "hello?")),
        evening("one is excluded", [2], {**ALL, "ann": []}, *TRIO, ("say", "hi", ["ann"])),
        evening("the excluded is not a member", [1], {"ann": HI, "bob": []}, ANN, ("say", "hi", ["bob"])),
        evening("two messages, in their order", [1, 1], {"ann": ["one", "two"]}, ANN, ("say", "one"), ("say", "two")),
        evening("the same message twice", [1, 1], {"ann": ["hi", "hi"]}, ANN, SAY, SAY),
        evening("one has joined twice", [2], {"ann": HI, "bob": HI}, ANN, ANN, BOB, SAY),
        evening("joined twice, left once", [0], {"ann": []}, ANN, ANN, ("leave", "ann"), SAY),
        evening("one has left", [2], WITHOUT_BOB, *TRIO, BOB_LEAVES, SAY),
        evening("one leaves twice", [2], WITHOUT_BOB, *TRIO, BOB_LEAVES, BOB_LEAVES, SAY),
        evening("a stranger leaves", [1], {"ann": HI, "bob": []}, ANN, BOB_LEAVES, SAY),
        evening(
            *("one was cut off, and is still on the list", [1], {"ann": [], "bob": [], "cleo": HI}),
            *(*TRIO, ("close", "ann"), ("close", "bob"), SAY),
        ),
        evening("one says goodbye", [2], WITHOUT_BOB, *TRIO, ("closing", "bob"), SAY),
        evening(
            *("two do not read, and are cut off later", [3, 1], {"ann": HI, "bob": HI, "cleo": ["hi", "ho"]}),
            *(*TRIO, *TWO_SLOW, SAY, ("close", "ann"), ("close", "bob"), ("say", "ho")),
        ),
        evening(
            *("all have left", [3, 0, 0], ALL),
            *(*TRIO, SAY, ("leave", "ann"), BOB_LEAVES, ("leave", "cleo"), ("running",), ("say", "ho")),
        ),
        evening("one was cut off, and is excluded", [2], WITHOUT_BOB, *TRIO, ("close", "bob"), ("say", "hi", ["bob"])),
        evening(
            *("one does not read", [3, 3], {name: ["one", "two"] for name in ALL}),
            *(*TRIO, *TWO_SLOW, ("say", "one"), ("say", "two")),
        ),
        evening(
            *("one joins while another does not read", [3, 4]),
            {**{name: ["hi", "welcome"] for name in ALL}, "dora": ["welcome"]},
            *(*TRIO, *TWO_SLOW, ("say", "hi", [], "dora"), ("say", "welcome")),
        ),
        evening(
            *("one joins at once, and is excluded", [3], {**ALL, "dora": []}),
            *(*TRIO, ("say", "hi", ["dora"], "dora")),
        ),
        evening(
            *("who comes late hears what follows", [1, 2], {"ann": ["early", "late"], "bob": ["late"]}),
            *(ANN, ("say", "early"), BOB, ("say", "late")),
        ),
        evening("a hundred messages, nothing kept", [0], {"ann": []}, ANN, ("leave", "ann"), ("many", 100)),
        evening("two hubs", [1, 1], {"ann": ["ho"], "bob": HI}, ANN, ("other",), BOB, SAY, ("back",), ("say", "ho")),
    ),
    random=draw,
    times=12,
    claim=Property("a member that joins, once or often, hears a message once", draw_twice, one_copy_each),
    trial=perform,
    calls=written,
    shows=said,
    written={"suppress": contextlib.suppress, "ConnectionClosed": ConnectionClosed, "asyncio": asyncio, "time": time},
)
