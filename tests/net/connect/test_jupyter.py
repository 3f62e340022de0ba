"""The Jupyter server behind a notebook, tested against real ones."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from websockets.sync.client import connect

from livesock.errors import LivesockError, MissingExtra
from livesock.net.connect import jupyter
from livesock.net.loop import registry

DEADLINE = 30.0


@pytest.fixture(scope="module")
def server() -> Iterator[jupyter.PrivateServer]:
    """A private server for all tests of this module: starting one takes two seconds."""
    server = jupyter.start()
    yield server
    server.stop()


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def refuses(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 2).close()
    except ConnectionRefusedError:
        return True
    return False


def run_in_kernel(server: jupyter.JupyterServer, kernel: str, code: str) -> str:
    """Return what `code` prints in a kernel of `server`."""
    url = server.url.replace("http", "ws", 1) + f"api/kernels/{kernel}/channels"
    content = {"code": code, "silent": False, "store_history": False, "user_expressions": {}, "allow_stdin": False}
    header = {"msg_id": "m", "session": "s", "username": "u", "msg_type": "execute_request", "version": "5.3"}
    request = {"channel": "shell", "header": header, "parent_header": {}, "metadata": {}, "content": content}
    printed = ""
    with connect(url, additional_headers={"Authorization": f"token {server.token}"}, proxy=None) as ws:
        ws.send(json.dumps(request))
        while True:
            message = json.loads(ws.recv(timeout=DEADLINE))
            if message["parent_header"].get("msg_id") != "m":
                continue
            if message["msg_type"] == "stream":
                printed += message["content"]["text"]
            if message["msg_type"] == "error":
                raise AssertionError("\n".join(message["content"]["traceback"]))
            if message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
                return printed


def runtime_file(folder: Path, name: str, server: jupyter.JupyterServer | None = None, **changes: Any) -> None:
    """Write what a Jupyter server writes about itself."""
    port = int(server.url.split(":")[2].strip("/")) if server else 1
    info: dict[str, Any] = {
        "base_url": "/",
        "hostname": "127.0.0.1",
        "password": False,
        "pid": 1,
        "port": port,
        "root_dir": "/",
        "secure": False,
        "sock": "",
        "token": server.token if server else "t",
        "url": f"http://127.0.0.1:{port}/",
        "version": "2.21.1",
    }
    (folder / f"jpserver-{name}.json").write_text(json.dumps(info | changes), "utf-8")


def be_kernel(monkeypatch: pytest.MonkeyPatch, folder: Path, number: str) -> None:
    """Let this process look as if a Jupyter server had started it as the kernel `number`."""
    monkeypatch.setattr(sys, "argv", ["ipykernel_launcher.py", "-f", str(folder / f"kernel-{number}.json")])


# -- find()


def test_a_kernel_finds_the_server_that_runs_it(server: jupyter.PrivateServer) -> None:
    kernel = server.start_kernel()
    code = "from livesock.net.connect import jupyter; found = jupyter.find(); print(found.url, found.token)"

    printed = run_in_kernel(server, kernel, code)

    assert printed.split() == [server.url, server.token]


def test_outside_a_kernel_there_is_nothing_to_find() -> None:
    assert jupyter.find() is None


def test_a_server_that_does_not_know_our_kernel_is_not_ours(
    server: jupyter.PrivateServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.start_kernel()
    runtime_file(tmp_path, "1", server)
    be_kernel(monkeypatch, tmp_path, "another")

    assert jupyter.find() is None


@pytest.mark.parametrize(
    "stale",
    ["", "{", "[]", "null", '{"token": "t"}', '{"token": 1, "hostname": 2, "secure": 3, "port": "x", "base_url": 4}'],
)
def test_a_broken_runtime_file_is_passed_by(
    stale: str, server: jupyter.PrivateServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    be_kernel(monkeypatch, tmp_path, server.start_kernel())
    (tmp_path / "jpserver-0.json").write_text(stale, "utf-8")
    runtime_file(tmp_path, "1", server)

    found = jupyter.find()

    assert found is not None and found.url == server.url


def test_a_server_that_is_gone_is_passed_by(
    server: jupyter.PrivateServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free_port: int
) -> None:
    be_kernel(monkeypatch, tmp_path, server.start_kernel())
    runtime_file(tmp_path, "0", port=free_port)
    runtime_file(tmp_path, "1", server)

    found = jupyter.find()

    assert found is not None and found.url == server.url


def test_a_server_on_a_unix_socket_is_passed_by(
    server: jupyter.PrivateServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    be_kernel(monkeypatch, tmp_path, server.start_kernel())
    runtime_file(tmp_path, "0", server, sock="/run/jupyter.sock")

    assert jupyter.find() is None


def test_on_a_hub_the_token_is_that_of_the_hub(
    server: jupyter.PrivateServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    be_kernel(monkeypatch, tmp_path, server.start_kernel())
    runtime_file(tmp_path, "1", server, token="", hostname="0.0.0.0")
    monkeypatch.setenv("JUPYTERHUB_API_TOKEN", server.token)

    found = jupyter.find()

    assert found is not None and (found.url, found.token) == (server.url, server.token)


def test_a_wrong_token_means_not_found(
    server: jupyter.PrivateServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    be_kernel(monkeypatch, tmp_path, server.start_kernel())
    runtime_file(tmp_path, "1", server, token="wrong")

    assert jupyter.find() is None


@pytest.mark.parametrize(
    ("changes", "url"),
    [
        ({}, "http://127.0.0.1:1/"),
        ({"hostname": "0.0.0.0", "base_url": "/user/ann/"}, "http://127.0.0.1:1/user/ann/"),
        ({"hostname": "::1"}, "http://[::1]:1/"),
        ({"hostname": "lab.example.org", "secure": True, "port": 443}, "https://lab.example.org:443/"),
    ],
)
def test_the_address_comes_from_the_runtime_file(changes: dict[str, Any], url: str, tmp_path: Path) -> None:
    runtime_file(tmp_path, "1", **changes)

    [server] = jupyter._servers(tmp_path, {})

    assert server.url == url


def test_the_server_that_is_our_parent_is_asked_first(tmp_path: Path) -> None:
    for number in (1, 2, 3):
        runtime_file(tmp_path, str(number), port=number)

    urls = [server.url for server in jupyter._servers(tmp_path, {"JPY_PARENT_PID": "2"})]

    assert urls == [f"http://127.0.0.1:{port}/" for port in (2, 1, 3)]


# -- a server


def test_the_token_is_in_no_repr(server: jupyter.PrivateServer) -> None:
    assert server.token not in repr(server) + repr(jupyter.JupyterServer(server.url, server.token)) + str(
        vars(registry)
    )


def test_a_wrong_token_is_refused_with_403(server: jupyter.PrivateServer) -> None:
    with pytest.raises(urllib.error.HTTPError, match="403") as caught:
        jupyter.JupyterServer(server.url, "wrong").kernels()
    caught.value.close()


def test_the_token_does_not_follow_a_redirection() -> None:
    seen: list[str] = []

    class Elsewhere(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append(self.path)
            self.send_response(302)
            self.send_header("Location", "/login")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args: Any) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Elsewhere) as web:
        thread = threading.Thread(target=web.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        with pytest.raises(urllib.error.HTTPError, match="302") as caught:
            jupyter.JupyterServer(f"http://127.0.0.1:{web.server_port}/", "secret").kernels()
        caught.value.close()
        web.shutdown()
        thread.join()

    assert seen == ["/api/kernels"]


def test_a_second_kernel_takes_the_place_of_the_first(server: jupyter.PrivateServer) -> None:
    first = server.start_kernel()

    second = server.start_kernel()

    assert first != second
    assert list(server.kernels()) == [second]


def test_stopping_the_kernel_deletes_it(server: jupyter.PrivateServer) -> None:
    server.start_kernel()

    server.stop_kernel()
    server.stop_kernel()

    assert server.kernels() == {}


def test_a_kernel_counts_its_websockets(server: jupyter.PrivateServer) -> None:
    kernel = server.start_kernel()
    url = server.url.replace("http", "ws", 1) + f"api/kernels/{kernel}/channels"

    with connect(url, additional_headers={"Authorization": f"token {server.token}"}, proxy=None):
        until(lambda: server.kernels()[kernel]["connections"] == 1)

    until(lambda: server.kernels()[kernel]["connections"] == 0)


# -- start()


def test_starting_twice_gives_the_same_server(server: jupyter.PrivateServer) -> None:
    assert jupyter.start() is server


def test_stopping_everything_ends_the_server_and_its_kernel_and_removes_the_folder(
    server: jupyter.PrivateServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "_entries", {})  # a second private server beside that of the other tests
    mine = jupyter.start()
    mine.start_kernel()
    assert mine.url != server.url

    registry.stop_everything()

    assert not mine.is_running
    assert refuses(mine.port)
    assert not mine._folder.exists()
    assert registry.running("jupyter") == {}
    mine.stop()  # a second stop does nothing


@pytest.mark.skipif(os.name != "posix", reason="kill -9 is a thing of Unix")
def test_the_server_does_not_outlive_a_process_that_was_killed() -> None:
    code = (
        "from livesock.net.connect import jupyter; s = jupyter.start(); print(s.port, s._folder, flush=True); input()"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        first, folder = process.stdout.readline().decode().split()
        port = int(first)
        assert not refuses(port)

        process.send_signal(signal.SIGKILL)

    until(lambda: refuses(port))
    until(lambda: not Path(folder).exists())


@pytest.mark.parametrize(("package", "brought_by"), [("jupyter_server", "jupyterlab"), ("ipykernel", "ipykernel")])
def test_without_jupyter_the_error_says_what_to_install(
    package: str, brought_by: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "_entries", {})
    monkeypatch.setitem(sys.modules, package, None)

    with pytest.raises(MissingExtra, match=rf'{package}.*pip install "{brought_by}'):
        jupyter.start()


def test_a_server_that_does_not_start_is_quoted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_entries", {})
    monkeypatch.setattr(jupyter, "PROGRAM", "raise SystemExit('no luck today')")

    with pytest.raises(LivesockError, match="no luck today"):
        jupyter.start()
