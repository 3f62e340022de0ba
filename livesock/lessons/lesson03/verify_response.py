"""03.verify_response: the client's side of the handshake (RFC 6455, 4.1)."""

import random
from typing import Any

from livesock.learn.exercise import Solution, case
from livesock.learn.tables import exercise
from livesock.lessons.lesson03.accept_key import accept_key
from livesock.lessons.lesson03.accept_key import draw as draw_accept

__all__ = ["VERIFY_RESPONSE", "verify_response"]

Headers = dict[str, str]


class Refused(Exception):
    """The answer does not complete the handshake. Learners define their own of the same name in the notebook."""


def verify_response(key: str, status: int, headers: dict[str, str], offered: set[str]) -> None:
    """Raise Refused unless the answer is a correct end of the handshake."""
    if status != 101:
        raise Refused(f"status {status}")
    if headers.get("upgrade", "").lower() != "websocket":
        raise Refused("no upgrade to websocket")
    if "upgrade" not in [token.strip().lower() for token in headers.get("connection", "").split(",")]:
        raise Refused("connection does not say upgrade")
    if headers.get("sec-websocket-accept", "").strip() != accept_key(key):
        raise Refused("the accept is not that of our key")
    if "sec-websocket-protocol" in headers and headers["sec-websocket-protocol"] not in offered:
        raise Refused("a subprotocol that was not offered")
    if "sec-websocket-extensions" in headers:
        raise Refused("an extension that was not offered")


def trial(solution: Solution, *args: Any) -> str:
    """Return "believed" or "refused"; the class Refused is the learner's own, so its name counts."""
    try:
        answer = solution(*args)
    except Exception as error:
        if any(kind.__name__ == "Refused" for kind in type(error).__mro__):
            return "refused"
        raise
    return "believed" if answer is None else f"returned {answer!r}"


def returns_false(key: str, status: int, headers: Headers, offered: set[str]) -> bool:
    try:
        verify_response(key, status, headers, offered)
    except Refused:
        return False
    return True


KEY = "dGhlIHNhbXBsZSBub25jZQ=="
GOOD = {"upgrade": "websocket", "connection": "Upgrade", "sec-websocket-accept": "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="}
CASES: tuple[tuple[str, int, dict[str, Any], set[str], bool], ...] = (
    ("the truth", 101, {}, set(), True),
    ("status 200", 200, {}, set(), False),
    ("status 100", 100, {}, set(), False),
    ("status 403", 403, {}, set(), False),
    ("no Upgrade", 101, {"upgrade": None}, set(), False),
    ("an upgrade to something else", 101, {"upgrade": "h2c"}, set(), False),
    ("an upgrade to websockets", 101, {"upgrade": "websockets"}, set(), False),
    ("WebSocket in other letters", 101, {"upgrade": "WebSocket"}, set(), True),
    ("WEBSOCKET in capitals", 101, {"upgrade": "WEBSOCKET"}, set(), True),
    ("no Connection", 101, {"connection": None}, set(), False),
    ("Connection: close", 101, {"connection": "close"}, set(), False),
    ("Connection: not-upgrade", 101, {"connection": "not-upgrade"}, set(), False),
    ("Connection in small letters", 101, {"connection": "upgrade"}, set(), True),
    ("Connection in capitals", 101, {"connection": "UPGRADE"}, set(), True),
    ("Connection as a list", 101, {"connection": "keep-alive, Upgrade"}, set(), True),
    ("Connection as a list, Upgrade first", 101, {"connection": "Upgrade, keep-alive"}, set(), True),
    ("Connection as a list without blanks", 101, {"connection": "keep-alive,upgrade"}, set(), True),
    ("Connection as a list of three", 101, {"connection": "keep-alive , x , Upgrade "}, set(), True),
    ("no Accept", 101, {"sec-websocket-accept": None}, set(), False),
    ("an Accept of another key", 101, {"sec-websocket-accept": "ICX+Yqv66kxgM0FcWaLWlFLwTAI="}, set(), False),
    ("an Accept in small letters", 101, {"sec-websocket-accept": "s3pplmbitxaq9kygzzhzrbk+xoo="}, set(), False),
    ("more than the Accept", 101, {"sec-websocket-accept": "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=AAAA"}, set(), False),
    ("half of the Accept", 101, {"sec-websocket-accept": "s3pPLMBiTxaQ9k"}, set(), False),
    ("a subprotocol that was offered", 101, {"sec-websocket-protocol": "chat"}, {"chat", "v2"}, True),
    ("a subprotocol that was not offered", 101, {"sec-websocket-protocol": "chat"}, {"v2"}, False),
    ("a part of a subprotocol", 101, {"sec-websocket-protocol": "cha"}, {"chat"}, False),
    ("a subprotocol in other letters", 101, {"sec-websocket-protocol": "Chat"}, {"chat"}, False),
    ("two subprotocols", 101, {"sec-websocket-protocol": "chat, v2"}, {"chat", "v2"}, False),
    ("a subprotocol called none", 101, {"sec-websocket-protocol": "none"}, {"chat"}, False),
    ("a subprotocol, none offered", 101, {"sec-websocket-protocol": "chat"}, set(), False),
    ("offered, none chosen", 101, {}, {"chat"}, True),
    ("an extension", 101, {"sec-websocket-extensions": "permessage-deflate"}, set(), False),
    ("another extension", 101, {"sec-websocket-extensions": "x-zip"}, set(), False),
)


