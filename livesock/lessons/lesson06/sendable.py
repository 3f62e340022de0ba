"""06.sendable: which codes may stand in a Close frame (RFC 6455, 7.4, and the registry of 11.7)."""

from __future__ import annotations

import random
from collections.abc import Callable

from livesock.learn.exercise import Exercise, Mutant, Property, Solution, case

__all__ = ["SENDABLE", "sendable"]


def sendable(code: int) -> bool:
    """Return whether a Close frame may carry this code."""
    return 1000 <= code <= 1003 or 1007 <= code <= 1014 or 3000 <= code <= 4999


def allowed(*ranges: tuple[int, int]) -> Callable[[int], bool]:
    """Return a function that allows the codes of these ranges, both ends included."""
    return lambda code: any(first <= code <= last for first, last in ranges)


USUAL, LATE, FREE = (1000, 1003), (1007, 1014), (3000, 4999)
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


SENDABLE = Exercise(
    "06.sendable",
    sendable,
    cases=[case(name_of(code), code, gives=sendable(code)) for code in BORDERS],
    random=draw,
    times=30,
    claim=Property("3000 to 4999 may be used, 1016 to 2999 not yet", draw_private, private_may),
    mutants=(
        Mutant(
            "everything",
            allowed((1000, 4999)),
            "Leave out what has no meaning yet, and what only says that nothing came: 1000 to 4999 is too much.",
        ),
        Mutant(
            "all_of_the_first",
            allowed((1000, 1015), FREE),
            "Take four codes out of 1000 to 1015: one is reserved, three say what did not come (7.4.1).",
        ),
        Mutant(
            "all_below_3000",
            lambda code: 1000 <= code < 5000 and code not in (1004, 1005, 1006, 1015),
            "Refuse 1016 to 2999: they are set aside, and nobody has given them a meaning (7.4.2).",
        ),
        Mutant("with_1004", allowed((1000, 1004), LATE, FREE), "Refuse 1004: it is reserved, without a meaning."),
        Mutant(
            "with_1005",
            allowed(USUAL, (1005, 1005), LATE, FREE),
            "Refuse 1005: it is a word for ourselves, for a Close frame without a code.",
        ),
        Mutant(
            "with_1006",
            allowed(USUAL, (1006, 1014), FREE),
            "Refuse 1006: it is a word for ourselves, for a connection that ended without a Close frame.",
        ),
        Mutant(
            "with_1015",
            allowed(USUAL, (1007, 1015), FREE),
            "Refuse 1015: it is a word for ourselves; where TLS failed there was no WebSocket at all.",
        ),
        Mutant(
            "only_1000",
            lambda code: code == 1000,
            "Allow more codes: each one that has a meaning may travel, to say why it ends.",
        ),
        Mutant(
            "nothing_private",
            allowed(USUAL, LATE),
            "Allow 3000 to 4999: they belong to libraries and applications (7.4.2).",
        ),
        Mutant(
            "only_4000",
            allowed(USUAL, LATE, (4000, 4999)),
            "Allow 3000 to 3999 too: registered by libraries and frameworks (7.4.2).",
        ),
        Mutant("with_5000", allowed(USUAL, LATE, (3000, 5000)), "Stop at 4999: it is the last code."),
        Mutant(
            "no_end", lambda code: allowed(USUAL, LATE)(code) or code >= 3000, "Put an end to it: 4999 is the last."
        ),
        Mutant(
            "rfc_only",
            allowed(USUAL, (1007, 1011), FREE),
            "Allow 1012 to 1014 too: they were registered after the RFC was written.",
        ),
        Mutant(
            "ends_left_out",
            lambda code: code in (1000, 1001, 1002) or 1007 <= code < 1014 or 3000 <= code < 4999,
            "Count the ends in: range(a, b) stops before b.",
        ),
        Mutant("reversed", lambda code: not sendable(code), "Return True for what may be sent: yours is the reverse."),
    ),
    hints=(
        "Three stretches of numbers are allowed. Which numbers lie between them, and why?",
        "RFC 6455, 7.4.1 and 7.4.2: 1000 to 1003 and 1007 to 1014 have a meaning and may travel; 1004 to 1006 and 1015 "
        "must not; 1016 to 2999 wait for a meaning; 3000 to 4999 are yours.",
        "A neighbour, may a port be used by everybody? 1024 <= port <= 49151 or port in (80, 443). Python chains "
        "comparisons, and both ends count.",
    ),
    explanation="1005, 1006 and 1015 name what did not come, so they cannot come. A library that lets you send 1006 "
    "would make your peer believe that the line was cut.",
    distractors={
        "    return 1000 <= code <= 4999": "everything",
        "    return 1000 <= code <= 1015 or 3000 <= code <= 4999": "all_of_the_first",
    },
)
