"""12.Log: messages with offsets, so that a reader that was away asks for what it missed."""

import random
from collections import deque
from typing import Any

from livesock.learn.exercise import Case, Property, Solution, case
from livesock.learn.tables import exercise
from livesock.lessons.lesson12.steps import MANY, Step, said, trial_of, typed

__all__ = ["LOG", "Log"]


class Log:
    """The newest messages, each with its offset."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._kept: deque[tuple[int, object]] = deque()
        self._newest = 0

    def append(self, message: object) -> int:
        """Keep `message`, forget the oldest one beyond `size`, and return the offset of `message`: 1, 2, 3 …"""
        self._newest += 1
        self._kept.append((self._newest, message))
        if len(self._kept) > self._size:
            self._kept.popleft()
        return self._newest

    def since(self, offset: int, limit: int = 100) -> list[tuple[int, object]]:
        """Return the first `limit` of the messages after `offset`, each one with its offset.

        LookupError if one after `offset` is forgotten, or `offset` does not exist yet.
        """
        if offset < self._newest - len(self._kept) or offset > self._newest:
            raise LookupError(f"offset {offset} is not in this log")
        return [entry for entry in self._kept if entry[0] > offset][:limit]


def appended(name: str, size: int, count: int, *asked: Step, gives: list[Any]) -> Case:
    """Return a case: `count` messages are appended, then the log is asked."""
    texts = [f"m{n}" for n in range(1, count + 1)]
    steps: list[Step] = [*(("append", text) for text in texts), *asked]
    return case(name, size, steps, gives=[*range(1, count + 1), *gives])


def draw(rng: random.Random) -> tuple[int, list[Step]]:
    steps: list[Step] = [("append", "first")]
    for n in range(rng.randrange(3, 14)):
        steps.append(("append", f"m{n}"))
        if rng.random() < 0.5:
            steps.append(("since", rng.randrange(n + 5), rng.randrange(1, 6)))
    return rng.randrange(1, 7), steps


def draw_reader(rng: random.Random) -> tuple[int, list[int]]:
    return rng.randrange(1, 5), [rng.randrange(1, 5) for _ in range(rng.randrange(3, 9))]


def reads_all(solution: Solution, limit: int, portions: list[int]) -> bool:
    """Whether a reader that asks after each portion, with a limit, reads every message once and in order."""
    log: Any = solution(100)
    offset = 0
    read: list[object] = []
    written: list[object] = []
    for portion in portions:
        for _ in range(portion):
            written.append(f"m{len(written)}")
            log.append(written[-1])
        while came := log.since(offset, limit)[:limit]:
            read += [message for _, message in came]
            offset = came[-1][0]
            if len(read) > len(written):
                return False
    return read == written


def shares(first: Any, second: Any, text: str) -> bool:
    first.append(text)
    second.append("another")
    return text in repr(second.since(0))


SINCE, GONE = "since", "LookupError"

LOG = exercise(
    "12.Log",
    Log,
    r"""
hint: An offset is a name that is given once and never changes. What happens to a place in a list when the oldest
    message goes?
hint: Keep pairs, (offset, message), and the newest offset apart: a deque with popleft for the oldest. Two things make
    since raise: an offset above the newest, and one below the offset before the oldest that is kept.
hint: A neighbour, numbered tickets: self.number += 1; self.tickets.append((self.number, name)); later [t for t in
    self.tickets if t[0] > seen][:3].
explanation: The reader keeps one number, and the log needs to know no reader. Save the offset after the message was
    worked on: saved before, a crash in between loses it; saved after, a crash repeats it, and the inbox drops that.

index: Give each message a number of its own: a place in the list changes as soon as the oldest one goes.
    self._newest += 1 → self._newest = len(self._kept) + 1
places: Give each message a number that it keeps: a place in the list changes as soon as the oldest one goes.
    return self._newest → return len(self._kept)
    offset < self._newest - len(self._kept) or offset > self._newest → offset > len(self._kept)
    [entry for entry in self._kept if entry[0] > offset][:limit] →
    | list(enumerate([message for _, message in self._kept], 1))[offset:][:limit]
counts_kept: Count on when the oldest one goes: yours gives the same offset again and again.
    return self._newest → return len(self._kept)
from_zero: Begin with 1: since(0) then means everything.
    self._newest += 1 →
    return self._newest → self._newest += 1; return self._newest - 1
again: Return what comes after the offset: yours repeats the message that the reader has.
  * entry[0] > offset → entry[0] >= offset
gap: Return what comes after the offset: after 5 comes 6, and yours leaves it out.
  * entry[0] > offset → entry[0] > offset + 1
no_limit: Return `limit` messages at most: a reader that was away for a week would get all at once.
    [entry for entry in self._kept if entry[0] > offset][:limit] → [entry for entry in self._kept if entry[0] > offset]
newest_first: Begin with the oldest that is missing: a limit that keeps the newest leaves a hole.
    [:limit] → [-limit:]
reversed: Return the oldest first: the reader works on them in this order.
    [entry for entry in self._kept if entry[0] > offset] → [e for e in reversed(self._kept) if e[0] > offset]
silent_gap: Raise LookupError when a message after the offset is forgotten: a hole that is not named is a loss.
  * offset < self._newest - len(self._kept) or →
