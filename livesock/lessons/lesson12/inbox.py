"""12.Inbox: each message once, from a memory with a bound."""

import random
from collections import deque
from typing import Any

from livesock.learn.exercise import Case, Property, Solution, case
from livesock.learn.tables import exercise
from livesock.lessons.lesson12.steps import MANY, Step, said, trial_of, typed

__all__ = ["INBOX", "Inbox"]


class Inbox:
    """Which messages have come already."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._seen: dict[str, None] = {}  # a dict keeps the order in which its keys came

    def accept(self, message_id: str) -> bool:
        """Return whether a message with this id is new; remember the last `size` new ids, and no others."""
        if message_id in self._seen:
            return False
        self._seen[message_id] = None
        if len(self._seen) > self._size:
            del self._seen[next(iter(self._seen))]
        return True


def comes(name: str, size: int, ids: str, answers: str) -> Case:
    """Return a case: ids that come one after the other, and + or - for each: new or not."""
    return case(name, size, [("accept", one) for one in ids.split()], gives=[mark == "+" for mark in answers.split()])


def draw(rng: random.Random) -> tuple[int, list[Step]]:
    size, ids = rng.randrange(1, 6), [f"{who}-{n}" for who in ("ann", "ben") for n in range(1, 6)]
    return size, [("accept", rng.choice(ids)) for _ in range(rng.randrange(4, 24))]


def draw_many(rng: random.Random) -> tuple[int, int]:
    return rng.randrange(1, 40), rng.randrange(100, 200)


def has_a_bound(solution: Solution, size: int, many: int) -> bool:
    """Whether after many ids the last `size` are known, and the one before is new again."""
    inbox: Any = solution(size)
    ids = [f"m-{n}" for n in range(1, many + 1)]
    news = [inbox.accept(one) for one in ids]
    known = [inbox.accept(one) for one in ids[-size:]]
    return all(news) and not any(known) and bool(inbox.accept(ids[-size - 1]))


INBOX = exercise(
    "12.Inbox",
    Inbox,
    r"""
hint: Two things are asked of the memory: is this id in it, and which one has been in it longest?
hint: A dict knows both: its keys keep the order in which they came, and next(iter(d)) is the oldest. An id that is
    known changes nothing: return before anything is written.
hint: A neighbour, the last three words of a talk: last = {}; last[word] = None; if len(last) > 3: del
    last[next(iter(last))].
explanation: A window is a promise about time: a repeat that comes more than size messages later is taken for new.
    With a queue that sends one message at a time, a window of one for each sender would do; with ten on the way, ten.

endless: Forget the oldest id beyond size: a memory without a bound grows for as long as the server lives.
  * if len(self._seen) > self._size: → if False:
looks_back: Take the oldest id out: to look at the newest alone forgets nothing, and the list grows for ever.
    self._seen: dict[str, None] = {}  # a dict keeps the order in which its keys came → self._seen: list[str] = []
    if message_id in self._seen: → if message_id in self._seen[-self._size :]:
    self._seen[message_id] = None → self._seen.append(message_id)
    if len(self._seen) > self._size: → if False:
one_less: Remember size ids: yours forgets one too early, and its repeat counts twice.
    len(self._seen) > self._size → len(self._seen) >= self._size
one_more: Remember size ids, not one more.
    len(self._seen) > self._size → len(self._seen) > self._size + 1
empties: Forget one id at a time, the oldest: yours forgets all at once, the newest with them.
    del self._seen[next(iter(self._seen))] → self._seen = {message_id: None}
clears: Forget one id at a time, the oldest: yours also forgets the one that has come now.
    del self._seen[next(iter(self._seen))] → self._seen.clear()
forgets_newest: Forget the oldest id, not the newest: repeats come soon, or never.
    del self._seen[next(iter(self._seen))] → self._seen.popitem()
forgets_second: Forget the oldest id: yours keeps the very first for ever, and forgets the one before the newest.
    del self._seen[next(iter(self._seen))] → del self._seen[list(self._seen)[-2 if self._size > 1 else 0]]
refreshes: Leave the memory as it is when a repeat comes: yours makes it the newest again, and another one goes early.
    return False → self._seen[message_id] = self._seen.pop(message_id); return False
repeat_pushes: Let a repeat push nothing out: the window counts new ids, and yours notes repeats, too.
    self._seen: dict[str, None] = {}  # a dict keeps the order in which its keys came → self._seen = deque(maxlen=size)
    return False → self._seen.append(message_id); return False
    self._seen[message_id] = None → self._seen.append(message_id)
    if len(self._seen) > self._size: → if False:
