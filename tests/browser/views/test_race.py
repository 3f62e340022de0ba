"""The race in a real JupyterLab: guess, start, and see who has to ask."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.lab import Lab, axe, notebook

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("width", "dark"), [(1600, False), (600, True)])
def test_a_race_is_run_and_its_numbers_are_the_kernels(chromium: Browser, lab: Lab, width: int, dark: bool) -> None:
    name = f"race-{width}.ipynb"
    lab.write(name, "import livesock as ls\nview = ls.display.race(events=5)\nview")
    with notebook(chromium, lab, name, width=width, dark=dark) as page:
        if width < 800:
            page.command("application:toggle-left-area")
        page.run_all()
        view = page.view("Who has to ask?")
        view.get_by_label("distance, one way").select_option("25 ms")
        view.get_by_role("button", name="long-polling").click()
        view.get_by_role("button", name="Start", exact=True).focus()
        page.page.keyboard.press("Enter")

        expect(view.get_by_text("moved the fewest")).to_be_visible(timeout=30_000)
        expect(view.get_by_role("button", name="Again", exact=True)).to_be_visible()
        expect(view.locator(".ls-options .ls-right")).to_have_count(1)
        counts = page.ask("print(*[r.requests for r in view._heat.readings.values()])").split()
        assert view.locator("table.ls-numbers").first.locator("tr td:last-child").all_inner_texts() == counts
        dots = page.ask("print(sum(len(lane['dots']) for lane in view.snapshot()['lanes']))")
        expect(view.locator("circle.ls-lanes-dot")).to_have_count(int(dots))

        view.locator(".ls-lanes").focus()
        page.page.keyboard.press("ArrowDown")
        expect(view.locator(".ls-said")).to_contain_text("polling: 5 events;")
        page.page.keyboard.press("x")
        assert page.panel.locator(".jp-CodeCell").count() == 1, "keys stay in the view"
        page.picture(f"race-{width}", view)
        axe(page, view)