def changed(changes: dict[str, Any]) -> Headers:
    return {name: value for name, value in {**GOOD, **changes}.items() if value is not None}


def draw(rng: random.Random) -> tuple[str, int, Headers, set[str]]:
    """Return an answer with the right accept for a new key, and one of the changes above."""
    _, status, changes, offered, _ = rng.choice([row for row in CASES if "sec-websocket-accept" not in row[2]])
    (key,) = draw_accept(rng)
    return key, status, {**changed(changes), "sec-websocket-accept": accept_key(key)}, offered


VERIFY_RESPONSE = exercise(
    "03.verify_response",
    verify_response,
    r"""
hint: Six questions: status, upgrade, connection, accept, subprotocol, extensions. Which of them may be missing?
hint: RFC 6455, 4.1: upgrade and connection are compared without regard to case, accept letter by letter;
    sec-websocket-protocol may be missing, otherwise it must be one of those offered, letter by letter.
hint: A neighbour: if headers.get('content-type', '').lower() != 'text/html': raise Refused('no page'). get with ''
    makes a missing header one more wrong value.
explanation: 101 and three right headers and nothing unasked: only now is the connection open. Lists are legal in
    connection, and an accept of another key is the mark of a cache.

all_but_status: Look at more than the status: a cache can answer 101 too.
    if headers.get("upgrade", "") → return
    | if headers.get("upgrade", "")
status: Look at the status first: only 101 switches.
    status != 101 → False
any_2xx: Ask for 101 itself: a 200 is a page, however good its headers look.
  * status != 101 → status >= 300
any_1xx: Ask for 101 itself: a 100 only says “go on”.
    status != 101 → not 100 <= status < 200
upgrade_part: Compare all of upgrade: “websockets” holds the word too, and is another protocol.
    headers.get("upgrade", "").lower() != "websocket" → "websocket" not in headers.get("upgrade", "").lower()
connection_part: Split connection at its commas: “not-upgrade” holds the letters too.
    [token.strip().lower() for token in headers.get("connection", "").split(",")] →
    | headers.get("connection", "").lower()
accept_part: Compare all of the accept: nothing may follow the right value.
    headers.get("sec-websocket-accept", "").strip() != accept_key(key) →
    | accept_key(key) not in headers.get("sec-websocket-accept", "")
protocol_part: Compare whole names: “cha” is not the “chat” that you offered.
    headers["sec-websocket-protocol"] not in offered →
    | not any(headers["sec-websocket-protocol"] in one for one in offered)
protocol_case: Compare the subprotocol letter by letter: “Chat” is not the “chat” that you offered.
    headers["sec-websocket-protocol"] not in offered →
    | headers["sec-websocket-protocol"].lower() not in {one.lower() for one in offered}
protocol_list: Take one subprotocol: a server chooses one at most, and a list is not one of your names.
    headers["sec-websocket-protocol"] not in offered →
    | not {name.strip() for name in headers["sec-websocket-protocol"].split(",")} <= offered
two_tokens: Look at every token of connection: upgrade may be the third.
    .split(",")] → .split(",")[:2]]
always_refuses: Return nothing when all is well: yours refuses also the right answer.
    if status != 101 → if True
always_believes: Raise Refused when something is wrong: yours believes every answer.
    if status != 101: → return
    | if status != 101:
only_deflate: Refuse every extension, not this or that one: you offered none.
    "sec-websocket-extensions" in headers → "deflate" in headers.get("sec-websocket-extensions", "")
upgrade: Look at upgrade: if it is not websocket, the connection speaks something else now.
    headers.get("upgrade", "").lower() != "websocket" → False
missing_upgrade_passes: Refuse an answer without upgrade: what is missing is not websocket.
    headers.get("upgrade", "") → headers.get("upgrade", "websocket")
connection: Look at connection: upgrade must be in it (4.1).
    if "upgrade" not in → if False and "upgrade" not in
accept: Compare the accept with your own computation: it is the only proof that the server has understood.
    headers.get("sec-websocket-accept", "").strip() != accept_key(key) → False
accept_case: Compare the accept letter by letter: base64 tells capitals from small letters.
  * .strip() != accept_key(key) → .lower() != accept_key(key).lower()
missing_accept_passes: Refuse an answer without an accept: what is missing proves nothing.
    headers.get("sec-websocket-accept", "") → headers.get("sec-websocket-accept", accept_key(key))
exact_case: Compare websocket without regard to case (4.1).
  * headers.get("upgrade", "").lower() → headers.get("upgrade")
two_spellings: Compare websocket without regard to case, whatever letters are large: WEBSOCKET is the same word.
    headers.get("upgrade", "").lower() != "websocket" → headers.get("upgrade", "") not in ("websocket", "WebSocket")
two_spellings_of_upgrade: Compare the tokens of connection without regard to case, whatever letters are large.
    "upgrade" not in [token.strip().lower() → not {"upgrade", "Upgrade"} & {token.strip()
    .split(",")] → .split(",")}
exact_connection: Look for the token in the list: connection may say more than upgrade.
    "upgrade" not in → ["upgrade"] !=
protocol: Ask whether you offered that subprotocol: a server may choose, and from your list only.
    headers["sec-websocket-protocol"] not in offered → False
protocol_demanded: Accept an answer without a subprotocol: a server may choose none (4.2.2).
    "sec-websocket-protocol" in headers and headers["sec-websocket-protocol"] not in offered →
    | headers.get("sec-websocket-protocol") not in (offered or {None})
protocol_never: Accept a subprotocol from your list: that is what you offered it for.
    and headers["sec-websocket-protocol"] not in offered →
extensions: Refuse an extension: you offered none, and would not understand its frames.
    "sec-websocket-extensions" in headers → False
returns_false: Raise Refused, and return nothing: a caller that ignores the result would go on.
value_error: Raise the class Refused of this notebook, so that a caller can catch that and nothing else.
    if status != 101: → Refused = ValueError
    | if status != 101:
""",
    cases=[
        case(name, KEY, status, changed(changes), offered, gives="believed" if good else "refused")
        for name, status, changes, offered, good in CASES
    ],
    random=draw,
    times=40,
    trial=trial,
    shows=str,
    written={"returns_false": returns_false},
)
