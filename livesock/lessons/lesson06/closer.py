"""06.Closer: one end of a WebSocket while it says goodbye (RFC 6455, 5.5.1, 7.1, 7.2).

    OPEN ── close(), or a Close frame comes ──► CLOSING ── TCP is ended ──► CLOSED

Values in, actions out: `("data", bytes)` and `("close", bytes)` are to be sent, `("tcp", "end")` is to be done.
"""

import random
from collections.abc import Sequence
from typing import Any

from livesock.learn.checking.diff import literal, shown
from livesock.learn.exercise import Case, Property, Solution, case
from livesock.learn.tables import exercise

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
    other = solution(is_server)
    other.close(b"")  # another connection must not be noticed
    closer, seen = solution(is_server), []
    for step, *args in steps:
        actions = getattr(closer, step)(*args)
        seen.append((list(actions) if hasattr(actions, "__next__") else actions, closer.state))
    return seen


def calls(is_server: bool, steps: Steps) -> str:
    made = [f"{step}({', '.join(map(repr, args))})" for step, *args in steps]
    return f"c = Closer({is_server}); " + "; ".join(f"c.{one}" for one in made)


def said(seen: Sequence[tuple[Any, Any]]) -> str:
    """Return what `trial` returned: the actions of each step, and the state after it."""
    return "; ".join(f"{literal(list(did)) if isinstance(did, tuple) else shown(did)} {state}" for did, state in seen)


NORMAL, AWAY, BYE = b"\x03\xe8", b"\x03\xe9", b"\x0f\xa1log in again"
SEND, CLOSE, CAME, TIME, ENDED = ("send", b"hi"), ("close", NORMAL), ("received", AWAY), ("timeout",), ("tcp_ended",)
REPLY, OURS, END = ("close", AWAY), ("close", NORMAL), ("tcp", "end")

# a step, what is to be done then, and the state after it
LINE_ENDS: Any = (ENDED, [], "CLOSED")
WE_CLOSE, TIME_OVER = (CLOSE, [OURS], "CLOSING"), (TIME, [END], "CLOSED")
CLIENT_ASKED, SERVER_ASKED = (CAME, [REPLY], "CLOSING"), (CAME, [REPLY, END], "CLOSED")


def talk(name: str, is_server: bool, *rows: tuple[Any, list[Any], str]) -> Case:
    return case(name, is_server, [row[0] for row in rows], gives=[row[1:] for row in rows])


def draw(rng: random.Random) -> tuple[bool, Steps]:
    def step() -> Any:
        name = rng.choice(["send", "close", "received", "timeout", "tcp_ended", "send", "close", "received"])
        payload = rng.choice([NORMAL, AWAY, b"", b"\x0f\xa1log in again"])
        values = {"send": (rng.randbytes(rng.choice([0, 1, 5])),), "close": (payload,), "received": (payload,)}
        return name, *values.get(name, ())

    return rng.random() < 0.5, [step() for _ in range(rng.randrange(1, 8))]


def goes_once(solution: Solution, is_server: bool, steps: Steps) -> bool:
    """Whether at most one Close is sent, TCP is ended at most once, and no data follows a Close."""
    done = [action[0] for actions, _ in trial(solution, is_server, steps) for action in actions]
    behind = done[done.index("close") :] if "close" in done else []
    return done.count("close") <= 1 and done.count("tcp") <= 1 and "data" not in behind


class NoList:
    """A right closer that returns a single action without its list."""

    def __init__(self, is_server: bool) -> None:
        self._right = Closer(is_server)

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._right, name)
        return value if name == "state" else lambda *args: self.shaped(value(*args))

    def shaped(self, actions: list[Any]) -> Any:
        return actions[0] if len(actions) == 1 else actions


class NoneForNothing(NoList):
    """A right closer that returns None where there is no action."""

    def shaped(self, actions: list[Any]) -> Any:
        return actions or None


class Bare(NoList):
    """A right closer that returns a single action without its list, and None where there is none."""

    def shaped(self, actions: list[Any]) -> Any:
        return actions[0] if len(actions) == 1 else actions or None


