"""What of this process a target is: a livesock server, or a server of the very loop on which we are called."""

from __future__ import annotations

import asyncio
import inspect
import socket
from typing import Any

from livesock.advice.spelled import caller
from livesock.errors import WrongThread
from livesock.net.connect.urls import Target, is_loopback
from livesock.net.loop import registry
from livesock.net.loop.habits import warn

__all__ = ["refuse_own_loop", "server_here", "warn_in_a_coroutine", "where_to_connect"]

MAX_SIMULATORS = 10
"""Simulators in a row that we look behind to find the server."""


def server_here(target: Target) -> Any:
    """Return the livesock server of this process at `target`, also one behind simulators, or None."""
    if not is_loopback(target.host):
        return None
    port = target.port
    for _ in range(MAX_SIMULATORS):
        behind = [sim.target.port for sim in registry.running("netsim").values() if sim.port == port]
        if not behind:
            break
        port = behind[0]
    return next((server for server in registry.running("server").values() if server.port == port), None)


def where_to_connect(target: Target) -> str:
    """Return what to check where nobody listens; a server of this process may have another port."""
    asked = (
        "is the server running (ls.servers()), and is this its port? A server that was started again may have "
        "another one"
    )
    servers = list(registry.running("server").values()) if is_loopback(target.host) else []
    if not servers:
        return asked
    here = f"the one of this process has port {servers[-1].port}"
    return f'{asked}; {here}: write ls.serve(port={target.port}), or server.url("/") in place of the address'


def refuse_own_loop(name: str, target: Target) -> None:
    """Raise `WrongThread` if the asyncio loop of the calling thread serves `target`: it could not answer meanwhile.

    A notebook has such a loop, and so has `asyncio.run`. A loop that does not show its sockets is not looked at.
    """
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        return
    if is_loopback(target.host) and any(_listens(fd, target.port) for fd in _files(loop)):
        raise WrongThread(
            f"{name} blocks this thread, whose loop serves {target.address}, so that no answer could come: write "
            f"await asyncio.to_thread(ls.{name[:-2]}, url), or serve with ls.serve()"
        )


def warn_in_a_coroutine(what: str, write: str) -> None:
    """Warn if the function outside of livesock that has led here is a coroutine: a call that waits holds its loop.

    A cell of a notebook with an `await` in it is a coroutine, too. It holds up nobody but itself, and is not warned.
    """
    frame = caller()
    if frame.f_code.co_flags & inspect.CO_COROUTINE and frame.f_locals is not frame.f_globals:
        warn(f"{what} holds the loop of this coroutine until something comes: write {write}")


def _files(loop: asyncio.AbstractEventLoop) -> list[int]:
    """Return the file descriptors that the loop waits for; there is no public way to ask for its servers."""
    selector = getattr(loop, "_selector", None)
    mapping = selector.get_map() if selector is not None else None
    return list(mapping) if mapping is not None else []


def _listens(fd: int, port: int) -> bool:
    try:
        sock = socket.socket(fileno=fd)
    except OSError:
        return False
    try:
        if sock.family not in (socket.AF_INET, socket.AF_INET6) or sock.getsockname()[1] != port:
            return False
        return bool(sock.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN))
    except OSError:
        return False
    finally:
        sock.detach()  # it is the loop's
