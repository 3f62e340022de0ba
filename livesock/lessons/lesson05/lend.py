"""`lend()`: a learner's `Assembler` in a real server, between the library's frames and the learner's handler.

    bytes ─► websockets reads frames ─► Assembler.feed(fin, opcode, payload) ─► messages ─► async for message in ws
                                                └─► pong, close, fail ─► what the server sends

The library still reads single frames, so a rule that one frame breaks by itself is its business; what a frame means
among the others is the Assembler's.
"""

from collections.abc import Callable
from typing import Any

from websockets.frames import Frame, Opcode

from livesock.learn.whose import is_own
from livesock.lessons.lesson05.assembler import Assembler

__all__ = ["lend"]

KINDS = {"text": Opcode.TEXT, "binary": Opcode.BINARY}


def lend(ws: Any, assembler: type) -> str:
    """Let a new `assembler` put together the messages of `ws`, and return whose it is: "yours" or "ours".

    Call it first in the handler. An Assembler that is not written yet is replaced by ours; one that raises ends the
    connection with 1011, as any mistake in a server does.
    """
    whose, made = _made(assembler)
    protocol = ws.protocol
    library: Callable[[Frame], None] = protocol.recv_frame

    def receive(frame: Frame) -> None:
        if protocol.close_sent is not None:  # what still comes is only for the library: the peer's close
            library(frame) if frame.opcode is Opcode.CLOSE else None
            return
        try:
            events = list(made.feed(frame.fin, int(frame.opcode), bytes(frame.data)))
        except Exception as exc:
            protocol.fail(1011, f"{type(exc).__name__} in {type(made).__name__}.feed"[:100])
            return
        for name, value in events:
            _do(protocol, library, frame, name, value)

    protocol.recv_frame = receive
    return whose


def _made(assembler: type) -> tuple[str, Any]:
    if is_own(assembler, lambda: assembler(2**20).feed(True, Opcode.PONG, b"")):
        return "yours", assembler(2**20)
    return "ours", Assembler(2**20)


def _do(protocol: Any, library: Callable[[Frame], None], frame: Frame, name: str, value: Any) -> None:
    if name in KINDS:
        data = value.encode() if isinstance(value, str) else bytes(value)
        protocol.events.append(Frame(KINDS[name], data))
    elif name == "pong":
        protocol.send_frame(Frame(Opcode.PONG, bytes(value)))
    elif name == "close":
        library(frame)
    elif name == "fail":
        protocol.fail(int(value), "the Assembler says so")
