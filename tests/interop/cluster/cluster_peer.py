"""The other servers of a cluster: Node with `socket.io` and its Redis Streams adapter, and official clients."""

from __future__ import annotations

import json
import queue
import subprocess
import threading
from pathlib import Path
from typing import Any

NODE = Path(__file__).parent.parent / "node"
DEADLINE = 30.0


class NodePeer:
    """A process that runs cluster_peer.js; `do` gives it one command."""

    def __init__(self, node: str, redis: str, recovery: float = 0.0) -> None:
        command = [node, str(NODE / "cluster_peer.js"), redis, str(int(recovery * 1000))]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._lines: queue.Queue[str] = queue.Queue()
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()
        self.port: int = json.loads(self._lines.get(timeout=DEADLINE))["port"]
        self.address = f"http://127.0.0.1:{self.port}"

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.put(line)

    def do(self, what: str, **more: Any) -> Any:
        """Return what the command `what` returns."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"do": what, **more}) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._lines.get(timeout=DEADLINE))
        assert "error" not in answer, answer
        return answer["value"]

    def heard(self, name: str) -> list[Any]:
        """Return what a client has heard: lists of the event and its arguments."""
        found: list[Any] = self.do("heard", name=name)
        return found

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.wait(DEADLINE)
        self._thread.join(DEADLINE)
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
