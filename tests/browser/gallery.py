"""Every view on one page, each after it has done something: what the tests of style sheets look at."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Locator, expect

from tests.browser.lab import Notebook

SERVER = """\
import livesock as ls
from livesock import learn

server = ls.serve("gallery")

@server.websocket("/echo")
async def echo(ws):
    async for message in ws:
        await ws.send(message)

@server.get("/page")
def page(request):
    return "hello"

@server.gateway("/point")
class Point:
    @ls.event("move")
    async def move(self, socket, x: int, y: int):
        return {"at": [x, y]}

far = ls.netsim(server, name="gallery")
with ls.connect(server.url("/echo")) as ws:
    ws.send("hello")
    ws.recv()"""

CELLS = {
    "accept": "ls.display.accept(server)",
    "borders": "ls.display.borders()",
    "browser": "ls.display.browser(server)",
    "cluster": "ls.display.cluster('there')",
    "day": """\
from livesock.lessons.lesson09.lend import lent

ls.display.day(*lent()[0])""",
    "cut": "ls.display.cut()",
    "deflate": "ls.display.deflate()",
    "frame": "ls.display.frame(server=server)",
    "goodbye": "ls.display.goodbye('abort')",
    "handshake": "ls.display.handshake(server)",
    "heartbeat": "ls.display.heartbeat()",
    "herd": "ls.display.herd()",
    "kernel": """\
from livesock.net.connect import jupyter

here = jupyter.find()
address = f"{here.url.replace('http', 'ws', 1)}api/kernels/{here.start_kernel()}/channels?token={here.token}"
ls.display.kernel(ls.connect(address, timeout=40, max_queue=None))""",
    "latency": "ls.display.latency()",
    "layers": "ls.display.layers()",
    "length": "ls.display.length()",
    "loop": "ls.display.loop()",
    "map": "ls.display.map()",
    "mask": "ls.display.mask()",
    "netsim": "ls.display.netsim(far)",
    "opening": "ls.display.opening().open('city')",
    "packets": "ls.display.packets(server)",
    "race": "ls.display.race(events=5, gap=0.03)",
    "request": "ls.display.request(server, '/page')",
    "server": "ls.display.server(server)",
    "silence": "ls.display.silence()",
    "stream": "ls.display.stream(start='length')",
    "tank": "ls.display.tank()",
    "traffic": "ls.display.traffic()",
    "transports": "ls.display.transports(server, namespace='/point')",
    "ways": "ls.display.ways()",
    "wire": "ls.display.wire(server)",
    "parsons": "learn.reset('03')\nlearn.parsons('03.accept_key')",
}
"""A cell for each view, by its folder; the blocks to put in order are the one page of `learn` that has a sheet."""


def pressing(name: str, text: str) -> Callable[[Locator], None]:
    """Return what presses a button and waits for a text that follows."""

    def press(view: Locator) -> None:
        view.get_by_role("button", name=name, exact=True).click()
        expect(view.get_by_text(text).first).to_be_visible(timeout=30_000)

    return press


def ask_over_polling(view: Locator) -> None:
    pressing("Connect", "carried by websocket")(view)
    pressing("Client asks", "answer")(view)


def pick_a_row(view: Locator) -> None:
    view.locator("[data-row].ls-is-http").first.click()
    expect(view.locator(".ls-hex-line").first).to_be_visible()


DEEDS: dict[str, Callable[[Locator], None]] = {
    "borders": pressing("Send", "✓ this happened"),
    "browser": pressing("Connect", "readyState 1 OPEN"),
    "day": pressing("ten minutes, in 6 s", "Does your client stay connected for ten minutes?"),
    "cut": pressing("Send", "5 6 lost, 7 8 late"),
    "deflate": pressing("Send", "As it is: 95 bytes."),
    "frame": pressing("Send these bytes to a real server", "the server"),
    "goodbye": pressing("End it", "1006 was reported twice"),
    "handshake": pressing("Send to the real server", "101"),
    "heartbeat": pressing("Start", "The client says OPEN."),
    "herd": pressing("Restart the server", "100 of 100 are back."),
    "kernel": pressing("Run it", "5 answered"),
    "latency": pressing("Measure", "100 ms there and back: new connection"),
    "layers": pressing("Send it", "bytes of message became"),
    "length": pressing("one byte more", "Header: 4 from the client and 4 of key, 4 from the server."),
    "loop": pressing("Start", "of 10 waited"),
    "map": pressing("point.emit(…)", "hears it"),
    "mask": pressing("New key, send", 'text "same"'),
    "packets": pressing("Send", "The server says: connected to /point."),
    "race": pressing("Start", "✓ this happened"),
    "request": pressing("Send", "✓ this happened"),
    "silence": pressing("Call recv", "✓ this happened"),
    "stream": pressing("Run", "✓ this happened"),
    "tank": pressing("Start", "The server waits for the slow reader"),
    "traffic": pressing("Count a minute", "Point at the plot, or use the arrow keys: the numbers."),
    "transports": ask_over_polling,
    "ways": pressing("Try all twelve", "In each column all four are alike"),
    "wire": pick_a_row,
}


def place_of(page: Notebook, view: str) -> Locator:
    """Return the element that a view's sheet may touch."""
    return page.panel.locator(".ls-parsons" if view == "parsons" else f".ls-view.ls-{view}")


def do_everything(page: Notebook, views: tuple[str, ...] = tuple(CELLS)) -> None:
    """Let each view do something, so that all of its parts are drawn."""
    for view in views:
        place = place_of(page, view)
        expect(place).to_be_visible()
        if view in DEEDS:
            DEEDS[view](place)
