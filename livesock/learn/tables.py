"""What learners read, written as tables: exercises with their wrong solutions, and predictions. A sentence to a line.

    hint: Which byte of the key meets byte 0 of the payload?
    explanation: XOR undoes itself, so one function masks and unmasks.
    zip_stops: Begin the key again after four bytes: zip ends with the shorter of the two.
      * byte ^ key[i % 4] for i, byte in enumerate(payload) → byte ^ k for byte, k in zip(payload, key)
    one_late: Begin with byte 0 of the key: yours is one ahead.
        key[i % 4] → key[(i + 1) % 4]

A wrong solution has a name, the sentence for a learner whose results are the same, and edits of the reference. What
stands left of the arrow must occur in the reference once. A line that begins with `|` is one more line of the new text,
indented as the edited line is. `*` makes the edited lines blocks that do not belong, for `learn.parsons`; `?` makes the
block and leaves the solution as it is. A name without an edit is a solution that is written out in Python.

    04.header: How many bytes of header stand before it?
        why: Two bytes, two of extended length, and four of the masking key.
        a: 4
            The length is right, but which four bytes does a client add? [M05]
      * c: 8
            Yes: 2 + 2 + 4.

A prediction has a question, the sentence that explains what was measured, and options: what to choose, and the reply.
`*` is the right one, `[M05]` the misconception behind a wrong one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from livesock.errors import LivesockError
from livesock.learn import source
from livesock.learn.exercise import VERDICTS, Claim, Exercise, Mutant, Option, Prediction, Solution

__all__ = ["exercise", "predictions"]

ARROW = "→"

Lines = list[str]
Judges = Mapping[str, Callable[[Any], str]]


@dataclass
class Edit:
    """Some text of the reference, and the lines that stand there instead."""

    old: str
    new: Lines
    mark: str
    """`*` for one whose lines are shown among the blocks, `?` for one that is made for the blocks alone."""


def exercise(
    which: str, reference: Solution, table: str, *, written: Mapping[str, Any] | None = None, **options: Any
) -> Exercise:
    """Return an exercise; hints, explanation and wrong solutions come from `table`, `options` are those of `Exercise`.

    `written` holds the solutions that the table names without an edit, and whatever else an edited text uses.

    Raises:
        LivesockError: If an edit does not fit: exercise, mutant and text are named.
    """
    text = source.source(reference)
    hints: list[str] = []
    explanation = ""
    mutants: dict[str, Mutant] = {}
    for name, sentence, lines in entries(which, table):
        if name == "hint":
            hints.append(joined(sentence, lines))
        elif name == "explanation":
            explanation = joined(sentence, lines)
        elif name in mutants:
            raise LivesockError(f"{which}, mutant {name}: the name is there twice")
        else:
            mutants[name] = mutant(f"{which}, mutant {name}", name, sentence, lines, reference, text, written or {})
    return Exercise(
        which, reference, mutants=tuple(mutants.values()), hints=tuple(hints), explanation=explanation, **options
    )


def entries(where: str, table: str) -> Iterator[tuple[str, str, Lines]]:
    """Yield the entries of a table: the name, what follows it on its line, and the indented lines below."""
    found: list[tuple[str, str, Lines]] = []
    for line in filter(str.strip, table.splitlines()):
        if head := re.match(r"([\w.]+): (.+)", line):
            found.append((head[1], head[2], []))
        elif found and line.startswith(" "):
            found[-1][2].append(line)
        else:
            raise LivesockError(f"{where}: {line!r} is neither a name with its sentence nor an indented line")
    yield from found


def joined(sentence: str, lines: Lines) -> str:
    return " ".join([sentence, *map(str.strip, lines)])


# wrong solutions


def mutant(
    where: str, name: str, hint: str, lines: Lines, reference: Solution, text: str, names: Mapping[str, Any]
) -> Mutant:
    """Return one wrong solution: compiled from the edited `text` of the reference, or the one in `names`."""
    edits = list(edits_of(where, lines))
    changes = [edit for edit in edits if edit.mark != "?"]
    if changes:
        try:
            solution = source.define(reference, edited(where, text, changes), f"<{where}>", names)
        except SyntaxError as exc:
            raise LivesockError(f"{where}: the edited reference is not Python: {exc.msg}") from exc
    elif name in names:
        solution = names[name]
    else:
        raise LivesockError(f"{where}: there is neither an edit nor a solution of this name")
    shown = "; ".join(f"{edit.old} {ARROW} {' '.join(edit.new)}".strip() for edit in changes)
    texts = [edited(where, text, [edit]) for edit in edits if edit.mark]
    right = source.blocks(text) if texts else []
    blocks = tuple(block for wrong in texts for block in source.blocks(wrong) if block not in right)
    return Mutant(name, solution, hint, edit=shown, blocks=blocks)


def edits_of(where: str, lines: Lines) -> Iterator[Edit]:
    """Yield the edits that the lines below a name describe."""
    found: list[Edit] = []
    for line in map(str.strip, lines):
        if line.startswith("|") and found:
            found[-1].new.append(line[2:])
        elif ARROW in line:
            mark = line[0] if line[:2] in ("* ", "? ") else ""
            old, _, new = line.removeprefix(f"{mark} ").partition(ARROW)
            found.append(Edit(old.strip(), [new.strip()] if new.strip() else [], mark))
        else:
            raise LivesockError(f"{where}: {line!r} is no edit, there is no arrow in it")
    yield from found


def edited(where: str, text: str, edits: Sequence[Edit]) -> str:
    """Return the text of the reference with all edits made; LivesockError if one does not fit, or two overlap."""
    result, end = "", 0
    for edit in sorted(edits, key=lambda edit: text.find(edit.old)):
        if (count := text.count(edit.old)) != 1:
            raise LivesockError(f"{where}: {edit.old!r} must occur once in the reference, it occurs {count} times")
        begin = text.index(edit.old)
        if begin < end:
            raise LivesockError(f"{where}: {edit.old!r} overlaps with another edit")
        before = text[end:begin] if edit.new else text[end:begin].removesuffix(" ")
        line = text[:begin].rpartition("\n")[2]
        indent = line[: len(line) - len(line.lstrip())]
        result += before + f"\n{indent}".join(edit.new)
        end = begin + len(edit.old)
    return result + text[end:]


# predictions


def predictions(
    table: str, judges: Judges | None = None, within: Mapping[str, float] | None = None
) -> tuple[Prediction, ...]:
    """Return the predictions of a lesson; `judges` and `within` are what `Prediction` calls so, by id.

    Raises:
        LivesockError: If a line has no label.
    """
    return tuple(
        prediction(which, question, lines, (judges or {}).get(which), (within or {}).get(which, Prediction.within))
        for which, question, lines in entries("predictions", table)
    )


def prediction(
    which: str, question: str, lines: Lines, judge: Callable[[Any], str] | None, within: float
) -> Prediction:
    parts: list[tuple[str, str, str, Lines]] = [("", "question", question, [])]
    for line in map(str.rstrip, lines):
        if head := re.match(r" {2,4}(\*?) ?(why|[a-z]): (.+)", line):
            parts.append((head[1], head[2], head[3], []))
        elif line.startswith(" " * 8):
            parts[-1][3].append(line)
        else:
            raise LivesockError(f"{which}: {line!r} has no label")
    texts = {label: joined(sentence, more) for _, label, sentence, more in parts}
    return Prediction(
        which,
        texts["question"],
        texts.get("why", ""),
        options={label: option(sentence, more) for _, label, sentence, more in parts if len(label) == 1},
        answer=next((label for mark, label, _, _ in parts if mark), ""),
        judge=judge,
        within=within,
    )


def option(text: str, lines: Lines) -> Option:
    reply = joined("", lines).strip()
    found = re.fullmatch(r"(.*) \[(M\d+)\]", reply)
    return Option(text, found[1], found[2]) if found else Option(text, reply)


def claims(table: str) -> tuple[Claim, ...]:
    """Return the claims of a table; a line that is indented more goes on with the one before it.

        S14 wrong: Sec-WebSocket-Key makes the connection secure.
            zh: …用于保证连接的安全性                      the words of the text
            is: It proves that the other end understood.   what is true of it, shown afterwards
            by: 03.same_key 03.accept_key                  what of the lessons can show it

    Raises:
        ValueError: If a part is missing, or a verdict is unknown.
    """
    return tuple(_claim(block) for block in table.strip().split("\n\n"))


def _claim(block: str) -> Claim:
    first, *lines = block.splitlines()
    head, _, text = first.partition(": ")
    which, _, verdict = head.partition(" ")
    parts: dict[str, str] = {}
    label = ""
    for line in lines:
        if line.startswith("        "):
            parts[label] += f" {line.strip()}"
        else:
            label, _, content = line.strip().partition(": ")
            parts[label] = content
    if verdict not in VERDICTS or parts.keys() != {"zh", "is", "by"}:
        raise ValueError(f"claim {which!r} needs a verdict of {', '.join(VERDICTS)}, and zh, is, by")
    return Claim(which, text, parts["zh"], verdict, parts["is"], tuple(parts["by"].split()))
