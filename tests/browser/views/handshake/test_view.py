"""The opening handshake in a real JupyterLab: read, spoilt, sent; the server's own trace says the same."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.lab import Lab, axe, notebook

pytestmark = pytest.mark.browser

SERVER = """\
import livesock as ls

server = ls.serve("shake", tls=TLS)

@server.websocket("/echo")
async def echo(ws):
    async for message in ws:
        await ws.send(message)
"""

CELL = "shake = ls.display.handshake(server)\nshake"
NAME = "Opening handshake"


def test_a_header_is_edited_deleted_and_added_and_the_real_server_answers(chromium: Browser, lab: Lab) -> None:
    lab.write("shake.ipynb", SERVER.replace("TLS", "False"), CELL)
    with notebook(chromium, lab, "shake.ipynb", width=1600) as page:
        page.run_all()
        page.page.set_viewport_size({"width": 1600, "height": 1400})
        view = page.view(NAME)
        expect(view.locator(".ls-outcome")).to_contain_text("101 Switching Protocols")
        accept = view.get_by_label("What a client checks").locator("li").last.inner_text().rpartition(" ")[2]
        assert len(accept) == 28 and accept in page.ask("print(server.trace.data('>'))"), (
            "the value that crossed the wire"
        )
        axe(page, view)
        page.picture("handshake-light", view)

        view.get_by_label("value of header 5").fill("12")
        expect(view.get_by_label("Rules of RFC 6455")).to_contain_text(
            "Sec-WebSocket-Version must be 13, and here it is"
        )
        view.get_by_label("value of header 5").press("Enter")
        expect(view.locator(".ls-outcome")).to_contain_text("426 Upgrade Required", timeout=15_000)
        assert "Sec-WebSocket-Version: 12" in page.ask("print(server.trace.data('<').decode('latin-1'))")

        expect(view.get_by_role("button", name="Send")).to_be_enabled(timeout=15_000)
        view.get_by_role("button", name="all five headers").click()
        view.get_by_role("button", name="delete header 4").click()
        expect(view.get_by_label("value of header 5")).to_have_count(0)
        view.get_by_role("button", name="Send").click()
        expect(view.locator(".ls-outcome")).to_contain_text("Sec-WebSocket-Key is missing", timeout=15_000)

        view.get_by_role("button", name="+ Header").click()
        expect(view.get_by_label("name of header 5")).to_be_focused()
        page.page.keyboard.type("Sec-WebSocket-Key")
        page.page.keyboard.press("Tab")
        page.page.keyboard.type("dGhlIHNhbXBsZSBub25jZQ==")
        expect(view.get_by_label("Rules of RFC 6455")).to_contain_text("a valid opening handshake")
        expect(view.get_by_role("button", name="Send")).to_be_enabled(timeout=15_000)
        page.page.keyboard.press("Enter")
        expect(view.get_by_label("What a client checks")).to_contain_text(
            "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", timeout=15_000
        )

        view.get_by_role("button", name="no version?").click()
        view.get_by_role("button", name="400 Bad Request").click()
        view.get_by_role("button", name="Send").click()
        expect(view.locator(".ls-options .ls-right")).to_contain_text("426")
        expect(view.locator(".ls-options [aria-pressed=true]")).to_contain_text("your guess")
        page.picture("handshake-guess-light", view)


def test_tls_and_a_refusal_in_the_dark_on_a_narrow_page(chromium: Browser, lab: Lab) -> None:
    lab.write("shaketls.ipynb", SERVER.replace("TLS", "True"), CELL)
    with notebook(chromium, lab, "shaketls.ipynb", width=800, dark=True) as page:
        page.run_all()
        page.command("application:toggle-left-area")
        page.page.set_viewport_size({"width": 800, "height": 1400})
        view = page.view(NAME)
        expect(view.locator(".ls-sequence")).to_contain_text("TLS handshake: TLSv1.3")
        page.picture("handshake-dark-tls", view)

        view.get_by_label("request line").fill("POST /echo HTTP/1.1")
        view.get_by_label("request line").press("Enter")
        expect(view.locator(".ls-outcome")).to_contain_text("405 Method Not Allowed", timeout=15_000)
        axe(page, view)
        page.picture("handshake-dark", view)
