"""`serve()`: a server that runs in the background of a notebook.

    server = serve()                      a thread of its own, a loop of its own, one port on 127.0.0.1

    @server.websocket("/echo")            raw WebSocket: `ws` is a connection of the library `websockets`
    async def echo(ws):
        async for message in ws:
            await ws.send(message)

    @server.get("/time")                  plain HTTP on the same port
    def now(request):
        return {"time": time.time()}

This module puts the parts of `livesock.net` together and passes calls on to them. It holds no rule of a protocol.
"""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import math
import os
import re
import signal
import ssl
import sys
import threading
import time
from collections.abc import Callable, Coroutine, Iterable, Mapping
from dataclasses import replace
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar

from livesock.advice.instead import named_options
from livesock.advice.spelled import spelled
from livesock.errors import ClusterError, LoopHeld, NotRunning
from livesock.net.http.access import Access
from livesock.net.http.asked.one_parameter import one_parameter
from livesock.net.http.asked.written import ROUTES, pages_as_written
from livesock.net.http.habits import (
    GATEWAY,
    LIMITS,
    NO_APPLICATION,
    NO_THREAD,
    PAGE,
    ROUTE,
    RUN,
    SERVE,
    SERVER,
    SESSIONS,
    STATIC,
    check_gateway,
    check_run,
    check_serve,
    refusing,
)
from livesock.net.http.limits import Limits
from livesock.net.http.listener import Listener, bind
from livesock.net.http.options import (
    ROUTE_OPTIONS,
    bus_of,
    check_options,
    flag_of,
    folder_of,
    interface_of,
    name_of,
    namespace_of,
    port_of,
)
from livesock.net.http.routes import check_path, find, same_places
from livesock.net.http.site import HttpRoute, Peer, Site
from livesock.net.loop import patrol, registry
from livesock.net.loop.arguments import Options, options_of, seconds_of, shown
from livesock.net.loop.blocking import threads_of
from livesock.net.loop.explain import made_by, takes
from livesock.net.loop.failures import HandlerError
from livesock.net.loop.habits import Blocking, blocking, check_values, method, seconds_not_ms, warn
from livesock.net.loop.places import Served, in_notebook, run_of_script
from livesock.net.loop.repeat import Repeat, Repeats
from livesock.net.loop.tasks import Tasks, runs_once
from livesock.net.loop.thread import LoopThread
from livesock.net.loop.watchdog import Watchdog
from livesock.net.socketio.elsewhere import ANSWER_TIMEOUT
from livesock.net.socketio.handling.answering import not_for_another, own_namespace, warn_of_empty_main
from livesock.net.socketio.handling.keywords import OF_ONE, no_keywords, no_question
from livesock.net.socketio.handling.observers import Observer, Overhearer, Watcher
from livesock.net.socketio.handling.theirs import REGISTERS, handlers_as_written
from livesock.net.socketio.hub import Hub
from livesock.net.socketio.namespace import Namespace
from livesock.net.socketio.seat import Socket
from livesock.net.socketio.selection import Selection, Speaker
from livesock.net.socketio.sessions import SessionTable
from livesock.realtime.actions import SessionOptions, check_number
from livesock.trace.recording import LIMIT, Trace

if TYPE_CHECKING:
    from livesock.net.cluster.bus import Bus
    from livesock.net.cluster.cluster import Cluster
    from livesock.net.connect.authority import Authority

__all__ = ["Server", "serve", "servers", "stop_all"]

T = TypeVar("T")
Handler = TypeVar("Handler", bound=Callable[..., Any])
Gateway = TypeVar("Gateway")
Key = TypeVar("Key")
Task = TypeVar("Task", bound=Callable[[], Any])

STOP_TIMEOUT = 1.0
"""Seconds that a stop may take, whatever peers and handlers do."""


