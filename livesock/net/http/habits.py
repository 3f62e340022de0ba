"""What people write who know other libraries: it works, or the error says what to write here.

The names come from Flask-SocketIO, python-socketio, FastAPI, `websockets`, aiohttp, Express, socket.io and ws. They are
in snake_case: `maxPayload` is found as `max_payload`.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import fields
from typing import Any

from livesock.advice.instead import GIVEN, GIVEN_SECONDS, given_as, instead, together, with_examples
from livesock.advice.spelled import spelled
from livesock.advice.written import assigned
from livesock.errors import Refused
from livesock.net.http.limits import Limits
from livesock.net.loop.explain import HEARD_BY, OFF, ONCE, SAVED, SLEEP
from livesock.realtime.actions import SessionOptions

__all__ = [
    "ADDS_ROUTES",
    "CHECKS",
    "CONNECTION",
    "FIELDS",
    "GATEWAY",
    "LIMITS",
    "NO_APPLICATION",
    "NO_NUMBER",
    "NO_THREAD",
    "ON_RESPONSE",
    "PAGE",
    "PAGES_OF_JINJA",
    "REASONS",
    "REQUEST",
    "RESPONSE",
    "ROUTE",
    "RUN",
    "SERVE",
    "SERVER",
    "SESSIONS",
    "STATIC",
    "UPLOAD",
    "check_gateway",
    "check_run",
    "check_serve",
    "closed_with",
    "has_fields",
    "made_with",
    "no_attribute_to_set",
    "refusing",
    "with_timeout",
]

_PAGES = given_as("names", '["https://example.org"]')
_PLACE = given_as("path", '"/live/"')
_RECOVERY = given_as("recovery", "120")
_BYTES, _SECONDS = given_as("number", "2**20"), given_as("seconds", "10")
_OF_THE_PATH = given_as("of_the_path", "path = request.path_params.get('path', '')")
_NAMES = given_as("texts", '["chat"]')

_ORIGINS = (
    f"write origins={_PAGES} in serve(), for pages and Socket.IO alike; pages of this machine may connect in any "
    "case, others get 403"
    + given_as(
        "unless_all", '; "*" does not exist here: write each site whose pages connect, or leave it out if there is none'
    )
)
_TLS = "write tls=True, which makes a throw-away certificate; a real certificate belongs to a proxy in front"
_LOG = (
    "after serve() write server.observe(print), which shows each event that a handler got, and server.overhear(print), "
    'each that was emitted; for connections import logging; logging.basicConfig(); logging.getLogger("livesock")'
    '.setLevel("DEBUG")'
)
_LOOP = "a server is one loop in a thread of its own: leave it out"
_ROUTE = "it belongs to one route: write it in @server.websocket(path, …)"
_HANDLER = 'it belongs to one route: write server = ls.serve(), and then @server.websocket("/") above the handler'
_CLUSTER = (
    'write cluster=ls.cluster.redis("redis://127.0.0.1:6379"), or ls.cluster.memory() in one process'
    '\n    in a process that only sends emitter = ls.cluster.emitter(ls.cluster.redis("redis://127.0.0.1:6379")) in '
    'place of a server, which would open a port there, too; then emitter.emit("name", …)'
)
TEST_CLIENT = (
    'point = ls.socket(server.url("/chat"), auth={…}), which raises ls.Refused if it is refused; then '
    'answer = point.call("name", …), also in place of emit(), which does not wait until it was handled'
    '\n    (data,) = point.wait("name", timeout=1), whose tuple has all that was emitted, except TimeoutError: … '
    "if nothing came, and point.disconnect()"
    '\n    a handler that disconnects its peer answers nothing: point.emit("name", …), then point.wait("disconnect"), '
    "and its on_disconnect runs a moment later"
)
"""How to test a namespace."""

TEST_PAGES = (
    'client = httpx.Client(base_url=server.url("/", "http")), with import httpx at the top, then client.get("/page") '
    'and client.post("/page", data={…}) with r.status_code and r.json()'
)
"""How to test pages: JupyterLab brings httpx, on which FastAPI's client stands, too."""

NO_APPLICATION = (
    "a server is no application that uvicorn or another server calls: it listens itself since serve()\n"
    "  for uvicorn.run(server, port=8000): write port=8000 in serve(), and server.run() at the end of the script\n"
    '  for httpx with a transport: write httpx.AsyncClient(base_url=server.url("/", "http"))'
)
"""What to write where a server is called."""

CHECKS = (
    'def check(request): …, which returns ls.Response("no", status=401) to refuse and None to go on; nothing calls it '
    "but each page, in its first line: if (no := check(request)) is not None: return no"
)
"""What to do in place of what runs around all pages."""

_NO_MIDDLEWARE = (
    f"nothing runs around all pages: write {CHECKS}"
    '\n    for Socket.IO @server.of("/").use above def enter(socket): …, and in it raise ls.Refused("why") to refuse'
    "\n    for a header of an answer return ls.Response(body, headers={…})"
)

PAGES_OF_JINJA = (
    'env = jinja2.Environment(loader=jinja2.FileSystemLoader("templates"), autoescape=True), once beside the server, '
    "with import jinja2 at the top"
    '\n    in a page return ls.Response(env.get_template("index.html").render(name=name), type="text/html")'
)
"""How to fill templates; without autoescape a name could hold a script."""

ADDS_ROUTES = (
    'def add_items(server): …, and in it @server.get("/items/{id}") above each page, with its prefix in the path; then '
    "add_items(server)"
)
"""What to do in place of a router of its own."""

