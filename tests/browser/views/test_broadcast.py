"""The view of a broadcast in a real JupyterLab: a card lights up if, and only if, the server's trace agrees."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.browser.lab import Lab, axe, expect, notebook

pytestmark = pytest.mark.browser

CELLS = ("import livesock as ls\n\nserver = ls.serve('cast')", "view = ls.display.broadcast(server)\nview")

HEARERS = """\
sent = {r.connection for r in server.trace.only(kind="frame", direction=">").rows() if b'"news",1,' in r.data}
ends = {server.trace.peers[number][1] for number in sent}
print(sorted(m.name for m in view._crowd.members if any(ours in ends for ours, _ in m.trace.peers.values())))
"""


def test_only_those_light_up_who_were_told(chromium: Browser, lab: Lab) -> None:
    lab.write("cast.ipynb", *CELLS)
    with notebook(chromium, lab, "cast.ipynb", width=1600) as page:
        page.run_all()
        view = page.view("Broadcast in a namespace")
        expect(view.get_by_role("status").filter(has_text="8 peers, 8 of them brought by this view")).to_be_visible()
        expect(view.get_by_text("Nothing was emitted yet")).to_be_visible()

        view.get_by_role("button", name="space.emit(…)").click()
        expect(view.locator(".ls-lit")).to_have_count(8)
        assert page.ask(HEARERS).strip() == "['ann', 'bob', 'cat', 'dan', 'eve', 'fay', 'gus', 'hal']"

        page.ask("guest = ls.socket(server.url('/'), transports=['websocket'])")
        expect(view.get_by_text("9 peers, 8 of them brought by this view")).to_be_visible()
        view.get_by_label("say it").select_option("100 times")
        view.get_by_role("button", name="space.emit(…)").click()
        expect(view.get_by_text("✓ 100/100")).to_have_count(8)
        assert page.ask("print(guest.wait('news')[0])").strip() == "2"
        expect(view.get_by_text("808 deliveries: median")).to_be_visible()  # 8 + 800
        page.page.set_viewport_size({"width": 1600, "height": 1100})
        page.picture("broadcast-light-1600", view)
        axe(page, view)


def test_a_reader_that_stops_is_seen_to_fall_behind_and_to_be_dropped(chromium: Browser, lab: Lab) -> None:
    lab.write("slow.ipynb", *CELLS)
    with notebook(chromium, lab, "slow.ipynb", width=800, dark=True) as page:
        page.run_all()
        view = page.view("Broadcast in a namespace")
        expect(view.get_by_role("status").filter(has_text="8 peers")).to_be_visible()
        view.get_by_role("button", name="Stop reading: bob").click()
        expect(view.get_by_text("❚❚ does not read")).to_be_visible()
        view.get_by_label("say it").select_option("300 times")
        view.get_by_label("with 10 B").select_option("16 KiB")

        trouble = view.get_by_text("The server has dropped 1 peer.")
        waits = view.get_by_text("wait", exact=False).filter(has_text="iB")
        for said in range(1, 13):  # how much the system holds before anything waits here differs
            view.get_by_role("button", name="space.emit(…)").click()
            expect(view.get_by_role("row").filter(has_text="space.emit")).to_have_count(said)
            expect(view.get_by_text("✓ 300/300")).to_have_count(7, timeout=30_000)
            if page.ask("print(server.dropped)").strip() == "1":
                break
            expect(waits.first).to_be_visible()
        expect(trouble).to_be_visible()
        expect(view.get_by_role("button", name="Come back: bob")).to_be_visible()
        page.page.set_viewport_size({"width": 800, "height": 1700})
        page.picture("broadcast-dark-800", view)
        axe(page, view)

        view.get_by_role("button", name="Come back: bob").click()
        expect(view.get_by_role("button", name="Stop reading: bob")).to_be_visible()
        assert page.ask("print(len(server.of('/').sockets()))").strip() == "8"
