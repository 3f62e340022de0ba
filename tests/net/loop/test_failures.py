"""What is kept of the exceptions that left handlers."""

from __future__ import annotations

import gc
import logging
import subprocess
import sys
import weakref

import pytest

from livesock.errors import LoopHeld, PeerRefused
from livesock.net.loop.failures import KEPT, WHOLE, Failures


def test_the_newest_errors_are_kept_and_all_are_counted() -> None:
    failures = Failures(logging.getLogger("livesock.test"))

    for number in range(KEPT + 5):
        failures.add("GET /", number, ValueError(number))

    assert failures.count == KEPT + 5
    assert [error.connection for error in failures.latest] == list(range(5, KEPT + 5))


def test_an_error_is_one_line_of_the_log_and_its_traceback_another(caplog: pytest.LogCaptureFixture) -> None:
    failures = Failures(logging.getLogger("livesock.test"))

    with caplog.at_level(logging.DEBUG, "livesock.test"):
        try:
            raise ValueError("two\nlines\x1b[31m")
        except ValueError as exc:
            failures.add('event "move" in /point', 0, exc)

    line, traceback = (record.getMessage() for record in caplog.records)
    assert line.startswith('! event "move" in /point (connection 0): ValueError: two')
    assert "\n" not in line and "\x1b" not in line
    assert "Traceback" in traceback and "test_failures.py" in traceback


SCRIPT = """
import logging, sys
from livesock.net.loop.failures import Failures
{setup}
failures = Failures(logging.getLogger("livesock.server"))
def fail(text):
    raise ValueError(text)
for text in ("first", "second"):
    try:
        fail(text)
    except ValueError as exc:
        failures.add("GET /", 1, exc)
failures.add("GET /other", 1, KeyError("other"))
"""


def printed(setup: str) -> str:
    script = SCRIPT.format(setup=setup)
    return subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stderr


def test_a_script_without_logging_prints_two_errors_of_each_kind() -> None:
    lines = printed("").splitlines()

    assert len(lines) == 3
    assert lines[0] == "livesock: GET / (connection 1): ValueError: first, at <string>:7"
    assert "(further ones of this kind are only in server.errors)" in lines[1] and "KeyError: 'other'" in lines[2]


def test_a_script_without_logging_has_a_line_for_each_thing_to_write_and_none_that_a_peer_has_faked() -> None:
    forged = "failures.add('GET /new', 1, ValueError('write\\n  this\\nlivesock: fake\\n  ! no\\x1b[31m\\n  that'))"
    lines = subprocess.run(
        [sys.executable, "-c", f"{SCRIPT.format(setup='')}{forged}"], capture_output=True, text=True, check=True
    ).stderr.splitlines()

    assert lines[3] == "livesock: GET /new (connection 1): ValueError: write"
    assert len(lines) == 7 and all(line.startswith("    ") for line in lines[4:])
    assert lines[4].startswith("    this") and "fake" in lines[4] and lines[6] == "    that"
    assert "\x1b" not in "".join(lines)


def test_a_script_with_logging_gets_its_own_lines_alone() -> None:
    lines = printed("logging.basicConfig(format='%(message)s')").splitlines()

    assert len(lines) == 3 and all(line.startswith("! GET /") for line in lines)


def test_refusals_of_one_kind_are_one_entry_a_second_and_push_no_error_out() -> None:
    failures = Failures(logging.getLogger("livesock.test"))
    failures.add("GET /", 1, ValueError("mine"))

    for number in range(1000):
        failures.refuse("origin", "GET /", number, PeerRefused("a foreign Origin"))
    for number in range(1000):
        failures.refuse(number, "GET /", number, PeerRefused("each is another"))

    mine, first, *others = failures.everything
    assert str(mine.exception) == "mine" and not mine.is_refusal and failures.count == 1
    assert first.is_refusal and len(others) < KEPT


def test_a_state_that_lasts_is_one_entry_that_says_how_it_stands() -> None:
    failures = Failures(logging.getLogger("livesock.test"))

    for seconds in range(5):
        failures.note("held", "loop", LoopHeld(f"{seconds} s"))

    assert [str(error.exception) for error in failures.latest] == ["4 s"] and failures.count == 1


class Unspeakable(Exception):
    def __str__(self) -> str:
        raise ZeroDivisionError

    __repr__ = __str__


@pytest.mark.parametrize("exc", [Unspeakable(), ValueError("x" * 3_000_000)])
def test_an_error_can_be_shown_whatever_its_exception_is(exc: BaseException) -> None:
    failures = Failures(logging.getLogger("livesock.test"))

    failures.add("GET /", 1, exc)

    (error,) = failures.latest
    assert len(repr(error)) < 1_000 and type(exc).__name__ in repr(error)
    assert len(str(error)) < 11_000 and type(exc).__name__ in str(error)
    assert type(exc).__name__ in error.traceback()


def test_an_error_with_half_a_surrogate_pair_can_be_printed_and_sent() -> None:
    failures = Failures(logging.getLogger("test"))
    exc = ValueError("unknown \ud800")
    exc.__notes__ = [1, "and \udfff"]  # type: ignore[list-item]
    failures.add("event", 0, exc)
    error = failures.latest[0]
    for text in (str(error), repr(error), error.traceback()):
        text.encode()
    assert "unknown \\ud800: 1: and \\udfff" in str(error)


class Data:
    """What a handler has in a variable."""


def fails(data: Data) -> None:
    try:
        raise KeyError("first")
    except KeyError as exc:
        raise ExceptionGroup("several", [ValueError("inner"), ValueError("other")]) from exc


def test_older_errors_keep_their_tracebacks_and_not_what_their_handlers_had() -> None:
    failures = Failures(logging.getLogger("test"))
    alive = []
    for _ in range(30):
        data = Data()
        alive.append(weakref.ref(data))
        try:
            fails(data)
        except ExceptionGroup as exc:
            failures.add("event", 0, exc)
    del data
    gc.collect()
    kept = [number for number, one in enumerate(alive) if one() is not None]
    assert kept == list(range(30 - WHOLE, 30)), "the newest have their frames, for a debugger"
    for error in failures.latest:
        text = error.traceback()
        assert "in fails" in text and "KeyError: 'first'" in text and "direct cause" in text and "inner" in text
