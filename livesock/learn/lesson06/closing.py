"""06.Closer: one end of a WebSocket while it says goodbye (RFC 6455, 5.5.1, 7.1, 7.2).

    OPEN ── close(), or a Close frame comes ──► CLOSING ── TCP is ended ──► CLOSED

Values in, actions out: `("data", bytes)` and `("close", bytes)` are to be sent, `("tcp", "end")` is to be done.
"""

from __future__ import annotations

import random
from typing import Any

from livesock.learn.exercise import Exercise, Mutant, Property, Solution, case

__all__ = ["CLOSER", "Closer"]

Actions = list[tuple[str, object]]


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


class Wrong:
    """A closer that is right but for its `odd` idea."""

    odd = ""

    def __init__(self, is_server: bool) -> None:
        self.state, self.is_server, self.got = "OPEN", is_server, False

    def send(self, data: bytes) -> Any:
        late = {"data_while_closing": ("OPEN", "CLOSING"), "data_always": ("OPEN", "CLOSING", "CLOSED")}
        if self.odd == "data_raises" and self.state != "OPEN":
            raise RuntimeError("closed")
        return [("data", data)] if self.state in late.get(self.odd, ("OPEN",)) else []

    def close(self, payload: bytes) -> Actions:
        if self.state == "CLOSED" or (self.state == "CLOSING" and self.odd != "closes_twice"):
            return []
        self.state = "OPEN" if self.odd == "stays_open" else "CLOSED" if self.odd == "closed_at_once" else "CLOSING"
        ends = self.odd == "does_not_wait" or (self.odd == "server_does_not_wait" and self.is_server)
        return [("close", payload), *(self.end() if ends else [])]

    def received(self, payload: bytes) -> Actions:
        if self.got or self.state == "CLOSED":
            return []
        self.got, was = True, self.state
        self.state = "CLOSING"
        answer: Actions = [("close", b"" if self.odd == "empty_echo" else payload)]
        if was != "OPEN" and self.odd != "replies_twice":
            answer = []
        if self.odd == "no_reply" and was == "OPEN":
            answer = []
        if self.odd == "no_end":
            return answer
        ends = {
            "client_ends_first": True,
            "client_ends": not self.is_server,
            "asked_ends": was == "OPEN",
            "asker_ends": was != "OPEN",
        }.get(self.odd, self.is_server)
        end = self.end() if ends else []
        return [*end, *answer] if self.odd == "end_before_reply" else [*answer, *end]

    def timeout(self) -> Actions:
        if self.odd == "waits_for_ever" or (self.odd == "client_waits" and not self.is_server):
            return []
        if self.odd == "timeout_unanswered" and self.got:
            return []
        if self.state == "CLOSING" or (self.odd == "timeout_when_open" and self.state == "OPEN"):
            return self.end()
        return [("tcp", "end")] if self.odd == "ends_again" and self.state == "CLOSED" else []

    def tcp_ended(self) -> Actions:
        if self.odd == "replies_to_end" and self.state == "OPEN":
            self.state = "CLOSED"
            return [("close", b"")]
        if self.odd == "end_is_closing" or (self.odd == "cut_is_no_end" and self.state == "OPEN"):
            self.state = "CLOSING"
        else:
            self.state = "CLOSED"
        return []

    def end(self) -> Actions:
        if self.odd != "not_closed":
            self.state = "CLOSED"
        return [("tcp", "end")]


HINTS = {
    "data_while_closing": "Send nothing behind a Close, neither our own nor our answer: nobody reads on (5.5.1).",
    "data_always": "Send data only while the state is OPEN.",
    "data_raises": "Return an empty list when there is nothing to do: whoever calls you loops over it.",
    "closes_twice": "Send one Close only: have you sent one already?",
    "stays_open": "Go to CLOSING when you send a Close: from then on nothing else may be sent.",
    "closed_at_once": "Stay in CLOSING after our Close: CLOSED is the end of TCP; the peer's Close is to come.",
    "does_not_wait": "Wait for the peer's Close before TCP is ended: what it still sends would be lost.",
    "server_does_not_wait": "Wait for the client's Close, also as a server, before TCP is ended.",
    "empty_echo": "Answer with the payload that came: the peer sees that its code has arrived.",
    "replies_twice": "Answer a Close only if you have not sent one: theirs is the answer to yours.",
    "no_reply": "Answer the peer's Close with a Close: else it will wait for it.",
    "no_end": "End TCP as a server when both Close frames are there (7.1.1).",
    "client_ends_first": "Let the server end TCP: a client that does so first keeps the port in TIME_WAIT (7.1.1).",
    "client_ends": "Exchange the roles: the server ends TCP, the client waits for it (7.1.1).",
    "asked_ends": "Let the server end TCP, whoever has begun the goodbye (7.1.1).",
    "asker_ends": "Let the server end TCP, whoever has begun: not the one that asked first (7.1.1).",
    "end_before_reply": "Send the answer first, then end TCP: behind the end nothing can be sent.",
    "waits_for_ever": "End TCP when the time is over: what if no answer ever comes?",
    "client_waits": "End TCP when the time is over, as a client too: a server may have crashed.",
    "timeout_unanswered": "End TCP when the time is over, also when both Close frames are there: the server may hang.",
    "timeout_when_open": "Ignore the time while the state is OPEN: no goodbye has begun.",
    "ends_again": "End TCP once: in CLOSED nothing is left to do.",
    "replies_to_end": "Send nothing when TCP has ended: there is nothing to send it on.",
    "end_is_closing": "Go to CLOSED when TCP has ended: there is nothing left to wait for.",
    "cut_is_no_end": "Go to CLOSED when TCP ends, also from OPEN, without any Close: that is what 1006 is for.",
    "not_closed": "Go to CLOSED when you end TCP.",
}

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
    mutants=[Mutant(odd, type("Closer", (Wrong,), {"odd": odd}), hint) for odd, hint in HINTS.items()],
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
