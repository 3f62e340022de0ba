"""`livesock dev`: generated files say what they were made from, and `--check` notices when they do not."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from livesock.cli import main
from livesock.cli.dev import clone, links, notebooks, peers, pins
from livesock.cli.dev.picture import PICTURES, recorded
from livesock.errors import LivesockError

RULES = notebooks.sanitizer("[port]\nregex: port \\d+\nreplace: port PORT\n")


def code(source: str, *outputs: dict[str, Any], count: int | None = 1, **metadata: Any) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "id": "a",
        "source": source,
        "outputs": list(outputs),
        "metadata": metadata,
        "execution_count": count,
    }


def stream(text: str, name: str = "stdout") -> dict[str, Any]:
    return {"output_type": "stream", "name": name, "text": text}


def notebook(*cells: dict[str, Any], **metadata: Any) -> dict[str, Any]:
    return {"cells": list(cells), "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A clone with one lesson that was never run."""
    for module in (clone, links, notebooks, peers):
        monkeypatch.setattr(module, "root", lambda: tmp_path)
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "tests" / "notebooks").mkdir(parents=True)
    (tmp_path / "tests" / "notebooks" / "sanitize.cfg").write_text("[port]\nregex: port \\d+\nreplace: port PORT\n")
    (tmp_path / "README.md").write_text(f"# A\n{links.BEGIN}\nold\n{links.END}\nend\n")
    (tmp_path / "pyproject.toml").write_text('[project.urls]\nRepository = "https://github.com/me/mine"\n')
    lesson = notebook(code("import os\nprint('port', os.getpid())\n6 * 7", count=None))
    (tmp_path / "notebooks" / "00_a.ipynb").write_text(json.dumps(lesson))
    return tmp_path


# -- generated files


