"""03.check_request: the server's side of the handshake (RFC 6455, 4.2)."""

import base64
import binascii
import random
from typing import Any

from livesock.learn.exercise import Case, Solution, case
from livesock.learn.tables import exercise
from livesock.lessons.lesson03.accept_key import accept_key

__all__ = ["CHECK_REQUEST", "check_request"]

Headers = dict[str, str]


def check_request(method: str, version: str, headers: dict[str, str]) -> tuple[int, dict[str, str]]:
    """Return the status and the headers with which a server answers a WebSocket handshake."""
    if method != "GET":
        return 405, {}
    tokens = [token.strip().lower() for token in headers.get("connection", "").split(",")]
    if version < "HTTP/1.1" or "host" not in headers or "upgrade" not in tokens:
        return 400, {}
    if headers.get("upgrade", "").lower() != "websocket":
        return 400, {}
    if headers.get("sec-websocket-version") != "13":
        return 426, {"Sec-WebSocket-Version": "13"}
    key = headers.get("sec-websocket-key", "")
    try:
        size = len(base64.b64decode(key, validate=True))
    except ValueError:
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
        counts = [name for name in counts if name != "sec-websocket-version"]  # any refusal may carry it
    return status, {name: tamed(name, found[name]) for name in counts}


def tamed(name: str, value: Any) -> Any:
    """Return a value as HTTP compares it: without regard to case, a number as its text; Connection may say more."""
    if name not in ("upgrade", "connection", "sec-websocket-version"):
        return value
    text = str(value).strip().lower()
    return "upgrade" if name == "connection" and "upgrade" in map(str.strip, text.split(",")) else text


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
        [
            {},
            {},
            {"host": None},
            {"sec_websocket_version": rng.choice(["8", "7", "14", None])},
            {"connection": "keep-alive"},
        ]
    )
    return rng.choice(["GET", "GET", "GET", "GET", "PUT"]), "HTTP/1.1", good(**{**changes, **bad})


def get(name: str, headers: Headers, gives: tuple[int, Headers]) -> Case:
    return case(name, "GET", "HTTP/1.1", headers, gives=gives)


