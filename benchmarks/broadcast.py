"""CPU of a server for each delivered message: a small event to a room of 200 peers on WebSockets."""

from __future__ import annotations

from sides import Crowd, cpu, machine, running, sides, table

PEERS, EVENTS, BATCH = 200, 500, 50
FRAME = len('42["news",{"id":1,"price":101.25,"text":"hello"}]') + 2


def measure(side: str) -> float:
    with running(side) as (port, process):
        crowd = Crowd(port, PEERS)
        for count in (BATCH, EVENTS):  # the first batch warms up
            before = cpu(process)
            for _ in range(count // BATCH):
                crowd.say(0, f'42["go",{BATCH}]')
                crowd.read(PEERS * BATCH * FRAME)
        used = cpu(process) - before
        crowd.close()
    return used / (PEERS * EVENTS) * 1e6


if __name__ == "__main__":
    print(machine())
    table({side: min(measure(side) for _ in range(2)) for side in sides("livesock, trace off")}, "us CPU / delivery")
