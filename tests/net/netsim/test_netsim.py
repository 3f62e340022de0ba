"""Every knob acts, acts while it runs, and never changes a byte."""

from __future__ import annotations

import contextlib
import errno
import gc
import http.client
import http.server
import os
import resource
import select
import socket
import ssl
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator

import pytest
import trustme
from hypothesis import given, settings
from hypothesis import strategies as st

import livesock as ls
from livesock.net.loop import registry
from livesock.net.netsim.netsim import NetSim, netsim
from livesock.net.netsim.pipe import WINDOW, End

DEADLINE = 20.0
"""Seconds after which a test gives up; nothing here needs one."""


class Pair:
    """The two ends of one connection through a simulator."""

    def __init__(self, listener: socket.socket, far: NetSim) -> None:
        self.client = socket.create_connection(("127.0.0.1", far.port), DEADLINE)
        self.server, _ = listener.accept()
        for sock in (self.client, self.server):
            sock.settimeout(DEADLINE)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def close(self) -> None:
        self.client.close()
        self.server.close()


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as sock:
        sock.settimeout(DEADLINE)
        yield sock


@pytest.fixture
def far(listener: socket.socket) -> Iterator[NetSim]:
    with netsim(listener.getsockname()[1]) as sim:
        yield sim


@pytest.fixture
def pair(listener: socket.socket, far: NetSim) -> Iterator[Pair]:
    both = Pair(listener, far)
    yield both
    both.close()


def exactly(sock: socket.socket, count: int) -> bytes:
    data = bytearray()
    while len(data) < count and (more := sock.recv(count - len(data))):
        data += more
    return bytes(data)


def to_the_end(sock: socket.socket) -> bytes:
    """Read until the peer has ended its direction."""
    data = bytearray()
    while more := sock.recv(65_536):
        data += more
    return bytes(data)


def to_the_reset(sock: socket.socket) -> bytes:
    """Read until the connection is reset, and fail if it ends in an orderly way."""
    data = bytearray()
    with pytest.raises(ConnectionResetError):
        while more := sock.recv(65_536):
            data += more
        pytest.fail(f"an orderly end after {data!r:.100}")
    return bytes(data)


def is_silent(sock: socket.socket) -> bool:
    """Return whether nothing has arrived: no byte, no end, no reset."""
    return not select.select([sock], [], [], 0)[0]


def reached(far: NetSim, condition: Callable[[], object]) -> None:
    """Wait until something is true that the simulator's own thread does."""
    far.trace.wait(lambda _: condition(), timeout=DEADLINE)


def settle(far: NetSim) -> None:
    """Let the simulator's thread do everything that it can do now."""
    for _ in range(20):
        far._each(lambda relay: None)


def reset(sock: socket.socket) -> None:
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()


@contextlib.contextmanager
def in_thread(function: Callable[[], object]) -> Iterator[None]:
    thread = threading.Thread(target=function)
    thread.start()
    try:
        yield
    finally:
        thread.join(DEADLINE)


# -- a perfect network


def test_bytes_pass_both_ways_and_are_counted(far, pair):
    pair.client.sendall(b"question")
    assert exactly(pair.server, 8) == b"question"
    pair.server.sendall(b"answer")
    assert exactly(pair.client, 6) == b"answer"

    assert far.counters == (1, 1, 8, 6)
    assert far.trace.data("<") == b"question"
    assert far.trace.data(">") == b"answer"


def test_a_half_close_passes_and_the_other_direction_goes_on(far, pair):
    pair.client.sendall(b"that is all")
    pair.client.shutdown(socket.SHUT_WR)

    assert to_the_end(pair.server) == b"that is all"
    pair.server.sendall(b"thanks")
    pair.server.close()
    assert to_the_end(pair.client) == b"thanks"
    reached(far, lambda: far.counters.connected == 0)
    assert [c.data.split()[0] for c in far.trace if c.direction == "="] == [b"open", b"eof", b"eof", b"closed"]


@pytest.mark.parametrize("who", ["client", "server"])
def test_a_reset_of_one_side_resets_the_other(far, pair, who):
    broken, other = (pair.client, pair.server) if who == "client" else (pair.server, pair.client)

    reset(broken)

    assert to_the_reset(other) == b""
    reached(far, lambda: far.counters.connected == 0)
    assert [c.data for c in far.trace if c.direction == "="][-1] == b"reset"


