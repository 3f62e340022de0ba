"""Who waits for whom, in a real JupyterLab: the verdict on the page is what the ten clients measured."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.lab import Lab, Notebook, axe, notebook

pytestmark = pytest.mark.browser

CELL = "import livesock as ls\nserver = ls.serve('lanes')\nview = ls.display.loop(server)\nview"


ANSWERS = """\
rows = server.trace.only(kind="frame", direction=">").rows()
times = [row.time for row in rows if row.value.opcode == 1][-160:]
print(len(times), max(b - a for a, b in zip(times, times[1:])))
"""
"""The answers of the last take by the server's trace: how many, and the longest silence between two of them."""


def silence(page: Notebook) -> float:
    count, longest = page.ask(ANSWERS).split()
    assert count == "160", "ten clients, sixteen messages each, and every one was answered"
    return float(longest)


PEERS = """\
import time
end = time.monotonic() + 10
while server.peers and time.monotonic() < end:
    time.sleep(0.02)
print(len(server.peers))
"""


@pytest.mark.parametrize(("width", "dark"), [(1600, False), (800, True)])
def test_a_sleep_is_a_wall_for_all_ten_and_an_await_is_not(chromium: Browser, lab: Lab, width: int, dark: bool) -> None:
    name = f"loop-{width}.ipynb"
    lab.write(name, CELL)
    with notebook(chromium, lab, name, width=width, dark=dark) as page:
        page.run_all()
        view = page.view("Who waits for whom?")
        expect(view.get_by_text("At peace: each client was answered")).to_be_visible(timeout=20_000)
        view.get_by_role("button", name="1 only dan").click()
        view.get_by_role("button", name="Start").click()
        expect(view.get_by_role("button", name="10 all of them")).to_contain_text("✓ this happened", timeout=20_000)
        expect(view.get_by_role("button", name="1 only dan")).to_contain_text("your guess")
        expect(view.get_by_text("All ten waited")).to_be_visible()
        assert silence(page) > 0.9, "the server answered nobody for that second"

        view.locator(".ls-lanes").focus()
        for _ in range(2):
            page.page.keyboard.press("ArrowDown")
        expect(view.locator(".ls-said")).to_contain_text("ann: 16 of 16 messages answered")
        page.page.keyboard.press("x")
        expect(page.panel.locator(".jp-CodeCell")).to_have_count(1)
        page.picture(f"loop-{width}", view)
        axe(page, view)

        view.get_by_role("button", name="one waits").click()
        view.get_by_role("button", name="Start").click()
        expect(view.get_by_role("button", name="1 only dan")).to_contain_text("✓ this happened", timeout=20_000)
        assert silence(page) < 0.5, "the server went on answering the others"
        assert page.ask(PEERS).strip() == "0", "nothing runs between two takes"
