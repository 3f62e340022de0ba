"""From the key to the accept value in a real JupyterLab: letters are turned by mouse and keys, steps are walked."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.lab import Lab, axe, notebook
from tests.browser.views.handshake.test_view import SERVER

pytestmark = pytest.mark.browser

NAME = "From the key to the accept value"


def test_a_letter_is_turned_and_the_server_agrees(chromium: Browser, lab: Lab) -> None:
    lab.write("accept.ipynb", SERVER.replace("TLS", "False"), "ls.display.accept(server)")
    with notebook(chromium, lab, "accept.ipynb", width=1600) as page:
        page.run_all()
        view = page.view(NAME)
        expect(view.locator(".ls-answer")).to_contain_text("✓ the same")

        view.get_by_label("letter 4 of the key").click()
        expect(view.locator(".ls-sentence")).to_contain_text("20 of 20 bytes of the hash are new")
        expect(view.locator(".ls-answer")).to_contain_text("CMXLmaPVkKh+Zu/8+fHbka9lg00=✓ the same")
        axe(page, view)
        page.picture("accept-light", view)

        page.page.keyboard.press("ArrowDown")
        expect(view.get_by_label("the key", exact=True)).to_have_value("dGhlIHNhbXBsZSBub25jZQ==")
        page.page.keyboard.press("ArrowRight")
        expect(view.get_by_label("letter 5 of the key")).to_be_focused()
        page.page.keyboard.press("x")  # cuts no cell
        expect(page.panel.locator(".jp-CodeCell")).to_have_count(2)


def test_another_way_in_the_dark_on_a_narrow_page(chromium: Browser, lab: Lab) -> None:
    lab.write("accept2.ipynb", SERVER.replace("TLS", "False"), "ls.display.accept(server)")
    with notebook(chromium, lab, "accept2.ipynb", width=600, dark=True) as page:
        page.run_all()
        page.command("application:toggle-left-area")
        page.page.set_viewport_size({"width": 600, "height": 1400})
        view = page.view(NAME)
        view.get_by_role("button", name="the key's 16 bytes, not its text").click()
        expect(view.locator(".ls-answer")).to_contain_text("✕ not the same")
        expect(view.locator(".ls-hashed")).to_contain_text("n")
        view.get_by_label("one step on").click()
        expect(view.locator(".ls-later")).to_have_count(4)

        view.get_by_label("the key", exact=True).fill("abcd")
        expect(view.locator(".ls-answer")).to_contain_text("stands for 3 bytes, not 16")
        axe(page, view)
        page.picture("accept-dark", view)
