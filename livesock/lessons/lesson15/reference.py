"""A WebSocket server in plain asyncio: one task for each client, which reads when its handler asks for a message."""

from __future__ import annotations

import asyncio

#: 11-
import os

#: 18-
import signal

#: 17-
import ssl

#: 1-
import sys

#: 16-
import zlib

#: 7-11
#:| from collections import deque
#: 1-
from collections.abc import AsyncIterator, Awaitable, Callable

#: 5-
from contextlib import suppress

#: 1-
from functools import partial

from livesock import learn

#: 2-
parse_head = learn.mine("parse_head")
#: 3
#:| accept_key = learn.mine("accept_key")
#: 4-
check_request = learn.mine("check_request")
#: 5-
encode_frame = learn.mine("encode_frame")
parse_frames = learn.mine("parse_frames")
#: 10-
Assembler = learn.mine("Assembler")
#: 11-
Closer = learn.mine("Closer")
close_payload = learn.mine("close_payload")
parse_close = learn.mine("parse_close")
#: 1-

CHUNK = 65536  # bytes to ask for at a time
#: 4-
MAX_HEAD = 16384  # bytes of a request
#: 5-
TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10
#: 11-
PATIENCE = float(os.environ.get("CLOSE_TIMEOUT", "1"))  # seconds that a peer has to finish a goodbye
#: 12-
HEAD_TIME = 10.0  # seconds for a request
STALL = 10.0  # seconds that a peer may leave our bytes unread
MAX_SIZE = int(os.environ.get("MAX_SIZE", 2**20))  # bytes that a message may have
#: 15-
HEARTBEAT = float(os.environ.get("HEARTBEAT", "20"))  # seconds of silence before a ping
#: 1-

Handler = Callable[["Connection"], Awaitable[None]]
Head = tuple[str, dict[str, str], bytes]


