"""The map of a server in a real JupyterLab: who lights up is who got the bytes, by the server's own trace."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.browser.lab import Lab, Notebook, axe, notebook

pytestmark = pytest.mark.browser

CELL = "import livesock as ls\nview = ls.display.map()\nview"

TOLD = """\
rows = view._server.trace.only(kind="frame", direction=">").rows()
ends = [view._server.trace.peers[row.connection][1] for row in rows if b'["news",{0}]' in row.data]
clients = zip(("Ann", "Ben", "Cat"), view._own._visitors)
print(*(name for name, client in clients if any(ours in ends for ours, _ in client.trace.peers.values())))
"""
"""Who was sent the bytes of the page's emit with a number: the server's trace, and the ends of the clients' sockets."""


def told(page: Notebook, number: int) -> list[str]:
    return page.ask(TOLD.format(number)).split()


def lit(view: Locator) -> list[str]:
    return view.locator(".ls-name.ls-lit .ls-name-text").all_inner_texts()


def test_marks_are_made_with_the_keys_and_compared_with_who_heard(chromium: Browser, lab: Lab) -> None:
    lab.write("map.ipynb", CELL)
    with notebook(chromium, lab, "map.ipynb", width=1600) as page:
        page.run_all()
        view = page.view("Map of a server")
        view.get_by_role("button", name="Ann", exact=True).focus()
        for key in ("Space", "ArrowDown", "Space"):
            page.page.keyboard.press(key)
        expect(view.get_by_text("Your guess: Ann and Ben will hear it.")).to_be_visible()
        page.page.keyboard.press("x")
        expect(page.panel.locator(".jp-CodeCell")).to_have_count(1)

        view.get_by_role("button", name='point.to("red").emit(…)').click()
        expect(view.get_by_text("You were right about 3 of 3.")).to_be_visible()
        assert lit(view) == told(page, 1) == ["Ann", "Ben"]
        expect(view.get_by_text("does not hear it: not in red")).to_be_visible()

        view.get_by_role("button", name="Cat in the room red of /point").click()
        expect(view.get_by_role("button", name="Cat in the room red of /point")).to_have_attribute(
            "aria-pressed", "true"
        )
        assert page.ask("print(len(view._server.of('/point').to('red').sockets()))").strip() == "3"
        view.get_by_role("button", name='ann.to("red").emit(…)').click()
        expect(view.get_by_text("Ben and Cat hear it; not Ann (the sender is left out).")).to_be_visible()
        assert lit(view) == told(page, 2) == ["Ben", "Cat"]
        page.picture("map-1600", view)
        axe(page, view)


def test_in_one_namespace_both_gateways_run_for_what_a_client_says(chromium: Browser, lab: Lab) -> None:
    lab.write("map-dark.ipynb", CELL)
    with notebook(chromium, lab, "map-dark.ipynb", width=600, dark=True) as page:
        page.command("application:toggle-left-area")
        page.run_all()
        view = page.view("Map of a server")
        view.get_by_role("button", name="Send").click()
        expect(view.get_by_text('Ann emitted "clear" in /point: A ran.')).to_be_visible()

        view.get_by_role("button", name="1: A in /, B in /, the client asks for /", exact=True).click()
        expect(view.get_by_text("livesock warns:")).to_be_visible()
        view.get_by_role("button", name="Send").focus()
        page.page.keyboard.press("Enter")
        expect(view.get_by_text("Both gateways ran for one event, and only the first answer leaves.")).to_be_visible()
        answers = page.ask("print([r.summary for r in view._server.trace.rows() if 'answer to' in r.summary])")
        assert answers.count("answer to") == 1 and "from A" in answers
        page.picture("map-600", view)
        axe(page, view)


def test_seven_arrangements_show_which_gateways_run(chromium: Browser, lab: Lab) -> None:
    lab.write("map-rows.ipynb", CELL)
    with notebook(chromium, lab, "map-rows.ipynb", width=1000) as page:
        page.run_all()
        view = page.view("Map of a server")
        view.get_by_role("button", name="1: A in /, B in /, the client asks for /", exact=True).click()
        expect(view.get_by_text("livesock warns:")).to_be_visible()
        view.get_by_role("button", name="Send", exact=True).click()
        expect(view.get_by_text("Both gateways ran for one event, and only the first answer leaves.")).to_be_visible()
        expect(view.get_by_text('The answer is "from A".')).to_be_visible()
        page.picture("map-both-1000", view)

        view.get_by_role("button", name="the client asks for /nope").click()
        expect(view.get_by_text("Ann stays outside. Invalid namespace")).to_be_visible()
        expect(view.get_by_text("nothing to send: the namespace does not exist")).to_be_visible()
        refused, area = view.get_by_text("✕ refused").bounding_box(), view.locator(".ls-area").first.bounding_box()
        assert refused and area and refused["x"] + refused["width"] <= area["x"], "it stands before the namespaces"
        page.picture("map-refused-1000", view)
        view.get_by_role("button", name="5: A in /point, B in /chat, the client asks for /", exact=True).click()
        expect(view.get_by_text("no gateway")).to_be_visible()
        expect(view.get_by_label("Seven arrangements").locator("[aria-pressed=true]")).to_contain_text("5")
        view.get_by_role("button", name="Send", exact=True).click()
        expect(view.locator(".ls-map-words")).to_have_text('ann_client.call("clear") in / …')
        expect(view.get_by_text('nothing in / handles "clear"')).to_be_visible()
        view.get_by_role("button", name="let Ann join /chat").click()
        expect(view.get_by_text("Ann has joined /chat.")).to_be_visible()
        expect(view.get_by_text('nothing in / handles "clear"')).to_have_count(0)  # an old answer under no new event
        expect(view.get_by_role("button", name="Ann's seat in /chat")).to_be_visible()
        assert page.ask("print(len(view._server.peers))").strip() == "1", "over the same connection"
        page.picture("map-silent-1000", view)
        axe(page, view)


