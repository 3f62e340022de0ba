"""`judge()`: one server, some stages, some judges, one report."""

from __future__ import annotations

import ssl
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from livesock.conformance.bench import Address, Bench, Server
from livesock.conformance.case import CaseVerdict, Stage, WireCase
from livesock.conformance.cases import cases_of
from livesock.conformance.famous import FAMOUS, Famous
from livesock.conformance.foreign import autobahn, clients, weather
from livesock.conformance.judgement import Judgement
from livesock.conformance.process.program import Program
from livesock.conformance.results import Result
from livesock.conformance.stages import STAGES, stage_of
from livesock.errors import install_command

__all__ = ["JUDGES", "judge"]

JUDGES = ("cases", "clients", "autobahn", "weather")
"""Who can judge: our own cases, clients that others wrote, Autobahn's cases, and a bad network."""

STAGE_BUDGET = 1.5
"""Seconds that the failures of one stage may take, for a patience of 1; the cases after that are not run."""

BUDGET = 14.0
"""Seconds that the failures of all stages may take, for a patience of 1."""

ENVIRONMENT = {"MAX_SIZE": str(2**20), "CLOSE_TIMEOUT": "0.5"}
"""What every server finds in its environment, beside HOST and PORT."""

HEARTBEAT = "0.3"

OTHERS = {"clients": clients.run, "autobahn": autobahn.run, "weather": weather.run}
"""The judges beside our own cases."""

NEEDS_PROCESS = (15, 17, 18)
"""Stages that start the server in a way of their own, so an address alone is not enough."""

Target = str | Path


def judge(
    target: Target,
    stage: int | str | Iterable[int | str] | None = None,
    *,
    judges: str | Iterable[str] = ("cases",),
    patience: float = 1.0,
    beside: bool = False,
) -> Judgement:
    """Judge a server and return the report. Blocks, for half a minute at most by our own cases, a minute by all judges.

    `target` is a file, which is run as `python FILE PORT`, or the URL of a server that runs already. `stage` is a
    number or a name, or several; None means all. `judges` are names of `JUDGES`, or "all". `patience` is how many
    seconds an answer may take. With `beside` the same cases go to the servers of the world that are installed.

    Raises:
        ValueError: If there is no such stage or judge, `patience` is no time, or the target is no file and no URL.
        FileNotFoundError: If there is no such file.
    """
    chosen, names, began = _chosen(stage), _judges(judges), time.monotonic()
    results: list[Result] = []
    notes: list[str] = []
    output, lost = "", 0.0
    if "cases" in names:
        for some in _by_environment(chosen):
            with _bench(target, some[0], patience) as bench:
                results += _run(bench, some, budget=BUDGET * patience - lost)
                lost += bench.lost
            notes += bench.notes
            output = bench.output or output
    others = [name for name in names if name != "cases"]
    if others:
        with _bench(target, STAGES[0], patience) as bench:
            for name in others:
                results += OTHERS[name](bench)
        notes += bench.notes
        output = bench.output or output
    famous = _all_famous(chosen, patience) if beside else ()
    notes += [f"{one.name} is not installed: it is left out." for one in FAMOUS if beside and not one.is_installed]
    seconds = time.monotonic() - began
    return Judgement(str(target), tuple(results), seconds, tuple(dict.fromkeys(notes)), famous, output)


def _all_famous(stages: list[Stage], patience: float) -> tuple[Judgement, ...]:
    return tuple(_famous(one, stages, patience) for one in FAMOUS if one.is_installed)


def _famous(one: Famous, stages: list[Stage], patience: float) -> Judgement:
    """Return the report of a server of the world on our own cases."""
    return replace(judge(one.file, [stage.number for stage in stages], patience=patience), target=one.name)


def _chosen(stage: int | str | Iterable[int | str] | None) -> list[Stage]:
    if stage is None:
        return list(STAGES)
    if isinstance(stage, int | str):
        return [stage_of(stage)]
    return sorted({stage_of(one) for one in stage}, key=lambda one: one.number)


def _judges(judges: str | Iterable[str]) -> list[str]:
    asked = [judges] if isinstance(judges, str) else list(judges)
    if asked == ["all"]:
        return list(JUDGES)
    for name in asked:
        if name not in JUDGES:
            raise ValueError(f"no judge is called {name!r}; there are {', '.join(JUDGES)}, and all")
    return [name for name in JUDGES if name in asked]


