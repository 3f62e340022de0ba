"""The three applications in a browser: several tabs, reloads, and networks that go away and come back."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

import livesock as ls
from livesock.demos import DEMOS, mount
from livesock.realtime.actions import SessionOptions
from livesock.server import Server
from tests.peers import eventually

pytestmark = pytest.mark.browser

QUICK = SessionOptions(ping_interval=0.4, ping_timeout=0.8)
"""A dead connection is found after 1.2 seconds, not after 45."""


@pytest.fixture
def server() -> Iterator[Server]:
    with ls.serve("demos", sessions=QUICK) as server:
        mount(server)
        yield server


def enter(tabs: Any, server: Server, name: str, transports: str = "auto", base: str | None = None) -> Any:
    url = f"{base or server.url('/', 'http')}chat?name={name}&transports={transports}"
    tab = tabs.open(url)
    tab.locator("#people li", has_text=f"{name} (you)").wait_for()
    return tab


def say(tab: Any, text: str) -> None:
    tab.get_by_label("Message").fill(text)
    tab.keyboard.press("Enter")


def lines(tab: Any) -> list[str]:
    return list(tab.locator("#log .text").all_inner_texts())


def heard(tab: Any, text: str) -> None:
    tab.locator("#log .text", has_text=text).wait_for()


def state(tab: Any, text: str) -> None:
    tab.locator("#state", has_text=text).wait_for()


@pytest.mark.parametrize(
    ("transports", "ends_on"),
    [("auto", "websocket"), ("websocket", "websocket"), ("polling", "polling"), ("upgrade", "websocket")],
)
def test_two_tabs_see_each_other_and_each_others_lines(
    tabs: Any, server: Server, transports: str, ends_on: str
) -> None:
    ada, bob = enter(tabs, server, "Ada", transports), enter(tabs, server, "Bob", transports)
    ada.locator("#people li", has_text="Bob").wait_for()
    state(ada, f"{ends_on}, session")
    say(ada, '<img src=x onerror="document.title=1">&amp; 日本')
    say(bob, "second")
    for tab in (ada, bob):
        heard(tab, "second")
        assert lines(tab) == ['<img src=x onerror="document.title=1">&amp; 日本', "second"]
    bob.close()
    ada.locator("#log .note", has_text="Bob has gone").wait_for()

    assert ada.locator("#people li").all_inner_texts() == ["Ada (you)"]
    assert tabs.complaints == []


def test_a_tab_that_reloads_has_the_history_once_and_its_name_again(tabs: Any, server: Server) -> None:
    ada, bob = enter(tabs, server, "Ada"), enter(tabs, server, "Bob")
    for number in range(5):
        say(ada, f"line {number}")
    heard(bob, "line 4")
    bob.reload()
    bob.locator("#people li", has_text="Bob (you)").wait_for()
    say(ada, "after")
    heard(bob, "after")

    assert lines(bob) == [*(f"line {number}" for number in range(5)), "after"]
    assert bob.locator("#people li").count() == 2
    assert tabs.complaints == []


@pytest.mark.parametrize("transports", ["websocket", "polling"])
def test_a_tab_whose_network_swallows_everything_comes_back_with_nothing_lost_or_doubled(
    tabs: Any, server: Server, transports: str
) -> None:
    with ls.netsim(server) as net:
        ada = enter(tabs, server, "Ada")
        bob = enter(tabs, server, "Bob", transports, net.url("/", "http"))
        say(ada, "before")
        heard(bob, "before")
        net.black_hole = True
        say(bob, "from the hole")
        say(ada, "missed")
        ada.locator("#log .note", has_text="Bob has gone").wait_for()
        state(bob, "connection lost")
        bob.locator("#outbox li", has_text="from the hole").wait_for()
        net.black_hole = False
        net.reset()  # what is half open would stay so
        heard(ada, "from the hole")
        heard(bob, "from the hole")

        assert lines(ada) == lines(bob) == ["before", "missed", "from the hole"]
        assert bob.locator("#outbox li").count() == 0
        ada.locator("#people li", has_text="Bob").wait_for()


def test_a_tab_that_goes_offline_comes_back_as_soon_as_it_is_online(tabs: Any, server: Server) -> None:
    ada, bob = enter(tabs, server, "Ada"), enter(tabs, server, "Bob", "polling")
    bob.context.set_offline(True)
    state(bob, "connection lost")
    assert "trying again" in bob.locator("#state-detail").inner_text()
    say(ada, "missed")
    say(bob, "kept")
    bob.context.set_offline(False)
    heard(ada, "kept")
    heard(bob, "kept")

    assert lines(bob) == ["missed", "kept"]


def test_a_server_that_is_replaced_is_found_again(tabs: Any) -> None:
    with ls.serve("replaced", sessions=QUICK) as first:
        mount(first, "chat")
        ada = enter(tabs, first, "Ada")
        say(ada, "old")
        heard(ada, "old")
        with ls.serve("replaced", sessions=QUICK) as second:
            mount(second, "chat")
            state(ada, "connected")
            say(ada, "new")
            heard(ada, "new")

            assert lines(ada) == ["old", "new"]  # another room, though of the same name: hers are on her page only
            ada.get_by_text("has forgotten the lines above").wait_for()
            bob = enter(tabs, second, "Bob")
            heard(bob, "new")
            assert lines(bob) == ["new"]


def test_a_copy_of_a_tab_takes_over_and_the_first_one_says_so(tabs: Any, server: Server) -> None:
    ada = enter(tabs, server, "Ada")
    kept = ada.evaluate("JSON.stringify(Object.entries(sessionStorage))")
    copy = ada.context.new_page()
    copy.add_init_script(f"for (const [k, v] of {kept}) sessionStorage.getItem(k) ?? sessionStorage.setItem(k, v)")
    copy.goto(ada.url)
    copy.locator("#people li", has_text="Ada (you)").wait_for()
    ada.get_by_role("alert").filter(has_text="another tab").wait_for()
    ada.get_by_label("Your name").fill("Ada two")
    ada.get_by_role("button", name="Enter").click()
    ada.locator("#people li", has_text="Ada two (you)").wait_for()

    copy.locator("#people li", has_text="Ada two").wait_for()
    assert copy.locator("#people li").count() == 2


def test_what_is_refused_says_why(tabs: Any, server: Server) -> None:
    enter(tabs, server, "Ada")
    other = tabs.open(server.url("/chat", "http"))
    other.get_by_label("Your name").fill("ada")
    other.get_by_role("button", name="Enter").click()

    other.get_by_role("alert").filter(has_text="the name ada is taken").wait_for()


def test_a_line_that_is_too_long_is_kept_and_not_cut(tabs: Any, server: Server) -> None:
    ada = enter(tabs, server, "Ada")
    say(ada, "x" * 10_000)
    ada.get_by_role("alert").filter(has_text="at most 500 characters, and this one has 10000").wait_for()
    assert len(ada.get_by_label("Message").input_value()) == 10_000

    say(ada, "\N{PARTY POPPER}" * 500)
    heard(ada, "\N{PARTY POPPER}" * 500)

    assert lines(ada) == ["\N{PARTY POPPER}" * 500]
    assert ada.get_by_label("Message").input_value() == ""
    assert ada.locator("#trouble").inner_text() == ""


def test_on_a_phone_one_sees_who_is_there_and_where_to_write(tabs: Any, server: Server) -> None:
    url = server.url("/chat?name=Ada", "http")
    ada = tabs.open(url, viewport={"width": 390, "height": 844})
    enter(tabs, server, "Bob")
    bob = ada.locator("#people li", has_text="Bob")
    bob.wait_for()
    seen = """e => { const r = e.getBoundingClientRect(), a = e.closest('aside')?.getBoundingClientRect();
                     return r.bottom <= Math.min(innerHeight, a?.bottom ?? innerHeight); }"""

    assert bob.evaluate(seen)
    assert ada.get_by_label("Message").evaluate(seen)


def test_the_button_disconnects_and_connects(tabs: Any, server: Server) -> None:
    ada, bob = enter(tabs, server, "Ada"), enter(tabs, server, "Bob", "polling")
    bob.get_by_role("button", name="Disconnect").click()
    state(bob, "disconnected")
    ada.locator("#log .note", has_text="Bob has gone").wait_for()
    say(ada, "missed")
    bob.get_by_role("button", name="Connect").click()
    heard(bob, "missed")
    bob.get_by_label("Transport").select_option("websocket")
    state(bob, "websocket, session")
    say(bob, "here")
    heard(ada, "here")


def test_the_ticker_moves_and_a_slow_tab_gets_less_but_nothing_older(tabs: Any, server: Server) -> None:
    fast, slow = tabs.open(server.url("/ticker", "http")), tabs.open(server.url("/ticker", "http"))
    slow.get_by_label("This tab paints").select_option("1000")
    tick = "() => Number(document.querySelector('#prices tr td:last-child').textContent.replaceAll(',', ''))"
    for tab in (fast, slow):
        tab.locator("#prices tr").nth(19).wait_for()
        first = tab.evaluate(tick)
        tab.wait_for_function(f"() => ({tick})() > {first} + 5000")  # as a function: the page evaluates no text
        tab.locator("#source", has_text="/ s").wait_for()
    number = "() => parseFloat(document.getElementById('batches').textContent)"

    eventually(lambda: fast.evaluate(number) > slow.evaluate(number), "the slow tab gets fewer batches")
    eventually(lambda: abs(fast.evaluate(tick) - slow.evaluate(tick)) < 20_000, "the slow tab is current")
    assert tabs.complaints == []


PLACES = "() => [...document.querySelectorAll('#players tr')].map((row) => row.lastChild.textContent)"


def test_two_players_move_and_agree(tabs: Any, server: Server) -> None:
    one, two = tabs.open(server.url("/game", "http")), tabs.open(server.url("/game?transports=polling", "http"))
    one.locator("#you", has_text="You are player A").wait_for()
    two.locator("#you", has_text="You are player B").wait_for()
    one.locator("#players tr").nth(1).wait_for()
    before = one.evaluate(PLACES)
    for tab, keys in ((one, ["ArrowRight", "ArrowLeft"]), (two, ["KeyS", "KeyW"])):
        for key in keys:  # there, and halfway back: wherever the edge is, it moves
            tab.keyboard.down(key)
            tab.wait_for_timeout(400 if key == keys[0] else 150)
            tab.keyboard.up(key)
    for tab in (one, two):
        tab.locator("#late", has_text="0 steps ahead").wait_for()
    one.wait_for_function(f"(before) => !({PLACES})().some((place, index) => place === before[index])", arg=before)
    final = two.evaluate(PLACES)
    one.wait_for_function(f"(final) => JSON.stringify(({PLACES})()) === JSON.stringify(final)", arg=final)

    assert tabs.complaints == []


def test_a_player_who_reloads_or_loses_the_network_keeps_the_seat(tabs: Any, server: Server) -> None:
    first, second = tabs.open(server.url("/game", "http")), tabs.open(server.url("/game?transports=polling", "http"))
    second.locator("#you", has_text="You are player B").wait_for()
    first.reload()
    first.locator("#you", has_text="You are player A").wait_for()
    second.context.set_offline(True)
    state(second, "connection lost")
    first.locator("#players .gone", has_text="away").wait_for()
    second.context.set_offline(False)
    state(second, "polling, session")
    second.locator("#you", has_text="You are player B").wait_for()

    first.wait_for_function("() => !document.querySelector('#players .gone')")
    assert first.locator("#players tr").count() == 2


@pytest.mark.parametrize("page", ["chat?name=Ada", "ticker", "game"])
def test_every_control_has_a_name_and_nothing_is_wider_than_the_window(tabs: Any, server: Server, page: str) -> None:
    for width in (360, 800, 1600):
        tab = tabs.open(
            server.url(f"/{page}{width if 'name' in page else ''}", "http"), viewport={"width": width, "height": 800}
        )
        state(tab, "connected")
        tab.locator("#people li, #prices tr, #players tr").first.wait_for()
        unnamed = tab.evaluate(
            """() => [...document.querySelectorAll('input, select, button')]
               .filter((e) => !(e.labels?.length || e.ariaLabel || e.textContent.trim())).map((e) => e.outerHTML)"""
        )

        assert unnamed == []
        assert tab.evaluate("() => document.documentElement.scrollWidth <= innerWidth"), width
    assert tabs.complaints == []


def test_with_a_token_the_pages_work(tabs: Any) -> None:
    with ls.serve("wide", host="0.0.0.0", hosts=["127.0.0.1"]) as server:
        mount(server)
        tab = tabs.open(server.url("/chat?name=Ada", "http"))
        tab.locator("#people li", has_text="Ada (you)").wait_for()
        tab.get_by_role("link", name="Game").click()
        tab.locator("#you", has_text="You are player A").wait_for()

    assert tabs.complaints == []


@contextmanager
def prefixed(port: int) -> Iterator[str]:
    """Serve everything at `port` under a path of another server, as a JupyterHub does; yield the address."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="prefix", daemon=True)
    thread.start()

    async def forward(request: web.Request) -> web.StreamResponse:
        target = f"http://127.0.0.1:{port}/{request.match_info['rest']}?{request.query_string}"
        async with aiohttp.ClientSession() as session:
            if request.headers.get("Upgrade", "").lower() != "websocket":
                kept = {"Content-Type": request.content_type} if request.can_read_body else {}
                body = await request.read() or None
                async with session.request(request.method, target, data=body, headers=kept) as answer:
                    kind = answer.headers.get("Content-Type", "text/plain")
                    return web.Response(body=await answer.read(), status=answer.status, headers={"Content-Type": kind})
            near = web.WebSocketResponse()
            await near.prepare(request)
            async with session.ws_connect(target) as far:
                await asyncio.wait([asyncio.ensure_future(pass_on(*pair)) for pair in ((near, far), (far, near))])
            return near

    async def pass_on(source: Any, sink: Any) -> None:
        async for message in source:
            await (sink.send_str if message.type is aiohttp.WSMsgType.TEXT else sink.send_bytes)(message.data)
        await sink.close()

    async def start() -> tuple[web.AppRunner, int]:
        app = web.Application()
        app.router.add_route("*", "/user/ada/proxy/8765/{rest:.*}", forward)
        runner = web.AppRunner(app, shutdown_timeout=0.5)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        return runner, runner.addresses[0][1]

    runner, port_of_proxy = asyncio.run_coroutine_threadsafe(start(), loop).result(20)
    try:
        yield f"http://127.0.0.1:{port_of_proxy}/user/ada/proxy/8765/"
    finally:
        asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result(20)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(20)
        loop.close()


