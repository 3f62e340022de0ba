"""02.parse_head: first line, headers, and what came after them, or not enough yet (RFC 9112, 2.2 and 5)."""

import random
from typing import Any

from livesock.learn.exercise import Case, Property, Solution, case
from livesock.learn.tables import exercise

__all__ = ["PARSE_HEAD", "parse_head"]


def parse_head(data: bytes) -> tuple[str, dict[str, str], bytes] | None:
    """Return (first line, headers, rest), or None while the head is incomplete."""
    head, end, rest = data.partition(b"\r\n\r\n")
    if not end:
        return None
    first, *lines = head.decode("latin-1").split("\r\n")
    headers: dict[str, str] = {}
    for line in lines:
        name, _, value = line.partition(":")
        name, value = name.lower(), value.strip()
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return first, headers, rest


def trial(solution: Solution, data: bytes) -> Any:
    """Return the answer with its headers read in one way: latin-1 and UTF-8 are both in use there."""
    answer = solution(data)
    if not isinstance(answer, tuple | list) or len(answer) != 3 or not isinstance(answer[1], dict):
        return answer
    return answer[0], {name: as_utf8(value) for name, value in answer[1].items()}, answer[2]


def as_utf8(value: Any) -> Any:
    try:
        return value.encode("latin-1").decode() if isinstance(value, str) else value
    except ValueError:
        return value


NAMES = ("Host", "accept", "X-One", "Cookie", "content-length", "Set-Thing", "x-one", "COOKIE")
VALUES = ("1", "a:80", "12:30:59", "text/html, */*", "", "x=1; y=2", "Sun, 22 Nov 2026 17:32:32 GMT")


def draw_parts(rng: random.Random) -> tuple[bytes, bytes]:
    """Return a complete head, and some bytes after it."""
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


SWITCHING = "HTTP/1.1 101 Switching Protocols"


def get(name: str, fields: bytes, headers: dict[str, str]) -> Case:
    return case(name, b"GET / HTTP/1.1\r\n" + fields + b"\r\n\r\n", gives=("GET / HTTP/1.1", headers, b""))


