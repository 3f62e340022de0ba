"""CPU of a server for each delivered message: a small event to a room of 200 peers on WebSockets.

Once a peer asks for fifty events at once, and once for one: a burst may leave in one write, a single event may not.
"""

from __future__ import annotations

import sys
from functools import partial

from sides import Crowd, compared, cpu, machine, running, sides, table

PEERS, EVENTS, BURSTS = 200, 500, (50, 1)
FRAME = len('42["news",{"id":1,"price":101.25,"text":"hello"}]') + 2


def measure(burst: int, side: str) -> float:
    with running(side) as (port, process):
        crowd = Crowd(port, PEERS)
        for count in (100, EVENTS):  # the first ones warm up
            before = cpu(process)
            for _ in range(count // burst):
                crowd.say(0, f'42["go",{burst}]')
                crowd.read(PEERS * burst * FRAME)
        used = cpu(process) - before
        crowd.close()
    return used / (PEERS * EVENTS) * 1e6


if __name__ == "__main__":
    times = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    print(machine())
    for burst in BURSTS:
        print(f"{PEERS} peers, {burst} event{'s' if burst > 1 else ''} at a time")
        table(compared(sides("livesock, trace off"), partial(measure, burst), times), "us CPU / delivery")
