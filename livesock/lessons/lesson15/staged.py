"""The reference server as it stands after each stage: one file, `reference.py`, and marks in it.

#: 7-11          the lines from here on belong to stages 7 to 11, until the next mark of this kind
#: 12-           from stage 12 on
#:| data = b""   a line that a later stage has replaced; in reference.py it is a comment
"""

from __future__ import annotations

import difflib
import re
from functools import cache
from pathlib import Path

__all__ = ["LAST", "changes", "solution"]

LAST = 18
"""The number of the last stage."""

MARK = re.compile(r"\s*#: (\d+)(-?)(\d*)\s*")
OLD = re.compile(r"(\s*)#:\|(?: (.*))?")


@cache
def solution(stage: int = LAST) -> str:
    """Return the text of the server after `stage`, as a learner could have written it."""
    text = Path(__file__).with_name("reference.py").read_text("utf-8")
    lines, first, last = [], 1, LAST
    for line in text.splitlines():
        if mark := MARK.fullmatch(line):
            first, to = int(mark[1]), mark[3]
            last = int(to) if to else LAST if mark[2] else first
        elif first <= stage <= last:
            old = OLD.fullmatch(line)
            lines.append(f"{old[1]}{old[2]}" if old and old[2] else "" if old else line)
    return tidy(lines)


def tidy(lines: list[str]) -> str:
    """Return the lines with the empty lines that a formatter leaves: two around what stands at the left, one in it."""
    found: list[str] = []
    gap = 0
    for line in lines:
        if not line.strip():
            gap += 1
            continue
        before = found[-1] if found else ""
        begins = line.lstrip().startswith(("def ", "async def ", "class ", "@", "if __name__"))
        after_block = not line.startswith(" ") and before.startswith(" ")
        if not before or before.endswith((":", "(")) or (not gap and not begins and not after_block):
            gap = 0
        elif not line.startswith(" ") and (begins or after_block):
            gap = 2
        elif before.startswith("import ") and line.startswith(("import ", "from collections")):
            gap = 0
        else:
            gap = 1
        found += [""] * gap + [line]
        gap = 0
    return "\n".join(found) + "\n"


def changes(stage: int) -> str:
    """Return what changes from the stage before to `stage`: lines with `-` go, lines with `+` come."""
    before, after = solution(stage - 1).splitlines(), solution(stage).splitlines()
    lines = list(difflib.unified_diff(before, after, n=1, lineterm=""))[2:]
    return "\n".join("…" if line.startswith("@@") else line for line in lines)
