"""`instead` and `too_many`: an argument or a name that another library has, and what to write in its place here."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from json import dumps
from typing import Any

from livesock.advice.spelled import spelled

__all__ = [
    "GIVEN",
    "GIVEN_SECONDS",
    "awaited",
    "given_as",
    "instead",
    "known_as",
    "named_options",
    "none_of",
    "on_a_loop",
    "on_its_loop",
    "together",
    "too_many",
    "with_examples",
]

GIVEN = "‹given›"
"""Stands for the caller's own value in what to write instead."""

GIVEN_SECONDS = "‹given in seconds›"
"""The same for a time: 25000 was meant in milliseconds, and is shown as 25; with a name in camelCase 300, too."""


def given_as(form: str, example: str) -> str:
    """Return what stands for the caller's own value in another form, or for `example` if it cannot have that form.

    >>> instead("cors", {"cors": f"write origins={given_as('names', '[…]')}"}, (), {"origin": "https://a.org"})
    '"cors": write origins=["https://a.org"]'
    """
    return f"‹{form}|{example}›"


_GIVEN_AS = re.compile(r"‹(\w+)\|([^›]*)›")

_PART = re.compile(r"((?:in serve\(\) )?write) (\w+)=\{([\"']\w+[\"']: [^{}]+)\}")
"""A sentence that says to write an option with one of its fields, such as `sessions={"recovery": 120}`."""


_OFF = """
accesslog adapter allowrequest cacerts cafile callback cert certfile channel clientmanager cookie cookies cors
corsallowedorigins customheaders debug engineiologger extraheaders additionalheaders header httpcompression httpsession
https key keyfile lifespan logconfig logger loglevel manager messagequeue middleware namespace onshutdown onstartup
origin params permessagedeflate proxies query querystring redis reload room routes serializer ssl sslcontext sslcertfile
sslkeyfile ssloptions staticfiles staticfolder subprotocol to token transportoptions usereloader
websocketextraoptions reconnectionattempts
"""
"""Options that are off if None, False or 0 is given, as they are if nothing is: in lower case, without underscores."""


def with_examples(sentence: str) -> str:
    """Return a sentence for a name that comes without a value: it has the examples.

    >>> with_examples(f"write origins={given_as('names', '[…]')}")
    'write origins=[…]'
    """
    return _GIVEN_AS.sub(lambda match: _formed(match[1], ..., "", match[2]), sentence)


def known_as(name: str, habits: Mapping[str, str]) -> str | None:
    """Return what `habits` say of a name, also of one in another spelling: `subscribe_message` is SubscribeMessage."""
    if name in habits:
        return habits[name]
    plain = name.replace("_", "").lower()
    return next((write for other, write in habits.items() if other.replace("_", "").lower() == plain), None)


def instead(
    name: str, habits: Mapping[str, str], known: Iterable[str], value: object = ..., *, is_field: bool = False
) -> str:
    """Return `"name"` and what to write instead: the sentence of `habits`, or else the nearest of `known` or all.

    `GIVEN` in a sentence stands for the `value` that came with the name; one that is off in any case is left out.
    A field is one of a dict of options.

    >>> instead("extraHeaders", {"extra_headers": "write headers={…}"}, ["headers"])
    '"extraHeaders": write headers={…}'
    """
    snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
    known = [other for other in known if other != "self"]
    if (found := known_as(name, habits)) is not None:
        if (value is None or (isinstance(value, int) and not value)) and name.replace("_", "").lower() in _OFF.split():
            return f'"{name}": leave it out'
        written = _GIVEN_AS.sub(lambda match: _formed(match[1], value, name, match[2]), found)
        seconds = _in_seconds(value, name)
        return f'"{name}": {written.replace(GIVEN, f"{_plain(value)!r:.60}").replace(GIVEN_SECONDS, seconds)}'
    if snake in known and isinstance(value, int | float) and not isinstance(value, bool):
        is_time = snake.endswith(("timeout", "interval"))
        write = f"{_in_seconds(value, name)}, in seconds" if is_time else f"{_plain(value)!r:.60}"
        return f'"{name}": write "{snake}": {write}' if is_field else f'"{name}": write {snake}={write}'
    import difflib  # only an error needs it: 0.4 ms

    close = difflib.get_close_matches(snake, known, 1)
    return f'"{name}": did you mean {close[0]}?' if close else f'"{name}"; there is {", ".join(known) or "no option"}'


