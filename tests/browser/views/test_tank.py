"""A slow reader, and who pays, in a real JupyterLab: what the page shows is what the two readers measured."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.lab import Lab, axe, notebook

pytestmark = pytest.mark.browser

CELL = "import livesock as ls\nview = ls.display.tank()\nview"


@pytest.mark.parametrize(("width", "dark"), [(1600, False), (900, True)])
def test_a_policy_is_switched_while_prices_go_on(chromium: Browser, lab: Lab, width: int, dark: bool) -> None:
    name = f"tank-{width}.ipynb"
    lab.write(name, CELL)
    with notebook(chromium, lab, name, width=width, dark=dark) as page:
        page.run_all()
        view = page.view("A slow reader, and who pays")
        start = view.locator(".ls-send")
        start.focus()
        page.page.keyboard.press("Enter")
        expect(view.get_by_text("The server waits for the slow reader")).to_be_visible(timeout=20_000)
        view.get_by_role("button", name="keep all").click()
        expect(view.locator(".ls-number").first).to_have_text(re.compile("^[3-5]. wait"), timeout=20_000)
        page.picture(f"tank-{width}-all", view)
        view.get_by_role("button", name="newest only").click()
        expect(view.locator(".ls-number").first).to_have_text("1 wait", timeout=20_000)
        expect(view.locator(".ls-lost").first).to_contain_text("thrown away")
        expect(view.locator(".ls-number").last).to_have_text("empty")
        expect(start).to_have_text("Start", timeout=20_000)
        expect(view.locator(".ls-outcome")).to_contain_text("fills no row below")

        view.get_by_role("button", name="drop the oldest").click()
        view.get_by_role("button", name="4 a second").click()
        expect(view.locator(".ls-number").first).to_have_text("empty")
        expect(view.locator(".ls-sentence")).to_contain_text("Press Start")
        page.picture(f"tank-{width}-other", view)
        start.click()
        expect(view.locator("tbody tr").nth(2)).to_contain_text("4 a second", timeout=20_000)
        view.locator(".ls-plot").focus()
        page.page.keyboard.press("ArrowRight")
        expect(view.locator(".ls-said")).to_contain_text("After 0.")
        page.page.keyboard.press("x")
        expect(page.panel.locator(".jp-CodeCell")).to_have_count(1)
        page.picture(f"tank-{width}", view)
        axe(page, view)
        assert page.ask("print(view.measured('oldest', 4)['friend'] < 0.6)").strip() == "True"
