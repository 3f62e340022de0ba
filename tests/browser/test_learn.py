"""Predictions, hints and blocks in a real JupyterLab, by mouse and by keyboard; the kernel's record is the truth."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Browser, expect

from livesock.learn import catalogue
from tests.browser.lab import Lab, axe, notebook

pytestmark = pytest.mark.browser

RIGHT = """\
import json
from livesock.learn import puzzle, catalogue, source
exercise = catalogue.exercise("03.accept_key")
mixed = puzzle.shuffled(exercise)
print(json.dumps([mixed.index(line) + 1 for line in puzzle.blocks(exercise)]))
"""
"""Prints the order of the blocks that is right."""


@pytest.mark.parametrize(("width", "dark"), [(1600, False), (800, True)])
def test_a_prediction_is_pressed_and_then_confronted(chromium: Browser, lab: Lab, width: int, dark: bool) -> None:
    name = f"predict-{width}.ipynb"
    lab.write(
        name,
        "from livesock import learn\nlearn.reset('01')",
        "learn.predict('01.three_sends')",
        "learn.observed('01.three_sends', b'onetwothree')",
    )
    with notebook(chromium, lab, name, width=width, dark=dark) as page:
        page.run_all()
        first = page.panel.get_by_role("radio").first
        first.focus()
        page.page.keyboard.press("Space")
        expect(page.outputs.get_by_text("Your prediction: a.")).to_be_visible()
        assert page.ask("print('Your prediction: a' in learn.predict('01.three_sends').text)").strip() == "True"
        page.picture(f"learn-predict-{width}", page.panel)

        page.run_cell(2)
        ended = page.outputs.filter(has_text="Not as predicted: you chose a, and d came.")
        expect(ended).to_have_count(
            2
        )  # the question's own output, with why; and that of the cell that measured, without
        answered, measured = ended.first, ended.last
        expect(answered.get_by_role("rowheader", name="→ a")).to_be_visible()
        expect(answered.get_by_role("rowheader", name="d ✓")).to_be_visible()
        expect(answered.get_by_text("✗")).to_be_visible()
        answered.get_by_text("Why not the others?").click()
        expect(answered.get_by_text("c: recv returns bytes")).to_be_visible()
        expect(measured.get_by_text("✗")).to_be_visible()
        expect(measured.get_by_text("Above, the question shows your answer beside the others.")).to_be_visible()
        expect(measured.get_by_text("b'onetwothree'")).to_be_visible()
        expect(measured.get_by_text("Why not the others?")).to_have_count(0)
        expect(page.panel.get_by_role("radio")).to_have_count(0)
        page.picture(f"learn-answered-{width}", page.panel)


def test_a_number_is_predicted_and_remembered(chromium: Browser, lab: Lab) -> None:
    lab.write("number.ipynb", "from livesock import learn\nlearn.reset('04')", "learn.predict('04.smallest')")
    with notebook(chromium, lab, "number.ipynb") as page:
        page.run_all()
        page.panel.get_by_role("textbox", name="Your prediction").fill("4")
        page.page.keyboard.press("Enter")
        expect(page.outputs.get_by_text("Your prediction: 4. ")).to_be_visible()
        assert "Your prediction: 4. " in page.ask("print(learn.predict('04.smallest').text)")

        page.panel.get_by_role("textbox", name="Your prediction").fill("7")
        page.panel.get_by_role("button", name="predict").click()
        expect(page.outputs.get_by_text("Your prediction: 7. ")).to_be_visible()
        assert "Your prediction: 7. " in page.ask("print(learn.predict('04.smallest').text)")


@pytest.mark.parametrize(("width", "dark"), [(1600, False), (600, True)])
def test_the_strip_follows_and_its_link_leads_to_the_cell(chromium: Browser, lab: Lab, width: int, dark: bool) -> None:
    name = "03_strip.ipynb"
    cells = ["from livesock import learn\nlearn.reset('03')", "learn.strip('03')", *["'far'\n" * 30] * 3]
    right = "from livesock.lessons.lesson03.accept_key import accept_key\nlearn.check(accept_key, '03.accept_key')"
    lab.write(name, *cells, right)
    text = json.loads((lab.folder / name).read_text())
    text["cells"][-1]["id"] = "check-request"  # where the link leads
    (lab.folder / name).write_text(json.dumps(text))
    with notebook(chromium, lab, name, width=width, dark=dark) as page:
        page.command("application:toggle-left-area")
        page.run_all()
        page.panel.locator(".jp-WindowedPanel-outer").first.evaluate("panel => panel.scrollTo(0, 0)")
        strip = page.panel.get_by_role("navigation", name="where you are in the course")
        expect(strip.get_by_text("✓ accept_key")).to_be_visible()
        expect(strip.get_by_text("next: check_request")).to_be_visible()
        assert strip.evaluate("(strip) => strip.scrollWidth <= strip.clientWidth"), "the end of the strip is cut off"
        page.picture(f"learn-strip-{width}", strip)
        axe(page, strip)
        last = page.panel.locator(".jp-CodeCell").filter(has_text="learn.check(")
        expect(last).not_to_be_in_viewport()
        strip.get_by_text("next: check_request").click()
        expect(last).to_be_in_viewport()


def test_after_a_restart_one_call_runs_the_cells_above(chromium: Browser, lab: Lab) -> None:
    lab.write("above.ipynb", "answer = 6 * 7\nprint('loud')", "from livesock import learn\nlearn.catch_up()", "answer")
    with notebook(chromium, lab, "above.ipynb") as page:
        page.run_cell(1)
        expect(page.outputs.get_by_text("1 cell was run again")).to_be_visible()
        expect(page.outputs.get_by_text("loud")).to_have_count(0)
        page.run_cell(2)
        expect(page.outputs.get_by_text("42")).to_be_visible()


def test_a_failed_check_leads_to_hints_and_a_solution_that_waits(chromium: Browser, lab: Lab) -> None:
    lab.write(
        "hints.ipynb",
        "from livesock import learn\nlearn.reset('03')",
        "def accept_key(key):\n    return 'x'\nlearn.check(accept_key, '03.accept_key')",
    )
    with notebook(chromium, lab, "hints.ipynb") as page:
        page.run_all()
        for level in (1, 2, 3):
            page.panel.get_by_role("button", name="hint").click()
            expect(page.outputs.get_by_text(f"hint {level} of 3")).to_be_visible()
        page.panel.get_by_role("button", name="solution").click()
        expect(page.outputs.get_by_text("03.accept_key · solution")).to_be_visible()
        page.picture("learn-hints", page.panel)
        axe(page, page.panel.locator(".jp-CodeCell").nth(1).locator(".jp-OutputArea"))


@pytest.mark.parametrize(("width", "dark"), [(1600, False), (800, True)])
def test_a_pass_shows_how_others_wrote_it(chromium: Browser, lab: Lab, width: int, dark: bool) -> None:
    name = f"others-{width}.ipynb"
    lab.write(
        name,
        "from livesock import learn\nlearn.reset('04')",
        "def mask(payload, key):\n    return bytes(byte ^ key[i % 4] for i, byte in enumerate(payload))\n"
        "learn.check(mask, '04.mask')",
    )
    with notebook(chromium, lab, name, width=width, dark=dark) as page:
        page.run_all()
        other = page.outputs.get_by_text("def mask_loop(payload, key):")
        expect(other).to_be_hidden()
        page.panel.get_by_text("others wrote it so").click()
        expect(other).to_be_visible()
        page.picture(f"learn-others-{width}", page.panel)
        axe(page, page.panel.locator(".jp-CodeCell").nth(1).locator(".jp-OutputArea"))


@pytest.mark.parametrize("by", ["keyboard", "mouse"])
def test_blocks_are_put_in_order_and_checked(chromium: Browser, lab: Lab, by: str) -> None:
    name = f"blocks-{by}.ipynb"
    lab.write(name, "from livesock import learn\nlearn.reset('03')", "learn.parsons('03.accept_key')")
    with notebook(chromium, lab, name) as page:
        page.run_all()
        order = json.loads(page.ask(RIGHT))
        blocks = page.panel.locator(".ls-parsons")
        yours = blocks.get_by_label("Your order")
        page.picture(f"learn-blocks-{by}-before", page.panel)
        for number in order:
            block = blocks.locator(f"[data-number='{number}']")
            if by == "mouse":
                block.drag_to(yours, target_position={"x": 20, "y": 40 + 30 * order.index(number)})
            else:
                block.focus()
                page.page.keyboard.press("Enter")
        if by == "keyboard":  # once out of order and back again
            page.page.keyboard.press("Alt+ArrowUp")
            page.page.keyboard.press("Alt+ArrowDown")
        expect(yours.locator("button")).to_have_count(len(order))
        blocks.get_by_role("button", name="Check this order").click()

        expect(blocks.locator(".ls-verdict")).to_contain_text("03.accept_key")
        page.picture(f"learn-blocks-{by}", blocks)
        assert [
            int(n) for n in yours.locator("button").evaluate_all("all => all.map((b) => b.dataset.number)")
        ] == order


BEGUN = """\
from livesock import learn
from livesock.learn import catalogue
for number in catalogue.numbers():
    learn.reset(number)
