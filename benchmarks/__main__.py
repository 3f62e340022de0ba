"""Measure livesock beside Node, python-socketio, bare `websockets` and the floor, and write docs/benchmarks.md.

    uv run python -m benchmarks             about seven minutes on a quiet machine
    uv run python -m benchmarks --quick     about a minute; prints, and writes nothing
    uv run python -m benchmarks events      only these parts; prints, and writes nothing

The sides of a part take turns, so that a busy minute of the machine hurts all of them. Nothing here passes or fails.
"""

from __future__ import annotations

import argparse
import datetime
import os
import statistics
import sys
import time
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

from benchmarks.cluster import is_installed
from benchmarks.figures import Part, many_files, parts
from benchmarks.servers import ROOT, machine, missing

ROUNDS = 5

Found = dict[str, dict[str, dict[str, list[float]]]]
"""What was measured: by part, figure and side, a value for each round."""


class Goal(NamedTuple):
    """A ratio of two figures, and what it is wanted to be at most."""

    what: str
    of: tuple[str, str]
    to: tuple[str, str]
    limit: float


def goal(what: str, side: str, limit: float, ours: str = "livesock") -> Goal:
    """Return the goal for one figure of livesock against the same one of another side."""
    return Goal(f"{what}: {ours} of {side}", (what, ours), (what, side), limit)


ANSWER, ONE, EACH = "answered question", "delivery, 1 event in a turn", "delivery, 1 event for each question"
ECHOES = [
    (f"echo, {way}, {size} B", most)
    for way, most in (("ping-pong", 0.87), ("pipelined", 1.05))
    for size in (20, 1000, 20_000)
]
GOALS = [
    goal(ANSWER, "Node", 1.2),
    goal(ANSWER, "python-socketio", 0.5),
    goal(ONE, "Node", 0.5),
    goal(ONE, "python-socketio", 0.12),
    goal(ONE, "floor", 1.15),
    goal(EACH, "Node", 0.6),
    *(goal(echo, "websockets", most) for echo, most in ECHOES),
    *(goal(figure, "trace off", 1.08) for figure in (ANSWER, ONE, EACH)),
    goal("idle session, KiB", "Node", 0.6),
    goal("idle raw connection, KiB", "websockets", 1.1),
    goal("latency of a broadcast to 500, p99, ms", "websockets", 1.5),
    Goal(
        "delivery: 2,000 peers of 200", ("delivery, 2,000 peers", "livesock"), ("delivery, 200 peers", "livesock"), 1.2
    ),
    Goal("disconnect: 5,000 of 500", ("disconnect among 5,000", "livesock"), ("disconnect among 500", "livesock"), 1.2),
    goal("import, ms", "websockets.asyncio.server", 1.3, ours="livesock.server"),
]


def measured(todo: list[Part], rounds: int) -> Found:
    """Measure every part, and say on one line where it is."""
    found: Found = defaultdict(lambda: defaultdict(lambda: defaultdict(list)))
    steps, done, begin = sum(len(part.sides) for part in todo) * rounds, 0, time.monotonic()
    for part in todo:
        for number in range(rounds):
            for side in part.sides:
                line = (
                    f"{done / steps:4.0%}  {time.monotonic() - begin:4.0f} s  {part.name}, round {number + 1}: {side}"
                )
                print(f"\r{line:70}", end="", file=sys.stderr, flush=True)
                try:
                    for figure, value in part.measure(side).items():
                        found[part.name][figure][side].append(value)
                except (OSError, ValueError, AssertionError) as exc:
                    print(f"\n{side}: {exc!r}", file=sys.stderr)
                done += 1
    print(f"\r{'done':70}", file=sys.stderr)
    return found


def ratio(found: Found, goal: Goal) -> float | None:
    """Return the median of the rounds' ratios, which a busy minute disturbs least."""
    known = {figure: sides for figures in found.values() for figure, sides in figures.items()}
    pairs = [known.get(figure, {}).get(side, []) for figure, side in (goal.of, goal.to)]
    ratios = [a / b for a, b in zip(*pairs, strict=False) if b]
    return statistics.median(ratios) if ratios else None


