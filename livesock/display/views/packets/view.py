"""`packets(server)`: a line in which one types packets, and what a real server answers.

the page: 42/point,7["add",2,3] ──► the kernel: taken apart, character by character ──► the page
                                └─► Send: a plain WebSocket ──► server ──► each answer, taken apart too
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, ClassVar

from livesock.display.targets import checked_server, namespace_of, path_of
from livesock.display.view import Message, View
from livesock.display.views.packets.picture import draw
from livesock.display.views.packets.spoken import KEPT, SpokenSession, parts_of
from livesock.errors import LivesockError
from livesock.wire.quote import one_line

if TYPE_CHECKING:
    from livesock.server import Server

__all__ = ["PacketsView", "packets"]

LONGEST = 300
"""Characters of a line."""

PATIENCE = 0.4
"""Seconds that an answer may take until the page says that there was none; on loopback it takes some ms."""

SILENCE = "Silence. Nothing that you said asks for an answer."


class PacketsView(View):
    """A line, its parts, and a session."""

    page: ClassVar[str] = "packets"
    parts: ClassVar[tuple[str, ...]] = ("instrument",)

    def __init__(self, server: Server, path: str, namespace: str) -> None:
        self._server, self._path, self._namespace = server, path, namespace
        self._presets = {key: (question, line) for key, question, line in _presets(namespace)}
        self._chosen, self._line = "join", self._presets["join"][1]
        self._talk: SpokenSession | None = None
        self._earlier: deque[Message] = deque(maxlen=KEPT)
        """What was said in the sessions before this one."""
        self._sentence, self._problem = "", ""
        self._open()
        super().__init__()

    # -- what the page gets

    def snapshot(self) -> Message:
        talk = self._talk
        return {
            "server": self._server.name,
            "presets": [{"key": key, "text": question} for key, (question, _) in self._presets.items()],
            "chosen": self._chosen,
            "line": self._line,
            "parts": parts_of(self._line),
            "sentence": self._sentence,
            "where": self._where(),
            "lines": self._lines(),
            "open": bool(talk and not talk.end),
            "problem": self._problem,
        }

    def news(self) -> Message | None:
        talk = self._talk
        if talk is None or talk.end or not talk.look():
            return None
        if talk.end:
            self._sentence = self._said_at_the_end("")
        return self.snapshot()

    def _lines(self) -> list[Message]:
        """Return what was said, the newest lines; the first line of each later session is marked."""
        now = list(self._talk.lines) if self._talk else []
        if now and self._earlier:
            now[0] = {**now[0], "new": True}
        return [*self._earlier, *now][-KEPT:]

    def _where(self) -> str:
        talk = self._talk
        if talk is None or talk.end:
            return "no session"
        seats = f"in {', '.join(sorted(talk.seats))}" if talk.seats else "in no namespace"
        return f"session open · {seats}" + (f" · pings answered: {talk.pings}" if talk.pings else "")

    # -- what the reader does

    def on_message(self, message: Message) -> None:
        kind = message.get("kind")
        if kind == "preset" and message.get("key") in self._presets:
            self._chosen = str(message["key"])
            self._line = self._presets[self._chosen][1]
        elif kind in ("type", "send"):
            self._line = _line(message.get("text"))
            self._chosen = next((key for key, (_, line) in self._presets.items() if line == self._line), "")
            if kind == "send":
                self._send()
        elif kind == "new":
            self._open()
        else:
            raise ValueError(f"a page of packets() may send preset, type, send or new, not {kind!r:.60}")
        self.send("news", news=self.snapshot())

    def _open(self) -> None:
        """Begin another session; what was said in the one before stays in sight."""
        if self._talk is not None:
            self._talk.close()
            self._earlier.extend(self._lines()[len(self._earlier) :])
        self._talk, self._problem = None, ""
        try:
            self._talk = SpokenSession(self._server.url(f"{self._path}?EIO=4&transport=websocket"))
            self._talk.look(PATIENCE)
            self._sentence = "A session is open: the server spoke first. You are in no namespace yet."
        except (OSError, LivesockError) as exc:
            self._sentence, self._problem = "There is no session.", one_line(f"{type(exc).__name__}: {exc}", 200)

    def _send(self) -> None:
        if self._talk is not None and not self._talk.end:
            self._talk.look()  # what came before is no answer to this
        if self._talk is None or self._talk.end:
            self._open()
        talk = self._talk
        if talk is None:
            return
        answers, why = talk.answers, self._why()
        talk.say(self._line)
        talk.look(PATIENCE)
        if talk.end:
            self._sentence = self._said_at_the_end(why)
        elif talk.answers > answers:
            about = talk.lines[-1]["about"]
            self._sentence = f"The server says: {about}."
        else:
            self._sentence = SILENCE

    def _said_at_the_end(self, why: str) -> str:
        assert self._talk is not None
        return f"The server has ended the session, {self._talk.end}. {why}".strip()

    def _why(self) -> str:
        """Return what a strict server must object to in the line, if there is something."""
        assert self._talk is not None
        parts = {part["name"]: part for part in parts_of(self._line)}
        if "broken" in parts:
            return str(parts["broken"]["says"])
        where = parts["namespace"]["text"].removesuffix(",") if "namespace" in parts else "/"
        kind = parts.get("Socket.IO", {"text": ""})["text"]
        if kind and kind not in "04" and where not in self._talk.seats:
            return f"You had not joined {where}."
        return ""

    # -- without a browser

    def picture(self) -> str:
        return draw(self.snapshot(), self.words())

    def words(self) -> str:
        """Return the line with its parts, and what was said; a session's id is not among it."""
        lines = [
            f"{'you' if line['up'] else 'server'}: {_plain(line['parts'])}   {line['about']}" for line in self._lines()
        ]
        parts = " | ".join(f"{part['text']} {part['name']}" for part in parts_of(self._line))
        return "\n".join([self._sentence, *(line.strip() for line in lines), f"to send: {parts}"])

    def finish(self) -> None:
        if self._talk is not None:
            self._talk.close()


def packets(server: Server, *, path: str = "/socket.io/", namespace: str = "/point") -> PacketsView:
    """Return a line in which one types packets of Socket.IO, each part named, and sends them to `server`.

    The view opens a session over a plain WebSocket at `path`, shows what the server answers, and answers its pings. The
    examples speak to `namespace`. After the server has ended a session, the next packet opens another one.

    Raises:
        TypeError: If `server` is not a server of `ls.serve()`.
        ValueError: If `path` does not begin with a slash, or `namespace` is empty or not a str.
    """
    return PacketsView(checked_server("packets", server), path_of(path), namespace_of(namespace))


def _presets(namespace: str) -> list[tuple[str, str, str]]:
    """Return key, question and line of each example."""
    where = "" if namespace == "/" else namespace
    comma = "," if where else ""
    return [
        ("join", "May I join?", f"40{where}{comma}"),
        ("ask", "What is 2 + 3?", f'42{where}{comma}7["add",2,3]'),
        ("comma", "What if a comma is lost?", f'42{where}7["add",2,3]'),
        ("nowhere", "Is there a /nope?", "40/nope,"),
        ("other", "And without joining?", '42/other,["add",2,3]'),
        ("hello", "Just “hello”?", "hello"),
    ]


def _line(value: object) -> str:
    if not isinstance(value, str) or len(value) > LONGEST:
        raise ValueError(f"a line is text of at most {LONGEST} characters")
    return value


def _plain(parts: list[Message]) -> str:
    return "".join(str(part["text"]) for part in parts)
