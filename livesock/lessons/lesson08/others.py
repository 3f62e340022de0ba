"""Right solutions of lesson 08 in other styles than the reference's."""

# mypy: ignore-errors
# written as a learner would, without annotations

import asyncio
import contextlib

from websockets.asyncio.server import broadcast
from websockets.exceptions import ConnectionClosed
from websockets.protocol import State


class Tasks:
    """One task per send; whoever is closed finds out by itself."""

    def __init__(self):
        self.members = {}
        self.tasks = set()

    async def join(self, ws):
        self.members[ws.id] = ws

    def leave(self, ws):
        self.members.pop(ws.id, None)

    async def _send(self, ws, message):
        with contextlib.suppress(ConnectionClosed):
            await ws.send(message)

    async def broadcast(self, message, *, exclude=()):
        count = 0
        for ws in list(self.members.values()):
            if ws in exclude or ws.state != State.OPEN:
                continue
            task = asyncio.create_task(self._send(ws, message))
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)
            count += 1
        return count


class Queues:
    """A queue and a writer for each member."""

    def __init__(self):
        self.queues = {}
        self.writers = {}

    async def join(self, ws):
        if ws not in self.queues:
            self.queues[ws] = asyncio.Queue()
            self.writers[ws] = asyncio.create_task(self.write(ws, self.queues[ws]))

    def leave(self, ws):
        if ws in self.queues:
            del self.queues[ws]
            self.writers.pop(ws).cancel()

    async def write(self, ws, queue):
        while True:
            try:
                await ws.send(await queue.get())
            except ConnectionClosed:
                return

    async def broadcast(self, message, *, exclude=()):
        chosen = [q for ws, q in self.queues.items() if ws not in exclude and ws.state.name == "OPEN"]
        for queue in chosen:
            queue.put_nowait(message)
        return len(chosen)


class OneByOne:
    """A list without doubles, and `broadcast` for each."""

    def __init__(self):
        self.members = []

    async def join(self, ws):
        if ws not in self.members:
            self.members.append(ws)

    def leave(self, ws):
        self.members = [member for member in self.members if member != ws]

    async def broadcast(self, message, *, exclude=()):
        count = 0
        for ws in set(self.members).difference(exclude):
            if ws.protocol.state is State.OPEN:
                broadcast([ws], message)
                count += 1
        return count


OTHERS = {"08.Hub": (Tasks, Queues, OneByOne)}
