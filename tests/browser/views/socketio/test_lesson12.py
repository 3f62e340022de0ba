"""Lesson 12 in a real JupyterLab: the page whose numbers the reader's `Inbox` and `Log` carry across cuts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.lab import Lab, axe, expect, notebook

pytestmark = pytest.mark.browser

LESSON = next((Path(__file__).parents[4] / "notebooks").glob("12_*.ipynb"))
CELLS = {cell["id"]: "".join(cell["source"]) for cell in json.loads(LESSON.read_text("utf-8"))["cells"]}
WRITTEN = """\
from livesock.lessons.lesson12 import inbox, log, outgoing


class Inbox(inbox.Inbox):
    pass


Log, Outgoing = log.Log, outgoing.Outgoing"""


@pytest.mark.parametrize(("width", "dark"), [(1600, False), (600, True)])
def test_numbers_said_while_the_line_is_cut_are_seen_once_and_in_order(
    chromium: Browser, lab: Lab, width: int, dark: bool
) -> None:
    name = f"numbers-{width}.ipynb"
    lab.write(name, CELLS["imports"], WRITTEN, *[CELLS[one] for one in ("prove", "browser", "page")])
    with notebook(chromium, lab, name, width=width, dark=dark) as page:
        page.command("application:toggle-left-area")
        page.run_all()
        expect(page.outputs.get_by_text("Outgoing: ours, Inbox: yours, Log: ours")).to_be_visible()
        expect(page.outputs.get_by_text("200 of 200 schedules")).to_be_visible()
        view = page.view("A page of your server")
        view.get_by_role("button", name="Open").click()
        inside = view.frame_locator("iframe")
        page.ask("mine.trace.wait(lambda _: everyone.sockets(), timeout=10)")
        say, said = inside.get_by_role("button", name="Say a number"), inside.locator("#log")
        say.click()
        expect(said).to_contain_text("-1")
        inside.get_by_role("button", name="Cut").click()
        say.click()  # waits in the client, or is asked again
        page.ask("everyone.emit('said', log.append('news'), 'news')")  # while the page is away
        expect(said).to_contain_text("-2", timeout=15_000)
        texts = said.inner_text().split()
        assert [text.rpartition("-")[2] for text in texts] == ["1", "news", "2"]
        expect(page.panel.locator(".ls-view.ls-wire").get_by_text('event "since" [1]').first).to_be_attached()
        page.picture(f"lesson12-page-{width}", view)
        axe(page, view)
        page.foreign.clear()
