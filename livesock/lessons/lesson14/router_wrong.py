"""Wrong ways to route, each with one thing that is not right."""

from __future__ import annotations

from typing import Any

from livesock.learn.exercise import Solution
from livesock.lessons.lesson14.router import Router


class NoSlash(Router):
    def register(self, namespace: str, handlers: dict[str, Any]) -> None:
        self._gateways.setdefault(namespace, []).append(handlers)


class Replaces(Router):
    def register(self, namespace: str, handlers: dict[str, Any]) -> None:
        self._gateways["/" + namespace.lstrip("/")] = [handlers]


class Merges(Router):
    def register(self, namespace: str, handlers: dict[str, Any]) -> None:
        name = "/" + namespace.lstrip("/")
        self._gateways[name] = [dict(*self._gateways.get(name, [])) | handlers]


class NoMain(Router):
    def __init__(self) -> None:
        super().__init__()
        self._gateways = {}


class MakesNamespace(Router):
    def connect(self, member: str, namespace: str) -> None:
        self._gateways.setdefault(namespace, [])
        super().connect(member, namespace)


class FallsToMain(Router):
    def connect(self, member: str, namespace: str) -> None:
        super().connect(member, namespace if namespace in self._gateways else "/")


class AlsoMain(Router):
    def connect(self, member: str, namespace: str) -> None:
        super().connect(member, namespace)
        super().connect(member, "/")


class LetsAnybody(Router):
    def dispatch(self, member: str, namespace: str, event: str, *arguments: object) -> list[object]:
        if namespace in self._gateways:
            self._members.add((member, namespace))
        return super().dispatch(member, namespace, event, *arguments)


class SilentStranger(Router):
    def dispatch(self, member: str, namespace: str, event: str, *arguments: object) -> list[object]:
        if (member, namespace) not in self._members:
            return []
        return super().dispatch(member, namespace, event, *arguments)


class AnyMember(Router):
    def dispatch(self, member: str, namespace: str, event: str, *arguments: object) -> list[object]:
        there = any(space == namespace for _, space in self._members)
        there_me = any(who == member for who, _ in self._members)
        if there and there_me:
            known, self._members = self._members, self._members | {(member, namespace)}
            try:
                return super().dispatch(member, namespace, event, *arguments)
            finally:
                self._members = known
        return super().dispatch(member, namespace, event, *arguments)


class OneAtATime(Router):
    def connect(self, member: str, namespace: str) -> None:
        if namespace in self._gateways:
            self._members = {pair for pair in self._members if pair[0] != member}
        super().connect(member, namespace)


class WrongClass(Router):
    def connect(self, member: str, namespace: str) -> None:
        if namespace not in self._gateways:
            raise ValueError(namespace)
        super().connect(member, namespace)


class LeavesAll(Router):
    def disconnect(self, member: str, namespace: str) -> None:
        self._members = {pair for pair in self._members if pair[0] != member}


class EmptiesNamespace(Router):
    def disconnect(self, member: str, namespace: str) -> None:
        self._members = {pair for pair in self._members if pair[1] != namespace}


class DisconnectRaises(Router):
    def disconnect(self, member: str, namespace: str) -> None:
        if (member, namespace) not in self._members:
            raise KeyError(member)
        super().disconnect(member, namespace)


class Runs(Router):
    """Runs the functions in another way; one `idea` for each subclass."""

    idea = ""

    def dispatch(self, member: str, namespace: str, event: str, *arguments: object) -> list[object]:
        if (member, namespace) not in self._members:
            raise LookupError(namespace)
        gateways = self._gateways[namespace]
        if self.idea == "everywhere":
            gateways = [handlers for space in self._gateways.values() for handlers in space]
        functions = [handlers[event] for handlers in gateways if event in handlers or self.idea == "unhandled"]
        answers: list[object] = []
        for function in functions[:1] if self.idea == "first_only" else functions:
            try:
                answers.append(self.call(function, arguments))
            except Exception as error:
                if self.idea == "error_answers":
                    answers.append(str(error))
                if self.idea == "raises":
                    raise
                if self.idea == "stops":
                    break
            if self.idea == "until_answer" and answers and answers[-1] is not None:
                break
        return self.chosen(answers)

    def call(self, function: Any, arguments: tuple[object, ...]) -> object:
        """Hand on the arguments."""
        if self.idea == "one_tuple":
            return function(arguments)
        return function() if self.idea == "no_arguments" else function(*arguments)

    def chosen(self, answers: list[object]) -> list[object]:
        """Choose what is sent back."""
        if self.idea == "none_counts":
            return answers[:1]
        if self.idea == "truthy":
            return [answer for answer in answers if answer][:1]
        found = [answer for answer in answers if answer is not None]
        return found if self.idea == "all_answers" else found[-1:] if self.idea == "last_answer" else found[:1]


def bare(solution: Solution) -> type:
    """Return a router that returns the answer itself, or None."""

    class Bare(solution):  # type: ignore[misc, valid-type]
        def dispatch(self, *args: Any) -> Any:
            return next(iter(super().dispatch(*args)), None)

    return Bare
