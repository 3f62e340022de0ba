"""The view of namespaces in a real JupyterLab: what the page shows is what the server's own trace says."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.browser.lab import Lab, axe, expect, notebook

pytestmark = pytest.mark.browser

SERVER = """\
import livesock as ls

server = ls.serve("spaces")

@server.gateway("/point")
class Point:
    @ls.event("move")
    async def move(self, socket, x: int, y: int):
        return {"at": [x, y]}

@server.gateway("/chat")
class Chat:
    @ls.event("say")
    async def say(self, socket, text: str):
        return text.upper()
"""

FRAMES = "print([r.summary for r in server.trace.only(kind='frame').rows() if {0!r} in r.summary])"


def test_packets_run_to_the_gateway_that_answers(chromium: Browser, lab: Lab) -> None:
    lab.write("spaces.ipynb", SERVER, "ls.display.namespaces(server)")
    with notebook(chromium, lab, "spaces.ipynb", width=1600) as page:
        page.run_all()
        view = page.view("Namespaces of a server")
        expect(view.get_by_text("Nothing yet: connect to a namespace above.")).to_be_visible()

        view.get_by_role("button", name="Connect to /point").click()
        view.get_by_role("button", name="Connect to /chat").click()
        expect(view.get_by_role("button", name="Disconnect from /chat")).to_be_visible()
        expect(view.get_by_role("button", name="Disconnect from /point")).to_be_visible()
        assert page.ask("print([p.protocol for p in server.peers])").strip() == "['websocket']", "one connection"

        view.get_by_role("combobox").select_option("/point")
        view.get_by_role("button", name="Send event").click()
        log = view.get_by_role("log")
        expect(log.get_by_text('43/point,0[{"at":[1,2]}]')).to_be_visible()
        expect(log.get_by_text('42/point,0["move",1,2]')).to_be_visible()
        expect(log.get_by_text('Point ran for "move"')).to_be_visible()
        assert "move" in page.ask(FRAMES.format("move"))

        view.get_by_role("button", name="Join room").click()
        expect(view.get_by_text("rooms: board")).to_be_visible()
        expect(view.get_by_label("Point and Chat each have a namespace of their own")).to_be_hidden()
        assert page.ask("print(len(server.of('/point').to('board').sockets()))").strip() == "1"

        view.get_by_role("button", name="Connect", exact=True).click()
        expect(view.get_by_text("✕ refused: Invalid namespace")).to_be_visible()
        assert "nope" in page.ask(FRAMES.format("nope"))
        page.picture("namespaces-light-1600", view)
        axe(page, view)

        page.page.emulate_media(reduced_motion="no-preference")
        view.get_by_role("button", name="Send event").click()
        expect(view.locator(".ls-dot").first).to_be_attached()  # a packet runs along its wire …
        expect(view.locator(".ls-dot")).to_have_count(0)  # … and arrives
        view.get_by_role("button", name="Disconnect from /chat").click()
        expect(view.get_by_role("button", name="Connect to /chat")).to_be_visible()
        assert page.ask("print(len(server.of('/chat').sockets()), len(server.of('/point').sockets()))").strip() == "0 1"


def test_without_namespaces_one_event_runs_both_gateways(chromium: Browser, lab: Lab) -> None:
    lab.write("together.ipynb", "import livesock as ls\n\nview = ls.display.namespaces()\nview")
    with notebook(chromium, lab, "together.ipynb", width=800, dark=True) as page:
        page.run_all()
        view = page.view("Namespaces of a server")
        expect(view.get_by_role("button", name="Connect to /point")).to_be_visible()
        page.picture("namespaces-empty-dark-800", view)

        view.get_by_label("Point and Chat each have a namespace of their own").uncheck()
        expect(view.get_by_text("both run, and the first answer counts")).to_be_visible()
        view.get_by_role("button", name="Connect to /", exact=True).click()
        view.get_by_label("event", exact=True).fill("clear")
        view.get_by_label("arguments", exact=True).fill("")
        view.get_by_role("button", name="Send event").click()

        log = view.get_by_role("log")
        expect(log.get_by_text('Point ran for "clear"')).to_be_visible()
        expect(log.get_by_text('Chat ran for "clear"')).to_be_visible()
        expect(log.get_by_text("its answer is dropped: the first one counts")).to_be_visible()
        answers = page.ask("print([r.summary for r in view._server.trace.rows() if 'answer to' in r.summary])")
        assert answers.count("answer to") == 1 and "the board is empty" in answers
        page.picture("namespaces-dark-800", view)
        axe(page, view)

        view.get_by_label("event", exact=True).fill("nonsense")
        view.get_by_label("arguments", exact=True).fill("<b>{")
        view.get_by_role("button", name="Send event").click()
        expect(view.get_by_role("status").filter(has_text="arguments are JSON")).to_be_visible()

        view.get_by_label("arguments", exact=True).fill("")
        view.get_by_role("button", name="Send event").click()  # a complaint lasts until the reader asks again
        expect(view.get_by_text("arguments are JSON")).to_be_hidden()
