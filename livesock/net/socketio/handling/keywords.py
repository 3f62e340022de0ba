"""`no_keywords`, `no_question`: what the keywords of another library mean together, as one line to write here.

    server.emit("q", d, to=id, namespace="/chat")     python-socketio
    server.of('/chat').to('id').emit('q', …)          what the error says to write

A line that left one of them out would be worse than none: without its `to` a private message goes to every peer. An
expression that is None this time stays in the line, too: the next time it may be a room.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

from livesock.advice.spelled import spelled
from livesock.advice.written import Code, WrittenCall, is_literal, or_, written_call
from livesock.net.loop.places import meanwhile
from livesock.net.socketio.handling.answering import own_namespace

__all__ = ["OF_ONE", "asked", "chain", "instead_of_keywords", "no_keywords", "no_question", "of_another", "selected"]

_IN_ASYNC = ", with await in an async def handler"

AN_ID = re.compile(r"[\w-]{20}")
"""The id of a socket, which other libraries name `sid`."""

SID = Code("sid")
"""Stands for an id of this moment, which would name a peer that is gone in the next run."""

OF_ONE = "id of a socket"
"""Stands for the keyword of an id that came by its place."""


class Maybe(Code):
    """An expression that is None this time, which stands for all peers in other libraries."""


_ROOMS = ("to", "room", "rooms", "sid", OF_ONE)
_MOVES = ("join", "leave")
_ASKS = ("callback", "ack", "timeout")
_FLAGS = ("broadcast", "include_self")
_WRITTEN = (*_ROOMS, *_FLAGS, "skip_sid", "namespace", "timeout")
"""Keywords whose values stand in the line as the caller has written them."""

_KNOWN = {*_ROOMS, *_ASKS, "skip_sid", "namespace", "broadcast", "include_self", "ignore_queue", "reason", "event"}


def no_keywords(verb: str, keywords: Mapping[str, Any], speaker: str | Callable[[], str], *first: str) -> None:
    """Raise `TypeError` with the whole line to write if there are any: an event's arguments have no names.

    `speaker` is what the caller speaks through, such as `socket`, `server.of('/chat')` or a function that returns it;
    `first` is the name of the event, or those of the rooms.
    """
    if keywords:
        written = written_call()
        variable = written.variable if verb in ("emit", "call") and not keywords.get("namespace") else None
        if not isinstance(speaker, str):
            speaker = speaker()
            is_selection = (".to(" in speaker or ".except_(" in speaker) and not speaker.startswith("socket")
            speaker = variable if variable and is_selection else speaker  # it was selected in another line
        listed = ", ".join(name if name == OF_ONE else f"{name}=" for name in keywords)
        if verb == "emit" and first == ("message",) and keywords.get("json"):  # send(value, json=True) elsewhere
            first, keywords = ("json",), {key: value for key, value in keywords.items() if key != "json"}
        write = instead_of_keywords(verb, _all_as_written(keywords, written), speaker, *first)
        if (values := written.several) and verb in ("emit", "call"):
            write = write.replace(", …)", f", {values})")
        no_await = ", without await" if written.is_async and "call(" not in write else ""
        later = meanwhile(write, keywords.get("callback", keywords.get("ack")))
        late = f"{later}\n    do not wait while the peer itself waits for this handler" if later else ""
        raise TypeError(spelled(f"{verb}() takes no {listed}: write {write}{no_await}{late}"))


def _all_as_written(keywords: Mapping[str, Any], written: WrittenCall) -> dict[str, Any]:
    """Return the keywords with the caller's expressions in place of values."""
    codes = {**written.keywords, **({OF_ONE: written.places[0]} if written.places else {})}
    return {
        key: _as_written(key, value, codes.get(key)) if key in _WRITTEN else value for key, value in keywords.items()
    }


def _as_written(key: str, value: object, code: Code | None) -> object:
    """Return what stands for `value` in the line: the expression of which it came, or it itself if that is constant."""
    is_room = key in (*_ROOMS, "skip_sid")
    if code is None and value is None and is_room:
        return [Maybe(key)]  # no source is known: pasted as it is, it raises a NameError
    if code is None or is_literal(code):
        return value
    if not is_room:
        return or_(code, "or '/'") if key == "namespace" and value is None else code
    if value is None:
        return [Maybe(code)]
    is_several = isinstance(value, list | tuple | set | frozenset)
    return [Code(f"*{code}" if is_several else f"{code}.id" if hasattr(value, "id") else code)]