store = learn.current().store
for exercise in catalogue.lesson("01").exercises:
    store.change("exercise", exercise.id, passed=True, checks=2)
for n, prediction in enumerate(catalogue.lesson("01").predictions):
    store.change("prediction", prediction.id, answer="a", right=n % 3 != 1)
store.change("exercise", "02.parse_sse", checks=3, failed=3, hints=1)
store.change("exercise", "02.build_get", passed=True, checks=1)
store.change("prediction", catalogue.lesson("02").predictions[0].id, answer="a")
learn.progress()
"""


@pytest.mark.parametrize(("width", "dark"), [(1600, False), (800, True)])
def test_progress_says_what_is_done_and_what_is_next(chromium: Browser, lab: Lab, width: int, dark: bool) -> None:
    name = f"progress-{width}.ipynb"
    lab.write(name, BEGUN)
    with notebook(chromium, lab, name, width=width, dark=dark) as page:
        page.run_all()
        expect(page.outputs.get_by_text("Go on with 02.parse_sse")).to_be_visible()
        expect(page.outputs.get_by_role("row")).to_have_count(len(catalogue.numbers()) + 1)
        assert page.ask("print('02.parse_sse, 3 checks' in learn.progress().text)").strip() == "True"
        for number in json.loads(page.ask("import json; print(json.dumps(catalogue.numbers()))")):
            expect(page.outputs.get_by_role("rowheader").filter(has_text=number)).to_be_visible()
        area = page.outputs.first
        assert area.evaluate("area => area.scrollWidth <= area.clientWidth")
        over = "cells => cells.some((cell) => cell.scrollWidth > cell.clientWidth + 1)"
        assert not page.outputs.locator("td, th").evaluate_all(over), "a cell is too narrow for what is in it"
        page.picture(f"learn-progress-{width}", page.panel)
        axe(page, page.panel.locator(".jp-CodeCell").first.locator(".jp-OutputArea"))


GUESSED = """\
import os
os.environ["LIVESOCK_PROGRESS"] = "guessed.json"
import livesock as ls
from livesock import learn
learn.reset("05")
learn.strip("05")
"""


def test_a_guess_in_an_instrument_counts_in_the_strip_and_survives_a_restart(chromium: Browser, lab: Lab) -> None:
    name = "guessed.ipynb"
    lab.write(name, GUESSED, "ls.display.borders()")
    with notebook(chromium, lab, name) as page:
        page.run_all()
        view = page.view("Borders of a message")
        expect(page.outputs.first).to_contain_text("predictions 0 of 8")
        view.get_by_role("button", name="two pieces of text").click()
        expect(page.outputs.first).to_contain_text("predictions 1 of 8")
        view.get_by_role("button", name="Send", exact=True).click()
        expect(view.get_by_role("button", name="the whole text, once")).to_contain_text("✓ this happened")
        page.picture("learn-guessed", page.panel)

        page.restart_kernel()
        page.wait_for_kernel()
        page.ask('import os; os.environ["LIVESOCK_PROGRESS"] = "guessed.json"')
        assert "1 of 8: 1 off" in page.ask("from livesock import learn; print(learn.progress().text)")
