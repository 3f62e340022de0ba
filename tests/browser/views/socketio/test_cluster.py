"""Two servers and one room in a real JupyterLab: by mouse and by keyboard, wide and narrow, light and dark."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.lab import Lab, axe, notebook

pytestmark = pytest.mark.browser

CELL = "import livesock as ls\nview = ls.display.cluster()\nview"


@pytest.mark.parametrize(("width", "dark"), [(1600, False), (600, True)])
def test_half_of_the_room_is_silent_until_a_stream_joins_the_servers(
    chromium: Browser, lab: Lab, width: int, dark: bool
) -> None:
    name = f"cluster-{width}.ipynb"
    lab.write(name, CELL)
    with notebook(chromium, lab, name, width=width, dark=dark) as page:
        page.run_all()
        view = page.view("Two servers, one room")
        view.get_by_role("button", name="Ann", exact=True).click()
        view.get_by_role("button", name='one.to("room").emit(…)').click()
        expect(view.get_by_role("status")).to_contain_text("4 of 8 have heard news 1", timeout=20_000)
        page.picture(f"cluster-{width}-alone", view)

        view.get_by_role("button", name="A stream joins them").focus()
        page.page.keyboard.press("Enter")
        expect(view.get_by_role("status")).to_contain_text("A stream joins them", timeout=20_000)
        view.get_by_role("button", name='two.to("room").emit(…)').click()
        expect(view.get_by_role("status")).to_contain_text("8 of 8 have heard news 2", timeout=20_000)
        expect(view.locator("tbody tr")).to_have_count(1)
        expect(view.locator(".ls-lit").get_by_text("Ann", exact=True)).to_be_visible()
        expect(view.locator(".ls-lit").get_by_text("Ben", exact=True)).to_be_visible()
        page.picture(f"cluster-{width}-joined", view)

        view.get_by_role("button", name="Take the stream away").click()
        expect(view.get_by_role("button", name="Bring it back")).to_be_visible(timeout=20_000)
        view.get_by_role("button", name='one.to("room").emit(…)').click()
        expect(view.get_by_role("status")).to_contain_text("4 of 8 have heard news 3", timeout=20_000)
        expect(view.get_by_text("1 wait").first).to_be_visible(timeout=20_000)
        page.picture(f"cluster-{width}-away", view)
        view.get_by_role("button", name="Bring it back").click()
        expect(view.get_by_role("status")).to_contain_text("8 of 8 have heard news 3", timeout=20_000)
        page.page.emulate_media(reduced_motion="no-preference")  # the event is still on its way when its hearers end
        view.get_by_role("button", name='one.to("room").emit(…)').click()
        expect(view.locator("tbody tr")).to_have_count(3)
        view.get_by_role("button", name="Server two dies").click()
        expect(view.get_by_role("status")).to_contain_text("4 of 4 have heard news 4", timeout=20_000)
        expect(view.get_by_role("status")).to_contain_text("its four clients are cut off", timeout=20_000)
        expect(view.get_by_text("✕ cut off")).to_have_count(4)
        axe(page, view)
        assert page.ask("print(view.heard['Ann'], view.heard['Ben'])").strip() == "3 3"
