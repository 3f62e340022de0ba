"""The name of an event for peers that come back: its *offset*, sent along as the event's last argument.

    2["news","hello","Q84jPJn.4"]       the time in milliseconds, in base 64, and a number that makes it unique

The reference server names its events like this, and so do we. A client needs to know an offset when it sees one: an
event that may be missed, or one that wants an answer, has none, and then its last argument belongs to the application.

Socket.IO, "Connection state recovery".
"""

from __future__ import annotations

import re

__all__ = ["is_offset", "offset_of"]

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_"

SKEW = 86_400.0
"""Seconds by which the clocks of client and server may differ. An argument with another time in it is not an offset."""

_ENTRY = re.compile(r"([0-9]{13})-[0-9]{1,20}", re.ASCII)
"""The id of an entry in a Redis stream: how a cluster names its events."""

_FORM = re.compile(r"([0-9A-Za-z_-]{7})(?:\.[0-9A-Za-z_-]{1,12})?")


def offset_of(time: float, number: int) -> str:
    """Return the offset of the event with this `number`, emitted at this Unix time.

    >>> offset_of(1_700_000_000.0, 64)
    'OlFvMW0.10'
    """
    return f"{_encode(int(time * 1000))}.{_encode(number)}"


def is_offset(value: object, time: float) -> bool:
    """Tell whether an argument that came at this Unix time is an offset.

    >>> is_offset("OlFvMW0.10", 1_700_000_060.0), is_offset("tickers", 1_700_000_060.0)
    (True, False)
    """
    if not isinstance(value, str):
        return False
    if (match := _ENTRY.fullmatch(value)) is not None:
        return abs(int(match.group(1)) / 1000 - time) <= SKEW
    match = _FORM.fullmatch(value)
    return match is not None and abs(_decode(match.group(1)) / 1000 - time) <= SKEW


def _encode(number: int) -> str:
    text = ""
    while True:
        number, digit = divmod(number, 64)
        text = ALPHABET[digit] + text
        if number == 0:
            return text


def _decode(text: str) -> int:
    number = 0
    for character in text:
        number = number * 64 + ALPHABET.index(character)
    return number
