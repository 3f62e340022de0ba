"""`blocking` and `Blocking`: a call that is written as another library wants it gets a sentence that names ours.

    await ls.connect(url)                 "connect() blocks and cannot be awaited: write it without await"
    ls.connect(url, extra_headers={…})    'connect() takes no "extra_headers": write headers={"name": "value"}'
    socket.emitWithAck("move", 1)         'a ClientSocket has no "emitWithAck": write call("move", 1)'

The names and what to write instead are tables of the callers. Everything is checked before a byte is sent.
"""

from __future__ import annotations

import dis
import functools
import inspect
import sys
import warnings
from collections.abc import Callable, Iterable, Mapping
from types import FrameType, FunctionType
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn, TypeVar, cast

from livesock.advice.attributes import by_its_name, no_attribute
from livesock.advice.instead import awaited, known_as, none_of, too_many
from livesock.advice.spelled import caller, is_ours, respelled, respelling, spelled
from livesock.advice.values import with_values
from livesock.advice.written import attribute_of
from livesock.net.loop.explain import AT_ONCE
from livesock.net.loop.places import meanwhile, of_a_tuple

__all__ = [
    "Blocking",
    "Hinting",
    "Keyed",
    "blocking",
    "check_values",
    "method",
    "refuse_await",
    "seconds_not_ms",
    "warn",
]

Habits = Mapping[str, str]
"""What to write instead of a name of other libraries."""

Check = Callable[..., None] | None
"""Gets what a function was called with, and raises if it is another library's call."""

_NO: Habits = {}

F = TypeVar("F", bound=Callable[..., Any])

_AWAITS = dis.opmap.get("GET_AWAITABLE")
_ASYNC = inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR


def blocking(
    habits: Habits = _NO, *, more: Iterable[str] = (), decorates: bool = False, write: str = "", check: Check = None
) -> Callable[[F], F]:
    """Return a decorator for a public function that blocks: a wrong option or an `await` raises a sentence at once.

    `habits` says what to write instead of an option of other libraries; `more` are options that the signature does not
    show, `write` is an example. One that `decorates` returns a decorator. `check` gets all arguments first.
    """

    def decorate(function: F) -> F:
        parameters = list(inspect.signature(function).parameters.values())
        places = {p.name: p for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD}
        by_place, needed = list(places), [name for name, p in places.items() if p.default is p.empty]
        options = [*(p.name for p in parameters if p.kind is p.KEYWORD_ONLY), *more]
        most = sys.maxsize if any(p.kind is p.VAR_POSITIONAL for p in parameters) else len(by_place)
        called, where = function.__qualname__.removesuffix(".__init__").rpartition(".")[2], function.__module__

        @functools.wraps(function)
        def call(*args: Any, **kwargs: Any) -> Any:
            try:
                if check is not None:
                    check(*args, **kwargs)
                if kwargs and (strange := kwargs.keys() - {*by_place, *options}):
                    raise TypeError(none_of(called, strange, kwargs, habits, options or by_place))
                if _is_awaited(sys._getframe(1)):
                    raise TypeError(awaited(function, args))
                if len(args) > most:
                    raise TypeError(too_many(called, by_place, options, args, decorates, habits))
                if len(args) < len(needed) or kwargs:
                    _check_places(called, needed, by_place[: len(args)], kwargs, write)
                result = function(*args, **kwargs)
            except (AttributeError, TypeError, ValueError) as exc:
                if respelled(exc):
                    by_its_name(exc, args)
                raise
            return respelling(result) if type(result) is FunctionType and result.__module__ == where else result

        return cast(F, call)

    return decorate


def warn(text: str) -> None:
    """Warn at the line outside of livesock that has led here."""
    level, frame = 1, sys._getframe(0)
    while is_ours(frame) and frame.f_back is not None:
        level, frame = level + 1, frame.f_back
    warnings.warn(spelled(text), stacklevel=level)


def seconds_not_ms(name: str, seconds: float) -> None:
    """Warn of a time that was most likely meant in milliseconds, as in JavaScript: 500, 1000, but not 600 or 3600."""
    if seconds >= 300 and (seconds % 60 or not seconds % 1000):
        minutes, meant = f"{seconds / 60:.3g} minutes", f"write {seconds / 1000:g} for {seconds:g} ms"
        warn(f"{name} is in seconds, and {seconds:g} s are {minutes}: {meant}")


