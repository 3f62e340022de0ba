"""`frame(…)`: the bits of one frame, to be turned over one by one, explained, and sent to a real server.

a click on bit 9 ──► {"kind": "flip", "bit": 9} ──► the kernel changes the bytes, decodes and judges them ──► page
"Send"           ──► TCP, a real handshake, then just these bytes ──► whatever comes back, row by row
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from livesock.display.answers import came_back, lines_of
from livesock.display.echo import OwnEcho
from livesock.display.targets import path_of, request_to, target_of, wrong_target
from livesock.display.view import Message, View
from livesock.display.views.frame.edit import FrameVerdict, as_frame, flip, judge
from livesock.net.connect.raw_request import RawRequest
from livesock.net.connect.urls import Target
from livesock.trace.rows import Kind, Row
from livesock.trace.show.bitgrid import frame_svg
from livesock.trace.show.columns import cut, printable
from livesock.wire.explain.field import Field
from livesock.wire.explain.frame import explain_frame
from livesock.wire.frame import Frame, encode_frame
from livesock.wire.quote import hexed

if TYPE_CHECKING:
    from livesock.net.connect.urls import HasUrl

__all__ = ["FrameView", "frame"]

LIMIT = 2**16 + 14
"""Bytes of a frame that can be edited: 64 KiB of payload and the longest header."""

MESSAGE_LIMIT = 2**16
"""Bytes of a message that the view's own server takes, so that 1009 can be seen."""

WINDOW = 32
"""Bytes whose bits are on the page at once."""

UNDOS = 100
"""Changes that can be taken back: with the longest frame, 6.5 MB."""

EXAMPLE = bytes.fromhex("81 85 37 fa 21 3d 7f 9f 4d 51 58")
"""The masked "Hello" of RFC 6455, 5.7."""

KEY = EXAMPLE[2:6]
"""The masking key of a frame that had none; a fixed one, since a random key would hide what a bit does."""

GROUPS = {
    "flags": ("FIN", "RSV1", "RSV2", "RSV3", "opcode"),
    "length": ("MASK", "payload length", "extended length"),
    "key": ("masking key",),
    "payload": ("payload", "close code", "close reason"),
}
"""Fields that share a colour on the page."""


class FrameView(View):
    """The live bit grid of one frame."""

    page: ClassVar[str] = "frame"

    def __init__(self, data: bytes, target: Target | None, guess: bool, sender: str) -> None:
        self._is_guess, self._sender = guess, sender
        self._original = self._data = data
        self._before: list[bytes] = []
        self._start = 0
        self._target = target
        self._own = OwnEcho(max_size=MESSAGE_LIMIT)
        self._request: RawRequest | None = None
        self._asked = b""
        self._looked = (0, False)
        self._changed = False
        super().__init__()

    @property
    def data(self) -> bytes:
        """The bytes as they are now, for the next cell."""
        return self._data

    # -- what the page gets

    def snapshot(self) -> Message:
        return self._state()

    def news(self) -> Message | None:
        if self._request is not None:
            look = len(self._request.trace), self._request.done.is_set()
            self._changed, self._looked = self._changed or look != self._looked, look
        if not self._changed:
            return None
        self._changed = False
        return self._state()

    def _state(self) -> Message:
        """Return everything on the page as JSON; of a long frame only the window."""
        data, fields = self._data, explain_frame(self._data)
        now = as_frame(data)
        return {
            "size": len(data),
            "start": self._start,
            "window": WINDOW,
            "bytes": list(data[self._start : self._start + WINDOW]),
            "plain": _unmasked(data, fields, self._start),
            "fields": [_shown(field) for field in fields],
            "hex": hexed(data, WINDOW),
            "verdicts": [
                {"who": who, "sign": verdict.sign, "text": verdict.text} for who, verdict in self._verdicts().items()
            ],  # none while the reader is to guess
            "undos": len(self._before),
            "edited": data != self._original,
            "fin": now.fin,
            "opcode": now.opcode,
            "masked": now.mask is not None,
            "server": self._target.address if self._target else "a server of its own (messages up to 64 KiB)",
            "answer": self._reply(),
        }

    def _verdicts(self) -> dict[str, FrameVerdict]:
        if self._is_guess and self._asked != self._data:
            return {}
        limit = None if self._target else MESSAGE_LIMIT
        senders = sorted(("client", "server"), key=lambda one: one != self._sender)  # the one who sent it first
        return {f"sent by a {one}": judge(self._data, from_client=one == "client", limit=limit) for one in senders}

    def _reply(self) -> Message | None:
        if self._request is None:
            return None
        rows = self._request.trace.rows()
        return {
            "sentence": came_back(self._request, rows),
            "rows": lines_of(rows),
            "done": self._request.done.is_set(),
            "stale": self._asked != self._data,
        }

    # -- what the reader does

    def on_message(self, message: Message) -> None:
        kind = message.get("kind")
        actions: dict[str, Callable[[Message], None]] = {
            "flip": lambda m: self._become(flip(self._data, _number(m, "bit"))),
            "undo": self._undo,
            "reset": lambda m: self._become(self._original),
            "fin": lambda m: self._rebuild(fin=not as_frame(self._data).fin),
            "mask": lambda m: self._rebuild(mask=None if as_frame(self._data).mask else KEY),
            "opcode": lambda m: self._rebuild(opcode=_number(m, "value", 15)),
            "mend": lambda m: self._rebuild(),
            "page": self._turn_page,
            "send": self._send,
        }
        if not isinstance(kind, str) or kind not in actions:
            raise ValueError(f"a page of frame() may send {', '.join(actions)}, not {kind!r:.60}")
        actions[kind](message)
        self._changed = True

    def _become(self, data: bytes) -> None:
        if data == self._data:
            return
        self._before = [*self._before[-UNDOS + 1 :], self._data]
        self._hold(data)

    def _hold(self, data: bytes) -> None:
        self._data = data
        if self._start >= len(data):
            self._start = 0

    def _undo(self, message: Message) -> None:
        if self._before:
            self._hold(self._before.pop())

    def _rebuild(self, **parts: Any) -> None:
        """Change some parts and adapt the rest: write the true length, mask the payload anew."""
        self._become(encode_frame(replace(as_frame(self._data), **parts))[:LIMIT])

    def _turn_page(self, message: Message) -> None:
        self._start = _number(message, "byte", len(self._data) - 1) // WINDOW * WINDOW

    def _send(self, message: Message) -> None:
        if self._request is not None and not self._request.done.is_set():
            raise ValueError("the server has not answered the last frame yet: wait a second or two")
        target = self._target or self._own.target()
        self._asked = self._data
        self._request = RawRequest(target, request_to(target), self._data)

    # -- without a browser

    def picture(self) -> str:
        return frame_svg(self._data)

    def words(self) -> str:
        """Return the picture in words. A masking key differs from run to run, so only its length stands there."""
        fields = [
            f"{field.name}: {'4 bytes' if field.name == 'masking key' else printable(field.value)}"
            for field in explain_frame(self._data)
        ]
        verdicts = [f"{who}: {verdict.text}" for who, verdict in self._verdicts().items()]
        return "\n".join([f"a frame of {len(self._data):,} bytes, bit by bit", *fields, *verdicts])

    def finish(self) -> None:
        if self._request is not None:
            self._request.close()
        self._own.stop()


