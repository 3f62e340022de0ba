"""`livesock serve --workers 2`: processes behind one port, on a Redis, as a terminal starts and ends them."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import livesock as ls
from tests.interop.cluster.redis_server import RedisServer
from tests.peers import eventually

pytestmark = [pytest.mark.interop, pytest.mark.timeout(120)]


@pytest.fixture
def redis(tool: Callable[[str], str], tmp_path: Path) -> Iterator[RedisServer]:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = RedisServer(tool("redis-server"), port, tmp_path)
    yield server
    server.close()


class Command:
    """`livesock serve` with two workers."""

    def __init__(self, redis: RedisServer) -> None:
        command = [sys.executable, "-m", "livesock", "serve", "--port", "0", "--workers", "2", "--cluster", redis.url]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        found = re.search(r"port (\d+), with 2 workers", line)
        assert found, line
        self.port = int(found[1])

    @property
    def workers(self) -> list[int]:
        """The processes that it has started."""
        found = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text("ascii")
        return [int(number) for number in found.split()]

    def peers(self) -> int:
        """How many connections the worker has that answers now."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/now", timeout=10) as answer:
            return int(json.load(answer)["peers"])


@pytest.fixture
def command(redis: RedisServer) -> Iterator[Command]:
    command = Command(redis)
    yield command
    command.process.kill()
    command.process.communicate()


def is_there(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize("transports", [["websocket"], ["polling", "websocket"]])
def test_clients_of_both_workers_hear_one_event_and_all_ends_with_sigterm(
    command: Command, redis: RedisServer, transports: list[str]
) -> None:
    heard: list[Any] = []
    clients = [ls.socket(f"http://127.0.0.1:{command.port}/", transports=transports) for _ in range(4)]
    for client in clients:
        client.on("news", heard.append)

    ls.cluster.emitter(ls.cluster.redis(redis.url)).emit("news", "for all")
    eventually(lambda: heard == ["for all"] * 4, "each client hears it once")
    assert [command.peers() >= 2, command.peers() >= 2] == [True, True], "two on each"

    workers = command.workers
    assert len(workers) == 2
    command.process.send_signal(signal.SIGTERM)
    assert command.process.wait(15) == 0
    eventually(lambda: not any(map(is_there, workers)), "the workers have ended, too")
    for client in clients:
        client.close()


def test_a_worker_that_ends_ends_the_command_with_a_sentence(command: Command) -> None:
    one, other = command.workers
    os.kill(one, signal.SIGKILL)

    assert command.process.wait(15) == 1
    assert command.process.stderr is not None and "a worker has ended" in command.process.stderr.read()
    eventually(lambda: not is_there(other), "the other one is ended")
