"""`Door`: the learner's functions answer the opening handshakes of a real server, ours where one is not written yet.

@server.websocket("/mine", handshake=door)     ──►  door("GET", "HTTP/1.1", headers)  ──►  101 and headers, or a refusal
"""

from collections.abc import Callable
from functools import partial

from livesock.learn.whose import is_own
from livesock.lessons.lesson03 import accept_key as ours_of_key
from livesock.lessons.lesson03 import check_request as ours

__all__ = ["Door"]

Headers = dict[str, str]
Handshake = tuple[int, Headers]


class Door:
    """`str(door)` says of each function whose it is. A function that raises is used, and seen failing."""

    def __init__(
        self, accept_key: Callable[[str], str], check_request: Callable[[str, str, Headers], Handshake]
    ) -> None:
        is_my_key = is_own(accept_key, lambda: accept_key(ours.RFC_KEY))
        self._key = accept_key if is_my_key else ours_of_key.accept_key
        asked = [("POST", "HTTP/1.1", {}), ("GET", "HTTP/1.1", dict(ours.GOOD))]  # the second one calls accept_key, too
        is_mine = all(is_own(check_request, partial(check_request, *each)) for each in asked)
        self._check = check_request if is_mine else ours.check_request
        self._whose = {"check_request": is_mine, "accept_key": is_my_key}

    def __call__(self, method: str, version: str, headers: Headers) -> Handshake:
        """Return the status and the headers with which this request is answered."""
        status, answer = self._check(method, version, headers)
        if status == 101 and not self._whose["check_request"]:
            answer = answer | {"Sec-WebSocket-Accept": self._key(headers["sec-websocket-key"])}
        return status, answer

    def __str__(self) -> str:
        return ", ".join(f"{name}: {'yours' if is_mine else 'ours'}" for name, is_mine in self._whose.items())

    def __repr__(self) -> str:
        return str(self)
