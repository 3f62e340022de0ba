"""Autobahn's cases, run by kosoku, against an echo route that is being recorded.

Nobody here wrote these cases or their verdicts. The bare `websockets` server is judged in the same run: what it
documents as its own deviation (case 7.1.5) is ours too, and nothing else may be.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

pytestmark = [pytest.mark.interop, pytest.mark.slow]

LIVESOCK = """
import livesock as ls

async def echo(ws):
    async for message in ws:
        await ws.send(message)

server = ls.serve("kosoku")
server.websocket("/", max_size=2**25)(echo)
server.websocket("/deflate", max_size=2**25, compression="deflate")(echo)
print(server.port, flush=True)
input()
print(len(server.trace) > 0, [str(error) for error in server.errors if not error.is_refusal], flush=True)
server.stop()
"""

WEBSOCKETS = """
import asyncio
from websockets.asyncio.server import serve
from websockets.exceptions import ConnectionClosed

async def echo(ws):
    try:
        async for message in ws:
            await ws.send(message)
    except ConnectionClosed:
        pass

async def main():
    async with serve(echo, "127.0.0.1", 0, max_size=2**25, compression=None) as server:
        print(server.sockets[0].getsockname()[1], flush=True)
        await asyncio.to_thread(input)
        print("True []", flush=True)

asyncio.run(main())
"""

DEVIATION = {"7.1.5": "FAILED"}
"""A close frame between two fragments of a message: `websockets` documents that it answers with another code."""

SMALL_DEFLATE = [
    *(f"12.1.{size}" for size in range(1, 10)),
    *(f"12.{kind}.{size}" for kind in range(2, 6) for size in range(1, 3)),
    *(f"13.{offer}.{size}" for offer in range(1, 8) for size in range(1, 3)),
]
"""Cases of compression that take seconds, not minutes; the others send the same things more often."""


@contextmanager
def running(program: str) -> Iterator[int]:
    """Run a server in a process of its own and yield its port; afterwards it must report no error."""
    # 9.3 and 9.4 send up to 65 536 fragments in one message; the library's documented limit is 4096.
    environment = {**os.environ, "WEBSOCKETS_MAX_FRAGMENTS": "70000"}
    command = [sys.executable, "-c", program]
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin and process.stdout
        yield int(process.stdout.readline())
        out, err = process.communicate("\n", timeout=20)
    assert out == "True []\n", (out, err)
    assert err == ""


def judge(kosoku: str, folder: Path, url: str, *options: str) -> dict[str, tuple[str, str]]:
    """Return kosoku's verdicts by case: on the messages, and on the closing handshake."""
    command = [kosoku, "-m", "fuzzingclient", "-o", str(folder), *options, url]
    finished = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert (folder / "index.json").exists(), finished.stderr
    (cases,) = json.loads((folder / "index.json").read_text("utf-8")).values()
    return {name: (case["behavior"], case["behaviorClose"]) for name, case in cases.items()}


def named(verdicts: dict[str, tuple[str, str]], verdict: str) -> list[str]:
    return sorted(name for name, both in verdicts.items() if verdict in both)


@pytest.mark.timeout(600)
def test_the_core_cases_end_as_they_do_with_websockets_alone(tool: Callable[[str], str], tmp_path: Path) -> None:
    options = ("-p", "16", "-x", "12.*", "-x", "13.*")

    with running(LIVESOCK) as port:
        ours = judge(tool("kosoku"), tmp_path / "livesock", f"ws://127.0.0.1:{port}/", *options)
    with running(WEBSOCKETS) as port:
        theirs = judge(tool("kosoku"), tmp_path / "websockets", f"ws://127.0.0.1:{port}/", *options)

    for verdict in ("NON-STRICT", "INFORMATIONAL", "FAILED"):
        print(f"{verdict}: {', '.join(named(ours, verdict))}")
    assert len(ours) == 301
    assert ours == theirs
    assert named(ours, "FAILED") == sorted(DEVIATION)
    assert {verdict for verdict, _ in ours.values()} == {"OK", "NON-STRICT", "INFORMATIONAL", "FAILED"}


@pytest.mark.timeout(600)
def test_compression_passes_its_cases(tool: Callable[[str], str], tmp_path: Path) -> None:
    options = ["-p", "2"]
    for pattern in SMALL_DEFLATE:
        options += ["-i", pattern]

    with running(LIVESOCK) as port:
        verdicts = judge(tool("kosoku"), tmp_path, f"ws://127.0.0.1:{port}/deflate", *options)

    assert len(verdicts) >= 20
    assert set(verdicts.values()) == {("OK", "OK")}