def _by_environment(stages: list[Stage]) -> list[list[Stage]]:
    """Return the stages in groups that one process can serve."""
    plain = [stage for stage in stages if stage.number not in NEEDS_PROCESS]
    special = [[stage] for stage in stages if stage.number in NEEDS_PROCESS]
    return sorted([*([plain] if plain else []), *special], key=lambda group: group[0].number)


def server_of(target: Target, environment: dict[str, str], patience: float) -> tuple[Server, bool]:
    """Return the server that `target` names, and whether it speaks TLS.

    Raises:
        ValueError, FileNotFoundError: As `judge` does.
    """
    text = str(target)
    if "://" in text:
        parts = urlsplit(text)
        if parts.scheme not in ("ws", "wss", "http", "https") or not parts.hostname:
            raise ValueError(f"a server's address is ws://host:port/path, not {text!r}")
        is_tls = parts.scheme in ("wss", "https")
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        return Address(parts.hostname, parts.port or (443 if is_tls else 80), path, patience=patience), is_tls
    if not Path(target).is_file():
        raise FileNotFoundError(f"no file {text!r}: name a Python file or an address such as ws://127.0.0.1:8000/")
    return Program(target, {**ENVIRONMENT, **environment}, patience=patience), False


@contextmanager
def _bench(target: Target, stage: Stage, patience: float) -> Iterator[Bench]:
    """Yield a bench whose server is started as `stage` needs it."""
    with tempfile.TemporaryDirectory(prefix="livesock-judge-") as folder:
        environment, context = _special(stage, Path(folder))
        server, is_tls = server_of(target, environment, patience)
        if is_tls:
            context = ssl.create_default_context()
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE  # its author knows whose it is
        with Bench(server, patience=patience, tls=context) as bench:
            yield bench


def _special(stage: Stage, folder: Path) -> tuple[dict[str, str], ssl.SSLContext | None]:
    if stage.name == "heartbeat":
        return {"HEARTBEAT": HEARTBEAT}, None
    if stage.name == "wss":
        return _certificate(folder)
    return {}, None


def _certificate(folder: Path) -> tuple[dict[str, str], ssl.SSLContext | None]:
    """Return where a new certificate is, and the context that trusts it; nothing without the library trustme."""
    try:
        import trustme
    except ImportError:
        return {}, None
    authority = trustme.CA()
    issued = authority.issue_cert("127.0.0.1", "localhost")
    issued.private_key_pem.write_to_path(str(folder / "key.pem"))
    for number, blob in enumerate(issued.cert_chain_pems):
        blob.write_to_path(str(folder / "cert.pem"), append=number > 0)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    authority.configure_trust(context)
    return {"TLS_CERT": str(folder / "cert.pem"), "TLS_KEY": str(folder / "key.pem")}, context


def _run(bench: Bench, stages: list[Stage], budget: float) -> list[Result]:
    """Return the results of all cases of `stages`; failures that take too long end a stage."""
    results: list[Result] = []
    for stage in stages:
        lost = 0.0
        for case in cases_of(stage.number):
            reason = _why_not(bench, stage)
            if not reason and lost > STAGE_BUDGET * bench.patience:
                reason = f"The cases above took {lost:.0f} s without an answer: look at them first."
            if not reason and bench.lost > budget:
                reason = "The stages above took all the time: look at them first."
            if reason:
                results.append(_not_run(case, reason))
                continue
            if results:
                results[-1] = bench.survivor(results[-1])
            began = time.monotonic()
            found = bench.judge(case)
            if found.verdict is CaseVerdict.FAIL:
                lost += found.seconds
                bench.lost += time.monotonic() - began
            results.append(found)
        if results:
            results[-1] = bench.survivor(results[-1])
    return results


def _why_not(bench: Bench, stage: Stage) -> str:
    if stage.number in NEEDS_PROCESS and isinstance(bench.server, Address):
        return "This stage starts the server itself: judge the file instead of an address."
    if stage.name == "wss" and bench.tls is None:
        return f"This stage makes a certificate, for which it needs the library trustme: {install_command('trustme')}."
    if bench.refusal and bench.reported:
        is_elsewhere = isinstance(bench.server, Address)
        return f"The server {'is not there' if is_elsewhere else 'did not start'}: see the first case."
    return ""


def _not_run(case: WireCase, reason: str) -> Result:
    return Result(case.id, case.title, case.section, case.stage, CaseVerdict.NOT_RUN, reason, case.lesson)