_NO_DEPENDS = (
    "write the call itself in the handler, user = find_user(request), with await if it is async def: nothing else "
    "fills its parameters"
)
_OF_A_PAGE = (
    f"{_NO_DEPENDS}; if it may refuse, it returns ls.Response(…, status=401), and behind the call stands "
    "if isinstance(user, ls.Response): return user"
)
_OF_A_CONNECTION = (
    f"{_NO_DEPENDS.replace('(request)', '(ws)')}; if it may refuse, it returns None, and behind the "
    'call stand if user is None: await ws.close(1008, "why"), and return'
)
SESSION = (
    "sessions = {} beside the server, and import secrets at the top; in the page that begins one"
    "\n      key = secrets.token_urlsafe()"
    '\n      sessions[key] = {"username": name}'
    '\n      response = ls.Response("ok")'
    '\n      response.set_cookie("session", key, httponly=True, samesite="Lax")'
    "\n      return response"
    '\n    in other pages session = sessions.get(request.cookies.get("session"), {}), in a raw route '
    "ws.request.cookies, in an event socket.handshake.cookies; anyone can write a cookie, and nobody can guess this key"
)
"""What to do in place of Flask's `session`."""
_MESSAGE = (
    f'write limits={{"max_message": {_BYTES}}} for raw routes, '
    f'sessions={{"max_payload": {given_as("number", "1_000_000")}}} for Socket.IO'
)
NO_NUMBER = (
    "\n    what is no number is answered 422; for 404 as in Flask "
    'if not request.path_params[{!r}].isdecimal(): return ls.Response("", status=404) above it'
)
"""What is said of a parameter of Flask that is a number, with its name."""

_AS_IT_IS = "a server needs no such setting: leave it out"
_CATCH = (
    "there is no handler of errors for all pages: catch the error in the handler, and return ls.Response(body, "
    "status=404) from it"
    "\n    for 404: a path without a page is 404 in any case; with a page of your own write "
    '@server.get("/{path:path}"), and below it @server.post("/{path:path}"), above def missing(request): return '
    'ls.Response(html, status=404, type="text/html"); 405 stays with the paths of other pages'
)
_ASYNC_HANDLERS = (
    "leave it out: in an async def the next events of the same peer run while it waits, as in await "
    "asyncio.sleep(seconds); while a plain def runs they wait for it, and those of other peers do not"
)
_OF_SESSIONS = "it belongs to Socket.IO: write it in serve(sessions={…})"


def _each(names: str, sentence: str) -> dict[str, str]:
    return dict.fromkeys(names.split(), sentence)


def _pairs(kind: Any, option: str) -> dict[str, str]:
    """Return what to write for each field of a dataclass that was given to `serve` itself."""
    return {field.name: f'write {option}={{"{field.name}": {_given(field.name)}}}' for field in fields(kind)}


def _given(name: str) -> str:
    """Return what stands for the caller's value of a field, which other libraries count in ms if it is a time."""
    return GIVEN_SECONDS if name.endswith(("timeout", "interval")) else GIVEN


SERVE = {
    **_pairs(Limits, "limits"),
    **_pairs(SessionOptions, "sessions"),
    **_each("ssl ssl_context ssl_options https certfile keyfile cert key ssl_certfile ssl_keyfile", _TLS),
    **_each(
        "cors cors_origins cors_allowed_origins allow_origins allowed_origins origin cors_credentials credentials "
        "allow_credentials",
        _ORIGINS,
    ),
    "debug": "leave it out: errors of handlers are printed, and are in server.errors",
    **_each("log_output logger engineio_logger log_level log_config access_log", _LOG),
    **_each("workers async_mode loop threaded reuse_port backlog block daemon", _LOOP),
    **_each(
        "compression subprotocols process_request close_timeout max_queue write_limit select_subprotocol extensions",
        _ROUTE,
    ),
    **_each("max_size max_payload max_message_size max_msg_size ws_max_size", _MESSAGE),
    **{
        f"ws_{name}": f"it belongs to one route: write @server.websocket(path, {name}={GIVEN_SECONDS}), in seconds"
        for name in ("ping_interval", "ping_timeout")
    },
    "timeout_keep_alive": f'write limits={{"idle_timeout": {GIVEN_SECONDS}}}, in seconds',
    **_each(
        "proxy_headers forwarded_allow_ips",
        'leave it out: request.client is the proxy, and the peer is in request.headers.get("x-forwarded-for")',
    ),
    **_each("redirect_slashes timeout_graceful_shutdown server_header date_header ws http", _AS_IT_IS),
    "handler": _HANDLER,
    "routes": "write @server.get(path), @server.post(path) or @server.websocket(path) afterwards",
    "handlers": "write @server.get(path), @server.post(path) or @server.websocket(path) afterwards",
    **_each("allowed_hosts trusted_hosts server_name", "write hosts=" + given_as("names", '["my-laptop.local"]')),
    "allow_request": 'write @server.of("/").use afterwards, above def enter(socket): …, which may raise '
    'ls.Refused("why"); the request is in socket.handshake',
    **_each("max_clients limit_concurrency", f'write limits={{"max_connections": {GIVEN}}}'),
    **_each(
        "middleware middlewares", 'write @server.of("/").use afterwards; a page calls what it needs in its handler'
    ),
    **_each(
        "on_startup on_shutdown lifespan",
        "write it afterwards: @server.task above async def lifespan(): …, without parameters, with await "
        "asyncio.Event().wait() in a try for its yield, and in finally what follows the yield; it begins at once, so "
        "it stands below all that it uses; what requests need is made above serve()",
    ),
    **_each("server httpd", "a server makes its own HTTP server: write port=8080"),
    **_each("unix uds sock fd interface", 'a server listens at one address: write host="127.0.0.1", port=8080'),
    **_each("json serializer parser", "values travel as JSON, bytes as they are: leave it out"),
    **_each("cookie cookies", "a session needs no cookie: its id is in the address; leave it out"),
    **_each("secret_key session_cookie", "nothing is signed: leave it out"),
    **_each("docs_url redoc_url openapi_url openapi_tags openapi", "pages are not described: leave it out"),
    **_each("exception_handlers error_handlers", _CATCH),
    "dependencies": _OF_A_PAGE,
    **_each("per_message_deflate http_compression", "sessions are not compressed: leave it out"),
    **_each(
        "always_connect compression_threshold handle_sigint service_task_timeout "
        "monitor_clients manage_session serve_client allow_unsafe_werkzeug "
        "title description version root_path cleanup_empty_child_namespaces instance_path instance_relative_config "
        "host_matching subdomain_matching static_host",
        _AS_IT_IS,
    ),
    "async_handlers": _ASYNC_HANDLERS,
    "allow_eio3": "Engine.IO 4 alone is spoken, by clients of Socket.IO 3 and 4: leave it out",
    "max_http_buffer_size": f'write sessions={{"max_payload": {GIVEN}}}, in bytes',
    "max_content_length": f'write limits={{"max_body": {GIVEN}}}, in bytes',
    **_each(
        "reload use_reloader",
        "leave it out: start a script again, or run the cell again, which serves the name anew, on the same port",
    ),
    "ping_interval": f'write sessions={{"ping_interval": {GIVEN_SECONDS}}} for Socket.IO, in seconds; '
    f"of a raw route it is an option of @server.websocket(path, ping_interval={GIVEN_SECONDS})",
    "ping_timeout": f'write sessions={{"ping_timeout": {GIVEN_SECONDS}}} for Socket.IO, in seconds; '
    f"of a raw route it is an option of @server.websocket(path, ping_timeout={GIVEN_SECONDS})",
    "path": f'write sessions={{"path": {_PLACE}}} for Socket.IO; each route names its own path',
    "socketio_path": f'write sessions={{"path": {_PLACE}}}',
    "connection_state_recovery": f'write sessions={{"recovery": {_RECOVERY}}}, in seconds',
    "open_timeout": f'write limits={{"head_timeout": {_SECONDS}}}, in seconds',
    "timeout": 'a server has several, such as limits={"head_timeout": 10}: see Limits',
    "token": "a server that listens beyond this machine makes its own token: url() holds it",
    "auth": "on_connect(socket) decides who may enter, by socket.handshake.auth; raise Refused to send a peer away",
    "trace": "every byte is recorded, up to trace_limit=4_194_304 bytes",
    **_each(
        "static_files static_folder static_url_path",
        'write server.static("/static", "static") afterwards: the path, and the folder of its files',
    ),
    **_each(
        "template_folder templates",
        f"leave it out; write {PAGES_OF_JINJA}",
    ),
    "resource": f'write sessions={{"path": {_PLACE}}}, or leave it out for /socket.io/',
    **_each("import_name", "leave it out: a name is needed for two servers in one process alone"),
    **_each(
        "namespace namespaces",
        'write server.of("/point") or @server.gateway("/point") afterwards: each lets peers in; for any name '
        "server.of(re.compile('/.+'))",
    ),
    **_each("ws_engine destroy_upgrade destroy_upgrade_timeout add_trailing_slash", _AS_IT_IS),
    **_each("adapter client_manager message_queue redis manager channel channel_layers", _CLUSTER),
    "app": "a server stands for itself: write its routes with @server.get and @server.websocket",
}
"""Options of `serve`."""

