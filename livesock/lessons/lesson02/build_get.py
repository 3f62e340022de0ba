"""02.build_get: the bytes of a request (RFC 9112, 3)."""

from __future__ import annotations

import random

from livesock.learn.exercise import Exercise, Mutant, Property, Solution, case

__all__ = ["BUILD_GET", "build_get"]

Headers = dict[str, str]


def build_get(target: str, host: str, headers: dict[str, str]) -> bytes:
    """Return a complete HTTP/1.1 request for `target`."""
    lines = [f"GET {target} HTTP/1.1", f"Host: {host}"]
    for name, value in headers.items():
        lines.append(f"{name}: {value}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def written(
    target: str,
    host: str,
    headers: Headers,
    *,
    first: str = "GET {target} HTTP/1.1",
    end: str = "\r\n",
    last: str = "\r\n",
    colon: str = ": ",
    host_at: int | None = 0,
) -> bytes:
    """Return a request with one thing written in another way."""
    fields = list(headers.items())
    if host_at is not None:
        fields.insert(host_at if host_at >= 0 else len(fields), ("Host", host))
    lines = [first.format(target=target, host=host), *(f"{name}{colon}{value}" for name, value in fields)]
    return ("".join(line + end for line in lines) + last).encode()


def sorted_headers(target: str, host: str, headers: Headers) -> bytes:
    return written(target, host, dict(sorted(headers.items())))


def lower_names(target: str, host: str, headers: Headers) -> bytes:
    return build_get(target, host, {name.lower(): value for name, value in headers.items()}).replace(b"Host", b"host")


def headers_lf(target: str, host: str, headers: Headers) -> bytes:
    fields = "".join(f"{name}: {value}\n" for name, value in headers.items())
    return build_get(target, host, {})[:-2] + fields.encode() + b"\r\n"


def one_header(target: str, host: str, headers: Headers) -> bytes:
    return build_get(target, host, dict(list(headers.items())[-1:]))


NAMES = ("Accept", "User-Agent", "Cookie", "Last-Event-ID", "Cache-Control", "Accept-Language", "X-Request", "Origin")


def draw(rng: random.Random) -> tuple[str, str, Headers]:
    target = rng.choice(["/", "/poll?seen=3", "/stream", "/a/b?x=1&y=2", "/%C3%A9"])
    host = rng.choice(["a", "a:80", "127.0.0.1:8888", "www.example.org"])
    names = rng.sample(NAMES, rng.randrange(0, 5))
    return target, host, {name: f"{rng.randrange(100)}:{rng.choice(['*/*', 'no', 'a, b'])}" for name in names}


def lines_are_complete(solution: Solution, target: str, host: str, headers: Headers) -> bool:
    data = solution(target, host, headers)
    return bool(data.endswith(b"\r\n\r\n") and data.count(b"\r\n") == len(headers) + 3 == data.count(b"\n"))


BUILD_GET = Exercise(
    "02.build_get",
    build_get,
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
    mutants=(
        Mutant(
            "lf_only",
            lambda *args: written(*args, end="\n", last="\n"),
            "End each line in two bytes, CR LF: 0d 0a. Yours end in 0a alone.",
        ),
        Mutant(
            "no_empty_line",
            lambda *args: written(*args, last=""),
            "Add the empty line: the server still waits, how would it know that the head is over?",
        ),
        Mutant(
            "nothing_at_the_end",
            lambda *args: build_get(*args)[:-4],
            "End the last line too, then add the empty line: CR LF stands after each line, not only between two.",
        ),
        Mutant(
            "one_line_too_many",
            lambda *args: written(*args, last="\r\n\r\n"),
            "Stop after the empty line: what follows it would be read as the beginning of something else.",
        ),
        Mutant(
            "no_host",
            lambda *args: written(*args, host_at=None),
            "Write Host: without it HTTP/1.1 answers 400, because one server may hold many sites.",
        ),
        Mutant("host_last", lambda *args: written(*args, host_at=-1), "Put Host first, then the other headers."),
        Mutant(
            "absolute",
            lambda *args: written(*args, first="GET http://{host}{target} HTTP/1.1"),
            "Write the path alone in the first line: the host has a header of its own.",
        ),
        Mutant(
            "no_slash",
            lambda target, host, headers: written(target.lstrip("/"), host, headers),
            "Keep the slash at which the target begins.",
        ),
        Mutant(
            "old_version",
            lambda *args: written(*args, first="GET {target} HTTP/1.0"),
            "Write HTTP/1.1: with 1.0 the server hangs up after its answer.",
        ),
        Mutant(
            "no_version",
            lambda *args: written(*args, first="GET {target}"),
            "End the first line in the version, HTTP/1.1.",
        ),
        Mutant(
            "no_blank",
            lambda *args: written(*args, colon=":"),
            "Write a blank behind the colon, as in the examples: HTTP can do without, but we compare bytes.",
        ),
        Mutant(
            "headers_lf",
            headers_lf,
            "End the lines of the other headers in two bytes too, 0d 0a.",
        ),
        Mutant("text", lambda *args: build_get(*args).decode(), "Return bytes: a socket does not send text."),
        Mutant(
            "headers_dropped",
            lambda target, host, headers: build_get(target, host, {}),
            "Write the other headers too, one line each.",
        ),
        Mutant("one_header", one_header, "Write all headers: yours writes the last one only."),
        Mutant("sorted", sorted_headers, "Leave the headers in their order: yours sorts them."),
        Mutant(
            "lower_names",
            lower_names,
            "Write the names as they are given: HTTP ignores their case, but we compare bytes.",
        ),
    ),
    hints=(
        "Lines first, bytes last: collect the lines in a list, put CR LF behind each, then one more, then encode.",
        "RFC 9112, 3: method, blank, target, blank, version. Then Host, then the others, each as name, colon, blank, "
        "value. Each line ends in 0d 0a, and the head in an empty line: 0d 0a 0d 0a.",
        "A neighbour, two lines of a mail: ''.join(line + '\\r\\n' for line in ['To: ann', 'Subject: tea']) + '\\r\\n' "
        "gives 'To: ann\\r\\nSubject: tea\\r\\n\\r\\n'; .encode() makes bytes of it.",
    ),
    explanation="Whoever can write these bytes can talk to every web server there is. What you must never do is to "
    "put a value into a header that holds CR LF: whoever chose the value would write your next header.",
    distractors={
        '    return ("\\n".join(lines) + "\\n\\n").encode()': "lf_only",
        '    lines = [f"GET {target} HTTP/1.1"]': "no_host",
        '    return ("\\r\\n".join(lines) + "\\r\\n").encode()': "no_empty_line",
    },
)
