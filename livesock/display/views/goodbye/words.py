"""The sentences of the view: what happened, the rule behind it, and how often 1006 was reported.

Everything is judged from what was measured, never from what was expected.
"""

from __future__ import annotations

from collections.abc import Sequence

from livesock.display.views.goodbye.closes import Goodbye
from livesock.display.views.goodbye.endings import Farewell, Report

__all__ = ["crossed_words", "made_by", "rule_of", "sentence_of", "tally"]

NAMES = ("client", "server")


def sentence_of(farewell: Farewell, goodbyes: Sequence[Goodbye]) -> str:
    """Return what happened: the one most surprising fact."""
    if farewell.problem:
        return f"It did not work: {farewell.problem}"
    crossed = [one for one in goodbyes if one.arrived]
    lost = [one for one in goodbyes if not one.arrived]
    client, server = farewell.client.code, farewell.server.code
    if not goodbyes:
        return f"No Close crossed the wire. {_both(client, server)}"
    if not crossed:
        who = "Both ends" if len({one.end for one in lost}) == 2 else f"The {NAMES[lost[0].end]}"
        return f"{who} sent Close {_codes(lost)} into the cut, and nothing arrived. {_both(client, server)}"
    if len({one.code for one in crossed}) > 1:
        codes = _codes(sorted(crossed, key=lambda one: str(one.code)))
        return f"{codes} passed each other on the way. Each end reports the one that came."
    first, other = NAMES[crossed[0].end], NAMES[1 - crossed[0].end]
    if len(crossed) == 1:
        return f"One Close {crossed[0].code} crossed, from the {first}. {_both(client, server)}"
    return f"The {first} sent {crossed[0].code}, the {other} repeated it. {_both(client, server)}"


def _both(client: int | None, server: int | None) -> str:
    if client == server:
        return f"Both ends report {client}."
    return f"The client reports {client}, the server {server}."


def _codes(goodbyes: Sequence[Goodbye]) -> str:
    return " and ".join(dict.fromkeys(str(one.code) for one in goodbyes))


def rule_of(farewell: Farewell, goodbyes: Sequence[Goodbye]) -> str:
    """Return the rule behind it, with its section."""
    if farewell.problem:
        return ""
    crossed = [one for one in goodbyes if one.arrived]
    if not crossed:
        more = " A Close that it sent itself does not count." if goodbyes else ""
        return f"1006 is what a program reports to itself when no Close came.{more} RFC 6455, 7.1.5 and 7.4.1."
    if len({one.end for one in crossed}) == 1:
        silent = NAMES[1 - crossed[0].end]
        return f"The {silent} did not answer with a Close of its own, as an open end must. RFC 6455, 5.5.1."
    if len({one.code for one in crossed}) > 1:
        return "An end takes a Close that comes as the answer to its own: no third one follows. RFC 6455, 7.1.5."
    if crossed[0].code == 1011:
        return "The text of the error stays on the server: what crosses is a number. RFC 6455, 7.4.1."
    return "Close, Close, and then the server ends TCP, also when the client began. RFC 6455, 7.1.1."


def crossed_words(goodbyes: Sequence[Goodbye]) -> list[dict[str, object]]:
    """Return each Close frame with its way, and whether it arrived."""
    return [
        {"end": one.end, "arrived": one.arrived, "text": "no code" if one.code is None else str(one.code)}
        for one in goodbyes
    ]


def tally(tried: Sequence[tuple[Report, Report, Sequence[Goodbye]]]) -> str:
    """Return how often 1006 was reported, and how often it crossed."""
    said = sum(report.code == 1006 for client, server, _ in tried for report in (client, server))
    crossed = sum(one.code == 1006 and one.arrived for _, _, goodbyes in tried for one in goodbyes)
    if not said:
        return ""
    return f"1006 was reported {_times(said)}. It crossed the wire {_times(crossed)}."


def _times(count: int) -> str:
    return {0: "0 times", 1: "once", 2: "twice"}.get(count, f"{count} times")


def made_by(whose: str) -> str:
    """Return what of the server's goodbye is the reader's own, from what `lend` returned.

    >>> made_by("Closer: yours, close_payload: ours")
    "The server's goodbye is made by yours: Closer; the rest is the reference."
    """
    if not whose:
        return ""
    parts = [part.rpartition(": ") for part in whose.split(", ")]
    own = [name or "all of it" for name, _, who in parts if who == "yours"]
    if not own:
        return "The server's goodbye is made by the reference: none of it is yours yet."
    rest = "; the rest is the reference" if len(own) < len(parts) else ""
    return f"The server's goodbye is made by yours: {', '.join(own)}{rest}."
