"""Raw WebSocket routes: the connection is handed, byte for byte, to a genuine `websockets` `ServerConnection`.

    HttpChannel reads the head ──► transport.set_protocol(RawConnection) ──► data_received(the same bytes again)

so that a learner writes the same handler as with `websockets` alone. The library writes the 101, answers pings, puts
messages together and closes; `RawConnection` adds what the library lacks in
17.4: the tap, a guard against peers that do not read (`livesock.net.http.slow_peers`), and turns: of 40,000 frames that
came at once a few hundred are handled before the other connections have their turn.

What we use of `websockets` beyond its documentation is listed in `UNDOCUMENTED`; one contract test watches it.
"""

from __future__ import annotations

import asyncio
import dis
import functools
import logging
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from functools import cached_property
from time import monotonic
from types import CodeType, SimpleNamespace
from typing import Any, NoReturn, cast
from urllib.parse import unquote

import websockets.frames
from websockets.asyncio.server import ServerConnection
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed, ConnectionClosedOK, PayloadTooBig
from websockets.extensions.permessage_deflate import enable_server_permessage_deflate
from websockets.frames import BINARY, CONT, TEXT, Frame
from websockets.http11 import Request, Response
from websockets.protocol import OPEN, State
from websockets.server import ServerProtocol

from livesock.advice.attributes import by_its_name
from livesock.errors import PacketError, PeerRefused, Refused
from livesock.net.http.asked.faults import fault_of
from livesock.net.http.asked.request import PeerAddress
from livesock.net.http.asked.sent import Cookies, Missing, Sent, cookies_of
from livesock.net.http.habits import CALLBACKS, CONNECTION, closed_with, with_timeout
from livesock.net.http.heads import Refusal
from livesock.net.http.options import CONNECTION_OPTIONS
from livesock.net.http.routes import find
from livesock.net.http.site import BufferedChannel, Site
from livesock.net.http.slow_peers import StallGuard
from livesock.net.http.tap import TapTransport
from livesock.net.http.web import Response as Page
from livesock.net.http.web import query_of, split_target
from livesock.net.loop.arguments import check_close, checked_message
from livesock.net.loop.habits import Hinting
from livesock.net.loop.masked import MASK
from livesock.net.loop.turns import alone, ends_the_task
from livesock.wire.codes import REASON_LIMIT
from livesock.wire.frame import encode_header, whole_message
from livesock.wire.http import parse_request

__all__ = ["UNDOCUMENTED", "RawConnection", "RawRoute", "too_big"]

UNDOCUMENTED = {
    "ServerConnection": ("handshake", "start_keepalive", "data_received", "eof_received", "connection_made",
                         "connection_lost", "pause_writing", "resume_writing", "paused", "recv_messages",
                         "process_event", "send_in_progress", "drain"),
    "Server": ("handler", "handler_tasks", "is_serving"),
    "Assembler": ("paused", "frames", "get_in_progress", "maybe_resume", "closed"),
    "ServerProtocol": ("events", "recv_frame", "send_frame", "receive_data", "data_to_send", "parser_exc", "parser",
                       "current_size", "expect_continuation_frame", "max_message_size", "max_fragment_size", "debug"),
}  # fmt: skip
"""Names of `websockets` that we rely on although its documentation does not promise them."""

PIECE = 1024, 8192
"""Bytes that are parsed before the frames are counted: 170 of the smallest frames at first; more while few come."""

PLAIN_PIECE = 32_768
"""The most of them where nothing is compressed, and so nothing grows: a message of 20 kB takes one piece and not three,
a fifth of the CPU of its echo. The smallest frames take 27 ms then, once, for after them few is over."""

FRAMES = 64
"""Frames of one connection after which the others have their turn: a frame costs about 20 us, with its answer 60."""

BYTES = 2**18
"""Bytes of messages after which the others have their turn: a kilobyte may inflate to a megabyte, which takes 3 ms."""

apply_mask: Callable[[memoryview, memoryview], bytes] = vars(websockets.frames)["apply_mask"]
"""In C where that is built, for any buffer; `websockets.frames` takes it from there and does not export it."""

NOTHING = memoryview(b"")
"""Shared by all connections that have handled what came: an empty part of their own would keep all the bytes alive."""

