"""`accept(server)`: from the key to the accept value, with the key under the hand, and what a real server answers.

the page: a key, letter by letter ──► the kernel: key + GUID, SHA-1, base64 ──► the page: each byte, what has changed
                                  └─► a real handshake with this key ──► the server's accept value, or its refusal
"""

from __future__ import annotations

import base64
import secrets
from typing import TYPE_CHECKING, Any, ClassVar

from livesock.display.targets import headers_for, target_of
from livesock.display.view import Message, View
from livesock.display.views.accept.picture import accept_svg
from livesock.display.views.accept.steps import WAYS, Walk, bits_between, size_of, walk
from livesock.net.connect.raw_request import RawRequest
from livesock.net.connect.urls import Target
from livesock.trace.show.columns import printable
from livesock.wire.http import ResponseHead

if TYPE_CHECKING:
    from livesock.net.connect.urls import HasUrl

__all__ = ["AcceptView", "accept"]

RFC_KEY = "dGhlIHNhbXBsZSBub25jZQ=="
"""The key in the example of RFC 6455, 1.3."""

LONGEST = 32
"""Characters of a key on the page: a right one has 24."""

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

KEYS = {"rfc": "the RFC's own key", "zeros": "sixteen zero bytes", "new": "a new key", "short": "what if it is “abcd”?"}
"""Keys to begin with."""

FIRST_LOOK = 2.0
"""Seconds that `accept()` waits for the first answer, so that a saved notebook holds it: some ms on loopback."""


