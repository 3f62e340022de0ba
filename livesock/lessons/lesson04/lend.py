"""`lend()`: a learner's functions read and write the frames of a real connection, in place of the library's.

    bytes ─► parse_frames(buffer + bytes) ─► frames ─► the library ─► async for message in ws
    bytes ◄─ encode_frame(opcode, payload, fin) ◄───── the library ◄─ ws.send(…), pong, close

The library keeps what a frame means among the others. It gets each parsed frame as bytes again, which ours writes; of
each frame that it would send, ours reads the parts.
"""

from collections.abc import Callable
from typing import Any

from livesock.learn.whose import chosen
from livesock.lessons.lesson04.encode_frame import encode_frame
from livesock.lessons.lesson04.parse_frames import parse_frames

__all__ = ["lend"]

OURS: dict[str, Callable[..., Any]] = {"encode_frame": encode_frame, "parse_frames": parse_frames}
TRIALS: dict[str, Callable[[Any], Any]] = {
    "encode_frame": lambda encode: encode(1, b""),
    "parse_frames": lambda parse: parse(b""),
}
"""Calls that any written function takes; a stub raises NotImplementedError."""

FAILED = 1011
"""The close code for a mistake in a server (RFC 6455, 7.4.1)."""


def lend(ws: Any, *functions: Callable[..., Any]) -> str:
    """Let `encode_frame` and `parse_frames` serve `ws`, and return whose each is: `encode_frame: yours, …`.

    A function that is not written, or not given, is replaced by ours. One that raises ends the connection with 1011, as
    any mistake in a server does.
    """
    serving, whose = chosen("lend", OURS, TRIALS, functions)
    read_with(serving["parse_frames"], ws.protocol)
    write_with(serving["encode_frame"], ws.protocol)
    return whose


def read_with(parse: Callable[..., Any], protocol: Any) -> None:
    """Put `parse` between the bytes that come and the library."""
    library, rest = protocol.receive_data, b""

    def receive(data: bytes) -> None:
        nonlocal rest
        try:
            frames, left = parse(rest + data)
            rest = checked(left)
            again = b"".join(
                encode_frame(int(opcode), checked(payload), bool(fin), bytes(4)) for fin, opcode, payload in frames
            )
        except Exception as exc:
            protocol.fail(FAILED, f"{type(exc).__name__} in parse_frames")
            return
        if again:
            library(again)

    protocol.receive_data = receive


def write_with(encode: Callable[..., Any], protocol: Any) -> None:
    """Put `encode` between the library and the bytes that leave; an empty one means the end of the stream."""
    library = protocol.data_to_send

    def send() -> list[bytes]:
        return [written(encode, data) if data else data for data in library()]

    protocol.data_to_send = send


def written(encode: Callable[..., Any], data: bytes) -> bytes:
    """Return the bytes that `encode` writes for each frame in `data`, a close with 1011 if it raises."""
    frames, _ = parse_frames(data)
    try:
        return b"".join(checked(encode(opcode, payload, fin)) for fin, opcode, payload in frames)
    except Exception as exc:
        reason = f"{type(exc).__name__} in encode_frame".encode()
        return encode_frame(8, FAILED.to_bytes(2, "big") + reason)


def checked(value: Any) -> bytes:
    if not isinstance(value, bytes | bytearray | memoryview):
        raise TypeError(f"bytes are expected, not {type(value).__name__}")
    return bytes(value)
