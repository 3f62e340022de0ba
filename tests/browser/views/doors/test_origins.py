"""Who reads the room, in a real JupyterLab: the kernel's pages, and this Chromium as pages of other origins."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.lab import Lab, Notebook, axe, notebook

pytestmark = pytest.mark.browser

REFUSED = ("localhost", "/room", "Failed to load resource")
"""What Chromium writes into its console about a request that was refused or hidden, as it should be."""

CELL = "import livesock as ls\nview = ls.display.origins()\nview"


@pytest.mark.parametrize(("width", "dark"), [(1600, False), (600, True)])
def test_a_stranger_s_page_really_reads_until_the_server_looks(
    chromium: Browser, lab: Lab, width: int, dark: bool
) -> None:
    name = f"origins-{width}.ipynb"
    lab.write(name, CELL)
    with notebook(chromium, lab, name, width=width, dark=dark) as page:
        if width < 800:
            page.command("application:toggle-left-area")
        page.run_all()
        view = page.view("Who reads the room")
        cell = view.get_by_role("row", name="a stranger’s page").get_by_role("button")
        expect(cell.last).to_contain_text("reads “dinner is at eight”")
        view.get_by_role("button", name="Let my own browser ask").click()
        expect(view.get_by_text("6 times as the kernel played it")).to_be_visible(timeout=20_000)
        expect(cell.first).to_contain_text("your browser: sees TypeError")
        expect(cell.last).to_contain_text("your browser: reads “dinner is at eight”")
        page.picture(f"origins-{width}-cors", view)
        axe(page, view)

        view.get_by_role("button", name="Origin").first.focus()
        page.page.keyboard.press("Enter")
        expect(cell.last).to_contain_text("refused: 403", timeout=20_000)
        view.get_by_role("button", name="Let my own browser ask").click()
        expect(view.get_by_text("6 times as the kernel played it")).to_be_visible(timeout=20_000)
        expect(cell.last).to_contain_text("your browser: sees close code 1006")
        view.get_by_role("row", name="under a false name").get_by_role("button").first.click()
        expect(view.get_by_text("Only Host tells")).to_be_visible()
        page.picture(f"origins-{width}-origin", view)
        axe(page, view)
        forgive(page)


def forgive(page: Notebook) -> None:
    """Pages of other origins were asked for, and refused, on purpose."""
    page.foreign.clear()
    page.complaints[:] = [one for one in page.complaints if not any(part in one for part in REFUSED)]


def test_a_token_is_asked_for_and_the_app_s_page_has_it(chromium: Browser, lab: Lab) -> None:
    lab.write("origins-token.ipynb", CELL)
    with notebook(chromium, lab, "origins-token.ipynb") as page:
        page.run_all()
        view = page.view("Who reads the room")
        view.get_by_role("button", name="Token").click()
        ours, theirs = (view.get_by_role("row", name=name).get_by_role("button") for name in ("app’s", "stranger’s"))
        expect(theirs.last).to_contain_text("refused: 4401", timeout=20_000)
        view.get_by_role("button", name="Let my own browser ask").click()
        expect(view.get_by_text("6 times as the kernel played it")).to_be_visible(timeout=20_000)
        expect(ours.first).to_contain_text("your browser: reads")
        expect(ours.last).to_contain_text("your browser: reads")
        expect(theirs.last).to_contain_text("your browser: sees close code 4401")

        view.get_by_role("button", name="Cookie not").click()
        expect(view.get_by_role("button", name="Let my own browser ask")).to_be_disabled()
        expect(view.get_by_text("depends on SameSite")).to_be_visible()
        forgive(page)
