"""How errors name a function of the user, and a line of code: `tick`, `app.py:12`, `Cell In[5]:3`."""

from __future__ import annotations

import inspect
import os
import re
import sys
from collections.abc import Callable, Collection, Sequence
from itertools import islice
from types import CodeType, FrameType, TracebackType
from typing import Any, NamedTuple

from livesock.advice.spelled import caller
from livesock.advice.values import of_a_tuple as code_of_a_tuple
from livesock.advice.written import callback_as_written

__all__ = [
    "Served",
    "in_notebook",
    "is_machinery",
    "is_played",
    "kind_as_written",
    "line_of",
    "meanwhile",
    "name_of",
    "of_a_tuple",
    "parameters_as_written",
    "place_of",
    "place_of_error",
    "run_of_script",
    "where_it_runs",
]

MACHINERY = ("_frozen_importlib", "asyncio", "contextvars", "importlib", "json", "websockets", "livesock.net",
             "livesock.server", "livesock.wire", "livesock.realtime", "livesock.gateway", "livesock.trace",
             "livesock.client", "livesock.socketio_client", "livesock.guards", "livesock.errors", "livesock.advice",
             "livesock.foreign")  # fmt: skip
"""Modules that run handlers, and so are never the function that holds a loop or a thread."""


_STANDARD = os.path.dirname(os.__file__) + os.sep
_INSTALLED = ("site-packages", "dist-packages")


def name_of(function: Any) -> str:
    """Return the name of a function, without that of the function in which it was defined."""
    function = getattr(function, "func", function)  # inside a functools.partial
    name = str(getattr(function, "__qualname__", None) or type(function).__qualname__)
    return name.rpartition("<locals>.")[2]


def parameters_as_written(function: Callable[..., Any], but: Collection[str] = ()) -> list[str]:
    """Return the parameters of a function as code, `a: int`, `b=2`, `*rest`, for the first line that an error advises.

    Those of the names in `but` are left out, and `**rest`, which no peer fills; one that was only to be had by its name
    stands among the others.
    """
    try:
        found = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):  # a method without self, and some builtins
        return []
    found = [one for one in found if one.name not in but and one.kind is not one.VAR_KEYWORD]
    places = [one.replace(kind=one.POSITIONAL_OR_KEYWORD) for one in found if one.kind is not one.VAR_POSITIONAL]
    with_default = next((n for n, one in enumerate(places) if one.default is not one.empty), len(places))
    rest = [f"*{_parameter(one, function)}" for one in found if one.kind is one.VAR_POSITIONAL]
    return [*(_parameter(one, function, n > with_default) for n, one in enumerate(places)), *rest]


def _parameter(parameter: inspect.Parameter, function: Callable[..., Any], needs_default: bool = False) -> str:
    """Return name, annotation and default of a parameter as its author may have written them."""
    known = getattr(inspect.unwrap(function), "__globals__", {})
    default = ""
    if parameter.default is not parameter.empty:
        text = repr(parameter.default)
        default = _name_in(known, parameter.default) or (text if text[:1] != "<" and len(text) <= 60 else "None")
    elif needs_default:
        default = "None"
    if parameter.annotation is parameter.empty:
        return f"{parameter.name}={default}" if default else parameter.name
    kind = kind_as_written(parameter.annotation, known)
    return f"{parameter.name}: {kind}{f' = {default}' if default else ''}"


def kind_as_written(kind: Any, known: dict[str, Any]) -> str:
    """Return an annotation as code of a module in which the names are `known`."""
    if isinstance(kind, str):
        return kind
    text = _name_in(known, kind) or inspect.formatannotation(kind, known.get("__name__"))
    text = re.sub(r"[\w.]*<locals>\.", "", text)
    return re.sub(r"[\w.]+\.(\w+)", lambda found: found[1] if found[1] in known else found[0], text)


def _name_in(known: dict[str, Any], value: object) -> str:
    """Return the name that a module gives to a class or an object of a class of its user, or ""."""
    if type(value).__module__ == "builtins" and not isinstance(value, type):
        return ""
    return next((name for name, one in list(known.items()) if one is value), "")


