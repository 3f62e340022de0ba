"""Ethernet, IP and TCP headers around recorded bytes, so that tools for captures can read a trace.

A trace knows what each read and write carried, and not the packets below. This module makes up plausible ones: a
three-way handshake where a connection opens, numbered segments for the bytes, FIN or RST where it ends. The bytes,
their order and their times are real; the headers and the cut into segments are not.

    recorded       "=" open        "<" 200 bytes     ">" 129 bytes     "=" closed
    synthesised    SYN ►           PSH seq=1 ►                         FIN ►
                   ◄ SYN ACK                         ◄ PSH seq=1       ◄ FIN
                   ACK ►                               ack=201         ACK ►

It knows nothing of files: `pcapng` writes the packets down.
"""

from __future__ import annotations

import ipaddress
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from livesock.trace.rows import Chunk
from livesock.trace.states import ConnectionState, read_change

__all__ = ["MAX_SEGMENT", "Packets", "checksum"]

MAX_SEGMENT = 65_483
"""Payload bytes of the largest segment: what Linux uses on loopback, and what fits an IP packet's 16-bit length."""

_WINDOW, _WINDOW_SHIFT = 65_535, 14
"""The largest window, scaled by the largest shift (RFC 7323, 2.3): a trace without pure ACKs never looks stuck."""

_FIN, _SYN, _RST, _PSH, _ACK = 0x01, 0x02, 0x04, 0x08, 0x10

_SYN_OPTIONS = struct.pack(">BBH BBBB", 2, 4, MAX_SEGMENT, 1, 3, 3, _WINDOW_SHIFT)
"""Maximum segment size, a no-operation for alignment, window scale (RFC 9293, 3.1; RFC 7323, 2.2)."""

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def checksum(data: bytes) -> int:
    """Return the Internet checksum of `data` (RFC 1071), which must not be all zero; no header is.

    It is the complement of the sum of all 16-bit words with end-around carry. Such a sum is a remainder modulo 65535
    (because 65536 ≡ 1), and the whole of `data`, read as one large number, has the same remainder.

    >>> hex(checksum(bytes.fromhex("45000073000040004011 0000 c0a80001c0a800c7")))
    '0xb861'
    """
    padded = data + b"\0" * (len(data) % 2)
    return -int.from_bytes(padded, "big") % 0xFFFF


@dataclass(slots=True)
class _End:
    """One end of a connection and its half of the byte stream."""

    mac: bytes
    address: _Address
    port: int
    sequence: int
    """Number of the next byte that this side sends, modulo 2**32."""
    finished: bool = False

    def advance(self, count: int) -> None:
        self.sequence = (self.sequence + count) % 2**32


class Packets:
    """Turns the chunks of one connection into packets: `feed` each chunk in order.

    `peers` are the local and remote address as `host:port`; where one is missing or not an IP address, both ends get an
    address reserved for documentation (RFC 5737). `client` is the direction in which the client's bytes appear.
    """

    def __init__(self, connection: int, *, peers: tuple[str, str] | None, client: str) -> None:
        local, remote = _endpoints(connection, peers, client)
        # Every connection has its own initial numbers, so that a reused port is not taken for a retransmission.
        first = connection * 1_000_000 % 2**32
        self._local = _End(b"\x02\0\0\0\0\x01", *local, first)
        self._remote = _End(b"\x02\0\0\0\0\x02", *remote, first)
        self._client = self._sender(client)
        self._begun = False

    def feed(self, chunk: Chunk) -> Iterator[bytes]:
        """Yield the Ethernet frames that carry `chunk`; a note that is not a change of TCP's state yields none."""
        if chunk.direction == "=":
            yield from self._change(chunk.data)
            return
        self._begin()
        sender = self._sender(chunk.direction)
        for start in range(0, len(chunk.data), MAX_SEGMENT):
            yield self._send(sender, _PSH | _ACK, chunk.data[start : start + MAX_SEGMENT])

    def _change(self, data: bytes) -> Iterator[bytes]:
        state, direction, size = read_change(data)
        side = self._sender(direction or "<")
        if state is ConnectionState.OPEN:
            yield from self._open()
        elif state is ConnectionState.LOST:
            self._begin()
            side.advance(size)
        elif state is ConnectionState.EOF:
            yield from self._finish(side)
        elif state is ConnectionState.RESET:
            yield from self._reset(side)
        elif state is ConnectionState.CLOSED:
            yield from self._finish(self._local)
            yield from self._finish(self._remote)

    def _open(self) -> Iterator[bytes]:
        """The three-way handshake (RFC 9293, 3.5), unless the beginning was lost and bytes came before."""
        if self._begun:
            return
        self._begun = True
        server = self._other(self._client)
        yield self._send(self._client, _SYN)
        yield self._send(server, _SYN | _ACK)
        yield self._send(self._client, _ACK)

    def _begin(self) -> None:
        """Go on as if the handshake had been recorded: its SYN took one sequence number on each side."""
        if not self._begun:
            self._begun = True
            self._local.advance(1)
            self._remote.advance(1)

    def _finish(self, side: _End) -> Iterator[bytes]:
        """Yield the FIN of `side`; the second of the two FINs gets an ACK of its own (RFC 9293, 3.6)."""
        if side.finished:
            return
        self._begin()
        side.finished = True
        yield self._send(side, _FIN | _ACK)
        if self._other(side).finished:
            yield self._send(self._other(side), _ACK)

    def _reset(self, side: _End) -> Iterator[bytes]:
        self._begin()
        self._local.finished = self._remote.finished = True
        yield self._send(side, _RST | _ACK)

    def _send(self, sender: _End, flags: int, payload: bytes = b"") -> bytes:
        """Build one packet and move the sender's sequence number past what it carries."""
        receiver = self._other(sender)
        packet = _ethernet(sender, receiver, _ip(sender, receiver, _tcp(sender, receiver, flags, payload)))
        # SYN and FIN take one sequence number each, as if they were a byte (RFC 9293, 3.4).
        sender.advance(len(payload) + bool(flags & _SYN) + bool(flags & _FIN))
        return packet

    def _sender(self, direction: str) -> _End:
        return self._remote if direction == "<" else self._local

    def _other(self, side: _End) -> _End:
        return self._local if side is self._remote else self._remote


