"""The ticker: prices never go back in time, a slow peer stays current, and the market closes with its last peer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import livesock as ls
from livesock.demos import Ticker
from livesock.demos.ticker import SYMBOLS, Market
from livesock.server import Server
from tests.demos.peer import Peer
from tests.peers import eventually


class Shown:
    """The gateway that a server made, so that a test can look at it."""

    latest: Ticker


@pytest.fixture
def server() -> Iterator[Server]:
    class Watched(Ticker):
        def __init__(self) -> None:
            super().__init__()
            Shown.latest = self

    with ls.serve("ticker") as server:
        server.gateway("/ticker")(Watched)
        yield server
        assert [error for error in server.errors if not error.is_refusal] == []


def ticks(batches: list[dict[str, Any]]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {symbol: [] for symbol in SYMBOLS}
    for batch in batches:
        for symbol, _, tick in batch["prices"]:
            found[symbol].append(tick)
    return found


def test_who_comes_late_gets_the_whole_market_at_once(server: Server) -> None:
    with Peer(server, "/ticker") as early, Peer(server, "/ticker") as late:
        early.call("watch")
        early.wait("prices", lambda batch: batch["tick"] > 1000)

        snapshot = late.call("watch")

        assert sorted(symbol for symbol, _, _ in snapshot["prices"]) == sorted(SYMBOLS)
        assert snapshot["tick"] > 1000


def test_no_price_goes_back_in_time_nor_comes_twice_also_over_a_cut(server: Server) -> None:
    with Peer(server, "/ticker"):  # somebody else keeps the market open
        batches: list[dict[str, Any]] = []
        for _ in range(3):
            with Peer(server, "/ticker") as peer:
                snapshot = peer.call("watch")
                goal = snapshot["tick"] + 1500
                peer.wait("prices", lambda batch, goal=goal: batch["tick"] > goal)
                found = ticks([snapshot, *peer.all("prices")])
                assert all(one == sorted(set(one)) for one in found.values())
                batches += [snapshot, *peer.all("prices")]
                peer.cut()

    assert all(one == sorted(one) for one in ticks(batches).values())
    assert len({batch["epoch"] for batch in batches}) == 1


def test_a_peer_that_does_not_answer_gets_one_batch_and_then_the_newest(server: Server) -> None:
    with Peer(server, "/ticker", answers=False) as slow, Peer(server, "/ticker") as fast:
        slow.call("watch")
        fast.call("watch")
        first = slow.wait("prices")[1]
        fast.wait("prices", lambda batch: batch["tick"] > first["tick"] + 3000)

        assert len(slow.all("prices")) == 1
        assert len(fast.all("prices")) > 3
        slow.go_on()
        second = slow.wait("prices")[1]

        assert second["tick"] > first["tick"] + 3000
        assert all(tick > first["tick"] for _, _, tick in second["prices"])


def test_asking_twice_does_not_feed_twice(server: Server) -> None:
    with Peer(server, "/ticker", answers=False) as peer:
        for _ in range(5):
            peer.call("watch")
        with Peer(server, "/ticker") as other:
            tick = other.call("watch")["tick"]
            other.wait("prices", lambda batch: batch["tick"] > tick + 2000)

        assert len(peer.all("prices")) == 1


def test_the_market_opens_with_the_first_peer_and_closes_with_the_last(server: Server) -> None:
    ticker = Shown.latest
    assert ticker._beat is None
    with Peer(server, "/ticker") as one:
        beat = ticker._beat
        assert beat is not None and beat.is_running
        with Peer(server, "/ticker"):
            pass
        tick = one.call("watch")["tick"]
        one.wait("prices", lambda batch: batch["tick"] > tick)
    eventually(lambda: not beat.is_running, "the market closes")

    with Peer(server, "/ticker") as again:
        tick = again.call("watch")["tick"]
        again.wait("prices", lambda batch: batch["tick"] > tick)


def test_a_market_gives_what_is_newer_than_a_tick_and_nothing_else() -> None:
    market = Market(seed=1)
    for _ in range(50):
        market.tick()
    before = dict(market.last)
    for _ in range(5):
        market.tick()

    newer = market.since(50)

    assert {symbol for symbol, _, _ in newer} == {s for s in SYMBOLS if market.last[s] != before[s]}
    assert all(50 < tick <= 55 for _, _, tick in newer)
    assert len(market.since(-1)) == len(SYMBOLS)
    assert market.since(55) == []
    assert all(price >= 100 for price, _ in market.last.values())
