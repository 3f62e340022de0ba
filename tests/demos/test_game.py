"""The game: the server's board is the truth, every player sees the same one, and a seat waits for its player."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import livesock as ls
from livesock.demos import Game
from livesock.demos.game import HEIGHT, LETTERS, MAX_WAITING, SPEED, WIDTH, moved
from livesock.server import Server
from tests.demos.peer import Peer
from tests.peers import eventually


class Watched(Game):
    """A game that a test can look at."""

    latest: Game

    def __init__(self) -> None:
        super().__init__()
        Watched.latest = self


class Hasty(Watched):
    seat_kept = 0.2


@pytest.fixture
def server() -> Iterator[Server]:
    with ls.serve("game") as server:
        server.gateway("/game")(Watched)
        yield server
        assert [error for error in server.errors if not error.is_refusal] == []


def seated(server: Server, key: str | None = None) -> tuple[Peer, dict[str, Any]]:
    peer = Peer(server, "/game", {"key": key} if key else None)
    return peer, peer.wait("seat")[1]


def is_here(board: dict[str, Any], letter: str) -> object:
    """Return whether the player is connected; None before it ever was."""
    return board["players"][letter][4] if letter in board["players"] else None


def test_steers_move_a_player_by_one_step_each_and_number_by_number(server: Server) -> None:
    peer, seat = seated(server)
    with peer:
        x, y, *_ = peer.wait("board")[1]["players"]["A"]
        steers = [(1, 0), (1, 1), (0, 1), (-1, 0), (0, 0), (1, -1)]
        for number, (dx, dy) in enumerate(steers, 1):
            peer.emit("steer", number, dx, dy)
            x, y = moved(x, y, dx, dy)
        peer.emit("steer", 2, 1, 1)  # an old number: not done again

        board = peer.wait("board", lambda board: board["players"]["A"][3] == len(steers))[1]

        assert board["players"]["A"][:2] == [x, y]
        assert seat["speed"] == SPEED


def test_two_players_agree_on_the_final_board(server: Server) -> None:
    (one, _), (two, _) = seated(server), seated(server)
    with one, two:
        for number in range(1, 31):
            one.emit("steer", number, 1, -1)
            two.emit("steer", number, -1, 1)
        last = [peer.wait("board", lambda b: all(p[3] == 30 for p in b["players"].values()))[1] for peer in (one, two)]
        tick = max(board["tick"] for board in last)

        final = [peer.wait("board", lambda board: board["tick"] >= tick)[1] for peer in (one, two)]

        assert final[0]["players"] == final[1]["players"] == last[0]["players"] == last[1]["players"]
        assert final[0]["stars"] == final[1]["stars"]
        assert all(a["tick"] < b["tick"] for peer in (one, two) for a, b in pairwise(peer.all("board")[1:]))


def test_who_comes_back_has_the_same_seat_place_and_score(server: Server) -> None:
    other, _ = seated(server)
    with other:
        old, seat = seated(server, key="the key of B")
        old.emit("steer", 1, 1, 1)
        before = old.wait("board", lambda board: board["players"]["B"][3] == 1)[1]["players"]["B"]
        old.cut()
        other.wait("board", lambda board: is_here(board, "B") is False)
        back, again = seated(server, key="the key of B")
        with back:
            assert again == seat | {"number": 1}
            assert back.wait("board")[1]["players"]["B"] == before
            other.wait("board", lambda board: is_here(board, "B") is True)


def test_who_comes_back_before_the_old_connection_was_found_dead_takes_its_seat(server: Server) -> None:
    old, seat = seated(server, key="the key of A")
    with old:
        new, again = seated(server, key="the key of A")
        with new:
            old.wait("replaced")
            old.wait("sent away")
            new.emit("steer", 1, 0, 1)
            board = new.wait("board", lambda board: board["players"]["A"][3] == 1)[1]

            assert again["letter"] == seat["letter"] == "A"
            assert list(board["players"]) == ["A"]


def test_a_seat_is_free_again_when_nobody_came_back_in_time() -> None:
    with ls.serve("hasty") as server:
        server.gateway("/game")(Hasty)
        gone, _ = seated(server, key="the key of A")
        other, seat = seated(server)
        with other:
            gone.cut()
            other.wait("board", lambda board: list(board["players"]) == ["B"])
            new, taken = seated(server)
            with new:
                assert (seat["letter"], taken["letter"]) == ("B", "A")


def test_the_ninth_player_looks_on(server: Server) -> None:
    peers = [seated(server) for _ in LETTERS]
    watcher, seat = seated(server)
    with watcher:
        assert [given["letter"] for _, given in peers] == list(LETTERS)
        assert seat["letter"] is None
        assert len(watcher.wait("board")[1]["players"]) == len(LETTERS)
        assert "look on" in watcher.call("steer", 1, 1, 0)["message"]
    for peer, _ in peers:
        peer.close()


@pytest.mark.parametrize("steer", [(1, 2, 0), (1, 0, -5), (1, 0.5, 0), ("1", 0, 0), (1, True, 0), (1, 0), (1, 0, 0, 0)])
def test_a_steer_that_is_none_is_refused(server: Server, steer: tuple[object, ...]) -> None:
    peer, _ = seated(server)
    with peer:
        assert peer.call("steer", *steer)["status"] == "error"


def test_a_flood_of_steers_moves_nobody_faster_and_waits_nowhere(server: Server) -> None:
    peer, _ = seated(server)
    with peer:
        boards = []
        for number in range(1, 501):
            peer.emit("steer", number, 1, 0)
        player = next(iter(Watched.latest.players.values()))
        eventually(lambda: player.number == 500, "the last steer is done")
        peer.wait("board", lambda board: board["players"]["A"][3] == 500)
        boards = [board["players"]["A"][0] for board in peer.all("board")]

        assert player.steers.maxlen == MAX_WAITING
        assert all(abs(b - a) <= SPEED for a, b in pairwise(boards[1:]))


def test_the_clock_runs_while_somebody_plays_and_ends_with_the_server(server: Server) -> None:
    game = Watched.latest
    peer, _ = seated(server)
    with peer:
        beat = game._beat
        assert beat is not None and beat.is_running
    eventually(lambda: not beat.is_running, "the clock stops")
    again, _ = seated(server)
    beat = game._beat
    assert beat.is_running
    server.stop()
    again.close()
    assert not beat.is_running


@given(st.integers(0, WIDTH), st.integers(0, HEIGHT), st.sampled_from((-1, 0, 1)), st.sampled_from((-1, 0, 1)))
def test_a_move_stays_on_the_board_and_goes_no_further_than_a_step(x: int, y: int, dx: int, dy: int) -> None:
    nx, ny = moved(x, y, dx, dy)

    assert 0 <= nx <= WIDTH and 0 <= ny <= HEIGHT
    assert abs(nx - x) <= SPEED and abs(ny - y) <= SPEED
