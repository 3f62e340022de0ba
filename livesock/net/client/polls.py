"""`PollConnection`: HTTP requests one after the other, over one connection for as long as the server keeps it.

Long-polling needs two: one where a GET always waits, and one for POSTs meanwhile.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass

import h11

from livesock.errors import HandshakeError
from livesock.net.connect.advice import not_http
from livesock.net.connect.dial import Dialer, RecordedStream

__all__ = ["PollAnswer", "PollConnection"]

MAX_BODY = 16 * 2**20
"""Bytes of one answer, at most; a longer one ends the connection with an error."""


@dataclass(frozen=True, slots=True)
class PollAnswer:
    """An answer of the server; the names of its headers are in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes


class PollConnection:
    """Sends one request at a time. Runs on the loop."""

    def __init__(self, dialer: Dialer, headers: list[tuple[str, str]]) -> None:
        self._dialer = dialer
        self._headers = headers
        self._stream: RecordedStream | None = None
        self._http = h11.Connection(h11.CLIENT)
        self._keep_until = 0.0

    async def ask(self, method: str, target: str, body: bytes | None = None) -> PollAnswer:
        """Return the answer to one request.

        Raises:
            OSError: If there is no connection, or it ends before the answer does.
            HandshakeError: If what comes is not HTTP, or too large.
        """
        stream = await self._connected()
        length = [] if body is None else [("Content-Type", "text/plain;charset=UTF-8"), ("Content-Length", len(body))]
        fields = [("Host", self._dialer.target.address), ("Accept", "*/*"), *self._headers, *length]
        headers = [(name.encode("ascii"), str(value).encode("latin-1")) for name, value in fields]
        head = self._http.send(h11.Request(method=method, target=target, headers=headers))
        data = self._http.send(h11.Data(data=body)) if body else b""
        end = self._http.send(h11.EndOfMessage())
        stream.write((head or b"") + (data or b"") + (end or b""))
        try:
            return await self._answer(stream)
        except h11.RemoteProtocolError as exc:
            stream.close()
            at, came = self._dialer.target, self._dialer.trace.data("<", stream.number)
            message = f"expected an HTTP answer from {at.address}, {not_http(at, came)} ({exc})"
            raise HandshakeError(message, status=None, headers={}, body=came[:200], trace=self._dialer.trace) from exc

    async def _connected(self) -> RecordedStream:
        """Return the connection of the last request if the server still keeps it, otherwise a new one."""
        now = asyncio.get_running_loop().time()
        if self._stream is not None and not self._stream.is_over and now < self._keep_until:
            self._http.start_next_cycle()
            return self._stream
        self.close()
        self._stream, self._http = await self._dialer.open(), h11.Connection(h11.CLIENT)
        return self._stream

    async def _answer(self, stream: RecordedStream) -> PollAnswer:
        status, headers, body = 0, {}, bytearray()
        while True:
            event = self._http.next_event()
            if event is h11.NEED_DATA:
                data = await stream.read()
                if not data and self._http.their_state is h11.SEND_RESPONSE:
                    raise ConnectionResetError("the server ended the connection before it answered")
                self._http.receive_data(data)
            elif isinstance(event, h11.Response):
                status = event.status_code
                headers = {name.decode("ascii"): value.decode("latin-1") for name, value in event.headers}
            elif isinstance(event, h11.Data):
                body += event.data
                if len(body) > MAX_BODY:
                    stream.close()
                    message = f"the answer has more than the {MAX_BODY} bytes that this client takes"
                    raise HandshakeError(message, status=status, headers=headers, body=b"", trace=self._dialer.trace)
            elif isinstance(event, h11.EndOfMessage):
                self._keep(headers)
                return PollAnswer(status, headers, bytes(body))

    def _keep(self, headers: dict[str, str]) -> None:
        """Keep the connection for as long as the server promises to keep it."""
        if self._http.our_state is not h11.DONE or self._http.their_state is not h11.DONE:
            self.close()
            return
        promise = re.search(r"timeout=(\d+)", headers.get("keep-alive", ""))
        # A second less than promised: a request that crosses the server's close on the way is lost.
        seconds = max(0, int(promise.group(1)[:6]) - 1) if promise else 30
        self._keep_until = asyncio.get_running_loop().time() + seconds

    def close(self) -> None:
        """Close the connection, if there is one."""
        if self._stream is not None:
            self._stream.close()
            self._stream = None
