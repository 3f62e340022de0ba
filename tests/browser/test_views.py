"""The views in a real JupyterLab: what the page shows is what the server's own trace says."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.lab import Lab, axe, notebook

pytestmark = pytest.mark.browser


SERVER = """\
import livesock as ls

server = ls.serve("card")

@server.websocket("/echo")
async def echo(ws):
    async for message in ws:
        await ws.send(message)

server
"""


def test_the_card_of_a_server_counts_its_peers_and_stops_it(chromium: Browser, lab: Lab) -> None:
    lab.write("card.ipynb", SERVER, "card = ls.display.server(server)\ncard", "ws = ls.connect(server.url('/echo'))")
    with notebook(chromium, lab, "card.ipynb") as page:
        page.run_all()
        card = page.view("Status of a server")

        expect(card.get_by_role("status").last).to_have_text("1 open connection, 0 errors")
        assert page.ask("print(len(server.peers))").strip() == "1"
        page.picture("server-card", card)
        axe(page, card)

        card.get_by_role("button", name="Stop").click()
        expect(card.locator("strong")).to_have_text('Server "card" is stopped')
        assert page.ask("print(server.is_running)").strip() == "False"

        card.get_by_role("button", name="Start again").click()
        expect(card.locator("strong")).to_have_text('Server "card" is running')
        said = page.ask("with ls.connect(server.url('/echo')) as ws:\n    ws.send('back')\n    print(ws.recv())")
        assert said.strip() == "back"


def test_running_the_cell_again_replaces_the_view_and_its_thread(chromium: Browser, lab: Lab) -> None:
    lab.write("again.ipynb", SERVER, "ls.display.server(server)", "import threading")
    with notebook(chromium, lab, "again.ipynb") as page:
        page.run_all()
        page.run_cell(1)
        page.run_cell(1)

        expect(page.view("Status of a server")).to_have_count(1)
        views = page.ask("print([t.name for t in threading.enumerate() if 'view' in t.name])")
        assert views.count("livesock view") == 1, views


def test_after_a_reload_the_view_lives_and_after_a_restart_it_says_so(chromium: Browser, lab: Lab) -> None:
    lab.write("reload.ipynb", SERVER, "ls.display.server(server)")
    with notebook(chromium, lab, "reload.ipynb") as page:
        page.run_all()
        card = page.view("Status of a server")
        expect(card.locator("strong")).to_have_text('Server "card" is running')

        page.restart_kernel()

        expect(card.get_by_text("No news from the kernel")).to_be_visible(timeout=20_000)
        page.picture("restarted", card)


def test_keys_pressed_on_a_button_of_a_view_leave_the_cells_alone(chromium: Browser, lab: Lab) -> None:
    lab.write("keys.ipynb", SERVER, "ls.display.server(server)", "print('the last cell')")
    with notebook(chromium, lab, "keys.ipynb") as page:
        page.run_all()
        button = page.view("Status of a server").get_by_role("button", name="Stop")
        cells = page.panel.locator(".jp-Cell")
        before = cells.count()
        for key in ("x", "a", "b", "d", "d", "c", "v", "m"):
            button.focus()
            button.press(key)
        expect(cells).to_have_count(before)
        expect(page.panel.locator(".jp-CodeCell")).to_have_count(before)

        button.press("Enter")  # and the keys that belong to the button still work
        expect(page.view("Status of a server").locator("strong")).to_have_text('Server "card" is stopped')
