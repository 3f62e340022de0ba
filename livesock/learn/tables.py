"""What learners read, as tables: the wrong solutions of an exercise, the questions of a lesson. One sentence to a line.

    zip_stops: Begin the key again after four bytes: zip ends with the shorter of the two.
      * byte ^ key[i % 4] for i, byte in enumerate(payload) → byte ^ k for byte, k in zip(payload, key)
    one_late: Begin with byte 0 of the key: yours is one ahead.
        key[i % 4] → key[(i + 1) % 4]

A wrong solution is the reference with some text replaced: what stands left of the arrow must occur in it once. A line
that begins with `|` is one more line of the new text, indented as the edited line is. A star makes the edited lines
blocks that do not belong, for `learn.parsons`; a question mark makes the block alone, and leaves the solution as it is.
A name without an edit is a solution that is written out in Python.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from livesock.errors import LivesockError
from livesock.learn import source
from livesock.learn.exercise import Mutant, Solution

__all__ = ["mutants"]

ARROW = "→"


@dataclass
class Edit:
    """Some text of the reference, and what stands there instead."""

    old: str
    new: list[str]
    """The lines."""
    mark: str
    """`*` for one whose lines are shown among the blocks, `?` for one that is made for the blocks alone."""


@dataclass
class Entry:
    """One wrong solution as the table has it."""

    name: str
    hint: str
    edits: list[Edit] = field(default_factory=list)


def mutants(id: str, reference: Solution, table: str, **written: Any) -> tuple[Mutant, ...]:
    """Return the wrong solutions of the exercise `id`, each one made and tried to be compiled.

    `written` are solutions that the table names without an edit, and whatever else an edited text uses.

    Raises:
        LivesockError: If an edit does not fit: exercise, mutant and text are named.
    """
    text = source.source(reference)
    found: dict[str, Mutant] = {}
    for entry in entries(id, table):
        where = f"{id}, mutant {entry.name}"
        if entry.name in found:
            raise LivesockError(f"{where}: the name is there twice")
        if edits := [edit for edit in entry.edits if edit.mark != "?"]:
            solution = made(where, reference, edited(where, text, edits), written)
        elif entry.name in written:
            solution = written[entry.name]
        else:
            raise LivesockError(f"{where}: there is neither an edit nor a solution of this name")
        shown = "; ".join(f"{edit.old} {ARROW} {' '.join(edit.new)}".strip() for edit in edits)
        found[entry.name] = Mutant(entry.name, solution, entry.hint, edit=shown, blocks=blocks(where, text, entry))
    return tuple(found.values())


def entries(id: str, table: str) -> Iterator[Entry]:
    """Yield what a table of wrong solutions holds."""
    entry: Entry | None = None
    for line in filter(str.strip, table.splitlines()):
        words = line.strip()
        if head := re.match(r"(\w+): (.+)", line):
            if entry:
                yield entry
            entry = Entry(head[1], head[2])
        elif entry and words.startswith("|") and entry.edits:
            entry.edits[-1].new.append(words[2:])
        elif entry and line.startswith(" ") and ARROW in line:
            mark = words[:1] if words[:2] in ("* ", "? ") else ""
            old, _, new = words.removeprefix(f"{mark} ").partition(ARROW)
            entry.edits.append(Edit(old.strip(), [new.strip()] if new.strip() else [], mark))
        else:
            raise LivesockError(f"{id}: {line!r} is neither a name with its hint nor an edit")
    if entry:
        yield entry


def edited(where: str, reference: str, edits: Sequence[Edit]) -> str:
    """Return the reference with all edits made; LivesockError if one does not fit, or two overlap."""
    text, end = "", 0
    for edit in sorted(edits, key=lambda edit: reference.find(edit.old)):
        if (count := reference.count(edit.old)) != 1:
            raise LivesockError(f"{where}: {edit.old!r} must occur once in the reference, it occurs {count} times")
        begin = reference.index(edit.old)
        if begin < end:
            raise LivesockError(f"{where}: {edit.old!r} overlaps with another edit")
        line = reference[:begin].rpartition("\n")[2]
        indent = line[: len(line) - len(line.lstrip())]
        before = reference[end:begin] if edit.new else reference[end:begin].removesuffix(" ")
        text += before + f"\n{indent}".join(edit.new)
        end = begin + len(edit.old)
    return text + reference[end:]


def made(where: str, reference: Solution, text: str, names: Mapping[str, Any]) -> Solution:
    try:
        solution: Solution = source.define(reference, text, f"<{where}>", names)
    except SyntaxError as exc:
        raise LivesockError(f"{where}: the edited reference is not Python: {exc.msg}") from exc
    return solution


def blocks(where: str, reference: str, entry: Entry) -> tuple[str, ...]:
    """Return the blocks that the marked edits make and the reference has not."""
    right = source.blocks(reference)
    texts = [edited(where, reference, [edit]) for edit in entry.edits if edit.mark]
    return tuple(block for text in texts for block in source.blocks(text) if block not in right)
