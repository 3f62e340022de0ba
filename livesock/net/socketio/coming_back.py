"""`ComingBack`: where the seats of peers whose connection broke are kept, here or by all servers of a cluster."""

from __future__ import annotations

import asyncio
import secrets
from typing import TYPE_CHECKING, Any, NamedTuple

from livesock.realtime.encoded import Encoded
from livesock.realtime.server.recovery import Recovery, SeatState

if TYPE_CHECKING:
    from livesock.net.socketio.elsewhere import Elsewhere

__all__ = ["ComingBack", "FoundSeat"]


class FoundSeat(NamedTuple):
    """The seat for a peer that asks for a namespace."""

    state: SeatState
    missed: list[Encoded]
    pid: str | None
    """The peer's secret if it has come back; None if the seat is new."""
    auth: Any
    """What the peer sent for the application."""


class ComingBack:
    """Runs on the loop."""

    def __init__(self, seconds: float, elsewhere: Elsewhere | None) -> None:
        self.is_on = seconds > 0
        """Whether a peer may come back at all."""
        self.recovery = Recovery(seconds) if self.is_on and elsewhere is None else None
        self._elsewhere = elsewhere if self.is_on else None

    def takes_time(self, auth: Any) -> bool:
        """Whether the seat has to be asked of the cluster: `look_everywhere` finds it, and `look` does not."""
        return self._elsewhere is not None and isinstance(auth, dict) and "pid" in auth

    def look(self, auth: Any, namespace: str) -> FoundSeat:
        """Return the seat that the peer had, or a new one."""
        if self.recovery is None or not isinstance(auth, dict) or "pid" not in auth:
            return FoundSeat(_new(namespace), [], None, auth)
        now = asyncio.get_running_loop().time()
        found = self.recovery.restore(auth["pid"], auth.get("offset"), namespace, now)
        if found is None:
            return FoundSeat(_new(namespace), [], None, _without(auth))
        return FoundSeat(found[0], [event.event for event in found[1]], auth["pid"], _without(auth))

    async def look_everywhere(self, auth: dict[str, Any], namespace: str) -> FoundSeat:
        """Return the seat that the peer had on any server of the cluster, or a new one."""
        pid, offset = auth["pid"], auth.get("offset")
        found = None
        if self._elsewhere is not None and isinstance(pid, str) and isinstance(offset, str):
            found = await self._elsewhere.restore(pid, offset, namespace)
        if found is None:
            return FoundSeat(_new(namespace), [], None, _without(auth))
        missed = [Encoded.event(namespace, name, tuple(arguments)) for name, *arguments in found[1]]
        return FoundSeat(found[0], missed, pid, _without(auth))

    def save(self, pid: str, state: SeatState) -> None:
        """Remember a seat whose connection broke."""
        if self._elsewhere is not None:
            self._elsewhere.save(pid, state)
        elif self.recovery is not None:
            self.recovery.save(pid, state, asyncio.get_running_loop().time())


def _new(namespace: str) -> SeatState:
    return SeatState(secrets.token_urlsafe(15), namespace, (), {})


def _without(auth: dict[str, Any]) -> dict[str, Any]:
    """Leave out what belongs to the protocol."""
    return {key: value for key, value in auth.items() if key not in ("pid", "offset")}