def none_of(
    called: str, strange: Iterable[str], given: Mapping[str, Any], habits: Mapping[str, str], known: list[str]
) -> str:
    """Return that a function takes none of the `strange` names among those `given`, and what to write for each."""
    better = [instead(key, habits, known, value) for key, value in given.items() if key in strange]
    lines = [*_grouped(better), *together(better, given)]
    if len(lines) == 1:
        return f"{called}() takes no {lines[0]}"
    return "\n  ".join([f"{called}() takes none of these:", *lines])


def _grouped(sentences: Iterable[str]) -> list[str]:
    """Return the sentences, those that say the same of several names once.

    >>> _grouped(['"debug": leave it out', '"title": leave it out'])
    ['"debug", "title": leave it out']
    """
    names: dict[str, list[str]] = {}
    for sentence in sentences:
        name, between, write = sentence.partition(": ")
        names.setdefault(between + write, []).append(name)
    return [", ".join(same) + write for write, same in names.items()]


def together(sentences: Iterable[str], given: Mapping[str, Any]) -> list[str]:
    """Return how an option is written once if several of the sentences, or one and the caller, write it."""
    parts: dict[tuple[str, str], dict[str, None]] = {}
    for sentence in sentences:
        if found := _PART.search(sentence):
            parts.setdefault((found[1], found[2]), {})[found[3]] = None
    lines = []
    for (write, option), fields in parts.items():
        own = given.get(option)
        has = [f'"{key}": {_short(value)}' for key, value in own.items()] if isinstance(own, Mapping) else []
        if len(fields) > 1 or option in given:
            lines.append(f"together: {write} {option}={{{', '.join([*has, *fields])}}}, once")
    return lines


def on_its_loop(function: Callable[..., object]) -> str:
    """Return what to write for a call on the loop for which it would wait."""
    name, owner = getattr(function, "__qualname__", str(function)), getattr(function, "__self__", None)
    here = "await an async function here, or make the call from a cell"
    if called := getattr(owner, "_called", ""):
        here = f"write await asyncio.to_thread({called}.{name.rpartition('.')[2]})"
    why = "was called on the loop itself (in an async handler) and would never end"
    return spelled(f"{name} waits for this loop, but it {why}: {here}")


def on_a_loop(name: str) -> str:
    """Return what to write for a blocking call such as `connect()` on a loop, where all connections would wait."""
    why = "and it was called in an async handler, where it would stop every other connection"
    write = f"await asyncio.to_thread(ls.{name[:-2]}, url), and so for each method of what it returns"
    return spelled(f"{name} blocks, {why}: write {write}")


def awaited(function: Callable[..., Any], arguments: tuple[Any, ...]) -> str:
    """Return what to write for an `await` of a function that blocks."""
    of, _, name = function.__qualname__.removesuffix(".__init__").rpartition(".")
    owner = (getattr(arguments[0], "_called", "") or "…") if of else "ls"
    there = f"await asyncio.to_thread({owner}.{name}{', …' if len(arguments) > bool(of) else ''})"
    text = f"{name}() blocks until it is done and cannot be awaited: write it without await"
    return f"{text}; in an async handler, or beside other tasks, write {there}"


def too_many(
    name: str,
    by_place: list[str],
    options: list[str],
    args: tuple[Any, ...],
    decorates: bool,
    habits: Mapping[str, str],
) -> str:
    """Return what a function takes by place and by name, and how to write the argument that is too many."""
    if callable(args[0]) and "handler" in habits:
        return f"{name}() takes no {instead('handler', habits, ())}"
    takes = ", ".join(other for other in by_place if other != "self") or "nothing"
    by_name = f", and by name {', '.join(options)}" if options else ""
    extra, before = args[len(by_place)], args[len(by_place) - 1]
    if isinstance(extra, Mapping) and extra and options and not callable(before):
        port = {"port": before} if isinstance(before, int) and "port" in options else {}
        return named_options(name, {**port, **{str(key): value for key, value in extra.items()}}, options, habits)
    above = f": write @server.{name}({args[1]!r:.60}) above the handler"
    above = above if decorates else _by_name(name, before, extra, options)
    return f"{name}() takes {takes}{by_name}; {extra!r:.40} is one argument too many{above}"


def _by_name(name: str, before: object, extra: object, options: list[str]) -> str:
    """Return how to write what other libraries take by its place: a port, a dict of options, a function's argument."""
    if callable(before):
        return f": write functools.partial({getattr(before, '__name__', 'f')}, {extra!r:.40}) for the two"
    if isinstance(extra, int) and "port" in options and isinstance(before, str):
        return f": write {name}(host={before!r:.60}, port={extra!r:.40})"
    return ""


