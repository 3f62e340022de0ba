"""`Output`: what a process prints, read to the end so that it never waits for a reader; the last lines are kept."""

from __future__ import annotations

import os
import re
import threading

__all__ = ["LIMIT", "Output"]

LIMIT = 8 * 1024**2
"""Bytes that a server may print during a judgement: more is a print in an endless loop."""

KEPT = 16 * 1024
"""Bytes of the end that are kept: a traceback is rarely longer."""


class Output:
    """Reads one pipe in a thread of its own until it ends. Thread-safe."""

    def __init__(self, pipe: int) -> None:
        self.size = 0
        """Bytes printed so far."""
        self._kept = bytearray()
        self._lock = threading.Lock()
        self._pipe = pipe
        self._thread = threading.Thread(target=self._read, name="livesock-judge-output", daemon=True)
        self._thread.start()

    @property
    def is_too_much(self) -> bool:
        """Whether more than `LIMIT` was printed."""
        return self.size > LIMIT

    def text(self) -> str:
        """Return the end of what was printed."""
        with self._lock:
            return self._kept.decode("utf-8", "replace")

    def error(self) -> str:
        """Return the last error of Python in the output, with its line: `ValueError: … (line 12)`; or nothing."""
        text = self.text()
        found = re.findall(r"^(\w[\w.]*(?:Error|Exception|Exit|Interrupt)\b.*)$", text, re.MULTILINE)
        lines = re.findall(r'^  File "[^"]+", line (\d+)', text, re.MULTILINE)
        if not found:
            return ""
        return str(found[-1])[:200] + (f" (line {lines[-1]})" if lines else "")

    def close(self) -> None:
        """Wait for the end of the pipe: every process that had it is gone."""
        self._thread.join(1.0)

    def _read(self) -> None:
        try:
            while data := os.read(self._pipe, 65536):
                with self._lock:
                    self.size += len(data)
                    self._kept += data
                    del self._kept[:-KEPT]
        except OSError:
            pass
        finally:
            os.close(self._pipe)
