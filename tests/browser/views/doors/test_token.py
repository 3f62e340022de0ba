"""Where the token went, in a real JupyterLab; and what a page of this Chromium can and cannot send."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

import livesock as ls
from tests.browser.conftest import Tabs
from tests.browser.lab import Lab, axe, notebook

pytestmark = pytest.mark.browser

CELL = "import livesock as ls\nview = ls.display.token()\nview"

CLIENT = """<!doctype html><link rel="icon" href="data:,"><script src="/socket.io/socket.io.js"></script>
<output></output><script>
const transports = [new URLSearchParams(location.search).get("by")];
const options = { transports, extraHeaders: { Authorization: "Bearer x" }, auth: { token: "y" }, reconnection: false };
io(options).on("seen", (...seen) => { document.querySelector("output").textContent = seen.join(" "); });
</script>"""


@pytest.mark.parametrize(("width", "dark"), [(1600, True), (600, False)])
def test_the_log_keeps_what_stands_in_the_url(chromium: Browser, lab: Lab, width: int, dark: bool) -> None:
    name = f"token-{width}.ipynb"
    lab.write(name, CELL)
    with notebook(chromium, lab, name, width=width, dark=dark) as page:
        if width < 800:
            page.command("application:toggle-left-area")
        page.run_all()
        view = page.view("Where the token went")
        expect(view.get_by_text("“welcome, Ann”")).to_be_visible()
        expect(view.locator("mark")).to_have_count(2)
        page.picture(f"token-{width}-url", view)
        for way in ("Authorization", "cookie", "subprotocol", "first message"):
            view.get_by_role("button", name=way).click()
            expect(view.get_by_text("finds nothing to try")).to_be_visible()
        view.get_by_role("button", name="one-time ticket").focus()
        page.page.keyboard.press("Enter")
        expect(view.get_by_text("closed with 4401")).to_be_visible()
        expect(view.locator("tbody tr").last).to_contain_text("one-time ticket")
        page.picture(f"token-{width}-ticket", view)
        axe(page, view)


def test_a_page_has_no_argument_for_headers(tabs: Tabs) -> None:
    with ls.serve("headers") as server:
        server.get("/")(lambda request: '<!doctype html><link rel="icon" href="data:,">')
        tab = tabs.open(server.url("/", "http"))

        said = tab.evaluate(
            """() => { try { new WebSocket(`ws://${location.host}/room`, { headers: { Authorization: "Bearer x" } }) }
                       catch (error) { return `${error.name}: ${error.message}` } }"""
        )

        assert said.startswith("SyntaxError") and "[object Object]" in said


@pytest.mark.parametrize(("by", "header"), [("polling", "Bearer x"), ("websocket", "nothing")])
def test_extra_headers_of_the_official_client_are_sent_when_it_polls(tabs: Tabs, by: str, header: str) -> None:
    with ls.serve("extra") as server:

        @server.of("/").on_connected
        async def tell(socket: ls.Socket) -> None:
            authorization = socket.handshake.headers.get("authorization", "nothing")
            socket.emit("seen", authorization, socket.handshake.auth["token"])

        server.get("/")(lambda request: CLIENT)
        tab = tabs.open(f"{server.url('/', 'http')}?by={by}")

        expect(tab.locator("output")).to_have_text(f"{header} y")
