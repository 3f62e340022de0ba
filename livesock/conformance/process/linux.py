"""What Linux says about other processes: where they listen, how much memory they hold, who started them.

Each function returns nothing known (None, or empty) where there is no `/proc`.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import NamedTuple

__all__ = ["ListeningSocket", "can_look", "listening", "marked", "memory"]

PROC = Path("/proc")
LISTEN = "0A"
"""The state of a listening socket in /proc/net/tcp."""


class ListeningSocket(NamedTuple):
    """A socket that listens: the address as digits of /proc/net/tcp, the port, and the number of the socket."""

    address: str
    port: int
    inode: str

    @property
    def takes_loopback(self) -> bool:
        """Whether a client that connects to 127.0.0.1 reaches it."""
        return self.address in ("0100007F", "0" * 8, "0" * 32)

    @property
    def host(self) -> str:
        """The address as people write it, where it is one of IPv4."""
        if len(self.address) != 8:
            return "::1" if self.address.endswith("01000000") else "::"
        return ".".join(str(byte) for byte in reversed(bytes.fromhex(self.address)))


def can_look() -> bool:
    """Return whether this machine shows its sockets."""
    return (PROC / "net" / "tcp").exists()


def listening(pids: set[int] | None = None) -> list[ListeningSocket]:
    """Return all sockets that listen, or those of the processes `pids`."""
    found = []
    for name in ("tcp", "tcp6"):
        with contextlib.suppress(OSError):
            for line in (PROC / "net" / name).read_text().splitlines()[1:]:
                words = line.split()
                if words[3] == LISTEN:
                    address, port = words[1].split(":")
                    found.append(ListeningSocket(address, int(port, 16), words[9]))
    if pids is None:
        return found
    theirs = {inode for pid in pids for inode in _sockets(pid)}
    return [one for one in found if one.inode in theirs]


def _sockets(pid: int) -> set[str]:
    found = set()
    with contextlib.suppress(OSError):
        for entry in (PROC / str(pid) / "fd").iterdir():
            with contextlib.suppress(OSError):
                link = os.readlink(entry)
                if link.startswith("socket:["):
                    found.add(link[8:-1])
    return found


def marked(mark: str) -> set[int]:
    """Return the processes that were started with `mark` in their environment, and their children."""
    found = set()
    with contextlib.suppress(OSError):
        for entry in PROC.iterdir():
            if entry.name.isdigit():
                with contextlib.suppress(OSError):
                    if mark.encode() in (entry / "environ").read_bytes() and _is_alive(entry):
                        found.add(int(entry.name))
    return found


def _is_alive(entry: Path) -> bool:
    """A zombie has ended, and waits for its parent to ask how."""
    return (entry / "stat").read_text().rpartition(")")[2].split()[0] != "Z"


def memory(pids: set[int]) -> int:
    """Return the bytes of real memory that the processes hold."""
    total = 0
    for pid in pids:
        with contextlib.suppress(OSError, IndexError, ValueError):
            total += int((PROC / str(pid) / "statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return total
