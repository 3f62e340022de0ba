"""A page of one origin and a server of another, in Chromium: what an app on two ports needs, and what strangers get."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, sync_playwright

import livesock as ls
from livesock.server import Server
from tests.browser.conftest import FLAGS, Tabs
from tests.peers import faults

pytestmark = pytest.mark.browser

NAMED = "MAP pages.example 127.0.0.1"
"""A name that is not loopback, for the browser alone."""

PAGE = """<!doctype html><link rel="icon" href="data:,"><script src="/socket.io/socket.io.js"></script>
<output></output><script>
const show = (text) => { document.querySelector("output").textContent = text; };
const asked = new URLSearchParams(location.search);
const socket = io(asked.get("to"), { ...JSON.parse(asked.get("options")), reconnection: false });
socket.on("connect", async () => show(`answer ${await socket.emitWithAck("who")} ${socket.io.engine.transport.name}`));
socket.on("connect_error", (error) => show(`refused ${error.message}`));
</script>"""

TRANSPORTS: dict[str, dict[str, Any]] = {
    "polling": {"transports": ["polling"]},
    "websocket": {"transports": ["websocket"]},
    "upgrade": {"transports": ["polling", "websocket"]},
}


@pytest.fixture(scope="module")
def chromium(tool: Any) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        flags = [*FLAGS, f"--host-resolver-rules={NAMED}"]
        browser = playwright.chromium.launch(executable_path=tool("chromium"), args=flags)
        yield browser
        browser.close()


@pytest.fixture
def tabs(chromium: Browser) -> Iterator[Tabs]:
    tabs = Tabs(chromium)
    yield tabs
    tabs.close()


@pytest.fixture
def pages() -> Iterator[Server]:
    with ls.serve("pages", hosts=["pages.example"]) as server:
        server.get("/")(lambda request: ls.Response(PAGE, type="text/html", headers={"Set-Cookie": "who=ada"}))
        yield server
        assert faults(server) == []


def api(name: str, **options: Any) -> Server:
    server = ls.serve(name, **options)
    server.of("/").on("who")(lambda socket: socket.handshake.headers.get("cookie", "nothing"))
    return server


def address(pages: Server, host: str, api: str, options: dict[str, Any]) -> str:
    """Return the page under the name `host`, which connects to `api`."""
    return f"http://{host}:{pages.port}/?{urlencode({'to': api, 'options': json.dumps(options)})}"


@pytest.mark.parametrize("with_credentials", [True, False])
@pytest.mark.parametrize("how", TRANSPORTS)
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_page_of_another_port_connects_with_and_without_its_cookies(
    tabs: Tabs, pages: Server, host: str, how: str, with_credentials: bool
) -> None:
    with api("api") as server:
        options = {**TRANSPORTS[how], "withCredentials": with_credentials}
        tab = tabs.open(address(pages, host, f"http://{host}:{server.port}", options))
        tab.locator("output", has_text="answer").wait_for()

        shown = tab.locator("output").inner_text()
        # cookies do not know ports, and a WebSocket always sends them
        assert ("who=ada" in shown) == (with_credentials or how == "websocket")
        assert tabs.complaints == [] and server.errors == []


@pytest.mark.parametrize("how", TRANSPORTS)
def test_a_page_that_was_named_connects_with_its_cookies(tabs: Tabs, pages: Server, how: str) -> None:
    origin = f"http://pages.example:{pages.port}/"
    with api("api", origins=[origin], hosts=["pages.example"]) as server:
        options = {**TRANSPORTS[how], "withCredentials": True}
        tab = tabs.open(address(pages, "pages.example", f"http://pages.example:{server.port}", options))
        tab.locator("output", has_text="answer who=ada").wait_for()

        assert tabs.complaints == [] and server.errors == []


@pytest.mark.parametrize("how", ["polling", "websocket"])
def test_a_page_that_was_not_named_is_refused_and_the_log_says_which(tabs: Tabs, pages: Server, how: str) -> None:
    with api("api") as server:
        tab = tabs.open(address(pages, "pages.example", server.url("/", "http"), TRANSPORTS[how]))
        tab.locator("output", has_text="refused").wait_for()

        assert f"(Origin: http://pages.example:{pages.port})" in str(server.errors[0]) and faults(server) == []
