"""Packets by hand in a real JupyterLab: what is typed is taken apart while one types, and a real server answers."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.browser.lab import Lab, axe, expect, notebook

pytestmark = pytest.mark.browser

SERVER = """\
import livesock as ls

server = ls.serve("desk")


@server.of("/point").on("add")
async def add(socket, a, b):
    return a + b"""
CELLS = (SERVER, "ls.display.packets(server)")


def test_a_packet_is_typed_taken_apart_and_answered(chromium: Browser, lab: Lab) -> None:
    lab.write("packets.ipynb", *CELLS)
    with notebook(chromium, lab, "packets.ipynb", width=1600) as page:
        page.run_all()
        view = page.view("Packets by hand")
        log = view.get_by_role("log")
        expect(log.get_by_text("open: a session, ping every 25 s")).to_be_visible()

        view.get_by_role("button", name="Send").click()
        expect(view.get_by_text("The server says: connected to /point.")).to_be_visible()
        line = view.get_by_role("textbox", name="the packet")
        line.click()
        page.page.keyboard.press("ControlOrMeta+a")
        page.page.keyboard.type('42/point,9["add",20,30]')
        parts = view.get_by_role("group", name="The parts of the packet")
        expect(parts.locator("b")).to_have_text(["Engine.IO", "Socket.IO", "namespace", "number", "data"])
        page.page.keyboard.press("Enter")
        expect(view.get_by_text("The server says: answer to 9: [50] in /point.")).to_be_visible()
        assert "43/point,9[50]" in page.ask("print(server.trace.only(kind='frame').text())")
        page.picture("packets-light-1600", view)
        axe(page, view)


HELD = """\
import threading

shown = threading.Event()
view = ls.display.packets(server)
snapshot = view.snapshot
here = threading.main_thread()
view.snapshot = lambda: (threading.current_thread() is here or shown.wait(20)) and snapshot()
view"""
"""A view whose page waits for its first picture until `shown` is set, as on a slow machine."""


def test_what_is_not_shown_yet_cannot_be_sent(chromium: Browser, lab: Lab) -> None:
    lab.write("held.ipynb", SERVER, HELD)
    with notebook(chromium, lab, "held.ipynb") as page:
        page.run_all()
        view = page.panel.locator("section.ls-view.ls-packets")  # page.view() would wait for its first picture
        send = view.get_by_role("button", name="Send", include_hidden=True)
        box = send.bounding_box()
        assert box is not None
        page.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        page.ask("shown.set()")

        expect(view.get_by_text("A session is open")).to_be_visible()
        expect(view.get_by_role("log").get_by_role("listitem")).to_have_count(1)
        send.click()
        expect(view.get_by_text("The server says: connected to /point.")).to_be_visible()


def test_a_typing_error_costs_the_session(chromium: Browser, lab: Lab) -> None:
    lab.write("comma.ipynb", *CELLS)
    with notebook(chromium, lab, "comma.ipynb", width=600, dark=True) as page:
        page.command("application:toggle-left-area")
        page.run_all()
        view = page.view("Packets by hand")
        view.get_by_role("button", name="Send").click()
        expect(view.get_by_text("session open · in /point")).to_be_visible()

        view.get_by_role("button", name="What if a comma is lost?").click()
        expect(view.get_by_text("✕ broken")).to_be_visible()
        view.get_by_role("button", name="Send").click()
        expect(view.get_by_text("The server has ended the session, close 1000. This is not JSON.")).to_be_visible()
        expect(view.get_by_text("no session")).to_be_visible()
        page.picture("packets-dark-600", view)
        axe(page, view)

        view.get_by_role("button", name="May I join?").click()
        view.get_by_role("button", name="Send").click()
        expect(view.get_by_text("session open · in /point")).to_be_visible()