LIMITS = {
    **{
        field.name: f'it is a promise of Socket.IO: write sessions={{"{field.name}": {_given(field.name)}}}'
        for field in fields(SessionOptions)
    },
    "max_size": "write max_message, in bytes",
    "max_message_size": "write max_message, in bytes",
    "max_clients": "write max_connections",
    "timeout": "there are head_timeout, body_timeout, idle_timeout and stall_timeout, in seconds",
    "open_timeout": "write head_timeout, in seconds",
    "keep_alive_timeout": "write idle_timeout, in seconds",
}
"""Options in `limits`."""

SESSIONS = {
    **{
        field.name: f'it is a bound of the whole server: write limits={{"{field.name}": {_given(field.name)}}}'
        for field in fields(Limits)
    },
    "max_http_buffer_size": f'write "max_payload": {given_as("number", "1_000_000")}, in bytes',
    "max_size": f'write "max_payload": {given_as("number", "1_000_000")}, in bytes',
    "connection_state_recovery": f'write "recovery": {_RECOVERY}, in seconds',
    "max_disconnection_duration": f'write "recovery": {given_as("seconds", "120")}, in seconds',
    "cors": _ORIGINS,
    "cors_allowed_origins": _ORIGINS,
    "cookie": "a session needs no cookie: its id is in the address",
    "logger": _LOG,
    "per_message_deflate": "sessions are not compressed: leave it out",
    "http_compression": "sessions are not compressed: leave it out",
    "serve_client": "the client's script is served in any case: leave it out",
    "async_handlers": _ASYNC_HANDLERS,
}
"""Options in `sessions`."""

ROUTE = {
    **_each("origins origin hosts", "who may connect is the same for all paths: write it in serve(origins=[…])"),
    **_each(
        "extra_headers headers process_request process_response server_header open_handler verify_client",
        "handshake=f answers the opening handshake: f(method, version, headers) returns (status, headers)",
    ),
    **_each("compress per_message_deflate permessage_deflate", 'write compression="deflate"'),
    **_each("max_payload max_message_size max_msg_size max_http_buffer_size", f"write max_size={_BYTES}, in bytes"),
    **_each(
        "methods name endpoint include_in_schema no_server wait", "a route needs no more than its path: leave it out"
    ),
    "dependencies": _OF_A_CONNECTION,
    **_each("subprotocol protocols", f"write subprotocols={_NAMES}, a list"),
    "handle_protocols": "write select_subprotocol=f: f(ws, offered) returns one of those that were offered, or None",
    "heartbeat": "write ping_interval=20, in seconds, or None for no pings",
    "autoping": "pings are answered in any case: leave it out",
    "open_timeout": f'write limits={{"head_timeout": {_SECONDS}}} in serve(), in seconds',
    "ssl": "write tls=True in serve()",
    "namespace": 'a namespace is of Socket.IO: write @server.gateway("/point")',
}
"""Options of `server.websocket`."""

PAGE = {
    "dependencies": _OF_A_PAGE,
    "methods": f"write {given_as('decorators', '@server.get(path), @server.post(path)')} above the function, one above "
    "the other; there are get, post, put, patch and delete",
    "defaults": f"write {_OF_THE_PATH} in the handler, and a "
    'decorator for each path, @server.get("/") above @server.get("/{path:path}")',
    **_each(
        "response_class headers content_type",
        "return ls.Response(body) from the handler: a dict is JSON; type='text/html' is for a page, headers={…} for "
        "headers",
    ),
    **_each(
        "status_code status",
        f"return ls.Response(body, status={GIVEN}) from the handler, where body is a str, a dict or a list, such as "
        "item.model_dump()",
    ),
    **{
        f"response_model_{option}": f"nothing filters an answer: write return item.model_dump({option}={GIVEN}) in the "
        "handler, where item is what it returns"
        for option in ("exclude", "include", "exclude_unset", "exclude_none", "exclude_defaults", "by_alias")
    },
    "response_model": "leave it out: nothing filters an answer; return UserOut(**user.model_dump()).model_dump() from "
    "the handler; a str is sent as text, not as JSON",
    **_each(
        "name endpoint tags include_in_schema strict_slashes summary description operation_id deprecated responses "
        "response_description openapi_extra",
        "a route needs no more than its path: leave it out",
    ),
}
"""Options of `server.get` and `server.post`."""