def test_megabytes_pass_both_ways_at_the_same_time(far, pair):
    there, back = bytes(range(256)) * 12_000, bytes(range(255, -1, -1)) * 12_000
    received: dict[str, bytes] = {}

    def serve() -> None:
        received["server"] = exactly(pair.server, len(there))

    with in_thread(serve), in_thread(lambda: pair.server.sendall(back)), in_thread(lambda: pair.client.sendall(there)):
        received["client"] = exactly(pair.client, len(back))

    assert received == {"server": there, "client": back}


@given(
    chunk=st.none() | st.integers(1, 40),
    jitter=st.sampled_from([0.0, 0.002]),
    there=st.lists(st.binary(min_size=1, max_size=60), max_size=4),
    back=st.lists(st.binary(min_size=1, max_size=60), max_size=4),
)
@settings(max_examples=40, deadline=None)
def test_any_pieces_arrive_as_the_same_bytes_in_the_same_order(chunk, jitter, there, back):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(DEADLINE)
        with netsim(listener.getsockname()[1], chunk=chunk, jitter=jitter) as far:
            pair = Pair(listener, far)
            for piece in there:
                pair.client.sendall(piece)
            for piece in back:
                pair.server.sendall(piece)
            pair.client.shutdown(socket.SHUT_WR)
            pair.server.shutdown(socket.SHUT_WR)

            assert to_the_end(pair.server) == b"".join(there)
            assert to_the_end(pair.client) == b"".join(back)
            pair.close()


# -- time


@pytest.mark.parametrize("knob", ["delay", "jitter"])
def test_bytes_and_the_end_wait_until_the_knob_is_turned_back(far, pair, knob):
    setattr(far, knob, 1e6)
    pair.client.sendall(b"late")
    pair.client.shutdown(socket.SHUT_WR)
    reached(far, lambda: far.counters.from_client == 4)

    assert is_silent(pair.server)
    setattr(far, knob, 0)
    assert to_the_end(pair.server) == b"late"


def test_a_delay_is_waited_for_in_each_direction(far, pair):
    far.delay = 0.05
    began = time.monotonic()

    pair.client.sendall(b"ping")
    pair.server.sendall(exactly(pair.server, 4))
    assert exactly(pair.client, 4) == b"ping"

    assert time.monotonic() - began >= 0.1


def test_opening_a_connection_costs_a_round_trip(listener):
    with netsim(listener.getsockname()[1], delay=0.04) as far:
        began = time.monotonic()
        pair = Pair(listener, far)
        pair.client.sendall(b"x")
        exactly(pair.server, 1)

        assert time.monotonic() - began >= 0.12  # SYN there, SYN ACK back, the byte there
        pair.close()


def test_a_connection_reaches_the_target_only_after_the_delay(listener):
    with netsim(listener.getsockname()[1], delay=1e6) as far:
        client = socket.create_connection(("127.0.0.1", far.port), DEADLINE)
        reached(far, lambda: far.counters.connected)
        assert is_silent(listener)

        far.delay = 0
        server, _ = listener.accept()

        client.close()
        server.close()


def test_the_same_seed_draws_the_same_jitter(listener):
    def draws(seed: int) -> list[float]:
        with netsim(listener.getsockname()[1], jitter=1e6, seed=seed) as far:
            pair = Pair(listener, far)
            for size in (1, 2, 3):
                pair.client.sendall(b"x" * size)
                total = size * (size + 1) // 2
                reached(far, lambda total=total: far.counters.from_client == total)
            (relay,) = far._proxy._relays.values()
            reached(far, lambda: len(relay._pipes["<"]._line) == 3)
            found = [item.luck for item in relay._pipes["<"]._line]
            pair.close()
            return found

    first = draws(7)

    assert draws(7) == first
    assert draws(8) != first
    assert len(set(first)) == 3


def test_a_rate_holds_back_until_it_is_lifted(far, pair):
    far.rate = 50
    data = bytes(range(256)) * 400
    pair.client.sendall(data)
    reached(far, lambda: far.counters.from_client == len(data))
    first = exactly(pair.server, 1)
    assert is_silent(pair.server)

    far.rate = None

    assert first + exactly(pair.server, len(data) - 1) == data


