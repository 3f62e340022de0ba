"""Hubs that are wrong in one thing each, and what to say to whoever wrote one like it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, ClassVar

from websockets.asyncio.server import ServerConnection, broadcast
from websockets.exceptions import ConnectionClosed
from websockets.protocol import OPEN

from livesock.learn.exercise import Mutant

__all__ = ["MUTANTS"]

Members = Collection[ServerConnection]


class Right:
    """A right hub in parts, for the others to spoil one."""

    def __init__(self) -> None:
        self.members: Any = set()

    async def join(self, ws: ServerConnection) -> None:
        self.members.add(ws)

    def leave(self, ws: ServerConnection) -> None:
        self.members.discard(ws)

    def readers(self, exclude: Members) -> Iterable[ServerConnection]:
        return [ws for ws in self.members if ws.state is OPEN and ws not in exclude]

    async def broadcast(self, message: str, *, exclude: Members = ()) -> Any:
        readers = list(self.readers(exclude))
        broadcast(readers, message)
        return len(readers)


class InLine(Right):
    async def broadcast(self, message: str, *, exclude: Members = ()) -> int:
        count = 0
        for ws in tuple(self.members):
            if ws in exclude:
                continue
            try:
                await ws.send(message)
                count += 1
            except ConnectionClosed:
                pass
        return count


class LiveSet(Right):
    async def broadcast(self, message: str, *, exclude: Members = ()) -> int:
        count = 0
        for ws in self.members:
            if ws in exclude:
                continue
            try:
                await ws.send(message)
                count += 1
            except ConnectionClosed:
                pass
        return count


class StopsAtDead(Right):
    async def broadcast(self, message: str, *, exclude: Members = ()) -> int:
        count = 0
        for ws in tuple(self.members):
            if ws not in exclude:
                await ws.send(message)
                count += 1
        return count


class Echoes(Right):
    def readers(self, exclude: Members) -> Iterable[ServerConnection]:
        return super().readers(())


class CountsClosed(Right):
    def readers(self, exclude: Members) -> Iterable[ServerConnection]:
        return [ws for ws in self.members if ws not in exclude]


class CountsAll(Right):
    async def broadcast(self, message: str, *, exclude: Members = ()) -> int:
        broadcast(self.readers(exclude), message)
        return len(self.members)


class Subtracts(Right):
    async def broadcast(self, message: str, *, exclude: Members = ()) -> int:
        readers = self.readers(exclude)
        broadcast(readers, message)
        return len(list(self.readers(()))) - len(exclude)


class SubtractsAll(Right):
    async def broadcast(self, message: str, *, exclude: Members = ()) -> int:
        broadcast(self.readers(exclude), message)
        return len(self.members) - len(exclude)


class NotAwaited(Right):
    async def broadcast(self, message: str, *, exclude: Members = ()) -> int:
        readers = list(self.readers(exclude))
        for ws in readers:
            ws.send(message).close()  # as if it was never awaited, without Python's warning
        return len(readers)


class Nothing(Right):
    async def broadcast(self, message: str, *, exclude: Members = ()) -> None:
        await super().broadcast(message, exclude=exclude)


class JoinsTwice(Right):
    def __init__(self) -> None:
        self.members = []

    async def join(self, ws: ServerConnection) -> None:
        self.members.append(ws)

    def leave(self, ws: ServerConnection) -> None:
        self.members = [member for member in self.members if member is not ws]


class LeavesOneCopy(JoinsTwice):
    def readers(self, exclude: Members) -> Iterable[ServerConnection]:
        return set(super().readers(exclude))

    def leave(self, ws: ServerConnection) -> None:
        if ws in self.members:
            self.members.remove(ws)


class SecondLeave(Right):
    def leave(self, ws: ServerConnection) -> None:
        self.members.remove(ws)


class NeverLeaves(Right):
    def leave(self, ws: ServerConnection) -> None:
        pass


class LeaveAsync(Right):
    async def leave(self, ws: ServerConnection) -> None:  # type: ignore[override]  # that is what is wrong with it
        self.members.discard(ws)


class JoinPlain(Right):
    def join(self, ws: ServerConnection) -> None:  # type: ignore[override]  # that is what is wrong with it
        self.members.add(ws)


class History(Right):
    def __init__(self) -> None:
        super().__init__()
        self.messages: list[str] = []

    async def join(self, ws: ServerConnection) -> None:
        if ws not in self.members:
            for message in self.messages:
                broadcast([ws], message)
        await super().join(ws)

    async def broadcast(self, message: str, *, exclude: Members = ()) -> Any:
        self.messages.append(message)
        return await super().broadcast(message, exclude=exclude)


class KeepsMessages(Right):
    def __init__(self) -> None:
        super().__init__()
        self.messages: list[str] = []

    async def broadcast(self, message: str, *, exclude: Members = ()) -> Any:
        self.messages.append(message)
        return await super().broadcast(message, exclude=exclude)


def shared() -> type[Right]:
    """Return a class whose objects have one set together, as `members = set()` in the class makes it."""

    class Shared(Right):
        everybody: ClassVar[set[ServerConnection]] = set()

        def __init__(self) -> None:
            self.members = self.everybody

    return Shared


class DropsSlow(Right):
    def readers(self, exclude: Members) -> Iterable[ServerConnection]:
        return [ws for ws in super().readers(exclude) if not ws.paused]


class ExcludesForGood(Right):
    async def broadcast(self, message: str, *, exclude: Members = ()) -> Any:
        self.members -= set(exclude)
        return await super().broadcast(message)


MUTANTS = (
    Mutant(
        "in_line",
        InLine,
        "Hand the message over without waiting, neither by await nor by gather: yours is not back until the "
        "slowest has read.",
    ),
    Mutant(
        "live_set",
        LiveSet,
        "Walk through a copy: at each await somebody may join, and the set changes. And wait for nobody.",
    ),
    Mutant(
        "stops_at_dead",
        StopsAtDead,
        "Go on after a member that is closed: its send raises, and the others get nothing.",
    ),
    Mutant("echoes", Echoes, "Look at exclude: the sender gets its own line back."),
    Mutant(
        "counts_closed",
        CountsClosed,
        "Count who is open: a member that is cut off stays on the list for a while, and gets nothing.",
    ),
    Mutant("counts_all", CountsAll, "Count those that the message was handed to: yours counts everybody on the list."),
    Mutant(
        "subtracts",
        Subtracts,
        "Count who is left after exclude: yours subtracts also those who are no members, or closed.",
    ),
    Mutant(
        "subtracts_all",
        SubtractsAll,
        "Count those that the message was handed to: members may be closed, and the excluded need not be members.",
    ),
    Mutant(
        "not_awaited",
        NotAwaited,
        "Give send to the loop, as a task, or use broadcast: a coroutine that nobody awaits sends nothing.",
    ),
    Mutant("nothing", Nothing, "Return the count: yours returns None."),
    Mutant("joins_twice", JoinsTwice, "Keep each member once, as a set does: whoever joins twice gets two copies."),
    Mutant(
        "leaves_one_copy",
        LeavesOneCopy,
        "Keep each member once, as a set does: after joining twice, one leave must be enough.",
    ),
    Mutant(
        "second_leave_raises",
        SecondLeave,
        "Let a stranger leave in peace: whoever is not on the list need not be taken off.",
    ),
    Mutant("never_leaves", NeverLeaves, "Take the member off in leave: yours stays, and hears on."),
    Mutant(
        "leave_async",
        LeaveAsync,
        "Write leave without async: the handler calls it without await, and then a coroutine does nothing.",
    ),
    Mutant("join_plain", JoinPlain, "Write join with async: the handler awaits it, and None cannot be awaited."),
    Mutant("history", History, "Send to those who are there now: whoever comes late gets old messages from yours."),
    Mutant("keeps_messages", KeepsMessages, "Keep no messages: a list that nobody reads grows for ever."),
    Mutant("shared", shared(), "Make the set in __init__: what stands in the class belongs to all hubs together."),
    Mutant("drops_slow", DropsSlow, "Hand the message to the slow too: their buffers take it, and they read it later."),
    Mutant(
        "excludes_for_good",
        ExcludesForGood,
        "Leave the excluded on the list: they miss this message, not the next ones.",
    ),
)
