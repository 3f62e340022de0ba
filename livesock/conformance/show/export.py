"""A report as JSON and as JUnit's XML, for continuous integration and for teachers."""

from __future__ import annotations

import json
import re
from typing import Any
from xml.etree import ElementTree

from livesock.conformance.case import CaseVerdict
from livesock.conformance.results import Findings, Result
from livesock.conformance.stages import STAGES

__all__ = ["to_json", "to_junit"]

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 cannot hold."""


def to_json(report: Findings) -> str:
    """Return everything but the recorded bytes."""
    found: dict[str, Any] = {
        "target": report.target,
        "passed": report.passed,
        "reached": report.reached,
        "seconds": round(report.seconds, 3),
        "stages": {stage.name: report.verdict(stage.number).value for stage in STAGES if report.of(stage.number)},
        "results": [_result(one) for one in report.results],
        "notes": list(report.notes),
    }
    return json.dumps(found, ensure_ascii=False, indent=2)


def _result(one: Result) -> dict[str, Any]:
    return {
        "judge": one.judge,
        "stage": one.stage,
        "case": one.case_id,
        "title": one.title,
        "section": one.section,
        "verdict": one.verdict.value,
        "sentence": one.sentence,
        "lesson": one.lesson,
        "transcript": list(one.transcript),
        "seconds": round(one.seconds, 3),
    }


def to_junit(report: Findings) -> str:
    """Return a `testsuite` for each stage and judge; NON-STRICT passes, with the sentence in `system-out`."""
    root = ElementTree.Element("testsuites", name=_clean(report.target))
    for stage in STAGES:
        if found := report.of(stage.number):
            _suite(root, f"{stage.number} {stage.name}", found)
    for judge in report.judges:
        if judge != "cases":
            _suite(root, judge, report.by(judge))
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def _suite(root: ElementTree.Element, name: str, results: tuple[Result, ...]) -> None:
    count = {verdict: sum(one.verdict is verdict for one in results) for verdict in CaseVerdict}
    suite = ElementTree.SubElement(
        root,
        "testsuite",
        name=name,
        tests=str(len(results)),
        failures=str(count[CaseVerdict.FAIL]),
        skipped=str(count[CaseVerdict.NOT_RUN]),
        time=f"{sum(one.seconds for one in results):.3f}",
    )
    for one in results:
        case = ElementTree.SubElement(
            suite,
            "testcase",
            classname=f"livesock.{name}",
            name=f"{one.case_id} {one.title}",
            time=f"{one.seconds:.3f}",
        )
        text = _clean("\n".join([f"{one.section}: {one.lesson}", *one.transcript]))
        if one.verdict is CaseVerdict.FAIL:
            ElementTree.SubElement(case, "failure", message=_clean(one.sentence)).text = text
        elif one.verdict is CaseVerdict.NOT_RUN:
            ElementTree.SubElement(case, "skipped", message=_clean(one.sentence))
        elif one.verdict is CaseVerdict.NON_STRICT:
            ElementTree.SubElement(case, "system-out").text = _clean(f"NON-STRICT: {one.sentence}\n{text}")


def _clean(text: str) -> str:
    return _NOT_XML.sub("�", text)
