"""03.check_request: the server's side of the handshake (RFC 6455, 4.2)."""

from __future__ import annotations

import base64
import binascii
import random
from functools import partial
from typing import Any

from livesock.learn.exercise import Exercise, Mutant, Solution, case
from livesock.lessons.lesson03.accept_key import accept_key

__all__ = ["CHECK_REQUEST", "check_request"]

Headers = dict[str, str]


def check_request(method: str, version: str, headers: dict[str, str]) -> tuple[int, dict[str, str]]:
    """Return the status and the headers with which a server answers a WebSocket handshake."""
    if method != "GET":
        return 405, {}
    tokens = [token.strip().lower() for token in headers.get("connection", "").split(",")]
    if version != "HTTP/1.1" or "host" not in headers or "upgrade" not in tokens:
        return 400, {}
    if headers.get("upgrade", "").lower() != "websocket":
        return 400, {}
    if headers.get("sec-websocket-version") != "13":
        return 426, {"Sec-WebSocket-Version": "13"}
    key = headers.get("sec-websocket-key", "")
    try:
        size = len(base64.b64decode(key, validate=True))
    except binascii.Error:
        size = 0
    if size != 16:
        return 400, {}
    return 101, {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Accept": accept_key(key)}


def trial(solution: Solution, method: str, version: str, headers: Headers) -> Any:
    """Return the answer without what HTTP leaves open: case of names, other headers, help in a refusal."""
    given = dict(headers)
    answer = solution(method, version, given)
    if given != headers:
        headers.update(given, changed="")  # seen as a changed argument
    if not isinstance(answer, tuple | list) or len(answer) != 2 or not isinstance(answer[1], dict):
        return answer
    status, found = answer[0], {str(name).lower(): value for name, value in answer[1].items()}
    counts = [name for name in found if name.startswith("sec-websocket-")]
    if status == 101:
        counts += [name for name in ("upgrade", "connection", "content-length", "transfer-encoding") if name in found]
    elif status != 426:
        counts = [name for name in counts if name != "sec-websocket-version"]  # it may be said in any refusal
    return status, {name: tamed(name, found[name]) for name in counts}


def tamed(name: str, value: Any) -> Any:
    """Return a value as HTTP compares it: Upgrade and Connection without regard to case, a number as its text."""
    return str(value).strip().lower() if name in ("upgrade", "connection", "sec-websocket-version") else value


RFC_KEY = "dGhlIHNhbXBsZSBub25jZQ=="
GOOD = {
    "host": "a",
    "upgrade": "websocket",
    "connection": "Upgrade",
    "sec-websocket-version": "13",
    "sec-websocket-key": RFC_KEY,
}
SWITCHED = {"upgrade": "websocket", "connection": "upgrade", "sec-websocket-accept": "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="}
ANSWER = {"sec-websocket-version": "13"}


def good(**changes: str | None) -> Headers:
    """Return good headers with some changed, or left out for None; `_` stands for `-`."""
    headers = {**GOOD, **{name.replace("_", "-"): value for name, value in changes.items()}}
    return {name: value for name, value in headers.items() if value is not None}


def sixteen(size: int) -> str:
    return base64.b64encode(bytes(range(size))).decode()


def draw(rng: random.Random) -> tuple[str, str, Headers]:
    """Return a request that is good, or bad in one way."""
    changes: Headers = {"sec_websocket_key": base64.b64encode(rng.randbytes(16)).decode()}
    changes["upgrade"] = rng.choice(["websocket", "WebSocket", "WEBSOCKET"])
    changes["connection"] = rng.choice(["Upgrade", "upgrade", "keep-alive, Upgrade", "Upgrade,keep-alive"])
    bad: Any = rng.choice(
        [{}, {}, {"host": None}, {"sec_websocket_version": rng.choice(["8", "7", None])}, {"connection": "keep-alive"}]
    )
    return rng.choice(["GET", "GET", "GET", "GET", "PUT"]), "HTTP/1.1", good(**{**changes, **bad})


def wrong(method: str, version: str, headers: Headers, **odd: Any) -> tuple[int, Headers]:
    """Answer with one thing wrong, the one that `odd` names."""
    connection, upgrade = headers.get("connection", "").lower(), headers.get("upgrade", "")
    wants = "upgrade" in (connection if "substring" in odd else [token.strip() for token in connection.split(",")])
    if "exact_connection" in odd:
        wants = connection == "upgrade"
    if (method.upper() if "method_case" in odd else method) != "GET" and "any_method" not in odd:
        return 405, {}
    if (version != "HTTP/1.1" and "any_http" not in odd) or ("host" not in headers and "no_host" not in odd):
        return 400, {}
    is_websocket = (upgrade if "exact_case" in odd else upgrade.lower()) == "websocket"
    is_websocket = is_websocket or ("upgrade_part" in odd and "websocket" in upgrade.lower())
    if not (wants or "no_connection" in odd) or not (is_websocket or "no_upgrade" in odd):
        return 400, {}
    if headers.get("sec-websocket-version") not in odd.get("speaks", ("13",)):
        return odd.get("version_status", 426), {} if "silent" in odd else {"Sec-WebSocket-Version": "13"}
    key = headers.get("sec-websocket-key", "")
    try:
        size = len(base64.b64decode(key, validate="lenient" not in odd))
    except binascii.Error:
        if "crash_on_key" in odd:
            raise
        size = 0
    if size not in odd.get("sizes", (16,)) and "any_key" not in odd:
        return 400, {}
    answer = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Accept": accept_key(key)}
    answer |= odd.get("more", {})
    if "picks" in odd and (offered := headers.get("sec-websocket-protocol")):
        answer["Sec-WebSocket-Protocol"] = odd["picks"] or offered
    return 101, {name: value for name, value in answer.items() if name != odd.get("lacks")}


def mutant(id: str, hint: str, **options: Any) -> Mutant:
    return Mutant(id, partial(wrong, **options), hint)


EXTENSION = {"Sec-WebSocket-Extensions": "permessage-deflate"}
ECHOED_KEY = {"Sec-WebSocket-Accept": RFC_KEY}

CHECK_REQUEST = Exercise(
    "03.check_request",
    check_request,
    cases=(
        case("the RFC's own key", "GET", "HTTP/1.1", good(), gives=(101, SWITCHED)),
        case("WebSocket in other letters", "GET", "HTTP/1.1", good(upgrade="WebSocket"), gives=(101, SWITCHED)),
        case(
            "a list, as Firefox sends it",
            "GET",
            "HTTP/1.1",
            good(connection="keep-alive, Upgrade"),
            gives=(101, SWITCHED),
        ),
        case(
            "a list in small letters", "GET", "HTTP/1.1", good(connection="upgrade,keep-alive"), gives=(101, SWITCHED)
        ),
        case("POST", "POST", "HTTP/1.1", good(), gives=(405, {})),
        case("get in small letters", "get", "HTTP/1.1", good(), gives=(405, {})),
        case("HTTP/1.0", "GET", "HTTP/1.0", good(), gives=(400, {})),
        case("no Host", "GET", "HTTP/1.1", good(host=None), gives=(400, {})),
        case("no Upgrade", "GET", "HTTP/1.1", good(upgrade=None), gives=(400, {})),
        case("an upgrade to something else", "GET", "HTTP/1.1", good(upgrade="h2c"), gives=(400, {})),
        case("an upgrade to websockets", "GET", "HTTP/1.1", good(upgrade="websockets"), gives=(400, {})),
        case("no Connection", "GET", "HTTP/1.1", good(connection=None), gives=(400, {})),
        case("Connection without Upgrade", "GET", "HTTP/1.1", good(connection="keep-alive"), gives=(400, {})),
        case("Connection: not-upgrade", "GET", "HTTP/1.1", good(connection="not-upgrade"), gives=(400, {})),
        case("version 8", "GET", "HTTP/1.1", good(sec_websocket_version="8"), gives=(426, ANSWER)),
        case("no version", "GET", "HTTP/1.1", good(sec_websocket_version=None), gives=(426, ANSWER)),
        case("no key", "GET", "HTTP/1.1", good(sec_websocket_key=None), gives=(400, {})),
        case("a key of 14 bytes", "GET", "HTTP/1.1", good(sec_websocket_key=sixteen(14)), gives=(400, {})),
        case("a key of 17 bytes", "GET", "HTTP/1.1", good(sec_websocket_key=sixteen(17)), gives=(400, {})),
        case("a key that is no base64", "GET", "HTTP/1.1", good(sec_websocket_key="not base64"), gives=(400, {})),
        case("a stray ! in the key", "GET", "HTTP/1.1", good(sec_websocket_key="!" + RFC_KEY), gives=(400, {})),
        case("a subprotocol is offered", "GET", "HTTP/1.1", good(sec_websocket_protocol="a, b"), gives=(101, SWITCHED)),
    ),
    random=draw,
    times=30,
    trial=trial,
    mutants=(
        mutant(
            "exact_connection",
            "Look for the token in the list: Firefox sends keep-alive, Upgrade.",
            exact_connection=True,
        ),
        mutant("substring", "Split the list at its commas: “not-upgrade” holds the letters too.", substring=True),
        mutant("exact_case", "Compare websocket without regard to case (4.2.1).", exact_case=True),
        mutant("any_method", "Look at the method: 405, because a GET is the only beginning.", any_method=True),
        mutant("method_case", "Compare the method letter by letter: get is not GET (RFC 9110, 9.1).", method_case=True),
        mutant(
            "upgrade_part",
            "Compare all of upgrade: “websockets” holds the word too, and is another protocol.",
            upgrade_part=True,
        ),
        mutant(
            "lenient",
            "Decode the key strictly: unless told to validate, b64decode skips what is no base64.",
            lenient=True,
        ),
        mutant("any_http", "Look at the version of HTTP: before 1.1 there is no Upgrade.", any_http=True),
        mutant("no_host", "Ask for Host: HTTP/1.1 demands it, and the answer without it is 400.", no_host=True),
        mutant(
            "no_upgrade", "Look at upgrade: without websocket in it the client wants something else.", no_upgrade=True
        ),
        mutant(
            "no_connection",
            "Look at connection: upgrade must be in its list, for the next hop (4.2.1).",
            no_connection=True,
        ),
        mutant(
            "any_version",
            "Look at the WebSocket version: 426, and the header that says 13.",
            speaks=("13", "8", "7", None),
        ),
        mutant("version_missing_passes", "Ask for the version: one that is missing is not 13.", speaks=("13", None)),
        mutant("silent_426", "Say which version you speak: 426 brings Sec-WebSocket-Version: 13 (4.4).", silent=True),
        mutant(
            "400_for_version", "Answer 426 to another version: the client may come back with yours.", version_status=400
        ),
        mutant("short_key", "Decode the key and count: 16 bytes, else 400. 14 are too few.", sizes=(14, 16)),
        mutant("any_key", "Look at the key: it must be base64 of 16 bytes, else 400.", any_key=True),
        mutant(
            "crash_on_key",
            "Catch binascii.Error: a key that is no base64 gets 400, and the server lives on.",
            crash_on_key=True,
        ),
        mutant(
            "echoes_list",
            "Leave the subprotocol out: nobody asked you to choose, and a list is no choice.",
            picks="",
        ),
        mutant(
            "own_subprotocol",
            "Leave the subprotocol out: chat was not offered; the client would hang up (4.1).",
            picks="chat",
        ),
        mutant(
            "extension",
            "Leave out the extension: nobody offered it, and the client must hang up (4.1).",
            more=EXTENSION,
        ),
        mutant(
            "key_echoed", "Compute Accept from the key: you send the key back, as any parrot would.", more=ECHOED_KEY
        ),
        mutant(
            "body",
            "Leave out Content-Length: behind a 101 comes no body, the next byte is a frame.",
            more={"Content-Length": "0"},
        ),
        mutant(
            "no_accept",
            "Send Sec-WebSocket-Accept: without it no client believes the 101.",
            lacks="Sec-WebSocket-Accept",
        ),
        mutant("no_connection_back", "Send Connection: Upgrade in the answer too (4.2.2).", lacks="Connection"),
    ),
    hints=(
        "One question after the other, in the order of the list above; return at the first no.",
        "RFC 6455, 4.2.1: connection is a list with commas, “keep-alive, Upgrade”; its tokens and websocket are "
        "compared without "
        "regard to case. base64.b64decode raises binascii.Error for what is no base64.",
        "A neighbour, does a page accept HTML? 'text/html' in [part.strip().lower() for part in accept.split(',')]. "
        "And headers.get('accept', '') is a text also when the header is missing.",
    ),
    explanation="Up to the 101 it is HTTP, and each refusal is an ordinary answer. The 426 invites: it says what "
    "would be "
    "understood. A real server also looks at Origin here (lesson 12).",
    distractors={
        '    if method not in ("GET", "POST"):': "any_method",
        "        return 426, {}": "silent_426",
        "    if size < 14:": "short_key",
    },
)
