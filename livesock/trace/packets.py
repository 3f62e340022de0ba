"""What a message of Engine.IO or Socket.IO says, in a few words: for displays, not for decisions.

    2probe                     probe: can this WebSocket carry the session?
    42/point,7["move",1,2]     event "move" [1,2] in /point, wants answer 7

Broken packets are described too, in fewer words. What a peer sends to be let in is not repeated.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator
from typing import NamedTuple
from urllib.parse import parse_qs

from livesock.errors import PacketError
from livesock.trace.rows import Kind, Row
from livesock.wire.engineio import SEPARATOR, EngineType, Opening, decode_message, decode_payload
from livesock.wire.frame import Frame, Opcode
from livesock.wire.http.head import RequestHead, ResponseHead
from livesock.wire.quote import counted, one_line, quote
from livesock.wire.socketio import Packet, PacketType, decode_text
from livesock.wire.strictjson import dumps, loads

__all__ = [
    "PacketWords",
    "describe",
    "describe_payload",
    "hide",
    "is_for_engine",
    "packets_of",
    "session_of",
    "sessions_of",
]

SHOWN = 200
"""Characters of a packet that are shown."""

_SECRET = re.compile(r'"(sid|pid)":"[^"]*"')
"""Anyone who knows the id of a session owns the session. The id of a seat opens nothing, and is new each time."""

STORY = {
    "2probe": "probe: can this WebSocket carry the session?",
    "3probe": "probe answered: it can",
    "5": "upgrade: from here on this WebSocket carries the session",
    "6": "noop: ends the poll that waits, so that the client can upgrade",
    "2": "ping: are you there?",
    "3": "pong: I am",
    "1": "close: the session is over",
}
"""Engine.IO packets that are always the same."""


def is_for_engine(target: str) -> bool:
    """Whether a request's target is one of Engine.IO: `/socket.io/?EIO=4&transport=polling`."""
    query = target.partition("?")[2].split("&")
    return any(part.startswith("EIO=") for part in query) and any(part.startswith("transport=") for part in query)


def describe(message: str | bytes, limit: int = 100) -> str:
    """Return in one line what a WebSocket message of an Engine.IO session says."""
    if isinstance(message, bytes):
        return f"binary value of a packet, {counted(len(message))}"
    if message in STORY:
        return STORY[message]
    try:
        packet = decode_message(message)
        if packet.type is EngineType.OPEN:
            opening = Opening.parse(packet.data)
            upgrades = f", may upgrade to {' and '.join(opening.upgrades)}" if opening.upgrades else ""
            return one_line(f"open: a session, ping every {opening.ping_interval:g} s{upgrades}", limit)
        if packet.type is EngineType.MESSAGE and isinstance(packet.data, str):
            said, attachments = decode_text(packet.data)
            return one_line(_say(said, attachments), limit)
    except (PacketError, UnicodeError):
        pass
    return one_line(f"packet {quote(message)}", limit)


def describe_payload(payload: str, limit: int = 100) -> str:
    """Return in one line what the body of a poll says; of many packets, the first."""
    if payload == "ok":
        return "ok: the packets were taken"
    try:
        packets = decode_payload(payload)
    except PacketError:
        return one_line(_refusal(payload) or "no packets of Engine.IO", limit)
    data = packets[0].data
    first = describe(data if isinstance(data, bytes) else payload.partition(SEPARATOR)[0], limit)
    return first if len(packets) == 1 else one_line(f"{len(packets)} packets: {first}", limit)


def _refusal(body: str) -> str | None:
    """Return in words the JSON with which a server refuses a request: `{"code":1,"message":"…"}`."""
    try:
        said = loads(body)
    except PacketError:
        return None
    if not isinstance(said, dict) or not isinstance(said.get("message"), str):
        return None
    return f"refused: {said['message']} (code {dumps(said.get('code'))})"


def hide(message: str) -> tuple[str, int]:
    """Return `message` without what a peer sends to be let in, `40/point,{…}`, and how many bytes that is."""
    brace = message.find("{") if message.startswith("40") else -1
    if brace < 0:
        return message, 0
    return message[:brace] + "…", len(message[brace:].encode("utf-8", "replace"))


