"""What it costs to look at a trace: to decode rows, to open them, and to follow what is new.

    uv run python -m benchmarks.looking        # a minute

Decoding is measured in processor time; the cost of one new chunk is the time of one look, with as many chunks held as
named. A view looks ten times a second.
"""

from __future__ import annotations

import resource
import statistics
import time

from benchmarks.servers import machine
from livesock.trace.conversation import Conversation
from livesock.trace.follower import Follower
from livesock.trace.recording import Trace
from livesock.trace.rows import Chunk
from livesock.wire.frame import Frame, Opcode, encode_frame

ROUNDS = 9
LOOKS = 200
HELD = (1000, 23_000)

UPGRADE = (
    b"GET /echo HTTP/1.1\r\nHost: 127.0.0.1:8765\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
ANSWER = (
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"
)
MESSAGE = encode_frame(Frame(Opcode.TEXT, b"message of 20 bytes.", mask=b"\x37\xfa\x21\x3d"))
POLL = b"GET /poll?seen=1 HTTP/1.1\r\nHost: 127.0.0.1:8765\r\nUser-Agent: livesock\r\nAccept: */*\r\n\r\n"
NEWS = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 5\r\nServer: livesock\r\n\r\n[1,2]"

Piece = tuple[str, bytes]


def frames(count: int) -> list[Piece]:
    """Return a handshake and `count` messages, each in a chunk of its own."""
    return [("<", UPGRADE), (">", ANSWER), *[("<", MESSAGE)] * count]


def polls(count: int) -> list[Piece]:
    """Return `count` requests with their answers."""
    return [("<", POLL), (">", NEWS)] * count


def decoding(pieces: list[Piece], *, opened: bool) -> float:
    """Return the microseconds of processor time that a row takes, its fields read or not; the median of the rounds."""
    rounds = []
    for _ in range(ROUNDS):
        conversation, count = Conversation(1), 0
        chunks = [Chunk(number * 1e-4, direction, 1, data) for number, (direction, data) in enumerate(pieces)]
        begin = time.process_time()
        for chunk in chunks:
            for row in conversation.feed(chunk):
                count += 1
                if opened:
                    assert row.fields
        rounds.append((time.process_time() - begin) / count * 1e6)
    return statistics.median(rounds)


def following(held: int, *, everything: bool) -> tuple[float, float]:
    """Return the microseconds of a look with one new chunk and with none, `held` chunks being in the trace."""
    trace = Trace(limit=2**26)
    for direction, data in frames(held - 2):
        trace.add(direction, 1, data)
    follower = Follower(trace, everything=everything)
    while follower.look() or follower.backlog.chunks:
        pass
    one, none = [], []
    for _ in range(LOOKS):
        trace.add("<", 1, MESSAGE)
        begin = time.perf_counter()
        rows = follower.look()
        one.append(time.perf_counter() - begin)
        assert len(rows) == 1
        begin = time.perf_counter()
        follower.look()
        none.append(time.perf_counter() - begin)
    return statistics.median(one) * 1e6, statistics.median(none) * 1e6


def reading() -> tuple[int, int, float, float, float]:
    """Return rows held and returned, seconds of `rows()` and of a cell's output, megabytes; all frames are empty."""
    trace = Trace()
    for direction, data in frames(0):
        trace.add(direction, 1, data)
    empty = encode_frame(Frame(Opcode.TEXT, b"", mask=b"\x37\xfa\x21\x3d"))
    while not trace.lost:
        trace.add("<", 1, empty * 10_000)
    held = sum(1 for _ in trace.iter_rows())
    before = resident()
    begin = time.perf_counter()
    rows = trace.rows()
    middle, grown = time.perf_counter(), resident() - before
    trace._repr_mimebundle_()
    return held, len(rows), middle - begin, time.perf_counter() - middle, grown / 2**20


def resident() -> int:
    """Return the most bytes of memory that this process has had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def main() -> None:
    print(machine())
    print(f"\n{'us CPU for a row':24}{'not opened':>12}{'opened':>12}{'rows/s':>12}")
    for name, pieces in (("frame of 20 B", frames(5000)), ("HTTP, 3 rows a poll", polls(2000))):
        closed, opened = decoding(pieces, opened=False), decoding(pieces, opened=True)
        print(f"{name:24}{closed:12.1f}{opened:12.1f}{1e6 / closed:12,.0f}")
    print(f"\n{'us for a look':24}{'one new chunk':>14}{'nothing new':>14}")
    for everything, name in ((False, "in time"), (True, "everything")):
        for held in HELD:
            one, none = following(held, everything=everything)
            print(f"{f'{held:,} held, {name}':24}{one:14.1f}{none:14.1f}")
    held, returned, rows, output, grown = reading()
    print(f"\na trace full of empty frames: rows() returns {returned:,} of {held:,} in {rows:.1f} s, {grown:.0f} MB")
    print(f"the output of a cell takes {output:.1f} s")


if __name__ == "__main__":
    main()
