"""The ten broken servers in a real JupyterLab: pick a row, name a section, and hear whether it is so."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.lab import Lab, axe, notebook

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("width", "dark"), [(1600, False), (600, True)])
def test_a_fault_is_found_by_its_row_and_its_section(chromium: Browser, lab: Lab, width: int, dark: bool) -> None:
    name = f"broken-{width}.ipynb"
    lab.write(
        name,
        "import livesock as ls\nfrom livesock import learn\nview = ls.display.broken()\nview",
        "learn.recall()",
        "learn.article()",
    )
    with notebook(chromium, lab, name, width=width, dark=dark) as page:
        if width < 800:
            page.command("application:toggle-left-area")
        page.run_all()
        view = page.view("Ten broken servers")
        assert view.locator(".ls-hex").evaluate("(hex) => hex.scrollWidth - hex.clientWidth") == 0, "bytes are cut off"
        view.get_by_role("button", name="server pong 8a 00").focus()
        page.page.keyboard.press("Enter")
        view.get_by_label("Section of RFC 6455").select_option("5.5")
        view.get_by_role("button", name="Check").click()
        expect(view.get_by_text("That is the row.")).to_be_visible()
        view.get_by_label("Section of RFC 6455").select_option("5.5.3")
        view.get_by_role("button", name="Check").click()
        expect(view.get_by_text("Found. The ping carried")).to_be_visible()
        expect(view.get_by_text("1 of 10 found.", exact=True)).to_be_visible()
        page.picture(f"broken-{width}", view)
        axe(page, view)

        cards = page.page.locator("section.ls-cards[aria-label='cards']")
        cards.get_by_role("button", name="c · HTTP").click()
        expect(cards.get_by_text("It opens the door, and then it is gone.")).to_be_visible()
        page.picture(f"cards-{width}", cards)
        cards.get_by_role("button", name="next card").click()
        expect(cards.get_by_text("It opens the door, and then it is gone.")).to_have_count(0)
        article = page.page.locator("section.ls-cards[aria-label='the article']")
        article.get_by_role("button", name="wrong", exact=True).click()
        expect(article.get_by_text("has an experiment for it")).to_be_visible()
        page.picture(f"article-{width}", article)
