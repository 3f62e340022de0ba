"""The lessons: where the shipped ones are, and how they reach a folder that the learner may edit.

    shipped lesson      learner's copy                  what `refresh` does
    any                 absent                          copies it
    as last time        any                             nothing
    newer               cells as they were shipped      replaces it
    newer               cells changed                   asks; keeps the learner's copy unless the learner says otherwise

"As they were shipped" compares the text of the cells: running a lesson changes its outputs, and is no edit. What was
shipped last time stands in a small file beside the lessons, `MANIFEST`.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from livesock.errors import LivesockError

__all__ = ["MANIFEST", "Refreshed", "blank", "fingerprint", "first_lesson", "lessons", "refresh", "shipped_folder"]

MANIFEST = ".livesock.json"
"""Name of the file that remembers which version of each lesson was shipped into a folder."""


def shipped_folder() -> Path:
    """Return the folder of the shipped lessons: inside an installed package, or beside it in a clone.

    Raises:
        LivesockError: If neither is there, because the package was installed without its data.
    """
    package = Path(__file__).resolve().parents[1]
    for folder in (package / "notebooks", package.parent / "notebooks"):
        if lessons(folder):
            return folder
    raise LivesockError("the lessons are missing from this installation: install livesock again")


def lessons(folder: Path) -> list[Path]:
    """Return the lessons in `folder` in reading order: pages without a number first, then 00, 01, …"""
    return sorted(folder.glob("*.ipynb"), key=lambda path: (path.name[0].isdigit(), path.name))


def first_lesson(folder: Path) -> str:
    """Return the name of the lesson to open first, "" where there is none."""
    return next((path.name for path in lessons(folder)), "")


def fingerprint(path: Path) -> str:
    """Return a hash of what a person writes in `path`: of a notebook its cells, without outputs and metadata."""
    data = path.read_bytes()
    if path.suffix == ".ipynb":
        try:
            cells = json.loads(data)["cells"]
            data = json.dumps([[cell["cell_type"], "".join(cell["source"])] for cell in cells]).encode()
        except (ValueError, KeyError, TypeError):
            pass  # no notebook (any more): then every byte counts
    return hashlib.sha256(data).hexdigest()


def blank(notebook: bytes) -> bytes:
    """Return `notebook` without outputs. They are shipped for readers; a learner predicts first, then runs the cell."""
    try:
        page = json.loads(notebook)
        for cell in page["cells"]:
            if cell["cell_type"] == "code":
                cell["outputs"], cell["execution_count"] = [], None
    except (ValueError, KeyError, TypeError):
        return notebook  # another kind of file
    return (json.dumps(page, indent=1, ensure_ascii=False) + "\n").encode()


@dataclass
class Refreshed:
    """What `refresh` did, by name of file."""

    copied: list[str] = field(default_factory=list)
    replaced: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    """Changed by the learner while a newer version was shipped; the learner's copy stays."""
    saved: dict[str, str] = field(default_factory=dict)
    """Replaced at the learner's wish: name -> name under which the learner's copy was saved."""


def refresh(source: Path, target: Path, take_new: Callable[[str, str], bool]) -> Refreshed:
    """Bring the lessons in `target` up to those in `source` without losing the learner's work.

    `take_new(name, saved_as)` is asked about each lesson that was changed on both sides: True takes the new one and
    renames the learner's copy to `saved_as`. A lesson that the learner deleted comes back.

    Raises:
        LivesockError: If `target` is a file.
        OSError: If it cannot be written.
    """
    done = Refreshed()
    if target.exists() and not target.is_dir():
        raise LivesockError(f"{target} is a file: name a folder with --dir")
    target.mkdir(parents=True, exist_ok=True)
    if target.samefile(source):
        return done  # a developer works on the lessons themselves

    manifest = _read_manifest(target)
    for lesson in sorted(path for path in source.iterdir() if path.is_file() and path.name != MANIFEST):
        name, shipped = lesson.name, fingerprint(lesson)
        _refresh_one(lesson, target / name, shipped, manifest.get(name), take_new, done)
        manifest[name] = shipped
    _write(target / MANIFEST, json.dumps({"shipped": manifest}, indent=1, sort_keys=True).encode())
    return done


def _refresh_one(
    lesson: Path, copy: Path, shipped: str, last: str | None, take_new: Callable[[str, str], bool], done: Refreshed
) -> None:
    if not copy.exists():
        _write(copy, blank(lesson.read_bytes()))
        done.copied.append(copy.name)
    elif shipped in (last, fingerprint(copy)):
        pass  # nothing new to offer
    elif fingerprint(copy) == last:
        _write(copy, blank(lesson.read_bytes()))
        done.replaced.append(copy.name)
    elif take_new(copy.name, saved_as := _free_name(copy)):
        copy.rename(copy.with_name(saved_as))
        _write(copy, blank(lesson.read_bytes()))
        done.saved[copy.name] = saved_as
    else:
        done.kept.append(copy.name)


def _free_name(path: Path) -> str:
    """`01_frames.ipynb` gives `01_frames.mine.ipynb`, or `01_frames.mine-2.ipynb` when that is taken."""
    names = (f"{path.stem}.mine{f'-{n}' if n > 1 else ''}{path.suffix}" for n in range(1, 10_000))
    return next(name for name in names if not path.with_name(name).exists())


def _read_manifest(folder: Path) -> dict[str, str]:
    """Return what was shipped last time; {} when the file is absent or damaged: then every difference is an edit."""
    try:
        shipped = json.loads((folder / MANIFEST).read_text("utf-8"))["shipped"]
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    return {str(name): str(value) for name, value in shipped.items()} if isinstance(shipped, dict) else {}


def _write(path: Path, data: bytes) -> None:
    """Write all of it or nothing: an interrupted copy never leaves half a lesson. Two labs may do so at once."""
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        part.write_bytes(data)
        if path.exists():
            shutil.copymode(path, part)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
