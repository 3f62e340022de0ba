"""04.parse_frames: as many whole frames as the bytes hold, and the bytes that are left (RFC 6455, 5.2)."""

import random

from livesock.learn.checking.outcome import Endless, plain
from livesock.learn.exercise import Property, Solution, case
from livesock.learn.tables import exercise
from livesock.lessons.lesson01.unpack_all import pieces_of
from livesock.lessons.lesson04.encode_frame import encode_frame
from livesock.lessons.lesson04.mask import KEY, mask

__all__ = ["PARSE_FRAMES", "parse_frames"]


def parse_frames(buffer: bytes) -> tuple[list[tuple[bool, int, bytes]], bytes]:
    """Return all complete frames as (fin, opcode, payload), unmasked, and the bytes that are left over."""
    frames, start = [], 0
    while len(buffer) >= start + 2:
        first, second, here = buffer[start], buffer[start + 1], start + 2
        length, masked = second & 0x7F, second & 0x80
        if length >= 126:
            size = 2 if length == 126 else 8
            length = int.from_bytes(buffer[here : here + size], "big")
            here += size
        key = buffer[here : here + 4] if masked else b""
        here += 4 if masked else 0
        if len(buffer) < here + length:
            break
        payload = buffer[here : here + length]
        frames.append((bool(first & 0x80), first & 0x0F, mask(payload, key) if masked else payload))
        start = here + length
    return frames, buffer[start:]


def draw(rng: random.Random) -> tuple[bytes]:
    """Return one to four frames of any kind, the last one often cut."""
    sizes = [rng.choice([0, 3, rng.randrange(126), rng.randrange(126, 300)]) for _ in range(rng.randrange(1, 5))]
    data = b"".join(
        encode_frame(
            rng.choice([0, 1, 2, 8, 9, 10]),
            rng.randbytes(size),
            rng.random() < 0.5,
            rng.choice([None, rng.randbytes(4)]),
        )
        for size in sizes
    )
    return (data[: len(data) - rng.choice([0, 0, 1, rng.randrange(len(data))])],)


def draw_pieces(rng: random.Random) -> tuple[list[bytes]]:
    (data,) = draw(rng)
    return (pieces_of(rng, data, 20),)


def same_in_pieces(solution: Solution, pieces: list[bytes]) -> bool:
    """Whether a stream that comes in pieces gives the frames that it gives at once."""
    frames, rest = [], b""
    for piece in pieces:
        more, rest = plain(solution(rest + piece))
        frames += more
        if len(rest) > len(b"".join(pieces)):
            raise Endless  # it gives back more than it got: the buffer would grow forever
    return bool((tuple(frames), rest) == plain(solution(b"".join(pieces))))


HELLO = bytes.fromhex("810548656c6c6f")
MASKED = bytes.fromhex("818537fa213d7f9f4d5158")
LONG = b"\x82\x7f" + (65536).to_bytes(8, "big") + bytes(65536)

