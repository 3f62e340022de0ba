"""The two plots of lesson 07 in a real JupyterLab: curves grow, knobs move them, keys walk over them."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.lab import Lab, axe, notebook

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("width", "dark"), [(1600, False), (600, True)])
def test_latency_grows_while_it_is_measured(chromium: Browser, lab: Lab, width: int, dark: bool) -> None:
    name = f"latency-{width}.ipynb"
    lab.write(name, "import livesock as ls", "view = ls.display.latency()\nview")
    with notebook(chromium, lab, name, width=width, dark=dark) as page:
        page.run_all()
        if width < 900:
            page.command("application:toggle-left-area")
        view = page.view("Latency against distance")
        expect(view.get_by_text("nothing measured yet")).to_be_visible()
        view.get_by_role("button", name="Measure", exact=True).click()
        expect(view.locator("circle.ls-sign")).not_to_have_count(0, timeout=10_000)
        expect(view.get_by_role("button", name="measuring …")).to_be_visible()
        expect(view.locator(".ls-sentence")).to_contain_text("100 ms there and back: new", timeout=20_000)
        expect(view.locator(".ls-curves circle")).to_have_count(4)

        plot = view.get_by_role("group", name="What was measured")
        plot.focus()
        plot.press("ArrowRight")
        plot.press("ArrowRight")
        measured = page.ask("print(round(dict(view.measured()['WebSocket'])[25]))").strip()
        expect(view.locator(".ls-said")).to_contain_text("25 ms there and back: new connection")
        expect(view.locator(".ls-said")).to_contain_text(f"WebSocket {measured} ms")
        axe(page, view)
        page.picture(f"latency-{'dark' if dark else 'light'}", view)

        view.get_by_role("button", name="what if a segment is lost?").click()
        view.get_by_role("button", name="Measure", exact=True).click()
        expect(view.locator(".ls-sentence")).to_contain_text("others waited behind it", timeout=10_000)
        page.picture(f"lost-{'dark' if dark else 'light'}", view)


@pytest.mark.parametrize(("width", "dark"), [(1600, False), (600, True)])
def test_the_crossing_moves_with_the_knobs(chromium: Browser, lab: Lab, width: int, dark: bool) -> None:
    name = f"traffic-{width}.ipynb"
    lab.write(name, "import livesock as ls", "view = ls.display.traffic(break_even=lambda *sizes: 5)\nview")
    with notebook(chromium, lab, name, width=width, dark=dark) as page:
        page.run_all()
        if width < 900:
            page.command("application:toggle-left-area")
        view = page.view("Bytes against rate")
        expect(view.locator("polyline")).to_have_count(4)
        expect(view.get_by_text("yours: 5")).to_be_visible()
        view.get_by_role("button", name="Count a minute").click()
        expect(view.locator(".ls-said")).to_contain_text("Point at the plot", timeout=20_000)
        expect(view.get_by_role("button", name="Count a minute")).to_be_visible(timeout=20_000)
        expect(view.locator(".ls-curves rect")).to_have_count(4)
        axe(page, view)
        page.picture(f"traffic-{'dark' if dark else 'light'}", view)

        before = str(view.locator(".ls-rule").first.text_content())
        slider = view.get_by_label("a poll every, seconds")
        slider.focus()
        slider.press("ArrowLeft")
        expect(view.locator(".ls-rule").first).not_to_have_text(before)
        expect(slider).to_be_focused()
        expect(view.locator(".ls-curves rect")).to_have_count(0)
