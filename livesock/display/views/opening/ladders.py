"""Flights as a ladder, with the client's clock beside it, and what each end speaks on its lifeline."""

from __future__ import annotations

from itertools import pairwise

from livesock.display.parts.ladder import Crossing, LifelineState, ladder_of
from livesock.display.view import Message
from livesock.display.views.opening.run import Flight, OpeningRun

__all__ = ["ladder_from", "round_trips"]


def round_trips(run: OpeningRun) -> int:
    """Return how often the client waited for the server."""
    return sum(flight.end == 1 for flight in run.flights)


def ladder_from(run: OpeningRun) -> Message:
    """Return the ladder of one opening, as `parts/ladder` draws it."""
    flights = run.flights
    ladder = ladder_of([_crossing(flight) for flight in flights], [], _states(flights))
    for span in ladder["spans"]:
        if span["from"] == 0:
            span["state"] = ""  # nothing is open yet
    ladder["times"] = [
        {"end": 0, "y": arrow["y"][1], "text": f"{flight.arrived * 1000:.0f} ms"}
        for arrow, flight in zip(ladder["arrows"], flights, strict=True)
        if flight.end == 1
    ]
    return ladder


def _crossing(flight: Flight) -> Crossing:
    about = (
        f"{flight.size:,} bytes" if flight.size else "TCP's own segment: the kernel sends it, and no program sees it"
    )
    return Crossing(flight.end, flight.left, flight.arrived, flight.text, "data" if flight.size else "tcp", about)


def _states(flights: list[Flight]) -> list[LifelineState]:
    """What each end speaks: it changes with the flight that ends a handshake."""
    states = [LifelineState(0, flights[0].left, "TCP"), LifelineState(1, flights[0].arrived, "TCP")]
    for before, flight in pairwise(flights):
        word = "TLS" if flight.text == "TLS hello" else "HTTP" if flight.text.endswith("GET") else ""
        if word:
            states += [LifelineState(0, before.arrived, word), LifelineState(1, flight.arrived, word)]
    last = flights[-1]
    return [*states, LifelineState(1, last.left, "WebSocket"), LifelineState(0, last.arrived, "WebSocket")]
