"""A real Chromium, tabs whose every complaint fails the test, and one JupyterLab for all that need one."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.browser.lab import Lab, running_lab

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]


@pytest.fixture(scope="module")
def chromium(tool: Callable[[str], str]) -> Iterator[Browser]:
    """Return a running browser. Not for longer than a module: two at once in one thread cannot be, nor
    an asyncio loop of another test beside one."""
    path = tool("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """Return a running JupyterLab. Started once: it takes longer than most tests. Give each notebook its own name."""
    with running_lab(tmp_path_factory.mktemp("notebooks"), tmp_path_factory.mktemp("state")) as running:
        yield running


class Tabs:
    """Opens tabs; each in a context of its own, as another person would."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._contexts: list[BrowserContext] = []
        self.complaints: list[str] = []
        self.foreign: list[str] = []

    def open(self, url: str, **options: object) -> Page:
        context = self._browser.new_context(**options)  # type: ignore[arg-type]
        self._contexts.append(context)
        tab = context.new_page()
        own = "/".join(url.split("/", 3)[:3])
        tab.on("console", lambda m: self.complaints.append(m.text) if m.type in ("error", "warning") else None)
        tab.on("pageerror", lambda error: self.complaints.append(str(error)))
        tab.on("request", lambda r: None if r.url.startswith((own, "data:")) else self.foreign.append(r.url))
        tab.goto(url)
        return tab

    def close(self) -> None:
        while self._contexts:
            self._contexts.pop().close()


@pytest.fixture
def tabs(chromium: Browser) -> Iterator[Tabs]:
    tabs = Tabs(chromium)
    yield tabs
    tabs.close()
    assert tabs.foreign == []