@pytest.mark.parametrize("transports", ["websocket", "polling", "upgrade"])
def test_behind_a_path_prefix_the_pages_work(tabs: Any, server: Server, transports: str) -> None:
    with prefixed(server.port) as base:
        ada = enter(tabs, server, "Ada", transports, base)
        state(ada, f"{'polling' if transports == 'polling' else 'websocket'}, session")
        say(ada, "through the prefix")
        heard(ada, "through the prefix")
        ada.get_by_role("link", name="Game").click()
        ada.locator("#you", has_text="You are player A").wait_for()
        tabs.close()

    assert tabs.complaints == []


ESCAPES = """async ([other, page]) => {
  const blocked = [];
  document.addEventListener("securitypolicyviolation", (event) => blocked.push(event.effectiveDirective));
  const script = (more) => document.body.append(Object.assign(document.createElement("script"), more));
  const failed = (element) => new Promise((resolve) => {
    element.onerror = () => resolve("blocked");
    document.body.append(element);
  });
  const dialled = (url) => new Promise((resolve) => { new WebSocket(url).onerror = () => resolve("blocked"); });
  script({ textContent: "document.title = 'taken over'" });
  const button = document.createElement("button");
  button.setAttribute("onclick", "document.title = 'taken over'");
  button.click();
  const tried = [
    await fetch(other).catch(() => "blocked"),
    await import(other).catch(() => "blocked"),
    await failed(Object.assign(document.createElement("img"), { src: other })),
    await failed(Object.assign(document.createElement("link"), { rel: "stylesheet", href: other })),
  ];
  tried.push(await dialled(other.replace("http", "ws")).catch(() => "blocked"));
  const own = (await fetch(page)).status;
  return { blocked: [...new Set(blocked)].sort(), tried, own, title: document.title };
}"""


