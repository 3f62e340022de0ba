"""What the live log costs while a server receives 10,000 messages a second, and how late a message is on the page.

    uv run python -m benchmarks.display [--seconds 30] [--rate 10000] [--rounds 2]

A JupyterLab, a kernel with the server, and Chromium with the notebook; the messages come from a process of their own.
Rounds with and without `wire(server)` alternate; the processor time is that of the whole kernel. Needs Chromium and the
packages of the tests.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from browser.lab import Lab, Notebook, notebook, running_lab
from playwright.sync_api import Browser, sync_playwright

from benchmarks.servers import machine

SERVER = """\
import json, os, time, psutil
import livesock as ls

server = ls.serve("flood")
received = 0

@server.websocket("/sink")
async def sink(ws):
    global received
    async for message in ws:
        received += 1

def figures():
    me, trace = psutil.Process(), server.trace
    print(json.dumps({"cpu": time.process_time(), "rss": me.memory_info().rss, "received": received,
                      "lost": trace.lost, "held": len(trace)}))
"""

SHOW = "log = ls.display.wire(server)\nlog"

CLIENT = """
import sys, time
sys.path.insert(0, sys.argv[1])
from benchmarks.servers import upgraded
port, rate, seconds = map(int, sys.argv[2:])
sock = upgraded(port, "/sink")
frame = bytes([0x81, 0x94, 0, 0, 0, 0]) + b"20 bytes of message."
begin, sent = time.perf_counter(), 0
while (now := time.perf_counter() - begin) < seconds:
    while sent < min(now * rate, rate * seconds):
        sock.sendall(frame)
        sent += 1
    time.sleep(0.001)
sock.sendall(bytes([0x88, 0x82, 0, 0, 0, 0, 3, 232]))
while sock.recv(4096):
    pass
print(sent)
"""

WATCH = """() => {
    const seen = { long: [], gap: 0, delays: [] };
    window.watched = seen;
    const note = (list) => seen.long.push(...list.getEntries().map((entry) => entry.duration));
    new PerformanceObserver(note).observe({ type: "longtask" });
    let last = performance.now();
    const beat = () => {
        const now = performance.now();
        seen.gap = Math.max(seen.gap, now - last);
        last = now;
        setTimeout(beat, 5);
    };
    beat();
    const known = new Set();
    const look = () => {
        for (const cell of document.querySelectorAll(".ls-wire-lines .ls-summary")) {
            const sent = /^text "at ([0-9.]+)"/.exec(cell.textContent)?.[1];
            if (sent && !known.has(sent)) { known.add(sent); seen.delays.push(Date.now() - 1000 * Number(sent)); }
        }
        requestAnimationFrame(look);
    };
    look();
}"""
"""Notes what blocks the page, and when a row that says when it was sent is first in the document."""

PROBE = """\
import threading
def probe(count):
    with ls.connect(server.url("/sink")) as ws:
        for _ in range(count):
            ws.send(f"at {time.time():.6f}")
            time.sleep(0.137)
threading.Thread(target=probe, args=(%d,), daemon=True).start()
"""


def ask(page: Notebook) -> dict[str, Any]:
    return json.loads(page.ask("figures()"))


def heap(page: Notebook) -> int:
    """Return the bytes of JavaScript's memory after a collection."""
    session = page.page.context.new_cdp_session(page.page)
    session.send("HeapProfiler.collectGarbage")
    used = session.send("Runtime.getHeapUsage")["usedSize"]
    session.detach()
    return int(used)