FIELDS = {
    **_each("media_type content_type mimetype", "type"),
    **_each("status_code code", "status"),
    **_each("content text html json data response", "body"),
}
"""Fields of `Response` by their names in other libraries."""

RESPONSE = {
    **_each("media_type content_type mimetype", f"write type={GIVEN}"),
    **_each("status_code code", f"write status={GIVEN}"),
    **_each(
        "headers_list multi_headers cookies set_cookie",
        'write response = ls.Response(body), then response.set_cookie("a", "1") for each, and return response',
    ),
    **_each("content text html json data response", "the body comes first, without a name: write ls.Response(body)"),
    "reason": "it follows from the status: leave it out",
    "background": "write threading.Thread(target=f, args=(1,), daemon=True).start() before the return, with import "
    "threading at the top",
}
"""Options of `Response`."""

RUN = {
    **SERVE,
    **{name: f"serve() has begun already: write serve({name}={GIVEN}) there" for name in ("port", "name")},
    "host": f"serve() has begun already: write serve(host={GIVEN}) there; of a server beyond this machine every client "
    "needs the token that server.url() holds, one of this machine, too",
}
"""Options of `server.run`."""

STATIC = _each(
    "directory dir root html name static_folder", 'the folder comes second: write server.static("/", "site")'
)
"""Options of `server.static`."""

GATEWAY = {
    **{
        name: f"in serve() {sentence}" if sentence.startswith("write ") and "serve(" not in sentence else sentence
        for name, sentence in (SERVE | _pairs(SessionOptions, "sessions")).items()
    },
    "port": f"a gateway shares the server's port: write serve(port={GIVEN})",
}
"""Options of `server.gateway`."""


def check_gateway(_: object, *given: object, **options: object) -> None:
    """Raise `TypeError` for what is not the name of one namespace, such as `gateway(81, {…})` of NestJS."""
    namespace, *more = given or (options.get("namespace", "/"),)
    if isinstance(namespace, str) and not more:
        return
    if isinstance(namespace, re.Pattern):
        write = f'a pattern stands for many: write @server.of({namespace!r:.100}).on("name") above a function'
        raise TypeError(f"a gateway answers one namespace, and {write}")
    if more and all(isinstance(name, str) for name in more):
        namespace = [namespace, *more]
    if isinstance(namespace, list | tuple | set):
        above = ", ".join(f"@server.gateway({name!r:.60})" for name in namespace)
        raise TypeError(f"a gateway answers one namespace: write {above}, one decorator above the other")
    for one in given:
        options |= one if isinstance(one, Mapping) else {"port": one} if isinstance(one, int) else {}
    if not options:
        raise TypeError(f'write @server.gateway("/point") above the class, not @server.gateway ({namespace!r:.40})')
    name = options.pop("namespace", namespace if isinstance(namespace, str) else "/")
    rest = [instead(option, GATEWAY, ["namespace"], value) for option, value in options.items()]
    head = f"gateway() takes a namespace: write @server.gateway({name!r:.60}) above the class"
    raise TypeError("\n  ".join([head, *rest, *together(rest, {})]))


NO_THREAD = "needs no thread: leave this thread out, for the server runs in the background since serve()"
"""What is said of a `run()` in a thread, as tests of other libraries have it."""


def check_run(server: object, *given: object, **options: object) -> None:
    """Raise `TypeError` for an application in front of the options, as in `socketio.run(app, port=5000)`."""
    if given:
        options = {**_address(given), **options}
        known = {name for name in ("host", "port") if options.get(name) == getattr(server, name, None)}
        lines = [instead(option, RUN, (), value) for option, value in options.items() if option not in known]
        text = "run() takes nothing: write server.run(), without anything in the brackets"
        if threading.current_thread() is not threading.main_thread():
            text = f"run() takes nothing, and {NO_THREAD}"
        raise TypeError(spelled("\n  ".join([text, *lines])))


def _address(given: tuple[object, ...]) -> dict[str, object]:
    """Return host and port by name, as other libraries take them by their places."""
    host, port = (*given, None, None)[:2]
    named: dict[str, object] = {"host": host} if isinstance(host, str) and host else {}
    return {**named, "port": port} if isinstance(port, int) else named


def _no_handler(handler: object, options: Mapping[str, object]) -> str:
    """Return what to write instead of `async with serve(handler, "localhost", 8765)` of `websockets`."""
    ours = ", ".join(f"{name}={value!r:.60}" for name, value in options.items() if name in ("host", "port"))
    of_route = {name: value for name, value in options.items() if name not in ("host", "port", "handler", "app")}
    lines = [instead(name, SERVE, ["port"], value) for name, value in of_route.items()]
    name = getattr(handler, "__name__", "handler").replace("<lambda>", "handler")
    text = (
        f'write server = ls.serve({ours}), and @server.websocket("/") above async def {name}(ws): …; it '
        "needs neither async with nor an event loop: a script ends with server.run()"
    )
    return "\n  ".join([f"serve() takes no handler: {text}", *lines])


def made_with(arguments: tuple[object, ...], options: Mapping[str, object], known: list[str]) -> str:
    """Return what to write for `Server(3000, {"cors": …})` and `Server(cors_allowed_origins="*", port=5000)`."""
    ports = [one for one in arguments if isinstance(one, int) and not isinstance(one, bool)]
    dicts = [one for one in arguments if isinstance(one, Mapping)]
    by_place = {str(name): value for given in dicts for name, value in given.items()}
    options = {**({"port": ports[0]} if ports else {}), **by_place, **options}
    ours = ", ".join(f"{name}={value!r:.60}" for name, value in options.items() if name in known)
    lines = [instead(name, SERVE, known, value) for name, value in options.items() if name not in known]
    return "\n  ".join([f"server = ls.serve({ours})", *lines, *together(lines, options)])


def what_a_page_gets(request: str, *, has_answer: bool) -> str:
    """Return where a handler of one argument finds the rest; with `has_answer` it takes `res` of Express, too."""
    more = f"; what the path names is in {request}.path_params, what the query has in {request}.query"
    answer = "\n    what it returns is the answer, with a status return ls.Response(value, status=201)"
    return f"{more}{answer if has_answer else ''}"


