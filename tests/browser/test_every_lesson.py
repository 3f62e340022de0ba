"""Every lesson in a real JupyterLab: Run All passes, every view is drawn, the browser has nothing to complain about."""

from __future__ import annotations

import shutil

import pytest
from browser.lab import ROOT, Lab, notebook
from playwright.sync_api import Browser, expect

pytestmark = [pytest.mark.interop, pytest.mark.slow, pytest.mark.timeout(300)]

LESSONS = sorted(path.name for path in (ROOT / "notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("name", LESSONS)
def test_a_lesson_runs_from_top_to_bottom(chromium: Browser, lab: Lab, name: str) -> None:
    shutil.copy(ROOT / "notebooks" / name, lab.folder / name)
    with notebook(chromium, lab, name) as page:
        page.run_all()

        expect(page.panel.locator(".jp-RenderedText[data-mime-type='application/vnd.jupyter.stderr']")).to_have_count(0)
        expect(page.panel.get_by_text("Error displaying widget")).to_have_count(0)
        views = page.panel.locator(".jp-OutputArea-output[data-mime-type='application/vnd.jupyter.widget-view+json']")
        for number in range(views.count()):
            view = views.nth(number)
            view.scroll_into_view_if_needed()
            expect(view.locator("> *").first).to_be_visible()
        page.picture(f"lesson-{name.removesuffix('.ipynb')}")
