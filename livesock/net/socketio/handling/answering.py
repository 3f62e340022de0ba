"""Who speaks where, in a server with gateways.

`OfTheOneThatAnswers` is `self.server` and `self.namespace` of a gateway, in which only one object answers peers.
`warn_of_empty_main` warns of a server that speaks to a `/` without sockets, as `this.server` of NestJS never does.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from livesock.advice.spelled import caller, spelled
from livesock.net.loop.habits import warn

__all__ = ["OfTheOneThatAnswers", "not_for_another", "own_namespace", "warn_of_empty_main"]


def warn_of_empty_main(namespaces: Mapping[str, Any]) -> None:
    """Warn if the namespace `/` has neither a member nor a handler, and another one has members."""
    main = namespaces["/"]
    if main.audience.members or main.audience.elsewhere or not main.handlers.is_empty:
        return
    inhabited = [name for name, it in namespaces.items() if it.audience.members]
    if inhabited:
        others = ", or ".join(f'server.of("{name}")' for name in inhabited[:3])
        warn(f'the server itself speaks to "/", which has no sockets: write {others} in place of server')


def not_for_another(server: object) -> None:
    """Raise `TypeError` if a method of a gateway that is not of `/` speaks through `server` itself.

    In NestJS `this.server` stands for the gateway's own namespace, elsewhere for `/`.
    """
    if (own := own_namespace(server)) != "/":
        raise TypeError(
            f'the server itself speaks to "/": write self.namespace for "{own}", or self.server.of("/") for "/"'
        )


def own_namespace(server: object) -> str:
    """Return the name of the namespace of the gateway whose method has led here, / if that is not a gateway."""
    here = caller().f_locals.get("self")
    is_gateway = getattr(here, "server", None) is server
    return str(getattr(getattr(here, "namespace", None), "name", "/")) if is_gateway else "/"


class OfTheOneThatAnswers:
    """`server` or `namespace` of a gateway's class: the object that answers has it, and any other says so."""

    def __init__(self, name: str, namespace: str) -> None:
        self._name = name
        self._namespace = namespace

    def __get__(self, gateway: object, cls: type) -> object:
        if gateway is not None and self._name in vars(gateway):
            return vars(gateway)[self._name]
        speaks = f'server.of("{self._namespace}").emit("name", …)'
        raise AttributeError(
            spelled(
                f"@server.gateway has made the one {cls.__name__} that answers, and this is another one, without "
                f"{self._name}: where your own code speaks, as in a page, write {speaks}, or .to(room).emit(…)"
            ),
            name=self._name,
        )

    def __set__(self, gateway: object, value: object) -> None:
        vars(gateway)[self._name] = value
