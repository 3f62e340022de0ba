"""Lesson 11 in a real JupyterLab: its map, its log, and the page that the reader's `Rooms` and `Router` serve."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.lab import Lab, axe, expect, notebook

pytestmark = pytest.mark.browser

LESSON = next((Path(__file__).parents[4] / "notebooks").glob("11_*.ipynb"))
CELLS = {cell["id"]: "".join(cell["source"]) for cell in json.loads(LESSON.read_text("utf-8"))["cells"]}
WRITTEN = """\
from livesock.lessons.lesson11 import rooms, router


class Rooms(rooms.Rooms):
    pass


class Router(router.Router):
    pass"""
FORGETS = WRITTEN.replace(
    "    pass", "    def targets(self, rooms, exclude=()):\n        return super().targets(rooms)", 1
)


def test_the_map_s_form_is_heard_as_guessed_and_a_seat_filters_the_log(chromium: Browser, lab: Lab) -> None:
    names = ("imports", "point", "people", "map", "wire", "confront-5")
    lab.write("hears.ipynb", *[CELLS[name] for name in names])
    with notebook(chromium, lab, "hears.ipynb", width=1600) as page:
        page.run_all()
        view, log = page.view("Map of a server"), page.panel.locator(".ls-view.ls-wire")
        view.get_by_role("button", name="Ben", exact=True).click()
        view.get_by_role("button", name='ann.to("red").emit(…)').click()
        expect(view.get_by_text("You were right about 4 of 4.")).to_be_visible()
        expect(view.get_by_text("does not hear it: the sender is left out")).to_be_visible()

        view.get_by_role("button", name="let Dan join /vip").click()
        expect(view.get_by_text("Refused: not on the list")).to_be_visible()
        view.get_by_role("button", name="Cat's seat in /point").click()
        expect(log.get_by_text("refused by /vip: not on the list")).to_have_count(1)  # Cat's, and not Dan's
        page.picture("lesson11-map-1600", view)
        axe(page, view)


def test_a_wave_is_heard_in_the_room_and_seen_in_the_log(chromium: Browser, lab: Lab) -> None:
    lab.write("waves.ipynb", CELLS["imports"], WRITTEN, *[CELLS[name] for name in ("mine", "mine-wire", "mine-page")])
    with notebook(chromium, lab, "waves.ipynb", width=600, dark=True) as page:
        page.command("application:toggle-left-area")
        page.run_all()
        expect(page.outputs.get_by_text("Rooms: yours, Router: yours")).to_be_visible()
        view = page.view("A page of your server")
        view.get_by_role("button", name="Open").click()
        inside = view.frame_locator("iframe")
        page.ask("mine.trace.wait(lambda _: len(name_of) == 3, timeout=10)")
        inside.get_by_role("button", name="Ann in red").click()
        heard = inside.locator("output")
        expect(heard).to_have_text([" heard by Ben.", " Ann waves.", ""])
        expect(page.panel.locator(".ls-view.ls-wire").get_by_text('event "waved" ["Ann"]')).to_have_count(1)
        page.picture("lesson11-page-600", view)
        axe(page, view)
        page.foreign.clear()


def test_a_room_that_leaves_no_one_out_is_seen_by_the_sender(chromium: Browser, lab: Lab) -> None:
    lab.write("echoes.ipynb", CELLS["imports"], FORGETS, CELLS["mine"], CELLS["mine-page"])
    with notebook(chromium, lab, "echoes.ipynb") as page:
        page.run_all()
        view = page.view("A page of your server")
        view.get_by_role("button", name="Open").click()
        inside = view.frame_locator("iframe")
        page.ask("mine.trace.wait(lambda _: len(name_of) == 3, timeout=10)")
        inside.get_by_role("button", name="Ann in red").click()
        expect(inside.locator("output").first).to_contain_text("Ann waves.")
        expect(inside.locator("output").first).to_contain_text("heard by Ann and Ben.")
        page.foreign.clear()
