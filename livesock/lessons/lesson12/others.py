"""Right solutions of lesson 12 in other styles than the references'."""

# mypy: ignore-errors
# written as a learner would, without annotations

import asyncio
from collections import OrderedDict, deque
from itertools import count


async def call_with_timeout(peer, name, data, timeout):
    """asyncio.timeout, and pop."""
    mine = next(peer.numbers)
    future = peer.waiting[mine] = asyncio.Future()
    try:
        async with asyncio.timeout(timeout):
            peer.send(mine, name, data)
            return await future
    finally:
        peer.waiting.pop(mine, None)


async def call_with_wait(peer, name, data, timeout):
    """asyncio.wait, which does not raise by itself."""
    number, future = next(peer.numbers), asyncio.get_running_loop().create_future()
    peer.waiting[number] = future
    try:
        peer.send(number, name, data)
        done, _ = await asyncio.wait([future], timeout=timeout)
        if not done:
            raise TimeoutError(name)
        return future.result()
    finally:
        peer.waiting.pop(number)


async def call_with_timer(peer, name, data, timeout):
    """A timer that ends the future."""
    loop = asyncio.get_running_loop()
    number, future = next(peer.numbers), loop.create_future()
    timer = loop.call_later(timeout, lambda: future.done() or future.set_exception(TimeoutError()))
    peer.waiting[number] = future
    try:
        peer.send(number, name, data)
        answer = await future
    finally:
        timer.cancel()
        del peer.waiting[number]
    return answer


class InboxOfDeque:
    """A deque with maxlen, looked through."""

    def __init__(self, size):
        self.last = deque(maxlen=size)

    def accept(self, message_id):
        is_new = message_id not in self.last
        if is_new:
            self.last.append(message_id)
        return is_new


class InboxOrdered:
    """An OrderedDict."""

    def __init__(self, size):
        self.size, self.seen = size, OrderedDict()

    def accept(self, message_id):
        before = len(self.seen)
        self.seen.setdefault(message_id, True)
        if len(self.seen) > self.size:
            self.seen.popitem(last=False)
            return True
        return len(self.seen) > before


class InboxOfTwo:
    """A set and a list."""

    def __init__(self, size):
        self.size, self.order, self.known = size, [], set()

    def accept(self, message_id):
        if message_id in self.known:
            return False
        if len(self.order) == self.size:
            self.known.remove(self.order.pop(0))
        self.order.append(message_id)
        self.known.add(message_id)
        return True


class LogOfDict:
    """A dict from offset to message."""

    def __init__(self, size):
        self.size, self.at, self.last = size, {}, 0

    def append(self, message):
        self.last += 1
        self.at[self.last] = message
        self.at.pop(self.last - self.size, None)
        return self.last

    def since(self, offset, limit=100):
        wanted = range(offset + 1, self.last + 1)
        if offset > self.last or any(n not in self.at for n in wanted):
            raise KeyError(offset)
        return [(n, self.at[n]) for n in wanted[:limit]]


class LogOfList:
    """A list, and how many have gone."""

    def __init__(self, size):
        self.size, self.messages, self.gone = size, [], 0

    def append(self, message):
        self.messages.append(message)
        if len(self.messages) > self.size:
            del self.messages[0]
            self.gone += 1
        return self.gone + len(self.messages)

    def since(self, offset, limit=100):
        begin = offset - self.gone
        if not 0 <= begin <= len(self.messages):
            raise LookupError("gone, or not there yet")
        return list(enumerate(self.messages[begin : begin + limit], offset + 1))


class LogOfSlots:
    """A ring of `size` places."""

    def __init__(self, size):
        self.ring, self.last = [None] * size, 0

    def append(self, message):
        self.ring[self.last % len(self.ring)] = message
        self.last += 1
        return self.last

    def since(self, offset, limit=100):
        missing = self.last - offset
        if missing < 0 or missing > min(len(self.ring), self.last):
            raise LookupError(f"{missing} messages")
        numbers = range(offset, min(offset + limit, self.last))
        return [(number + 1, self.ring[number % len(self.ring)]) for number in numbers]


class OutgoingOfDict:
    """A dict, whose first key is the oldest, and the time of the next attempt."""

    def __init__(self, wait):
        self.wait, self.open, self.count, self.next = wait, {}, 0, float("-inf")

    def put(self, message):
        self.count += 1
        self.open[self.count] = message
        return self.count

    def due(self, now):
        for number, message in self.open.items():
            if now < self.next:
                return None
            self.next = now + self.wait
            return number, message
        return None

    def answered(self, number):
        if self.open and number == min(self.open):
            del self.open[number]
            self.next = float("-inf")

    def reconnected(self):
        self.next = float("-inf")


class OutgoingOfList:
    """A list that only grows, and a place in it."""

    def __init__(self, wait):
        self.wait, self.messages, self.done, self.when = wait, [], 0, []

    def put(self, message):
        self.messages.append(message)
        return len(self.messages)

    def due(self, now):
        if self.done == len(self.messages) or (self.when and now < self.when[-1] + self.wait):
            return None
        self.when.append(now)
        return [self.done + 1, self.messages[self.done]]

    def answered(self, number):
        if number == self.done + 1 <= len(self.messages):
            self.done += 1
            self.when = []

    def reconnected(self):
        self.when = []


class OutgoingOfTwo:
    """The one on its way, and those behind it."""

    def __init__(self, wait):
        self.wait, self.behind, self.numbers = wait, deque(), count(1)
        self.current = self.again = None

    def put(self, message):
        number = next(self.numbers)
        self.behind.append((number, message))
        return number

    def due(self, now):
        if self.current is None and self.behind:
            self.current, self.again = self.behind.popleft(), None
        if self.current is None or (self.again is not None and now < self.again):
            return None
        self.again = now + self.wait
        return self.current

    def answered(self, number):
        if self.current is None and self.behind and self.behind[0][0] == number:
            self.behind.popleft()
        elif self.current is not None and self.current[0] == number:
            self.current = None

    def reconnected(self):
        self.again = None


OTHERS = {
    "12.call": (call_with_timeout, call_with_wait, call_with_timer),
    "12.Inbox": (InboxOfDeque, InboxOrdered, InboxOfTwo),
    "12.Log": (LogOfDict, LogOfList, LogOfSlots),
    "12.Outgoing": (OutgoingOfDict, OutgoingOfList, OutgoingOfTwo),
}
