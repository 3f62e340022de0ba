"""Capture files, read back by a walker of blocks and headers that shares no code with what wrote them."""

import struct
from ipaddress import ip_address
from itertools import pairwise
from typing import NamedTuple

import pytest
from hypothesis import given

from livesock.trace.conversation import decode
from livesock.trace.show.pcapng import to_pcapng
from livesock.trace.show.tcpip import MAX_SEGMENT, checksum
from tests.trace.recordings import ECHO, MASKED_HELLO, PEERS, REQUEST, RESPONSE, chunks_of, recordings

EPOCH = 1_700_000_000.25


class Packet(NamedTuple):
    nanoseconds: int
    source: tuple[str, int]
    target: tuple[str, int]
    sequence: int
    acknowledged: int
    flags: str
    payload: bytes


def write(chunks, *, peers=PEERS, client="<", epoch=EPOCH):
    return to_pcapng(chunks, peers=peers, client=client, epoch=epoch)


def blocks_of(file):
    """Return type and body of every block; its length stands at both ends and is a multiple of 4."""
    blocks, position = [], 0
    while position < len(file):
        kind, length = struct.unpack_from(">II", file, position)
        assert length % 4 == 0
        assert struct.unpack_from(">I", file, position + length - 4) == (length,)
        blocks.append((kind, file[position + 8 : position + length - 4]))
        position += length
    assert position == len(file)
    return blocks


def packets_of(file):
    return [packet_of(body) for kind, body in blocks_of(file) if kind == 6]


def packet_of(body):
    interface, high, low, captured, original = struct.unpack_from(">IIIII", body)
    frame = body[20 : 20 + captured]
    assert (interface, captured) == (0, original)
    assert captured <= len(body) - 20 < captured + 4
    kind = int.from_bytes(frame[12:14], "big")
    if kind == 0x0800:
        ip, segment = frame[14:34], frame[34:]
        assert folded(ip) == 0xFFFF
        assert int.from_bytes(ip[2:4], "big") == len(frame) - 14
        source, target = ip[12:16], ip[16:20]
    else:
        assert kind == 0x86DD
        ip, segment = frame[14:54], frame[54:]
        assert int.from_bytes(ip[4:6], "big") == len(segment)
        source, target = ip[8:24], ip[24:40]
    assert folded(source + target + struct.pack(">II", len(segment), 6) + segment) == 0xFFFF
    ports = struct.unpack_from(">HH", segment)
    sequence, acknowledged = struct.unpack_from(">II", segment, 4)
    flags = "".join(name for bit, name in enumerate("FSRPA") if segment[13] >> bit & 1)
    return Packet(
        high << 32 | low,
        (str(ip_address(source)), ports[0]),
        (str(ip_address(target)), ports[1]),
        sequence,
        acknowledged,
        flags,
        segment[4 * (segment[12] >> 4) :],
    )


def folded(data):
    """The one's complement sum of 16-bit words, added up one by one: all ones when a checksum in it is right."""
    total = 0
    for i in range(0, len(data), 2):
        total += int.from_bytes(data[i : i + 2].ljust(2, b"\0"), "big")
        total = (total & 0xFFFF) + (total >> 16)
    return total


def streams_of(packets):
    """Return the payload bytes of each direction, keyed by both addresses."""
    streams = {}
    for packet in packets:
        streams[packet.source, packet.target] = streams.get((packet.source, packet.target), b"") + packet.payload
    return streams


CLIENT, SERVER = ("127.0.0.1", 50123), ("127.0.0.1", 8765)


def test_a_small_conversation_becomes_these_packets():
    packets = packets_of(write(ECHO))

    zero = packets[0].sequence
    assert [(p.source == CLIENT, p.flags, p.sequence - zero, len(p.payload)) for p in packets] == [
        (True, "S", 0, 0),
        (False, "SA", 0, 0),
        (True, "A", 1, 0),
        (True, "PA", 1, 157),
        (False, "PA", 1, 129),
        (True, "PA", 158, 4),
        (True, "PA", 162, 7),
        (False, "PA", 130, 11),
        (True, "PA", 169, 5),
        (True, "RA", 174, 0),
    ]
    assert {(p.source, p.target) for p in packets} == {(CLIENT, SERVER), (SERVER, CLIENT)}
    assert packets[3].acknowledged - zero == 1
    assert packets[4].acknowledged - zero == 158


def test_the_file_says_what_it_is():
    (first, header), (second, interface), *_ = blocks_of(write(ECHO))

    assert (first, header[:16].hex()) == (0x0A0D0D0A, "1a2b3c4d00010000" + "ff" * 8)
    assert b"livesock" in header
    assert b"tcp.try_heuristic_first" in header
    assert (second, interface[:2]) == (1, b"\x00\x01")  # Ethernet
    assert b"\x00\x09\x00\x01\x09\x00\x00\x00" in interface  # times in 10**-9 seconds


def test_times_are_those_of_the_recording():
    packets = packets_of(write(ECHO))

    assert packets[0].nanoseconds == 1_700_000_000_300_000_000
    assert packets[-1].nanoseconds - packets[0].nanoseconds == 7_000_000


def test_both_sides_say_goodbye_once():
    packets = packets_of(write(chunks_of(("=", b"open"), ("=", b"eof <"), ("=", b"closed"), ("=", b"closed"))))

    assert [(p.source == CLIENT, p.flags) for p in packets[3:]] == [(True, "FA"), (False, "FA"), (True, "A")]


