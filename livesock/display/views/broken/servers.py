"""The ten broken servers: what crossed, which row is wrong, and the section that says so.

What crossed was recorded by `livesock dev broken`: servers.json holds it. Each is a right server with one mistake.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources

__all__ = ["SECTIONS", "SERVERS", "Fault", "crossed"]

SECTIONS = {
    "4.1": "what a client must find in the 101",
    "4.2.2": "what a server sends as its handshake",
    "5.1": "who masks",
    "5.2": "the parts of a frame: RSV, opcode, length",
    "5.4": "fragments of a message",
    "5.5": "control frames: their size, never in fragments",
    "5.5.1": "Close, and what comes behind it",
    "5.5.3": "pong",
    "5.6": "text and binary",
    "7.1.1": "who ends TCP",
    "7.4.1": "which close codes may travel",
    "10.4": "limits",
}
"""Sections of RFC 6455 to choose from."""


@dataclass(frozen=True)
class Fault:
    """What is wrong with one server."""

    row: int
    """The place in its recording, from 0."""
    sections: tuple[str, ...]
    """The sections that say so; the first is the one that is named."""
    says: str
    """What is wrong, and what would be right."""
    look: str
    """Where to look, without the answer."""


SERVERS = {
    "pong": Fault(
        5, ("5.5.3",), "The ping carried “abc”, and the pong carries nothing: it must bring the payload back.",
        "Compare what belongs together: a question and its answer.",
    ),
    "mask": Fault(
        3, ("5.1",), "The server masks. Only a client does; a client that sees a mask must hang up.",
        "Open both directions of the same text: which bits differ?",
    ),
    "long": Fault(
        5, ("5.2",), "Five bytes in the long form, 7e 00 05: the shortest form must be used, 05.",
        "Read the header of each frame of the server, byte by byte.",
    ),
    "key": Fault(
        1, ("4.2.2", "4.1"), "The Accept answers another key, that of the RFC's example. A client would hang up here.",
        "Some of what is sent is computed. Your own functions from lesson 03 can compute it too.",
    ),
    "cut": Fault(
        5, ("5.6",), "The text was cut to seven bytes, in the middle of é: c3 without its a9 is not UTF-8.",
        "Count the bytes of the payloads, and then the characters.",
    ),
    "plain": Fault(
        5, ("5.1",), "The client did not mask, and the server answered as if it had: it must close, 1002.",
        "Here a client does something wrong. What should come next?",
    ),
    "part": Fault(
        3, ("5.5", "5.4"), "A pong with FIN 0: control frames are never fragmented.",
        "Look at the first byte of each frame of the server.",
    ),
    "late": Fault(
        7, ("5.5.1",), "A text behind the Close: the end that has sent a Close sends nothing more.",
        "Put a finger on the row after which there should be silence.",
    ),
    "code": Fault(
        5, ("7.4.1",), "1006 means that no Close came; it must not be on the wire. Right: 1002.",
        "Translate the last two bytes of the goodbye into a number.",
    ),
    "offer": Fault(
        1, ("4.1", "4.2.2"), "The server chose the subprotocol chat, and none was offered: the client must hang up.",
        "Is each line of the answer an answer to something?",
    ),
}  # fmt: skip
"""By name, in the order in which they are shown."""


@cache
def crossed(name: str) -> tuple[tuple[str, bytes], ...]:
    """Return what crossed: "client" or "server", and the bytes of a head or a frame; without bytes: the end of TCP."""
    text = resources.files("livesock.display.views.broken").joinpath("servers.json").read_text("utf-8")
    return tuple((who, bytes.fromhex(data)) for who, data in json.loads(text)[name])
