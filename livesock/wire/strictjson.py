"""JSON as RFC 8259 defines it, with bounds: what one peer sends must not harm the next one.

Python's own decoder accepts `NaN`, `1e400` and a hundred thousand nested lists. A server that passes them on
disconnects every browser in the room: their parsers refuse the first two, and the third may overflow their stack. So
values are checked here when they come in and when they go out.

    loads('[1e400]')     PacketError     a number that no peer can hold
    dumps(float("nan"))  ValueError      the caller's own mistake
"""

from __future__ import annotations

import json
import math
import re
from typing import Any

from livesock.errors import PacketError

__all__ = ["MAX_DEPTH", "NOT_FINITE", "SENDABLE", "dumps", "loads"]

MAX_DEPTH = 64
"""Lists and objects inside each other. A parser that recurses survives it; no lesson needs more than ten."""

MAX_CONTAINERS = 50_000
"""Lists and objects of one value that comes in: 400,000 of them, in 850 kB, cost a second of everybody's time."""

MAX_DIGITS = 308
"""Digits of a whole number: with more, JavaScript reads infinity. Also keeps parsing linear."""

_STRING = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"?', re.DOTALL)
"""A string, or the rest of the text if its end is missing: so that looking costs each character once."""

LONG = f"a whole number for a peer has at most {MAX_DIGITS} digits: send it as a str"
"""What a sender reads; the peer would end the connection."""

NOT_FINITE = "write None: JSON has neither NaN nor infinity"
"""What to send instead."""

_SECTION = "RFC 8259"


def loads(text: str, start: int = 0) -> Any:
    """Return the value that `text` holds from `start` on.

    Raises:
        PacketError: If it is not JSON, or a number is too large, or it is nested more than `MAX_DEPTH` deep, or holds
            more than `MAX_CONTAINERS` lists and objects.
    """
    containers = _brackets(text) if len(text) > MAX_DEPTH else 0  # a shorter one is not nested deeper
    if containers > MAX_CONTAINERS:
        bare = _STRING.sub("", text[start:])  # a bracket in a string counts for nothing
        if bare.count("[") + bare.count("{") > MAX_CONTAINERS:
            raise _wrong(f"at most {MAX_CONTAINERS} lists and objects")
    try:
        value = _decode(text, start)
    except RecursionError:
        raise _wrong(f"a value nested at most {MAX_DEPTH} deep") from None
    except json.JSONDecodeError as exc:
        raise PacketError(f"expected JSON: {exc.msg.lower()}", section=_SECTION, offset=exc.pos) from None
    if containers > MAX_DEPTH and _is_deeper(value, MAX_DEPTH):
        raise _wrong(f"a value nested at most {MAX_DEPTH} deep")
    return value


def _brackets(text: str) -> int:
    """Return how many lists and objects may begin in `text`."""
    return text.count("[") + text.count("{")


SENDABLE = (
    "send str, numbers, bool, None, lists and dicts: list(a_set), a_datetime.isoformat(), a_model.model_dump(), "
    "dataclasses.asdict(a_dataclass) with import dataclasses at the top, str(a_uuid), str(a_decimal)"
)
"""What JSON can carry, and how other things become such."""


def dumps(value: Any) -> str:
    """Return `value` as JSON without spaces; text beyond ASCII stays as it is, lone surrogates are escaped.

    Raises:
        ValueError: If a number is not finite or too long, or it is nested too deep or in itself.
        TypeError: If it holds something that JSON cannot carry.
    """
    try:
        text = _encode(value)
    except TypeError as exc:
        raise TypeError(f"{exc}: {SENDABLE}") from None
    except ValueError as exc:
        raise ValueError(LONG if "digits" in str(exc) else f"{exc}: {NOT_FINITE}") from None
    except RecursionError:
        raise ValueError(f"JSON for a peer is nested at most {MAX_DEPTH} deep, and not in itself") from None
    if len(text) > MAX_DEPTH and _brackets(text) > MAX_DEPTH and _is_deeper(value, MAX_DEPTH):
        raise ValueError(f"JSON for a peer is nested at most {MAX_DEPTH} deep")
    if _has_long_number(text) and _has_long_number(_STRING.sub("", text)):  # a string may hold as many digits
        raise ValueError(LONG)
    # A lone surrogate is not a character: UTF-8 cannot carry it, JSON's escape can.
    return text if text.isascii() or _is_utf8(text) else text.encode("utf-8", "backslashreplace").decode()


def _has_long_number(text: str) -> bool:
    """Whether more than `MAX_DIGITS` digits follow each other. Such a run lies at one of the places looked at."""
    for place in range(MAX_DIGITS, len(text), MAX_DIGITS + 1):
        if text[place] in _DIGITS:
            before, after = text[place - MAX_DIGITS : place], text[place : place + MAX_DIGITS + 1]
            if len(before) - len(before.rstrip(_DIGITS)) + len(after) - len(after.lstrip(_DIGITS)) > MAX_DIGITS:
                return True
    return False


_DIGITS = "0123456789"


def _is_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _is_deeper(value: Any, limit: int) -> bool:
    """Return whether `value` is nested deeper than `limit`; level by level, so that no depth overflows our stack."""
    level = [value]
    for _ in range(limit):
        level = [inner for outer in level for inner in _inside(outer)]
        if not level:
            return False
    return any(isinstance(inner, (list, tuple, dict)) for inner in level)


def _inside(value: Any) -> Any:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, (list, tuple)) else ()


def _constant(name: str) -> Any:
    raise _wrong(f"a JSON value, got {name}")


def _float(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise _wrong("a number that a double can hold")
    return value


def _int(text: str) -> int:
    if len(text) - text.startswith("-") > MAX_DIGITS:
        raise _wrong(f"a number of at most {MAX_DIGITS} digits")
    return int(text)


def _wrong(expected: str) -> PacketError:
    return PacketError(f"expected {expected}", section=_SECTION)


_decoder = json.JSONDecoder(parse_constant=_constant, parse_float=_float, parse_int=_int)
_short = json.JSONDecoder(parse_constant=_constant, parse_float=_float)
"""For texts without a number of too many digits: it calls no function of ours for each of 490,000 whole numbers."""


def _decode(text: str, start: int) -> Any:
    """Return the value in `text`; most begin at once and end with it, which needs no look at the white space around."""
    decoder = _decoder if _has_long_number(text) else _short
    try:
        value, end = decoder.raw_decode(text, start)
    except json.JSONDecodeError:
        end = -1
    return value if end == len(text) else decoder.decode(text[start:])


_encoder = json.JSONEncoder(allow_nan=False, ensure_ascii=False, separators=(",", ":"))


_made = getattr(json.encoder, "c_make_encoder", None)
_chunks = (
    _made(None, _encoder.default, json.encoder.encode_basestring, None, ":", ",", False, False, False)
    if _made
    else None
)
"""What `_encoder.encode` makes anew for each value, which is most of its time: 1.6 us of 1.8 for the answer `[7]`.
Without its search for circles, which end as too deep. None where Python has no accelerator."""


def _encode(value: Any) -> str:
    """Return `value` as JSON."""
    return "".join(_chunks(value, 0)) if _chunks is not None else _encoder.encode(value)
