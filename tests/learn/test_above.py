"""`learn.catch_up()` after a restart of the kernel: the names of the cells above are back, and nothing else happens."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from livesock.learn import catalogue, source
from livesock.learn.session import LessonSession
from livesock.learn.store import Store
from livesock.learn.unknown import defining

CELLS = [
    ("import math\nfrom livesock import learn\nprint('loud')", []),
    ("answer = 6 * 7\nanswer", []),
    ("learn.predict('04.smallest')", []),
    ("def mask(payload, key):\n    raise NotImplementedError", ["exercise:04.mask"]),
    ("learn.check(mask, '04.mask')", []),
    ("@learn.keep('double')\ndef double(n):\n    return 2 * n", []),
    ("broken = answer / 0", []),
    ("import asyncio\nwaited = await asyncio.sleep(0, 'waited')", []),
    ("def encode_frame(*args):\n    return b'mine'", ["exercise:04.encode_frame"]),
    ("learn.catch_up()", []),
    ("below = True", []),
]


def write(folder: Path, name: str = "lesson.ipynb") -> Path:
    cells = [{"cell_type": "markdown", "id": "title", "metadata": {}, "source": ["# A lesson"]}]
    for number, (text, tags) in enumerate(CELLS):
        cell = {"cell_type": "code", "id": f"cell-{number}", "metadata": {"tags": tags}, "outputs": []}
        cells.append({**cell, "source": text.splitlines(keepends=True), "execution_count": None})
    notebook = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (folder / name).write_text(json.dumps(notebook), "utf-8")
    return folder / name


@pytest.fixture
def session(tmp_path, monkeypatch) -> LessonSession:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LIVESOCK_PROGRESS", "off")
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    monkeypatch.setattr("livesock.learn._session", made := LessonSession(Store(None), {}))
    return made


def test_the_names_above_are_back_and_nothing_is_shown_or_counted(session, tmp_path, capsys):
    write(tmp_path)
    page = session.cells_above("cell-9")
    names = session.namespace

    assert capsys.readouterr().out == ""
    assert (names["answer"], names["math"].pi > 3, names["waited"], names["double"](4)) == (42, True, "waited", 8)
    assert "below" not in names
    assert session.store.ids("exercise") == []
    assert page.text.splitlines()[1] == (
        "  9 cells were run again without output; 1 of them raised. Checks and predictions were left out. Go on below."
    )
    assert "“broken = answer / 0” raises ZeroDivisionError" in page.text


def test_a_stub_becomes_ours_or_what_was_kept_and_what_is_written_stays(session, tmp_path):
    write(tmp_path)
    session.cells_above("cell-9")
    assert session.namespace["mask"] is catalogue.exercise("04.mask").reference
    assert session.namespace["encode_frame"](1, b"") == b"mine"

    session.store.change(
        "kept", "mask", source=source.standalone(catalogue.others("04.mask")[0]).replace("mask_loop", "mask")
    )
    session.cells_above("cell-9")
    assert session.namespace["mask"].__module__ == "kept"


def test_the_notebook_of_the_kernel_comes_before_a_copy(session, tmp_path, monkeypatch):
    copy = write(tmp_path, "another.ipynb")
    copy.write_text(copy.read_text().replace("6 * 7", "13"))
    monkeypatch.setenv("JPY_SESSION_NAME", str(write(tmp_path)))

    session.cells_above("cell-9")
    assert session.namespace["answer"] == 42


def test_two_notebooks_with_the_same_cell_are_not_guessed_at(session, tmp_path):
    write(tmp_path)
    write(tmp_path, "another.ipynb")
    (tmp_path / "broken.ipynb").write_text("{")

    assert "Run All Above Selected Cell" in session.cells_above("cell-9").text
    assert session.namespace == {}


def test_a_cell_that_is_not_saved_yet_and_a_kernel_that_is_not_told(session, tmp_path):
    write(tmp_path)
    assert "Save the notebook (Ctrl S)" in session.cells_above("new").text
    assert "Run All Above Selected Cell" in session.catch_up().text
    assert session.namespace == {}


LESSONS = sorted((Path(__file__).parents[2] / "notebooks").glob("[0-9]*.ipynb"))

COMES_BACK = """
import json, os, pathlib, sys
from livesock import learn, stop_all
cells = json.loads(pathlib.Path(os.environ["JPY_SESSION_NAME"]).read_text("utf-8"))["cells"]
print(learn.current().cells_above([cell["id"] for cell in cells if cell["cell_type"] == "code"][-1]).text)
stop_all()
"""


@pytest.mark.slow
@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_all_cells_of_a_lesson_run_again_without_a_word(lesson):
    settings = {"LIVESOCK_PROGRESS": "off", "JPY_SESSION_NAME": str(lesson)}
    done = subprocess.run(
        [sys.executable, "-c", COMES_BACK], cwd=lesson.parent, env={**os.environ, **settings}, capture_output=True,
        text=True, timeout=100, check=False,
    )  # fmt: skip

    assert re.fullmatch(r"the cells above\n  \d+ cells were run again without output\..*\n", done.stdout), done


@pytest.mark.slow
def test_a_restarted_kernel_has_its_names_again(tmp_path):
    from jupyter_client.manager import KernelManager

    write(tmp_path)
    manager = KernelManager(kernel_name="python3")
    manager.kernel_spec.argv[0] = sys.executable
    manager.start_kernel(cwd=str(tmp_path), env={**os.environ, "LIVESOCK_PROGRESS": "off"})
    client = manager.blocking_client()
    client.start_channels()
    client.wait_for_ready(timeout=60)
    seen = []

    def ask(code: str, **metadata: str) -> None:
        content = {"code": code, "silent": False, "store_history": True, "user_expressions": {}, "allow_stdin": False}
        message = client.session.msg("execute_request", content, metadata=metadata)
        client.shell_channel.send(message)
        while True:
            reply = client.get_iopub_msg(timeout=60)
            if reply["parent_header"].get("msg_id") != message["header"]["msg_id"]:
                continue
            seen.append(reply["content"].get("text", "") + reply["content"].get("data", {}).get("text/plain", ""))
            if reply["content"].get("execution_state") == "idle":
                return

    try:
        ask("from livesock import learn; learn.catch_up()", cellId="cell-9")
        ask("print(answer, waited, double(4), mask(b'abc', bytes(4)))")
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
        manager.cleanup_resources()

    assert "9 cells were run again" in "".join(seen) and "loud" not in "".join(seen)
    assert "42 waited 8 b'abc'" in "".join(seen)


DEFINING = [
    {"source": ["import livesock as ls\n", "import os.path\n", "server = ls.serve()"]},
    {"source": ["def pair():\n", "    inside = 1\n", "    return inside"]},
    {"source": ["for left, right in [pair()]:\n", "    with open(left) as door:\n", "        pass"]},
    {"source": ["try:\n", "    pass\n", "except OSError as error:\n", "    refused = error"]},
    {"source": ["this is no Python"]},
    {"source": ['learn.catch_up("05")']},
]


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("ls", "import livesock as ls"),
        ("os", "import os.path"),
        ("server", "server = ls.serve()"),
        ("pair", "def pair():"),
        ("right", "for left, right in [pair()]:"),
        ("door", "for left, right in [pair()]:"),
        ("refused", "try:"),
        ("encode_frame", 'learn.catch_up("05")'),
        ("Assembler", ""),
        ("inside", ""),
        ("prnit", ""),
    ],
)
def test_the_line_that_defines_a_name(name, line):
    assert defining(name, DEFINING) == line
