"""What the cases are written with: frames as a client sends them, and the heads of requests."""

from __future__ import annotations

from livesock.wire.frame import Frame, Opcode, encode_frame

__all__ = ["KEY", "binary", "close", "close_payload", "frame", "head", "ping", "pong", "text"]

KEY = bytes.fromhex("37fa213d")
"""The masking key of the example in RFC 6455, 5.7."""

SAMPLE = "dGhlIHNhbXBsZSBub25jZQ=="
"""The Sec-WebSocket-Key of the example in RFC 6455, 1.3."""


def frame(opcode: int, payload: bytes = b"", *, fin: bool = True, rsv: int = 0, key: bytes | None = KEY) -> bytes:
    """Return a frame; `rsv` holds RSV1, RSV2 and RSV3 as 4, 2 and 1."""
    bits = {"rsv1": bool(rsv & 4), "rsv2": bool(rsv & 2), "rsv3": bool(rsv & 1)}
    return encode_frame(Frame(opcode, payload, fin, mask=key, **bits))


def text(content: str | bytes, *, fin: bool = True) -> bytes:
    """Return a text frame."""
    return frame(Opcode.TEXT, content.encode() if isinstance(content, str) else content, fin=fin)


def binary(content: bytes, *, fin: bool = True) -> bytes:
    """Return a binary frame."""
    return frame(Opcode.BINARY, content, fin=fin)


def more(content: str | bytes, *, fin: bool = False) -> bytes:
    """Return a continuation frame."""
    return frame(Opcode.CONTINUATION, content.encode() if isinstance(content, str) else content, fin=fin)


def ping(payload: bytes = b"") -> bytes:
    """Return a ping."""
    return frame(Opcode.PING, payload)


def pong(payload: bytes = b"") -> bytes:
    """Return a pong."""
    return frame(Opcode.PONG, payload)


def close_payload(code: int | None, reason: bytes = b"") -> bytes:
    """Return the payload of a Close, also one that breaks the rules."""
    return b"" if code is None else code.to_bytes(2, "big") + reason


def close(code: int | None = None, reason: bytes = b"") -> bytes:
    """Return a Close."""
    return frame(Opcode.CLOSE, close_payload(code, reason))


def head(*, method: str = "GET", version: str = "HTTP/1.1", more: tuple[str, ...] = (), **changed: str | None) -> bytes:
    """Return the head of a handshake; host, upgrade, connection, key and number change a header, None drops it."""
    headers = {
        "host": ("Host", "{host}"),
        "upgrade": ("Upgrade", "websocket"),
        "connection": ("Connection", "Upgrade"),
        "key": ("Sec-WebSocket-Key", SAMPLE),
        "number": ("Sec-WebSocket-Version", "13"),
    }
    lines = [f"{method} {{path}} {version}"]
    for which, (name, usual) in headers.items():
        value = changed.get(which, usual)
        if value is not None:
            lines.append(f"{name}: {value}")
    return "\r\n".join([*lines, *more, "", ""]).encode()
