"""`livesock dev pins`: exact versions of everything, in one list in pyproject.toml.

A lock file would hold them too, and with them the address of the index that it was made with. The list holds names
and versions only; uv makes its own lock file from it on each machine, for all versions of Python at once.
"""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

from livesock.cli.dev.clone import generated, root, uv
from livesock.errors import LivesockError

__all__ = ["insert", "pins", "run"]

LIST = re.compile(r"^constraint-dependencies = \[.*?\]$", re.DOTALL | re.MULTILINE)

EXPORT = ("export", "--quiet", "--no-hashes", "--no-annotate", "--no-header", "--all-extras", "--all-groups")


def run(*, check: bool) -> int:
    """Write the newest versions that fit together, or with `check` tell whether the list names every package."""
    path = root() / "pyproject.toml"
    old = path.read_text("utf-8")
    resolved = resolve(old if check else insert(old, []))
    return generated(path, insert(old, pins(resolved)), check=check, command="uv run livesock dev pins")


def resolve(pyproject: str) -> str:
    """Return what uv would install for `pyproject`, on any platform and version of Python, one package a line."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "pyproject.toml").write_text(pyproject, "utf-8")
        return uv(*EXPORT, "--no-emit-project", folder=Path(folder))


def pins(exported: str) -> list[str]:
    """Return the sorted constraints. A marker stays only where a package needs two versions."""
    lines = [line.strip() for line in exported.splitlines() if line.strip() and not line.startswith("#")]
    names = [line.partition("==")[0] for line in lines]
    return sorted(
        line.replace(" ;", ";") if names.count(name) > 1 else line.partition(";")[0].strip()
        for name, line in zip(names, lines, strict=True)
    )


def insert(pyproject: str, constraints: list[str]) -> str:
    """Return `pyproject` with `constraints` as its list."""
    if len(LIST.findall(pyproject)) != 1:
        raise LivesockError("pyproject.toml needs one line  constraint-dependencies = []  under [tool.uv]")
    lines = "".join(f'    "{line}",\n' for line in constraints)
    return LIST.sub(lambda _: f"constraint-dependencies = [\n{lines}]" if lines else _EMPTY, pyproject)


_EMPTY = "constraint-dependencies = []"
