"""Game: several players on one board, and a server whose clock decides.

    client                                         server, 20 times a second
      steer(number, dx, dy)  ── may be lost ──►      takes the next steer of each player, moves, collects stars
      moves itself at once                           board {tick, players: {letter: [x, y, score, number, here]}, stars}
                             ◄── may be lost ──
      puts itself where the board says, and repeats the steers after `number` that the server has not seen yet

The server decides where each player is. A client that waited for it would feel slow by one round trip; so it predicts,
and corrects itself with each board. Positions are whole numbers and both sides move by the same rule, `moved`: then a
prediction is either exactly right, or something happened that the client could not know.

A player who loses the connection keeps letter, place and score for 10 seconds, by the key in `auth`.
"""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from livesock import Refused, event
from livesock.demos.words import a_key
from livesock.net.loop.repeat import Repeat
from livesock.net.socketio.namespace import Namespace
from livesock.net.socketio.seat import Socket
from livesock.server import Server

__all__ = ["Game", "Player", "moved"]

WIDTH, HEIGHT = 1600, 900
SPEED = 16
"""How far a player gets in one tick."""

REACH = 40
"""How near a player must be to collect a star, in x and in y."""

TICK = 0.05
"""Seconds of one tick."""

STARS = 12
LETTERS = "ABCDEFGH"
"""One seat each; a peer that comes when all are taken looks on."""

MAX_WAITING = 10
"""Steers of one player that wait for their tick: half a second. More would be a replay, not a game."""

QUIET = 20
"""Ticks between two boards while nothing changes: a board that was dropped is replaced within a second."""


@dataclass(slots=True)
class Player:
    """One seat and its player."""

    letter: str
    key: str
    x: int
    y: int
    score: int = 0
    number: int = 0
    """The last steer that was done."""
    steers: deque[tuple[int, int, int]] = field(default_factory=lambda: deque(maxlen=MAX_WAITING))
    """Steers that wait for their tick; when there are too many, the oldest is dropped."""
    socket: Socket | None = None
    gone_at: float = 0.0
    """When its connection was lost, on the loop's clock; while there is no socket."""


def moved(x: int, y: int, dx: int, dy: int) -> tuple[int, int]:
    """Return where one tick of steering leads to; the board's edge is a wall."""
    return min(max(x + dx * SPEED, 0), WIDTH), min(max(y + dy * SPEED, 0), HEIGHT)


class Game:
    """Answers the namespace of the game."""

    server: Server
    namespace: Namespace[Socket]
    seat_kept = 10.0
    """Seconds for which a seat waits for its player."""

    def __init__(self) -> None:
        self.players: dict[str, Player] = {}  # by key
        self.stars = [_place() for _ in range(STARS)]
        self.tick = 0
        self._beat: Repeat | None = None
        self._shown: list[object] = []  # the last board that was sent
        self._shown_at = 0

    async def on_connect(self, socket: Socket) -> None:
        """Give the peer its seat: the one it had, or a free one, or a place to look on."""
        now = asyncio.get_running_loop().time()
        self._forget(now)
        player = self._seat(a_key(socket.handshake.auth, otherwise=socket.id))
        if player is not None and player.socket is not None:  # the server has not found the old connection dead yet
            player.socket.emit("replaced")
            player.socket.disconnect()
        if player is not None:
            player.socket = socket
            player.steers.clear()
        socket.data["player"] = player
        socket.emit("seat", {"letter": player and player.letter, "number": player.number if player else 0,
                             "width": WIDTH, "height": HEIGHT, "speed": SPEED, "tick": TICK})  # fmt: skip
        socket.emit("board", self.board())
        if self._beat is None or not self._beat.is_running:
            self._beat = self.server.every(TICK, self._step)

    async def on_disconnect(self, socket: Socket, reason: str) -> None:
        """Keep the seat for a while."""
        player = socket.data["player"]
        if player is not None and player.socket is socket:
            player.socket, player.gone_at = None, asyncio.get_running_loop().time()
            player.steers.clear()

    @event("steer")
    async def steer(self, socket: Socket, number: int, dx: int, dy: int) -> None:
        """Note down the player's steer `number` for the next tick that is free. A number counts once."""
        player: Player | None = socket.data["player"]
        if player is None:
            raise Refused("all seats are taken: you look on")
        if dx not in (-1, 0, 1) or dy not in (-1, 0, 1):
            raise Refused("dx and dy are -1, 0 or 1")
        last = player.steers[-1][0] if player.steers else player.number
        if number > last:
            player.steers.append((number, dx, dy))

    def board(self) -> dict[str, Any]:
        """Return the board, as every peer gets it."""
        return {"tick": self.tick, "players": {p.letter: _shown(p) for p in self.players.values()}, "stars": self.stars}

    # -- the clock

    async def _step(self) -> None:
        """Do one tick: one steer of each player, stars, and the board to every peer that can take it now."""
        if self._beat is not None and not self.namespace.members:
            self._beat.stop()
        self.tick += 1
        self._forget(asyncio.get_running_loop().time())
        for player in self.players.values():
            if player.steers:
                player.number, dx, dy = player.steers.popleft()
                player.x, player.y = moved(player.x, player.y, dx, dy)
                self._collect(player)
        board = self.board()
        shown = [board["players"], list(self.stars)]
        if shown != self._shown or self.tick - self._shown_at >= QUIET:
            self._shown, self._shown_at = shown, self.tick
            self.namespace.volatile.emit("board", board)

    def _collect(self, player: Player) -> None:
        for index, (x, y) in enumerate(self.stars):
            if abs(x - player.x) <= REACH and abs(y - player.y) <= REACH:
                player.score += 1
                self.stars[index] = _place()

    # -- seats

    def _seat(self, key: str) -> Player | None:
        if key not in self.players:
            free = _free(player.letter for player in self.players.values())
            if free is None:
                return None
            self.players[key] = Player(free, key, *_place())
        return self.players[key]

    def _forget(self, now: float) -> None:
        """Free the seats of those who did not come back in time."""
        for player in list(self.players.values()):
            if player.socket is None and now - player.gone_at >= self.seat_kept:
                del self.players[player.key]


def _shown(player: Player) -> list[Any]:
    return [player.x, player.y, player.score, player.number, player.socket is not None]


def _free(taken: Iterable[str]) -> str | None:
    used = set(taken)
    return next((letter for letter in LETTERS if letter not in used), None)


def _place() -> tuple[int, int]:
    """A random place that is not under the edge."""
    return random.randrange(60, WIDTH - 60), random.randrange(60, HEIGHT - 60)
