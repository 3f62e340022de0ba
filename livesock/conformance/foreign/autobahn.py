"""Judge (b): the 247 core cases of Autobahn, run by the package kosoku, in a learner's words.

Nobody here wrote these cases or their verdicts. A case has two: one on the messages, one on the closing handshake. It
passes when both are right; a connection that ends without a Close where one SHOULD come is NON-STRICT.
"""

from __future__ import annotations

import importlib.util
import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from livesock.conformance.bench import Bench
from livesock.conformance.case import CaseVerdict
from livesock.conformance.foreign.autobahn_words import group_of
from livesock.conformance.process.program import ServerFailed
from livesock.conformance.results import Result
from livesock.conformance.wire_line import shown
from livesock.trace.recording import Trace
from livesock.wire.quote import one_line, quote

__all__ = ["CASES", "INSTALL", "run"]

CASES = 247
"""How many cases there are without those that measure speed (9) or need an extension (12, 13)."""

INSTALL = "Autobahn's cases are not installed: pip install 'livesock[judge]'"

GROUPS = (("1.*", "2.*"), ("3.*", "4.*", "5.*"), ("6.*",), ("7.*", "10.*"))
"""What runs together; between them the server is looked at, and started again if it has ended."""

PARALLEL = 8
"""Connections at a time: enough for the waiting cases to overlap."""

TIME = 20.0
"""Seconds that one group may take: a server that answers nothing costs 16."""

KOSOKU = (sys.executable, "-c", "from kosoku._cli import main; main()", "-m", "fuzzingclient")

_GOOD_CLOSE = ("OK", "INFORMATIONAL", "")


def run(bench: Bench) -> list[Result]:
    """Return the result of each case, in Autobahn's order."""
    if importlib.util.find_spec("kosoku") is None:
        return [_left_out("1 to 10", INSTALL)]
    results: list[Result] = []
    for patterns in GROUPS:
        try:
            bench.up()
            results += _group(bench, patterns)
        except ServerFailed as exc:
            return [*results, _failed(" ".join(patterns), str(exc))]
        if wrong := bench.server.wrong():
            results.append(_failed(" ".join(patterns), wrong))
    return results


def _group(bench: Bench, patterns: tuple[str, ...]) -> Iterator[Result]:
    server = bench.server
    options = [word for pattern in patterns for word in ("-i", pattern)]
    scheme = "wss" if bench.tls is not None else "ws"
    address = f"{scheme}://{server.host}:{server.port}{server.path}"
    with tempfile.TemporaryDirectory(prefix="livesock-judge-") as folder:
        command = [*KOSOKU, "-p", str(PARALLEL), "-o", folder, *options, address]
        began = time.monotonic()
        try:
            subprocess.run(command, capture_output=True, timeout=TIME * max(1.0, bench.patience), check=False)
        except subprocess.TimeoutExpired:
            yield _failed(" ".join(patterns), f"The cases did not end within {time.monotonic() - began:.0f} s.")
            return
        reports = [json.loads(path.read_text("utf-8")) for path in Path(folder).glob("*_case_*.json")]
    server.served += len(reports)
    for found in sorted(reports, key=lambda one: [int(part) for part in one["id"].split(".")]):
        yield _result(found)


def _result(found: dict[str, Any]) -> Result:
    """Return one of kosoku's reports as a result."""
    group = group_of(found["id"])
    verdict = _verdict(found)
    return Result(
        found["id"],
        _title(found["description"]),
        group.section,
        group.stage,
        verdict,
        "" if verdict is CaseVerdict.PASS else _sentence(found),
        group.lesson,
        () if verdict is CaseVerdict.PASS else tuple(_transcript(found)),
        found["duration"] / 1000,
        "autobahn",
        None if verdict is CaseVerdict.PASS else _trace(found),
    )


def _title(description: str) -> str:
    """Return the first sentence of a description, without its markup."""
    plain = " ".join(re.sub("<[^>]*>", " ", description).split())
    first = re.split(r"(?<=[.:]) (?=[A-Z])", plain)[0].rstrip(".:")
    return one_line(first.replace(" ,", ","), 110)


