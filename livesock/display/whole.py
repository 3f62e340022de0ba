"""`WholeView`: a view whose page gets the whole state, and gets it again when it has changed."""

from __future__ import annotations

from livesock.display.view import Message, View

__all__ = ["WholeView"]


class WholeView(View):
    """For a small state. A subclass returns it from `state()`."""

    _last: Message | None = None

    def state(self) -> Message:
        """Return everything that the page draws."""
        raise NotImplementedError

    def snapshot(self) -> Message:
        self._last = self.state()
        return self._last

    def news(self) -> Message | None:
        state = self.state()
        if state == self._last:
            return None
        self._last = state
        return state