def flood(page: Notebook, rate: int, seconds: int, *, shown: bool) -> dict[str, Any]:
    """Send for `seconds` and return the figures of this round."""
    port = int(page.ask("print(server.port)"))
    begin, heap_before = ask(page), heap(page)
    page.page.evaluate(WATCH)
    command = [sys.executable, "-c", CLIENT, str(Path(__file__).parents[1]), str(port), str(rate), str(seconds)]
    answers: list[float] = []
    memory: list[int] = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as client:
        page.page.wait_for_timeout(1000 * seconds / 3)
        middle = ask(page)
        if shown:
            page.ask(PROBE % (3 * seconds))
            probe = page.ask("while len(server.peers) < 2: time.sleep(0.01)\nprint(max(server.trace.peers))").strip()
            page.page.get_by_label("Connection", exact=True).select_option(probe)
        while client.poll() is None:
            asked = time.perf_counter()
            memory.append(ask(page)["rss"])
            answers.append(time.perf_counter() - asked)
            page.page.wait_for_timeout(500)
        sent = int(client.stdout.read()) if client.stdout else 0
    watched = page.page.evaluate("window.watched")
    end, heap_end = ask(page), heap(page)
    fresh = end["received"] - begin["received"]
    return {
        "sent": sent,
        "received": fresh,
        "chunks": end["held"] + end["lost"] - begin["held"] - begin["lost"],
        "cpu": (end["cpu"] - begin["cpu"]),
        "answer": max(answers),
        "blocked": max([0, *watched["long"]]),
        "gap": watched["gap"],
        "delays": watched["delays"],
        "rss": [round(x / 2**20) for x in (begin["rss"], middle["rss"], max(memory), end["rss"])],
        "heap": [round(x / 2**20, 1) for x in (heap_before, heap_end)],
    }


def told(name: str, round_: dict[str, Any]) -> None:
    delays = sorted(round_["delays"])
    late = f"{statistics.median(delays):.0f} ms median of {len(delays)}, slowest {delays[-1]:.0f} ms" if delays else "-"
    print(
        f"{name}: sent {round_['sent']:,}, received {round_['received']:,}, chunks in the trace {round_['chunks']:,}, "
        f"kernel CPU {round_['cpu']:.2f} s, slowest answer {1000 * round_['answer']:.0f} ms\n"
        f"  page: longest task {round_['blocked']:.0f} ms, longest time without a timer {round_['gap']:.0f} ms, "
        f"message to row: {late}\n"
        f"  memory, MiB: kernel {round_['rss']} (begin, a third, most, end), page {round_['heap']} (begin, end)",
        flush=True,
    )


@contextmanager
def opened() -> Iterator[tuple[Browser, Lab]]:
    """Run Chromium and a JupyterLab with a folder of its own."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        notebooks, state = Path(folder) / "notebooks", Path(folder) / "state"
        notebooks.mkdir()
        state.mkdir()
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu", "--disable-quic"]
        )
        with running_lab(notebooks, state) as lab:
            yield browser, lab
        browser.close()


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--seconds", type=int, default=30)
    options.add_argument("--rate", type=int, default=10_000)
    options.add_argument("--rounds", type=int, default=2)
    chosen = options.parse_args()
    print(machine(), f"load {os.getloadavg()[0]:.1f} before", sep="\n", flush=True)
    rounds: dict[bool, list[dict[str, Any]]] = {False: [], True: []}
    with opened() as (browser, lab):
        for shown in [False, True] * chosen.rounds:
            lab.write("flood.ipynb", SERVER, SHOW if shown else "None")
            with notebook(browser, lab, "flood.ipynb", width=1600) as page:
                page.run_all()
                if shown and not rounds[True]:
                    quiet(page)
                rounds[shown].append(flood(page, chosen.rate, chosen.seconds, shown=shown))
                told("with wire()" if shown else "without", rounds[shown][-1])
    cpu = {shown: statistics.median(r["cpu"] / r["received"] for r in rounds[shown]) for shown in rounds}
    print(f"CPU of the kernel with wire() against without, per message: {cpu[True] / cpu[False]:.2f}")
    print(f"load {os.getloadavg()[0]:.1f} after")


def quiet(page: Notebook) -> None:
    """Measure how late a message is on the page when little else happens."""
    page.page.evaluate(WATCH)
    page.ask(PROBE % 60)
    page.page.wait_for_timeout(10_000)
    delays = sorted(page.page.evaluate("window.watched.delays"))
    print(
        f"quiet: message to row {statistics.median(delays):.0f} ms median of {len(delays)}, slowest {delays[-1]:.0f} ms"
    )


if __name__ == "__main__":
    main()
