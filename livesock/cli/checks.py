"""What `livesock doctor` looks at: one function per question, in the order in which a beginner would need them."""

from __future__ import annotations

import importlib
import importlib.metadata
import importlib.util
import os
import shutil
import socket
import subprocess
import sys
import webbrowser
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from packaging.requirements import Requirement

from livesock.cli.finding import Finding
from livesock.cli.kernels import kernel, runtime
from livesock.errors import install_command

__all__ = ["CHECKS", "Finding"]

TIMEOUT = 5.0
"""Seconds for one connection or one program."""

OLDEST, NEWEST = (3, 11), (3, 13)
"""The versions of Python that livesock is tested with."""

FILES = 1024
"""Open files below which an experiment with hundreds of connections fails; every connection is one."""

MEMORY = 512 * 2**20
"""Bytes of free memory below which JupyterLab and a kernel become slow."""


def python() -> list[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info < OLDEST:
        return [Finding("Python", "fail", version, "livesock needs 3.11 or newer: uv python install 3.13")]
    if sys.version_info[:2] > NEWEST:
        return [Finding("Python", "warn", version, "newer than what livesock is tested with (3.11 to 3.13)")]
    return [Finding("Python", "ok", version)]


def packages() -> list[Finding]:
    """Compare each package that `livesock lab` needs with the range that livesock's own metadata asks for."""
    once = {requirement.name: requirement for requirement in requirements()}
    return [_package(wanted) for wanted in once.values()]


def requirements() -> Iterator[Requirement]:
    """Yield what livesock and its extra "lab" need on this machine."""
    for requirement in map(Requirement, importlib.metadata.requires("livesock") or ()):
        marker = requirement.marker
        if marker is None or any(marker.evaluate({"extra": extra}) for extra in ("", "lab")):
            yield requirement


def _package(wanted: Requirement) -> Finding:
    name = wanted.name
    try:
        version = importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return Finding(name, "fail", "not installed", install_command(name))
    if not wanted.specifier.contains(version, prereleases=True):
        return Finding(name, "fail", f"{version} is outside {wanted.specifier}", install_command(name))
    return Finding(name, "ok", version)


def loopback() -> list[Finding]:
    """Can a program of this machine connect to another one? Over IPv4 it must, over IPv6 it may."""
    advice = "a firewall or a security program blocks 127.0.0.1: allow Python to accept local connections"
    try:
        _exchange(socket.AF_INET, "127.0.0.1")
        found = [Finding("loopback 127.0.0.1", "ok", "connects")]
    except OSError as exc:
        found = [Finding("loopback 127.0.0.1", "fail", str(exc), advice)]
    try:
        _exchange(socket.AF_INET6, "::1")
        found.append(Finding("loopback ::1", "ok", "connects"))
    except OSError:
        found.append(Finding("loopback ::1", "ok", "no IPv6 here (the lessons do not need it)"))
    return found


def _exchange(family: socket.AddressFamily, host: str) -> None:
    """Send one byte from a socket to another."""
    with socket.socket(family) as server:
        server.settimeout(TIMEOUT)
        server.bind((host, 0))
        server.listen(1)
        with socket.create_connection(server.getsockname()[:2], TIMEOUT) as client:
            peer, _ = server.accept()
            with peer:
                peer.settimeout(TIMEOUT)
                client.sendall(b"?")
                if peer.recv(1) != b"?":
                    raise OSError("a byte that was sent did not arrive")


def ports() -> list[Finding]:
    """The lessons take any free port; the two commands have favourites."""
    found = []
    for port, command in ((8888, "lab"), (8765, "serve")):
        with socket.socket() as probe:
            if os.name == "posix":
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
                found.append(Finding(f"port {port}", "ok", "free"))
            except OSError:
                takes = "takes the next free one" if command == "lab" else "needs --port 0"
                found.append(Finding(f"port {port}", "ok", f"in use; livesock {command} {takes}"))
    return found


def echo() -> list[Finding]:
    """The whole thing once: a livesock server, a livesock client, a message there and back."""
    from livesock import connect, serve

    advice = "run it again; if it stays, report the output of  livesock doctor --json"
    with serve("doctor") as server:

        @server.websocket("/echo")
        async def answer(ws):  # type: ignore[no-untyped-def]  # as a learner writes it
            async for message in ws:
                await ws.send(message)

        with connect(server.url("/echo"), timeout=TIMEOUT) as ws:
            ws.send("Hello")
            reply = ws.recv(timeout=TIMEOUT)
        if reply != "Hello":
            return [Finding("echo", "fail", f"sent 'Hello', got {reply!r}", advice)]
        return [Finding("echo", "ok", f"a message went there and back; {server.trace.size} bytes were recorded")]


def widgets() -> list[Finding]:
    """JupyterLab and live displays need these to load, not only to be installed."""
    found = []
    for name in ("jupyterlab", "ipykernel", "ipywidgets", "anywidget", "jupyter_server_proxy", "matplotlib"):
        try:
            importlib.import_module(name)
        except Exception as exc:  # a package beside one that it does not fit raises whatever comes first
            advice = install_command(name.replace("_", "-"))
            found.append(Finding(f"import {name}", "fail", f"{type(exc).__name__}: {exc}", advice))
    return found or [
        Finding("widgets", "ok", "JupyterLab, ipywidgets, anywidget, jupyter-server-proxy and matplotlib load")
    ]


def folder() -> list[Finding]:
    """`livesock lab` copies the lessons below the folder in which it is called."""
    try:
        here = Path.cwd()
    except FileNotFoundError:
        return [Finding("folder", "fail", "the current folder does not exist any more", "cd  to another folder")]
    if os.access(here, os.W_OK):
        return [Finding("folder", "ok", f"lessons can be copied into {here}")]
    return [Finding("folder", "fail", f"{here} cannot be written", "call  livesock lab --dir  with a folder of yours")]


def proxies() -> list[Finding]:
    """A proxy for everything, loopback included, swallows the connections of half the tools that one tries."""
    named = sorted({name.upper() for name in os.environ if name.lower() in ("http_proxy", "https_proxy", "all_proxy")})
    if not named:
        return [Finding("proxy", "ok", "none in the environment")]
    spared = {part.strip() for part in os.environ.get("no_proxy", os.environ.get("NO_PROXY", "")).split(",")}
    if "*" in spared or {"localhost", "127.0.0.1"} <= spared:
        return [Finding("proxy", "ok", f"{', '.join(named)} set; loopback is exempt")]
    advice = "set NO_PROXY=localhost,127.0.0.1 (livesock itself never uses a proxy for loopback; curl and others do)"
    return [Finding("proxy", "warn", f"{', '.join(named)} set, and loopback is not exempt", advice)]


def browser() -> list[Finding]:
    if os.environ.get("JUPYTERHUB_SERVICE_PREFIX"):
        return [Finding("browser", "ok", "not needed here: JupyterHub shows JupyterLab")]
    try:
        return [Finding("browser", "ok", webbrowser.get().__class__.__name__)]
    except webbrowser.Error:
        advice = "use  livesock lab --no-browser  and open the address that it prints"
        return [Finding("browser", "warn", "none found on this machine", advice)]


def programs() -> list[Finding]:
    """Programs that a few optional experiments use."""
    optional = {"node": "an experiment with a client in JavaScript", "tshark": "reading an exported trace"}
    return [Finding(name, "ok", _version(name) or f"not installed (optional: {use})") for name, use in optional.items()]


def _version(program: str) -> str:
    path = shutil.which(program)
    if path is None:
        return ""
    with suppress(OSError, subprocess.TimeoutExpired):
        answer = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=TIMEOUT, check=False)
        return answer.stdout.partition("\n")[0].strip()
    return "installed, but does not start"


def limits() -> list[Finding]:
    """Open files and memory; both are unknown on Windows."""
    found = []
    with suppress(ImportError):
        resource = importlib.import_module("resource")
        files = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
        enough = files < 0 or files >= FILES
        advice = "" if enough else f"before livesock lab run: ulimit -n {FILES * 4}"
        found.append(Finding("open files", "ok" if enough else "warn", f"{files} allowed", advice))
    with suppress(OSError, StopIteration, ValueError):
        lines = Path("/proc/meminfo").read_text("ascii").splitlines()
        free = next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable"))
        advice = "" if free >= MEMORY else "close other programs, or stop kernels that you do not use"
        found.append(Finding("memory", "ok" if free >= MEMORY else "warn", f"{free // 2**20} MB free", advice))
    return found


CHECKS: tuple[Callable[[], list[Finding]], ...] = (
    python,
    packages,
    loopback,
    ports,
    echo,
    widgets,
    runtime,
    kernel,
    folder,
    proxies,
    browser,
    programs,
    limits,
)
"""In the order of the report."""