def test_the_client_may_be_the_side_that_recorded():
    packets = packets_of(write(chunks_of(("=", b"open"), (">", b"hi")), client=">"))

    assert [p.source for p in packets] == [SERVER, CLIENT, SERVER, SERVER]  # the local address opened the connection


def test_lost_bytes_leave_a_hole_in_the_numbers():
    hole = [("=", b"lost < 1000"), ("<", b"after")]
    before, after = packets_of(write(chunks_of(("<", b"before"), *hole)))

    assert after.sequence - before.sequence == len(b"before") + 1000


def test_without_a_beginning_there_is_no_handshake():
    packets = packets_of(write(chunks_of(("=", b"lost < 1000"), ("=", b"open"), ("<", b"late"))))

    assert [(p.flags, p.payload) for p in packets] == [("PA", b"late")]


@pytest.mark.parametrize("first", "<>")
def test_numbers_are_the_same_with_and_without_the_handshake(first):
    data = [(first, b"a"), ("<", b"b"), (">", b"c")]

    whole = packets_of(write(chunks_of(("=", b"open"), *data)))[3:]
    late = packets_of(write(chunks_of(*data)))

    assert [(p.sequence, p.acknowledged) for p in late] == [(p.sequence, p.acknowledged) for p in whole]


def test_large_chunks_are_cut_and_numbers_wrap_around():
    big = bytes(2 * MAX_SEGMENT + 1)
    packets = packets_of(write(chunks_of(("=", b"lost < 4293900000"), ("<", big), ("<", b"end"))))

    assert [len(p.payload) for p in packets] == [MAX_SEGMENT, MAX_SEGMENT, 1, 3]
    assert packets[2].sequence < packets[1].sequence
    assert all((b.sequence - a.sequence) % 2**32 == len(a.payload) for a, b in pairwise(packets))


@pytest.mark.parametrize(
    "peers",
    [{}, {1: ("/run/socket", "")}, {1: ("127.0.0.1:80", "[::1]:90")}, {1: ("127.0.0.1:0", "127.0.0.1:99999")}],
)
def test_addresses_that_are_no_pair_are_replaced_by_documentation_addresses(peers):
    packets = packets_of(write(chunks_of(("=", b"open")), peers=peers))

    assert packets[0].source == ("192.0.2.2", 49153)
    assert packets[0].target == ("192.0.2.1", 80)


def test_ipv6_is_written_as_ipv6():
    packets = packets_of(write(chunks_of(("=", b"open"), ("<", b"hi"), connection=2)))

    assert {p.source for p in packets} == {("::1", 8765), ("::1", 50124)}


SECRET = b"s3cret"


@pytest.mark.parametrize("lost", [[], [("=", b"lost < 500"), ("=", b"lost > 9")]], ids=["whole", "after lost bytes"])
@pytest.mark.parametrize("step", [1, 7, 1000])
def test_secrets_are_not_in_the_file(lost, step):
    request = REQUEST.replace(b"/echo", b"/echo?token=" + SECRET).replace(
        b"Host:", b"Cookie: a=" + SECRET + b"\r\nHost:"
    )
    answer = RESPONSE.replace(b"Upgrade: w", b"Set-Cookie: b=" + SECRET + b"\r\nUpgrade: w")
    pieces = [("<", request[i : i + step]) for i in range(0, len(request), step)]

    file = write(chunks_of(*lost, *pieces, (">", answer), ("<", MASKED_HELLO)))

    received, sent = streams_of(packets_of(file)).values()
    assert SECRET not in file + received + sent
    assert received == request.replace(b"a=" + SECRET, b"x" * 8).replace(SECRET, b"x" * 6) + MASKED_HELLO
    assert sent == answer.replace(b"b=" + SECRET, b"x" * 8)


@given(recordings)
def test_any_recording_is_read_back_byte_for_byte(chunks):
    packets = packets_of(write(chunks))

    sides = {(number, "<"): (PEERS[number][1], PEERS[number][0]) for number in PEERS}
    sides |= {(number, ">"): PEERS[number] for number in PEERS}
    shown = {side: b"" for side in sides}
    for row in decode(chunks):
        if row.data:
            shown[row.connection, row.direction] += row.shown
    named = {
        (f"{a}:{p}".replace("::1:", "[::1]:"), f"{b}:{q}".replace("::1:", "[::1]:")): data
        for ((a, p), (b, q)), data in streams_of(packets).items()
    }
    assert {sides[side]: data for side, data in shown.items() if data} == {k: v for k, v in named.items() if v}
    assert [p.nanoseconds for p in packets] == sorted(p.nanoseconds for p in packets)


@given(recordings)
def test_a_recording_without_secrets_is_not_changed(chunks):
    sent = [chunk.data for chunk in chunks if chunk.direction != "=" and chunk.data]
    if any(row.secret for row in decode(chunks)):
        return

    assert [p.payload for p in packets_of(write(chunks)) if p.payload] == sent


def test_equal_recordings_give_equal_files():
    assert write(ECHO) == write(list(ECHO))


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"\xff\xff", 0),
        (b"\x01", 0xFEFF),
        (b"\0\x01\xf2\x03\xf4\xf5\xf6\xf7", 0x220D),
    ],
)
def test_the_checksum_is_that_of_rfc_1071(data, expected):
    assert checksum(data) == expected
