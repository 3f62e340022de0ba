"""tshark, Wireshark's dissectors without a window, reads the captures that a trace exports.

What it finds in a capture has to equal the rows of the same trace: it knows nothing of livesock, so bytes, sequence
numbers, checksums and the order of packets all have to be right for the two lists to agree.
"""

from __future__ import annotations

import json
import subprocess
import zlib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from websockets.asyncio.server import ServerConnection

import livesock as ls
from livesock.trace.conversation import decode
from livesock.trace.recording import Trace
from livesock.trace.rows import Chunk, Row
from livesock.trace.show.pcapng import to_pcapng
from livesock.trace.show.tcpip import MAX_SEGMENT
from livesock.wire.frame import Frame, Opcode, encode_frame

pytestmark = pytest.mark.interop

PEERS = {1: ("127.0.0.1:8765", "127.0.0.1:50123"), 2: ("[::1]:8765", "[::1]:50124")}
ANY_PORT = ("-o", "tcp.try_heuristic_first:TRUE")
"""The kernel may choose a port that Wireshark knows as another protocol's."""

KEY = bytes.fromhex("37fa213d")
REQUEST = (
    b"GET /echo HTTP/1.1\r\nHost: 127.0.0.1:8765\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
RESPONSE = (
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"
)
OPENING = (("=", b"open"), ("<", REQUEST), (">", RESPONSE))


class Seen(NamedTuple):
    """A frame as both witnesses can tell of it."""

    connection: int
    direction: str
    fin: bool
    rsv: int
    opcode: int
    length: int
    mask: str
    payload: str


Pairs = list[tuple[str, Any]]


class Capture(NamedTuple):
    """A capture file, and tshark to ask about it."""

    tshark: str
    path: Path
    options: tuple[str, ...] = ()

    def ask(self, *arguments: str) -> str:
        """Run tshark with its checks of checksums on; nothing tells it that a port is HTTP."""
        checks = ["-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE"]
        command = [self.tshark, "-n", "-r", str(self.path), *checks, *self.options, *arguments]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def fields(self, names: str, display_filter: str) -> list[list[str]]:
        arguments = [word for name in names.split() for word in ("-e", name)]
        return [line.split("\t") for line in self.ask("-Y", display_filter, "-T", "fields", *arguments).splitlines()]

    def frames(self) -> list[Seen]:
        """Return every WebSocket frame; a packet may hold several, so tshark's JSON repeats names."""
        packets: list[Pairs] = json.loads(
            self.ask("-Y", "websocket", "-T", "json", "-x"), object_pairs_hook=lambda pairs: pairs
        )
        return [frame for packet in packets for frame in _frames_of(dict(dict(packet)["_source"])["layers"])]

    def complaints(self) -> list[list[str]]:
        """Return what tshark calls malformed or an error, and packets with a wrong checksum."""
        wrong = '_ws.malformed || _ws.expert.severity == "Error" || tcp.checksum.status == 0 || ip.checksum.status == 0'
        return self.fields("frame.number _ws.expert.message", wrong)


def _frames_of(layers: Pairs) -> Iterable[Seen]:
    names = dict(layers)
    direction = ">" if dict(names["eth"])["eth.src"].endswith(":01") else "<"
    connection = int(dict(names["tcp"])["tcp.stream"]) + 1
    for name, layer in layers:
        if name == "websocket":
            part = dict(layer)
            extended = part.get("websocket.payload_length_ext_64") or part.get("websocket.payload_length_ext_16")
            yield Seen(
                connection,
                direction,
                part["websocket.fin"] == "1",
                int(part["websocket.rsv"], 16),
                int(part["websocket.opcode"]),
                int(extended or part["websocket.payload_length"]),
                part.get("websocket.masking_key", "").replace(":", ""),
                part["websocket.payload_raw"][0] if "websocket.payload_raw" in part else "",
            )


def frames_of(rows: Iterable[Row]) -> list[Seen]:
    """Return what the rows say of every frame."""
    return [seen(row.connection, row.direction, row.value) for row in rows if isinstance(row.value, Frame)]


def seen(connection: int, direction: str, frame: Frame) -> Seen:
    rsv = 4 * frame.rsv1 + 2 * frame.rsv2 + frame.rsv3
    key, payload = (frame.mask or b"").hex(), frame.payload.hex()
    return Seen(connection, direction, frame.fin, rsv, frame.opcode, len(frame.payload), key, payload)


@pytest.fixture
def capture(tool: Callable[[str], str], tmp_path: Path) -> Callable[..., Capture]:
    """Return a function that writes chunks into a capture."""
    tshark = tool("tshark")

    def write(chunks: Iterable[Chunk], peers: Mapping[int, tuple[str, str]] = PEERS) -> Capture:
        path = tmp_path / "capture.pcapng"
        path.write_bytes(to_pcapng(chunks, peers=peers, client="<", epoch=1_700_000_000.0))
        return Capture(tshark, path)

    return write


def chunks_of(*parts: tuple[str, bytes], connection: int = 1) -> list[Chunk]:
    return [Chunk(0.001 * i, direction, connection, data) for i, (direction, data) in enumerate(parts)]


def masked(opcode: int, payload: bytes, **bits: bool) -> Frame:
    return Frame(opcode, payload, mask=KEY, **bits)


def test_tshark_sees_the_frames_of_a_real_conversation(tool: Callable[[str], str], tmp_path: Path) -> None:
    with ls.serve("tshark") as server:

        @server.websocket("/echo")
        async def echo(ws: ServerConnection) -> None:
            async for message in ws:
                await ws.send(message)

        with ls.connect(server.url("/echo")) as ws:
            for message in ("Hello", b"\x00\xff" * 100, "你好 👋", b"", bytes(70_000)):
                ws.send(message)
                assert ws.recv(timeout=10) == message
            ws.send(["three ", "fragments, ", "one message"])
            assert ws.recv(timeout=10) == "three fragments, one message"
            assert ws.ping(b"are you there?").wait(10)
        server.trace.wait(lambda trace: "closed" in [row.summary for row in trace.rows()], timeout=10)
        both_ends = [(server.trace, "server.pcapng"), (ws.trace, "client.pcapng")]

        for trace, name in both_ends:
            capture = Capture(tool("tshark"), trace.pcapng(tmp_path / name), ANY_PORT)

            assert capture.frames() == frames_of(trace.rows()), name
            assert len(capture.frames()) == 5 * 2 + 4 + 1 + 2 + 2  # echoes, fragments, their echo, ping, close
            assert capture.complaints() == []


def test_tshark_sees_the_request_on_a_kept_connection_before_the_upgrade(
    tool: Callable[[str], str], tmp_path: Path
) -> None:
    with ls.serve("tshark") as server:

        @server.get("/time")
        def now(request: object) -> str:
            return "noon"

        @server.websocket("/echo")
        async def echo(ws: ServerConnection) -> None:
            async for message in ws:
                await ws.send(message)

        with ls.tcp(server) as sock:
            sock.sendall(b"GET /time HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n" % server.port)
            assert sock.recv_until(b"noon")
            sock.sendall(REQUEST.replace(b"8765", b"%d" % server.port))
            assert b" 101 " in sock.recv_until(b"\r\n\r\n")
            sock.sendall(encode_frame(masked(Opcode.TEXT, b"Hello")))
            assert sock.recv_exactly(7) == b"\x81\x05Hello"
            sock.reset()
        server.trace.wait(lambda trace: "Hello" in trace.text(), timeout=10)
        capture = Capture(tool("tshark"), sock.trace.pcapng(tmp_path / "client.pcapng"), ANY_PORT)

        assert capture.fields("http.request.uri", "http.request") == [["/time"], ["/echo"]]
        assert capture.fields("http.response.code", "http.response") == [["200"], ["101"]]
        assert capture.frames() == frames_of(sock.trace.rows())
        assert [frame.payload for frame in capture.frames()] == [b"Hello".hex()] * 2
        assert [row.summary for row in sock.trace.rows()][-1].startswith("reset")
        assert len(capture.fields("tcp.flags.reset", "tcp.flags.reset == 1")) == 1
        assert capture.complaints() == []


LENGTHS = (0, 1, 125, 126, 65_535, 65_536, 200_000)


def test_every_form_of_the_length_is_read_alike(capture: Callable[..., Capture]) -> None:
    payloads = [bytes(i % 251 for i in range(length)) for length in LENGTHS]
    frames = [
        (d, Frame(Opcode.BINARY, payload, mask=key)) for payload in payloads for d, key in (("<", KEY), (">", None))
    ]
    chunks = chunks_of(*OPENING, *((d, encode_frame(frame)) for d, frame in frames), ("=", b"closed"))

    written = capture(chunks)

    assert written.frames() == [seen(1, d, frame) for d, frame in frames] == frames_of(decode(chunks))
    assert written.complaints() == []


def test_a_wrong_checksum_would_be_complained_about(capture: Callable[..., Capture]) -> None:
    written = capture(chunks_of(*OPENING, (">", encode_frame(Frame(Opcode.TEXT, b"Hello")))))

    written.path.write_bytes(written.path.read_bytes().replace(b"Hello", b"Hallo"))

    assert ["Bad checksum" in message for _, message in written.complaints()] == [True]


MESSAGE = (
    masked(Opcode.TEXT, b"frag", fin=False),
    masked(Opcode.PING, b"in between"),
    masked(Opcode.CONTINUATION, b"", fin=False),
    masked(Opcode.PONG, b""),
    masked(Opcode.CONTINUATION, "mented 你".encode()),
    masked(Opcode.CLOSE, b"\x03\xe8bye"),
)
"""A fragmented message with control frames inside, then the end."""

BYTES = b"".join(map(encode_frame, MESSAGE))


@pytest.mark.parametrize("step", [1, 2, 7, len(BYTES)])
def test_the_cut_into_segments_changes_nothing(capture: Callable[..., Capture], step: int) -> None:
    pieces = [("<", BYTES[i : i + step]) for i in range(0, len(BYTES), step)]
    chunks = chunks_of(*OPENING, *pieces, ("=", b"eof <"), ("=", b"closed"))

    written = capture(chunks)

    assert written.frames() == [seen(1, "<", frame) for frame in MESSAGE] == frames_of(decode(chunks))
    assert written.complaints() == []


def test_a_chunk_larger_than_a_packet_becomes_several(capture: Callable[..., Capture]) -> None:
    frame = Frame(Opcode.BINARY, bytes(2 * MAX_SEGMENT))
    chunks = chunks_of(*OPENING, (">", encode_frame(frame)))

    written = capture(chunks)

    assert [size for (size,) in written.fields("tcp.len", "tcp.len > 1000")] == [str(MAX_SEGMENT)] * 2
    assert written.frames() == [seen(1, ">", frame)]
    assert written.complaints() == []


def test_both_ends_are_told_apart_over_ipv6_and_on_several_connections(capture: Callable[..., Capture]) -> None:
    hello, answer = masked(Opcode.TEXT, b"Hello"), Frame(Opcode.TEXT, b"Hi")
    parts = (*OPENING, ("<", encode_frame(hello)), (">", encode_frame(answer)), ("=", b"closed"))
    chunks = [chunk for pair in zip(chunks_of(*parts), chunks_of(*parts, connection=2), strict=True) for chunk in pair]

    written = capture(chunks)

    assert written.frames() == [seen(c, d, f) for d, f in (("<", hello), (">", answer)) for c in (1, 2)]
    assert written.frames() == frames_of(decode(chunks))
    assert written.fields("ipv6.src tcp.srcport tcp.dstport", "ipv6 && websocket")[0] == ["::1", "50124", "8765"]
    assert written.complaints() == []


def test_a_compressed_message_keeps_its_bit_and_is_inflated(capture: Callable[..., Capture]) -> None:
    offer = b"Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n"
    opening = [(d, data[:-2] + offer if d != "=" else data) for d, data in OPENING]
    deflater = zlib.compressobj(wbits=-15)
    packed = (deflater.compress(b"Hello, Hello, Hello") + deflater.flush(zlib.Z_SYNC_FLUSH))[:-4]
    frame = masked(Opcode.TEXT, packed, rsv1=True)
    chunks = chunks_of(*opening, ("<", encode_frame(frame)))

    written = capture(chunks)

    assert written.frames() == [seen(1, "<", frame)] == frames_of(decode(chunks))
    assert written.fields("websocket.payload.text", "websocket.pmc == 1") == [["Hello, Hello, Hello"]]
    assert written.complaints() == []


def test_a_reset_ends_the_connection_with_rst(capture: Callable[..., Capture]) -> None:
    chunks = chunks_of(*OPENING, ("<", b"\x81"), ("=", b"reset"))

    written = capture(chunks)

    assert written.fields("tcp.flags.str", "tcp.flags.reset == 1 || tcp.flags.fin == 1") == [["·······A·R··"]]
    assert written.frames() == frames_of(decode(chunks)) == []
    assert written.complaints() == []


def test_lost_bytes_are_a_hole_that_tshark_names(capture: Callable[..., Capture]) -> None:
    hello = Frame(Opcode.TEXT, b"Hello")
    lost = ("=", b"lost > %d" % len(encode_frame(hello)))
    chunks = chunks_of(*OPENING, (">", encode_frame(hello)), lost, (">", encode_frame(hello)), ("=", b"closed"))

    written = capture(chunks)

    assert len(written.fields("frame.number", "tcp.analysis.lost_segment")) == 1
    assert written.frames() == [seen(1, ">", hello)] * 2 == frames_of(decode(chunks))
    assert written.complaints() == []


def test_a_trace_that_lost_its_beginning_is_still_a_sound_capture(tool: Callable[[str], str], tmp_path: Path) -> None:
    trace = Trace(limit=2_000)
    trace.peers.update(PEERS)
    for direction, data in OPENING:
        trace.add(direction, 1, data)
    frame = encode_frame(masked(Opcode.BINARY, bytes(100)))
    for _ in range(30):
        trace.add("<", 1, frame)
    assert trace.lost

    capture = Capture(tool("tshark"), trace.pcapng(tmp_path / "lost.pcapng"))

    assert capture.fields("tcp.flags.syn", "tcp.flags.syn == 1") == []
    sizes = [int(size) for (size,) in capture.fields("tcp.len", "tcp")]
    assert sizes == [len(chunk.data) for chunk in trace]
    assert capture.complaints() == []


def test_a_secret_is_not_in_the_file(capture: Callable[..., Capture]) -> None:
    request = REQUEST.replace(b"/echo ", b"/echo?token=hunter2 ").replace(
        b"Sec-WebSocket-V", b"Cookie: sid=s3\r\nSec-WebSocket-V"
    )
    chunks = chunks_of(("=", b"open"), ("=", b"lost < 9"), ("<", request), (">", RESPONSE), ("=", b"closed"))

    written = capture(chunks)

    assert b"hunter2" not in written.path.read_bytes()
    assert written.fields("http.request.uri http.cookie", "http.request") == [["/echo?token=xxxxxxx", "xxxxxx"]]
    assert written.complaints() == []


def test_a_port_that_wireshark_knows_needs_one_preference(capture: Callable[..., Capture]) -> None:
    chunks = chunks_of(*OPENING, (">", encode_frame(Frame(Opcode.TEXT, b"Hello"))))
    written = capture(chunks, peers={1: ("127.0.0.1:6379", "127.0.0.1:50123")})

    assert written.frames() == []
    assert written._replace(options=ANY_PORT).frames() == frames_of(decode(chunks))


@pytest.mark.parametrize("data", [b"\x16\x03 no hello", b"\xff" * 40, b"GET inside", b"\x83\x00"])
def test_whatever_a_peer_sends_the_packets_around_it_are_sound(capture: Callable[..., Capture], data: bytes) -> None:
    chunks = chunks_of(("=", b"open"), ("<", data), ("=", b"eof <"), (">", data), ("=", b"closed"))

    written = capture(chunks)

    assert [size for (size,) in written.fields("tcp.len", "tcp.len > 0")] == [str(len(data))] * 2
    assert written.fields("frame.number", "tcp.checksum.status == 0 || ip.checksum.status == 0") == []
    assert written.fields("frame.number", "tcp.analysis.flags") == []
