"""Wrong solutions of lesson 12 as learners write them, none an edit of a reference: refused, with a hint that fits."""

# mypy: ignore-errors

from __future__ import annotations

import asyncio
import collections
import itertools

import pytest

from livesock.learn import catalogue
from livesock.learn.checking.checker import judge
from livesock.learn.show import report

WRONG = []


def wrong(which, hint):
    """Note a wrong solution of `which`, and the beginning of the first sentence that a learner reads."""

    def note(solution):
        WRONG.append(pytest.param(which, solution, hint, id=f"{which}-{solution.__name__}"))
        return solution

    return note


# call


@wrong("12.call", "Take the entry away when the time is over, too")
async def pops_only_after_the_answer(peer, name, data, timeout):
    number = next(peer.numbers)
    peer.waiting[number] = asyncio.Future()
    peer.send(number, name, data)
    answer = await asyncio.wait_for(peer.waiting[number], timeout)
    peer.waiting.pop(number)
    return answer


@wrong("12.call", "Take the entry away when the answer has come, too")
async def shields(peer, name, data, timeout):
    number = next(peer.numbers)
    future = peer.waiting[number] = asyncio.Future()
    peer.send(number, name, data)
    try:
        return await asyncio.wait_for(asyncio.shield(future), timeout)
    except TimeoutError:
        del peer.waiting[number]
        raise


@wrong("12.call", "A part of what is wrong: Let the future wake you")
async def loops_until_done(peer, name, data, timeout):
    number = next(peer.numbers)
    future = peer.waiting[number] = asyncio.Future()
    peer.send(number, name, data)
    waited = 0.0
    try:
        while not future.done() and waited < timeout:
            await asyncio.sleep(0.05)
            waited += 0.05
        if not future.done():
            raise TimeoutError
        return future.result()
    finally:
        del peer.waiting[number]


@wrong("12.call", "Raise TimeoutError")
async def waits_without_asking_the_result(peer, name, data, timeout):
    number = next(peer.numbers)
    future = peer.waiting[number] = asyncio.Future()
    try:
        peer.send(number, name, data)
        await asyncio.wait([future], timeout=timeout)
        return future.result() if future.done() else None
    finally:
        del peer.waiting[number]


@wrong("12.call", "A part of what is wrong: End the timer")
async def cancels_by_a_task(peer, name, data, timeout):
    number = next(peer.numbers)
    future = peer.waiting[number] = asyncio.Future()

    async def give_up():
        await asyncio.sleep(timeout)
        if not future.done():
            future.set_exception(TimeoutError())

    asyncio.create_task(give_up())  # noqa: RUF006 that is what is wrong
    try:
        peer.send(number, name, data)
        return await future
    finally:
        del peer.waiting[number]


# Inbox


@wrong("12.Inbox", "Let a repeat push nothing out")
class InboxOfMaxlen:
    def __init__(self, size):
        self.last = collections.deque(maxlen=size)

    def accept(self, message_id):
        is_new = message_id not in self.last
        self.last.append(message_id)
        return is_new


@wrong("12.Inbox", "Forget the oldest id beyond size")
class InboxOfSet:
    def __init__(self, size):
        self.size, self.seen = size, set()

    def accept(self, message_id):
        if message_id in self.seen:
            return False
        self.seen.add(message_id)
        return True


@wrong("12.Inbox", "Accept what is new also when the memory is full")
class InboxThatStops:
    def __init__(self, size):
        self.size, self.seen = size, []

    def accept(self, message_id):
        if message_id in self.seen or len(self.seen) >= self.size:
            return False
        self.seen.append(message_id)
        return True


@wrong("12.Inbox", "Ask whether this id has come")
class InboxOfNumbers:
    def __init__(self, size):
        self.size, self.last = size, {}

    def accept(self, message_id):
        who, _, number = message_id.partition("-")
        if int(number) <= self.last.get(who, 0):
            return False
        self.last[who] = int(number)
        return True


@wrong("12.Inbox", "Forget the id that came first")
class InboxOfSorted:
    def __init__(self, size):
        self.size, self.seen = size, set()

    def accept(self, message_id):
        if message_id in self.seen:
            return False
        self.seen.add(message_id)
        while len(self.seen) > self.size:
            self.seen.remove(min(self.seen))
        return True


@wrong("12.Inbox", "Return True or False")
class InboxThatReturnsId:
    def __init__(self, size):
        self.last = collections.deque(maxlen=size)

    def accept(self, message_id):
        if message_id not in self.last:
            self.last.append(message_id)
            return message_id
        return None


# Log


@wrong("12.Log", "Give each message a number that it keeps")
class LogOfList:
    def __init__(self, size):
        self.size, self.messages = size, []

    def append(self, message):
        self.messages = [*self.messages, message][-self.size :]
        return len(self.messages)

    def since(self, offset, limit=100):
        if offset > len(self.messages):
            raise LookupError
        return list(enumerate(self.messages, 1))[offset:][:limit]


