"""What a line reads and is not there: the auth of a peer, a name, the request of Flask, the message of an error."""

from __future__ import annotations

import dis
import re
import traceback

__all__ = ["undefined_at", "without_auth", "words_of_an_error"]

_WITHOUT = (
    'the peer has sent no auth: write (socket.handshake.auth or {{}}).get("{}"), which is None then, and refuse it '
    "with raise ls.Refused('why') if it must have one"
)

_UNKNOWN = object()


def without_auth(exc: BaseException, at_the_door: bool = False) -> str | None:
    """Return what to write if the line that failed reads from what a peer has not sent: its auth, a header.

    `at_the_door` a handler reads auth under any name.
    """
    if not str(exc).startswith("'NoneType' object") or exc.__traceback__ is None:
        return None
    failed = list(traceback.walk_tb(exc.__traceback__))[-1][0]
    line = traceback.extract_tb(exc.__traceback__)[-1].line or ""
    if came := re.search(r"\b(headers|query|cookies|args)\.get\(([^,()]+)\)", line):
        return f'what did not come is None: write {came[1]}.get({came[2]}, "")'
    sent = [_auth_of(value) for value in failed.f_locals.values()]
    has_sent = any(auth is not None and auth is not _UNKNOWN for auth in sent)
    if has_sent or not ("auth" in line or (at_the_door and None in sent)):
        return None
    key = re.search(r"""\[["'](\w+)["']\]|\.get\(["'](\w+)["']""", line)
    return _WITHOUT.format((key[1] or key[2]) if key else "token")


def _auth_of(value: object) -> object:
    try:
        return getattr(getattr(value, "handshake", None), "auth", _UNKNOWN)
    except Exception:  # whatever a handler has in its variables
        return _UNKNOWN


def words_of_an_error(exc: BaseException) -> str | None:
    """Return what to write for the `message` of an error, which errors of Python have not."""
    if isinstance(exc, AttributeError) and isinstance(exc.obj, BaseException) and exc.name in _WORDS:
        return "write str(error), which is what it says"
    return None


_WORDS = ("message", "msg", "reason", "description", "detail")
"""Attributes in which errors of other languages and libraries keep what they say."""


def undefined_at(exc: BaseException) -> list[str]:
    """Return the name that was not defined, and behind it all others of the same function; none for another error."""
    place = exc.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    if type(exc) is RuntimeError and str(exc).startswith(
        "Working outside of "
    ):  # request, session, g and current_app of Flask itself
        return _proxies_at(exc)
    if not isinstance(exc, NameError) or not exc.name or place is None:
        return []
    frame = place.tb_frame
    known = {**frame.f_builtins, **frame.f_globals, **frame.f_locals}
    asked = [step.argval for step in dis.get_instructions(frame.f_code) if step.opname in ("LOAD_GLOBAL", "LOAD_NAME")]
    return [name for name in dict.fromkeys([exc.name, *asked]) if name not in known]


def _proxies_at(exc: BaseException) -> list[str]:
    """Return the names of Flask's proxies that the functions read through which an error came."""
    found: list[str] = []
    for frame, _ in traceback.walk_tb(exc.__traceback__):
        is_theirs = str(frame.f_globals.get("__name__")).partition(".")[0] in ("flask", "werkzeug", "livesock")
        known = {} if is_theirs else frame.f_globals
        found += [one for one in frame.f_code.co_names if _is_of_flask(known.get(one))]
    return list(dict.fromkeys(found))


def _is_of_flask(value: object) -> bool:
    """Return whether it is one of Flask's proxies, or a function of Flask that reads one."""
    kind = type(value)
    is_function = kind.__name__ == "function" and str(getattr(value, "__module__", "")).startswith("flask.")
    return is_function or kind.__module__ == "werkzeug.local"
