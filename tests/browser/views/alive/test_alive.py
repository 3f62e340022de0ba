"""Lesson 09's instruments in a real JupyterLab: mouse, keys, light and dark, narrow and wide."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.lab import Lab, axe, notebook, overprinted

pytestmark = pytest.mark.browser

HEARTBEAT = "import livesock as ls\nview = ls.display.heartbeat()\nview"
HERD = "import livesock as ls\nview = ls.display.herd(backoff=lambda attempt, base, cap: 0.3)\nview"
DAY = """\
import livesock as ls
from livesock.lessons.lesson09.lend import lent
parts, whose = lent()
view = ls.display.day(*parts, whose=whose)
view"""


@pytest.mark.parametrize(("width", "dark"), [(1600, False), (600, True)])
def test_a_cut_is_guessed_and_moved_by_hand(chromium: Browser, lab: Lab, width: int, dark: bool) -> None:
    name = f"heartbeat-{width}.ipynb"
    lab.write(name, HEARTBEAT)
    with notebook(chromium, lab, name, width=width, dark=dark) as page:
        page.command("application:toggle-left-area")
        page.run_all()
        view = page.view("Who knows that it is over")
        view.get_by_role("button", name="both ends").click()
        expect(view.locator(".ls-bound")).to_have_text("bound: 0.8 s")
        before = view.locator(".ls-bar-limit").first.bounding_box()
        scissors = view.get_by_role("slider", name="When it happens")
        scissors.focus()
        page.page.keyboard.press("ArrowDown")
        expect(scissors).to_have_attribute("aria-valuenow", "0.9")
        after = view.locator(".ls-bar-limit").first.bounding_box()
        assert before and after and after["y"] > before["y"], "the bar hangs on the scissors"

        guess = view.get_by_role("slider", name="Your guess: the client knows")
        box = guess.bounding_box()
        assert box
        page.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        page.page.mouse.down()
        page.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2 + 180, steps=6)
        page.page.mouse.up()
        expect(guess).to_have_text("guess 1.2 s")
        page.picture(f"heartbeat-{width}-plan", view)
        axe(page, view)

        start = view.locator(".ls-send")
        start.focus()
        page.page.keyboard.press("Enter")
        expect(start).to_have_text("Again", timeout=20_000)
        expect(view.locator(".ls-outcome")).to_contain_text("send() returned as always")
        expect(view.locator(".ls-when-known").first).to_have_text(re.compile(r"1\.\d s"))
        expect(view.locator(".ls-foot small").first).to_contain_text("you guessed")
        expect(guess).to_be_hidden()
        page.picture(f"heartbeat-{width}-cut", view)
        words = ".ls-label, .ls-note, .ls-time-bar small, .ls-cut b"
        assert overprinted(view.locator(".ls-ladder"), words) == []
        for story in ("the client hangs", "loop is blocked"):
            view.get_by_role("button", name=story).click()
            start.click()
            expect(view.get_by_role("button", name="an idle proxy")).to_have_attribute("aria-disabled", "true")
            expect(start).to_have_text("Again", timeout=20_000)
            assert overprinted(view.locator(".ls-ladder"), words) == []
            page.picture(f"heartbeat-{width}-{story.split()[-1]}", view)
        view.get_by_role("button", name="an idle proxy").click()
        view.get_by_role("button", name="neither end").click()
        start.click()
        expect(view.locator(".ls-outcome")).to_contain_text("The proxy hung up", timeout=20_000)
        page.picture(f"heartbeat-{width}-proxy", view)
        axe(page, view)
        page.page.keyboard.press("x")
        expect(page.panel.locator(".jp-CodeCell")).to_have_count(1)


@pytest.mark.parametrize(("width", "dark"), [(1600, True), (600, False)])
def test_a_crowd_comes_back(chromium: Browser, lab: Lab, width: int, dark: bool) -> None:
    name = f"herd-{width}.ipynb"
    lab.write(name, HERD)
    with notebook(chromium, lab, name, width=width, dark=dark) as page:
        page.command("application:toggle-left-area")
        page.run_all()
        view = page.view("A hundred clients come back")
        view.get_by_role("button", name="doubling, with jitter").click()
        start = view.locator(".ls-send")
        start.click()
        expect(view.locator(".ls-refused").first).to_be_visible(timeout=20_000)
        expect(start).to_have_text("Restart the server", timeout=30_000)
        expect(view.locator(".ls-sentence")).to_contain_text("100 of 100 are back")
        expect(view.locator("tbody tr").nth(2).locator("td").first).to_have_text(re.compile(r"\d{3}"))
        view.locator(".ls-bars-stage").focus()
        for _ in range(3):
            page.page.keyboard.press("ArrowRight")
        expect(view.locator(".ls-said")).to_contain_text("From 0.2 s")
        page.picture(f"herd-{width}", view)
        axe(page, view)


@pytest.mark.parametrize(("width", "dark"), [(1600, False), (600, True)])
def test_a_day_begins_and_is_stopped(chromium: Browser, lab: Lab, width: int, dark: bool) -> None:
    name = f"day-{width}.ipynb"
    lab.write(name, DAY)
    with notebook(chromium, lab, name, width=width, dark=dark) as page:
        page.command("application:toggle-left-area")
        page.run_all()
        view = page.view("A day of your client")
        view.get_by_role("button", name="ten minutes, in 6 s").click()
        start = view.locator(".ls-send")
        start.click()
        expect(start).to_have_text("Stop")
        expect(start).to_have_text("Begin", timeout=30_000)
        expect(view.locator(".ls-sentence")).to_contain_text("and connected at the end")
        expect(view.locator("tbody tr")).to_have_count(3)
        page.picture(f"day-{width}", view)
        axe(page, view)
        view.get_by_role("button", name="a day, in 14 min").click()
        start.click()
        expect(view.locator(".ls-up").first).to_be_visible(timeout=20_000)
        start.click()
        expect(start).to_have_text("Begin", timeout=20_000)