def check_values(verb: str, name: object, values: tuple[object, ...], ask: Callable[[str], str]) -> None:
    """Raise `TypeError` for a callback behind an event's values, warn of a lone tuple; `ask` says how to ask for it."""
    if values and callable(values[-1]) and not isinstance(values[-1], str):
        if isinstance(values[-1], _Method):
            values[-1]._refuse()
        asks = ask(f"{name!r:.40}")
        more = of_a_tuple("call", name, values[:-1]) + meanwhile(asks, values[-1])
        write = f"write answer = {asks}; of several values an answer is a list{more}"
        raise TypeError(spelled(f"a function cannot be sent: {with_values(write, name, values)}"))
    if line := of_a_tuple(verb, name, values):
        warn(line.strip())


class Hinting:
    """A base: an attribute that other libraries have raises a sentence that says what to write here."""

    __slots__ = ()

    _habits: ClassVar[Mapping[str, str]] = {}
    """What to write instead of an attribute of other libraries."""

    _called: ClassVar[str] = ""
    """How these sentences call it, as in `ws.query`; an error calls it as the code does."""

    def _no_attribute(self, name: str, sentence: str) -> str:
        hints = (self, f"'{type(self).__name__}' object", name, sentence, self._instead, self._called)
        return no_attribute(*hints) if sentence else f"{hints[1]} has no attribute {name!r}"

    def _instead(self, name: str) -> str | None:
        return known_as(name, self._habits)

    if not TYPE_CHECKING:  # a type checker knows the attributes, and reports one that is not there

        def __getattr__(self, name: str) -> Any:
            # Only asked for what is not there. Names with an underscore are probed by Python and Jupyter all the time.
            sentence = "" if name.startswith("_") else self._instead(name) or self._nearest(name)
            text = self._no_attribute(name, sentence)
            # It does not say whose it is (obj=…): Python would offer private names, too.
            raise AttributeError(spelled(text), name=name)

        def _nearest(self, name: str) -> str:
            import difflib  # only an error needs it

            public = [other for other in dir(type(self)) if not other.startswith("_")]
            close = difflib.get_close_matches(name, public, 1, 0.7)
            return f"did you mean {close[0]}?" if close else ""


class Blocking(Hinting):
    """A base for what a blocking call returns: `await`, `async with` and `async for` raise the same sentence."""

    _callbacks: ClassVar[str] = "it has no callbacks"
    """What to write instead of `ws.onmessage = handler`."""

    _waits: ClassVar[str] = ""
    """How a coroutine waits for it, which has other tasks besides."""

    _unread: ClassVar[frozenset[str]] = frozenset()
    """What other libraries read if it is set, as in `socket.auth = {…}`, and this one does not."""

    def __await__(self) -> NoReturn:
        what = f"a {type(self).__name__}"
        raise TypeError(f"{what} blocks until it is done and cannot be awaited: write it without await")

    async def __aenter__(self) -> NoReturn:
        self._close_unused()
        raise TypeError(f"a {type(self).__name__} blocks: write with instead of async with{self._waits}")

    async def __aexit__(self, *exc: object) -> None:
        """Python looks for it before it enters."""

    def __aiter__(self) -> NoReturn:
        raise TypeError(f"a {type(self).__name__} blocks: write for instead of async for{self._waits}")

    def _close_unused(self) -> None:
        """Close what `async with` has just opened and cannot use."""
        close = getattr(self, "close", None) or getattr(self, "stop", None)
        if close is not None:
            close()

    def __setattr__(self, name: str, value: object) -> None:
        if name.startswith("on") and callable(value) and not hasattr(type(self), name):
            raise AttributeError(f"a {type(self).__name__} never calls {name}: {self._callbacks}", name=name, obj=self)
        if name in self._unread and not hasattr(type(self), name):
            sentence = self._habits.get(name, "leave it out")
            raise AttributeError(f"a {type(self).__name__} never reads {name}: {sentence}", name=name, obj=self)
        super().__setattr__(name, value)


