"""12.Outgoing: one message at a time, again and again, until its answer comes."""

import random
from collections import deque
from typing import Any

from livesock.learn.checking.outcome import plain
from livesock.learn.exercise import Case, Property, Solution, case
from livesock.learn.tables import exercise
from livesock.lessons.lesson12.steps import Step, said, trial_of, typed

__all__ = ["OUTGOING", "Outgoing"]


class Outgoing:
    """Messages that wait for their answer, the oldest first."""

    def __init__(self, wait: float) -> None:
        self._wait = wait
        self._queue: deque[tuple[int, object]] = deque()
        self._number = 0
        self._sent: float | None = None  # when the first of the queue was sent

    def put(self, message: object) -> int:
        """Add `message` at the end, and return its number: 1, 2, 3 …"""
        self._number += 1
        self._queue.append((self._number, message))
        return self._number

    def due(self, now: float) -> tuple[int, object] | None:
        """Return what has to be sent now, a number and its message, or None.

        That is the oldest message: at once, and again when its answer has not come for `wait` seconds.
        """
        if not self._queue or (self._sent is not None and now - self._sent < self._wait):
            return None
        self._sent = now
        return self._queue[0]

    def answered(self, number: int) -> None:
        """Note an answer: the oldest message is done if it has this number. Any other answer changes nothing."""
        if self._queue and self._queue[0][0] == number:
            self._queue.popleft()
            self._sent = None

    def reconnected(self) -> None:
        """Note a new connection: the oldest message is due at once."""
        self._sent = None


class AllAtOnce:
    """A wrong solution."""

    def __init__(self, wait: float) -> None:
        self.wait = wait
        self.open: dict[int, object] = {}
        self.count = 0
        self.times: dict[int, float] = {}

    def put(self, message: object) -> int:
        self.count += 1
        self.open[self.count] = message
        return self.count

    def due(self, now: float) -> tuple[int, object] | None:
        for number, message in self.open.items():
            if number not in self.times or now - self.times[number] >= self.wait:
                self.times[number] = now
                return number, message
        return None

    def answered(self, number: int) -> None:
        self.open.pop(number, None)

    def reconnected(self) -> None:
        self.times.clear()


def plays(name: str, wait: float, *steps: Step, gives: list[Any]) -> Case:
    return case(name, wait, list(steps), gives=gives)


def draw(rng: random.Random) -> tuple[float, list[Step]]:
    steps: list[Step] = [("put", "a")]
    now, numbers = 0.0, 1
    for _ in range(rng.randrange(6, 24)):
        now += rng.choice([0.0, 0.5, 1.0, 2.0])
        kind = rng.choice(["put", "due", "due", "due", "answered", "answered", "reconnected"])
        if kind == "put":
            numbers += 1
            steps.append((kind, chr(96 + numbers)))
        else:
            steps.append({"due": (kind, now), "answered": (kind, rng.randrange(1, 4))}.get(kind, (kind,)))
    return float(rng.choice([1, 2])), steps


def draw_line(rng: random.Random) -> tuple[int, int]:
    return rng.randrange(1, 7), rng.randrange(10**6)


def arrive_in_order(solution: Solution, count: int, seed: int) -> bool:
    """Whether a line that loses half of all questions and answers still brings each message, in order."""
    rng, out = random.Random(seed), solution(1.0)
    numbers = [out.put(f"m{n}") for n in range(count)]
    came: list[Any] = []
    for tick in range(400):
        item = plain(out.due(tick / 2))
        if item is not None and rng.random() < 0.5:
            came += [] if item in came else [item]
            if rng.random() < 0.5:
                out.answered(item[0])
    return came == [(number, f"m{n}") for n, number in enumerate(numbers)]


PUT_A, PUT_B = ("put", "a"), ("put", "b")
A, B = (1, "a"), (2, "b")


def due(now: float) -> Step:
    return ("due", now)


def answer(number: int) -> Step:
    return ("answered", number)


