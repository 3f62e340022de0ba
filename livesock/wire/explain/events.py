"""What each line of an event stream means, in words (HTML standard, 9.2.6)."""

from __future__ import annotations

from livesock.wire.explain.field import Field
from livesock.wire.quote import quote
from livesock.wire.sse import LINE_END

__all__ = ["explain_lines"]

_SECTION = "HTML, 9.2.6"

_MEANINGS = {
    "data": "The data of the event; several of these lines are joined by line feeds.",
    "event": "The name of the event: listeners for this name get it.",
    "id": "The id: a client that comes again names the last one it saw.",
    "retry": "How many milliseconds to wait before coming again.",
    "": "A comment: ignored; it keeps an idle connection alive.",
}


def explain_lines(data: bytes, start: int = 0) -> list[Field]:
    """Return one field for each line of `data`, which begins at byte `start` of what is explained."""
    fields, position = [], 0
    while position < len(data):
        match = LINE_END.search(data, position)
        stop, end = (match.start(), match.end()) if match else (len(data), len(data))
        name, value, meaning = _describe(data[position:stop])
        fields.append(Field(name, value, 8 * (start + position), 8 * (start + end), meaning, _SECTION))
        position = end
    return fields


def _describe(line: bytes) -> tuple[str, str, str]:
    if not line:
        return "end of event", "", "The empty line: now the event happens."
    name, _, value = line.decode("utf-8", "replace").partition(":")
    name = name.removeprefix("\ufeff")
    if name not in _MEANINGS:
        return "line", quote(line), "A line with an unknown name is ignored."
    return name or "comment", quote(value.removeprefix(" ")), _MEANINGS[name]