def refused_in_a_page(exc: BaseException) -> None:
    """Add to a refusal that a page has raised, ours or another library's, how a page refuses: it was answered 500."""
    status, why = (403, str(exc)) if isinstance(exc, Refused) else (0, "")
    if str(type(exc).__module__).partition(".")[0] in ("fastapi", "starlette", "werkzeug", "aiohttp"):
        numbers = (getattr(exc, name, None) for name in ("status_code", "status", "code"))
        status = next((one for one in numbers if isinstance(one, int) and 400 <= one < 600), 0)
        why = str(getattr(exc, "detail", None) or getattr(exc, "name", None) or exc)
    if status and not getattr(exc, "__notes__", ()):
        write = f"in a page write return ls.Response({why!r:.60}, status={status})"
        exc.add_note(spelled(write, exc.__traceback__))


def refusing(text: str) -> Callable[..., Coroutine[Any, Any, None]]:
    """Return how an application of ASGI says in its lifespan that it cannot start: what calls it shows the text."""

    async def lifespan(receive: Callable[[], Awaitable[Any]], send: Callable[[Any], Awaitable[None]]) -> None:
        await receive()
        await send({"type": "lifespan.startup.failed", "message": text})

    return lifespan


def check_serve(name: object = "", *more: object, **options: object) -> None:
    """Raise `TypeError` if a server is to be made of one that runs, as `SocketIO(app)` is."""
    given = options.get("app", name)
    if not callable(getattr(given, "gateway", None)) or not callable(getattr(given, "websocket", None)):
        if callable(given) and not isinstance(given, type):
            raise TypeError(spelled(_no_handler(given, {**_address(more), **options})))
        return
    by_place = {str(key): value for one in more if isinstance(one, Mapping) for key, value in one.items()}
    rest = {option: value for option, value in {**by_place, **options}.items() if option != "app"}
    known = ("host", "port", "tls", "origins", "hosts", "limits", "sessions", "cluster", "trace_limit")
    lines = [instead(option, SERVE, known, value) for option, value in rest.items() if option not in known]
    lines += together(lines, rest)
    ours = [f"{option}=…" for option in rest if option in known]
    there = f", and {', '.join(ours)} belongs into the first serve()" if ours else ""
    text = f"it is the server of Socket.IO already, as of pages: write {assigned('socketio = app')}{there}"
    raise TypeError(spelled("\n  ".join([f"serve() makes a second server, and this one is made: {text}", *lines])))


_OF = (
    'write self.namespace in a gateway, socket.namespace in a handler, server.of("/") elsewhere, '
    "which has emit, to, on, sockets …"
)
_NO_METHOD = "HEAD is answered where GET is, OPTIONS by itself: write @server.get(path), or post, put, patch, delete"
_LIFESPAN = (
    "what requests need is made above serve(), for no request waits; for the rest write @server.task above async def "
    "lifespan(): …, without parameters, with await asyncio.Event().wait() in a try for its yield, and in finally what "
    "follows the yield; it begins at once, so it stands below all that it uses; of an event of peers "
    "@server.of('/').on('move')"
)
REASONS = (
    "the text itself: 'client namespace disconnect' for CLIENT_DISCONNECT, 'server namespace disconnect' for "
    "SERVER_DISCONNECT, 'transport close', 'transport error' or 'ping timeout' in def on_disconnect(socket, reason): …"
    "; at a client 'io client disconnect' and 'io server disconnect'"
)
"""What to write in place of the names that python-socketio has for reasons."""
_COMES = """
  @server.of("/").on_connect above def enter(socket): …, which may refuse the peer; .on_connected when it is in
  @server.of("/").on_disconnect above def gone(socket, reason): …, such as 'transport close'"""
_ON_EVENT = """write one of these, outside of any other handler; what it returns is the answer:
  @server.of("/").on("move") above def move(socket, data): …
  @ls.event("move") above def move(self, socket, data): …, in the class of a gateway"""
_ON = f"""{_ON_EVENT}{_COMES}
  @server.of("/").on("*") above def other(socket, name, *arguments): … for the rest
  server.of("/chat") for namespace="/chat", server.of(re.compile("/.+")) for "*"
  socket.id for sid, socket.handshake.auth for auth
  socket.handshake.headers.get("X-Token") for environ["HTTP_X_TOKEN"], .query for QUERY_STRING"""
_STARTED = (
    "a server runs since serve(): at the end of a script write server.run(); for listen(3000) ls.serve(port=3000) at "
    "its top"
)

PEER = {
    **_each(
        "send send_text send_json send_bytes close",
        "it only tells of a connection: write clients = set() beside the server, clients.add(ws) in the handler, "
        "clients.discard(ws) in its finally, and websockets.broadcast(clients, text)",
    ),
    **_each(
        "emit join leave disconnect rooms data handshake id sid",
        'it only tells of a connection: write for socket in server.of("/").sockets(): …, each with emit, join, rooms …',
    ),
}
"""Attributes that other libraries have on each of their connections, and one of `server.peers` has not."""

