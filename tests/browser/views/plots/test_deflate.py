"""Compression in a real JupyterLab: a guess, five messages over three connections, and the bars that came."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.lab import Lab, axe, notebook

pytestmark = pytest.mark.browser

CELL = "import livesock as ls\nview = ls.display.deflate()\nview"


@pytest.mark.parametrize(("width", "dark"), [(1600, False), (600, True)])
def test_the_bars_are_the_frames_that_crossed(chromium: Browser, lab: Lab, width: int, dark: bool) -> None:
    name = f"deflate-{width}.ipynb"
    lab.write(name, CELL)
    with notebook(chromium, lab, name, width=width, dark=dark) as page:
        if width < 800:
            page.command("application:toggle-left-area")
        page.run_all()
        view = page.view("Five messages, compressed or not")
        view.get_by_role("button", name="as large").focus()
        page.page.keyboard.press("Enter")
        expect(view.get_by_role("button", name="as large")).to_contain_text("your guess")
        view.get_by_role("button", name="Send", exact=True).click()
        expect(view.get_by_role("button", name="a third, or less")).to_contain_text("✓ this happened")
        sizes = page.ask("print(*view.sizes['deflate'])").split()
        small = view.get_by_role("list", name="Frames: permessage-deflate")
        assert [text.removesuffix(" B") for text in small.locator(".ls-mono").all_inner_texts()] == sizes
        expect(view.get_by_text("first byte 1 1 00 0001: RSV1 is 1")).to_have_count(2)
        assert view.evaluate("view => view.scrollWidth <= view.clientWidth")
        page.picture(f"deflate-{width}", view)
        axe(page, view)

        view.get_by_role("button", name="Random bytes?").click()
        view.get_by_role("button", name="Send", exact=True).click()
        expect(view.get_by_text("Compression only adds a few bytes, and work.")).to_be_visible()
