"""The upgrade is taken out of requests, and out of nothing else."""

from __future__ import annotations

from itertools import pairwise

import h11
import pytest
from hypothesis import given
from hypothesis import strategies as st

from livesock.net.netsim.upgrades import MAX_HEAD, UpgradeFilter

UPGRADE = (
    b"GET /echo HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade, X-Hop\r\n"
    b"X-Hop: 1\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
STRIPPED = (
    b"GET /echo HTTP/1.1\r\nHost: x\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
PLAIN = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: keep-alive\r\n\r\n"
POST = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 19\r\n\r\nUpgrade: websocket\n"
CHUNKED = (
    b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"13;a=b\r\nUpgrade: websocket\n\r\n4\r\n\r\n\r\n\r\n0\r\nTrailer: 1\r\n\r\n"
)
ONCE = {
    "before": b"",
    "after a request": PLAIN,
    "after a body": POST,
    "after a chunked body": CHUNKED,
    "after all": PLAIN + CHUNKED + POST,
}


def cut(data: bytes, places: list[int]) -> list[bytes]:
    edges = sorted({0, len(data), *(place % (len(data) + 1) for place in places)})
    return [data[start:stop] for start, stop in pairwise(edges)]


def filtered(pieces: list[bytes], *, block: bool = True) -> bytes:
    upgrades = UpgradeFilter()
    return b"".join(upgrades.feed(piece, block=block) for piece in [*pieces, b""])


@pytest.mark.parametrize("before", ONCE.values(), ids=ONCE)
@given(places=st.lists(st.integers(0, 2000), max_size=8))
def test_the_upgrade_goes_wherever_the_bytes_are_cut_and_whatever_came_before(before, places):
    assert filtered(cut(before + UPGRADE + PLAIN, places)) == before + STRIPPED + PLAIN


def test_a_byte_at_a_time_is_still_a_request():
    data = CHUNKED + UPGRADE + POST + UPGRADE

    assert filtered([data[i : i + 1] for i in range(len(data))]) == CHUNKED + STRIPPED + POST + STRIPPED


def test_h11_reads_the_stripped_request_as_an_ordinary_one():
    server = h11.Connection(h11.SERVER)
    server.receive_data(filtered([UPGRADE]))

    request = server.next_event()

    assert isinstance(request, h11.Request)
    assert not {b"upgrade", b"connection", b"x-hop"} & {name for name, _ in request.headers}
    assert isinstance(server.next_event(), h11.EndOfMessage)


@given(data=st.binary(max_size=200), places=st.lists(st.integers(0, 200), max_size=5))
def test_without_block_every_byte_passes_at_once(data, places):
    upgrades = UpgradeFilter()

    for piece in cut(data, places):
        assert upgrades.feed(piece, block=False) == piece


@given(
    st.lists(st.sampled_from([PLAIN, POST, CHUNKED, b"\r\n"]) | st.binary(max_size=50), max_size=6),
    st.lists(st.integers(0, 2000), max_size=5),
)
def test_nothing_is_lost_of_what_is_no_upgrade(parts, places):
    data = b"".join(parts)

    assert filtered(cut(data, places)) == data


@pytest.mark.parametrize(
    "data",
    [
        b"\x16\x03\x01\x02\x00\x01\x00Upgrade: x\r\n\r\n",
        b"hello\r\nUpgrade: websocket\r\n\r\n",
        b"CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n" + UPGRADE,
        b"POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n" + UPGRADE,
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n" + UPGRADE,
        b"GET / HTTP/1.1\r\nX: " + b"x" * MAX_HEAD + b"\r\nUpgrade: websocket\r\n",
    ],
    ids=["TLS", "not HTTP", "a tunnel", "a bad length", "a bad chunk", "an endless head"],
)
def test_what_cannot_be_followed_passes_as_it_is(data):
    assert filtered([data]) == data


def test_bytes_that_are_no_request_are_not_held_back():
    assert UpgradeFilter().feed(b"hello", block=True) == b"hello"


def test_a_completed_upgrade_ends_the_following():
    upgrades = UpgradeFilter()
    upgrades.feed(UPGRADE, block=False)

    assert upgrades.feed(UPGRADE, block=True) == UPGRADE


def test_a_head_that_has_begun_to_pass_is_not_changed():
    upgrades = UpgradeFilter()
    first = upgrades.feed(UPGRADE[:40], block=False)

    assert first + upgrades.feed(UPGRADE[40:], block=True) == UPGRADE


def test_a_held_head_goes_on_when_the_block_is_lifted_or_the_client_ends():
    lifted, ended = UpgradeFilter(), UpgradeFilter()

    assert lifted.feed(UPGRADE[:40], block=True) == ended.feed(UPGRADE[:40], block=True) == b""
    assert lifted.feed(UPGRADE[40:50], block=False) == UPGRADE[:50]
    assert ended.feed(b"", block=True) == UPGRADE[:40]
