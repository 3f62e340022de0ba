"""The live log in a real JupyterLab: what it shows is what the server's own trace says."""

from __future__ import annotations

import pytest
from browser.lab import Lab, axe, notebook
from playwright.sync_api import Browser, expect

pytestmark = [pytest.mark.interop, pytest.mark.slow]

SERVER = """\
import livesock as ls

server = ls.serve("wire")

@server.websocket("/echo")
async def echo(ws):
    async for message in ws:
        await ws.send(message)

log = ls.display.wire(server)
log
"""

SAY = "ws = ls.connect(server.url('/echo'))\nws.send('Hello')\nws.recv(timeout=5)"


def test_rows_appear_as_they_happen_and_a_picked_one_shows_its_bytes(chromium: Browser, lab: Lab) -> None:
    lab.write("wire.ipynb", SERVER, SAY)
    with notebook(chromium, lab, "wire.ipynb", width=1600) as page:
        page.run_all()
        log = page.view("Live log of server wire")
        lines = log.locator("[data-row]")
        expect(lines).to_have_count(5)
        truth = page.ask("print('\\n'.join(row.summary for row in server.trace.rows()))").splitlines()
        assert log.locator("[data-row] .ls-summary").all_inner_texts() == truth

        lines.nth(3).click()
        expect(log.get_by_role("button", name="masking key")).to_be_visible()
        sent = page.ask("print(server.trace.rows()[3].data.hex(' '))").split()
        assert log.locator(".ls-hex-cells span").all_inner_texts() == sent
        page.picture("wire-light", log)
        axe(page, log)
