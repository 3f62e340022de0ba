"""Two openings side by side in a real JupyterLab: guessed, opened, read with the keyboard."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.lab import Lab, axe, notebook

pytestmark = pytest.mark.browser

NAME = "Opening a WebSocket"


@pytest.mark.parametrize(("width", "dark"), [(1600, False), (600, True)])
def test_both_are_opened_and_the_guess_is_judged(chromium: Browser, lab: Lab, width: int, dark: bool) -> None:
    lab.write("opening.ipynb", "import livesock as ls", "ls.display.opening()")
    with notebook(chromium, lab, "opening.ipynb", width=width, dark=dark) as page:
        page.run_all()
        if width < 900:
            page.command("application:toggle-left-area")
        page.page.set_viewport_size({"width": width, "height": 1600})
        view = page.view(NAME)
        view.get_by_role("button", name="two round trips").click()
        view.get_by_role("button", name="Open both").click()

        expect(view.locator(".ls-options .ls-right")).to_contain_text("three round trips", timeout=20_000)
        expect(view.locator(".ls-options [aria-pressed=true]")).to_contain_text("your guess")
        expect(view.locator(".ls-foot").first).to_contain_text("2 round trips")
        view.get_by_label("Opening wss://").focus()
        page.page.keyboard.press("ArrowDown")
        expect(view.locator(".ls-said")).to_contain_text("SYN")
        axe(page, view)
        page.picture(f"opening-{'dark' if dark else 'light'}", view)
