"""Requests to begin with: a whole one and spoilt ones, what is special in a request, and the question about it."""

from __future__ import annotations

from collections.abc import Sequence

from livesock.display.parts.exchange import Headers
from livesock.display.targets import headers_for
from livesock.display.view import Message
from livesock.net.connect.urls import Target

__all__ = ["PRESETS", "STATUSES", "question_about", "request_of", "sentence_about"]

PRESETS = {
    "whole": "all five headers",
    "version": "no version?",
    "short": "a key of 14 bytes?",
    "list": "“keep-alive, Upgrade”?",
    "page": "from a strange page?",
    "post": "POST?",
    "path": "another path?",
}

STATUSES = {
    "101": "Switching Protocols",
    "400": "Bad Request",
    "403": "Forbidden",
    "404": "Not Found",
    "405": "Method Not Allowed",
    "426": "Upgrade Required",
}
"""The same answers for every request: they give nothing away."""


def request_of(preset: str, target: Target, path: str) -> tuple[str, Headers]:
    """Return the first line and the headers of a request, with a new key; `path` is how the page shows it."""
    headers = dict(headers_for(target))
    if preset == "version":
        del headers["Sec-WebSocket-Version"]
    headers |= {
        "short": {"Sec-WebSocket-Key": "Zm91cnRlZW4gYnl0ZXM="},  # "fourteen bytes"
        "list": {"Connection": "keep-alive, Upgrade"},
        "page": {"Origin": "https://evil.example"},
    }.get(preset, {})
    path = "/nothing" if preset == "path" else path
    return f"{'POST' if preset == 'post' else 'GET'} {path} HTTP/1.1", [list(pair) for pair in headers.items()]


def sentence_about(line: str, headers: Headers, whole: tuple[str, Headers]) -> str:
    """Return what is special in a request, beside the whole one."""
    usual, now = ({name.strip(): value for name, value in each} for each in (whole[1], headers))
    found = [f"The first line says {line or 'nothing'}."] if line != whole[0] else []
    found += [f"{name} is missing." for name in usual if name not in now]
    found += [f"{name or 'A header without a name'} is added." for name in now if name not in usual]
    found += [
        f"{name} has another value." for name in usual if name in now and not _alike(name, now[name], usual[name])
    ]
    return " ".join(found) or "All five headers of an opening handshake are here."


def _alike(name: str, now: str, usual: str) -> bool:
    return len(now) == len(usual) if name == "Sec-WebSocket-Key" else now == usual  # every request has a key of its own


def question_about(guess: str, status: int | None) -> Message:
    """Return the question, with the guess, and the right answer once it is known."""
    options: Sequence[Message] = [{"key": key, "text": key, "about": words} for key, words in STATUSES.items()]
    right = "" if status is None else str(status)
    return {"text": "What will the server answer?", "chosen": guess, "right": right, "options": options}
