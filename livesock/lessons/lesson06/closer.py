"""06.Closer: one end of a WebSocket while it says goodbye (RFC 6455, 5.5.1, 7.1, 7.2).

    OPEN ── close(), or a Close frame comes ──► CLOSING ── TCP is ended ──► CLOSED

Values in, actions out: `("data", bytes)` and `("close", bytes)` are to be sent, `("tcp", "end")` is to be done.
"""

from __future__ import annotations

import random
from typing import Any

from livesock.learn.exercise import Exercise, Property, Solution, case
from livesock.lessons.lesson06.closer_wrong import MUTANTS

__all__ = ["CLOSER", "Closer"]


class Closer:
    """One end of a WebSocket. Each method returns the actions to take now."""

    def __init__(self, is_server: bool) -> None:
        """Begin with an open connection."""
        self.state = "OPEN"
        self._is_server = is_server
        self._sent = self._received = False

    def send(self, data: bytes) -> list[tuple[str, object]]:
        """The application wants to send data."""
        return [("data", data)] if self.state == "OPEN" else []

    def close(self, payload: bytes) -> list[tuple[str, object]]:
        """The application wants to close."""
        if self.state != "OPEN":
            return []
        self.state, self._sent = "CLOSING", True
        return [("close", payload)]

    def received(self, payload: bytes) -> list[tuple[str, object]]:
        """A Close frame has come."""
        if self._received or self.state == "CLOSED":
            return []
        self._received = True
        return self.close(payload) + (self._end() if self._is_server else [])

    def timeout(self) -> list[tuple[str, object]]:
        """The time is over that we give the peer to finish a goodbye."""
        return self._end() if self.state == "CLOSING" else []

    def tcp_ended(self) -> list[tuple[str, object]]:
        """The peer has ended the TCP connection."""
        self.state = "CLOSED"
        return []

    def _end(self) -> list[tuple[str, object]]:
        self.state = "CLOSED"
        return [("tcp", "end")]


Steps = list[tuple[str, *tuple[bytes, ...]]]


def trial(solution: Solution, is_server: bool, steps: Steps) -> list[Any]:
    """Take the steps with a new closer; return the actions of each one, and the state after it."""
    closer, seen = solution(is_server), []
    for step, *args in steps:
        actions = getattr(closer, step)(*args)
        seen.append((list(actions) if hasattr(actions, "__next__") else actions, closer.state))
    return seen


def calls(is_server: bool, steps: Steps) -> str:
    made = [f"{step}({', '.join(map(repr, args))})" for step, *args in steps]
    return f"c = Closer({is_server}); " + "; ".join(f"c.{one}" for one in made)


NORMAL, AWAY = b"\x03\xe8", b"\x03\xe9"
SEND, CLOSE, CAME, TIME, ENDED = ("send", b"hi"), ("close", NORMAL), ("received", AWAY), ("timeout",), ("tcp_ended",)
REPLY, OURS, END = ("close", AWAY), ("close", NORMAL), ("tcp", "end")


def draw(rng: random.Random) -> tuple[bool, Steps]:
    steps: list[Any] = [SEND, CLOSE, CAME, TIME, ENDED, SEND, CLOSE, CAME]
    return rng.random() < 0.5, [rng.choice(steps) for _ in range(rng.randrange(1, 8))]


def goes_once(solution: Solution, is_server: bool, steps: Steps) -> bool:
    """Whether at most one Close is sent, TCP is ended at most once, and no data follows a Close."""
    done = [action[0] for actions, _ in trial(solution, is_server, steps) for action in actions]
    behind = done[done.index("close") :] if "close" in done else []
    return done.count("close") <= 1 and done.count("tcp") <= 1 and "data" not in behind


CLOSER = Exercise(
    "06.Closer",
    Closer,
    cases=(
        case("data while it is open", False, [SEND], gives=[([("data", b"hi")], "OPEN")]),
        case("a client closes", False, [CLOSE], gives=[([OURS], "CLOSING")]),
        case("a server closes", True, [CLOSE], gives=[([OURS], "CLOSING")]),
        case(
            "a client closes, the server answers and ends TCP",
            False,
            [CLOSE, CAME, ENDED],
            gives=[([OURS], "CLOSING"), ([], "CLOSING"), ([], "CLOSED")],
        ),
        case(
            "a server closes, the client answers",
            True,
            [CLOSE, CAME],
            gives=[([OURS], "CLOSING"), ([END], "CLOSED")],
        ),
        case(
            "a server is asked",
            True,
            [CAME, ENDED],
            gives=[([REPLY, END], "CLOSED"), ([], "CLOSED")],
        ),
        case("a client is asked", False, [CAME, ENDED], gives=[([REPLY], "CLOSING"), ([], "CLOSED")]),
        case("data behind our Close", False, [CLOSE, SEND], gives=[([OURS], "CLOSING"), ([], "CLOSING")]),
        case("data behind our answer", False, [CAME, SEND], gives=[([REPLY], "CLOSING"), ([], "CLOSING")]),
        case("data when all is over", True, [CAME, SEND], gives=[([REPLY, END], "CLOSED"), ([], "CLOSED")]),
        case("close, twice", False, [CLOSE, CLOSE], gives=[([OURS], "CLOSING"), ([], "CLOSING")]),
        case("close when we have answered", False, [CAME, CLOSE], gives=[([REPLY], "CLOSING"), ([], "CLOSING")]),
        case("a second Close comes", False, [CAME, CAME], gives=[([REPLY], "CLOSING"), ([], "CLOSING")]),
        case(
            "a client gets no answer",
            False,
            [CLOSE, TIME, TIME],
            gives=[([OURS], "CLOSING"), ([END], "CLOSED"), ([], "CLOSED")],
        ),
        case(
            "a server gets no answer",
            True,
            [CLOSE, TIME, CAME],
            gives=[([OURS], "CLOSING"), ([END], "CLOSED"), ([], "CLOSED")],
        ),
        case(
            "a client has the answer, but the server does not end TCP",
            False,
            [CLOSE, CAME, TIME],
            gives=[([OURS], "CLOSING"), ([], "CLOSING"), ([END], "CLOSED")],
        ),
        case(
            "the time is over, but nobody says goodbye",
            True,
            [TIME, SEND],
            gives=[([], "OPEN"), ([("data", b"hi")], "OPEN")],
        ),
        case("the line is cut", False, [ENDED, CLOSE], gives=[([], "CLOSED"), ([], "CLOSED")]),
        case("the line is cut, and a Close comes late", True, [ENDED, CAME, TIME], gives=[([], "CLOSED")] * 3),
    ),
    random=draw,
    times=40,
    claim=Property("one Close at most, one end of TCP at most, no data behind a Close", draw, goes_once),
    trial=trial,
    calls=calls,
    mutants=MUTANTS,
    hints=(
        "Draw the three states and an arrow for each method. Then ask at each arrow: what is sent, and who ends TCP?",
        "RFC 6455, 5.5.1 and 7.1.1: a Close is answered with a Close, unless one was sent already. When both are "
        "there, the server ends TCP at once, the client waits for it. No data follows a Close.",
        "A neighbour, a telephone: def hang_up(self): if self.state != 'TALKING': return []; self.state = 'WAITING'; "
        "return ['bye']. Each method looks at the state first, changes it, and returns what to do.",
    ),
    explanation="Close frames say goodbye inside the conversation, TCP ends the line. Because the server ends it, the "
    "server keeps TIME_WAIT, and a client can come back at once (RFC 6455, 7.1.1). When both close at the same time, "
    "each takes the other's Close as its answer.",
)