@pytest.mark.parametrize("page", list(DEMOS))
def test_a_page_loads_from_its_own_server_and_talks_to_nobody_else(tabs: Any, server: Server, page: str) -> None:
    with ls.serve("elsewhere") as elsewhere:
        tab = tabs.open(server.url(f"/{page}", "http"))
        state(tab, "websocket, session")
        assert tabs.complaints == []

        seen = tab.evaluate(ESCAPES, [elsewhere.url("/", "http"), page])
        tabs.close()

        assert list(elsewhere.trace) == [], "not one connection was made"
    tabs.foreign.clear()  # the browser was asked for them, and refused
    assert seen == {
        "blocked": ["connect-src", "img-src", "script-src-attr", "script-src-elem", "style-src-elem"],
        "tried": ["blocked"] * 5,
        "own": 200,
        "title": f"{page.title()}: livesock",
    }


MODULE = """async ([base, transports]) => {
  const { connect } = await import(base + "livesock.js");
  const socket = connect("/lab", { transports, auth: { who: "Ada" } });
  const heard = [];
  socket.on("welcome", (...values) => heard.push(values.length));
  socket.on("question", (bytes) => new Uint8Array(bytes).map((byte) => byte + 1));
  socket.emit("early", "before the connection");
  await new Promise((resolve, reject) => { socket.on("connect", resolve); socket.on("connect_error", reject); });
  const bytes = Uint8Array.of(0, 127, 255);
  const echo = await socket.call("echo", { deep: [bytes, "日本", bytes.buffer] });
  const asked = await socket.call("ask me", bytes);
  const error = await socket.call("fail").catch((problem) => problem.message);
  const many = await Promise.all(Array.from({ length: 80 }, (_, number) => socket.call("echo", number)));
  const early = await socket.call("early lines");
  const big = await socket.call("size", "é".repeat(150000));
  const other = socket.connection.socket("/closed");
  const refused = await new Promise((resolve) =>
    other.on("connect_error", (problem) => resolve([problem.message, problem.data])));
  const gone = new Promise((resolve) => socket.on("disconnect", resolve));
  const pending = socket.call("leave me").catch((problem) => problem.message);
  const result = { heard, echo: [[...new Uint8Array(echo.deep[0])], echo.deep[1], [...new Uint8Array(echo.deep[2])]],
    asked, error, many, early, big, refused, transport: socket.connection.state.transport,
    pending: await pending, gone: await gone, after: socket.connected };
  socket.connection.close();
  return result;
}"""


