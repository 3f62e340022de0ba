"""Closers in which one thing is wrong. Each flag is an idea that somebody had."""

from __future__ import annotations

from typing import Any

from livesock.learn.exercise import Mutant

__all__ = ["MUTANTS"]

Actions = list[tuple[str, object]]


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
        twice = {"closes_twice": "CLOSING", "closes_after_end": "CLOSED"}.get(self.odd)
        if self.state not in ("OPEN", twice):
            return []
        self.state = "OPEN" if self.odd == "stays_open" else "CLOSED" if self.odd == "closed_at_once" else "CLOSING"
        ends = self.odd == "does_not_wait" or (self.odd == "server_does_not_wait" and self.is_server)
        return [("close", payload), *(self.end() if ends else [])]

    def received(self, payload: bytes) -> Actions:
        if self.state == "CLOSED" and self.odd == "ends_when_over":
            return [("tcp", "end")] if self.is_server else []
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


class OddLists(Wrong):
    """One that returns something else than a list where there is one action, or none."""

    def send(self, data: bytes) -> Any:
        return self.shaped(super().send(data))

    def close(self, payload: bytes) -> Any:
        return self.shaped(super().close(payload))

    def received(self, payload: bytes) -> Any:
        return self.shaped(super().received(payload))

    def timeout(self) -> Any:
        return self.shaped(super().timeout())

    def tcp_ended(self) -> Any:
        return self.shaped(super().tcp_ended())

    def shaped(self, actions: Actions) -> Any:
        if self.odd == "no_list":
            return actions[0] if len(actions) == 1 else actions
        return actions or None


HINTS = {
    "data_while_closing": "Send nothing behind a Close, neither our own nor our answer: nobody reads on (5.5.1).",
    "data_always": "Send data only while the state is OPEN.",
    "data_raises": "Return an empty list for data that comes too late: it is dropped, and the goodbye goes on.",
    "closes_twice": "Send one Close only: have you sent one already?",
    "closes_after_end": "Send nothing in CLOSED: there is no connection any more.",
    "ends_when_over": "Ignore a Close that comes in CLOSED: TCP has ended, and cannot be ended again.",
    "no_list": "Return a list, also around a single action: whoever calls you loops over it.",
    "none_for_nothing": "Return an empty list when there is nothing to do: whoever calls you loops over it.",
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

SHAPES = ("no_list", "none_for_nothing")

MUTANTS = tuple(
    Mutant(odd, type("Closer", (OddLists if odd in SHAPES else Wrong,), {"odd": odd}), hint)
    for odd, hint in HINTS.items()
)
