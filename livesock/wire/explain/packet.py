"""Explain one message of a Socket.IO session: which characters are what.

    42/point,7["add",2,3]
    ││ │     │ └ data     name and arguments, as JSON
    ││ │     └ number     of the question; the answer repeats it
    ││ └ namespace        up to the first comma
    │└ Socket.IO's digit  2: an event
    └ Engine.IO's digit   4: a message for the layer above

A broken message is taken apart as far as a strict reader gets; its last field, "broken", says which rule ends it there.
"""

from __future__ import annotations

import re

from livesock.errors import PacketError
from livesock.wire.explain.field import Field
from livesock.wire.socketio import PacketType, decode_text

__all__ = ["explain_packet"]

ENGINE = {
    "0": ("open", "a session begins: its id, and what the server promises."),
    "1": ("close", "the session is over."),
    "2": ("ping", "are you there? The server asks."),
    "3": ("pong", "I am. The client answers."),
    "4": ("message", "for Socket.IO, the layer above."),
    "5": ("upgrade", "from here on this WebSocket carries the session."),
    "6": ("noop", "nothing. It ends a poll that waits."),
}
"""Engine.IO's digit, its name and its meaning."""

SOCKETIO = {
    "0": ("connect", "may I join? Or: you may."),
    "1": ("disconnect", "leaves the namespace."),
    "2": ("event", "a name, and arguments."),
    "3": ("answer", "to the question with this number."),
    "4": ("refusal", "you may not join."),
    "5": ("event", "with binary values, which follow."),
    "6": ("answer", "with binary values, which follow."),
}
"""Socket.IO's digit, its name and its meaning."""

DATA = {
    PacketType.CONNECT: "What a peer brings, as JSON.",
    PacketType.EVENT: "Name and arguments, as JSON.",
    PacketType.ACK: "The answer's values, as JSON.",
    PacketType.CONNECT_ERROR: "Why, as JSON.",
}

_HEAD = re.compile(r"([0-9]+-)?(/[^,]*,?)?([0-9]*)", re.ASCII)

_ENGINEIO, _SOCKETIO = 'Engine.IO protocol 4, "Protocol"', 'Socket.IO protocol 5, "Packet encoding"'


def explain_packet(message: str) -> tuple[Field, ...]:
    """Return the parts of a message in order, without gaps; positions are those of its UTF-8 bytes."""
    parts = _Parts()
    if message[:1] not in ENGINE or not message:
        parts.add("broken", message, "A packet begins with a digit from 0 to 6.", _ENGINEIO)
        return tuple(parts.found)
    parts.add("Engine.IO", message[0], "{}: {}".format(*ENGINE[message[0]]), _ENGINEIO)
    rest = message[1:]
    if message[0] != "4":
        parts.add("data", rest, "JSON." if message[0] == "0" else "Said back as it came.", _ENGINEIO)
    elif rest[:1] not in SOCKETIO or not rest:
        parts.add("broken", rest, "A message begins with Socket.IO's digit, 0 to 6.", _SOCKETIO)
    else:
        _explain_message(parts, rest)
    return tuple(parts.found)


def _explain_message(parts: _Parts, text: str) -> None:
    parts.add("Socket.IO", text[0], "{}: {}".format(*SOCKETIO[text[0]]), _SOCKETIO)
    head = _HEAD.match(text, 1)
    assert head is not None  # every part of it is optional
    count, namespace, number = head.groups()
    parts.add("binary values", count or "", "How many messages with bytes follow.", _SOCKETIO)
    parts.add("namespace", namespace or "", "Up to the first comma.", _SOCKETIO)
    parts.add("number", number, "Of the question: the answer repeats it.", _SOCKETIO)
    data = text[head.end() :]
    try:
        packet, _ = decode_text(text)
    except PacketError as exc:
        rule = "this is not JSON" if exc.rule.startswith("expected JSON") else exc.rule
        parts.add("broken", data, f"{rule[0].upper()}{rule[1:]}.", exc.section, always=True)
    else:
        parts.add("data", data, DATA.get(packet.type, ""), _SOCKETIO)


class _Parts:
    def __init__(self) -> None:
        self.found: list[Field] = []
        self._here = 0

    def add(self, name: str, value: str, meaning: str, section: str, *, always: bool = False) -> None:
        """Add a part; an empty one only if it is wrong that nothing is there."""
        if value or always:
            end = self._here + 8 * len(value.encode("utf-8", "replace"))
            self.found.append(Field(name, value, self._here, end, meaning, section))
            self._here = end