def test_bytes_at_a_rate_take_their_time(far, pair):
    far.rate = 2000
    began = time.monotonic()

    pair.server.sendall(b"x" * 400)

    assert exactly(pair.client, 400) == b"x" * 400
    assert time.monotonic() - began >= 0.19  # 400 of 2000 per second, less one tick of credit


# -- pieces


def test_chunk_cuts_what_goes_out_and_can_change_on_an_open_connection(far, pair):
    far.chunk = 2
    pair.server.sendall(b"abcde")
    assert exactly(pair.client, 5) == b"abcde"

    far.chunk = None
    pair.server.sendall(b"fghij")
    assert exactly(pair.client, 5) == b"fghij"

    assert [c.data for c in far.trace if c.direction == ">"] == [b"ab", b"cd", b"e", b"fghij"]


def test_a_waiting_reader_gets_the_pieces_one_by_one(far, pair):
    far.chunk = 1
    pair.client.sendall(b"12345")

    received = []
    while sum(map(len, received)) < 5:
        received.append(pair.server.recv(100))

    assert b"".join(received) == b"12345"
    assert len(received) > 1


# -- silence


def test_a_black_hole_holds_everything_until_it_ends(far, pair):
    far.black_hole = True
    pair.client.sendall(b"are you there?")
    pair.server.sendall(b"hello?")
    pair.client.shutdown(socket.SHUT_WR)
    reached(far, lambda: any(c.data == b"eof <" for c in far.trace))

    assert is_silent(pair.server)
    assert is_silent(pair.client)
    far.black_hole = False
    assert to_the_end(pair.server) == b"are you there?"
    assert exactly(pair.client, 6) == b"hello?"


def test_a_black_hole_swallows_the_rest_of_what_has_begun_to_arrive(far, pair):
    far.rate = 2000
    pair.client.sendall(b"x" * 2000)
    assert exactly(pair.server, 1) == b"x"
    (relay,) = far._proxy._relays.values()

    far.black_hole = True
    settle(far)
    held = relay._pipes["<"]._held
    far.rate = None
    settle(far)

    assert relay._pipes["<"]._held == held > 0
    far.black_hole = False
    assert exactly(pair.server, 1999) == b"x" * 1999


def test_nobody_learns_of_a_reset_inside_a_black_hole(far, pair):
    far.black_hole = True
    pair.client.sendall(b"x")
    reached(far, lambda: far.counters.from_client == 1)
    reset(pair.client)
    (relay,) = far._proxy._relays.values()
    reached(far, lambda: len(relay._pipes["<"]._line) == 2)

    assert is_silent(pair.server)
    far.black_hole = False
    assert to_the_reset(pair.server) in (b"x", b"")


def test_a_connection_opened_inside_a_black_hole_waits_for_its_end(listener, far):
    far.black_hole = True
    client = socket.create_connection(("127.0.0.1", far.port), DEADLINE)
    client.sendall(b"x")
    reached(far, lambda: far.counters.connected)
    assert is_silent(listener)

    far.black_hole = False
    server, _ = listener.accept()

    assert exactly(server, 1) == b"x"
    client.close()
    server.close()


def test_a_line_that_does_not_move_holds_a_window_and_no_more(far, pair):
    far.black_hole = True
    data = bytes(range(256)) * 2048
    received: list[bytes] = []

    with in_thread(lambda: pair.client.sendall(data)):
        reached(far, lambda: far.counters.from_client == WINDOW)
        (relay,) = far._proxy._relays.values()
        assert relay._pipes["<"]._held == WINDOW
        far.black_hole = False
        received.append(exactly(pair.server, len(data)))

    assert received == [data]


def test_a_slow_reader_slows_the_sender(far, pair):
    pair.client.setblocking(False)
    sent = 0
    with pytest.raises(BlockingIOError):
        while sent < 500 * 2**20:
            sent += pair.client.send(b"x" * 65_536)
            select.select([], [pair.client], [], 0.05)

    assert sent < 100 * 2**20
    assert exactly(pair.server, sent) == b"x" * sent


# -- ends


def test_reset_after_lets_so_many_bytes_pass_and_resets_both_sides(far, pair):
    pair.client.sendall(b"before")
    assert exactly(pair.server, 6) == b"before"

    far.reset_after = 3  # counts from here
    pair.client.sendall(b"abcdef")

    assert to_the_reset(pair.server) == b"abc"
    assert to_the_reset(pair.client) == b""