stops_when_full: Accept what is new also when the memory is full: then the oldest id goes.
    if message_id in self._seen: → if message_id in self._seen or len(self._seen) >= self._size:
forgets_smallest: Forget the id that came first: the smallest may be the newest.
    del self._seen[next(iter(self._seen))] → del self._seen[min(self._seen)]
returns_id: Return True or False: yours returns the id, or None.
    return True → return message_id
    return False → return None
highest_of_sender: Ask whether this id has come: of one sender, too, a smaller number may come late, and is new.
    if message_id in self._seen: → who, _, number = message_id.rpartition("-")
    | if int(number or 0) <= self._seen.get(who, 0):
    self._seen[message_id] = None → self._seen[who] = int(number or 0)
    if len(self._seen) > self._size: → if False:
second_chance: Know an id after it was refused, too: the third copy is no newer than the second.
    return False → del self._seen[message_id]; return False
reverse: Return True for a new message: yours says the reverse.
  * return False → return True
    return True → return False
only_last: Look through all that you remember: yours compares with the newest id alone.
    message_id in self._seen → message_id in list(self._seen)[-1:]
highest: Ask whether the id has come, not whether it is greater: ben-1 is new, also after ann-2.
    message_id in self._seen → self._seen and message_id <= max(self._seen)
sender_lost: Compare whole ids: ann-1 and ben-1 are two messages.
    if message_id in self._seen: → message_id = message_id.rpartition("-")[2]
    | if message_id in self._seen:
any_case: Compare ids letter by letter: a and A are two letters of an id.
    if message_id in self._seen: → message_id = message_id.lower()
    | if message_id in self._seen:
beginning: Compare whole ids: two long ones may begin alike.
    if message_id in self._seen: → message_id = message_id[:6]
    | if message_id in self._seen:
a_part: Compare whole ids: yours takes an id for known that is a part of another.
    message_id in self._seen → any(message_id in one for one in self._seen)
never_remembers: Write down what you accept: yours takes every message for new.
    self._seen[message_id] = None → pass
says_nothing: Return True for a new message: yours returns None.
    return True → return None
shared: Make the memory in __init__: what stands in the class belongs to all inboxes together.
    def __init__ → everything: dict[str, None] = {}
    |
    | def __init__
    self._seen: dict[str, None] = {}  # a dict keeps the order in which its keys came → self._seen = self.everything
""",
    statement="Write the class Inbox: it accepts each message once, and remembers the last `size` new ids.",
    cases=(
        comes("one message", 3, "ann-1", "+"),
        comes("it comes twice", 3, "ann-1 ann-1", "+ -"),
        comes("three times", 3, "ann-1 ann-1 ann-1", "+ - -"),
        comes("two messages", 3, "ann-1 ann-2 ann-1 ann-2", "+ + - -"),
        comes("the same number of two senders", 3, "ann-1 ben-1 ann-1 ben-1", "+ + - -"),
        comes("a smaller id comes later", 3, "ben-2 ann-3 ben-1", "+ + +"),
        comes("a smaller number of one sender comes later", 3, "ann-2 ann-1 ann-2", "+ + -"),
        comes("small and large letters", 3, "ann-x ann-X ann-x", "+ + -"),
        comes("long ids that begin alike", 3, "message-0001 message-0002 message-0001", "+ + -"),
        comes("a part of another id", 3, "ann-12 ann-1 ann-12", "+ + -"),
        comes("as many as it may remember", 3, "a-1 a-2 a-3 a-1 a-2 a-3", "+ + + - - -"),
        comes("one more than it may remember", 3, "a-1 a-2 a-3 a-4 a-1", "+ + + + +"),
        comes("the others are still known", 3, "a-1 a-2 a-3 a-4 a-2 a-3 a-4", "+ + + + - - -"),
        comes("a repeat does not make it newer", 3, "a-1 a-2 a-3 a-1 a-4 a-1", "+ + + - + +"),
        comes("a repeat pushes nothing out", 2, "a-1 a-2 a-2 a-2 a-1", "+ + - - -"),
        case("a thousand ids", 3, [(MANY, "accept", 1000)], gives=[0]),
        comes("a window of one", 1, "a-1 a-1 a-2 a-2 a-1", "+ - + - +"),
    ),
    random=draw,
    times=24,
    claim=Property("the last `size` ids are known, and older ones forgotten", draw_many, has_a_bound),
    trial=trial_of(lambda first, second, text: first.accept(text) and not second.accept(text)),
    calls=typed("inbox"),
    shows=said,
    written={"deque": deque},
)