def session_of(row: Row) -> str | None:
    """Return the id of the Engine.IO session that a row names: a request's `sid`, or the one that the server gives."""
    if isinstance(row.value, RequestHead):
        return next(iter(parse_qs(row.value.target.partition("?")[2]).get("sid", ())), None)
    data = row.value.payload if isinstance(row.value, Frame) else row.data
    if row.from_client or row.kind not in (Kind.BODY, Kind.FRAME) or not data.startswith(b'0{"sid"'):
        return None
    try:
        return Opening.parse(data[1:].decode().partition(SEPARATOR)[0]).sid
    except (PacketError, UnicodeError):
        return None


def sessions_of(rows: Iterable[Row]) -> dict[str, list[int]]:
    """Return the sessions of these rows, each with its connections in order, without ids that were only refused."""
    found: dict[str, dict[int, None]] = {}
    asked: dict[int, deque[str | None]] = {}  # by connection: the ids in the requests that are not answered yet
    real: set[str | None] = set()
    for row in rows:
        waiting, sid = asked.setdefault(row.connection, deque()), session_of(row)
        if isinstance(row.value, RequestHead):
            waiting.append(sid)
        elif isinstance(row.value, ResponseHead):
            is_last = row.value.status == 101 or row.value.status >= 200
            answered = waiting.popleft() if waiting and is_last else None
            real |= {answered} if row.value.status < 400 else set()
        else:
            real.add(sid)
        if sid is not None:
            found.setdefault(sid, {})[row.connection] = None
    real.update(*asked.values())
    return {sid: list(connections) for sid, connections in found.items() if sid in real}


def _say(packet: Packet, attachments: int) -> str:
    where = "" if packet.namespace == "/" else f" in {packet.namespace}"
    data = packet.data
    if packet.type is PacketType.CONNECT:
        if isinstance(data, dict) and isinstance(data.get("sid"), str):
            return f"connected to {packet.namespace}"
        return f"connect to {packet.namespace}" + (f", with {', '.join(data)}" if data else "")
    if packet.type is PacketType.DISCONNECT:
        return f"disconnect from {packet.namespace}"
    if packet.type is PacketType.CONNECT_ERROR:
        message = data.get("message") if isinstance(data, dict) else data
        return f"refused by {packet.namespace}: {message}"
    more = f", {attachments} binary to follow" if attachments else ""
    if packet.type is PacketType.ACK:
        return f"answer to {packet.id}: {dumps(data or [])}{where}{more}"
    name, *arguments = data
    wants = "" if packet.id is None else f", wants answer {packet.id}"
    return f'event "{name}" {dumps(arguments)}{where}{wants}{more}'


class PacketWords(NamedTuple):
    """One packet, for a page."""

    text: str
    """The packet as it was on the wire, cut to `SHOWN`, without ids that open a session."""
    about: str
    """Its meaning in words."""
    namespace: str
    """`""` for a packet of Engine.IO, which belongs to no namespace."""
    is_event: bool
    """Whether the application sent it: an event, or an answer to one."""


def packets_of(row: Row) -> Iterator[PacketWords]:
    """Yield the packets that a row carries: one in a frame, any number in the body of a poll, otherwise none."""
    if isinstance(row.value, Frame) and row.value.opcode in (Opcode.TEXT, Opcode.BINARY):
        payload = bytes(row.value.payload)
        yield _packet(payload if row.value.opcode is Opcode.BINARY else payload.decode("utf-8", "replace"))
    elif row.kind is Kind.BODY:
        for part in row.data.decode("utf-8", "replace").split("\x1e"):
            if part.startswith("{"):  # not a payload: the server refuses the request
                yield PacketWords(one_line(part, SHOWN), describe_payload(part), "", False)
            elif part != "ok":
                yield _packet(part)


def _packet(message: str | bytes) -> PacketWords:
    about = describe(message)
    if isinstance(message, bytes):
        return PacketWords(f"({len(message)} bytes)", about, "", True)
    text = _SECRET.sub(r'"\1":"…"', message) if message.startswith(("0", "40")) else message
    namespace, is_event = "", False
    try:
        engine = decode_message(message)
        if engine.type is EngineType.MESSAGE and isinstance(engine.data, str):
            packet, _ = decode_text(engine.data)
            namespace = packet.namespace
            is_event = packet.type in (PacketType.EVENT, PacketType.ACK)
    except PacketError:
        about = f"not a packet: {about}"
    return PacketWords(one_line(text, SHOWN), one_line(about, SHOWN), namespace, is_event)
