"""`mask(…)`: a text, a key and the XOR of both under the hand, and the frames that a real client makes of them.

a bit of the key is clicked ──► {"kind": "flip", "bit": 9} ──► every fourth byte on the wire changes ──► page
"New key, send"             ──► a frame crosses a real connection, unmasked it comes back ──► a line below
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from livesock.display.echo import OwnEcho
from livesock.display.roundtrip import RoundTrip, letter
from livesock.display.targets import target_of
from livesock.display.view import Message, View
from livesock.net.connect.urls import Target
from livesock.trace.show.cells import TINTS, Chip, draw_chips
from livesock.trace.show.columns import cut, printable
from livesock.trace.show.svg import document, text
from livesock.wire.frame import Frame, Opcode
from livesock.wire.frame import mask as masked

if TYPE_CHECKING:
    from livesock.net.connect.urls import HasUrl

__all__ = ["MaskView", "mask"]

MOST = 12
"""Bytes of the text: three times around the key, and a row at 600 pixels."""

KEY = bytes.fromhex("37 fa 21 3d")
"""The key of the example in RFC 6455, 5.7."""

KEPT = 4
"""Frames that stay on the page, the newest."""

REMEMBERED = 100
"""Frames that `.frames` returns at most."""

PATIENCE = 0.15
"""Seconds for which a page waits for an echo before it is drawn without one."""

PRESETS: dict[str, tuple[str, bytes | None, bytes]] = {
    "same": ("The same text twice?", b"same", KEY),
    "letter": ("Twelve times the same letter?", b"a" * MOST, KEY),
    "zeros": ("A key of zeros?", b"same", bytes(4)),
    "back": ("And how does it come back?", None, KEY),
}
"""Question, text and key; without a text the way back begins with what is on the wire now."""


class MaskView(View):
    """Three rows of bytes: what goes in, the key again and again, what comes out."""

    page: ClassVar[str] = "mask"
    parts: ClassVar[tuple[str, ...]] = ("instrument",)

    def __init__(self, plain: bytes, target: Target | None) -> None:
        self._target = target
        self._own = OwnEcho()
        self._plain, self._key = plain, KEY
        self._preset = next((key for key, preset in PRESETS.items() if preset[1] == plain), "")
        self._is_back = False
        self._trips: list[RoundTrip] = []
        super().__init__()

    @property
    def key(self) -> bytes:
        """The four bytes of the key as they are now."""
        return self._key

    @property
    def frames(self) -> list[bytes]:
        """The last frames that crossed, oldest first, for the next cell."""
        return [trip.sent.data for trip in self._trips if trip.sent is not None]

    # -- what the page gets

    def snapshot(self) -> Message:
        return self._state()

    def news(self) -> Message | None:
        changed = [trip.look() for trip in self._trips]  # a list: each of them looks
        return self._state() if any(changed) else None

    def _state(self) -> Message:
        return {
            "presets": [{"key": key, "text": preset[0]} for key, preset in PRESETS.items()],
            "preset": self._preset,
            "sentence": self._sentence(),
            "text": self._plain.decode("utf-8", "replace"),
            "rows": [
                {
                    "name": name,
                    "part": part,
                    "bytes": list(data),
                    "tops": [letter(byte) if part != "key" else "" for byte in data],
                }
                for name, part, data in self._rows()
            ],
            "back": self._is_back,
            "frames": [_crossed(trip) for trip in self._trips[-KEPT:]],
            "first": max(1, len(self._trips) - KEPT + 1),
        }

    def _rows(self) -> list[tuple[str, str, bytes]]:
        size = len(self._plain)
        text, wire = ("text", "payload", self._plain), ("on the wire", "rest", masked(self._plain, self._key))
        key = ("key", "key", (self._key * (size // 4 + 1))[:size])
        return [wire, key, text] if self._is_back else [text, key, wire]

    def _sentence(self) -> str:
        plain, key = self._plain, self._key
        wire = masked(plain, key)
        shown = f"“{printable(plain.decode('utf-8', 'replace'))}”"
        if self._is_back:
            return f"The receiver does the same once more: XOR with the same key, and {shown} is back."
        if key == bytes(4):
            return "A key of zeros changes nothing: on the wire the text can be read."
        if len(plain) > 4 and len(set(plain)) == 1:
            return f"One letter, {len(plain)} times: after four bytes the key begins again, and so does the noise."
        return f"{shown} with the key {key.hex(' ')} is {wire.hex(' ')} on the wire." if plain else "There is no text."

    # -- what the reader does

    def on_message(self, message: Message) -> None:
        kind = message.get("kind")
        actions: dict[str, Callable[[Message], None]] = {
            "preset": self._choose,
            "text": self._type,
            "flip": self._flip,
            "send": self._send,
        }
        if not isinstance(kind, str) or kind not in actions:
            raise ValueError(f"a page of mask() may send {', '.join(actions)}, not {kind!r:.60}")
        actions[kind](message)
        self.send("news", news=self._state())

    def _choose(self, message: Message) -> None:
        name = message.get("key")
        if not isinstance(name, str) or name not in PRESETS:
            raise ValueError(f"a preset is one of {', '.join(PRESETS)}, not {name!r:.60}")
        _, plain, key = PRESETS[name]
        self._preset, self._is_back = name, plain is None
        if plain is not None:
            self._plain, self._key = plain, key

    def _type(self, message: Message) -> None:
        self._plain, self._preset, self._is_back = _plain(message.get("value")), "", False

    def _flip(self, message: Message) -> None:
        bit = message.get("bit")
        if not isinstance(bit, int) or isinstance(bit, bool) or not 0 <= bit < 32:
            raise ValueError(f"a bit of the key is a whole number from 0 to 31, not {bit!r:.60}")
        self._key = (int.from_bytes(self._key, "big") ^ 1 << 31 - bit).to_bytes(4, "big")

    def _send(self, message: Message) -> None:
        if message.get("fresh") is True:
            self._key = secrets.token_bytes(4)  # RFC 6455, 5.3: a new key for each frame, from strong randomness
        target = self._target or self._own.target()
        trip = RoundTrip(target, Frame(Opcode.TEXT, self._plain, mask=self._key))
        self._trips = [*self._trips[-REMEMBERED + 1 :], trip]
        trip.look(PATIENCE)

    # -- without a browser

    def picture(self) -> str:
        body = [text(20, 30, self._sentence(), size=12, class_="bold sans")]
        y = 52.0
        for name, part, data in self._rows():
            tint = TINTS["masking key" if part == "key" else "payload"]
            body.append(text(20, y + 24, name, size=12, class_="sans"))
            body += draw_chips([Chip("".join(map(letter, data)) or "nothing", data, tint)], 120, y, 700)
            y += 46
        for frame in map(_crossed, self._trips[-KEPT:]):
            body.append(text(20, y + 18, cut(f"sent {frame['hex']}   came back: {frame['came']}", 120), size=11))
            y += 20
        return document(y + 14, title="A text, a key, and the XOR of both", description=self.words(), body=body)

    def words(self) -> str:
        """Return the picture in words; frames are counted only, for a random key differs from run to run."""
        lines = [f"{name:12}{data.hex(' ')}" for name, _, data in self._rows()]
        count = len(self._trips)
        sent = [f"{count} frame{'s' if count > 1 else ''} crossed"] if count else []
        return "\n".join([self._sentence(), *lines, *sent])

    def finish(self) -> None:
        for trip in self._trips:
            trip.close()
        self._own.stop()


def mask(plain: str = "same", *, server: HasUrl | str | int | None = None, path: str = "/echo") -> MaskView:
    """Return a text of at most 12 bytes, a masking key whose bits can be flipped, and the XOR of both.

    A button sends the text as a client does, in a frame with that key or a new one, over a new connection to `path` of
    `server` (a server, a netsim, a URL or a port); without a `server` the view starts one that echoes. The frames that
    crossed are in `.frames`.

    Raises:
        TypeError: If `server` is not a target.
        ValueError: If `plain` has more than 12 bytes, or `path` does not begin with a slash.
    """
    return MaskView(_plain(plain), None if server is None else target_of(server, path))


def _plain(value: object) -> bytes:
    if not isinstance(value, str) or len(value.encode("utf-8", "replace")) > MOST:
        raise ValueError(f"a text here is a str of at most {MOST} bytes in UTF-8, not {value!r:.60}")
    return value.encode("utf-8", "replace")


def _crossed(trip: RoundTrip) -> Message:
    """Return a frame as bytes in groups, and what came back in words."""
    data = trip.sent.data if trip.sent is not None else b""
    groups = [("flags", data[:1]), ("length", data[1:2]), ("key", data[2:6]), ("rest", data[6:])]
    came = "" if trip.came is None else printable(f"{trip.came.data.hex(' ')}  {trip.came.summary}")
    return {
        "hex": data.hex(" "),
        "cells": [{"hex": f"{byte:02x}", "part": part} for part, some in groups for byte in some],
        "came": came or trip.problem or "…",
        "wrong": bool(trip.problem),
    }
