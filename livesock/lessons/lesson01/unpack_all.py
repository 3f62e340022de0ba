"""01.unpack_all: take the complete messages out of a buffer, leave the rest in it."""

import random

from livesock.learn.exercise import Property, Solution, case
from livesock.learn.tables import exercise
from livesock.lessons.lesson01.pack import pack

__all__ = ["UNPACK_ALL", "pieces_of", "unpack_all"]


def unpack_all(buffer: bytearray) -> list[bytes]:
    """Take all complete messages out of `buffer` and return them; leave the rest in it."""
    messages = []
    while len(buffer) >= 4:
        end = 4 + int.from_bytes(buffer[:4], "big")
        if len(buffer) < end:
            break
        messages.append(bytes(buffer[4:end]))
        del buffer[:end]
    return messages


def trial(solution: Solution, data: bytes) -> tuple[list[bytes], bytes]:
    """Return the messages, and what the solution has left in the buffer."""
    buffer = bytearray(data)
    messages = solution(buffer)
    return messages, bytes(buffer)


def calls(data: bytes) -> str:
    text = repr(data) if len(data) < 40 else f"{data[:24]!r}… ({len(data)} bytes)"
    return f"unpack_all(buffer) with buffer = bytearray({text})"


def draw(rng: random.Random) -> tuple[bytes]:
    data = b"".join(pack(rng.randbytes(rng.choice([0, 1, 7, 300]))) for _ in range(rng.randrange(1, 5)))
    return (data[: len(data) - rng.choice([0, 1, rng.randrange(len(data))])],)


def pieces_of(rng: random.Random, data: bytes, most: int) -> list[bytes]:
    """Return `data` cut into pieces of 1 to `most` bytes."""
    pieces = []
    while data:
        size = rng.randrange(1, most + 1)
        pieces.append(data[:size])
        data = data[size:]
    return pieces


def draw_pieces(rng: random.Random) -> tuple[list[bytes]]:
    (data,) = draw(rng)
    return (pieces_of(rng, data, 11),)


def same_in_pieces(solution: Solution, pieces: list[bytes]) -> bool:
    """Whether a buffer that is filled piece by piece gives the messages that it gives at once."""
    buffer, messages = bytearray(), []
    for piece in pieces:
        buffer += piece
        messages += [bytes(message) for message in solution(buffer)]
    whole = bytearray(b"".join(pieces))
    return messages == [bytes(message) for message in solution(whole)] and buffer == whole


THREE = pack(b"one") + pack(b"two") + pack(b"three")

UNPACK_ALL = exercise(
    "01.unpack_all",
    unpack_all,
    r"""
hint: Two questions before each message: are four bytes there? And the whole message after them?
hint: 00 00 00 03 6f 6e 65 is one message; then the loop goes on with what is left. del buffer[:7] takes seven bytes out
    of the bytearray itself.
hint: A neighbour with one byte of length: while buffer and len(buffer) > buffer[0]: take bytes(buffer[1 : 1 +
    buffer[0]]), then del buffer[: 1 + buffer[0]].
explanation: A buffer, complete messages out, the rest stays: every decoder of a stream has this shape, and lesson 04
    uses it for frames. What is missing here is a limit for the length.

little_endian: Read the big end first: 00 00 00 05 is 5.
    "big" → "little"
only_first: Go on after the first message: two may arrive in one chunk, so this is a loop.
    del buffer[:end] → del buffer[:end]; break
drops_rest: Leave half a message in the buffer: it is still yours when the rest comes.
    return messages → buffer.clear(); return messages
crash_on_three: Ask whether four bytes are there: fewer cannot hold a length.
  * len(buffer) >= 4 → buffer
    int.from_bytes(buffer[:4], "big") → (buffer[0] << 24 | buffer[1] << 16 | buffer[2] << 8 | buffer[3])
does_not_wait: Wait for the whole message: the length says more than has come.
    len(buffer) < end → False
counts_header: Count again: the length is that of the payload, without its own four bytes.
  * 4 + int → int
    del buffer[:end] → del buffer[: max(4, end)]
skips_empty: Return the empty message too: the peer sent it.
    messages.append( → if end > 4: messages.append(
keeps_length: Leave the length out of the message: the first four bytes are not for the reader.
    buffer[4:end] → buffer[:end]
eats_on_half: Take the length out together with its message: while half is missing the buffer must not change.
    break → del buffer[:4]; break
takes_all: Stop where the length says: what follows is the next message.
    len(buffer) < end → False
    buffer[4:end] → buffer[4:]
    del buffer[:end] → buffer.clear()
stops_at_empty: Go on at a length of zero: it is an empty message, not the end.
    len(buffer) < end → len(buffer) < end or end == 4
first_length: Read each length where its message begins: the second message has bytes of its own.
    messages = [] → messages, high = [], buffer[:2]
    buffer[:4], "big") → high + buffer[2:4], "big")
greater: Take a message as soon as its last byte is there: yours waits for one byte more.
    len(buffer) < end → len(buffer) <= end
rebinds: Change the buffer that you were given: buffer = buffer[n:] makes a new one, del buffer[:n] changes the old.
  * del buffer[:end] → buffer = buffer[end:]
""",
    cases=(
        case("one message", b"\x00\x00\x00\x03one", gives=([b"one"], b"")),
        case("three messages", THREE, gives=([b"one", b"two", b"three"], b"")),
        case("an empty buffer", b"", gives=([], b"")),
        case("an empty message", b"\x00\x00\x00\x00", gives=([b""], b"")),
        case("an empty message between others", THREE[:7] + bytes(4) + THREE[7:14], gives=([b"one", b"", b"two"], b"")),
        case("half a message after one", THREE[:7] + b"\x00\x00\x00\x05thr", gives=([b"one"], b"\x00\x00\x00\x05thr")),
        case("half a message", b"\x00\x00\x00\x05thr", gives=([], b"\x00\x00\x00\x05thr")),
        case("a length alone", b"\x00\x00\x00\x05", gives=([], b"\x00\x00\x00\x05")),
        case("three bytes of a length", b"\x00\x00\x00", gives=([], b"\x00\x00\x00")),
        case("a message and one byte", THREE[:7] + b"\x00", gives=([b"one"], b"\x00")),
        case("300 bytes", pack(bytes(300)), gives=([bytes(300)], b"")),
        case("a length of 65,536, little of it here", b"\x00\x01\x00\x00abc", gives=([], b"\x00\x01\x00\x00abc")),
        case("a length in the first byte", b"\x02\x00\x00\x00abc", gives=([], b"\x02\x00\x00\x00abc")),
        case(
            "a length of 65,536 after a message",
            THREE[:7] + b"\x00\x01\x00\x00ab",
            gives=([b"one"], b"\x00\x01\x00\x00ab"),
        ),
        case("65,536 bytes and one", pack(bytes(65_536)) + pack(b"x"), gives=([bytes(65_536), b"x"], b"")),
        case("the largest length", b"\xff\xff\xff\xffabc", gives=([], b"\xff\xff\xff\xffabc")),
        case("a message that looks like a length", pack(bytes(4)) + pack(b"x"), gives=([bytes(4), b"x"], b"")),
    ),
    random=draw,
    claim=Property("any pieces of a stream give the same messages", draw_pieces, same_in_pieces),
    trial=trial,
    calls=calls,
)