def _verdict(found: dict[str, Any]) -> CaseVerdict:
    behaviour, close = found["behavior"], found["behaviorClose"]
    if behaviour in ("FAILED", "UNIMPLEMENTED") or close in ("FAILED", "FAILED BY CLIENT", "WRONG CODE"):
        return CaseVerdict.FAIL
    if behaviour == "NON-STRICT" or close not in _GOOD_CLOSE:
        return CaseVerdict.NON_STRICT
    return CaseVerdict.PASS


def _sentence(found: dict[str, Any]) -> str:
    if found["wasOpenHandshakeTimeout"] or not found["httpResponse"]:
        return "The handshake did not succeed."
    ideal, received = found["expected"].get("OK", []), found["received"]
    wanted, came = _events(ideal), _events(received)
    if received and all(event[0] == "timeout" for event in [*ideal, *received]):
        return "Your server refused the text later than it could: the first bad byte is enough."
    if found["behavior"] in ("FAILED", "NON-STRICT") and wanted != came:
        return f"{wanted[:1].upper()}{wanted[1:]} was expected, and {came} came."
    return {
        "FAILED BY CLIENT": "Your server did not end the connection: the client had to.",
        "WRONG CODE": f"{found['resultClose']}; it was {found['remoteCloseCode']}.",
        "UNCLEAN": "The connection ended without both Close frames.",
    }.get(found["behaviorClose"], f"{found['resultClose']}.")


def _events(events: list[list[Any]]) -> str:
    """Return what the test's client hears, in words: `text "Hello", then pong "x"`."""
    if not events:
        return "no message"
    words = [_event(event) for event in events]
    if len(words) > 3:
        words = [*words[:3], f"{len(words) - 3} more"]
    return ", then ".join(words)


def _event(event: list[Any]) -> str:
    kind, *rest = event
    if kind == "message":
        return f"{'binary' if rest[1:] and rest[1] else 'text'} {quote(str(rest[0]), 24)}"
    if kind == "timeout":
        return "a wait"
    if kind == "failedByMe":
        return "the end"
    return f"{kind} {quote(str(rest[0]), 24)}" if rest and rest[0] else str(kind)


def _transcript(found: dict[str, Any]) -> Iterator[str]:
    for kind, data in _chunks(found):
        yield f"{'sent' if kind == '>' else 'got'} {shown(data)}"
    if found["remoteCloseCode"]:
        yield f"got close {found['remoteCloseCode']}"
    yield f"Autobahn: {found['result']} {found['resultClose']}."


def _chunks(found: dict[str, Any], most: int = 12) -> Iterator[tuple[str, bytes]]:
    """Yield what travelled, with its direction; of many pieces the first ones."""
    for entry in found["wirelog"][: 4 * most]:
        if entry[0] in ("TO", "RO") and most > 0:
            most -= 1
            try:
                yield (">" if entry[0] == "TO" else "<"), bytes.fromhex(entry[1][1])
            except ValueError:  # it is cut off in the report, with dots
                yield (">" if entry[0] == "TO" else "<"), bytes.fromhex(entry[1][1].split(".")[0][:2000])


def _trace(found: dict[str, Any]) -> Trace:
    """Return the bytes of the case as a trace, so that they are drawn as those of our own cases."""
    trace = Trace(client=">", place="kosoku", limit=2**18)
    trace.peers[1] = ("127.0.0.1:0", "127.0.0.1:0")
    for direction, head in ((">", found["httpRequest"]), ("<", found["httpResponse"])):
        text = "\r\n".join(line for line in head.splitlines() if line)
        if text:
            trace.add(direction, 1, f"{text}\r\n\r\n".encode("latin-1", "replace"))
    for direction, data in _chunks(found):
        trace.add(direction, 1, data)
    return trace


def _failed(which: str, sentence: str) -> Result:
    return Result(which, "these cases together", "RFC 6455", 0, CaseVerdict.FAIL, sentence, judge="autobahn")


def _left_out(which: str, sentence: str) -> Result:
    return Result(which, "all cases", "RFC 6455", 0, CaseVerdict.NOT_RUN, sentence, judge="autobahn")
