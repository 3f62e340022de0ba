"""`borders(…)`: one message, cut into frames and segments by hand, and what a real server makes of it.

a border is dragged ──► {"kind": "move", "name": "fragment-0", "to": 7} ──► the kernel cuts anew ──► page
"Send"              ──► TCP, a real handshake, then just these bytes in just these segments ──► what came of each
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from livesock.display.targets import checked_server, path_of, request_to, target_of
from livesock.display.view import Message, View
from livesock.display.views.borders.delivery import SegmentedDelivery
from livesock.display.views.borders.marks import marks_of
from livesock.display.views.borders.model import FRAMES, SEGMENTS, Borders
from livesock.display.views.borders.picture import borders_svg
from livesock.display.views.borders.questions import PRESETS, judged, letter_of, question_of
from livesock.display.views.borders.words import outcome, part_name, sentence, step_words
from livesock.server import Server, serve

__all__ = ["BordersView", "borders"]

LIMIT = 2**20
"""Bytes of a message that the view's own server takes."""

LONGEST = 12
"""Bytes of a message: what a row has room for, at 600 pixels too."""

FAST, SLOW = 0.12, 1.2
"""Seconds of quiet after a segment before the next one is sent."""


class BordersView(View):
    """The row of bytes with its borders, and what came of the last delivery."""

    page: ClassVar[str] = "borders"
    parts: ClassVar[tuple[str, ...]] = ("instrument", "byterow")

    def __init__(self, message: bytes, preset: str, server: Server | None, path: str, heard: list[Any] | None) -> None:
        self._message, self._preset = message, preset
        self._now = PRESETS[preset].cut(message)
        self._server, self._is_ours, self._path = server, server is None, path
        self._heard: list[Any] = [] if heard is None else heard
        self._hears = heard is not None or server is None
        self._delivery: SegmentedDelivery | None = None
        self._sent_row: Borders | None = None
        self._looked = (0, True)
        self._asked_in = preset  # the preset that was chosen last, whatever was moved since
        self._guesses: dict[tuple[str, str], str] = {}
        self._changed = False
        super().__init__()

    @property
    def pieces(self) -> list[bytes]:
        """The segments as they are now, for the next cell."""
        return self._now.pieces()

    # -- what the page gets

    def snapshot(self) -> Message:
        return self._state()

    def news(self) -> Message | None:
        if self._delivery is not None:
            look = len(self._delivery.steps), self._delivery.done.is_set()
            self._changed, self._looked = self._changed or look != self._looked, look
        if not self._changed:
            return None
        self._changed = False
        return self._state()

    def _state(self) -> Message:
        now, letter = self._now, letter_of(self._message)
        return {
            **marks_of(now),
            "frames": {"now": len(now.fragments) + 1, "most": min(FRAMES, len(now.message))},
            "segments": {"now": len(now.segments) + 1, "most": min(SEGMENTS, len(now.cells()))},
            "ping": now.ping is not None,
            "presets": [{"key": key, "text": preset.question.format(letter=letter)} for key, preset in PRESETS.items()],
            "preset": self._preset,
            "message": now.message.decode(),
            "sentence": sentence(now),
            "question": self._question(),
            "run": self._delivered(),
            "code": [piece.hex(" ") for piece in now.pieces()],
        }

    def _question(self) -> Message:
        question = question_of(self._now)
        chosen = self._guesses.get((self._asked_in, question.key), "")
        right = judged(self._now, self._delivery.steps) if self._is_over and self._delivery else ""
        self.guesses.settle(question.key, right)
        options = [{"key": key, "text": option.text} for key, option in question.options.items()]
        why = question.options[right].why if right in question.options else ""
        tempts = question.options[chosen].tempts if chosen and right and chosen != right else ""
        return {
            "text": question.text,
            "options": options,
            "chosen": chosen,
            "right": right,
            "why": why,
            "tempts": tempts,
        }

    @property
    def _is_over(self) -> bool:
        return self._delivery is not None and self._delivery.done.is_set() and self._sent_row == self._now

    def _delivered(self) -> Message | None:
        run = self._delivery
        if run is None or self._sent_row is None:
            return None
        steps, done = list(run.steps), run.done.is_set()
        return {
            "steps": step_words(self._sent_row, steps, hears=self._hears),
            "total": len(run.pieces),
            "seconds": round(run.seconds),
            "done": done,
            "stale": self._sent_row != self._now,
            "outcome": outcome(self._sent_row, steps, run.problem, hears=self._hears) if done else None,
        }

    # -- what the reader does

    def on_message(self, message: Message) -> None:
        kind = message.get("kind")
        actions: dict[str, Callable[[Message], None]] = {
            "preset": self._choose,
            "move": self._move,
            "frames": lambda m: self._become(self._now.with_frames(_number(m, "count"))),
            "segments": lambda m: self._become(self._now.with_segments(_number(m, "count"))),
            "ping": lambda m: self._become(self._now.with_ping(None if self._now.ping is not None else 1)),
            "guess": self._guess,
            "send": lambda m: self._send(FAST),
            "slowly": lambda m: self._send(SLOW),
        }
        if not isinstance(kind, str) or kind not in actions:
            raise ValueError(f"a page of borders() may send {', '.join(actions)}, not {kind!r:.60}")
        actions[kind](message)
        self._changed = False
        self.send("news", news=self._state())  # at once: a border follows the hand

    def _choose(self, message: Message) -> None:
        key = message.get("key")
        if not isinstance(key, str) or key not in PRESETS:
            raise ValueError(f"a preset is one of {', '.join(PRESETS)}, not {key!r:.60}")
        self._become(PRESETS[key].cut(self._message))
        self._preset = self._asked_in = key
        if self._delivery is not None and self._delivery.done.is_set():
            self._delivery = None  # a new question begins with a clean page

    def _move(self, message: Message) -> None:
        name, to = message.get("name"), _number(message, "to")
        side, _, number = name.partition("-") if isinstance(name, str) else ("", "", "")
        if side == "ping" and self._now.ping is not None:
            self._become(self._now.with_ping(to))
        elif side == "fragment" and number.isdecimal():
            self._become(self._now.move_fragment(int(number), to))
        elif side == "segment" and number.isdecimal():
            self._become(self._now.move_segment(int(number), to))
        else:
            raise ValueError(f"there is no border {name!r:.60}")

    def _become(self, now: Borders) -> None:
        if now != self._now:
            self._now, self._preset = now, ""

    def _guess(self, message: Message) -> None:
        question = question_of(self._now)
        key = message.get("key")
        if not isinstance(key, str) or key not in question.options:
            raise ValueError(f"a guess is one of {', '.join(question.options)}, not {key!r:.60}")
        self._guesses[self._asked_in, question.key] = key
        self.guesses.make(question.key, key)

    def _send(self, pause: float) -> None:
        if self._delivery is not None and not self._delivery.done.is_set():
            raise ValueError("the last delivery is still under way: a second or two")
        server = self._server_now()
        target = target_of(server, self._path)
        self._sent_row, self._looked = self._now, (0, False)
        self._delivery = SegmentedDelivery(
            target, request_to(target), self.pieces, seen=server.trace, heard=self._heard, pause=pause
        )

    def _server_now(self) -> Server:
        if self._server is None or (self._is_ours and not self._server.is_running):
            self._server = serve(f"view {self.name}")
            self._server.websocket(self._path, max_size=LIMIT)(self._echo)
        return self._server

    async def _echo(self, ws: Any) -> None:
        async for message in ws:
            self._heard.append(message)
            await ws.send(message)

    # -- without a browser

    def picture(self) -> str:
        return borders_svg(self._now, sentence(self._now), question_of(self._now))

    def words(self) -> str:
        frames = [f"frame {n}: {', '.join(part_name(part))}" for n, part in enumerate(self._now.frames(), 1)]
        segments = [f"segment {n}: {piece.hex(' ')}" for n, piece in enumerate(self.pieces, 1)]
        question = question_of(self._now)
        options = [f"    {option.text}" for option in question.options.values()]
        return "\n".join([sentence(self._now), *frames, *segments, question.text, *options])

    def finish(self) -> None:
        if self._delivery is not None:
            self._delivery.close()
        if self._is_ours and self._server is not None:
            self._server.stop()


