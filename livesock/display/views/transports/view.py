"""`transports(…)`: one Engine.IO session as it happens: long-polling, the probe, the upgrade, or no upgrade at all.

the page's buttons ──► a client of the view's own ──► a netsim of the view's own ──► server
                                 │                          │
                         rows of its trace              block_upgrade, delay
"""

from __future__ import annotations

import itertools
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import asdict
from typing import Any, ClassVar

from livesock.display.targets import checked_server, namespace_of
from livesock.display.view import Message, View
from livesock.display.views.transports.picture import draw, in_words
from livesock.display.views.transports.steps import LANES, Steps
from livesock.display.visitor import TIMEOUT, Visitor
from livesock.errors import LivesockError
from livesock.net.netsim.netsim import NetSim, netsim
from livesock.server import Server
from livesock.trace.follower import Follower
from livesock.trace.recording import Trace
from livesock.wire.http import ResponseHead
from livesock.wire.quote import one_line

__all__ = ["TransportsView", "transports"]

KEPT = 300
"""Steps that a page which is opened later still gets."""

CHOICES = (("polling", "websocket"), ("websocket",), ("polling",), ("websocket", "polling"))
"""What can be chosen as `transports`."""

DELAYS = (0.0, 0.05, 0.25)
"""Seconds for one way that the simulated network can take."""

FIRST_DELAY = 0.05
"""The delay to begin with. At 0 the move is sometimes over before a poll waits again, and no 6 ends one."""

MOVED = "It began by polling, tried a WebSocket, and moved there. Nothing was lost on the way."
STAYED = "A WebSocket was tried and refused. The session goes on polling, and nothing was lost."

_numbers = itertools.count(1)


class WatchedSession:
    """One session of the view's client: its steps, and who speaks in it."""

    def __init__(self, where: NetSim | None, transports: tuple[str, ...], namespace: str) -> None:
        self.number = next(_numbers)
        self.transports, self.namespace = transports, namespace
        self.visitor = Visitor(where, transports) if where is not None else None
        self.steps = Steps()
        self.lines: deque[Message] = deque(maxlen=KEPT)
        self.count = 0
        self.said = 0
        self._follower = Follower(self.visitor.trace, everything=True) if self.visitor is not None else None

    @property
    def carried(self) -> str | None:
        """The transport of the session; None without a session."""
        return self.visitor.transport if self.visitor is not None else None

    def look(self) -> list[Message]:
        """Return the new steps."""
        rows = [row for row, _ in self._follower.look()] if self._follower is not None else []
        if rows and not self.count:
            self.steps.zero = rows[0].time
        return [self.add(asdict(step)) for step in map(self.steps.take, rows) if step is not None]

    def add(self, line: Message) -> Message:
        """Number a line and keep it."""
        self.count += 1
        line["n"] = self.count
        self.lines.append(line)
        return line

    def close(self) -> None:
        """End the client."""
        if self.visitor is not None:
            self.visitor.close()


