"""`OfTheOneThatAnswers`: `self.server` and `self.namespace` of a gateway, in which only one object answers peers."""

from __future__ import annotations

from livesock.advice.spelled import spelled

__all__ = ["OfTheOneThatAnswers"]


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
