"""A request by hand in a real JupyterLab: guessed, spoilt, sent."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.lab import Lab, axe, notebook

pytestmark = pytest.mark.browser

CELL = """\
import livesock as ls

server = ls.serve("typed")

@server.get("/hello")
def hello(request):
    return "hello\\n"

view = ls.display.request(server, "/hello", start="end")
view"""


@pytest.mark.parametrize(("width", "dark"), [(1600, False), (600, True)])
def test_a_server_waits_for_the_empty_line(chromium: Browser, lab: Lab, width: int, dark: bool) -> None:
    name = f"request-{width}.ipynb"
    lab.write(name, CELL)
    with notebook(chromium, lab, name, width=width, dark=dark) as page:
        if width < 800:
            page.command("application:toggle-left-area")
        page.run_all()
        view = page.view("A request by hand")
        view.get_by_role("button", name="200 OK").click()
        view.get_by_role("button", name="Send").focus()
        page.page.keyboard.press("Enter")
        expect(view.get_by_text("Nothing came.")).to_be_visible(timeout=15_000)
        expect(view.locator(".ls-right")).to_contain_text("the server waits")

        view.get_by_label("the empty line").check()
        view.get_by_role("button", name="+ Header").click()
        expect(view.get_by_label("name of header 2")).to_be_focused()
        page.page.keyboard.type("Connection")
        page.page.keyboard.press("Tab")
        page.page.keyboard.type("close")
        page.page.keyboard.press("Enter")
        expect(view.locator(".ls-outcome")).to_have_text("200 OK. Then the server hangs up.", timeout=15_000)
        expect(view.get_by_label("The answer as it came")).to_contain_text("hello")
        assert "Connection: close\\r\\n\\r\\n" in page.ask("print(view._request.trace.data('>'))")
        page.picture(f"request-{width}", view)
        axe(page, view)
