"""What every foreign client does, and what must come of it: `checks()` yields a line for each.

A check is a name and an empty sentence, or a sentence that says what went wrong.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Protocol

__all__ = ["LIMIT", "SIZES", "ForeignClient", "Message", "checks"]

Message = str | bytes

LIMIT = 2**20
"""Bytes of the largest message that the server is asked to take; one more must be refused."""

SIZES = (0, 1, 125, 126, 127, 1000, 65_535, 65_536, 1_000_000)
"""Bytes of the messages, each as text and as binary."""

MANY = 100
"""Messages that are sent before the first answer is read."""

WAIT = 8.0
"""Seconds within which an answer comes."""


class ForeignClient(Protocol):
    """One connection of a foreign library, with the verbs that the checks need."""

    def __init__(self, url: str) -> None:
        """Connect and shake hands."""

    def send(self, message: Message) -> None:
        """Send one message."""

    def receive(self) -> Message:
        """Return the next message.

        Raises:
            Exception: Whatever the library raises when the connection ends or nothing comes.
        """

    def close(self) -> int:
        """Do the closing handshake with 1000 and return the code that came back."""

    def closed(self) -> int:
        """Read until the server closes and return its code; 1006 without a Close."""

    def drop(self) -> None:
        """Free what the connection holds."""


def checks(kind: type[ForeignClient], url: str) -> Iterator[tuple[str, str, str]]:
    """Yield the name of each check, its verdict (PASS, NON-STRICT, FAIL) and a sentence."""
    for name, check in (
        ("handshake, a message of each size, Close", _sizes),
        (f"{MANY} messages each way", _many),
        ("the server closes: 1009 for too large a message", _too_large),
    ):
        try:
            sentence = check(kind, url)
        except Exception as exc:  # whatever a foreign library makes of the server's bytes is the verdict
            sentence = f"The client reports {type(exc).__name__}: {str(exc)[:200]}"
        is_loose = sentence.startswith("~")
        yield name, "NON-STRICT" if is_loose else "FAIL" if sentence else "PASS", sentence.lstrip("~ ")


def _sizes(kind: type[ForeignClient], url: str) -> str:
    client = kind(url)
    try:
        for size in SIZES:
            text = ("0123456789é" * (size // 12 + 1)).encode()[:size].decode("utf-8", "ignore").ljust(1 if size else 0)
            for message in (text, bytes(range(256)) * (size // 256) + bytes(size % 256)):
                client.send(message)
                if (came := client.receive()) != message:
                    what = "text" if isinstance(message, str) else "binary"
                    return f"{what} of {size:,} bytes came back as {_described(came)}."
        code = client.close()
        return "" if code == 1000 else f"~The client closed with 1000 and got {code} back."
    finally:
        client.drop()


def _many(kind: type[ForeignClient], url: str) -> str:
    client = kind(url)
    try:
        sent: list[Message] = [f"text {n}" if n % 2 else b"binary %d" % n for n in range(MANY)]
        for message in sent:
            client.send(message)
        for number, message in enumerate(sent):
            if (came := client.receive()) != message:
                return f"message {number} of {MANY} came back as {_described(came)}."
        client.close()
        return ""
    finally:
        client.drop()


def _too_large(kind: type[ForeignClient], url: str) -> str:
    client = kind(url)
    try:
        try:
            client.send(b"x" * (LIMIT + 1))
        except Exception:  # the server may hang up while the message is still on the way
            time.sleep(0)
        code = client.closed()
        if code == 1006:
            return "~The client learns no code: the Close was lost. Read on until its Close, then end TCP."
        return "" if code == 1009 else f"The server closed with {code}, where 1009 is expected."
    finally:
        client.drop()


def _described(message: Message) -> str:
    what = "text" if isinstance(message, str) else "binary"
    return f"{what} of {len(message.encode() if isinstance(message, str) else message):,} bytes"
