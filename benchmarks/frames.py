"""The longest frame of each view while its buttons are pressed and thirty clients say 10,000 things behind it.

    uv run python -m benchmarks.frames [view …]

JupyterLab, a kernel and Chromium; the clients are a process of their own. A view that watches a server has the clients
at that server, the others have them in their kernel. A frame lasts from one `requestAnimationFrame` to the next: 17 ms
where nothing is late. Needs Chromium and the packages of the tests.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time

from playwright.sync_api import Browser, Error, Locator, expect

from benchmarks.display import opened
from benchmarks.servers import machine
from tests.browser.gallery import CELLS, DEEDS, SERVER, place_of
from tests.browser.lab import Lab, notebook

CLIENTS, EVENTS, SECONDS = 30, 10_000, 10

SAY = """
point = server.of("/point")

@point.on("say")
async def say(socket, text):
    socket.broadcast.emit("said", text)"""

CROWD = f"""
import asyncio, sys, time
from websockets.asyncio.client import connect

async def client(n, port):
    async with connect(f"ws://127.0.0.1:{{port}}/socket.io/?EIO=4&transport=websocket") as ws:
        async def hear():
            async for packet in ws:
                if packet == "2":
                    await ws.send("3")
        await ws.recv()
        await ws.send('40/point,{{"name": "c%d"}}' % n)
        while not (await ws.recv()).startswith("40/point,"):
            pass
        hearing = asyncio.create_task(hear())
        begin = time.monotonic()
        for k in range(n, {EVENTS}, {CLIENTS}):
            await asyncio.sleep(begin + {SECONDS} * k / {EVENTS} - time.monotonic())
            await ws.send('42/point,["say","hello"]' if k % 31 == 0 else '42/point,["move",%d,1]' % k)
        await asyncio.sleep(1)
        hearing.cancel()

async def main():
    await asyncio.gather(*(client(n, int(sys.argv[1])) for n in range({CLIENTS})))

asyncio.run(main())
"""
"""Says what each of thirty clients says, evenly; one in 31 is told to all others: some 10,000 events come back."""

WATCH = """() => {
    const seen = window.seen = { frame: 0, task: 0, count: 0 };
    const note = (list) => { for (const one of list.getEntries()) seen.task = Math.max(seen.task, one.duration); };
    new PerformanceObserver(note).observe({ type: "longtask" });
    let last = performance.now();
    const beat = (now) => {
        seen.frame = Math.max(seen.frame, now - last);
        seen.count += 1;
        last = now;
        requestAnimationFrame(beat);
    };
    requestAnimationFrame(beat);
}"""


def watched(browser: Browser, lab: Lab, view: str) -> str:
    """Return a line of the table: the longest frame and task of a view, idle and under load."""
    cell = "ls.display.map(server)" if view == "map" else CELLS[view]
    lab.write(f"{view}.ipynb", SERVER + SAY, "print(server.port, far.port)", cell)
    with notebook(browser, lab, f"{view}.ipynb", width=1280) as page:
        page.run_all()
        place = place_of(page, view)
        expect(place).to_be_visible()
        ports = page.ask("print(server.port, far.port)").split()
        page.page.evaluate(WATCH)
        page.page.wait_for_timeout(3000)
        idle = page.page.evaluate("window.seen")
        page.page.evaluate("Object.assign(window.seen, { frame: 0, task: 0, count: 0 })")
        begin = time.monotonic()
        with subprocess.Popen([sys.executable, "-c", CROWD, ports[view == "netsim"]]) as crowd:
            page.page.wait_for_timeout(2000)
            deed = act(view, place)
            crowd.wait()
        page.page.wait_for_timeout(2000)
        busy = page.page.evaluate("window.seen")
        events = page.ask("print(sum(1 for _ in server.trace), server.trace.lost, len(server.errors))")
    rate = busy["count"] / (time.monotonic() - begin)
    figures = [idle["frame"], busy["frame"], busy["task"], rate]
    return f"| {' | '.join([view, *(f'{one:.0f}' for one in figures), deed, events.strip()])} |"


def act(view: str, place: Locator) -> str:
    """Press the buttons of the view as its test does; return what came of it."""
    if view not in DEEDS or view == "wire":  # the log's first row, which the test opens, has left the window long ago
        return "looked at"
    try:
        DEEDS[view](place)
    except (AssertionError, Error) as error:
        return f"**{str(error).splitlines()[0]}**"
    return "played"


def main() -> None:
    names = sys.argv[1:] or list(CELLS)
    print(machine(), f"load {os.getloadavg()[0]:.1f} before", "", sep="\n", flush=True)
    print(
        "| view | idle: longest frame, ms | busy: longest frame, ms | longest task, ms | frames/s | buttons | trace |"
    )
    print("|---|---|---|---|---|---|---|", flush=True)
    with opened() as (browser, lab):
        for view in names:
            print(watched(browser, lab, view), flush=True)
            lab.end_kernels()
    print(f"\nload {os.getloadavg()[0]:.1f} after")


if __name__ == "__main__":
    main()
