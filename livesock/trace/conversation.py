"""One TCP connection, both directions: from recorded chunks to rows that say what the bytes mean.

    client   head ─> body ─> head ─> …  upgrade ─> waits ───────┐ 101
    server   head ─> body ─> head ─> …  101 ────────────────────┴─> frames, both directions
                                        first byte 16 03 ─────────> TLS records
             a byte that breaks a rule, or bytes that were lost ──> raw

Each direction has a *decoder* that takes rows off the front of its bytes. At the end of a head or a body the next
decoder takes over, exactly at the next byte. Where the chunks were cut makes no difference.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator
from functools import partial
from string import ascii_uppercase

from livesock.errors import PacketError
from livesock.trace.bodies import BodyDecoder, EventDecoder
from livesock.trace.decoders import (
    ChoiceDecoder,
    FrameDecoder,
    HeadDecoder,
    PlainDecoder,
    RawDecoder,
    RowDecoder,
    Side,
    TlsDecoder,
    WaitingDecoder,
)
from livesock.trace.packets import is_for_engine
from livesock.trace.pending import PendingBytes
from livesock.trace.rows import Chunk, Kind, Row, unexplained
from livesock.trace.rules import BrokenHead, check_switch, framing_of
from livesock.trace.states import ConnectionState, read_change
from livesock.wire.deflate import DeflateParameters, Inflater
from livesock.wire.explain.frame import explain_frame
from livesock.wire.explain.http import explain_head
from livesock.wire.framereader import FrameReader
from livesock.wire.handshake import negotiated
from livesock.wire.http import Framing, RequestHead, ResponseHead
from livesock.wire.quote import counted, one_line
from livesock.wire.tls import CONTENT_TYPES, HANDSHAKE

__all__ = ["Conversation", "decode", "each_row"]

_LIKELY_REQUEST = re.compile(rb"[A-Z]{3,10} [/*a-z]")
_LIKELY_RESPONSE = re.compile(rb"HTTP/1\.")

_EXPLAINERS = {Kind.FRAME: explain_frame, Kind.REQUEST: explain_head, Kind.RESPONSE: explain_head}


class Conversation:
    """Both directions of one TCP connection. Never raises on any bytes. Not thread-safe.

    `client` is the direction in which the client's bytes appear: `"<"` in a server's trace, `">"` in a client's.
    """

    def __init__(self, connection: int, client: str = "<") -> None:
        self.number = connection
        server = ">" if client == "<" else "<"
        self._client = Side(PendingBytes(connection, client, from_client=True))
        self._server = Side(PendingBytes(connection, server, from_client=False))
        self._sides = {client: self._client, server: self._server}
        self._requests: deque[RequestHead] = deque()
        self._answered_early = 0
        self._is_websocket = False
        self._is_engine = False  # the latest request was one of Engine.IO
        self._deflate: DeflateParameters | None = None
        for side in self._sides.values():
            side.decoder = ChoiceDecoder(partial(self._begin, side))

    def feed(self, chunk: Chunk) -> list[Row]:
        """Return the rows that this chunk completes, in order."""
        if chunk.direction not in self._sides:
            return self._change_state(chunk)
        side = self._sides[chunk.direction]
        other = self._client if side is self._server else self._server
        side.pending.add(chunk)
        return self._advance(side) + self._advance(other)

    def close(self, *, finished: bool = False) -> list[Row]:
        """Return what is left over, as incomplete rows of kind RAW; a second call returns nothing.

        With `finished` no more bytes can come, which completes some bodies.
        """
        return self._end(self._client, finished=finished) + self._end(self._server, finished=finished)

    def _advance(self, side: Side) -> list[Row]:
        """Take off every row that is complete."""
        rows: list[Row] = []
        while side.pending.buffer:
            decoder = side.decoder
            if isinstance(decoder, ChoiceDecoder):
                side.decoder = decoder.choose() or decoder
            try:
                complete = side.decoder.read(side.pending)
            except PacketError as exc:
                complete = self._give_up(side, exc)
            rows += complete
            if isinstance(decoder, BodyDecoder | EventDecoder) and decoder.is_done:
                side.decoder = side.after_body
            if not complete and side.decoder is decoder:
                break
        return rows

    def _give_up(self, side: Side, error: PacketError) -> list[Row]:
        """Return the row that ends with the first invalid byte; nothing after it is explained."""
        decoder = side.decoder
        side.decoder = RawDecoder()
        if isinstance(decoder, FrameDecoder) and decoder.is_guess:
            return []
        size = min(error.offset + 1, len(side.pending.buffer))
        explain = _EXPLAINERS.get(decoder.kind, unexplained)
        summary = one_line(f"broken {decoder.kind.value}: {error.rule}")
        return [side.pending.cut(size, decoder.kind, summary, explain=explain, error=error)]

    # What happens to the connection itself.

    def _change_state(self, chunk: Chunk) -> list[Row]:
        """Return what a change of the connection's state completes, and its own row."""
        state, direction, size = read_change(chunk.data)
        if state is ConnectionState.LOST:
            return self._lose(self._sides[direction], size, chunk.time)
        side = self._sides[direction or "<"]
        rows: list[Row] = []
        if state is ConnectionState.EOF:
            rows = self._end(side, finished=True)
        elif chunk.is_end:
            rows = self.close(finished=True)
        is_client = state is ConnectionState.EOF and side is self._client
        summary = one_line(chunk.data.decode("ascii", "backslashreplace"))
        if state is ConnectionState.EOF and direction:
            summary = f"the {'client' if is_client else 'server'} has finished sending"
        row = Row(chunk.time, self.number, "=", Kind.STATE, b"", 0, summary, from_client=is_client, value=state)
        return [*rows, row]

    def _end(self, side: Side, *, finished: bool) -> list[Row]:
        """Empty one direction; with `finished` no more bytes can come, which completes some bodies."""
        rows = side.decoder.close(side.pending) if finished else []
        if side.pending.buffer:
            summary = f"incomplete: {side.decoder.missing(side.pending)}"
            rows.append(side.pending.cut(len(side.pending.buffer), Kind.RAW, one_line(summary)))
        side.decoder = RawDecoder()
        return rows

    def _lose(self, side: Side, size: int, time: float) -> list[Row]:
        """Go on after bytes that the trace no longer holds, if the next chunk shows how."""
        rows = self._end(side, finished=False)
        rows.append(side.pending.skip(size, time, f"not kept: {counted(size)}"))
        self._requests.clear()  # from here on an answer cannot be matched with its request
        self._answered_early = 0
        side.decoder, side.is_lost = ChoiceDecoder(partial(self._find, side)), True
        if side is self._server and isinstance(self._client.decoder, WaitingDecoder):
            self._client.decoder = ChoiceDecoder(partial(self._find, self._client))
            rows += self._advance(self._client)
        return rows

    # Which decoder comes first.

    def _begin(self, side: Side) -> RowDecoder | None:
        """Choose between HTTP, TLS and neither; None when one more byte must come first."""
        buffer = side.pending.buffer
        if side is self._server:
            if isinstance(self._client.decoder, TlsDecoder) and buffer[0] in CONTENT_TYPES:
                return TlsDecoder()
            return PlainDecoder() if buffer[0] != ord("H") and not self._requests else self._next_head(side)
        if buffer[0] != HANDSHAKE:  # a method is written in capitals (RFC 9110, 9.1)
            return self._next_head(side) if chr(buffer[0]) in ascii_uppercase else PlainDecoder()
        if len(buffer) == 1:
            return None
        return TlsDecoder() if buffer[1] == 3 else self._next_head(side)

    def _find(self, side: Side) -> RowDecoder:
        """Choose after lost bytes: a head if the bytes look like one, otherwise a guess at a frame."""
        likely = _LIKELY_REQUEST if side.pending.from_client else _LIKELY_RESPONSE
        if not self._is_websocket and likely.match(side.pending.buffer):
            return self._next_head(side)
        return self._frames(side, late=True)

    # HTTP.

    def _next_head(self, side: Side) -> HeadDecoder:
        return HeadDecoder(side.pending.from_client, partial(self._take_head, side))

    def _take_head(self, side: Side, head: RequestHead | ResponseHead, size: int) -> Row:
        """Return the row of a complete head, and choose the decoder of what follows it."""
        error: PacketError | None = None
        try:
            if isinstance(head, RequestHead):
                self._take_request(side, head)
            else:
                self._take_response(side, head)
        except BrokenHead as exc:
            side.decoder = RawDecoder()
            fields = explain_head(bytes(side.pending.buffer[:size]))
            offset = next((field.first_byte for field in fields if field.name.lower() == exc.header.lower()), 0)
            error = PacketError(exc.rule, section=exc.section, offset=offset)
        kind = Kind.REQUEST if isinstance(head, RequestHead) else Kind.RESPONSE
        return side.pending.cut(size, kind, _first_line, explain=explain_head, value=head, error=error)

    def _take_request(self, side: Side, request: RequestHead) -> None:
        side.is_lost = False
        self._is_engine = is_for_engine(request.target)
        framing = framing_of(request, None)
        may_switch = request.get("Upgrade") is not None or request.method == "CONNECT"
        if self._answered_early:
            self._answered_early -= 1
            may_switch = False
        else:
            self._requests.append(request)
        self._expect_body(side, framing, WaitingDecoder() if may_switch else self._next_head(side))

    def _take_response(self, side: Side, response: ResponseHead) -> None:
        if response.status < 200 and response.status != 101:
            side.decoder = self._next_head(side)
            return
        request = self._requests.popleft() if self._requests else None
        if request is None and self._client.pending.buffer:
            self._answered_early += 1
        if response.status == 101:
            self._switch(request, response)
            return
        if request is not None and request.method == "CONNECT" and response.status < 300:
            self._release(RawDecoder())
            self._server.decoder = RawDecoder()
            return
        if not self._requests:
            self._release(self._next_head(self._client))
        framing = framing_of(response, request.method if request else None)
        is_events = (response.get("Content-Type") or "").lower().startswith("text/event-stream")
        plain = response.get("Content-Encoding") in (None, "identity")
        self._expect_body(side, framing, self._next_head(side), is_events=is_events and plain)

    def _expect_body(self, side: Side, framing: int | Framing, then: RowDecoder, *, is_events: bool = False) -> None:
        side.after_body = then
        if framing == 0:
            side.decoder = then
        else:
            side.decoder = EventDecoder(framing) if is_events else BodyDecoder(framing, is_engine=self._is_engine)

    def _release(self, then: RowDecoder) -> None:
        """Let the client's bytes that wait for an answer go on, at once or after the current body."""
        if isinstance(self._client.decoder, WaitingDecoder):
            self._client.decoder = then
        elif isinstance(self._client.after_body, WaitingDecoder):
            self._client.after_body = then

    # WebSocket.

    def _switch(self, request: RequestHead | None, response: ResponseHead) -> None:
        """Go on with frames in both directions, from the byte after the head, if the handshake is valid."""
        lost = self._client.is_lost
        try:
            check_switch(request, response, lost=lost)
        except BrokenHead:
            self._release(RawDecoder())
            raise
        if request is not None and not request.has_word("Upgrade", "websocket"):
            self._release(RawDecoder())
            self._server.decoder = RawDecoder()
            return
        self._is_websocket, self._deflate = True, negotiated(request, response)
        self._server.decoder = self._frames(self._server)
        self._release(self._frames(self._client))
        if lost:
            self._client.decoder = self._frames(self._client, late=True)

    def _frames(self, side: Side, *, late: bool = False) -> FrameDecoder:
        from_client = side.pending.from_client
        inflater = self._deflate.inflater(from_client=from_client, late=late) if self._deflate else None
        if not self._is_websocket:  # the handshake was lost, and with it what both ends agreed on
            inflater = Inflater(blind=True)
        return FrameDecoder(FrameReader(from_client, inflater, late=late), is_guess=late, is_engine=self._is_engine)


def decode(chunks: Iterable[Chunk], client: str = "<") -> list[Row]:
    """Return the rows of a whole recording, as `each_row` yields them."""
    return list(each_row(chunks, client))


def each_row(chunks: Iterable[Chunk], client: str = "<") -> Iterator[Row]:
    """Yield the rows of a whole recording, in order; incomplete ones come last.

    `client` is the direction in which the bytes of the clients appear.
    """
    conversations: dict[int, Conversation] = {}
    for chunk in chunks:
        number = chunk.connection
        if number not in conversations:
            conversations[number] = Conversation(number, client)
        yield from conversations[number].feed(chunk)
    for conversation in conversations.values():
        yield from conversation.close()


def _first_line(shown: bytes) -> str:
    return one_line(shown.partition(b"\r\n")[0].decode("latin-1"))
