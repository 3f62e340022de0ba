"""The tile in JupyterLab's launcher that opens the demos: chat, ticker and game, in a tab of the browser.

jupyter-server-proxy finds `tile` through the entry point `jupyter_serverproxy_servers`, shows it, starts the command
when the reader presses it, and passes everything below `…/livesock/` on to it. So it works wherever Jupyter works, on
Binder too.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

__all__ = ["tile"]

START = 30
"""Seconds that the demos get until they answer: a cold disk needs many."""


def tile() -> dict[str, Any]:
    """Return what jupyter-server-proxy has to know: the command, and how the tile looks."""
    return {
        # jupyter-server-proxy puts a free port in place of {port}, and asks there.
        "command": [sys.executable, "-m", "livesock", "serve", "--port", "{port}", "--demo", "all"],
        "timeout": START,
        "new_browser_tab": True,
        "launcher_entry": {
            "title": "livesock demos",
            "icon_path": str(Path(__file__).parent / "jupyter" / "livesock.svg"),
        },
    }
