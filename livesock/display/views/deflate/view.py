"""`deflate()`: five messages over three real connections: as they are, compressed, and compressed without a memory.

"Send" ──► three WebSockets to an echo server ──► five messages over each ──► the echoes' frames, as the wire had them
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from typing import ClassVar, NamedTuple

from websockets.exceptions import WebSocketException
from websockets.extensions.permessage_deflate import ClientPerMessageDeflateFactory

from livesock.client import connect
from livesock.display.echo import OwnEcho
from livesock.display.view import Message, View
from livesock.errors import LivesockError
from livesock.trace.rows import Kind, Row
from livesock.trace.show.svg import document, rect, text
from livesock.wire.http.head import ResponseHead

__all__ = ["DeflateView", "deflate"]

COUNT = 5
"""Messages that go over each connection."""

NOISE = 100
"""Bytes of a random message: about as long as a tick."""

TICK = '{{"symbol":"BTC/EUR","bid":64120.5,"ask":64121.{0},"time":"2026-11-29T10:00:0{0}Z","volume":12.75}}'

PATIENCE = 3.0
"""Seconds for an echo."""


class _Preset(NamedTuple):
    """Messages to send, named by the question that they raise."""

    question: str
    sentence: str
    messages: Callable[[], list[str | bytes]]
    why: dict[str, str]
    """What to say to each answer, once it has come."""


SIMILAR = {
    "tiny": "The window holds the message before. What repeats is sent as “so far back, so long”.",
    "half": "The window holds the message before, but much in this one is new.",
    "same": "Nothing was found in the window of earlier messages.",
}
PRESETS = {
    "ticks": _Preset(
        "Nearly the same?",
        "Five prices, one after the other: only two digits change.",
        lambda: [TICK.format(n) for n in range(1, COUNT + 1)],
        SIMILAR,
    ),
    "same": _Preset("Exactly the same?", "The same price, five times.", lambda: [TICK.format(1)] * COUNT, SIMILAR),
    "noise": _Preset(
        "Random bytes?",
        f"Five times {NOISE} random bytes, as an image or an encrypted text looks.",
        lambda: [secrets.token_bytes(NOISE) for _ in range(COUNT)],
        {**SIMILAR, "same": "Nothing repeats in random bytes. Compression only adds a few bytes, and work."},
    ),
}

ASKED = "Compressed: how large will the fifth frame be, beside the first?"
OPTIONS = {"same": "as large", "half": "about half", "tiny": "a third, or less"}
TEMPTS = {
    "same": "That is so without context takeover only: see the third connection.",
    "half": "A short text alone shrinks little. A text that was there before shrinks to a few bytes.",
    "tiny": "Only what was there before can be left out.",
}

FORGETS = ClientPerMessageDeflateFactory(server_no_context_takeover=True, client_no_context_takeover=True)
CONNECTIONS = (
    ("plain", "as it is", None),
    ("deflate", "permessage-deflate", ClientPerMessageDeflateFactory()),
    ("forgets", "… and no_context_takeover", FORGETS),
)
"""Key, name, and the extension that the client offers."""


class Crossed(NamedTuple):
    """What one connection carried."""

    agreed: str
    """The server's `Sec-WebSocket-Extensions`."""
    frames: list[bytes]
    """The echoes, as the wire had them."""


