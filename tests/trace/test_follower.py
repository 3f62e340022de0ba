"""Following a trace: what is new, what there is no time for, and what a gap must not give away."""

from __future__ import annotations

import pytest

from livesock.trace.conversation import decode
from livesock.trace.follower import Follower
from livesock.trace.recording import Trace
from livesock.trace.rows import Kind, Row
from livesock.wire.frame import Frame, Opcode, encode_frame

UPGRADE = (
    b"GET {path} HTTP/1.1\r\nHost: x\r\nCookie: id=s3cret\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
ANSWER = (
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"
)


def text(words: str) -> bytes:
    return encode_frame(Frame(Opcode.TEXT, words.encode(), mask=b"\x37\xfa\x21\x3d"))


def opened(trace: Trace, number: int = 1, path: str = "/echo") -> Trace:
    trace.peers[number] = ("127.0.0.1:8000", f"127.0.0.1:{50000 + number}")
    trace.add("=", number, b"open 127.0.0.1:50001")
    trace.add("<", number, UPGRADE.replace(b"{path}", path.encode()))
    trace.add(">", number, ANSWER)
    return trace


class Clock:
    """Time that stands still while nothing moves it, so that a follower has exactly the time it is given."""

    def __init__(self, cost: float) -> None:
        self.now, self.cost = 0.0, cost

    def __call__(self) -> float:
        self.now += self.cost
        return self.now


def decoded(follower: Follower) -> list[Row]:
    """Return the rows of all that waits."""
    rows = []
    while follower.backlog.chunks:
        rows += [one.row for one in follower.look()]
    return rows


def test_a_burst_is_decoded_whole_once_it_is_quiet() -> None:
    trace = opened(Trace(limit=2**26))
    follower = Follower(trace, clock=Clock(0.0005))
    follower.look()
    for number in range(10_000):
        trace.add("<", 1, text(f"number {number}"))
    rows = [one.row for one in follower.look()]

    assert 0 < len(rows) < 5000
    assert follower.backlog.chunks == 10_000 - len(rows)
    assert [row.summary for row in rows + decoded(follower)] == [f'text "number {number}"' for number in range(10_000)]
    assert follower.skipped.chunks == 0


def test_what_comes_slowly_is_decoded_as_it_comes() -> None:
    trace = opened(Trace(limit=2**26))
    clock = Clock(0.00002)
    follower = Follower(trace, clock=clock)
    follower.look()
    for _ in range(100):
        for number in range(80):
            trace.add("<", 1, text(f"number {number}"))
        clock.now += 0.1
        follower.look()

        assert follower.backlog.chunks == 0


def test_of_an_endless_flood_the_newest_is_shown_and_the_rest_is_counted() -> None:
    trace = opened(Trace(limit=2**18))
    follower = Follower(trace, clock=Clock(0.0005))
    follower.look()
    rows, sent = [], 0
    for _ in range(40):
        for _ in range(1000):
            trace.add("<", 1, text(f"number {sent}"))
            sent += 1
        rows += [one.row for one in follower.look()]
    rows += decoded(follower)

    frames = [row for row in rows if row.kind is Kind.FRAME]
    assert frames[-1].summary == f'text "number {sent - 1}"'
    assert 0 < len(frames) < sent
    assert follower.payload["<"] == len(trace.data("<")) + trace.lost_bytes - len(ANSWER)
    assert len(frames) + follower.skipped.chunks == sent
    assert {row.kind for row in rows} == {Kind.FRAME, Kind.GAP}
    numbers = [int(row.summary.split()[-1].strip('"')) for row in frames]
    assert numbers == sorted(set(numbers))


def test_a_change_of_state_is_shown_even_if_the_bytes_around_it_are_skipped() -> None:
    trace = opened(Trace(limit=2**18))
    follower = Follower(trace, clock=Clock(0.0005))
    follower.look()
    rows = []
    for number in range(40):
        for _ in range(1000):
            trace.add("<", 1, text("flood"))
        trace.add("=", 1, f"note {number}".encode())
        rows += [one.row for one in follower.look()]
    rows += decoded(follower)

    assert follower.skipped.chunks > 0
    assert [row.summary for row in rows if row.kind is Kind.STATE] == [f"note {number}" for number in range(40)]


def test_a_picture_that_is_drawn_now_says_what_waits() -> None:
    trace = opened(Trace(limit=2**26))
    follower = Follower(trace, clock=Clock(0.0005))
    follower.look()
    for _ in range(10_000):
        trace.add("<", 1, text("abc"))
    follower.look()
    waiting = follower.backlog

    assert waiting.size == 9 * waiting.chunks > 0
    assert follower.waiting_row().summary == (
        f"{waiting.chunks:,} more chunks, {waiting.size:,} bytes, were not decoded yet when this was drawn"
    )


def test_a_quiet_connection_beside_a_flood_loses_nothing() -> None:
    trace = opened(opened(Trace(limit=2**26)), 2)
    follower = Follower(trace, clock=Clock(0.0005))
    rows = [one.row for one in follower.look()]
    for number in range(60):
        for _ in range(500):
            trace.add("<", 1, text("flood"))
        trace.add("<", 2, text(f"quiet {number}"))
        rows += [one.row for one in follower.look()]

    heard = [row.summary for row in rows if row.connection == 2 and row.kind is Kind.FRAME]
    assert heard == [f'text "quiet {number}"' for number in range(60)]


def test_a_secret_that_a_gap_cuts_in_two_is_not_shown() -> None:
    trace = Trace(limit=2**17)
    follower = Follower(trace, clock=Clock(0.0005))
    trace.add("=", 1, b"open")
    trace.add("<", 1, b"GET / HTTP/1.1\r\nHost: x\r\nCookie: a=")
    rows = []
    for _ in range(20):
        for _ in range(400):
            trace.add("<", 1, b"s3cret")
        rows += [one.row for one in follower.look()]
    while follower.backlog.chunks:
        rows += [one.row for one in follower.look()]
    trace.add("<", 1, b"\r\n\r\nGET /next HTTP/1.1\r\nHost: x\r\n\r\n")
    trace.add("<", 1, b"GET /after HTTP/1.1\r\nHost: x\r\n\r\n")
    rows += [one.row for one in follower.look()]

    assert not any(b"s3cret" in row.shown or "s3cret" in row.summary for row in rows)
    assert rows[-1].summary == "GET /after HTTP/1.1"


def test_what_fell_out_of_the_trace_before_a_look_is_told_and_frames_go_on() -> None:
    trace = opened(Trace(limit=40_000))
    follower = Follower(trace)
    follower.look()
    for number in range(1000):
        trace.add("<", 1, text(f"n{number}"))
    rows = [one.row for one in follower.look(10)]
    while follower.backlog.chunks:
        rows += [one.row for one in follower.look(10)]

    assert rows[0].kind is Kind.GAP
    assert "fell out of the trace" in rows[0].summary
    assert rows[-1].summary == 'text "n999"'
    assert follower.payload["<"] == len(UPGRADE.replace(b"{path}", b"/echo")) + sum(
        len(text(f"n{number}")) for number in range(1000)
    )


def test_connections_that_have_ended_cost_nothing() -> None:
    trace = Trace(limit=20_000)
    follower = Follower(trace)
    for number in range(1, 300):
        opened(trace, number)
        trace.add("=", number, b"closed")
        follower.look(10)
    while follower.backlog.chunks:
        follower.look(10)

    assert follower._open == follower._busy == {}


def test_a_large_chunk_is_decoded_in_pieces() -> None:
    trace = opened(Trace(limit=2**26))
    follower = Follower(trace, clock=Clock(0.0005))
    follower.look()
    trace.add("<", 1, text("x" * 100_000) + text("end"))
    first = follower.look(0)
    rows = list(first)
    while follower.backlog.chunks:
        rows += follower.look()

    assert first == []
    assert [len(one.row.data) for one in rows] == [100_000 + 14, 6 + 3]


def test_the_rest_of_a_chunk_that_begins_in_the_middle_is_skipped() -> None:
    trace = opened(Trace(limit=20_000))
    follower = Follower(trace)
    follower.look()
    trace.add("<", 1, b"\xff" * 10_000)
    trace.add("<", 1, b"\xff" * 19_000)  # the one before falls out
    rows = follower.look() + follower.look()

    assert {one.row.kind for one in rows} == {Kind.GAP}
    assert sum(one.row.summary.startswith("16,384 bytes from the middle of a row") for one in rows) == 1
    assert sum(follower.payload.values()) == len(UPGRADE.replace(b"{path}", b"/echo")) + len(ANSWER) + 29_000


def test_bytes_that_nothing_explains_go_on_after_a_gap() -> None:
    trace = Trace(limit=4000)
    follower = Follower(trace)
    trace.add("<", 1, b"\x00 no protocol")
    rows = follower.look()
    trace.add("<", 1, b"lost")
    trace.add("<", 1, b"y" * 3900)
    rows += follower.look()

    assert [one.row.kind for one in rows] == [Kind.RAW, Kind.GAP, Kind.RAW]


def test_the_gaps_of_many_connections_are_one_row() -> None:
    trace = Trace(limit=2**18)
    for number in range(1, 9):
        opened(trace, number)
    follower = Follower(trace, clock=Clock(0.0005))
    while follower.look() or follower.backlog.chunks:
        pass
    for _ in range(4):  # the last one finds the others waiting
        for number in range(1, 9):
            for _ in range(100):
                trace.add("<", number, text("flood"))
        gaps = [one.row for one in follower.look() if one.row.kind is Kind.GAP]

    assert [(gap.connection, " of 8 connections not decoded here" in gap.summary) for gap in gaps] == [(0, True)]


def test_counting_can_begin_anew() -> None:
    trace = opened(Trace())
    follower = Follower(trace)
    follower.look()
    assert sum(follower.layers[">"]) == follower.payload[">"] == len(ANSWER)
    follower.clear()
    trace.add(">", 1, b"\x81\x01a")
    follower.look()

    assert (follower.payload, follower.layers[">"].application) == ({"<": 0, ">": 3}, 1)


@pytest.mark.parametrize("looks_first", [True, False])
def test_a_row_that_was_under_way_when_the_log_was_cleared_is_counted_whole(looks_first: bool) -> None:
    trace, whole = opened(Trace()), text("Hello, world")
    follower = Follower(trace)
    follower.look()
    trace.add("<", 1, text("before") + whole[:5])
    if looks_first:
        follower.look()
    follower.clear()
    trace.add("<", 1, whole[5:] + text("after"))

    assert [one.row.summary for one in follower.look()] == ['text "Hello, world"', 'text "after"']
    assert follower.payload["<"] == sum(follower.layers["<"]) == len(whole + text("after"))


def test_everything_is_decoded_in_one_look_where_that_is_asked_for() -> None:
    trace = opened(Trace(limit=2**26))
    follower = Follower(trace, everything=True, clock=Clock(0.0005))
    rows = follower.look()
    for number in range(5000):
        trace.add("<", 1, text(f"number {number}"))
    rows += follower.look()

    assert [one.row.summary for one in rows[3:]] == [f'text "number {number}"' for number in range(5000)]
    assert follower.look() == []


def test_a_connection_that_has_nothing_new_costs_nothing() -> None:
    trace = Trace()
    for number in range(1, 300):
        opened(trace, number)
    follower = Follower(trace, everything=True)
    follower.look()
    trace.add("<", 7, text("news"))

    assert (len(follower._open), len(follower._busy)) == (299, 0)
    assert [one.row.summary for one in follower.look()] == ['text "news"']


def test_what_a_follower_shows_in_time_is_what_the_trace_shows() -> None:
    trace = opened(Trace())
    for number in range(100):
        trace.add("<", 1, text(f"message {number}"))
    follower, rows = Follower(trace), []
    for _ in range(100):
        rows += [one.row for one in follower.look(10)]

    assert [row.summary for row in rows] == [row.summary for row in decode(trace)]
    assert follower.look() == []
