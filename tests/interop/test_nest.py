"""One client script against gateways of NestJS and of livesock, row by row of the table in lesson 11.

Where livesock differs on purpose, the test says so: every question is answered. In Nest a handler that returns nothing,
`{event, data}`, or raises leaves the asker waiting.
"""

from __future__ import annotations

import json
import subprocess
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import livesock as ls
from tests.peers import eventually

pytestmark = pytest.mark.interop

NODE = Path(__file__).parent / "node"

BOTH = ["A.connect", "B.connect", "A.ping", "B.ping", "A.disconnect", "B.disconnect"]
ONE = {letter: [f"{letter}.connect", f"{letter}.ping", f"{letter}.disconnect"] for letter in "AB"}
ROWS: dict[str, tuple[str, str, str, list[str]]] = {
    "1": ("/", "/", "/", BOTH),
    "2": ("/", "/point", "/", ONE["A"]),
    "3": ("/", "/point", "/point", ONE["B"]),
    "4": ("point", "-", "/point", ONE["A"]),
    "5": ("/point", "/chat", "/", []),
    "6": ("/point", "/chat", "/nope", []),
    "7": ("/point", "/point", "/point", BOTH),
}


def talk(node: str, url: str, namespace: str) -> dict[str, Any]:
    command = [node, str(NODE / "nest_client.js"), url, namespace]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    return json.loads(done.stdout)  # type: ignore[no-any-return]


@contextmanager
def nest(node: str, first: str, second: str) -> Iterator[tuple[str, list[str]]]:
    """A Nest application; the list holds what ran."""
    command = [node, str(NODE / "nest_gateway.js"), first, second]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        port = process.stdout.readline().removeprefix("PORT ").strip()
        fired: list[str] = []
        reader = threading.Thread(target=lambda: fired.extend(line.strip() for line in process.stdout or ()))
        reader.start()
        try:
            yield f"http://127.0.0.1:{port}", fired
        finally:
            process.kill()
            reader.join()


@contextmanager
def ours(first: str, second: str) -> Iterator[tuple[str, list[str]]]:
    """The same gateways in livesock."""
    fired: list[str] = []
    with ls.serve("beside nest") as server:
        for letter, namespace in zip("AB", (first, second), strict=True):
            if namespace != "-":
                gateway = make(letter, fired)
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore", UserWarning)
                    server.gateway(namespace)(gateway)
        yield f"http://127.0.0.1:{server.port}", fired


def make(letter: str, fired: list[str]) -> type:
    class Gateway:
        def on_connect(self, socket: Any) -> None:
            fired.append(f"{letter}.connect")

        def on_disconnect(self, socket: Any, reason: str) -> None:
            fired.append(f"{letter}.disconnect")

        @ls.event("ping")
        def ping(self, socket: Any, value: int) -> str:
            fired.append(f"{letter}.ping")
            return letter

        @ls.event("nothing")
        def nothing(self, socket: Any, value: int) -> None: ...

        @ls.event("reply")
        def reply(self, socket: Any, value: int) -> Any:
            return ls.Reply("replied", 7)

        @ls.event("refuse")
        def refuse(self, socket: Any, value: Any) -> None:
            raise ls.Refused("not today")

        @ls.event("fail")
        def fail(self, socket: Any, value: Any) -> None:
            raise RuntimeError("the secret")

    Gateway.__qualname__ = letter
    return Gateway


@pytest.mark.parametrize("row", ROWS)
def test_a_row_of_the_table_holds_in_nest_and_here(row: str, node_modules: Path, tool: Callable[[str], str]) -> None:
    first, second, client, fires = ROWS[row]
    node, seen, ran = tool("node"), [], []
    for place in (nest(node, first, second), ours(first, second)):
        with place as (url, fired):
            seen.append(talk(node, url, client))
            eventually(lambda: len(fired) >= len(fires), f"all of {fires} ran")
        ran.append(fired)
    theirs, mine = seen

    # Nest runs two gateways of one namespace in an order of its own; livesock in that of registration
    assert sorted(ran[0]) == sorted(fires) and ran[1] == fires
    assert theirs.get("refused") == mine.get("refused") == ("Invalid namespace" if row == "6" else None)
    if row == "6":
        return
    if not fires:  # nobody answers in this namespace: Nest leaves every question open, livesock answers with nothing
        assert (theirs["ping"], mine["ping"]) == ("no ack", "no ack")
        return
    assert (theirs["ping"], mine["ping"]) == (ran[0][0][0], fires[0][0])  # the first answer counts
    assert theirs["acks"] == mine["acks"] == 1
    assert theirs["replied"] == mine["replied"] == 7

    # on purpose: a question is always answered
    assert (theirs["nothing"], mine.get("nothing")) == ("no ack", None)
    assert (theirs["reply"], mine["reply"]) == ("no ack", 7)
    for name, message in (("refuse", "not today"), ("fail", "Internal server error")):
        error = {"status": "error", "message": message, "cause": {"pattern": name, "data": {"a": 1}}}
        assert theirs[name] == "no ack" and mine[name] == error
        # the exception event is Nest's; a second gateway of the namespace is not asked after an error here
        assert theirs[f"{name} exception"][0] == error and mine[f"{name} exception"] == [error]
