"""What a test needs to play the page of a view: speak to it as a browser does, and hear what it sends."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from livesock.display.view import View

__all__ = ["Page"]


class Page:
    """Stands in for the browser: the messages are those of the real widget, only the wire to a page is cut."""

    def __init__(self, view: View) -> None:
        self.view = view
        self.heard: list[dict[str, Any]] = []
        view.widget.send = self.heard.append
        self.tell("hello")
        self.until(lambda: self.kinds("snapshot"))

    def tell(self, kind: str, **content: Any) -> None:
        """Send what the page sends, the way ipywidgets hands it over."""
        self.view.widget._handle_custom_msg({"kind": kind, **content}, [])

    def kinds(self, kind: str) -> list[dict[str, Any]]:
        """Return the messages of one kind that came until now."""
        return [message for message in list(self.heard) if message["kind"] == kind]

    @property
    def state(self) -> dict[str, Any]:
        """What the page would show now: the newest state."""
        messages = [m.get("state", m.get("news")) for m in list(self.heard) if m["kind"] in ("snapshot", "news")]
        newest = messages[-1]
        return newest.get("state", newest)

    @property
    def log(self) -> list[dict[str, Any]]:
        """All lines that the page would show, in order."""
        parts = [m.get("state", m.get("news")) for m in list(self.heard) if m["kind"] in ("snapshot", "news")]
        return [line for part in parts for line in part["log"]]

    @property
    def complaint(self) -> str:
        """The newest complaint; waits for one."""
        self.until(lambda: self.kinds("complaint"))
        return str(self.kinds("complaint")[-1]["text"])

    def until(self, condition: Callable[[], Any], timeout: float = 10.0) -> Any:
        """Wait for what must come, and return it."""
        deadline = time.monotonic() + timeout
        while not (found := condition()):
            assert time.monotonic() < deadline, self.heard[-3:]
            time.sleep(0.01)  # polls what another thread sends
        return found
