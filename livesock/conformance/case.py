"""A case as data: what the judge sends, what it must see, and the sentence that a learner reads when it sees another.

    WireCase("9b", "a ping with a payload", "RFC 6455, 5.5.3", "A pong carries the payload of its ping.",
         [SendBytes(ping(b"abc")), Expect(Opcode.PONG, b"abc")])

`talk` carries the steps out, and `verdicts` compares what came with what a step expects.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum

from livesock.wire.frame import Opcode

__all__ = [
    "CaseVerdict",
    "Connect",
    "EndTcp",
    "Expect",
    "ExpectAnswer",
    "ExpectClose",
    "ExpectEnd",
    "ExpectExit",
    "ExpectOpen",
    "ExpectPing",
    "SendBytes",
    "ShakeHands",
    "Stage",
    "Step",
    "Terminate",
    "WireCase",
]


class CaseVerdict(Enum):
    """How a case ended, the best first."""

    PASS = "PASS"
    NON_STRICT = "NON-STRICT"
    """Another answer than the case asks for, and the specification allows it (SHOULD, MAY)."""
    NOT_RUN = "NOT RUN"
    """The case could not be judged; the sentence says why."""
    FAIL = "FAIL"

    @property
    def rank(self) -> int:
        """A number that grows from PASS to FAIL."""
        return list(CaseVerdict).index(self)


@dataclass(frozen=True, slots=True)
class Stage:
    """One rung of the ladder."""

    number: int
    name: str
    """One word, as `--stage` takes it."""
    title: str
    why: str
    not_yet: str
    """What this stage does not ask for."""
    is_extension: bool = False


@dataclass(frozen=True, slots=True)
class Connect:
    """Open the TCP connection `on`, and do no more."""

    on: int = 1


@dataclass(frozen=True, slots=True)
class ShakeHands:
    """Open a connection and shake hands with these headers changed (None leaves one out); the answer must be 101."""

    headers: Sequence[tuple[str, str | None]] = ()
    on: int = 1


@dataclass(frozen=True, slots=True)
class SendBytes:
    """Send `data`, in pieces of `pieces` bytes if that is not 0."""

    data: bytes
    pieces: int = 0
    on: int = 1
    note: str = ""
    """What these bytes are, in a few words."""


@dataclass(frozen=True, slots=True)
class Expect:
    """The next frame must be this one, unmasked, whole and in the shortest form."""

    opcode: Opcode
    payload: bytes
    on: int = 1
    or_close: bool = False
    """Whether a Close in its place is tolerated (NON-STRICT)."""
    or_nothing: bool = False
    """Whether silence in its place is tolerated (NON-STRICT)."""
    otherwise: str = ""
    """What is wrong when another frame, or none, came."""


@dataclass(frozen=True, slots=True)
class ExpectAnswer:
    """An HTTP answer must come: one of `statuses`, with `headers` (the empty value: any)."""

    statuses: Sequence[int]
    headers: Sequence[tuple[str, str]] = ()
    tolerated: Sequence[int] = ()
    may_end: bool = False
    """Whether the end of the connection without an answer is tolerated (NON-STRICT)."""
    may_wait: bool = False
    """Whether silence is tolerated: the server waits for the rest."""
    on: int = 1
    otherwise: str = ""


@dataclass(frozen=True, slots=True)
class ExpectClose:
    """A Close frame with one of `codes` (None: no code), then the end of TCP. Frames before it are a failure."""

    codes: Sequence[int | None]
    tolerated: Sequence[int | None] = ()
    reason: bytes | None = None
    may_drop: bool = False
    """Whether ending TCP without a Close frame is tolerated: RFC 6455, 7.1.7 says SHOULD."""
    may_wait: bool = False
    """Whether silence is tolerated: the server waits for bytes that are to come."""
    may_accept: bool = False
    """Whether going on as if nothing had happened is tolerated: most servers of the world do."""
    on: int = 1
    otherwise: str = ""


@dataclass(frozen=True, slots=True)
class ExpectEnd:
    """The server must end TCP within `seconds`; no frame may come before."""

    seconds: float = 1.0
    is_strict: bool = True
    after_close: bool = False
    """Whether a Close may come before; the judge does not answer it."""
    is_mute: bool = False
    """Whether the judge leaves pings unanswered meanwhile."""
    on: int = 1
    otherwise: str = ""


@dataclass(frozen=True, slots=True)
class ExpectOpen:
    """No byte may have come, and the connection must be open, after `seconds`."""

    seconds: float = 0.15
    on: int = 1
    otherwise: str = ""


@dataclass(frozen=True, slots=True)
class EndTcp:
    """End the connection `on`: in order, or with a reset."""

    on: int = 1
    is_reset: bool = False


@dataclass(frozen=True, slots=True)
class ExpectPing:
    """The server must send a ping of its own within `seconds`; it is answered."""

    seconds: float = 1.5
    on: int = 1
    otherwise: str = ""


@dataclass(frozen=True, slots=True)
class Terminate:
    """Ask the process of the server to stop (SIGTERM)."""


@dataclass(frozen=True, slots=True)
class ExpectExit:
    """The process must end within `seconds`, with exit status 0."""

    seconds: float = 2.0
    otherwise: str = ""


Step = (
    Connect
    | ShakeHands
    | SendBytes
    | Expect
    | ExpectAnswer
    | ExpectClose
    | ExpectEnd
    | ExpectOpen
    | ExpectPing
    | Terminate
    | ExpectExit
    | EndTcp
)


@dataclass(frozen=True, slots=True)
class WireCase:
    """One question to a server."""

    id: str
    """The number of the stage and a letter: `"9b"`."""
    title: str
    section: str
    lesson: str
    """The rule, in one sentence for a learner."""
    steps: Sequence[Step] = field(default=(), repr=False)

    @property
    def stage(self) -> int:
        """The number of the stage that the case belongs to."""
        found = re.match(r"\d+", self.id)
        return int(found.group()) if found else 0
