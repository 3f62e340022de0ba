"""`Desk`: the learner's `Rooms` and `Router` behind a real WebSocket, ours where one is not written yet.

42/point,0["wave"]  ──►  router.dispatch(member, "/point", "wave", member)  ──►  43/point,0[…]      the answer
                                    └─ your function: desk.emit(others, …)  ──►  42/point,["waved"] to each of them
"""

import itertools
from collections.abc import Callable, Iterable
from typing import Any

from livesock.learn.whose import is_own
from livesock.lessons.lesson10.sio_decode import sio_decode
from livesock.lessons.lesson10.sio_encode import sio_encode
from livesock.lessons.lesson11 import rooms as ours_of_rooms
from livesock.lessons.lesson11 import router as ours_of_router

__all__ = ["Desk"]

OPEN = '0{"sid":"me","upgrades":[],"pingInterval":25000000,"pingTimeout":20000,"maxPayload":1000000}'
"""A session that is hardly ever asked for a sign of life: this server sends no ping."""

CONNECT, DISCONNECT, EVENT, ANSWER, REFUSED = range(5)


class Desk:
    """Serves WebSockets. `str(desk)` says of each class whose it is; one that raises is used, and seen failing."""

    def __init__(self, rooms: Callable[[], Any], router: Callable[[], Any]) -> None:
        are_mine, is_mine = is_own(rooms, lambda: try_rooms(rooms())), is_own(router, lambda: try_router(router()))
        self.rooms = rooms() if are_mine else ours_of_rooms.Rooms()
        self.router = router() if is_mine else ours_of_router.Router()
        self._whose = {"Rooms": are_mine, "Router": is_mine}
        self._sockets: dict[str, Any] = {}
        self._waiting: list[tuple[str, str]] = []
        self._mistakes: list[Exception] = []
        self._numbers = itertools.count(1)

    def gateway(self, namespace: str, handlers: dict[str, Callable[..., Any]]) -> None:
        """Register functions with the router. What one raises ends the connection, for the router passes over it."""
        self.router.register(namespace, {name: self._noting(handler) for name, handler in handlers.items()})

    def _noting(self, handler: Callable[..., Any]) -> Callable[..., Any]:
        def run(*arguments: Any) -> Any:
            try:
                return handler(*arguments)
            except Exception as exc:
                self._mistakes.append(exc)
                raise

        return run

    def emit(self, members: Iterable[str], namespace: str, name: str, *arguments: Any) -> None:
        """Send an event to each of the members, when the function that calls this has returned."""
        packet = sio_encode(EVENT, namespace, [name, *arguments])
        self._waiting += [(member, packet) for member in members]

    async def serve(self, ws: Any) -> None:
        """Speak with one client until it goes: it is a new member, and leaves its rooms and namespaces at the end."""
        member, joined = f"member {next(self._numbers)}", set[str]()
        self._sockets[member] = ws
        try:
            await ws.send(OPEN)
            async for message in ws:
                kind, namespace, data, number = sio_decode(message)
                for packet in self._take(member, joined, kind, namespace, data, number):
                    await ws.send(packet)
                await self._flush()
        finally:
            del self._sockets[member]
            self.rooms.leave_all(member)
            for namespace in joined:
                self.router.disconnect(member, namespace)

    def _take(
        self, member: str, joined: set[str], kind: int, namespace: str, data: Any, number: int | None
    ) -> list[str]:
        """Let the router take one packet; return the packets that answer it."""
        if kind == CONNECT:
            try:
                self.router.connect(member, namespace)
            except LookupError as exc:
                return [sio_encode(REFUSED, namespace, {"message": str(exc)})]
            joined.add(namespace)
            return [sio_encode(CONNECT, namespace, {"sid": member})]
        if kind == DISCONNECT:
            self.router.disconnect(member, namespace)
        if kind != EVENT:
            return []
        answers = self.router.dispatch(member, namespace, data[0], member, *data[1:])
        if self._mistakes:
            raise self._mistakes.pop()
        return [] if number is None else [sio_encode(ANSWER, namespace, [one], number) for one in answers]

    async def _flush(self) -> None:
        waiting, self._waiting = self._waiting, []
        for member, packet in waiting:
            if member in self._sockets:
                await self._sockets[member].send(packet)

    def __str__(self) -> str:
        return ", ".join(f"{name}: {'yours' if is_mine else 'ours'}" for name, is_mine in self._whose.items())

    def __repr__(self) -> str:
        return str(self)


def try_rooms(rooms: Any) -> None:
    """Call every method once: a stub raises NotImplementedError."""
    rooms.join("ann", "red")
    rooms.rooms_of("ann"), rooms.names(), rooms.targets(["red"])
    rooms.leave("ann", "red")
    rooms.leave_all("ann")


def try_router(router: Any) -> None:
    """Call every method once: a stub raises NotImplementedError."""
    router.register("/", {})
    router.connect("ann", "/")
    router.dispatch("ann", "/", "ping")
    router.disconnect("ann", "/")
