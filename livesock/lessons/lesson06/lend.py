"""`lend()`: a learner's `Closer`, `close_payload` and `parse_close` say goodbye for a real server.

    ws.close(4001, "bye") ─► close_payload ─► Closer.close ──────┐
    a Close frame comes ───► parse_close ───► Closer.received ───┼─► ("close", payload) is sent, ("tcp", "end") is done
    the peer's time is over ────────────────► Closer.timeout ────┘

The library still writes and reads frames, and reports what came.
"""

from collections.abc import Callable
from typing import Any

from websockets.exceptions import ProtocolError
from websockets.frames import Close, Frame, Opcode
from websockets.protocol import State

from livesock.learn.whose import chosen
from livesock.lessons.lesson06.close_payload import close_payload
from livesock.lessons.lesson06.closer import Closer
from livesock.lessons.lesson06.parse_close import parse_close

__all__ = ["OURS", "lend"]

OURS: dict[str, Any] = {"Closer": Closer, "close_payload": close_payload, "parse_close": parse_close}
TRIALS: dict[str, Callable[[Any], Any]] = {
    "Closer": lambda closer: closer(True).received(b""),
    "close_payload": lambda write: write(1000, "bye"),
    "parse_close": lambda read: read(b"\x03\xe8bye"),
}
"""Calls that any written solution takes; a stub raises NotImplementedError."""

FAILED, BROKEN = 1011, 1002
"""The close codes for a mistake in a server, and for a broken rule of the peer (RFC 6455, 7.4.1)."""

DATA = (Opcode.TEXT, Opcode.BINARY, Opcode.CONT)


def lend(ws: Any, *written: Any) -> str:
    """Let what is `written` end the connection `ws`, and return whose each part is: `Closer: yours, …`.

    What is not written, or not given, is replaced by ours. What raises ends the connection with 1011.
    """
    serving, whose = chosen("lend", OURS, TRIALS, written)
    Goodbye(ws, serving["Closer"](True), serving["close_payload"], serving["parse_close"])
    return whose


class Goodbye:
    """Stands between the library's protocol and a Closer. Its methods run in the connection's loop."""

    def __init__(self, ws: Any, closer: Any, write: Callable[..., Any], read: Callable[[bytes], Any]) -> None:
        self._ws, self._protocol, self._closer, self._write, self._read = ws, ws.protocol, closer, write, read
        self._heard = False
        self._patience = ws.close_timeout
        if self._patience is not None:
            ws.close_timeout = 2 * self._patience  # the Closer is asked first; the library then ends what still hangs
        protocol = self._protocol
        self._library = protocol.recv_frame, protocol.send_frame, protocol.receive_eof
        protocol.recv_frame, protocol.send_frame = self._receive, self._send
        protocol.send_close, protocol.receive_eof = self._close, self._end

    # -- what happens

    def _receive(self, frame: Frame) -> None:
        receive, *_ = self._library
        if frame.opcode is not Opcode.CLOSE:
            if not self._heard or frame.opcode not in DATA:  # behind a Close there is silence
                receive(frame)
            return
        payload = bytes(frame.data)
        try:
            self._read(payload)
        except ValueError as exc:
            self._protocol.fail(BROKEN, str(exc)[:100])
            return
        except Exception as exc:
            self._fail(exc, "parse_close")
            return
        if not self._heard:
            self._heard, self._protocol.close_rcvd = True, heard_of(payload)
            if self._protocol.close_sent is not None:
                self._protocol.close_rcvd_then_sent = False
        self._do(lambda: self._closer.received(payload), "Closer.received")

    def _close(self, code: int | None = None, reason: str = "") -> None:
        try:
            payload = bytes(self._write(None if code is None else int(code), reason))
        except ValueError as exc:
            raise ProtocolError(str(exc)) from exc
        except Exception as exc:
            self._fail(exc, "close_payload")
            return
        self._do(lambda: self._closer.close(payload), "Closer.close")

    def _send(self, frame: Frame) -> None:
        _, send, _ = self._library
        if frame.opcode in DATA:
            self._do(lambda: self._closer.send(bytes(frame.data)), "Closer.send", lambda: send(frame))
        else:
            send(frame)

    def _end(self) -> None:
        *_, end = self._library
        if not self._protocol.reader.eof:
            self._do(self._closer.tcp_ended, "Closer.tcp_ended")
        end()

    def _time_is_over(self) -> None:
        self._do(self._closer.timeout, "Closer.timeout", over=True)

    # -- what is done

    def _do(
        self, ask: Callable[[], Any], name: str, data: Callable[[], None] = lambda: None, over: bool = False
    ) -> None:
        """Ask the Closer, and do what it says."""
        try:
            actions = list(ask())
            for action, value in actions:
                if action == "close":
                    self._say(bytes(value))
                elif action == "tcp" and over:
                    self._ws.transport.abort()
                elif action == "tcp":
                    self._hang_up()
                elif action == "data":
                    data()
        except Exception as exc:
            self._fail(exc, name)

    def _say(self, payload: bytes) -> None:
        _, send, _ = self._library
        send(Frame(Opcode.CLOSE, payload))
        protocol = self._protocol
        if protocol.close_rcvd is not None and protocol.close_sent is None:
            protocol.close_rcvd_then_sent = True
        protocol.close_sent, protocol.state = heard_of(payload), State.CLOSING
        if self._patience is not None:
            self._ws.loop.call_later(self._patience, self._time_is_over)

    def _hang_up(self) -> None:
        protocol = self._protocol
        if protocol.eof_sent:
            return
        protocol.state = State.CLOSING
        protocol.send_eof()
        protocol.parser = protocol.discard()
        next(protocol.parser)

    def _fail(self, exc: Exception, name: str) -> None:
        self._protocol.fail(FAILED, f"{type(exc).__name__} in {name}"[:100])


def heard_of(payload: bytes) -> Close:
    """Return a payload as the library reports it, also one that breaks a rule."""
    code = int.from_bytes(payload[:2], "big") if len(payload) > 1 else 1005
    return Close(code, payload[2:].decode("utf-8", "replace"))