@blocking(SERVE, check=check_serve)
def serve(
    name: str = "notebook",
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    tls: bool = False,
    origins: Iterable[str] = (),
    hosts: Iterable[str] = (),
    limits: Limits | Options | None = None,
    sessions: SessionOptions | Options | None = None,
    cluster: Bus | None = None,
    trace_limit: int = LIMIT,
) -> Server:
    """Start a server in the background and return it once it accepts connections.

    Serving a name that already runs replaces the old server: its connections are closed, and the new one keeps its
    port (unless `port` asks for another). So a cell may be run again. Two servers at once need two names: a second
    `serve()` in the same run of a script or cell warns, if it stands in another line or asks for another port.

    `port=0` takes a free port. `tls=True` serves https and wss with a certificate of a throw-away authority, which
    `connect()` trusts. `origins` are further web pages that may connect (`"https://example.org"`), `hosts` further
    names under which the server is reached. A server that listens on anything but loopback needs the token that
    `url()` then holds. `limits` bound what a peer may cost; `sessions` sets heartbeat, transports and recovery of
    Socket.IO. Each is a dict such as `{"recovery": 60}`, with fields of `livesock.net.http.limits.Limits` or
    `livesock.realtime.actions.SessionOptions`, or such a value. `cluster` joins servers: see `livesock.cluster`.

    Raises:
        PortInUse: If another program has the port.
        MissingExtra: If `tls` is wanted and trustme is not installed.
        WrongThread: If called from a handler of the server that it would replace.
    """
    _check(name, host, port, tls, trace_limit, cluster)
    bounds, promises = _agree(limits, {} if sessions is None else sessions)
    rules = Access.of(host, hosts=hosts, origins=origins, behind_hub="JUPYTERHUB_SERVICE_PREFIX" in os.environ)
    old = _stopped(name, port)
    site = Site(name, rules, bounds, Trace(limit=trace_limit))
    sock = bind(host, port or (old.port if old is not None else 0), settle=not port)
    server = Server(site, host, sock, _authority() if tls else None, promises, cluster)
    server.made_at = run_of_script()
    return server


def _stopped(name: str, port: int) -> Server | None:
    """Stop and return the server of this name, if there is one.

    It warns if the same run of a script or cell has made it, at another line of its own or on another port. A function
    may serve one name again and again: it is taken to begin anew.
    """
    old: Server | None = registry.running("server").get(name)
    if old is not None:
        first, second = old.made_at if old.is_running else None, run_of_script()
        old.stop()
        if first is None or second is None or first.is_over(second):
            return old
        if first.is_another_line(second) or port not in (0, old.port):
            warn(f'the server "{name}" of line {first.line} is stopped: {_two_names(name, first, second)}')
    return old


def _two_names(name: str, first: Served, second: Served) -> str:
    """Return what to write for two servers that one run makes, at two lines or at the same one."""
    two, code = "two servers at once need two names", second.caller
    if first.caller is not code or first.line != second.line:
        return f"{two}, such as serve({name + '2'!r})"
    if code.co_name == "<module>":
        return f"{two}: write serve(name, …), with another name each time"
    given = ", ".join(["name", *(other for other in code.co_varnames[: code.co_argcount] if other != "name")])
    return f"{two}: write def {code.co_name}({given}): …, and in it serve(name, …)"


def servers() -> dict[str, Server]:
    """Return the servers that run in this process, by name."""
    return registry.running("server")


@blocking()
def stop_all() -> None:
    """Stop everything that livesock runs in this process: servers, simulators, clients. Safe to call at any time.

    It takes about a second for all of them, also if handlers do not return.
    """
    registry.stop_everything()


