"""Memory of an idle session, and CPU of a disconnect, with few and with many sessions on WebSockets.

    python benchmarks/sessions.py            100, 1000 and 4000 sessions at each side
    python benchmarks/sessions.py 5000       that many at each side

A disconnect is measured between two looks at the server's CPU time: before the first peer leaves, and when the server
says that all who left are gone. A process may hold fewer files than that; the limit is raised as far as it goes.
"""

from __future__ import annotations

import contextlib
import resource
import sys
import time

import psutil
from sides import Crowd, cpu, machine, running, sides, table

SIZES, LEAVING, TIMES = (100, 1000, 4000), 100, 3


def measure(side: str, size: int) -> tuple[float, list[float]]:
    """Return KiB for each session and us CPU for each disconnect among `size` sessions."""
    with running(side) as (port, process):
        warm = Crowd(port, 50)
        before = process.memory_info().rss
        crowd = Crowd(port, size)
        memory = (process.memory_info().rss - before) / size / 1024
        used = []
        for _ in range(TIMES):
            quiet(process)
            start = cpu(process)
            for sock in crowd.socks[:LEAVING]:
                sock.close()
            quiet(process)
            used.append((cpu(process) - start) / LEAVING * 1e6)
            crowd.socks[:LEAVING] = Crowd(port, LEAVING).socks  # as many as before
        crowd.close()
        warm.close()
    return memory, used


def quiet(process: psutil.Process) -> None:
    """Wait until the server has done what there was to do: no CPU in half a second."""
    used = -1.0
    while used != (used := cpu(process)):
        time.sleep(0.5)


if __name__ == "__main__":
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(65536, hard) if hard > 0 else 65536, hard))
    sizes = [int(size) for size in sys.argv[1:]] or SIZES
    print(machine())
    for size in sizes:
        found = {side: measure(side, size) for side in sides()}
        print(f"{size} idle sessions: memory of one of them, and a disconnect among them")
        table({side: [memory] for side, (memory, _) in found.items()}, "KiB")
        table({side: used for side, (_, used) in found.items()}, "us CPU")
