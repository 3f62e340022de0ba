"""14.Router: which functions answer whom. A namespace has members and gateways, and a question has one answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from livesock.learn.checking.outcome import plain
from livesock.learn.exercise import Solution
from livesock.lessons.lesson14.rooms import Step

__all__ = ["Router", "trial"]


class Router:
    """The namespaces of a server, their gateways and their members."""

    def __init__(self) -> None:
        self._gateways: dict[str, list[dict[str, Any]]] = {"/": []}
        self._members: set[tuple[str, str]] = set()

    def register(self, namespace: str, handlers: dict[str, Any]) -> None:
        """Add a gateway, a dict from event to function; `point` and `/point` are one name."""
        name = namespace if namespace.startswith("/") else f"/{namespace}"
        self._gateways.setdefault(name, []).append(handlers)

    def connect(self, member: str, namespace: str) -> None:
        """Let `member` into `namespace`, and into no other; LookupError if the server does not have it."""
        if namespace not in self._gateways:
            raise LookupError("Invalid namespace")
        self._members.add((member, namespace))

    def disconnect(self, member: str, namespace: str) -> None:
        """Let `member` go from `namespace`; no harm is done if it is not in."""
        self._members.discard((member, namespace))

    def dispatch(self, member: str, namespace: str, event: str, *arguments: object) -> list[object]:
        """Run every function of the event; return the answer as a list of one value, or an empty list."""
        if (member, namespace) not in self._members:
            raise LookupError(f"{member} is not in {namespace}")
        answers: list[object] = []
        for handlers in self._gateways[namespace]:
            if event in handlers:
                try:
                    answers.append(handlers[event](*arguments))
                except Exception:
                    continue
        return [answer for answer in answers if answer is not None][:1]


def behave(name: str, log: list[Any]) -> Callable[..., Any]:
    """Return a function that writes down its call and returns its name, or does what its name says."""

    def function(*arguments: Any) -> Any:
        log.append((name, *arguments))
        if name.startswith("raises"):
            raise ValueError(name)
        return {"None": None, "0": 0, "False": False, "''": ""}.get(name.partition(" ")[0], name)

    return function


def trial(solution: Solution, steps: list[Step]) -> list[Any]:
    """Take the steps; return for each dispatch and connect what came and who ran. Another router must not disturb."""
    other, router = solution(), solution()
    came: list[Any] = []
    ran: list[Any] = []
    other.register("/other", {"ping": behave("other", ran)})
    for name, *arguments in steps:
        if name == "register":
            namespace, handlers = arguments
            router.register(namespace, {event: behave(who, ran) for event, who in handlers.items()})
            continue
        ran.clear()
        try:
            answer = plain(getattr(router, name)(*arguments))
        except LookupError:
            if name == "disconnect":
                raise
            answer = "LookupError"
        if name == "dispatch":
            came.append((answer, "ran:", *(" ".join(map(str, call)) for call in ran)))
        elif name == "connect" and answer == "LookupError":
            came.append("no such namespace")
    return came