def place_of(file: str, line: int) -> str:
    """Return file and line as a reader finds them; of a notebook's cell, its number."""
    return f"{_cell(file) or os.path.basename(file)}:{line}"


def _cell(file: str) -> str | None:
    """Return `Cell In[5]` if IPython has made `file` of a cell."""
    try:
        found = _shell().compile.format_code_name(file)
    except AttributeError:  # no IPython here
        return None
    return " ".join(found) if found else None


def is_machinery(frame: FrameType) -> bool:
    """Whether `frame` belongs to what runs handlers, and not to a handler."""
    name = str(frame.f_globals.get("__name__", ""))
    return name.startswith(tuple(f"{part}." for part in MACHINERY)) or name in (*MACHINERY, "livesock")


def line_of(frame: FrameType) -> int:
    """Return the line that a frame is at; the first one of its function where Python has none for this instruction."""
    line: int | None = frame.f_lineno
    return frame.f_code.co_firstlineno if line is None else line


class Served(NamedTuple):
    """A call that a script or a cell has led to: a cell that runs again has the same file and place, and other code."""

    file: str
    place: tuple[int | None, ...]
    """Lines and columns of the expression at which the script or the cell is."""
    code: CodeType
    caller: CodeType
    """The function that has made the call, or the script itself."""
    line: int
    """That of the call."""

    def is_over(self, later: Served) -> bool:
        """Whether `later` belongs to another run: of the same cell, of an edited one, or of the next."""
        if self.file != later.file:
            return _shell() is not None
        return self.place == later.place and self.code is not later.code

    def is_another_line(self, later: Served) -> bool:
        """Whether both stand in a script or cell itself, outside of functions, and not at the same place."""
        is_plain = self.caller is self.code and later.caller is later.code
        return is_plain and (self.file, self.place) != (later.file, later.place)


def run_of_script() -> Served | None:
    """Return the call that has led here; None if a library has called its function: no one knows how often it does."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and is_machinery(frame):
        frame = frame.f_back
    call = frame
    while frame is not None and frame.f_code.co_name != "<module>":
        is_ours = str(frame.f_globals.get("__name__")).startswith("livesock.")
        if is_ours or (_is_library(frame.f_code.co_filename) and not is_machinery(frame)):
            return None
        frame = frame.f_back
    if frame is None or call is None:
        return None
    place = next(islice(frame.f_code.co_positions(), frame.f_lasti // 2, None), (line_of(frame),))
    return Served(frame.f_code.co_filename, place, frame.f_code, call.f_code, line_of(call))


def where_it_runs(thread: int) -> str:
    """Return the place at which a thread runs now: the innermost line of its outermost module; empty if it has ended.

    A handler that waits is found in its own file so, and not deep inside the library in which it waits.
    """
    frame = sys._current_frames().get(thread)
    found: FrameType | None = None
    home: object = None
    for outer in _outermost_first(frame):
        module = outer.f_globals.get("__name__")
        if is_machinery(outer) or module == "threading":
            continue
        home = home or module
        if module == home:
            found = outer
    return place_of(found.f_code.co_filename, line_of(found)) if found is not None else ""


def _outermost_first(frame: FrameType | None) -> list[FrameType]:
    frames: list[FrameType] = []
    while frame is not None:
        frames.append(frame)
        frame = frame.f_back
    return frames[::-1]


def place_of_error(exc: BaseException) -> str:
    """Return the innermost place of the caller's code through which an exception went; empty if there is none."""
    trace = _innermost(exc)
    return place_of(trace.tb_frame.f_code.co_filename, trace.tb_lineno) if trace is not None else ""


def is_played(exc: BaseException) -> bool:
    """Whether a view has raised an error on purpose, to show what happens then: no fault of the reader."""
    trace = _innermost(exc)
    return trace is not None and str(trace.tb_frame.f_globals.get("__name__", "")).startswith("livesock.display.")


