"""The reference of lesson 15: one file with marks, a server after each of 18 stages."""

from __future__ import annotations

import ast
import json
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from livesock import connect
from livesock.cli.dev.check import texts
from livesock.cli.dev.notebooks import execute
from livesock.conformance import cases_of
from livesock.learn import catalogue
from livesock.lessons.lesson15 import reference
from livesock.lessons.lesson15.staged import LAST, changes, solution
from livesock.wire.frame import Frame, encode_frame

STAGES = range(1, LAST + 1)


@contextmanager
def running(stage: int, folder: Path) -> Iterator[tuple[int, subprocess.Popen[str]]]:
    """Run the server of a stage as a program, and yield its port."""
    program = folder / f"stage{stage}.py"
    program.write_text(solution(stage), "utf-8")
    command = [sys.executable, str(program), "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=folder) as process:
        try:
            assert process.stdout
            yield int(process.stdout.readline().split()[-1]), process
        finally:
            process.kill()


@pytest.mark.parametrize("stage", STAGES)
def test_each_stage_is_a_program_that_is_no_longer_than_300_lines(stage: int) -> None:
    text = solution(stage)

    ast.parse(text)
    assert "#:" not in text
    assert len(text.splitlines()) <= 300


def test_the_last_stage_is_what_reference_py_runs() -> None:
    unmarked = ast.unparse(ast.parse(solution()))

    assert unmarked == ast.unparse(ast.parse(Path(reference.__file__).read_text("utf-8")))


def test_what_a_stage_changes_are_lines_that_come_and_go() -> None:
    assert "+        return self.frames.popleft()" in changes(7)
    assert "-    _, headers, _ = head" not in changes(7)
    assert {line[:1] for line in changes(12).splitlines()} <= {"+", "-", " ", "…"}


@pytest.mark.slow
def test_the_last_stage_echoes_and_says_1001_when_it_is_stopped(tmp_path: Path) -> None:
    with running(LAST, tmp_path) as (port, process):
        with connect(f"ws://127.0.0.1:{port}/") as ws:
            ws.send("é" * 70_000)
            heard = ws.recv(timeout=5)
            process.send_signal(signal.SIGTERM)
            with pytest.raises(Exception, match="1001"):
                ws.recv(timeout=5)
        out, err = process.communicate(timeout=5)

    assert heard == "é" * 70_000
    assert (process.returncode, out, err) == (0, "", "")


@pytest.mark.interop
@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("stage", [12, LAST])
def test_autobahns_core_cases_end_without_a_failure(stage: int, tool: Callable[[str], str], tmp_path: Path) -> None:
    with running(stage, tmp_path) as (port, _):
        options = ["-m", "fuzzingclient", "-o", str(tmp_path), "-p", "8", "-x", "9.*", "-x", "12.*", "-x", "13.*"]
        subprocess.run([tool("kosoku"), *options, f"ws://127.0.0.1:{port}/"], capture_output=True, timeout=200)
    (cases,) = json.loads((tmp_path / "index.json").read_text("utf-8")).values()

    verdicts = {name: {case["behavior"], case["behaviorClose"]} for name, case in cases.items()}
    assert len(verdicts) == 247
    assert [name for name, one in verdicts.items() if "FAILED" in one] == []
    assert sum("NON-STRICT" in one for one in verdicts.values()) <= 4


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_lesson_15_is_green_with_the_reference_in_the_learners_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (page,) = (Path(__file__).parents[3] / "notebooks").glob("15_*.ipynb")
    (tmp_path / page.name).write_text(page.read_text("utf-8"), "utf-8")
    (tmp_path / "my_server.py").write_text(solution(12), "utf-8")
    monkeypatch.setenv("LIVESOCK_PROGRESS", "off")

    cells = execute(tmp_path / page.name, without_the_world)["cells"]

    shown = {cell["id"]: "".join(texts(cell)) for cell in cells if cell["cell_type"] == "code"}
    stages = [shown[name] for name in catalogue.lesson("15").stages]
    assert [text.count("FAIL") for text in stages] == [0] * 12
    assert "next_frame" in shown["compare"]
    assert "101" in shown["trace"], "the conversation of a case, as the live log shows it"


def without_the_world(notebook: dict[str, Any]) -> None:
    """Leave out the three other judges: they take a minute, and have tests of their own."""
    for cell in notebook["cells"]:
        if cell["id"] == "world":
            cell["source"] = "rungs.reached"


HEX = re.compile(r"(?<![\w`])`([0-9a-f]{2}(?: [0-9a-f]{2})+)(?: …)?`|`([0-9a-f]{2}(?: [0-9a-f]{2})+)(?= …)")


@pytest.mark.parametrize(("number", "name"), list(enumerate(catalogue.lesson("15").stages, 1)))
def test_the_bytes_on_the_page_of_a_stage_are_those_of_its_cases(number: int, name: str) -> None:
    (page,) = (Path(__file__).parents[3] / "notebooks").glob("15_*.ipynb")
    cells = json.loads(page.read_text("utf-8"))["cells"]
    text = "".join(next(cell for cell in cells if cell["id"] == f"{name}-text")["source"])

    named = [one or other for one, other in HEX.findall(text)]
    crossed = " | ".join(hexes(step) for case in cases_of(number) for step in case.steps)
    assert [one for one in named if one not in crossed] == []
    assert named or number in (1, 3, 4)


def hexes(step: Any) -> str:
    """Return what a step sends and expects, in hexadecimal."""
    data = getattr(step, "data", b"").replace(b"{path}", b"/")
    if hasattr(step, "payload"):
        data = encode_frame(Frame(step.opcode, step.payload))
    closes = [b"\x88\x02" + code.to_bytes(2, "big") for code in getattr(step, "codes", ()) if code]
    return " | ".join([data.hex(" "), *(one.hex(" ") for one in closes)])
