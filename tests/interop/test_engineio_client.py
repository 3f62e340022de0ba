"""engine.io-client of Node against the Engine.IO of a livesock server."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import livesock as ls
from tests.peers import eventually

pytestmark = pytest.mark.interop

SCRIPT = Path(__file__).parent / "node" / "engineio_client.js"


@pytest.fixture(scope="module")
def seen(node_modules: Path, tool: Callable[[str], str]) -> dict[str, Any]:
    with ls.serve("engine.io") as server:

        @server.of("/").on("echo")
        async def echo(socket: Any, value: Any) -> Any:
            return value

        done = subprocess.run(
            [tool("node"), str(SCRIPT), f"http://127.0.0.1:{server.port}"],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        eventually(lambda: not server._hub._peers, "nobody is left")
        return json.loads(done.stdout)  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("way", "transport"), [("default", "websocket"), ("polling", "polling"), ("websocket", "websocket")]
)
def test_messages_bytes_and_the_end_on_each_transport(seen: dict[str, Any], way: str, transport: str) -> None:
    assert seen[way] == {
        "transport": transport,
        "joined": True,
        "acks": [f"3{number}[{number}]" for number in range(50)],
        "binary": ['61-7[{"_placeholder":true,"num":0}]', "00ff"],
        "closed": "transport close",
    }
