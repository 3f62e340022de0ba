"""The sentences of the view: what is going to happen, what each end knew, and what is true of it."""

from __future__ import annotations

from typing import NamedTuple

from livesock.display.views.heartbeat.run import IDLE, NAP, Setting, Watch

__all__ = ["ASKED", "NEVER", "PINGS", "STORIES", "Story", "code_of", "outcome_of", "rule_of", "story_of", "when_of"]


class Story(NamedTuple):
    """One thing that may happen to a connection."""

    button: str
    text: str


STORIES = {
    "cut": Story("the cable is cut", "The cable is cut. Then the client calls send()."),
    "hangs": Story("the client hangs", f"The client hangs for {NAP:g} s: a long computation, a debugger."),
    "blocked": Story("the server's loop is blocked", f"A handler of the server calls time.sleep({NAP:g})."),
    "proxy": Story("an idle proxy", f"A proxy in the middle cuts what is silent for {IDLE:g} s."),
}

PINGS = {"neither": "neither end", "client": "the client", "server": "the server", "both": "both ends"}

ASKED = "When will each end know that it is over?"

NEVER = "never"


def story_of(setting: Setting) -> str:
    return f"{STORIES[setting.story].text} {ASKED}"


def when_of(run: Watch, end: int) -> float | None:
    """Return how many seconds after the beginning an end knew."""
    knew = run.knew(end)
    return None if knew is None else round(knew - run.began, 1)


def code_of(run: Watch, end: int) -> str:
    """Return how an end says it; websockets writes it so in its exceptions, Socket.IO in its reasons."""
    if run.knew(end) is None:
        return "says OPEN"
    if run.setting.story == "proxy":
        return "1006 · “transport close”"
    return "1011 · “ping timeout”" if run.gave_up(end) else "1011 from the other end"


def outcome_of(run: Watch) -> str:
    """Return what each end knew, and what the last `send` did."""
    moment, setting = run.happened, run.setting
    if run.problem:
        return f"This run went wrong: {run.problem}"
    if moment is None:
        return "The proxy cut nothing: both ends are well, and the last send() returned."
    if setting.story == "proxy":
        return (
            f"The proxy hung up after {moment - run.began:.1f} s, and both ends knew at once. send() raised {run.sent}."
        )
    parts = []
    for end, name in enumerate(("The client", "The server")):
        knew = run.knew(end)
        parts.append(f"{name} says OPEN." if knew is None else f"{name} knew {max(0.0, knew - moment):.1f} s later.")
    said = {"returned": "send() returned as always.", "": ""}.get(run.sent, f"send() raised {run.sent}.")
    return " ".join([*parts, said] if setting.story == "cut" else parts)


def rule_of(run: Watch) -> str:
    """Return what is true of it."""
    setting = run.setting
    bound = f"{setting.interval:.1f} s + {setting.timeout:.1f} s"
    if run.problem:
        return ""
    if setting.story == "proxy":
        if run.cut is not None:
            return f"No byte came for {IDLE:g} s, and the proxy hung up on both. No end had done anything wrong."
        return f"A ping each {setting.interval:.1f} s is traffic: the proxy never counted to {IDLE:g} s."
    if setting.pings == "neither":
        woke = " The nap was not noticed, and did no harm." if setting.story != "cut" else ""
        return f"Without a heartbeat no end asks, so no end knows.{woke}"
    if run.knew(0) is None and run.knew(1) is None:
        return "The end that pings is the one that hangs: it cannot ask."
    other = "" if setting.pings == "both" else "; the other end is not protected"
    blamed = "" if setting.story == "cut" else " The cable is whole: to the end that pings this looks like a cut cable."
    return f"An end that pings knows by interval + time-out, {bound}{other}.{blamed}"
