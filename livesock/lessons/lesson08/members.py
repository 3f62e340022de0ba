"""Members to try a hub with: genuine server connections of `websockets`, on a wire that is a list.

    hub ──► ServerConnection.send, broadcast(…) ──► Wire.write: what this member hears, frame by frame

So whatever a learner does with a connection in a handler works here too, and nothing depends on the speed of a network.
`slow` fills the buffer for good: `await send` waits forever, as with a reader that never reads.
"""

import asyncio
import gc
import sys
import time
import weakref
from collections.abc import Sequence
from types import FrameType
from typing import Any, cast

from websockets.asyncio.connection import Connection
from websockets.asyncio.server import Server, ServerConnection
from websockets.protocol import OPEN
from websockets.server import ServerProtocol

from livesock.learn.exercise import Solution
from livesock.wire.frame import Opcode
from livesock.wire.framereader import FrameReader

__all__ = ["Step", "perform", "said", "written"]

Step = tuple[Any, ...]
"""`("join", "ann")`, `("say", "hi", ["ann"])` and so on; `ACTIONS` writes each as a line."""

PATIENCE = 60
"""Turns of the loop that a broadcast may take; one that waits for a member that never reads takes forever."""

SETTLE = 8
"""Turns of the loop in which everything that waits for no member has happened. Turns, not seconds: no speed matters."""

WAITS = "waits for a member"
"""Stands where a count should be, when a broadcast has not returned."""


SLEEPS, FAILS = "time.sleep stops the loop", "a task has failed, and its exception was never looked at"
"""Stand behind the counts when a hub does what it should not."""


class Wire(asyncio.Transport):
    """A transport without a network: it keeps what is written."""

    def __init__(self, port: int) -> None:
        super().__init__({"peername": ("127.0.0.1", port)})
        self.data = b""

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.data += bytes(data)

    def is_closing(self) -> bool:
        return False

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """Whether the buffer is full is a step of the case."""

    def close(self) -> None:
        """No case closes a transport; `close` below ends a member."""

    abort = write_eof = pause_reading = resume_reading = close


class Member(ServerConnection):
    """A server's connection without a server: no handler runs."""

    connection_made = Connection.connection_made
    connection_lost = Connection.connection_lost

    def __hash__(self) -> int:
        """A set of members has the same order in each run, so a wrong hub does the same in each."""
        return int(self.remote_address[1])


def member(port: int) -> ServerConnection:
    """Return a connection from `port`, after its handshake; `close` it before the loop ends."""
    options = {"ping_interval": None, "close_timeout": 0}
    ws = Member(ServerProtocol(state=OPEN), cast(Server, None), **cast(dict[str, Any], options))
    ws.connection_made(Wire(port))
    return ws


def close(ws: ServerConnection, why: Exception | None = None) -> None:
    if not ws.connection_lost_waiter.done():
        ws.connection_lost(why)


def heard(ws: ServerConnection) -> list[str]:
    """Return the messages that were sent to a member, in their order."""
    frames = FrameReader(from_client=False).feed(cast(Wire, ws.transport).data)
    return [bytes(frame.payload).decode() for frame in frames if frame.opcode == Opcode.TEXT]


