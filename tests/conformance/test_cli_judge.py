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
from livesock.learn.session import LessonSession
from livesock.learn.store import Store
from tests.conformance.conftest import SERVERS
from tests.peers import eventually

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


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a learner's server in a folder of its own; nothing says where progress is kept."""
    monkeypatch.delenv("LIVESOCK_PROGRESS", raising=False)
    program = tmp_path / "my_server.py"
    program.write_text(Path(AGREEING).read_text("utf-8"))
    return program


def test_beside_the_lesson_a_stage_that_passes_is_remembered_as_in_the_notebook(
    program: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (program.parent / "15_your_own_websocket_server.ipynb").touch()
    for stage in ("4", "5", "4"):
        main(["judge", str(program), "--stage", stage])

    monkeypatch.chdir(program.parent)
    store = Store.default()
    assert store.get("exercise", "15.text")["passed"] and store.get("exercise", "15.text")["failed"] == 0
    refused = store.get("exercise", "15.refuse")
    assert (refused["passed"], refused["checks"], refused["failed"]) == (False, 2, 2)
    assert capsys.readouterr().out.count("Remembered in livesock-progress.json, passed: text.") == 1
    assert "progress · 1 of " in LessonSession(store, {}).progress().text


def test_of_several_stages_only_the_first_that_fails_counts_as_tried(program: Path) -> None:
    progress = program.parent / "livesock-progress.json"
    Store(progress).change("exercise", "03.accept_key", passed=True)
    main(["judge", str(program), "--stage", "1", "--stage", "4", "--stage", "5", "--stage", "12"])

    store = Store(progress)
    assert [store.get("exercise", f"15.{name}").get("passed") for name in ("bind", "refuse", "text")] == [
        True, False, True,
    ]  # fmt: skip
    assert store.get("exercise", "15.violations") == {}
    assert store.get("exercise", "03.accept_key") == {"passed": True}


@pytest.mark.parametrize("place", ["off", ""])
def test_nothing_is_written_without_a_lesson_or_with_progress_off(
    program: Path, place: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LIVESOCK_PROGRESS", place)
    if place == "off":
        (program.parent / "15_your_own_websocket_server.ipynb").touch()
    before = sorted(program.parent.iterdir())
    assert main(["judge", str(program), "--stage", "5"]) == 0

    assert sorted(program.parent.iterdir()) == before
    assert "Remembered" not in capsys.readouterr().out


def test_progress_may_be_another_file_and_json_stays_json(
    program: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LIVESOCK_PROGRESS", str(tmp_path / "mine.json"))
    assert main(["judge", str(program), "--stage", "5", "--json"]) == 0

    assert Store(tmp_path / "mine.json").get("exercise", "15.text")["passed"]
    json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("wrong", [["nowhere.py"], [AGREEING, "--stage", "99"], ["ws://", "--watch"]])
def test_a_mistake_of_the_caller_is_one_line(wrong: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["judge", *wrong]) == 1
    assert len(capsys.readouterr().err.splitlines()) == 1


@pytest.mark.parametrize("option", ["--junit", "--report"])
@pytest.mark.parametrize("place", ["no folder/x", "my_server.py/x", "."])
def test_a_report_that_cannot_be_written_is_said_before_the_judging(
    option: str, place: str, program: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    program.write_text("open('was_started', 'w').close()")

    with pytest.raises(SystemExit):
        main(["judge", str(program), option, str(program.parent / place)])
    assert f"argument {option}: " in capsys.readouterr().err
    assert not (program.parent / "was_started").exists()


@pytest.mark.parametrize("patience", ["0", "-1", "nan", "inf"])
def test_a_patience_that_is_no_time_is_refused_by_name(patience: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["judge", AGREEING, "--patience", patience]) == 1
    assert "patience is more than 0 seconds" in capsys.readouterr().err


@pytest.mark.skipif(os.name != "posix", reason="Windows has neither signal")
@pytest.mark.parametrize("number", ["SIGTERM", "SIGHUP"])
def test_a_terminate_signal_and_a_closed_terminal_end_it_in_good_order(number: str, tmp_path: Path) -> None:
    program, folder = tmp_path / "my_server.py", tmp_path / "temporary"
    program.write_text("open('up', 'w').close()\nwhile True: pass\n")
    folder.mkdir()

    command = [sys.executable, "-m", "livesock", "judge", str(program), "--stage", "1"]
    with subprocess.Popen(command, env={**os.environ, "TMPDIR": str(folder)}) as process:
        eventually((tmp_path / "up").exists, "the server runs")
        process.send_signal(getattr(signal, number))

    assert process.returncode == 130
    assert list(folder.iterdir()) == []


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


@pytest.mark.slow
def test_watch_with_json_prints_json_alone(tmp_path: Path) -> None:
    program = tmp_path / "my_server.py"
    program.write_text("raise ValueError('first')\n")
    command = [sys.executable, "-m", "livesock", "judge", str(program), "--stage", "1", "--watch", "--json"]

    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        first = until(process.stdout, "\n}\n")
        program.write_text("raise ValueError('second')\n")
        second = until(process.stdout, "\n}\n")
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)

    assert [len(json.loads(text)["stages"]) for text in (first, second)] == [1, 1]


def until(lines: object, word: str) -> str:
    found = ""
    for line in lines:  # type: ignore[attr-defined]
        found += line
        if word in found:
            break
    return found