def borders(
    message: str = "Hello é",
    *,
    start: str = "half",
    server: Server | None = None,
    path: str = "/echo",
    heard: list[Any] | None = None,
) -> BordersView:
    """Return a text as a row of bytes whose borders can be moved, and a button that sends it to a real server.

    Above the row are the borders between frames, below it those between segments. `start` is the preset that it
    begins with: "half", "ping", "nothing", "gigabyte" or "everywhere". Without a `server` the view starts an echo
    server of its own, which stops with the view. With one, the bytes go to its `path`, and `heard` is the list to which
    the handler there adds what it gets. The segments as they now are: `.pieces`.

    Raises:
        TypeError: If `server` is not a server of `ls.serve()`, or `message` is not a str.
        ValueError: If `message` has fewer than 2 or more than 12 bytes, or `start` is not a preset.
    """
    if not isinstance(message, str):
        raise TypeError(f"a message is a str here, not {type(message).__name__}")
    encoded = message.encode()
    if not 2 <= len(encoded) <= LONGEST:
        raise ValueError(f"a message here has 2 to {LONGEST} bytes, got {len(encoded)}")
    if start not in PRESETS:
        raise ValueError(f"a preset is one of {', '.join(PRESETS)}, not {start!r:.60}")
    checked = None if server is None else checked_server("borders", server)
    return BordersView(encoded, start, checked, path_of(path), heard)


def _number(message: Message, name: str) -> int:
    value = message.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 1000:
        raise ValueError(f'"{name}" is a whole number from 0 to 999, not {value!r:.60}')
    return value
