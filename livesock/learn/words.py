"""Every sentence that a learner reads and that belongs to no exercise, in one place.

The recommendation comes first, then the reason. No sentence calls a thing simple.
"""

from __future__ import annotations

# what was given to check


def not_callable(name: str, came: str) -> str:
    if came == "None":
        return (
            f"Give check the function itself, learn.check({name}, …). None came: has the cell that defines it been run?"
        )
    return f"Give check {name} without calling it: {name}, not {name}(…). What came is {came}."


def class_for_function(name: str, given: str) -> str:
    return f"Write {name} as a function, def {name}(…). What came is the class {given}."


def coroutine_for_function(name: str) -> str:
    return (
        f"Write def {name}, without async: a call of an async function returns a coroutine, which is not awaited here."
    )


def function_for_coroutine(name: str) -> str:
    return f"Write async def {name}: it is awaited. What came is an ordinary function."


def generator_for_function(name: str) -> str:
    return f"Collect the results and return them: {name} holds a yield, so a call returns a generator and runs nothing."


# how a call ended


def not_written(name: str) -> str:
    return f"Replace the line that raises NotImplementedError in {name}, then run both cells again."


def unwritten(other: str, name: str) -> str:
    return f"Write {other} first: {name} calls it, and it raises NotImplementedError still."


def missing(name: str, attribute: str) -> str:
    return f"Write {attribute}: the check asks for it, and {name} has none."


def abandoned(name: str, seconds: float) -> str:
    return (
        f"Look for what {name} waits for: after {seconds:.0f} seconds it had not come back, it did not stop when asked "
        "to, and was left behind. A sleep, a read, or an except that catches everything?"
    )


def stopped(name: str) -> str:
    return f"Look at the condition of the loop: {name} went on forever and was stopped. What changes with each turn?"


def exits(name: str) -> str:
    return f"Return a value or raise an error of your own: {name} calls exit(), which would end the whole notebook."


def asks(name: str) -> str:
    return f"Take what you need from the arguments: {name} calls input(), which gets no answer here."


def deep(name: str) -> str:
    return f"Return a simpler value: what {name} returns is nested too deep to be read, or holds itself."


def nested(name: str) -> str:
    return f"Take learn.{name} out of the code that is checked: a check cannot run inside another one."


def recursion(name: str) -> str:
    return f"Find the call that ends it: {name} calls itself and never stops."


def raises(name: str, error: str, line: str) -> str:
    line = line if len(line) <= 80 else line[:79] + "…"
    return f"Read the error: {name} raises {error}" + (f", in the line “{line}”." if line else ".")


def unrun(name: str, kind: str, *, awaits: bool) -> str:
    do = "Await what you return" if awaits else "Return the result itself"
    return f"{do}: {name} returns a {kind}, which has not run yet."


def returned(name: str, error: str) -> str:
    return f"Write raise: {name} returns {error} as a value, and the caller goes on with that."


def changed(name: str, arguments: str) -> str:
    return f"Work on a copy: {name} changed {arguments}, and the caller still needs what was in there."


def no_return(name: str) -> str:
    return f"Look for the return: {name} gives None."


def part(hint: str) -> str:
    return f"A part of what is wrong: {hint}"


def unchanged(name: str) -> str:
    return f"Look at what {name} returns: its first argument, as it came. Where does your result go?"


def wrapped(name: str) -> str:
    return f"Take the result out of its list: {name} returns the right thing with one more pair of brackets around it."


def turned(name: str) -> str:
    return f"Look at the order: {name} returns the right thing backwards, last first."


def first_only(name: str) -> str:
    return f"Return everything that was asked for: {name} returns the first part alone, and that part is right."


def other_kind(name: str, came: str, wanted: str) -> str:
    return f"Return {wanted}: {name} returns {came}. The line below shows both."


def must_hold(name: str) -> str:
    return f"Look at the call below: what must hold for every right {name} does not hold there."


def constant(name: str, value: str) -> str:
    return f"Look at the arguments: whatever {name} is given, it returns {value}."


LOOK = "Look at the call below: something else came than what was expected."
COMPARE = "Compare the first difference below, byte by byte or part by part, with what you meant."


def threads(name: str, names: list[str]) -> str:
    return f"End what you start: {name} left {len(names)} {'thread' if len(names) == 1 else 'threads'} running."


