"""Right solutions of lesson 01 in other styles than the references'."""

# mypy: ignore-errors
# written as a learner would, without annotations

import io
import socket
import struct


def read_pieces(sock, n):
    pieces, missing = [], n
    while missing > 0:
        piece = sock.recv(min(missing, 4))
        if piece == b"":
            raise EOFError("closed early")
        pieces.append(piece)
        missing -= len(piece)
    return b"".join(pieces)


def read_into(sock, n):
    buffer = bytearray(n)
    view = memoryview(buffer)
    while view:
        got = sock.recv_into(view)
        if got == 0:
            raise EOFError
        view = view[got:]
    return buffer


def read_one_by_one(sock, n):
    def byte():
        one = sock.recv(1)
        if not one:
            raise ConnectionEnded
        return one

    return b"".join(byte() for _ in range(n))


class ConnectionEnded(EOFError):
    pass


def read_until_none_is_missing(sock, n):
    def pieces(missing):
        while missing and (piece := sock.recv(missing)):
            missing -= len(piece)
            yield piece

    data = b"".join(pieces(n))
    if len(data) != n:
        raise EOFError(n - len(data))
    return data


def read_all_at_once(sock, n):
    data = sock.recv(n, socket.MSG_WAITALL) if n else b""
    while len(data) < n:
        more = sock.recv(n - len(data))
        if not more:
            raise EOFError
        data += more
    return data


def pack_struct(payload):
    return struct.pack("!I", len(payload)) + payload


def pack_shifts(payload):
    n = len(payload)
    return bytes([n >> 24, n >> 16 & 255, n >> 8 & 255, n & 255]) + payload


def pack_buffer(payload):
    out = bytearray(4)
    struct.pack_into(">L", out, 0, len(payload))
    out.extend(payload)
    return out


def unpack_struct(buffer):
    found = []
    while True:
        try:
            (n,) = struct.unpack_from("!I", buffer)
        except struct.error:
            return found
        if len(buffer) - 4 < n:
            return found
        found += [buffer[4 : 4 + n]]
        buffer[: 4 + n] = b""


def unpack_at_the_end(buffer):
    position, found = 0, ()
    while position + 4 <= len(buffer):
        size = buffer[position] << 24 | buffer[position + 1] << 16 | buffer[position + 2] << 8 | buffer[position + 3]
        if position + 4 + size > len(buffer):
            break
        found += (bytes(buffer[position + 4 : position + 4 + size]),)
        position += 4 + size
    del buffer[:position]
    return found


def unpack_stream(buffer):
    stream = io.BytesIO(bytes(buffer))

    def messages():
        while len(head := stream.read(4)) == 4:
            size = int(head.hex(), 16)
            body = stream.read(size)
            if len(body) < size:
                return
            yield body

    found = list(messages())
    buffer[:] = buffer[sum(4 + len(message) for message in found) :]
    return found


OTHERS = {
    "01.read_exactly": (read_pieces, read_into, read_one_by_one, read_until_none_is_missing, read_all_at_once),
    "01.pack": (pack_struct, pack_shifts, pack_buffer),
    "01.unpack_all": (unpack_struct, unpack_at_the_end, unpack_stream),
}
