"""Lesson 00's instruments in a real JupyterLab: its own kernels answer, and a message is peeled."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.gallery import CELLS
from tests.browser.lab import Lab, axe, notebook

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("width", "dark"), [(1600, False), (600, True)])
def test_a_kernel_answers_and_the_ladder_grows(chromium: Browser, lab: Lab, width: int, dark: bool) -> None:
    lab.write("kernel.ipynb", "import livesock as ls", CELLS["kernel"])
    with notebook(chromium, lab, "kernel.ipynb", width=width, dark=dark) as page:
        page.run_all()
        if width < 900:
            page.command("application:toggle-left-area")
        page.page.set_viewport_size({"width": width, "height": 1400})
        view = page.view("A question to a kernel")
        expect(view.get_by_label("code for the kernel")).to_have_value("6*7")
        view.get_by_label("code for the kernel").press("Shift+Enter")
        expect(view.locator(".ls-sentence")).to_contain_text("5 answered", timeout=20_000)
        expect(view.locator(".ls-ladder")).to_contain_text("result: 42")
        axe(page, view)
        page.picture(f"kernel-{'dark' if dark else 'light'}", view)

        view.get_by_role("button", name="what if it prints three times?").click()
        expect(view.get_by_label("code for the kernel")).to_have_value(re.compile("print"))
        view.get_by_role("button", name="Run it").click()
        expect(view.locator(".ls-sentence")).to_contain_text("so far")
        expect(view.locator(".ls-ladder")).to_contain_text("print: 2", timeout=20_000)


@pytest.mark.parametrize(("width", "dark"), [(1600, False), (600, True)])
def test_a_message_is_peeled(chromium: Browser, lab: Lab, width: int, dark: bool) -> None:
    lab.write("layers.ipynb", "import livesock as ls", "ls.display.layers()")
    with notebook(chromium, lab, "layers.ipynb", width=width, dark=dark) as page:
        page.run_all()
        if width < 900:
            page.command("application:toggle-left-area")
        page.page.set_viewport_size({"width": width, "height": 1400})
        view = page.view("A message and its layers")
        expect(view.get_by_label("your message")).to_have_value("I like TCP")
        view.get_by_label("your message").fill("hello, you")
        view.get_by_label("your message").press("Enter")
        expect(view.locator(".ls-box-message .ls-text")).to_have_text("hello, you")
        expect(view.locator(".ls-box-message")).not_to_be_visible()
        for layer in ("tls", "frame", "message"):
            view.locator(f".ls-box-{layer} > summary").click()
        expect(view.locator(".ls-box-message .ls-text")).to_be_visible()
        axe(page, view)
        page.picture(f"layers-{'dark' if dark else 'light'}", view)

        view.get_by_role("button", name="ws://, in the clear").click()
        expect(view.locator(".ls-sentence")).to_contain_text("A listener can read all of them")
        expect(view.locator(".ls-box-tls")).to_have_count(0)
