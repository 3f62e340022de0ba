"""Right solutions of lesson 04 in other styles than the references'."""

# mypy: ignore-errors
# written as a learner would, without annotations

import itertools
import struct


def mask_loop(payload, key):
    masked = bytearray(payload)
    for i in range(len(masked)):
        masked[i] ^= key[i & 3]
    return masked


def mask_cycle(payload, key):
    return bytes(a ^ b for a, b in zip(payload, itertools.cycle(key)))


def mask_integers(payload, key):
    size = len(payload)
    stream = (key * (size // 4 + 1))[:size]
    return (int.from_bytes(payload, "big") ^ int.from_bytes(stream, "big")).to_bytes(size, "big")


def mask_view(payload, key):
    return memoryview(bytes(map(lambda pair: pair[1] ^ key[pair[0] % len(key)], enumerate(payload))))


def encode_struct(opcode, payload, fin=True, mask_key=None):
    mask_bit = 128 if mask_key else 0
    n = len(payload)
    if n < 126:
        head = struct.pack("!BB", fin << 7 | opcode, mask_bit + n)
    elif n < 1 << 16:
        head = struct.pack("!BBH", fin << 7 | opcode, mask_bit + 126, n)
    else:
        head = struct.pack("!BBQ", fin << 7 | opcode, mask_bit + 127, n)
    return head + (mask_key + mask_integers(payload, mask_key) if mask_key else payload)


def encode_buffer(opcode, payload, fin=True, mask_key=None):
    frame = bytearray()
    frame.append(opcode + 128 if fin else opcode)
    if len(payload) > 65535:
        frame.append(127)
        frame += len(payload).to_bytes(8, "big")
    elif len(payload) > 125:
        frame += bytes([126, len(payload) >> 8, len(payload) & 255])
    else:
        frame.append(len(payload))
    if mask_key is None:
        return frame + payload
    frame[1] |= 0b1000_0000
    return frame + mask_key + mask_loop(payload, mask_key)


def encode_parts(opcode, payload, fin=True, mask_key=None):
    def parts():
        yield bytes([opcode | (fin and 0x80)])
        size = len(payload)
        marks = [
            (125, size, b""),
            (65535, 126, struct.pack(">H", size & 0xFFFF)),
            (1 << 63, 127, struct.pack(">Q", size)),
        ]
        _, short, long = next(mark for mark in marks if size <= mark[0])
        yield bytes([short | (0x80 if mask_key is not None else 0)])
        yield long
        yield mask_key or b""
        yield mask_cycle(payload, mask_key) if mask_key is not None else payload

    return b"".join(parts())


class Incomplete(Exception):
    pass


def parse_pieces(buffer):
    def take(n):
        nonlocal at
        if at + n > len(buffer):
            raise Incomplete
        at += n
        return buffer[at - n : at]

    frames, done, at = [], 0, 0
    try:
        while True:
            first, second = take(2)
            size = second & 127
            if size == 126:
                (size,) = struct.unpack("!H", take(2))
            elif size == 127:
                (size,) = struct.unpack("!Q", take(8))
            key = take(4) if second > 127 else bytes(4)
            frames.append((first >> 7, first & 15, mask_integers(take(size), key)))
            done = at
    except Incomplete:
        return frames, buffer[done:]


def parse_view(buffer):
    view, frames = memoryview(buffer), []
    while len(view) >= 2:
        head = 2 + {126: 2, 127: 8}.get(view[1] % 128, 0)
        size = int.from_bytes(view[2:head], "big") if head > 2 else view[1] % 128
        masked = view[1] >= 128
        end = head + 4 * masked + size
        if len(view) < max(head, end):
            break
        payload = view[end - size : end]
        if masked:
            payload = mask_loop(payload, view[head : head + 4])
        frames.append([view[0] >= 128, view[0] % 16, payload])
        view = view[end:]
    return frames, view


def parse_generator(buffer):
    rest = bytearray(buffer)

    def frames():
        while len(rest) > 1:
            length, skip = rest[1] & 0x7F, 2
            for mark, width in ((126, 2), (127, 8)):
                if rest[1] & 0x7F == mark:
                    if len(rest) < 2 + width:
                        return
                    length, skip = int(rest[2 : 2 + width].hex(), 16), 2 + width
            key = b"\0\0\0\0"
            if rest[1] & 0x80:
                key, skip = bytes(rest[skip : skip + 4]), skip + 4
            if len(rest) < skip + length:
                return
            yield bool(rest[0] & 0x80), rest[0] & 0xF, mask_loop(rest[skip : skip + length], key)
            del rest[: skip + length]

    return list(frames()), rest


OTHERS = {
    "04.mask": (mask_loop, mask_cycle, mask_integers, mask_view),
    "04.encode_frame": (encode_struct, encode_buffer, encode_parts),
    "04.parse_frames": (parse_pieces, parse_view, parse_generator),
}
