"""Broken servers before the judge: each is refused at its stage, with a sentence, and passes those before."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from livesock.conformance import CaseVerdict, judge
from livesock.learn.store import NAME, Store
from livesock.lessons.lesson15.mutants import MUTANTS, program
from livesock.lessons.lesson15.staged import solution

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

SAYS = {
    "answers_early": "nothing should have",
    "fixed_accept": "Sec-WebSocket-Accept must be",
    "lets_everybody_in": "The answer has the status 101",
    "masks_replies": "a server must not mask",
    "text_as_binary": "its opcode says binary",
    "one_byte_too_long": "a frame came: 81 7e",
    "four_bytes_of_length": "a frame came: 81 7f",
    "one_frame_per_read": "No answer came in time",
    "one_at_a_time": "No answer came in time",
    "other_pong": 'The pong carries ""',
    "pong_for_pong": "that no ping asked for",
    "text_per_fragment": "U+FFFD",
    "forgets_the_rest": "",
    "drops_without_close": "without a Close frame",
    "silent_goodbye": "No Close came in time",
    "reads_after_close": "The connection is still open",
    "sends_1006": "1006 must not be on the wire",
    "takes_unmasked": "went on as if nothing had happened",
    "takes_rsv1": "went on as if nothing had happened",
    "no_limit": "went on as if nothing had happened",
}
"""A part of the sentence that the author of each broken server reads first."""


def test_every_mutant_is_a_program_that_differs_from_the_reference() -> None:
    for name in MUTANTS:
        ast.parse(program(name))
        assert program(name) != solution(12)
    assert len(MUTANTS) >= 20


@pytest.mark.parametrize("name", [name for name, one in MUTANTS.items() if one.refused and not one.is_tolerated])
def test_a_mutant_is_refused_at_its_stage_and_not_before(name: str, tmp_path: Path) -> None:
    path = tmp_path / f"{name}.py"
    path.write_text(program(name), "utf-8")
    refused = MUTANTS[name].refused

    report = judge(path, range(1, refused + 1))

    assert report.reached == refused - 1, str(report)
    first = report.failures[0]
    assert first.stage == refused
    assert SAYS.get(name, "") in first.sentence
    assert first.section.startswith("RFC")


@pytest.mark.parametrize("name", [name for name, one in MUTANTS.items() if one.is_tolerated])
def test_what_the_rfc_only_advises_against_is_not_strict(name: str, tmp_path: Path) -> None:
    path = tmp_path / f"{name}.py"
    path.write_text(program(name), "utf-8")

    report = judge(path, MUTANTS[name].refused)

    assert report.verdict(MUTANTS[name].refused) is CaseVerdict.NON_STRICT
    assert SAYS[name] in next(one for one in report.results if one.sentence).sentence


@pytest.mark.parametrize("stage", range(1, 13))
def test_the_reference_after_a_stage_reaches_it(stage: int, tmp_path: Path) -> None:
    path = tmp_path / "server.py"
    path.write_text(solution(stage), "utf-8")

    report = judge(path, range(1, stage + 1))

    assert report.reached == stage, str(report)


@pytest.mark.interop
def test_what_only_leaks_is_found_in_rough_weather(tmp_path: Path) -> None:
    path = tmp_path / "leaks.py"
    path.write_text(program("leaks"), "utf-8")

    report = judge(path, judges=["weather"])

    assert [one.title for one in report.failures] == ["no task is left"], str(report)


@pytest.mark.interop
def test_the_reference_leaves_nothing_behind_in_rough_weather(tmp_path: Path) -> None:
    path = tmp_path / "server.py"
    path.write_text(solution(), "utf-8")

    report = judge(path, judges=["weather"])

    assert report.results and not report.failures, str(report)


def test_a_program_finds_what_its_author_wrote_in_the_lessons(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LIVESOCK_PROGRESS", raising=False)
    loud = "def encode_frame(opcode, payload, fin=True, mask_key=None):\n    return bytes([0x81, 4]) + b'mine'\n"
    Store(tmp_path / NAME).change("kept", "encode_frame", source=loud)
    path = tmp_path / "server.py"
    path.write_text(solution(5), "utf-8")

    report = judge(path, "text")

    assert 'Text "mine" came' in report.failures[0].sentence, str(report)
