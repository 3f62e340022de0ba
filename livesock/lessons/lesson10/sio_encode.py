"""10.sio_encode: a packet as text (Socket.IO protocol 5, "Packet encoding"), with Engine.IO's 4 in front."""

import json
import random
import re
from typing import Any

from livesock.learn.exercise import Property, Solution, case
from livesock.learn.tables import exercise

__all__ = ["SIO_ENCODE", "draw", "read_back", "sio_encode"]

Packet = tuple[int, str, Any, int | None]


def sio_encode(kind: int, namespace: str = "/", data: object = None, number: int | None = None) -> str:
    """Return the message, with the digit of Engine.IO in front."""
    message = f"4{kind}"
    if namespace != "/":
        message += f"{namespace},"
    if number is not None:
        message += str(number)
    if data is not None:
        message += json.dumps(data)
    return message


HEAD = re.compile(r"(\d*(?:/[^,\[{]*,?)?\d*)(.*)", re.DOTALL)
"""What stands before the JSON, also where a comma is lost."""


def trial(solution: Solution, *args: Any) -> Any:
    """Return the message with its JSON written in one way: blanks in it, or \\u00e9 for é, make no difference."""
    message = solution(*args)
    if not isinstance(message, str) or not (found := HEAD.fullmatch(message)):
        return message
    head, payload = found.groups()
    try:
        return head + json.dumps(json.loads(payload), ensure_ascii=False, separators=(",", ":"))
    except ValueError:
        return message


def read_back(message: Any) -> Packet:
    """Return what a right reader makes of a message; ValueError if it is not a packet."""
    found = re.fullmatch(r"4([0-4])(?:(/[^,]*),)?(\d+)?(.+)?", message, re.DOTALL)
    if not found:
        raise ValueError(message)
    kind, namespace, number, payload = found.groups()
    data = None if payload is None else json.loads(payload)
    return int(kind), namespace or "/", data, None if number is None else int(number)


def reads_back(solution: Solution, *packet: Any) -> bool:
    try:
        return read_back(solution(*packet)) == packet
    except ValueError:
        return False


EVENTS: tuple[Any, ...] = (
    ["hello", "world"],
    ["add", 2, 3],
    ["say", "it's"],
    ["set", None, True],
    ["move", {"x": 1, "y": [2]}],
    ["grüße"],
    ["7", 8],
)


def draw(rng: random.Random) -> Packet:
    """Return a packet of a kind that is text, with a payload that suits it."""
    kind = rng.choice([0, 1, 2, 2, 2, 3, 3, 4])
    data: Any = {
        0: rng.choice([None, {"token": "x,7"}]),
        1: None,
        2: rng.choice(EVENTS),
        3: rng.choice([[], [5], ["ok, [1]"], [None], [{"at": [3, 4]}]]),
        4: {"message": "no, thanks"},
    }[kind]
    number = rng.choice([0, 7, rng.randrange(1000)]) if kind == 3 else None
    if kind == 2:
        number = rng.choice([None, 0, rng.randrange(1000)])
    return kind, rng.choice(["/", "/", "/point", "/a/b", "/room-7"]), data, number


SIO_ENCODE = exercise(
    "10.sio_encode",
    sio_encode,
    r"""
hint: Five parts, from left to right: 4, kind, namespace, number, data. Which of them may be missing, and when?
hint: Socket.IO protocol 5, “Packet encoding”: the namespace is written with a comma unless it is /, the number unless
    it is None, data as JSON unless it is None. A question: 42/point,7["add",2,3].
hint: A neighbour, a line of a log: text = f'{level}'; if user is not None: text += f' {user}:'. “is not None” lets 0
    and [] through, “if user” does not.
explanation: Every part is there only when it is needed, and each one ends by itself: the namespace with a comma, the
    number where the JSON begins. So an event costs a name, its arguments and a few characters.

no_four: Begin with 4: Engine.IO's envelope comes first, and a message is a 4.
  * "4{kind}" → "{kind}"
comma_missing: End the namespace with a comma: where else would a reader know that it ends?
  * f"{namespace}," → namespace
comma_always: Write the comma with a namespace only: the main one is not written, nor is its comma.
    if number is not None: → message += "," if namespace == "/" else ""
    | if number is not None:
main_written: Leave the main namespace out: / is what is meant when none is written.
    namespace != "/" → True
namespace_missing: Write the namespace when it is not /: this packet would go to /.
    namespace != "/" → False
slash_lost: Keep the slash in front of the namespace: a reader knows it by that.
    {namespace}, → {namespace[1:]},
number_last: Write the number before the JSON: kind, namespace, number, data.
    number is not None → False
    return message → return message + ("" if number is None else str(number))
number_first: Write the number after the namespace: kind, namespace, number, data.
    if namespace != "/": → message += "" if number is None else str(number)
    | if namespace != "/":
    number is not None → False
zero_dropped: Ask whether the number is None: 0 is a number, and its question wants an answer.
  * number is not None → number
number_none: Write no number when it is None: None is a word of Python.
    number is not None → True
data_null: Write nothing when data is None: null or [] would be a payload, and none was given.
    data is not None → True
empty_dropped: Ask whether data is None: an empty list is a payload, and an answer must carry one.
  * data is not None → data
python_quotes: Write JSON, json.dumps: str(data) gives Python's quotes, None and True.
  * json.dumps(data) → str(data)
no_list: Keep the brackets: name and arguments travel as one JSON list.
    json.dumps(data) → json.dumps(data)[1:-1] if isinstance(data, list) else json.dumps(data)
json_twice: Make JSON of data once: yours is a text that holds JSON.
    json.dumps(data) → json.dumps(json.dumps(data))
comma_after_number: Write no comma after the number: the JSON ends it.
    str(number) → f"{number},"
in_bytes: Return text: a packet without binary travels in a text frame.
    return message → return message.encode()
arguments_nested: Write data as it is: the arguments stand beside the name, in the same list.
    json.dumps(data) → json.dumps([data[0], data[1:]] if data and isinstance(data, list) else data)
""",
    cases=(
        case("connect to /", 0, gives="40"),
        case("connect to /point", 0, "/point", gives="40/point,"),
        case("connect, with a token", 0, "/", {"token": "x"}, gives='40{"token":"x"}'),
        case("connect, with an empty dict", 0, "/point", {}, gives="40/point,{}"),
        case("leave /point", 1, "/point", gives="41/point,"),
        case("an event", 2, "/", ["hello", "world"], gives='42["hello","world"]'),
        case("an event in /point", 2, "/point", ["add", 2, 3], gives='42/point,["add",2,3]'),
        case("a question in /point", 2, "/point", ["add", 2, 3], 7, gives='42/point,7["add",2,3]'),
        case("a question in /", 2, "/", ["add", 2, 3], 12, gives='4212["add",2,3]'),
        case("question number 0", 2, "/", ["enter", "lobby"], 0, gives='420["enter","lobby"]'),
        case("an answer", 3, "/point", [5], 7, gives="43/point,7[5]"),
        case("an answer without a value", 3, "/", [], 0, gives="430[]"),
        case("None and True", 2, "/", ["set", None, True], gives='42["set",null,true]'),
        case("an apostrophe", 2, "/", ["say", "it's"], gives='42["say","it\'s"]'),
        case(
            "a refusal", 4, "/nope", {"message": "Invalid namespace"}, gives='44/nope,{"message":"Invalid namespace"}'
        ),
    ),
    random=draw,
    trial=trial,
    claim=Property("a reader of the message finds what was written", draw, reads_back),
)
