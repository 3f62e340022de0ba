"""The race in a real JupyterLab."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.lab import Lab, axe, notebook

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("width", "dark"), [(1600, False), (800, True)])
def test_a_race_is_run_and_its_numbers_are_the_kernels(chromium: Browser, lab: Lab, width: int, dark: bool) -> None:
    name = f"race-{width}.ipynb"
    lab.write(name, "import livesock as ls\nview = ls.display.race(events=5, gap=0.15)\nview")
    with notebook(chromium, lab, name, width=width, dark=dark) as page:
        page.run_all()
        view = page.view("A race of four ways to deliver news")
        view.get_by_label("distance, one way").select_option("25 ms")
        view.get_by_role("button", name="Start the race").click()
        expect(view.get_by_text("Over: every client has every event.")).to_be_visible(timeout=30_000)

        expect(view.locator("circle.ls-there")).to_have_count(25)
        measured = page.ask("print(*[lane['bytes'] for lane in view._heat.lanes()])").split()
        shown = view.locator("table.ls-numbers").first.locator("tr td:nth-child(4)").all_inner_texts()
        assert shown == measured
        page.picture(f"race-{width}", view)
        axe(page, view)
