"""What a case asks, as lines for a reader: what the tester sends, in hexadecimal, and what it must see."""

from __future__ import annotations

from livesock.conformance.case import (
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
from livesock.conformance.diagnosis import statuses as wanted_status
from livesock.wire.frame import Frame, encode_frame

__all__ = ["lines_of"]

SHOWN = 24
"""Bytes of which each is shown; of more bytes the beginning and the number."""

Line = tuple[str, str]
"""Who acts, "sends" or "must see", and what."""


def lines_of(case: WireCase) -> list[Line]:
    """Return the steps of a case in order."""
    many = any(getattr(step, "on", 1) != 1 for step in case.steps)
    return [
        (who, f"#{step.on} {what}" if many and hasattr(step, "on") else what)
        for step in case.steps
        for who, what in _of(step)
    ]


def _of(step: Step) -> list[Line]:
    match step:
        case Connect():
            return [("sends", "nothing: it connects")]
        case ShakeHands(headers):
            changed = ", ".join(name if value is None else f"{name}: {value}" for name, value in headers)
            return [("sends", f"a handshake{f', changed: {changed}' if changed else ''}"), ("must see", "101")]
        case SendBytes(data, pieces):
            cut = f", {pieces} byte{'s' if pieces > 1 else ''} at a time" if pieces else ""
            return [("sends", f"{shown(data)}{cut}{f'  ({step.note})' if step.note else ''}")]
        case Expect(opcode, payload):
            return [("must see", shown(encode_frame(Frame(opcode, payload))))]
        case ExpectAnswer(statuses, headers):
            with_ = "".join(f", with {name}{f': {value}' if value else ''}" for name, value in headers)
            return [("must see", f"{wanted_status(statuses)}{with_}")]
        case ExpectClose(codes):
            wanted = " or ".join(
                "88 00" if code is None else f"88 … {code.to_bytes(2, 'big').hex(' ')} ({code})" for code in codes
            )
            return [("must see", f"Close {wanted}, then the end of TCP")]
        case ExpectEnd():
            return [("must see", "the end of TCP")]
        case ExpectOpen():
            return [("must see", "nothing yet")]
        case ExpectPing():
            return [("must see", "a ping of the server: 89 …")]
        case Terminate():
            return [("sends", "the signal SIGTERM")]
        case ExpectExit():
            return [("must see", "the exit status 0")]
        case EndTcp(_, is_reset):
            return [("sends", "a reset of TCP" if is_reset else "the end of TCP")]
    return []


def shown(data: bytes) -> str:
    """Return bytes as a reader wants them: HTTP as text, frames in hexadecimal, long ones cut."""
    head, end, rest = data.partition(b"\r\n\r\n")
    if head[:1].isalpha() and head.isascii():
        text = (
            (head + end).decode().replace("{path}", "/").replace("{host}", "127.0.0.1:PORT").replace("{port}", "PORT")
        )
        text = text.replace("\r\n", " \u23ce ")
        text = text if len(text) <= 240 else f"{text[:240]}… {len(head):,} bytes"
        return f"{text.rstrip(' ')}{rest.hex(' ')}"
    if len(data) <= SHOWN:
        return data.hex(" ")
    return f"{data[:SHOWN].hex(' ')} … {len(data):,} bytes"
