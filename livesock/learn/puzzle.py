"""An exercise as blocks: its lines and some that do not belong, shuffled. Put in order, they are checked."""

from __future__ import annotations

import random
import zlib
from collections.abc import Sequence
from typing import Any

from livesock.learn import source, words
from livesock.learn.exercise import Exercise

__all__ = ["Misplaced", "assemble", "blocks", "define", "shuffled"]


class Misplaced(Exception):
    """The chosen blocks do not make a program; the text says what to look at."""


def blocks(exercise: Exercise) -> list[str]:
    """Return the blocks that belong, in the order of the reference."""
    return source.blocks(source.source(exercise.reference))


def shuffled(exercise: Exercise) -> list[str]:
    """Return the blocks in an order that is the same each time, and never the right one."""
    lines = blocks(exercise)
    mixed = [*lines, *exercise.spare_blocks]
    rng = random.Random(zlib.crc32(exercise.id.encode()))
    while mixed[: len(lines)] == lines and len(lines) > 1:
        rng.shuffle(mixed)
    return mixed


def assemble(exercise: Exercise, order: Sequence[Any]) -> str:
    """Return the text that the blocks with these numbers, from 1, make.

    Raises:
        Misplaced: If a number is unknown or comes twice, or the first block defines nothing.
    """
    mixed = shuffled(exercise)
    if not order or len(set(order)) < len(order) or any(n not in range(1, len(mixed) + 1) for n in order):
        raise Misplaced(words.blocks_numbers(len(mixed)))
    first = blocks(exercise)[0]
    chosen = [mixed[n - 1] for n in order]
    # nothing may stand outside the definition, where it would run at once
    if not chosen[0].startswith(("def ", "async def ", "class ")) or any(not b.startswith(" ") for b in chosen[1:]):
        raise Misplaced(words.blocks_begin(first))
    return "\n".join(chosen)


def define(exercise: Exercise, text: str) -> Any:
    """Return the function or class that `text` defines, with the imports and constants of the reference.

    Raises:
        Misplaced: If Python cannot read it.
    """
    try:
        return source.define(exercise.reference, text, f"<blocks of {exercise.id}>")
    except SyntaxError as exc:
        raise Misplaced(words.blocks_syntax(exc.msg)) from exc
