"""`broken()`: ten recordings of servers with one mistake each. Find the row, and name the section of RFC 6455.

a server ──► its rows ──► pick one: its bytes and fields ──► "This one breaks", a section ──► right, or where to look
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from livesock.display.view import Message
from livesock.display.views.broken.servers import SECTIONS, SERVERS, crossed
from livesock.display.whole import WholeView
from livesock.trace.show.columns import fit
from livesock.trace.show.svg import MUTED, document, text
from livesock.wire.explain.field import Field
from livesock.wire.explain.frame import explain_frame
from livesock.wire.explain.http import explain_head
from livesock.wire.frame import NAMES

__all__ = ["BrokenView", "broken"]


class BrokenView(WholeView):
    """The ten servers, and what the reader found."""

    page: ClassVar[str] = "broken"
    parts: ClassVar[tuple[str, ...]] = ("instrument", "bytes")

    def __init__(self) -> None:
        self._name = next(iter(SERVERS))
        self._row = 0
        self._section = ""
        self._said: dict[str, str] = {}
        self._found: set[str] = set()
        super().__init__()

    @property
    def found(self) -> list[str]:
        """The names of the servers whose mistake was found."""
        return [name for name in SERVERS if name in self._found]

    # -- what the page gets

    def state(self) -> Message:
        rows = crossed(self._name)
        return {
            "servers": [{"name": name, "number": n, "found": name in self._found} for n, name in enumerate(SERVERS, 1)],
            "name": self._name,
            "rows": [{"who": who, "text": summary_of(data)} for who, data in rows],
            "row": self._row,
            "details": details_of(self._row, *rows[self._row]),
            "sections": [{"key": key, "text": what} for key, what in SECTIONS.items()],
            "section": self._section,
            "said": self._said.get(self._name, ""),
            "is_found": self._name in self._found,
            "sentence": f"{len(self._found)} of {len(SERVERS)} found.",
        }

    # -- what the reader does

    def on_message(self, message: Message) -> None:
        kind, value = message.get("kind"), message.get("value")
        if kind == "server" and isinstance(value, str) and value in SERVERS:
            self._name, self._row, self._section = value, 0, ""
        elif kind == "row" and isinstance(value, int) and 0 <= value < len(crossed(self._name)):
            self._row = value
        elif kind == "section" and isinstance(value, str) and value in ("", *SECTIONS):
            self._section = value
        elif kind == "check":
            self.check(self._name, self._row, self._section)
        else:
            raise ValueError(f"a page of broken() may send server, row, section or check, not {kind!r:.60}")

    def check(self, name: str, row: int, section: str) -> bool:
        """Say whether `row` of the server `name` breaks `section`; the page shows the sentence. Thread-safe.

        Raises:
            ValueError: If there is no such server.
        """
        if name not in SERVERS:
            raise ValueError(f"the servers are {', '.join(SERVERS)}, not {name!r:.60}")
        answer = SERVERS[name]
        is_right = row == answer.row and section in answer.sections
        if not section:
            self._said[name] = "Name the section, too."
            return False
        if is_right:
            self._found.add(name)
            self._said[name] = f"Found. {answer.says} (RFC 6455, {answer.sections[0]})"
        elif row == answer.row:
            self._said[name] = f"That is the row. {section} is about {SECTIONS[section]}: which rule is broken here?"
        elif section in answer.sections:
            self._said[name] = "The section fits. Another row breaks it."
        else:
            self._said[name] = answer.look
        self.guesses.make(name, f"{row} {section}")
        self.guesses.settle(name, f"{row} {section}" if is_right else f"{answer.row} {answer.sections[0]}")
        return is_right

    # -- without a browser

    def picture(self) -> str:
        state = self.state()
        body = [
            text(
                24,
                32,
                f"Ten broken servers. {state['sentence']} Which row of server 1 is wrong?",
                size=14,
                class_="sans bold",
            )
        ]
        for number, row in enumerate(state["rows"]):
            x, arrow = (24.0, "──►") if row["who"] == "client" else (96.0, "◄──")
            y = 62 + 22 * number
            body.append(text(x, y, f"{row['who']} {arrow}", size=12, fill=MUTED))
            body.append(text(212, y, fit(row["text"], 80), size=12))
        return document(70 + 22 * len(state["rows"]), title="ten broken servers", description=self.words(), body=body)

    def words(self) -> str:
        state = self.state()
        lines = [f"{row['who']}: {row['text']}" for row in state["rows"]]
        return "\n".join([f"Ten broken servers. {state['sentence']}", *lines])


def summary_of(data: bytes) -> str:
    """Return a row in a few words, without a judgement."""
    if not data:
        return "the end of TCP"
    if data[:1].isalpha():
        return data.partition(b"\r\n")[0].decode("latin-1")
    return f"{NAMES.get(data[0] & 15, 'opcode')} {data.hex(' ')}"


def details_of(number: int, who: str, data: bytes) -> Message:
    """Return what the part bytes.js shows: bytes and fields. What they mean is the reader's to say."""
    fields: Sequence[Field] = explain_head(data) if data[:1].isalpha() else explain_frame(data)
    return {
        "row": number,
        "summary": f"{who}: {summary_of(data)}",
        "hex": data.hex(),
        "size": len(data),
        "offset": 0,
        "segments": 1,
        "fields": [_field(one) for one in fields],
        "more_fields": 0,
        "error": "",
    }


def _field(field: Field) -> dict[str, Any]:
    return {
        "name": field.name,
        "value": field.value,
        "start": field.first_byte,
        "stop": max(field.end_byte, field.first_byte),
        "bits": "",
        "meaning": "",
        "section": "",
    }


def broken() -> BrokenView:
    """Return ten recordings of servers that have one mistake each: find the row that is wrong, and name the section."""
    return BrokenView()
