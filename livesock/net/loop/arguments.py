"""Arguments that clients and servers have in common: each function here returns one in its one form.

A wrong kind of thing raises `TypeError`, an impossible value `ValueError`; both say what is expected and what came.
"""

from __future__ import annotations

import inspect
import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from typing import Any, TypeVar

from livesock.advice.instead import instead
from livesock.guards import called_by
from livesock.net.loop.habits import seconds_not_ms

__all__ = [
    "Options",
    "check_close",
    "check_websocket_options",
    "checked_message",
    "compression_of",
    "function_of",
    "options_of",
    "seconds_of",
    "seconds_or_none_of",
    "shown",
    "subprotocols_of",
]

F = TypeVar("F")
T = TypeVar("T")

Options = Mapping[str, Any]
"""Some fields of `Limits`, `SessionOptions` or `Backoff` by name; the others keep their defaults."""


def function_of(handler: F, place: str) -> F:
    """Return the function that `place` calls, which asks no guard.

    Raises:
        TypeError: If it is no function, has a yield, so that its body would never run, or a guard.
    """
    if not callable(handler):
        raise TypeError(f"{place} takes a function, not {type(handler).__name__}: pass f, not f()")
    if inspect.isgeneratorfunction(handler) or inspect.isasyncgenfunction(handler):
        raise TypeError(f"{place}: a function with a yield would never run; write it without yield")
    called_by(place, handler)
    return handler


def options_of(kind: type[T], given: T | Options, name: str, habits: Mapping[str, str] | None = None) -> T:
    """Return the argument `name` as a value of the dataclass `kind`; it may be a dict with some of its fields.

    `habits` says what to write instead of an option of other libraries.

    Raises:
        TypeError: If it is neither a dict nor such a value, or names an option that does not exist.
        ValueError: If an option has an impossible value.
    """
    if isinstance(given, kind):
        return given
    defaults = {field.name: field.default for field in fields(kind)}  # type: ignore[arg-type]  # each kind is a dataclass
    if not isinstance(given, Mapping):
        example = next(iter(defaults.items()))
        raise TypeError(f'{name} is a dict such as {{"{example[0]}": {example[1]!r}}}, not {shown(given)}')
    strange = {str(option): value for option, value in given.items() if option not in defaults}
    if strange:
        lines = [instead(option, habits or {}, defaults, value, is_field=True) for option, value in strange.items()]
        several = "\n  ".join([f"{name} has none of these options:", *lines])
        raise TypeError(several if len(lines) > 1 else f"{name} has no option {lines[0]}")
    return kind(**given)


LONGEST = 3600
"""Seconds: a longer time limit was most likely meant in milliseconds, as in JavaScript. None waits for ever."""


def seconds_of(timeout: object, *, otherwise: str = "", name: str = "timeout") -> float:
    """Return a time limit in seconds. `otherwise` is what the errors offer beside a number."""
    if isinstance(timeout, bool) or not isinstance(timeout, int | float):
        raise TypeError(f"{name} is a number of seconds{otherwise}, not {shown(timeout)}")
    if not 0 < timeout <= threading.TIMEOUT_MAX:
        raise ValueError(f"{name} is more than 0 seconds{otherwise}, not {timeout}")
    if timeout > LONGEST:
        raise ValueError(
            f"{name} is in seconds, at most {LONGEST}{otherwise}: write {timeout / 1000:g} for {timeout:g} ms"
        )
    seconds_not_ms(name, timeout)
    return float(timeout)


def seconds_or_none_of(timeout: object, name: str = "timeout", none: str = "to wait for ever") -> float | None:
    """Return a time limit in seconds, or None for no limit; `none` is what the errors say of None."""
    return None if timeout is None else seconds_of(timeout, otherwise=f", or None {none}", name=name)


def check_close(code: object, reason: object) -> None:
    """Raise `TypeError` for what `close()` of a WebSocket cannot take: `websockets` would break the connection."""
    if isinstance(code, bool) or not isinstance(code, int):
        raise TypeError(f'close() takes a code and a reason, such as close(1000, "bye"), not {shown(code)} first')
    if not isinstance(reason, str):
        raise TypeError(f'the reason of close() is a str, such as close(1000, "bye"), not {shown(reason)}')


def check_websocket_options(options: Mapping[str, Any]) -> None:
    """Check what `websockets` takes at both ends; there a wrong value fails later, in a thread or in silence."""
    for name, none in _TIMES.items():
        if name in options:
            seconds_or_none_of(options[name], name, none)
    for name, unit in _SIZES.items():
        if name in options and not _is_size(options[name]):
            raise TypeError(f"{name} is a number of {unit}, or None for no limit, not {shown(options[name])}")


_TIMES = {
    "close_timeout": "to wait for ever",
    "ping_interval": "for no pings",
    "ping_timeout": "to wait for ever",
}
_SIZES = {
    "max_size": "bytes, such as 2**20",
    "max_queue": "messages, such as 16",
    "write_limit": "bytes, such as 2**15",
}


def _is_size(size: object) -> bool:
    if isinstance(size, tuple):  # for frames and messages, or high and low
        return len(size) == 2 and all(map(_is_size, size))
    return size is None or (isinstance(size, int) and not isinstance(size, bool) and size > 0)


def subprotocols_of(names: object) -> list[str] | None:
    """Return the subprotocols to offer, the preferred one first; None for none."""
    if names is None:
        return None
    if isinstance(names, str | bytes) or not isinstance(names, Iterable):
        raise TypeError(f'subprotocols is a list such as ["chat"], the preferred one first, not {shown(names)}')
    found = list(names)
    if bad := [name for name in found if not isinstance(name, str)]:
        raise TypeError(f"a subprotocol is a str, not {shown(bad[0])}")
    return found


def compression_of(method: object) -> str | None:
    """Return the compression to offer."""
    if method is None or method == "deflate":
        return None if method is None else "deflate"
    raise ValueError(f'compression is "deflate" or None, not {shown(method)}')


def shown(value: object) -> str:
    """Return a value as an error names it, with its type."""
    return f"{value!r:.60} ({type(value).__name__})"


DATA = (str, bytes, bytearray, memoryview)
"""What a message, or a fragment of one, may be."""


def checked_message(message: Any) -> Any:
    """Return a message for `websockets`, checked before its first byte leaves: half a message ends the connection.

    An iterator is returned as it is: its later parts are not there yet.

    Raises:
        TypeError: If a list holds something else than fragments, all str or all bytes.
        ValueError: If a text holds half of a surrogate pair.
    """
    if isinstance(message, Iterable) and not isinstance(message, (Iterator, Mapping, *DATA)):
        message = list(message)
    parts = message if isinstance(message, list) else [message]
    for part in parts:
        if isinstance(message, list) and (
            not isinstance(part, DATA) or isinstance(part, str) != isinstance(parts[0], str)
        ):
            raise TypeError(
                "send() takes a list as the fragments of one message, all str or all bytes, and this one holds "
                f"{shown(part)}: write send(json.dumps(…)) to send a list as JSON"
            )
        if isinstance(part, str) and not part.isascii():
            _check_text(part)
    return message


def _check_text(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError as exc:
        raise ValueError(
            f"a text is sent as UTF-8, which cannot carry {text[exc.start]!r}, half of a surrogate pair: write "
            'text.encode("utf-8", "replace").decode()'
        ) from None
