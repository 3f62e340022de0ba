"""What a program gives to the classes of other libraries that it wants to import: `SocketIO(app, ping_timeout=5)`.

The import fails first, and its error speaks of the options, too: else a program that writes `ls.serve()` in their place
would lose them without a word.
"""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Mapping

from livesock.advice.instead import instead, together
from livesock.advice.written import Code, has_text
from livesock.foreign.program import (
    APPLICATIONS,
    CLIENTS,
    REDIS,
    SERVERS,
    address_written,
    calls_in,
    imports_in,
    name_of,
    options_of,
    program,
    servers_written,
    value_of,
)
from livesock.net.connect.habits import SOCKET
from livesock.net.http.habits import SERVE

__all__ = ["client_options_written", "options_written"]


_RUNNERS = ("run", "uvicorn", "NestFactory", "Server")


_RUNS = ("run", "run_simple", "run_app", "serve_forever")
"""Functions and methods that run a server in other libraries, until it ends."""

_STARTS = (*_RUNS, "listen", "make_server", "WSGIServer", "TCPSite", "Config")
"""Functions, methods and classes that start a server in other libraries, with its port; `Config` is uvicorn's."""


def options_written(names: list[str]) -> list[str]:
    """Return what to write for the options of all calls of `names`, a line for each; none for a program without any."""
    calls = [call for call in calls_in(program()) if ast.unparse(call.func) != "asyncio.run"]
    if not {*names} & {*SERVERS, *_RUNNERS, *APPLICATIONS}:
        return []
    given: dict[str, object] = {}
    for call in calls:
        name = name_of(call.func)
        if name in SERVERS and (name in names or name == "Server"):
            given.update(options_of(call))
        elif name in _STARTS or (name in ("Thread", "partial") and _starts_by_name(call)):
            started = (options_of(call) | _given_later(call)).items()
            given.update({key: value for key, value in started if key in ("host", "port")})
    ports = [options_of(call)["port"] for call in calls if name_of(call.func) in SERVERS and "port" in options_of(call)]
    servers = servers_written()
    there = [word for word in servers.call.keywords if word.arg is not None] if servers.call is not None else []
    given = {name: value for name, value in given.items() if name not in ("namespace", *(word.arg for word in there))}
    variables = servers.ours or " = ".join(servers.theirs) or "server"
    if not given and not (servers.later and there):
        return [f"as the program runs it, write {variables} = ls.serve(){_run(calls)}"] if _run(calls) else []
    ours, strange = _ours_and_theirs(given, "serve", SERVE)
    places = [one for one in servers.call.args if isinstance(one, ast.Constant)] if servers.call is not None else []
    ours[:0] = [ast.unparse(one) for one in (*places, *there)]
    head = f"with the options that the program names, write {variables} = ls.serve({', '.join(ours)}){_run(calls)}"
    strange = [line.replace(REDIS, address_written("redis", REDIS)) for line in strange]
    if any(_is_of_all(argument) for call in calls for argument in call.args):
        strange.append(
            "  it listens on this machine: host='0.0.0.0' in ls.serve() for others, whose clients need the "
            "token that server.url() holds"
        )
    if str(given.get("host", "127.0.0.1")) not in ("127.0.0.1", "localhost", "::1"):
        strange.append("  beyond this machine each client needs the token that server.url() holds; a browser keeps it")
    strange += [
        f"  {port}: one port is for all: leave it out, and clients ask that of the server"
        for port in ports
        if port != given.get("port", port)
    ]
    return [f"{head}:", *strange] if strange else [head]


def client_options_written(names: list[str]) -> list[str]:
    """Return what to write for the options of a client's class and of its `connect()`, a line for each."""
    if not {*names} & {*CLIENTS}:
        return []
    given: dict[str, object] = {}
    called = {node.asname: node.name for node in imports_in() if node.asname is not None}  # import io as ioc
    for call in calls_in(program()):
        if called.get(name_of(call.func), name_of(call.func)) in CLIENTS:
            given.update(options_of(call))
        elif name_of(call.func) == "connect" and isinstance(call.func, ast.Attribute):
            given.update({word.arg: value_of(word.value) for word in call.keywords if word.arg is not None})
    ours, strange = _ours_and_theirs(given, "socket", SOCKET)
    head = f"with the options of its client, write ls.socket({', '.join(['url', *ours])})"
    return [f"{head}:", *strange] if strange else [head] if ours else []


def _ours_and_theirs(
    given: Mapping[str, object], function: str, habits: Mapping[str, str]
) -> tuple[list[str], list[str]]:
    """Return the options that a function of ours has, as code, and a line for each of the others.

    What may be a secret stays in the program: an error is printed, and saved with a notebook.
    """
    known = [*inspect.signature(getattr(sys.modules["livesock"], function)).parameters]
    secret = [name for name, value in given.items() if name in _SECRET and has_text(_node(value))]
    shown = {name: Code("…") if name in secret else value for name, value in given.items()}
    lines = [instead(name, habits, known, value) for name, value in shown.items() if name not in known]
    ours = [f"{name}={value!r:.60}" for name, value in shown.items() if name in known]
    return ours, [f"  {line}" for line in (*lines, *together(lines, shown))]


def _node(value: object) -> ast.expr:
    return ast.parse(repr(value), mode="eval").body


_SECRET = ("auth", "headers", "extraHeaders", "extra_headers", "cookies", "query", "secret_key")
"""Options that may hold a secret."""


def _run(calls: list[ast.Call]) -> str:
    """Return where `run()` stands, if the program starts its server."""
    targets = [word.value for call in calls if name_of(call.func) == "Thread" for word in call.keywords]
    is_in_thread = any(_starts(target) for target in targets)
    if not is_in_thread and not any(name_of(call.func) in _STARTS for call in calls):
        return ""
    no_thread = ", and leave out the thread whose function runs it: a server runs in the background"
    runs = any(name_of(call.func) in _RUNS for call in calls)
    return no_thread if is_in_thread else f", and server.run() at its end{'' if runs else ' if it only serves'}"


def _is_of_all(argument: ast.expr) -> bool:
    """Return whether it is the address `("", 5000)`, which stands for all interfaces."""
    value = value_of(argument)
    return isinstance(value, tuple) and value[:1] == ("",) and [type(one) for one in value[1:]] == [int]


def _starts_by_name(call: ast.Call) -> bool:
    """Return whether a thread, or a partial function, calls what starts a server: `Thread(target=uvicorn.run, …)`."""
    given = [word.value for word in call.keywords if word.arg == "target"] or call.args[:1]
    return any(name_of(one) in _STARTS for one in given)


def _given_later(call: ast.Call) -> dict[str, object]:
    """Return what a thread gives to its target by name: `kwargs={"port": 8000}` or `kwargs=dict(port=8000)`."""
    for word in call.keywords:
        if word.arg == "kwargs" and isinstance(word.value, ast.Dict):
            return options_of(ast.Call(call.func, [word.value], []))
        if word.arg == "kwargs" and isinstance(word.value, ast.Call):
            return options_of(word.value)
    return {}


def _starts(target: ast.expr) -> bool:
    """Return whether the target of a thread starts a server: `app.run`, or a function that calls it."""
    if isinstance(target, ast.Attribute):
        return target.attr in _RUNS
    functions = [node for node in ast.walk(program()) if isinstance(node, ast.FunctionDef)]
    bodies = [one for one in functions if isinstance(target, ast.Name) and one.name == target.id]
    inner = [call for body in (target, *bodies) for call in ast.walk(body) if isinstance(call, ast.Call)]
    return any(name_of(call.func) in _STARTS for call in inner)
