"""Networks to choose from: figures with their sources.

A network loses packets, and TCP sends them again: what is left of a loss is waiting. So a loss is `jitter` here, and a
tunnel is a black hole for some seconds.
"""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["PRESETS", "Preset"]


class Preset(NamedTuple):
    """A network with a name: figures for the knobs, and its tunnels."""

    name: str
    said: str
    delay: float = 0.0
    jitter: float = 0.0
    rate: float | None = None
    every: float = 0.0
    """Seconds from the beginning of one tunnel to that of the next; 0 without tunnels."""
    tunnel: float = 0.0
    """Seconds in a tunnel."""


# WebPageTest publishes profiles of connections (connectivity.ini): kbit/s down and up, and the time there and back.
# Here `rate` is the one down, for both directions, and `delay` is half of the time there and back.
PRESETS = {
    "none": Preset("this machine", "This machine alone: every byte passes at once."),
    # "FIOS": 20,000 kbit/s, 4 ms
    "office": Preset("office", "Fibre in an office: 2 ms for one way, 2.5 MB/s.", delay=0.002, rate=2_500_000),
    # "3G": 1,600 kbit/s, 300 ms
    "3g": Preset("3G", "A phone on 3G: 150 ms for one way, 200 kB/s.", delay=0.150, rate=200_000),
    # "LTE": 12,000 kbit/s, 70 ms. Loss: Linux sends a lost segment again after 0.2 s at least (TCP_RTO_MIN in
    # include/net/tcp.h). Tunnels: our own sum, 200 m at 180 km/h are 4 s.
    "train": Preset(
        "train",
        "A phone in a train: 35 ms for one way, up to 200 ms more after a loss, 1.5 MB/s, a tunnel of 4 s every 12 s.",
        delay=0.035,
        jitter=0.2,
        rate=1_500_000,
        every=12.0,
        tunnel=4.0,
    ),
    # RFC 2488, section 2: 279 ms from one ground station at the edge of the view to another; section 4.1.2: a T1 line,
    # about 192,000 bytes per second
    "satellite": Preset(
        "satellite",
        "A satellite 36,000 km away: 279 ms for one way, 192 kB/s.",
        delay=0.279,
        rate=192_000,
    ),
}
"""The networks by their keys, in the order of the page."""
