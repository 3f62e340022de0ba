"""What an interrupted cell leaves: nothing that `stop_all()` does not end."""

from __future__ import annotations

import asyncio
import signal
import threading

import pytest

import livesock as ls
from livesock.net.client.manager import Manager
from livesock.net.loop.thread import LoopThread

pytestmark = pytest.mark.skipif(not hasattr(signal, "pthread_kill"), reason="interrupts a thread as POSIX does")


def interrupt() -> None:
    """Do to the main thread what Kernel → Interrupt does."""
    signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)


def livesock_threads() -> list[str]:
    """Those of servers, simulators and clients; one patrol looks at all servers of the process."""
    names = [thread.name for thread in threading.enumerate() if thread.name.startswith("livesock")]
    return [name for name in names if name != "livesock patrol"]


@pytest.fixture(autouse=True)
def nothing_runs():
    yield
    ls.stop_all()
    assert livesock_threads() == []


@pytest.fixture
def interrupted_start(monkeypatch):
    """Interrupt the cell as soon as the next loop runs."""
    start = LoopThread.start

    def start_and_interrupt(self: LoopThread) -> LoopThread:
        start(self)
        monkeypatch.setattr(LoopThread, "start", start)
        raise KeyboardInterrupt

    return lambda: monkeypatch.setattr(LoopThread, "start", start_and_interrupt)


@pytest.fixture
def stubborn():
    """A server with a peer whose handler interrupts the cell that stops the server, and goes on."""
    server = ls.serve("stubborn")

    @server.websocket("/")
    async def stay(ws):
        try:
            await ws.wait_closed()
        finally:
            interrupt()
            await asyncio.sleep(60)

    peer = ls.connect(server.url("/"))
    yield server
    peer.close()


def test_an_interrupted_stop_of_a_server_can_be_made_up_for(stubborn):
    with pytest.raises(KeyboardInterrupt):
        stubborn.stop(timeout=5)

    assert ls.servers() == {"stubborn": stubborn}


def test_serving_again_ends_what_an_interrupted_stop_has_left(stubborn):
    with pytest.raises(KeyboardInterrupt):
        stubborn.stop(timeout=5)

    again = ls.serve("stubborn")

    assert livesock_threads() == ["livesock stubborn"]
    assert again.port == stubborn.port


def test_an_interrupted_start_of_a_server_leaves_neither_thread_nor_port(interrupted_start):
    interrupted_start()

    with pytest.raises(KeyboardInterrupt):
        ls.serve("early")

    assert (ls.servers(), livesock_threads()) == ({}, [])


def test_an_interrupted_start_of_a_netsim_is_ended_by_the_next_one(interrupted_start):
    server = ls.serve("behind")
    interrupted_start()

    with pytest.raises(KeyboardInterrupt):
        ls.netsim(server, name="far")
    ls.netsim(server, name="far")

    assert livesock_threads().count("livesock far") == 1


def test_an_interrupted_start_of_a_socket_is_ended_with_everything(interrupted_start):
    server = ls.serve("behind")
    interrupted_start()

    with pytest.raises(KeyboardInterrupt):
        ls.socket(server)

    assert len(livesock_threads()) > 1
    ls.stop_all()
    assert livesock_threads() == []


def test_an_interrupted_goodbye_of_a_socket_still_ends_its_threads_and_connections(monkeypatch):
    far = ls.netsim(ls.serve("behind"), name="far")
    client = ls.socket(far)
    goodbye = Manager.close

    async def interrupted(self: Manager, timeout: float) -> None:
        asyncio.get_running_loop().call_later(0.05, interrupt)  # once the main thread waits
        await goodbye(self, timeout)

    monkeypatch.setattr(Manager, "close", interrupted)
    far.black_hole = True  # the server does not answer, so the goodbye takes its time

    with pytest.raises(KeyboardInterrupt):
        client.close(timeout=5)

    assert sorted(livesock_threads()) == ["livesock behind", "livesock far"]


def test_a_server_whose_start_and_clean_up_were_interrupted_can_be_stopped(interrupted_start, monkeypatch):
    stop = LoopThread.stop

    def interrupt_once(self: LoopThread, timeout: float = 1.0) -> bool:
        monkeypatch.setattr(LoopThread, "stop", stop)
        raise KeyboardInterrupt

    monkeypatch.setattr(LoopThread, "stop", interrupt_once)
    interrupted_start()

    with pytest.raises(KeyboardInterrupt):
        ls.serve("twice")

    assert "twice" in ls.servers()
