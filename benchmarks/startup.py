"""How long `import livesock` takes, what it brings along, and how long `livesock lab` takes to serve a page.

    python benchmarks/startup.py [--rounds 25] [--lab 3]

Every import runs in a fresh interpreter, with warm file caches. "To a served page" ends when JupyterLab has answered
the request for the first lesson's page; the lessons are copied into a new folder each time.
"""

from __future__ import annotations

import argparse
import importlib.util
import re
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from _common import machine

IMPORT = """
import sys, threading, time
begin = time.perf_counter()
import {module}
print(time.perf_counter() - begin, threading.active_count(), *sorted(sys.modules))
"""

UNWANTED = ("ipywidgets", "jupyter_core", "jupyterlab", "IPython", "websockets", "h11", "anywidget", "trustme")
"""Packages that an import has no need of."""


def imported(module: str) -> tuple[float, int, set[str]]:
    """Return seconds, threads and modules after importing `module` in a fresh interpreter."""
    program = IMPORT.format(module=module)
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    return float(said[0]), int(said[1]), set(said[2:])


def served_page(folder: Path) -> float:
    """Return the seconds from the command `livesock lab` to the answer for the page that it names."""
    command = [sys.executable, "-m", "livesock", "lab", "--no-browser", "--dir", str(folder)]
    begin = time.perf_counter()
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        for line in process.stdout:
            if found := re.search(r"http://\S+", line):
                with urllib.request.urlopen(found[0], timeout=60) as response:
                    response.read()
                    took = time.perf_counter() - begin
                break
        else:
            raise SystemExit("livesock lab named no address; run it by hand to see why")
        process.terminate()
        process.communicate(timeout=60)
    return took


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=25)
    parser.add_argument("--lab", type=int, default=3, metavar="ROUNDS", help="0 leaves livesock lab out")
    options = parser.parse_args()

    print(machine(), "\n")
    print("| start | median | slowest |")
    print("|---|---|---|")
    for module in ("livesock", "livesock.server", "websockets.asyncio.server", "asyncio"):
        imported(module)  # warms the caches
        found = [imported(module) for _ in range(options.rounds)]
        times = [1000 * seconds for seconds, _, _ in found]
        print(f"| import {module} | {statistics.median(times):.0f} ms | {max(times):.0f} ms |")
        if module == "livesock":
            _, threads, modules = found[-1]
            brought = sorted(name for name in UNWANTED if name in modules)
    if options.lab and importlib.util.find_spec("jupyterlab"):
        times = []
        for _ in range(options.lab + 1):
            with tempfile.TemporaryDirectory() as folder:
                times.append(served_page(Path(folder) / "lessons"))
        print(f"| livesock lab to a served page | {statistics.median(times[1:]):.1f} s | {max(times[1:]):.1f} s |")
    print(f"\nimport livesock starts {threads - 1} threads and brings along: {', '.join(brought) or 'none of these'}")


if __name__ == "__main__":
    main()
