"""What is kept of the exceptions that left handlers."""

from __future__ import annotations

import logging

import pytest

from livesock.net.loop.failures import KEPT, Failures


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
