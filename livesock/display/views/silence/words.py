"""The sentences of the view, judged from what `recv` really said."""

from __future__ import annotations

from collections.abc import Mapping

from livesock.display.views.silence.listening import PATIENCE, SAID, Listening

__all__ = ["ASKED", "outcome_of", "rule_of", "tally_of", "tempting"]

ASKED = "What does the next recv() do?"


def outcome_of(run: Listening) -> str:
    """Return what the `recv` after the silence did."""
    if run.problem or not run.said:
        return f"It did not work: {run.problem}."
    return {
        "bytes": "recv returned bytes.",
        "end": 'recv returned b"", at once.',
        "timeout": f"recv gave up after {PATIENCE} s: TimeoutError.",
        "reset": "recv raised ConnectionResetError.",
    }[run.said[0]]


def rule_of(run: Listening) -> str:
    """Return what it means, and what the second `recv` did."""
    if run.problem or not run.said:
        return ""
    first, *later = run.said
    if first == "end":
        again = " The next recv said it again." if later == ["end"] else ""
        return f"b\"\" means “never again”.{again} The other direction still works: the server has read b'ok?'."
    if first == "reset":
        return "A reset ends both directions. Bytes that were on their way are lost."
    if later == ["bytes"]:
        return "TimeoutError means “nothing yet”. The bytes came later, and the connection was in order all the time."
    return "No reset can pass a cut cable, so recv cannot tell it from a pause. It would wait for ever."


def tempting(guess: str, said: str) -> str:
    """Return what to say to a guess that did not come true."""
    if guess == said:
        return ""
    return {
        "bytes": "recv returns bytes only when some have arrived.",
        "end": 'b"" is the end of the stream, and an end has to arrive. It never means “nothing yet”.',
        "timeout": "It need not wait: the end has already arrived.",
        "reset": "An orderly end is no error." if said == "end" else "A reset has to arrive, and none did.",
    }[guess]


def tally_of(runs: Mapping[str, Listening]) -> str:
    """Return what all runs together show; empty as long as they do not."""
    said = {key: run.said[0] for key, run in runs.items() if run.said}
    if said.get("thinks") == said.get("cut") == "timeout":
        return f"A thinking server and a cut cable sound the same: {SAID['timeout']}."
    return ""
