"""`Answers`: writes the answers to the requests of one connection.

A whole answer leaves in one write. Head and body in two would each wait for the other's acknowledgement (Nagle's
algorithm against delayed ACKs) and cost 40 ms on an idle connection; lesson 02 measures it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence

import h11

from livesock.net.http.web import Body, HttpRequest, Response, encode_part, stream_type
from livesock.net.loop.gate import Gate

__all__ = ["Answers", "cross_origin"]

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class Answers:
    """Turns responses and streams into bytes for `write`, within the state that h11 keeps of the connection."""

    def __init__(self, connection: h11.Connection, write: Callable[[bytes], None]) -> None:
        self._h11 = connection
        self._write = write
        self.writable = Gate(is_open=True)
        """Cleared while the peer reads more slowly than we write."""
        self.let_in: list[tuple[str, str]] = []
        """Headers of the current answer besides those of its handler: see `Access.let_in`."""

    @property
    def is_unanswered(self) -> bool:
        """Whether nothing of the current answer has been written yet."""
        return self._h11.our_state in (h11.IDLE, h11.SEND_RESPONSE)

    def go_on(self) -> None:
        """Let a peer that sent `Expect: 100-continue` send its body (RFC 9110, 10.1.1)."""
        self._send(h11.InformationalResponse(status_code=100, reason=b"Continue", headers=[]))

    async def write(self, request: HttpRequest, result: Response | Body) -> None:
        """Write what a handler returned."""
        if not isinstance(result, Response):
            await self.stream(request, result)
        elif result.is_streamed:
            await self.stream(request, result.body, result)
        else:
            self.whole(request, result)

    def whole(self, request: HttpRequest, response: Response) -> None:
        """Write head and body of `response` at once; HEAD, 204 and 304 have no body (RFC 9110, 6.4.1)."""
        payload = response.payload()
        headers = _common(request.headers)
        if response.status not in (204, 304):
            headers |= {"Content-Type": response.media_type(request), "Content-Length": str(len(payload))}
        elif payload:
            payload = b""
        own = [*response.header_lines(), *self.let_in]
        events: list[h11.Event] = [_head(response.status, response.reason, headers, own)]
        if response.status not in (204, 304) and request.method != "HEAD":
            _check_length(len(payload), own)
            events.append(h11.Data(data=payload))
        self._send(*events, h11.EndOfMessage())

    async def stream(self, request: HttpRequest, body: Body, how: Response | None = None) -> None:
        """Write the parts of `body` as they come, waiting whenever the peer reads more slowly than we produce.

        `how` has the status, the type and the headers, if they were chosen.
        """
        parts = 0
        try:
            async for part in body:
                data = encode_part(part)
                if not parts:
                    self._begin_stream(request, part, how)
                if request.method == "HEAD":
                    break
                parts += 1
                self._send(h11.Data(data=data))
                await asyncio.sleep(0)  # a generator that never waits must neither stop the loop nor outlive its reader
                await self.writable.wait()
        finally:
            close = getattr(body, "aclose", None)
            if close is not None:
                await close()
        if self.is_unanswered:
            self._begin_stream(request, b"", how)
        self._send(h11.EndOfMessage())

    def _begin_stream(self, request: HttpRequest, part: object, how: Response | None) -> None:
        headers = _common(request.headers) | {"Content-Type": stream_type(part)}
        if how is None:
            return self._send(_head(200, "OK", headers, self.let_in))
        kind = {"Content-Type": how.media_type()} if how.type else {}
        self._send(_head(how.status, how.reason, headers | kind, [*how.header_lines(), *self.let_in]))

    def _send(self, *events: h11.Event) -> None:
        data = b"".join(filter(None, map(self._h11.send, events)))
        if data:
            self._write(data)


def _check_length(size: int, own: Sequence[tuple[str, str]]) -> None:
    """Raise `ValueError` for a length that the handler gave and the body has not, before h11 begins the answer."""
    for name, value in own:
        if name.lower() == "content-length" and value.strip() != str(size):
            raise ValueError(f"the body has {size} bytes, and Content-Length says {value:.20}: leave it out")


def _common(asked: Mapping[str, str]) -> dict[str, str]:
    """Headers of every answer: never cached, never guessed at, and readable by an allowed page of another port."""
    headers = {"Date": _date(), "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    return headers | cross_origin(asked.get("origin"))


def _date() -> str:
    """Return the time as HTTP writes it: `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, 5.6.7).

    Not with `strftime`, whose names are in the language of the machine. `email.utils` would do it too, with 12 modules.
    """
    year, month, day, hour, minute, second, weekday, *_ = time.gmtime()
    return f"{DAYS[weekday]}, {day:02} {MONTHS[month - 1]} {year} {hour:02}:{minute:02}:{second:02} GMT"


def cross_origin(origin: str | None) -> dict[str, str]:
    """Let an allowed page of another origin read the answer, also one to a request with its cookies.

    The Fetch standard, "CORS protocol and credentials", forbids `*` there. Any page in a sandbox has the origin null,
    so cookies are not for it.
    """
    if not origin:
        return {}
    headers = {"Access-Control-Allow-Origin": origin, "Vary": "Origin"}
    return headers if origin == "null" else headers | {"Access-Control-Allow-Credentials": "true"}


def _head(status: int, reason: str, headers: Mapping[str, str], own: Sequence[tuple[str, str]] = ()) -> h11.Response:
    """Return the head with `headers`, but for those in whose place the handler gave its `own`; Vary adds up."""
    chosen = {name.lower() for name, _ in own} - {"vary"}
    lines = [*((name, value) for name, value in headers.items() if name.lower() not in chosen), *own]
    items = [(name.encode("ascii"), value.encode("latin-1")) for name, value in lines]
    return h11.Response(status_code=status, reason=reason.encode("ascii"), headers=items)
