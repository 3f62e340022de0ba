"""Which cell made which view, so that running a cell again ends the views that it made before.

JupyterLab, Notebook and nbclient send the id of the cell along with its code. A terminal sends no id: there a view
lives until it is closed.
"""

from __future__ import annotations

import threading
from typing import Any, Protocol

__all__ = ["adopt"]


class Closable(Protocol):
    """Something that a cell made."""

    def close(self) -> None:
        """End it."""


_lock = threading.Lock()
_views: dict[str, tuple[str, list[Closable]]] = {}
"""Cell to (execution, views made by it)."""


def adopt(view: Closable) -> None:
    """Remember that the running cell made `view`; close what an earlier run of the same cell made."""
    cell, execution = _running()
    if not cell:
        return
    with _lock:
        before, views = _views.get(cell, ("", []))
        if before == execution:
            views.append(view)
            return
        _views[cell] = (execution, [view])
    for old in views:
        old.close()


def _running() -> tuple[str, str]:
    """Return the ids of the running cell and of this run of it; empty outside a notebook."""
    try:
        from IPython.core.getipython import get_ipython
    except ImportError:
        return "", ""
    shell: Any = get_ipython()
    parent: dict[str, Any] = getattr(shell, "get_parent", dict)() or {}
    return str(parent.get("metadata", {}).get("cellId", "")), str(parent.get("header", {}).get("msg_id", ""))