def selected(rooms: tuple[str, ...], without: tuple[str, ...]) -> tuple[Sequence[str] | None, Sequence[str]]:
    """Return the rooms, and those that are left out, as the caller has written them in front of `.emit`, if that is so.

    An id of this moment stands in no line in any case.
    """
    written = written_call()
    to: Sequence[str] | None = written.steps("to")
    except_: Sequence[str] | None = written.steps("except_")
    if to is None or len(to) != len(rooms):
        to = [_but_no_id(name, SID) for name in rooms]
    if except_ is not None and len(except_) == len(without) - 1 and AN_ID.fullmatch(without[0]):
        except_ = [Code("socket.id"), *except_]  # socket.to(…) leaves it out
    if except_ is None or len(except_) != len(without):
        except_ = [_but_no_id(name, Code("socket.id")) for name in without]
    return to or None, except_


def of_another(close: object) -> dict[str, Any]:
    """Return the keyword that stands for the `sid` of `disconnect(sid)`; none if it is no peer, but a reason."""
    is_id = isinstance(close, str) and (
        AN_ID.fullmatch(close) or not is_literal(next(iter(written_call().places), "''"))
    )
    return {OF_ONE: close} if is_id or isinstance(getattr(close, "id", None), str) else {}


def no_question(server: object, function: object = None, *arguments: object, **keywords: Any) -> None:
    """Raise `TypeError` if `server.call()` is to ask a peer, as in python-socketio: here it runs a function."""
    event = keywords.get("event", function)
    if isinstance(event, str):
        seconds = keywords.get("timeout")
        here = asked("socket", _shown(event), seconds).removesuffix(_IN_ASYNC)
        speaker = f"server.of({own_namespace(server)!r})"
        there = instead_of_keywords("call", _all_as_written(keywords, written_call()), speaker, event)
        one = any(keywords.get(key) is not None for key in _ROOMS)
        whom = f"a peer, write {there}" if one else f"the peer of a handler, write {here}; elsewhere {there}"
        text = f"call() runs an async function; to ask {whom}"
        raise TypeError(spelled(text))


def chain(
    speaker: str, rooms: Collection[str] | None = None, without: Iterable[str] = (), *, is_volatile: bool = False
) -> str:
    """Return the code that selects sockets: `server.of('/').to('a', 'b').except_('c').volatile`.

    No rooms at all are not all peers: they become `.to()`, which raises; None stands for all.
    """
    to, except_ = (", ".join(map(_shown, names)) for names in (rooms or (), without))
    return (
        f"{speaker}{f'.to({to})' if rooms is not None else ''}{f'.except_({except_})' if except_ else ''}"
        f"{'.volatile' if is_volatile else ''}"
    )


def asked(speaker: str, event: str, seconds: object = None) -> str:
    """Return how to ask: one peer through its socket, or all that a selection holds. `event` is its name in quotes."""
    if speaker in ("socket", "socket.volatile"):
        limit = "" if seconds is None else f", timeout={_number(seconds)}"
        return f"socket.call({event}, …{limit}){_IN_ASYNC}"
    limit = "" if seconds is None else f".timeout({_number(seconds)})"
    one = "; of one peer (answer,) = …" if ".to(" in speaker else ""
    return f"{speaker}{limit}.call({event}, …), a list of answers, one for each peer{_IN_ASYNC}{one}"


