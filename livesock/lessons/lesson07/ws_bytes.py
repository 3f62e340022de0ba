"""07.ws_bytes: what a message costs on the wire as one frame (RFC 6455, 5.2)."""

import random

from livesock.learn.exercise import Property, Solution, case
from livesock.learn.tables import exercise

__all__ = ["WS_BYTES", "ws_bytes"]


def ws_bytes(payload: int, client: bool) -> int:
    """Return the bytes of one frame with `payload` bytes of payload, sent by a client or by a server."""
    header = 2 if payload <= 125 else 4 if payload <= 65535 else 10
    return header + (4 if client else 0) + payload


def draw(rng: random.Random) -> tuple[int, bool]:
    return rng.choice([rng.randrange(126), rng.randrange(126, 65536), rng.randrange(65536, 10**7)]), rng.random() < 0.5


def four_more(solution: Solution, payload: int, _: bool) -> bool:
    return bool(solution(payload, True) - solution(payload, False) == 4)


WS_BYTES = exercise(
    "07.ws_bytes",
    ws_bytes,
    r"""
hint: Three forms of the header, and one question: who sends?
hint: RFC 6455, 5.2: two bytes up to 125, four up to 65535, ten above; four more where MASK is 1. A payload of 126 bytes
    makes 130 from a server.
hint: A neighbour, a format with one byte of length up to 254 and five above: n + (1 if n <= 254 else 5). Yours has two
    borders, and adds the key.
explanation: Nothing is compressed in it, nothing repeated: that is why frames are small. From 1000 bytes on the header
    is less than one part in a hundred, and saving headers saves nothing.

no_mask: Add four bytes for a client: its frames carry the masking key.
    (4 if client else 0) → 0
always_mask: Look at client: a server masks nothing, and sends no key.
    (4 if client else 0) → 4
mask_swapped: Exchange the two: it is the client that masks.
    (4 if client else 0) → (0 if client else 4)
always_two: Try 126 and 70 000: the header grows with the length.
    2 if payload <= 125 else 4 if payload <= 65535 else 10 → 2
never_ten: Try 70 000: two bytes of extended length hold 65535 at most.
    else 10 → else 4
six: Count the extended length again: after 127 come eight bytes.
    else 10 → else 6
twelve: Add one extended length: two bytes or eight, not both.
    else 10 → else 12
125_is_medium: Try 125: seven bits hold it, and only 126 and 127 are signs.
    <= 125 → <= 124
65535_is_long: Try 65535: two bytes hold it.
    <= 65535 → <= 65534
extended_only: Keep the first two bytes: the extended length comes after them.
    else 4 if → else 2 if
    else 10 → else 8
126_is_short: Try 126: in the seven bits it means “look further”.
    <= 125 → <= 126
127_is_short: Try 126 and 127: seven bits hold them, and both are taken as signs.
    <= 125 → <= 127
65536_is_medium: Try 65536: two bytes end one before it.
    <= 65535 → <= 65536
no_payload: Add the payload: the frame is header and payload.
    + payload →
key_in_length: Choose the header by the payload alone: the key is not part of it.
    payload <= 125 → payload + 4 * client <= 125
    payload <= 65535 → payload + 4 * client <= 65535
""",
    cases=(
        case("five bytes from a server", 5, False, gives=7),
        case("five bytes from a client", 5, True, gives=11),
        case("nothing from a server", 0, False, gives=2),
        case("nothing from a client", 0, True, gives=6),
        case("125 bytes", 125, False, gives=127),
        case("125 bytes from a client", 125, True, gives=131),
        case("122 bytes from a client", 122, True, gives=128),
        case("126 bytes", 126, False, gives=130),
        case("126 bytes from a client", 126, True, gives=134),
        case("127 bytes", 127, False, gives=131),
        case("300 bytes", 300, False, gives=304),
        case("65535 bytes", 65535, False, gives=65539),
        case("65532 bytes from a client", 65532, True, gives=65540),
        case("65536 bytes", 65536, False, gives=65546),
        case("a million bytes from a client", 10**6, True, gives=10**6 + 14),
    ),
    random=draw,
    claim=Property("a client's frame is four bytes longer than a server's", draw, four_more),
)
