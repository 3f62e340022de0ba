"""`play()`: a real server, a real client and a simulated network between them, that is cut at message 4 and comes back.

    client ──1 2 3 4─► netsim ──1 2 3 4─► server        the handler for 4 cuts the line: its answer never leaves
           ──5 6─►     ✂                                no side has noticed: both send into a dead line
           ──7 8       ✂                                both have noticed, by the heartbeat
           ──9 10─►    netsim ──9 10─► server           the client has come back by itself

The steps wait for each other, not for a clock: what is seen at 5 and 6 is what happens before the heartbeat fails.
"""

from __future__ import annotations

import contextlib
import itertools
import queue
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from livesock.display.views.cut.run import AWAY, CUT, DOWN, LAST, UNSEEN, UP, CutRun
from livesock.errors import LivesockError
from livesock.net.netsim.netsim import NetSim, netsim
from livesock.server import Server, serve
from livesock.socketio_client import ClientSocket, socket

__all__ = ["play"]

PACE = 0.12
"""Seconds between two messages: slow enough to be followed, and four of them are shorter than the heartbeat."""

PATIENCE = 6.0
"""Seconds that a step waits for the one before."""

INTERVAL, ANSWER = 0.8, 0.5
"""The heartbeat: both ends notice a dead line within the sum of them."""

ASK = 0.6
"""Seconds that "ask again" waits for an answer."""

_numbers = itertools.count(1)


def play(run: CutRun, mine: Any = None) -> None:
    """Play the run to its end, in the caller's thread; what fails is its `problem`."""
    try:
        with _stage(run) as stage:
            _Play(run, *stage, mine).go()
    except _Over:
        pass
    except Exception as exc:  # also of the learner's parts
        run.fail(exc)
    finally:
        run.done.set()


class _Over(Exception):
    """The view has ended, and the run with it."""


@contextlib.contextmanager
def _stage(run: CutRun) -> Iterator[tuple[Server, NetSim, ClientSocket]]:
    number = next(_numbers)
    sessions: dict[str, Any] = {"ping_interval": INTERVAL, "ping_timeout": ANSWER}
    if run.server in ("recovery", "volatile"):
        sessions["recovery"] = 60
    with serve(f"cut {number}", sessions=sessions) as server, netsim(server, name=f"cut {number}") as line:
        back = {"first": 0.1, "largest": 0.1}
        with socket(line, transports=["websocket"], reconnection=back, timeout=PATIENCE) as client:
            yield server, line, client


