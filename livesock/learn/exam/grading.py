"""The article graded: a verdict on each claim, and something of the learner's own that shows it.

    claim ──► right, half right, wrong ──► what did you see of it? ──► counted, with what is true of it

A verdict without an artefact is not counted. Artefacts are what the record holds: a check that was passed, a value that
was measured, a guess that an instrument settled.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from livesock.learn.exercise import VERDICTS, Claim
from livesock.learn.standing import counted, earned
from livesock.learn.store import Store

__all__ = ["Article"]


class Article:
    """The claims and what was graded of them. Call it from one thread at a time."""

    def __init__(self, claims: Sequence[Claim], store: Store) -> None:
        self._claims = {claim.id: claim for claim in claims}
        self._store = store
        left = [which for which in self._claims if not counted(store, which)]
        self._at = (left or list(self._claims))[0]

    def act(self, message: dict[str, Any]) -> dict[str, Any]:
        """Do what a page asks for, "chip", "option", "select" or "next"; return the new state."""
        kind, value = message.get("kind"), message.get("value")
        if kind == "next":
            order = list(self._claims)
            self._at = order[(order.index(self._at) + 1) % len(order)]
        elif not isinstance(value, str):
            return self.state()
        elif kind == "chip" and value in self._claims:
            self._at = value
        elif kind == "option" and value in VERDICTS:
            self.grade(self._at, verdict=value)
        elif kind == "select":
            self.grade(self._at, artefact=value)
        return self.state()

    def grade(self, which: str, *, verdict: str = "", artefact: str = "") -> bool:
        """Store a verdict, or what shows it; return whether the claim counts now."""
        claim = self._claims[which]
        record = self._store.get("claim", which)
        verdict, artefact = verdict or record.get("verdict", ""), artefact or record.get("artefact", "")
        shows = artefact in claim.artefacts and bool(earned(self._store, artefact))
        is_counted = shows and verdict == claim.verdict
        self._store.change("claim", which, verdict=verdict, artefact=artefact if shows else "", counted=is_counted)
        return is_counted

    def state(self) -> dict[str, Any]:
        """Return what a page draws."""
        claim = self._claims[self._at]
        record = self._store.get("claim", claim.id)
        verdict = record.get("verdict", "")
        done = [which for which in self._claims if counted(self._store, which)]
        is_counted = claim.id in done
        return {
            "sentence": f"{len(done)} of {len(self._claims)} graded",
            "chips": [
                {"key": which, "text": f"{which[1:]} ✓" if which in done else which[1:], "pressed": which == claim.id}
                for which in self._claims
            ],
            "title": f"“{claim.text}”",
            "fold": {"summary": "In the article's words", "text": f"«{claim.original}»"},
            "options": [
                {
                    "key": key,
                    "text": text,
                    "pressed": key == verdict,
                    "mark": "right" if is_counted and key == verdict else "",
                }
                for key, text in VERDICTS.items()
            ],
            "select": {
                "label": "What of yours shows it?",
                "value": record.get("artefact", ""),
                "options": [
                    {"key": one, "text": f"{one}, {what}" if what else f"{one}: not done yet", "open": bool(what)}
                    for one in claim.artefacts
                    for what in [earned(self._store, one)]
                ],
            },
            "said": self._said(claim, record),
            "mood": "right" if is_counted else "",
            "next": "next claim",
        }

    def _said(self, claim: Claim, record: dict[str, Any]) -> list[str]:
        if counted(self._store, claim.id):
            return ["Counted.", claim.correction]
        if not any(earned(self._store, one) for one in claim.artefacts):
            lessons = sorted({one.partition(".")[0] for one in claim.artefacts})
            return [f"You have nothing yet that shows it. Lesson {' or '.join(lessons)} has an experiment for it."]
        if not record.get("verdict"):
            return ["Choose a verdict."]
        if not record.get("artefact"):
            return ["A verdict counts when something of yours shows it: choose it."]
        return ["What you chose shows something else: look at it once more."]
