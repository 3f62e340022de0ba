"""What a server can do with a slow reader, and the sentences before, during and after."""

from __future__ import annotations

from typing import NamedTuple

from livesock.display.views.tank.run import BOUND, LENGTH, RATE, SIZE, SLOWS, MarketRun

__all__ = ["HUB", "MIXED", "PACES", "POLICIES", "STORY", "Policy", "bytes_of", "sentence"]


class Policy(NamedTuple):
    """One answer to "what if it reads too slowly?"."""

    name: str
    code: str
    rule: str
    """What is true of it afterwards."""


POLICIES = {
    "wait": Policy("wait for it", "await ws.send(price)", "No price is lost, and all readers go at the slowest pace."),
    "all": Policy("keep all", "queue.append(price)", "The friend notices nothing. The server's memory pays."),
    "oldest": Policy(
        "drop the oldest",
        f"deque(maxlen={BOUND})",
        "Memory has a bound, and what is read is as old as the queue is long.",
    ),
    "newest": Policy(
        "newest only", "deque(maxlen=1)", "For prices: nothing but the newest counts. For a chat: a hole."
    ),
    "close": Policy("disconnect", "await ws.close(1013)", "It may come back and ask for what it needs."),
}
HUB = Policy("your Hub", "await hub.broadcast(price)", "The buffers of websockets are your queue, without a bound.")

PACES = {0: "nothing", 4: "4 a second", RATE: "all"}
"""What the slow reader reads: prices a second."""

STORY = f"{RATE} prices a second, {SIZE // 1000} KB each, to two readers. One reads too slowly."

MIXED = (
    "You turned a knob during this run, so it fills no row below: each row is a whole run of one policy and one pace."
)


def bytes_of(prices: int) -> str:
    return f"{prices * SIZE / 1e6:.1f} MB" if prices * SIZE >= 1e6 else f"{prices * SIZE // 1000} KB"


def sentence(run: MarketRun | None) -> str:
    """Return the one line above the picture: what happens now, or what has happened."""
    if run is None:
        return f"{STORY} What does the server do with it? Press Start: a run ends after {LENGTH} s."
    if run.problem:
        return f"This run went wrong: {run.problem}"
    if not run.samples or run.samples[-1].when < SLOWS:
        return f"{STORY} So far both read everything."
    last = run.samples[-1]
    slow = "" if last.slow is None else f"The slow reader's newest price is {last.slow:.1f} s old."
    if run.closed:
        return f"Closed with 1013 after {run.closed:.1f} s: the queue was full. The friend noticed nothing."
    if run.policy == "wait":
        friend = f"The friend's newest price is {last.friend:.1f} s old, too."
        return f"The server waits for the slow reader, and everybody with it: {run.made} prices so far. {friend}"
    if run.policy in ("oldest", "newest"):
        return f"{last.waiting} waiting, {run.dropped} thrown away. {slow} The friend has all."
    return f"{last.waiting} prices wait at the server: {bytes_of(last.waiting)}. {slow} The friend has all."
