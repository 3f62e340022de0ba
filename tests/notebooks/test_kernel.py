"""livesock in real kernels: cells run twice, interrupted, restarted, side by side, reloaded."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator

import pytest
from jupyter_client.blocking import BlockingKernelClient
from jupyter_client.manager import KernelManager
from websockets.sync.client import connect

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore::DeprecationWarning")]

SERVE = """
import livesock as ls
server = ls.serve()

@server.websocket("/echo")
async def echo(ws):
    async for message in ws:
        await ws.send(message)
print(server.port)
"""

PATIENCE = 60
"""Seconds to wait for a kernel on a busy machine."""


class Kernel:
    """A running kernel and a way to run cells in it."""

    def __init__(self) -> None:
        self.manager = KernelManager(kernel_name="python3")
        self.manager.kernel_spec.argv[0] = sys.executable
        self.manager.start_kernel()
        self.client: BlockingKernelClient = self.manager.blocking_client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=PATIENCE)
        self.pages: list[str] = []
        """What the last cell showed as HTML alone."""

    def run(self, code: str, *, error: str | None = None) -> str:
        """Run a cell and return what it printed; `error` names the exception that it must end with."""
        printed: list[str] = []
        self.pages: list[str] = []

        def hook(message):
            content = message["content"]
            data = content.get("data", {})
            printed.append(content.get("text", "") + data.get("text/plain", ""))
            self.pages += [data["text/html"]] if set(data) == {"text/html"} else []

        reply = self.client.execute_interactive(code, timeout=PATIENCE, output_hook=hook)["content"]
        assert reply.get("ename") == error, reply
        return "".join(printed).strip()

    def close(self) -> None:
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)
        self.manager.cleanup_resources()


@pytest.fixture
def kernel() -> Iterator[Kernel]:
    kernel = Kernel()
    yield kernel
    kernel.close()


@pytest.fixture
def second() -> Iterator[Kernel]:
    kernel = Kernel()
    yield kernel
    kernel.close()


def echoes(port: str) -> bool:
    with connect(f"ws://127.0.0.1:{port}/echo", proxy=None, legacy=True) as ws:
        ws.send("hello")
        return ws.recv(timeout=10) == "hello"


def answers(port: str) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", int(port))) == 0


def test_a_cell_that_is_run_again_keeps_its_port_and_one_thread(kernel):
    ports = {kernel.run(SERVE) for _ in range(5)}
    assert len(ports) == 1 and echoes(ports.pop())
    count = "import threading; print(sum(t.name.startswith('livesock') for t in threading.enumerate()))"
    assert kernel.run(count) == "2", "the server's, and that of the patrol, which all servers share"


def test_the_server_answers_while_a_cell_runs_and_survives_its_interruption(kernel):
    port = kernel.run(SERVE)
    kernel.client.execute("import time; print('busy', flush=True); time.sleep(600)")
    while (message := kernel.client.get_iopub_msg(timeout=PATIENCE))["msg_type"] != "stream":
        pass

    assert echoes(port), "while the cell sleeps"
    kernel.manager.interrupt_kernel()
    assert kernel.client.get_shell_msg(timeout=PATIENCE)["content"]["ename"] == "KeyboardInterrupt", message

    assert kernel.run("print(server.is_running, server.errors)") == "True []"
    assert echoes(port), "after the interruption"


def test_what_a_handler_prints_lands_below_the_cell_that_runs_or_that_ran_last(kernel):
    kernel.run(SERVE)
    kernel.run(
        """
@server.websocket("/say")
async def say(ws):
    async for message in ws:
        print("route", message)
        await ws.send(message)

@server.gateway("/point")
class Point:
    @ls.event("plain")
    def plain(self, socket, text):
        print("plain", text)

    @ls.event("later")
    async def later(self, socket, text):
        print("later", text)
"""
    )
    kernel.run('ws, point = ls.connect(server.url("/say")), ls.socket(server.url("/point"))')
    code = 'ws.send("{0}"); ws.recv(timeout=10); point.call("plain", "{0}"); point.call("later", "{0}"); print("end")'
    for text in ("one", "two"):
        assert kernel.run(code.format(text)).splitlines() == [f"route {text}", f"plain {text}", f"later {text}", "end"]

    request = kernel.client.execute("server.every(0.2, lambda: print('tick'))")
    kernel.client.get_shell_msg(timeout=PATIENCE)  # the cell has ended
    while (message := kernel.client.get_iopub_msg(timeout=PATIENCE))["msg_type"] != "stream":
        pass
    assert message["parent_header"]["msg_id"] == request and "tick" in message["content"]["text"]


def test_an_exception_in_a_handler_prints_nothing_into_any_cell(kernel):
    kernel.run(SERVE)
    kernel.run('@server.websocket("/fail")\nasync def fail(ws):\n    raise RuntimeError("oops")')
    code = """
