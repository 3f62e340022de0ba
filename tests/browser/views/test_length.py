"""The length of a frame in a real JupyterLab: the slider moves, and the header grows as the trace says."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.browser.lab import Lab, axe, notebook

pytestmark = pytest.mark.browser

CELL = "import livesock as ls\nview = ls.display.length()\nview"


def header(view: Locator, end: str) -> list[str]:
    """Return the bytes of a frame that stand before its payload, as the page shows them."""
    row = view.get_by_role("group", name=f"The {end}'s frame")
    return row.locator(".ls-cell:not(.ls-group-payload):not(.ls-group-blank) .ls-cell-hex").all_inner_texts()


def test_the_header_grows_with_the_slider_and_is_what_crossed(chromium: Browser, lab: Lab) -> None:
    lab.write("length.ipynb", CELL)
    with notebook(chromium, lab, "length.ipynb", width=1600) as page:
        page.run_all()
        view = page.view("The length of a frame")
        expect(
            view.get_by_text("125 bytes. Header: 2 from the client and 4 of key, 2 from the server.")
        ).to_be_visible()
        expect(view.get_by_role("button", name="126", exact=False).first).to_contain_text("?")

        expect(view.locator(".ls-form b")).to_have_text(["2 bytes", "? bytes", "? bytes"])  # the reader is to guess
        view.get_by_role("slider").focus()
        page.page.keyboard.press("ArrowRight")
        expect(
            view.get_by_text("126 bytes. Header: 4 from the client and 4 of key, 4 from the server.")
        ).to_be_visible()
        assert header(view, "server") == ["81", "7e", "00", "7e"]
        expect(view.locator(".ls-form b")).to_have_text(["2 bytes", "4 bytes", "? bytes"])
        assert " ".join(header(view, "client")) == page.ask("print(view._trip.sent.data[:8].hex(' '))").strip()
        expect(view.get_by_text("the seven bits say 126: the length stands in the next 2 bytes")).to_be_visible()
        page.page.keyboard.press("x")
        expect(page.panel.locator(".jp-CodeCell")).to_have_count(1)

        view.get_by_role("button", name="65,536").click()
        expect(
            view.get_by_text("65,536 bytes. Header: 10 from the client and 4 of key, 10 from the server.")
        ).to_be_visible()
        assert header(view, "server") == ["81", "7f", "00", "00", "00", "00", "00", "01", "00", "00"]
        view.get_by_role("button", name="one byte less").click()
        expect(
            view.get_by_text("65,535 bytes. Header: 4 from the client and 4 of key, 4 from the server.")
        ).to_be_visible()
        assert "126: (4, 4)" in page.ask("print(view.headers)")
        page.picture("length-1600", view)
        axe(page, view)


def test_a_server_that_is_wrong_is_shown_with_its_bytes(chromium: Browser, lab: Lab) -> None:
    wrong = """\
import livesock as ls
from livesock import learn

def encode_frame(opcode, payload, fin=True, mask_key=None):
    return bytes([(0x80 if fin else 0) | opcode, len(payload) % 128]) + payload

with_mistake = ls.serve("with a mistake")

@with_mistake.websocket("/mine")
async def mine(ws):
    await ws.send(learn.lend(ws, encode_frame))
    async for message in ws:
        await ws.send(message)

ls.display.length(server=with_mistake, path="/mine")"""
    lab.write("wrong.ipynb", wrong)
    with notebook(chromium, lab, "wrong.ipynb", width=600, dark=True) as page:
        page.command("application:toggle-left-area")
        page.run_all()
        view = page.view("The length of a frame")
        expect(
            view.get_by_text("125 bytes. Header: 2 from the client and 4 of key, 2 from the server.")
        ).to_be_visible()

        labels = view.locator(".ls-span b:visible, .ls-span span:visible")
        assert set(labels.all_inner_texts()) >= {"1st", "len", "key", "payload", "header: 2 bytes"}
        assert labels.evaluate_all("all => all.filter((one) => one.scrollWidth > one.clientWidth).length") == 0

        view.get_by_role("button", name="one byte more").click()

        expect(view.get_by_text("No echo: the server's frame announces more bytes than came.")).to_be_visible(
            timeout=15_000
        )
        row = view.get_by_role("group", name="The server's frame")
        assert row.locator(".ls-cell-hex").all_inner_texts()[:4] == ["81", "7e", "54", "68"]
        page.picture("length-600", view)
        axe(page, view)