def instead_of_keywords(verb: str, keywords: Mapping[str, Any], speaker: str, *first: str) -> str:
    """Return the line to write for `verb` with these keywords, whose values are `Code` where they are not constant."""
    moved = ("room", "rooms") if verb in _MOVES else ()  # where the peers go, and not who they are
    given = [key for key in _ROOMS if key not in moved and key in keywords]
    if verb in ("emit", "call"):  # to=None stands for all, sid=None for a peer that was not found
        given = [key for key in given if keywords[key] is not None]
    rooms = [_but_no_id(name, SID) for key in given for name in _names(keywords[key])]
    event = ", ".join(map(_shown, [*first, *(name for key in moved for name in _names(keywords.get(key)))]))
    left_out = [_but_no_id(name, Code("socket.id")) for name in _names(keywords.get("skip_sid"))]
    without = [or_(name, "or ()") if isinstance(name, Maybe) else name for name in left_out]
    is_for_one = not (given or without) and _is_for_one(keywords)
    if (namespace := keywords.get("namespace")) and speaker.startswith("socket"):
        rest = {key: value for key, value in keywords.items() if key != "namespace"}
        there = f"server.of({_shown(namespace)}){'.to(…)' if is_for_one else ''}"
        whose = ", with the id of its socket there in place of …" if is_for_one else ""
        here, there = (instead_of_keywords(verb, rest, through, *first) for through in (speaker, there))
        return f"in a handler of {_shown(namespace)} {here}; elsewhere {there}{whose}"
    owner, of, selected = re.match(r"(\w+)(\.of\([^)]*\))?(.*)", speaker).groups()  # type: ignore[union-attr]
    if verb in (*_MOVES, "disconnect") and given:  # the one that is named, and not those that were selected before
        speaker, selected = f"{owner}{of or ''}", ""
    if namespace:
        owner = owner if owner == "emitter" else "server"
        speaker = f"{owner}.of({_shown(namespace)}){selected}"
    maybe = [room for room in rooms if isinstance(room, Maybe)] if verb in ("emit", "call") else []
    if maybe and len(rooms) > 1:
        rooms = [or_(room, "or ()") if isinstance(room, Maybe) else room for room in rooms]
    all_, others = _whom(speaker, rooms if given else None, without, keywords)
    if maybe and len(rooms) == 1:
        is_none = or_(maybe[0], "is None")
        to_all, but_one = _whom(speaker, None, without, keywords)
        all_, others = (f"({a} if {is_none} else {b})" for a, b in ((to_all, all_), (but_one, others)))
    written = _spoken(verb, keywords, all_, event)
    if keywords.get("broadcast") is True and "include_self" not in keywords:
        written = f"{written} for all, {_spoken(verb, keywords, others, event)} for the others"
    whose = (
        ", where sid is the id of that peer's socket, such as socket.id" if any(room is SID for room in rooms) else ""
    )
    return written + whose + _remarks(verb, keywords)


def _is_for_one(keywords: Mapping[str, Any]) -> bool:
    """Return whether the flags leave an event of a socket to its own peer."""
    return not keywords.get("broadcast") and keywords.get("include_self", True) is True


def _whom(
    speaker: str, to: Collection[str] | None, without: Collection[str], keywords: Mapping[str, Any]
) -> tuple[str, str]:
    """Return the code that selects them all, and the code that leaves out the one who speaks."""
    all_, others = chain(speaker, to, without), f"{chain(speaker, to, without)}.except_(socket.id)"
    is_socket = speaker.startswith("socket")
    is_named = to is not None or bool(without)
    if is_socket and (is_named or not _is_for_one(keywords)):
        all_ = chain(speaker.replace("socket", "socket.namespace", 1), to, without)
        others = chain(speaker if is_named else f"{speaker}.broadcast", to, without)
    if isinstance(own := keywords.get("include_self"), Code):
        all_ = f"{all_}.except_(() if {own} else socket.id)"
    elif own is False:
        all_ = others
    if isinstance(flag := keywords.get("broadcast"), Code) and to is None:
        all_ = f"({all_} if {flag} else {speaker if is_socket else 'socket'})"
    return all_, others


def _spoken(verb: str, keywords: Mapping[str, Any], speaker: str, event: str) -> str:
    if verb == "call" or any(keywords.get(key) for key in _ASKS):
        return asked(speaker, event, keywords.get("timeout"))
    local = ".local" if keywords.get("ignore_queue") else ""
    return f"{speaker}{local}.{verb}({f'{event}, …' if verb == 'emit' else event})"


def _remarks(verb: str, keywords: Mapping[str, Any]) -> str:
    if verb == "disconnect":
        why = ", and emit(…) before it to say why: no reason goes along" if "reason" in keywords else ""
        return why if keywords.keys() <= {"reason"} else f"{why}; in its own handler socket.disconnect()"
    if verb in _MOVES:
        return ""
    several = "; of several values an answer is a list" if {"callback", "ack"} & keywords.keys() else ""
    if strange := [key for key in keywords if key not in _KNOWN]:
        named = "" if strange == ["data"] else "; named ones belong in a dict"
        return f", with the values behind the event's name{named}{several}"
    return several


def _but_no_id(name: str, code: Code) -> str:
    return code if not isinstance(name, Code) and AN_ID.fullmatch(name) else name


def _names(value: object) -> list[str]:
    """Return the names of rooms that were meant: one, several, or those of sockets."""
    values = value if isinstance(value, list | tuple | set | frozenset) else [value]
    return [one if isinstance(one, Code) else str(getattr(one, "id", one)) for one in values if one is not None]


def _shown(value: object) -> str:
    return str(value) if isinstance(value, Code) else f"{value!r:.120}"


def _number(seconds: object) -> str:
    """Return a time in seconds; one that `seconds_not_ms` takes for milliseconds is divided."""
    if isinstance(seconds, int | float) and seconds >= 300 and (seconds % 60 or not seconds % 1000):
        return f"{seconds / 1000:g}"
    return f"{seconds:g}" if isinstance(seconds, float) else _shown(seconds)
