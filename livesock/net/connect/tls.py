"""`client_context`: the TLS context with which every client of this package connects."""

from __future__ import annotations

import ssl

from livesock.net.connect.urls import Target, is_loopback
from livesock.net.loop import registry

__all__ = ["client_context"]

MAX_SIMULATORS = 10
"""Simulators in a row that we look behind to find the server."""


def client_context(target: Target) -> ssl.SSLContext | None:
    """Return the context for a TLS handshake with `target`; None for a target without TLS.

    A server of this process, also one behind simulators, has a certificate of its own throw-away authority: its context
    trusts that authority alone. Any other server needs a certificate that the operating system trusts.
    """
    if not target.tls:
        return None
    return _of_this_process(target) or ssl.create_default_context()


def _of_this_process(target: Target) -> ssl.SSLContext | None:
    if not is_loopback(target.host):
        return None
    port = target.port
    for _ in range(MAX_SIMULATORS):
        behind = [sim.target.port for sim in registry.running("netsim").values() if sim.port == port]
        if not behind:
            break
        port = behind[0]
    servers = registry.running("server").values()
    # Asked by name: `%autoreload` may have made a new class of servers meanwhile.
    return next((getattr(server, "client_context", None) for server in servers if server.port == port), None)
