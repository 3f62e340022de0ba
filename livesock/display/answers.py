"""What a server answered, as a page shows it: a line for each row of the trace, and one sentence about all of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from livesock.display.view import Message
from livesock.errors import PacketError
from livesock.net.connect.raw_request import QUIET, RawRequest
from livesock.trace.rows import Kind, Row
from livesock.trace.show.card import title_of
from livesock.trace.show.columns import as_text, cut, excerpt, printable
from livesock.trace.show.text import broken_rule, hex_of
from livesock.trace.states import ConnectionState
from livesock.wire.codes import CODES, decode_close
from livesock.wire.frame import Frame, Opcode
from livesock.wire.http import ResponseHead

__all__ = ["ROWS", "came_back", "line_of", "lines_of", "status_of"]

ROWS = 24
"""Rows that a page shows of an answer; it counts the rest."""


def line_of(row: Row) -> Message:
    """Return one row as JSON: direction, words, bytes, and the rule that it breaks."""
    words = title_of(row)
    if row.kind is Kind.RAW and words.startswith("not explained"):
        words = "not explained"  # the bytes stand beside it
    elif row.kind is Kind.BODY:
        words = f"body: {_body(row.shown, 200)}"
    return {
        "direction": row.direction,
        "time": round(row.time * 1000, 3),
        "text": cut(words, 220),
        "hex": hex_of(row, 20) if row.kind in (Kind.FRAME, Kind.RAW) and row.data else "",
        "wrong": broken_rule(row.error) if row.error else "",
    }


def _body(data: bytes, limit: int) -> str:
    """Return a body as text of about `limit` characters, cut at a word, and how many bytes were left out.

    >>> _body(b"this server speaks RFC 6455 only", 24)
    'this server speaks RFC … and 10 more bytes'
    """
    end = data.rfind(b" ", 0, limit)
    if len(data) <= limit or end < limit // 2:
        return excerpt(data, limit)
    return f"{as_text(data[:end])} … and {len(data) - end:,} more bytes"


def lines_of(rows: Sequence[Row]) -> list[Message]:
    """Return the first rows as JSON, and how many more there were; a last "closed" also says that we closed first."""
    lines = [line_of(row) for row in rows[:ROWS]]
    if (
        lines
        and len(rows) <= ROWS
        and rows[-1].value is ConnectionState.CLOSED
        and not any(_ended(row) for row in rows)
    ):
        lines[-1]["text"] = "closed by us"
    if len(rows) > ROWS:
        more = {"direction": "=", "time": 0, "text": f"… {len(rows) - ROWS} more rows", "hex": "", "wrong": ""}
        lines.append(more)
    return lines


def _ended(row: Row) -> bool:
    """Whether the server ended its direction."""
    return row.value is ConnectionState.EOF and not row.from_client


def status_of(rows: Iterable[Row]) -> int | None:
    """Return the status of the first response, None without one."""
    return next((row.value.status for row in rows if isinstance(row.value, ResponseHead)), None)


def came_back(request: RawRequest, rows: Sequence[Row]) -> str:
    """Return one sentence about what the server sent after the handshake; empty while that is not known."""
    status = status_of(rows)
    if status is None:
        return f"no answer: {request.problem or 'the connection ended'}" if request.done.is_set() else ""
    if status != 101:
        return f"the handshake was refused with {status}: no frame was sent"
    frames = [row.value for row in rows if isinstance(row.value, Frame) and row.direction == "<"]
    said = [row.summary for row in rows if isinstance(row.value, Frame) and row.direction == "<"]
    closing = next((frame for frame in frames if frame.opcode == Opcode.CLOSE), None)
    if closing is not None:
        before = f"answers {printable(said[0])}, then " if len(frames) > 1 else ""
        return f"the server {before}closes {_closes(closing)}"
    if said:
        rest = ", and then nothing" if request.went_quiet else ""
        return f"the server answers {cut(printable(said[0]), 100)}{rest}"
    if request.went_quiet:
        return f"silence: the server says nothing for {QUIET:g} s and keeps the connection open"
    if request.done.is_set():
        return "the server ends the connection without a frame"
    return ""


def _closes(frame: Frame) -> str:
    try:
        code, reason = decode_close(frame.payload)
    except PacketError as exc:
        return f"with a frame that breaks a rule itself: {exc.rule}"
    if code is None:
        return "without a code"
    name = f" ({CODES[code].name})" if code in CODES else ""
    return f"with {code}{name}" + (f", “{printable(reason)}”" if reason else "")