def chatty(name: str, size: int) -> str:
    return f"Print less: {name} printed {size:,} characters. The first are below."


# hints, blocks, solutions


def more_help(which: str, blocks: bool) -> str:
    return f'More help: learn.hint("{which}")' + (
        f', or the same in blocks: learn.parsons("{which}")' if blocks else ""
    )


def after_hint(which: str, level: int, levels: int) -> str:
    if level < levels:
        return f'One more: learn.hint("{which}")'
    return f'The same in blocks: learn.parsons("{which}"). After that: learn.solution("{which}")'


def solution_closed(which: str, tries: int, wait: float, hinted: bool | None) -> str:
    """Say what to try, and what is missing until the solution opens; a minute that has begun counts as one.

    `hinted` is whether all hints were shown; None for an exercise without hints.
    """
    missing = [f"{tries} more {'check' if tries == 1 else 'checks'}"] if tries > 0 else []
    missing += [f"{-int(-wait // 60)} more {'minute' if wait <= 60 else 'minutes'}"] if wait > 0 else []
    until = " and ".join(missing)
    if hinted is None:
        return f"Judge your server, and read what crossed. This opens when the stage is passed, or after {until}."
    first = f'Try it in blocks: learn.parsons("{which}")' if hinted else f'Ask for a hint first: learn.hint("{which}")'
    return f"{first}. The solution opens when yours is right, or after {until}."


OTHERS = "others wrote it so"
ERROR = "the error, whole"


def solution_open(which: str, count: int) -> str:
    return f'The solution is open: learn.solution("{which}"), with {count} by others.'


def blocks(which: str, spare: int) -> str:
    out = f", and leave out the {spare} that {'does' if spare == 1 else 'do'} not belong" if spare else ""
    return f'Put them in order{out}: learn.parsons("{which}", [3, 1, 2])'


ARRANGE = "Take the blocks over in the right order; some do not belong."


def blocks_begin(line: str) -> str:
    return f"Begin with the block that begins with “{line.split()[0]}”: all others belong inside."


def blocks_numbers(last: int) -> str:
    return f"Name each block by its number, 1 to {last}, and each one once."


def blocks_syntax(message: str) -> str:
    return f"Look at what stands above and below: in this order Python cannot read them ({message})."


# predictions


def choose(which: str, key: str) -> str:
    return f'No prediction yet: learn.predict("{which}", "{key}") for {key}, and so on.'


def guess(which: str) -> str:
    return f'No prediction yet: learn.predict("{which}", 10) for 10'


def predicted(answer: str) -> str:
    return f"Your prediction: {answer}. Now run the experiment."


def not_an_option(answer: object, keys: list[str]) -> str:
    return f"Choose one of {', '.join(keys)}: {answer!r} is not one of them."


def not_a_number(answer: object) -> str:
    return f"Predict a number: {answer!r} is not one."


def as_predicted(right: bool, mine: str = "", came: str = "") -> str:
    """Return whether a prediction came true; `mine` and `came` are keys of options, "" for a number."""
    if right:
        return f"As predicted: {came} came." if came else "As predicted."
    return f"Not as predicted: you chose {mine}, and {came} came." if came else "Not as predicted."


def number_right(right: bool) -> str:
    return "Your prediction holds." if right else "Your prediction is off: what did it leave out, or count too much?"


NO_PREDICTION = "No prediction this time."

ANSWERED_ABOVE = "Above, the question shows your answer beside the others."

OTHERS_TEMPT = "Why not the others?"


def marked(key: str, *, is_mine: bool, is_right: bool) -> str:
    """Return the key of an option with an arrow if it was chosen, and a sign if it is what came."""
    return f"{'→' if is_mine else ' '} {key} {RIGHT if is_right else ' '}"


def nothing_measured(which: str) -> str:
    return f'Hand over what came: learn.observed("{which}", …). Run the experiment above first.'


def fits_no_option(which: str, came: str) -> str:
    return (
        f"{came} fits none of the options. Is it what the experiment of {which} measured? "
        "Run the cells of that experiment again, then this one."
    )


def measured_no_number(which: str, came: str) -> str:
    return f"{which} is about a number, and this is {came}. Run the cells of that experiment again, then this one."


# kept functions


def kept(name: str) -> str:
    return f"Kept: later lessons work with your {name}."


def not_keepable(name: str, came: str) -> str:
    return f'Put @learn.keep("{name}") above a def or a class of your own: what came is {came}.'


