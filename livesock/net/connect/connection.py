"""`Connection`: a recorded connection of `websockets`, which never waits for the peer while it holds its lock.

    send ─► lock: frame the message, queue its bytes ─► write lock: hand the queue to the kernel, waiting for the peer
    recv thread ─► lock: take frames apart, queue pongs ─► hand over what the kernel takes at once

The library hands bytes to the kernel under the lock that its receiving thread needs, too. Then two ends that send at
the same time wait for each other for ever, and `close()` waits for a `send()` of another thread.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from collections import deque
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, cast

from websockets.exceptions import ConnectionClosed, ProtocolError
from websockets.protocol import OPEN, Protocol, State
from websockets.sync.client import ClientConnection

from livesock.net.connect.advice import fault_of_a_route
from livesock.net.connect.habits import ON_CONNECTION, RECV, SEND
from livesock.net.connect.here import warn_in_a_coroutine
from livesock.net.connect.recorded import RecordedSocket
from livesock.net.connect.urls import Target
from livesock.net.loop.arguments import check_close, checked_message, seconds_or_none_of
from livesock.net.loop.explain import explain
from livesock.net.loop.habits import Blocking, blocking
from livesock.trace.recording import Trace

__all__ = ["Connection"]


class Connection(Blocking, ClientConnection):
    """A WebSocket connection of `websockets.sync.client`, whose every byte is in `trace` (the client's mark is `">"`).

    All verbs are those of `websockets`: `send`, `recv(timeout=)`, iteration, `ping`, `close(code, reason)`,
    `close_code`, `close_reason`, `subprotocol`, `request`, `response`. It is thread-safe as they are, and one
    thread may send while another one receives. `close` takes `close_timeout` seconds at most, also while another thread
    waits for a peer that does not read.
    """

    _habits: ClassVar[Mapping[str, str]] = ON_CONNECTION
    _called: ClassVar[str] = "ws"
    _callbacks: ClassVar[str] = "write for message in ws: …"
    _waits: ClassVar[str] = "; beside other tasks message = await asyncio.to_thread(ws.recv, 2.0), with its timeout"
    _unread: ClassVar[frozenset[str]] = frozenset({"binaryType", "binary_type", "timeout"})

    def __init__(self, sock: socket.socket, protocol: Protocol, *, trace: Trace, **options: Any) -> None:
        self.trace = trace
        self._unsent: deque[memoryview] = deque()  # an empty one ends our direction
        self._writing = threading.Lock()
        self._peer = sock.getpeername()
        super().__init__(cast(socket.socket, RecordedSocket(sock, trace)), cast(Any, protocol), **options)

    def __enter__(self) -> Connection:
        super().__enter__()
        return self

    @blocking(SEND)
    def send(self, message: Any, *, text: bool | None = None) -> None:
        """Send one message: a str as text, bytes as binary, or an iterable of one of them as fragments.

        Blocks while the peer does not read.

        Raises:
            TypeError: If `message` is something else.
            ValueError: If a text holds half of a surrogate pair, which UTF-8 cannot carry.
            ConnectionClosed: If the connection is closed.
        """
        if message is None or isinstance(message, Mapping | bool | int | float):
            raise TypeError(f"send() takes str or bytes, not {_shown(message)}: write send(json.dumps(…))")
        super().send(checked_message(message), text=text)

    @blocking(RECV)
    def recv(self, timeout: float | None = None, decode: bool | None = None) -> Any:
        """Return the next message: a str for text, bytes for binary; `decode` chooses one of them for both.

        Raises:
            TimeoutError: If none comes within `timeout` seconds; without one it waits for ever.
            ConnectionClosed: If the connection is closed; `close_code` and `close_reason` say why.
        """
        if timeout is None:
            warn_in_a_coroutine("recv() without a timeout", "await asyncio.to_thread(ws.recv, 2.0)")
        if timeout != 0:
            timeout = seconds_or_none_of(timeout)
        return super().recv(timeout, cast(Any, decode))

    @blocking()
    def close(self, code: int = 1000, reason: str = "") -> None:
        """Close with a closing handshake of `close_timeout` seconds at most; a second call does nothing."""
        check_close(code, reason)
        try:
            super().close(code, reason)
        except ProtocolError as exc:
            explain(exc)
            raise

    @blocking()
    def ping(self, data: Any = None, ack_on_close: bool = False) -> threading.Event:
        """Send a ping and return an event that is set when its pong has come: `ping().wait(1)`."""
        return super().ping(data, ack_on_close=ack_on_close)

    def __repr__(self) -> str:
        peer = next((remote for _, remote in reversed(self.trace.peers.values())), "?")
        path = self.request.path.partition("?")[0] if self.request is not None else ""
        return f"<Connection to {peer}{path}, {self.protocol.state.name.lower()}>"

    @property
    def close_exc(self) -> ConnectionClosed:
        """What `send` and `recv` raise; a note says which handler of a server of this process failed."""
        exc = super().close_exc
        failed = exc.rcvd is not None and (exc.rcvd.code, exc.rcvd.reason) == (1011, "")
        path = self.request.path if self.request is not None else ""
        if failed and (fault := fault_of_a_route(path, Target(*self._peer[:2]))):
            exc.add_note(fault)
        return exc

    # -- writing without the lock of `websockets`

    @contextlib.contextmanager
    def send_context(self, *, expected_state: State = OPEN) -> Iterator[None]:
        """As in `websockets`, and hand over what was queued when its lock is free again."""
        with super().send_context(expected_state=expected_state):
            yield
        try:
            self._flush()
        except OSError as exc:
            with self.protocol_mutex:
                self.set_connection_exc(exc)
            self.close_socket()
            self.recv_events_thread.join()
            raise self.close_exc from exc

    def send_data(self) -> None:
        """Queue what is to be sent; called under the lock of `websockets`.

        What nobody hands over later leaves at once: the answers of the receiving thread as far as the kernel takes
        them, and a Close frame, for which we may wait until the deadline of the closing handshake.
        """
        for data in self.protocol.data_to_send():
            self._unsent.append(memoryview(data))
        is_receiving = threading.current_thread() is self.recv_events_thread
        if (is_receiving or self.close_deadline is not None) and self._writing.acquire(blocking=False):
            try:
                if not is_receiving and self.close_deadline is not None:
                    self.socket.settimeout(self.close_deadline.timeout())
                self._hand_over(at_once=is_receiving)
            except OSError as exc:
                if not is_receiving:
                    raise
                self.set_connection_exc(exc)  # the next read ends the connection
            finally:
                self._writing.release()

    def _flush(self) -> None:
        """Return once everything that this thread has queued is handed over, by it or by another thread."""
        while True:
            with self._writing:
                self._hand_over()
            if not self._unsent:  # a thread that found `_writing` taken may have queued something meanwhile
                return

    def _hand_over(self, *, at_once: bool = False) -> None:
        """Hand the queue to the kernel, waiting for the peer, or `at_once` what fits. `_writing` is held.

        What an interrupted cell leaves stays queued, so that the next frame does not follow half of another one.
        """
        recorded = cast(RecordedSocket, self.socket)
        while self._unsent:
            data = self._unsent[0]
            if data:
                sent = recorded.send_what_fits(data) if at_once else recorded.send(data)
                self._unsent[0] = data[sent:]
                if sent < len(data):
                    if at_once:
                        return
                    continue
            else:
                with contextlib.suppress(OSError):  # it is closed already
                    self.socket.shutdown(socket.SHUT_WR)
            self._unsent.popleft()


def _shown(value: object) -> str:
    return f"{value!r:.40} ({type(value).__name__})"