def _innermost(exc: BaseException) -> TracebackType | None:
    places: list[TracebackType] = []
    trace = exc.__traceback__
    while trace is not None:
        if not is_machinery(trace.tb_frame):
            places.append(trace)
        trace = trace.tb_next
    own = [place for place in places if not _is_library(place.tb_frame.f_code.co_filename)]
    found = own or places
    return found[-1] if found else None


def _is_library(file: str) -> bool:
    """Whether a file belongs to Python or to an installed package, and not to the one who wrote a handler."""
    return file.startswith(_STANDARD) or any(f"{os.sep}{name}{os.sep}" in file for name in _INSTALLED)


def in_notebook() -> bool:
    """Whether this process is the kernel of a notebook."""
    return getattr(_shell(), "kernel", None) is not None


def _shell() -> Any:
    return getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()


_QUESTION = re.compile(r".*?\.call\((?:.*?…[^)]*|.*timeout=[\d.]+)\)")


def meanwhile(asks: str, callback: object, written: str = "") -> str:
    """Return the lines with which the user's function goes on at once, and `callback` gets the answer when it comes.

    `asks` is what to write to wait for the answer; in an async def of a server there stands `await` before it.
    `written` is the code of the callback, if that is no argument of the call that the user's function is at.
    """
    question = _QUESTION.match(asks.rpartition("elsewhere ")[2])
    if question is None or not callable(callback) or "no answers" in asks:
        return ""
    is_async = bool(caller().f_code.co_flags & inspect.CO_COROUTINE) and "with await" in asks
    call = "await " * (is_async and inspect.iscoroutinefunction(callback)) + (written or callback_as_written(callback))
    answer = f"{'await ' * is_async}{question[0]}"
    if bool(caller().f_code.co_flags & inspect.CO_COROUTINE) and not is_async:  # of a loop that must not be held
        is_async, (owner, _, given) = True, question[0].rpartition(".call(")
        answer = f"await asyncio.to_thread({owner}.call, {given}"
    given = _given_to(callback)
    later = f"{call}({given.replace('answer', answer, 1)})" if given.count("answer") == 1 else ""
    later = later or f"answer = {answer}; {call}({given})"
    later = f"[{call}({given}) for answer in {answer}]" if "a list of answers" in asks else later
    later = f" {later}"
    if given == _IN_NODE:
        later = f"\n        try: {call}(None, {answer})\n        except TimeoutError as error: {call}(error, None)"
    start = "asyncio.create_task(later())" if is_async else "threading.Thread(target=later, daemon=True).start()"
    return (
        f"\n    to go on at once, as with a callback, {'async ' * is_async}def later():{later}"
        f"\n    and below it {start}, with import {start.partition('.')[0]}"
    )


_IN_NODE = "None, answer"
"""What a callback of Node gets behind a time limit: an error, None for an answer, and the answer."""


def _given_to(callback: Callable[..., Any]) -> str:
    """Return what a callback is called with, where `answer` is what `call` returns: of several values a list.

    Behind a time limit in Node it gets an error first, None for an answer; others get each value by its place.
    """
    try:
        found = list(inspect.signature(callback).parameters.values())
    except (TypeError, ValueError):
        return "answer"
    needed = [one.name for one in found if one.kind is one.POSITIONAL_OR_KEYWORD and one.default is one.empty]
    if not found:
        return ""
    places = [one.name.lower() for one in found if one.kind is one.POSITIONAL_OR_KEYWORD]
    if len(places) == 2 and places[0] in ("err", "error", "e", "_"):
        return _IN_NODE
    if any(one.kind is one.VAR_POSITIONAL for one in found):
        return "*(answer if isinstance(answer, list) else [answer])"
    return "*answer" if len(needed) > 1 else "answer"


def of_a_tuple(verb: str, name: object, values: Sequence[object]) -> str:
    """Return a line for a tuple as the only value of an event, "" for other values."""
    if not (len(values) == 1 and isinstance(values[0], tuple) and type(values[0]) is tuple):
        return ""
    shown = code_of_a_tuple(values[0])
    write = f"{verb}({name!r:.40}, {shown}) for several, or [{shown}] for one"
    return f"\n    a tuple is one value, a list for the peer: write {write}"
