"""The view of transports in a real JupyterLab: the steps on the page are those of the server's own trace."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.browser.lab import Lab, axe, expect, notebook

pytestmark = pytest.mark.browser

CELLS = ("import livesock as ls\n\nserver = ls.serve('ways')", "view = ls.display.transports(server)\nview")


def test_a_session_upgrades_and_each_event_costs_less(chromium: Browser, lab: Lab) -> None:
    lab.write("upgrade.ipynb", *CELLS)
    with notebook(chromium, lab, "upgrade.ipynb", width=1600) as page:
        page.run_all()
        view = page.view("Transports of a session")
        expect(view.get_by_text("Nothing has been sent yet: choose the transports and press Connect.")).to_be_visible()

        view.get_by_role("button", name="Connect", exact=True).click()
        expect(view.get_by_role("status").filter(has_text="carried by websocket")).to_be_visible()
        log = view.get_by_role("log")
        for packet in ("200 OK 6", "2probe", "3probe", "upgrade: from here on this WebSocket carries the session"):
            expect(log.get_by_text(packet).first).to_be_visible()
        view.get_by_role("button", name="Client asks").click()
        view.get_by_role("button", name="Server speaks").click()
        expect(log.get_by_text('420["hello",1]')).to_be_visible()
        expect(log.get_by_text('42["news",2]')).to_be_visible()

        frames = page.ask("print([len(r.data) for r in server.trace.only(kind='frame').rows()][-3:])")
        bytes_of = sum(int(one) for one in frames.strip().strip("[]").split(","))
        row = view.get_by_role("row", name="websocket")
        expect(row.get_by_role("cell").nth(2)).to_have_text(str(bytes_of))
        page.picture("transports-light-1600", view)
        axe(page, view)


def test_when_the_upgrade_is_blocked_polling_carries_on(chromium: Browser, lab: Lab) -> None:
    lab.write("blocked.ipynb", *CELLS)
    with notebook(chromium, lab, "blocked.ipynb", width=800, dark=True) as page:
        page.run_all()
        view = page.view("Transports of a session")
        view.get_by_label("block the upgrade").click()
        expect(view.get_by_label("block the upgrade")).to_be_checked()  # once the kernel has said so
        expect(view.get_by_role("status").filter(has_text="upgrade blocked")).to_be_visible()
        view.get_by_role("button", name="Connect", exact=True).click()
        expect(view.get_by_text("✕ ← 400 Bad Request")).to_be_visible()
        view.get_by_role("button", name="Client asks").click()
        expect(view.get_by_role("log").get_by_text("430[]")).to_be_visible()

        expect(view.get_by_role("status").filter(has_text="carried by polling")).to_be_visible()
        assert page.ask("print(server.trace.only(kind='frame').rows())").strip() == "[]"
        posts = page.ask("print(sum(r.summary.startswith('POST') for r in server.trace.only(kind='request').rows()))")
        assert posts.strip() == "2"
        page.picture("transports-dark-800", view)
        axe(page, view)

        view.get_by_role("combobox").first.select_option('["websocket"]')
        view.get_by_role("button", name="Connect anew").click()
        expect(view.get_by_text("HandshakeError: expected 101")).to_be_visible()


def test_what_each_step_means_is_readable_on_a_narrow_page(chromium: Browser, lab: Lab) -> None:
    lab.write("narrow.ipynb", CELLS[0], "ls.display.transports(server).connect()")
    with notebook(chromium, lab, "narrow.ipynb", width=600) as page:
        page.command("application:toggle-left-area")
        page.run_all()
        view = page.view("Transports of a session")
        log = view.get_by_role("log")
        about = log.get_by_text("upgrade: from here on this WebSocket carries the session")
        expect(about).to_be_visible()
        expect(view.get_by_text("It began by polling, tried a WebSocket, and moved there.")).to_be_visible()
        box, frame = about.bounding_box(), log.bounding_box()
        assert box and frame and box["width"] > 200 and box["x"] + box["width"] <= frame["x"] + frame["width"]
        page.picture("transports-light-600", view)