def test_reset_after_counts_both_directions_together(far, pair):
    far.reset_after = 5
    pair.client.sendall(b"abc")
    assert exactly(pair.server, 3) == b"abc"

    pair.server.sendall(b"defg")

    assert to_the_reset(pair.client) == b"de"


def test_reset_after_holds_for_each_new_connection(listener, far):
    far.reset_after = 2
    for _ in range(2):
        pair = Pair(listener, far)
        pair.client.sendall(b"abc")
        assert to_the_reset(pair.server) == b"ab"
        pair.close()


def test_reset_ends_every_open_connection(listener, far, pair):
    other = Pair(listener, far)

    assert far.reset() == 2

    for sock in (pair.client, pair.server, other.client, other.server):
        assert to_the_reset(sock) == b""
    other.close()


def test_an_idle_connection_is_closed_on_both_sides(far, pair):
    far.idle_timeout = 1e6
    pair.client.sendall(b"x")
    assert exactly(pair.server, 1) == b"x"

    far.idle_timeout = 0.05

    assert to_the_end(pair.client) == to_the_end(pair.server) == b""


def test_the_idle_time_begins_with_the_last_byte(far, pair):
    far.idle_timeout = 0.3
    began = time.monotonic()
    while time.monotonic() - began < 0.6:  # twice as long as it may be idle
        pair.client.sendall(b"x")
        assert exactly(pair.server, 1) == b"x"

    last = time.monotonic()
    assert to_the_end(pair.client) == b""
    assert time.monotonic() - last > 0.15


@pytest.mark.parametrize("direction", ["<", ">"])
def test_half_close_ends_one_direction_behind_the_bytes_under_way(far, pair, direction):
    sender, reader = (pair.client, pair.server) if direction == "<" else (pair.server, pair.client)
    far.delay = 1e6
    sender.sendall(b"last words")
    (relay,) = far._proxy._relays.values()
    reached(far, lambda: relay._pipes[direction]._held == 10)

    assert far.half_close(direction) == 1
    far.delay = 0
    assert to_the_end(reader) == b"last words"

    sender.sendall(b"nobody hears this" * 1_000_000)
    reader.sendall(b"but this")
    assert exactly(sender, 8) == b"but this"


def test_half_close_wants_a_direction_of_the_trace(far):
    with pytest.raises(ValueError, match='"<" \\(from the clients\\)'):
        far.half_close("client")


# -- HTTP


UPGRADE = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"


def test_the_upgrade_is_blocked_and_let_through_while_it_runs(far, pair):
    far.block_upgrade = True
    for byte in UPGRADE:
        pair.client.sendall(bytes([byte]))
    assert exactly(pair.server, 27) == b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"

    far.block_upgrade = False
    pair.client.sendall(UPGRADE)
    assert exactly(pair.server, len(UPGRADE)) == UPGRADE
    assert far.trace.data("<") == UPGRADE * 2  # the trace holds what the client sent


def test_fifty_requests_of_a_keep_alive_client_are_one_connection():
    class Page(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # head and body in one write

        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, *args: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page) as server, in_thread(server.serve_forever):
        with netsim(server.server_address[1], block_upgrade=True) as far:
            client = http.client.HTTPConnection("127.0.0.1", far.port, timeout=DEADLINE)
            for _ in range(50):
                client.request("GET", "/")
                assert client.getresponse().read() == b"ok"
            client.close()

            assert far.counters.accepted == 1
        server.shutdown()


def test_tls_passes_untouched(listener):
    authority = trustme.CA()
    ours, theirs = ssl.create_default_context(), ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.configure_trust(ours)
    authority.issue_cert("127.0.0.1").configure_cert(theirs)

    def serve() -> None:
        sock, _ = listener.accept()
        with theirs.wrap_socket(sock, server_side=True) as secure:
            secure.sendall(secure.recv(100).upper())

    with in_thread(serve), netsim(f"wss://127.0.0.1:{listener.getsockname()[1]}", block_upgrade=True, chunk=50) as far:
        plain = socket.create_connection(("127.0.0.1", far.port), DEADLINE)
        with ours.wrap_socket(plain, server_hostname="127.0.0.1") as secure:
            secure.sendall(b"secret")
            assert secure.recv(100) == b"SECRET"
            assert secure.getpeercert()

        assert far.url() == f"wss://127.0.0.1:{far.port}/"
        assert b"secret" not in far.trace.data("<")


