"""`Authority`: a certificate authority that lives as long as one server, for lessons on https and wss.

It signs one certificate for `localhost`, `127.0.0.1` and `::1`. Nothing is installed anywhere: only a client with
`client_context()` trusts it. `connect()` and the other clients use that for servers of the same process.
"""

from __future__ import annotations

import ssl
from functools import cached_property
from typing import Any

from livesock.errors import MissingExtra

__all__ = ["Authority"]

NAMES = ("localhost", "127.0.0.1", "::1")


class Authority:
    """A throw-away certificate authority with one server certificate.

    Raises:
        MissingExtra: If trustme is not installed.
    """

    def __init__(self) -> None:
        try:
            import trustme
        except ImportError as exc:
            raise MissingExtra("TLS needs the package trustme", "trustme") from exc
        self._ca: Any = trustme.CA()
        self._certificate: Any = self._ca.issue_cert(*NAMES)

    @property
    def pem(self) -> bytes:
        """The authority's own certificate, for clients outside this process."""
        return bytes(self._ca.cert_pem.bytes())

    def server_context(self) -> ssl.SSLContext:
        """Return the context a server listens with."""
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self._certificate.configure_cert(context)
        return context

    def client_context(self) -> ssl.SSLContext:
        """Return a context that trusts this authority and no other (made once)."""
        return self._client_context

    @cached_property
    def _client_context(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self._ca.configure_trust(context)
        return context
