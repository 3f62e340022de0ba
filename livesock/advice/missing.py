"""`without_auth`: what to write where a line reads from what a peer has not sent, which is None."""

from __future__ import annotations

import re
import traceback

__all__ = ["without_auth"]

_WITHOUT = 'the peer has sent no auth: write (socket.handshake.auth or {}).get("token")'

_UNKNOWN = object()


def without_auth(exc: BaseException, at_the_door: bool = False) -> str | None:
    """Return what to write if the line that failed reads from what a peer has not sent: its auth, a header.

    `at_the_door` a handler reads auth under any name.
    """
    if not str(exc).startswith("'NoneType' object") or exc.__traceback__ is None:
        return None
    failed = list(traceback.walk_tb(exc.__traceback__))[-1][0]
    line = traceback.extract_tb(exc.__traceback__)[-1].line or ""
    if came := re.search(r"\b(headers|query|cookies|args)\.get\(([^,()]+)\)", line):
        return f'what did not come is None: write {came[1]}.get({came[2]}, "")'
    sent = [getattr(getattr(value, "handshake", None), "auth", _UNKNOWN) for value in failed.f_locals.values()]
    has_sent = any(auth is not None and auth is not _UNKNOWN for auth in sent)
    return _WITHOUT if not has_sent and ("auth" in line or (at_the_door and None in sent)) else None
