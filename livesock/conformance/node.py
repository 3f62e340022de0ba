"""Where Node finds the package `ws`."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["node_path"]


def node_path() -> dict[str, str]:
    """Return this process's environment with NODE_PATH: where it points already, and `node_modules` here."""
    here = str(Path.cwd() / "node_modules")
    return {**os.environ, "NODE_PATH": os.pathsep.join([*filter(None, [os.environ.get("NODE_PATH")]), here])}