class Server(Speaker[Socket], Blocking):
    """A running server. Made by `serve()`; every method blocks briefly and may be called from any other thread.

    Use it as a context manager to stop it at the end of a block. It also runs without a variable, until the same name
    is served again, `stop()` or `stop_all()` is called, or the process ends.

    What is emitted on the server itself goes to the namespace `/`: `server.to("red").emit("news")` is
    `server.of("/").to("red").emit("news")`, and so are `sockets`, `join`, `leave` and `disconnect`.
    """

    _habits = SERVER
    _called = "server"
    _callbacks = 'write @server.of("/").on("name"), @server.websocket(path) or @server.task'
    _unread = frozenset(
        {"secret_key", "debug", "testing", "logger", "json", "json_encoder", "static_folder", "title", "config"}
        | {"permanent_session_lifetime"}
    )

    made_at: Served | None = None
    """The `serve()` that made it, if a script or a cell has led to it."""

    def _instead(self, name: str) -> str | None:
        written = pages_as_written(self) if name in ROUTES else handlers_as_written(self) if name in REGISTERS else ""
        return written or super()._instead(name)

    def __new__(cls, *arguments: Any, **options: Any) -> Server:
        """Refuse what other libraries write: `Server()`, also of a server that runs."""
        if isinstance(next(iter(arguments), None), Server):
            check_serve(*arguments, **options)
        if not isinstance(next(iter(arguments), None), Site):
            from livesock.foreign.names import made_by_calling

            made_by(cls, Site, arguments, made_by_calling(arguments, options, sys.modules["livesock"].__all__))
        return super().__new__(cls)

    def __init__(
        self,
        site: Site,
        host: str,
        sock: Any,
        authority: Authority | None,
        sessions: SessionOptions,
        cluster: Bus | None = None,
    ) -> None:
        self._site = site
        self.host = host
        self.port: int = sock.getsockname()[1]
        self._sock = sock
        self._authority = authority
        self._listener = Listener(site, sock, authority.server_context() if authority else None)
        self._loop = LoopThread(site.name, f'the server "{site.name}" is stopped: serve() again')
        self.cluster = _joined(cluster, self._loop, site, sessions)
        """The other servers that share its namespaces and rooms; None for a server that is alone."""
        self._hub = Hub(site, self._loop, sessions, self.cluster)
        self._sessions = SessionTable(site, self._hub, sessions)
        self._repeats = Repeats(self._loop, site.failed)
        self._tasks = Tasks(self._loop, site.failed)
        self._stopped = threading.Event()
        self._loop.at_end.append(lambda: self._listener.end())  # what did not close in time; resume() makes a new one
        self._loop.on_trouble, self._loop.on_failed_task = self._note_trouble, self._note_task
        self._going_down: asyncio.Task[None] | None = None
        registry.put("server", site.name, self)  # before it runs: what an interrupted cell leaves can be stopped
        try:
            self._loop.start()
            if self.cluster is not None:
                self._loop.call(self.cluster.open, self._hub.table)
            self._loop.call(self._listener.start)
        except BaseException:  # an interrupted cell leaves neither a thread nor a port
            self._loop.stop()
            sock.close()
            registry.forget("server", site.name, self)
            raise
        inspection = patrol.Inspection(self._loop.watchdog, threads_of(self._loop.loop), site.failures)
        self._loop.at_end.append(patrol.watch(inspection))

    # -- what is served

    @blocking(ROUTE, more=ROUTE_OPTIONS, decorates=True)
    def websocket(self, path: str, **options: Any) -> Callable[[Handler], Handler]:
        """Serve raw WebSocket at `path` with the decorated `async def handler(ws)`.

        `ws` is a `websockets.asyncio.server.ServerConnection`. When the handler returns, the connection closes with
        1000; when it raises, with 1011, and the exception is kept in `errors`. Decorating again replaces the handler
        for new connections. `options` are those of `websockets` for one connection: `subprotocols`, `max_size`,
        `compression="deflate"` (off by default), `ping_interval`, `ping_timeout`, `close_timeout`, `max_queue`,
        `write_limit`. `handshake` is a function of your own that answers the opening handshake, valid or not:
        `handshake(method, version, headers)` returns the status and the headers; a status other than 101 refuses.

        Raises:
            TypeError: If the handler is not an `async def` with one parameter, or an option is unknown.
        """
        self._refuse_if_stopped()
        check_path(path, "websocket")
        self._sessions.check_free(path)
        check_options(options)

        from livesock.net.http.websocket import RawRoute  # brings the library websockets, which sessions can do without

        def register(handler: Handler) -> Handler:
            if not inspect.iscoroutinefunction(handler):
                yields = ", with await ws.send(…) for its yield" if inspect.isasyncgenfunction(handler) else ""
                raise TypeError(
                    f"a WebSocket handler is an async function: async def {_name(handler)}(ws): …{yields}, "
                    "because it shares one loop with every other connection"
                )
            one_parameter(handler, path, "ws", f"async def {_name(handler)}(ws): …")
            routes = self._site.websockets
            others = [other for other in list(routes) if same_places(other) == same_places(path)]
            _replace(routes, others, path, RawRoute(path, handler, options))
            return handler

        return register

    @blocking(PAGE, decorates=True)
    def get(self, path: str) -> Callable[[Handler], Handler]:
        """Answer GET (and HEAD) requests for `path` with the decorated `handler(request)`.

        `/items/{id}` answers each path with one part in that place, `/files/{at:path}` with any number of them.
        It returns str, bytes, a dict or list (sent as JSON), None (204), a `Response`, or is a generator, whose parts
        are streamed (`ServerSentEvent` parts as `text/event-stream`). A plain `def` runs on a thread of its
        own and may block; an `async def` runs on the loop and may wait, as long-polling does.

        If it raises, the peer gets 500, or 422 if it is a value of the request that cannot be used: a parameter that
        did not come, or `int()` of a word; the answer is then `{"detail": "…"}`.
        """
        return self._route("GET", path)

    @blocking(PAGE, decorates=True)
    def post(self, path: str) -> Callable[[Handler], Handler]:
        """Answer POST requests for `path` with the decorated `handler(request)`, as in `get`."""
        return self._route("POST", path)

    @blocking(PAGE, decorates=True)
    def put(self, path: str) -> Callable[[Handler], Handler]:
        """Answer PUT requests for `path` with the decorated `handler(request)`, as in `get`."""
        return self._route("PUT", path)

    @blocking(PAGE, decorates=True)
    def patch(self, path: str) -> Callable[[Handler], Handler]:
        """Answer PATCH requests for `path` with the decorated `handler(request)`, as in `get`."""
        return self._route("PATCH", path)

    @blocking(PAGE, decorates=True)
    def delete(self, path: str) -> Callable[[Handler], Handler]:
        """Answer DELETE requests for `path` with the decorated `handler(request)`, as in `get`."""
        return self._route("DELETE", path)

    def _route(self, method: str, path: str) -> Callable[[Handler], Handler]:
        self._refuse_if_stopped()
        check_path(path, method.lower())
        self._sessions.check_free(path)

        def register(handler: Handler) -> Handler:
            if not callable(handler):
                raise TypeError(f"a handler is a function that takes the request, not {type(handler).__name__}")
            write = f"{_head(handler)}(request): …"
            one_parameter(handler, path, "request", write, has_body=method != "GET")
            self._add_page(method, path, handler)
            return handler

        return register

    def _add_page(self, method: str, path: str, handler: Callable[[Any], Any], *, is_folder: bool = False) -> None:
        pages = self._site.pages
        others = [key for key in list(pages) if key[0] == method and same_places(key[1]) == same_places(path)]
        _replace(pages, others, (method, path), HttpRoute(method, path, handler, is_folder=is_folder))

    @blocking(STATIC, write='server.static("/", "site")')
    def static(self, path: str, folder: str | os.PathLike[str]) -> None:
        """Serve the files of `folder` below `path`: `server.static("/", "site")`. Routes with a handler go first.

        Of a folder its `index.html` is served. Hidden files and what lies outside (`..`, a link) are not found, and
        no list of files is sent. A second call for the same path replaces the first.

        Raises:
            NotADirectoryError: If `folder` is not a folder.
        """
        self._refuse_if_stopped()
        check_path(path)

        from livesock.net.http.folder import Folder  # brings mimetypes

        self._add_page("GET", f"{path.rstrip('/')}/{{*}}", Folder(folder_of(folder)).answer, is_folder=True)

    @blocking(write='server.of("/point")')
    def of(self, namespace: str | re.Pattern[str] | Callable[[str], bool] | Namespace[Socket]) -> Namespace[Socket]:
        """Return a Socket.IO namespace, made if need be: `server.of("/point").emit("tick", 1)`.

        A pattern or a predicate stands for every namespace whose name it matches. The official Socket.IO clients
        connect to `server.url("/point", "http")`.
        """
        if isinstance(namespace, Namespace):
            return namespace
        return self._hub.namespace(namespace_of(namespace))

    @blocking(GATEWAY, decorates=True, check=check_gateway)
    def gateway(self, namespace: str = "/") -> Callable[[type[Gateway]], type[Gateway]]:
        """Let an instance of the decorated class answer a namespace: see `livesock.gateway`.

        It is made without arguments, and finds this server and its namespace as `self.server` and `self.namespace`.
        """
        self._refuse_if_stopped()
        from livesock.gateway import (
            check,
            install,
        )  # brings msgspec, a quarter of the time that importing this module took

        def register(cls: type[Gateway]) -> type[Gateway]:
            if not inspect.isclass(cls):
                own = f'from outside write server.of({namespace!r:.60}).emit("name", …)'
                raise TypeError(f"a gateway is a class, not {type(cls).__name__}; {own}")
            takes(cls, (), "gateway()")
            answering: Any = cls()
            check(answering)
            answering.server, answering.namespace = self, self.of(namespace)
            replaced = install(answering.namespace, answering)
            if replaced is not None:
                self._repeats.end_for(replaced)
            return cls

        return register

    @blocking(write="server.every(1.0, tick)")
    def every(self, seconds: float, function: Callable[[], Any]) -> Repeat:
        """Call `function()` every `seconds`, the first time after that long, until `stop()` of what is returned.

        An `async def` runs on the loop, a plain `def` on a thread. If it raises, the error is in `server.errors` and it
        is not called again. It goes on through a `pause()` and ends with the server. One of the same name is replaced:
        a cell may be run again.
        """
        if not callable(function):
            write = f"write every({function!r:.20}, {_name(seconds)})" if callable(seconds) else "pass tick, not tick()"
            raise TypeError(f"every() calls a function: {write} (got {type(function).__name__})")
        runs_once(function, "every()")
        takes(function, (), "every()")
        if isinstance(seconds, bool) or not isinstance(seconds, (int, float)) or not 0 < seconds < math.inf:
            raise ValueError(f"every() waits a number of seconds above 0 between two calls, not {seconds!r}")
        self._refuse_if_stopped()
        seconds_not_ms("every()", seconds)
        return self._repeats.begin(seconds, function)

    @blocking(write="@server.task above the function, without brackets")
    def task(self, function: Task) -> Task:
        """Run the decorated `function()` beside the connections, from now until the server stops.

        An `async def` runs on the loop and is cancelled at the end; a plain `def` runs on a thread. If it raises, the
        error is in `server.errors`. One of the same name is replaced: a cell may be run again.
        """
        if not callable(function):
            write = "task() takes the function itself: write @server.task above it"
            raise TypeError(f"{write}, and pass tick, not tick() (got {type(function).__name__})")
        self._refuse_if_stopped()
        runs_once(function, "task()")
        takes(function, (), "task()")
        self._tasks.begin(function)
        return function

    # -- what is going on

    @property
    def namespaces(self) -> dict[str, Namespace[Socket]]:
        """The Socket.IO namespaces by name; `/` is always there."""
        return self._hub.namespaces

    @property
    def selection(self) -> Selection[Socket]:
        """All sockets of the namespace `/`.

        Raises:
            TypeError: If a gateway of another namespace asks: it means its own, or writes `server.of("/")`.
        """
        not_for_another(self)
        warn_of_empty_main(self.namespaces)
        return self.of("/").selection

    def observe(self, observer: Observer) -> Callable[[], None]:
        """Call `observer(ran)` after each handler that a namespace runs, and return the function that ends that.

        It runs on the loop, where it must be quick: append to a deque, set an event.
        """
        return self._hub.observers.add(observer)

    def overhear(self, overhearer: Overhearer) -> Callable[[], None]:
        """Call `overhearer(emitted)` for each event that the server emits, and return the function that ends that.

        It runs on the loop, where it must be quick: append to a deque.
        """
        return self._hub.overhearers.add(overhearer)

    def watch(self, watcher: Watcher) -> Callable[[], None]:
        """Call `watcher(moved)` when a peer comes into a namespace or room or leaves it; return what ends that.

        It runs on the loop, where it must be quick: append to a deque.
        """
        return self._hub.watchers.add(watcher)

    # -- the other servers of a cluster

    def emit_to_servers(self, name: str, *arguments: Any, namespace: str = "/") -> None:
        """Send an event to the other servers of the cluster, where `@server.cluster.on(name)` handles it.

        Raises:
            ClusterError: If there is no cluster, or its bus is away: such an event does not wait.
        """
        check_values("emit_to_servers", name, arguments, lambda name: f"server.call_servers({name}, …)")
        self._others().emit_to_servers(name, arguments, namespace)

    def call_servers(
        self, name: str, *arguments: Any, namespace: str = "/", timeout: float = ANSWER_TIMEOUT
    ) -> list[Any]:
        """Ask the other servers of the cluster, return the list of their answers; in an async handler, `await` it.

        Raises:
            TimeoutError: If not all have answered; its `answers` holds those that came, `missing` the others' uids.
            ClusterError: If there is no cluster, or its bus is away.
        """
        answers: list[Any] = self._others().ask_servers(name, arguments, namespace, timeout)
        return answers

    def _others(self) -> Cluster:
        if self.cluster is None:
            raise ClusterError("this server is alone: write serve(…, cluster=ls.cluster.memory()) for several")
        return self.cluster

    @property
    def watchdog(self) -> Watchdog:
        """Which function holds the server's loop: `server.watchdog.add(print)` shows each handler that blocks it."""
        return self._loop.watchdog

    @property
    def name(self) -> str:
        """The name under which it was served."""
        return self._site.name

    @property
    def trace(self) -> Trace:
        """Every byte of every connection, in both directions."""
        return self._site.trace

    @property
    def errors(self) -> list[HandlerError]:
        """What went wrong, the latest at the end: exceptions that left a handler, handlers that hold the loop or do not
        return, peers that were dropped because they did not read, and peers that were refused, with the reason."""
        return self._site.failures.everything

    @property
    def dropped(self) -> int:
        """How many peers were dropped because they did not read."""
        return self._site.dropped

    @property
    def peers(self) -> list[Peer]:
        """The open connections."""
        return self._site.peers

    @property
    def is_running(self) -> bool:
        """Whether it accepts connections."""
        return self._site.is_serving and self._loop.is_running

    @property
    def client_context(self) -> ssl.SSLContext | None:
        """A TLS context that trusts this server's throw-away authority; None without TLS."""
        return self._authority.client_context() if self._authority else None

    @method('server.url("/ws")')
    def url(self, path: str = "/", scheme: str | None = None) -> str:
        """Return the address of `path`: `ws://127.0.0.1:PORT/echo`, or `http://…` if it is that of a page alone.

        `scheme` is "ws" or "http": the official Socket.IO clients want `url("/point", "http")`.
        With TLS the schemes become wss and https. If the server asks for a token, the address holds it.
        """
        if scheme is None:
            scheme = "http" if isinstance(path, str) and self._is_page(path) else "ws"
        if scheme not in ("ws", "http"):
            raise ValueError(f'scheme is "ws" or "http" (TLS adds the s by itself), not {scheme!r}')
        if not isinstance(path, str) or not path.startswith("/"):
            raise ValueError(f'a path begins with a slash, such as "/echo", not {path!r}')
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # all addresses: this machine's own
        host = f"[{host}]" if ":" in host else host
        url = f"{scheme}{'s' if self._authority else ''}://{host}:{self.port}{path}"
        token = self._site.access.token
        return f"{url}{'&' if '?' in path else '?'}auth={token}" if token else url

    def _is_page(self, path: str) -> bool:
        """Return whether a page answers at `path`, and neither a raw route nor a namespace does; / is always one."""
        pages = find([page for _, page in list(self._site.pages)], path)
        others = find([*self._site.websockets, *(name for name in self._hub.namespaces if name != "/")], path)
        return pages is not None and others is None

    @blocking(check=no_question)
    def call(self, function: Callable[..., Coroutine[Any, Any, T]], *args: Any, timeout: float | None = 10.0) -> T:
        """Run the async `function(*args)` on the server's loop and return its result.

        Raises:
            WrongThread: If called from a handler: `await` the function there instead.
            NotRunning: If the server is stopped.
            LoopHeld: If a handler holds the loop all that time; it is a TimeoutError and names the handler.
            TimeoutError: If there is no result after `timeout` seconds; the function is cancelled.
        """
        if not callable(function):
            if inspect.iscoroutine(function):
                function.close()
            name = _name(function) if inspect.iscoroutine(function) else "the function"
            raise TypeError(f"call() runs an async function: pass {name} and its arguments, not {shown(function)}")
        if inspect.isfunction(function) and not inspect.iscoroutinefunction(function):
            raise TypeError(f"call() runs an async function: write async def {_name(function)}, not def")
        if timeout is not None:
            seconds_of(timeout, otherwise=", or None to wait for ever")
        self._refuse_if_stopped()
        return self._loop.call(function, *args, timeout=timeout)

    # -- its end

    @blocking()
    def stop(self, timeout: float = STOP_TIMEOUT) -> None:
        """Free the port and close every connection (WebSockets with 1001) within `timeout` seconds.

        A second call does nothing. A handler that blocks the loop itself (`time.sleep` in an `async def`) cannot be
        ended from outside; the port is free all the same, and its thread ends when the handler returns.

        Raises:
            WrongThread: If called from a handler.
        """
        self._loop.refuse_own_thread(self.stop)
        timeout = _seconds(timeout)
        deadline = time.monotonic() + timeout
        if self._site.is_serving and self._loop.is_running:
            self._site.is_serving = False
            with contextlib.suppress(TimeoutError, asyncio.CancelledError, NotRunning):
                self._free_the_port(timeout * 0.8, timeout * 0.8)
        if self.cluster is not None:
            with contextlib.suppress(TimeoutError, asyncio.CancelledError, NotRunning):
                self._loop.call(self.cluster.close, 0.2 * timeout, timeout=max(0.1, deadline - time.monotonic()))
        has_ended = self._loop.stop(max(0.0, deadline - time.monotonic()))
        self._sock.close()
        if not has_ended:
            held = self._loop.watchdog.holding
            who = held.text() if held is not None else "a handler holds the loop"
            self._site.failed("stop", 0, LoopHeld(f"{who}; the port is free, and the thread ends when it returns"))
        self._stopped.set()
        registry.forget("server", self.name, self)  # last, so that an interrupted stop can be repeated

    @blocking()
    def wait(self, timeout: float | None = None) -> bool:
        """Block until the server is stopped, or for `timeout` seconds; return whether it is stopped.

        Raises:
            WrongThread: If called from an async handler.
        """
        self._loop.refuse_own_thread(self.wait)
        end = math.inf if timeout is None else time.monotonic() + _seconds(timeout)
        while not self._stopped.wait(max(0.0, min(end - time.monotonic(), 1.0))):  # in steps: Windows hears no Ctrl-C
            if time.monotonic() >= end:
                return False
        return True

    @blocking(RUN, check=check_run)
    def run(self) -> None:
        """Serve until Ctrl-C or SIGTERM, then stop and return: the last line of a script.

        It prints the address, and may be called on the main thread only, where Python handles signals.

        Raises:
            RuntimeError: If called in a notebook, where the server runs without it, or on another thread.
            NotRunning: If it is stopped.
        """
        if in_notebook():
            raise RuntimeError("run() is for scripts: in a notebook the server runs since serve() already")
        if threading.current_thread() is not threading.main_thread():
            raise RuntimeError(f"run() {NO_THREAD}; a thread that is to stay until it stops calls wait()")
        self._refuse_if_stopped()
        asked = threading.Event()
        numbers = [signal.SIGINT, signal.SIGTERM]
        before = {number: signal.signal(number, lambda *_: asked.set()) for number in numbers}
        try:
            others = (
                "; other machines write the name of this one, and need the token, too"
                if self._site.access.token
                else ""
            )
            print(f"serving {self.url('/', 'http')} until Ctrl-C{others}", flush=True)
            while not asked.is_set() and not self._stopped.wait(0.2):
                pass
        finally:
            for number, handler in before.items():  # a second Ctrl-C interrupts what follows
                signal.signal(number, handler)
            self.stop()

    def emit(self, name: str, *arguments: Any, **strange: Any) -> None:
        """Send an event to all sockets of the namespace `/`. Raises `NotRunning` if the server is stopped."""
        no_keywords("emit", strange, lambda: f"server.of({own_namespace(self)!r})", name)
        super().emit(name, *arguments, **strange)

    def disconnect(self, close: bool = False, **strange: Any) -> None:
        """Send all sockets of the namespace `/` away; `close` ends their sessions."""
        if isinstance(getattr(close, "id", close), str):
            no_keywords("disconnect", {OF_ONE: close} | strange, lambda: f"server.of({own_namespace(self)!r})")
        super().disconnect(close, **strange)

    def _left_alone(self) -> bool:
        """Whether its script ends before anybody came, has not run it, and has not failed."""
        is_of_script = self.made_at is not None and not in_notebook() and not sys.flags.interactive
        ours = f"{self._sessions.path.rstrip('/')}/"
        paths = [*self._site.websockets, *(path for _, path in self._site.pages)]
        hears = any(not it.handlers.is_empty for it in self.namespaces.values())
        answers = hears or any(not f"{path}/".startswith(ours) for path in paths)
        has_failed = hasattr(sys, "last_value")
        return is_of_script and answers and self.is_running and not self.trace.peers and not has_failed

    @blocking()
    def pause(self, timeout: float = STOP_TIMEOUT) -> None:
        """Free the port and close every connection, as `stop` does, until `resume()`. A second call does nothing.

        To its clients it looks like a server that restarts. Routes, namespaces and the trace are kept.

        Raises:
            LoopHeld: If a handler holds the loop all that time. Then the server goes on serving.
            WrongThread: If called from a handler.
        """
        self._loop.refuse_own_thread(self.pause)
        timeout = _seconds(timeout)
        if self.is_running:
            self._answers("pause", timeout)
            self._site.is_serving = False
            self._free_the_port(timeout, 2 * timeout)

    @blocking()
    def resume(self) -> None:
        """Serve again on the same port after `pause()`; do nothing if it runs.

        Raises:
            NotRunning: If the server was stopped: `serve()` makes a new one.
            LoopHeld: If a handler holds the loop. Then nothing is changed; try again when it has returned.
            PortInUse: If another program has taken the port meanwhile.
            WrongThread: If called from a handler.
        """
        self._loop.refuse_own_thread(self.resume)
        if self.is_running:
            return
        self._refuse_if_stopped()
        self._answers("resume", STOP_TIMEOUT)
        self._sock = bind(self.host, self.port)
        self._listener = Listener(self._site, self._sock, self._authority.server_context() if self._authority else None)
        try:
            self._loop.call(self._listener.start)
        except BaseException:
            self._sock.close()
            raise
        self._site.is_serving = True

    @property
    def _is_over(self) -> bool:
        return self._stopped.is_set() or not self._loop.is_running

    def _refuse_if_stopped(self) -> None:
        """Raise `NotRunning` for what no peer would ever reach; a server that pauses has handlers all the same."""
        if self._is_over:
            raise NotRunning(f'the server "{self.name}" is stopped: serve() again')

    def _answers(self, what: str, timeout: float) -> None:
        """Raise `LoopHeld` if a handler holds the loop: what is begun now would only happen when it returns."""
        try:
            self._loop.call(self._is_down, timeout=timeout)
        except LoopHeld as exc:
            raise LoopHeld(f"{what}() has to wait for the loop: {exc}") from None

    async def _is_down(self) -> None:
        """Wait for the end of a `pause()` that took too long."""
        if self._going_down is not None:
            await asyncio.wait([self._going_down])

    def _free_the_port(self, timeout: float, patience: float) -> None:
        """Close the port and the connections; what a handler delays goes on when it returns."""

        async def begin() -> None:
            self._going_down = asyncio.get_running_loop().create_task(self._go_down(timeout))
            await asyncio.wait([self._going_down])

        self._loop.call(begin, timeout=patience)

    async def _go_down(self, timeout: float) -> None:
        self._sessions.end_all("server shutting down")
        await self._hub.settle(timeout * 0.3)
        await self._listener.stop(timeout * 0.7)

    def _note_task(self, name: str, exc: BaseException) -> None:
        """Keep what ended a task that no one waits for, such as one that a handler has created."""
        self._site.failed(f"task {name}", 0, exc)

    def _note_trouble(self, message: str, exc: BaseException | None, count: int) -> None:
        """Keep what asyncio reports; it is in the log already."""
        if exc is not None:
            self._site.failures.note(("asyncio", message[:40]), message, exc, count=count, log=False)

    def _abandon(self) -> None:
        """Called in a forked child: the listening socket belongs to the parent."""
        self._site.is_serving = False
        self._sock.close()

    def __call__(self, *given: Any, **_: object) -> Any:
        """Say what takes the place of a program that serves applications of ASGI or WSGI."""
        text = spelled(NO_APPLICATION)
        if given and isinstance(given[0], dict) and given[0].get("type") == "lifespan":  # uvicorn hides an exception
            answer = refusing(text)
            return answer(*given[1:]) if given[1:] else answer
        raise TypeError(text)

    def __enter__(self) -> Server:
        self._refuse_if_stopped()
        return self

    def __exit__(self, kind: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None) -> None:
        self.stop()

    def __repr__(self) -> str:
        state = f"at {self.url('/', 'http').partition('?')[0]}" if self.is_running else "paused: resume()"
        state = "stopped" if self._is_over else state
        count = self._site.failures.count
        trouble = f", {count} error{'s' if count > 1 else ''}: see server.errors" if count else ""
        return f'<Server "{self.name}" {state}, {len(self.peers)} open connection(s){trouble}>'