def test_check_writes_nothing_and_says_which_command_helps(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert clone.generated(here / "new.txt", "text", check=True, command="make it") == 1

    assert not (here / "new.txt").exists()
    assert "new.txt is stale: run  make it" in capsys.readouterr().err


def test_writing_makes_the_check_pass(here: Path) -> None:
    assert clone.generated(here / "binder" / "new.txt", "text", check=False, command="make it") == 0
    assert clone.generated(here / "binder" / "new.txt", "text", check=True, command="make it") == 0


def test_the_words_of_a_failing_uv_are_passed_on(here: Path) -> None:
    with pytest.raises(LivesockError, match=r"uv nonsense failed: .*nonsense"):
        clone.uv("nonsense")


# -- links


def test_links_are_written_between_the_marks_and_nowhere_else(here: Path) -> None:
    assert main(["dev", "links", "--check"]) == 1
    assert main(["dev", "links"]) == 0
    assert main(["dev", "links", "--check"]) == 0

    text = (here / "README.md").read_text()
    assert text.startswith(f"# A\n{links.BEGIN}\n[![") and text.endswith(f"{links.END}\nend\n")
    assert "https://mybinder.org/v2/gh/me/mine/HEAD?urlpath=lab%2Ftree%2Fnotebooks%2F00_a.ipynb" in text


@pytest.mark.parametrize("readme", ["", links.BEGIN, f"{links.END}\n{links.BEGIN}"])
def test_without_the_marks_nothing_is_guessed(readme: str) -> None:
    with pytest.raises(LivesockError, match="needs these two lines once"):
        links.insert(readme, "text")


@pytest.mark.parametrize(
    ("repository", "place"),
    [
        ("https://github.com/me/mine/", "gh/me/mine"),
        ("https://gitlab.com/me/mine", "gl/me/mine"),
        ("https://git.example/me/mine", "git/https%3A%2F%2Fgit.example%2Fme%2Fmine"),
    ],
)
def test_binder_is_told_where_the_code_is(repository: str, place: str) -> None:
    assert links.binder_url(repository, "a.ipynb").startswith(f"https://mybinder.org/v2/{place}/HEAD?")


# -- pins


def test_pins_are_sorted_and_keep_a_marker_only_where_there_are_two_versions() -> None:
    lines = [
        "# made by uv",
        "b==2 ; os_name == 'nt'",
        "a==1 ; python_version < '3.12'",
        "a==2 ; python_version >= '3.12'",
    ]
    exported = "\n".join(lines)

    assert pins.pins(exported) == ["a==1; python_version < '3.12'", "a==2; python_version >= '3.12'", "b==2"]


def test_pins_replace_the_old_list_and_nothing_else() -> None:
    text = 'x = 1\nconstraint-dependencies = [\n    "a==1",\n]\ny = [\n    2,\n]\n'

    assert pins.insert(text, ["b==2"]) == text.replace("a==1", "b==2")
    assert "constraint-dependencies = []\ny" in pins.insert(text, [])


def test_a_project_without_the_list_is_refused() -> None:
    with pytest.raises(LivesockError, match="needs one line"):
        pins.insert("[tool.uv]\n", ["a==1"])


# -- peers


@pytest.fixture
def node(here: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the peers, which asks for one package, on a machine whose only program is an npm that fails."""
    folder = here / "tests" / "interop" / "node"
    folder.mkdir(parents=True)
    (folder / "package.json").write_text('{"dependencies": {"ws": "8.0.0"}}')
    npm = here / "bin" / "npm"
    npm.parent.mkdir()
    npm.write_text("#!/bin/sh\necho no such thing as $1 >&2; exit 1\n")
    npm.chmod(0o755)
    monkeypatch.setenv("PATH", str(npm.parent))
    return folder


def has(node: Path, version: str) -> None:
    (node / "node_modules" / "ws").mkdir(parents=True)
    (node / "node_modules" / "ws" / "package.json").write_text(json.dumps({"version": version}))


def test_peers_that_are_there_are_left_alone(node: Path) -> None:
    has(node, "8.0.0")

    assert main(["dev", "peers"]) == main(["dev", "peers", "--check"]) == 0


def test_a_peer_of_another_version_is_missing(node: Path, capsys: pytest.CaptureFixture[str]) -> None:
    has(node, "7.9.9")

    assert main(["dev", "peers", "--check"]) == 1

    assert "not here: ws@8.0.0; run  uv run livesock dev peers" in capsys.readouterr().err


def test_the_words_of_a_failing_npm_are_passed_on(node: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["dev", "peers"]) == 1

    assert "npm did not install ws@8.0.0: no such thing as install" in capsys.readouterr().err


def test_without_npm_it_says_where_npm_comes_from(
    node: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", "")

    assert main(["dev", "peers"]) == 1

    assert "npm is not installed: apt install nodejs npm" in capsys.readouterr().err


# -- refresh


def test_refresh_runs_a_lesson_and_check_then_agrees_although_numbers_differ(here: Path) -> None:
    assert main(["dev", "refresh", "--check"]) == 1
    assert main(["dev", "refresh", "00"]) == 0
    assert main(["dev", "refresh", "--check"]) == 0

    (cell,) = json.loads((here / "notebooks" / "00_a.ipynb").read_text())["cells"]
    assert cell["execution_count"] == 1
    assert [output["output_type"] for output in cell["outputs"]] == ["stream", "execute_result"]


def test_check_finds_an_output_that_is_not_what_the_cell_shows(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lesson = notebook(code("print('new')", stream("old\n")))
    (here / "notebooks" / "00_a.ipynb").write_text(json.dumps(lesson))

    assert main(["dev", "refresh", "--check", "00_a.ipynb"]) == 1

    assert "cell 0 stored {'stdout': 'old\\n'} and shows {'stdout': 'new\\n'}" in capsys.readouterr().err


def test_a_lesson_that_raises_is_not_written(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = here / "notebooks" / "00_a.ipynb"
    path.write_text(json.dumps(notebook(code("1 / 0"))))
    before = path.read_bytes()

    assert main(["dev", "refresh"]) == 1

    assert path.read_bytes() == before
    assert "ZeroDivisionError" in capsys.readouterr().err


def test_a_lesson_that_prints_a_path_of_this_machine_is_not_written(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = here / "notebooks" / "00_a.ipynb"
    path.write_text(json.dumps(notebook(code("import os\nos.getcwd()"))))
    before = path.read_bytes()

    assert main(["dev", "refresh"]) == 1

    assert path.read_bytes() == before
    assert "paths of this machine" in capsys.readouterr().err


def test_an_unknown_lesson_is_refused(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["dev", "refresh", "99"]) == 1
    assert "begins with 99" in capsys.readouterr().err


def test_what_belongs_to_one_machine_or_one_kernel_is_not_stored() -> None:
    view = {
        "output_type": "display_data",
        "data": {notebooks.WIDGET_VIEW: {"model_id": "1"}, "text/plain": "a"},
        "metadata": {"x": 1},
    }
    times = {"iopub.execute_input": "2026-01-01"}
    raw = notebook(code("a", view, execution=times, tags=["hard"]), widgets={"state": {}}, kernelspec={"name": "mine"})

    cleaned = notebooks.clean(raw)

    assert cleaned["metadata"].keys() == {"kernelspec", "language_info"}
    assert cleaned["metadata"]["kernelspec"]["name"] == "python3"
    (cell,) = cleaned["cells"]
    assert cell["metadata"] == {"tags": ["hard"]}
    assert cell["outputs"] == [{"output_type": "display_data", "data": {"text/plain": "a"}, "metadata": {}}]


@pytest.mark.parametrize("ignored", [code("a  # NBVAL_IGNORE_OUTPUT"), code("a", tags=["nbval-ignore-output"])])
def test_an_output_that_its_author_calls_random_is_not_compared(here: Path, ignored: dict[str, Any]) -> None:
    fresh = {**ignored, "outputs": [stream("something else")]}

    assert notebooks.compare(notebook(ignored), notebook(fresh)) == []


def test_pieces_of_a_stream_are_compared_as_one_text() -> None:
    assert notebooks.shown(code("a", stream("on "), stream("port 1"), stream("!", "stderr")), RULES) == {
        "stdout": "on port PORT",
        "stderr": "!",
    }


def test_the_readme_shows_the_pictures_that_one_command_draws() -> None:
    shown = re.findall(r"!\[[^]]+\]\(docs/([^)]+)\.svg\)", (clone.root() / "README.md").read_text("utf-8"))

    assert sorted(shown) == sorted(PICTURES)


@pytest.mark.parametrize("name", ["borders", "opening", "map"])
def test_a_picture_of_an_instrument_is_drawn(name: str) -> None:
    drawn, committed = (ElementTree.fromstring(text) for text in (PICTURES[name](), stored_picture(name)))

    assert drawn[0].tag.endswith("title") and drawn[0].text == committed[0].text


def stored_picture(name: str) -> str:
    return (clone.root() / "docs" / f"{name}.svg").read_text("utf-8")


def test_the_readmes_picture_shows_a_conversation_that_happened() -> None:
    summaries = [row.summary for row in recorded().rows()]

    assert [s for s in summaries if s in ('text "Hello"', "close 1000")] == ['text "Hello"'] * 2 + ["close 1000"] * 2
