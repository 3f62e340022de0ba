"""What is remembered of a learner: predictions, checks, hints, kept functions. In the kernel, and in a file beside it.

`livesock-progress.json` lies in the folder of the notebook. LIVESOCK_PROGRESS names another file; `off` means none.
Two kernels may use one file: each change reads it, changes one record, and replaces it in one step.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from livesock.learn import words

__all__ = ["NAME", "Store"]

NAME = "livesock-progress.json"
"""The file's name."""

VERSION = 2
"""Of the file. Version 1 is from the time when lessons 10 and 11 were numbered 13 and 14."""

RENUMBERED = {"13": "10", "14": "11"}
"""The new number for each number that a file of version 1 may hold and that has changed."""

PATIENCE = 1.0
"""Seconds to wait for another kernel to finish writing."""

Record = dict[str, Any]
Table = dict[str, dict[str, Record]]
Stamp = tuple[int, int, int]


class Store:
    """Records by kind and id: `store.get("exercise", "03.accept_key")`. Cells and buttons may use it at once."""

    def __init__(self, path: Path | None, clock: Callable[[], float] = time.time) -> None:
        self.path = path
        """The file, or None to keep everything in memory."""
        self.clock = clock
        self.warning = ""
        """A sentence about a file that could not be used; shown once, with the next page."""
        self.watchers: dict[str, Callable[[], None]] = {}
        """Called after each change that this kernel makes, by name."""
        self._mutex = threading.RLock()
        self._seen: Stamp | None = None
        self._table: Table = {}
        self._refresh()

    @classmethod
    def default(cls) -> Store:
        """Return the store of this notebook."""
        place = os.environ.get("LIVESOCK_PROGRESS", "")
        try:
            return cls(None if place == "off" else Path(place or NAME).absolute())
        except FileNotFoundError as exc:  # the folder of the notebook has been deleted or moved
            store = cls(None)
            store.warning = words.unwritable(place or NAME, exc.strerror or str(exc))
            return store

    def get(self, kind: str, which: str) -> Record:
        """Return a copy of a record, {} if there is none. What another notebook has written is in it."""
        with self._mutex:
            self._refresh()
            return dict(self._table.get(kind, {}).get(which, {}))

    def ids(self, kind: str) -> list[str]:
        with self._mutex:
            self._refresh()
            return sorted(self._table.get(kind, {}))

    def change(self, kind: str, which: str, **values: Any) -> Record:
        """Set fields of one record, in memory and on disk, and return the record."""
        return self._update(kind, which, lambda record: values)

    def tried(self, which: str, *, passed: bool) -> None:
        """Count a try of an exercise or of a stage; once passed, it stays so."""
        self._update(
            "exercise",
            which,
            lambda record: {
                "passed": passed or bool(record.get("passed")),
                "checks": record.get("checks", 0) + 1,
                "failed": record.get("failed", 0) + (not passed),
                "first": record.get("first", self.clock()),
            },
        )

    def _update(self, kind: str, which: str, values: Callable[[Record], Record]) -> Record:
        """Set the fields that `values` makes of one record; no other kernel changes it between the two."""
        with self._changing():
            record = self._table.setdefault(kind, {}).setdefault(which, {})
            record.update(values(record))
            changed = dict(record)
        if kind != "kept":  # shown nowhere
            self._tell()
        return changed

    def forget(self, kind: str, prefix: str) -> int:
        """Delete the records whose id begins with `prefix`; return how many."""
        with self._changing():
            table = self._table.get(kind, {})
            gone = [which for which in table if which.startswith(prefix)]
            for which in gone:
                del table[which]
        self._tell()
        return len(gone)

    def _tell(self) -> None:
        for watcher in list(self.watchers.values()):
            watcher()

    @contextlib.contextmanager
    def _changing(self) -> Iterator[None]:
        """Take in what another kernel has written, let the caller change a record, write everything."""
        if self.path is None:
            with self._mutex:
                yield
            return
        with self._mutex, self._locked(self.path):
            self._refresh()
            yield
            self._write(self.path)
            self._seen = self._stamp()

    @contextlib.contextmanager
    def _locked(self, path: Path) -> Iterator[None]:
        """Hold the lock file beside `path`; go on without it rather than keep a learner waiting."""
        from filelock import SoftFileLock, Timeout  # here: nothing is locked before something is remembered

        place = path.with_name(f".{path.name}.lock")
        lock = SoftFileLock(place, timeout=PATIENCE, poll_interval=0.01)
        with contextlib.suppress(Timeout, OSError):  # a folder that cannot be written: _write will say so
            if place.exists() and time.time() - place.stat().st_mtime > 10 * PATIENCE:
                place.unlink()  # of a kernel that crashed on another machine; of this one, filelock knows it
            lock.acquire()
        try:
            yield
        finally:
            lock.release()

    def _refresh(self) -> None:
        """Read the file if it is another one than at the last look. One that has gone changes nothing."""
        stamp = self._stamp()
        if stamp and stamp != self._seen:
            self._seen, self._table = stamp, self._read()

    def _stamp(self) -> Stamp | None:
        """Return what tells one state of the file from the next, None if there is no file."""
        try:
            found = self.path.stat() if self.path else None
        except OSError:
            return None
        return found and (found.st_ino, found.st_mtime_ns, found.st_size)

    def _read(self) -> Table:
        if self.path is None or not self.path.exists():
            return {}
        try:
            found = json.loads(self.path.read_text("utf-8"))
            table = renumbered(found["records"]) if found.get("version") == 1 else found["records"]
            if not all(is_record(r) for records in table.values() for r in records.values()):
                raise ValueError("a record is not an object, or a count in it not a number")
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            aside = self.path.with_name(f"{self.path.stem}.damaged{self.path.suffix}")
            with contextlib.suppress(OSError):
                os.replace(self.path, aside)
            self.warning = words.damaged(self.path.name, aside.name)
            return {}
        return dict(table)

    def _write(self, path: Path) -> None:
        part = path.with_name(f"{path.name}.{os.getpid()}.part")
        try:
            part.write_text(json.dumps({"version": VERSION, "records": self._table}, indent=1, sort_keys=True), "utf-8")
            os.replace(part, path)
        except OSError as exc:
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)  # a full disk may hold the beginning of it
            self.path = None
            self.warning = words.unwritable(path.name, exc.strerror or str(exc))


NUMBERS = ("checks", "failed", "first", "hints")
"""Fields that hold a number wherever they stand."""


def renumbered(table: Table) -> Table:
    """Return the records of a file of version 1 under the ids of today."""
    return {kind: {_new_id(which): record for which, record in records.items()} for kind, records in table.items()}


def _new_id(which: str) -> str:
    lesson, dot, rest = which.partition(".")
    return RENUMBERED.get(lesson, lesson) + dot + rest


def is_record(record: Any) -> bool:
    return isinstance(record, dict) and all(
        isinstance(record.get(name, 0), int | float) and math.isfinite(record.get(name, 0)) for name in NUMBERS
    )
