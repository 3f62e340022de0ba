"""What is measured: each function takes a side and returns its figures by name.

CPU is that of the server's process, in microseconds for each delivery, answer, message or connection.
"""

from __future__ import annotations

import contextlib
import os
import resource
import statistics
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import psutil

from benchmarks import cluster
from benchmarks.servers import NEWS, Crowd, cpu, quiet, running, upgraded

Figures = dict[str, float]

WAYS = {
    "delivery, 50 events in a turn": (50, False),
    "delivery, 1 event in a turn": (10, True),
    "delivery, 1 event for each question": (1, False),
}


class Part(NamedTuple):
    """A few figures that are measured together, for each of `sides` in turn."""

    name: str
    sides: tuple[str, ...]
    measure: Callable[[str], Figures]


def parts(quick: bool) -> list[Part]:
    """Return everything that is measured; `quick` does less of each."""
    little = 0.2 if quick else 1.0
    io = ("livesock", "trace off", "Node", "python-socketio", "floor")
    raw = ("livesock", "trace off", "websockets")
    crossing = [Part("cluster", ("livesock", "Node"), across)] if cluster.is_installed() else []
    return [
        Part("events", (*io, "view open"), partial(events, little)),
        Part("echo", raw, partial(echoes, little)),
        Part("idle", ("livesock", "Node", "python-socketio"), partial(idle, False, int(500 * little))),
        Part("idle, raw", raw, partial(idle, True, int(500 * little))),
        Part(
            "latency",
            ("livesock", "Node", "websockets"),
            partial(latency, 500 if not quick else 100, int(100 * little)),
        ),
        Part("growth", ("livesock", "Node", "floor"), partial(growth, (200, 2000) if not quick else (100, 400))),
        Part("start", ("livesock.server", "websockets.asyncio.server", "livesock"), start),
        *crossing,
    ]


