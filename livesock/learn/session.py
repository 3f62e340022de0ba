"""What `learn` does when it is called from a cell: judge, remember, and say it. There is one session per kernel."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from livesock.errors import LivesockError
from livesock.learn import above, catalogue, here, puzzle, source, standing, words
from livesock.learn import predicting as asking
from livesock.learn.checking.checker import Verdict, judge
from livesock.learn.exam import steps
from livesock.learn.exercise import Exercise
from livesock.learn.show import report, widgets
from livesock.learn.show.page import Page, box, code, fold, line, rows, titled
from livesock.learn.store import Store
from livesock.learn.whose import made_of, text_of

__all__ = ["LessonSession"]

TRIES_BEFORE_BLOCKS = 2
"""Failed checks after which a check mentions the blocks."""


class LessonSession:
    """One learner in one kernel."""

    def __init__(self, store: Store | None = None, namespace: dict[str, Any] | None = None) -> None:
        self.store = store or Store.default()
        self.namespace = namespace if namespace is not None else above.notebook_namespace()
        self._questions: dict[str, Page] = {}

    def check(self, solution: Any, which: str, *, seed: int | None = None) -> Page:
        """Judge `solution` and count the attempt; what is not written yet does not count."""
        exercise = catalogue.exercise(which)
        verdict = judge(exercise, solution, seed=seed)
        if verdict.is_right or (verdict.outcomes and not verdict.stub):
            self.store.tried(which, passed=verdict.is_right)
        return self.judged(verdict, self.keep_right(exercise, solution) if verdict.is_right else "")

    def keep_right(self, exercise: Exercise, solution: Any) -> str:
        """Remember a right solution for later lessons; return a sentence that says so, or why it is not kept."""
        if solution is exercise.reference:
            return ""
        try:
            text = text_of(exercise.name, solution, renamed=True)
        except LivesockError as exc:
            return str(exc)
        if not judge(exercise, made_of(text, exercise.name)).is_right:  # as catch_up will ask
            return words.not_standalone(exercise.name)
        self.store.change("kept", exercise.name, source=text)
        return words.kept(exercise.name)

    def judged(self, verdict: Verdict, kept: str = "") -> Page:
        """Return a verdict as a page, with the way on below it."""
        which, notes = verdict.exercise.id, self.warning()
        mood = "right" if verdict.is_right else "quiet" if verdict.is_stub else "wrong"
        body = [line(item, "p") for item in report.messages(verdict)]
        if verdict.is_right:
            others = others_of(which)
            text = [*filter(None, [kept]), words.solution_open(which, len(others)), *notes]
            body += [line(verdict.exercise.explanation, "p"), line(kept, "p") if kept else ""]
            body += [line(words.solution_open(which, len(others)), "p"), fold(words.OTHERS, *others)]
        else:
            notes += [] if verdict.is_stub else [words.more_help(which, self.failed(which) >= TRIES_BEFORE_BLOCKS)]
            text = notes
            left = "" if verdict.is_stub else report.left(verdict)
            body += [rows(report.example(verdict)), line(f"left: {left}") if left else ""]
        body += [*map(line, notes), fold(words.ERROR, *filter(None, [report.folded(verdict)]))]
        page = Page(
            "\n".join([report.verdict(verdict), *(f"  {item}" for item in text)]),
            box(report.headline(verdict), *body, mood=mood),
            verdict.is_right,
        )
        if mood == "wrong":
            ways = [("hint", partial(self.hint, which)), ("solution", partial(self.solution, which))]
            page.widget = partial(widgets.pressing, page, ways)
        return page

    def failed(self, which: str) -> int:
        return int(self.store.get("exercise", which).get("failed", 0))

    def warning(self) -> list[str]:
        """Return the store's sentence, once."""
        found, self.store.warning = self.store.warning, ""
        return [found] if found else []

    def hint(self, which: str) -> Page:
        """Return the hints so far and one more; of a stage where to look."""
        if catalogue.step(which):
            return titled(f"{which} · hint", words.STAGE_HINT)
        exercise = catalogue.exercise(which)
        level = min(len(exercise.hints), int(self.store.get("exercise", which).get("hints", 0)) + 1)
        self.store.change("exercise", which, hints=level)
        shown = list(exercise.hints[:level])
        rest = words.after_hint(which, level, len(exercise.hints))
        return titled(f"{which} · hint {level} of {len(exercise.hints)}", *shown, rest)

    def solution(self, which: str) -> Page:
        """Return the reference and other right solutions, once they are open; of a stage what it changes."""
        if change := catalogue.step(which):
            return steps.change(which, change, standing.closed(self.store, which, None))
        exercise = catalogue.exercise(which)
        if closed := standing.closed(self.store, which, len(exercise.hints)):
            return titled(f"{which} · solution", closed)
        title, own, others = f"{which} · solution", source.standalone(exercise.reference), others_of(which)
        text = "\n\n".join([title, own, exercise.explanation, f"{words.OTHERS}:", *others])
        return Page(text, box(title, code(own), line(exercise.explanation, "p"), fold(words.OTHERS, *others)))

    def parsons(self, which: str, order: Sequence[int] | None = None) -> Page:
        """Return the blocks of an exercise, or the verdict on an order of them."""
        exercise = catalogue.exercise(which)
        if order is not None:
            try:
                return self.judged(judge(exercise, puzzle.define(exercise, puzzle.assemble(exercise, list(order)))))
            except puzzle.Misplaced as misplaced:
                return titled(f"{which} · blocks", str(misplaced))
        pairs = [(str(n), text) for n, text in enumerate(puzzle.shuffled(exercise), 1)]
        task = words.blocks(which, len(exercise.spare_blocks))
        page = titled(f"{which} · blocks", task, pairs=pairs)
        bare = titled(f"{which} · blocks", words.ARRANGE)
        page.widget = partial(widgets.arranging, bare, [text for _, text in pairs], partial(self.parsons, which))
        return page

    def predict(self, which: str, answer: Any = None) -> Page:
        """Return a question with its options, and store the answer if there is one."""
        prediction = catalogue.prediction(which)
        notes = self.warning()
        answer = asking.read(prediction, answer)
        if answer is not None and (wrong := asking.wrong_answer(prediction, answer)):
            notes.append(wrong)
        elif answer is not None:
            self.store.change("prediction", which, answer=answer)
        options = [(key, option.text) for key, option in prediction.options.items()]
        stored = asking.read(prediction, self.store.get("prediction", which).get("answer"))
        notes.append(asking.stored(prediction, stored))
        page = titled(f"{which} · {prediction.question}", *notes, prose=options)
        bare = titled(
            f"{which} · {prediction.question}", *([words.predicted(str(stored))] if stored is not None else [])
        )
        ask = partial(widgets.choosing, options=options) if options else widgets.guessing
        page.widget = partial(self._asked, page, which, partial(ask, page, bare, stored, partial(self.chose, which)))
        page.again = partial(self.predict, which)
        return page

    def _asked(self, page: Page, which: str, ask: Callable[..., dict[str, Any]], changed: widgets.Changed) -> Any:
        """Show a question, and remember where, so that the answer can come to the same place."""
        self._questions[which] = page
        return ask(changed)

    def chose(self, which: str, key: Any) -> Page:
        """Store a choice that was pressed; return the question with it, without the options."""
        prediction = catalogue.prediction(which)
        answer = asking.read(prediction, key)
        wrong = asking.wrong_answer(prediction, answer)
        if not wrong:
            self.store.change("prediction", which, answer=answer)
        return titled(f"{which} · {prediction.question}", wrong or words.predicted(str(answer)))

    def guessed(self, name: str, guess: str, came: str = "") -> None:
        """Store a guess made inside an instrument, and what came. Once both are there, later ones change nothing.

        Of a stage each try counts, and that it was passed once.
        """
        if stage := catalogue.stage(name):
            self.store.tried(stage, passed=came == "passed")
            return
        which = catalogue.guess(name)
        if which and "right" not in self.store.get("prediction", which):
            outcome = {"right": guess == came} if came else {}
            self.store.change("prediction", which, answer=guess, **outcome)

    def observed(self, which: str, *value: Any) -> Page:
        """Show in the place of the question what came and why, return how it ended; where it cannot change, return all.

        A value that cannot come from the experiment of this question is refused, and nothing is stored.
        """
        prediction = catalogue.prediction(which)
        if why := asking.refused(prediction, *value):
            return titled(f"{which} · what came", *self.warning(), why)
        if value:
            self.store.change("prediction", which, came=asking.measured(*value))
        answer = self.store.get("prediction", which).get("answer")
        if prediction.options and answer not in prediction.options:
            answer = None
        notes, mood = [prediction.why], "quiet"
        if answer is None:
            said = words.NO_PREDICTION
        else:
            right = asking.is_right(prediction, answer, *value)
            self.store.change("prediction", which, right=right)
            option = prediction.options.get(answer)
            notes[:0] = [option.reply] if option else [words.number_right(right)]
            came = asking.right_option(prediction, *value)
            said, mood = words.as_predicted(right, answer, came), "right" if right else "wrong"
        options, figures = asking.confronted(prediction, answer, *value), asking.figures(prediction, answer, *value)
        title = f"{which} · {prediction.question}"
        others = (words.OTHERS_TEMPT, asking.tempting(prediction, answer, *value))
        page = titled(title, *self.warning(), said, *notes, prose=options, pairs=figures, mood=mood, more=others)
        asked = self._questions.get(which) if answer is not None else None  # what was not answered stays open
        if not (asked and asked.become(page)):
            return page
        brief = [*self.warning(), said, prediction.why, words.ANSWERED_ABOVE]
        return titled(f"{which} · what came", *brief, pairs=figures, mood=mood)

    def keep(self, name: str, solution: Any) -> None:
        """Remember the text of `solution` as `name`."""
        self.store.change("kept", name, source=text_of(name, solution))

    def kept(self, name: str) -> Any:
        """Return what was kept as `name`, made anew from its text; None if nothing was, or it does not run."""
        text = self.store.get("kept", name).get("source")
        return made_of(text, name) if isinstance(text, str) else None

    def catch_up(self, number: str | None = None) -> Page:
        """Put what the lessons before `number` ask for into the notebook: the learner's own where it is right.

        Without a number run the cells above again instead.
        """
        if number is None:
            return self.cells_above(above.asking_cell())
        number = catalogue.lesson(number).number
        own: list[str] = []
        ours: list[str] = []
        for earlier in catalogue.numbers():
            for exercise in catalogue.lesson(earlier).exercises if earlier < number else ():
                self.namespace[exercise.name], is_own = self.mine_or_ours(exercise)
                (own if is_own else ours).append(exercise.name)
        return self.above_strip(titled(f"{number} · caught up", words.caught_up(number, own, ours)), number)

    def strip(self, number: str) -> Page:
        """Return where one is in the course and in lesson `number`; it follows what is done in this kernel."""
        number = catalogue.lesson(number).number
        return self.above_strip(None, number)

    def above_strip(self, page: Page | None, number: str) -> Page:
        """Return `page` with the strip of a lesson below it."""

        def made() -> Page:
            below = here.page(number, self.store, Path.cwd())
            return below if page is None else Page(f"{page.text}\n{below.text}", page.html + below.html)

        shown = made()
        shown.again = made
        shown.follow = partial(self.store.watchers.__setitem__, f"strip {number}")
        return shown

    def cells_above(self, cell_id: str) -> Page:
        """Run the cells above the cell with this id again, after a restart of the kernel."""
        cells = above.cells_above(cell_id, Path.cwd()) if cell_id else None
        if cells is None:
            return titled(words.ABOVE, words.SAVE_FIRST if cell_id else words.RUN_ABOVE)
        done = above.run(cells, self.namespace, lambda which: self.mine_or_ours(catalogue.exercise(which))[0])
        return titled(words.ABOVE, words.ran_again(done.count, len(done.failed)), *done.failed)

    def mine_or_ours(self, exercise: Exercise) -> tuple[Any, bool]:
        """Return what the learner kept, if it is right, else the reference; and whether it is the learner's."""
        mine = self.kept(exercise.name)
        is_own = mine is not None and judge(exercise, mine).is_right
        return (mine if is_own else exercise.reference), is_own

    def mine(self, name: str) -> tuple[Any, bool]:
        """Return what the learner kept as `name`, else the reference of the exercise; and whether it is the learner's.

        Raises:
            LivesockError: If no exercise asks for this name.
        """
        kept = self.kept(name)
        return (kept, True) if kept is not None else (catalogue.named(name).reference, False)

    def reset(self, number: str) -> Page:
        """Forget predictions, checks, hints and verdicts of one lesson; what was kept stays."""
        lesson = catalogue.lesson(number)
        number = lesson.number
        count = sum(self.store.forget(kind, f"{number}.") for kind in ("exercise", "prediction"))
        count += self.store.forget("claim", "") if lesson.claims else 0
        return titled(f"{number} · reset", words.was_reset(number, count))

    def progress(self) -> Page:
        """Return what is done in each lesson, and what to do next."""
        return standing.page(self.store, self.warning())


def others_of(which: str) -> list[str]:
    """Return the text of each other right solution, with what it needs."""
    return [source.standalone(solution) for solution in catalogue.others(which)]
