"""Sentences: what came instead of what was expected, and which mistake makes it come.

Every function returns whole sentences for the author of the server.
"""

from __future__ import annotations

from collections.abc import Sequence

from livesock.conformance.case import Expect
from livesock.conformance.wire_line import FLOOD, Came, described, shown
from livesock.errors import PacketError
from livesock.wire.frame import NAMES, Opcode, mask
from livesock.wire.quote import quote

__all__ = [
    "TCP_END",
    "answer",
    "capital",
    "codes",
    "listed",
    "of_close",
    "of_frame",
    "of_no_answer",
    "of_no_end",
    "sent",
    "statuses",
]

TCP_END = (
    "After both Close frames the server ends TCP at once, so that the waiting state stays with it (RFC 6455, 7.1.1)."
)

HTTP2 = b"\x00\x00", b"PRI * HTTP/2"


def sent(data: bytes, note: str = "") -> str:
    """Return what was sent: a head as its lines, frames as bytes."""
    if data[:4].isalpha() or data[:4] == b"GET ":
        lines = data.decode("latin-1").split("\r\n")
        text = " ⏎ ".join(line for line in lines if line)
        return text[:300] + (f" … {len(data):,} bytes" if len(text) > 300 else "")
    return shown(data) + (f" ({note})" if note else "")


def answer(came: Came) -> str:
    """Return an HTTP answer as its first line and its headers, anything else as it is."""
    if came.head is None:
        return str(came)
    lines = came.raw.decode("latin-1").split("\r\n")
    return " ⏎ ".join(line for line in lines if line)[:400]


def capital(text: str) -> str:
    """Return `text` with its first letter in upper case."""
    return text[:1].upper() + text[1:]


def listed(numbers: Sequence[object]) -> str:
    """Return `1, 2 or 3`."""
    words = [str(number) for number in numbers]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def statuses(numbers: Sequence[int]) -> str:
    """Return the statuses that are expected, in words."""
    if not numbers:
        return "any HTTP answer"
    if len(numbers) > 3:
        return "an HTTP error such as 400" if 200 not in numbers else "any HTTP status but 101"
    return f"HTTP status {listed(numbers)}"


def codes(numbers: Sequence[int | None]) -> str:
    """Return `code 1002`, `code 1000 or no code`."""
    with_code = [number for number in numbers if number is not None]
    words = [f"code {listed(with_code)}"] if with_code else []
    return " or ".join([*words, *(["no code"] if None in numbers else [])])


def of_frame(step: Expect, came: Came) -> str:
    """Return why `came` is not the frame that `step` expects."""
    wanted = described(Came("message", step.opcode, step.payload))
    if came.kind in ("nothing", "end", "reset", "flood", "broken"):
        return _of_nothing(came, wanted)
    if came.kind == "answer":
        return "An HTTP answer came, where a frame was expected."
    if came.kind == "close":
        return f"Your server closed the connection ({described(came)}), where {wanted} was expected."
    return _of_other_payload(step, came) or f"{capital(described(came))} came, where {wanted} was expected."


def _of_other_payload(step: Expect, came: Came) -> str:
    """Return the mistake that a wrong frame betrays, or nothing."""
    want, got = step.payload, came.payload
    if step.opcode is Opcode.PONG:
        if came.kind == "message":
            return "A message came, and no pong before it: a pong must be sent as soon as practical."
        if came.kind == "ping":
            return "Your server sent the ping back: a pong has the opcode 10, so it begins with 8a."
        return f"The pong carries {quote(got, 30)}, and the ping carried {quote(want, 30)}."
    if came.opcode != step.opcode and got == want and came.opcode is not None:
        return f"The payload is right, and its opcode says {NAMES[came.opcode]}: {step.opcode.name.lower()} was sent."
    if came.kind == "pong":
        return "A pong came that no ping asked for."
    for key in (b"\x37\xfa\x21\x3d",):
        if got and mask(want, key)[: len(got)] == got:
            return "The payload came back still masked: XOR it with the four bytes of the key first."
    if want.startswith(got) and want:
        return f"Only the first {len(got):,} of {len(want):,} bytes came back."
    if want.endswith(got) and want:
        return f"Only the last {len(got):,} of {len(want):,} bytes came back."
    if "\ufffd".encode() in got and "\ufffd".encode() not in want:
        return "A character came back as U+FFFD: decode the whole message, and not each piece of it."
    return ""


def _of_nothing(came: Came, wanted: str) -> str:
    if came.kind == "nothing":
        part = f" Only {len(came.raw)} bytes of a frame came: {shown(came.raw)}." if came.raw else ""
        return f"No answer came in time, where {wanted} was expected.{part}"
    if came.kind == "flood":
        return f"Your server sent more than {FLOOD // 1024**2} MiB, where {wanted} was expected."
    if came.error is not None:
        return broken(came.error)
    end = "reset" if came.kind == "reset" else "ended"
    return f"Your server {end} the connection, where {wanted} was expected."


def broken(error: PacketError) -> str:
    """Return the rule that the server's own bytes break."""
    return f"What your server sent breaks a rule: {error.rule} ({error.section})."


def of_no_answer(came: Came) -> str:
    """Return why there is no HTTP answer."""
    if came.error is not None:
        if _is_http2(came.raw):
            return "The answer is HTTP/2, in binary frames: the WebSocket handshake is text of HTTP/1.1."
        return f"The answer is not HTTP: {came.error.rule}. It begins with {shown(came.raw, 12)}."
    if came.kind == "nothing":
        part = f" Only {quote(came.raw, 40)} came, without the empty line that ends a head." if came.raw else ""
        return f"No HTTP answer came in time.{part}"
    if came.kind == "flood":
        return f"Your server sent more than {FLOOD // 1024**2} MiB, and no HTTP answer was in it."
    return "Your server reset the connection." if came.kind == "reset" else "Your server ended the connection."


def _is_http2(raw: bytes) -> bool:
    """A server of HTTP/2 begins with a SETTINGS frame: three bytes of length, then the type 4 (RFC 9113, 3.4)."""
    return (
        raw.startswith(HTTP2[1]) or raw.startswith(b"HTTP/2") or (raw[:1] == b"\x00" and raw[3:4] in (b"\x04", b"\x07"))
    )


def of_close(came: Came) -> str:
    """Return what came instead of a Close."""
    if came.kind == "nothing":
        return "No Close came in time, and the connection is still open."
    if came.error is not None:
        return broken(came.error)
    if came.kind in ("message", "pong"):
        return f"Your server went on as if nothing had happened: {described(came)} came."
    if came.kind == "flood":
        return f"Your server sent more than {FLOOD // 1024**2} MiB, where a Close was expected."
    return "Your server ended TCP without a Close frame."


def of_no_end(came: Came) -> str:
    """Return what came instead of the end of TCP."""
    if came.kind == "nothing":
        return "The connection is still open."
    if came.error is not None:
        return broken(came.error)
    return f"{capital(str(came))} came, where the end of the connection was expected."
