"""`livesock judge`, as a learner and a CI job run it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from livesock.cli import main
from tests.conformance.conftest import SERVERS

AGREEING = str(SERVERS / "agreeing_server.py")


def test_a_stage_that_passes_is_status_0(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["judge", AGREEING, "--stage", "text", "--patience", "3"]) == 0
    assert " 5  text        ✓ 5 of 5 pass" in capsys.readouterr().out


def test_a_failure_is_status_1_with_the_rule_and_the_bytes(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["judge", AGREEING, "--stage", "4"]) == 1
    out = capsys.readouterr().out
    assert "4a FAIL  POST instead of GET (RFC 6455, 4.1)" in out
    assert "The answer has the status 101, where an HTTP error such as 400 is expected." in out


def test_files_are_written_for_ci_and_for_reading(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    xml, page = tmp_path / "junit.xml", tmp_path / "report.html"

    status = main(["judge", AGREEING, "--stage", "5", "--json", "--junit", str(xml), "--report", str(page)])

    assert status == 0
    assert json.loads(capsys.readouterr().out)["stages"] == {"text": "PASS"}
    assert xml.read_text("utf-8").startswith("<?xml") and page.read_text("utf-8").startswith("<!doctype html>")


@pytest.mark.parametrize("wrong", [["nowhere.py"], [AGREEING, "--stage", "99"], ["ws://", "--watch"]])
def test_a_mistake_of_the_caller_is_one_line(wrong: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["judge", *wrong]) == 1
    assert len(capsys.readouterr().err.splitlines()) == 1


@pytest.mark.slow
def test_watch_judges_again_when_the_file_is_saved(tmp_path: Path) -> None:
    program = tmp_path / "my_server.py"
    program.write_text("raise ValueError('first')\n")
    command = [sys.executable, "-m", "livesock", "judge", str(program), "--stage", "1", "--watch"]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}

    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        first = until(process.stdout, "Watching")
        program.write_text(Path(AGREEING).read_text("utf-8"))
        second = until(process.stdout, "Watching")
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)

    assert "ValueError: first" in first
    assert "✓ 2 of 2 pass" in second
    assert process.returncode == 130


def until(lines: object, word: str) -> str:
    found = ""
    for line in lines:  # type: ignore[attr-defined]
        found += line
        if word in line:
            break
    return found
