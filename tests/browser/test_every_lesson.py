"""Every lesson in a real JupyterLab: Run All passes, every view is drawn, the browser has nothing to complain about.

One lesson also runs as on a JupyterHub, below a path and with a token, and one in Notebook 7.
"""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.lab import ROOT, Lab, notebook, running_lab

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

LESSONS = sorted(path.name for path in (ROOT / "notebooks").glob("*.ipynb"))


def run(chromium: Browser, lab: Lab, name: str) -> None:
    """Run a lesson and look at each of its views."""
    shutil.copy(ROOT / "notebooks" / name, lab.folder / name)
    with notebook(chromium, lab, name) as page:
        page.run_all()

        expect(page.panel.locator("[data-mime-type='application/vnd.jupyter.stderr']")).to_have_count(0)
        expect(page.panel.get_by_text("Error displaying widget")).to_have_count(0)
        views = page.panel.locator(".jp-OutputArea-output.lm-Panel")
        for number in range(views.count()):
            views.nth(number).scroll_into_view_if_needed()
            expect(views.nth(number).locator("> *").first).to_be_visible()
        live = page.panel.locator("section.ls-view")
        for number in range(live.count()):
            expect(live.nth(number)).not_to_be_empty()
            page.picture(f"{name.removesuffix('.ipynb')}-view-{number}", live.nth(number))


@pytest.mark.parametrize("name", LESSONS)
def test_a_lesson_runs_from_top_to_bottom(chromium: Browser, lab: Lab, name: str) -> None:
    run(chromium, lab, name)


@pytest.mark.parametrize(("app", "base", "number"), [("lab", "/user/x/", "03"), ("notebook", "/", "04")])
def test_a_lesson_runs_there_too(
    chromium: Browser,
    tmp_path: Path,
    need: Callable[[object, str], None],
    monkeypatch: pytest.MonkeyPatch,
    app: str,
    base: str,
    number: str,
) -> None:
    need(importlib.util.find_spec("notebook"), "the package notebook is not installed: uv sync")
    if base != "/":
        monkeypatch.setenv("JUPYTERHUB_SERVICE_PREFIX", base)
    folder, state = tmp_path / "notebooks", tmp_path / "state"
    folder.mkdir()
    state.mkdir()
    with running_lab(folder, state, base_url=base, app=app) as place:
        run(chromium, place, next(name for name in LESSONS if name.startswith(number)))
