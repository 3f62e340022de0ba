"""Whatever comes over the wire, it stays text, in its place, in the width of the page."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Dialog, expect

from livesock.display.views.map.seating import MAX_AREAS
from tests.browser.lab import Lab, notebook

pytestmark = pytest.mark.browser

SERVER = """\
import livesock as ls

server = ls.serve("hostile")

@server.websocket("/echo")
async def echo(ws):
    async for message in ws:
        await ws.send(message)

@server.of("/point").on("say")
def say(socket, *values):
    socket.emit("said", *values)
"""
VIEWS = ("ls.display.wire(server)", "ls.display.map(server)")
SAY = """\
lines = [
    "x" * 900_000, "\\u202e right to left \\u2066", "a\\u200d\\u200b\\u0301" * 2000, "\\x00\\x1b[31mred\\x1b[0m",
    "<img src=x onerror=alert(1)></script><script>alert(2)</script>", "nothing special",
]
ws = ls.connect(server.url("/echo"))
socket = ls.socket(server.url("/point"), transports=["websocket"])
for line in lines:
    ws.send(line)
    assert ws.recv(timeout=30) == line
    socket.emit("say", line[:10_000], {line[:50]: line[:50]})
    assert socket.wait("said", timeout=30)[0] == line[:10_000]
for number in range(9):
    strange = f"{number}" + "n\\u202e<b>" * 50
    server.of(f"/{strange}")
    seat = socket.of(f"/{strange}", {"name": strange})
    server.of(f"/{strange}").to(seat.id).join(12 * strange)
"""


def test_hostile_text_stays_text_in_its_place(chromium: Browser, lab: Lab) -> None:
    lab.write("hostile.ipynb", SERVER, *VIEWS, SAY)
    with notebook(chromium, lab, "hostile.ipynb") as page:
        dialogs: list[Dialog] = []
        page.page.on("dialog", lambda dialog: (dialogs.append(dialog), dialog.dismiss()))
        page.run_all()
        expect(page.view("Map of a server").locator(".ls-area")).to_have_count(MAX_AREAS)
        log = page.view("Live log of server hostile")
        for words in ("xxxx", "alert(1)", "right to left"):
            log.get_by_placeholder("search").fill(words)
            line = log.locator("[data-row]").first
            expect(line).to_contain_text(words)
            line.click()
            expect(log.locator("[data-row][aria-selected=true]")).to_contain_text(words)
        views = page.panel.locator("section.ls-view").all()

        assert len(views) == len(VIEWS)
        for view in views:
            wide, there = view.evaluate("view => [view.scrollWidth, view.clientWidth]")
            assert wide <= there, view.get_attribute("aria-label")
        assert page.panel.locator("section.ls-view :is(img, script)").count() == 0
        assert dialogs == []
        assert page.ask("print(server.errors)").strip() == "[]"
        page.picture("hostile-text", views[1])
