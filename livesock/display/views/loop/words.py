"""What one handler can do for a second, the question before it, and the sentences before, during and after."""

from __future__ import annotations

from typing import NamedTuple

from livesock.display.view import Message
from livesock.display.views.loop.cast import ASKER, EVERY, PEOPLE, Take
from livesock.display.views.loop.lanes import busy, holder, holds, longest, seconds, waited
from livesock.net.loop.watchdog import Held

__all__ = ["ABOUT", "OPTIONS", "PRESETS", "judged", "question", "result", "sentence", "verdict"]

DAN = PEOPLE[ASKER]


class _Preset(NamedTuple):
    """What the handler does with the message that has a wish."""

    name: str
    code: str
    does: str
    """What dan's handler will do: the beginning of the question."""
    why: str
    tempts: dict[str, str]
    """By the key of a wrong answer: why it tempts."""


_SHARED = "Only his handler stands still, but the loop runs it, and cannot run the others meanwhile."
_HIMSELF = f"{DAN} himself waits: his answer comes after that second, and his next messages queue behind it."
_FREE = "All ten share the loop, but here nothing keeps it."

PRESETS = {
    "sleep": _Preset(
        "one sleeps",
        "time.sleep(1)",
        "will call time.sleep(1), with no await.",
        "One loop runs all ten handlers, one at a time. A handler keeps the loop until its next await, and time.sleep "
        "has none.",
        {"one": _SHARED, "none": _SHARED},
    ),
    "wait": _Preset(
        "one waits",
        "await asyncio.sleep(1)",
        "will await asyncio.sleep(1).",
        "await hands the loop back. The loop serves the others, and goes on with this handler a second later.",
        {"all": _FREE, "none": _HIMSELF},
    ),
    "compute": _Preset(
        "one computes",
        "while …: n += 1",
        "will count for a second, in a while loop.",
        "A handler that computes keeps the loop like one that sleeps: without an await the loop gets no turn.",
        {"one": _SHARED, "none": _SHARED},
    ),
    "thread": _Preset(
        "one asks a thread",
        "to_thread(time.sleep, 1)",
        "will await asyncio.to_thread(time.sleep, 1).",
        "The same time.sleep, but a thread stands still, not the loop. The await waits for the thread.",
        {"all": _FREE, "none": _HIMSELF},
    ),
    "plain": _Preset(
        "a plain def sleeps",
        "def …: time.sleep(1)",
        "will be a def without async, and call time.sleep(1).",
        f"livesock runs a plain def in a thread of its own; {DAN} asks with GET here, as a WebSocket handler is always "
        "async. Not every library does so: look it up.",
        {"all": "With many libraries that is what happens.", "none": _HIMSELF},
    ),
}

BUSY = 0.1
"""Seconds that a client waits at most where only the lesson's own handlers need the machine."""

QUESTION = "How many of the ten will wait?"
"""The end of the question."""
OPTIONS = {"none": "0", "one": "1", "all": "10"}
ABOUT = {"none": "no client", "one": f"only {DAN}", "all": "all of them"}


def question(preset: str) -> str:
    """Return what is asked before a take."""
    return f"{DAN}’s handler {PRESETS[preset].does} {QUESTION}"


def judged(take: Take) -> str:
    """Return the key of the option that fits what was measured, empty if no option does."""
    return {0: "none", 1: "one", len(PEOPLE): "all"}.get(len(waited(take)), "")


def result(take: Take) -> str:
    """`10 of 10 waited`."""
    return f"{len(waited(take))} of {len(PEOPLE)} waited"


def sentence(take: Take | None, preset: str, holding: Held | None) -> str:
    """Return the one line above the picture: what happens now, or what would happen next."""
    if take is None:
        return f"Ten clients send a message every {EVERY} s. One loop runs the handlers of all ten."
    if take.done.is_set() and take.wish != preset:
        return f"This was {PRESETS[take.wish].code}: {result(take)}. Now guess: {PRESETS[preset].code}."
    if not take.began:
        return "Ten clients connect."
    worst = max(longest(take, who) for who in range(len(PEOPLE)))
    others = max(longest(take, who) for who in range(len(PEOPLE)) if who != ASKER)
    if take.done.is_set():
        return _afterwards(take, worst, others)
    if holding is not None and holding.began >= take.began:
        who = holder(holding) or "A function"
        return f"{who} has the loop and does not let go: {holding.seconds:.1f} s. No client is answered."
    if longest(take, ASKER) > 0.1 and not all(a.back for a in list(take.asked[ASKER])[:6]):
        return f"{DAN}’s handler waits and has let go of the loop: the others are answered within {seconds(others)}."
    if worst > 0.3:
        return f"The loop is free again, and answers what has queued up. Longest wait: {seconds(worst)}."
    return f"Each of the ten sends 5 messages a second, and is answered within {seconds(worst)}."


def _afterwards(take: Take, worst: float, others: float) -> str:
    who = waited(take)
    if take.problem:
        return f"This take went wrong: {take.problem}"
    if not take.wish:
        return (
            f"At peace: each client was answered within {seconds(worst)}, the loop worked {busy(take):.0%} of the time."
        )
    what = {"sleep": "slept", "compute": "computed"}.get(take.wish, "waited")
    if len(who) == len(PEOPLE):
        return f"One handler {what} for a second: a wall for all ten."
    if who == [ASKER]:
        short = f" (This machine was busy, too: {seconds(others)}.)" if others > BUSY else ""
        return f"One handler {what} for a second, and only its own client felt it.{short}"
    return f"{len(who)} of the ten had to wait."


def verdict(take: Take | None, guess: str) -> Message | None:
    """Return what was measured, and the rule behind it; None until a take with a wish is over."""
    if take is None or not take.done.is_set() or not take.wish or take.problem:
        return None
    who, right = waited(take), judged(take)
    times = sorted(longest(take, n) for n in range(len(PEOPLE)))
    held = holds(take)
    if right == "all":
        text = f"All ten waited, {times[0]:.2f} to {times[-1]:.2f} s at the longest."
    elif right == "one" and who == [ASKER]:
        text = f"Only {DAN} waited: {times[-1]:.2f} s. The other nine: {seconds(times[-2])} at most."
    else:
        text = f"{len(who)} of ten waited."
    holders = [f"{holder(h)} for {h.seconds:.2f} s, at “{h.line}”" for h in held if h.who and h.seconds > 0.2]
    most = max((h.seconds for h in held), default=0.0)
    loop = f"The loop was never held for longer than {seconds(most) if most else '50 ms'}."
    loop = f"The loop was held by {', then by '.join(holders)}." if holders else loop
    preset = PRESETS[take.wish]
    expected = {"sleep": "all", "compute": "all"}.get(take.wish, "one")
    why = preset.why if right == expected else "Something else on this machine or this server held the loop: try again."
    tempts = preset.tempts.get(guess, "") if guess and guess != right else ""
    return {"text": text, "loop": loop, "why": " ".join(filter(None, [tempts, why]))}
