"""`livesock dev broken`: record the ten servers of lesson 16, each with one mistake, as they really answer.

Each is the reference of lesson 15 with one edit; a client says something to it, and both directions are written down.
"""

from __future__ import annotations

import asyncio
import json
from functools import partial
from pathlib import Path
from typing import Any

from livesock.cli.dev.clone import root
from livesock.cli.terminal import fail, say
from livesock.lessons.lesson04.encode_frame import encode_frame
from livesock.lessons.lesson04.parse_frames import parse_frames
from livesock.lessons.lesson15.mutants import MUTANTS
from livesock.lessons.lesson15.staged import solution

__all__ = ["SERVERS", "recorded", "run"]

KEY = bytes.fromhex("37fa213d")
QUIET = 0.25
"""Seconds without a byte after which the server has said what it has to say."""

REQUEST = (
    b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)

PATIENCE = 3.0
"""Seconds that a server has to end a conversation."""

Edits = tuple[tuple[str, str], ...]

SEND = "        await self.act(self.closer.send(encode_frame(opcode, payload)))\n"
HELLO = encode_frame(1, b"Hello", mask_key=KEY)
BYE = encode_frame(8, b"\x03\xe8", mask_key=KEY)

SERVERS: dict[str, tuple[Edits, list[bytes]]] = {
    "pong": (MUTANTS["other_pong"].edits, [HELLO, encode_frame(9, b"abc", mask_key=KEY), BYE]),
    "mask": (MUTANTS["masks_replies"].edits, [HELLO, BYE]),
    "long": (
        (
            (
                SEND,
                "        frame = bytes([0x80 | opcode, 126]) + len(payload).to_bytes(2) + payload\n"
                "        await self.act(self.closer.send(frame))\n",
            ),
        ),
        [encode_frame(9, b"", mask_key=KEY), HELLO, BYE],
    ),
    "key": (MUTANTS["fixed_accept"].edits, [HELLO, BYE]),
    "cut": (
        (
            (
                SEND,
                "        payload = payload[:7] if opcode == TEXT else payload\n"
                "        await self.act(self.closer.send(encode_frame(opcode, payload)))\n",
            ),
        ),
        [HELLO, encode_frame(1, "un café".encode(), mask_key=KEY), BYE],
    ),
    "plain": (MUTANTS["takes_unmasked"].edits, [HELLO, encode_frame(1, b"naked"), BYE]),
    "part": (
        (("await self.write(encode_frame(PONG, value))", "await self.write(encode_frame(PONG, value, False))"),),
        [encode_frame(9, b"?", mask_key=KEY), HELLO, BYE],
    ),
    "late": (MUTANTS["reads_after_close"].edits, [HELLO, BYE + encode_frame(1, b"one more", mask_key=KEY)]),
    "code": (MUTANTS["sends_1006"].edits, [HELLO, encode_frame(3, b"", mask_key=KEY)]),
    "offer": (
        (
            (
                "    writer.write(answer(status, more))\n",
                '    more["Sec-WebSocket-Protocol"] = "chat"\n    writer.write(answer(status, more))\n',
            ),
        ),
        [HELLO, BYE],
    ),
}
"""By name: the edits of the reference, and what the client sends, one after the other."""


def run(*, check: bool) -> int:
    """Write what the servers said, or with `check` compare it with what is stored."""
    path = root() / "livesock" / "display" / "views" / "broken" / "servers.json"
    text = json.dumps(recorded(), indent=1, ensure_ascii=False) + "\n"
    if not check:
        path.write_text(text, "utf-8")
        say(f"{path.relative_to(root()).as_posix()} written")
        return 0
    if not path.exists() or path.read_text("utf-8") != text:
        return fail(f"{path.name} is stale: uv run livesock dev broken")
    return 0


def recorded() -> dict[str, list[list[str]]]:
    """Return for each server what crossed: who, and the bytes in hexadecimal, a frame or a head each."""
    return {name: asyncio.run(conversation(*one)) for name, one in SERVERS.items()}


async def conversation(edits: Edits, sends: list[bytes]) -> list[list[str]]:
    names: dict[str, Any] = {"__name__": "broken"}
    text = solution(12)
    for old, new in edits:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    exec(compile(text, str(Path("broken.py")), "exec"), names)
    server = await asyncio.start_server(partial(names["serve"], names["echo"]), "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    crossed: list[list[str]] = []
    for data in [REQUEST, *sends]:
        writer.write(data)
        crossed += [["client", one.hex()] for one in pieces_of(data)]
        crossed += await answers(reader)
    writer.close()
    await writer.wait_closed()
    server.close()
    if serving := asyncio.all_tasks() - {asyncio.current_task()}:
        await asyncio.wait(serving, timeout=PATIENCE)
    return crossed


async def answers(reader: asyncio.StreamReader) -> list[list[str]]:
    """Return what the server says until it is quiet, and whether it ends TCP."""
    data, end = b"", False
    while not end:
        try:
            async with asyncio.timeout(QUIET):
                more = await reader.read(65536)
        except TimeoutError:
            break
        data, end = data + more, not more
    said = [["server", one.hex()] for one in pieces_of(data)]
    return said + ([["server", ""]] if end else [])


def pieces_of(data: bytes) -> list[bytes]:
    """Return a head as it is, and frames one by one."""
    if data[:1].isalpha():
        head, end, rest = data.partition(b"\r\n\r\n")
        return [head + end, *pieces_of(rest)]
    pieces: list[bytes] = []
    while data:
        size = next((n for n in range(2, len(data) + 1) if parse_frames(data[:n])[0]), len(data))
        pieces.append(data[:size])
        data = data[size:]
    return pieces
