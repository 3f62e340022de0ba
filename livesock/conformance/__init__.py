"""The judge for anybody's WebSocket server: our own cases, stage by stage, and three judges that others wrote.

    report = judge("my_server.py", stage=5)        a file, run as `python my_server.py PORT`
    report = judge("ws://127.0.0.1:8000/")         a server that runs already, in any language
    report = judge("my_server.py", judges="all")   with clients, Autobahn's cases and a bad network
    report.reached, report.failures, print(report)

A verdict is PASS, NON-STRICT (the specification allows it, and the case asks for another) or FAIL, with the section to
read. It is an invitation to read that section and to decide.
"""

from __future__ import annotations

from livesock.conformance.case import CaseVerdict, Stage, WireCase
from livesock.conformance.cases import cases_of
from livesock.conformance.judgement import Judgement
from livesock.conformance.judging import JUDGES, judge
from livesock.conformance.results import Result
from livesock.conformance.stages import STAGES, stage_of

__all__ = [
    "JUDGES",
    "STAGES",
    "CaseVerdict",
    "Judgement",
    "Result",
    "Stage",
    "WireCase",
    "cases_of",
    "judge",
    "stage_of",
]