@pytest.mark.parametrize("transports", [["websocket"], ["polling"], ["polling", "websocket"]])
def test_our_module_speaks_all_of_the_protocol(tabs: Any, server: Server, transports: list[str]) -> None:
    lab(server)
    tab = tabs.open(server.url("/empty", "http"))

    seen = tab.evaluate(MODULE, [server.url("/", "http"), transports])

    assert seen["heard"] == [2]
    assert seen["echo"] == [[0, 127, 255], "日本", [0, 127, 255]]
    assert seen["asked"] == [1, 128, 0]
    assert seen["error"] == "no"
    assert seen["many"] == list(range(80))
    assert seen["early"] == ["before the connection"]
    assert seen["big"] == 150_000
    assert seen["refused"] == ["members only", {"code": 7}]
    assert seen["transport"] == transports[-1]
    assert seen["pending"] == "disconnected: server namespace disconnect"
    assert (seen["gone"], seen["after"]) == ("server namespace disconnect", False)


OFFICIAL = """async (transports) => {
  const socket = io("/lab", { transports, auth: { who: "Ada" } });
  socket.on("question", (bytes, answer) => answer(new Uint8Array(bytes).map((byte) => byte + 1)));
  await new Promise((resolve, reject) => { socket.on("connect", resolve); socket.on("connect_error", reject); });
  const bytes = Uint8Array.of(0, 127, 255);
  const echo = await socket.emitWithAck("echo", { deep: [bytes, "日本"] });
  const asked = await socket.emitWithAck("ask me", bytes);
  const many = await Promise.all(Array.from({ length: 80 }, (_, number) => socket.emitWithAck("echo", number)));
  const deadline = Date.now() + 10000;
  const name = () => socket.io.engine.transport.name;
  while (name() !== transports.at(-1) && Date.now() < deadline) await new Promise((r) => setTimeout(r, 20));
  const result = { echo: [[...new Uint8Array(echo.deep[0])], echo.deep[1]], asked, many, transport: name() };
  socket.disconnect();
  return result;
}"""


