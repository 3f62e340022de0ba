"""13.sio_decode: a text as a packet (Socket.IO protocol 5, "Packet encoding"), or ValueError."""

from __future__ import annotations

import ast
import json
import random
import re
from functools import partial
from typing import Any

from livesock.learn.checking.outcome import plain
from livesock.learn.exercise import Exercise, Mutant, Property, Solution, case
from livesock.lessons.lesson13 import sio_encode as encoding
from livesock.lessons.lesson13.sio_encode import sio_encode

__all__ = ["SIO_DECODE", "sio_decode"]


def sio_decode(message: str) -> tuple[int, str, object, int | None]:
    """Return kind, namespace, data and number of a message; ValueError if it is none."""
    if message[:1] != "4" or message[1:2] not in tuple("01234"):
        raise ValueError(f"no message of Socket.IO, or one with binary: {message!r}")
    kind, rest, namespace = int(message[1]), message[2:], "/"
    if rest.startswith("/"):
        namespace, _, rest = rest.partition(",")
    payload = rest.lstrip("0123456789")
    digits = rest[: len(rest) - len(payload)]
    data = json.loads(payload) if payload else None
    if kind in (2, 3) and not isinstance(data, list):
        raise ValueError(f"events and answers carry a list: {message!r}")
    if kind == 2 and not data:
        raise ValueError(f"an event has a name: {message!r}")
    return kind, namespace, data, int(digits) if digits else None


def wrong(
    message: str,
    *,
    any_first: bool = False,
    kinds: str = "01234",
    comma: str = "first",
    digits: str = r"\d+",
    anywhere: bool = False,
    zero: bool = True,
    loads: str = "json",
    empty: bool = True,
    missing: Any = None,
    checks: str = "all",
    binary: bool = False,
) -> Any:
    """Return a packet in which one thing is wrong, the named one."""
    envelope, digit = message[:1], message[1:2]
    if any_first and envelope != "4":
        message, envelope, digit = "4" + message, "4", envelope
    if envelope != "4" or not digit or digit not in kinds:
        raise ValueError(message)
    kind, rest, namespace = int(digit), message[2:], "/"
    rest = rest.partition("-")[2] if binary and digit in "56" else rest
    if rest.startswith("/") or comma == "always":
        namespace, _, rest = rest.rpartition(",") if comma == "last" else rest.partition(",")
    found = re.search(digits, rest) if anywhere else re.match(digits, rest)
    number = found.group() if found else None
    payload = rest[found.end() :] if found and not anywhere else rest.lstrip("0123456789")
    data = read(payload, loads) if payload else missing
    if checks != "none" and kind in (2, 3) and not isinstance(data, list) and loads != "text":
        raise ValueError(message)
    if checks == "all" and kind == 2 and data == []:
        raise ValueError(message)
    return (
        kind,
        namespace,
        data if data != [] or empty else None,
        int(number) if number and (zero or int(number)) else None,
    )


def reshaped(message: str, *, how: str) -> Any:
    """Return the right packet in another shape."""
    kind, namespace, data, number = sio_decode(message)
    if how == "wire_order":
        return kind, namespace, number, data
    if how in ("comma_kept", "slash_lost", "main_empty"):
        joined = {"comma_kept": namespace + ",", "slash_lost": namespace[1:]}.get(how, namespace)
        main = "" if how == "main_empty" else "/"
        return kind, main if namespace == "/" else joined, data, number
    if how == "kind_text":
        return str(kind), namespace, data, number
    return kind, namespace, data, None if number is None else str(number)


def read(payload: str, how: str) -> Any:
    if how == "text":
        return payload
    if how == "python":
        try:
            return ast.literal_eval(payload)
        except SyntaxError as exc:
            raise ValueError(payload) from exc
    return json.loads(payload)


def crashes(message: str) -> Any:
    return sio_decode(message[0] + message[1] + message[2:])


def returns_none(message: str) -> Any:
    try:
        return sio_decode(message)
    except ValueError:
        return None


def lists_only(message: str) -> Any:
    packet = sio_decode(message)
    if isinstance(packet[2], dict):
        raise ValueError(message)
    return packet


def draw(rng: random.Random) -> tuple[str]:
    """Return a message, its JSON with or without blanks, now and then one that is cut or of another layer."""
    message = sio_encode(*encoding.draw(rng))
    if rng.random() < 0.5:
        message = encoding.trial(lambda: message)
    if rng.random() < 0.2:
        message = rng.choice(["2", "3probe", "6", "", "5", "hello", message[:-1] + "[", '47["a"]', message[1:] + "}"])
    return (message,)


def reads_back(solution: Solution, *packet: Any) -> bool:
    return bool(plain(solution(sio_encode(*packet))) == plain(packet))