class Party:
    """A hub, or two, and every member that was ever there."""

    def __init__(self, hub: Solution) -> None:
        self.hub = self.first = hub()
        self.second = hub
        self.members: dict[str, ServerConnection] = {}
        self.answers: list[Any] = []
        self.slept = False

    def who(self, name: str) -> ServerConnection:
        if name not in self.members:
            self.members[name] = member(50_000 + len(self.members))
        return self.members[name]

    async def join(self, name: str) -> None:
        await self.hub.join(self.who(name))

    async def leave(self, name: str) -> None:
        answer = self.hub.leave(self.who(name))
        if asyncio.iscoroutine(answer):  # a handler would not await it either
            answer.close()
            self.answers.append("leave is async")

    async def close(self, name: str) -> None:
        close(self.who(name), ConnectionResetError("cut off"))

    async def closing(self, name: str) -> None:
        self.who(name).protocol.send_close(1000)

    async def running(self) -> None:
        """Note how many tasks are left for each member."""
        await settle()
        self.answers.append(len(asyncio.all_tasks() - {asyncio.current_task()}) // len(self.members))

    async def slow(self, name: str) -> None:
        self.who(name).pause_writing()

    async def other(self) -> None:
        """Make a second hub; the steps that follow are its."""
        self.hub = self.second()

    async def back(self) -> None:
        self.hub = self.first

    async def say(self, message: str, exclude: Sequence[str] = (), joins: str = "") -> None:
        """Broadcast, perhaps while a member joins; note the answer, or that there was none."""
        options = {"exclude": {self.who(name) for name in exclude}} if exclude else {}
        task = asyncio.ensure_future(self.hub.broadcast(message, **options))
        sys.setprofile(self.watch)
        if joins:
            # one that is excluded hears nothing, whether the hub has chosen the readers by then or not
            await settle(1 if joins in exclude else SETTLE)
            await self.join(joins)
            for ws in self.members.values():
                if ws.paused:
                    ws.resume_writing()
        for _ in range(PATIENCE):
            if task.done():
                break
            await asyncio.sleep(0)
        await settle()
        sys.setprofile(None)
        self.answers.append(task.result() if task.done() else WAITS)

    def watch(self, _: FrameType, event: str, called: Any) -> None:
        """Notice a sleep that stops the whole loop, whatever name it is called by."""
        self.slept |= event == "c_call" and called is time.sleep

    async def many(self, count: int) -> None:
        """Broadcast, and note how many of the first half of the messages are still in memory."""
        kept = []
        for number in range(count):
            message = Text(f"message {number}")
            kept.append(weakref.ref(message))
            await self.hub.broadcast(message)
        del message
        await settle()
        if any(ref() for ref in kept):
            gc.collect()
        self.answers.append(sum(ref() is not None for ref in kept[: count // 2]))


class Text(str):
    """A message that can be looked for: a plain str knows no weak references."""


async def settle(turns: int = SETTLE) -> None:
    """Let everything happen that waits for no member, or what happens in fewer turns."""
    for _ in range(turns):
        await asyncio.sleep(0)


async def play(hub: Solution, steps: Sequence[Step]) -> tuple[list[Any], dict[str, list[str]]]:
    failed: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: failed.append(context.get("exception")))
    party = Party(hub)
    try:
        for action, *args in steps:
            await getattr(party, action)(*args)
            if WAITS in party.answers:
                return party.answers, {}
        for ws in party.members.values():
            if ws.paused:
                ws.resume_writing()
        await settle()
        notes = [SLEEPS] * party.slept + [FAILS] * any(isinstance(error, Exception) for error in failed)
        return [*party.answers, *notes], {name: heard(ws) for name, ws in party.members.items()}
    finally:
        sys.setprofile(None)
        for ws in party.members.values():
            close(ws)


def perform(hub: Solution, steps: Sequence[Step]) -> tuple[list[Any], dict[str, list[str]]]:
    """Return what each broadcast returned, and what each member heard."""
    return asyncio.run(play(hub, steps))


def said(came: tuple[Sequence[Any], dict[str, Sequence[str]]]) -> str:
    """Return what `perform` returned in words."""
    answers, messages = came
    returned = ", ".join(str(answer) for answer in answers)
    ears = [f"{name} hears {', '.join(map(repr, lines)) or 'nothing'}" for name, lines in messages.items()]
    return "; ".join([f"broadcast returns {returned}", *ears])


ACTIONS = {
    "join": "await hub.join({})",
    "leave": "hub.leave({})",
    "close": "{} is cut off",
    "closing": "a Close goes to {}",
    "running": "how many tasks for each member still run?",
    "slow": "{} stops reading",
    "other": "from now on with a second Hub()",
    "back": "back to the first hub",
    "many": "{} more messages: of how many old ones is something kept?",
}


def written(steps: Sequence[Step]) -> str:
    """Return a case as the lines that it stands for."""
    return "; ".join(spoken(*args) if action == "say" else ACTIONS[action].format(*args) for action, *args in steps)


def spoken(message: str, exclude: Sequence[str] = (), joins: str = "") -> str:
    but = f", exclude={{{', '.join(exclude)}}}" if exclude else ""
    return f"await hub.broadcast({message!r}{but})" + (f", and meanwhile {joins} joins" if joins else "")
