"""`written_call`: the call that another library would understand, as its author wrote it.

    server.emit("news", text, to=users[name])     the call: users[name] is "TG2IqjCp2-i8RordcfBR" this time
    server.of('/').to(users[name]).emit('news', …)       what the error says to write: it is right the next time, too

Python knows for each instruction which lines and columns it was made of (PEP 657); the text comes from the source.
"""

from __future__ import annotations

import ast
import inspect
import linecache
import sys
from itertools import islice
from types import FrameType
from typing import NamedTuple

__all__ = ["Code", "WrittenCall", "written_call"]


class Code(str):
    """An expression, which stands in a line as it is."""

    def __repr__(self) -> str:
        return str(self)


class WrittenCall(NamedTuple):
    """A call of a function of this package."""

    keywords: dict[str, Code]
    """Its keyword arguments; empty if no source is known."""
    is_async: bool
    """Whether it stands in an `async def`, and so may stand behind `await`."""


def written_call() -> WrittenCall:
    """Return the call through which the nearest function outside this package has come here."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and str(frame.f_globals.get("__name__")).partition(".")[0] == "livesock":
        frame = frame.f_back
    if frame is None:
        return WrittenCall({}, is_async=False)
    return WrittenCall(_keywords(frame), bool(frame.f_code.co_flags & inspect.CO_COROUTINE))


def _keywords(frame: FrameType) -> dict[str, Code]:
    place = next(islice(frame.f_code.co_positions(), frame.f_lasti // 2, None), None)
    source = "".join(linecache.getlines(frame.f_code.co_filename, frame.f_globals))
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):  # a file that was changed since, or is no Python
        return {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and place == (node.lineno, node.end_lineno, node.col_offset, node.end_col_offset):
            return {word.arg: Code(ast.unparse(word.value)) for word in node.keywords if word.arg is not None}
    return {}