def no_text(name: str) -> str:
    return f"keep cannot find the text of {name}: define it with def {name}(…) or class {name} in a cell"


def not_standalone(name: str) -> str:
    return (
        f"keep cannot make {name} anew from its text: define it with def {name}(…) or class {name}, and what it needs "
        "in cells above: imports, functions, classes and plain values"
    )


# the last lesson


RECALL = "cards"
ARTICLE = "the article"


def kept_page(name: str) -> str:
    return f"{name} is written: what you built, what you measured. Double-click it in the file browser at the left."


# lessons


STRIP = "where you are in the course"
NEXT = "next"


def predictions_made(made: int, of: int) -> str:
    return f"predictions {made} of {of}"


def caught_up(number: str, own: list[str], ours: list[str]) -> str:
    parts = [f"yours: {', '.join(own)}"] if own else []
    parts += [f"ours, until you write them: {', '.join(ours)}"] if ours else []
    return f"Ready for lesson {number}; {'; '.join(parts) or 'nothing comes before it'}."


ABOVE = "the cells above"
RUN_ABOVE = "Run the cells above this one: in JupyterLab choose Run, then Run All Above Selected Cell."
SAVE_FIRST = f"Save the notebook (Ctrl S), then run this cell again: it is not in the saved one yet. Or: {RUN_ABOVE}"


def ran_again(count: int, failed: int) -> str:
    cells = "1 cell was" if count == 1 else f"{count} cells were"
    errors = f"; {failed} of them raised" if failed else ""
    return f"{cells} run again without output{errors}. Checks and predictions were left out. Go on below."


def not_run(name: str, line: str) -> str:
    return (
        f"A cell above defines {name}, and this kernel has not run it: “{line[:80]}”. Run that cell; "
        "or all cells above, without their output: from livesock import learn; learn.catch_up()"
    )


def was_reset(number: str, count: int) -> str:
    return (
        f"Lesson {number} begins anew: {count} {'record' if count == 1 else 'records'} forgotten, kept functions stay."
    )


def done(passed: int, exercises: int, predicted: int, predictions: int) -> str:
    return f"{passed} of {exercises} exercises, {predicted} of {predictions} predictions"


RIGHT, WRONG, BEGUN, OPEN = "✓", "✗", "…", "○"
"""Signs: right, not right; of an exercise also begun, not begun."""

LEGEND = f"{RIGHT} right   {BEGUN} begun   {OPEN} to do"
COLUMNS = ("lesson", "exercises", "predictions")
ALL_RIGHT = "Every exercise is right. What you kept waits for you: learn.catch_up brings it into any notebook."


STAGE_HINT = "Its page in stages() shows what is sent, what must come, and what your server did instead."


def go_on(which: str, checks: int, *, is_stage: bool = False, is_article: bool = False) -> str:
    so_far = f", {checks} {'check' if checks == 1 else 'checks'} so far" if checks else ""
    if is_article:
        return f"Go on with {which}: each claim wants a verdict, and something of yours that shows it."
    return f"Go on with {which}{so_far}. Stuck? " + (STAGE_HINT if is_stage else f'learn.hint("{which}")')


def next_exercise(which: str, number: str) -> str:
    return f"Next: {which}, in the notebook of lesson {number}."


def next_lesson(number: str, title: str, *, first: bool) -> str:
    return f"{'Begin with' if first else 'Next:'} lesson {number}, {title}."


def guesses(made: int, asked: int, held: int, off: int) -> str:
    """Say how many predictions were made, and how those that were measured turned out."""
    if not made:
        return f"0 of {asked}"
    parts = [(held, "held"), (off, "off"), (made - held - off, "not measured yet")]
    return f"{made} of {asked}: " + ", ".join(f"{count} {what}" for count, what in parts if count)


def part_done(passed: bool, checks: int, hints: int) -> str:
    counts = [(checks, "check"), (hints, "hint")]
    done = ", ".join(f"{count} {what}{'s' * (count != 1)}" for count, what in counts if count)
    return "; ".join(filter(None, ["right" if passed else "begun" if done else "to do", done]))


def damaged(name: str, aside: str) -> str:
    return f"{name} could not be read. It was set aside as {aside}, and a new one begun."


def unwritable(name: str, why: str) -> str:
    return f"Progress is kept in this kernel only: {name} cannot be written ({why})."
