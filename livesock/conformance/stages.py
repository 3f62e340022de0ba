"""The stages: from a port that listens to a server that the world's clients accept, and six extensions."""

from __future__ import annotations

from livesock.conformance.case import Stage

__all__ = ["CORE", "STAGES", "stage_of"]

STAGES = (
    Stage(1, "bind", "Bind and accept", "A server is a program that waits at a port.", "An answer."),
    Stage(
        2,
        "head",
        "A whole head, however it is cut",
        "TCP delivers a stream: the request may come in any number of pieces, and ends with an empty line.",
        "A correct answer: any HTTP answer will do.",
    ),
    Stage(
        3,
        "accept",
        "101 and the proof",
        "Sec-WebSocket-Accept proves that the server understood this very request as WebSocket.",
        "Frames, and refusing anything.",
    ),
    Stage(
        4,
        "refuse",
        "Refuse what is no handshake",
        "A request with a mistake gets an HTTP answer that says so, and the server goes on.",
        "Origin, subprotocols, cookies.",
    ),
    Stage(
        5,
        "text",
        "Read one masked text",
        "A client masks what it sends; the answer is not masked.",
        "Texts of 126 bytes or more.",
    ),
    Stage(
        6,
        "lengths",
        "Echo, all forms of the length",
        "125 bytes fit into 7 bits of length; 126 and more need two bytes, 65,536 and more need eight.",
        "Fragments, and frames that are cut.",
    ),
    Stage(
        7,
        "stream",
        "Frames are not chunks",
        "One read may bring two frames and a half, or one byte of a frame.",
        "Fragments.",
    ),
    Stage(
        8,
        "clients",
        "Several clients at once",
        "A client that is silent, slow or gone must not make another one wait.",
        "Sending to all of them.",
    ),
    Stage(
        9,
        "ping",
        "Ping and pong",
        "A ping asks whether you are there; the pong brings its payload back.",
        "Sending pings.",
    ),
    Stage(
        10,
        "fragments",
        "Messages in fragments",
        "A message may come in several frames, with control frames between them.",
        "Sending fragments.",
    ),
    Stage(
        11,
        "close",
        "Say goodbye",
        "A Close is answered with a Close, then the server ends TCP.",
        "Wrong codes.",
    ),
    Stage(
        12,
        "violations",
        "Refuse what breaks the rules",
        "A frame that breaks a rule ends the connection: 1002, 1007 for text that is not UTF-8, 1009 for too much.",
        "Extensions.",
    ),
    Stage(
        13,
        "subprotocol",
        "Choose a subprotocol",
        "The client offers names, the server picks one of them or none.",
        "More than one name.",
        True,
    ),
    Stage(
        14,
        "origin",
        "Ask where a page comes from",
        "A browser opens a WebSocket from any page, and says from which one.",
        "Tokens and cookies.",
        True,
    ),
    Stage(
        15,
        "heartbeat",
        "Notice who is gone",
        "A peer whose cable was cut says nothing: only an unanswered ping shows it.",
        "Coming back.",
        True,
    ),
    Stage(
        16,
        "deflate",
        "Compress messages",
        "permessage-deflate: the first frame of a compressed message has RSV1.",
        "Choosing window sizes.",
        True,
    ),
    Stage(17, "wss", "Speak TLS", "wss is the same protocol inside TLS.", "Client certificates.", True),
    Stage(
        18,
        "shutdown",
        "Stop gracefully",
        "A server that stops says so: Close 1001 to every peer, and an exit status of 0.",
        "Waiting for work under way.",
        True,
    ),
)
"""All stages in order."""

CORE = tuple(stage.number for stage in STAGES if not stage.is_extension)
"""The numbers of the twelve stages that make a WebSocket server."""


def stage_of(which: int | str) -> Stage:
    """Return the stage with this number or name.

    Raises:
        ValueError: If there is none.
    """
    for stage in STAGES:
        if str(which).strip().lower() in (str(stage.number), stage.name):
            return stage
    known = ", ".join(f"{stage.number} {stage.name}" for stage in STAGES)
    raise ValueError(f"no stage is called {which!r}; there are {known}")