async def serve(handler: Handler, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Serve one client, from its first byte to its last."""
    try:
        #: 1
        #:| await reader.read()
        #: 2
        #:| if await read_head(reader):
        #:|     writer.write(answer(501, {}))
        #: 3-4
        #:| if (head := await read_head(reader)) and agree(writer, head):
        #:|     await reader.read()
        #: 5
        #:| if (head := await read_head(reader)) and agree(writer, head):
        #:|     await handler(Connection(reader, writer))
        #: 6-10
        #:| if (head := await read_head(reader)) and agree(writer, head):
        #:|     await handler(Connection(reader, writer, head[2]))
        #: 11-15
        #:| if (head := await read_head(reader)) and agree(writer, head):
        #:|     await converse(handler, Connection(reader, writer, head[2]))
        #: 16-
        if (head := await read_head(reader)) and agree(writer, head):
            await converse(handler, Connection(reader, writer, head[2], deflates=wants_deflate(head[1])))
    #: 1-
    except (EOFError, OSError):
        pass  # the client has gone
    finally:
        #: 1-10
        #:| writer.close()
        #: 11-
        await hang_up(reader, writer)


#: 11-
async def converse(handler: Handler, connection: Connection) -> None:
    """Call the handler, and say goodbye when it returns."""
    code = 1011  # if it fails
    try:
        with suppress(EOFError):
            await handler(connection)
        code = 1000
    #: 18-
    except asyncio.CancelledError:
        code = 1001  # the server goes away
    #: 11-
    finally:
        await connection.close(code)


#: 2-
async def read_head(reader: asyncio.StreamReader) -> Head | None:
    """Return first line, headers and the bytes behind them; None if the client goes before its head is whole."""
    data = b""
    head: Head | None = None
    #: 2-11
    #:| while head is None:
    #:|     more = await reader.read(CHUNK)
    #:|     if not more:
    #:|         return None
    #:|     data += more
    #: 2-3
    #:|     head = parse_head(data)
    #: 4-11
    #:|     head = parse_head(data) if len(data) <= MAX_HEAD else ("", {}, b"")  # too much: refused
    #: 12-
    async with asyncio.timeout(HEAD_TIME):
        while head is None:
            more = await reader.read(CHUNK)
            if not more:
                return None
            data += more
            head = parse_head(data) if len(data) <= MAX_HEAD else ("", {}, b"")  # too much: refused
    #: 2-
    return head


def answer(status: int, headers: dict[str, str]) -> bytes:
    """Return the head of an HTTP answer; all but 101 say that nothing follows."""
    if status != 101:
        headers = {**headers, "Content-Length": "0", "Connection": "close"}
    lines = [f"{name}: {value}\r\n" for name, value in headers.items()]
    return f"HTTP/1.1 {status} {'Switching Protocols' if status == 101 else 'No'}\r\n{''.join(lines)}\r\n".encode()


#: 3
#:| def agree(writer: asyncio.StreamWriter, head: Head) -> bool:
#:|     """Answer 101, and return True: from here on frames follow."""
#:|     _, headers, _ = head
#:|     accept = accept_key(headers["sec-websocket-key"])
#:|     writer.write(answer(101, {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Accept": accept}))
#:|     return True
#:|
#:|
#: 4-
def agree(writer: asyncio.StreamWriter, head: Head) -> bool:
    """Answer a request; return whether it was 101, so that frames follow."""
    first, headers, _ = head
    method, _, version = [*first.split(" "), "", ""][:3]
    status, more = check_request(method, version, headers)
    #: 13-
    if status == 101 and "echo" in tokens(headers, "sec-websocket-protocol"):
        more = {**more, "Sec-WebSocket-Protocol": "echo"}
    #: 14-
    port = writer.get_extra_info("sockname")[1]
    pages = [
        None,
        *(f"{scheme}://{name}:{port}" for scheme in ("http", "https") for name in ("127.0.0.1", "localhost")),
    ]
    if status == 101 and headers.get("origin") not in pages:
        status, more = 403, {}
    #: 16-
    if status == 101 and wants_deflate(headers):
        more = {**more, "Sec-WebSocket-Extensions": DEFLATE}
    #: 4-
    writer.write(answer(status, more))
    return bool(status == 101)


#: 13-
def tokens(headers: dict[str, str], name: str) -> list[str]:
    return [token.strip() for token in headers.get(name, "").split(",")]


#: 16-
DEFLATE = "permessage-deflate; server_no_context_takeover; client_no_context_takeover"


def wants_deflate(headers: dict[str, str]) -> bool:
    """Return whether an offer has no parameter that we would have to know (RFC 7692, 7.1)."""
    known = {"permessage-deflate", "server_no_context_takeover", "client_no_context_takeover", "client_max_window_bits"}
    offers = [[part.strip() for part in offer.split(";")] for offer in tokens(headers, "sec-websocket-extensions")]
    return any(offer[0] == "permessage-deflate" and {part.split("=")[0] for part in offer} <= known for offer in offers)


#: 5-
class Connection:
    """One client after its handshake. `recv` and `send` raise EOFError when the conversation is over."""

    #: 5
    #:| def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    #:|     self.reader, self.writer = reader, writer
    #: 6-15
    #:| def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, rest: bytes) -> None:
    #:|     self.reader, self.writer = reader, writer
    #:|     self.buffer = rest  # what came behind the request: nothing, from a client that waits for the 101
    #: 16-
    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, rest: bytes, deflates: bool = False
    ) -> None:
        self.reader, self.writer = reader, writer
        self.buffer = rest  # what came behind the request: nothing, from a client that waits for the 101
        self.deflates, self.packed = deflates, 0
        #: 7-11
        #:| self.frames: deque[tuple[bool, int, bytes]] = deque()
        #: 10-11
        #:| self.assembler = Assembler()
        #: 11-
        self.closer = Closer(True)
        #: 12-
        self.assembler = Assembler(MAX_SIZE)

    #: 5-
    async def recv(self) -> str | bytes:
        """Return the next message."""
        #: 5
        #:| data = await self.reader.read(CHUNK)
        #:| if not data:
        #:|     raise EOFError
        #:| frames, _ = parse_frames(data)
        #:| _, _, payload = frames[0]
        #:| return payload.decode()
        #: 6
        #:| frames, self.buffer = parse_frames(self.buffer)
        #:| while not frames:
        #:|     await self.read_more()
        #:|     frames, self.buffer = parse_frames(self.buffer)
        #:| _, opcode, payload = frames[0]
        #:| return payload.decode() if opcode == TEXT else payload
        #: 7-8
        #:| _, opcode, payload = await self.next_frame()
        #:| return payload.decode() if opcode == TEXT else payload
        #: 9
        #:| while True:
        #:|     _, opcode, payload = await self.next_frame()
        #:|     if opcode == PING:
        #:|         await self.write(encode_frame(PONG, payload))
        #:|     elif opcode == CLOSE:
        #:|         raise EOFError
        #:|     elif opcode != PONG:
        #:|         return payload.decode() if opcode == TEXT else payload
        #: 10
        #:| while True:
        #:|     for name, value in self.assembler.feed(*await self.next_frame()):
        #:|         if name in ("text", "binary"):
        #:|             return value
        #:|         if name != "pong":
        #:|             raise EOFError
        #:|         await self.write(encode_frame(PONG, value))
        #: 11-
        while True:
            for name, value in self.assembler.feed(*await self.next_frame()):
                if name in ("text", "binary"):
                    #: 11-15
                    #:| return value
                    #: 16-
                    return await self.unpacked(value)
                #: 11-
                await self.obey(name, value)

    async def obey(self, name: str, value: bytes | int) -> None:
        """Do what a frame demands: answer a ping or a Close, or end what has broken a rule."""
        if name == "pong":
            await self.write(encode_frame(PONG, value))
        #: 11
        #:| elif name == "close":
        #:|     await self.act(self.closer.received(value))
        #:| else:
        #:|     raise EOFError
        #: 12-
        elif name == "close" and is_close(value):
            await self.act(self.closer.received(value))
        else:
            await self.fail(value if name == "fail" else 1002)

    async def fail(self, code: object) -> None:
        """Say why, and wait for no answer (RFC 6455, 7.1.7)."""
        await self.act(self.closer.close(close_payload(code)))
        await self.act(self.closer.timeout())

    #: 11-
    async def act(self, actions: list[tuple[str, bytes]]) -> None:
        """Do what the Closer says."""
        for action, value in actions:
            if action == "tcp":
                raise EOFError("the conversation is over")  # serve() ends the TCP connection
            await self.write(encode_frame(CLOSE, value) if action == "close" else value)

    #: 7-11
    #:| async def next_frame(self) -> tuple[bool, int, bytes]:
    #:|     """Return the next whole frame."""
    #:|     while not self.frames:
    #:|         frames, self.buffer = parse_frames(self.buffer)
    #:|         self.frames.extend(frames)
    #:|         if not frames:
    #:|             await self.read_more()
    #:|     return self.frames.popleft()
    #:|
    #: 12-
    async def next_frame(self) -> tuple[bool, int, bytes]:
        """Return the next whole frame; refuse a broken one as soon as its header is there."""
        while self.closer.state != "CLOSED":
            #: 12-15
            #:| code, size = look_at_header(self.buffer)
            #: 16-
            code, size = look_at_header(self.buffer, self.deflates)
            #: 12-
            if code:
                await self.fail(code)
            if size and len(self.buffer) >= size:
                #: 12-15
                #:| frames, _ = parse_frames(self.buffer[:size])
                #: 16-
                rsv1, ((fin, opcode, payload), *_) = self.buffer[0] & 0x40, parse_frames(self.buffer[:size])[0]
                self.packed = opcode if rsv1 else 0 if opcode in (TEXT, BINARY) else self.packed
                #: 12-
                self.buffer = self.buffer[size:]
                #: 12-15
                #:| return frames[0]
                #: 16-
                return fin, BINARY if rsv1 else opcode, payload  # a compressed text is not UTF-8 yet
            #: 12-
            await self.read_more()
        raise EOFError

    #: 16-
    async def unpacked(self, message: str | bytes) -> str | bytes:
        """Return a message as its sender wrote it: each is compressed by itself (RFC 7692, 7.2.2)."""
        if not self.packed or isinstance(message, str):
            return message
        try:
            plain = zlib.decompressobj(-15).decompress(message + b"\x00\x00\xff\xff", MAX_SIZE + 1)
            if len(plain) > MAX_SIZE:
                await self.fail(1009)
            return plain.decode() if self.packed == TEXT else plain
        except (zlib.error, UnicodeDecodeError):
            await self.fail(1007)
            raise EOFError from None

    #: 6-
    async def read_more(self) -> None:
        #: 6-14
        #:| data = await self.reader.read(CHUNK)
        #: 15-
        data = b""
        for _ in range(3):
            with suppress(TimeoutError):
                async with asyncio.timeout(HEARTBEAT):
                    data = await self.reader.read(CHUNK)
                    break
            await self.write(encode_frame(PING, b""))
        #: 6-
        if not data:
            #: 11-
            self.closer.tcp_ended()
            #: 6-
            raise EOFError
        self.buffer += data

    #: 5-
    async def send(self, message: str | bytes) -> None:
        """Send one message: a str as text, bytes as binary."""
        opcode, payload = (TEXT, message.encode()) if isinstance(message, str) else (BINARY, message)
        #: 5-10
        #:| await self.write(encode_frame(opcode, payload))
        #: 11-15
        #:| await self.act(self.closer.send(encode_frame(opcode, payload)))
        #: 16-
        frame = encode_frame(opcode, payload)
        if self.deflates:
            packer = zlib.compressobj(wbits=-15)
            packed = packer.compress(payload) + packer.flush(zlib.Z_SYNC_FLUSH)
            frame = encode_frame(opcode, packed.removesuffix(b"\x00\x00\xff\xff"))
            frame = bytes([frame[0] | 0x40]) + frame[1:]  # RSV1
        await self.act(self.closer.send(frame))

    #: 5-
    async def write(self, data: bytes) -> None:
        self.writer.write(data)
        #: 8-11
        #:| await self.writer.drain()  # who reads slowly waits alone
        #: 12-
        async with asyncio.timeout(STALL):
            await self.writer.drain()  # who reads slowly waits alone

    #: 11-
    async def close(self, code: int = 1000, reason: str = "") -> None:
        """Say goodbye, and wait for the peer's Close, but not for long."""
        with suppress(EOFError, OSError):
            await self.act(self.closer.close(close_payload(code, reason)))
            with suppress(TimeoutError):
                async with asyncio.timeout(PATIENCE):
                    async for _ in self:
                        pass
            await self.act(self.closer.timeout())

    #: 5-
    async def __aiter__(self) -> AsyncIterator[str | bytes]:
        with suppress(EOFError):
            while True:
                yield await self.recv()


#: 11-
async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """End TCP: we first, then the peer. Closing both ways at once could overtake our last bytes (RFC 6455, 7.1.1)."""
    with suppress(OSError):
        #: 11-16
        #:| writer.write_eof()
        #: 17-
        if writer.can_write_eof():
            writer.write_eof()
        else:
            writer.close()  # TLS ends both ways at once
        #: 11-
        async with asyncio.timeout(PATIENCE / 2):
            while await reader.read(CHUNK):
                pass
    writer.transport.abort()


#: 12-
def is_close(payload: object) -> bool:
    try:
        parse_close(payload)
    except ValueError:
        return False
    return True


#: 12-15
#:| def look_at_header(data: bytes) -> tuple[int, int]:
#:|     """Return (close code, 0) if a header breaks a rule, else (0, size of the frame); (0, 0) while it is short."""
#:|     if len(data) < 2:
#:|         return 0, 0
#:|     first, second = data[0], data[1]
#:|     if first & 0x70 or not second & 0x80:  # no extension was agreed on (5.2); a client masks (5.1)
#:|         return 1002, 0
#: 16-
def look_at_header(data: bytes, deflates: bool) -> tuple[int, int]:
    """Return (close code, 0) if a header breaks a rule, else (0, size of the frame); (0, 0) while it is short."""
    if len(data) < 2:
        return 0, 0
    first, second = data[0], data[1]
    reserved = 0x30 if deflates and first & 0x0F in (TEXT, BINARY) else 0x70
    if first & reserved or not second & 0x80:  # no other extension was agreed on (5.2); a client masks (5.1)
        return 1002, 0
    #: 12-
    length, extra = second & 0x7F, {126: 2, 127: 8}.get(second & 0x7F, 0)
    if first & 0x08 and extra:  # a control frame has 125 bytes at most (5.5)
        return 1002, 0
    if len(data) < 2 + extra:
        return 0, 0
    if extra:
        length = int.from_bytes(data[2 : 2 + extra], "big")
        if length < (126 if extra == 2 else 65536) or length >= 2**63:  # the shortest form, and no sign bit (5.2)
            return 1002, 0
    if length > MAX_SIZE:
        return 1009, 0
    return 0, 2 + extra + 4 + length


#: 5-
async def echo(connection: Connection) -> None:
    async for message in connection:
        await connection.send(message)


#: 1-
async def main(port: int) -> None:
    #: 1-4
    #:| server = await asyncio.start_server(partial(serve, None), "127.0.0.1", port)
    #: 5-16
    #:| server = await asyncio.start_server(partial(serve, echo), "127.0.0.1", port)
    #: 17-
    tls = None
    if certificate := os.environ.get("TLS_CERT"):
        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        tls.load_cert_chain(certificate, os.environ.get("TLS_KEY"))
    server = await asyncio.start_server(partial(serve, echo), "127.0.0.1", port, ssl=tls)
    #: 1-
    print(f"listening on port {server.sockets[0].getsockname()[1]}", flush=True)
    #: 1-17
    #:| await server.serve_forever()
    #: 18-
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    await stop.wait()
    server.close()
    clients = asyncio.all_tasks() - {asyncio.current_task()}
    for client in clients:
        client.cancel()
    await asyncio.gather(*clients, return_exceptions=True)


#: 1-
if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 0))