def frame(
    data: bytes | Row | Frame = EXAMPLE,
    *,
    server: HasUrl | str | int | None = None,
    path: str = "/echo",
    guess: bool = False,
    sender: Literal["client", "server"] = "client",
) -> FrameView:
    """Return the live bit grid of one frame: hover explains, a click flips a bit, a button sends the result.

    `data` are bytes, a row of a trace (`server.trace.only(kind="frame").rows()[0]`) or a `Frame`; left out, it is the
    masked "Hello" of RFC 6455, 5.7. What the page made of it is in `.data`. The frame is sent to `path` of `server`
    (a server, a netsim, a URL or a port), over a new connection with a handshake of its own. Without a `server` the
    view starts one when it is first needed, which echoes messages of at most 64 KiB and stops with the view. With
    `guess` the page says how a server judges the bytes only when they are sent, so that a reader can guess.
    `sender` is the end whose rules the page looks at first.

    Raises:
        TypeError: If `data` is not a frame, or `server` is not a target.
        ValueError: If `data` is empty or has more than 65,550 bytes, `path` does not begin with a slash, or `sender` is
            neither end.
    """
    path_of(path)
    if sender not in ("client", "server"):
        raise ValueError(f'sender is "client" or "server", not {sender!r:.60}')
    return FrameView(_bytes_of(data), None if server is None else target_of(server, path), guess, sender)


def _bytes_of(data: object) -> bytes:
    if isinstance(data, Frame):
        data = encode_frame(data)
    elif isinstance(data, Row):
        if data.kind is not Kind.FRAME:
            raise TypeError(f'a row of kind "frame", not of kind "{data.kind.value}": trace.only(kind="frame").rows()')
        data = data.data
    if not isinstance(data, bytes | bytearray | memoryview):
        advice = 'pass server.trace.only(kind="frame").rows()[0], or bytes such as b"\\x81\\x00"'
        raise wrong_target("frame", "bytes, a row of a trace or a Frame", data, advice)
    if not 0 < len(data) <= LIMIT:
        raise ValueError(f"a frame here has 1 to {LIMIT:,} bytes, got {len(data):,}")
    return bytes(data)


def _number(message: Message, name: str, most: int | None = None) -> int:
    value = message.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0 or (most is not None and value > most):
        limit = "" if most is None else f" up to {most:,}"
        raise ValueError(f'"{name}" is a whole number from 0{limit}, not {value!r:.60}')
    return value


def _shown(field: Field) -> Message:
    return {
        "name": field.name,
        "value": cut(printable(field.value), 70),
        "start": field.start,
        "stop": field.stop,
        "meaning": printable(field.meaning),
        "section": field.section,
        "group": next((group for group, names in GROUPS.items() if field.name in names), "rest"),
    }


def _unmasked(data: bytes, fields: tuple[Field, ...], start: int) -> list[str]:
    """Return for each byte of the window what stands below it: what it unmasks to, and its character."""
    key = next((data[f.first_byte : f.end_byte] for f in fields if f.name == "masking key"), b"")
    spans = [f for f in fields if f.name in GROUPS["payload"]]
    begin, end = (spans[0].first_byte, spans[-1].end_byte) if spans else (len(data), len(data))
    notes = []
    for place in range(start, min(start + WINDOW, len(data))):
        plain = data[place]
        is_payload = begin <= place < end
        if is_payload and len(key) == 4:
            plain ^= key[(place - begin) % 4]
        mark = f"“{chr(plain)}”" if is_payload and 0x20 <= plain < 0x7F else ""
        notes.append(f"→ {plain:02x} {mark}".strip() if is_payload and len(key) == 4 else mark)
    return notes