class AcceptView(View):
    """The way from a key to its accept value."""

    page: ClassVar[str] = "accept"
    parts: ClassVar[tuple[str, ...]] = ("instrument",)

    def __init__(self, target: Target) -> None:
        self._target = target
        self._key, self._before, self._way, self._chosen = RFC_KEY, RFC_KEY, "rfc", "rfc"
        self._asked, self._is_asking = self._key, True
        self._said: Message | None = None
        self._request = self._ask()
        if self._request.done.wait(0) or self._wait():
            self._take_answer()
        super().__init__()

    # -- what the page gets

    def snapshot(self) -> Message:
        now, before = walk(self._key, self._way), walk(self._before, self._way)
        return {
            "key": self._key,
            "keys": [{"key": name, "text": words} for name, words in KEYS.items()],
            "chosen": self._chosen,
            "ways": [{"key": name, "text": words} for name, words in WAYS.items()],
            "way": self._way,
            "hashed": self._hashed(now, before),
            "digest": [
                {"hex": f"{byte:02x}", "top": chr(byte) if self._way == "hex" else "", "new": fresh}
                for byte, fresh in _marked(now.digest, before.digest)
            ],
            "letters": [{"top": letter, "new": fresh} for letter, fresh in _marked(now.letters, before.letters)],
            "sentence": self._sentence(now, before),
            "answer": self._verdict(now),
        }

    def news(self) -> Message | None:
        if self._is_asking and self._wait(0):
            self._take_answer()
            if self._said is not None and self._said["key"] != self._key:
                self._request = self._ask()
            return self.snapshot()
        return None

    def _hashed(self, now: Walk, before: Walk) -> list[Message]:
        old = dict(before.parts)
        return [
            {"top": chr(byte) if 0x20 < byte < 0x7F else "·", "hex": f"{byte:02x}", "part": part, "new": fresh}
            for part, piece in now.parts
            for byte, fresh in _marked(piece, old[part])
        ]

    def _sentence(self, now: Walk, before: Walk) -> str:
        changed = sum(new for _, new in _marked(self._key, self._before)) + max(len(self._before) - len(self._key), 0)
        if self._key != self._before and now.digest != before.digest:
            size = len(now.digest)
            new = sum(fresh for _, fresh in _marked(now.digest, before.digest))
            bits = bits_between(now.digest, before.digest)
            letters = "1 letter" if changed == 1 else f"{changed} letters"
            return (
                f"{letters} of the key changed: {new} of {size} bytes of the hash are new, {bits} of {8 * size} bits."
            )
        size_now = size_of(self._key)
        stands = "is not base64" if size_now is None else f"stands for {size_now} bytes"
        told = f"The key has {len(self._key)} letters and {stands}."
        return told if self._way == "decoded" else f"{told} Click a letter of it to change it."

    def _verdict(self, now: Walk) -> Message:
        """Return what the server said to this key, and whether this way leads there."""
        if self._said is None or self._said["key"] != self._key:
            return {"state": "waiting", "letters": "", "text": "asking the server …"}
        came: str | None = self._said["accept"]
        if came is None:
            size = size_of(self._key)
            stands = "is not base64" if size is None else f"stands for {size} bytes, not 16"
            why = (
                "" if size == 16 else f" The key {stands}: any text can be hashed, but a server must not take this one."
            )
            return {"state": "wrong", "letters": "", "text": f"{self._said['status']}.{why}"}
        same = came == now.letters
        text = "the same" if same else "not the same: this way leads elsewhere"
        return {"state": "same" if same else "wrong", "letters": came, "text": text}

    # -- what the reader does

    def on_message(self, message: Message) -> None:
        kind, value = message.get("kind"), message.get("value")
        if kind == "key" and isinstance(value, str):
            self._change(_checked(value), "")
        elif kind == "turn" and isinstance(value, int) and not isinstance(value, bool) and 0 <= value < len(self._key):
            self._change(self._turned(value, message.get("step", 1)), "")
        elif kind == "preset" and isinstance(value, str) and value in KEYS:
            self._change(self._preset(value), value)
            self._before = self._key
        elif kind == "way" and isinstance(value, str) and value in WAYS:
            self._way, self._before = value, self._key
        else:
            raise ValueError("a page of accept() sends a key, the place of a letter, a preset, or a way")
        self.send("news", news=self.snapshot())

    def _change(self, key: str, chosen: str) -> None:
        if key != self._key:
            self._before, self._key = self._key, key
        self._chosen = chosen
        if not self._is_asking:
            self._request = self._ask()

    def _turned(self, place: int, step: Any) -> str:
        """Return the key with one letter replaced by the next one of base64's alphabet."""
        way = -1 if step == -1 else 1
        letter = ALPHABET[(ALPHABET.find(self._key[place]) + way) % len(ALPHABET)]
        return self._key[:place] + letter + self._key[place + 1 :]

    def _preset(self, name: str) -> str:
        raw = bytes(16) if name == "zeros" else secrets.token_bytes(16)
        return {"rfc": RFC_KEY, "short": "abcd"}.get(name, base64.b64encode(raw).decode())

    # -- the server

    def _ask(self) -> RawRequest:
        self._asked, self._is_asking = self._key, True
        headers = dict(headers_for(self._target)) | {"Sec-WebSocket-Key": self._key}
        lines = [f"GET {self._target.path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
        return RawRequest(self._target, "\r\n".join([*lines, "", ""]).encode("latin-1"))

    def _wait(self, patience: float = FIRST_LOOK) -> bool:
        """Whether the head of the answer is here, or will never come."""
        done = self._request.done
        for _ in range(max(int(patience / 0.01), 1)):
            if done.is_set() or self._head() is not None:
                return True
            if patience:
                done.wait(0.01)
        return False

    def _head(self) -> ResponseHead | None:
        return next((row.value for row in self._request.trace.rows() if isinstance(row.value, ResponseHead)), None)

    def _take_answer(self) -> None:
        head = self._head()
        status = f"The server answers {head.status} {printable(head.reason)}".rstrip() if head else self._silence()
        accept_value = head.get("Sec-WebSocket-Accept") if head and head.status == 101 else None
        self._said = {"key": self._asked, "status": status, "accept": accept_value and printable(accept_value)[:200]}
        self._is_asking = False
        self._request.close()

    def _silence(self) -> str:
        return f"No answer: {self._request.problem or 'the connection ended'}"

    # -- without a browser

    def picture(self) -> str:
        return accept_svg(self.snapshot(), self.words())

    def words(self) -> str:
        """Return the way in words; it is the same in every run while nothing was changed."""
        now = walk(self._key, self._way)
        came = self._verdict(now)
        hashed = " + ".join(piece.decode("latin-1") if name == "guid" else "key" for name, piece in now.parts)
        return "\n".join(
            [
                f"key      {self._key}",
                f"hashed   {hashed}",
                f"SHA-1    {now.digest.hex(' ')}",
                f"base64   {now.letters}",
                f"server   {came['letters'] or came['text']}{' ✓' if came['state'] == 'same' else ''}",
            ]
        )

    def finish(self) -> None:
        self._request.close()


def accept(server: HasUrl | str | int, *, path: str = "/echo") -> AcceptView:
    """Return the way from a key to its accept value, with a key that the reader changes letter by letter.

    Each key is really sent, in a handshake with `path` of `server`, and the page shows what comes back.

    Raises:
        TypeError, ValueError: If `server` is not a target, or `path` is not a path.
    """
    return AcceptView(target_of(server, path))


def _marked(now: Any, before: Any) -> list[tuple[Any, bool]]:
    """Return each item of `now`, and whether it differs from the one at its place in `before`."""
    return [(item, place >= len(before) or before[place] != item) for place, item in enumerate(now)]


def _checked(key: str) -> str:
    if len(key) > LONGEST or not all("!" <= letter <= "~" for letter in key):
        raise ValueError(f"a key here has at most {LONGEST} characters of ASCII, without blanks")
    return key