logger = logging.getLogger("livesock.websocket")
logger.addHandler(logging.NullHandler())
logger.addFilter(MASK)


class OpeningRequest(Request):
    """What opened the connection, as in `websockets`, with its cookies and a place for what the handler finds out."""

    @property
    def cookies(self) -> Cookies:
        """The cookies that came."""
        return cookies_of(self.headers.get("Cookie"), ConnectionCookies)

    @cached_property
    def state(self) -> SimpleNamespace:
        """For what the handler remembers of this connection: `ws.request.state.user = "Ann"`."""
        return SimpleNamespace()


class OpeningHeaders(Headers):
    """Its headers: a missing one is the fault of the peer."""

    __slots__ = ()

    def __getitem__(self, key: str) -> str:
        try:
            return super().__getitem__(key)
        except KeyError:
            raise Missing(key.lower(), "header") from None


class ConnectionQuery(Sent):
    """The parameters of the address of a raw route."""

    __slots__ = ()

    _name = "ws.query"


class ConnectionCookies(Cookies):
    """The cookies of a raw route."""

    __slots__ = ()

    _name = "ws.request.cookies"


class RawProtocol(ServerProtocol):
    """The rules of one raw route's connection. What says that it is closed says which one is."""

    number = 0

    @property
    def close_exc(self) -> ConnectionClosed:
        """What is raised where the connection is used after its end."""
        exc = super().close_exc
        exc.of = self  # type: ignore[attr-defined]
        exc.add_note(_GONE.format(self.number))
        return exc


_GONE = (
    "connection {} has gone: write websockets.broadcast(connections, text), which leaves out those that have, or try: "
    "await c.send(text) with except websockets.exceptions.ConnectionClosed: pass; import websockets at the top"
)
"""What to write where one is used that is not the handler's own."""


class _NoCallback:
    """In place of an attribute that is a callback in other libraries, which nothing calls here.

    To read it raises, so that `Hinting` is asked. A `__setattr__` would be asked for the library's own attributes, too.
    """

    def __init__(self, name: str) -> None:
        self._name = name

    def __get__(self, ws: object, kind: type | None = None) -> NoReturn:
        raise AttributeError(self._name)

    def __set__(self, ws: object, value: object) -> None:
        text = f"a raw connection never calls {self._name}: {CONNECTION[self._name]}"
        raise AttributeError(text, name=self._name)


