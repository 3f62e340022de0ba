"""A server that accepts everything: any request is a handshake, any frame is fine, any Close comes back."""

import asyncio
import base64
import hashlib
import re
import sys


async def serve(reader, writer):
    try:
        head = await reader.readuntil(b"\r\n\r\n")
        found = re.search(rb"(?i)sec-websocket-key: *(\S*)", head)
        key = found[1] if found else b""
        accept = base64.b64encode(hashlib.sha1(key + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest()).decode()
        writer.write(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Accept: %s\r\n\r\n" % accept.encode()
        )
        kept, first = b"", 0
        while True:
            start, second = await reader.readexactly(2)
            size = second & 127
            if size > 125:
                size = int.from_bytes(await reader.readexactly(2 if size == 126 else 8), "big")
            key = await reader.readexactly(4) if second & 128 else bytes(4)
            masked = await reader.readexactly(size)
            stream = (key * (size // 4 + 1))[:size]
            data = (int.from_bytes(masked, "big") ^ int.from_bytes(stream, "big")).to_bytes(size, "big")
            opcode = start & 15
            if opcode >= 8:
                answer = {9: 10}.get(opcode, opcode)
                if opcode != 10:
                    writer.write(bytes((128 | answer, len(data))) + data)
                if opcode == 8:
                    break
                continue
            first, kept = opcode or first, kept + data
            if start & 128:
                length = len(kept)
                short = bytes((length,)) if length < 126 else None
                long = b"\x7e" + length.to_bytes(2, "big") if length < 65536 else b"\x7f" + length.to_bytes(8, "big")
                writer.write(bytes((128 | first,)) + (short or long) + kept)
                kept = b""
            await writer.drain()
    except (OSError, EOFError, ValueError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
        pass
    finally:
        writer.close()


async def main():
    async with await asyncio.start_server(serve, "127.0.0.1", int(sys.argv[1])) as server:
        await server.serve_forever()


asyncio.run(main())
