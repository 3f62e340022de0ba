"""A page of the reader's own server, in a real JupyterLab: the official client speaks with ten lines of Python."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.lab import Lab, axe, expect, notebook

pytestmark = pytest.mark.browser

LESSON = next((Path(__file__).parents[4] / "notebooks").glob("10_*.ipynb"))
WRITTEN = """\
from livesock.lessons.lesson10.sio_decode import sio_decode
from livesock.lessons.lesson10.sio_encode import sio_encode as right


def sio_encode(*packet):
    return right(*packet)"""


def test_the_lesson_s_own_server_answers_the_official_client(chromium: Browser, lab: Lab) -> None:
    cells = {cell["id"]: "".join(cell["source"]) for cell in json.loads(LESSON.read_text("utf-8"))["cells"]}
    built = [cells[name] for name in ("imports", "mine", "mine-wire", "mine-page")]
    lab.write("own.ipynb", built[0], WRITTEN, *built[1:])
    with notebook(chromium, lab, "own.ipynb", width=1600) as page:
        page.run_all()
        view = page.view("A page of your server")
        assert page.foreign == [], "running the cell loads nothing"
        expect(page.outputs.get_by_text("sio_encode: yours, sio_decode: ours")).to_be_visible()

        view.get_by_role("button", name="Open").click()
        inside = view.frame_locator("iframe")
        inside.get_by_role("button", name="2 + 3 = ?").click()
        expect(inside.locator("output")).to_have_text("5")
        said = page.ask("print(mine.trace.only(kind='frame').text())")
        assert '"add",2,3]' in said and "43/point,0[5]" in said
        log = page.panel.locator(".ls-view.ls-wire")
        expect(log.get_by_text("answer to 0: [5] in /point").first).to_be_visible()
        page.picture("own-page-1600", view)
        axe(page, view)
        own = page.ask("print(mine.url('/', 'http'))").strip()
        assert all(url.startswith(own) for url in page.foreign)
        page.foreign.clear()

        view.get_by_role("combobox").select_option("through Jupyter")
        view.get_by_role("button", name="Load again").click()
        expect(inside.locator("output")).to_have_text("connected")
        inside.get_by_role("button", name="2 + 3 = ?").click()
        expect(inside.locator("output")).to_have_text("5")
        assert page.foreign == []


def test_a_wrong_codec_is_seen_by_the_page(chromium: Browser, lab: Lab) -> None:
    cells = {cell["id"]: "".join(cell["source"]) for cell in json.loads(LESSON.read_text("utf-8"))["cells"]}
    wrong = WRITTEN.replace("right(*packet)", "right(*packet).replace(',', '')")
    lab.write("wrong-codec.ipynb", cells["imports"], wrong, cells["mine"], cells["mine-page"])
    with notebook(chromium, lab, "wrong-codec.ipynb", width=600, dark=True) as page:
        page.command("application:toggle-left-area")
        page.run_all()
        view = page.view("A page of your server")
        view.get_by_role("button", name="Open").click()
        inside = view.frame_locator("iframe")
        inside.get_by_role("button").click()
        page.ask(
            "mine.trace.wait(lambda trace: '40/point' in trace.only(kind='frame', direction='>').text(), timeout=5)"
        )
        expect(inside.locator("output")).to_have_text("not connected")
        page.picture("own-page-wrong-600", view)
        page.foreign.clear()
