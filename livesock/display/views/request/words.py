"""Requests to begin with, the question before one is sent, and the sentences before and after."""

from __future__ import annotations

from collections.abc import Sequence

from livesock.display.parts.exchange import Headers
from livesock.display.view import Message

__all__ = ["ANSWERS", "ASKED", "PRESETS", "happened", "outcome", "question_of", "request_of", "sentence_of"]

PRESETS = {
    "get": "a whole request",
    "host": "no Host?",
    "end": "no empty line?",
    "twice": "two at once?",
    "close": "Connection: close?",
    "site": "another Host?",
}

ASKED = "What will come back?"

ANSWERS = {
    "200": "OK",
    "200 twice": "two answers",
    "400": "Bad Request",
    "403": "Forbidden",
    "404": "Not Found",
    "nothing": "the server waits",
}
"""The same answers for every request: they give nothing away."""

NAMES = {"nothing": "nothing:"}


def request_of(preset: str, path: str, host: str) -> tuple[str, Headers]:
    """Return the first line and the headers of a request."""
    headers = [["Host", "example.com" if preset == "site" else host]]
    if preset == "host":
        headers = []
    if preset == "close":
        headers.append(["Connection", "close"])
    return f"GET {path} HTTP/1.1", headers


def sentence_of(headers: Headers, host: str, *, ended: bool, twice: bool) -> str:
    """Return what is special in a request to the server at `host`."""
    names = [name.strip().lower() for name, _ in headers]
    found = [] if "host" in names else ["There is no Host."]
    sites = [value.strip() for name, value in headers if name.strip().lower() == "host"]
    found += [f"Host names another site: {site}." for site in sites if site != host and not _is_here(site)]
    found += [] if ended else ["There is no empty line at the end."]
    found += ["It is sent twice, one behind the other, on one connection."] if twice else []
    found += [f"It says {name}: {value}." for name, value in headers if name.strip().lower() == "connection"]
    return " ".join(found) or "One line says what we want, one names the site. An empty line ends it."


def _is_here(site: str) -> bool:
    """Whether a Host names the machine itself, at any port."""
    return site.rpartition(":")[0] in ("localhost", "127.0.0.1", "[::1]")


def happened(statuses: Sequence[int], *, done: bool) -> str:
    """Return the key of the answer that came, empty while it is not known; any other one is its status."""
    if not done:
        return ""
    if len(statuses) > 1 and set(statuses) == {200}:
        return "200 twice"
    return str(statuses[0]) if statuses else "nothing"


def question_of(guess: str, right: str) -> Message:
    """Return the question, with the guess, and the right answer once it is known."""
    options = [{"key": key, "text": NAMES.get(key, key), "about": words} for key, words in ANSWERS.items()]
    return {"text": ASKED, "chosen": guess, "right": right, "options": options}


def outcome(first: str, right: str, body: str, *, stays: bool, problem: str) -> tuple[str, str]:
    """Return what came in a sentence, and why; `first` is the status, `stays` says that the server ended nothing."""
    if right == "nothing":
        if problem.startswith("waited"):
            return (
                "Nothing came.",
                "The head has no end yet, so the server waits for more. It is patient, but not for ever.",
            )
        return "Nothing came.", problem or "The server ended the connection."
    then = "Then the connection stays open." if stays else "Then the server hangs up."
    if right == "200 twice":
        return (
            f"{first}, twice. {then}",
            "One connection, two questions, two answers in the same order (RFC 9112, 9.3.2).",
        )
    if right == "200":
        why = "The empty line ends the head. Content-Length says where the body ends."
        return (
            f"{first}. {then}",
            why if stays else f"{why} The request had asked the server to hang up (RFC 9112, 9.6).",
        )
    return f"{first}. {then}", body
