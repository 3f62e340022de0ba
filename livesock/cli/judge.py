"""`livesock judge`: is this a WebSocket server? Stage by stage, with the bytes and the section to read."""

from __future__ import annotations

import argparse
import contextlib
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

from livesock.cli.terminal import fail, say, stop_on_terminate

if TYPE_CHECKING:
    from livesock.conformance import Judgement

__all__ = ["add", "run"]

LOOK = 0.3
"""Seconds between two looks at the file, with --watch."""

EXAMPLES = """\
examples:
  livesock judge my_server.py                 the twelve stages and the six extensions
  livesock judge my_server.py --stage 5       one stage, by its number or name (--stage ping)
  livesock judge my_server.py --watch         again at each save, until Ctrl-C
  livesock judge my_server.py --full          with clients that others wrote, Autobahn's cases, a bad network
  livesock judge ws://127.0.0.1:8000/         a server that runs already, in any language
  livesock judge my_server.py --report my_server.html

The file is run as  python my_server.py PORT  and sends every message back. What else it finds in its environment, and
what each stage asks for, is in lesson 15. Beside that lesson, or a livesock-progress.json, what your file passes is
remembered as in the notebook (not with LIVESOCK_PROGRESS=off)."""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "judge",
        help="judge a WebSocket server, yours or any other, stage by stage",
        description="Judge a WebSocket server: PASS, NON-STRICT or FAIL for each case, with the section of the RFC.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("target", help="a Python file, or an address such as ws://127.0.0.1:8000/")
    parser.add_argument("--stage", action="append", metavar="N", help="judge this stage alone; may be given again")
    parser.add_argument("--full", action="store_true", help="all judges: also clients, Autobahn's cases, rough weather")
    parser.add_argument("--judge", action="append", metavar="NAME", help="cases, clients, autobahn or weather")
    parser.add_argument("--beside", action="store_true", help="judge installed servers of the world too, to compare")
    parser.add_argument(
        "--patience", type=float, default=1.0, metavar="SECONDS", help="how long an answer may take (default: 1)"
    )
    parser.add_argument("--watch", action="store_true", help="judge again whenever the file is saved")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--junit", metavar="FILE", type=writable, help="write JUnit's XML, for CI")
    parser.add_argument("--report", metavar="FILE", type=writable, help="write a page with every case and its bytes")
    parser.set_defaults(run=run)


def writable(text: str) -> Path:
    """Return the path of a file that can be written; that is asked before the judging, which may take minutes."""
    path = Path(text)
    if path.is_dir() or not path.parent.is_dir() or not os.access(path if path.exists() else path.parent, os.W_OK):
        raise argparse.ArgumentTypeError(f"{text} cannot be written: is there such a folder?")
    return path


def run(args: argparse.Namespace) -> int:
    """Judge once, or again at each save; return 0 if all that was asked for passed."""
    try:
        with stop_on_terminate():
            if args.watch:
                return watch(args)
            return 0 if judged(args).passed else 1
    except (ValueError, OSError) as exc:
        return fail(str(exc))


def judged(args: argparse.Namespace) -> Judgement:
    """Judge once, print the report, and write the files that were asked for."""
    from livesock.conformance import judge

    judges = "all" if args.full else args.judge or ("cases",)
    report = judge(args.target, args.stage, judges=judges, patience=args.patience, beside=args.beside)
    say(report.json() if args.json else str(report))
    if args.junit:
        args.junit.write_text(report.junit(), "utf-8")
    if args.report:
        args.report.write_text(report.html(), "utf-8")
    if (kept := remembered(args.target, report)) and not args.json:
        say(kept)
    return report


def remembered(target: str, report: Judgement) -> str:
    """Count the stages in the learner's progress, as the notebook does; return a sentence if that has changed anything.

    Only a file is a learner's server, and only where there is a notebook of the lesson or a record of progress: a job
    of CI leaves nothing behind. Above the first stage that fails, as in the notebook, only what passes counts.
    """
    from livesock.conformance import CaseVerdict, stage_of
    from livesock.learn import catalogue
    from livesock.learn.store import NAME, Store

    place, folder = os.environ.get("LIVESOCK_PROGRESS", ""), Path(target).parent
    has_lesson = (folder / NAME).exists() or any(folder.glob("15_*.ipynb"))
    if place == "off" or not Path(target).is_file() or not (place or has_lesson):
        return ""
    store, has_failed, new = Store(Path(place or folder / NAME).absolute()), False, []
    for number in report.stages:
        name = stage_of(number).name
        which = catalogue.stage(f"stages.{name}")
        passed = report.verdict(number).rank < CaseVerdict.NOT_RUN.rank
        if passed and not store.get("exercise", which).get("passed"):
            new.append(name)
        if passed or not has_failed:
            store.tried(which, passed=passed)
        has_failed = has_failed or not passed
    passed_now = f"Remembered in {store.path.name}, passed: {', '.join(new)}." if store.path and new else ""
    return store.warning or passed_now


def watch(args: argparse.Namespace) -> int:
    """Judge whenever the file changes, until Ctrl-C.

    Raises:
        ValueError: If the target is no file.
    """
    path = Path(args.target)
    if not path.is_file():
        raise ValueError(f"--watch looks at a file, and {args.target} is none")
    seen: int | None = None
    while True:
        stamp = seen
        with contextlib.suppress(FileNotFoundError):  # an editor writes a new file and renames it
            stamp = path.stat().st_mtime_ns
        if stamp != seen:
            seen = stamp
            judged(args)
            if not args.json:
                say(f"\nWatching {path}. Stop with Ctrl-C.")
        time.sleep(LOOK)
