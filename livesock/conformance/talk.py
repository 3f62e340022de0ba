"""`talk()`: carry out the steps of a case against a server, and say how it ended.

The transcript is what a learner reads: sent, waited, expected, got. The sentence begins with what came, and ends with
the rule.
"""

from __future__ import annotations

import base64
import os
import signal
import socket
import ssl
import time
from dataclasses import dataclass, field
from typing import Protocol

from livesock.conformance import diagnosis
from livesock.conformance.case import (
    CaseVerdict,
    Connect,
    EndTcp,
    Expect,
    ExpectAnswer,
    ExpectClose,
    ExpectEnd,
    ExpectExit,
    ExpectOpen,
    ExpectPing,
    SendBytes,
    ShakeHands,
    Step,
    Terminate,
    WireCase,
)
from livesock.conformance.wire_line import Came, WireLine, described, shown
from livesock.errors import PacketError
from livesock.trace.recording import Trace
from livesock.wire.frame import Frame, Opcode, encode_frame
from livesock.wire.handshake import check_response, negotiated

__all__ = ["KEY", "CaseOutcome", "CaseTalk", "ServerPlace", "talk"]

KEY = bytes.fromhex("37fa213d")
"""The masking key of the example in RFC 6455, 5.7, with which the judge masks; any other would do."""

PAUSE = 0.03
"""Seconds after what is sent in pieces, so that the server reads it before the next piece comes."""


class ServerPlace(Protocol):
    """Where a server is: `host`, `port`, the path of its echo, and TLS."""

    host: str
    port: int
    path: str

    def ask_to_stop(self) -> None:
        """Send SIGTERM to the process."""

    def exit_status(self, seconds: float) -> int | None:
        """Return the exit status, None while the process still runs after `seconds`."""


@dataclass(slots=True)
class CaseOutcome:
    """How a case ended."""

    verdict: CaseVerdict = CaseVerdict.PASS
    sentence: str = ""
    transcript: list[str] = field(default_factory=list)
    is_silent: bool = False
    """Whether the server did not answer in time: it may be stuck."""
    has_ended: bool = False
    """Whether the server ended a connection, or took none."""
    seconds: float = 0.0
    trace: Trace | None = None


class Stop(Exception):
    """The case is decided before its last step."""


def talk(
    case: WireCase, place: ServerPlace, *, patience: float = 1.0, tls: ssl.SSLContext | None = None
) -> CaseOutcome:
    """Carry out `case` and return how it ended. Closes every connection that it opened."""
    began = time.monotonic()
    one = CaseTalk(case, place, patience, tls)
    try:
        for step in case.steps:
            one.do(step)
    except Stop:
        pass
    finally:
        one.close()
    one.outcome.seconds = time.monotonic() - began
    return one.outcome


