"""Memory of an idle session, and CPU of a disconnect, with few and with many sessions on WebSockets."""

from __future__ import annotations

import resource
import sys
import time

from sides import Crowd, cpu, machine, running, sides, table

FEW, MANY, LEAVING = 500, 2000, 200


def measure(side: str, size: int) -> tuple[float, float]:
    """Return KiB for each session and us CPU for each disconnect among `size` sessions."""
    with running(side) as (port, process):
        warm = Crowd(port, 50)
        before = process.memory_info().rss
        crowd = Crowd(port, size)
        memory = (process.memory_info().rss - before) / size / 1024
        time.sleep(1)
        used = cpu(process)
        for sock in crowd.socks[:LEAVING]:
            sock.close()
        time.sleep(2)
        used = cpu(process) - used
        crowd.close()
        warm.close()
    return memory, used / LEAVING * 1e6


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_NOFILE, (65536, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    many = int(sys.argv[1]) if len(sys.argv) > 1 else MANY
    print(machine())
    few_found = {side: measure(side, FEW) for side in sides()}
    found = {side: measure(side, many) for side in sides()}
    print(f"memory of an idle session, {many} of them")
    table({side: memory for side, (memory, _) in found.items()}, "KiB")
    print(f"a disconnect among {FEW}")
    table({side: used for side, (_, used) in few_found.items()}, "us CPU")
    print(f"a disconnect among {many}")
    table({side: used for side, (_, used) in found.items()}, "us CPU")