CHECK_REQUEST = exercise(
    "03.check_request",
    check_request,
    r"""
hint: One question after the other, in the order of the list above; return at the first no.
hint: RFC 6455, 4.2.1: connection is a list with commas, “keep-alive, Upgrade”; its tokens and websocket are compared
    without regard to case. base64.b64decode raises a ValueError for what is not base64; binascii.Error is one.
hint: A neighbour, does a page accept HTML? 'text/html' in [part.strip().lower() for part in accept.split(',')]. And
    headers.get('accept', '') is a text also when the header is missing.
explanation: Up to the 101 it is HTTP, and each refusal is an ordinary answer. The 426 invites: it says what would be
    understood. A real server also looks at Origin here.

exact_connection: Look for the token in the list: Firefox sends keep-alive, Upgrade.
    "upgrade" not in tokens → tokens != ["upgrade"]
two_spellings: Compare upgrade without regard to case, whatever letters are large: UPGRADE is the same token.
    token.strip().lower() for → token.strip() for
    "upgrade" not in tokens → not {"upgrade", "Upgrade"} & set(tokens)
substring: Split the list at its commas: “not-upgrade” holds the letters too.
    "upgrade" not in tokens → "upgrade" not in headers.get("connection", "").lower()
exact_case: Compare websocket without regard to case (4.2.1).
    .lower() != "websocket" → != "websocket"
any_method: Look at the method: 405, because a GET is the only beginning.
  ? method != "GET" → method not in ("GET", "POST")
    method != "GET" → False
method_case: Compare the method letter by letter: get is not GET (RFC 9110, 9.1).
    method != "GET" → method.upper() != "GET"
upgrade_part: Compare all of upgrade: “websockets” holds the word too, and is another protocol.
    headers.get("upgrade", "").lower() != "websocket" → "websocket" not in headers.get("upgrade", "").lower()
lenient: Decode the key strictly: without validate=True, b64decode skips what is not base64.
    , validate=True →
any_http: Look at the version of HTTP: Upgrade came with 1.1.
    version < "HTTP/1.1" or →
only_1_1: Refuse what is below 1.1, and nothing else: HTTP/1.2 has all that 1.1 has.
    version < "HTTP/1.1" → version != "HTTP/1.1"
no_host: Ask for Host: HTTP/1.1 demands it, and the answer without it is 400.
    "host" not in headers or →
no_upgrade: Look at upgrade: without websocket in it the client wants something else.
    headers.get("upgrade", "").lower() != "websocket" → False
no_connection: Look at connection: upgrade must be in its list, for the next hop (4.2.1).
    or "upgrade" not in tokens →
any_version: Look at the WebSocket version: 426, and the header that says 13.
    != "13" → not in ("13", "8", "7", None)
version_part: Compare all of the version: 130 begins with 13, and is another one.
    headers.get("sec-websocket-version") != "13" → "13" not in headers.get("sec-websocket-version", "")
version_from_13: Ask for 13 itself: you do not know what 14 will be.
    headers.get("sec-websocket-version") != "13" → headers.get("sec-websocket-version", "") < "13"
version_as_number: Compare the texts: int fails on a version that is not a number, and the server with it.
    headers.get("sec-websocket-version") != "13" → int(headers.get("sec-websocket-version", 0)) != 13
method_part: Compare all of the method: GETS is another one.
    method != "GET" → not method.startswith("GET")
version_missing_passes: Ask for the version: one that is missing is not 13.
    != "13" → not in ("13", None)
silent_426: Say which version you speak: 426 brings Sec-WebSocket-Version: 13 (4.4).
  * 426, {"Sec-WebSocket-Version": "13"} → 426, {}
400_for_version: Answer 426 to another version: the client may come back with yours.
    return 426 → return 400
short_key: Decode the key and count: 16 bytes, otherwise 400. 14 are too few.
  ? size != 16 → size < 14
    size != 16 → size not in (14, 16)
any_key: Look at the key: it must be base64 of 16 bytes, otherwise 400.
    size != 16 → False
crash_on_key: Catch what b64decode raises: a key that is not base64 gets 400, and the server goes on.
    size = 0 → raise
crash_on_letters: Catch ValueError: b64decode raises that for a letter outside ASCII; binascii.Error is only one kind.
    except ValueError → except binascii.Error
urlsafe: Decode with the plain alphabet, + and /: a key with - and _ is not base64 here.
    base64.b64decode(key, validate=True) → base64.urlsafe_b64decode(key)
padded: Leave the key as it is: base64 of 16 bytes ends in ==, and one that does not gets 400.
    (key, validate=True) → (key + "=" * (-len(key) % 4), validate=True)
version_last: Ask for the version before the key: the list is in that order, and a client with both faults gets 426.
    headers.get("sec-websocket-version") != "13" → False
    return 101 → if headers.get("sec-websocket-version") != "13":
    |     return 426, {"Sec-WebSocket-Version": "13"}
    | return 101
version_first: Ask for Host, upgrade and connection before the version: the list is in that order, and they get 400.
    if version < "HTTP/1.1" → if method == "GET" and headers.get("sec-websocket-version") != "13":
    |     return 426, {"Sec-WebSocket-Version": "13"}
    | if version < "HTTP/1.1"
method_last: Ask for the method first: the list is in that order, and any other fault comes after it.
    if method != "GET" → if False
    return 101 → if method != "GET":
    |     return 405, {}
    | return 101
two_tokens: Look at every token of the list: upgrade may be the third.
    .split(",")] → .split(",")[:2]]
echoes_list: Leave the subprotocol out: this server chooses none, and a list is not a choice.
    return 101, { → offered = headers.get("sec-websocket-protocol")
    | return 101, ({"Sec-WebSocket-Protocol": offered} if offered else {}) | {
own_subprotocol: Leave the subprotocol out: chat was not offered; the client would hang up (4.1).
    return 101, { → offered = headers.get("sec-websocket-protocol")
    | return 101, ({"Sec-WebSocket-Protocol": "chat"} if offered else {}) | {
extension: Leave out the extension: the client did not offer it, and must hang up (4.1).
    "Connection": "Upgrade" → "Connection": "Upgrade", "Sec-WebSocket-Extensions": "permessage-deflate"
key_echoed: Compute Accept from the key: you send the key back, as any parrot would.
    accept_key(key) → key
body: Leave out Content-Length: a 101 has no body, the next byte is a frame.
    "Connection": "Upgrade" → "Connection": "Upgrade", "Content-Length": "0"
no_accept: Send Sec-WebSocket-Accept: without it no client believes the 101.
    , "Sec-WebSocket-Accept": accept_key(key) →
no_connection_back: Send Connection: Upgrade in the answer too (4.2.2).
    "Connection": "Upgrade", →
""",
    cases=(
        get("the RFC's own key", good(), gives=(101, SWITCHED)),
        get("WebSocket in other letters", good(upgrade="WebSocket"), gives=(101, SWITCHED)),
        get("WEBSOCKET in capitals", good(upgrade="WEBSOCKET"), gives=(101, SWITCHED)),
        get("UPGRADE in capitals", good(connection="UPGRADE"), gives=(101, SWITCHED)),
        case("HTTP/1.2", "GET", "HTTP/1.2", good(), gives=(101, SWITCHED)),
        get("a list, as Firefox sends it", good(connection="keep-alive, Upgrade"), gives=(101, SWITCHED)),
        get("a list in small letters", good(connection="upgrade,keep-alive"), gives=(101, SWITCHED)),
        get("a list of three, with blanks", good(connection="keep-alive , x , Upgrade "), gives=(101, SWITCHED)),
        case("POST", "POST", "HTTP/1.1", good(), gives=(405, {})),
        case("get in small letters", "get", "HTTP/1.1", good(), gives=(405, {})),
        case("GE", "GE", "HTTP/1.1", good(), gives=(405, {})),
        case("GETS", "GETS", "HTTP/1.1", good(), gives=(405, {})),
        case("HTTP/0.9", "GET", "HTTP/0.9", good(), gives=(400, {})),
        case("HTTP/1.0", "GET", "HTTP/1.0", good(), gives=(400, {})),
        get("no Host", good(host=None), gives=(400, {})),
        get("no Upgrade", good(upgrade=None), gives=(400, {})),
        get("an upgrade to something else", good(upgrade="h2c"), gives=(400, {})),
        get("an upgrade to websockets", good(upgrade="websockets"), gives=(400, {})),
        get("an upgrade to xwebsocket", good(upgrade="xwebsocket"), gives=(400, {})),
        get("no Connection", good(connection=None), gives=(400, {})),
        get("Connection without Upgrade", good(connection="keep-alive"), gives=(400, {})),
        get("Connection: not-upgrade", good(connection="not-upgrade"), gives=(400, {})),
        get("Connection: upgrades", good(connection="upgrades"), gives=(400, {})),
        *(
            get(f"version {version}", good(sec_websocket_version=version), gives=(426, ANSWER))
            for version in ("14", "130", "3", "thirteen")
        ),
        get("version 8", good(sec_websocket_version="8"), gives=(426, ANSWER)),
        get("no version", good(sec_websocket_version=None), gives=(426, ANSWER)),
        get("no key", good(sec_websocket_key=None), gives=(400, {})),
        get("an empty key", good(sec_websocket_key=""), gives=(400, {})),
        get("a key of 15 bytes", good(sec_websocket_key=sixteen(15)), gives=(400, {})),
        get("a key of 32 bytes", good(sec_websocket_key=sixteen(32)), gives=(400, {})),
        get("a key of 14 bytes", good(sec_websocket_key=sixteen(14)), gives=(400, {})),
        get("a key of 17 bytes", good(sec_websocket_key=sixteen(17)), gives=(400, {})),
        get("a key that is not base64", good(sec_websocket_key="not base64"), gives=(400, {})),
        get("a stray ! in the key", good(sec_websocket_key="!" + RFC_KEY), gives=(400, {})),
        get("- and _ in the key", good(sec_websocket_key="__-_" + RFC_KEY[4:]), gives=(400, {})),
        get("a key without its ==", good(sec_websocket_key=RFC_KEY[:-2]), gives=(400, {})),
        get("a letter outside ASCII in the key", good(sec_websocket_key="é" + RFC_KEY[1:]), gives=(400, {})),
        case("POST, without anything", "POST", "HTTP/1.0", {}, gives=(405, {})),
        case("POST, version 8", "POST", "HTTP/1.1", good(sec_websocket_version="8"), gives=(405, {})),
        case("POST, no key", "POST", "HTTP/1.1", good(sec_websocket_key=None), gives=(405, {})),
        case("HTTP/1.0, version 8", "GET", "HTTP/1.0", good(sec_websocket_version="8"), gives=(400, {})),
        get("no Host, version 8", good(host=None, sec_websocket_version="8"), gives=(400, {})),
        get("no Upgrade, no version", good(upgrade=None, sec_websocket_version=None), gives=(400, {})),
        get("no Connection, version 8", good(connection=None, sec_websocket_version="8"), gives=(400, {})),
        get("version 8, no key", good(sec_websocket_version="8", sec_websocket_key=None), gives=(426, ANSWER)),
        get("no version, a bad key", good(sec_websocket_version=None, sec_websocket_key="?"), gives=(426, ANSWER)),
        get("a subprotocol is offered", good(sec_websocket_protocol="a, b"), gives=(101, SWITCHED)),
    ),
    random=draw,
    times=30,
    trial=trial,
    written={"binascii": binascii},
)
