"""Lesson 13 in a real JupyterLab: five attacks in the live log, and the page that fetches a ticket."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.lab import Lab, Notebook, axe, notebook

pytestmark = pytest.mark.browser

LESSON = next((Path(__file__).parents[4] / "notebooks").glob("13_*.ipynb"))
CELLS = {cell["id"]: "".join(cell["source"]) for cell in json.loads(LESSON.read_text("utf-8"))["cells"]}
STUBS = [CELLS[name] for name in ("origin-allowed", "tickets", "authenticate", "tokenbucket")]
STARTS = "def origin_allowed(origin, allowed):\n    return bool(origin) and origin.startswith(tuple(allowed))"


def attacked(chromium: Browser, lab: Lab, name: str, *cells: str) -> Notebook:
    lab.write(name, CELLS["imports"], *cells, CELLS["mine"], CELLS["raid"], CELLS["mine-page"])
    return notebook(chromium, lab, name, width=1600)  # type: ignore[return-value]


def test_the_gate_refuses_five_attacks_and_lets_its_own_page_in(chromium: Browser, lab: Lab) -> None:
    with attacked(chromium, lab, "gate.ipynb", *STUBS) as page:
        page.run_all()
        expect(page.outputs.get_by_text("closed with 1008, too fast")).to_be_visible()
        log = page.panel.locator(".ls-view.ls-wire")
        expect(log.get_by_text("too fast").first).to_be_visible()
        view = page.view("A page of your server")
        view.get_by_role("button", name="Open").click()
        inside = view.frame_locator("iframe")
        inside.get_by_role("button", name="Enter").click()
        expect(inside.locator("output")).to_contain_text("dinner is at eight.")
        inside.get_by_role("button", name="Send 40").click()
        expect(inside.locator("output")).to_contain_text("closed with 1008 too fast")
        page.picture("lesson13-gate-1600")
        view.get_by_label("way").select_option("proxy")
        view.get_by_role("button", name="Load again").click()
        inside.get_by_role("button", name="Enter").click()
        expect(inside.locator("output")).to_have_text(" dinner is at eight.")
        axe(page, view)
        page.foreign.clear()


def test_a_gate_with_a_gap_lets_the_page_with_such_a_name_in(chromium: Browser, lab: Lab) -> None:
    lab.write("gap.ipynb", CELLS["imports"], *STUBS[1:], STARTS, CELLS["mine"], CELLS["raid"])
    with notebook(chromium, lab, "gap.ipynb") as page:
        page.run_all()
        said = page.ask("print(dict(raid(ls.connect, mine.url('/room'), gate.tickets.issue('ann'))))")
        assert "'a page whose name begins like ours': 'hears “dinner is at eight”'" in said
