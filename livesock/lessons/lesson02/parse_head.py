"""02.parse_head: first line, headers, and what came after them, or not enough yet (RFC 9112, 2.2 and 5)."""

from __future__ import annotations

import random
from collections.abc import Callable

from livesock.learn.exercise import Exercise, Mutant, Property, Solution, case

__all__ = ["PARSE_HEAD", "parse_head"]

Head = tuple[str, dict[str, str], bytes]


def parse_head(data: bytes) -> tuple[str, dict[str, str], bytes] | None:
    """Return (first line, headers, rest), or None while the head is incomplete."""
    head, end, rest = data.partition(b"\r\n\r\n")
    if not end:
        return None
    first, *lines = head.decode().split("\r\n")
    headers: dict[str, str] = {}
    for line in lines:
        name, _, value = line.partition(":")
        name, value = name.lower(), value.strip()
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return first, headers, rest


def cut_at_colon(line: str) -> tuple[str, str]:
    name, _, value = line.partition(":")
    return name.lower(), value.strip()


def joined(old: str | None, new: str) -> str:
    return new if old is None else f"{old}, {new}"


def parsed(
    data: bytes,
    *,
    field: Callable[[str], tuple[str, str]] = cut_at_colon,
    again: Callable[[str | None, str], str] = joined,
) -> Head | None:
    """Return the parts, with another idea of a header line, or of a name that stands twice."""
    head, end, rest = data.partition(b"\r\n\r\n")
    if not end:
        return None
    first, *lines = head.decode().split("\r\n")
    headers: dict[str, str] = {}
    for line in lines:
        name, value = field(line)
        headers[name] = again(headers.get(name), value)
    return first, headers, rest


def early(data: bytes) -> Head | None:
    return parsed(data if b"\r\n\r\n" in data else data.rstrip(b"\r\n") + b"\r\n\r\n")


def after_one_line(data: bytes) -> Head | None:
    return early(data) if b"\r\n" in data else None


def two_line_feeds(data: bytes) -> Head | None:
    return parsed(data.replace(b"\n\n", b"\r\n\r\n")) if b"\n\n" in data else None


def last_empty_line(data: bytes) -> Head | None:
    head, end, rest = data.rpartition(b"\r\n\r\n")
    found = parsed(head + end)
    return (found[0], found[1], rest) if found else None


def all_decoded(data: bytes) -> Head | None:
    return parsed(data.decode().encode())


def impatient(data: bytes) -> Head:
    found = parsed(data)
    if found is None:
        raise ValueError("the head is incomplete")
    return found


def with_rest(change: Callable[[bytes], object]) -> Solution:
    def solution(data: bytes) -> object:
        found = parsed(data)
        return found and (found[0], found[1], change(found[2]))

    return solution


def as_bytes(data: bytes) -> object:
    found = parsed(data)
    return found and (found[0].encode(), {n.encode(): v.encode() for n, v in found[1].items()}, found[2])


def halves(line: str) -> tuple[str, str]:
    name, value = line.split(":")
    return name.lower(), value.strip()


NAMES = ("Host", "accept", "X-One", "Cookie", "content-length", "Set-Thing", "x-one", "COOKIE")
VALUES = ("1", "a:80", "12:30:59", "text/html, */*", "", "x=1; y=2", "Sun, 22 Nov 2026 17:32:32 GMT")


def draw_parts(rng: random.Random) -> tuple[bytes, bytes]:
    """Return a complete head, and some bytes behind it."""
    lines = [rng.choice(["GET / HTTP/1.1", "HTTP/1.1 200 OK", "HTTP/1.1 101 Switching Protocols", "GET /a:b HTTP/1.1"])]
    for _ in range(rng.randrange(0, 6)):
        lines.append(f"{rng.choice(NAMES)}:{' ' * rng.randrange(3)}{rng.choice(VALUES)}{' ' * rng.randrange(2)}")
    rest = rng.choice([b"", b"hello\n", rng.randbytes(6), b"\x81\x05hello", b"GET /2 HTTP/1.1\r\n\r\n"])
    return ("\r\n".join(lines) + "\r\n\r\n").encode(), rest