def _agree(limits: Limits | Options | None, sessions: SessionOptions | Options) -> tuple[Limits, SessionOptions]:
    """Return both, fitted to each other: a payload fits into a request body, and limits that were given are kept."""
    promises = options_of(SessionOptions, sessions, "sessions", SESSIONS)
    if limits is None or isinstance(limits, Mapping):
        limits = {"max_body": max(Limits().max_body, promises.max_payload)} | dict(limits or {})
    bounds = options_of(Limits, limits, "limits", LIMITS)
    return bounds, replace(promises, max_payload=min(bounds.max_body, promises.max_payload))


def _authority() -> Authority:
    from livesock.net.connect.authority import Authority  # brings what connects

    return Authority()


def _check(name: object, host: object, port: object, tls: object, trace_limit: object, cluster: object) -> None:
    """Check what a server is made of, before the old one of its name is stopped."""
    if isinstance(name, Mapping) and name:
        raise TypeError(named_options("serve", name, [*inspect.signature(serve).parameters], SERVE))
    name_of(name)
    interface_of(host)
    port_of(port)
    flag_of(tls, "tls", ": True makes a throw-away certificate, a real one belongs to a proxy in front")
    check_number("trace_limit", trace_limit, LIMIT)
    bus_of(cluster)


def _seconds(timeout: object) -> float:
    """Return a time limit in seconds; 0 is one, too: look, and do not wait."""
    return 0.0 if timeout == 0 and not isinstance(timeout, bool) else seconds_of(timeout)


def _head(handler: object) -> str:
    """Return how a handler's definition begins: `async def page`."""
    return f"{'async ' if inspect.iscoroutinefunction(handler) else ''}def {_name(handler)}"


def _name(handler: object) -> str:
    return getattr(handler, "__name__", "handler")


def _replace(routes: dict[Key, Any], others: list[Key], key: Key, route: Any) -> None:
    """Let `route` answer in place of `others`, and warn of a handler of another name: it is not the same one again."""
    old = [routes[other].handler for other in others]
    routes[key] = route
    for other in others:
        if other != key:
            del routes[other]
    new = _name(route.handler)
    for name in (name for name in map(_name, old) if name != new):
        warn(f"{new} takes the place of {name}, which answered {route.path!r} until now: give each a path of its own")


def _joined(bus: Bus | None, loop: LoopThread, site: Site, sessions: SessionOptions) -> Cluster | None:
    """Return the cluster that a server joins; only one that joins any imports it, and msgspec with it."""
    if bus is None:
        return None
    from livesock.net.cluster.cluster import Cluster

    return Cluster(bus, loop, site.failures, sessions.recovery)
