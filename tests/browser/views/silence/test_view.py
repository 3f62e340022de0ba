"""What recv says to silence, in a real JupyterLab: guess, call it, and compare the four."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.lab import Lab, axe, notebook

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("width", "dark"), [(1600, False), (600, True)])
def test_a_thinking_server_and_a_cut_cable_sound_the_same(chromium: Browser, lab: Lab, width: int, dark: bool) -> None:
    name = f"silence-{width}.ipynb"
    lab.write(name, "import livesock as ls\nview = ls.display.silence()\nview")
    with notebook(chromium, lab, name, width=width, dark=dark) as page:
        if width < 800:
            page.command("application:toggle-left-area")
        page.run_all()
        view = page.view("What recv says to silence")
        for key, guess, outcome in (
            ("it thinks", 'b""', "recv gave up after 0.3 s: TimeoutError."),
            ("it ends its direction", 'b""', 'recv returned b"", at once.'),
            ("it crashes", "ConnectionResetError", "recv raised ConnectionResetError."),
            ("the cable is cut", "ConnectionResetError", "recv gave up after 0.3 s: TimeoutError."),
        ):
            view.get_by_role("button", name=key).click()
            view.get_by_role("button", name=guess).focus()
            page.page.keyboard.press("Enter")
            expect(view.get_by_role("button", name=guess)).to_contain_text("your guess")
            view.get_by_role("button", name="Call recv").click()
            expect(view.get_by_text(outcome)).to_be_visible()
            page.picture(f"silence-{width}-{key.split()[-1]}", view)
        expect(view.get_by_text("A thinking server and a cut cable sound the same")).to_be_visible()
        expect(view.get_by_role("button", name="TimeoutError")).to_contain_text("✓ this happened")
        assert page.ask("print(*view.said)").split() == ["TimeoutError"] * 2

        view.locator(".ls-ladder-stage").focus()
        page.page.keyboard.press("ArrowDown")
        expect(view.locator(".ls-step-said")).to_contain_text("server → client: b'one'")
        page.page.keyboard.press("x")
        assert page.panel.locator(".jp-CodeCell").count() == 1, "keys stay in the view"
        axe(page, view)

        view.get_by_role("button", name="it thinks").click()
        view.evaluate(
            """(view) => {
                window.busy = [];
                const cases = [...view.querySelectorAll(".ls-presets button, .ls-options button")];
                const go = view.querySelector(".ls-send");
                new MutationObserver(() => {
                    if (go.textContent === "waiting …") window.busy = cases.map((one) => one.ariaDisabled);
                }).observe(go, { childList: true, characterData: true, subtree: true });
            }"""
        )
        view.get_by_role("button", name="Call recv").click()
        expect(view.get_by_role("button", name="Again")).to_be_visible()
        assert page.page.evaluate("window.busy") == ["true"] * 8, (
            "nothing can be pressed while recv waits, and it shows"
        )
        assert view.locator("[aria-disabled=true]").count() == 0
