"""Lesson 13's gate: the learner's four guards before a real room, ours where they are not written; and five attacks."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

import livesock as ls
from livesock.lessons.lesson13.attacks import APP, EVIL, LOOKALIKE, raid
from livesock.lessons.lesson13.authenticate import authenticate
from livesock.lessons.lesson13.gate import NEWS, Gate, Room
from livesock.lessons.lesson13.origin_allowed import origin_allowed
from livesock.lessons.lesson13.tickets import Tickets
from livesock.lessons.lesson13.tokenbucket import TokenBucket
from tests.peers import faults

TOKEN = secrets.token_urlsafe(16)
HEARS = f"hears “{NEWS}”"
HELD = {
    "a page of evil.example": "refused with 403, before the 101",
    "a page whose name begins like ours": "refused with 403, before the 101",
    "the ticket from the log, again": "closed with 4401, unauthorized",
    "a client that says nothing": "closed with 4401, unauthorized",
    "a member that sends 15 at once": "closed with 1008, too fast",
}
ALL = (origin_allowed, Tickets, authenticate, TokenBucket)


def stub(*arguments: Any) -> Any:
    raise NotImplementedError


async def async_stub(*arguments: Any) -> Any:
    raise NotImplementedError


class MyTickets(Tickets):
    """A learner's."""


@contextmanager
def guarded(*written: Any) -> Iterator[tuple[ls.Server, Gate]]:
    with ls.serve("gate", origins=[EVIL, LOOKALIKE, APP]) as server:
        gate = Gate(*written, allowed={APP}, token=TOKEN)
        server.websocket("/open")(Room().serve)
        server.websocket("/room", handshake=gate.handshake)(gate.serve)
        server.post("/ticket")(gate.ticket)
        yield server, gate
        assert faults(server) == []


def attacked(server: ls.Server, gate: Gate, door: str = "/room") -> dict[str, str]:
    return dict(raid(ls.connect, server.url(door), gate.tickets.issue("ann")))


def test_it_says_whose_each_part_is() -> None:
    with guarded(stub, MyTickets, async_stub, stub) as (_, gate):
        assert str(gate) == repr(gate) == "origin_allowed: ours, Tickets: yours, authenticate: ours, TokenBucket: ours"


@pytest.mark.parametrize("written", [(stub, stub, async_stub, stub), ALL], ids=["stubs", "references"])
def test_it_holds_against_five_attacks_that_the_open_room_does_not(written: Any) -> None:
    with guarded(*written) as (server, gate):
        assert attacked(server, gate) == HELD
        assert set(attacked(server, gate, "/open").values()) == {HEARS, "all are passed on"}


def starts(origin: Any, allowed: Any) -> bool:
    return bool(origin) and origin.startswith(tuple(allowed))


class Reusable(Tickets):
    def redeem(self, ticket: str) -> str | None:
        return self._open.get(ticket, (None, 0))[0]


async def polite(ws: Any, token: str, members: Any, timeout: float) -> bool:
    members.add(ws)
    return True


class Generous(TokenBucket):
    def take(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("number", "wrong", "attack", "came"),
    [
        (0, starts, "a page whose name begins like ours", HEARS),
        (1, Reusable, "the ticket from the log, again", HEARS),
        (2, polite, "a client that says nothing", HEARS),
        (3, Generous, "a member that sends 15 at once", "all are passed on"),
    ],
)
def test_each_attack_finds_the_gap_in_one_part(number: int, wrong: Any, attack: str, came: str) -> None:
    written: list[Any] = list(ALL)
    written[number] = wrong
    with guarded(*written) as (server, gate):
        assert attacked(server, gate) == HELD | {attack: came}


def test_a_program_with_the_token_and_a_page_with_a_ticket_hear_the_news() -> None:
    with guarded(*ALL) as (server, gate):
        with ls.connect(server.url("/room")) as program:
            program.send(TOKEN)
            assert program.recv(timeout=5) == NEWS
        with ls.connect(server.url(f"/room?ticket={gate.tickets.issue('ann')}"), origin=APP) as page:
            assert page.recv(timeout=5) == NEWS
            page.send("hello")
            assert page.recv(timeout=5) == "hello"


def test_a_ticket_is_for_a_page_that_may_enter_and_for_the_page_that_is_served() -> None:
    with guarded(*ALL) as (server, gate):
        server.get("/")(gate.page("<!doctype html>hello"))
        own = f"http://127.0.0.1:{server.port}"
        request = (
            f"POST /ticket HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nContent-Length: 0\r\nConnection: close\r\n"
        )

        def asked(lines: str) -> bytes:
            with ls.tcp(server.port) as line:
                line.sendall(f"{lines}\r\n".encode())
                return line.recv_until(b"}") if lines.startswith("POST") else line.recv()

        assert b"not for this page" in asked(f"{request}Origin: {EVIL}\r\n")
        assert b"not for this page" in asked(request)
        assert b"not for this page" in asked(f"{request}Origin: {own}\r\n")
        asked(f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n")
        assert own in gate.allowed
        assert b'"ticket"' in asked(f"{request}Origin: {own}\r\n")
