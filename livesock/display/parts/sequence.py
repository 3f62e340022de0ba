"""What crossed after one request, and when: the events for a page, and the picture of a saved notebook.

0.2 ms  ══ TCP: SYN, SYN+ACK, ACK ══
0.4 ms  ── GET /echo HTTP/1.1 ─────────────►
0.9 ms  ◄──────── 101 Switching Protocols ──
"""

from __future__ import annotations

from collections.abc import Sequence

from livesock.display.answers import ROWS, line_of
from livesock.display.view import Message
from livesock.net.connect.raw_request import RawRequest
from livesock.trace.rows import Row
from livesock.trace.show.columns import fit, printable, wrap
from livesock.trace.show.svg import INK, LINE, RED, WIDTH, columns_in, document, element, rect, text
from livesock.trace.states import ConnectionState

__all__ = ["events_of", "sequence_svg"]

_LEFT, _RIGHT, _STEP = 150.0, WIDTH - 60.0, 40.0
"""The lines of the client and of the server, and the height of one event."""


def events_of(request: RawRequest, rows: Sequence[Row]) -> list[Message]:
    """Return what happened, in order: the handshakes below HTTP, then each row that has bytes, then the end."""
    events: list[Message] = []
    if request.connected is not None:
        events.append(_event(request.connected, "=", "TCP handshake: SYN, SYN+ACK, ACK"))
    if request.secured is not None:
        events.append(_event((request.connected or 0) + request.secured, "=", f"TLS handshake: {request.tls}"))
    crossed = [
        row
        for row in rows
        if row.direction != "="
        or row.value is ConnectionState.RESET
        or (row.value is ConnectionState.EOF and not row.from_client)
    ]
    for row in crossed[:ROWS]:
        line = line_of(row)
        events.append(_event(row.time, row.direction, line["text"], line["wrong"]))
    if len(crossed) > ROWS:
        events.append(_event(crossed[-1].time, "=", f"… {len(crossed) - ROWS} more"))
    return events


def _event(time: float, way: str, words: str, wrong: str = "") -> Message:
    return {"time": f"{time * 1000:.1f} ms", "way": way, "text": words, "wrong": wrong}


# -- the picture of a saved notebook


def sequence_svg(events: Sequence[Message], request: Sequence[str], *, host: str, words: str, title: str) -> str:
    """Return the sequence, or without one the request and the question, as a self-contained SVG document."""
    if not events:
        lines = [text(20, 30 + 20 * number, fit(line, 110), size=12) for number, line in enumerate(request)]
        return document(24 + 20 * len(lines), title=title, description=words, body=lines)
    top, bottom = 54.0, 60 + _STEP * len(events)
    body = [
        text(_LEFT, 30, "client", size=13, class_="bold", anchor="middle"),
        text(_RIGHT, 30, fit(printable(host), 30), size=13, class_="bold", anchor="end"),
        *(rect(x, 40, 1, bottom - 40, fill=LINE) for x in (_LEFT, _RIGHT)),
    ]
    for number, event in enumerate(events):
        body += _drawn(event, top + _STEP * number)
    return document(bottom + 16, title=title, description=words, body=body)


def _drawn(event: Message, y: float) -> list[str]:
    middle = (_LEFT + _RIGHT) / 2
    label, *more = wrap(event["text"], columns_in(_RIGHT - _LEFT - 30, 11) - 2)
    label += " …" if more else ""
    colour = RED if event["wrong"] else INK
    parts = [text(_LEFT - 16, y + 16, event["time"], size=11, class_="muted", anchor="end")]
    if event["way"] == "=":
        parts.append(rect(_LEFT + 1, y, _RIGHT - _LEFT - 1, 24, fill="#f6f8fa", stroke=LINE))
        return [*parts, text(middle, y + 16, label, size=11, anchor="middle")]
    tip, back = (_RIGHT, -8) if event["way"] == ">" else (_LEFT, 8)
    parts.append(text(middle, y + 10, label, size=11, anchor="middle", fill=colour))
    parts.append(rect(_LEFT, y + 18, _RIGHT - _LEFT, 1.2, fill=colour))
    parts.append(element("path", d=f"M{tip:g} {y + 18.6:g}l{back} -4v8z", fill=colour))
    return parts