def draw(rng: random.Random) -> tuple[bytes]:
    head, rest = draw_parts(rng)
    return (head[: rng.randrange(len(head))] if rng.random() < 0.25 else head + rest,)


def not_before_the_end(solution: Solution, head: bytes, rest: bytes) -> bool:
    return solution(head[:-1]) is None and bytes(solution(head + rest)[2]) == rest


PARSE_HEAD = Exercise(
    "02.parse_head",
    parse_head,
    cases=(
        case("no empty line yet", b"HTTP/1.1 200 OK\r\nHost: a:80\r\n", gives=None),
        case(
            "all of it at once",
            b"HTTP/1.1 200 OK\r\nHost:  a:80 \r\nX: 1\r\nx: 2\r\n\r\nhel",
            gives=("HTTP/1.1 200 OK", {"host": "a:80", "x": "1, 2"}, b"hel"),
        ),
        case("nothing at all", b"", gives=None),
        case("half of a line", b"GET / HT", gives=None),
        case("one byte too early", b"GET / HTTP/1.1\r\nA: 1\r\n\r", gives=None),
        case("no headers", b"HTTP/1.1 200 OK\r\n\r\n", gives=("HTTP/1.1 200 OK", {}, b"")),
        case("capitals", b"GET / HTTP/1.1\r\nHOST: A\r\n\r\n", gives=("GET / HTTP/1.1", {"host": "A"}, b"")),
        case("no blank", b"GET / HTTP/1.1\r\nHost:a\r\n\r\n", gives=("GET / HTTP/1.1", {"host": "a"}, b"")),
        case("an empty value", b"GET / HTTP/1.1\r\nA:\r\n\r\n", gives=("GET / HTTP/1.1", {"a": ""}, b"")),
        case(
            "three colons",
            b"GET / HTTP/1.1\r\nDate: 12:30:59\r\n\r\n",
            gives=("GET / HTTP/1.1", {"date": "12:30:59"}, b""),
        ),
        case(
            "three times the same name",
            b"GET / HTTP/1.1\r\nA: 1\r\nB: 0\r\na: 2\r\nA: 3\r\n\r\n",
            gives=("GET / HTTP/1.1", {"a": "1, 2, 3", "b": "0"}, b""),
        ),
        case(
            "a frame right behind the head",
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n\x82\x02\xff\xfe",
            gives=("HTTP/1.1 101 Switching Protocols", {"upgrade": "websocket"}, b"\x82\x02\xff\xfe"),
        ),
        case(
            "a second request behind the first",
            b"GET /1 HTTP/1.1\r\nA: 1\r\n\r\nGET /2 HTTP/1.1\r\nB: 2\r\n\r\n",
            gives=("GET /1 HTTP/1.1", {"a": "1"}, b"GET /2 HTTP/1.1\r\nB: 2\r\n\r\n"),
        ),
        case(
            "a blank inside of a value",
            b"GET / HTTP/1.1\r\nA: one two\r\n\r\n",
            gives=("GET / HTTP/1.1", {"a": "one two"}, b""),
        ),
    ),
    random=draw,
    claim=Property(
        "one byte before the end it is None, and what follows the head is the rest", draw_parts, not_before_the_end
    ),
    mutants=(
        Mutant("early", early, "Return None while the empty line is missing: more headers may come."),
        Mutant(
            "after_one_line",
            after_one_line,
            "Wait for the empty line, 0d 0a 0d 0a: the end of one line is not the end of the head.",
        ),
        Mutant(
            "impatient", impatient, "Return None for a head that is incomplete: it is no error, the rest is on its way."
        ),
        Mutant(
            "two_line_feeds",
            two_line_feeds,
            "Look for the empty line, 0d 0a 0d 0a: yours never finds the end of a head.",
        ),
        Mutant(
            "at_the_end",
            lambda data: parsed(data) if data.endswith(b"\r\n\r\n") else None,
            "Look for the empty line anywhere: the first bytes of a body, or of a frame, may ride along behind it.",
        ),
        Mutant(
            "last_empty_line",
            last_empty_line,
            "End the head at the first empty line: what comes behind may hold empty lines of its own.",
        ),
        Mutant(
            "second_part",
            lambda data: parsed(data, field=lambda line: (line.split(":")[0].lower(), line.split(":")[1].strip())),
            "Cut a line at its first colon only: a:80 has one of its own, and half of it is gone.",
        ),
        Mutant(
            "halves",
            lambda data: parsed(data, field=halves),
            "Cut a line at its first colon only: with split(':') Host: a:80 has three parts, and two names fail.",
        ),
        Mutant(
            "case_kept",
            lambda data: parsed(data, field=lambda line: (line.partition(":")[0], cut_at_colon(line)[1])),
            "Store the names in lower case: HOST and host are the same header.",
        ),
        Mutant(
            "value_lowered",
            lambda data: parsed(data, field=lambda line: cut_at_colon(line.lower())),
            "Leave the values as they are: only names ignore case.",
        ),
        Mutant(
            "last_wins",
            lambda data: parsed(data, again=lambda old, new: new),
            "Keep both values of a name that stands twice: yours keeps the last.",
        ),
        Mutant(
            "first_wins",
            lambda data: parsed(data, again=lambda old, new: new if old is None else old),
            "Keep both values of a name that stands twice: yours keeps the first.",
        ),
        Mutant(
            "comma_alone",
            lambda data: parsed(data, again=lambda old, new: new if old is None else f"{old},{new}"),
            "Join the values of one name with a comma and a blank.",
        ),
        Mutant(
            "lists",
            lambda data: parsed(data, again=lambda old, new: [*(old or []), new]),  # type: ignore[arg-type,return-value]
            "Store text: the values of one name are joined to one, not kept in a list.",
        ),
        Mutant(
            "blanks_kept",
            lambda data: parsed(data, field=lambda line: (cut_at_colon(line)[0], line.partition(":")[2])),
            "Take the blanks off both ends of a value.",
        ),
        Mutant(
            "one_blank",
            lambda data: parsed(
                data, field=lambda line: (cut_at_colon(line)[0], line.partition(":")[2].removeprefix(" "))
            ),
            "Take all blanks off a value, at both ends: there may be none, one, or more.",
        ),
        Mutant(
            "colon_and_blank",
            lambda data: parsed(
                data, field=lambda line: (line.partition(": ")[0].lower(), line.partition(": ")[2].strip())
            ),
            "Cut at the colon alone: the blank behind it may be missing.",
        ),
        Mutant(
            "rest_lost",
            with_rest(lambda rest: b""),
            "Return what came behind the head: those bytes are not lost, they are the beginning of what comes next.",
        ),
        Mutant(
            "rest_with_end",
            with_rest(lambda rest: b"\r\n\r\n" + rest),
            "Begin the rest behind the empty line: its four bytes belong to the head.",
        ),
        Mutant(
            "rest_text",
            with_rest(lambda rest: rest.decode(errors="replace")),
            "Leave the rest as bytes: it may be a picture, or a frame.",
        ),
        Mutant(
            "all_decoded",
            all_decoded,
            "Cut first, then decode the head alone: what follows it need not be text.",
        ),
        Mutant("as_bytes", as_bytes, "Decode the head: line, names and values are text, only the rest stays bytes."),
    ),
    hints=(
        "First find the border, then forget the rest for a while: the head is text, and text has lines.",
        "RFC 9112, 2.1: the head ends at the first 0d 0a 0d 0a. bytes has partition, which gives what is before, the "
        "border (empty if there is none) and what is behind. A header's name ends at the first colon (5.1).",
        "A neighbour, one setting: name, _, value = 'Path = a=b '.partition('='); name.strip().lower() is 'path', "
        "value.strip() is 'a=b'. A name for the second time: seen[name] = seen[name] + ', ' + value.",
    ),
    explanation="The bytes behind the head are the classic bug of home-made WebSocket servers: the first frame may "
    "arrive in one piece with the request. One exception to the comma: Set-Cookie must not be joined (RFC 9110, 5.3).",
    distractors={
        '    head, end, rest = data.rpartition(b"\\r\\n\\r\\n")': "last_empty_line",
        '        name, value = line.split(":")': "halves",
        "        headers[name] = value": "last_wins",
    },
)