class RawConnection(Hinting, ServerConnection, BufferedChannel):
    """A `websockets` server connection that records, and drops a peer that does not read."""

    # More attributes would push the instance's dictionary over the 30 keys that CPython shares: 1.3 KiB each.
    __slots__ = (
        "_begun",
        "_broken",
        "_guard",
        "_has_ended",
        "_next",
        "_record",
        "_rest",
        "_site",
        "_tap",
        "heard_at",
        "number",
        "path_params",
    )

    _habits = CONNECTION
    _called = "ws"

    def __init__(self, protocol: RawProtocol, server: RouteServer, number: int, **options: Any) -> None:
        super().__init__(protocol, cast(Any, server), **options)
        self.number = protocol.number = number
        self.path_params: dict[str, str] = {}
        """The parts of the path that the route names: at `/ws/{room}`, `{"room": "blue"}`."""
        self.heard_at = monotonic()
        """When bytes came last."""
        self._site = server.site
        self._record = server.site.trace.add
        self._guard: StallGuard
        self._broken = self._has_ended = False
        self._next: asyncio.Handle | None = None  # when the rest has its turn
        self._rest = NOTHING  # received, and not handled yet
        self._begun = b""  # a whole message whose end has not come

    @property
    def query(self) -> dict[str, str]:
        """The parameters of the address, as of an `HttpRequest`: at `/ws?name=Ada`, `{"name": "Ada"}`."""
        return ConnectionQuery(query_of(self.request.path) if self.request else ())

    @property
    def client(self) -> PeerAddress:
        """The peer, as of an `HttpRequest`: `ws.client.host` and `ws.client.port`."""
        return PeerAddress(*self.remote_address[:2])

    @property
    def state(self) -> State:
        """The state, as in `websockets`: a member of an enum, which is the same object for all connections."""
        frame = sys._getframe(1)
        if name := _of_what_follows(frame.f_code, frame.f_lasti):
            own = f"ws.request.state.{name}"
            write = f"write {own} = … for this one, and {own} to read it"
            # An AttributeError of a property would be taken for one of `state` itself.
            exc = TypeError(f"ws.state is shared by all connections: {write}")
            by_its_name(exc, (self,))
            raise exc
        return self.protocol.state

    def accept(self, subprotocol: str | None = None, headers: Any = None) -> NoReturn:
        """Say what takes the place of the first steps that other libraries have."""
        wanted = "" if subprotocol is None else f'; write @server.websocket(path, subprotocols=["{subprotocol}"])'
        wanted += "; headers of the handshake's answer cannot be set" if headers else ""
        first, *rest = CONNECTION["accept"].split("\n")
        sentence = "\n".join([first + wanted, *rest])
        raise AttributeError(self._no_attribute("accept", sentence), name="accept")

    def recv(self, *args: Any, **kwargs: Any) -> Any:
        """Return the next message, as in `websockets`; awaited."""
        if "timeout" in kwargs:
            write = with_timeout(f"{kwargs['timeout']!r:.20}")
            raise TypeError(f"in a handler recv() takes no timeout=: write{write}")
        return super().recv(*args, **kwargs) if args or kwargs else self._receive()

    async def __aiter__(self) -> AsyncIterator[str | bytes]:
        """Iterate over the messages, as in `websockets`."""
        try:
            while True:
                message = self._waiting()
                yield message if message is not None else await self._receive()
        except ConnectionClosedOK:
            return

    async def _receive(self) -> str | bytes:
        """Return the next message, and wait for it if it has not come.

        The library waits in a coroutine in a coroutine in a coroutine, and joins a list of one frame: 1.5 us more.
        """
        messages, frames = self.recv_messages, self.recv_messages.frames
        if not (frames.queue or messages.get_in_progress or messages.closed):
            messages.get_in_progress = True
            frames.get_waiter = self.loop.create_future()
            try:
                await frames.get_waiter
            except EOFError:
                pass  # it has ended: the library raises what is to be raised
            finally:
                frames.get_waiter = None
                messages.get_in_progress = False
        message = self._waiting()
        return message if message is not None else await super().recv()

    def _waiting(self) -> str | bytes | None:
        """Take the next message if it is there in one frame; None for everything else, invalid text too."""
        messages = self.recv_messages
        waiting = messages.frames.queue
        if not waiting or messages.get_in_progress:
            return None
        frame = waiting[0]
        if not frame.fin or frame.opcode is CONT:
            return None
        message: str | bytes
        try:
            message = frame.data.decode() if frame.opcode is TEXT else bytes(frame.data)  # type: ignore[union-attr]
        except UnicodeDecodeError:
            return None
        waiting.popleft()
        messages.maybe_resume()
        return message

    async def send(self, message: Any, *, text: bool | None = None) -> None:
        """Send a message, as in `websockets`.

        Nearly every message is a whole str or bytes on an open connection: that way it takes 1.5 us, and 5 us by the
        library's context manager, frame and stream.
        """
        if text is None and isinstance(message, (str, bytes)) and self._writes_plainly():
            first, data = (0x81, message.encode()) if isinstance(message, str) else (0x82, message)
            head, tap = encode_header(first, len(data)), self._tap
            is_alone = self.paused or not self.recv_messages.frames.queue
            if not (tap.write(head + data) if is_alone else tap.gather(head, data)) or self.paused:
                await self._drain()
        else:
            await super().send(checked_message(message), text=text)

    async def _drain(self) -> None:
        """Wait until what was written has left; a connection that breaks meanwhile is closed, as in `websockets`."""
        try:
            await self.drain()
        except OSError as exc:
            self.set_connection_exc(exc)
            self.transport.abort()
            await asyncio.shield(self.connection_lost_waiter)
            raise self.close_exc from exc

    def _writes_plainly(self) -> bool:
        """Whether a message leaves as one frame as it is: no extension, no log, and no function of a lesson between."""
        protocol = self.protocol
        return (
            protocol.state is OPEN
            and not protocol.extensions
            and self.send_in_progress is None
            and not protocol.expect_continuation_frame
            and not protocol.debug
            and getattr(protocol.send_frame, "__self__", None) is protocol
            and getattr(protocol.data_to_send, "__self__", None) is protocol
        )

    async def close(self, code: int = 1000, reason: str = "", **others: Any) -> None:
        """Close with a closing handshake, as in `websockets`."""
        if others or isinstance(reason, int):
            raise TypeError(closed_with(reason, *others.values(), code))
        check_close(code, reason)
        await super().close(code, reason)

    def __iter__(self) -> NoReturn:
        raise TypeError("a connection is iterated with await: write async for message in ws: …")

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        real = cast(asyncio.Transport, transport)
        self._guard = StallGuard(real, self._site.limits, self._dropped)
        self._tap = TapTransport(real, self.number, self._record, self._guard)
        self._tap.on_room = self._plan
        super().connection_made(cast(asyncio.BaseTransport, self._tap))

    def replay(self, received: bytes) -> None:
        """Process a request head that is in the trace already; frames that came glued to it wait for `begin()`.

        `websockets` checks frames as they come, also before it has written the 101: a client that sends a wrong one too
        early would get no answer at all.
        """
        head, end, early = received.partition(b"\r\n\r\n")
        self.transport.pause_reading()
        super().data_received(head + end)
        self._rest = memoryview(early) if early else NOTHING

    def begin(self) -> None:
        """Process the frames: the handshake is written."""
        self._tap.is_held = True  # since `replay`
        self._handle_some()

    def data_received(self, data: bytes) -> None:
        """The single place where bytes of this connection arrive."""
        self._record("<", self.number, data)
        self.heard_at = monotonic()
        if self._tap.is_held:
            self._rest = memoryview(bytes(self._rest) + data)
        else:
            self._rest = memoryview(data)
            # A message that comes alone, as most do, is done with the first call.
            if self._begun or not (self._reads_plainly() and self._take_whole()) or self._rest:
                self._handle_some()

    def process_event(self, event: Any) -> None:
        """Process what the parser found: a whole message goes straight into the queue."""
        if event.__class__ is Frame and (event.opcode is TEXT or event.opcode is BINARY):
            self.recv_messages.put(event)
        else:
            super().process_event(event)
            if event.__class__ is Request:
                event.__class__, event.headers.__class__ = OpeningRequest, OpeningHeaders

    def _handle_some(self) -> None:
        """Handle `FRAMES` or `BYTES` of what was received, or some more; the others have their turn before the rest.

        While the queue of the handler is full, the rest waits for it.
        """
        size, seen, weight, events = PIECE[0], 0, 0, self.protocol.events
        most = PIECE[1] if self.protocol.extensions else PLAIN_PIECE
        is_plain = self._reads_plainly()
        if self._begun:
            weight = self._end_begun(is_plain)
            is_plain = is_plain and weight > 0
        while self._rest and seen < FRAMES and weight < BYTES:
            if is_plain and (taken := self._take_whole()):
                seen, weight = seen + 1, weight + taken
                continue
            self.protocol.receive_data(cast(bytes, self._rest[:size]))
            self._rest = self._rest[size:] or NOTHING
            events = self.protocol.events
            weight += sum(len(event.data) for event in events if isinstance(event, Frame))
            few = len(events) <= size // 128
            size, seen = min(4 * size, most) if few else PIECE[0], seen + len(events)
            super().data_received(b"")
            is_plain = self._reads_plainly()
        if self.protocol.parser_exc is not None and not self._broken:
            self._note_broken()
        if self._rest:
            self._tap.is_held = True
            self.transport.pause_reading()
            if not self.recv_messages.paused:
                self._plan()
        elif self._has_ended:
            self.eof_received()
            self.transport.close()
        elif self._tap.is_held:
            self._tap.is_held = False
            if not self.recv_messages.paused and not self.paused:
                self.transport.resume_reading()

    def _take_whole(self) -> int:
        """Take a message that is one frame from what was received, and return its bytes, or 0 for anything else.

        Nearly every message is such a frame: that way it takes 1.5 us, and 5 us and more by the library's parser, which
        copies it twice besides.
        """
        rest = self._rest
        found = whole_message(rest)
        if found is None:
            return 0
        begin, end = found
        most = self.protocol.max_message_size
        if most is not None and end - begin > most:
            return 0
        if end > len(rest):
            self._begun, self._rest = bytes(rest), NOTHING
            return end
        self._rest = rest[end:] or NOTHING
        payload = apply_mask(rest[begin:end], rest[begin - 4 : begin])
        self.process_event(Frame(TEXT if rest[0] == 0x81 else BINARY, payload))
        return end

    def _end_begun(self, is_plain: bool) -> int:
        """Put a message that came in two reads together, and return its bytes; one in three is the library's, and 0."""
        begun, self._begun = self._begun, b""
        found = whole_message(begun)
        assert found is not None
        missing = found[1] - len(begun)
        if is_plain and missing <= len(self._rest):
            rest, self._rest = self._rest[missing:] or NOTHING, memoryview(begun + self._rest[:missing])
            taken, self._rest = self._take_whole(), rest
            return taken
        self.protocol.receive_data(begun)
        return 0

    def _reads_plainly(self) -> bool:
        """Whether a new message begins, and its frames are plain: no extension, no log, and no function of a lesson."""
        protocol = self.protocol
        return (
            protocol.state is OPEN
            and protocol.current_size is None
            and protocol.max_fragment_size is None
            and not protocol.extensions
            and not protocol.debug
            and getattr(protocol.receive_data, "__self__", None) is protocol
            and getattr(protocol.recv_frame, "__self__", None) is protocol
            and _is_between(protocol.parser)
        )

    def _plan(self) -> None:
        """Handle more in the next turn."""
        if self._next is None:
            self._next = self.loop.call_soon(self._go_on)

    def _go_on(self) -> None:
        self._next = None
        if self._rest:  # otherwise the connection has ended meanwhile
            self._handle_some()

    def _note_broken(self) -> None:
        """Keep once why what came ends the connection; that it ended without a word does not count."""
        exc, self._broken = self.protocol.parser_exc, True
        if exc is not None and not isinstance(exc, EOFError):
            self._site.refused(self._where(), self.number, ValueError(too_big(exc) or str(exc)))

    def fault(self, exc: BaseException) -> str | None:
        """Return the reason to close with if a handler raised `exc` for what the opening request brought, or None."""
        if not isinstance(exc, Exception) or not isinstance(self.request, OpeningRequest):
            return None
        asked = self.request
        brought = {"query parameter": self.query, "header": dict(asked.headers.raw_items()), "cookie": asked.cookies}
        found = fault_of(exc, unquote(split_target(asked.path)[0]), brought)
        return found[1] if found else None

    def _where(self) -> str:
        return f"websocket {self.request.path.partition('?')[0] if self.request else '?'}"

    def eof_received(self) -> bool:  # type: ignore[override]  # asyncio's own, which may return True
        if not self._has_ended:
            self._site.ended(self.number)
        self._has_ended = True
        if self._rest:
            return True  # first what waits, then the end
        if self._begun:
            self._end_begun(False)
        super().eof_received()
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        self._guard.resumed()
        if self._begun:
            self._end_begun(False)
        if self._rest and not self.recv_messages.paused:
            self._handle_some()  # TLS hands over the end at once; of more than a turn the rest is lost with it
        self._rest = NOTHING
        super().connection_lost(exc)
        self._site.closed(self.number, exc)

    def pause_writing(self) -> None:
        super().pause_writing()
        # A flood of pings would make us write pongs for ever: let TCP hold the sender while it does not read.
        self.transport.pause_reading()
        self._guard.paused()

    def resume_writing(self) -> None:
        super().resume_writing()
        self._guard.resumed()
        if not self.recv_messages.paused:
            self.transport.resume_reading()

    async def say_goodbye(self) -> None:
        """Close with 1001 (RFC 6455, 7.4.1): the server stops. A handshake under way is answered 503."""
        if self.protocol.state is OPEN:
            await self.close(1001, "server shutting down")

    def _dropped(self, reason: str) -> None:
        self._site.slow(self._where(), self.number, reason)


