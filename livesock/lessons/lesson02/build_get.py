"""02.build_get: the bytes of a request (RFC 9112, 3)."""

import random

from livesock.learn.exercise import Property, Solution, case
from livesock.learn.tables import exercise

__all__ = ["BUILD_GET", "build_get"]

Headers = dict[str, str]


def build_get(target: str, host: str, headers: dict[str, str]) -> bytes:
    """Return a complete HTTP/1.1 request for `target`."""
    lines = [f"GET {target} HTTP/1.1", f"Host: {host}"]
    for name, value in headers.items():
        lines.append(f"{name}: {value}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


NAMES = ("Accept", "User-Agent", "Cookie", "Last-Event-ID", "Cache-Control", "Accept-Language", "X-Request", "Origin")


def draw(rng: random.Random) -> tuple[str, str, Headers]:
    target = rng.choice(["/", "/poll?seen=3", "/stream", "/a/b?x=1&y=2", "/%C3%A9"])
    host = rng.choice(["a", "a:80", "127.0.0.1:8888", "www.example.org"])
    names = rng.sample(NAMES, rng.randrange(0, 5))
    return target, host, {name: f"{rng.randrange(100)}:{rng.choice(['*/*', 'no', 'a, b'])}" for name in names}


def lines_are_complete(solution: Solution, target: str, host: str, headers: Headers) -> bool:
    data = bytes(solution(target, host, headers))
    return bool(data.endswith(b"\r\n\r\n") and data.count(b"\r\n") == len(headers) + 3 == data.count(b"\n"))


BUILD_GET = exercise(
    "02.build_get",
    build_get,
    r"""
hint: Lines first, bytes last: collect the lines in a list, put CR LF after each, then one more, then encode.
hint: RFC 9112, 3: method, blank, target, blank, version. Then Host, then the others, each as name, colon, blank, value.
    Each line ends in 0d 0a, and the head in an empty line: 0d 0a 0d 0a.
hint: A neighbour, two lines of a mail: ''.join(line + '\r\n' for line in ['To: ann', 'Subject: tea']) + '\r\n' gives
    'To: ann\r\nSubject: tea\r\n\r\n'; .encode() makes bytes of it.
explanation: With these bytes you can talk to every web server there is. Never put a value that holds CR LF into a
    header: the person who chose the value would write your next header.

lf_only: End each line in two bytes, CR LF: 0d 0a. Yours end in 0a alone.
  * "\r\n".join(lines) + "\r\n\r\n" → "\n".join(lines) + "\n\n"
no_empty_line: Add the empty line: the server still waits, how would it know that the head is over?
  * "\r\n\r\n" → "\r\n"
nothing_at_the_end: End the last line too, then add the empty line: CR LF stands after each line, not only between two.
    + "\r\n\r\n" →
one_line_too_many: Stop after the empty line: what follows it would be read as the beginning of something else.
    "\r\n\r\n" → "\r\n\r\n\r\n"
no_host: Write Host: without it HTTP/1.1 answers 400, because one server may hold many sites.
  * , f"Host: {host}" →
host_last: Put Host first, then the other headers.
    , f"Host: {host}" →
    return ( → lines.append(f"Host: {host}"); return (
absolute: Write the path alone in the first line: the host has a header of its own.
    GET {target} → GET http://{host}{target}
no_slash: Keep the slash at which the target begins.
    GET {target} → GET {target.lstrip('/')}
old_version: Write HTTP/1.1: with 1.0 the server hangs up after its answer.
    {target} HTTP/1.1 → {target} HTTP/1.0
no_version: End the first line in the version, HTTP/1.1.
    {target} HTTP/1.1 → {target}
no_blank: Write a blank after the colon, as in the examples: HTTP can do without it, but we compare bytes.
    Host: {host} → Host:{host}
    {name}: {value} → {name}:{value}
headers_lf: End the lines of the other headers in two bytes too, 0d 0a.
    return ("\r\n".join(lines) + "\r\n\r\n") → fields = "".join(line + "\n" for line in lines[2:])
    | return ("\r\n".join(lines[:2]) + "\r\n" + fields + "\r\n")
text: Return bytes: a socket does not send text.
    .encode() →
headers_dropped: Write the other headers too, one line each.
    headers.items() → ()
one_header: Write all headers: yours writes the last one only.
    headers.items() → list(headers.items())[-1:]
sorted: Leave the headers in their order: yours sorts them.
    headers.items() → sorted(headers.items())
lower_names: Write the names as they are given: HTTP ignores their case, but we compare bytes.
    Host: {host} → host: {host}
    {name}: {value} → {name.lower()}: {value}
""",
    cases=(
        case("no headers but Host", "/", "a:80", {}, gives=b"GET / HTTP/1.1\r\nHost: a:80\r\n\r\n"),
        case("one header", "/x", "a", {"Accept": "*/*"}, gives=b"GET /x HTTP/1.1\r\nHost: a\r\nAccept: */*\r\n\r\n"),
        case(
            "two headers, not in the order of letters",
            *("/poll?seen=3", "127.0.0.1:8888", {"User-Agent": "me", "Accept": "text/html"}),
            gives=b"GET /poll?seen=3 HTTP/1.1\r\nHost: 127.0.0.1:8888\r\nUser-Agent: me\r\nAccept: text/html\r\n\r\n",
        ),
        case("an empty value", "/", "a", {"Cookie": ""}, gives=b"GET / HTTP/1.1\r\nHost: a\r\nCookie: \r\n\r\n"),
        case(
            "a colon in a value",
            *("/", "a", {"Origin": "http://a:80"}),
            gives=b"GET / HTTP/1.1\r\nHost: a\r\nOrigin: http://a:80\r\n\r\n",
        ),
        case(
            "a target with a blank that is encoded",
            *("/a%20b", "a", {}),
            gives=b"GET /a%20b HTTP/1.1\r\nHost: a\r\n\r\n",
        ),
    ),
    random=draw,
    claim=Property("every line ends in CR LF, and one empty line ends the head", draw, lines_are_complete),
)