CLOSER = exercise(
    "06.Closer",
    Closer,
    r"""
hint: Draw the three states and an arrow for each method. Then ask at each arrow: what is sent, and who ends TCP?
hint: RFC 6455, 5.5.1 and 7.1.1: a Close is answered with a Close, unless one was sent already. When a Close has gone
    each way, the server ends TCP at once, the client waits for it. No data follows a Close.
hint: A neighbour, a telephone: def hang_up(self): if self.state != 'TALKING': return []; self.state = 'WAITING'; return
    ['bye']. Each method looks at the state first, changes it, and returns what to do.
explanation: Close frames say goodbye inside the conversation, TCP ends the line. Because the server ends it, the server
    keeps TIME_WAIT, and a client can come back at once (RFC 6455, 7.1.1). When both close at the same time, each takes
    the other's Close as its answer.

data_while_closing: Send nothing after a Close, our own or our answer: the peer does not read on (5.5.1).
    if self.state == "OPEN" else → if self.state != "CLOSED" else
data_always: Send data only while the state is OPEN.
    if self.state == "OPEN" else [] →
data_raises: Return an empty list for data that comes too late: it is dropped, and the goodbye goes on.
    return [("data", data)] → if self.state != "OPEN":
    |     raise RuntimeError("closed")
    | return [("data", data)]
closes_twice: Send one Close only: have you sent one already?
    if self.state != "OPEN" → if self.state == "CLOSED"
    self.close(payload) → (self.close(payload) if self.state == "OPEN" else [])
closes_after_end: Send nothing in CLOSED: there is no connection any more.
    if self.state != "OPEN" → if self.state == "CLOSING"
ends_when_over: Ignore a Close that comes in CLOSED: TCP has ended, and cannot be ended again.
    if self._received or self.state == "CLOSED": → if self.state == "CLOSED":
    |     return [("tcp", "end")] if self._is_server else []
    | if self._received:
no_list: Return a list, also around a single action: the caller loops over it.
bare: Return a list each time: around a single action, and an empty one when there is nothing to do.
none_for_nothing: Return an empty list when there is nothing to do: the caller loops over it.
stays_open: Go to CLOSING when you send a Close: from then on nothing else may be sent.
    self.state, self._sent = "CLOSING", True → pass
    return self.close(payload) → answer, self.state = self.close(payload), "CLOSING"; return answer
closed_at_once: Stay in CLOSING after our Close: CLOSED is the end of TCP; the peer's Close is to come.
    "CLOSING", True → "CLOSED", True
    return self.close(payload) → answer, self.state = self.close(payload), "CLOSING"; return answer
does_not_wait: Wait for the peer's Close before TCP is ended: what it still sends would be lost.
    return [("close", payload)] → return [("close", payload), *self._end()]
    return self.close(payload) → answer, self.state = self.close(payload)[:1], "CLOSING"; return answer
server_does_not_wait: Wait for the client's Close, also as a server, before TCP is ended.
    return [("close", payload)] → return [("close", payload), *(self._end() if self._is_server else [])]
    return self.close(payload) → answer, self.state = self.close(payload)[:1], "CLOSING"; return answer
always_1000: Send the payload that the application gives: it may hold another code, a reason, or nothing.
    return [("close", payload)] → return [("close", payload if self._received else b"\x03\xe8")]
answers_1000: Answer with the payload that came, not always with 1000: the peer may have another code, or none.
    self.close(payload) → self.close(b"\x03\xe8")
code_alone: Answer with the whole payload that came, its reason too.
    self.close(payload) → self.close(payload[:2])
empty_is_nothing: Answer an empty Close too: it is a Close without a code.
    self.close(payload) + → (self.close(payload) if payload else []) +
no_empty_data: Send empty data too: it is a message of no bytes.
    if self.state == "OPEN" else → if data and self.state == "OPEN" else
same_data: Send the data that you are given.
    [("data", data)] → [("data", b"hi")]
empty_echo: Answer with the payload that came: the peer sees that its code has arrived.
    self.close(payload) → self.close(b"")
replies_twice: Answer a Close only if you have not sent one: theirs is the answer to yours.
    self._received = True → self._received, self.state = True, "CLOSING"
    self.close(payload) → [("close", payload)]
no_reply: Answer the peer's Close with a Close: the peer waits for it.
    self._received = True → self._received, self.state = True, "CLOSING"
    self.close(payload) → []
no_end: End TCP as a server when both Close frames are there (7.1.1).
    + (self._end() if self._is_server else []) →
client_ends_first: Let the server end TCP: a client that does so first keeps the port in TIME_WAIT (7.1.1).
    (self._end() if self._is_server else []) → self._end()
client_ends: Exchange the roles: the server ends TCP, the client waits for it (7.1.1).
    if self._is_server else → if not self._is_server else
asked_ends: Let the server end TCP, whichever end began the goodbye (7.1.1).
    self._received = True → self._received, was = True, self.state
    if self._is_server else → if was == "OPEN" else
asker_ends: Let the server end TCP, not the end that asked first (7.1.1).
    self._received = True → self._received, was = True, self.state
    if self._is_server else → if was != "OPEN" else
end_before_reply: Send the answer first, then end TCP: after the end nothing can be sent.
    return self.close(payload) + (self._end() if self._is_server else []) → answer = self.close(payload)
    | return (self._end() if self._is_server else []) + answer
waits_for_ever: End TCP when the time is over: what if no answer ever comes?
    self._end() if self.state == "CLOSING" else [] → []
client_waits: End TCP when the time is over, as a client too: a server may have crashed.
    if self.state == "CLOSING" else → if self.state == "CLOSING" and self._is_server else
timeout_unanswered: End TCP when the time is over, also when both Close frames are there: the server may hang.
    if self.state == "CLOSING" else → if self.state == "CLOSING" and not self._received else
timeout_when_open: Ignore the time while the state is OPEN: no goodbye has begun.
    if self.state == "CLOSING" else → if self.state != "CLOSED" else
ends_again: End TCP once: in CLOSED nothing is left to do.
    if self.state == "CLOSING" else → if self.state != "OPEN" else
replies_to_end: Send nothing when TCP has ended: there is nothing to send it on.
    def tcp_ended(self) -> list[tuple[str, object]]: → def tcp_ended(self) -> list[tuple[str, object]]:
    |     if self.state == "OPEN":
    |         self.state = "CLOSED"
    |         return [("close", b"")]
end_is_closing: Go to CLOSED when TCP has ended: there is nothing left to wait for.
    def tcp_ended(self) -> list[tuple[str, object]]: → def tcp_ended(self) -> list[tuple[str, object]]:
    |     self.state = "CLOSING"
    |     return []
cut_is_no_end: Go to CLOSED when TCP ends, also from OPEN, without any Close: that is what 1006 is for.
    def tcp_ended(self) -> list[tuple[str, object]]: → def tcp_ended(self) -> list[tuple[str, object]]:
    |     if self.state == "OPEN":
    |         self.state = "CLOSING"
    |         return []
not_closed: Go to CLOSED when you end TCP.
    def _end(self) -> list[tuple[str, object]]: → def _end(self) -> list[tuple[str, object]]:
    |     return [("tcp", "end")]
""",
    cases=(
        talk("data while it is open", False, (SEND, [("data", b"hi")], "OPEN")),
        talk(
            "other data, and none",
            True,
            (("send", b"ho"), [("data", b"ho")], "OPEN"),
            (("send", b""), [("data", b"")], "OPEN"),
        ),
        talk("a client closes", False, WE_CLOSE),
        talk("a client closes with a reason", False, (("close", BYE), [("close", BYE)], "CLOSING")),
        talk("a server closes without a code", True, (("close", b""), [("close", b"")], "CLOSING")),
        talk("a Close with a reason comes", False, (("received", BYE), [("close", BYE)], "CLOSING")),
        talk("a Close without a code comes", True, (("received", b""), [("close", b""), END], "CLOSED")),
        talk("a server closes", True, WE_CLOSE),
        talk("a client closes, the server answers and ends TCP", False, WE_CLOSE, (CAME, [], "CLOSING"), LINE_ENDS),
        talk("a server closes, the client answers", True, WE_CLOSE, (CAME, [END], "CLOSED")),
        talk("a server is asked", True, SERVER_ASKED, LINE_ENDS),
        talk("a client is asked", False, CLIENT_ASKED, LINE_ENDS),
        talk("data after our Close", False, WE_CLOSE, (SEND, [], "CLOSING")),
        talk("data after our answer", False, CLIENT_ASKED, (SEND, [], "CLOSING")),
        talk("data when all is over", True, SERVER_ASKED, (SEND, [], "CLOSED")),
        talk("close, twice", False, WE_CLOSE, (CLOSE, [], "CLOSING")),
        talk("close when we have answered", False, CLIENT_ASKED, (CLOSE, [], "CLOSING")),
        talk("a second Close comes", False, CLIENT_ASKED, (CAME, [], "CLOSING")),
        talk("a client gets no answer", False, WE_CLOSE, TIME_OVER, (TIME, [], "CLOSED")),
        talk("a server gets no answer", True, WE_CLOSE, TIME_OVER, (CAME, [], "CLOSED")),
        talk(
            *("a client has the answer, but the server does not end TCP", False),
            *(WE_CLOSE, (CAME, [], "CLOSING"), TIME_OVER),
        ),
        talk("the time is over, but no goodbye has begun", True, (TIME, [], "OPEN"), (SEND, [("data", b"hi")], "OPEN")),
        talk("the line is cut", False, LINE_ENDS, (CLOSE, [], "CLOSED")),
        talk("the line is cut, and a Close comes late", True, LINE_ENDS, (CAME, [], "CLOSED"), (TIME, [], "CLOSED")),
    ),
    random=draw,
    times=40,
    claim=Property("one Close at most, one end of TCP at most, no data after a Close", draw, goes_once),
    trial=trial,
    calls=calls,
    shows=said,
    written={"no_list": NoList, "none_for_nothing": NoneForNothing, "bare": Bare},
)
