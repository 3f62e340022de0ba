"""The knobs of a network in a real JupyterLab."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.lab import Lab, axe, notebook

pytestmark = pytest.mark.browser

CELL = "import livesock as ls\nserver = ls.serve('far')\nfar = ls.netsim(server)\nls.display.netsim(far)"


@pytest.mark.parametrize(("width", "dark"), [(1600, False), (800, True)])
def test_knobs_turn_the_network_and_a_refused_turn_goes_back(
    chromium: Browser, lab: Lab, width: int, dark: bool
) -> None:
    name = f"netsim-{width}.ipynb"
    lab.write(name, CELL)
    with notebook(chromium, lab, name, width=width, dark=dark) as page:
        page.run_all()
        view = page.view("A simulated network")
        delay = view.get_by_label("delay")
        delay.fill("0.1")
        delay.press("Tab")
        view.get_by_label("black hole").click()
        expect(view.get_by_label("black hole")).to_be_checked()  # once the kernel has said so
        expect(delay).to_have_value("0.1")
        assert page.ask("print(far.delay)").strip() == "0.1"

        view.get_by_label("chunk").fill("many")
        view.get_by_label("chunk").press("Tab")
        expect(view.locator(".ls-notice")).to_contain_text("chunk")
        expect(view.get_by_label("chunk")).to_have_value("")
        assert page.ask("print(far.chunk, far.black_hole)").strip() == "None True"
        page.picture(f"netsim-{width}", view)
        axe(page, view)


STREAM = """
import threading, time

@server.websocket("/echo")
async def echo(ws):
    async for message in ws:
        await ws.send(message)

ws = ls.connect(far.url("/echo"), timeout=10)
stop = threading.Event()
def talk():
    while not stop.wait(0.1):
        ws.send("x" * 40)
threading.Thread(target=talk, daemon=True).start()
"""
FRAMES = """() => {
    window.gap = window.task = window.dots = 0;
    new PerformanceObserver((list) => list.getEntries().forEach(({ duration }) => {
        window.task = Math.max(window.task, duration);
    })).observe({ entryTypes: ["longtask"] });
    let last = performance.now();
    const look = (now) => {
        window.gap = Math.max(window.gap, now - last);
        window.dots = Math.max(window.dots, document.querySelectorAll(".ls-lanes-dot").length);
        last = now;
        requestAnimationFrame(look);
    };
    requestAnimationFrame((now) => { last = now; requestAnimationFrame(look); });
}"""


@pytest.mark.parametrize(("width", "dark"), [(1600, False), (600, True)])
def test_bytes_move_between_the_ends_and_wait_in_a_black_hole(
    chromium: Browser, lab: Lab, width: int, dark: bool
) -> None:
    name = f"flight-{width}.ipynb"
    lab.write(name, CELL, STREAM)
    with notebook(chromium, lab, name, width=width, dark=dark) as page:
        page.page.emulate_media(reduced_motion="no-preference")
        if width == 600:
            page.command("application:toggle-left-area")
        page.run_all()
        view = page.view("A simulated network")
        satellite = view.get_by_role("button", name="satellite")
        satellite.focus()
        page.page.keyboard.press("Enter")
        expect(satellite).to_have_attribute("aria-pressed", "true")
        assert page.ask("print(far.delay, far.rate)").strip() == "0.279 192000.0"
        up, down = view.locator(".ls-lanes-strip").all()
        expect(up.locator("circle").nth(1)).to_be_attached()
        expect(down.locator("circle").nth(1)).to_be_attached()
        before = float(up.locator("circle").first.get_attribute("cx").rstrip("%"))
        expect(up.locator("circle").first).not_to_have_attribute("cx", f"{before:.3f}%")
        page.picture(f"netsim-flight-{width}", view)

        view.get_by_label("black hole").click()
        expect(view.get_by_label("black hole")).to_be_checked()  # once the kernel has said so
        page.ask("import time; time.sleep(1)")
        expect(up.locator("circle").first).to_have_attribute("cx", "100.000%")
        expect(up.locator("text")).to_have_text(re.compile(r"\d+"))
        page.picture(f"netsim-hole-{width}", view)
        axe(page, view)
        assert view.evaluate("(view) => view.scrollWidth <= view.clientWidth")
        page.ask("stop.set()")


def test_ten_thousand_messages_behind_it_are_a_few_dots(chromium: Browser, lab: Lab) -> None:
    lab.write("flood.ipynb", CELL, STREAM.partition("stop =")[0])
    with notebook(chromium, lab, "flood.ipynb") as page:
        page.page.emulate_media(reduced_motion="no-preference")
        page.run_all()
        view = page.view("A simulated network")
        view.get_by_role("button", name="satellite").click()
        expect(view.get_by_role("button", name="satellite")).to_have_attribute("aria-pressed", "true")
        page.page.evaluate(FRAMES)
        page.ask("for _ in range(10_000):\n    ws.send('0123456789')\n    time.sleep(0.0002)")
        expect(view.locator(".ls-lanes-dot")).to_have_count(0, timeout=20_000)

        gap, task, dots = page.page.evaluate("[window.gap, window.task, window.dots]")
        print(f"longest time between two frames {gap:.0f} ms, longest task {task:.0f} ms, at most {dots} dots")
        assert 10 < dots < 120
