"""Names that other libraries have and livesock has not: `ls.FastAPI` raises an error that says what to write here.

`livesock/__init__.py` looks here for a name that it does not know; until then nothing loads this module.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Iterable, Mapping

from livesock.advice.attributes import used_with
from livesock.advice.instead import known_as
from livesock.advice.spelled import spelled
from livesock.foreign.calls import client_options_written, options_written
from livesock.foreign.classes import (
    GATEWAYS,
    application_written,
    bases_written,
    classes_written,
    gateways_written,
    refusal_written,
    replies_written,
)
from livesock.foreign.program import (
    APPLICATIONS,
    REDIS,
    address_written,
    calls_in,
    client_written,
    imports_written,
    mentions,
    name_of,
    names_written,
    program,
    servers_written,
)
from livesock.foreign.routes import depends_written, routes_written
from livesock.net.http.habits import (
    ADDS_ROUTES,
    CHECKS,
    PAGES_OF_JINJA,
    REASONS,
    SESSION,
    TEST_CLIENT,
    TEST_PAGES,
    made_with,
)
from livesock.net.loop.explain import SLEEP

__all__ = ["FOREIGN_NAMES", "instead_of", "made_by_calling", "no_module", "not_here", "undefined_names"]


def not_here(name: str, imported: tuple[str, ...], known: list[str]) -> str:
    """Return what to write instead of `name`, and instead of each name that was to be `imported` beside it.

    `known` are the names that `livesock` has. What the same code reads as `ls.name`, without an import, counts, too.
    """
    beside = imported or (used_with(sys.modules["livesock"], name) if instead_of(name) else [])
    strange = [other for other in dict.fromkeys((name, *beside)) if other not in known and other[:1] != "_"]
    strange = strange if imported else [other for other in strange if other == name or instead_of(other)]
    strange += _elsewhere(strange, known) if imported or instead_of(name) else []
    lines, unknown = _lines(strange)
    options = [*(bases_written() if "Namespace" in imports_written() else []), *options_written(strange)]
    options += [*client_options_written(strange), *routes_written()]
    if len(strange) == 1 and not options:
        better = f": write {instead_of(name)}" if lines else f"; it has {', '.join(known)}"
        text = f"module 'livesock' has no attribute {name!r}{better}"
    else:
        lines += options
        lines += [f"{', '.join(unknown)}: no such name; it has {', '.join(known)}"] if unknown else []
        text = "\n  ".join(["module 'livesock' has none of these:", *lines])
    return spelled(text, imports=bool(imported), variable=_variable(strange))


def no_module(module: str, imported: tuple[str, ...], known: list[str]) -> str | None:
    """Return what to write instead of each name that was to be `imported` from a module of another library.

    None for a module of which neither its own name nor one of these is one of another library or of ours.
    """
    ours = [name for name in imported if name in known]
    strange = [name for name in imported if name not in known]
    if module not in FOREIGN_MODULES and not (ours or _lines(strange)[0]):
        return None
    strange += _elsewhere(strange, known)
    lines, unknown = _lines(strange)
    lines += [*options_written(strange), *client_options_written(strange), *routes_written()]
    head = f"livesock has no module {module!r}"
    lines += [f"{', '.join(ours)}: write from livesock import {', '.join(ours)}"] if ours else []
    lines += [f"{', '.join(unknown)}: no such name; it has {', '.join(known)}"] if unknown else []
    text = "\n  ".join([f"{head}:", *lines] if lines else [f"{head}: write import livesock as ls"])
    return spelled(text, imports=True, variable=_variable(strange))


def made_by_calling(arguments: tuple[object, ...], options: Mapping[str, object], known: list[str]) -> str:
    """Return what to write for `Server(3000, {…})`, and for the other names of its library in the same program.

    A program that makes several servers is not read: which of its lines belong to this one is not known.
    """
    made = [name_of(call.func) for call in calls_in(program()) if name_of(call.func) in ("Server", "serve")]
    servers = servers_written()
    is_one = sorted(made) == ["Server", "serve"] and bool(servers.later)
    if made != ["Server"] and not is_one:
        own = made_with(arguments, options, [*inspect.signature(sys.modules["livesock"].serve).parameters])
        if made == ["serve", "Server"] and servers.ours and servers.theirs:  # and no other one
            given, *lines = own.partition("ls.serve(")[2].split("\n  ")
            there = f", with {given[:-1]} in its brackets" if given != ")" else ""
            own = "\n  ".join([f"{_as_one_server('')}{there}", *lines])
        return own
    variables = " = ".join(servers.theirs) or "server"
    head, *lines = options_written(["Server"]) or [f"write {variables} = ls.serve()"]
    beside = _elsewhere(["Server"], known)
    lines += [*_lines(beside)[0], *client_options_written(beside)]
    head = head.partition("write ")[2].removesuffix(":")
    leave = f"; leave out {servers.later} below it" if servers.later else ""
    return "\n  ".join([f"{head}{leave}", *lines])


def _elsewhere(names: list[str], known: list[str]) -> list[str]:
    """Return the names of other libraries that the program asks for elsewhere; `Server` is one if it is called."""
    is_made = any(name_of(call.func) == "Server" for call in calls_in(program()))
    left_out = {*names, *known} - ({"Server"} - {*names} if is_made else set())
    return [name for name in dict.fromkeys(names_written()) if name not in left_out and instead_of(name)]


def _variable(names: Iterable[str]) -> str:
    """Return how the program calls its server, or the users of a library what its class makes: `app = FastAPI()`."""
    servers = servers_written()
    if known := [*([servers.ours] if servers.ours else []), *servers.theirs]:
        return "server" if "server" in known else known[0]  # all of them are one
    return "app" if {"FastAPI", "Starlette", "Flask"} & {*names} else "sio" if "AsyncServer" in names else "server"


def _lines(names: list[str]) -> tuple[list[str], list[str]]:
    """Return a line for each sentence, with the names that it is about, and the names of which there is none."""
    sentences: dict[str, list[str]] = {}
    for name in names:
        write = _AS_EMIT if name == "send" and "emit" in names else instead_of(name)
        sentences.setdefault(write or "", []).append(name)
    unknown = sentences.pop("", [])
    return [f"{', '.join(same)}: write {write}" for write, same in sentences.items()], unknown


def instead_of(name: str) -> str | None:
    """Return what to write instead of `name`, None for one that no other library has either."""
    written = gateways_written() if name in GATEWAYS else classes_written(name) if name == "AsyncNamespace" else ""
    if written:
        return f"{written}, below server = ls.serve(), and without a base"
    if name in APPLICATIONS and (given := application_written(name)) is not None:
        servers = servers_written()
        held = f"{' = '.join(servers.theirs)} = {servers.ours} in its place" if servers.ours and servers.theirs else ""
        in_place = held or "no application: leave its line out"
        return "\n    ".join([f"{in_place}, {_NO_APPLICATION}", *given])
    write = known_as(name, FOREIGN_NAMES)
    if write and name in ("Depends", "Security") and depends_written():
        write = write.replace(_CALLS, "")
    if write and name in ("AsyncClient", "AsyncSimpleClient") and mentions("Queue"):
        write = f"{write}{_QUEUE}"
    if write and (client := client_written()):
        write = re.sub(r"\bpoint\b", client, write)
    if write and name == "SubscribeMessage":
        write += replies_written()
    if write and name in _MAKE_SERVERS:
        write = _as_one_server(write)
    if write and name in ("abort", "HTTPException") and (refusal := refusal_written(name)):
        write = write.replace("return ls.Response({…}, status=404, headers={…})", refusal, 1)
    return write.replace(REDIS, address_written("redis", REDIS)) if write and REDIS in write else write


_QUEUE = (
    "\n    a queue that a handler fills is got = queue.Queue(), with got.put(1) in it, and "
    "await asyncio.to_thread(got.get) elsewhere, with import queue"
)


def _as_one_server(write: str) -> str:
    """Return what to write for a server of another library, with the variables that the program has for its servers."""
    servers = servers_written()
    names = " = ".join(servers.theirs)
    if servers.ours and names:
        held = f"{names} = {servers.ours}, which ls.serve() has returned"
        return f"{held}: one server is for pages, raw routes and Socket.IO"
    if not names:
        return write
    leave = f"; leave out {servers.later} below it" if servers.later else ""
    return f"{names} = {_FOR_TWO_NAMES.sub('', write)}{leave}"


_FOR_TWO_NAMES = re.compile(r": \w+ = \w+ = ls\.serve\(\) for two names")

_MAKE_SERVERS = ("Server", "NestFactory", "AsyncServer", "Flask", "SocketIO", "FastAPI", "Starlette")


def undefined_names(names: list[str], known: list[str]) -> str | None:
    """Return what to write for names that a handler uses and its module has not.

    None if the first of them, which Python has complained of, is of no library.
    """
    said: dict[str, str] = {}
    for name in names:
        write = f"ls.{name}" if name in known else FOREIGN_NAMES.get(name)
        write = _NO_SOCKET if name == "socket" else write
        write = _SERVER if name in ("app", "io", "sio", "socketio") else write
        if write is None and not said:
            return None
        if write is not None:
            said[name] = write
    if len(said) == 1:
        return f"write {next(iter(said.values()))}"
    return "; ".join(f"for {name} write {write}" for name, write in said.items()) or None


_NO_SOCKET = (
    'server.of("/").emit("name", …) where there is no peer, as in a page, server.of("/").to(sid).emit("name", …) for '
    "one whose id is known; in an event socket is the first argument, "
    "def move(socket, data): …; a client is ls.socket(url)"
)
_SERVER = "server, the variable that ls.serve() has returned"

_CATCH = (
    "except TimeoutError: … for a call without an answer, except ls.Refused: … for a refusal, except OSError: … for a "
    "server that is not there, except ls.LivesockError: … for the rest; those of raw connections are in "
    "websockets.exceptions"
)


def _speak(event: str) -> str:
    return (
        f"socket.emit({event}) in a handler for its peer, socket.namespace.emit({event}) for all, "
        f"socket.namespace.to(room).emit({event}) for a room; without the peer itself socket.broadcast.emit({event}), "
        f'socket.to(room).emit({event}); in another namespace server.of("/other") in place of socket.namespace'
        f'\n    server.of("/").emit({event}) in a page or a thread, where there is no socket'
    )


_NO_APPLICATION = (
    "for the server has the routes itself; server.run() in place of what runs it, at the end of a script that only "
    "serves"
)


_AS_EMIT = (
    'what stands here for emit, with "message", text for send(text), and "json", value for send(value, json=True)'
)

_FOLDER = (
    'server.static("/files", "folder") beside the server, in place of the whole page: the path, and the folder, whose '
    "files alone it sends, or 404"
)

_NO_PAGE = (
    "return ls.Response({…}, status=404, headers={…})"
    "\n    if a helper of a page returns it, the handler hands it on: value = helper(request), and "
    "if isinstance(value, ls.Response): return value"
)

_OF_NEST = {
    "HttpException": 400,
    "BadRequestException": 400,
    "UnauthorizedException": 401,
    "ForbiddenException": 403,
    "NotFoundException": 404,
    "ConflictException": 409,
    "UnprocessableEntityException": 422,
    "InternalServerErrorException": 500,
}
"""Errors of NestJS, and the statuses of their answers."""

_LOGIN = (
    "users = {} beside the server, and import secrets at the top; in the page that has checked the password"
    "\n      token = secrets.token_urlsafe()"
    "\n      users[token] = name"
    '\n      response = ls.Response("ok")'
    '\n      response.set_cookie("token", token, httponly=True, samesite="Lax")'
    "\n      return response"
    '\n    in other pages user = users.get(request.cookies.get("token")), which is None for a stranger; in an event '
    'users.get(socket.handshake.cookies.get("token"))'
    '\n    to log out users.pop(request.cookies.get("token"), None)'
)

_CALLS = (
    "\n    a class or function with parameters of its own gets each: Commons(request.query.get('q'), "
    "int(request.query.get('skip', 0)))"
    "\n    with a yield: @contextlib.contextmanager above it, and with get_db() as db: … in the handler; of an "
    "async def @contextlib.asynccontextmanager, and async with"
)
"""How what a page depends on is called, where its line does not say so."""

_DEPENDS = (
    f"the call itself in the handler, user = find_user(request), with await if it is async def{_CALLS}"
    "\n    one that may refuse: return ls.Response(…, status=401) in it, and behind the call "
    "if isinstance(user, ls.Response): return user"
    "\n    in a WebSocket handler user = find_user(ws), and raise ls.Refused('why') in it to refuse: that closes with "
    "1008"
)

FOREIGN_MODULES = (
    *(
        "adapter",
        "aio",
        "aiohttp",
        "applications",
        "asyncio",
        "background",
        "cors",
        "exceptions",
        "fastapi",
        "flask",
        "middleware",
    ),
    *("namespace", "params", "requests", "responses", "routing", "security", "socketio", "sse", "starlette"),
    *("staticfiles", "sync", "templating", "test", "testclient", "websocket", "websockets"),
)
"""Modules that other libraries have, or that are other libraries."""

FOREIGN_NAMES = {
    **dict.fromkeys(
        (
            "FastAPI",
            "Starlette",
            "Application",
            "create_app",
            "create_server",
            "createServer",
            "listen",
            "NestFactory",
            "Express",
            "HttpServer",
        ),
        'ls.serve(); the address of a page is server.url("/page", "http")',
    ),
    "Server": "ls.serve(), once for pages, raw routes and Socket.IO: sio = app = ls.serve() for two names",
    "AsyncServer": "ls.serve(), once for pages, raw routes and Socket.IO: sio = app = ls.serve() for two names",
    **dict.fromkeys(
        ("Flask", "SocketIO"),
        "ls.serve(), once for pages, raw routes and Socket.IO: app = socketio = ls.serve() for two names; the address "
        'of a page is server.url("/page", "http")',
    ),
    **dict.fromkeys(
        (
            "run",
            "uvicorn",
            "hypercorn",
            "run_simple",
            "eventlet",
            "gevent",
            "gunicorn",
            "werkzeug",
            "daphne",
            "waitress",
        ),
        "server.run(), with nothing in the brackets, at the end of a script; host and port stand in "
        'server = ls.serve(host="127.0.0.1", port=8080) at its top; reload and workers: leave them out',
    ),
    "Config": 'ls.serve(host="127.0.0.1", port=8000), with server.run() at the end of the script: nothing else runs it',
    **dict.fromkeys(
        ("Client", "SimpleClient", "io"),
        "point = ls.socket(url), which connects: leave connect() out, and write its options and those of the class in "
        "ls.socket()",
    ),
    "Manager": 'point = ls.socket(url), the socket of "/"; chat = point.of("/chat", {"token": "…"}) for '
    'manager.socket("/chat", {"auth": {"token": "…"}})',
    **dict.fromkeys(
        ("AsyncClient", "AsyncSimpleClient"),
        "point = ls.socket(url), which connects: leave connect() out; plain def handlers, with time.sleep(1) for await "
        "asyncio.sleep(1) in them, and no await before emit, call and disconnect; elsewhere await asyncio.sleep(1) for "
        "sio.sleep(1), and await asyncio.to_thread(point.wait) for await sio.wait()"
        "\n    beside other tasks point = await asyncio.to_thread(ls.socket, url), and for an answer "
        'await asyncio.to_thread(point.call, "name", 1)',
    ),
    **dict.fromkeys(
        ("ClientNamespace", "AsyncClientNamespace"),
        'point = ls.socket(url), whose path is the namespace, and @point.on("name") above each function',
    ),
    **dict.fromkeys(
        ("WebSocketGateway", "AsyncNamespace", "gateway"),
        '@server.gateway("/point") above class Point: …, below server = ls.serve() and without a base; nothing else '
        "registers it",
    ),
    **dict.fromkeys(
        ("OnGatewayConnection", "OnGatewayDisconnect"),
        "def on_connect(self, socket): … in the gateway, which has no base, and def on_disconnect(self, socket, "
        "reason): …; def on_connected(self, socket): … runs when the peer is in: a peer that on_connect refuses or "
        "disconnects gets neither this nor on_disconnect",
    ),
    **dict.fromkeys(
        ("Route", "Router", "Mount", "WebSocketRoute", "HTTPEndpoint"),
        '@server.get("/path") above def page(request): … for each Route, post, put, patch or delete for its methods; '
        '@server.websocket("/path") above async def talk(ws): … for each WebSocketRoute'
        '\n    server.static("/static", "static") for Mount with StaticFiles; of other routes the whole path at each',
    ),
    **dict.fromkeys(
        (
            "WebsocketConsumer",
            "AsyncWebsocketConsumer",
            "AsyncJsonWebsocketConsumer",
            "WebSocketHandler",
            "WebSocketEndpoint",
            "WebSocketResponse",
        ),
        '@server.websocket("/path") above async def talk(ws): …, and in it async for message in ws: …',
    ),
    **dict.fromkeys(
        (
            "AsyncRedisManager",
            "AsyncManager",
            "PubSubManager",
            "AsyncPubSubManager",
            "RedisManager",
            "KombuManager",
            "AsyncAioPikaManager",
            "RedisAdapter",
            "createAdapter",
            "createShardedAdapter",
            "createClusterAdapter",
            "get_channel_layer",
        ),
        'ls.serve(cluster=ls.cluster.redis("redis://127.0.0.1:6379")); for a script with write_only=True, which '
        'serves nobody, emitter = ls.cluster.emitter(ls.cluster.redis("redis://127.0.0.1:6379")), and '
        'emitter.emit("name", …)',
    ),
    **dict.fromkeys(("CORSMiddleware", "CORS", "cors"), 'ls.serve(origins=["https://example.org"])'),
    **dict.fromkeys(("middleware", "use", "NestMiddleware"), '@server.of("/").use above def enter(socket): …'),
    **dict.fromkeys(
        ("async_to_sync", "sync_to_async"), "the call itself: emit, to and join may be called from any thread"
    ),
    "sleep": SLEEP.removeprefix("write "),
    **dict.fromkeys(("IOLoop", "get_event_loop"), "server.run() at the end of a script: a server has its own loop"),
    **dict.fromkeys(
        ("start_background_task", "create_task", "BackgroundTasks", "BackgroundTask"),
        "thread = threading.Thread(target=f, args=(1,), daemon=True), and thread.start(), for a plain def f(n); "
        "asyncio.create_task(f(1)) for an async "
        "def, in an async def handler; elsewhere @server.task above async def f(), which begins at once",
    ),
    "session": f'socket.data["name"] in an event, for as long as its peer is there\n    for pages write {SESSION}',
    "g": "request.state.user = … in a page, for as long as it is answered; socket.data in an event: a dict, yours, one "
    "for each peer",
    "current_app": "server itself; what belongs to one request is in request.state, to one peer in socket.data",
    **dict.fromkeys(
        ("SubscribeMessage", "Subscribe", "MessagePattern", "EventPattern", "on", "on_event"),
        '@ls.event("name") in a gateway, or @server.of("/").on("name")',
    ),
    **dict.fromkeys(
        ("join_room", "enter_room", "join"),
        'socket.join(room) in a handler; of another peer server.of("/").to(id).join(room)',
    ),
    **dict.fromkeys(
        ("leave_room", "leave"), 'socket.leave(room) in a handler; of another peer server.of("/").to(id).leave(room)'
    ),
    "emit": _speak('"name", …'),
    "send": _speak('"message", text') + '\n    "json", value in place of "message", text for send(value, json=True)',
    "broadcast": 'socket.broadcast.emit("name", …) in a handler for the others, socket.namespace.emit("name", …) for '
    "all; to raw connections websockets.broadcast(connections, text), with import websockets at the top",
    "close_room": 'server.of("/").to("room").leave("room")',
    "rooms": 'socket.rooms in a handler, server.of("/").to(id).sockets()[0].rooms elsewhere',
    "reason": REASONS,
    **dict.fromkeys(
        ("ConnectionClosed", "WebSocketDisconnect"),
        "websockets.exceptions.ConnectionClosed, with import websockets at the top; websockets.broadcast(connections, "
        "text) sends to several, and leaves out those that have gone",
    ),
    "ConnectionClosedOK": "websockets.exceptions.ConnectionClosedOK",
    "ConnectionClosedError": "websockets.exceptions.ConnectionClosedError",
    "exceptions": f"raise ls.Refused('why') in on_connect; {_CATCH}",
    **dict.fromkeys(("TimeoutError", "ConnectionError", "BadNamespaceError", "DisconnectedError"), _CATCH),
    "WebSocketState": "ws.close_code is None, which says that it is open",
    "WSMsgType": "async for message in ws: …, where a message is a str or bytes itself",
    **dict.fromkeys(
        (
            "WsException",
            "UnauthorizedError",
        ),
        "raise ls.Refused('why')",
    ),
    **{
        name: f"return ls.Response({{'message': 'why', 'statusCode': {status}}}, status={status}) in a page, raise "
        "ls.Refused('why') in a gateway"
        for name, status in _OF_NEST.items()
    },
    **dict.fromkeys(
        ("UseFilters", "Catch", "BaseWsExceptionFilter"),
        'raise ls.Refused("why") in the method, or ls.Refused("why", {…}): its peer hears the event exception; '
        "other errors are in server.errors; for another answer a decorator of your own, with functools.wraps, below "
        'each @ls.event("name"): ask in it what a guard would ask, for what @ls.guard refuses is the event exception',
    ),
    "Ack": "return value in the method: it is the answer",
    "OnGatewayInit": "def __init__(self): … in the gateway, which has no base and no server yet; what needs the server "
    'stands below the class, with server.of("/point")',
    **dict.fromkeys(
        ("Injectable", "Inject", "InjectRepository", "ModuleRef", "forwardRef", "Module", "Global", "DynamicModule"),
        "def __init__(self): self.service = Service() in the gateway, which is made without arguments; there are no "
        "modules: what several gateways share is a variable beside the server",
    ),
    "WsAdapter": '@server.websocket("/raw") above async def talk(ws): …, and in it async for message in ws: …, for raw '
    "frames, with json.loads(message); a gateway speaks Socket.IO",
    **dict.fromkeys(
        ("IoAdapter", "ServerOptions"),
        'ls.serve(port=3000, origins=["https://example.org"], sessions={"ping_interval": 25}): its options; several '
        'servers ls.serve(cluster=ls.cluster.redis("redis://127.0.0.1:6379"))',
    ),
    **dict.fromkeys(
        ("SetMetadata", "Reflector", "applyDecorators", "createParamDecorator"),
        'a function that makes the guard: def roles(*names): return lambda socket, *arguments: socket.data.get("role") '
        'in names, and @ls.guard(roles("admin")) above the method',
    ),
    **dict.fromkeys(
        ("Throttle", "ThrottlerGuard", "ThrottlerModule"),
        "@ls.guard(allows) above the gateway, where allows(socket, *arguments) counts in socket.data, and is false if "
        "there are too many",
    ),
    **dict.fromkeys(
        ("AuthGuard", "JwtAuthGuard", "JwtService", "PassportStrategy"),
        'def on_connect(self, socket): … in the gateway, and in it token = (socket.handshake.auth or {}).get("token"), '
        "and raise ls.Refused('why') if it is wrong",
    ),
    "Logger": 'logging.getLogger("app").info("text"), with import logging and logging.basicConfig(level="INFO") at the '
    "top",
    "ConfigService": 'os.environ["NAME"], with import os',
    **dict.fromkeys(
        ("Controller", "Get", "Post", "Put", "Patch", "Delete", "All"),
        '@server.get("/path") above def page(request): …, with post, put, patch or delete for another method; for the '
        "201 of a post in Nest return ls.Response(value, status=201)",
    ),
    **dict.fromkeys(
        ("Observable", "Subject", "from_", "of", "map", "interval", "fromEvent"),
        'async def move(self, socket, data): … in the gateway, and in it yield ls.Reply("name", …) for each value',
    ),
    **dict.fromkeys(("Interval", "Cron", "Timeout"), "server.every(1.0, function), in seconds"),
    "OnEvent": "the call of the function itself: nothing is sent between parts of a program",
    **dict.fromkeys(("Test", "TestingModule"), TEST_CLIENT),
    "instrument": "server.trace, which has every byte",
    **dict.fromkeys(
        ("UseInterceptors", "NestInterceptor", "CallHandler"),
        'a decorator of your own, with functools.wraps, below @ls.event("name"); for a whole class below each of them',
    ),
    **dict.fromkeys(
        ("ExecutionContext", "ArgumentsHost", "WsArgumentsHost"),
        "def allows(socket, *arguments): …, which gets what the handler gets; above a class it is asked at the "
        "connection, too, without arguments",
    ),
    "ConnectionRefusedError": "raise ls.Refused('why') in on_connect, or ls.Refused('why', {…}) with data",
    "disconnect": "socket.disconnect() in a handler for its peer, socket.namespace.to(sid).disconnect() for another",
    "abort": f"{_NO_PAGE}\n    in on_connect, in use and in an event of Socket.IO raise ls.Refused('why')",
    "HTTPException": f"{_NO_PAGE}\n    in a raw route raise ls.Refused('why'), which closes it with 1008; the same in "
    "on_connect, in use and in an event of Socket.IO",
    **dict.fromkeys(
        ("JSONResponse", "jsonify"),
        "return {…}, the dict itself, or return ls.Response({…}, status=201) for another status",
    ),
    **dict.fromkeys(
        ("redirect", "RedirectResponse"),
        'return ls.Response("", status=303, headers={"Location": "/"}) in a page; in an event '
        'socket.emit("redirect", "/"), for the script of its page',
    ),
    "PlainTextResponse": "return the text itself, or ls.Response(text, status=200)",
    **dict.fromkeys(
        ("FileResponse", "send_file"),
        'return ls.Response(pathlib.Path("style.css").read_bytes(), type="text/css"), of a file whose path stands in '
        "the code, with import pathlib at the top"
        '\n    with headers={"Content-Disposition": \'attachment; filename="style.css"\'} for a name under which it is '
        "stored; buffer.getvalue() in place of pathlib.Path(…).read_bytes() for an io.BytesIO"
        f"\n    a name that comes from a peer may be ../secret.txt: never open it; {_FOLDER}",
    ),
    "send_from_directory": _FOLDER,
    "secure_filename": "pathlib.PureWindowsPath(file.filename).name, with import pathlib: the last part of what the "
    "peer sent, on any system; a name of your own, such as uuid.uuid4().hex, cannot replace a file that is there",
    "Form": 'request.form["name"] in the handler, also beside a file; it answers 422 without it, '
    'request.form.get("name", "") does not',
    **dict.fromkeys(
        ("File", "UploadFile"),
        'file = request.files["name"] in the handler, and file.filename, file.type, file.body, without await; the '
        'other fields are in request.form; several files of one name request.files.getlist("name")',
    ),
    "Body": "request.json() in the handler",
    **dict.fromkeys(("Path", "PathParam", "Param"), 'request.path_params["name"] in the handler'),
    "Cookie": 'request.cookies["name"] in the handler, which answers 422 without it, or request.cookies.get("name"); '
    "of a WebSocket ws.request.cookies",
    "status": "the number itself, in return ls.Response(value, status=201) of a page, in await ws.close(1008, 'why') "
    "of a raw route; http.HTTPStatus has their names, as http.HTTPStatus.CREATED",
    "call": 'socket.call("name", …) in a handler, with await in an async def',
    **dict.fromkeys(("create_connection", "websocket_connect", "ws_connect", "ClientSession"), "ls.connect(url)"),
    **dict.fromkeys(
        ("WebSocket", "WebSocketApp"),
        '@server.websocket("/path") above async def talk(ws): …, without an annotation and without accept(): await '
        "ws.recv() and await ws.send(text) for all kinds of messages, json.loads and json.dumps for JSON; a client is "
        "ls.connect(url)",
    ),
    "request": "request itself, the argument of def page(request): …, with request.json() for get_json() and json, "
    "request.query for args; in a handler of events, def move(socket, data): "
    "…, socket.id for request.sid, socket.namespace.name for request.namespace, socket.handshake.query for "
    "request.args, also .headers, .cookies, .auth, .address; for request.event the name itself, "
    'of @server.of("/").on("*") above def any(socket, name, *arguments): …',
    "current_user": 'socket.data["user"], which on_connect has set; in a page request.state.user',
    **dict.fromkeys(
        ("login_required", "authenticated_only"),
        '@ls.guard(allows) below @server.of("/").on("name"), with def allows(socket, *arguments): return "user" in '
        f"socket.data above it\n    for a page {CHECKS}",
    ),
    **dict.fromkeys(
        ("copy_current_request_context", "has_request_context"),
        "nothing: any thread may use socket, so "
        "threading.Thread(target=work, args=(socket,), daemon=True).start() hands it on",
    ),
    "Request": "def page(request): …, without an annotation",
    "Query": 'limit = int(request.query.get("limit", 10)) in the handler for limit: int = Query(10, le=100), and '
    'behind it if limit > 100: return ls.Response({"detail": "at most 100"}, status=422)'
    '\n    a list is request.query.getlist("name"); of a WebSocket ws.query in place of request.query',
    "Header": 'request.headers["x-key"] in the handler, which answers 422 without it, or request.headers.get("x-key"); '
    "of a WebSocket ws.request.headers",
    **dict.fromkeys(("Depends", "Security"), _DEPENDS),
    **dict.fromkeys(
        ("HTTPBasic", "HTTPBasicCredentials"),
        'scheme, _, token = request.headers.get("authorization", "").partition(" "), and if scheme.lower() == "basic": '
        'name, _, password = base64.b64decode(token).decode().partition(":"), with import base64 at the top'
        '\n    its refusal is return ls.Response("no", status=401, headers={"WWW-Authenticate": "Basic"})',
    ),
    "OAuth2PasswordRequestForm": 'request.form["username"] and request.form["password"] in the handler',
    **dict.fromkeys(
        ("HTTPBearer", "HTTPAuthorizationCredentials", "APIKeyHeader", "OAuth2PasswordBearer"),
        f'request.headers.get("authorization", ""), such as "Bearer …", in {CHECKS}'
        '\n    its answer names what it wants: ls.Response("no", status=401, headers={"WWW-Authenticate": "Bearer"})',
    ),
    **dict.fromkeys(
        ("RequestValidationError", "ValidationError"),
        "nothing: what a request lacks or cannot be converted is answered 422, and stands in server.errors",
    ),
    **dict.fromkeys(
        ("Jinja2Templates", "render_template", "render_template_string"),
        f"{PAGES_OF_JINJA}\n    env.from_string(text) in place of env.get_template(…) for a template in a text",
    ),
    "run_in_threadpool": "await asyncio.to_thread(f, 1), or a plain def handler, which runs on a thread",
    **dict.fromkeys(
        ("BaseHTTPMiddleware",),
        f"{CHECKS}",
    ),
    "TrustedHostMiddleware": 'ls.serve(hosts=["example.com"]); this machine\'s own names are allowed in any case',
    "HTTPSRedirectMiddleware": "ls.serve(tls=True), which answers https alone; a redirect is for the proxy in front",
    "SessionMiddleware": SESSION,
    **dict.fromkeys(("login_user", "logout_user", "LoginManager", "UserMixin"), _LOGIN),
    **dict.fromkeys(
        ("MethodView", "Resource"),
        '@server.get("/path") above def page(request): …, in place of its method get, and post, put, patch or delete '
        "for the others; what they share is a variable beside the server",
    ),
    **dict.fromkeys(
        ("generate_password_hash", "check_password_hash"),
        "from werkzeug.security import generate_password_hash, check_password_hash, which work without Flask",
    ),
    **dict.fromkeys(
        ("Sock", "Sockets"),
        '@server.websocket("/echo") in place of @sock.route("/echo"), above async def echo(ws): …; and in it '
        "await ws.recv() for ws.receive(), await ws.send(text) for ws.send(text)",
    ),
    "escape": "html.escape(text), with import html",
    "GZipMiddleware": "nothing: answers are not compressed; a proxy in front may do it",
    "jsonable_encoder": "return item.model_dump(mode='json') for a model of pydantic, dataclasses.asdict(item) for a "
    "dataclass",
    "url_for": 'the path itself, such as f"/items/{number}"; with host and port server.url("/items/7", "http")',
    **dict.fromkeys(
        ("flash", "get_flashed_messages"),
        'ls.Response("", status=303, headers={"Location": "/", "Set-Cookie": "message=saved; Path=/"}), and on the '
        'next page request.cookies.get("message")',
    ),
    "stream_with_context": "the generator itself, or yield text in def page(request): …: the request is there",
    "after_this_request": "return ls.Response(body, headers={…}) from the handler",
    "WebSocketException": "raise ls.Refused('why'), which ends the handler and closes with 1008, also in a function "
    "that it calls: the peer is in by then, and its recv() raises; for another code await ws.close(1000, 'why') in the "
    "handler itself, and return behind it",
    "APIRouter": f"{ADDS_ROUTES}; a str that a handler returns is sent as text, not as JSON",
    "Blueprint": ADDS_ROUTES,
    "StaticFiles": 'server.static("/static", "static") in place of server.mount(…): the path, and the folder',
    **dict.fromkeys(("HTMLResponse", "make_response", "Markup"), 'return ls.Response(html, type="text/html")'),
    **dict.fromkeys(
        ("StreamingResponse", "EventSourceResponse", "Sse", "MessageEvent"),
        "def page(request): …, or async def, and in it yield text for each part; yield ls.ServerSentEvent(text) for "
        'events\n    with "data: …" texts for events already: return ls.Response(parts(), type="text/event-stream")'
        '\n    with another type: return ls.Response(parts(), type="text/csv"), where def parts(): … has the yields; '
        "yield from only in a plain def",
    ),
    **dict.fromkeys(
        ("TestClient", "ASGITransport"),
        f"{TEST_PAGES}, as before, and follow_redirects=True in httpx.Client() to follow them"
        "\n    with server: … for with TestClient(app): …, once for all tests: its end stops the server and its tasks"
        '\n    a raw WebSocket: with ls.connect(server.url("/ws")) as ws: …, and in it ws.send(text) and '
        "ws.recv(timeout=1)"
        '\n    Socket.IO: with ls.socket(server.url("/chat")) as point: …, and in it point.call("name", …)',
    ),
    **dict.fromkeys(("test_client", "SocketIOTestClient"), TEST_CLIENT),
    **dict.fromkeys(
        (*APPLICATIONS, "Middleware", "attach"),
        "no application, for the server has the routes itself:\n"
        '  for static_files it is server.static("/static", "site"); for {"/": "index.html"} @server.get("/") above '
        'def page(request): …, and in it return ls.Response(open("index.html", "rb").read(), type="text/html")\n'
        '  ls.serve(sessions={"path": "/live/"}) for socketio_path="live"\n'
        "  @server.get(path) above def page(request): … for each page of another app\n"
        "  ls.serve(port=5000), and server.run() at the end of the script, for uvicorn.run(app, port=5000)",
    ),
    **dict.fromkeys(
        ("UseGuards", "CanActivate"),
        "@ls.guard(allows) above the class or a method of a gateway, where allows(socket, *arguments) is true or "
        "false; above a class it is asked at the connection, too, without arguments",
    ),
    **dict.fromkeys(
        ("MessageBody", "ConnectedSocket"),
        'def move(self, socket, data): …, and data["text"] in it, for both; or data: Move, where Move is a dataclass '
        "or a model of pydantic",
    ),
    **dict.fromkeys(
        ("UsePipes", "ValidationPipe", "IsString", "IsInt", "IsNumber", "IsNotEmpty", "IsOptional", "ValidateNested"),
        "def move(self, socket, data: Move): …, where Move is a dataclass or a model of pydantic; or x: int, which "
        "refuses what does not fit; for whitelist=True a model of pydantic, which leaves out what it does not know: a "
        "dataclass refuses it",
    ),
    **dict.fromkeys(
        ("ParseIntPipe", "ParseFloatPipe"),
        "x = int(x) in the method, where a text that is no number is the fault of its peer, which is told so; or "
        "def move(self, socket, x: int): …, which refuses a text",
    ),
    "ParseBoolPipe": 'x = x == "true" in the method, or def move(self, socket, x: bool): …, which refuses a text',
    "PipeTransform": "a plain function, data = cleaned(data) in the method, with raise ls.Refused('why') in it",
    "WebSocketServer": 'self.namespace.emit("name", …) or self.namespace.to(room).emit("name", …) in a method: it is '
    'there, leave the line out; self.server speaks to \'/\'; in a page server.of("/point").to(room).emit("name", …)'
    '; of the library ws it is @server.websocket("/path") above async def talk(ws): …, and ls.serve(port=8080) for '
    "its port",
    **dict.fromkeys(
        ("Req", "Res"),
        "def page(request): …, without an annotation; what it returns is the answer, with a status "
        "ls.Response(value, status=201)",
    ),
    **dict.fromkeys(
        ("HttpCode", "HttpStatus"), "return ls.Response(value, status=201) in the page; http.HTTPStatus has the names"
    ),
    "json": "import json at the top, for json.loads(text); express.json() is not needed: request.json() reads a body",
    "urlencoded": "nothing: request.form reads the body of a form",
    "static": 'server.static("/static", "folder")',
    "WsResponse": 'return ls.Reply("name", …)',
}
"""What other libraries have, and what to write here instead."""
