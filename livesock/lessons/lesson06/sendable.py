"""06.sendable: which codes may stand in a Close frame (RFC 6455, 7.4, and the registry of 11.7)."""

import random

from livesock.learn.exercise import Property, Solution, case
from livesock.learn.tables import exercise

__all__ = ["SENDABLE", "sendable"]


def sendable(code: int) -> bool:
    """Return whether a Close frame may carry this code."""
    return 1000 <= code <= 1003 or 1007 <= code <= 1014 or 3000 <= code <= 4999


BORDERS = [0, 999, *range(1000, 1017), 2999, 3000, 3999, 4000, 4999, 5000, 65535]


def draw(rng: random.Random) -> tuple[int]:
    return (rng.choice([rng.randrange(1000, 1020), rng.randrange(1000, 5100), rng.randrange(65536)]),)


def draw_private(rng: random.Random) -> tuple[int, int]:
    return rng.randrange(3000, 5000), rng.randrange(1016, 3000)


def private_may(solution: Solution, private: int, unknown: int) -> bool:
    return bool(solution(private)) and not solution(unknown)


def name_of(code: int) -> str:
    names = {1005: "1005, “there was no code”", 1006: "1006, “there was no Close frame”", 1015: "1015, “TLS failed”"}
    return names.get(code, str(code))


SENDABLE = exercise(
    "06.sendable",
    sendable,
    r"""
hint: Three stretches of numbers are allowed. Which numbers lie between them, and why?
hint: RFC 6455, 7.4.1 and 7.4.2: 1000 to 1003 and 1007 to 1014 have a meaning and may travel; 1004 to 1006 and 1015 must
    not; 1016 to 2999 wait for a meaning; 3000 to 4999 are yours.
hint: A neighbour, may any program use a port? 1024 <= port <= 49151 or port in (80, 443). Python chains comparisons,
    and both ends count.
explanation: 1005, 1006 and 1015 name what did not come, so they cannot come. A library that lets you send 1006 would
    make your peer believe that the line was cut.

everything: Leave out what has no meaning yet, and what only says that nothing came: 1000 to 4999 is too much.
  * 1003 or 1007 <= code <= 1014 or 3000 <= code <= 4999 → 4999
all_of_the_first: Take four codes out of 1000 to 1015: one is reserved, three say what did not come (7.4.1).
  * 1003 or 1007 <= code <= 1014 → 1015
all_below_3000: Refuse 1016 to 2999: they are set aside and have no meaning yet (7.4.2).
    1003 or 1007 <= code <= 1014 or 3000 <= code <= 4999 → 4999 and code not in (1004, 1005, 1006, 1015)
with_1004: Refuse 1004: it is reserved, without a meaning.
    1003 → 1004
with_1005: Refuse 1005: it is a word for ourselves, for a Close frame without a code.
    <= 1003 → <= 1003 or code == 1005
with_1006: Refuse 1006: it is a word for ourselves, for a connection that ended without a Close frame.
    1007 → 1006
with_1015: Refuse 1015: it is a word for ourselves; where TLS failed there was no WebSocket.
    1014 → 1015
only_1000: Allow more codes: each one that has a meaning may travel, to say why it ends.
    1000 <= code <= 1003 or 1007 <= code <= 1014 or 3000 <= code <= 4999 → code == 1000
nothing_private: Allow 3000 to 4999: they belong to libraries and applications (7.4.2).
    or 3000 <= code <= 4999 →
only_4000: Allow 3000 to 3999 too: registered by libraries and frameworks (7.4.2).
    3000 → 4000
with_5000: Stop at 4999: it is the last code.
    4999 → 5000
no_end: Put an end to it: 4999 is the last.
    code <= 4999 → code
rfc_only: Allow 1012 to 1014 too: they were registered after the RFC was written.
    1014 → 1011
ends_left_out: Count the ends in: range(a, b) stops before b.
    <= 1003 → < 1003
    <= 1014 → < 1014
    <= 4999 → < 4999
always: Look at the code: yours sends any, and some say what did not come.
    1000 <= code <= 1003 or 1007 <= code <= 1014 or 3000 <= code <= 4999 → True
never: Look at the code: yours sends none, and then no Close frame says why.
    1000 <= code <= 1003 or 1007 <= code <= 1014 or 3000 <= code <= 4999 → False
reversed: Return True for what may be sent: yours is the reverse.
    return → return not (
    4999 → 4999)
""",
    cases=[case(name_of(code), code, gives=sendable(code)) for code in BORDERS],
    random=draw,
    times=30,
    claim=Property("3000 to 4999 may be used, 1016 to 2999 not yet", draw_private, private_may),
)
