"""What a page that hangs answers, and how one comes back: the claims of lesson 09 about browsers."""

from __future__ import annotations

import asyncio
import json
import queue
import re
import time
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

import livesock as ls

pytestmark = pytest.mark.browser

LESSON = Path(__file__).parents[4] / "notebooks" / "09_is_anybody_there.ipynb"


def page_of(server: ls.Server) -> None:
    @server.get("/")
    def page(request: Any) -> Any:
        return ls.Response("<h1>a page</h1>", type="text/html")


def test_a_page_that_hangs_still_answers_ping_frames(chromium: Browser) -> None:
    came: queue.Queue[float] = queue.Queue()
    with ls.serve("hanging") as server:
        page_of(server)

        @server.websocket("/ws", ping_interval=None)
        async def ask(ws: Any) -> None:
            await ws.send("hang")
            await asyncio.sleep(0.3)  # now it hangs
            began = time.monotonic()
            await asyncio.wait_for(await ws.ping(), 10)
            came.put(time.monotonic() - began)
            await ws.recv()
            came.put(time.monotonic() - began)

        page = chromium.new_page()
        page.goto(server.url("/", "http"))
        page.evaluate(
            """(url) => { const ws = new WebSocket(url); ws.onmessage = () => {
                const began = Date.now(); while (Date.now() - began < 2000); ws.send("awake"); }; }""",
            server.url("/ws"),
        )
        pong, message = came.get(timeout=20), came.get(timeout=20)
        page.close()

    assert pong < 1.0 < message


def test_a_page_that_hangs_is_a_ping_timeout_to_socket_io(chromium: Browser) -> None:
    came: queue.Queue[str] = queue.Queue()
    with ls.serve("hanging", sessions={"ping_interval": 0.3, "ping_timeout": 0.3}) as server:
        page_of(server)

        @server.of("/").on_disconnect
        async def on_disconnect(socket: ls.Socket, reason: str) -> None:
            came.put(reason)

        page = chromium.new_page()
        page.goto(server.url("/", "http"))
        page.add_script_tag(url=server.url("/socket.io/socket.io.js", "http"))
        page.evaluate(
            """() => { io({ transports: ["websocket"] }).on("connect", () => {
                const began = Date.now(); while (Date.now() - began < 2500); }); }"""
        )
        reason = came.get(timeout=20)
        page.close()

    assert reason == "ping timeout"


def test_the_lines_of_javascript_in_the_lesson_come_back(chromium: Browser) -> None:
    cells = ["".join(cell["source"]) for cell in json.loads(LESSON.read_text("utf-8"))["cells"]]
    (script,) = re.findall(r"```js\n(.*?)```", "\n".join(cells), re.DOTALL)
    calls: queue.Queue[int] = queue.Queue()
    closing = [1012, 1011, 4401]
    with ls.serve("pages") as server:
        page_of(server)

        @server.websocket("/ws")
        async def throw_out(ws: Any) -> None:
            calls.put(closing[0])
            await ws.close(closing.pop(0))

        page = chromium.new_page()
        page.goto(server.url("/", "http"))
        fast = script.replace("1000 * 2", "10 * 2")
        page.evaluate("([url, script]) => new Function('url', script)(url)", [server.url("/ws"), fast])
        assert [calls.get(timeout=20) for _ in range(3)] == [1012, 1011, 4401]
        with pytest.raises(queue.Empty):
            calls.get(timeout=1)  # a no is not an outage
        page.close()


def test_a_page_behind_a_cut_cable_stays_open_and_a_proxy_that_ends_it_is_1006(chromium: Browser) -> None:
    with ls.serve("cut off") as server, ls.netsim(server) as far:
        page_of(server)

        @server.websocket("/ws", ping_interval=None)
        async def quiet(ws: Any) -> None:
            await ws.wait_closed()

        page = chromium.new_page()
        page.goto(server.url("/", "http"))
        page.evaluate(
            """(url) => new Promise((done) => { window.ws = new WebSocket(url); ws.onopen = done;
                ws.onclose = ({ code }) => { window.code = code; }; })""",
            far.url("/ws"),
        )
        far.black_hole = True
        assert page.evaluate("() => ws.send('hello?')") is None
        page.wait_for_timeout(2000)  # nothing is going to come: there is nothing to wait for
        assert page.evaluate("() => ws.readyState") == 1
        far.black_hole, far.idle_timeout = False, 0.3
        page.wait_for_function("() => window.code === 1006", timeout=20_000)
        page.close()
