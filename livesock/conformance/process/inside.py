"""What runs in the process of the server under test: limits, the learner's program, and a count of what is left.

    python inside.py FD my_server.py PORT     as `python my_server.py PORT`; FD is a socket that asks to count

It imports nothing of livesock: the program under test finds the modules that it would find without the judge.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import runpy
import signal
import socket
import sys
import threading
import traceback

ADDRESS_SPACE = 4 * 1024**3
"""Bytes of address space: the last fence before the machine itself is out of memory; the judge looks at real memory."""

FILES = 1024
"""Open files and sockets: fifty clients need about sixty."""


def limit() -> None:
    """Set the limits that the operating system knows; Windows has no such limits."""
    with contextlib.suppress(ImportError):
        import resource

        for what, most in ((resource.RLIMIT_AS, ADDRESS_SPACE), (resource.RLIMIT_NOFILE, FILES)):
            with contextlib.suppress(OSError, ValueError):
                resource.setrlimit(what, (most, most))
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def answer(channel: socket.socket) -> None:
    """Answer each line of `channel` with a line of counts. When the judge's end closes, end this process group."""
    with contextlib.suppress(OSError), channel, channel.makefile("rwb", buffering=0) as lines:
        with contextlib.suppress(ConnectionError):
            for _ in lines:
                lines.write(json.dumps(counts()).encode() + b"\n")
        os.killpg(os.getpid(), signal.SIGKILL)  # the judge was killed: otherwise it would have ended us before


def counts() -> dict[str, int]:
    """Return what this process holds: tasks that are not done, threads but for this one, sockets, bytes of memory."""
    gc.collect()
    asyncio = sys.modules.get("asyncio")
    tasks = 0
    if asyncio is not None:
        tasks = sum(isinstance(one, asyncio.Task) and not one.done() for one in gc.get_objects())
    found = {"tasks": tasks, "threads": threading.active_count() - 1}
    with contextlib.suppress(OSError):
        links = []
        for name in os.listdir("/proc/self/fd"):
            with contextlib.suppress(OSError):
                links.append(os.readlink(f"/proc/self/fd/{name}"))
        found["sockets"] = sum(link.startswith("socket:") for link in links) - 1  # ours
        with open("/proc/self/statm") as pages:
            found["memory"] = int(pages.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return found


def run(program: str) -> None:
    """Run the program as `__main__`; a traceback begins in it, and not here."""
    folder = os.path.dirname(os.path.abspath(program))
    sys.path[0] = folder
    try:
        runpy.run_path(program, run_name="__main__")
    except Exception as exc:
        trace = exc.__traceback__
        while trace is not None and os.path.abspath(trace.tb_frame.f_code.co_filename) != os.path.abspath(program):
            trace = trace.tb_next
        traceback.print_exception(exc.with_traceback(trace))
        sys.exit(1)


if __name__ == "__main__":
    limit()
    channel = int(sys.argv[1])
    sys.argv = sys.argv[2:]
    if channel >= 0:
        asker = socket.socket(fileno=channel)
        threading.Thread(target=answer, args=(asker,), name="the judge counts", daemon=True).start()
    run(sys.argv[0])
