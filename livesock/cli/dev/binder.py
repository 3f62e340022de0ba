"""`livesock dev binder`: what Binder installs, derived from pyproject.toml.

runtime.txt        the version of Python; without it Binder takes its own default, an older one
requirements.txt   every package with its version; Binder installs them before it copies the repository, and so
                   keeps them from one commit to the next
postBuild          livesock itself, from the repository, without asking for its dependencies again
"""

from __future__ import annotations

from livesock.cli.dev.clone import generated, root, uv

__all__ = ["PYTHON", "requirements", "run"]

PYTHON = "3.12"
"""The version on Binder."""

POST_BUILD = """\
#!/usr/bin/env bash
# Written by  uv run livesock dev binder
set -euo pipefail
python -m pip install --no-deps .
"""

COMPILE = ("pip", "compile", "pyproject.toml", "--quiet", "--no-header", "--no-annotate", "--extra=lab", "--extra=tls")


def run(*, check: bool) -> int:
    """Write the files in binder/, or with `check` tell whether they are current."""
    folder = root() / "binder"
    files = {"runtime.txt": f"python-{PYTHON}\n", "requirements.txt": requirements(), "postBuild": POST_BUILD}
    command = "uv run livesock dev binder"
    status = max(generated(folder / name, text, check=check, command=command) for name, text in files.items())
    (folder / "postBuild").chmod(0o755)
    return status


def requirements() -> str:
    """Return the pinned packages of the extras lab and tls for Python `PYTHON` on Linux."""
    return uv(*COMPILE, f"--python-version={PYTHON}", "--python-platform=x86_64-manylinux_2_28", "--no-emit-index-url")