for _name in CALLBACKS:
    setattr(RawConnection, _name, _NoCallback(_name))


def _is_between(parser: Any) -> bool:
    """Whether a parser of `websockets` has read whole frames, and no byte of the next one."""
    while parser.gi_yieldfrom is not None:
        parser = parser.gi_yieldfrom
    return bool(parser.__name__ == "at_eof")


def _without_the_end(exc: BaseException, protocol: ServerProtocol) -> BaseException | None:
    """Return what a handler raised besides that the connection of `protocol` has ended; None if that was all."""

    def is_the_end(one: BaseException) -> bool:
        return getattr(one, "of", None) is protocol

    rest = exc.split(is_the_end)[1] if isinstance(exc, BaseExceptionGroup) else None if is_the_end(exc) else exc
    return None if rest is None else alone(rest)


class RouteServer:
    """What a `ServerConnection` expects of its server: `handler`, `handler_tasks`, `is_serving()`. One each."""

    __slots__ = ("route", "site")

    def __init__(self, site: Site, route: RawRoute) -> None:
        self.site = site
        self.route = route

    @property
    def handler_tasks(self) -> RouteServer:
        """Where a connection registers the task of its handler, with `add`."""
        return self

    def add(self, task: asyncio.Task[None]) -> None:
        """Remember a handler's task until it is done."""
        self.site.keep(task, ends_itself=True)

    def is_serving(self) -> bool:
        """Whether a handshake may still succeed."""
        return self.site.is_serving

    async def handler(self, connection: RawConnection) -> None:
        """Handshake, the learner's handler, close: 1000 when it returns, 1011 when it raises."""
        if await self._has_begun(connection):
            task = asyncio.current_task()
            try:
                said = await self.route.handler(connection)
            except BaseException as given:  # SystemExit in a handler must not end the loop's thread
                exc = _without_the_end(given, connection.protocol)
                if exc is None:
                    pass  # the peer left: no fault of the handler
                elif isinstance(exc, Refused):
                    await self._refuse(connection, exc)
                elif (fault := connection.fault(exc)) is not None:
                    await self._refuse(connection, PeerRefused(fault))
                elif not ends_the_task(exc, task):
                    self.site.failed(f"websocket {self.route.path}", connection.number, exc)
                    await connection.close(1011)
                elif isinstance(exc, GeneratorExit):
                    raise  # the loop is gone, and the handler with it
            else:
                if said is not None:
                    why = f"what a WebSocket handler returns is sent to no peer: write {_said(said)}"
                    self.site.failed(f"websocket {self.route.path}", connection.number, UserWarning(why))
                await connection.close()
        connection.transport.abort()

    async def _refuse(self, connection: RawConnection, exc: Exception) -> None:
        """Close with 1008 for a peer that may not enter, or sent what cannot be used, and say why."""
        self.site.refused(f"websocket {self.route.path}", connection.number, exc)
        await connection.close(1008, str(exc).encode()[:REASON_LIMIT].decode(errors="ignore"))

    async def _has_begun(self, connection: RawConnection) -> bool:
        """Answer the handshake, and return whether the conversation has begun.

        Not the other way round, a conversation within this: its frame would stay as long as the peer does.
        """
        try:
            async with asyncio.timeout(self.site.limits.head_timeout):
                await connection.handshake(server_header=None)
            if connection.protocol.state is OPEN:
                connection.begin()
                connection.start_keepalive()
                return True
        except (TimeoutError, ConnectionClosed):
            pass  # the peer was too slow for the handshake, or left during it
        return False


