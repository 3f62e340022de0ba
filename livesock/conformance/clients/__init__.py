"""Clients that nobody here wrote, each doing the same things; each runs in a process of its own.

    python -m livesock.conformance.clients aiohttp ws://127.0.0.1:8000/

prints a line of JSON for each check. Nothing here is imported before it is asked for by name: none of these libraries
is needed by livesock itself.
"""

from __future__ import annotations

import importlib
import importlib.util

from livesock.conformance.clients.checks import ForeignClient

__all__ = ["CLIENTS", "is_installed", "load"]

CLIENTS = {
    "websockets": "websockets",
    "websocket-client": "websocket",
    "aiohttp": "aiohttp",
    "wsproto": "wsproto",
}
"""The name of each library, and of its module."""


def is_installed(name: str) -> bool:
    """Return whether the library is here."""
    return importlib.util.find_spec(CLIENTS[name]) is not None


def load(name: str) -> type[ForeignClient]:
    """Return the client that is written with the library `name`."""
    module = importlib.import_module(f"livesock.conformance.clients.with_{name.replace('-', '_')}")
    found: type[ForeignClient] = module.CLIENT
    return found