def tables(found: Found, todo: list[Part]) -> list[str]:
    """Return the table of goals, and one for each part: medians, the least and the most in brackets."""
    lines = ["| ratio | measured | at most | |", "|---|---|---|---|"]
    for goal in GOALS:
        if (value := ratio(found, goal)) is not None:
            lines.append(
                f"| {goal.what} | {value:.2f} | {goal.limit} | {'' if value <= goal.limit else '**missed**'} |"
            )
    for part in todo:
        lines += ["", f"| {part.name} | {' | '.join(part.sides)} |", "|---" * (len(part.sides) + 1) + "|"]
        for figure, sides in found[part.name].items():
            lines.append(f"| {figure} | {' | '.join(_cell(sides.get(side, [])) for side in part.sides)} |")
    return lines


def _cell(values: list[float]) -> str:
    if not values:
        return ""
    middle, least, most = statistics.median(values), min(values), max(values)
    form = ",.0f" if middle >= 100 else ".1f" if middle >= 1 else ".2f"
    return f"{middle:{form}} ({least:{form}} to {most:{form}})"


def draw(found: Found, path: Path) -> None:
    """Draw each goal's ratio on a line, and where it should be."""
    import matplotlib

    matplotlib.use("svg")
    from matplotlib import pyplot

    pyplot.rcParams["svg.hashsalt"] = "livesock"
    rows = [(goal, value) for goal in GOALS if (value := ratio(found, goal)) is not None][::-1]
    figure, axes = pyplot.subplots(figsize=(9, 0.3 * len(rows) + 1))
    for place, (goal, value) in enumerate(rows):
        axes.barh(place, value, color="#4c8c6b" if value <= goal.limit else "#c46a4a", height=0.6)
        axes.plot([goal.limit, goal.limit], [place - 0.4, place + 0.4], color="black")
    axes.set_yticks(range(len(rows)), [goal.what for goal, _ in rows], fontsize=7)
    axes.set_title("ratios; at most the black mark is wanted; red bars miss it", fontsize=8)
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", help="only these")
    parser.add_argument("--quick", action="store_true", help="one round, and a fifth of everything")
    parser.add_argument("--rounds", type=int, default=0, help=f"{ROUNDS}; 1 with --quick")
    options = parser.parse_args()

    many_files()
    absent, before = missing(), os.getloadavg()[0]
    todo = [part._replace(sides=tuple(s for s in part.sides if s not in absent)) for part in parts(options.quick)]
    todo = [part for part in todo if not options.parts or part.name in options.parts]
    rounds = options.rounds or (1 if options.quick else ROUNDS)
    begin = time.monotonic()
    found = measured(todo, rounds)
    picture = ROOT / "docs" / "benchmarks.svg"
    is_whole = not (options.quick or options.parts)
    if is_whole:
        draw(found, picture)
    head = [
        f"{datetime.date.today():%-d %B %Y}, `{' '.join(['python -m benchmarks', *sys.argv[1:]])}`, {rounds} rounds in "
        f"{(time.monotonic() - begin) / 60:.0f} minutes, load {before:.1f} before and {os.getloadavg()[0]:.1f} after.",
        machine() + ".",
        *(f"Left out: {side}, which needs {what}." for side, what in absent.items()),
        *(
            []
            if is_installed()
            else ["Left out: the cluster, which needs redis-server, and uv run livesock dev peers."]
        ),
    ]
    text = "\n".join([*head, "", *tables(found, todo)])
    print(text)
    if is_whole:
        page = ["# Benchmarks", "", INTRODUCTION, "![ratios](benchmarks.svg)", "", text, ""]
        (ROOT / "docs" / "benchmarks.md").write_text("\n".join(page), "utf-8")


INTRODUCTION = """\
What livesock costs beside others, measured in one run: the sides take turns, each server is a process of its own, and
the clients are in another one. Without a unit a figure is CPU time of the server's process in microseconds, for each
delivery (200 peers), answer (50 peers), message, connection or session: medians of the rounds, the least and the most
in brackets. The floor is a bare loop of `transport.write` on asyncio, which understands nothing. A busy machine changes
a figure by a half and a ratio much less, so compare ratios. Written by `uv run python -m benchmarks`.
"""

if __name__ == "__main__":
    main()
