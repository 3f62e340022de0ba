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

DEADLINE = 120.0
"""Seconds that one check may take. JupyterLab needs 3 on an idle machine; on a busy one, from a cold disk, a minute."""

WIDTH = 20
"""Characters for the name of a finding."""

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
    findings: list[Finding] = []
    if not args.json:
        say(f"livesock {__version__}\n")
    for check in CHECKS:
        news = examine(check, DEADLINE)
        findings += news
        if news and not args.json:
            say(lines(news))  # at once: the next check may take long
    ok = all(finding.status != "fail" for finding in findings)
    if args.json:
        say(json.dumps({"livesock": __version__, "ok": ok, "findings": [asdict(f) for f in findings]}, indent=1))
    else:
        say(f"\n{verdict(findings)}")
    return int(not ok)


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


def lines(findings: list[Finding]) -> str:
    """Return a line for each finding, each trouble followed by what to do."""
    text = []
    for finding in findings:
        text.append(f"  {MARKS[finding.status]}  {finding.name:<{WIDTH}}  {finding.detail}")
        if finding.advice:
            text.append(f"        {'':<{WIDTH}}  -> {finding.advice}")
    return "\n".join(text)


def verdict(findings: list[Finding]) -> str:
    """Return the last line: whether the lessons will run."""
    fails, warns = (sum(f.status == status for f in findings) for status in ("fail", "warn"))
    if fails:
        return f"{fails} to mend before the lessons run; each says how above."
    if warns:
        return f"The lessons will run. {warns} worth a look above."
    return "All well. Next:  livesock lab"
