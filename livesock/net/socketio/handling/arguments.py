"""`Arguments`: what a peer sent, as the annotations of a handler want it. It knows no socket, and calls nothing.

    def move(self, socket, to: Point)      {"x": 1.0, "y": "2"}  ──►  to.y: expected `float`, got `str`

Values are made by msgspec's `convert`; nothing is guessed.
"""

from __future__ import annotations

import dataclasses
import inspect
import itertools
import types
import typing
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Union, get_args, get_origin

import msgspec

from livesock.errors import Refused

__all__ = ["LONGEST", "Arguments", "WrongCount"]

LONGEST = 300
"""Characters of a refusal: it may repeat what the peer sent, and that may be a megabyte."""


class WrongCount(Refused):
    """Too many or too few arguments. `write` is what the handler may have meant."""

    def __init__(self, parameters: list[inspect.Parameter], count: int, *, is_method: bool) -> None:
        wanted = ", ".join(map(str, parameters)) or "none"
        super().__init__(f"expected the arguments ({wanted}), got {count}")
        missing = [p.name for p in parameters[count:] if p.default is p.empty and p.kind is p.POSITIONAL_OR_KEYWORD]
        first = "the first parameter after self" if is_method else "the first parameter"
        self.write = f"{first} is the socket, and what is returned is the answer"
        if missing:
            self.write = f"write {', '.join(f'{name}=None' for name in missing)} for what may be missing"


class Arguments:
    """The parameters of one handler behind those that are `given`: the socket, and for "*" the name."""

    def __init__(self, handler: Callable[..., Any], given: int = 1) -> None:
        parameters = inspect.signature(handler).parameters.values()
        self._places = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)][given:]
        self._rest = [p for p in parameters if p.kind is p.VAR_POSITIONAL]
        self._is_method = inspect.ismethod(handler)
        self._may_get_more = hasattr(handler, "__wrapped__")  # from its decorator, which no signature shows
        self._least = sum(place.default is place.empty for place in self._places)
        hints, name = _annotations(handler), getattr(handler, "__qualname__", "handler")
        self._choices = {
            parameter.name: _choices(hints.get(parameter.name, Any), f"{name}'s {parameter.name}")
            for parameter in [*self._places, *self._rest]
        }

    @property
    def are_annotated(self) -> bool:
        """Whether one of them may be refused for what it is."""
        return any(choices != (Any,) for choices in self._choices.values())

    def fitted(self, arguments: Sequence[Any]) -> list[Any]:
        """Return the arguments as their annotations want them.

        Raises:
            Refused: If one of them does not fit, with what was expected and what came.
        """
        if len(arguments) < self._least or (len(arguments) > len(self._places) and not self._rest):
            if self._may_get_more:
                return list(arguments)
            raise WrongCount([*self._places, *self._rest], len(arguments), is_method=self._is_method)
        parameters = itertools.chain(self._places, itertools.repeat(*self._rest) if self._rest else ())
        return [
            _fitting(value, self._choices[parameter.name], parameter.name)
            for value, parameter in zip(arguments, parameters, strict=False)
        ]


def _annotations(method: Callable[..., Any]) -> dict[str, Any]:
    try:
        return typing.get_type_hints(method)
    except (NameError, TypeError):  # a name that only a type checker knows: then nothing is checked
        return {}


def _choices(wanted: Any, where: str) -> tuple[Any, ...]:
    """Return the types to try in turn: `wanted`, or the members of a union that msgspec does not take as a whole.

    Raises:
        TypeError: If msgspec cannot check for `wanted`.
    """
    try:
        _convert(None, wanted)
    except msgspec.ValidationError:
        pass
    except (NameError, TypeError) as exc:
        if get_origin(wanted) in (Union, types.UnionType):
            return tuple(choice for member in get_args(wanted) for choice in _choices(member, where))
        raise TypeError(f"{where} cannot be checked: {exc}; leave its annotation out, or write Any") from None
    return (wanted,)


def _fitting(value: Any, choices: tuple[Any, ...], where: str) -> Any:
    """Return `value` as the first type that it fits has it.

    Raises:
        Refused: If it fits none, with what was expected and what came.
    """
    refused = []
    for choice in choices:
        try:
            made = _convert(value, choice)
            _has_no_strange_field(value, made)
            return made
        except msgspec.ValidationError as exc:
            refused.append(_refusal(exc, choice, where))
    raise refused[0] if len(refused) == 1 else Refused("; or ".join(map(str, refused)))


def _convert(value: Any, wanted: Any) -> Any:
    return msgspec.convert(value, wanted, builtin_types=(bytes, bytearray), dec_hook=_other)


def _other(wanted: Any, value: Any) -> Any:
    """Make what msgspec does not know; it checks the class of the result."""
    return wanted.model_validate(value) if hasattr(wanted, "model_validate") else value


def _has_no_strange_field(value: Any, made: Any, place: str = "$") -> None:
    """Raise `ValidationError` if `value` holds a field that no dataclass takes: msgspec passes over it in silence."""
    pairs: Iterable[tuple[Any, Any, Any]] = ()
    if isinstance(value, list) and isinstance(made, list | tuple):
        pairs = zip(range(len(made)), value, made, strict=False)
    elif isinstance(value, dict) and isinstance(made, dict):
        pairs = ((name, value.get(name), item) for name, item in made.items())
    elif isinstance(value, dict) and dataclasses.is_dataclass(made):
        taken = {field.name for field in dataclasses.fields(made) if field.init}
        if strange := value.keys() - taken:
            raise msgspec.ValidationError(f"Object has no field `{min(strange)}` - at `{place}`")
        pairs = ((name, item, getattr(made, name)) for name, item in value.items())
    for key, item, inner in pairs:
        if type(inner) not in _PLAIN:
            _has_no_strange_field(item, inner, f"{place}[{key}]" if isinstance(key, int) else f"{place}.{key}")


def _refusal(exc: msgspec.ValidationError, wanted: Any, where: str) -> Refused:
    """Return msgspec's "Expected `int`, got `str` - at `$.x`" as "where.x: expected `int`, got `str`"."""
    words, _, place = str(exc).rpartition(" - at `")
    words, place = (words, place) if words else (place, "$")
    words = words[:1].lower() + words.partition("\n")[0][1:]
    if words.startswith("invalid enum value"):
        words += f", expected {inspect.formatannotation(wanted)}"
    details = getattr(exc.__cause__, "errors", lambda: None)()  # a pydantic model names each field that is wrong
    for field in (details or [])[:1]:
        place, words = ".".join(map(str, [place, *field["loc"]])), field["msg"]
    return Refused(f"{place.replace('`', '').replace('$', where)}: {words}"[:LONGEST], details)


_PLAIN = {bool, bytes, float, int, str, type(None)}  # values that hold no others
