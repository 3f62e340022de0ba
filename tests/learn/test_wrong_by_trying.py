"""Wrong solutions that passed once, or whose hint led astray; and right ones in a style of their own."""

# mypy: ignore-errors
# written as a learner would, without annotations

from __future__ import annotations

import dataclasses
import functools
import hashlib
import hmac
import operator
import random
import re
import struct
from collections import OrderedDict, namedtuple
from itertools import cycle

import pytest

from livesock.learn import catalogue
from livesock.learn.checking.checker import judge
from livesock.learn.show import report
from livesock.lessons.lesson05.assembler import Assembler
from livesock.lessons.lesson06.parse_close import parse_close
from livesock.lessons.lesson11.rooms import Rooms


def parse_head_in_ascii(data):
    head, end, rest = data.partition(b"\r\n\r\n")
    if not end:
        return None
    first, *lines = head.decode("ascii").split("\r\n")
    headers = {}
    for line in lines:
        name, _, value = line.partition(":")
        name, value = name.lower(), value.strip()
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return first, headers, rest


def parse_sse_joining_all(text):
    *blocks, rest = text.split("\n\n")
    events = []
    for block in blocks:
        event = {}
        for line in block.split("\n"):
            name, _, value = line.partition(":")
            value = value.removeprefix(" ")
            if name in ("data", "id", "event"):
                event[name] = f"{event[name]}\n{value}" if name in event else value
        if "data" in event:
            events.append(event)
    return events, rest


def encode_frame_with_other_names(opcode, payload, final=True, key=None):
    size = len(payload)
    kind, more = (size, "") if size < 126 else (126, "H") if size < 65_536 else (127, "Q")
    head = struct.pack("!BB" + more, final << 7 | opcode, (key is not None) << 7 | kind, *[size] * bool(more))
    return head + (payload if key is None else key + bytes(map(operator.xor, payload, cycle(key))))


class OneTooMany(Assembler):
    def __init__(self, max_size=2**20):
        super().__init__(max_size + 1)


def parse_close_stripped(payload):
    code, reason = parse_close(payload)
    return code, reason.strip()


def choose_by_lot(both, late, gap, shared, lossy):
    if late >= 10:
        return "poll", "may be late"
    return (random.choice(["WebSocket", "WebTransport"]), "both speak") if both else ("SSE", "prompt")


def cap_at_the_end(attempt, base=1.0, cap=30.0, chance=random.random):
    return min(cap, base * 2.0 ** min(attempt, 900) * chance())


class Renamed(Rooms):
    def targets(self, rooms, without=()):
        return super().targets(rooms, without)


class InboxOfAll:
    def __init__(self, size):
        self.ids, self.size = [], size

    def accept(self, message_id):
        if message_id in self.ids[-self.size :]:
            return False
        self.ids.append(message_id)
        return True


class LogOfAll:
    def __init__(self, size):
        self.messages, self.size = [], size

    def append(self, message):
        self.messages.append(message)
        return len(self.messages)

    def since(self, offset, limit=100):
        if not len(self.messages) - self.size <= offset <= len(self.messages):
            raise LookupError(offset)
        return list(enumerate(self.messages, 1))[offset:][:limit]


def without_the_port_of_https(origin, allowed):
    return origin is not None and origin.lower().removesuffix(":443") in allowed


def not_from_a_time_to_come(reports, now, patience=10.0):
    return {user for when, users in reports.values() if 0 <= now - when <= patience for user in users}


WRONG = [
    ("02.parse_head", parse_head_in_ascii, "Decode with latin-1"),
    ("02.parse_sse", parse_sse_joining_all, "of two ids in one event the last one counts"),
    ("04.encode_frame", encode_frame_with_other_names, "unexpected keyword argument"),
    ("05.Assembler", OneTooMany, "Take max_size bytes and not one more"),
    ("06.parse_close", parse_close_stripped, "Return the reason as it came"),
    ("07.choose", choose_by_lot, "it says the same twice"),
    ("09.backoff", cap_at_the_end, "came 30.0, 16.0 expected 30.0, 15.0"),
    ("11.Rooms", Renamed, "unexpected keyword argument 'exclude'"),
    ("12.Inbox", InboxOfAll, "to look at the newest alone forgets nothing"),
    ("12.Log", LogOfAll, "a log that only refuses to show it"),
    ("13.origin_allowed", without_the_port_of_https, "the port of https, for http"),
    ("14.merge_presence", not_from_a_time_to_come, "from a server whose clock is ahead"),
]
"""Exercise, solution, and what its learner reads."""