silent_future: Raise LookupError for an offset that was not given yet: the log has begun anew, and the reader must know.
    or offset > self._newest →
silent_both: Raise LookupError for an offset that is forgotten, or that does not exist yet: yours never does.
    offset < self._newest - len(self._kept) or offset > self._newest → False
empty_error: Return an empty list to a reader that has everything; raise when something after its offset is forgotten.
    offset < self._newest - len(self._kept) or offset > self._newest →
    | not [one for one in self._kept if one[0] > offset]
dicts: Return pairs, (offset, message): yours returns dicts.
    [entry for entry in self._kept if entry[0] > offset] →
    | [{"offset": number, "message": one} for number, one in self._kept if number > offset]
small_default: Let limit be 100 when it is left out, as the signature says.
    limit: int = 100 → limit: int = 10
no_default: Return 100 messages at most when limit is left out: yours returns all.
    limit: int = 100 → limit: int = 10**9
limit_as_offset: Return `limit` messages at most: yours takes the limit for an offset.
    if entry[0] > offset][:limit] → if offset < entry[0] <= limit]
too_strict: Allow the offset before the oldest message: all that follows it is kept.
    offset < self._newest - len(self._kept) → offset < self._newest - len(self._kept) + 1
too_lax: Raise LookupError as soon as one message is missing: yours lets one go.
    offset < self._newest - len(self._kept) → offset < self._newest - len(self._kept) - 1
up_to_date_fails: Return an empty list to a reader that has everything: that is no error.
    offset > self._newest → offset >= self._newest
zero_means_all: Raise LookupError for since(0), too, when the first message is forgotten: the reader has missed it.
    offset < self._newest → offset and offset < self._newest
keeps_all: Forget the oldest beyond size: a log without a bound fills the memory.
    if len(self._kept) > self._size: → if False:
hides: Take the oldest message out: a log that only refuses to show it still fills the memory.
    if len(self._kept) > self._size: → if False:
    offset < self._newest - len(self._kept) → offset < self._newest - self._size
keeps_less: Keep size messages: yours keeps one less.
    len(self._kept) > self._size → len(self._kept) >= self._size
forgets_newest: Forget the oldest message, not the newest.
    self._kept.popleft() → self._kept.pop()
empties: Forget one message, the oldest: yours empties the log when it is full.
    self._kept.popleft() → self._kept.clear()
no_offsets: Return each message with its offset: the reader has to know how far it has come.
    [entry for entry in → [entry[1] for entry in
value_error: Raise LookupError, so that a caller can tell this from other mistakes.
    raise LookupError(f"offset {offset} is not in this log") → raise ValueError(offset)
no_number: Return the offset of the message: yours returns None.
    return self._newest → return None
shared: Make the list in __init__: what stands in the class belongs to all logs together.
    def __init__ → everything: deque[tuple[int, object]] = deque()
    |
    | def __init__
    self._kept: deque[tuple[int, object]] = deque() → self._kept = self.everything
""",
    statement="Write the class Log: it gives each message an offset, and says what came after one.",
    cases=(
        appended("nothing yet", 3, 0, (SINCE, 0), gives=[[]]),
        appended("the first offset", 3, 1, gives=[]),
        appended("all from the beginning", 3, 2, (SINCE, 0), gives=[[(1, "m1"), (2, "m2")]]),
        appended("after the first", 3, 3, (SINCE, 1), gives=[[(2, "m2"), (3, "m3")]]),
        appended("nothing is missing", 3, 3, (SINCE, 3), gives=[[]]),
        appended("a limit", 9, 5, (SINCE, 1, 2), gives=[[(2, "m2"), (3, "m3")]]),
        appended("the limit left out", 200, 101, (SINCE, 0), gives=[[(n, f"m{n}") for n in range(1, 101)]]),
        appended("as many as it keeps", 3, 3, (SINCE, 0), gives=[[(1, "m1"), (2, "m2"), (3, "m3")]]),
        appended("offsets go on when the oldest goes", 2, 5, gives=[]),
        appended("after the oldest has gone", 2, 5, (SINCE, 4), gives=[[(5, "m5")]]),
        appended("just before the oldest that is kept", 2, 5, (SINCE, 3), gives=[[(4, "m4"), (5, "m5")]]),
        appended("one is forgotten", 2, 5, (SINCE, 2), gives=[GONE]),
        appended("everything, but the first is forgotten", 2, 5, (SINCE, 0), gives=[GONE]),
        appended("an offset that does not exist yet", 3, 2, (SINCE, 3), gives=[GONE]),
        appended("an offset in a log that has begun anew", 3, 0, (SINCE, 41), gives=[GONE]),
        appended("asked twice", 3, 2, (SINCE, 0), (SINCE, 0), gives=[[(1, "m1"), (2, "m2")]] * 2),
        case("a thousand messages", 3, [(MANY, "append", 1000)], gives=[0]),
        appended("one message is kept", 1, 3, (SINCE, 2), (SINCE, 1), gives=[[(3, "m3")], GONE]),
    ),
    random=draw,
    times=24,
    claim=Property("a reader that asks with a limit gets each message once, in order", draw_reader, reads_all),
    trial=trial_of(shares, LookupError),
    calls=typed("log"),
    shows=said,
    written={"deque": deque},
)
