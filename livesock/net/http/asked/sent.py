"""What came with a request, by name: `Headers`, `Sent`, `Form`."""

from __future__ import annotations

import re
from typing import Any

from livesock.net.loop.habits import Keyed

__all__ = ["Form", "Headers", "Missing", "Sent"]

_SECRET = (
    r"(?i)cookie|auth|token|xsrf|csrf|secret|password|passwd|passphrase|pwd|^pass$|api-?key|(?:^|[-_])key$|jwt|session|ticket"
    r"|signature|^sig$|hmac|^otp$|credential|assertion|^sid$|^pid$|^code$|sec-websocket-protocol"
)
"""Names whose values may open a door. Behind a Jupyter server the cookie is the one that opens the notebooks."""


class Sent(Keyed):
    """Headers or parameters as they were sent. A handler finds every value; `repr` shows no secret.

    >>> headers = Sent({"host": "example.org", "cookie": "session=12345"})
    >>> headers
    {'host': 'example.org', 'cookie': '…'}
    >>> headers["cookie"]
    'session=12345'
    """

    _name, _one = "query", "query parameter"

    def __missing__(self, name: str) -> Any:
        raise Missing(name, self._one)

    def __repr__(self) -> str:
        return repr({name: "…" if re.search(_SECRET, name) else value for name, value in self.items()})


class Headers(Sent):
    """Headers by name in lower case; asked for a name, it ignores case (RFC 9110, 5.1).

    >>> Headers({"x-token": "abc"})["X-Token"]
    'abc'
    """

    _name, _one = "headers", "header"

    def _key(self, name: str) -> str:
        return name.replace("_", "-")

    def __missing__(self, name: str) -> Any:
        if name == (lower := name.lower()):
            raise Missing(name, self._one)
        return self[lower]

    def __contains__(self, name: object) -> bool:
        return super().__contains__(name.lower() if isinstance(name, str) else name)

    def get(self, name: str, default: Any = None) -> Any:
        """Return the value of the header `name`, or `default`."""
        return super().get(name.lower(), default)


class Missing(KeyError):
    """The request brings no value of this name."""

    def __str__(self) -> str:
        name, kind = self.args
        return f"the request brings no {kind} {name!r:.60}"


class Form(Sent):
    """The fields of a form."""

    _name, _one = "form", "form field"