MOVES = """\
import livesock as ls

server = ls.serve("moves")

@server.gateway("/point")
class Point:
    @ls.event("move")
    async def move(self, socket, x: int, y: int):
        return {"at": [x, y]}

    @ls.event("rest")
    async def rest(self, socket): ...

ann = ls.socket(server.url("/point"), auth={"name": "Ann"})
ls.display.map(server)"""


def test_the_first_question_that_is_offered_has_an_answer(chromium: Browser, lab: Lab) -> None:
    lab.write("map-first.ipynb", MOVES)
    with notebook(chromium, lab, "map-first.ipynb", width=1000) as page:
        page.run_all()
        view = page.view("Map of a server")
        expect(view.get_by_label("name of the event")).to_have_value('"move", 1, 2')
        view.get_by_role("button", name="Send", exact=True).click()
        expect(view.get_by_text('The answer is {"at":[1,2]}.')).to_be_visible()
        page.ask("ann.emit('rest')")
        expect(view.get_by_text('Ann emitted "rest" in /point: Point ran.')).to_be_visible()
        expect(view.get_by_text("The answer is")).to_be_hidden()


PICK = "log = ls.display.wire(view._server)\nlog"


def test_the_seat_of_a_member_filters_the_live_log(chromium: Browser, lab: Lab) -> None:
    lab.write("map-pick.ipynb", CELL, PICK)
    with notebook(chromium, lab, "map-pick.ipynb", width=1000) as page:
        page.run_all()
        view, log = page.view("Map of a server"), page.panel.locator(".ls-wire")
        expect(log.locator("[data-row]").first).to_be_visible()
        view.get_by_role("button", name="Ben's seat in /point").focus()
        page.page.keyboard.press("Enter")
        expect(log.get_by_label("Connection", exact=True).locator("option:checked")).to_have_text("Ben: #2")
        assert set(log.locator("[data-row] > :nth-child(2)").all_inner_texts()) == {"#2"}


STORM = """\
import threading

server = ls.serve("storm")
crowd = []

def come(count):
    for k in range(count):
        crowd.append(ls.socket(server.url("/hall"), auth={"name": f"p{len(crowd)}"}, transports=["websocket"]))
        server.of("/hall").to(crowd[-1].id).join(f"room {len(crowd) % 4}")

def go(count):
    for k in range(count):
        crowd.pop(0).close()

server.of("/hall")
come(25)
ls.display.map(server)"""


def test_a_row_is_drawn_again_only_if_it_has_changed(chromium: Browser, lab: Lab) -> None:
    lab.write("map-storm.ipynb", "import livesock as ls", STORM)
    with notebook(chromium, lab, "map-storm.ipynb", width=1600) as page:
        page.run_all()
        view = page.view("Map of a server")
        expect(view.locator(".ls-name")).to_have_count(25)
        last = view.get_by_role("button", name="p24 in the room room 1 of /hall")
        expect(last).to_have_attribute("aria-pressed", "true")  # the last one has joined: nothing is on its way
        view.evaluate("view => view.querySelectorAll('.ls-seatmap-row').forEach((row) => { row.old = true; })")
        page.ask(
            "server.of('/hall').to(crowd[3].id).join('room 2')\nserver.of('/hall').to(crowd[4].id).leave('room 1')"
        )
        expect(view.get_by_role("button", name="p3 in the room room 2 of /hall")).to_have_attribute(
            "aria-pressed", "true"
        )
        old = "view => [...view.querySelectorAll('.ls-seatmap-row')].filter((row) => row.old).length"
        assert view.evaluate(old) == 23

        page.ask("go(2)")
        expect(view.locator(".ls-name")).to_have_count(23)
        assert view.evaluate(old) == 21 and view.locator(".ls-name-text").first.inner_text() == "p2"
        assert view.locator(".ls-cable").count() == 23
        page.ask("come(20)")
        expect(view.locator(".ls-name")).to_have_count(43)
        page.picture("map-storm-1600", view)
        page.ask("for one in crowd: one.close()")
        expect(view.locator(".ls-name")).to_have_count(0)