class CaseTalk:
    """The connections of one case, by number."""

    def __init__(self, case: WireCase, place: ServerPlace, patience: float, tls: ssl.SSLContext | None) -> None:
        self.case = case
        self.place = place
        self.patience = patience
        self.tls = tls
        self.trace = Trace(client=">", place="judge", limit=2**20)
        self.outcome = CaseOutcome(trace=self.trace)
        self.lines: dict[int, WireLine] = {}
        self._last_sent = 0
        """The connection on which was sent since anything was received."""

    def do(self, step: Step) -> None:
        """Carry out one step.

        Raises:
            Stop: If that decides the case.
        """
        match step:
            case Connect(on):
                self._connect(on)
            case ShakeHands(headers, on):
                self._request(dict(headers), on)
            case SendBytes():
                self._send(step)
            case Expect():
                self._expect(step)
            case ExpectAnswer():
                self._expect_answer(step)
            case ExpectClose():
                self._expect_close(step)
            case ExpectEnd():
                self._expect_end(step)
            case ExpectOpen():
                self._expect_open(step)
            case ExpectPing():
                self._expect_ping(step)
            case Terminate():
                self.outcome.transcript.append("sent SIGTERM to the process")
                self.place.ask_to_stop()
            case ExpectExit():
                self._expect_exit(step)
            case EndTcp(on, is_reset):
                self._say(on, "ended", "TCP, with a reset" if is_reset else "TCP")
                self.lines[on].end(is_reset=is_reset)

    def close(self) -> None:
        """End what is still open."""
        for line in self.lines.values():
            line.end()

    # -- sending

    def _connect(self, on: int) -> WireLine:
        if on in self.lines:
            self.lines[on].end()
        try:
            sock = socket.create_connection((self.place.host, self.place.port), timeout=self.patience)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self.tls is not None:
                sock = self.tls.wrap_socket(sock, server_hostname=self.place.host)
        except (OSError, ssl.SSLError) as exc:
            self._say(on, "got", f"no connection: {exc}")
            self.outcome.has_ended = True
            self._fail(f"No connection: {exc}.", is_silent=True)
        self.lines[on] = WireLine(on, sock, self.trace, self.patience)
        return self.lines[on]

    def _line(self, on: int) -> WireLine:
        return self.lines[on] if on in self.lines and self.lines[on].is_open else self._connect(on)

    def _request(self, changed: dict[str, str | None], on: int) -> None:
        key = base64.b64encode(os.urandom(16)).decode()
        headers: dict[str, str | None] = {
            "Host": "{host}",
            "Upgrade": "websocket",
            "Connection": "Upgrade",
            "Sec-WebSocket-Key": key,
            "Sec-WebSocket-Version": "13",
            **changed,
        }
        lines = [f"{name}: {value}" for name, value in headers.items() if value is not None]
        head = "\r\n".join(["GET {path} HTTP/1.1", *lines, "", ""])
        before = len(self.outcome.transcript)
        self._send(SendBytes(head.encode(), on=on))
        self._expect_answer(ExpectAnswer((101,), on=on, otherwise="The handshake failed, which is stage 3."))
        del self.outcome.transcript[before:]  # it went well: one line is enough
        self._say(on, "sent", "the handshake, and got 101")

    def _send(self, step: SendBytes) -> None:
        line = self._line(step.on)
        host = f"{self.place.host}:{self.place.port}"
        data = step.data
        if data[:4].isalpha() or data[:4] in (b"GET ", b"PUT "):
            for name, value in (("host", host), ("port", str(self.place.port)), ("path", self.place.path)):
                data = data.replace(b"{%s}" % name.encode(), value.encode())
        self._say(step.on, "sent", diagnosis.sent(data, step.note))
        if self._last_sent == step.on:
            time.sleep(PAUSE * max(1.0, self.patience))
        self._last_sent = step.on
        size = step.pieces or len(data) or 1
        for start in range(0, len(data), size):
            line.send(data[start : start + size])
            if start + size < len(data):
                time.sleep(0.001 if start else PAUSE * max(1.0, self.patience))
        line.has_sent_close = line.has_sent_close or data[:1] == b"\x88"

    # -- expecting

    def _next(self, on: int, seconds: float | None = None, *, is_mute: bool = False, pong: bytes = b"") -> Came:
        """Return what comes next on a connection; pings of the server are answered and do not count.

        A ping with the payload of the `pong` that is expected counts: a server that echoes every frame would send our
        answer back, and that is the pong.
        """
        line = self._line(on)
        began = time.monotonic()
        self._last_sent = 0
        while True:
            left = (self.patience if seconds is None else seconds) - (time.monotonic() - began)
            came = line.next(max(left, 0.001))
            if came.kind != "ping" or (pong and came.payload == pong):
                break
            self._say(on, "got", str(came) + (", and left it unanswered" if is_mute else ""))
            if not is_mute:
                line.send(encode_frame(Frame(Opcode.PONG, came.payload, mask=KEY)))
        self.outcome.has_ended = self.outcome.has_ended or came.is_end
        if came.kind in ("nothing", "end", "reset"):
            self._say(on, "waited", f"{time.monotonic() - began:.1f} s")
        return came

    def _expect(self, step: Expect) -> None:
        wanted = Came("message", step.opcode, step.payload, encode_frame(Frame(step.opcode, step.payload)))
        came = self._next(step.on, pong=step.payload if step.opcode is Opcode.PONG else b"")
        if came.opcode == step.opcode and came.payload == step.payload:
            self._say(step.on, "got", str(came))
            return
        self._say(step.on, "expected", f"{shown(wanted.raw)} ({described(wanted)})")
        self._say(step.on, "got", str(came))
        if step.or_close and came.kind == "close":
            self._note("Your server closed without an answer to the message before the Close.", step.otherwise)
            raise Stop
        if step.or_nothing and (came.kind == "nothing" or came.is_end):
            self._note(diagnosis.of_frame(step, came), step.otherwise)
            raise Stop
        self._fail(diagnosis.of_frame(step, came), step.otherwise, is_silent=came.kind == "nothing")

    def _expect_answer(self, step: ExpectAnswer) -> None:
        came = self._next(step.on)
        self._say(step.on, "got", diagnosis.answer(came))
        statuses = diagnosis.statuses(step.statuses)
        if came.head is None:
            self._say(step.on, "expected", statuses)
            if came.is_end and step.may_end:
                self._note("Your server ended the connection without an HTTP answer.", step.otherwise)
                return
            if came.kind == "nothing" and step.may_wait:
                self._note("Your server still waits for the rest.", step.otherwise)
                return
            self._fail(diagnosis.of_no_answer(came), step.otherwise, is_silent=came.kind == "nothing")
        assert came.head is not None
        status = came.head.status
        if status in step.tolerated and status not in step.statuses:
            self._note(f"The answer has the status {status}, where {statuses} is expected.", step.otherwise)
            raise Stop
        elif step.statuses and status not in step.statuses:
            self._say(step.on, "expected", statuses)
            self._fail(f"The answer has the status {status}, where {statuses} is expected.", step.otherwise)
        for name, value in step.headers:
            got = came.head.get(name)
            if got is None or (value and value.lower() not in got.lower()):
                what = f"{name}: {value}" if value else name
                self._fail(f"The answer has no header {what}.", step.otherwise)
        if status == 101:
            self._check_switch(step, came)

    def _check_switch(self, step: ExpectAnswer, came: Came) -> None:
        line = self.lines[step.on]
        assert came.head is not None
        problems = check_response(line.request, came.head)
        if problems:
            self._fail(f"The 101 is not valid: {problems[0].rule} ({problems[0].section}).", step.otherwise)
        try:
            agreed = negotiated(line.request, came.head)
        except PacketError:
            agreed = None
        if agreed is not None:
            line.inflater = agreed.inflater(from_client=False)

    def _expect_close(self, step: ExpectClose) -> None:
        line = self._line(step.on)
        wanted = diagnosis.codes(step.codes)
        came = self._next(step.on)
        self._say(step.on, "got", str(came))
        if came.kind != "close":
            self._say(step.on, "expected", f"close {wanted}, and the end of the connection")
            if came.is_end and step.may_drop:
                self._note(
                    "Your server ended TCP without a Close frame, so the client learns no reason.", step.otherwise
                )
                return
            if came.kind == "nothing" and step.may_wait:
                self._note("Your server waits for the rest, where the header has said enough.", step.otherwise)
                return
            if came.kind in ("message", "pong") and step.may_accept:
                self._note("Your server goes on as if nothing had happened.", step.otherwise)
                return
            self._fail(diagnosis.of_close(came), step.otherwise, is_silent=came.kind == "nothing")
        code = int.from_bytes(came.payload[:2], "big") if came.payload else None
        if code not in step.codes:
            self._say(step.on, "expected", f"close {wanted}")
            sentence = f"The Close has {diagnosis.codes([code])}, where {wanted} is expected."
            if code not in step.tolerated:
                self._fail(sentence, step.otherwise)
            self._note(sentence, step.otherwise)
        if step.reason is not None and came.payload[2:] != step.reason:
            self._note("The Close has another reason than the one that it answers.", step.otherwise)
        if not line.has_sent_close:
            line.send(encode_frame(Frame(Opcode.CLOSE, came.payload[:2], mask=KEY)))
            line.has_sent_close = True
            self._say(step.on, "sent", "our own Close")
        self._expect_end(ExpectEnd(self.patience, on=step.on, otherwise=diagnosis.TCP_END))

    def _expect_end(self, step: ExpectEnd) -> None:
        seconds = self._within(step.seconds)
        came = self._next(step.on, seconds, is_mute=step.is_mute)
        if step.after_close and came.kind == "close":
            self._say(step.on, "got", str(came))
            came = self._next(step.on, seconds)
        if came.is_end:
            self._say(step.on, "got", str(came))
            self.lines[step.on].end()
            return
        self._say(step.on, "expected", "the end of the connection")
        self._say(step.on, "got", str(came))
        sentence = diagnosis.of_no_end(came)
        if step.is_strict or came.kind != "nothing":
            self._fail(sentence, step.otherwise, is_silent=came.kind == "nothing")
        self._note(sentence, step.otherwise)

    def _expect_open(self, step: ExpectOpen) -> None:
        came = self._next(step.on, step.seconds)
        if came.kind == "nothing" and not came.raw:
            return
        self._say(step.on, "expected", "nothing yet")
        self._say(step.on, "got", diagnosis.answer(came))
        self._fail(f"{diagnosis.capital(str(came))} came, and nothing should have.", step.otherwise)

    def _expect_ping(self, step: ExpectPing) -> None:
        line = self._line(step.on)
        came = line.next(self._within(step.seconds))
        self._say(step.on, "got", str(came))
        if came.kind != "ping":
            self._say(step.on, "expected", "a ping")
            self._fail(f"{diagnosis.capital(str(came))} came, where a ping of the server was expected.", step.otherwise)
        line.send(encode_frame(Frame(Opcode.PONG, came.payload, mask=KEY)))

    def _expect_exit(self, step: ExpectExit) -> None:
        status = self.place.exit_status(self._within(step.seconds))
        if status is None:
            self._fail(f"The process still runs {step.seconds:g} s after SIGTERM.", step.otherwise, is_silent=True)
        self.outcome.transcript.append(f"got exit status {status}")
        if status == -signal.SIGTERM:
            self._note("The signal itself ended the process; exit status 0 would say that all went well.")
        elif status:
            self._fail(f"The process ended with status {status}, where 0 is expected.", step.otherwise)

    # -- deciding

    def _within(self, seconds: float) -> float:
        """Return the seconds of a step as a patient judge counts them."""
        return seconds * max(1.0, self.patience)

    def _say(self, on: int, verb: str, what: str) -> None:
        many = f"#{on} " if on != 1 or len(self.lines) > 1 else ""
        self.outcome.transcript.append(f"{many}{verb} {what}".rstrip())

    def _fail(self, *sentences: str, is_silent: bool = False) -> None:
        self.outcome.verdict = CaseVerdict.FAIL
        self.outcome.sentence = " ".join(part for part in sentences if part)
        self.outcome.is_silent = is_silent
        raise Stop

    def _note(self, *sentences: str) -> None:
        """Let the case go on as NON-STRICT; the first reason is kept."""
        if self.outcome.verdict is CaseVerdict.PASS:
            self.outcome.verdict = CaseVerdict.NON_STRICT
            self.outcome.sentence = " ".join(part for part in sentences if part)
