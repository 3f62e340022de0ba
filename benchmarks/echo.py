"""Messages per second through a raw route with the trace on, against a bare `websockets` server in a thread.

    python benchmarks/echo.py [--rounds 31] [--messages 1000]

Both servers live in one process of their own, with the same handler and options; the client sends finished frames
over a plain socket, so that nearly all of the time is the server's. Rounds alternate; the ratio is the median of the
rounds' ratios, with its quartiles. `ping-pong` waits for each echo; `pipelined` sends a hundred messages before it
reads. The last column compares the processor time that the server spent, which a busy machine disturbs less.
"""

from __future__ import annotations

import argparse
import socket
import statistics
import struct
import subprocess
import time

from _common import heard, machine, running, upgraded

SERVERS = """
import asyncio, sys, threading, time
import livesock as ls
from websockets.asyncio.server import serve
from websockets.exceptions import ConnectionClosed

async def echo(ws):
    try:
        async for message in ws:
            await ws.send(message)
    except ConnectionClosed:
        pass

server = ls.serve("benchmark")
server.websocket("/")(echo)

def bare():
    async def main():
        async with serve(echo, "127.0.0.1", 0, compression=None) as server:
            print(server.sockets[0].getsockname()[1], flush=True)
            await asyncio.Event().wait()
    asyncio.run(main())

print(server.port, flush=True)
threading.Thread(target=bare, daemon=True).start()
for line in sys.stdin:
    print(time.process_time(), flush=True)
server.stop()
"""

WINDOW = 100
"""Messages under way in a pipelined round."""


def frame(size: int) -> bytes:
    """Return a masked binary frame of `size` bytes; the mask is zero, which costs the server as much as any other."""
    length = struct.pack("!B", 0x80 | size) if size < 126 else struct.pack("!BH", 0xFE, size)
    return b"\x82" + length + b"\0\0\0\0" + b"x" * size


def echoes(sock: socket.socket, size: int, messages: int, window: int) -> float:
    """Return how many echoes per second there are, with `window` messages under way at once."""
    sent = frame(size)
    batch, expected = sent * window, (len(sent) - 4) * window
    begin = time.perf_counter()
    for _ in range(messages // window):
        sock.sendall(batch)
        left = expected
        while left:
            left -= len(sock.recv(min(left, 2**18)))
    return messages / (time.perf_counter() - begin)


def processor_time(process: subprocess.Popen[str]) -> float:
    """Return the seconds of processor time that the servers have used."""
    assert process.stdin
    process.stdin.write("\n")
    process.stdin.flush()
    return float(heard(process))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=31)
    parser.add_argument("--messages", type=int, default=1000, help="per round")
    options = parser.parse_args()

    print(machine())
    print(f"{options.rounds} rounds of {options.messages} messages, alternating\n")
    print("| echo | livesock, trace on | websockets | ratio | quartiles | ratio by processor time |")
    print("|---|---|---|---|---|---|")
    with running(SERVERS) as process:
        ours, theirs = (upgraded(int(heard(process))) for _ in range(2))
        for name, window in (("ping-pong", 1), ("pipelined", WINDOW)):
            for size in (20, 1000, 20_000):
                rates: dict[socket.socket, list[float]] = {ours: [], theirs: []}
                spent = {ours: 0.0, theirs: 0.0}
                for number in range(options.rounds + 1):
                    for sock in (ours, theirs) if number % 2 else (theirs, ours):
                        before = processor_time(process)
                        rate = echoes(sock, size, options.messages, window)
                        if number:  # the first round warms up
                            rates[sock].append(rate)
                            spent[sock] += processor_time(process) - before
                ratios = [a / b for a, b in zip(rates[ours], rates[theirs], strict=True)]
                low, ratio, high = statistics.quantiles(ratios, n=4)
                a, b = statistics.median(rates[ours]), statistics.median(rates[theirs])
                print(
                    f"| {name}, {size} B | {a:,.0f}/s | {b:,.0f}/s | {ratio:.2f} | {low:.2f} to {high:.2f} "
                    f"| {spent[theirs] / spent[ours]:.2f} |",
                    flush=True,
                )
        ours.close()
        theirs.close()


if __name__ == "__main__":
    main()