PARSE_HEAD = exercise(
    "02.parse_head",
    parse_head,
    r"""
hint: First find the border, then forget the rest for a while: the head is text, and text has lines.
hint: RFC 9112, 2.1: the head ends at the first 0d 0a 0d 0a. bytes has partition, which gives what is before, the border
    (empty if it is missing) and what is after. A header's name ends at the first colon (5.1).
hint: A neighbour, one setting: name, _, value = 'Path = a=b '.partition('='); name.strip().lower() is 'path',
    value.strip() is 'a=b'. A name for the second time: seen[name] = seen[name] + ', ' + value.
explanation: The bytes after the head are the classic bug of home-made WebSocket servers: the first frame may arrive in
    one piece with the request. One exception to the comma: Set-Cookie must not be joined (RFC 9110, 5.3).

early: Return None while the empty line is missing: more headers may come.
    if not end: → if not end:
    |     head = head.rstrip(b"\r\n")
    | if False:
after_one_line: Wait for the empty line, 0d 0a 0d 0a: the end of one line is not the end of the head.
    if not end: → if not end:
    |     head = head.rstrip(b"\r\n")
    | if b"\r\n" not in data:
impatient: Return None for a head that is incomplete: that is not an error, the rest is on its way.
    return None → raise ValueError("the head is incomplete")
two_line_feeds: Look for the empty line, 0d 0a 0d 0a: yours never finds the end of a head.
    data.partition(b"\r\n\r\n") → data.partition(b"\n\n")
at_the_end: Look for the empty line anywhere: the first bytes of a body, or of a frame, may come along after it.
    if not end → if not data.endswith(b"\r\n\r\n")
last_empty_line: End the head at the first empty line: what comes after it may hold empty lines of its own.
  * data.partition → data.rpartition
second_part: Cut a line at its first colon only: a:80 has one of its own, and half of it is gone.
    name, _, value = line.partition(":") → name, value = line.split(":")[:2]
halves: Cut a line at its first colon only: with split(':') Host: a:80 has three parts, and two names fail.
  * name, _, value = line.partition(":") → name, value = line.split(":")
ascii_only: Decode with latin-1, which has a letter for each byte: a name in a header may be written beyond ASCII.
    "latin-1" → "ascii"
case_kept: Store the names in lower case: HOST and host are the same header.
    name.lower() → name
value_lowered: Leave the values as they are: only names ignore case.
    value.strip() → value.lower().strip()
last_wins: Keep both values of a name that stands twice: yours keeps the last.
  * f"{headers[name]}, {value}" if name in headers else value → value
first_wins: Keep both values of a name that stands twice: yours keeps the first.
    f"{headers[name]}, {value}" if name in headers else value → headers.get(name, value)
sorted: Keep the values of one name in the order in which they came.
    f"{headers[name]}, {value}" if → ", ".join(sorted([*headers[name].split(", "), value])) if
comma_alone: Join the values of one name with a comma and a blank.
    }, {value} → },{value}
lists: Store text: the values of one name are joined to one, not kept in a list.
    f"{headers[name]}, {value}" if name in headers else value → [*headers.get(name, []), value]
blanks_kept: Take the blanks off both ends of a value.
    value.strip() → value
one_blank: Take all blanks off a value, at both ends: there may be none, one, or more.
    value.strip() → value.removeprefix(" ")
colon_and_blank: Cut at the colon alone: the blank after it may be missing.
    line.partition(":") → line.partition(": ")
splitlines: Cut the lines at CR LF only: splitlines also cuts at a form feed, and at seven other characters.
    .split("\r\n") → .splitlines()
rest_lost: Return what came after the head: those bytes are the beginning of what comes next.
    return first, headers, rest → return first, headers, b""
rest_with_end: Begin the rest after the empty line: its four bytes belong to the head.
    return first, headers, rest → return first, headers, end + rest
rest_text: Leave the rest as bytes: it may be a picture, or a frame.
    return first, headers, rest → return first, headers, rest.decode(errors="replace")
all_decoded: Cut first, then decode the head alone: what follows it need not be text.
    data.partition → data.decode().encode().partition
as_bytes: Decode the head: line, names and values are text, only the rest stays bytes.
    return first, headers, rest → in_bytes = {name.encode(): value.encode() for name, value in headers.items()}
    | return first.encode(), in_bytes, rest
""",
    cases=(
        case("no empty line yet", b"HTTP/1.1 200 OK\r\nHost: a:80\r\n", gives=None),
        case(
            *("all of it at once", b"HTTP/1.1 200 OK\r\nHost:  a:80 \r\nX: 1\r\nx: 2\r\n\r\nhel"),
            gives=("HTTP/1.1 200 OK", {"host": "a:80", "x": "1, 2"}, b"hel"),
        ),
        case("nothing at all", b"", gives=None),
        case("half of a line", b"GET / HT", gives=None),
        case("one byte too early", b"GET / HTTP/1.1\r\nA: 1\r\n\r", gives=None),
        case("no headers", b"HTTP/1.1 200 OK\r\n\r\n", gives=("HTTP/1.1 200 OK", {}, b"")),
        get("capitals", b"HOST: A", {"host": "A"}),
        get("no blank", b"Host:a", {"host": "a"}),
        get("an empty value", b"A:", {"a": ""}),
        get("three colons", b"Date: 12:30:59", {"date": "12:30:59"}),
        get("three times the same name", b"A: 1\r\nB: 0\r\na: 2\r\nA: 3", {"a": "1, 2, 3", "b": "0"}),
        case(
            *("a frame right after the head", SWITCHING.encode() + b"\r\nUpgrade: websocket\r\n\r\n\x82\x02\xff\xfe"),
            gives=(SWITCHING, {"upgrade": "websocket"}, b"\x82\x02\xff\xfe"),
        ),
        case(
            *("a second request after the first", b"GET /1 HTTP/1.1\r\nA: 1\r\n\r\nGET /2 HTTP/1.1\r\nB: 2\r\n\r\n"),
            gives=("GET /1 HTTP/1.1", {"a": "1"}, b"GET /2 HTTP/1.1\r\nB: 2\r\n\r\n"),
        ),
        get("one name, values out of order, one twice", b"A: b\r\na: a\r\nA: b", {"a": "b, a, b"}),
        get("a blank inside a value", b"A: one two", {"a": "one two"}),
        get(
            "thirty headers", b"\r\n".join(b"A%d: %d" % (n, n) for n in range(30)), {f"a{n}": str(n) for n in range(30)}
        ),
        get("a long cookie", b"Cookie: " + b"c" * 9000, {"cookie": "c" * 9000}),
        get("a name beyond ASCII", "X-Name: Zo\xeb".encode(), {"x-name": "Zo\xeb"}),
        get("a form feed inside a value", b"A: one\x0ctwo\r\nB: 3", {"a": "one\x0ctwo", "b": "3"}),
    ),
    random=draw,
    trial=trial,
    claim=Property(
        "one byte before the end it is None, and what follows the head is the rest", draw_parts, not_before_the_end
    ),
)
