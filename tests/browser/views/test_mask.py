"""A text and its mask in a real JupyterLab: bits of the key are flipped, and frames cross a real connection."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.browser.lab import Lab, axe, notebook

pytestmark = pytest.mark.browser

CELL = "import livesock as ls\nview = ls.display.mask()\nview"


def on_the_wire(view: Locator) -> str:
    return " ".join(view.locator(".ls-column .ls-place:nth-child(3) .ls-mono").all_inner_texts())


def test_the_same_text_twice_and_a_bit_of_the_key(chromium: Browser, lab: Lab) -> None:
    lab.write("mask.ipynb", CELL)
    with notebook(chromium, lab, "mask.ipynb", width=1600) as page:
        page.run_all()
        view = page.view("A text and its mask")
        expect(view.get_by_text("“same” with the key 37 fa 21 3d is 44 9b 4c 58 on the wire.")).to_be_visible()

        for number in (1, 2):
            view.get_by_role("button", name="New key, send").click()
            expect(view.locator(".ls-sent tbody tr")).to_have_count(number)
            expect(view.locator(".ls-sent tbody tr").last).to_contain_text('text "same"')
        one, two = page.ask("for frame in view.frames: print(frame.hex(' '))").splitlines()
        assert one != two and one[:5] == two[:5] == "81 84"
        shown = [" ".join(row.locator(".ls-sent-byte").all_inner_texts()) for row in view.locator("tbody tr").all()]
        assert shown == [one, two]
        page.picture("mask-1600", view)

        view.get_by_role("button", name="Twelve times the same letter?").click()
        expect(view.locator(".ls-column")).to_have_count(12)
        assert on_the_wire(view) == " ".join(["56 9b 40 5c"] * 3)
        view.locator(".ls-column").nth(5).hover()
        view.get_by_role("button", name="bit 0 of key byte 2").click()
        expect(view.get_by_role("button", name="bit 0 of key byte 2")).to_have_attribute("aria-pressed", "false")
        assert on_the_wire(view) == " ".join(["56 1b 40 5c"] * 3)
        axe(page, view)


def test_the_keyboard_walks_types_and_goes_back(chromium: Browser, lab: Lab) -> None:
    lab.write("mask-dark.ipynb", CELL)
    with notebook(chromium, lab, "mask-dark.ipynb", width=600, dark=True) as page:
        page.command("application:toggle-left-area")
        page.run_all()
        view = page.view("A text and its mask")
        view.get_by_role("textbox", name="the text").fill("é, a key")
        expect(view.locator(".ls-column")).to_have_count(9)
        view.locator(".ls-column").first.focus()
        for _ in range(4):
            page.page.keyboard.press("ArrowRight")
        expect(view.get_by_text("Byte 1 of the key is used for bytes 1, 5, 9.")).to_be_visible()
        page.page.keyboard.press("x")
        expect(page.panel.locator(".jp-CodeCell")).to_have_count(1)

        before = on_the_wire(view)
        view.get_by_role("button", name="And how does it come back?").click()
        expect(view.get_by_text("and “é, a key” is back.")).to_be_visible()
        assert " ".join(view.locator(".ls-column .ls-place:nth-child(1) .ls-mono").all_inner_texts()) == before
        view.get_by_role("button", name="Send with this key").focus()
        page.page.keyboard.press("Enter")
        expect(view.locator(".ls-sent tbody tr")).to_contain_text("é, a key")
        for label in view.locator(".ls-bit-name").all():
            name, value = (part.bounding_box() for part in label.locator(":scope > *").all())
            assert name and value and name["x"] + name["width"] < value["x"], "the name and the value do not touch"
        page.picture("mask-600", view)
        axe(page, view)
