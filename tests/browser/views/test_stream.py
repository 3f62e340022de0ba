"""A stream of bytes in a real JupyterLab: what stands under "Returns" is what the receiving end's trace holds."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.browser.lab import Lab, Notebook, axe, notebook

pytestmark = pytest.mark.browser

CELL = "import livesock as ls\nview = ls.display.stream()\nview"


def cups(view: Locator) -> list[str]:
    """Return what the page shows of each return: its letters, and its lengths as numbers."""
    filled = view.locator(".ls-cup:not(.ls-empty)").all()
    return ["".join(cup.locator(".ls-cup-cell").all_inner_texts()) for cup in filled]


def received(page: Notebook) -> list[str]:
    """Return the same, by the trace of the receiving end."""
    shown = "''.join(chr(byte) if byte > 32 else str(byte) for byte in chunk.data)"
    return page.ask(f"print(*({shown} for chunk in view._pour.trace if chunk.direction == '<'))").split()


def test_a_cut_and_a_size_are_moved_and_recv_returns_what_the_page_says(chromium: Browser, lab: Lab) -> None:
    lab.write("stream.ipynb", CELL)
    with notebook(chromium, lab, "stream.ipynb", width=1600) as page:
        page.run_all()
        view = page.view("A stream of bytes")
        view.get_by_role("button", name="3 times").click()
        view.get_by_role("button", name="Run").click()
        expect(view.get_by_text("recv returned once.")).to_be_visible()
        expect(view.get_by_role("button", name="3 times")).to_contain_text("your guess")
        expect(view.locator(".ls-options button").first).to_contain_text("✓ this happened")
        assert cups(view) == received(page) == ["onetwothree"]

        view.get_by_role("slider", name="most bytes of a segment").focus()
        for _ in range(7):
            page.page.keyboard.press("ArrowLeft")
        expect(view.get_by_text("The network cuts after 4 bytes.")).to_be_visible()
        expect(view.get_by_text("Something has moved since. Run again.")).to_be_visible()
        view.get_by_role("slider", name="what recv is asked for").focus()
        page.page.keyboard.press("Home")
        for asked in (2, 3):
            page.page.keyboard.press("ArrowRight")
            expect(view.get_by_text(f"recv({asked})", exact=True)).to_be_visible()
        page.page.keyboard.press("x")
        expect(page.panel.locator(".jp-CodeCell")).to_have_count(1)
        view.get_by_role("button", name="Run").click()
        expect(view.get_by_text("recv returned 5 times.")).to_be_visible()
        assert cups(view) == received(page) == ["one", "t", "wot", "h", "ree"]
        expect(view.locator(".ls-edge .ls-grip")).to_be_visible()  # it may be moved again
        assert page.ask("print(len(view.returned))").strip() == "5"

        view.get_by_role("button", name="One send, one recv?").click()
        view.get_by_role("button", name="4", exact=True).click()
        expect(view.get_by_text("recv(4)", exact=True)).to_be_visible()
        grip = view.locator(".ls-edge .ls-grip")
        grip.hover()
        box, row = grip.bounding_box(), view.locator(".ls-cell").first.bounding_box()
        assert box and row
        page.page.mouse.down()
        page.page.mouse.move(box["x"] + box["width"] / 2 + row["width"], box["y"] + 5, steps=6)
        page.page.mouse.up()
        expect(view.get_by_text("recv(5)", exact=True)).to_be_visible()
        page.picture("stream-1600", view)
        axe(page, view)


def test_with_lengths_it_is_asked_when_the_second_message_is_whole(chromium: Browser, lab: Lab) -> None:
    lab.write("stream-dark.ipynb", CELL)
    with notebook(chromium, lab, "stream-dark.ipynb", width=600, dark=True) as page:
        page.command("application:toggle-left-area")
        page.run_all()
        view = page.view("A stream of bytes")
        view.get_by_role("button", name="With a length in front?").click()
        expect(view.get_by_text("After which return is “two” whole?")).to_be_visible()
        view.get_by_role("button", name="after return 2").focus()
        page.page.keyboard.press("Enter")
        view.get_by_role("button", name="Run").click()

        expect(view.get_by_role("button", name="after return 3")).to_contain_text("✓ this happened")
        expect(
            view.get_by_text("“two” ends with byte 14 of the stream, and return 3 brought that byte.")
        ).to_be_visible()
        assert cups(view) == received(page) == ["0003on", "e0003t", "wo0005", "three"]
        view.get_by_role("button", name="one return back").click()
        expect(view.get_by_text("After return 3: “two” is whole.")).to_be_visible()
        page.picture("stream-600", view)
        axe(page, view)


OWN = """\
import livesock as ls

def pack(payload):
    return len(payload).to_bytes(4, "little") + payload

view = ls.display.stream("né", "ok", pack=pack)
view"""


def test_a_pack_of_the_reader_with_a_wrong_idea_is_seen(chromium: Browser, lab: Lab) -> None:
    lab.write("stream-own.ipynb", OWN)
    with notebook(chromium, lab, "stream-own.ipynb", width=600) as page:
        page.command("application:toggle-left-area")
        page.run_all()
        view = page.view("A stream of bytes")
        expect(view.get_by_text("pack: yours · unpack_all: ours · after return")).to_be_visible()
        view.get_by_role("button", name="After every byte?").click()
        view.get_by_role("button", name="Run").click()

        expect(view.get_by_text("Sent: 2 messages. Found: none.")).to_be_visible(timeout=15_000)
        box = view.get_by_text("length? 50,331,648")
        expect(box).to_be_visible()
        assert box.evaluate(
            "box => box.getBoundingClientRect().right <= box.parentElement.getBoundingClientRect().right + 2"
        )
        page.picture("stream-own", view)