SERVER = {
    **_each("io call_all namespace broadcast sio", _OF),
    **_each(
        "fetch_sockets fetchSockets",
        'write server.sockets(), server.to("room").sockets() or server.of("/chat").sockets(), without await',
    ),
    **_each("sockets_join socketsJoin", "write server.join(room), or server.to(other).join(room)"),
    **_each("sockets_leave socketsLeave", "write server.leave(room), or server.to(other).leave(room)"),
    **_each(
        "disconnect_sockets disconnectSockets",
        "write server.disconnect(), or server.to(room).disconnect(); "
        "with True in the brackets each connection ends, too",
    ),
    **_each("server_side_emit serverSideEmit", f'write server.emit_to_servers("name", …); {HEARD_BY}'),
    **_each(
        "server_side_emit_with_ack serverSideEmitWithAck",
        f'write server.call_servers("name", …); {HEARD_BY}; what it returns is its answer',
    ),
    "use": 'write @server.of("/").use above def enter(socket): …, without next: it returns to let a peer of '
    """Socket.IO in, and raises ls.Refused("why") or ls.Refused("why", {…}) to refuse it"""
    f"\n    for pages of Express write {CHECKS}"
    "\n    express.json() and express.urlencoded() are not needed: request.json() and request.form read a body"
    '\n    express.static("public") is server.static("/", "public"); a router writes the whole path at each page',
    **_each(
        "adapter manager",
        'write server.of("/").sockets() for all, server.of("/").to("room").sockets() for those in a room, each with '
        "its id and rooms; what joins several servers: write serve(cluster=…)",
    ),
    **_each(
        "get_environ environ",
        'write socket.handshake in a handler: .headers.get("X-Token") for environ["HTTP_X_TOKEN"], .query, a dict, for '
        "QUERY_STRING, .address for REMOTE_ADDR",
    ),
    "once": ONCE.replace("{}", "/"),
    "off": OFF.replace("{}", "/"),
    "handlers": 'handlers belong to a namespace: write server.of("/").on("move", handler)',
    **_each("onAny prependAny on_any", 'write @server.of("/").on_any above def see(socket, name, *arguments): …'),
    **_each("removeListener removeAllListeners offAny", OFF.replace("{}", "/")),
    **_each("listeners eventNames", 'write server.of("/").answers, which names who answers what'),
    "addListener": _ON,
    **_each("cors origins enable_cors", with_examples(_ORIGINS)),
    **_each("use_global_guards", "write @ls.guard(allows) above the class of each gateway"),
    **_each(
        "use_global_pipes",
        "a gateway's method checks what it gets: write def move(self, socket, data: Move): …, where Move is a "
        "dataclass or a model of pydantic",
    ),
    **_each(
        "use_global_filters use_global_interceptors",
        'write a decorator of your own, with functools.wraps, below each @ls.event("name"); errors of handlers are in '
        "server.errors",
    ),
    **_each("use_web_socket_adapter use_websocket_adapter", f"{_AS_IT_IS}; its options stand in ls.serve()"),
    "make_response": 'write return ls.Response(html, type="text/html")',
    "cli": "there are no commands: write what one does in a script of its own",
    "set_global_prefix": 'write the whole path at each page: @server.get("/api/items")',
    "enable_shutdown_hooks": _LIFESPAN,
    "path": 'write serve(sessions={"path": "/live/"}) for Socket.IO; each route names its own path',
    **_each(
        "config settings set enable disable",
        "write each option in serve(), such as serve(port=8080)"
        '\n  serve(limits={"max_body": 16 * 2**20}) for MAX_CONTENT_LENGTH, in bytes'
        "\n  leave SECRET_KEY out: nothing is signed; "
        'a page sets a cookie with response = ls.Response("ok"), response.set_cookie("a", "1"), return response',
    ),
    **_each(
        "loop io_loop",
        "write server.call(function, 1) outside of handlers, await function(1) in one: the loop is the server's own",
    ),
    **_each(
        "engine eio clients_count clientsCount",
        'write len(server.peers) for connections, len(server.of("/").sockets()) for clients in a namespace, '
        '@server.of("/").use above def enter(socket): … for its middleware; it has no events and no generateId of its '
        "own: what failed is in server.errors, and nothing adds headers to its answers (initial_headers, headers)",
    ),
    "transport": "write socket.transport in a handler, server.to(id).sockets()[0].transport elsewhere",
    "reason": f"write {REASONS}",
    **_each("emitWithAck emit_with_ack", 'write server.of("/").call("name", …), a list of answers'),
    "allSockets": "write [socket.id for socket in server.sockets()]",
    "instrument": "there is no page for admins: write ls.display.map(server) as the last value of a cell, a live "
    'picture of peers, rooms and events; in a script server.of("/").sockets() for who is there, '
    "server.observe(print) for what runs",
    "namespace_handlers": 'write server.of("/").answers, which names who answers what',
    **_each(
        "httpServer http_server get_http_server",
        "a server makes its own HTTP server: write server.port, or server.url('/', 'http')",
    ),
    "opts": "write each option in serve(), such as serve(port=8080)",
    **_each("WebSocketGateway Gateway", 'write @server.gateway("/point") above a class'),
    "UseGuards": "write @ls.guard(allows) above the class or a method of a gateway",
    "UsePipes": "write def move(self, socket, data: Move): …, where Move is a dataclass or a model of pydantic",
    **_each("WsException Refused", "write raise ls.Refused('why')"),
    **_each("SubscribeMessage subscribe", 'write @ls.event("name") in a gateway, or @server.of("/").on("name")'),
    "on_event": f"{_ON_EVENT}\n  @server.task above async def work(): …, for startup; for shutdown finally behind a "
    "try with await asyncio.Event().wait()",
    "add_event_handler": _LIFESPAN,
    "enter_room": 'write socket.join("room") in a handler, server.of("/").to(socket.id).join("room") elsewhere, both '
    "without await",
    "leave_room": 'write socket.leave("room") in a handler, server.of("/").to(socket.id).leave("room") elsewhere, both '
    "without await",
    "close_room": 'write server.of("/").to("room").leave("room"), without await',
    "rooms": 'write socket.rooms in a handler, server.of("/").to(id).sockets()[0].rooms elsewhere',
    **_each("session save_session get_session", SAVED),
    **_each("on event", _ON),
    **_each(
        "on_connect on_connected on_disconnect on_connection onconnection",
        f"write one of these, outside of any other handler:{_COMES}",
    ),
    "send": 'write server.of("/").emit("message", text) for all, '
    'server.of("/").to(room).emit("message", text) for a room or one peer by its id, without await'
    '\n    server.of("/other") in place of server.of("/") for namespace="/other"'
    '\n    "json" in place of "message" for json=True',
    **_each(
        "on_error_default on_error default_error_handler error_handler on_exception default_exception_handler",
        "nothing is called: the newest error of a handler is server.errors[-1].exception, and .where says of which"
        '\n    what the peer shall read: try: … except ValueError as e: return "failed" in the handler, which is the '
        'answer, or socket.emit("failed", str(e))'
        "\n    for a function that gets each error of all namespaces and pages class Mine(logging.Handler): … with def "
        "emit(self, record): …, in which server.errors[-1].exception is the error, and "
        'logging.getLogger("livesock").addHandler(Mine("ERROR"))',
    ),
    **_each("errorhandler exception_handler exception_handlers add_exception_handler register_error_handler", _CATCH),
    "dependency_overrides": "a handler calls its functions itself: in a test write "
    'monkeypatch.setattr(module, "find_user", other), or with unittest.mock.patch("module.find_user", other): …',
    **_each("docs_url redoc_url openapi openapi_url openapi_schema", "pages are not described: leave it out"),
    **_each(
        "routes url_map",
        "a path without a page is answered 404, and one with another method 405, which names it: "
        "nothing lists them; of events there is server.of('/').answers",
    ),
    **_each(
        "teardown_request teardown_appcontext",
        "nothing runs behind a page: write try and finally in the handler, or with f() as value: …",
    ),
    "before_first_request": "nothing waits for a first request: write its lines below serve(), above the pages; "
    "@server.task above async def start(): … for what awaits",
    **_each(
        "test_request_context app_context request_context test_cli_runner",
        'write urllib.request.urlopen(server.url("/path", "http")): a test asks the server itself, and a handler needs '
        "no context",
    ),
    "secret_key": "nothing is signed: leave it out",
    **_each(
        "middleware before_request after_request",
        _NO_MIDDLEWARE,
    ),
    "add_middleware": f"{_NO_MIDDLEWARE}\n    for CORS {with_examples(_ORIGINS)}",
    **_each("include_router register_blueprint", f"write {ADDS_ROUTES}"),
    "sleep": SLEEP,
    **_each("head options", _NO_METHOD),
    **_each(
        "route api_route add_routes add_api_route add_api_websocket_route add_url_rule add_route add_get router all "
        "http",
        "write @server.get(path), with post, put, patch or delete for another method, and one above the other for "
        "several\n  @server.websocket(path) for a raw route",
    ),
    **_each("ws websocket_route add_websocket_route", "write @server.websocket(path)"),
    **_each(
        "jinja_env template_filter template_global context_processor",
        f'write {PAGES_OF_JINJA}\n    env.filters["name"] = f for a filter, env.globals["name"] = f for a function or '
        "a value of all templates",
    ),
    "async_mode": _LOOP,
    **_each("json json_provider_class json_encoder", "a page returns a dict or a list, which is sent as JSON"),
    "permanent_session_lifetime": "write set_cookie(…, max_age=3600) for each cookie, in seconds",
    "init_app": "leave it out: a server runs since serve(), for pages and Socket.IO alike",
    "server": "leave .server out: it is the server itself, with rooms, sockets() and call",
    **_each("start listen launch is_serving start_serving run_async serve startup", _STARTED),
    **_each(
        "serve_forever run_forever run_app wait_closed",
        "write server.run(), or server.wait() off the main thread",
    ),
    **_each(
        "close shutdown terminate kill exit",
        "write server.stop(), or await asyncio.to_thread(server.stop) in an async def handler, as its last line",
    ),
    **_each(
        "mount static_folder add_static use_static_assets",
        'for a folder write server.static("/static", "static"): the path, and the folder; for routes of another '
        f"application write {ADDS_ROUTES}",
    ),
    **_each(
        "start_background_task create_task add_task background_task",
        "write thread = threading.Thread(target=f, daemon=True), and thread.start(), for a plain def f(), "
        "with args=(1,) for f(1); of an async def f, "
        "in an async def handler, asyncio.create_task(f(1)); "
        "@server.task above what runs until the server stops, without parameters",
    ),
    **_each("on_startup on_shutdown lifespan", _LIFESPAN),
    **_each(
        "app asgi wsgi wsgi_app asgi_app handle attach",
        "there is no application besides: the server itself has the routes: write @server.get(path) above a page",
    ),
    **_each("address uri base_url ws_url http_url", 'write server.url("/path"), or server.url("/path", "http")'),
    **_each(
        "clients connections connected",
        'write server.peers for connections, server.of("/").sockets() for Socket.IO; to speak to raw connections '
        "write clients = set() beside the server, clients.add(ws) in the handler, clients.discard(ws) in its finally, "
        "and websockets.broadcast(clients, text)",
    ),
    **_each("interval set_interval schedule scheduler setInterval", "write server.every(1.0, function)"),
    "log": _LOG,
    "logger": _LOG,
    "state": "keep it in a variable beside the server; of one request, in request.state, of one peer, in socket.data",
    "test_client": f"write {TEST_CLIENT}\n    for pages {TEST_PAGES}, r.content for r.data",
    "compress": "messages are not compressed: leave it out",
    "namespace_class": 'write @server.gateway("/point") above a class',
    **_each("register_namespace on_namespace", 'leave it out: @server.gateway("/point") above the class is all'),
}
"""Attributes of `Server`."""


