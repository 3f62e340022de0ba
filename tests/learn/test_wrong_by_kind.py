"""Wrong solutions by kind, made from references by one change: none passes, whatever a mutant of the exercise knows."""

from __future__ import annotations

import itertools
import linecache
from typing import Any

import pytest

from livesock.learn import catalogue, source
from livesock.learn.checking.checker import judge

NUMBERS = itertools.count()

ENCODE, CLOSE, UNPACK = "04.encode_frame", "06.parse_close", "01.unpack_all"
ASSEMBLER, HEAD, REQUEST, DELAY = "05.Assembler", "02.parse_head", "03.check_request", "02.polling_delay"

# kind, exercise, then pairs: what stands in the reference, and what the learner wrote
WRONG = [
    ("constant", ENCODE, "mask_key + mask(payload, mask_key)", "b'7777' + mask(payload, b'7777')"),
    ("constant", ENCODE, "(0x80 if fin else 0)", "0x80"),
    ("constant", CLOSE, "return code, payload[2:]", "return 1000, payload[2:]"),
    ("constant", CLOSE, "payload[2:].decode()", "payload[2:].decode() and 'bye'"),
    ("constant", UNPACK, "return messages", "return []"),
    ("constant", HEAD, "return first, headers, rest", 'return first, headers, b""'),
    ("constant", ASSEMBLER, "self._max_size = max_size", "self._max_size = 2**20"),
    ("reverse", UNPACK, "return messages", "return messages[::-1]"),
    ("reverse", UNPACK, "bytes(buffer[4:end])", "bytes(buffer[4:end])[::-1]"),
    ("reverse", UNPACK, '"big"', '"little"'),
    ("reverse", ENCODE, 'to_bytes(2, "big")', 'to_bytes(2, "little")'),
    ("reverse", ENCODE, 'to_bytes(8, "big")', 'to_bytes(8, "little")'),
    ("reverse", ENCODE, "mask_key + mask", "mask_key[::-1] + mask"),
    ("reverse", CLOSE, '"big"', '"little"'),
    ("reverse", ASSEMBLER, "self._parts + payload", "payload + self._parts"),
    ("reverse", ASSEMBLER, '"close" if opcode == 8 else "pong"', '"pong" if opcode == 8 else "close"'),
    ("reverse", HEAD, 'f"{headers[name]}, {value}"', 'f"{value}, {headers[name]}"'),
    ("off by one", ENCODE, "size <= 125", "size <= 126"),
    ("off by one", ENCODE, "size <= 125", "size < 125"),
    ("off by one", ENCODE, "size <= 65535", "size < 65535"),
    ("off by one", UNPACK, "len(buffer) >= 4", "len(buffer) > 4"),
    ("off by one", UNPACK, "len(buffer) < end", "len(buffer) <= end"),
    ("off by one", ASSEMBLER, "> self._max_size", ">= self._max_size"),
    ("off by one", ASSEMBLER, "> 125", "> 126"),
    ("off by one", ASSEMBLER, "> 125", ">= 125"),
    ("off by one", CLOSE, "len(payload) == 1", "len(payload) <= 2"),
    ("mutates its argument", UNPACK, "messages = []", "messages, buffer = [], bytearray(buffer)"),
    ("mutates its argument", UNPACK, "    return messages", "    buffer.clear()\n    return messages"),
    ("mutates its argument", UNPACK, "            break", "            del buffer[:4]; break"),
    ("mutates its argument", REQUEST, 'headers.get("sec-websocket-key", "")', 'headers.pop("sec-websocket-key", "")'),
    ("mutates its argument", REQUEST, 'headers.get("upgrade", "")', 'headers.pop("upgrade", "")'),
    ("mutates its argument", REQUEST, '    if method != "GET"', '    headers["seen"] = "yes"\n    if method != "GET"'),
    ("mutates its argument", DELAY, "    return delays", "    event_times.clear()\n    return delays"),
    ("mutates its argument", DELAY, "    return delays", "    event_times[:] = delays\n    return event_times"),
    ("keeps state", UNPACK, "(buffer: bytearray)", "(buffer: bytearray, messages=[])", "    messages = []\n", ""),
    ("keeps state", HEAD, "(data: bytes)", "(data: bytes, headers={})", "    headers: dict[str, str] = {}\n", ""),
    ("keeps state", ASSEMBLER, "self._over =", "Assembler._over ="),
    ("keeps state", ASSEMBLER, "        if self._over:\n            return []\n", ""),
    ("keeps state", ASSEMBLER, 'self._kind, self._parts = 0, b""', 'self._parts = b""'),
    ("keeps state", CLOSE, "(payload: bytes)", "(payload: bytes, seen={})", "return code, payload[2:].decode()",
     "return seen.setdefault(len(payload), (code, payload[2:].decode()))"),
    ("keeps state", ENCODE, "mask_key: bytes | None = None)", "mask_key: bytes | None = None, keys={})", "    first = ",
     '    mask_key = mask_key and keys.setdefault("first", mask_key)\n    first = '),
    ("fixed boundary", CLOSE, "not sendable(code)", "not sendable(code) or 1012 <= code <= 1014"),
    ("fixed boundary", CLOSE, "not sendable(code)", "not sendable(code) and code < 5000"),
    ("fixed boundary", CLOSE, "not sendable(code)", "not sendable(code) and not 1016 <= code < 3000"),
    ("fixed boundary", CLOSE, "not sendable(code)", "not sendable(code) or code in (3000, 4999)"),
    ("fixed boundary", UNPACK, "len(buffer) < end", "len(buffer) < end or end > 65539"),
    ("fixed boundary", UNPACK, 'buffer[:4], "big"', 'buffer[2:4], "big"'),
    ("fixed boundary", ENCODE, " | opcode", " | (opcode & 7)"),
    ("fixed boundary", ASSEMBLER, "len(self._parts) + len(payload) >", "len(payload) >"),
    ("fixed boundary", ASSEMBLER, "opcode > 10", "opcode > 11"),
    ("fixed boundary", ASSEMBLER, "opcode > 10", "10 < opcode < 15"),
    ("fixed boundary", ASSEMBLER, "opcode > 2 or", "2 < opcode < 7 or"),
    ("fixed boundary", HEAD, "in lines:", "in lines[:8]:"),
    ("fixed boundary", HEAD, "if not end:", "if not end or len(head) > 8192:"),
]  # fmt: skip


def written(which: str, *changes: str) -> Any:
    """Return the reference with these changes, as if it stood in a cell."""
    exercise = catalogue.exercise(which)
    text = source.standalone(exercise.reference)
    for before, after in zip(changes[::2], changes[1::2], strict=True):
        assert before in text, f"{which} has changed: {before}"
        text = text.replace(before, after)
    filename, names = f"<wrong {next(NUMBERS)}>", {"__name__": "__main__"}
    linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
    exec(compile(text, filename, "exec"), names)
    return names[exercise.name]


@pytest.mark.parametrize(
    ("which", "changes"), [(row[1], row[2:]) for row in WRONG], ids=[f"{row[0]}-{row[1]}" for row in WRONG]
)
def test_a_wrong_solution_does_not_pass(which, changes):
    verdict = judge(catalogue.exercise(which), written(which, *changes))

    assert not verdict.is_right and not verdict.is_stub


@pytest.mark.parametrize("which", sorted({row[1] for row in WRONG}))
def test_what_was_not_changed_passes(which):
    assert judge(catalogue.exercise(which), written(which)).is_right