from websockets.exceptions import ConnectionClosed
with ls.connect(server.url("/fail")) as ws:
    try:
        ws.recv(timeout=10)
    except ConnectionClosed as closed:
        print(closed.rcvd.code)
"""
    assert kernel.run(code) == "1011"
    assert kernel.run("print(len(server.errors))") == "1"


def test_two_notebooks_have_two_ports_and_a_taken_port_is_refused_in_the_cell(kernel, second):
    first, other = kernel.run(SERVE), second.run(SERVE)
    assert first != other and echoes(first) and echoes(other)
    second.run(f"ls.serve('mine', port={first})", error="PortInUse")


def test_restarting_the_kernel_frees_the_port(kernel):
    port = kernel.run(SERVE)
    kernel.manager.restart_kernel()
    kernel.client.wait_for_ready(timeout=PATIENCE)
    assert not answers(port)
    assert echoes(kernel.run(SERVE))


def test_autoreload_of_every_module_leaves_one_server_that_can_be_replaced(kernel):
    port = kernel.run(SERVE)
    kernel.run("%load_ext autoreload\n%autoreload 2")
    reload = """
import importlib, sys
for name in sorted(n for n in sys.modules if n.startswith("livesock.net") or n == "livesock.server"):
    importlib.reload(sys.modules[name])
importlib.reload(sys.modules["livesock"])
"""
    kernel.run(reload)
    assert echoes(port)
    assert kernel.run(SERVE) == port
    assert kernel.run("ls.stop_all(); print(ls.servers())") == "{}"
    assert not answers(port)


def test_await_in_a_cell_and_a_running_loop_are_no_obstacle(kernel):
    kernel.run(SERVE)
    code = """
import asyncio
async def where():
    import threading
    return threading.current_thread().name
print(await asyncio.to_thread(server.call, where), server.call(where))
"""
    assert kernel.run(code) == "livesock notebook livesock notebook"


ENDLESS = """
import livesock.learn as learn

def accept_key(key):
    print("looping", flush=True)
    while True:
        pass
"""

GOOD_MASK = """
@learn.keep("mask")
def mask(payload, key):
    return bytes(byte ^ key[i % 4] for i, byte in enumerate(payload))
"""


def test_an_endless_check_is_interrupted_and_the_next_one_works(kernel):
    kernel.run("import os; os.environ['LIVESOCK_PROGRESS'] = 'off'" + ENDLESS)
    request = kernel.client.execute("print('begun', flush=True); learn.check(accept_key, '03.accept_key')")
    while kernel.client.get_iopub_msg(timeout=PATIENCE)["msg_type"] != "stream":
        pass
    kernel.manager.interrupt_kernel()
    while (reply := kernel.client.get_shell_msg(timeout=PATIENCE))["parent_header"]["msg_id"] != request:
        pass
    # interrupted in time, or the watchdog was quicker: in both cases the kernel is free
    assert reply["content"].get("ename") in ("KeyboardInterrupt", None), reply

    program = "from livesock.learn import catalogue; right = catalogue.exercise('03.accept_key').reference"
    said = ""
    while not said:  # what is sent right behind a failed cell is thrown away by the kernel
        said = kernel.run(f"{program}\nprint(learn.check(right, '03.accept_key').text)")
    assert "right" in said


def test_what_a_cell_keeps_is_there_in_another_kernel(kernel, second, tmp_path):
    place = f"import os; os.environ['LIVESOCK_PROGRESS'] = {str(tmp_path / 'progress.json')!r}\n"
    kernel.run(place + "import livesock.learn as learn")
    kernel.run(GOOD_MASK)

    second.run(place + "import livesock.learn as learn")
    said = second.run("print(learn.catch_up('05').text)")

    assert "mask" in said
    assert second.run("print(mask(b'abc', bytes(4)), mask.__code__.co_filename)") == "b'abc' <kept mask>"


FAILS = """
import livesock as ls
server = ls.serve()
@server.of("/").on("ask")
def ask(socket):
    return {}["<name>"]
with ls.socket(server.url("/")) as peer:
    print(*peer.emit("ask") or (), peer.connected)
    while not server.errors:
        pass
"""


def test_what_a_handler_raises_is_shown_below_the_cell_and_once(kernel):
    assert kernel.run(FAILS) == "True"
    [page] = kernel.pages
    assert "A handler failed: " in page and "KeyError: &#x27;&lt;name&gt;&#x27;" in page
    assert "server.errors[-1].traceback()" in page

    kernel.run("1 + 1")
    assert kernel.pages == []
    kernel.run(FAILS.replace("import livesock as ls", "import logging; logging.basicConfig()"))
    assert kernel.pages == [], "with logging set up it stands there"


def test_what_a_view_raises_to_show_what_happens_then_is_no_error_of_a_cell(kernel):
    assert kernel.run("import livesock as ls\nprint(ls.display.goodbye().crossed('raises'))") == "[1011, 1011]"
    assert kernel.pages == []
    kernel.run("1 + 1")
    assert kernel.pages == []
