"""Format, lint and types, so that one command checks everything."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize("command", ["ruff format --check", "ruff check", "mypy"])
def test_the_code_is_formatted_linted_and_typed(command: str) -> None:
    answer = subprocess.run(
        [sys.executable, "-m", *command.split()], cwd=ROOT, capture_output=True, text=True, timeout=300, check=False
    )

    assert answer.returncode == 0, answer.stdout + answer.stderr
