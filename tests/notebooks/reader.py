"""A reader in a kernel: waits between cells, runs them twice, restarts, interrupts. What comes is compared as by nbval.

A pause of 25 s must not take 25 s in a test. `shrink` makes every interval of a new kernel shorter by one factor, those
of livesock and those of `websockets`; the lessons are not changed by it, and what they set themselves stays.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty
from typing import Any

from jupyter_client.manager import KernelManager
from jupyter_core.utils import ensure_event_loop

from livesock.cli.dev.notebooks import is_ignored, sanitizer, shown

__all__ = ["LESSONS", "Reader", "cells_of", "differences", "reading", "source"]

ROOT = Path(__file__).parents[2]
LESSONS = sorted((ROOT / "notebooks").glob("*.ipynb"))
RULES = sanitizer((Path(__file__).parent / "sanitize.cfg").read_text("utf-8"))

PATIENCE = 100
"""Seconds to wait for a kernel or a cell on a busy machine."""

Cell = dict[str, Any]

SHRINK = """
def shrink(factor):
    import inspect
    import websockets.asyncio.server, websockets.sync.client
    from livesock.net.http.limits import Limits
    from livesock.realtime.actions import SessionOptions

    server, client = websockets.asyncio.server, websockets.sync.client
    for call in (server.ServerConnection.__init__, client.ClientConnection.__init__, client.connect):
        call.__kwdefaults__ |= {name: factor * 20 for name in ("ping_interval", "ping_timeout")}
    for table in (Limits, SessionOptions):
        names = list(inspect.signature(table).parameters)
        least = dict.fromkeys(["ping_interval", "ping_timeout", "idle_timeout"], 0)
        # what a handshake may take on a busy machine
        least |= dict.fromkeys(["head_timeout", "body_timeout", "connect_timeout", "upgrade_timeout"], 1)
        least |= {"stall_timeout": 1}
        values = dict(zip(names, table.__init__.__defaults__, strict=True))
        shrunk = {n: max(values[n] * factor, least[n]) for n in values.keys() & least.keys()}
        table.__init__.__defaults__ = tuple((values | shrunk).values())
"""


class Reader:
    """One kernel in the folder of a lesson."""

    def __init__(self, path: Path, factor: float = 1.0) -> None:
        self.path, self.factor = path, factor
        self.manager = KernelManager(kernel_name="python3")
        self.manager.kernel_spec.argv[0] = sys.executable
        settings = {"LIVESOCK_PROGRESS": "off", "JPY_SESSION_NAME": str(path)}
        self.manager.start_kernel(
            cwd=str(path.parent), env={**os.environ, **settings}, extra_arguments=["--log-level=ERROR"]
        )
        self.client = self.manager.blocking_client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=PATIENCE)
        self.prepare()

    def prepare(self) -> None:
        if self.factor != 1:
            self.ask(f"{SHRINK}\nshrink({self.factor})\ndel shrink", store_history=False)

    def restart(self) -> None:
        self.manager.restart_kernel(now=True)
        self.client.wait_for_ready(timeout=PATIENCE)
        self.prepare()

    def run(self, cell: Cell, *, interrupt_after: float | None = None) -> Cell:
        """Run a cell; return it with the outputs that came, as a notebook has them."""
        return {**cell, "outputs": self.ask(source(cell), cell["id"], interrupt_after=interrupt_after)}

    def ask(
        self, code: str, cell_id: str = "", *, store_history: bool = True, interrupt_after: float | None = None
    ) -> list[dict[str, Any]]:
        content = {"code": code, "silent": False, "store_history": store_history}
        content |= {"user_expressions": {}, "allow_stdin": False, "stop_on_error": False}
        message = self.client.session.msg("execute_request", content, metadata={"cellId": cell_id})
        self.client.shell_channel.send(message)
        begin, outputs = time.monotonic(), []
        while True:
            if interrupt_after is not None and time.monotonic() > begin + interrupt_after:
                self.manager.interrupt_kernel()
                interrupt_after = None
            try:
                came = self.client.get_iopub_msg(timeout=0.02 if interrupt_after is not None else 1)
            except Empty:
                assert time.monotonic() < begin + PATIENCE, f"{self.path.stem}: no end of\n{code}"
                continue
            if came["parent_header"].get("msg_id") != message["header"]["msg_id"]:
                continue
            if came["msg_type"] in ("stream", "display_data", "execute_result", "error"):
                outputs.append({"output_type": came["msg_type"], **came["content"]})
            elif came["content"].get("execution_state") == "idle":
                return outputs

    def close(self) -> None:
        self.client.stop_channels()
        self.manager.shutdown_kernel()
        self.manager.cleanup_resources()


@contextmanager
def reading(path: Path, factor: float = 1.0) -> Iterator[Reader]:
    reader = Reader(path, factor)
    try:
        yield reader
    finally:
        reader.close()
        ensure_event_loop().close()  # the loop that jupyter_client made for this thread
        asyncio.set_event_loop(None)


def cells_of(path: Path) -> list[Cell]:
    """Return the code cells of a lesson."""
    cells = json.loads(path.read_text("utf-8"))["cells"]
    return [cell for cell in cells if cell["cell_type"] == "code"]


def source(cell: Cell) -> str:
    return "".join(cell["source"])


def differences(stored: Cell, fresh: Cell) -> list[str]:
    """Return what is wrong with what came: an error, or another output than the stored one where nbval compares."""
    for output in fresh["outputs"]:
        if output["output_type"] == "error":
            return [f"{stored['id']}: {output['ename']}: {output['evalue']}"]
    if is_ignored(stored) or (before := words(stored)) == (now := words(fresh)):
        return []
    return [f"{stored['id']}: stored {before}, came {now}"]


def words(cell: Cell) -> dict[str, list[str]]:
    """Return what nbval compares, without the promises of an Engine.IO session, which `shrink` changes."""
    return {
        kind: [line for line in text.splitlines() if "open: a session" not in line]
        for kind, text in shown(cell, RULES).items()
    }
