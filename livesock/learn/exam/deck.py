"""Cards: the questions of a lesson, dealt one after the other; what was wrong comes again after the others.

The answer follows each choice at once: there is no experiment to wait for. A choice is stored as a prediction is.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from livesock.learn.exercise import Prediction
from livesock.learn.store import Store

__all__ = ["Recall"]


class Recall:
    """One deal of the cards. Call it from one thread at a time."""

    def __init__(self, cards: Sequence[Prediction], store: Store) -> None:
        self._cards = {card.id: card for card in cards}
        self._store = store
        order = sorted(self._cards, key=lambda which: store.get("prediction", which).get("right") is True)
        self._order = order
        """Those that were not known come first, in the order of the lessons."""
        self._at = 0
        self._chosen = ""

    def act(self, message: dict[str, Any]) -> dict[str, Any]:
        """Do what a page asks for, "chip", "option" or "next"; return the new state."""
        kind, value = message.get("kind"), message.get("value")
        if kind == "chip" and isinstance(value, str) and value in self._cards:
            self._at, self._chosen = self._order.index(value), ""
        elif kind == "option" and not self._chosen:
            self.choose(value)
        elif kind == "next":
            self._at, self._chosen = (self._at + 1) % len(self._order), ""
        return self.state()

    def choose(self, key: Any) -> None:
        """Answer the card that lies on top."""
        card = self.card
        if not isinstance(key, str) or key not in card.options:
            return
        self._chosen = key
        right = key == card.answer
        known = self._store.get("prediction", card.id).get("right") is True
        self._store.change("prediction", card.id, answer=key, right=right or known)
        if not right and card.id not in self._order[self._at + 1 :]:
            self._order.append(card.id)  # once more, at the end

    @property
    def card(self) -> Prediction:
        return self._cards[self._order[self._at]]

    def state(self) -> dict[str, Any]:
        """Return what a page draws."""
        card, chosen = self.card, self._chosen
        known = [which for which in self._cards if self._store.get("prediction", which).get("right")]
        said = [card.options[chosen].reply, card.why] if chosen else []
        return {
            "sentence": f"{len(known)} of {len(self._cards)} known",
            "chips": [
                {"key": which, "text": f"{number} ✓" if which in known else str(number), "pressed": which == card.id}
                for number, which in enumerate(self._cards, 1)
            ],
            "title": card.question,
            "fold": None,
            "options": [
                {
                    "key": key,
                    "text": f"{key} · {option.text}",
                    "pressed": key == chosen,
                    "mark": "right" if chosen and key == card.answer else "missed" if key == chosen else "",
                }
                for key, option in card.options.items()
            ],
            "select": None,
            "said": said,
            "mood": "right" if chosen == card.answer else "wrong" if chosen else "",
            "next": "next card" if chosen else "",
        }