class _Play:
    """One run."""

    def __init__(self, run: CutRun, server: Server, line: NetSim, client: ClientSocket, mine: Any) -> None:
        self.run, self.line, self.client, self.mine = run, line, client, mine
        self.main = server.of("/")
        self.inbox: Any = mine.inbox(8) if run.client == "mine" else None
        self.known = set[int]()
        self.log: Any = mine.log(100) if run.server == "mine" else None
        self.outgoing: Any = mine.outgoing(ASK) if run.client == "mine" else None
        self.waiting: queue.Queue[int] = queue.Queue()
        self.lock = threading.Lock()
        self.offset = 0
        self.main.on("up", self.heard_up)
        self.main.on("since", self.asked_since)
        client.on("down", self.heard_down)
        self.was_in = False
        client.on("connect", self.came_in)

    # -- the other ends

    async def heard_up(self, seat: Any, number: int) -> int:
        """The server's handler. It cuts the line before its answer to message 4 can leave."""
        run = self.run
        if number == CUT and run.phase == "open":
            run.phase = "cut"
            self.line.black_hole = True
            if run.cut == "reset":
                self.line.reset()
        is_new = run.client != "inbox" or number not in self.known
        self.known.add(number)
        if self.inbox is not None:
            with run.noting():
                is_new = self.inbox.accept(f"client-{number}")
        if is_new:
            run.arrive(UP, number, "buffered" if run.phase == "back" and number <= AWAY else "")
        else:
            run.dropped += 1
        return number

    async def asked_since(self, seat: Any, offset: int) -> Any:
        """The server's handler for what the client has missed."""
        with self.run.noting():
            return self.log.since(offset)

    def heard_down(self, number: int, offset: int = 0) -> None:
        """The client's handler. With a log it takes the next offset only: what is missing was asked for."""
        if self.log is not None:
            if offset != self.offset + 1:
                return
            self.offset = offset
        run = self.run
        run.arrive(DOWN, number, "recovered" if run.phase == "back" and number <= AWAY else "")

    def came_in(self) -> None:
        """The client is connected: the first call is for the connection that it has already."""
        if self.was_in:
            self.came_back()
        self.was_in = True

    def came_back(self) -> None:
        """The client is connected again. Events that come meanwhile wait behind this handler: history first."""
        if self.outgoing is not None:
            with self.run.noting(), self.lock:
                self.outgoing.reconnected()
        if self.log is not None:
            for offset, number in self.client.call("since", self.offset, timeout=PATIENCE):
                self.heard_down(number, offset)

    # -- the two senders

    def send_up(self, number: int) -> None:
        run, client = self.run, self.client
        if run.client == "volatile":
            run.send(UP, number, "sent" if client.volatile.emit("up", number) else "dropped")
        elif run.client == "emit":
            belief = "sent" if client.connected else "kept"
            client.emit("up", number)
            run.send(UP, number, belief)
        else:
            run.send(UP, number, "kept")
            if self.outgoing is not None:
                with self.lock:
                    self.outgoing.put(number)
            else:
                self.waiting.put(number)

    def send_down(self, number: int) -> None:
        if self.log is not None:
            self.main.emit("down", number, self.log.append(number))
        elif self.run.server == "volatile":
            self.main.volatile.emit("down", number)
        else:
            self.main.emit("down", number)
        self.run.send(DOWN, number, "sent")

    def ask_again(self) -> None:
        """Send one message after the other, each until its answer comes."""
        while not self.run.done.is_set():
            with contextlib.suppress(queue.Empty):
                number = self.waiting.get(timeout=0.05)
                while not self.run.done.is_set() and not self.ask(number):
                    self.run.send(UP, number, "again")

    def ask(self, number: int) -> bool:
        try:
            self.client.call("up", number, timeout=ASK)
        except (TimeoutError, LivesockError):
            return False
        self.run.send(UP, number, "answered")
        return True

    def empty_queue(self) -> None:
        """Send what the learner's queue says is due."""
        with contextlib.suppress(Exception), self.run.noting():
            while not self.run.done.is_set():
                with self.lock:
                    item = self.outgoing.due(time.monotonic()) if self.client.connected else None
                if item is None:
                    time.sleep(0.01)
                elif self.ask(item[1]):
                    with self.lock:
                        self.outgoing.answered(item[0])
                else:
                    self.run.send(UP, item[1], "again")

    # -- the story

    def go(self) -> None:
        run = self.run
        worker = {"retry": self.ask_again, "inbox": self.ask_again, "mine": self.empty_queue}.get(run.client)
        thread = threading.Thread(target=worker, name="livesock cut sender", daemon=True) if worker else None
        if thread:
            thread.start()
        try:
            self.story()
        finally:
            run.done.set()
            if thread:
                self.line.reset()  # a question that still waits fails at once
                thread.join(PATIENCE)

    def story(self) -> None:
        for number in range(1, LAST + 1):
            if number == (CUT + 1 if self.run.cut == "reset" else UNSEEN + 1):
                self.until(lambda: not self.client.connected and not self.main.sockets())
                self.run.phase = "away"
            if number == AWAY + 1:
                self.come_back()
            self.step(number)
        self.until(self.settled, 3.0)

    def step(self, number: int) -> None:
        """Send one message each way; on an open line wait until both have arrived."""
        run = self.run
        run.place = float(number)
        self.send_up(number)
        if number <= CUT or run.phase == "back":
            self.until(lambda: run.count(UP, number) or (run.phase == "back" and run.client != "emit"), 3.0)
        self.send_down(number)
        if number < CUT or run.phase == "back":
            self.until(lambda: run.count(DOWN, number), 3.0)
        self.pause(PACE)

    def come_back(self) -> None:
        """Mend the line: what was on its way in the old connection is gone with it."""
        run = self.run
        run.place = AWAY + 0.5
        run.phase = "back"
        self.line.reset()
        self.line.black_hole = False
        self.until(lambda: self.client.connected)
        run.recovered = self.client.recovered
        self.until(self.settled, 3.0)

    def settled(self) -> bool:
        """Whether everything that can still arrive has arrived."""
        run = self.run
        if any(one.belief in ("kept", "again") and not run.count(UP, n) for n, one in list(run.sent[UP].items())):
            return False
        if run.client in ("retry", "inbox") and any(one.belief != "answered" for one in list(run.sent[UP].values())):
            return False
        wanted = {"recovery": LAST, "mine": LAST}.get(run.server, 0)
        return all(run.count(DOWN, n) for n in run.sent[DOWN] if n <= wanted)

    def until(self, condition: Callable[[], Any], patience: float = PATIENCE) -> None:
        """Wait until something is so; go on without it after a while: the picture then shows what is missing."""
        deadline = time.monotonic() + patience
        while not condition() and time.monotonic() < deadline:
            self.pause(0.01)

    def pause(self, seconds: float) -> None:
        if self.run.is_ending or self.run.problem:
            raise _Over
        time.sleep(seconds)
