"""The trace: what it keeps, what it lets go, what it shows."""

from __future__ import annotations

import base64
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livesock.trace.recording import CHUNK_COST, Trace, compact
from livesock.trace.rowfilter import ROWS
from livesock.trace.rows import Kind

HELLO = bytes.fromhex("818537fa213d7f9f4d5158")
"""RFC 6455, 5.7: a single-frame masked text message that holds "Hello"."""

REQUEST = (
    b"GET /chat?auth=s3cret HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nCookie: id=s3cret\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
RESPONSE = (
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"
)


def conversation(trace: Trace, number: int = 1) -> Trace:
    trace.peers[number] = ("127.0.0.1:8000", f"127.0.0.1:{50000 + number}")
    trace.add("=", number, b"open 127.0.0.1:50001")
    trace.add("<", number, REQUEST)
    trace.add(">", number, RESPONSE)
    trace.add("<", number, HELLO)
    trace.add("=", number, b"closed")
    return trace


def kinds(trace: Trace) -> list[Kind]:
    return [row.kind for row in trace.rows()]


def test_chunks_keep_their_order_their_bytes_and_a_time_that_never_goes_back():
    trace = conversation(Trace())
    chunks = list(trace)
    assert [c.direction for c in chunks] == ["=", "<", ">", "<", "="]
    assert trace.data("<") == REQUEST + HELLO and trace.data(">", 1) == RESPONSE and trace.data(">", 2) == b""
    assert [c.time for c in chunks] == sorted(c.time for c in chunks)
    assert trace.size == len(REQUEST + RESPONSE + HELLO)


def test_a_received_chunk_is_copied_out_of_its_buffer():
    chunk = b"x" * 1000

    assert compact(chunk) == chunk and compact(chunk) is not chunk


def test_rows_say_what_the_bytes_mean():
    assert kinds(conversation(Trace())) == [Kind.STATE, Kind.REQUEST, Kind.RESPONSE, Kind.FRAME, Kind.STATE]
    assert "Hello" in conversation(Trace()).rows()[3].summary


def test_a_trace_of_a_client_reads_the_directions_the_other_way_round():
    trace = Trace(client=">")
    trace.peers[1] = ("127.0.0.1:50001", "127.0.0.1:8000")
    for direction, data in ((">", REQUEST), ("<", RESPONSE), (">", HELLO)):
        trace.add(direction, 1, data)
    assert kinds(trace) == [Kind.REQUEST, Kind.RESPONSE, Kind.FRAME]


def test_only_shows_a_selection_and_leaves_the_trace_alone():
    trace = conversation(conversation(Trace()), 2)
    frames = trace.only(connection=2, kind="frame")
    assert [(row.connection, row.kind) for row in frames.rows()] == [(2, Kind.FRAME)]
    assert kinds(frames.only(direction=">")) == []
    assert kinds(trace.only(kind=["request", "response"])) == [Kind.REQUEST, Kind.RESPONSE] * 2
    assert len(trace.rows()) == 10


@pytest.mark.parametrize("wrong", [{"kind": "frames"}, {"direction": "up"}, {"kind": ["frame", "fish"]}])
def test_an_unknown_kind_or_direction_is_refused_with_the_known_ones(wrong):
    with pytest.raises(ValueError, match="is not one of"):
        Trace().only(**wrong)


@pytest.mark.parametrize("wrong", [{"client": "up"}, {"limit": 0}, {"limit": -1}])
def test_nonsense_is_refused(wrong):
    with pytest.raises(ValueError):
        Trace(**wrong)


@given(st.lists(st.integers(0, 400), max_size=60), st.integers(200, 2000))
def test_what_is_held_never_costs_more_than_the_limit_and_what_fell_out_is_counted(sizes, limit):
    trace = Trace(limit=limit)
    trace.peers[1] = ("a:1", "b:2")
    for size in sizes:
        trace.add("<", 1, b"x" * size)
    held = list(trace)
    assert sum(len(c.data) + CHUNK_COST for c in held) <= limit or len(held) == 1
    assert trace.size + trace.lost_bytes == sum(sizes)
    assert len(held) + trace.lost == len(sizes)


@given(st.lists(st.tuples(st.integers(0, 400), st.integers(1, 5)), max_size=30), st.integers(200, 4000))
def test_one_entry_for_many_connections_reads_and_counts_as_a_chunk_for_each(said, limit):
    together, apart = Trace(limit=10**6), Trace(limit=10**6)
    bounded = Trace(limit=limit)
    for size, peers in said:
        numbers = range(1, peers + 1)
        together.add_all(">", numbers, b"x" * size)
        bounded.add_all(">", numbers, b"x" * size)
        for number in numbers:
            apart.add(">", number, b"x" * size)

    assert [c[1:] for c in together] == [c[1:] for c in apart]
    assert (len(together), together.size) == (len(apart), apart.size)
    newest = (said[-1][0] + CHUNK_COST) * said[-1][1] if said else 0
    assert sum(len(c.data) + CHUNK_COST for c in bounded) <= max(limit, newest)
    assert len(bounded) + bounded.lost == len(apart)
    assert bounded.size + bounded.lost_bytes == apart.size


def test_what_fell_out_of_an_entry_for_many_is_a_gap_of_each_connection():
    trace = Trace(limit=1)
    trace.peers.update({1: ("a:1", "b:2"), 2: ("a:1", "b:3")})

    trace.add_all(">", [1, 2], b"abc")
    trace.add_all(">", [1, 2], b"de")

    gaps = [row for row in trace.rows() if row.kind is Kind.GAP]
    assert sorted(row.connection for row in gaps) == [1, 2]
    assert (trace.lost, trace.lost_bytes, len(trace)) == (2, 6, 2)


def test_an_entry_for_many_may_be_for_one() -> None:
    trace = Trace(limit=1)
    trace.add_all(">", [1], b"abc")
    trace.add(">", 1, b"de")

    assert trace.since().lost == {(1, ">"): 3}


def test_losses_of_changing_groups_are_counted_for_each_of_their_peers() -> None:
    trace = Trace(limit=1)
    for number in range(2, 30):
        trace.add_all(">", [1, number], b"abc")

    assert trace.since().lost == {(1, ">"): 27 * 3} | {(number, ">"): 3 for number in range(2, 29)}


def test_what_fell_out_is_shown_as_a_gap_and_frames_go_on_after_it():
    trace = Trace(limit=len(HELLO) * 3 + CHUNK_COST * 3)
    trace.peers[1] = ("127.0.0.1:8000", "127.0.0.1:50001")
    trace.add("<", 1, REQUEST)
    trace.add(">", 1, RESPONSE)
    for _ in range(3):
        trace.add("<", 1, HELLO)
    shown = kinds(trace)
    assert Kind.GAP in shown and shown[-3:] == [Kind.FRAME] * 3
    assert f"{len(REQUEST)} " in trace.text() or str(len(REQUEST)) in trace.text()
    assert "fell out" in repr(trace)


def test_connections_that_are_gone_and_forgotten_cost_nothing():
    trace = Trace(limit=2000)
    for number in range(1, 500):
        conversation(trace, number)
    assert len(trace.peers) < 10
    assert len(trace._lost.by_connection()) < 10


def test_clearing_forgets_bytes_and_still_explains_what_comes():
    trace = Trace()
    trace.peers[1] = ("127.0.0.1:8000", "127.0.0.1:50001")
    trace.add("<", 1, REQUEST)
    trace.add(">", 1, RESPONSE)
    trace.clear()
    trace.add("<", 1, HELLO)
    assert kinds(trace)[-1] is Kind.FRAME and trace.data("<") == HELLO


def test_nothing_shown_or_exported_holds_a_secret(tmp_path):
    trace = conversation(Trace())
    bundle = trace._repr_mimebundle_()
    file = trace.pcapng(tmp_path / "trace.pcapng")
    assert "s3cret" not in trace.text() + str(trace) + repr(trace) + bundle["text/plain"]
    assert b"s3cret" not in file.read_bytes()
    assert b"s3cret" in trace.data("<"), "the recording itself is exact"


def test_waiting_returns_when_the_bytes_are_there_and_says_what_was_there_instead():
    trace = conversation(Trace())
    threading.Timer(0.05, trace.add, ("<", 1, HELLO)).start()
    assert trace.wait(lambda t: t.data("<").count(HELLO) == 2, timeout=10) is trace
    with pytest.raises(TimeoutError, match="101 Switching Protocols"):
        trace.wait(lambda t: False, timeout=0.01)


def test_threads_may_record_at_once():
    trace = Trace()
    trace.peers[1] = ("a:1", "b:2")
    threads = [threading.Thread(target=lambda: [trace.add("<", 1, b"xy") for _ in range(500)]) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(trace), trace.size, trace._cost) == (4000, 8000, 4000 * (2 + CHUNK_COST))


def test_the_picture_in_a_notebook_is_bounded_and_says_how_to_see_the_rest():
    trace = Trace()
    for _ in range(100):
        trace.add("<", 1, HELLO)
    html = trace._repr_mimebundle_()["text/html"]
    svg = base64.b64decode(html.partition("base64,")[2].partition('"')[0]).decode()

    assert "… 76 rows are not drawn: only(connection=…) picks rows, print() shows all of them …" in svg
    assert float(svg.partition('height="')[2].partition('"')[0]) < 3000


def test_a_follower_gets_every_chunk_once():
    trace = conversation(Trace())
    first = trace.since()
    trace.add_all(">", [1, 2], b"\x81\x00")
    trace.add("<", 1, HELLO)
    second = trace.since(first.cursor)

    assert [*first.chunks, *second.chunks] == list(trace)
    assert [(c.direction, c.connection) for c in second.chunks] == [(">", 1), (">", 2), ("<", 1)]
    assert trace.since(second.cursor).chunks == []
    assert first.lost == second.lost == {}


@given(
    st.lists(st.tuples(st.sampled_from("<>"), st.integers(1, 3), st.integers(0, 40), st.booleans()), max_size=40),
    st.integers(1, 2000),
)
def test_what_a_follower_misses_it_is_told(said: list[tuple[str, int, int, bool]], limit: int):
    trace, cursor = Trace(limit=limit), 0
    known: dict[tuple[int, str], int] = {}
    for direction, connection, size, looks in [*said, ("<", 1, 0, True)]:
        trace.add(direction, connection, bytes(size))
        if looks:
            chunks, cursor, lost = trace.since(cursor)
            for key, total in lost.items():
                known[key] = max(known.get(key, 0), total)
            for chunk in chunks:
                key = (chunk.connection, chunk.direction)
                known[key] = known.get(key, 0) + len(chunk.data)

    sums: dict[tuple[int, str], int] = {}
    for direction, connection, size, _ in said:
        sums[connection, direction] = sums.get((connection, direction), 0) + size
    assert {key: size for key, size in known.items() if size} == {key: size for key, size in sums.items() if size}


def many(count: int) -> Trace:
    """Return a trace of an open connection with `count` empty frames, all in few chunks."""
    trace = conversation(Trace(limit=2**24))
    trace.clear()
    trace.add("=", 2, b"open 127.0.0.1:50002")
    trace.add("<", 2, REQUEST)
    trace.add(">", 2, RESPONSE)
    trace.add("<", 2, b"\x81\x80\x00\x00\x00\x00" * count)
    return trace


def test_rows_are_the_newest_and_a_first_one_counts_the_others():
    first, *rest = many(ROWS).rows()

    assert (first.kind, first.summary) == (Kind.GAP, "3 older rows are left out here: trace.iter_rows() has all")
    assert len(rest) == ROWS and {row.kind for row in rest} == {Kind.FRAME}


def test_a_reader_chooses_how_many_rows():
    trace = many(5)

    assert [row.kind.value for row in trace.rows(limit=1)] == ["gap", "frame"]
    assert [row.kind.value for row in trace.only(kind="frame").rows(limit=2)] == ["frame"] * 2
    assert (
        trace.text(times=False, limit=5)
        .splitlines()[0]
        .endswith("3 older rows are left out here: trace.iter_rows() has all")
    )
    assert trace.rows(limit=8) == list(trace.iter_rows())


@pytest.mark.parametrize("limit", [0, -1, "10", 2.5, None, True])
def test_a_limit_that_is_no_number_of_rows_gets_a_sentence(limit):
    with pytest.raises((TypeError, ValueError), match="limit is a"):
        many(1).rows(limit=limit)


def test_the_output_of_a_cell_holds_no_more_than_a_page_can_open():
    output = many(ROWS)._repr_mimebundle_()

    assert len(output["text/plain"].splitlines()) < 1010
    assert f"{ROWS - 1000 + 3:,} older rows are left out here" in output["text/plain"]
    assert len(output["text/html"]) < 200_000


@pytest.mark.parametrize("wrong", ["1", ["1"], None.__class__, 1.5])
def test_a_connection_that_is_no_number_is_refused(wrong):
    with pytest.raises(TypeError, match="a connection is a number, such as 1 for #1"):
        Trace().only(connection=wrong)


def test_several_connections_are_taken():
    trace = Trace()
    for number in (1, 2, 3):
        trace.add("<", number, b"x")

    assert {row.connection for row in trace.only(connection={1, 3}).rows()} == {1, 3}


def test_a_direction_that_does_not_exist_is_refused():
    with pytest.raises(ValueError, match="'out' is not one of '<', '>', '='"):
        Trace().data("out")