@dataclass(frozen=True, slots=True)
class RawRoute:
    """A path whose connections are handed to `handler` as genuine `websockets` connections."""

    path: str
    handler: Callable[[Any], Any]
    options: dict[str, Any]
    """Options of `websockets.asyncio.server.serve` that apply to one connection."""

    @property
    def checks_itself(self) -> bool:
        """Whether `handshake` decides about requests that are not valid handshakes, too."""
        return "handshake" in self.options

    def take(self, site: Site, number: int, transport: asyncio.Transport, target: str, received: bytes) -> None:
        """Hand `transport` to a `RawConnection` and replay what was `received` to it.

        Raises:
            Refusal: If the route has a `handshake` that refuses this one, or fails.
        """
        answer = self._answer(site, number, received) if self.checks_itself else None
        options = {name: value for name, value in self.options.items() if name in CONNECTION_OPTIONS}
        protocol = self._protocol(site, lambda: connection)
        if answer is not None:
            protocol.accept = lambda request: answer  # type: ignore[method-assign]  # this one connection's answer
            received = f"GET {target} HTTP/1.1\r\n".encode("latin-1") + received.partition(b"\r\n")[2]
        connection = RawConnection(protocol, RouteServer(site, self), number, **options)
        connection.path_params = (find([self.path], target) or ("", {}))[1]
        site.became(number, connection, "websocket", split_target(target)[0] if "{" in self.path else self.path)
        transport.set_protocol(connection)
        connection.connection_made(transport)
        connection.replay(received)

    def _answer(self, site: Site, number: int, received: bytes) -> Response:
        """Return the 101 that `handshake` gives to a head."""
        try:
            found = parse_request(received)
        except PacketError as exc:
            raise Refusal(400, f"not a request head: {exc}") from exc
        if found is None:
            raise Refusal(400, "the lines of a request head must end in CR LF (RFC 9112, 2.2)")
        head = found[0]
        given = {name.lower(): value for name, value in head.headers}
        try:
            status, headers = _checked(self.options["handshake"](head.method, head.version, given))
        except Exception as exc:
            site.failed(f"handshake of {self.path}", number, exc)
            raise Refusal(500, f"{type(exc).__name__} in the handshake of this path") from exc
        if status != 101:
            raise Refusal(status, "the handshake of this path says so", headers)
        return Response(101, "Switching Protocols", Headers(headers))

    def _protocol(self, site: Site, connection: Callable[[], RawConnection]) -> RawProtocol:
        extensions = self.options.get("extensions")
        if self.options.get("compression") == "deflate":
            extensions = enable_server_permessage_deflate(extensions)
        select = self.options.get("select_subprotocol")
        return RawProtocol(
            extensions=extensions,
            subprotocols=self.options.get("subprotocols"),
            select_subprotocol=None if select is None else lambda _, offered: select(connection(), offered),
            max_size=self.options.get("max_size", site.limits.max_message),
            logger=logger,
        )