class Keyed(dict[str, Any]):
    """A dict whose values are attributes in other libraries: `auth.token` raises that it is `auth["token"]`."""

    __slots__ = ()

    _name: ClassVar[str]
    """How a handler reaches it."""
    _is_set: ClassVar[bool] = False  # whether handlers set its values

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            of, key = (name[:1] != "_" and attribute_of()) or self._name, self._key(name)
            to_set = f', and {of}["{key}"] = … to set it' * self._is_set
            write = f': write {of}["{key}"], or {of}.get("{key}"){to_set}' * (name[:1] != "_")
            raise AttributeError(f"a dict has no attribute {name!r}{write}", name=name)

        def __setattr__(self, name: str, value: object) -> None:
            read = f'{attribute_of() or self._name}["{name}"]'
            write = f"write {read} = …, and {read} to read it"
            raise AttributeError(f"a dict has no attribute {name!r}: {write}", name=name)

    def _key(self, name: str) -> str:
        return name


class _Method:
    """A bound method that is also used as if it were its value: `server.url + "/ws"` raises what to write."""

    def __init__(self, function: Callable[..., Any], owner: object, write: str, habits: Habits) -> None:
        functools.update_wrapper(self, function)
        self.__self__, self._habits = owner, habits
        self._name, self._sentence = function.__name__, f"{function.__name__} is a method: write {write}"

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if args and (write := self._habits.get("(…)")):
            raise TypeError(f"{self._name}() takes nothing: {write.replace('{}', f'{args[0]!r:.60}')}")
        return self.__wrapped__(self.__self__, *args, **kwargs)

    def __repr__(self) -> str:
        return f"<{self._sentence}>"

    def _refuse(self, *_: object) -> NoReturn:
        raise TypeError(spelled(self._sentence))

    __add__ = __radd__ = __truediv__ = __getitem__ = __iter__ = __len__ = __format__ = __str__ = __contains__ = _refuse
    __eq__ = _refuse
    __hash__ = object.__hash__

    def __getattr__(self, name: str) -> NoReturn:
        owner = type(self.__dict__.get("__self__"))
        belongs = not name.startswith("_") and hasattr(owner, name)
        better = f"write {name} without .{self._name} in front of it" if belongs else self._sentence
        raise AttributeError(f"no {name!r}: {self.__dict__.get('_habits', _NO).get(name, better)}", name=name)


def method(write: str, habits: Habits = _NO) -> Callable[[F], F]:
    """Return a decorator for a method that is an attribute in other libraries; `write` is how to call it.

    `habits` says what to write instead of what that attribute has there, and under "(…)" instead of an argument, {}.
    """

    class Decorated:
        def __init__(self, function: Callable[..., Any]) -> None:
            self._function = function
            self.__doc__ = function.__doc__

        def __get__(self, owner: object, kind: type | None = None) -> Any:
            return self._function if owner is None else _Method(self._function, owner, write, habits)

    return cast(Callable[[F], F], Decorated)


def refuse_await(sentence: Callable[[], str] = lambda: AT_ONCE) -> None:
    """Raise `TypeError` if the function outside of livesock that has led here awaits what is no coroutine there."""
    if _is_awaited(caller()):
        raise TypeError(spelled(sentence()))


def _check_places(called: str, needed: list[str], given: list[str], kwargs: Mapping[str, Any], write: str) -> None:
    """Raise `TypeError` if an argument is missing, or came twice: by its place, as those `given`, and by its name."""
    if missing := [key for key in needed if key not in given and key not in kwargs]:
        raise TypeError(f"{called}() needs {missing[0]}" + (f": write {write}" if write else ""))
    if twice := [key for key in given if key in kwargs]:
        raise TypeError(f"{called}() takes {twice[0]} once, and it came twice: by its place and by its name")


def _is_awaited(frame: FrameType) -> bool:
    """Return whether `frame`, which has just made a call, awaits what the call returns.

    A value such as None cannot say so itself. Python's own words for it, "object NoneType can't be used in 'await'
    expression", would come after the call was made.
    """
    if not frame.f_code.co_flags & _ASYNC:
        return False
    code, next_ = frame.f_code.co_code, frame.f_lasti + 2
    while next_ < len(code) and code[next_] == 0:  # the interpreter's caches, between the call and what follows
        next_ += 2
    return next_ < len(code) and code[next_] == _AWAITS
