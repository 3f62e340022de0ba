"""Callers to try `authenticate` with: genuine server connections of `websockets`, on a wire without a network.

    authenticate ──► ServerConnection.recv ◄── steps: what the caller says, and when
                 ──► ServerConnection.close ──► the Close frame that is written

The loop's clock jumps over every pause: a minute of silence takes no time, and no machine is too slow for a deadline.
"""

import asyncio
import sys
from types import FrameType
from typing import Any, cast

from websockets.asyncio.server import Server, ServerConnection
from websockets.datastructures import Headers
from websockets.http11 import Request
from websockets.protocol import OPEN
from websockets.server import ServerProtocol

from livesock.learn.checking.jumping import JumpingLoop
from livesock.learn.exercise import Solution
from livesock.lessons.lesson08.members import Member, Wire
from livesock.wire.frame import Frame, Opcode, encode_frame
from livesock.wire.framereader import FrameReader

__all__ = ["Step", "perform", "said", "typed"]

Step = tuple[Any, ...]
"""`("says", "hello")` also with bytes, `("waits", 0.5)`, `("goes",)`; `("stops",)`: the server does."""

SETTLE = 5
"""Turns of the loop in which everything that waits for no caller has happened."""

PATIENCE = 60.0
"""Seconds, on the loop's clock, that are waited for an answer."""

KEY = b"\x00\x00\x00\x00"


class CallersWire(Wire):
    """It keeps what is written, and answers a Close as a client does."""

    ws: ServerConnection
    is_gone = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        super().write(data)
        closes = [frame.payload for frame in frames(self.data) if frame.opcode == Opcode.CLOSE]
        if closes:
            asyncio.get_running_loop().call_soon(self.answer, bytes(closes[0]))

    def answer(self, payload: bytes) -> None:
        if not self.is_gone:
            self.ws.data_received(encode_frame(Frame(Opcode.CLOSE, payload, mask=KEY)))
            self.goes()

    def goes(self) -> None:
        if not self.is_gone:
            self.is_gone = True
            self.ws.connection_lost(None)

    def close(self) -> None:
        asyncio.get_running_loop().call_soon(self.goes)

    abort = close


def caller() -> ServerConnection:
    options = {"ping_interval": None, "close_timeout": 1}
    ws = Member(ServerProtocol(state=OPEN), cast(Server, None), **cast(dict[str, Any], options))
    wire = CallersWire(50_000)
    wire.ws = ws
    ws.connection_made(wire)
    ws.request = Request("/", Headers())  # its handshake is over
    return ws


def frames(data: bytes) -> list[Any]:
    return FrameReader(from_client=False).feed(data)


def perform(solution: Solution, token: str, timeout: float, steps: list[Step]) -> list[str]:
    """Let one caller take the steps; return what became of it, one thing a sentence."""
    with asyncio.Runner(loop_factory=JumpingLoop) as runner:
        return runner.run(meet(solution, token, timeout, steps))


async def meet(solution: Solution, token: str, timeout: float, steps: list[Step]) -> list[str]:
    ws, members, found, asked = caller(), set[Any](), [], []

    def watch(_: FrameType, event: str, called: Any) -> None:
        if event == "c_call" and called.__name__.endswith("compare_digest"):
            asked.append(called)

    async def answer() -> tuple[Any, str]:
        return await solution(ws, token, members, timeout), closing(ws)

    task = asyncio.create_task(answer())
    sys.setprofile(watch)
    try:
        await settle()
        if ws in members:
            found.append("is a member before it has said anything")
        for step in steps:
            await take(ws, task, *step)
            await settle()
        done, _ = await asyncio.wait([task], timeout=PATIENCE)
        found += result(task, closing(ws)) if done else ["still waits after a minute", closing(ws)]
    finally:
        sys.setprofile(None)
        task.cancel()
        wire_of(ws).goes()
        await asyncio.gather(task, return_exceptions=True)
    found += ["is a member"] if members else []
    return found if asked or not members else [*found, "the token was compared with =="]


def result(task: asyncio.Task[tuple[Any, str]], end: str) -> list[str]:
    """Return what came of the call, and how the connection ended."""
    if task.cancelled():
        return ["is cancelled"]
    value, before = task.result()
    late = ["does not wait for the close"] if end != before else []
    return [f"returns {value!r:.60}", end, *late]


async def take(ws: ServerConnection, task: asyncio.Task[Any], name: str, *arguments: Any) -> None:
    if name == "waits":
        await asyncio.sleep(arguments[0])
    elif name == "stops":
        task.cancel()
    elif name == "goes":
        wire_of(ws).goes()
    elif not wire_of(ws).is_gone:
        says(ws, arguments[0])


async def settle() -> None:
    for _ in range(SETTLE):
        await asyncio.sleep(0)


def says(ws: ServerConnection, message: str | bytes) -> None:
    opcode = Opcode.TEXT if isinstance(message, str) else Opcode.BINARY
    payload = message.encode() if isinstance(message, str) else message
    ws.data_received(encode_frame(Frame(opcode, payload, mask=KEY)))


def wire_of(ws: ServerConnection) -> CallersWire:
    return cast(CallersWire, ws.transport)


def closing(ws: ServerConnection) -> str:
    """Return with which code and reason the connection was closed, if it was."""
    wire = wire_of(ws)
    closes = [bytes(frame.payload) for frame in frames(wire.data) if frame.opcode == Opcode.CLOSE]
    if closes:
        reason = closes[0][2:].decode()
        shown = repr(reason) if reason in ("", "unauthorized") else "with another reason"
        return f"closed with {int.from_bytes(closes[0][:2], 'big')} {shown}"
    return "gone" if wire.is_gone else "open"


def said(found: list[str]) -> str:
    return ", ".join(found)


def typed(token: str, timeout: float, steps: list[Step]) -> str:
    """Return a case as a line."""
    taken: dict[str, Any] = {
        "says": lambda message: f"the caller sends {message!r:.40}",
        "waits": lambda seconds: f"{seconds:g} s later",
        "goes": lambda: "the caller goes",
        "stops": lambda: "the server stops",
    }
    lived = "; ".join(taken[name](*arguments) for name, *arguments in steps) or "the caller says nothing"
    return f"await authenticate(ws, {token!r}, members, {timeout:g}); {lived}"
