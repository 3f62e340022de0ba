"""Right solutions of lesson 07 in other styles than the reference's."""

# mypy: ignore-errors
# written as a learner would, without annotations

from fractions import Fraction


def in_steps(payload, client):
    size = payload + 2
    if payload > 125:
        size += 2
    if payload > 0xFFFF:
        size += 6
    if client:
        size += 4
    return size


def by_match(payload, client):
    match payload:
        case n if n < 126:
            extended = 0
        case n if n < 2**16:
            extended = 2
        case _:
            extended = 8
    return sum((1, 1, extended, 4 * client, payload))


def really_built(payload, client):
    length = b"" if payload <= 125 else payload.to_bytes(2 if payload < 65536 else 8, "big")
    return len(b"\x82\x00" + length + (b"key!" if client else b"")) + payload


def long_way(request, answer, every, frame, beat, beat_every, handshake, session):
    polls = session / every * (request + answer)
    silent = handshake + session / beat_every * beat
    if silent >= polls:
        return 0
    return (polls - silent) / frame / session


def by_fractions(*numbers):
    request, answer, every, frame, beat, beat_every, handshake, session = map(Fraction, numbers)
    rate = ((request + answer) / every - beat / beat_every - handshake / session) / frame
    return float(rate) if rate > 0 else 0.0


def by_search(request, answer, every, frame, beat, beat_every, handshake, session):
    def gain(rate):
        return request / every + answer / every - (beat / beat_every + handshake / session + rate * frame)

    low, high = 0.0, 1e5
    if gain(low) <= 0:
        return low
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if gain(middle) > 0 else (low, middle)
    return low


def by_late_first(both, late, gap, shared, lossy):
    if late >= 10:
        return "poll", "may be late"
    if both:
        return "WebSocket", "both speak"
    if gap >= 60:
        return "long-poll", "rare"
    return "WebSocket", "prompt"


def in_lists(both, late, gap, shared, lossy):
    table = [
        (shared and late >= 1, ["poll", "cached"]),
        (late >= 10, ["poll", "may be late"]),
        (lossy, ["WebTransport", "newest only"]),
        (both, ["WebTransport", "both speak"]),
        (gap >= 60, ["SSE", "rare"]),
        (True, ["SSE", "prompt"]),
    ]
    return next(answer for true, answer in table if true)


def one_line(both, late, gap, shared, lossy):
    return ("poll", "may be late") if late >= 10 else ("WebSocket", "both speak" if both else "prompt")


OTHERS = {
    "07.ws_bytes": (in_steps, by_match, really_built),
    "07.break_even": (long_way, by_fractions, by_search),
    "07.choose": (by_late_first, in_lists, one_line),
}
