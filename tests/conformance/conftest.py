"""Servers to judge: files of this folder, and programs that a test writes."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

SERVERS = Path(__file__).parent / "servers"

PATIENCE = 3.0
"""Seconds that an answer may take here: a busy machine is no reason for another verdict."""


@pytest.fixture
def written(tmp_path: Path) -> Callable[[str], Path]:
    """Return a function that writes a program and returns its path."""

    def write(program: str) -> Path:
        path = tmp_path / "my_server.py"
        path.write_text(textwrap.dedent(program), "utf-8")
        return path

    return write
