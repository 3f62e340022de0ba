"""Schemes and transports in a real JupyterLab: a click connects, and the table says how."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.browser.lab import Lab, axe, expect, notebook

pytestmark = pytest.mark.browser

CELLS = ("import livesock as ls", "view = ls.display.ways()\nview")


@pytest.mark.parametrize(("width", "dark"), [(1600, False), (600, True)])
def test_the_table_fills_and_the_proxy_changes_half_of_it(chromium: Browser, lab: Lab, width: int, dark: bool) -> None:
    name = f"ways-{width}.ipynb"
    lab.write(name, *CELLS)
    with notebook(chromium, lab, name, width=width, dark=dark) as page:
        page.command("application:toggle-left-area")
        page.run_all()
        view = page.view("Schemes and transports")
        view.get_by_role("button", name="wss, no option: not tried").click()
        expect(view.get_by_role("button", name="wss, no option: first polling, polling → WebSocket")).to_be_visible()
        expect(view.get_by_text("1 of 12 tried.")).to_be_visible()

        view.get_by_role("button", name="Try all twelve").click()
        expect(view.get_by_text("In each column all four are alike")).to_be_visible()
        view.get_by_label("a proxy takes Upgrade out").click()
        expect(view.get_by_label("a proxy takes Upgrade out")).to_be_checked()  # once the kernel has said so
        expect(view.get_by_text("behind a proxy that takes Upgrade out")).to_be_visible()
        view.get_by_role("button", name="Try all twelve").click()
        expect(view.get_by_text("the proxy cannot read what TLS hides")).to_be_visible()
        assert page.ask("print(view.measured['ws', 'websocket'])").strip() == "('websocket', 'none')"
        page.picture(f"ways-{width}", view)
        axe(page, view)