# -- the target


def knock_in_vain(far: NetSim) -> None:
    """Connect and be reset, while connecting or right after."""
    with pytest.raises(ConnectionResetError), socket.create_connection(("127.0.0.1", far.port), DEADLINE) as client:
        client.recv(1)
        pytest.fail("an orderly end")


def test_a_client_is_reset_and_told_why_when_the_target_is_gone(free_port):
    with netsim(free_port) as far:
        knock_in_vain(far)

        reached(far, lambda: far.errors)
        assert isinstance(far.errors[0], ConnectionRefusedError)
        assert f"127.0.0.1:{free_port}" in far.errors[0].__notes__[0]


def test_a_target_that_comes_back_is_found_again(free_port):
    with netsim(free_port) as far:
        knock_in_vain(far)

        with socket.create_server(("127.0.0.1", free_port)) as listener:
            listener.settimeout(DEADLINE)
            pair = Pair(listener, far)
            pair.client.sendall(b"x")
            assert exactly(pair.server, 1) == b"x"
            pair.close()


def test_what_the_server_said_before_it_left_still_arrives(far, pair):
    far.rate = 200
    pair.server.sendall(b"goodbye " * 1000)
    pair.server.close()
    pair.client.sendall(b"still talking")  # meets a closed port on the other side
    (relay,) = far._proxy._relays.values()
    reached(far, lambda: relay._pipes["<"].end is End.BROKEN)

    far.rate = None

    assert exactly(pair.client, 8000) == b"goodbye " * 1000
    reached(far, lambda: far.counters.connected == 0)
    with contextlib.suppress(ConnectionResetError):
        assert pair.client.recv(1) == b""
    assert [c.data for c in far.trace if c.direction == "="][-1] == b"reset"


def test_an_unknown_host_is_an_error_at_once():
    with pytest.raises(OSError):
        netsim(("no-such-host.invalid", 80))

    assert registry.running("netsim") == {}


# -- the life of a simulator


@pytest.mark.parametrize(
    ("knob", "value", "error", "says"),
    [
        ("delay", -0.1, ValueError, "0 or more seconds, not -0.1"),
        ("delay", float("nan"), ValueError, "finite"),
        ("delay", float("inf"), ValueError, "black_hole"),
        ("delay", "0.1", TypeError, "not '0.1' (str)"),
        ("delay", None, TypeError, "number of seconds"),
        ("jitter", True, TypeError, "not True (bool)"),
        ("jitter", -1, ValueError, "0 or more"),
        ("rate", 0, ValueError, "black_hole = True"),
        ("rate", float("nan"), ValueError, "finite"),
        ("rate", "fast", TypeError, "bytes per second"),
        ("chunk", 0, ValueError, "1 or more bytes"),
        ("chunk", 1.0, TypeError, "whole number of bytes"),
        ("chunk", True, TypeError, "whole number"),
        ("black_hole", 1, TypeError, "True or False, not 1 (int)"),
        ("reset_after", -1, ValueError, "0 or more bytes"),
        ("reset_after", "3", TypeError, "whole number"),
        ("idle_timeout", 0, ValueError, "more than 0 seconds"),
        ("idle_timeout", float("-inf"), ValueError, "finite"),
        ("block_upgrade", None, TypeError, "True or False"),
    ],
)
def test_a_knob_that_cannot_be_is_refused_at_once_and_changes_nothing(far, knob, value, error, says):
    before = getattr(far, knob)

    for turn in (lambda: setattr(far, knob, value), lambda: netsim(far.port, **{knob: value})):
        with pytest.raises(error) as caught:
            turn()
        assert says in str(caught.value)
        assert knob in str(caught.value)

    assert getattr(far, knob) == before
    assert list(registry.running("netsim").values()) == [far]


def test_a_misspelt_knob_is_an_error(far):
    with pytest.raises(AttributeError, match="dealy"):
        far.dealy = 1


def test_the_same_target_again_replaces_the_old_simulator(listener, far, pair):
    with netsim(listener.getsockname()[1]) as again:
        assert not far.is_running
        assert to_the_end(pair.client) == to_the_end(pair.server) == b""
        assert registry.running("netsim") == {again.name: again}