@pytest.mark.parametrize(("which", "solution", "reads"), WRONG, ids=lambda one: getattr(one, "__name__", ""))
def test_it_is_refused_and_the_learner_reads_why(which, solution, reads):
    verdict = judge(catalogue.exercise(which), solution)

    assert not verdict.is_right and not verdict.is_stub
    assert reads in " ".join(report.verdict(verdict).split())


class Packer:
    __slots__ = ()

    def __call__(self, payload):
        return b"".join([struct.pack("!L", len(payload)), memoryview(payload)])


def read_by_recursion(sock, n):
    if n < 1:
        return b""
    piece = sock.recv(n)
    if not piece:
        raise EOFError
    return piece + read_by_recursion(sock, n - len(piece))


def unpack_by_a_generator(buffer):
    def found():
        place = 0
        while place + 4 <= len(buffer):
            (size,) = struct.unpack_from("!I", buffer, place)
            if place + 4 + size > len(buffer):
                break
            yield bytes(buffer[place + 4 : place + 4 + size])
            place += 4 + size
        del buffer[:place]

    return tuple(found())


def parse_head_by_pattern(data):
    found = re.match(rb"(.*?)\r\n\r\n(.*)", data, re.DOTALL)
    if not found:
        return None
    first, _, fields = found[1].partition(b"\r\n")
    headers = OrderedDict()
    for name, value in re.findall(rb"([^:\r\n]+):[ \t]*(.*?)[ \t]*(?:\r\n|$)", fields):
        headers.setdefault(name.decode().lower(), []).append(value.decode())
    head = namedtuple("Head", "first headers rest")
    return head(first.decode(), {name: ", ".join(values) for name, values in headers.items()}, memoryview(found[2]))


def mask_as_a_number(payload, key):
    size = len(payload)
    repeated = (key * (size // 4 + 1))[:size]
    return (int.from_bytes(payload, "big") ^ int.from_bytes(repeated, "big")).to_bytes(size, "big")


@dataclasses.dataclass
class Heartbeat:
    interval: float
    timeout: float
    last: float
    due: float | None = None
    dead: bool = False

    def heard(self, now):
        self.last, self.due = now, None

    def tick(self, now):
        if self.dead or (self.due is not None and now >= self.due):
            self.dead = True
            return "dead"
        if self.due is None and now >= self.last + self.interval:
            self.due = now + self.timeout
            return "ping"
        return "wait"


class Bucket:
    """The same promise without tokens: when is the next message due?"""

    def __init__(self, rate, burst, clock):
        self.step, self.burst, self.clock = 1 / rate, burst, clock
        self.due = clock()

    def take(self):
        now = self.clock()
        due = max(self.due, now)
        if due - now > (self.burst - 1) * self.step:
            return False
        self.due = due + self.step
        return True


def pick_by_mac(sid, nodes):
    return min(nodes, key=lambda node: hmac.digest(node.encode(), sid.encode(), hashlib.sha256))


RIGHT = [
    ("01.pack", Packer()),
    ("01.pack", functools.partial(lambda form, payload: struct.pack(form, len(payload)) + payload, ">I")),
    ("01.read_exactly", read_by_recursion),
    ("01.unpack_all", unpack_by_a_generator),
    ("02.parse_head", parse_head_by_pattern),
    ("04.mask", mask_as_a_number),
    ("09.Heartbeat", Heartbeat),
    ("13.TokenBucket", Bucket),
    ("14.pick", pick_by_mac),
]


@pytest.mark.parametrize(("which", "solution"), RIGHT)
def test_a_style_of_ones_own_is_right(which, solution):
    verdict = judge(catalogue.exercise(which), solution)

    assert verdict.is_right, report.verdict(verdict)
