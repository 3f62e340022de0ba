"""`livesock dev peers`: what the tests need from npm: clients and servers to talk to, and tools that examine pages.

tests/interop/node/package.json names them and their exact versions. This command alone fetches them; a test that needs
one and does not find it is skipped with a sentence that names this command.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

from livesock.cli.dev.clone import LONGEST, root
from livesock.cli.terminal import say
from livesock.errors import LivesockError

__all__ = ["INSTALL", "missing", "run"]

INSTALL = ("install", "--no-package-lock", "--no-audit", "--no-fund", "--loglevel=error")


def run(*, check: bool) -> int:
    """Install what is missing, or with `check` say what is missing.

    Raises:
        LivesockError: If something is missing (with `check`), or npm is, or npm fails; the message holds its own words.
    """
    folder = root() / "tests" / "interop" / "node"
    if not (absent := missing(folder)):
        say("everything from npm is there")
        return 0
    if check:
        raise LivesockError(f"not here: {', '.join(absent)}; run  uv run livesock dev peers")
    npm = shutil.which("npm")
    if npm is None:
        raise LivesockError("npm is not installed: apt install nodejs npm, or nodejs.org (Node 18 or newer)")
    answer = subprocess.run([npm, *INSTALL], cwd=folder, capture_output=True, text=True, timeout=LONGEST, check=False)
    if answer.returncode or (absent := missing(folder)):
        raise LivesockError(f"npm did not install {', '.join(absent)}: {answer.stderr.strip()}")
    say("everything from npm is installed")
    return 0


def missing(folder: Path) -> list[str]:
    """Return the packages of `folder`/package.json that are not there in that version, as `name@version`."""
    wanted = json.loads((folder / "package.json").read_text("utf-8"))["dependencies"]
    return [f"{name}@{version}" for name, version in wanted.items() if installed(folder, name) != version]


def installed(folder: Path, name: str) -> str | None:
    """Return the version of one package below `folder`, None if it is not there."""
    try:
        return str(json.loads((folder / "node_modules" / name / "package.json").read_text("utf-8"))["version"])
    except FileNotFoundError:
        return None