class DeflateView(View):
    """Three rows of bars, one for each connection."""

    page: ClassVar[str] = "deflate"
    parts: ClassVar[tuple[str, ...]] = ("instrument",)

    def __init__(self, start: str) -> None:
        self._preset = start
        self._own = OwnEcho(compression="deflate")
        self._guess: dict[str, str] = {}
        self._crossed: dict[str, Crossed] = {}
        self._problem = ""
        super().__init__()

    @property
    def sizes(self) -> dict[str, list[int]]:
        """The bytes of each frame of the last run, for each connection: "plain", "deflate" and "forgets"."""
        return {key: [len(frame) for frame in crossed.frames] for key, crossed in self._crossed.items()}

    # -- what the page gets

    def snapshot(self) -> Message:
        right = _judged(self.sizes.get("deflate", []))
        self.guesses.settle(self._preset, right)
        guess = self._guess.get(self._preset, "")
        return {
            "presets": [{"key": key, "text": preset.question} for key, preset in PRESETS.items()],
            "preset": self._preset,
            "sentence": PRESETS[self._preset].sentence,
            "question": {
                "text": ASKED,
                "options": [{"key": key, "text": name} for key, name in OPTIONS.items()],
                "chosen": guess,
                "right": right,
            },
            "connections": [self._row(key, name) for key, name, _ in CONNECTIONS],
            "outcome": self._outcome(),
            "why": PRESETS[self._preset].why[right] if right else "",
            "tempts": TEMPTS[guess] if guess and right and guess != right else "",
            "problem": self._problem,
        }

    def _row(self, key: str, name: str) -> Message:
        crossed = self._crossed.get(key)
        frames = crossed.frames if crossed else []
        most = max([size for sizes in self.sizes.values() for size in sizes], default=1)
        return {
            "key": key,
            "name": name,
            "agreed": crossed.agreed if crossed else "",
            "first": _first_byte(frames[0][0]) if frames else "",
            "frames": [
                {"size": len(frame), "share": len(frame) / most, "hex": frame[:24].hex(" "), "more": len(frame) > 24}
                for frame in frames
            ],
        }

    def _outcome(self) -> str:
        sizes = self.sizes
        if len(sizes) < len(CONNECTIONS):
            return ""
        first, last = sizes["deflate"][0], sizes["deflate"][-1]
        return (
            f"As it is: {sizes['plain'][-1]} bytes. Compressed, the first has {first} and the fifth {last}; "
            f"without context takeover the fifth has {sizes['forgets'][-1]}."
        )

    # -- what the reader does

    def on_message(self, message: Message) -> None:
        kind, key = message.get("kind"), message.get("key")
        if kind == "preset" and key in PRESETS:
            self._preset, self._crossed, self._problem = str(key), {}, ""
        elif kind == "guess" and key in OPTIONS:
            if not self._crossed:  # what is known cannot be guessed
                self._guess[self._preset] = str(key)
                self.guesses.make(self._preset, str(key))
        elif kind == "send":
            self._send()
        else:
            raise ValueError(f"a page of deflate() may send preset, guess or send, not {kind!r:.60} {key!r:.60}")
        self.send("news", news=self.snapshot())

    def run(self) -> DeflateView:
        """Send the five messages over the three connections now, and return the view: what the page's button does."""
        self._send()
        return self

    def _send(self) -> None:
        messages = PRESETS[self._preset].messages()
        url = self._own.target().url()
        try:
            self._crossed = {key: carry(url, messages, offer) for key, _, offer in CONNECTIONS}
            self._problem = ""
        except (OSError, LivesockError, WebSocketException) as exc:
            self._crossed, self._problem = {}, f"The messages did not cross: {exc}."

    # -- without a browser

    def picture(self) -> str:
        state = self.snapshot()
        body = [text(20, 30, state["sentence"], size=13, class_="bold sans")]
        y = 58.0
        for row in state["connections"]:
            body.append(text(20, y, f"{row['name']}   {row['first']}", size=12, class_="sans"))
            for frame in row["frames"]:
                y += 16
                body.append(rect(20, y - 9, max(2.0, 480 * frame["share"]), 11, fill="#7aa6d8"))
                body.append(text(510, y, f"{frame['size']} B", size=11))
            y += 28
        body.append(text(20, y, state["outcome"] or ASKED, size=12, class_="sans"))
        return document(y + 14, title="Five messages, compressed or not", description=self.words(), body=body)

    def words(self) -> str:
        state = self.snapshot()
        if not state["outcome"]:
            return "\n".join([state["sentence"], ASKED, *(f"    {name}" for name in OPTIONS.values())])
        rows = [
            f"{row['name']}: {', '.join(str(f['size']) for f in row['frames'])} bytes" for row in state["connections"]
        ]
        return "\n".join([state["sentence"], *rows, state["why"]])

    def finish(self) -> None:
        self._own.stop()


def deflate(start: str = "ticks") -> DeflateView:
    """Return a view that sends five messages over three real connections: plain, compressed, compressed without memory.

    It shows the size of each frame that the server sends back, and the bit RSV1 that marks a compressed message
    (RFC 7692). `start` is the preset that it begins with: "ticks", "same" or "noise". Nothing is sent until the button
    is pressed, or `.run()` is called, and nothing stays open afterwards. What was measured is in `.sizes`.

    Raises:
        ValueError: If `start` is not a preset.
    """
    if start not in PRESETS:
        raise ValueError(f"a preset is one of {', '.join(PRESETS)}, not {start!r:.60}")
    return DeflateView(start)


def carry(url: str, messages: Sequence[str | bytes], offer: ClientPerMessageDeflateFactory | None) -> Crossed:
    """Send `messages` over a new connection, and return what came back on the wire."""
    with connect(url, timeout=PATIENCE, extensions=[offer] if offer else None) as ws:
        for message in messages:
            ws.send(message)
            ws.recv(timeout=PATIENCE)
        rows: list[Row] = ws.trace.rows()
    heads = [row.value for row in rows if isinstance(row.value, ResponseHead)]
    agreed = dict((name.lower(), value) for name, value in heads[0].headers).get("sec-websocket-extensions", "")
    frames = [row.data for row in rows if row.kind is Kind.FRAME and row.direction == "<"]
    return Crossed(agreed, frames[: len(messages)])


def _judged(sizes: list[int]) -> str:
    """Return the key of the option that fits the frames of the compressed connection; "" before they have come."""
    if not sizes:
        return ""
    part = sizes[-1] / sizes[0]
    return "tiny" if part < 0.37 else "half" if part < 0.8 else "same"


def _first_byte(byte: int) -> str:
    """Return the first byte of a frame in bits, FIN and RSV1 apart."""
    bits = f"{byte:08b}"
    return f"first byte {bits[0]} {bits[1]} {bits[2:4]} {bits[4:]}: RSV1 is {bits[1]}"
