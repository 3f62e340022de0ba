"""The page's own WebSocket against the notebook's server: directly, and through Jupyter's proxy behind a base path."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.lab import Lab, Notebook, axe, notebook, running_lab

pytestmark = pytest.mark.browser

SERVER = """\
import livesock as ls

server = ls.serve("browser")

@server.websocket("/echo")
async def echo(ws):
    async for message in ws:
        await ws.send(message)

@server.of("/point").on("move")
def move(socket, x, y):
    socket.emit("moved", [x, y])
"""
VIEW = "ls.display.browser(server, '/echo', namespace='/point')"
NAME = "A client in your browser"
ROWS = "print(*[(r.from_client, r.summary) for r in server.trace.only(kind='frame').rows()], sep='\\n')"


def echo(page: Notebook) -> None:
    """Connect, send one message and close with 4001; the page sees all of it."""
    view = page.view(NAME)
    view.get_by_label("message").fill("<b>hi</b>")
    view.get_by_role("button", name="Connect").click()
    expect(view.get_by_label("readyState")).to_have_text("readyState 1 OPEN")
    view.get_by_role("button", name="Send").click()
    seen = view.get_by_label("What this page saw")
    expect(seen).to_contain_text("◄ <b>hi</b>")
    expect(view.get_by_label("What the server recorded")).to_contain_text('text "<b>hi</b>"')
    view.get_by_label("message").fill("x" * 3000)
    view.get_by_role("button", name="Send").click()
    expect(seen).to_contain_text("x… (3,000 characters)")  # and the lines before it stay in sight
    view.get_by_label("code").fill("4001")
    view.get_by_role("button", name="Close").click()
    expect(view.get_by_label("readyState")).to_have_text("readyState 3 CLOSED")


def test_directly_the_close_code_arrives(chromium: Browser, lab: Lab) -> None:
    lab.write("browser.ipynb", SERVER, VIEW)
    with notebook(chromium, lab, "browser.ipynb", width=1600) as page:
        page.run_all()
        echo(page)

        expect(page.view(NAME).get_by_label("What the server recorded")).to_contain_text("close 4001")
        assert '(True, \'text "<b>hi</b>"' in page.ask(ROWS)
        page.picture("browser-direct", page.view(NAME))
        axe(page, page.view(NAME))


def test_socketio_by_hand(chromium: Browser, lab: Lab) -> None:
    lab.write("packets.ipynb", SERVER, VIEW)
    with notebook(chromium, lab, "packets.ipynb", width=800, dark=True) as page:
        page.run_all()
        view = page.view(NAME)
        view.get_by_label("speak").select_option("Socket.IO")
        view.get_by_role("button", name="Connect").click()
        seen = view.get_by_label("What this page saw")
        expect(seen).to_contain_text("► 40/point,")
        expect(seen).to_contain_text("◄ 40/point,{")
        view.get_by_label("event").fill("move")
        view.get_by_label("arguments, JSON").fill("[1, 2]")
        view.get_by_role("button", name="Send").click()

        expect(seen).to_contain_text('◄ 42/point,["moved",[1,2]]')
        expect(view.get_by_label("What the server recorded")).to_contain_text("moved")
        assert "moved" in page.ask(ROWS)
        page.picture("browser-socketio", view)
        axe(page, view)


@pytest.mark.parametrize("secure", [False, True], ids=["ws", "wss"])
def test_through_the_proxy_of_a_hub(
    chromium: Browser, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch, secure: bool
) -> None:
    monkeypatch.setenv("JUPYTERHUB_SERVICE_PREFIX", "/user/x/")
    folder: Path = tmp_path_factory.mktemp("notebooks")
    with running_lab(folder, tmp_path_factory.mktemp("state"), base_url="/user/x/", secure=secure) as hub:
        hub.write("hub.ipynb", SERVER, VIEW)
        with notebook(chromium, hub, "hub.ipynb") as page:
            opened: list[str] = []
            page.page.on("websocket", lambda socket: opened.append(socket.url))
            page.run_all()
            echo(page)

            port = page.ask("print(server.port)").strip()
            own = [url for url in opened if "/echo" in url]
            scheme = "wss" if secure else "ws"
            assert len(own) == 1 and own[0].startswith(
                f"{scheme}://127.0.0.1:{hub.port}/user/x/proxy/{port}/echo?view="
            )
            assert not [url for url in opened if f":{port}/" in url]
            page.picture(f"browser-proxy-{scheme}", page.view(NAME))