class TransportsView(View):
    """The live picture of one session at a time, through a network with knobs."""

    page: ClassVar[str] = "transports"

    def __init__(self, server: Server, namespace: str, *, block_upgrade: bool = False) -> None:
        self._server = server
        self._namespace = namespace
        self._sim = netsim(server, name=f"transports {next(_numbers)}", delay=FIRST_DELAY, block_upgrade=block_upgrade)
        self._session = WatchedSession(None, CHOICES[0], namespace)
        self._notes: deque[str] = deque(maxlen=20)
        self._last: Message = {}
        self._looks: deque[threading.Event] = deque()  # set when everything so far is drawn
        self._hand = ThreadPoolExecutor(1, thread_name_prefix="livesock view hand")
        super().__init__()

    def connect(self, transports: tuple[str, ...] = CHOICES[0]) -> TransportsView:
        """Connect as the button does, wait until the session has settled and is drawn, and return the view.

        A wait lasts 3 seconds at most; what went wrong by then stands in the picture.
        """
        wait([self._submit(self._connect, _one_of("transports", tuple(transports), CHOICES))], TIMEOUT)
        visitor = self._session.visitor
        if visitor is not None and transports == CHOICES[0]:
            settled = _refused if self._sim.block_upgrade else lambda _: visitor.transport in ("websocket", None)
            visitor.trace.wait(settled, timeout=TIMEOUT)
        drawn = threading.Event()
        self._looks.append(drawn)
        drawn.wait(TIMEOUT)
        return self

    # -- what the page gets

    def snapshot(self) -> Message:
        session = self._session
        self._new_steps(session)
        self._last = self._state(session)
        return {"state": self._last, "log": list(session.lines)}

    def news(self) -> Message | None:
        session, looks = self._session, len(self._looks)
        fresh = self._new_steps(session)
        state = self._state(session)
        for _ in range(looks):
            self._looks.popleft().set()
        if state == self._last and not fresh:
            return None
        self._last = state
        return {"state": state, "log": fresh[-KEPT:]}

    def _new_steps(self, session: WatchedSession) -> list[Message]:
        fresh = session.look()
        while self._notes:
            note = {"kind": "note", "lane": "", "text": self._notes.popleft(), "wrong": True}
            lanes = session.lines[-1]["after"] if session.lines else "   "
            fresh.append(session.add(note | {"before": lanes, "after": lanes}))
        return fresh

    def _state(self, session: WatchedSession) -> Message:
        visitor = session.visitor
        return {
            "server": self._server.name,
            "running": self._server.is_running,
            "namespace": self._namespace,
            "session": session.number,
            "transports": list(session.transports),
            "carried": session.carried,
            "sentence": self._sentence(session),
            "in": visitor is not None and visitor.id(self._namespace) is not None,
            "blocked": self._sim.block_upgrade,
            "delay": self._sim.delay,
            "costs": session.steps.costs_shown(),
            "count": session.count,
        }

    def _sentence(self, session: WatchedSession) -> str:
        """Return what has become of the session, in one line."""
        if not session.count:
            return "Nothing has been sent yet: choose the transports and press Connect."
        tried = [line for line in session.lines if line["lane"] == "ws" and line["kind"] in ("request", "answer")]
        refused = any(line["wrong"] for line in tried)
        if refused and session.transports[0] == "websocket":
            return "The WebSocket was refused. It had to open the session, so there is none."
        if session.carried is None and not session.steps.is_in:
            return "There is no session."
        if any(line["after"][LANES.index("ws")] == "c" for line in session.lines):
            story = (
                MOVED if session.transports[0] == "polling" else "It began with a WebSocket, and nothing was polled."
            )
        elif refused:
            story = STAYED
        else:
            story = (
                "A WebSocket is on trial; the session still polls." if tried else "It polls, and tries nothing else."
            )
        if session.carried is None:
            return f"{story} Now it is over."
        lifted = story is STAYED and not self._sim.block_upgrade
        return f"{story} The block is lifted: connect anew to try again." if lifted else story

    # -- what the page asks for

    def on_message(self, message: Message) -> None:
        kind = message.get("kind")
        if kind == "block":
            self._sim.block_upgrade = _one_of("on", message.get("on"), (True, False))
        elif kind == "delay":
            self._sim.delay = _one_of("seconds", message.get("seconds"), DELAYS)
        elif kind == "connect":
            chosen = message.get("transports")
            wanted = tuple(chosen) if isinstance(chosen, list) else chosen
            self._submit(self._connect, _one_of("transports", wanted, CHOICES))
        elif kind in ("disconnect", "say", "hear"):
            action = {"disconnect": self._disconnect, "say": self._say, "hear": self._hear_news}[str(kind)]
            self._submit(action)
        else:
            raise ValueError(
                f"a page of transports() may send connect, disconnect, say, hear, block or delay, not {kind!r}"
            )

    def _submit(self, action: Callable[..., None], *arguments: Any) -> Future[None]:
        def act() -> None:
            try:
                action(*arguments)
            except (OSError, LivesockError, ValueError) as exc:
                self._notes.append(one_line(f"{type(exc).__name__}: {exc}", 300))

        return self._hand.submit(act)

    def _connect(self, transports: tuple[str, ...]) -> None:
        """Begin another session, with an empty picture."""
        old = self._session
        old.close()
        new = self._session = WatchedSession(self._sim, transports, self._namespace)
        assert new.visitor is not None
        new.visitor.join(self._namespace)

    def _disconnect(self) -> None:
        self._seat().disconnect()

    def _say(self) -> None:
        """Let the client ask; if the namespace has no handler for it, it gets one that answers with nothing."""
        seat, namespace = self._seat(), self._server.of(self._namespace)
        if not namespace.handlers.of("hello", [])[0]:
            namespace.on("hello", _answer)
        self._session.said += 1
        seat.call("hello", self._session.said, timeout=TIMEOUT)

    def _hear_news(self) -> None:
        """Let the server emit to our client alone."""
        seat = self._seat()
        self._session.said += 1
        self._server.of(self._namespace).to(str(seat.id)).emit("news", self._session.said)

    def _seat(self) -> Any:
        visitor = self._session.visitor
        if visitor is None or visitor.id(self._namespace) is None:
            raise ValueError("the client is not connected: press Connect first")
        return visitor.seats[self._namespace]

    # -- pictures for where nothing moves

    def picture(self) -> str:
        session = self._session
        return draw(self._state(session), list(session.lines), self.words())

    def words(self) -> str:
        return in_words(self._state(self._session))

    def finish(self) -> None:
        self._session.close()
        self._hand.shutdown(wait=True, cancel_futures=True)
        self._session.close()  # a session that began meanwhile
        self._sim.stop()


def _one_of(name: str, value: Any, known: tuple[Any, ...]) -> Any:
    if type(value) in (bool, int, float, tuple) and value in known:
        return value
    raise ValueError(f"{name} is one of {', '.join(map(repr, known))}, not {value!r:.60}")


def _refused(trace: Trace) -> bool:
    """Whether the server refused a request: here, the try to move to a WebSocket."""
    responses = (row.value for row in trace.only(kind="response").rows())
    return any(isinstance(head, ResponseHead) and head.status >= 400 for head in responses)


def transports(server: Server, *, namespace: str = "/", block_upgrade: bool = False) -> TransportsView:
    """Return the live picture of one Engine.IO session with `server`: its requests, its WebSocket, and the upgrade.

    The page connects a client of the view's own, with the `transports` that are chosen, through a simulated network
    whose `block_upgrade` and `delay` are switches; it lets client and server speak, and shows what each event costs
    in requests and bytes. Join another `namespace` where `/` refuses strangers. With `block_upgrade` the network begins
    as one that takes `Upgrade` out; one way takes 50 ms at first.

    Raises:
        TypeError: If `server` is not a server of `ls.serve()`, or `block_upgrade` is not a bool.
        ValueError: If `namespace` is empty or not a str.
    """
    if not isinstance(block_upgrade, bool):
        raise TypeError(f"block_upgrade is True or False, not {block_upgrade!r:.60}")
    return TransportsView(checked_server("transports", server), namespace_of(namespace), block_upgrade=block_upgrade)


async def _answer(socket: object, number: int) -> None:
    """Answer a question of the view with nothing."""
