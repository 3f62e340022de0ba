"""The ladder of stages in a real JupyterLab: it fills while a server is judged, and a failure shows its bytes."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from livesock.lessons.lesson15.mutants import program
from tests.browser.lab import Lab, axe, notebook

pytestmark = pytest.mark.browser


@pytest.mark.timeout(240)
@pytest.mark.parametrize(("width", "dark"), [(1600, False), (600, True)])
def test_the_ladder_fills_up_to_the_stage_that_fails(chromium: Browser, lab: Lab, width: int, dark: bool) -> None:
    (lab.folder / "pongs.py").write_text(program("other_pong"), "utf-8")
    name = f"stages-{width}.ipynb"
    lab.write(name, "import livesock as ls\nview = ls.display.stages('pongs.py')\nview")
    with notebook(chromium, lab, name, width=width, dark=dark) as page:
        if width < 800:
            page.command("application:toggle-left-area")
        page.run_all()
        view = page.view("Stages of a WebSocket server")
        page.picture(f"stages-before-{width}", view)
        view.get_by_role("button", name="5 text").focus()
        page.page.keyboard.press("Enter")
        expect(view.get_by_text("5 · Read one masked text")).to_be_visible()
        expect(view.get_by_text("81 85 37 fa 21 3d 7f 9f 4d 51 58").first).to_be_visible()

        view.get_by_role("button", name="Climb").click()
        expect(view.get_by_role("button", name="9 ping: failed")).to_be_visible(timeout=90_000)
        expect(view.get_by_role("button", name="8 clients: passed")).to_be_visible()
        expect(view.get_by_text("Stage 8 of 12 reached.")).to_be_visible()
        expect(view.get_by_text("got 8a 00 (empty pong)").first).to_be_visible()
        page.picture(f"stages-{width}", view)
        axe(page, view)
