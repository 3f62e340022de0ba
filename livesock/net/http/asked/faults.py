"""`bad_value`: whether a handler failed because it could not use what a request brought.

    int(request.path_params["id"])    /items/abc     422   the path: invalid literal for int() with base 10: 'abc'
    request.query["page"]             /items         422   the request brings no query parameter 'page'
    request.json()["name"]            {}             422   the request brings no member 'name'
    Item(**request.json())            {"price": ""}  422   price: Input should be a valid number, …
    msgspec.convert(request.json(), Item)            422   price: expected `float`, got `str`
    request.json()                    {"price"       400   the body is not valid: Expecting ':' delimiter, …

Anything else is the handler's own fault, and 500 (RFC 9110, 15.5.1, 15.5.21 and 15.6.1).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time
from itertools import chain, islice
from opcode import opmap
from typing import Any

from livesock.net.http.asked.multipart import NotAForm
from livesock.net.http.asked.sent import Missing

__all__ = ["bad_value", "fault_of"]

MOST = 1_000
"""Values of a request among which the one that the handler could not use is looked for: this runs on the loop."""

_NOT_CONVERTED = (
    r"(?:invalid literal for int\(\) with base \d+|could not convert string to float|Invalid isoformat string): (.+)"
    r"|(.+) is not a valid \w+"
)
"""What `int`, `float`, `date.fromisoformat` and an `Enum` say of a str; the group is its `repr`."""

_NO_JSON = object()

_NOT_MADE = r"\S+ (?:(got an unexpected keyword)|missing \d+ required).*?'(\w+)'"
"""What a class says of `Item(**request.json())` with a member too many or too few."""


def fault_of(
    exc: BaseException, path: str, brought: Mapping[str, Mapping[str, Any]], body: bytes | None = None
) -> tuple[int, str] | None:
    """Return `bad_value` of what a handler raised; `brought` has the values by name of each kind, such as `header`.

    What opens a WebSocket has no body.
    """
    texts: list[tuple[str, Any]] = [("the path", part) for part in path.split("/") if part]
    for kind, values in brought.items():
        texts += [(f"{kind} {name!r}", value) for name, value in values.items()]
        texts.append(("the request", dict(values)))
    try:
        return bad_value(exc, body, texts)
    except Exception:  # an exception of the handler's own, which does not let itself be asked
        return None


def bad_value(exc: BaseException, body: bytes | None, texts: Iterable[tuple[str, Any]]) -> tuple[int, str] | None:
    """Return status and text of the answer if `exc` is about what a request brought; None if it is not.

    `texts` are the parts of its path, and its query, headers and form with their values, each behind its place.
    """
    read = exc.doc if isinstance(exc, json.JSONDecodeError) else getattr(exc, "object", None)
    is_body = body is not None and read in (body, body.decode(errors="replace"))
    if isinstance(exc, NotAForm) or (is_body and isinstance(exc, ValueError)):
        return 400, f"the body is not valid: {exc}"
    if isinstance(exc, Missing):
        return 422, str(exc)
    brought = list(islice(chain(texts, (("the body", value) for value in _values_of(body))), MOST))
    if isinstance(exc, ValueError) and callable(getattr(exc, "errors", None)):  # pydantic's ValidationError
        found: list[dict[str, Any]] = exc.errors()[:10]  # type: ignore[attr-defined]
        values = [value for _, value in brought]
        if found and all(one.get("input") in values for one in found):
            return 422, "\n".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in found)
    elif isinstance(exc, ValueError) and type(exc).__module__ == "msgspec":
        return _fault_of_msgspec(exc, body, brought)
    elif isinstance(exc, ValueError) and (match := re.fullmatch(_NOT_CONVERTED, str(exc), re.DOTALL)):
        for place, value in brought:
            if isinstance(value, str) and (match[1] or match[2]) in (repr(value), value):
                return 422, f"{place}: {exc!s:.200}"
    elif isinstance(exc, ValueError) and str(exc) == "badly formed hexadecimal UUID string":  # it does not say which
        for place, value in brought:
            if isinstance(value, str) and _bare(value) == _local_of(exc, "hex"):
                return 422, f"{place}: {exc}: {value!r:.60}"
    elif isinstance(exc, ValueError):
        given = _local_of(exc, "data_string")  # of strptime()
        for place, value in brought:
            if isinstance(value, str) and (value == given or str(exc) in _said_of_date(value)):
                return 422, f"{place}: {exc!s:.100}: {value!r:.60}"
    elif isinstance(exc, TypeError) and _is_of_whole_dict(exc):
        for members in islice(_values_of(body), 1):
            if not isinstance(members, dict) and "argument after ** must be a mapping" in str(exc):
                return 422, "the body is no JSON object"
            made = re.match(_NOT_MADE, str(exc)) if isinstance(members, dict) else None
            if made and (made[2] in members) == bool(made[1]):
                return 422, f"the body {'may have' if made[1] else 'has'} no {made[2]!r:.60}"
    return None


def _fault_of_msgspec(exc: ValueError, body: bytes | None, brought: list[tuple[str, Any]]) -> tuple[int, str] | None:
    """Return `bad_value` of an error of `msgspec.convert` or `msgspec.json.decode`; it has no value, but its place."""
    words, _, path = str(exc).partition(" - at `$")
    if type(exc).__name__ == "DecodeError":
        is_json = body is None or next(_values_of(body), _NO_JSON) is not _NO_JSON
        return None if is_json else (400, f"the body is not valid: {words:.200}")
    steps = re.findall(r"\.(\w+)|\[(\d+|\.\.\.)\]", path)
    named = re.search(r"missing required field `(.+)`", words)
    kind = re.search(r"got `(\w+)`", words)
    for place, value in brought:
        if not (place == "the body" or place.startswith("argument ")):
            continue
        there = [value]
        for name, key in steps:
            there = [one for outer in there for one in _inner(outer, name, key)]
        for one in there:
            is_it = named[1] not in one if named and isinstance(one, dict) else not named
            if is_it and (kind is None or kind[1] == _kind_of(one)):
                where = path.strip("`.") or place
                return 422, f"{where}: {words[:1].lower()}{words[1:200]}"
    return None


def _inner(outer: Any, name: str, key: str) -> Iterable[Any]:
    """Return what a step of a path leads to: `.name`, `[1]`, or `[...]` for any value of a dict or list."""
    if isinstance(outer, dict):
        return outer.values() if key else [outer[name]] if name in outer else []
    if isinstance(outer, list):
        return outer if key == "..." else outer[int(key) :][:1] if key else []
    return []


def _kind_of(value: Any) -> str:
    """Return how msgspec calls the kind of a value of JSON."""
    names = {dict: "object", list: "array", str: "str", bool: "bool", int: "int", float: "float", type(None): "null"}
    return names.get(type(value), "")


def _said_of_date(text: str) -> list[str]:
    """Return what is said of a text that looks like a date or a time and is none, such as 2026-02-30."""
    said = []
    for kind in (date, time, datetime) if text[:1].isdigit() and len(text) <= 40 else ():
        try:
            kind.fromisoformat(text)
        except ValueError as exc:
            said.append(str(exc))
    return said


def _bare(text: str) -> str:
    """Return a text as `uuid.UUID` reads it."""
    return text.replace("urn:", "").replace("uuid:", "").strip("{}").replace("-", "")


def _local_of(exc: BaseException, name: str) -> Any:
    """Return a variable of the function that raised `exc`."""
    last = exc.__traceback__
    while last is not None and last.tb_next is not None:
        last = last.tb_next
    return last.tb_frame.f_locals.get(name) if last is not None else None


def _is_of_whole_dict(exc: BaseException) -> bool:
    """Return whether the call that raised `exc` has got a whole dict: `Item(**request.json())`."""
    last = exc.__traceback__
    while last is not None and last.tb_next is not None:
        last = last.tb_next
    opcodes = (opmap["CALL_FUNCTION_EX"], opmap["DICT_MERGE"])
    return last is not None and last.tb_frame.f_code.co_code[last.tb_lasti] in opcodes


def _values_of(body: bytes | None) -> Iterator[Any]:
    """Yield the JSON of a body, and each value in it."""
    try:
        waiting = [json.loads(body or b"")]
    except (ValueError, RecursionError):
        return
    while waiting:
        value = waiting.pop()
        yield value
        waiting += value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
