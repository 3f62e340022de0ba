"""What can be switched, and the sentences before, during and after a run."""

from __future__ import annotations

from typing import NamedTuple

from livesock.display.views.cut.run import BUFFERED, DOWN, LOST, RECOVERED, REPEATED, UP, CutRun

__all__ = ["CLIENTS", "CUTS", "MINE", "SERVERS", "STORY", "Choice", "beliefs", "rules", "sentence"]


class Choice(NamedTuple):
    """One position of a switch: its name, how it is done, and what is true of it afterwards."""

    name: str
    how: str
    """A few words; code in them stands between backticks."""
    rule: str = ""


CUTS = {
    "cable": Choice("noticed late", "a cable is pulled"),
    "reset": Choice("noticed at once", "the connection is reset"),
}

CLIENTS = {
    "emit": Choice(
        "buffer",
        "`client.emit(…)`",
        "emit is at most once: the client keeps what it cannot send, and forgets what has left.",
    ),
    "volatile": Choice(
        "volatile", "`client.volatile.emit(…)`", "volatile: what cannot leave now is dropped. The caller may look."
    ),
    "retry": Choice(
        "retry",
        "`client.call(…)`, again",
        "Asked until it is answered, that is at least once: of 4 only the answer was lost.",
    ),
    "inbox": Choice(
        "retry and inbox",
        "and the server drops repeats",
        "At least once, and repeats are dropped: exactly once, as the handler sees it.",
    ),
}

SERVERS = {
    "emit": Choice(
        "emit", '`server.of("/").emit(…)`', "The server's emit reaches those who are there, and keeps nothing."
    ),
    "recovery": Choice(
        "offset",
        '`sessions={"recovery": 60}`',
        "With recovery the server keeps events, and the client comes back with the offset of its last one.",
    ),
    "volatile": Choice("offset, volatile", "and `.volatile.emit(…)`", "volatile events are not kept for recovery."),
}

MINE = {
    "client": Choice(
        "your Outgoing, your Inbox", "`due()`, `answered()`, `accept()`", "Each once, in order, by your queue."
    ),
    "server": Choice(
        "your Log", "`append()`, `since()`", "Each once, in order: the client asks your log after its offset."
    ),
}

STORY = (
    "Ten numbers each way. When 4 reaches the server the line is cut, before its answer leaves; after 8 it is mended. "
    "Which numbers arrive?"
)

PHASES = {
    "open": "The line is open: what is sent arrives.",
    "cut": "Cut. Neither side knows yet, and both go on sending.",
    "away": "Both sides have noticed. They go on sending.",
    "back": "The line is mended, and the client comes back by itself.",
}

ENDS = {UP: "the server", DOWN: "the client"}


def sentence(run: CutRun | None) -> str:
    """Return the one line above the picture: what happens now, or what has happened."""
    if run is None:
        return STORY
    if run.problem:
        return f"This run went wrong: {run.problem}"
    if not run.done.is_set():
        return PHASES[run.phase]
    return " ".join(f"To {end}: {became(run, way)}." for way, end in ENDS.items())


def became(run: CutRun, way: str) -> str:
    """Return what did not go as if there were no cut: `"5 6 lost, 7 8 buffered"`."""
    fates = {number: run.fate(way, number) for number in run.sent[way]}
    names = {LOST: "lost", REPEATED: "twice", BUFFERED: "late", RECOVERED: "recovered"}
    parts = [(name, [str(n) for n, fate in fates.items() if fate is kind]) for kind, name in names.items()]
    return ", ".join(f"{' '.join(numbers)} {name}" for name, numbers in parts if numbers) or "each once, at once"


def beliefs(run: CutRun | None, way: str) -> str:
    """Return what the sender's program knows, such as `"8 sent, 2 kept"`."""
    if run is None or not run.sent[way]:
        return ""
    known = [one.belief for one in list(run.sent[way].values())]
    return ", ".join(f"{known.count(belief)} {belief}" for belief in dict.fromkeys(known))


def rules(run: CutRun | None, clients: dict[str, Choice], servers: dict[str, Choice]) -> list[str]:
    """Return what is true of the two switches of a run that is over."""
    if run is None or not run.done.is_set() or run.problem:
        return []
    dropped = f" The inbox has dropped {run.dropped}." if run.dropped else ""
    return [clients[run.client].rule + dropped, servers[run.server].rule]
