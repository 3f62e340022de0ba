"""The first difference between what came and what was expected, in one line that names the place."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from livesock.learn.checking.outcome import Deep, Endless, equal, is_known
from livesock.wire.explain.field import Field

__all__ = ["ADDRESS", "brief", "difference", "literal", "shown"]

Explain = Callable[[bytes], Sequence[Field]]

AROUND = 6
"""Bytes or characters that are shown before a difference."""

LONG = 70
"""Characters of a value that a line can hold."""


def shown(value: Any, limit: int = LONG) -> str:
    """Return `value` as Python writes it, cut in the middle; bytes and text say how long they are when cut."""
    try:
        text = literal(value)
    except Endless:
        raise
    except BaseException as error:  # a learner's own __repr__
        if isinstance(value, int):
            return f"a number of {value.bit_length():,} bits"
        return f"a {type(value).__name__} whose repr raises {type(error).__name__}"
    if isinstance(value, bytes | bytearray | str) and len(text) > limit:
        return f"{text[: limit - 20]}… ({len(value)} {'characters' if isinstance(value, str) else 'bytes'})"
    return f"{text[: limit - 10]} … {text[-8:]}" if len(text) > limit else text


def literal(value: Any) -> str:
    """Return the repr of a value, a long run of one byte or letter as a product, and no address in memory.

    >>> literal([b"\\x82" + bytes(126), "x" * 123])
    "[b'\\\\x82' + bytes(126), 'x' * 123]"
    """
    if type(value) in (bytes, str) and len(value) <= LARGE:
        return " + ".join(runs(value)) or repr(value)
    if type(value) in (list, tuple):
        items = ", ".join(map(literal, value)) + "," * (type(value) is tuple and len(value) == 1)
        return f"[{items}]" if type(value) is list else f"({items})"
    if type(value) is dict:
        return "{" + ", ".join(f"{literal(key)}: {literal(item)}" for key, item in value.items()) + "}"
    if isinstance(value, bytes | str):
        return repr(value[:LARGE])
    return ADDRESS.sub("", repr(value))


def runs(value: Any) -> Iterator[str]:
    """Yield the parts of bytes or a text: what is mixed, and what is one item many times."""
    end = 0
    for run in RUN_OF_BYTES.finditer(value) if isinstance(value, bytes) else RUN_OF_LETTERS.finditer(value):
        if run.start() > end:
            yield repr(value[end : run.start()])
        count = run.end() - run.start()
        yield f"bytes({count})" if run[1] == b"\0" else f"{run[1]!r} * {count}"
        end = run.end()
    if end < len(value):
        yield repr(value[end:])


RUN_OF_BYTES = re.compile(rb"(.)\1{23,}", re.DOTALL)
RUN_OF_LETTERS = re.compile(r"(.)\1{23,}", re.DOTALL)

ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")

LARGE = 1_000_000
"""Bytes or characters that are looked through for runs."""


def brief(text: str) -> str:
    """Return the text of an exception on one line, cut, without addresses in memory."""
    text = "".join(c if c.isprintable() else repr(c)[1:-1] for c in ADDRESS.sub("", text[: 4 * LONG]))
    return text if len(text) <= LONG else f"{text[: LONG - 1]}…"


def difference(came: Any, expected: Any, explain: Explain | None = None) -> str:
    """Return where two values begin to differ, "" if there is nothing to add to seeing both.

    >>> difference(b"ab", b"ac")
    'byte 1 is 62, expected 63'
    """
    if not is_known(came):
        # to compare it or to write it may be the learner's own code
        return "" if isinstance(came, type(expected) | Deep) else f"{kind(came)} came, expected {kind(expected)}"
    if isinstance(came, bytes) and isinstance(expected, bytes):
        return bytes_difference(came, expected, explain)
    if isinstance(came, str) and isinstance(expected, str):
        return text_difference(came, expected)
    if isinstance(came, tuple) and isinstance(expected, tuple):
        return items_difference(came, expected, explain)
    if isinstance(came, dict) and isinstance(expected, dict):
        return keys_difference(came, expected)
    if isinstance(came, int | float) and isinstance(expected, int | float):
        same_kind = type(came) is type(expected)
        return "" if same_kind else f"{type(came).__name__} came, expected {type(expected).__name__}"
    return "" if type(came) is type(expected) else f"{kind(came)} came, expected {kind(expected)}"


def kind(value: Any) -> str:
    """Return a type as a learner calls it."""
    names = {bytes: "bytes", str: "text (str)", int: "a number", tuple: "a list or tuple", dict: "a dict"}
    return "None" if value is None else names.get(type(value), f"a {type(value).__name__}")


def first(came: Sequence[Any], expected: Sequence[Any]) -> int | None:
    """Return the first position at which two sequences differ, None if one begins with the other."""
    pairs = zip(came, expected, strict=False)
    return next((n for n, (a, b) in enumerate(pairs) if not equal(b, a)), None)


def bytes_difference(came: bytes, expected: bytes, explain: Explain | None) -> str:
    where = first(came, expected)
    if where is None:
        size = f"{len(came)} bytes came, expected {len(expected)}"
        if len(came) < len(expected):
            return f"{size}: missing at the end {snippet(expected, len(came))}"
        return f"{size}: too much at the end {snippet(came, len(expected))}" if came != expected else ""
    text = f"byte {where} is {came[where]:02x}, expected {expected[where]:02x}"
    if explain and (fields := changed_fields(came, expected, where, explain)):
        return f"{text}: {fields}"
    return text


def changed_fields(came: bytes, expected: bytes, where: int, explain: Explain) -> str:
    """Return which fields of the byte `where` differ: `"MASK is 0, expected 1"`."""
    bits = came[where] ^ expected[where]
    theirs = {(field.name, field.start): field for field in explain(came)}
    found = []
    for field in explain(expected):
        here = [bit for bit in range(8) if bits >> (7 - bit) & 1 and field.start <= 8 * where + bit < field.stop]
        if here:
            mine = theirs.get((field.name, field.start))
            found.append(f"{field.name} is {mine.value}, expected {field.value}" if mine else f"in {field.name}")
    return "; ".join(found[:3])


def snippet(data: bytes, start: int) -> str:
    return data[start : start + 8].hex(" ") + (" …" if len(data) > start + 8 else "")


def text_difference(came: str, expected: str) -> str:
    where = first(came, expected)
    if where is None:
        return f"{len(came)} characters came, expected {len(expected)}"
    begin = max(0, where - AROUND)
    here, there = came[begin : where + AROUND], expected[begin : where + AROUND]
    return f"character {where} differs: …{here!r}…, expected …{there!r}…" if where else ""


def items_difference(came: tuple[Any, ...], expected: tuple[Any, ...], explain: Explain | None) -> str:
    where = first(came, expected)
    if where is None:
        return f"{len(came)} item{'s' * (len(came) != 1)} came, expected {len(expected)}"
    inner = difference(came[where], expected[where], explain)
    return f"item {where}: {inner or f'{shown(came[where])} came, expected {shown(expected[where])}'}"


def keys_difference(came: dict[Any, Any], expected: dict[Any, Any]) -> str:
    if missing := [key for key in expected if key not in came]:
        return f"missing: {', '.join(map(repr, missing))}"
    if extra := [key for key in came if key not in expected]:
        return f"not wanted: {', '.join(map(repr, extra))}"
    key = next((key for key in expected if not equal(expected[key], came[key])), None)
    return "" if key is None else f"{key!r} is {shown(came[key])}, expected {shown(expected[key])}"
