"""`client_context`: the TLS context with which every client of this package connects."""

from __future__ import annotations

import ssl

from livesock.net.connect.here import server_here
from livesock.net.connect.urls import Target

__all__ = ["client_context"]


def client_context(target: Target) -> ssl.SSLContext | None:
    """Return the context for a TLS handshake with `target`; None for a target without TLS.

    A server of this process, also one behind simulators, has a certificate of its own throw-away authority: its context
    trusts that authority alone. Any other server needs a certificate that the operating system trusts.
    """
    if not target.tls:
        return None
    # Asked by name: `%autoreload` may have made a new class of servers meanwhile.
    return getattr(server_here(target), "client_context", None) or ssl.create_default_context()
