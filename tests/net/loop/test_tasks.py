"""What runs beside the connections of a server, and how a script ends."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import subprocess
import sys
import threading
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

import livesock as ls
from livesock.errors import NotRunning, WrongThread
from tests.peers import DEADLINE, eventually, quiet_logs


def test_a_task_runs_until_the_server_stops_also_through_a_pause() -> None:
    ticks: list[int] = []
    ended = threading.Event()
    with ls.serve("tasks") as server:

        @server.task
        async def tick() -> None:
            try:
                while True:
                    ticks.append(1)
                    await asyncio.sleep(0.01)
            finally:
                ended.set()

        server.pause()
        before = len(ticks)
        eventually(lambda: len(ticks) > before + 3, "it goes on while the server pauses")
        server.resume()
        assert not ended.is_set()
    assert ended.wait(DEADLINE)
    with pytest.raises(NotRunning):
        server.task(tick)


def test_a_task_that_fails_is_kept_and_one_of_the_same_name_replaced() -> None:
    ran: list[str] = []
    with quiet_logs(), ls.serve("tasks") as server:

        @server.task
        def fail() -> None:
            raise ValueError("on a thread")

        error = eventually(lambda: server.errors, "it is kept")[0]
        assert error.where == "task fail" and "on a thread" in str(error)

        for version in ("old", "new"):

            @server.task
            async def work(version: str = version) -> None:
                try:
                    ran.append(f"{version} begins")
                    await asyncio.sleep(DEADLINE)
                finally:
                    ran.append(f"{version} ends")

            eventually(lambda: f"{version} begins" in ran, "it runs")  # noqa: B023

        eventually(lambda: ran[:2] == ["old begins", "old ends"] or ran[2:] == ["old ends"], "one is replaced")
        wrong: Any = work()
        with pytest.raises(TypeError, match=r"write @server\.task above it"):
            server.task(wrong)
        wrong.close()


def test_waiting_ends_with_the_server() -> None:
    with ls.serve("wait") as server:
        assert server.wait(timeout=0.01) is False
        waiting = threading.Thread(target=server.wait)
        waiting.start()
        server.pause()
        server.resume()
        assert waiting.is_alive()

        async def on_the_loop() -> None:
            server.wait()

        with pytest.raises(WrongThread):
            server.call(on_the_loop)
    waiting.join(DEADLINE)
    assert not waiting.is_alive() and server.wait() is True


SCRIPT = """
import livesock as ls
server = ls.serve("script")
@server.websocket("/")
async def hold(ws):
    await ws.wait_closed()
server.run()
print("after", server.is_running, flush=True)
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_script_ends_well_when_it_is_asked_to(number: signal.Signals) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", SCRIPT], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as script:
        assert script.stdout
        first = script.stdout.readline()
        assert first, f"it ended with {script.wait()}: {script.communicate()}"
        url = first.split()[1]
        with connect(url.replace("http", "ws"), proxy=None) as ws:
            script.send_signal(number)
            with pytest.raises(ConnectionClosed) as closed:
                ws.recv(timeout=DEADLINE)
        out, err = script.communicate(timeout=DEADLINE)

    assert closed.value.rcvd is not None and closed.value.rcvd.code == 1001
    assert (out, err, script.returncode) == ("after False\n", "", 0)


def test_run_on_another_thread_says_to_wait() -> None:
    found: list[BaseException] = []
    with ls.serve("run") as server:

        def run() -> None:
            try:
                server.run()
            except RuntimeError as exc:
                found.append(exc)

        thread = threading.Thread(target=run)
        thread.start()
        thread.join(DEADLINE)
        assert "wait()" in str(found[0]) and server.is_running


def test_stop_waits_for_what_a_task_closes_in_its_finally() -> None:
    """A pool of connections is closed with an await: what stands behind it must run, too."""
    closed = []
    with ls.serve("closes") as server:

        @server.task
        async def lifespan() -> None:
            try:
                await asyncio.Event().wait()
            finally:
                await asyncio.sleep(0.05)
                closed.append("pool")

        @server.websocket("/talk")
        async def talk(ws: Any) -> None:
            try:
                await asyncio.Event().wait()
            finally:
                await asyncio.sleep(0.05)
                closed.append("talk")

        ws = ls.connect(server.url("/talk"))
        eventually(lambda: server.peers, "it is there")
    assert sorted(closed) == ["pool", "talk"]
    ws.close()


def test_stop_leaves_a_task_behind_that_will_not_end() -> None:
    with ls.serve("stays") as server:

        @server.task
        async def stays() -> None:
            while True:
                with contextlib.suppress(asyncio.CancelledError):
                    await asyncio.sleep(60)

        server.stop(0.5)
    assert not [thread for thread in threading.enumerate() if "stays" in thread.name]
