"""Judge (c): rough weather. Fifty clients, bytes in small pieces, cuts and resets; afterwards nothing may be left."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack

from livesock.conformance.bench import Bench
from livesock.conformance.case import CaseVerdict, Expect, SendBytes, ShakeHands, Step, WireCase
from livesock.conformance.foreign.storm import CLIENTS, Storm, storm
from livesock.conformance.process.program import ServerFailed
from livesock.conformance.results import Result
from livesock.conformance.talk import talk
from livesock.net.netsim.netsim import netsim
from livesock.wire.frame import Frame, Opcode, encode_frame

__all__ = ["run"]

CHUNKS = (1, 2, 3, 5, 7)
"""Bytes of a piece, one network for each."""

ROUNDS = 3
"""Storms, the first one to let the server warm up: threads of a pool and caches are no leak."""

SETTLE = 4.0
"""Seconds that a server gets to let go of what belonged to clients that are gone."""

GROWTH = 8 * 1024**2
"""Bytes of memory that may come with the later storms: a hundred leaked connections take more."""

LESSON = "A connection ends in many ways: release what belongs to it in each of them (try … finally)."

WHAT = {
    "sockets": ("no socket is left", "sockets"),
    "tasks": ("no task is left", "tasks"),
    "threads": ("no thread is left", "threads"),
}


def run(bench: Bench) -> list[Result]:
    """Return what became of the clients, and what is left in the server."""
    if bench.tls is not None:
        return [
            _result("c0", "rough weather", CaseVerdict.NOT_RUN, "The bad network speaks ws, and the server speaks wss.")
        ]
    try:
        bench.close()
        bench.up()
    except ServerFailed as exc:
        return [_result("c0", "rough weather", CaseVerdict.FAIL, str(exc))]
    return list(_run(bench))


def _run(bench: Bench) -> Iterator[Result]:
    began = time.monotonic()
    rounds: list[Storm] = []
    first: Mapping[str, int] = {}
    server = bench.server
    with ExitStack() as stack:
        ports = [
            stack.enter_context(netsim((server.host, server.port), name=f"judge-{chunk}", chunk=chunk)).port
            for chunk in CHUNKS
        ]
        for number in range(ROUNDS):
            rounds.append(_storm(ports, server.path, number, bench.patience))
            server.served += CLIENTS
            if number == 0:
                time.sleep(0.2)
                first = _settled(bench, {})
    yield _talked(rounds, time.monotonic() - began)
    if wrong := server.wrong():
        yield _result("c2", "the server goes on", CaseVerdict.FAIL, wrong)
        bench.suspect()
        return
    yield _goes_on(bench)
    yield from _left(first, _settled(bench, first))


def _storm(ports: list[int], path: str, seed: int, patience: float) -> Storm:
    """Run one storm in a thread: a notebook's own thread has a loop already."""
    found: list[Storm] = []
    thread = threading.Thread(
        target=lambda: found.append(asyncio.run(storm("127.0.0.1", ports, path, seed, patience))), name="judge-storm"
    )
    thread.start()
    thread.join()
    return found[0] if found else Storm(wrong=["the clients failed"])


def _talked(rounds: list[Storm], seconds: float) -> Result:
    wrong = [sentence for one in rounds for sentence in one.wrong]
    title = f"{CLIENTS} clients at once, {len(rounds)} times, in pieces of {CHUNKS[0]} to {CHUNKS[-1]} bytes"
    said = (f"answered {sum(one.answered for one in rounds)}", f"vanished {sum(one.vanished for one in rounds)}")
    if not wrong:
        return _result("c1", title, CaseVerdict.PASS, "", said, seconds)
    sentence = f"{len(wrong)} clients were not served as they should be, for example {wrong[0]}."
    return _result("c1", title, CaseVerdict.FAIL, sentence, (*said, *wrong[:10]), seconds)


def _goes_on(bench: Bench) -> Result:
    hello = encode_frame(Frame(Opcode.TEXT, b"after the storm", mask=b"\x01\x02\x03\x04"))
    steps: list[Step] = [ShakeHands(), SendBytes(hello), Expect(Opcode.TEXT, b"after the storm")]
    outcome = talk(WireCase("c2", "", "", "", steps), bench.server, patience=2 * bench.patience)
    return _result("c2", "the next client is served", outcome.verdict, outcome.sentence, tuple(outcome.transcript))


def _settled(bench: Bench, wanted: Mapping[str, int]) -> Mapping[str, int]:
    """Return the counts once they are no more than `wanted`, or do not change, or after `SETTLE` seconds."""
    deadline = time.monotonic() + SETTLE * max(1.0, bench.patience)
    counts = bench.server.counts()
    while time.monotonic() < deadline:
        time.sleep(0.1)
        before, counts = counts, bench.server.counts()
        if not counts or (wanted and all(counts.get(name, 0) <= wanted.get(name, 0) for name in WHAT)):
            break
        if not wanted and all(counts.get(name) == before.get(name) for name in WHAT):
            still = bench.server.counts()
            if time.monotonic() > deadline - SETTLE / 2 or still.get("sockets", 0) <= 3:
                break
    return counts


def _left(first: Mapping[str, int], last: Mapping[str, int]) -> Iterator[Result]:
    if not first or not last:
        why = "What is left cannot be counted in a server that the judge did not start, nor on this system."
        yield _result("c3", "nothing is left", CaseVerdict.NOT_RUN, why)
        return
    for number, (name, (title, word)) in enumerate(WHAT.items(), 3):
        more = last.get(name, 0) - first.get(name, 0)
        said = (f"after the first storm {first.get(name, 0)}", f"after the last storm {last.get(name, 0)}")
        sentence = f"After {ROUNDS - 1} more storms {more} {word} more are left than after the first one."
        yield _result(
            f"c{number}", title, CaseVerdict.FAIL if more > 0 else CaseVerdict.PASS, sentence * (more > 0), said
        )
    grown = last.get("memory", 0) - first.get("memory", 0)
    said = (f"after the first storm {first.get('memory', 0):,} bytes", f"grew by {grown:,} bytes")
    sentence = f"The memory grew by {grown / 2**20:.0f} MiB between the first storm and the last one."
    yield _result("c6", "memory does not grow", CaseVerdict.FAIL if grown > GROWTH else CaseVerdict.PASS,
                  sentence * (grown > GROWTH), said)  # fmt: skip


def _result(
    which: str, title: str, verdict: CaseVerdict, sentence: str, transcript: tuple[str, ...] = (), seconds: float = 0.0
) -> Result:
    return Result(which, title, "RFC 6455, 7.1.5", 0, verdict, sentence, LESSON, transcript, seconds, "weather")
