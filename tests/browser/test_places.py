"""A live view where it was not made for: below a path as on a JupyterHub, with a token; and in Notebook 7."""

from __future__ import annotations

import importlib.util
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.lab import notebook, running_lab
from tests.browser.views.test_wire import SAY, SERVER

pytestmark = pytest.mark.browser


def folders(tmp_path: Path) -> tuple[Path, Path]:
    for name in ("notebooks", "state"):
        (tmp_path / name).mkdir()
    return tmp_path / "notebooks", tmp_path / "state"


@pytest.mark.parametrize(("app", "base"), [("lab", "/user/x/"), ("notebook", "/")])
def test_the_live_log_works_there(
    chromium: Browser, tmp_path: Path, need: Callable[[object, str], None], app: str, base: str
) -> None:
    need(importlib.util.find_spec("notebook"), "the package notebook is not installed: uv sync")
    with running_lab(*folders(tmp_path), base_url=base, app=app) as place:
        assert place.url.endswith(base)
        with pytest.raises(urllib.error.HTTPError, match="403"):  # the token is asked for
            urllib.request.urlopen(f"{place.url}api/sessions", timeout=20)
        place.write("there.ipynb", SERVER, SAY)
        with notebook(chromium, place, "there.ipynb") as page:
            page.run_all()
            log = page.view("Live log of server wire")
            lines = log.locator("[data-row]")
            expect(lines).to_have_count(5)
            page.ask("ws.send('there'); ws.recv(timeout=5)")
            expect(log.locator("[data-row] .ls-summary").last).to_have_text('"there"')
            lines.nth(3).click()
            expect(log.get_by_role("button", name="masking key")).to_be_visible()
            page.picture(f"wire-{app}{base.replace('/', '-').rstrip('-')}", log)
