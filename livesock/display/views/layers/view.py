"""`layers()`: one message on `wss://`, layer by layer: boxes in boxes that the reader opens, with their real bytes.

the page: a text, ws or wss ──► `Talk`: a real connection, a listener on its line ──► TCP ⊃ TLS ⊃ WebSocket ⊃ message
"""

from __future__ import annotations

from typing import ClassVar

from websockets.exceptions import WebSocketException

from livesock.display.view import Message, View
from livesock.display.views.layers.picture import layers_svg
from livesock.display.views.layers.talk import LayeredMessage, Talk
from livesock.errors import LivesockError
from livesock.trace.show.columns import printable

__all__ = ["LayersView", "layers"]

FIRST = "I like TCP"

LONGEST = 100
"""Characters of a message that a page may send."""

SHOWN = 160
"""Bytes of a layer that a page gets."""

SCHEMES = {"ws": "ws://, in the clear", "wss": "wss://, with TLS"}

LAYERS = {
    "tcp": ("TCP", "bytes arrive, once and in order"),
    "tls": ("TLS", "nobody in between can read or change it"),
    "frame": ("WebSocket", "a message, at any time: a frame says where it ends"),
    "message": ("your message", "the text"),
}
"""From the outside to the inside: name, and what the layer adds."""


class LayersView(View):
    """The layers of the newest message."""

    page: ClassVar[str] = "layers"
    parts: ClassVar[tuple[str, ...]] = ("instrument",)

    def __init__(self, start: str) -> None:
        self._scheme, self._text = start, FIRST
        self._talks = {scheme: Talk(scheme == "wss") for scheme in SCHEMES}
        self._latest: LayeredMessage | None = None
        self._problem = ""
        self._say()
        super().__init__()

    # -- what the page gets

    def snapshot(self) -> Message:
        sent = self._latest
        return {
            "schemes": [{"key": key, "text": words} for key, words in SCHEMES.items()],
            "scheme": self._scheme,
            "text": self._text,
            "longest": LONGEST,
            "sentence": self._sentence(),
            "boxes": self._boxes(sent) if sent else [],
            "http": [_head(sent.request), _head(sent.response)] if sent else [],
        }

    def _sentence(self) -> str:
        sent = self._latest
        if sent is None:
            return f"Nothing was sent: {self._problem}"
        size = f"{len(sent.text.encode())} bytes of message became {len(sent.line)} on the line."
        if sent.heard:
            return f"{size} A listener can read all of them, and the HTTP before."
        who = f" and, from the first record, the name “{printable(sent.name)}”" if sent.name else ""
        return f"{size} A listener sees how many, when, from where to where{who}."

    def _boxes(self, sent: LayeredMessage) -> list[Message]:
        pieces = {"tcp": sent.line, "tls": sent.line, "frame": sent.frame, "message": sent.text.encode()}
        keys = [key for key in LAYERS if key != "tls" or self._scheme == "wss"]
        boxes = []
        for key, inner in zip(keys, [*keys[1:], None], strict=True):
            data = pieces[key]
            extra = len(data) - len(pieces[inner]) if inner else 0
            boxes.append(
                {
                    "key": key,
                    "name": LAYERS[key][0],
                    "words": LAYERS[key][1],
                    "size": len(data),
                    "extra": extra,
                    "hex": data[:SHOWN].hex(" ") + (" …" if len(data) > SHOWN else ""),
                    "text": printable(sent.text) if key == "message" else "",
                }
            )
        return boxes

    # -- what the reader does

    def on_message(self, message: Message) -> None:
        kind, value = message.get("kind"), message.get("value")
        if kind == "scheme" and isinstance(value, str) and value in SCHEMES:
            self._scheme = value
        elif kind == "say" and isinstance(value, str) and 0 < len(value) <= LONGEST:
            self._text = value
        else:
            raise ValueError(f"a page of layers() sends a scheme, or a text of 1 to {LONGEST} characters")
        self._say()
        self.send("news", news=self.snapshot())

    def _say(self) -> None:
        self._latest = None
        try:
            self._latest = self._talks[self._scheme].say(self._text)
        except (OSError, LivesockError, WebSocketException, UnicodeError) as exc:
            self._problem = f"{type(exc).__name__}: {exc}"

    # -- without a browser

    def picture(self) -> str:
        return layers_svg(self.snapshot(), self.words())

    def words(self) -> str:
        """Return the boxes in words, with their sizes."""
        state = self.snapshot()
        lines = [state["sentence"]]
        for depth, box in enumerate(state["boxes"]):
            lines.append(f"{'    ' * depth}{box['name']}, {box['size']} bytes: {box['text'] or box['words']}")
        return "\n".join(lines)

    def finish(self) -> None:
        for talk in self._talks.values():
            talk.close()


def layers(start: str = "wss") -> LayersView:
    """Return one message layer by layer: its text, its frame, its TLS record, and the bytes on the line.

    Each message is really sent, over a connection of the view's own to a server of its own, with a listener (a netsim)
    on the line. `start` is the scheme to begin with, "ws" or "wss"; the reader can change it, and the text.

    Raises:
        ValueError: If `start` is not a scheme.
    """
    if start not in SCHEMES:
        raise ValueError(f"a scheme is {' or '.join(SCHEMES)}, not {start!r:.60}")
    return LayersView(start)


def _head(head: bytes) -> str:
    return "\n".join(printable(line) for line in head.decode("latin-1").split("\r\n") if line)
