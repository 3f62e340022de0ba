"""The learner's copy of the lessons: brought up to date, and never at the price of the learner's work."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from livesock.cli.lessons import MANIFEST, fingerprint, first_lesson, lessons, refresh
from livesock.errors import LivesockError


def write(path: Path, *sources: str, output: str = "") -> None:
    """Write a notebook of code cells to `path`."""
    outputs = [{"output_type": "stream", "name": "stdout", "text": output}] if output else []
    cells = [
        {"cell_type": "code", "source": s, "outputs": outputs, "metadata": {}, "execution_count": 1} for s in sources
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))


def never_asked(name: str, saved_as: str) -> bool:
    raise AssertionError(f"asked about {name}")


@pytest.fixture
def shipped(tmp_path: Path) -> Path:
    write(tmp_path / "shipped" / "00_bytes.ipynb", "1 + 1")
    return tmp_path / "shipped"


@pytest.fixture
def mine(tmp_path: Path, shipped: Path) -> Path:
    """The learner's folder after the first visit."""
    refresh(shipped, tmp_path / "mine", never_asked)
    return tmp_path / "mine"


def test_the_first_visit_copies_every_lesson_without_the_results_that_would_give_the_answers_away(
    tmp_path: Path, shipped: Path
) -> None:
    write(shipped / "00_bytes.ipynb", "1 + 1", "6 * 7", output="42")

    done = refresh(shipped, tmp_path / "new" / "folder", never_asked)

    assert done.copied == ["00_bytes.ipynb"]
    cells = json.loads((tmp_path / "new" / "folder" / "00_bytes.ipynb").read_text())["cells"]
    assert [(cell["source"], cell["outputs"], cell["execution_count"]) for cell in cells] == [
        ("1 + 1", [], None),
        ("6 * 7", [], None),
    ]


def test_what_is_no_notebook_is_copied_as_it_is(tmp_path: Path, shipped: Path) -> None:
    (shipped / "picture.svg").write_bytes(b"<svg/>")
    refresh(shipped, tmp_path / "mine", never_asked)
    assert (tmp_path / "mine" / "picture.svg").read_bytes() == b"<svg/>"


def test_the_second_visit_changes_nothing(shipped: Path, mine: Path) -> None:
    write(mine / "00_bytes.ipynb", "my own")

    done = refresh(shipped, mine, never_asked)

    assert (done.copied, done.replaced, done.kept) == ([], [], [])
    assert "my own" in (mine / "00_bytes.ipynb").read_text()


def test_a_lesson_that_was_only_run_is_brought_up_to_date(shipped: Path, mine: Path) -> None:
    write(mine / "00_bytes.ipynb", "1 + 1", output="2")
    write(shipped / "00_bytes.ipynb", "1 + 2")

    done = refresh(shipped, mine, never_asked)

    assert done.replaced == ["00_bytes.ipynb"]
    assert "1 + 2" in (mine / "00_bytes.ipynb").read_text()


def test_an_edited_lesson_is_kept_unless_the_learner_says_otherwise(shipped: Path, mine: Path) -> None:
    write(mine / "00_bytes.ipynb", "my own")
    write(shipped / "00_bytes.ipynb", "1 + 2")

    done = refresh(shipped, mine, lambda name, saved_as: False)

    assert done.kept == ["00_bytes.ipynb"]
    assert "my own" in (mine / "00_bytes.ipynb").read_text()


def test_the_learner_is_asked_once_for_each_new_version(shipped: Path, mine: Path) -> None:
    write(mine / "00_bytes.ipynb", "my own")
    write(shipped / "00_bytes.ipynb", "1 + 2")
    refresh(shipped, mine, lambda name, saved_as: False)

    done = refresh(shipped, mine, never_asked)

    assert done.kept == []


def test_taking_the_new_one_saves_the_old_one_under_a_free_name(shipped: Path, mine: Path) -> None:
    for round_, name in ((1, "00_bytes.mine.ipynb"), (2, "00_bytes.mine-2.ipynb")):
        write(mine / "00_bytes.ipynb", f"my own {round_}")
        write(shipped / "00_bytes.ipynb", f"new {round_}")

        done = refresh(shipped, mine, lambda name, saved_as: True)

        assert done.saved == {"00_bytes.ipynb": name}
        assert f"my own {round_}" in (mine / name).read_text()
        assert f"new {round_}" in (mine / "00_bytes.ipynb").read_text()


def test_a_deleted_lesson_comes_back(shipped: Path, mine: Path) -> None:
    (mine / "00_bytes.ipynb").unlink()

    assert refresh(shipped, mine, never_asked).copied == ["00_bytes.ipynb"]


@pytest.mark.parametrize("damage", ["", "not json", "[]", '{"shipped": 3}', '{"shipped": ["00_bytes.ipynb"]}'])
def test_without_a_readable_manifest_every_difference_counts_as_an_edit(shipped: Path, mine: Path, damage: str) -> None:
    (mine / MANIFEST).write_text(damage)
    write(mine / "00_bytes.ipynb", "my own")

    assert refresh(shipped, mine, lambda name, saved_as: False).kept == ["00_bytes.ipynb"]


def test_a_notebook_that_is_no_notebook_any_more_counts_as_edited(shipped: Path, mine: Path) -> None:
    (mine / "00_bytes.ipynb").write_text("{half a notebook")
    write(shipped / "00_bytes.ipynb", "1 + 2")

    assert refresh(shipped, mine, lambda name, saved_as: False).kept == ["00_bytes.ipynb"]


def test_a_developer_may_work_on_the_shipped_lessons_themselves(shipped: Path) -> None:
    refresh(shipped, shipped, never_asked)

    assert [path.name for path in shipped.iterdir()] == ["00_bytes.ipynb"]


def test_a_file_in_place_of_the_folder_is_refused(tmp_path: Path, shipped: Path) -> None:
    (tmp_path / "file").write_text("something else")

    with pytest.raises(LivesockError, match="is a file: name a folder with --dir"):
        refresh(shipped, tmp_path / "file", never_asked)


def test_pages_without_a_number_come_first(tmp_path: Path) -> None:
    for name in ("10_rooms.ipynb", "00_bytes.ipynb", "start.ipynb", "notes.txt"):
        (tmp_path / name).touch()

    assert [path.name for path in lessons(tmp_path)] == ["start.ipynb", "00_bytes.ipynb", "10_rooms.ipynb"]
    assert first_lesson(tmp_path) == "start.ipynb"
    assert first_lesson(tmp_path / "nothing here") == ""


def test_the_way_a_source_is_split_into_lines_is_no_edit(tmp_path: Path) -> None:
    write(tmp_path / "a.ipynb", "a\nb")
    notebook = json.loads((tmp_path / "a.ipynb").read_text())
    notebook["cells"][0]["source"] = ["a\n", "b"]
    (tmp_path / "b.ipynb").write_text(json.dumps(notebook, indent=1))

    assert fingerprint(tmp_path / "a.ipynb") == fingerprint(tmp_path / "b.ipynb")
