"""Servers of the world, judged; and the page that explains each verdict that is not PASS.

docs/judged.md is compared with what is measured: a FAIL that is not there, or is no more, fails here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from livesock.conformance import CaseVerdict, Judgement, cases_of, judge
from livesock.conformance.famous import FAMOUS, Famous
from livesock.conformance.stages import STAGES
from tests.conformance.conftest import PATIENCE, SERVERS

pytestmark = [pytest.mark.interop, pytest.mark.slow]

PAGE = (Path(__file__).parents[2] / "docs" / "judged.md").read_text("utf-8")

NODE_MODULES = Path(__file__).parents[1] / "interop" / "node" / "node_modules"

IDS = [case.id for stage in STAGES for case in cases_of(stage.number)]
"""Every case of our own, in order."""


def explained(name: str, verdict: CaseVerdict) -> set[str]:
    """Return the cases that the page explains for a server with this verdict; a range stands for all cases in it."""
    found = set()
    for row in re.findall(r"^\| (.+?) \| (.+?) \| (.+?) \| (?:.+?) \| (?:.+?) \|$", PAGE, re.MULTILINE):
        if row[0] == name and row[2] == verdict.value:
            for part in row[1].split(", "):
                first, _, last = part.partition("–")
                found |= set(IDS[IDS.index(first) : IDS.index(last) + 1]) if last else {part}
    return found


def with_verdict(report: Judgement, judged: str, verdict: CaseVerdict) -> set[str]:
    return {one.case_id for one in report.by(judged) if one.verdict is verdict}


@pytest.fixture
def famous(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, need: Callable[[object, str], None]
) -> Famous:
    """Return one server, installed."""
    monkeypatch.setenv("NODE_PATH", str(NODE_MODULES))
    one: Famous = request.param
    need(one.is_installed, f"{one.name} is not installed: uv sync, and  uv run livesock dev peers")
    return one


each = pytest.mark.parametrize("famous", FAMOUS, ids=[one.name for one in FAMOUS], indirect=True)


@each
@pytest.mark.timeout(300)
def test_our_own_cases_find_what_the_page_explains(famous: Famous) -> None:
    report = judge(famous.file, patience=PATIENCE)

    own = explained(famous.name, CaseVerdict.FAIL) & set(IDS)
    assert with_verdict(report, "cases", CaseVerdict.FAIL) == own, str(report)
    assert with_verdict(report, "cases", CaseVerdict.NON_STRICT) <= explained(famous.name, CaseVerdict.NON_STRICT)
    assert with_verdict(report, "cases", CaseVerdict.NOT_RUN) == set()


@each
@pytest.mark.timeout(300)
def test_autobahns_cases_find_what_the_page_explains(famous: Famous) -> None:
    report = judge(famous.file, judges="autobahn", patience=PATIENCE)

    assert len(report.results) == 247
    assert with_verdict(report, "autobahn", CaseVerdict.FAIL) == explained(famous.name, CaseVerdict.FAIL) - set(IDS)


@each
@pytest.mark.timeout(300)
def test_foreign_clients_are_served_and_none_is_left_out(famous: Famous) -> None:
    report = judge(famous.file, judges="clients", patience=PATIENCE)

    assert report.failures == (), str(report)
    assert [one for one in report.results if one.verdict is CaseVerdict.NOT_RUN] == []
    assert len({one.case_id for one in report.results}) == 6


@each
@pytest.mark.timeout(300)
def test_rough_weather_leaves_nothing_behind(famous: Famous) -> None:
    report = judge(famous.file, judges="weather", patience=PATIENCE)

    assert report.failures == (), str(report)
    if famous.file.suffix == ".py":
        assert [one.case_id for one in report.results] == ["c1", "c2", "c3", "c4", "c5", "c6"]


@pytest.mark.timeout(300)
def test_a_naive_server_fails_about_half_of_autobahns_cases() -> None:
    report = judge(SERVERS / "naive_server.py", judges="autobahn", patience=PATIENCE)

    failed = with_verdict(report, "autobahn", CaseVerdict.FAIL)
    on_messages = {one.case_id for one in report.failures if "was expected" in one.sentence}
    assert len(report.results) == 247
    assert 120 <= len(failed) <= 150
    assert len(on_messages) >= 100
    assert all(one.stage in range(1, 13) and one.lesson for one in report.results)


@pytest.mark.timeout(300)
def test_a_server_that_accepts_everything_fails_autobahns_cases_too() -> None:
    report = judge(SERVERS / "agreeing_server.py", judges="autobahn", patience=PATIENCE)

    assert len(report.failures) > 50


LEAK = """
    program = open({path!r}).read()
    KEPT = []
    exec(program.replace("writer.close()", "KEPT.append(writer)"))
"""


@pytest.mark.timeout(300)
def test_a_server_that_keeps_its_connections_is_found_in_rough_weather(written: Callable[[str], Path]) -> None:
    program = written(LEAK.format(path=str(SERVERS / "agreeing_server.py")))

    report = judge(program, judges="weather")

    assert "c3" in {one.case_id for one in report.failures}, str(report)
    (left,) = [one for one in report.failures if one.case_id == "c3"]
    assert "sockets more are left than after the first one" in left.sentence


def test_beside_holds_the_same_stages_of_each_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NODE_PATH", str(NODE_MODULES))

    report = judge(SERVERS / "agreeing_server.py", "text", beside=True, patience=PATIENCE)

    assert [one.target for one in report.beside] == [one.name for one in FAMOUS]
    assert all(one.verdict(5) is CaseVerdict.PASS for one in report.beside)
    assert report.html().count('<th scope="col">') == 2 + len(FAMOUS)
