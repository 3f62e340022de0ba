"""The launcher's tile opens the demos through Jupyter's own proxy."""

from __future__ import annotations

from importlib.metadata import entry_points

import pytest
from playwright.sync_api import Browser, expect
from playwright.sync_api import TimeoutError as TooLate

from tests.browser.lab import HARMLESS, running_lab

pytestmark = pytest.mark.browser


def test_the_tile_opens_the_demos_behind_a_base_path(
    chromium: Browser, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "livesock" in {e.name for e in entry_points(group="jupyter_serverproxy_servers")}, "install livesock again"
    monkeypatch.setenv("JUPYTERHUB_SERVICE_PREFIX", "/user/x/")
    folder, state = tmp_path_factory.mktemp("notebooks"), tmp_path_factory.mktemp("state")
    with running_lab(folder, state, base_url="/user/x/") as hub:
        context = chromium.new_context()
        complaints: list[str] = []
        page = context.new_page()
        page.goto(f"{hub.url}lab?token={hub.token}&reset")
        tile = page.locator(".jp-LauncherCard", has_text="livesock demos")
        tile.wait_for(timeout=90_000)
        with context.expect_page() as opened:
            tile.click()
        demos = opened.value
        demos.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
        demos.wait_for_url("**/user/x/livesock/**")
        chat = demos.get_by_role("link", name="chat")
        try:
            chat.wait_for(timeout=40_000)
        except TooLate:  # on a busy machine the proxy gives up first: a reader presses reload
            demos.reload()
        chat.click()
        demos.wait_for_url("**/user/x/livesock/chat**")
        demos.get_by_label("Your name").fill("Ann")
        demos.get_by_role("button", name="Enter").click()
        expect(demos.locator("#state")).to_have_attribute("data-state", "connected", timeout=20_000)
        expect(demos.locator("#people")).to_contain_text("Ann")
        assert not [text for text in complaints if not HARMLESS.search(text)], complaints
        context.close()
