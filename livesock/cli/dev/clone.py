"""The clone that the `dev` commands work on, and the generated files in it."""

from __future__ import annotations

import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

from livesock.cli.terminal import fail, say
from livesock.errors import LivesockError

__all__ = ["generated", "project", "root", "uv"]

LONGEST = 600
"""Seconds that uv may take: it may have to ask the package index about every package."""


def root() -> Path:
    """Return the folder of the clone that this package is imported from.

    Raises:
        LivesockError: If the package is installed, and there is no clone.
    """
    folder = Path(__file__).resolve().parents[3]
    if not (folder / "pyproject.toml").is_file():
        raise LivesockError(
            "this command works in a clone of the repository only: run it there as  uv run livesock dev"
        )
    return folder


def project() -> dict[str, Any]:
    """Return the contents of pyproject.toml."""
    return tomllib.loads((root() / "pyproject.toml").read_text("utf-8"))


def uv(*arguments: str, folder: Path | None = None) -> str:
    """Run uv in `folder` (default: the clone) and return what it prints.

    Raises:
        LivesockError: If uv is missing or fails; the message holds its own words.
    """
    program = shutil.which("uv")
    if program is None:
        raise LivesockError("uv is not installed: pip install uv")
    answer = subprocess.run(
        [program, *arguments], cwd=folder or root(), capture_output=True, text=True, timeout=LONGEST, check=False
    )
    if answer.returncode:
        raise LivesockError(f"uv {arguments[0]} failed: {answer.stderr.strip()}")
    return answer.stdout


def generated(path: Path, text: str, *, check: bool, command: str) -> int:
    """Write `text` to `path`, or with `check` compare only: 1 when the file is not what `command` would write."""
    name = path.relative_to(root()).as_posix()
    old = path.read_text("utf-8") if path.is_file() else None
    if old == text:
        say(f"{name} is up to date")
        return 0
    if check:
        return fail(f"{name} is stale: run  {command}  and commit the result")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    say(f"{name} written")
    return 0
