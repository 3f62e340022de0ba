"""What `livesock doctor` asks Jupyter itself: may it write, and does the kernel of the lessons start where they are?"""

from __future__ import annotations

import asyncio
import importlib.util
import os
import subprocess
import sys
import tempfile
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

from livesock.cli.finding import Finding
from livesock.errors import install_command

__all__ = ["LESSONS", "kernel", "runtime"]

KERNEL = 60.0
"""Seconds that a kernel gets to start, and to answer: a busy machine needs many, an idle one two."""

TRY = """\
import sys
print(sys.executable)
import livesock
with livesock.serve("doctor") as server:
    @server.websocket("/")
    async def greet(ws):
        await ws.send("hello")
    with livesock.connect(server.url("/")) as ws:
        ws.recv(timeout=5)
    livesock.display.wire(server)._repr_mimebundle_()
"""
"""What the lessons begin with: a server, a client and a view. It imports what a file beside the lessons may hide."""

LESSONS = Path("livesock-lessons")
"""Where `livesock lab` copies the lessons; their kernels run there."""


def runtime() -> list[Finding]:
    """JupyterLab writes down where it and its kernels listen, usually below the home directory; without it it ends."""
    if importlib.util.find_spec("jupyter_core") is None:
        return []  # found by others
    from jupyter_core.paths import jupyter_runtime_dir

    place = jupyter_runtime_dir()
    try:
        os.makedirs(place, mode=0o700, exist_ok=True)
        tempfile.TemporaryFile(dir=place).close()
    except OSError as exc:
        advice = "set JUPYTER_RUNTIME_DIR to a folder that you may write"
        return [Finding("Jupyter's folder", "fail", f"{place} cannot be written: {exc.strerror}", advice)]
    return [Finding("Jupyter's folder", "ok", place)]


def kernel() -> list[Finding]:
    """The lessons run in the kernel `python3`, which need not be this Python: a kernel of the user comes first.

    It is tried where the lessons are, or will be: modules in the folder of a kernel hide those of Python.
    """
    if importlib.util.find_spec("jupyter_client") is None or importlib.util.find_spec("ipykernel") is None:
        return []  # found by others
    try:
        lessons = LESSONS.absolute()
    except FileNotFoundError:
        return []  # the current folder is gone, as another check finds
    with tempfile.TemporaryDirectory() as empty:
        finding = asyncio.run(_kernel(lessons if lessons.is_dir() else Path(empty)))
        hiding = _hiding(lessons) if finding.status == "fail" and lessons.is_dir() else []
        if hiding and asyncio.run(_kernel(Path(empty))).status == "ok":
            advice = (
                f"rename {', '.join(hiding)} in {lessons.name}: a kernel there takes it for the module of that name"
            )
            return [Finding("kernel", "fail", finding.detail, advice)]
    return [finding]


def _hiding(folder: Path) -> list[str]:
    """Return the files and packages in a folder that have the name of a module that a kernel may import."""
    names = {*sys.stdlib_module_names, *packages_distributions(), "livesock"}
    return sorted(path.name for path in folder.iterdir() if path.stem in names and path.suffix in ("", ".py"))


async def _kernel(folder: Path) -> Finding:
    from jupyter_client.manager import start_new_async_kernel

    printed: list[str] = []

    def hear(message: dict[str, Any]) -> None:
        printed.append(message["content"].get("text", ""))

    options: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": str(folder)}
    try:
        manager, client = await start_new_async_kernel(startup_timeout=KERNEL, **options)
    except Exception as exc:  # there is none of that name, its program is missing, or it ended before it answered
        advice = f"{install_command('ipykernel')} brings one; what is there lists  jupyter kernelspec list"
        return Finding("kernel", "fail", f"{type(exc).__name__}: {exc}", advice)
    try:
        answer = await client.execute_interactive(TRY, timeout=KERNEL, output_hook=hear)
    except TimeoutError:
        return Finding("kernel", "fail", f"starts, and gives no answer within {KERNEL:.0f} s", "try again when idle")
    finally:
        client.stop_channels()
        await manager.shutdown_kernel(now=True)
    reply = answer["content"]
    if reply["status"] == "ok":
        return Finding("kernel", "ok", f"starts, and livesock serves in it: {''.join(printed).strip()}")
    place = getattr(manager.kernel_spec, "resource_dir", "an unknown folder")
    advice = "look at what else was found: this may follow from it"
    if reply["ename"] == "ModuleNotFoundError":
        advice = "another Python has put its kernel there; remove it:  jupyter kernelspec remove python3"
    return Finding("kernel", "fail", f"{reply['ename']}: {reply['evalue']} (kernel in {place})", advice)
