"""Numbers across a cut, in a real JupyterLab: switches, a run, and what the page then shows."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.lab import Lab, axe, notebook, overprinted

pytestmark = pytest.mark.browser

CELL = "import livesock as ls\nview = ls.display.cut()\nview"
NAME = "Ten numbers each way, across a cut"


@pytest.mark.parametrize(("width", "dark"), [(1600, False), (600, True)])
def test_switches_change_what_arrives(chromium: Browser, lab: Lab, width: int, dark: bool) -> None:
    name = f"cut-{width}.ipynb"
    lab.write(name, CELL)
    with notebook(chromium, lab, name, width=width, dark=dark) as page:
        page.command("application:toggle-left-area")
        page.run_all()
        view = page.view(NAME)
        start = view.locator(".ls-send")
        page.picture(f"cut-{width}-before", view)
        start.focus()
        page.page.keyboard.press("Enter")
        expect(view.locator(".ls-sentence")).to_contain_text("5 6 lost, 7 8 late", timeout=20_000)
        expect(view.locator(".ls-sentence")).to_contain_text("To the client: 4 5 6 7 8 lost")
        expect(view.locator(".ls-counts").first).to_contain_text("8 sent, 2 kept")
        page.picture(f"cut-{width}", view)

        view.get_by_role("button", name="retry client.call").click()
        view.get_by_role("button", name="offset sessions").click()
        expect(view.get_by_role("button", name="offset sessions")).to_have_attribute("aria-pressed", "true")
        start.click()
        expect(view.locator(".ls-sentence")).to_contain_text("4 twice", timeout=20_000)
        expect(view.locator(".ls-sentence")).to_contain_text("4 5 6 7 8 recovered")
        expect(view.locator("svg").first).to_have_attribute(
            "aria-label", "From the client to the server, which got: 1 2 3 4 4 5 6 7 8 9 10"
        )
        page.picture(f"cut-{width}-again", view)
        expect(view.locator(".ls-belief").first).to_be_visible()
        for number in range(2):
            assert overprinted(view.locator(".ls-bands svg").nth(number), ".ls-word") == []
        axe(page, view)
        assert page.ask("print(view.measured('retry', 'recovery')[1] == [*range(1, 11)])").strip() == "True"