_ATTRIBUTES = ("STORE_ATTR", "DELETE_ATTR", "LOAD_ATTR", "LOAD_METHOD")


@functools.lru_cache(maxsize=256)
def _of_what_follows(code: CodeType, at: int) -> str:
    """Return `user` where the code that has just read `ws.state` goes on with `.user`, which no state has, or ""."""
    for step in dis.get_instructions(code):
        if step.offset > at and step.opname not in ("CACHE", "EXTENDED_ARG"):
            is_own = step.opname in ("LOAD_ATTR", "LOAD_METHOD") and hasattr(OPEN, step.argval)
            return "" if step.opname not in _ATTRIBUTES or is_own else str(step.argval)
    return ""


def _said(value: object) -> str:
    """Return what to write instead of returning `value`."""
    if isinstance(value, Page):
        reason = value.body if isinstance(value.body, str) else "why"
        return f"await ws.close(1008, {reason[:60]!r}), and a return without a value behind it"
    if isinstance(value, str | bytes):
        return f"await ws.send({value!r})" if len(value) <= 40 else "await ws.send(message)"
    return "await ws.send(json.dumps(value))"


def _checked(answer: Any) -> tuple[int, dict[str, str]]:
    """Return what a `handshake` gave, if it is a status and headers."""
    status, given = answer
    headers = {str(name): str(value) for name, value in given.items()}
    if not isinstance(status, int) or not (status == 101 or 200 <= status <= 599):
        raise ValueError(f"a status is 101 or a number from 200 to 599, not {status!r:.60}")
    if bad := [name for name in headers if any(c in name + headers[name] for c in "\r\n\0")]:
        raise ValueError(f"the header {bad[0]!r:.60} is not one line")
    return status, headers


def too_big(exc: BaseException) -> str:
    """Return how big a message was that is over the limit; empty for anything else. Its end may not have come yet."""
    if isinstance(exc, PayloadTooBig):
        came = "" if exc.size is None else str(exc.size + (exc.current_size or 0))
        return f"message too big: {came or f'more than {exc.max_size}'} bytes, limit {exc.max_size}"
    return f"message too big: {exc.rule}" if isinstance(exc, PacketError) and exc.code == 1009 else ""