def test_two_names_are_two_simulators(listener):
    port = listener.getsockname()[1]
    with netsim(port, name="near") as near, netsim(port, name="far", delay=0.2) as far:
        assert near.is_running and far.is_running
        assert near.port != far.port


def test_stopping_everything_stops_it_and_a_second_stop_does_nothing(far, pair):
    registry.stop_everything()

    assert not far.is_running
    assert to_the_end(pair.client) == to_the_end(pair.server) == b""
    far.stop()
    assert far.reset() == 0
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", far.port))


def test_it_stops_with_connections_in_every_state(listener, far, pair):
    far.black_hole = True
    waiting = socket.create_connection(("127.0.0.1", far.port), DEADLINE)
    pair.client.sendall(b"x" * 1000)
    reached(far, lambda: far.counters == (2, 2, 1000, 0))

    far.stop()

    assert far.counters.connected == 0
    waiting.close()


def test_who_is_accepted_in_the_moment_of_a_stop_is_not_forgotten():
    with socket.create_server(("127.0.0.1", 0), backlog=200) as target:
        for _ in range(100):
            with netsim(target.getsockname()[1]) as far:
                late = socket.create_connection(("127.0.0.1", far.port), DEADLINE)
            assert far.counters.connected == 0
            late.close()
    gc.collect()  # a socket that nobody has closed is reported here, and a report is an error


def test_many_connections_opened_and_dropped_leave_nothing(far, listener):
    for _ in range(200):
        socket.create_connection(("127.0.0.1", far.port), DEADLINE).close()
        listener.accept()[0].close()

    reached(far, lambda: far.counters[:2] == (200, 0))


def test_without_free_descriptors_it_waits_and_goes_on(far, listener):
    waiting = socket.socket()
    waiting.settimeout(DEADLINE)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    lowest = os.dup(0)
    os.close(lowest)
    resource.setrlimit(resource.RLIMIT_NOFILE, (lowest, hard))
    try:
        waiting.connect(("127.0.0.1", far.port))
        reached(far, lambda: far.errors)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))

    waiting.sendall(b"x")
    server, _ = listener.accept()
    assert exactly(server, 1) == b"x"
    assert far.errors[0].errno == errno.EMFILE
    waiting.close()
    server.close()


def test_a_forked_child_leaves_the_port_to_its_parent():
    program = """if True:
        import os, socket, warnings
        warnings.simplefilter("ignore")  # about forking with threads, which is what is tried here
        from livesock.net.netsim.netsim import netsim
        listener = socket.create_server(("127.0.0.1", 0))
        far = netsim(listener.getsockname()[1])
        if (child := os.fork()) == 0:
            os._exit(far._listener.fileno() != -1)
        assert os.waitpid(child, 0)[1] == 0
        with socket.create_connection(("127.0.0.1", far.port)) as client:
            listener.accept()[0].sendall(b"served by the parent")
            print(client.recv(100).decode())
        far.stop()
    """

    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=DEADLINE)

    assert (answer.stdout, answer.stderr) == ("served by the parent\n", "")


def test_the_address_holds_the_token_of_a_server_that_asks_for_one():
    with ls.serve("guarded", host="0.0.0.0") as server, netsim(server.url("/").replace("0.0.0.0", "127.0.0.1")) as far:
        token = server.url("/").partition("?")[2]
        server.websocket("/echo")(hello)

        assert far.url("/echo").endswith(f"/echo?{token}") and far.url("/echo?x=1").endswith(f"/echo?x=1&{token}")
        assert token not in repr(far)
        with ls.connect(far.url("/echo")) as ws:
            assert ws.recv(timeout=DEADLINE) == "hello"


async def hello(ws):
    await ws.send("hello")


def test_it_says_what_it_is(far, listener):
    far.delay = 0.5

    assert repr(far) == (
        f"<NetSim 'netsim-{listener.getsockname()[1]}': ws://127.0.0.1:{far.port}/ in front of "
        f"127.0.0.1:{listener.getsockname()[1]}, delay=0.5, 0 connections>"
    )
    assert far.url("/echo", "http") == f"http://127.0.0.1:{far.port}/echo"
    far.stop()
    assert "stopped" in repr(far)
