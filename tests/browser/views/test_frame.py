"""The bits of a frame in a real JupyterLab: clicked, undone, sent; the server's own trace says the same."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.browser.lab import Lab, axe, notebook

pytestmark = pytest.mark.browser


SERVER = """\
import livesock as ls

server = ls.serve("bits")

@server.websocket("/echo")
async def echo(ws):
    async for message in ws:
        await ws.send(message)
"""

CELL = "bits = ls.display.frame(server=server)\nbits"

RECEIVED = 'print(server.trace.data("<").hex(" "))'


def bit(view: Locator, number: int) -> Locator:
    return view.locator(".ls-bit").nth(number)


def test_a_click_flips_a_bit_and_the_server_refuses_the_frame(chromium: Browser, lab: Lab) -> None:
    lab.write("bits.ipynb", SERVER, CELL)
    with notebook(chromium, lab, "bits.ipynb", width=1600) as page:
        page.run_all()
        view = page.view("Bits of a frame")
        expect(view.locator(".ls-hex")).to_have_text("81 85 37 fa 21 3d 7f 9f 4d 51 58")

        bit(view, 4).hover()
        expect(view.locator(".ls-bit-said")).to_contain_text("opcode = 1 (text)")
        view.get_by_role("button", name="Send these bytes").click()
        expect(view.locator(".ls-outcome")).to_contain_text(
            'the server answers text "Hello", and then nothing', timeout=15_000
        )
        page.picture("frame-light", view)

        bit(view, 9).click()
        expect(view.locator(".ls-hex")).to_have_text("81 c5 37 fa 21 3d 7f 9f 4d 51 58")
        assert page.ask("print(bits.data.hex(' '))").strip() == "81 c5 37 fa 21 3d 7f 9f 4d 51 58"
        expect(view.locator(".ls-verdicts")).to_contain_text("not complete: 64 more bytes must come")
        view.get_by_role("button", name="Undo").click()

        bit(view, 8).click()
        expect(view.locator(".ls-verdicts")).to_contain_text("a client must mask every frame")
        view.get_by_role("button", name="Send these bytes").click()
        expect(view.locator(".ls-outcome")).to_contain_text("closes with 1002 (protocol error)", timeout=15_000)
        page.page.set_viewport_size({"width": 1600, "height": 1400})
        axe(page, view)
        page.picture("frame-refused", view)

        assert page.ask(RECEIVED).strip().endswith("81 05 37 fa 21 3d 7f 9f 4d 51 58"), "these bytes, and no other"


def test_the_keyboard_does_all_that_the_mouse_does(chromium: Browser, lab: Lab) -> None:
    lab.write("keys.ipynb", SERVER, CELL)
    with notebook(chromium, lab, "keys.ipynb", width=800, dark=True) as page:
        page.run_all()
        view = page.view("Bits of a frame")
        expect(bit(view, 0)).to_have_attribute("tabindex", "0")

        bit(view, 0).focus()
        for _ in range(8):
            page.page.keyboard.press("ArrowRight")
        expect(view.locator(".ls-bit-said")).to_contain_text("bit 8: MASK = 1")
        page.page.keyboard.press("Enter")
        expect(view.locator(".ls-bit-said")).to_contain_text("bit 8: MASK = 0")
        expect(bit(view, 8)).to_be_focused()
        page.page.keyboard.press("Space")
        expect(view.locator(".ls-bit-said")).to_contain_text("bit 8: MASK = 1")

        view.get_by_label("opcode", exact=True).select_option("9")
        expect(view.locator(".ls-hex")).to_have_text("89 85 37 fa 21 3d 7f 9f 4d 51 58")
        view.get_by_role("button", name="Reset").click()
        expect(view.locator(".ls-hex")).to_have_text("81 85 37 fa 21 3d 7f 9f 4d 51 58")
        page.command("application:toggle-left-area")
        page.page.set_viewport_size({"width": 600, "height": 1400})
        assert view.locator("table.ls-fields tbody th").evaluate_all(LINES_OF_NAMES) == [1] * 9, "no name is broken"
        page.page.set_viewport_size({"width": 800, "height": 1400})
        axe(page, view)
        page.picture("frame-dark", view)


LINES_OF_NAMES = """all => all.map((head) => {
    const name = document.createRange();
    name.selectNodeContents(head.lastChild);
    return name.getClientRects().length;
})"""
"""On how many lines the name of each field stands."""

LONG = 'ls.display.frame(b"\\x82\\xff" + (65536).to_bytes(8, "big") + bytes(65540), server=server)'


def test_a_long_frame_has_pages_and_a_right_one_nothing_red(chromium: Browser, lab: Lab) -> None:
    lab.write("long.ipynb", SERVER, LONG)
    with notebook(chromium, lab, "long.ipynb", width=1600) as page:
        page.run_all()
        view = page.view("Bits of a frame")
        expect(view.locator(".ls-mono", has_text="bytes 0 to 31 of 65,550")).to_be_visible()
        assert view.locator(".ls-bit").count() == 256
        expect(view.locator(".ls-is-wrong")).to_have_count(0)

        view.get_by_role("button", name="after ▶").click()

        expect(view.locator(".ls-mono", has_text="bytes 32 to 63")).to_be_visible()


GOODBYE = 'ls.display.frame(bytes.fromhex("88 85 37 fa 21 3d 34 12 43 44 52"), guess=True)'
"""The masked Close with 1000 and "bye" of lesson 06."""


def test_bits_of_a_goodbye_turn_it_into_a_word_that_must_not_travel_and_into_a_ping(
    chromium: Browser, lab: Lab
) -> None:
    lab.write("goodbye.ipynb", "import livesock as ls", GOODBYE)
    with notebook(chromium, lab, "goodbye.ipynb", width=1600) as page:
        page.run_all()
        view = page.view("Bits of a frame")
        send = view.get_by_role("button", name="Send these bytes")
        outcome = view.locator(".ls-outcome")

        send.click()
        expect(outcome).to_contain_text("closes with 1000 (normal closure), “bye”", timeout=15_000)

        bit(view, 61).click()
        bit(view, 62).click()
        expect(view.locator(".ls-verdicts")).to_have_text("What will the server say to these bytes? Guess, then send.")
        expect(view.locator(".ls-bit-numbers").nth(7)).to_have_text("bits 56–63")
        page.picture("frame-guess", view)
        send.click()
        expect(view.locator(".ls-verdicts")).to_contain_text("close code 1006 must not be on the wire")
        expect(outcome).to_contain_text("closes with 1002 (protocol error)", timeout=15_000)
        page.picture("frame-goodbye", view)

        view.get_by_role("button", name="Undo").click()
        view.get_by_role("button", name="Undo").click()
        bit(view, 7).click()
        send.click()
        expect(outcome).to_contain_text("answers pong 03 e8 62 79 65", timeout=15_000)
