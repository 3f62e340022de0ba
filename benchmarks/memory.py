"""Memory of an idle raw connection, against `websockets`' own.

    python benchmarks/memory.py [--connections 800] [--rounds 3]

Each server runs in a process of its own; its resident memory is read before and after the connections. A first batch
of connections is opened and kept before measuring, so that what a process pays once is not counted. "Without the
trace" is a server whose trace may hold one byte: the difference is what the recorded handshakes take.
"""

from __future__ import annotations

import argparse
import contextlib
import statistics

import psutil
from _common import heard, machine, running, upgraded

LIVESOCK = """
import gc, sys
import livesock as ls
from livesock.net.http.limits import Limits

server = ls.serve("benchmark", limits=Limits(max_connections=5000), trace_limit=int(sys.argv[1]))

@server.websocket("/")
async def wait(ws):
    await ws.wait_closed()

print(server.port, flush=True)
for line in sys.stdin:
    gc.collect()
    print(len(server.peers), flush=True)
server.stop()
"""

WEBSOCKETS = """
import asyncio, gc, sys, threading
from websockets.asyncio.server import serve

async def wait(ws):
    await ws.wait_closed()

def run():
    async def main():
        global server
        async with serve(wait, "127.0.0.1", 0, compression=None) as server:
            print(server.sockets[0].getsockname()[1], flush=True)
            await asyncio.Event().wait()
    asyncio.run(main())

threading.Thread(target=run, daemon=True).start()
for line in sys.stdin:
    gc.collect()
    print(len(server.connections), flush=True)
"""

WARM = 100
"""Connections opened before the measurement begins."""

VARIANTS = {
    "websockets": (WEBSOCKETS,),
    "livesock": (LIVESOCK, str(4 * 2**20)),
    "livesock without the trace": (LIVESOCK, "1"),
}


def kib_per_connection(count: int, program: str, *arguments: str) -> float:
    with running(program, *arguments) as process, contextlib.ExitStack() as stack:
        port = int(heard(process))
        child = psutil.Process(process.pid)

        def settled(wanted: int) -> int:
            """Collect garbage in the server once it has `wanted` connections, and return its resident memory."""
            while True:
                assert process.stdin
                process.stdin.write("\n")
                process.stdin.flush()
                if int(heard(process)) >= wanted:
                    return int(child.memory_info().rss)

        for _ in range(WARM):
            stack.enter_context(upgraded(port))
        before = settled(WARM)
        for _ in range(count):
            stack.enter_context(upgraded(port))
        return (settled(WARM + count) - before) / count / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--connections", type=int, default=800)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()

    print(machine())
    print(f"{options.connections} idle connections, median of {options.rounds} rounds, alternating\n")
    found: dict[str, list[float]] = {name: [] for name in VARIANTS}
    for _ in range(options.rounds):
        for name, variant in VARIANTS.items():
            found[name].append(kib_per_connection(options.connections, *variant))
    base = statistics.median(found["websockets"])
    print("| idle connection | KiB | against websockets |")
    print("|---|---|---|")
    for name, values in found.items():
        print(f"| {name} | {statistics.median(values):.1f} | {statistics.median(values) / base:.2f} |")


if __name__ == "__main__":
    main()
