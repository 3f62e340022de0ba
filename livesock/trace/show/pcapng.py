"""Write a trace as a capture file that Wireshark, tshark and tcpdump open.

The format is pcapng (draft-ietf-opsawg-pcapng): a chain of blocks, each with its length at both ends.

    0        4        8                            n-4       n
    ┌────────┬────────┬────────────────────────────┬────────┐     section header       what wrote this file, and how
    │  type  │ length │ body, padded to 4, options │ length │     interface            Ethernet, time in nanoseconds
    └────────┴────────┴────────────────────────────┴────────┘     enhanced packet      one for each packet

`tcpip` makes up the packets around the recorded bytes. Wireshark finds HTTP, and WebSocket after the 101, by looking at
the bytes, on any port. If the port belongs to a protocol that it knows (44818 is one), it goes by the port;
`-o tcp.try_heuristic_first:TRUE` makes it look at the bytes first. The file carries that hint as a comment.
"""

from __future__ import annotations

import struct
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from io import BytesIO

from livesock.trace.conversation import each_row
from livesock.trace.rows import Chunk
from livesock.trace.show.tcpip import Packets

__all__ = ["to_pcapng"]

_COMMENT = (
    "Recorded by livesock above TCP. The bytes and the times of each read and write are real; the Ethernet, IP and TCP "
    "headers are synthesised; cookies, tokens and other secrets are replaced by x. If a connection is not shown as "
    "HTTP and WebSocket, set the preference tcp.try_heuristic_first to TRUE."
)

_SNAPSHOT = 262_144
"""Upper bound of a packet's bytes, as an interface declares it: the usual value of capturing tools."""


def to_pcapng(
    chunks: Iterable[Chunk],
    *,
    peers: Mapping[int, tuple[str, str]],
    client: str,
    epoch: float,
) -> bytes:
    """Return a pcapng file with every chunk as TCP segments, in the order in which they were recorded.

    `peers` maps a connection to its local and remote address (`host:port`), `client` is the direction in which
    the bytes of the clients appear, and `epoch` is the Unix time in seconds of the chunks' time 0.

    Each byte of a secret that the decoder finds is written as `x`, so a file shows no more than a display.
    A "lost" chunk leaves a hole in the sequence numbers; a connection whose beginning was lost is written without its
    handshake.
    """
    held = list(chunks)
    zero = int(epoch) * 10**9 + round(epoch % 1 * 1e9)  # a float has too few digits for both parts at once
    connections: dict[int, Packets] = {}
    blocks = [_section_header(), _interface()]
    for chunk in _without_secrets(held, client):
        number = chunk.connection
        if number not in connections:
            connections[number] = Packets(number, peers=peers.get(number), client=client)
        time = zero + round(chunk.time * 1e9)
        blocks.extend(_enhanced_packet(time, packet) for packet in connections[number].feed(chunk))
    return b"".join(blocks)


def _without_secrets(chunks: list[Chunk], client: str) -> Iterator[Chunk]:
    """Yield the chunks with secrets masked, as their rows show them: rows hold all bytes of a direction, in order."""
    shown: defaultdict[tuple[int, str], BytesIO] = defaultdict(BytesIO)
    for row in each_row(chunks, client):
        shown[row.connection, row.direction].write(row.shown)
    for stream in shown.values():
        stream.seek(0)
    for chunk in chunks:
        if chunk.direction == "=":
            yield chunk
        else:
            yield chunk._replace(data=shown[chunk.connection, chunk.direction].read(len(chunk.data)))


def _block(kind: int, body: bytes) -> bytes:
    """Section 3.1: type, total length, body, total length again (so that a file can be read backwards)."""
    length = 12 + len(body)
    return struct.pack(">II", kind, length) + body + struct.pack(">I", length)


def _option(code: int, value: bytes = b"") -> bytes:
    """Section 3.5: code, length without padding, value padded to 4 bytes. Code 0 ends a list of options."""
    return struct.pack(">HH", code, len(value)) + _padded(value)


def _padded(data: bytes) -> bytes:
    return data + b"\0" * (-len(data) % 4)


def _section_header() -> bytes:
    """Section 4.1: the magic tells the byte order (big-endian, as on the wire), then version 1.0, length unknown."""
    options = _option(1, _COMMENT.encode()) + _option(4, b"livesock") + _option(0)
    return _block(0x0A0D0D0A, struct.pack(">IHHq", 0x1A2B3C4D, 1, 0, -1) + options)


def _interface() -> bytes:
    """Section 4.2: link type 1 is Ethernet; the option if_tsresol = 9 makes a time unit 10**-9 seconds."""
    options = _option(2, b"livesock") + _option(9, b"\x09") + _option(0)
    return _block(1, struct.pack(">HHI", 1, 0, _SNAPSHOT) + options)


def _enhanced_packet(time: int, packet: bytes) -> bytes:
    """Section 4.3: interface 0, the time as two 32-bit halves, captured and original length, the packet itself."""
    time = min(max(time, 0), 2**64 - 1)
    head = struct.pack(">IIIII", 0, time >> 32, time & 0xFFFFFFFF, len(packet), len(packet))
    return _block(6, head + _padded(packet))
