"""`spelled`: a sentence that says `ls.Refused('why')` names this package as the code that reads it does.

import livesock as ls            write raise ls.Refused('why')
import livesock                  write raise livesock.Refused('why')
from livesock import serve       write raise ls.Refused('why'), with import livesock as ls at the top

A sentence that says `server.of("/")` names the variable that holds the server there, such as `socketio.of("/")`;
in a method of a gateway it is `self.namespace` or `self.server`.
"""

from __future__ import annotations

import dis
import functools
import re
import sys
from collections.abc import Callable, Iterator
from types import FrameType, TracebackType
from typing import Any

__all__ = ["caller", "imported_by", "is_ours", "respelled", "respelling", "spelled"]

_NAME = re.compile(r"(?<![\w.])ls\.(?=[A-Za-z])")

_SERVER = re.compile(
    r"(?<![\w.])server(?=\.[a-z])"
    r"|(?<![\w.])(?<! = )(?<!leave out )server(?= = ls\.)"  # not of a program's own `app = server = ls.serve()`
    r"|(?<=\()server(?=[),])|(?<=with )server(?=: )"
)

_AT_THE_TOP = ", with import livesock as ls at the top"
_AS_A_LINE = "\n  all of it with import livesock as ls at the top"


def spelled(text: str, place: TracebackType | None = None, *, imports: bool = False, variable: str = "server") -> str:
    """Return `text` for the code that has led here, or through which an error came that has this traceback.

    `imports` says that this code is importing names of the package, `variable` how it calls a server most likely.
    """
    frames = [*_of_traceback(place), *_of_callers()]
    if _SERVER.search(text):
        places = [*({**frame.f_globals, **frame.f_locals} for frame in frames), vars(sys.modules["__main__"])]
        variable = (frames and _made_into(frames[0])) or _server_of(places) or variable
        text = _SERVER.sub(variable, _in_a_method(text, places[0]))
    if not _NAME.search(text):
        return text
    package = sys.modules["livesock"]
    for names in (*(frame.f_globals for frame in frames), vars(sys.modules["__main__"])):
        if names.get("ls") is package:
            return text
        known = next((name for name, value in [*names.items()] if value is package), None)
        if known is not None:
            return _NAME.sub(f"{known}.", text)
        if imports or any(str(_of(value, "__module__", "")).startswith("livesock.") for value in [*names.values()]):
            is_said = _AT_THE_TOP in text or _AS_A_LINE in text
            return text if is_said else text + (_AS_A_LINE if "\n" in text else _AT_THE_TOP)
    return text


def _server_of(places: list[dict[str, Any]]) -> str:
    """Return the variable that holds the server in the nearest code that has one; "" if none has."""
    for names in places:
        found = [name for name, value in [*names.items()] if _is_server(value)]
        if found:
            held = names["server" if "server" in found else found[0]]
            return next(name for name in found if names[name] is held)  # the name that it had first
    return ""


def _made_into(frame: FrameType) -> str:
    """Return `sio` for code that is at `sio = ls.serve(…)` or `with ls.serve(…) as sio`, "" for any other."""
    steps = [step for step in dis.get_instructions(frame.f_code) if step.opname not in _BETWEEN]
    at = sum(step.offset <= frame.f_lasti for step in steps) - 1  # f_lasti may be that of a cache behind the call
    name = steps[at + 1].argval if at + 1 < len(steps) and steps[at + 1].opname.startswith("STORE_") else None
    name = name[0] if isinstance(name, tuple) else name  # Python 3.13 stores two variables in one step
    begin = steps[at].positions if name else None
    if begin is None or not isinstance(name, str) or "CALL" not in steps[at].opname:  # not at the line of an import
        return ""
    made = (step for step in steps[:at] if step.argval in ("serve", "Server"))
    begins = [(step.positions.lineno, step.positions.col_offset) for step in made if step.positions is not None]
    return name if (begin.lineno, begin.col_offset) in begins else ""


_BETWEEN = ("CACHE", "COPY", "EXTENDED_ARG", "BEFORE_WITH")
"""Steps that may stand between a call and what takes its value."""


def _in_a_method(text: str, names: dict[str, Any]) -> str:
    """Return `text` for a method of a gateway that has these names, or as it is for other code.

    A line that begins with `@` stands outside of the class.
    """
    for name, value in [*names.items()]:
        own = _of(value, "__dict__", {})
        if _is_server(own.get("server")) and "namespace" in own:
            here = re.escape(str(getattr(own["namespace"], "name", "")))
            text = re.sub(rf"""(?<![\w.@])server\.of\((['"])(?:{here}|/)\1\)""", f"{name}.namespace", text)
            return re.sub(r"(?<![\w.@])server(?=\.[a-z])", f"{name}.server", text)
    return text


def _of(value: object, name: str, otherwise: Any) -> Any:
    """Return an attribute of whatever stands in a program: `flask.request` raises outside of a request of Flask."""
    try:
        return getattr(value, name, otherwise)
    except Exception:
        return otherwise


def _is_server(value: object) -> bool:
    kind = type(value)
    return kind.__name__ == "Server" and kind.__module__ == "livesock.server"


def respelled(exc: BaseException) -> bool:
    """Let the words of an error name this package as `spelled` does, if a line of ours has raised it; return that."""
    is_said_here = len(exc.args) == 1 and type(exc.args[0]) is str and _is_raised_here(exc.__traceback__)
    if is_said_here:
        exc.args = (spelled(exc.args[0], exc.__traceback__),)
    return is_said_here


def _is_raised_here(place: TracebackType | None) -> bool:
    """Return whether the last line of a traceback is one of this package; one of a user may say `ls.txt`."""
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    return place is not None and is_ours(place.tb_frame)


def respelling(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return `function` as one whose errors are `respelled`."""

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except (AttributeError, TypeError, ValueError) as exc:
            respelled(exc)
            raise

    return call


def _of_traceback(place: TracebackType | None) -> list[FrameType]:
    """Return the frames outside of this package that an error came through, the last one first."""
    found: list[FrameType] = []
    while place is not None:
        if not is_ours(place.tb_frame):
            found.insert(0, place.tb_frame)
        place = place.tb_next
    return found


def _of_callers() -> Iterator[FrameType]:
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        if not is_ours(frame) and not _is_machinery(frame):
            yield frame
        frame = frame.f_back


def _is_machinery(frame: FrameType) -> bool:
    """Return whether a frame is one of Python's imports, or of an installed package, such as uvicorn."""
    is_import = str(frame.f_globals.get("__name__")).startswith("importlib.")
    return is_import or "site-packages" in frame.f_code.co_filename


def caller() -> FrameType:
    """Return the frame of the function outside of livesock that has led here."""
    frame = sys._getframe(1)
    while is_ours(frame) and frame.f_back is not None:
        frame = frame.f_back
    return frame


def is_ours(frame: FrameType) -> bool:
    """Return whether a frame is of this package."""
    return str(frame.f_globals.get("__name__")).partition(".")[0] == "livesock"


def imported_by(frame: FrameType) -> tuple[str, ...]:
    """Return the names of the `from livesock import …` at which `frame` is; none if it is at something else."""
    listed: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    for step in dis.get_instructions(frame.f_code):
        if step.opname == "LOAD_CONST":
            listed = step.argval if isinstance(step.argval, tuple) else ()
        elif step.opname == "IMPORT_NAME":
            names = listed
        if step.offset == frame.f_lasti:
            return names if step.opname in ("IMPORT_NAME", "IMPORT_FROM") else ()
    return ()
