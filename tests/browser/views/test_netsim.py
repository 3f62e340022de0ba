"""The knobs of a network in a real JupyterLab."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.lab import Lab, axe, notebook

pytestmark = pytest.mark.browser

CELL = "import livesock as ls\nserver = ls.serve('far')\nfar = ls.netsim(server)\nls.display.netsim(far)"


@pytest.mark.parametrize(("width", "dark"), [(1600, False), (800, True)])
def test_knobs_turn_the_network_and_a_refused_turn_goes_back(
    chromium: Browser, lab: Lab, width: int, dark: bool
) -> None:
    name = f"netsim-{width}.ipynb"
    lab.write(name, CELL)
    with notebook(chromium, lab, name, width=width, dark=dark) as page:
        page.run_all()
        view = page.view("A simulated network")
        delay = view.get_by_label("delay")
        delay.fill("0.1")
        delay.press("Tab")
        view.get_by_label("black hole").check()
        expect(delay).to_have_value("0.1")
        assert page.ask("print(far.delay)").strip() == "0.1"

        view.get_by_label("chunk").fill("many")
        view.get_by_label("chunk").press("Tab")
        expect(view.locator(".ls-notice")).to_contain_text("chunk")
        expect(view.get_by_label("chunk")).to_have_value("")
        assert page.ask("print(far.chunk, far.black_hole)").strip() == "None True"
        page.picture(f"netsim-{width}", view)
        axe(page, view)
