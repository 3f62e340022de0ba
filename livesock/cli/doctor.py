"""`livesock doctor`: looks for what would spoil a lesson, and says what to do about it.

Each check in `livesock.cli.checks` is a function that returns findings. It runs on a thread with a deadline, so that
nothing that hangs can hang the doctor.
"""

from __future__ import annotations

import argparse
import json
import threading
from collections.abc import Callable
from dataclasses import asdict

from livesock import __version__
from livesock.cli.checks import CHECKS, Finding
from livesock.cli.terminal import say

__all__ = ["add", "examine", "run"]

DEADLINE = 20.0
"""Seconds that one check may take: importing JupyterLab from a cold network disk takes most of it."""

MARKS = {"ok": "ok  ", "warn": "warn", "fail": "FAIL"}


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "doctor",
        help="check this machine: Python, packages, loopback, ports, widgets, proxy, browser",
        description="Check what the lessons need and say what to do about each finding.",
        epilog="Exit status: 0 when the lessons will run (perhaps with warnings), 1 when something must be mended.",
    )
    parser.add_argument("--json", action="store_true", help="print the findings as JSON")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the findings; return 1 when one of them is a failure."""
    findings = [finding for check in CHECKS for finding in examine(check, DEADLINE)]
    failed = any(finding.status == "fail" for finding in findings)
    if args.json:
        say(
            json.dumps({"livesock": __version__, "ok": not failed, "findings": [asdict(f) for f in findings]}, indent=1)
        )
    else:
        say(report(findings))
    return int(failed)


def examine(check: Callable[[], list[Finding]], deadline: float) -> list[Finding]:
    """Return what `check` finds; a check that raises or takes longer than `deadline` seconds is a finding too."""
    name = check.__name__
    found: list[Finding] = []

    def work() -> None:
        try:
            found.extend(check())
        except Exception as exc:
            found.append(Finding(name, "fail", f"{type(exc).__name__}: {exc}", "please report this with --json"))

    thread = threading.Thread(target=work, name=f"livesock-doctor-{name}", daemon=True)
    thread.start()
    thread.join(deadline)
    if thread.is_alive():
        advice = "something on this machine blocks it: a firewall, a virus scanner, a network disk?"
        return [Finding(name, "fail", f"no answer after {deadline:g} s", advice)]
    return found


def report(findings: list[Finding]) -> str:
    """Return the findings as lines, each trouble followed by what to do."""
    width = max(len(finding.name) for finding in findings)
    lines = [f"livesock {__version__}", ""]
    for finding in findings:
        lines.append(f"  {MARKS[finding.status]}  {finding.name:<{width}}  {finding.detail}")
        if finding.advice:
            lines.append(f"        {'':<{width}}  -> {finding.advice}")
    fails, warns = (sum(f.status == status for f in findings) for status in ("fail", "warn"))
    if fails:
        verdict = f"{fails} to mend before the lessons run; each says how above."
    elif warns:
        verdict = f"The lessons will run. {warns} worth a look above."
    else:
        verdict = "All well. Next:  livesock lab"
    return "\n".join([*lines, "", verdict])