@pytest.mark.parametrize("transports", [["websocket"], ["polling"], ["polling", "websocket"]])
def test_the_official_client_in_a_browser_talks_to_the_server(
    tabs: Any, server: Server, node_modules: Path, transports: list[str]
) -> None:
    lab(server)
    bundle = (node_modules / "socket.io-client" / "dist" / "socket.io.min.js").read_text("utf-8")
    tab = tabs.open(server.url("/empty", "http"))
    tab.add_script_tag(content=bundle.partition("//# sourceMappingURL")[0])

    seen = tab.evaluate(OFFICIAL, transports)

    assert seen["echo"] == [[0, 127, 255], "日本"]
    assert seen["asked"] == [1, 128, 0]
    assert seen["many"] == list(range(80))
    assert seen["transport"] == transports[-1]
    assert tabs.complaints == []


def lab(server: Server) -> None:
    """Give the server a namespace in which everything can be tried, and one that nobody may enter."""
    lab, early = server.of("/lab"), []

    @server.get("/empty")
    def empty(request: object) -> ls.Response:
        return ls.Response('<!doctype html><title>empty</title><link rel="icon" href="data:,">', type="text/html")

    @lab.on_connect
    async def welcome(socket: Any) -> None:
        socket.emit("welcome", socket.handshake.auth["who"], b"\x00")

    @lab.on("echo")
    async def echo(socket: Any, value: Any) -> Any:
        return value

    @lab.on("size")
    async def size(socket: Any, text: str) -> int:
        return len(text)

    @lab.on("early")
    async def note(socket: Any, text: str) -> None:
        early.append(text)

    @lab.on("early lines")
    async def noted(socket: Any) -> list[str]:
        return early

    @lab.on("ask me")
    async def ask(socket: Any, data: bytes) -> list[int]:
        return list(await socket.call("question", data))

    @lab.on("fail")
    async def fail(socket: Any) -> None:
        raise ls.Refused("no")

    @lab.on("leave me")
    async def leave(socket: Any) -> None:
        socket.disconnect()

    @server.of("/closed").use
    async def nobody(socket: Any) -> None:
        raise ls.Refused("members only", json.loads('{"code": 7}'))