@wrong("12.Log", "Raise LookupError for an offset that is forgotten, or that does not exist yet")
class LogWithoutErrors:
    def __init__(self, size):
        self.kept, self.numbers = collections.deque(maxlen=size), itertools.count(1)

    def append(self, message):
        self.kept.append((next(self.numbers), message))
        return self.kept[-1][0]

    def since(self, offset, limit=100):
        return [one for one in self.kept if one[0] > offset][:limit]


@wrong("12.Log", "Return an empty list to a reader that has everything; raise ")
class LogOfEmptyError:
    def __init__(self, size):
        self.kept, self.last = collections.deque(maxlen=size), 0

    def append(self, message):
        self.last += 1
        self.kept.append((self.last, message))
        return self.last

    def since(self, offset, limit=100):
        found = [one for one in self.kept if one[0] > offset][:limit]
        if not found:
            raise LookupError
        return found


@wrong("12.Log", "Allow the offset before the oldest message")
class LogByFirst:
    def __init__(self, size):
        self.kept, self.last = collections.deque(maxlen=size), 0

    def append(self, message):
        self.last += 1
        self.kept.append((self.last, message))
        return self.last

    def since(self, offset, limit=100):
        if offset not in [number for number, _ in self.kept]:
            raise LookupError
        return [one for one in self.kept if one[0] > offset][:limit]


@wrong("12.Log", "Return pairs, (offset, message)")
class LogOfDicts:
    def __init__(self, size):
        self.kept, self.last = collections.deque(maxlen=size), 0

    def append(self, message):
        self.last += 1
        self.kept.append({"offset": self.last, "message": message})
        return self.last

    def since(self, offset, limit=100):
        if offset > self.last or offset < self.last - len(self.kept):
            raise LookupError
        return [one for one in self.kept if one["offset"] > offset][:limit]


@wrong("12.Log", "Return `limit` messages at most")
class LogWithSlices:
    def __init__(self, size):
        self.kept, self.last = collections.deque(maxlen=size), 0

    def append(self, message):
        self.last += 1
        self.kept.append((self.last, message))
        return self.last

    def since(self, offset, limit=100):
        if offset > self.last or offset < self.last - len(self.kept):
            raise LookupError
        return [(number, message) for number, message in self.kept if offset < number <= limit]


# Outgoing


class Base:
    def __init__(self, wait):
        self.wait, self.queue, self.last, self.at = wait, [], 0, None

    def put(self, message):
        self.last += 1
        self.queue.append((self.last, message))
        return self.last

    def due(self, now):
        if not self.queue or (self.at is not None and now - self.at < self.wait):
            return None
        self.at = now
        return self.queue[0]

    def answered(self, number):
        if self.queue and self.queue[0][0] == number:
            self.queue.pop(0)
            self.at = None

    def reconnected(self):
        self.at = None


@wrong("12.Outgoing", "Compare the time with None")
class OutgoingWithZero(Base):
    def due(self, now):
        if not self.queue or (self.at and now - self.at < self.wait):
            return None
        self.at = now
        return self.queue[0]


@wrong("12.Outgoing", "Wait for the answer before the next message goes")
class OutgoingOfAll(Base):
    def __init__(self, wait):
        super().__init__(wait)
        self.times = {}

    def due(self, now):
        for number, message in self.queue:
            if number not in self.times or now - self.times[number] >= self.wait:
                self.times[number] = now
                return number, message
        return None

    def answered(self, number):
        self.queue = [one for one in self.queue if one[0] != number]

    def reconnected(self):
        self.times.clear()


@wrong("12.Outgoing", "Repeat the oldest message until it is answered")
class OutgoingThatPutsBehind(Base):
    def due(self, now):
        if not self.queue or (self.at is not None and now - self.at < self.wait):
            return None
        if self.at is not None:
            self.queue.append(self.queue.pop(0))
        self.at = now
        return self.queue[0]


@wrong("12.Outgoing", "Keep the numbers over a new connection")
class OutgoingThatStartsAgain(Base):
    def reconnected(self):
        self.at = None
        self.queue = [(number, message) for number, (_, message) in enumerate(self.queue, 1)]
        self.last = len(self.queue)


@wrong("12.Outgoing", "Read the error")
class OutgoingThatThrows(Base):
    def due(self, now):
        if self.at is not None and now - self.at < self.wait:
            return None
        self.at = now
        return self.queue[0]


@wrong("12.Outgoing", "Read the error")
class OutgoingOfRemembered(Base):
    def answered(self, number):
        self.queue.pop(0)
        self.at = None


@wrong("12.Outgoing", "Send it again when its answer has not come for wait seconds")
class OutgoingOnce(Base):
    def due(self, now):
        if self.queue and self.at is None:
            self.at = now
            return self.queue[0]
        return None


@pytest.mark.parametrize(("which", "solution", "hint"), WRONG)
def test_it_is_refused_with_a_hint_that_fits(which, solution, hint):
    verdict = judge(catalogue.exercise(which), solution)

    assert not verdict.is_right
    assert report.messages(verdict)[0].startswith(hint)


@pytest.mark.parametrize("which", sorted({param.values[0] for param in WRONG}))
def test_each_exercise_has_five_of_them(which):
    assert sum(param.values[0] == which for param in WRONG) >= 5