def named_options(name: str, given: Mapping[str, Any], options: list[str], habits: Mapping[str, str]) -> str:
    """Return how to write each option of a dict, which stands behind the arguments in JavaScript."""
    known = [f"{key}={_short(value, key)}" for key, value in given.items() if key in options]
    better = [instead(key, habits, options, value) for key, value in given.items() if key not in options]
    first = f"{name}() takes options by name" + (f": write {name}(…, {', '.join(known)})" if known else ":")
    return "\n  ".join([first, *better, *together(better, given)])


def _short(value: object, name: str = "") -> str:
    return text if len(text := _in_seconds(value, name) if name[-7:] == "timeout" else repr(value)) <= 60 else "…"


def _plain(value: object) -> object:
    """Return 1000000 for 1e6 of JavaScript, None for its Infinity, and 201 for http.HTTPStatus.CREATED."""
    if isinstance(value, float):
        return None if value == float("inf") else int(value) if value >= 1000 and value.is_integer() else value
    return int(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _in_seconds(value: object, name: str) -> str:
    """Return the seconds of a time: 25000 and 500 are milliseconds, 120 is two minutes; camelCase is JavaScript's."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return f"{value!r:.60}"
    is_ms = re.search("[a-z][A-Z]", name) or value >= 1000 or (value >= 100 and value % 60)
    return f"{value / 1000:g}" if is_ms else f"{value!r:.60}"


def _formed(form: str, value: object, name: str, example: str) -> str:
    """Return the code of the caller's value in one of the forms, or the example if it cannot have it."""
    formed = _FORMS[form](value, name)
    return example if formed is None or len(formed) > 300 else formed


def _number(value: object, _: str) -> str | None:
    return repr(_plain(value)) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _seconds(value: object, name: str) -> str | None:
    return _in_seconds(value, name) if _number(value, name) else None


def _text(value: object, _: str) -> str | None:
    return dumps(value, ensure_ascii=False) if isinstance(value, str) and value else None


def _texts(value: object, _: str) -> str | None:
    texts = [value] if isinstance(value, str) else list(value) if isinstance(value, list | tuple | set) else []
    return dumps(texts, ensure_ascii=False) if texts and all(isinstance(one, str) and one for one in texts) else None


def _names(value: object, name: str) -> str | None:
    """Return a list of hosts or origins, none of which may stand for all."""
    value = value.get("origin", value.get("origins")) if isinstance(value, Mapping) else value
    found = _texts(value, name)
    return None if found is None or "*" in found else found


def _unless_all(value: object, _: str) -> str | None:
    """Return nothing if the value names pages, and None, for a remark, if it stands for all of them."""
    return None if "*" in repr(value) or value is True else ""


def _decorators(value: object, name: str) -> str | None:
    """Return a decorator for each method, of which a page has five; HEAD and OPTIONS are answered in any case."""
    methods = [one.lower() for one in value if isinstance(one, str)] if isinstance(value, list | tuple | set) else []
    ours = [one for one in ("get", "post", "put", "patch", "delete") if one in methods]
    return ", ".join(f"@server.{one}(path)" for one in ours) or None


def _of_the_path(value: object, _: str) -> str | None:
    """Return the variables that a route without these parameters would have, with their values."""
    found = value.items() if isinstance(value, Mapping) else ()
    return ", ".join(f"{name} = request.path_params.get({name!r}, {given!r:.60})" for name, given in found) or None


def _path(value: object, _: str) -> str | None:
    is_path = isinstance(value, str) and re.fullmatch(r"/*[\w.~-]+(/[\w.~-]+)*/*", value)
    return f'"/{str(value).strip("/")}/"' if is_path else None


def _recovery(value: object, _: str) -> str | None:
    key = "maxDisconnectionDuration"
    given = value.get(key, value.get("max_disconnection_duration")) if isinstance(value, Mapping) else value
    return _seconds(given, key if isinstance(value, Mapping) else "")


_FORMS: Mapping[str, Callable[[object, str], str | None]] = {
    "decorators": _decorators,
    "number": _number,
    "names": _names,
    "of_the_path": _of_the_path,
    "path": _path,
    "recovery": _recovery,
    "seconds": _seconds,
    "text": _text,
    "unless_all": _unless_all,
    "texts": _texts,
}
