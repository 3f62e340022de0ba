"""The Jupyter server behind a notebook: where it is, and a private one where there is none.

    browser ◄── WebSocket ──► Jupyter server ◄── ZeroMQ ──► kernel (this process)
                                    ▲
    a lesson ◄── second WebSocket ──┘──► a second kernel

`find()` looks for the server that runs this very kernel. A kernel is started with the path of its connection file,
`…/runtime/kernel-<id>.json`, and each server writes `jpserver-<pid>.json` into the same folder. Ours is the one that
knows our kernel. Where there is none (a test, VS Code), `start()` runs a private one. The token of a server is the key
to everything that its user may do: it is in no `repr` and in no message.
"""

from __future__ import annotations

import importlib.util
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from livesock.errors import LivesockError, MissingExtra
from livesock.net.loop import registry

__all__ = ["JupyterServer", "PrivateServer", "find", "start"]

ASK_TIMEOUT = 2.0
"""Seconds that a server gets to answer when we only want to know whether it is ours."""

KERNEL_TIMEOUT = 30.0
"""Seconds that starting or ending a kernel may take: a cold disk needs many."""

START_TIMEOUT = 60.0
"""Seconds that a private server gets until it answers; warm it takes two."""

STOP_TIMEOUT = 5.0
"""Seconds that a private server gets to end itself and its kernels before it is killed."""

ANYWHERE = ("", "*", "0.0.0.0", "::", "localhost")
"""Hosts in a runtime file that include this machine: we ask at 127.0.0.1."""

# It runs as long as its standard input is open, and takes its folder with it. However our process ends, the operating
# system then closes the pipe.
PROGRAM = """\
import atexit, os, shutil, signal, sys, threading
atexit.register(shutil.rmtree, os.getcwd(), True)
def watch():
    sys.stdin.read()
    os.kill(os.getpid(), signal.SIGTERM)
threading.Thread(target=watch, daemon=True).start()
from jupyter_server.serverapp import main
main()
"""


class JupyterServer:
    """A running Jupyter server, spoken to through its REST API. Every method blocks; all are thread-safe."""

    def __init__(self, url: str, token: str) -> None:
        self.url = url
        """Where its API begins: `http://127.0.0.1:8888/`, on a hub `http://127.0.0.1:8888/user/ann/`."""
        self.token = token
        """For the header `Authorization: token …`."""

    def ask(self, method: str, path: str, *, timeout: float = KERNEL_TIMEOUT) -> Any:
        """Send one HTTP request for `path` below `url` and return the answer's decoded JSON (None: empty).

        Raises:
            urllib.error.HTTPError: If the server refuses: 403 for a wrong token, 302 to a page for logging in.
            OSError: If the server cannot be reached.
        """
        headers = {"Authorization": f"token {self.token}"}
        request = urllib.request.Request(self.url + path, method=method, headers=headers)
        # No proxy from the environment and no redirection: the token must not leave this machine.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _Stay)
        with opener.open(request, timeout=timeout) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def kernels(self, *, timeout: float = KERNEL_TIMEOUT) -> dict[str, dict[str, Any]]:
        """Return what the server knows of each of its kernels, by id; `connections` counts the open WebSockets."""
        return {kernel["id"]: kernel for kernel in self.ask("GET", "api/kernels", timeout=timeout)}

    def __repr__(self) -> str:
        return f"<{type(self).__name__} at {self.url}>"

    def start_kernel(self) -> str:
        """Start a new kernel in place of the one that an earlier call in this process has started, and return its id.

        `stop_kernel`, `stop_all()` and the end of this process delete it.
        """
        _stop("kernel")
        number: str = self.ask("POST", "api/kernels")["id"]
        registry.put("jupyter", "kernel", _Kernel(self, number))
        return number

    def stop_kernel(self) -> None:
        """Delete the kernel that `start_kernel` has started; do nothing when there is none (any more)."""
        _stop("kernel")


class PrivateServer(JupyterServer):
    """A Jupyter server that we have started ourselves: own folder, own token, no configuration, 127.0.0.1 only."""

    def __init__(self, url: str, token: str, process: subprocess.Popen[bytes], folder: Path) -> None:
        super().__init__(url, token)
        self._process = process
        self._folder = folder

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self.url.split(":")[2].partition("/")[0])

    @property
    def is_running(self) -> bool:
        """Whether its process lives."""
        return self._process.poll() is None

    def stop(self, timeout: float = STOP_TIMEOUT) -> None:
        """End the server and its kernels within `timeout` seconds. A second call does nothing."""
        registry.forget("jupyter", "server", self)
        _end(self._process, self._folder, timeout)


@dataclass(frozen=True)
class _Kernel:
    """A kernel that we have started, as an entry of the registry."""

    server: JupyterServer
    number: str
    port: int = 0

    def stop(self, timeout: float = KERNEL_TIMEOUT) -> None:
        registry.forget("jupyter", "kernel", self)
        with suppress(OSError):  # gone already, or its server is
            self.server.ask("DELETE", f"api/kernels/{self.number}", timeout=timeout)


class _Stay(urllib.request.HTTPRedirectHandler):
    """Follows no redirection: the answer itself, 302, is raised as an HTTPError."""

    def redirect_request(self, *args: Any) -> None:
        return None


