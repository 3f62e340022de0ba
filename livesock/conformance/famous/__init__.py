"""Servers of the world, each a file that `judge` runs: an echo with the options that the stages ask for.

Each does what its documentation shows. Where its verdict is not PASS, docs/judged.md says why.
"""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

from livesock.conformance.node import node_path

__all__ = ["FAMOUS", "Famous"]

HERE = Path(__file__).parent


class Famous(NamedTuple):
    """One server: its name, its file, and what has to be installed."""

    name: str
    file: Path
    modules: tuple[str, ...]

    @property
    def is_installed(self) -> bool:
        """Whether everything that it needs is here."""
        if self.file.suffix == ".cjs":
            node = shutil.which("node")
            command = [str(node), "-e", 'require("ws")']
            return node is not None and not subprocess.run(command, env=node_path(), capture_output=True).returncode
        return all(importlib.util.find_spec(name) is not None for name in self.modules)


FAMOUS = (
    Famous("websockets", HERE / "with_websockets.py", ("websockets",)),
    Famous("aiohttp", HERE / "with_aiohttp.py", ("aiohttp",)),
    Famous("uvicorn + wsproto", HERE / "with_wsproto.py", ("uvicorn", "wsproto")),
    Famous("ws (Node)", HERE / "ws_server.cjs", ()),
)
"""What `--beside` puts next to a learner's server, as far as it is installed."""