BACK: Step = ("reconnected",)

OUTGOING = exercise(
    "12.Outgoing",
    Outgoing,
    r"""
hint: Only the oldest message is ever on its way. So there is one time to remember: when was it sent?
hint: Keep a deque of (number, message) and one time, None for "not sent". due: nothing there, or sent less than wait
    seconds ago → None; otherwise note now, and return the first. What sets the time back to None?
hint: A neighbour, a bell that rings again each wait seconds until it is pushed: if self.rang is not None and now -
    self.rang < self.wait: return False; self.rang = now; return True.
explanation: At least once, in order: the price is that a message whose answer was lost comes twice, with the same
    number, and that a slow answer holds up all that follow. The official client's option `retries` works like this.

new_number: Send the same number again: with a new one the receiver cannot know that it is the same message.
    return self._queue[0] → if self._sent is not None:
    |     self._number += 1
    |     self._queue[0] = (self._number, self._queue[0][1])
    | self._sent = now
    | return self._queue[0]
    self._sent = now →
all_at_once: Wait for the answer before the next message goes: with two on their way, 2 may arrive before 1.
zero: Compare the time with None: 0 is a time, too, and Python takes it for "not sent".
    self._sent is not None → self._sent
renumbers: Keep the numbers over a new connection: with other ones the receiver cannot tell a repeat.
    def reconnected(self) -> None: → def reconnected(self) -> None:
    |     self._queue = deque((n, one[1]) for n, one in enumerate(self._queue, 1))
    |     self._number = len(self._queue)
next_please: Repeat the oldest message until it is answered: yours goes on to the next one, and 2 comes before 1.
    self._sent = now → if self._sent is not None:
    |     self._queue.rotate(-1)
    | self._sent = now
gives_up: Keep the message until its answer comes: yours drops it after the first silence.
    self._sent = now → if self._sent is not None:
    |     self._queue.popleft()
    |     if not self._queue:
    |         return None
    | self._sent = now
fire_and_forget: Keep the message until its answer comes: yours forgets it when it is sent.
  * return self._queue[0] → return self._queue.popleft()
only_once: Send it again when its answer has not come for wait seconds: yours waits for ever.
    and now - self._sent < self._wait →
impatient: Wait before you send it again: yours repeats it at each call.
  * or (self._sent is not None and now - self._sent < self._wait) →
too_late: Send it again after wait seconds, not after more: at exactly wait it is due.
    < self._wait → <= self._wait
from_first: Count from the last time that it was sent: yours counts from the first, and then repeats it without pause.
    self._sent = now → self._sent = now if self._sent is None else self._sent
any_answer: Compare the number: a late answer to a message that is done must not take the next one along.
  * if self._queue and self._queue[0][0] == number: → if self._queue:
anywhere: Let only the oldest message be done: yours takes out one that was not sent yet.
    if self._queue and self._queue[0][0] == number: → if any(one[0] == number for one in self._queue):
    self._queue.popleft() → self._queue = deque(one for one in self._queue if one[0] != number)
up_to: Compare for equality: an answer with a greater number is not an answer to this message.
    self._queue[0][0] == number → self._queue[0][0] <= number
keeps_time: Forget the time when an answer comes: the next message has not been sent, and is due at once.
    self._queue.popleft() → self._queue.popleft(); return
answer_resets: Leave the time alone when another answer comes: yours repeats the oldest too early.
    if self._queue and self._queue[0][0] == number: → self._sent = None
    | if self._queue and self._queue[0][0] == number:
reconnect_waits: Send at once on a new connection: what was on its way went down with the old one.
    def reconnected(self) -> None: → def reconnected(self) -> None:
    |     return
reconnect_empties: Keep the queue over a new connection: that is what it is for.
    def reconnected(self) -> None: → def reconnected(self) -> None:
    |     self._queue.clear()
put_restarts: Leave the time alone when a message is added: yours repeats the oldest each time.
    self._queue.append((self._number, message)) → self._queue.append((self._number, message)); self._sent = None
from_zero: Begin with 1, and count on.
    self._number += 1 →
    return self._number → self._number += 1; return self._number - 1
reused: Count on, also when the queue was empty: a number that comes back is taken for a repeat.
    self._number += 1 → self._number = self._queue[-1][0] + 1 if self._queue else 1
newest_first: Send the oldest message first: yours sends the newest.
    self._queue.append((self._number, message)) → self._queue.appendleft((self._number, message))
only_message: Return the number with the message: without it the receiver cannot tell a repeat.
    return self._queue[0] → return self._queue[0][1]
no_number: Return the number of the message from put: yours returns None.
    return self._number → return None
shared: Make the queue in __init__: what stands in the class belongs to all objects together.
    def __init__ → everything: deque[tuple[int, object]] = deque()
    |
    | def __init__
    self._queue: deque[tuple[int, object]] = deque() → self._queue = self.everything
""",
    statement="Write the class Outgoing: a queue that repeats its oldest message until the answer comes.",
    cases=(
        plays("nothing to send", 2.0, due(0), gives=[None]),
        plays("the first message", 2.0, PUT_A, due(0), gives=[1, A]),
        plays("it is on its way", 2.0, PUT_A, due(0), due(1), gives=[1, A, None]),
        plays("its answer does not come", 2.0, PUT_A, due(0), due(2), gives=[1, A, A]),
        plays("again, and again", 2.0, PUT_A, due(0), due(3), due(4), due(5), gives=[1, A, A, None, A]),
        plays("its answer comes", 2.0, PUT_A, due(0), answer(1), due(9), gives=[1, A, None, None]),
        plays("two, one after the other", 2.0, PUT_A, PUT_B, due(0), answer(1), due(0), gives=[1, 2, A, None, B]),
        plays("the second has to wait", 2.0, PUT_A, PUT_B, due(0), due(1), due(2), gives=[1, 2, A, None, A]),
        plays("one more is added meanwhile", 2.0, PUT_A, due(0), PUT_B, due(1), gives=[1, A, 2, None]),
        plays(
            *("the answer comes twice", 2.0, PUT_A, PUT_B, due(0), answer(1), due(0), answer(1), due(9)),
            gives=[1, 2, A, None, B, None, B],
        ),
        plays(
            "an answer to another",
            2.0,
            PUT_A,
            PUT_B,
            due(0),
            answer(2),
            due(1),
            due(2),
            gives=[1, 2, A, *[None] * 2, A],
        ),
        plays(
            "the next one is not done yet",
            2.0,
            PUT_A,
            PUT_B,
            due(0),
            answer(2),
            answer(1),
            due(1),
            gives=[1, 2, A, None, None, B],
        ),
        plays("a new connection", 2.0, PUT_A, due(0), BACK, due(0.5), due(1), gives=[1, A, None, A, None]),
        plays("a new connection, two messages", 2.0, PUT_A, PUT_B, due(0), BACK, due(1), gives=[1, 2, A, None, A]),
        plays("a new connection, nothing to send", 2.0, BACK, due(0), gives=[None, None]),
        plays("numbers go on", 2.0, PUT_A, due(0), answer(1), PUT_B, due(1), gives=[1, A, None, 2, B]),
        plays("an answer before anything was put", 2.0, answer(1), PUT_A, due(0), gives=[None, 1, A]),
        plays("at the time 0", 0.5, PUT_A, due(0), due(0.25), due(0.5), gives=[1, A, None, A]),
    ),
    random=draw,
    times=24,
    claim=Property("a line that loses half of everything brings each message, in order", draw_line, arrive_in_order),
    trial=trial_of(lambda first, second, text: bool(first.put(text)) and second.due(0.0) is not None),
    calls=typed("outgoing"),
    shows=said,
    written={"deque": deque, "all_at_once": AllAtOnce},
)