PARSE_FRAMES = exercise(
    "04.parse_frames",
    parse_frames,
    r"""
hint: Read one frame from left to right, and before each step ask: are those bytes there? If not, stop and keep them.
hint: RFC 6455, 5.2: 81 05 is FIN and opcode 1, MASK 0, length 5. 82 7e 01 00 has its length, 256, in the two bytes
    after 7e. With MASK the four bytes of the key stand between length and payload.
hint: A neighbour, messages with one byte of length in front: while buffer and len(buffer) > buffer[0]: take buffer[1 :
    1 + buffer[0]], then go on with buffer[1 + buffer[0] :]. What remains at the end is the rest.
explanation: This is the reading half of every WebSocket library. It may be fed with any pieces, because it gives back
    what it cannot use yet. A real one also refuses what is forbidden and limits what it keeps (lesson 05).

only_first: Go on after the first frame: a chunk may hold several, so this is a loop.
    start = here + length → start = here + length; break
drops_rest: Return what you did not use: half a frame is needed again when the rest comes.
  * buffer[start:] → b""
does_not_wait: Wait for the whole payload: the length says more than has come.
  ? len(buffer) < here + length → len(buffer) < here
    if len(buffer) < here + length → if False
not_unmasked: Unmask when MASK is 1: the noise, XORed with the key before it, is the text.
    mask(payload, key) if masked else payload → payload
first_key_byte: Take turns: which byte of the key belongs to byte i? Yours is always 0.
    mask(payload, key) → mask(payload, key[:1] * 4)
no_extended: Look further at 126 and 127: the true length is in the bytes after it.
    length >= 126 → False
no_long: Read eight bytes after 127: yours takes it for a length.
    length >= 126 → length == 126
four_bytes: Read eight bytes of length after 127: yours reads four.
    else 8 → else 4
little_endian: Read the big end first: 7e 01 00 is 256.
  * "big" → "little"
mask_bit_in_length: Cut off the MASK bit, & 0x7f: it is not a part of the length.
    second & 0x7F → second
    length >= 126 → length in (126, 127)
fin_in_opcode: Keep the low four bits of the first byte: your opcode still holds FIN.
    first & 0x0F → first
three_bits: Keep four bits of opcode: with three of them a ping, 9, becomes a text, 1.
    first & 0x0F → first & 0x07
skips_empty: Return the frame without payload too: it is whole.
    frames.append( → if payload: frames.append(
skips_control: Return control frames too: a ping is a frame.
    frames.append( → if first & 0x0F < 8: frames.append(
skips_close: Return Close frames too, opcode 8: what a goodbye means is for the caller to say.
    frames.append( → if first & 0x0F != 8: frames.append(
skips_pongs: Return pongs too, opcode 10: whether one was waited for, only the caller knows.
    frames.append( → if first & 0x0F != 10: frames.append(
stops_at_close: Go on after a Close frame: yours returns what stands before it and keeps the rest.
    payload = buffer → if first & 0x0F == 8:
    |     break
    | payload = buffer
skips_fragments: Return each frame, also one with FIN 0: it is whole.
    frames.append( → if first & 0x80: frames.append(
always_fin: Read FIN, the first bit of the first byte: a fragment has 0 there.
    bool(first & 0x80) → True
key_in_payload: Step over the key, four bytes, before the payload begins.
    here += 4 if masked else 0 → pass
crash_on_one_byte: Ask whether two bytes are there: a chunk may be a single byte.
    >= start + 2 → >= start + 1
takes_all: Stop where the length says: what follows belongs to the next frame.
    if len(buffer) < here + length → if False
    buffer[here : here + length] → buffer[here:]
    start = here + length → start = len(buffer)
nothing_consumed: Give back only what comes after the last whole frame: yours is the whole buffer.
    buffer[start:] → buffer
""",
    cases=(
        case("the RFC's “Hello”", HELLO, gives=([(True, 1, b"Hello")], b"")),
        case("the RFC's “Hello”, masked", MASKED, gives=([(True, 1, b"Hello")], b"")),
        case("two fragments", bytes.fromhex("010348656c80026c6f"), gives=([(False, 1, b"Hel"), (True, 0, b"lo")], b"")),
        case("nothing at all", b"", gives=([], b"")),
        case("a single byte", b"\x81", gives=([], b"\x81")),
        case("an empty payload", b"\x81\x00", gives=([(True, 1, b"")], b"")),
        case("an empty payload, masked", b"\x89\x80" + KEY, gives=([(True, 9, b"")], b"")),
        case("a payload that is cut", HELLO[:5], gives=([], HELLO[:5])),
        case("a key that is cut", MASKED[:4], gives=([], MASKED[:4])),
        case("a frame and the beginning of one", HELLO + b"\x81", gives=([(True, 1, b"Hello")], b"\x81")),
        case("a ping after a text", HELLO + b"\x89\x00", gives=([(True, 1, b"Hello"), (True, 9, b"")], b"")),
        case("a pong", HELLO + b"\x8a\x00", gives=([(True, 1, b"Hello"), (True, 10, b"")], b"")),
        case(
            *("a Close, and something after it", b"\x88\x02\x03\xe8" + HELLO),
            gives=([(True, 8, b"\x03\xe8"), (True, 1, b"Hello")], b""),
        ),
        case("125 bytes", b"\x82\x7d" + bytes(125), gives=([(True, 2, bytes(125))], b"")),
        case("40,000 bytes, little of it here", b"\x82\x7e\x9c\x40abc", gives=([], b"\x82\x7e\x9c\x40abc")),
        case("126 bytes", b"\x82\x7e\x00\x7e" + bytes(126), gives=([(True, 2, bytes(126))], b"")),
        case("the RFC's 256 bytes", b"\x82\x7e\x01\x00" + bytes(256), gives=([(True, 2, bytes(256))], b"")),
        case("a length that is cut", b"\x82\x7e\x00", gives=([], b"\x82\x7e\x00")),
        case("65536 bytes", LONG, gives=([(True, 2, bytes(65536))], b"")),
        case(
            *("65536 bytes, masked, and a ping", b"\x02\xff" + LONG[2:10] + KEY + bytes(65536) + b"\x89\x00"),
            gives=([(False, 2, KEY * 16384), (True, 9, b"")], b""),
        ),
        case("a long length that is cut", LONG[:9], gives=([], LONG[:9])),
        case(
            "126 bytes, masked", b"\x82\xfe\x00\x7e" + KEY + mask(bytes(126), KEY), gives=([(True, 2, bytes(126))], b"")
        ),
    ),
    random=draw,
    claim=Property("any pieces of a stream give the same frames", draw_pieces, same_in_pieces),
)
