"""The next morning: a notebook was saved, its kernel is gone, and each output still shows what it is about."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.gallery import CELLS, SERVER
from tests.browser.lab import Lab, Notebook, notebook

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

BEGIN = f"{SERVER}\nlearn.reset('01')\nws = None"

VIEWS = {name: cell for name, cell in CELLS.items() if name != "parsons"}

LEARN = {
    "a choice": ("learn.predict('01.three_sends')", "one send, one receive"),
    "a number": ("learn.predict('04.smallest')", "04.smallest"),
    "blocks": ("learn.parsons('03.accept_key')", "03.accept_key"),
    "a check": ("def accept_key(key): return 'x'\nlearn.check(accept_key, '03.accept_key')", "03.accept_key"),
}


def reopened(page: Notebook, lab: Lab, name: str) -> None:
    """Save, end the kernels, and open the notebook again: its new kernel knows no widget."""
    page.command("docmanager:save")
    lab.end_kernels()
    page.must_be_silent()
    page.open(name)
    page.page.wait_for_timeout(1500)  # polls for nothing: "Loading widget..." ends without an event


def test_every_view_and_every_question_is_there_without_its_kernel(chromium: Browser, lab: Lab) -> None:
    cells = [BEGIN, *VIEWS.values(), *(code for code, _ in LEARN.values())]
    lab.write("morning.ipynb", *cells)
    with notebook(chromium, lab, "morning.ipynb", width=1600) as page:
        page.run_all()
        live = page.panel.locator("section.ls-view:visible")
        expect(live).to_have_count(len(VIEWS))
        expect(page.panel.locator(".ls-still:visible")).to_have_count(0)
        page.panel.get_by_role("radio").first.check()
        expect(page.outputs.get_by_text("Your prediction: a.")).to_be_visible()

        reopened(page, lab, "morning.ipynb")
        shown = page.panel.locator(".jp-CodeCell")
        for number, name in enumerate([*VIEWS, *LEARN], 1):
            still = shown.nth(number).locator(".ls-still")
            expect(still, name).to_be_visible()
            expect(shown.nth(number).get_by_text("Error displaying widget"), name).not_to_be_visible()
            if name in VIEWS:
                assert still.locator("img").evaluate("image => image.complete && image.naturalWidth > 300"), name
            else:
                expect(still, name).to_contain_text(LEARN[name][1])
        expect(shown.nth(len(VIEWS) + 1).get_by_text("Your prediction: a.")).to_be_visible()
        assert all("model" in text or "widget" in text.lower() for text in page.complaints), page.complaints
        page.complaints.clear()
        page.picture("next-morning", page.panel)


def test_the_still_of_a_view_is_what_it_showed_last(chromium: Browser, lab: Lab) -> None:
    say = "ws = ls.connect(server.url('/echo'))\nws.send('Hello')\nws.recv(timeout=5)"
    lab.write("last.ipynb", BEGIN, "log = ls.display.wire(server)\nlog", say, "log.stop()")
    with notebook(chromium, lab, "last.ipynb") as page:
        page.run_all()
        expect(page.view("Live log of server gallery").locator("[data-row]").first).to_be_visible()
        page.command("docmanager:save")
        saved = json.loads((lab.folder / "last.ipynb").read_text("utf-8"))
        still, live = saved["cells"][1]["outputs"]

        reopened(page, lab, "last.ipynb")
        image = page.panel.locator(".ls-still img")
        expect(image).to_be_visible()
        svg = image.evaluate("image => atob(image.src.split(',')[1])")
        page.complaints.clear()

    assert list(live["data"]) == ["application/vnd.jupyter.widget-view+json"]
    assert "text/plain" in still["data"]
    assert "Hello" in svg
