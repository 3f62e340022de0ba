"""The strip: where one is in the course and in the lesson, with links to the cells and notebooks that come next.

✓ 00   ✓ 01   … 02   [03]   ○ 04 …
✓ accept_key   … check_request   ○ verify_response   predictions 2 of 4   next: check_request
"""

from __future__ import annotations

import html
import os
from pathlib import Path

from livesock.learn import words
from livesock.learn.show.page import Page
from livesock.learn.standing import EDGES, QUIET, Part, Standing, standings
from livesock.learn.store import Store

__all__ = ["page"]

ROW = "margin:2px 0;line-height:1.7"
ITEM = "margin-right:7px;white-space:nowrap"
"""JupyterLab takes `gap` out of the styles of an output. A narrow page breaks the line at a blank."""
HERE = f"{ITEM};border-bottom:2px solid currentcolor;font-weight:bold"


def page(number: str, store: Store, folder: Path) -> Page:
    """Return the strip of lesson `number`; `folder` holds the notebooks that its links lead to."""
    course = standings(store)
    here = next(one for one in course if one.lesson.number == number)
    left = next((part for part in here.parts if not part.passed), None)
    after = next((one for one in course if one.lesson.number > number), None)
    asking = Path(os.environ.get("JPY_SESSION_NAME", ""))  # this notebook, perhaps a copy
    own = asking.name if asking.suffix == ".ipynb" else notebook(number, folder)
    numbers = [(sign(one), one.lesson.number, notebook(one.lesson.number, folder)) for one in course]
    asked = len(here.lesson.questions)
    guessed = words.predictions_made(here.predicted, asked) if asked else ""
    if left is not None:
        following = link(f"{words.NEXT}: {left.name}", own, cell(left))
    elif after is not None:
        following = link(
            words.next_lesson(after.lesson.number, after.lesson.title, first=False),
            notebook(after.lesson.number, folder),
        )
    else:
        following = link(words.ALL_RIGHT, "")
    text = "  ".join(filter(None, [f"{number} ", *(f"{part.sign} {part.name}" for part in here.parts), guessed]))
    return Page(
        text,
        f'<nav aria-label="{words.STRIP}" style="margin:4px 0">'
        f'<div style="{ROW};{QUIET}">{" ".join(lesson(*one, is_here=one[1] == number) for one in numbers)}</div>'
        f'<div style="{ROW}">{" ".join(exercise(part, own) for part in here.parts)} '
        f'<span style="{ITEM};{QUIET}">{html.escape(guessed)}</span> {following}</div></nav>',
    )


def notebook(number: str, folder: Path) -> str:
    """Return the file of a lesson's notebook, as a link beside this one; "" if there is none."""
    return next((path.name for path in sorted(folder.glob(f"{number}_*.ipynb"))), "")


def cell(part: Part) -> str:
    """Return the id of the cell in which an exercise is written: `encode-frame` for `04.encode_frame`."""
    return part.name.lower().replace("_", "-")


def sign(one: Standing) -> str:
    return words.RIGHT if one.is_done else words.BEGUN if one.is_begun else words.OPEN


def lesson(sign: str, number: str, file: str, *, is_here: bool) -> str:
    if is_here:
        return f'<span aria-current="page" style="{HERE}">{sign} {number}</span>'
    return link(f"{sign} {number}", file)


def exercise(part: Part, file: str) -> str:
    font = "font-family:var(--jp-code-font-family, monospace);font-size:90%"
    style = f"{ITEM};border:1px solid {EDGES[part.sign]};border-radius:3px;padding:0 4px;{font}"
    return f'<span style="{style}">{link(f"{part.sign} {part.name}", file, cell(part), "white-space:nowrap")}</span>'


def link(text: str, file: str, cell_id: str = "", style: str = ITEM) -> str:
    """Return a link to a notebook, and to a cell of it; the text alone if there is no such notebook."""
    if not file:
        return f'<span style="{style}">{html.escape(text)}</span>'
    target = f"{file}#cell-id={cell_id}" if cell_id else file
    return f'<a href="{html.escape(target, quote=True)}" style="{style};color:inherit">{html.escape(text)}</a>'