def with_timeout(seconds: str) -> str:
    """Return the lines that wait for a message for so long, and have None if there is none."""
    return (
        f"\n      try:\n          async with asyncio.timeout({seconds}):\n              data = await ws.recv()"
        "\n      except TimeoutError:\n          data = None"
    )


def closed_with(*given: object) -> str:
    """Return how `close` is called with the number and the text among what it was given."""
    code = next((one for one in given if isinstance(one, int)), 1000)
    text = next((one for one in given if isinstance(one, str | bytes) and one), "")
    reason = text.decode(errors="replace") if isinstance(text, bytes) else text
    return f"close() takes a code, and a text as its reason: write await ws.close({code}, {reason!r:.130})"


_MESSAGES = "write async for message in ws: …"
ENDS = (
    "for the end write try: above the loop async for message in ws: …, and finally: behind it, with ws.close_code and "
    "ws.close_reason: a line behind the loop alone does not run after a close code such as 4001"
)
"""What to write instead of a callback for the end of a raw connection."""
CALLBACKS = ("on_message", "onmessage", "on_close", "onclose", "on_error", "onerror", "on_open", "onopen")
"""Attributes of a raw connection that other libraries call."""
_TARGET = (
    'write ws.request.path.partition("?")[0]; ws.request.path is the whole, with the query; what the route names '
    "is in ws.path_params"
)

