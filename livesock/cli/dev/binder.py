"""`livesock dev binder`: what Binder installs, derived from pyproject.toml.

runtime.txt        the version of Python; without it Binder takes its own default, an older one
requirements.txt   every package with its version; Binder installs them before it copies the repository, and so
                   keeps them from one commit to the next. What Binder has before is brought up to date with it
postBuild          livesock itself, from the repository, without asking for its dependencies again; blank pages
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
# A learner predicts first, then runs the cell: the pages open without their answers.
python -m jupyter nbconvert --clear-output --inplace --log-level=WARN notebooks/*.ipynb
# No message about Jupyter's news over the first lesson.
mkdir -p "$(python -c 'import sys; print(sys.prefix)')/etc/jupyter"
cp -r livesock/cli/jupyter/labconfig "$(python -c 'import sys; print(sys.prefix)')/etc/jupyter/"
"""

COMPILE = (
    "pip",
    "compile",
    "pyproject.toml",
    "--quiet",
    "--no-header",
    "--no-annotate",
    "--extra=lab",
    "--group=binder",
)


def run(*, check: bool) -> int:
    """Write the files in binder/, or with `check` tell whether they are current."""
    folder = root() / "binder"
    files = {"runtime.txt": f"python-{PYTHON}\n", "requirements.txt": requirements(), "postBuild": POST_BUILD}
    command = "uv run livesock dev binder"
    status = max(generated(folder / name, text, check=check, command=command) for name, text in files.items())
    (folder / "postBuild").chmod(0o755)
    return status


def requirements() -> str:
    """Return the pinned packages of the extra lab and of what Binder has before, for Python `PYTHON` on Linux."""
    return uv(*COMPILE, f"--python-version={PYTHON}", "--python-platform=x86_64-manylinux_2_28", "--no-emit-index-url")
