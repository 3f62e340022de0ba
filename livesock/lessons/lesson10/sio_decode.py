"""10.sio_decode: a text as a packet (Socket.IO protocol 5, "Packet encoding"), or ValueError."""

import ast
import json
import random
import re
from typing import Any

from livesock.learn.checking.outcome import plain
from livesock.learn.exercise import Property, Solution, case
from livesock.learn.tables import exercise
from livesock.lessons.lesson10 import sio_encode as encoding
from livesock.lessons.lesson10.sio_encode import sio_encode

__all__ = ["SIO_DECODE", "sio_decode"]


def sio_decode(message: str) -> tuple[int, str, object, int | None]:
    """Return kind, namespace, data and number of a message; ValueError if it is not a packet."""
    if message[:1] != "4" or message[1:2] not in tuple("01234"):
        raise ValueError(f"no message of Socket.IO, or one with binary: {message!r}")
    kind, rest, namespace = int(message[1]), message[2:], "/"
    if rest.startswith("/"):
        namespace, _, rest = rest.partition(",")
    payload = rest.lstrip("0123456789")
    digits = rest[: len(rest) - len(payload)]
    try:
        data = json.loads(payload) if payload else None
    except RecursionError:
        raise ValueError("the JSON is nested too deep") from None
    if kind in (2, 3) and not isinstance(data, list):
        raise ValueError(f"events and answers carry a list: {message!r}")
    if kind == 2 and not (data and isinstance(data[0], str)):
        raise ValueError(f"an event has a name: {message!r}")
    return kind, namespace, data, int(digits) if digits else None


def returns_none(message: str) -> Any:
    try:
        return sio_decode(message)
    except ValueError:
        return None


def draw(rng: random.Random) -> tuple[str]:
    """Return a message, its JSON with or without blanks, now and then one that is cut or of another layer."""
    message = sio_encode(*encoding.draw(rng))
    if rng.random() < 0.5:
        message = encoding.trial(lambda: message)
    if rng.random() < 0.2:
        message = rng.choice(["2", "3probe", "6", "", "5", "hello", message + "[", '47["a"]', message[1:] + "}"])
    return (message,)


def reads_back(solution: Solution, *packet: Any) -> bool:
    return bool(plain(solution(sio_encode(*packet))) == plain(packet))