CONNECTION = {
    "accept": "the connection is open when the handler begins: leave it out"
    "\n    then receive_text() and receive_bytes() are recv(), receive_json() is json.loads(await ws.recv())"
    "\n    send_text(x) and send_bytes(x) are send(x), send_json(x) is send(json.dumps(x))"
    "\n    iter_text() and iter_json() are async for message in ws: …, with json.loads(message) in it",
    "send_text": "write await ws.send(text)",
    "send_str": "write await ws.send(text)",
    "send_bytes": "write await ws.send(data)",
    "send_json": "write await ws.send(json.dumps(value))",
    "write_message": "write await ws.send(message)",
    "receive_json": "write json.loads(await ws.recv())",
    "iter_json": "write async for message in ws: …, and json.loads(message) in it",
    "receive": "write await ws.recv(), which is a str or bytes itself, and no dict\n    for receive(timeout=1)"
    f"{with_timeout('1')}",
    **_each("receive_text receive_str receive_bytes read_message read", "write await ws.recv()"),
    **_each("iter_text iter_bytes on_message onmessage", _MESSAGES),
    **_each("on once add_listener add_event_listener", f"{_MESSAGES} for messages\n    {ENDS}"),
    **_each("on_close onclose on_disconnect on_error onerror", ENDS),
    **_each("on_open onopen", "the connection is open when the handler begins: leave it out"),
    **_each(
        "emit join leave to rooms broadcast",
        'a raw route has no events and no rooms: write @server.gateway("/point") for Socket.IO',
    ),
    **_each("query_params query_string args", 'write ws.query["name"], or ws.query.get("name")'),
    **_each("path url uri raw_path path_info", _TARGET),
    **_each("params path_parameters match_info", 'write ws.path_params["name"]'),
    **_each("headers request_headers", "write ws.request.headers, which ignores case"),
    **_each("cookies cookie", 'write ws.request.cookies["name"], or ws.request.cookies.get("name")'),
    **_each("peer remote remote_addr host", "write ws.remote_address, a host and a port"),
    **_each("terminate abort", "write ws.transport.abort()"),
    **_each(
        "readyState ready_state application_state client_state open closed is_open is_closed connected",
        "write ws.close_code is None, which says that it is open",
    ),
    **_each("prepare subscribe", "the connection is open when the handler begins: leave it out"),
    **_each("get_argument get_query_argument", 'write ws.query["name"], or ws.query.get("name")'),
    **_each(
        "groups channel_layer channel_name group_send group_add",
        'a raw route has no events and no rooms: write @server.gateway("/point") for Socket.IO',
    ),
    "scope": "write ws.subprotocol for what was agreed; for what was offered "
    'ws.request.headers.get("Sec-WebSocket-Protocol", "").replace(" ", "").split(","), a list'
    "\n    a route with subprotocols=[…] answers 400 to a client that offers none of them"
    "\n    ws.request.path, ws.request.headers, ws.query, ws.path_params and ws.client have the rest",
    "session": f"write {SESSION}",
    **_each(
        "app user data g",
        "write ws.request.state.user = …: what a connection has to remember, or a variable of its handler",
    ),
}
"""Attributes of the connection that a raw route's handler gets."""

REQUEST = {
    **_each("args query_params query_arguments GET", 'write request.query["name"], or request.query.get("name")'),
    **_each(
        "url uri base_url",
        'write request.path for the path, request.target for path and query, request.headers["host"] for the host',
    ),
    **_each("query_string full_path raw_path", "write request.target, which is the path with the query"),
    "scope": "write request.path, request.query, request.headers or request.body",
    **_each("params match_info view_args", 'write request.path_params["name"]'),
    **_each(
        "get_argument get_query_argument get_arguments values",
        'write request.query["name"]; of a form request.form["name"]',
    ),
    "is_disconnected": "a generator as a page is ended when the peer leaves: leave it out",
    "POST": 'write request.form["name"]',
    **_each("data read stream get_data content raw_body arguments", "write request.body, which is all there is"),
    "get_json": "write request.json()\n    for get_json(silent=True)"
    "\n      try:\n          data = request.json()\n      except ValueError:\n          data = None",
    "is_json": 'write "json" in request.headers.get("content-type", "")',
    **_each("remote_addr remote ip access_route", "write request.client.host"),
    **_each("host host_url", 'write request.headers["host"]'),
    **_each("content_type mimetype", 'write request.headers.get("content-type")'),
    **_each("user_agent", 'write request.headers.get("user-agent")'),
    **_each("referrer", 'write request.headers.get("referer")'),
    **_each("authorization auth", 'write request.headers["authorization"], such as "Bearer …"'),
    "content_length": "write len(request.body)",
    **_each(
        "is_secure scheme",
        "it is the same for all requests of a server: https if serve(tls=True) was written, http if not",
    ),
    **_each("url_for", 'write the path itself, such as f"/items/{number}"'),
    **_each("endpoint url_rule blueprint", "write request.path; what a route names is in request.path_params"),
    **_each("user g ctx", "write request.state.user = … where you find it out, request.state.user behind that"),
    "session": f"write {SESSION}",
    "app": "there is no application besides: a variable beside the server is for all requests, request.state for one",
}
"""Attributes of the request that a page's handler gets."""


UPLOAD = {
    **_each("read file stream data content seek", "write file.body, its bytes, without await"),
    **_each("content_type mimetype media_type headers", "write file.type"),
    **_each("size content_length", "write len(file.body)"),
    "name": "write file.filename",
    **_each("save", 'write pathlib.Path("name of your own").write_bytes(file.body)'),
    "close": "it is not open: leave it out",
    **{name: f"write file.body.{name}(…)" for name in ("decode", "splitlines", "split", "hex", "startswith", "find")},
}
"""Attributes of a file of a form."""


ON_RESPONSE = {
    "unset_cookie": 'write delete_cookie("name")',
    "cookie": 'write set_cookie("name", "value", max_age=3600, httponly=True)',
    **_each("status_code", "write status"),
    **_each("mimetype content_type media_type", "write type"),
    "set_header": 'write ls.Response(body, headers={"X-Name": "value"})',
    **_each("json text data content", "write body"),
}
"""Attributes of `Response`."""


def no_attribute_to_set(what: str, write: str, value: object) -> str:
    """Return that an attribute of a value cannot be set, and what to write in front of the caller's value."""
    given = repr(value) if isinstance(value, str | int | float | None) else ""
    return spelled(f"{what} is not changed: write {write}{given if 0 < len(given) <= 60 else '…'}")


def has_fields(kind: Any) -> bool:
    """Whether a class is made of the members of a body."""
    fields = ("__dataclass_fields__", "model_fields", "__struct_fields__", "__attrs_attrs__")
    of_typing = ("__required_keys__", "_fields")  # TypedDict and NamedTuple
    is_model = any(base.__name__ == "BaseModel" for base in getattr(kind, "__mro__", ()))
    return is_model or any(hasattr(kind, name) for name in (*fields, *of_typing))
