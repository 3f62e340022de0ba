"""CPU of a server for each question that it answers: 50 peers on WebSockets, one question of each at a time."""

from __future__ import annotations

import sys

from sides import Crowd, compared, cpu, machine, running, sides, table

PEERS, ROUNDS = 50, 200


def measure(side: str) -> float:
    with running(side) as (port, process):
        crowd = Crowd(port, PEERS)
        for rounds in (20, ROUNDS):  # the first rounds warm up
            before = cpu(process)
            for _ in range(rounds):
                for index in range(PEERS):
                    crowd.say(index, '421["echo",7]')
                crowd.read(PEERS * (len("431[7]") + 2))
        used = cpu(process) - before
        crowd.close()
    return used / (PEERS * ROUNDS) * 1e6


if __name__ == "__main__":
    times = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    print(machine())
    table(compared(sides("livesock, trace off"), measure, times), "us CPU / answer")