SIO_DECODE = exercise(
    "10.sio_decode",
    sio_decode,
    r"""
hint: Take the message off from the left: a 4, the kind, a namespace if there is a slash, digits, JSON at the end.
hint: Socket.IO protocol 5, “Packet encoding”: in 42/point,7["add",2,3] the namespace ends with the first comma, the
    number where the digits end. json.loads raises JSONDecodeError, which is a ValueError, and for a hundred thousand
    brackets RecursionError, which is none.
hint: A neighbour: text = '12px'; unit = text.lstrip('0123456789') is 'px', text[: len(text) - len(unit)] is '12'. And
    message[:1] is '' for an empty text, where message[0] would raise.
explanation: A reader believes nothing: a peer may send any text. Here every wrong one ends in ValueError, so one except
    is enough, and a server can end that session and go on with all others. One is left: Python's json also takes NaN,
    which is not JSON and ends the connection of a browser.

first_digit: Look at the first digit: only a 4 carries Socket.IO. A 2 alone is Engine.IO's ping.
    if message[:1] != "4" or → if message[:1] != "4":
    |     message = "4" + message
    | if
any_kind: Refuse kinds above 4: there is no 7, and 5 and 6 announce binary.
    "01234" → "0123456789"
binary_as_text: Refuse 5 and 6 always: also without a number of attachments they announce binary.
    "01234" → "0123456"
    if rest.startswith("/"): → if kind > 4 and "-" in rest:
    |     raise ValueError(message)
    | if rest.startswith("/"):
deep: Catch RecursionError too: a peer may send a hundred thousand brackets, and json.loads gives up in its own way.
    except RecursionError → except KeyError
reads_beginning: Look at all that follows: JSON with something behind it is no JSON.
    json.loads(payload) if payload else None → json.JSONDecoder().raw_decode(payload)[0] if payload else None
anywhere: Begin with the first character: a message that does not begin with 4 is not yours to read.
    if message[:1] → message = message[max(0, message.find("4")) :]
    | if message[:1]
binary: Refuse 5 and 6: they announce binary messages, and this reader has no place for those.
    "01234" → "0123456"
    if rest.startswith("/"): → if kind > 4:
    |     _, _, rest = rest.partition("-")
    | if rest.startswith("/"):
crash_on_short: Ask how long the message is: an empty one has no digits, and message[0] raises IndexError.
  ? message[:1] != "4" or message[1:2] not in tuple("01234") → message[0] != "4" or message[1] not in "01234"
    message[:1] != "4" or message[1:2] not in → message[0] + message[1] not in ["4" + digit for digit in
    tuple("01234"): → "01234"]:
comma_kept: Cut the comma off: it ends the namespace and does not belong to it.
    return kind, namespace → namespace += "," if namespace != "/" else ""; return kind, namespace
main_empty: Name the main namespace / when none is written.
    return kind, namespace → namespace = "" if namespace == "/" else namespace; return kind, namespace
slash_lost: Keep the slash: it is the first character of the namespace's name.
    return kind, namespace → namespace = namespace[1:] or "/"; return kind, namespace
last_comma: Cut at the first comma: later ones belong to the JSON.
  * rest.partition → rest.rpartition
always_comma: Look for a namespace only where a / stands: other commas belong to the JSON.
    rest.startswith("/") → True
digits_of_payload: Read the number where it stands, before the JSON: digits inside belong to the data.
    rest[: len(rest) - len(payload)] → "".join(re.findall(r"\d+", rest)[:1])
one_digit: Read all digits of the number: question 12 is not question 1.
    rest.lstrip("0123456789") → rest[rest[:1].isdigit() :]
zero_lost: Ask whether there are digits: 0 is a number, and its question waits for an answer.
  ? int(digits) if digits else None → int(digits) if int(digits) else None
    int(digits) if digits else None → int(digits or 0) or None
number_text: Return the number as an int.
    int(digits) if digits else None → str(int(digits)) if digits else None
kind_text: Return the kind as an int.
    return kind, → return str(kind),
data_text: Read the JSON, json.loads: what you return is still its text.
    json.loads(payload) if payload else None → payload or None
    kind in (2, 3) and not isinstance(data, list) → False
    not (data and isinstance(data[0], str)) → False
python_literals: Read JSON with json.loads: Python does not know null and true.
  ? json.loads(payload) → ast.literal_eval(payload)
    data = json.loads(payload) if payload else None → data = ast.literal_eval(payload) if payload else None
    except RecursionError → except (SyntaxError, RecursionError, MemoryError)
empty_lost: Keep an empty list: it is the answer, though it holds no value.
    return kind, namespace, data → return kind, namespace, None if data == [] else data
missing_list: Return None for data that is not there: an empty list would have been written.
    if payload else None → if payload else []
payload_unchecked: Look at the data of kinds 2 and 3: it must be a list, and an event's holds its name.
    kind in (2, 3) and not isinstance(data, list) → False
    not (data and isinstance(data[0], str)) → False
name_unchecked: Refuse an event whose list is empty: its name would be the first item.
    not (data and isinstance(data[0], str)) → False
any_name: Refuse an event whose first item is no text: null, a list and an object are no names.
    (data and isinstance(data[0], str)) → data
returns_none: Raise ValueError where there is no packet: a None is soon overlooked.
lists_only: Let any JSON stand at the end: a connect and a refusal carry a dict.
    return kind, namespace → if isinstance(data, dict):
    |     raise ValueError(message)
    | return kind, namespace
wire_order: Return kind, namespace, data, number: on the wire the number comes first, here it is last.
    data, int(digits) if digits else None → int(digits) if digits else None, data
""",
    cases=(
        case("connect to /", "40", gives=(0, "/", None, None)),
        case("connect to /point", "40/point,", gives=(0, "/point", None, None)),
        case("connect, with a token", '40{"token":"x,7"}', gives=(0, "/", {"token": "x,7"}, None)),
        case("a welcome to /point", '40/point,{"sid":"a1"}', gives=(0, "/point", {"sid": "a1"}, None)),
        case("leave /point", "41/point,", gives=(1, "/point", None, None)),
        case("an event", '42["hello","world"]', gives=(2, "/", ["hello", "world"], None)),
        case("an event in /point", '42/point,["add",2,3]', gives=(2, "/point", ["add", 2, 3], None)),
        case("a question in /point", '42/point,7["add",2,3]', gives=(2, "/point", ["add", 2, 3], 7)),
        case("a question of two digits", '4212["add",2,3]', gives=(2, "/", ["add", 2, 3], 12)),
        case("question number 0", '420["enter","lobby"]', gives=(2, "/", ["enter", "lobby"], 0)),
        case("digits inside the JSON only", '42["7", 8]', gives=(2, "/", ["7", 8], None)),
        case("an answer", "43/point,12[5]", gives=(3, "/point", [5], 12)),
        case("an answer without a value", "43/point,12[]", gives=(3, "/point", [], 12)),
        case("null and true", '42["set",null,true]', gives=(2, "/", ["set", None, True], None)),
        case("a slash inside the JSON", '42["go","/home,1"]', gives=(2, "/", ["go", "/home,1"], None)),
        case("a refusal", '44/nope,{"message":"no"}', gives=(4, "/nope", {"message": "no"}, None)),
        case("a ping of Engine.IO", "2", raises=ValueError),
        case("an opening of Engine.IO", '0{"sid":"a1"}', raises=ValueError),
        case("a 5 where the 4 should be", '52["a"]', raises=ValueError),
        case("a 0 where the 4 should be", '00{"sid":"a1"}', raises=ValueError),
        case("a probe", "3probe", raises=ValueError),
        case("nothing at all", "", raises=ValueError),
        case("a 4 alone", "4", raises=ValueError),
        case("a kind that does not exist", '47["a"]', raises=ValueError),
        case("an event with binary", '451-["photo",{"_placeholder":true,"num":0}]', raises=ValueError),
        case("kind 5 without a number", '45["a"]', raises=ValueError),
        case("kind 6 without a number", "46[5]", raises=ValueError),
        case("something before the 4", 'x42["a"]', raises=ValueError),
        case("something behind the JSON", '42["a"]x', raises=ValueError),
        case("digits behind the JSON", '42["a"]12', raises=ValueError),
        case("an answer without anything", "437", raises=ValueError),
        case("100,000 brackets", "42" + "[" * 100_000, raises=ValueError),
        case("JSON that is cut", '42["hello"', raises=ValueError),
        case("no JSON", "42/point,hello", raises=ValueError),
        case("an event without anything", "42/point,", raises=ValueError),
        case("an event without a list", '42{"a":1}', raises=ValueError),
        case("an event without a name", "42[]", raises=ValueError),
        case("null for a name", "42[null]", raises=ValueError),
        case("an object for a name", "42[{}]", raises=ValueError),
        case("a list for a name", '42[["x"]]', raises=ValueError),
        case("an answer without a list", '437{"a":1}', raises=ValueError),
    ),
    random=draw,
    times=30,
    claim=Property("what sio_encode writes is read back", encoding.draw, reads_back),
    written={"returns_none": returns_none, "ast": ast, "re": re},
)
