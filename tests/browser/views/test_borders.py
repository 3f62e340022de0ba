"""The borders of a message in a real JupyterLab: moved by mouse and keys, sent, compared with the server's trace."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.lab import Lab, Notebook, axe, notebook

pytestmark = pytest.mark.browser

CELL = "import livesock as ls\nview = ls.display.borders()\nview"

READS = """\
reads = [chunk for chunk in view._server.trace if chunk.direction == "<"]
ours = {{chunk.connection for chunk in reads if chunk.data.startswith(b"GET ")}}
after = [chunk.data for chunk in reads if chunk.connection in ours and not chunk.data.startswith(b"GET ")]
print(*(data.hex() for data in after[-{0}:]))
"""
"""What the server's last reads returned, without the request of the handshake; and without what another program sent:
a kernel of Jupyter looks for its own at ports that are ours by then (seen: the greeting of ZMTP)."""


def reads(page: Notebook, number: int) -> list[str]:
    return page.ask(READS.format(number)).split()


@pytest.mark.parametrize(("width", "dark"), [(1600, False), (600, True)])
def test_a_border_is_moved_and_the_segments_arrive_as_they_were_cut(
    chromium: Browser, lab: Lab, width: int, dark: bool
) -> None:
    name = f"borders-{width}.ipynb"
    lab.write(name, CELL)
    with notebook(chromium, lab, name, width=width, dark=dark) as page:
        if width < 800:
            page.command("application:toggle-left-area")
        page.run_all()
        view = page.view("Borders of a message")
        handle = view.get_by_role("slider").filter(has=page.page.locator(".ls-grip")).last
        before = int(handle.get_attribute("aria-valuenow") or 0)
        handle.focus()
        page.page.keyboard.press("ArrowLeft")
        expect(handle).to_have_attribute("aria-valuenow", str(before - 1))
        expect(handle).to_be_focused()
        page.page.keyboard.press("x")
        expect(page.panel.locator(".jp-CodeCell")).to_have_count(1)

        handle.locator(".ls-grip").hover()
        cell, grip = view.locator(".ls-cell").first.bounding_box(), handle.locator(".ls-grip").bounding_box()
        assert cell and grip
        page.page.mouse.down()
        page.page.mouse.move(grip["x"] + grip["width"] / 2 - 2 * cell["width"], grip["y"] + 5, steps=8)
        page.page.mouse.up()
        expect(handle).to_have_attribute("aria-valuenow", str(before - 3))

        view.get_by_role("button", name="two pieces of text").click()
        view.get_by_role("button", name="Send", exact=True).click()
        expect(view.get_by_text("The handler was called once, with “Hello é”.")).to_be_visible()
        expect(view.get_by_role("button", name="two pieces of text")).to_contain_text("your guess")
        expect(view.get_by_role("button", name="the whole text, once")).to_contain_text("✓ this happened")
        assert reads(page, 3) == page.ask("print(*(piece.hex() for piece in view.pieces))").split()
        assert page.ask("print(view._delivery.steps[-1].heard)").strip() == "('Hello é',)"
        page.picture(f"borders-{width}", view)
        axe(page, view)

        view.get_by_role("button", name="A gigabyte announced?").click()
        view.get_by_role("button", name="Send", exact=True).click()
        expect(view.get_by_text("The server closed with 1009")).to_be_visible()
        assert "close 1009" in page.ask("print([r.summary for r in view._server.trace.only(kind='frame').rows()])")

        view.get_by_role("button", name="cut everywhere").click()
        view.get_by_role("button", name="Send", exact=True).click()
        expect(view.get_by_text("On its way, about 2 s …")).to_be_visible()