def find() -> JupyterServer | None:
    """Return the Jupyter server that runs this kernel, or None if there is none that we may ask.

    It takes at most `ASK_TIMEOUT` for each server that the user runs. A server behind a password, a Unix socket or a
    certificate that this machine does not trust counts as none: we have no key to it.
    """
    own = _connection_file(sys.argv)
    if own is None:
        return None
    for server in _servers(own.parent, os.environ):
        with suppress(OSError, ValueError, KeyError, TypeError):  # stale, not ours, or no Jupyter at all
            if own.stem.removeprefix("kernel-") in server.kernels(timeout=ASK_TIMEOUT):
                return server
    return None


def start() -> PrivateServer:
    """Start a private Jupyter server and return it once it answers; a second call returns the one that runs.

    `stop()`, `stop_all()` and the end of this process, however it ends, stop it.

    Raises:
        MissingExtra: If jupyter_server or ipykernel is not installed.
        LivesockError: If it does not answer within `START_TIMEOUT`; the message holds its log.
    """
    old: PrivateServer | None = registry.running("jupyter").get("server")
    if old is not None and old.is_running:
        return old
    for package, brought_by in (("jupyter_server", "jupyterlab"), ("ipykernel", "ipykernel")):
        if importlib.util.find_spec(package) is None:
            raise MissingExtra(f"a Jupyter server needs the package {package}", brought_by)
    folder = Path(tempfile.mkdtemp(prefix="livesock-jupyter-"))
    process = _spawn(folder, token := secrets.token_hex(24))
    try:
        server = PrivateServer(_await_url(process, folder), token, process, folder)
    except BaseException:
        _end(process, folder, STOP_TIMEOUT)
        raise
    registry.put("jupyter", "server", server)
    return server


def _connection_file(argv: Sequence[str]) -> Path | None:
    """Return the file that this kernel was started with, `…/kernel-<id>.json`; None outside a kernel."""
    paths = (Path(argument) for argument in argv if argument.endswith(".json"))
    return next((path for path in paths if path.name.startswith("kernel-")), None)


def _servers(folder: Path, environment: Mapping[str, str]) -> Iterator[JupyterServer]:
    """Yield the servers that have written a runtime file into `folder`, our parent process first."""
    parent = f"jpserver-{environment.get('JPY_PARENT_PID')}.json"
    for path in sorted(folder.glob("jpserver-*.json"), key=lambda path: (path.name != parent, path.name)):
        with suppress(OSError, ValueError, KeyError, TypeError):  # gone, half written, not what we know
            info = json.loads(path.read_text("utf-8"))
            # A hub's server takes the hub's tokens instead of one of its own.
            token = info["token"] or environment.get("JUPYTERHUB_API_TOKEN", "")
            if not info.get("sock"):
                yield JupyterServer(_url(info), token)


def _url(info: Mapping[str, Any]) -> str:
    host = "127.0.0.1" if info["hostname"] in ANYWHERE else info["hostname"]
    host = f"[{host}]" if ":" in host else host
    return f"{'https' if info['secure'] else 'http'}://{host}:{int(info['port'])}{info['base_url']}"


def _spawn(folder: Path, token: str) -> subprocess.Popen[bytes]:
    """Start the process, with everything that it reads and writes in `folder`."""
    own = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
    environment = os.environ | {name: str(folder / name.lower()) for name in own}
    # The token travels in the environment, because every user of this machine can read a command line. Kernels put the
    # name of the user into every message, and a lesson shows those.
    environment |= {"JUPYTER_TOKEN": token, "JUPYTER_NO_CONFIG": "1", "USER": "learner"}
    command = [sys.executable, "-c", PROGRAM, "--no-browser", "--allow-root"]
    command += ["--ServerApp.ip=127.0.0.1", "--ServerApp.port=0"]
    with (folder / "log").open("wb") as log:
        # A session of its own: Ctrl-C in a terminal is meant for the notebook, not for the lesson's server.
        return subprocess.Popen(
            command, cwd=folder, env=environment, stdin=subprocess.PIPE, stdout=log, stderr=log, start_new_session=True
        )


def _await_url(process: subprocess.Popen[bytes], folder: Path) -> str:
    """Wait until the server has written its runtime file and answers."""
    path = folder / "jupyter_runtime_dir" / f"jpserver-{process.pid}.json"
    deadline = time.monotonic() + START_TIMEOUT
    while process.poll() is None and time.monotonic() < deadline:
        with suppress(OSError, ValueError, KeyError):  # not written yet, half written, not listening yet
            info = json.loads(path.read_text("utf-8"))
            JupyterServer(_url(info), info["token"]).kernels(timeout=ASK_TIMEOUT)
            return _url(info)
        time.sleep(0.02)
    log = (folder / "log").read_text("utf-8", "replace").strip()
    raise LivesockError(f"the private Jupyter server did not start; the end of its log:\n{log[-2000:] or '(empty)'}")


def _end(process: subprocess.Popen[bytes], folder: Path, timeout: float) -> None:
    """Ask the process to end, kill it if it does not, and remove its folder."""
    if process.stdin is not None:
        with suppress(OSError):
            process.stdin.close()  # the signal that works everywhere: see PROGRAM
    try:
        process.wait(timeout)
    except subprocess.TimeoutExpired:
        if os.name == "posix":
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
        process.kill()
        process.wait()
    shutil.rmtree(folder, ignore_errors=True)


def _stop(name: str) -> None:
    entry = registry.running("jupyter").get(name)
    if entry is not None:
        entry.stop()
