"""CPU of a server for each delivered message: a small event to a room of 200 peers on WebSockets.

A peer asks for it in three ways. What is said in one turn of the server's loop may leave in one write; events in turns
of their own may not. And who asks for each event anew also measures how a server wakes up and takes a question.
"""

from __future__ import annotations

import sys
from functools import partial

from sides import Crowd, compared, cpu, machine, running, sides, table

PEERS, EVENTS = 200, 500
WAYS = {
    "50 events in a turn": (50, False),
    "1 event in a turn, 10 turns for each question": (10, True),
    "1 event for each question": (1, False),
}
FRAME = len('42["news",{"id":1,"price":101.25,"text":"hello"}]') + 2


def measure(burst: int, apart: bool, side: str) -> float:
    with running(side) as (port, process):
        crowd = Crowd(port, PEERS)
        for count in (100, EVENTS):  # the first ones warm up
            before = cpu(process)
            for _ in range(count // burst):
                crowd.say(0, f'42["go",{burst},{str(apart).lower()}]')
                crowd.read(PEERS * burst * FRAME)
        used = cpu(process) - before
        crowd.close()
    return used / (PEERS * EVENTS) * 1e6


if __name__ == "__main__":
    times = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    print(machine())
    for way, (burst, apart) in WAYS.items():
        print(f"{PEERS} peers, {way}")
        table(compared(sides("livesock, trace off"), partial(measure, burst, apart), times), "us CPU / delivery")
