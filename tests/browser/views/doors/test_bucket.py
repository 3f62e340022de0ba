"""A bucket that fills, in a real JupyterLab."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.lab import Lab, axe, notebook

pytestmark = pytest.mark.browser

OWN = """import livesock as ls

class TokenBucket:
    def __init__(self, rate, burst, clock):
        pass
    def take(self):
        return True

view = ls.display.bucket({name})
view"""


@pytest.mark.parametrize(("width", "dark"), [(1600, False), (600, True)])
def test_a_burst_gets_through_and_a_flood_is_stopped(chromium: Browser, lab: Lab, width: int, dark: bool) -> None:
    name = f"bucket-{width}.ipynb"
    lab.write(name, OWN.format(name=""))
    with notebook(chromium, lab, name, width=width, dark=dark) as page:
        if width < 800:
            page.command("application:toggle-left-area")
        page.run_all()
        view = page.view("A bucket that fills")
        view.get_by_role("group", name="rate", exact=True).get_by_role("button", name="1 a second").click()
        view.get_by_role("button", name="40 at once").focus()
        page.page.keyboard.press("Enter")
        expect(view.locator(".ls-stopped").first).to_be_visible(timeout=15_000)
        expect(view.locator(".ls-counts")).to_contain_text("10 got through, 30 were stopped")
        page.picture(f"bucket-{width}", view)
        axe(page, view)
        view.get_by_role("button", name="8 a second").click()
        expect(view.locator(".ls-dots i")).to_have_count(60, timeout=20_000)
        view.get_by_role("button", name="none").click()


def test_a_bucket_of_one_s_own_that_is_wrong_is_marked(chromium: Browser, lab: Lab) -> None:
    lab.write("bucket-own.ipynb", OWN.format(name="TokenBucket"))
    with notebook(chromium, lab, "bucket-own.ipynb") as page:
        page.run_all()
        view = page.view("A bucket that fills")
        expect(view.get_by_text("TokenBucket: yours")).to_be_visible()
        view.get_by_role("button", name="40 at once").click()
        expect(view.get_by_text("judged otherwise than by a bucket of ours")).to_be_visible(timeout=15_000)
        assert view.locator(".ls-judged-wrong").count() > 20
