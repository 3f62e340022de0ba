"""Where a thread or a loop is: also at an instruction for which Python knows no line."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import FrameType, FunctionType

import pytest

import livesock as ls
from livesock.net.loop.places import is_machinery, line_of, place_of_error, where_it_runs
from livesock.net.loop.watchdog import _name


def frame_here() -> FrameType:
    return sys._getframe()


def without_lines(function: FunctionType) -> FunctionType:
    """Return the function as Python may see it between two lines: f_lineno is None everywhere in it."""
    return FunctionType(function.__code__.replace(co_linetable=b""), function.__globals__)


def _run_once() -> FrameType:
    """The watchdog looks no further out than to a function of this name, which is asyncio's."""
    return without_lines(frame_here)()  # type: ignore[arg-type, no-any-return]


def test_a_frame_without_a_line_is_at_the_first_one_of_its_function() -> None:
    frame = _run_once()

    assert frame.f_lineno is None
    assert line_of(frame) == frame_here.__code__.co_firstlineno
    assert _name(frame) == ("frame_here", "def frame_here() -> FrameType:", f"test_places.py:{line_of(frame)}")


def test_a_thread_at_such_an_instruction_has_a_place() -> None:
    begun, end = threading.Event(), threading.Event()

    def wait(begun: threading.Event, end: threading.Event) -> None:
        begun.set()
        end.wait(20)

    thread = threading.Thread(target=without_lines(wait), args=(begun, end))  # type: ignore[arg-type]
    thread.start()
    begun.wait(20)
    place = where_it_runs(thread.ident or 0)
    end.set()
    thread.join(20)

    assert place == f"test_places.py:{wait.__code__.co_firstlineno}"


CHAIN = """
import sys

chain = [sys._getframe()]
while chain[-1].f_back:
    chain.append(chain[-1].f_back)
"""
"""Keeps the frames through which it is imported, the innermost first."""


def test_an_import_is_named_by_the_line_that_imports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "slow_to_import.py").write_text(CHAIN)
    monkeypatch.syspath_prepend(tmp_path)

    import slow_to_import  # type: ignore[import-not-found]

    first, *_ = (frame for frame in slow_to_import.chain[1:] if not is_machinery(frame))
    assert first.f_code.co_name == "test_an_import_is_named_by_the_line_that_imports"


FOREIGN: list[Callable[[], object]] = [
    lambda: ls.Refused("no").message,  # type: ignore[attr-defined]
    lambda: ls.FastAPI,  # type: ignore[attr-defined]
    lambda: ls.socket("ws://127.0.0.1:9", nothing=1),  # type: ignore[call-arg]
    lambda: ls.connect("ws://127.0.0.1:9", extra_headers=1),  # type: ignore[call-arg]
]


@pytest.mark.parametrize("foreign", FOREIGN, ids=range(len(FOREIGN)))
def test_a_sentence_of_ours_is_at_the_line_of_its_reader(foreign: Callable[[], object]) -> None:
    with pytest.raises((AttributeError, TypeError)) as caught:
        foreign()
    assert place_of_error(caught.value) == f"test_places.py:{foreign.__code__.co_firstlineno}"