def _ethernet(sender: _End, receiver: _End, packet: bytes) -> bytes:
    """IEEE 802.3: two locally administered addresses and the EtherType."""
    kind = 0x0800 if sender.address.version == 4 else 0x86DD
    return receiver.mac + sender.mac + struct.pack(">H", kind) + packet


def _ip(sender: _End, receiver: _End, segment: bytes) -> bytes:
    """RFC 791, 3.1 (version 4, "don't fragment", hop limit 64) or RFC 8200, 3 (version 6)."""
    source, target = sender.address.packed, receiver.address.packed
    if sender.address.version == 6:
        return struct.pack(">I HBB", 6 << 28, len(segment), 6, 64) + source + target + segment
    header = struct.pack(">BBH HH BB", 0x45, 0, 20 + len(segment), 0, 0x4000, 64, 6)
    total = checksum(header + b"\0\0" + source + target)
    return header + struct.pack(">H", total) + source + target + segment


def _tcp(sender: _End, receiver: _End, flags: int, payload: bytes) -> bytes:
    """RFC 9293, 3.1: the header, whose checksum also covers the addresses and the length."""
    options = _SYN_OPTIONS if flags & _SYN else b""
    words = 5 + len(options) // 4
    acknowledged = receiver.sequence if flags & _ACK else 0
    before = struct.pack(
        ">HH II BBH", sender.port, receiver.port, sender.sequence, acknowledged, words << 4, flags, _WINDOW
    )
    after = b"\0\0" + options + payload
    length = len(before) + 2 + len(after)
    pseudo = sender.address.packed + receiver.address.packed + struct.pack(">II", length, 6)
    return before + struct.pack(">H", checksum(pseudo + before + b"\0\0" + after)) + after


def _endpoints(
    connection: int, peers: tuple[str, str] | None, client: str
) -> tuple[tuple[_Address, int], tuple[_Address, int]]:
    """The local and the remote end: the recorded addresses, or made-up ones when they are not two of one kind."""
    local, remote = (_address(text) for text in peers) if peers else (None, None)
    if local and remote and local[0].version == remote[0].version:
        return local, remote
    server: tuple[_Address, int] = ipaddress.IPv4Address("192.0.2.1"), 80
    caller: tuple[_Address, int] = ipaddress.IPv4Address("192.0.2.2"), 49152 + connection % 16384
    return (server, caller) if client == "<" else (caller, server)


def _address(text: str) -> tuple[_Address, int] | None:
    """Read `127.0.0.1:80`, `[::1]:80` or `::1:80`; None for anything else, such as the path of a Unix socket."""
    host, _, port = text.rpartition(":")
    try:
        address, number = ipaddress.ip_address(host.strip("[]").partition("%")[0]), int(port)
    except ValueError:
        return None
    return (address, number) if 0 < number < 65536 else None
