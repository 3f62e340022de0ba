"""`wire(…)`: everything that crosses a wire, live, in rows: pick one to see its bytes beside what they mean."""

from __future__ import annotations

import queue
import tempfile
import threading
from pathlib import Path
from typing import Any, ClassVar

from livesock.display.targets import wrong_target
from livesock.display.view import Message, View
from livesock.display.views.wire.held import HeldRow, Log, details_of
from livesock.trace.follower import Follower
from livesock.trace.recording import Trace
from livesock.trace.show.picture import to_svg
from livesock.trace.show.text import to_text

__all__ = ["WireView", "wire"]

DRAWN = 16
"""Rows of the picture that stands in a saved notebook."""

NAMES = {
    "NetSim": "a simulated network",
    "Connection": "a WebSocket connection",
    "TcpSocket": "a TCP connection",
    "Client": "a Socket.IO client",
    "Trace": "a trace",
}
"""The words for a target without a name of its own, which may hold a port that differs from run to run."""


class WireView(View):
    """The live log of one trace."""

    page: ClassVar[str] = "wire"
    parts: ClassVar[tuple[str, ...]] = ("bytes",)

    def __init__(self, target: Any) -> None:
        self._trace: Trace = _trace_of(target)
        self._of = (
            f"server {target.name}" if type(target).__name__ == "Server" else NAMES.get(type(target).__name__, "")
        )
        self._follower = Follower(self._trace)
        self._log = Log()
        self._told: Message = {}
        self._exports: queue.SimpleQueue[tuple[str, bytes]] = queue.SimpleQueue()
        self._exporting: threading.Thread | None = None
        super().__init__(of=self._of)

    def shows(self, trace: Trace) -> bool:
        """Whether it is the log of this trace."""
        return self._trace is trace

    def only(self, name: str, *connections: int) -> None:
        """Show the rows of these connections alone, under a name. From any thread."""
        self._put({"kind": "only", "name": name, "connections": list(connections)})

    def snapshot(self) -> Message:
        self._log.add(self._follower.look())
        self._told = self._counts()
        return {**self._told, "rows": [held.line() for held in self._log], "of": self._of}

    def news(self) -> Message | None:
        self._deliver()
        new = self._log.add(self._follower.look())
        counts = self._counts()
        if not new and counts == self._told:
            return None
        self._told = counts
        return {**counts, "rows": [held.line() for held in new]}

    def on_message(self, message: Message) -> None:
        kind = message.get("kind")
        if kind == "select":
            self._explain(message.get("row"))
        elif kind == "only":
            self.send("only", name=message.get("name"), connections=message.get("connections"))
        elif kind == "clear":
            self._log.clear()
            self._follower.clear()
            self.send("snapshot", state=self.snapshot())
        elif kind == "export" and message.get("format") in ("pcapng", "text"):
            self._export(message["format"])
        else:
            raise ValueError(
                f'a page of wire() may send "select", "clear" or "export" as pcapng or text, not {message!r}'
            )

    def picture(self) -> str:
        follower = Follower(self._trace)  # a Conversation of its own: this is not called on the view's thread
        rows = [row for row, _ in follower.look(0.3)]
        if follower.backlog.chunks:
            rows.append(follower.waiting_row())
        return to_svg(rows, peers=self._trace.peers, place=self._trace.place, limit=DRAWN, how="run the cell")

    def words(self) -> str:
        return f"live log of {self._of}: what crosses its wire, both directions" if self._of else "live log of a wire"

    def finish(self) -> None:
        if self._exporting is not None:
            self._exporting.join(5)

    def _counts(self) -> Message:
        """Return what the page counts: bytes by layer and direction, rows, and what is not among them."""
        follower, client = self._follower, self._trace.client
        server = ">" if client == "<" else "<"
        sides = {
            side: {"payload": follower.payload[direction], **follower.layers[direction]._asdict()}
            for side, direction in (("client", client), ("server", server))
        }
        amounts = {"total": self._log.total, "waiting": follower.backlog, "skipped": follower.skipped}
        return {"bytes": sides, **amounts}

    def _explain(self, number: Any) -> None:
        held: HeldRow | None = self._log.get(number)
        if held is not None:
            self.send("details", **details_of(held))
        else:
            self.send("details", row=number, gone=True)

    def _export(self, kind: str) -> None:
        """Write the file on a thread of its own, while the log goes on."""
        if self._exporting is not None and self._exporting.is_alive():
            raise ValueError("another export is still being written: wait for it")
        self._exporting = threading.Thread(
            target=self._write, args=(kind,), name=f"livesock export {self.name}", daemon=True
        )
        self._exporting.start()

    def _write(self, kind: str) -> None:
        if kind == "text":
            trace = self._trace.only()  # a snapshot, whose peers stay
            self._exports.put((kind, to_text(trace.iter_rows(), peers=trace.peers, place=trace.place).encode()))
            return
        with tempfile.TemporaryDirectory() as folder:
            self._exports.put((kind, self._trace.pcapng(Path(folder) / "trace.pcapng").read_bytes()))

    def _deliver(self) -> None:
        while not self._exports.empty():
            kind, data = self._exports.get()
            self.send("export", data=data, format=kind)


def _trace_of(target: object) -> Trace:
    trace = target if isinstance(target, Trace) else getattr(target, "trace", None)
    if not isinstance(trace, Trace):
        advice = "pass what serve(), connect(), tcp(), socket() or netsim() returned"
        raise wrong_target("wire", "a server, a connection, a netsim or a trace", target, advice)
    return trace


def wire(target: Any) -> WireView:
    """Return a live log of what crosses a wire: a server's, a client's, a netsim's, or a trace's.

    Each row is a head, a frame, a packet or a change of state, of both directions. Pick one to see its bytes beside
    their meaning; filter, search, pause, follow; export as pcapng or text. Secrets are masked.

    Raises:
        TypeError: If `target` is not a `Trace` and does not have one.
    """
    return WireView(target)