def spent(process: psutil.Process, count: int, function: Callable[[int], object]) -> float:
    """Return the CPU for each of `count` things that `function(count)` does, after half as many to warm up."""
    function(max(1, count // 2))
    before = cpu(process)
    function(count)
    return (cpu(process) - before) / count * 1e6


def deliver(crowd: Crowd, burst: int, apart: bool, events: int) -> None:
    """Let the first peer ask for `events` events to all, `burst` of them with one question."""
    for _ in range(max(1, events // burst)):
        crowd.say(0, f'42["go",{burst},{str(apart).lower()}]')
        crowd.read(len(crowd.socks) * burst * (len(NEWS) + 2))


def ask(crowd: Crowd, answers: int) -> None:
    """Let every peer ask, one question of each at a time."""
    for _ in range(max(1, answers // len(crowd.socks))):
        for index in range(len(crowd.socks)):
            crowd.say(index, '421["echo",7]')
        crowd.read(len(crowd.socks) * 8)


def events(little: float, side: str) -> Figures:
    """Deliveries to 200 peers, and answers to 50."""
    found = {}
    with running(side) as (port, process):
        crowd = Crowd(port, 50)
        found["answered question"] = spent(process, int(6000 * little), partial(ask, crowd))
        crowd.close()
        quiet(process)
    with running(side) as (port, process):
        for way, (burst, apart) in WAYS.items():
            if side != "floor" or burst == 1:
                crowd = Crowd(port, 200)
                count = max(50, int((300 if burst > 1 else 150) * little))
                found[way] = spent(process, count, partial(deliver, crowd, burst, apart)) / 200
                crowd.close()
                quiet(process)
        if side == "floor":
            found["delivery, 1 event in a turn"] = found["delivery, 1 event for each question"]
    return found


def echoes(little: float, side: str) -> Figures:
    """Echoes on one raw connection: one after the other, and a hundred on their way at once."""
    found = {}
    with running(side) as (port, process), upgraded(port) as sock:
        for name, window in (("ping-pong", 1), ("pipelined", 100)):
            for size in (20, 1000, 20_000):
                length = struct.pack("!B", 0x80 | size) if size < 126 else struct.pack("!BH", 0xFE, size)
                sent = b"\x82" + length + b"\0\0\0\0" + b"x" * size
                batch, expected = sent * window, (len(sent) - 4) * window

                def talk(messages: int, batch: bytes = batch, expected: int = expected, window: int = window) -> None:
                    for _ in range(max(1, messages // window)):
                        sock.sendall(batch)
                        left = expected
                        while left:
                            left -= len(sock.recv(min(left, 2**18)))

                found[f"echo, {name}, {size} B"] = spent(process, int(2000 * little), talk)
    return found


def idle(raw: bool, size: int, side: str) -> Figures:
    """Memory of an idle connection or session, and CPU of its coming and its going."""
    what = "raw connection" if raw else "session"
    with running(side) as (port, process):
        crowds = [Crowd(port, 100, raw=raw)]
        quiet(process)
        rss, used = process.memory_info().rss, cpu(process)
        crowds.append(Crowd(port, size, raw=raw))
        quiet(process)
        memory, came = process.memory_info().rss - rss, cpu(process) - used
        used = cpu(process)
        crowds[1].close()
        quiet(process)
        went = cpu(process) - used
        crowds[0].close()
    return {
        f"idle {what}, KiB": memory / size / 1024,
        f"a {what} comes": came / size * 1e6,
        f"a {what} goes": went / size * 1e6,
    }


def latency(size: int, times: int, side: str) -> Figures:
    """The 99th percentile of the way of a broadcast to `size` peers, twenty times a second."""
    with running(side) as (port, _):
        crowd = Crowd(port, size, raw=side == "websockets")
        taken: list[float] = []
        for number in range(times + 5):
            begin = time.perf_counter()
            crowd.say(0, "go" if side == "websockets" else '42["go",1]')
            came = crowd.read(size * (len(NEWS) + 2))
            taken += [1000 * (moment - begin) for moment in came] if number >= 5 else []
            time.sleep(max(0.0, begin + 0.05 - time.perf_counter()))
        crowd.close()
    return {"latency of a broadcast to 500, p99, ms": statistics.quantiles(taken, n=100)[98]}


def growth(sizes: tuple[int, int], side: str) -> Figures:
    """What ten times as many peers change: CPU of a delivery, and of a disconnect among 5,000 or 500."""
    delivery, going = [], []
    for size in sizes:
        with running(side) as (port, process):
            crowd = Crowd(port, size)
            count = max(
                60, 20_000 // size
            )  # ten measured the first touch of 2,000 sockets, the floor's too: 7 us and not 5
            delivery.append(spent(process, count, partial(deliver, crowd, 1, False)) / size)
            crowd.close()
        with running(side) as (port, process):
            crowd = Crowd(port, size * 5 // 2)
            quiet(process)
            used = cpu(process)
            for sock in crowd.socks[:200]:
                sock.close()
            quiet(process)
            going.append((cpu(process) - used) / 200 * 1e6)
            crowd.close()
    return {"delivery, 2,000 peers": delivery[1], "delivery, 200 peers": delivery[0],
            "disconnect among 5,000": going[1], "disconnect among 500": going[0]}  # fmt: skip


def across(side: str) -> Figures:
    """A broadcast that crosses from one of two servers on one Redis to the other, and CPU of both for a delivery."""
    return {f"cluster: {name}": float(str(value)) for name, value in cluster.beside_redis(side, brief=True).items()}


def start(module: str) -> Figures:
    """Milliseconds of CPU that importing a module takes in a fresh interpreter; the least of five.

    The bytecode is there, as the first import of an installed package leaves it, also where the environment forbids
    Python to write any: otherwise this would measure the compiler.
    """
    program = f"import time; begin = time.process_time(); import {module}; print(time.process_time() - begin)"
    command = [sys.executable, "-c", program]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    with tempfile.TemporaryDirectory() as cache:
        environment["PYTHONPYCACHEPREFIX"] = cache
        run = partial(subprocess.run, command, capture_output=True, text=True, check=True, env=environment)
        taken = [float(run().stdout) for _ in range(6)]
    return {"import, ms": 1000 * min(taken[1:])}


def many_files() -> None:
    """Allow this process and its servers as many connections as the system lets them."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(65536, hard) if hard > 0 else 65536, hard))