def mutant(id: str, hint: str, **options: Any) -> Mutant:
    return Mutant(id, partial(wrong, **options), hint)


SIO_DECODE = Exercise(
    "13.sio_decode",
    sio_decode,
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
        case("JSON that is cut", '42["hello"', raises=ValueError),
        case("no JSON", "42/point,hello", raises=ValueError),
        case("an event without anything", "42/point,", raises=ValueError),
        case("an event without a list", '42{"a":1}', raises=ValueError),
        case("an event without a name", "42[]", raises=ValueError),
        case("an answer without a list", '437{"a":1}', raises=ValueError),
    ),
    random=draw,
    times=30,
    claim=Property("what sio_encode writes is read back", encoding.draw, reads_back),
    mutants=(
        mutant(
            "first_digit",
            "Look at the first digit: only a 4 carries Socket.IO. A 2 alone is Engine.IO's ping.",
            any_first=True,
        ),
        mutant("any_kind", "Refuse kinds above 4: there is no 7, and 5 and 6 announce binary.", kinds="0123456789"),
        mutant(
            "binary",
            "Refuse 5 and 6: they announce binary messages, and this reader has no place for those.",
            kinds="0123456",
            binary=True,
        ),
        Mutant(
            "crash_on_short",
            crashes,
            "Ask how long the message is: an empty one has no digits, and message[0] raises IndexError.",
        ),
        Mutant(
            "comma_kept",
            partial(reshaped, how="comma_kept"),
            "Cut the comma off: it ends the namespace and does not belong to it.",
        ),
        Mutant("main_empty", partial(reshaped, how="main_empty"), "Name the main namespace / when none is written."),
        Mutant(
            "slash_lost",
            partial(reshaped, how="slash_lost"),
            "Keep the slash: it is the first character of the namespace's name.",
        ),
        mutant("last_comma", "Cut at the first comma: later ones belong to the JSON.", comma="last"),
        mutant(
            "always_comma",
            "Look for a namespace only where a / stands: other commas belong to the JSON.",
            comma="always",
        ),
        mutant(
            "digits_of_payload",
            "Read the number where it stands, before the JSON: digits inside belong to the data.",
            anywhere=True,
        ),
        mutant("one_digit", "Read all digits of the number: question 12 is not question 1.", digits=r"\d"),
        mutant(
            "zero_lost",
            "Ask whether there are digits: 0 is a number, and its question waits for an answer.",
            zero=False,
        ),
        Mutant("number_text", partial(reshaped, how="number_text"), "Return the number as an int."),
        Mutant("kind_text", partial(reshaped, how="kind_text"), "Return the kind as an int."),
        mutant("data_text", "Read the JSON, json.loads: what you return is still its text.", loads="text"),
        mutant("python_literals", "Read JSON with json.loads: Python does not know null and true.", loads="python"),
        mutant("empty_lost", "Keep an empty list: it is the answer, though it holds no value.", empty=False),
        mutant(
            "missing_list", "Return None for data that is not there: an empty list would have been written.", missing=[]
        ),
        mutant(
            "payload_unchecked",
            "Look at the data of kinds 2 and 3: it must be a list, and an event's holds its name.",
            checks="none",
        ),
        mutant(
            "name_unchecked", "Refuse an event whose list is empty: its name would be the first item.", checks="list"
        ),
        Mutant("returns_none", returns_none, "Raise ValueError where there is no packet: a None is soon overlooked."),
        Mutant("lists_only", lists_only, "Let any JSON stand at the end: a connect and a refusal carry a dict."),
        Mutant(
            "wire_order",
            partial(reshaped, how="wire_order"),
            "Return kind, namespace, data, number: on the wire the number comes first, here it is last.",
        ),
    ),
    hints=(
        "Take the message off from the left: a 4, the kind, a namespace if there is a slash, digits, JSON at the end.",
        'Socket.IO protocol 5, “Packet encoding”: in 42/point,7["add",2,3] the namespace ends with the first comma, '
        "the number where the digits end. json.loads raises JSONDecodeError, which is a ValueError.",
        "A neighbour: text = '12px'; unit = text.lstrip('0123456789') is 'px', text[: len(text) - len(unit)] is '12'. "
        "And message[:1] is '' for an empty text, where message[0] would raise.",
    ),
    explanation="A reader believes nothing: a peer may send any text. Here every wrong one ends in ValueError, so one "
    "except is enough, and a server can end that session and go on with all others.",
    distractors={
        '        namespace, _, rest = rest.rpartition(",")': "last_comma",
        "    return kind, namespace, data, int(digits) if int(digits) else None": "zero_lost",
        '    if message[0] != "4" or message[1] not in "01234":': "crash_on_short",
        "    data = ast.literal_eval(payload) if payload else None": "python_literals",
    },
)
