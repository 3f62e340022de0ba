"""Every error that livesock raises, in one tree.

    LivesockError
    ├── PacketError          the peer sent bytes that break a rule of a protocol
    ├── HandshakeError       the server answered the WebSocket handshake with something else than 101
    ├── NotRunning           the server or client is stopped or closed
    ├── LoopHeld             a handler holds the server's loop, so that nothing else happens on it
    ├── HandlerBusy          a plain handler does not return, and all its threads are taken
    ├── PeerRefused          a peer was turned away: it stands in `server.errors`, and is raised nowhere
    ├── WrongThread          a blocking call was made on the thread that would have to answer it
    ├── ClusterError         the other servers of a cluster cannot be reached, or too much waits for them
    ├── PortInUse            another program uses the port that was asked for
    ├── Refused              a handler refuses: raise it, and the peer gets the message
    └── MissingExtra         an optional package is needed; the message holds the command that installs it

Two faults are told apart: a peer's bad bytes raise `PacketError`; a caller's misuse raises `TypeError`,
`ValueError` or one of the others, at once and in the caller's thread. Errors of the operating system
(`ConnectionRefusedError`, `TimeoutError`) and `websockets.ConnectionClosed` pass through unchanged.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, cast

from livesock.advice.attributes import no_attribute
from livesock.advice.instead import known_as
from livesock.advice.spelled import spelled

__all__ = [
    "FAULT",
    "ClusterError",
    "HandlerBusy",
    "HandshakeError",
    "LivesockError",
    "LoopHeld",
    "MissingExtra",
    "NotRunning",
    "PacketError",
    "PeerRefused",
    "PortInUse",
    "Refused",
    "WrongThread",
    "install_command",
]


FAULT = "Internal server error"
"""What a peer hears of an error that is ours and no refusal."""

_WORDS = dict.fromkeys(
    ("message", "msg", "description", "reason", "detail", "details", "text", "get_error"), "write str(error)"
)
_STATUS = dict.fromkeys(("code", "status_code", "response"), "write error.status")


class LivesockError(Exception):
    """The root of every error that livesock raises itself."""

    _habits: ClassVar[dict[str, str]] = _WORDS
    """What to write instead of an attribute of other libraries."""

    if not TYPE_CHECKING:  # a type checker knows the attributes, and reports one that is not there

        def __getattr__(self, name: str) -> Any:
            what, sentence = f"'{type(self).__name__}' object", known_as(name, self._habits) if name[:1] != "_" else ""
            text = no_attribute(self, what, name, sentence or "", lambda other: known_as(other, self._habits), "error")
            raise AttributeError(spelled(text), name=name)


class PacketError(LivesockError):
    """Bytes that break a rule of the protocol they claim to speak.

    `rule` is the broken rule in one sentence, `section` where it is written (`"RFC 6455, 5.2"`), `offset` the
    position in bytes of the first bad byte within what was decoded, and `code` the close code that a WebSocket
    endpoint answers with (1002, 1007 or 1009), or None outside WebSocket.
    """

    def __init__(self, rule: str, *, section: str, offset: int = 0, code: int | None = None) -> None:
        super().__init__(f"{rule} (byte {offset}; {section})")
        self.rule = rule
        self.section = section
        self.offset = offset
        self.code = code


class HandshakeError(LivesockError):
    """The server did not switch to WebSocket.

    `status` is the HTTP status that came (None when the answer was not HTTP), `headers` its headers with
    lower-case names, `body` its first bytes, and `trace` everything that crossed the wire.
    """

    _habits = _WORDS | _STATUS

    def __init__(self, message: str, *, status: int | None, headers: dict[str, str], body: bytes, trace: Any) -> None:
        super().__init__(message)
        self.status = status
        self.headers = headers
        self.body = body
        self.trace = trace


class NotRunning(LivesockError):
    """The server or client is stopped, or has never been started."""


class LoopHeld(LivesockError, TimeoutError):
    """A handler holds the server's loop: until it returns, nothing else happens there.

    It is raised by what has to wait for the loop (`pause`, `resume`, `call`), and kept in `server.errors`.
    """


class HandlerBusy(LivesockError):
    """Calls of a plain handler do not return. If all its threads are taken, who asks for it over HTTP gets 503."""


class PeerRefused(LivesockError):
    """A peer was turned away, or its connection ended, because of what it sent."""


class WrongThread(LivesockError):
    """A blocking call came from the loop's own thread, where waiting would wait for itself."""


class ClusterError(LivesockError):
    """What joins the servers of a cluster cannot be reached, refuses this server, or too much waits for it."""


class PortInUse(LivesockError):
    """Another program, notebook or server of this kernel holds the port."""


class Refused(LivesockError):
    """Raise it in a handler to refuse a peer, which gets the message, and `data` unless it is None.

    In `on_connect` and `use` the peer is not let in; in the handler of an event the question is answered with an error:
    `{"status": "error", "message": …, "data": …, "cause": {"pattern": …, "data": …}}`. A raw WebSocket is closed with
    1008 and the message.
    Any other exception is a fault of ours: it is kept in `server.errors`, and the peer gets "Internal server error".

    Raises:
        TypeError: If `message` is missing, or not a str.
    """

    _habits = _WORDS | dict.fromkeys(
        ("code", "status_code", "status", "type", "context", "content"),
        "write str(error) for its message, error.data for what ls.Refused('why', {…}) has behind it",
    )

    def __init__(self, message: str = cast(str, ...), data: Any = None) -> None:
        if cast(Any, message) is ...:
            raise TypeError(spelled("a refusal has a message, which its peer gets: write ls.Refused('why')"))
        if not isinstance(message, str):
            write = f"ls.Refused('why', {message!r:.60})"
            text = f"a refusal begins with its message, a str, not {type(message).__name__}: write {write}"
            raise TypeError(spelled(text))
        super().__init__(message)
        self.data = data


class MissingExtra(LivesockError):
    """A package of one of livesock's extras is not installed; the message holds the command that installs it.

    Args:
        what: What cannot be done without it, as the beginning of a sentence: "TLS needs trustme".
        packages: The names of the packages that are missing.
    """

    def __init__(self, what: str, *packages: str) -> None:
        super().__init__(f"{what}: run  {install_command(*packages)}")


def install_command(*packages: str) -> str:
    """Return the command that installs packages in the versions that livesock asks for.

    It names the packages and no extra of livesock, so that it works wherever this copy of livesock came from.
    """
    from importlib import metadata, util

    from packaging.requirements import Requirement

    wanted = {Requirement(line).name: Requirement(line) for line in metadata.requires("livesock") or ()}
    ranges = [f"{name}{wanted[name].specifier}" if name in wanted else name for name in packages]
    quoted = " ".join(f'"{text}"' if set("<>=!~") & set(text) else text for text in ranges)
    return f"{'pip' if util.find_spec('pip') else 'uv pip'} install {quoted}"  # uv's environments have no pip
