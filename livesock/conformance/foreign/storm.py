"""`storm()`: fifty clients at once through a bad network, some of which vanish in the middle.

A third of them says goodbye, a third hangs up without a word, a third is cut by a reset in the middle of a frame. Their
bytes travel in pieces of one to seven bytes.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import socket
import struct
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field

from livesock.wire.frame import Frame, Opcode, encode_frame
from livesock.wire.framereader import FrameReader
from livesock.wire.handshake import accept_key

__all__ = ["CLIENTS", "Storm", "storm"]

CLIENTS = 50

KEY = "dGhlIHNhbXBsZSBub25jZQ=="

MESSAGES = 4
"""Messages that each client wants to exchange."""

ABORT = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)
"""The option with which the end of a connection is a reset."""

LONGEST = 120
"""Bytes of the longest message: in pieces of one byte it takes an eighth of a second."""


@dataclass(slots=True)
class Storm:
    """What became of the clients of one round."""

    answered: int = 0
    """Messages that came back as they were."""
    wrong: list[str] = field(default_factory=list)
    """What went wrong for a client that did not vanish."""
    vanished: int = 0


async def storm(host: str, ports: Sequence[int], path: str, seed: int, patience: float) -> Storm:
    """Let `CLIENTS` clients talk through the networks at `ports`, and return what became of them."""
    found = Storm()
    chance = random.Random(seed)
    plans = [(ports[n % len(ports)], n, random.Random(chance.random())) for n in range(CLIENTS)]
    async with asyncio.TaskGroup() as group:
        for port, number, own in plans:
            group.create_task(_client(host, port, path, number, own, found, patience))
    return found


async def _client(
    host: str, port: int, path: str, number: int, chance: random.Random, found: Storm, patience: float
) -> None:
    writer = None
    try:
        async with asyncio.timeout(12 * max(1.0, patience)):
            reader, writer = await asyncio.open_connection(host, port)
            await _talk(reader, writer, path, number, chance, found)
    except (OSError, EOFError, TimeoutError, ValueError) as exc:
        found.wrong.append(f"client {number}: {exc or type(exc).__name__}")
    finally:
        if writer is not None:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()


async def _talk(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    path: str,
    number: int,
    chance: random.Random,
    found: Storm,
) -> None:
    await _handshake(reader, writer, path)
    frames = FrameReader(False)
    last = MESSAGES if number % 3 == 0 else chance.randrange(MESSAGES)
    for turn in range(last):
        content = (f"client {number}, message {turn}. " * 12)[: chance.randrange(1, LONGEST)].encode()
        opcode = chance.choice((Opcode.TEXT, Opcode.BINARY))
        writer.write(encode_frame(Frame(opcode, content, mask=chance.randbytes(4))))
        came = await _message(reader, frames)
        if came != (opcode, content):
            raise ValueError(f"another message came back: {came[1][:40]!r}")
        found.answered += 1
    if number % 3 == 0:
        writer.write(encode_frame(Frame(Opcode.CLOSE, b"\x03\xe8", mask=chance.randbytes(4))))
        await _end(reader, frames)
        return
    found.vanished += 1
    if number % 3 == 1:
        half = encode_frame(Frame(Opcode.TEXT, b"never to be finished", mask=chance.randbytes(4)))
        writer.write(half[: chance.randrange(1, len(half))])
        await asyncio.sleep(0.02)
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, ABORT)
        writer.transport.abort()


async def _handshake(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, path: str) -> None:
    lines = (
        f"GET {path} HTTP/1.1",
        "Host: 127.0.0.1",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Key: {KEY}",
        "Sec-WebSocket-Version: 13",
    )
    writer.write("\r\n".join([*lines, "", ""]).encode())
    head = await reader.readuntil(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 101") or accept_key(KEY).encode() not in head:
        raise ValueError(f"the handshake failed: {head[:40]!r}")


async def _message(reader: asyncio.StreamReader, frames: FrameReader) -> tuple[int, bytes]:
    """Return the next message, without caring for fragments: the answers are small."""
    while True:
        data = await reader.read(4096)
        if not data:
            raise EOFError("the server ended the connection")
        for frame in frames.feed(data):
            if not frame.is_control:
                return frame.opcode, frame.payload


async def _end(reader: asyncio.StreamReader, frames: FrameReader) -> None:
    closes = 0
    while data := await reader.read(4096):
        closes += sum(frame.opcode == Opcode.CLOSE for frame in frames.feed(data))
    if not closes:
        raise EOFError("the server ended the connection without a Close")
