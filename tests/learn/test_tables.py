"""The tables of exercises and predictions: an edit that does not fit is found when the lesson is loaded."""

from __future__ import annotations

import pytest

from livesock.errors import LivesockError
from livesock.learn import catalogue
from livesock.learn.exercise import Exercise, case
from livesock.learn.tables import exercise, predictions


def area(width: int, height: int) -> int:
    """Return the area of a rectangle."""
    total = 0
    for _ in range(height):
        total += width
    return total


def made(table: str, **written: object) -> Exercise:
    return exercise("99.area", area, table, written=written, cases=(case("one", 1, 1, gives=1),))


def of(table: str, **written: object):
    """Return the one wrong solution of a table."""
    (mutant,) = made(table, **written).mutants
    return mutant


def test_an_edit_of_the_reference_makes_a_wrong_solution():
    mutant = of("square: Use the height.\n    range(height) → range(width)")

    assert (mutant.id, mutant.hint, mutant.edit) == ("square", "Use the height.", "range(height) → range(width)")
    assert mutant.solution(3, 5) == 9 and area(3, 5) == 15


def test_edits_may_be_several_of_several_lines_or_take_text_away():
    swapped = of("both: Keep them.\n    range(height) → range(width)\n    += width → += height")
    first = of("first: Go on.\n    total += width → total += width\n    | break")
    shorter = of("none: Go on.\n    for _ in range(height): →\n    | if height:")
    silent = of("silent: Return it.\n    return total → return")

    assert [m.solution(3, 5) for m in (swapped, first, shorter, silent)] == [15, 3, 3, None]


def test_a_name_without_an_edit_is_a_solution_that_is_written_out():
    assert of("never: Count.", never=max).solution is max
    with pytest.raises(LivesockError, match=r"99\.area, mutant never: there is neither an edit nor a solution"):
        made("never: Count.")


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("gone: No.\n    breadth → width", "'breadth' must occur once in the reference, it occurs 0 times"),
        ("twice: No.\n    width → height", "'width' must occur once in the reference, it occurs 2 times"),
        ("over: No.\n    range(height) → range(1)\n    height): → 1):", "'height):' overlaps with another edit"),
        ("broken: No.\n    return total → return (", "the edited reference is not Python: '(' was never closed"),
        ("same: No.\n    += → -=\nsame: No.\n    += → *=", "the name is there twice"),
        ("arrow: No.\n    width -> height", "'width -> height' is no edit, there is no arrow in it"),
        ("No name.", "'No name.' is neither a name with its sentence nor an indented line"),
    ],
)
def test_an_edit_that_does_not_fit_names_exercise_mutant_and_text(table, message):
    with pytest.raises(LivesockError) as raised:
        made(table)
    where = f"99.area, mutant {table.partition(':')[0]}" if ":" in table else "99.area"
    assert str(raised.value) == f"{where}: {message}"


def test_a_star_makes_a_block_and_a_question_mark_nothing_but_a_block():
    star = of("star: No.\n  * += → -=")
    mark = of("mark: No.\n  ? += → -=\n    total = 0 → total = 1")

    assert star.blocks == mark.blocks == ("        total -= width",)
    assert (star.solution(3, 5), mark.solution(3, 5)) == (-15, 16)
    assert made("star: No.\n  * += → -=").spare_blocks == {"        total -= width": "star"}


def test_hints_and_explanation_may_take_several_lines():
    found = made("hint: One.\nhint: Two, and\n    more.\nhint: Three.\nexplanation: So it\n    is.")

    assert (found.hints, found.explanation) == (("One.", "Two, and more.", "Three."), "So it is.")


def test_a_prediction_has_a_question_a_reason_and_options():
    one, two = predictions(
        """
99.many: How many
        are there?
    why: They were counted.
    a: 4
        It is more. [M05]
  * b: 5
        Yes: two and
        three.

99.size: How large?
    why: It was measured.
""",
        judges={"99.many": str},
        within={"99.size": 0.5},
    )

    assert (one.question, one.why, one.answer) == ("How many are there?", "They were counted.", "b")
    assert [(o.text, o.reply, o.misconception) for o in one.options.values()] == [
        ("4", "It is more.", "M05"),
        ("5", "Yes: two and three.", ""),
    ]
    assert (one.judge, one.within, two.judge, two.within, two.options) == (str, 0.1, None, 0.5, {})
    with pytest.raises(LivesockError, match=r"99\.x: .* has no label"):
        predictions("99.x: What?\n    because")


def test_each_wrong_solution_of_each_lesson_can_be_put_into_a_translators_table():
    exercises = [exercise for number in catalogue.numbers() for exercise in catalogue.lesson(number).exercises]
    rows = [(exercise.id, mutant.id, mutant.edit, mutant.hint) for exercise in exercises for mutant in exercise.mutants]

    assert len({row[:2] for row in rows}) == len(rows) > 500
    assert sum(not edit for _, _, edit, _ in rows) < len(rows) / 50, "most wrong solutions are edits of the reference"
