"""`livesock serve --workers`: what it refuses, and in tests/interop what it does."""

from __future__ import annotations

import pytest

from livesock.cli import main


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--workers", "0"], "--workers is a number of processes, at least 1, and not 0"),
        (["--workers", "-2"], "--workers is a number of processes, at least 1, and not -2"),
        (["--workers", "2"], "several workers share no rooms without a bus"),
        (["--workers", "2", "--cluster", "redis://127.0.0.1:1", "--host", "0.0.0.0"], "for this machine alone"),
        (["--demo", "chat", "--cluster", "redis://127.0.0.1:1"], "an application keeps its state in one process"),
        (["--workers", "2", "--demo", "game", "--cluster", "redis://127.0.0.1:1"], "leave --demo out"),
        (["--port", "0", "--cluster", "redis://127.0.0.1:1"], "no Redis answers at redis://127.0.0.1:1"),
    ],
)
def test_what_cannot_work_is_a_sentence(
    capsys: pytest.CaptureFixture[str], arguments: list[str], sentence: str
) -> None:
    assert main(["serve", *arguments]) != 0

    assert sentence in capsys.readouterr().err
