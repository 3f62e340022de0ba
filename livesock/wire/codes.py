"""Close codes: what a Close frame says about why the connection ends.

The payload of a Close frame is empty, or a code of two bytes and a reason in UTF-8.

    03 e8 62 79 65      1000 "bye"

Some codes exist only inside a program: 1005 (the Close frame held no code) and 1006 (no Close frame came) report
what did *not* come, so they are never sent.

    0 ... 999      not used            1000 ... 2999  the specification and its extensions
    3000 ... 3999  registered          4000 ... 4999  private: free for every application
"""

from __future__ import annotations

from typing import NamedTuple

from livesock.errors import PacketError
from livesock.wire.utf8 import decode_text

__all__ = ["CODES", "CloseCode", "decode_close", "describe_code", "encode_close", "sendable"]

REASON_LIMIT = 123
"""Bytes of a reason: a control frame carries 125, and the code takes two (RFC 6455, 5.5)."""


class CloseCode(NamedTuple):
    """One line of the table of close codes."""

    name: str
    meaning: str
    """One sentence, in plain words."""
    sendable: bool
    """Whether the code may stand in a Close frame."""


CODES: dict[int, CloseCode] = {
    1000: CloseCode("normal closure", "The purpose of the connection is fulfilled.", True),
    1001: CloseCode("going away", "The server shuts down, or the browser leaves the page.", True),
    1002: CloseCode("protocol error", "The peer broke a rule of the protocol.", True),
    1003: CloseCode("unsupported data", "The peer sent a type of data that this end cannot take.", True),
    1004: CloseCode("reserved", "Reserved: it has no meaning yet.", False),
    1005: CloseCode("no status received", "What a program reports when the Close frame held no code.", False),
    1006: CloseCode("abnormal closure", "What a program reports when no Close frame came.", False),
    1007: CloseCode("invalid data", "The bytes do not fit the type of the message: text that is not UTF-8.", True),
    1008: CloseCode("policy violation", "The message breaks a rule of the application; the general refusal.", True),
    1009: CloseCode("message too big", "The message is larger than this end accepts.", True),
    1010: CloseCode("mandatory extension", "The client needs an extension that the server did not agree to.", True),
    1011: CloseCode("internal error", "The server failed in a way that it did not expect.", True),
    1012: CloseCode("service restart", "The server restarts; come back after a random wait.", True),
    1013: CloseCode("try again later", "The server is overloaded.", True),
    1014: CloseCode("bad gateway", "A server in between got a bad answer from the one behind it.", True),
    1015: CloseCode("TLS handshake", "What a program reports when the TLS handshake failed.", False),
}
"""RFC 6455, 7.4.1, and the registry of 11.7."""


def sendable(code: int) -> bool:
    """Return whether `code` may stand in a Close frame (RFC 6455, 7.4.1 and 7.4.2).

    >>> [code for code in (999, 1000, 1005, 1016, 3000, 4999, 5000) if sendable(code)]
    [1000, 3000, 4999]
    """
    return CODES[code].sendable if code in CODES else 3000 <= code <= 4999


def describe_code(code: int) -> str:
    """Return one sentence on `code`: what it means, or why it must not be sent."""
    if code in CODES:
        name, meaning, allowed = CODES[code]
        return f"{name.capitalize()}: {meaning[0].lower()}{meaning[1:]}" + ("" if allowed else " It never travels.")
    if 3000 <= code <= 4999:
        return (
            "Registered by a library or framework." if code < 4000 else "Private: the application gives it a meaning."
        )
    return "This code has no meaning, so it must not be sent."


def encode_close(code: int | None = None, reason: str = "") -> bytes:
    """Return the payload of a Close frame: two bytes of code and the reason, or nothing.

    RFC 6455, 5.5.1.

    Raises:
        ValueError: If the code must not be sent, the reason is longer than 123 bytes of UTF-8, or there is a
            reason without a code.
    """
    if code is None:
        if reason:
            raise ValueError(f"a reason needs a code, got only the reason {reason!r}")
        return b""
    if not sendable(code):
        raise ValueError(f"close code {code} must not be sent: use 1000 to 1003, 1007 to 1014 or 3000 to 4999")
    encoded = reason.encode()
    if len(encoded) > REASON_LIMIT:
        raise ValueError(f"a reason has at most {REASON_LIMIT} bytes of UTF-8, got {len(encoded)}")
    return code.to_bytes(2, "big") + encoded


def decode_close(payload: bytes) -> tuple[int | None, str]:
    """Return the code and the reason of a Close frame's unmasked payload; `(None, "")` when it is empty.

    Raises:
        PacketError: If the payload is a single byte or the code must not be on the wire (1002; RFC 6455, 5.5.1
            and 7.4), or if the reason is not UTF-8 (1007). Offsets count from the start of the payload.
    """
    if not payload:
        return None, ""
    if len(payload) == 1:
        rule = "a close payload is empty or begins with a code of two bytes, and this one is a single byte"
        raise PacketError(rule, section="RFC 6455, 5.5.1", offset=0, code=1002)
    code = int.from_bytes(payload[:2], "big")
    if not sendable(code):
        raise PacketError(f"close code {code} must not be on the wire", section="RFC 6455, 7.4", offset=1, code=1002)
    try:
        return code, decode_text(bytes(payload[2:]))
    except PacketError as exc:
        rule = exc.rule.replace("text must", "a close reason must", 1)
        raise PacketError(rule, section="RFC 6455, 5.5.1", offset=exc.offset + 2, code=1007) from exc
