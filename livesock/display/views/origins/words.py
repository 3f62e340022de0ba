"""What `origins()` says: a sentence for the whole table, and why one answer came out as it did."""

from __future__ import annotations

from collections.abc import Mapping

from livesock.display.views.origins.knocks import Knock
from livesock.display.views.origins.rules import PAGES, Rules

__all__ = ["SWITCHES", "TRIED", "code_of", "marked", "sentence", "why"]

Tried = Mapping[tuple[str, str], Knock]
TRIED = "Each answer is one of a real server, on a real connection."

SWITCHES = {
    "cors": ("CORS", "only the app’s page may read", "any page may read: Origin is written back"),
    "cookie": ("Cookie", "Ann’s is needed", "not asked for"),
    "origin": ("Origin", "the app’s alone may enter", "not looked at"),
    "token": ("Token", "header, or first message", "not asked for"),
    "host": ("Host", "its own name only", "not looked at"),
}
"""Of each switch: its name, and what it says when it is on and off."""

TOLD = (
    "Host:",
    "Origin:",
    "Cookie:",
    "Authorization:",
    "Access-Control-",
    "HTTP/1.1 ",
    "first message",
    "message",
    "Close",
)


def sentence(tried: Tried, rules: Rules) -> str:
    """Return who reads that should not."""

    def reads(page: str, way: str) -> bool:
        return tried[page, way].outcome == "reads"

    name = " – as Ann, for the browser adds her cookie" if rules.cookie else ""
    if reads("evil", "WebSocket") and not reads("evil", "polling"):
        return f"The stranger’s page reads over the WebSocket what the browser hides from it when it polls{name}."
    if reads("evil", "polling"):
        return f"The stranger’s page reads: the server lets any page read{name}."
    if reads("rebound", "polling") or reads("rebound", "WebSocket"):
        return "No page of another origin reads. One under a false name does: for the browser it is the server’s own."
    if reads("program", "WebSocket"):
        return "No stranger’s page reads. A program does: it has written the right Origin."
    return "Only the app’s page reads."


def why(one: Knock, rules: Rules) -> str:
    """Return the reason of one answer."""
    caller = PAGES[one.page]
    if one.outcome == "hidden":
        return (
            "The server has done its work, and answered 200. Access-Control-Allow-Origin names another page: "
            "the browser keeps the answer from this one. What a POST would have changed is changed all the same."
        )
    if one.outcome == "refused":
        return refused(one)
    if caller.is_ours:
        return "The app’s page may enter: all that was asked for came with its request."
    if caller.is_program:
        return "No browser stands between: a program sends any Origin, and reads any answer."
    if one.page == "rebound":
        missing = "it sends no Origin, and CORS is not asked" if one.way == "polling" else "Origin and Host agree"
        return f"For the browser, page and server have one name: {missing}. Only Host tells: it is not the server’s."
    if one.way == "polling":
        return "Access-Control-Allow-Origin names this page: the server has written back the Origin that came."
    return "101: the browser has sent Origin, and leaves it to the server to look. It asks no CORS header." + (
        " And it has added Ann’s cookie." if rules.cookie else ""
    )


def refused(one: Knock) -> str:
    """Return why the server did not let this one in."""
    seen = " A page sees nothing of the status: its WebSocket ends with 1006." if one.way == "WebSocket" else ""
    if one.text.startswith("4401"):
        return "101 first; the first message was not the token, and the server closed. A page can read this code."
    if one.status == 403:
        return "The server looked, before it did anything." + seen
    if one.page in ("rebound", "program") and not one.text.endswith("no token"):
        return "There is no cookie: a browser keeps it for the name that set it, and a program has none." + seen
    return "The token is missing: a stranger does not know it, and no browser adds it by itself." + seen


def marked(lines: tuple[str, ...]) -> list[dict[str, object]]:
    """Return the lines, and whether each is one that decides."""
    return [{"text": line, "told": line.startswith(TOLD)} for line in lines]


def code_of(one: Knock, port: int) -> str:
    """Return Python that asks the same."""
    origin = f', origin="{one.origin}"' if one.origin else ""
    if one.way == "WebSocket":
        return f'ls.connect("ws://127.0.0.1:{port}/room"{origin})'
    return f'line = ls.tcp({port}); line.sendall(b"{one.request[0]}\\r\\n…")  # the lines on the left'
