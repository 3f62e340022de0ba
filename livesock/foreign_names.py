"""Names that other libraries have and livesock has not: `ls.FastAPI` raises an error that says what to write here.

`livesock/__init__.py` looks here for a name that it does not know; until then nothing loads this module.
"""

from __future__ import annotations

import dis
from types import FrameType

from livesock.net.http.habits import MULTIPART, TEST_CLIENT
from livesock.spelled import spelled

__all__ = ["FOREIGN_NAMES", "imported_by", "instead_of", "not_here"]


def not_here(name: str, imported: tuple[str, ...], known: list[str]) -> str:
    """Return what to write instead of `name`, and instead of each name that was to be `imported` beside it.

    `known` are the names that `livesock` has.
    """
    strange = [other for other in dict.fromkeys((name, *imported)) if other not in known]
    sentences: dict[str, list[str]] = {}
    for other in strange:
        sentences.setdefault(instead_of(other) or "", []).append(other)
    unknown = sentences.pop("", [])
    lines = [f"{', '.join(same)}: write {write}" for write, same in sentences.items()]
    if len(strange) == 1:
        better = f": write {instead_of(name)}" if lines else f"; it has {', '.join(known)}"
        text = f"module 'livesock' has no attribute {name!r}{better}"
    else:
        lines += [f"{', '.join(unknown)}: no such name; it has {', '.join(known)}"] if unknown else []
        text = "\n  ".join(["module 'livesock' has none of these:", *lines])
    return spelled(text, imports=bool(imported))


def imported_by(frame: FrameType) -> tuple[str, ...]:
    """Return the names of the `from livesock import …` at which `frame` is; none if it is at something else."""
    listed: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    for step in dis.get_instructions(frame.f_code):
        if step.opname == "LOAD_CONST" and isinstance(step.argval, tuple):
            listed = step.argval
        elif step.opname == "IMPORT_NAME":
            names = listed
        if step.offset == frame.f_lasti:
            return names if step.opname == "IMPORT_FROM" else ()
    return ()


def instead_of(name: str) -> str | None:
    """Return what to write instead of `name`, None for one that no other library has either."""
    plain = name.replace("_", "").lower()  # subscribe_message is SubscribeMessage
    known = name if name in FOREIGN_NAMES else next((one for one in FOREIGN_NAMES if one.lower() == plain), "")
    return FOREIGN_NAMES.get(known)


_CATCH = (
    "except TimeoutError: … for a call without an answer, except OSError: … for a server that is not there, except "
    "ls.LivesockError: … for the rest; those of raw connections are in websockets.exceptions"
)

FOREIGN_NAMES = {
    **dict.fromkeys(
        (
            "SocketIO",
            "AsyncServer",
            "FastAPI",
            "Flask",
            "Application",
            "run",
            "create_app",
            "create_server",
            "createServer",
            "listen",
            "NestFactory",
        ),
        "ls.serve()",
    ),
    **dict.fromkeys(("Client", "AsyncClient", "SimpleClient", "AsyncSimpleClient", "Manager", "io"), "ls.socket(url)"),
    **dict.fromkeys(
        ("ClientNamespace", "AsyncClientNamespace"),
        'point = ls.socket(url), whose path is the namespace, and @point.on("name") above each function',
    ),
    **dict.fromkeys(
        ("WebSocketGateway", "AsyncNamespace", "gateway"),
        '@server.gateway("/point") above class Point: …, without a base; nothing else registers it',
    ),
    **dict.fromkeys(
        ("OnGatewayConnection", "OnGatewayDisconnect", "OnGatewayInit"),
        "def on_connect(self, socket): … in the gateway, which has no base; also on_connected, on_disconnect",
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
            "get_channel_layer",
        ),
        'ls.serve(cluster=ls.cluster.redis("redis://127.0.0.1:6379"))',
    ),
    **dict.fromkeys(("CORSMiddleware", "CORS", "cors"), 'ls.serve(origins=["https://example.org"])'),
    **dict.fromkeys(("middleware", "use"), '@server.of("/").use above def enter(socket): …'),
    **dict.fromkeys(
        ("async_to_sync", "sync_to_async"), "the call itself: emit, to and join may be called from any thread"
    ),
    "sleep": "await asyncio.sleep(seconds), or time.sleep(seconds) in a plain def",
    **dict.fromkeys(("IOLoop", "get_event_loop"), "server.run() at the end of a script: a server has its own loop"),
    **dict.fromkeys(
        ("start_background_task", "create_task", "BackgroundTasks"),
        "threading.Thread(target=f, args=(1,)).start() for a plain def f(n); asyncio.create_task(f(1)) for an async "
        "def, in an async def handler; elsewhere @server.task above async def f(), which begins at once",
    ),
    **dict.fromkeys(("session", "g", "current_app"), "socket.data in a handler: a dict, yours, one for each peer"),
    **dict.fromkeys(
        ("SubscribeMessage", "on", "on_event"), '@ls.event("name") in a gateway, or @server.of("/").on("name")'
    ),
    **dict.fromkeys(
        ("join_room", "enter_room", "join"),
        'socket.join(room) in a handler; of another peer server.of("/").to(id).join(room)',
    ),
    **dict.fromkeys(
        ("leave_room", "leave"), 'socket.leave(room) in a handler; of another peer server.of("/").to(id).leave(room)'
    ),
    "emit": 'socket.emit("name", …) in a handler for its peer, socket.namespace.emit("name", …) for all',
    "send": 'socket.emit("message", text) in a handler for its peer, socket.namespace.emit("message", text) for all',
    "broadcast": 'socket.broadcast.emit("name", …) in a handler for the others, socket.namespace.emit("name", …) for '
    "all",
    "close_room": 'server.of("/").to("room").leave("room")',
    "rooms": "socket.rooms in a handler",
    **dict.fromkeys(
        ("ConnectionClosed", "WebSocketDisconnect"),
        "websockets.exceptions.ConnectionClosed, with import websockets at the top",
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
            "UnauthorizedException",
            "ForbiddenException",
            "BadRequestException",
            "NotFoundException",
        ),
        "raise ls.Refused('why')",
    ),
    "HttpException": "raise ls.Refused('why') in a gateway, return ls.Response({…}, status=404) in a page",
    **dict.fromkeys(
        ("UseFilters", "Catch", "BaseWsExceptionFilter"),
        'raise ls.Refused("why") in the method, or ls.Refused("why", {…}): its peer hears the event exception; '
        "other errors are in server.errors; for another answer a decorator of your own, with functools.wraps, below "
        'each @ls.event("name")',
    ),
    "Ack": "return value in the method: it is the answer",
    "Injectable": "def __init__(self): self.service = Service() in the gateway, which is made without arguments",
    **dict.fromkeys(
        ("UseInterceptors", "NestInterceptor", "CallHandler"),
        'a decorator of your own, with functools.wraps, below @ls.event("name"); for a whole class below each of them',
    ),
    **dict.fromkeys(
        ("ExecutionContext", "ArgumentsHost"),
        "def allows(socket, *arguments): …, which gets what the handler gets",
    ),
    "ConnectionRefusedError": "raise ls.Refused('why') in on_connect, or ls.Refused('why', {…}) with data",
    "disconnect": "socket.disconnect() in a handler for its peer, socket.namespace.to(sid).disconnect() for another",
    **dict.fromkeys(
        ("HTTPException", "abort"),
        "return ls.Response({…}, status=404, headers={…}); if a helper returns it, the handler hands it on: "
        "value = helper(request), and if isinstance(value, ls.Response): return value",
    ),
    **dict.fromkeys(("JSONResponse", "jsonify"), "return {…}, the dict itself, or ls.Response({…}, status=200)"),
    **dict.fromkeys(("redirect", "RedirectResponse"), 'return ls.Response("", status=303, headers={"Location": "/"})'),
    "PlainTextResponse": "return the text itself, or ls.Response(text, status=200)",
    **dict.fromkeys(
        ("FileResponse", "send_file"), 'server.static("/files", "folder"), or return the bytes of the file'
    ),
    "Form": 'request.form["name"] in the handler',
    **dict.fromkeys(("File", "UploadFile"), f"in the handler {MULTIPART}"),
    "Body": "request.json() in the handler",
    **dict.fromkeys(("Path", "PathParam"), 'request.path_params["name"] in the handler'),
    "Cookie": 'http.cookies.SimpleCookie(request.headers.get("cookie")) in the handler',
    "status": "the number itself, such as status=404; http.HTTPStatus has their names",
    "call": 'socket.call("name", …) in a handler, with await in an async def',
    **dict.fromkeys(("create_connection", "websocket_connect", "ws_connect", "ClientSession"), "ls.connect(url)"),
    **dict.fromkeys(
        ("WebSocket", "WebSocketApp"),
        '@server.websocket("/path") above async def talk(ws): …, without an annotation; a client is ls.connect(url)',
    ),
    "request": "request itself, the argument of def page(request): …; in a handler of events socket.id and "
    "socket.handshake",
    "Request": "def page(request): …, without an annotation",
    "Query": "request.query.get(name) in the handler; of a WebSocket ws.query.get(name)",
    "Header": "request.headers.get(name) in the handler; of a WebSocket ws.request.headers.get(name)",
    "Depends": "the call itself in the handler, user = find_user(request), with await if it is async def: nothing else "
    "fills its parameters; one with a yield has @contextlib.contextmanager above it, and is written with get_db() as "
    "db: …; if it may refuse, it returns ls.Response(…, status=401), and behind the call stands "
    "if isinstance(user, ls.Response): return user",
    "WebSocketException": 'await ws.close(1008, "why") in the handler',
    **dict.fromkeys(("APIRouter", "Blueprint"), "a function that gets the server and adds its routes"),
    **dict.fromkeys(("StaticFiles", "send_from_directory"), 'server.static("/", "site")'),
    **dict.fromkeys(("HTMLResponse", "render_template", "make_response"), 'return ls.Response(html, type="text/html")'),
    **dict.fromkeys(
        ("StreamingResponse", "EventSourceResponse"),
        "async def page(request): …, and in it yield text for each part; yield ls.ServerSentEvent(text) for events",
    ),
    "TestClient": 'ls.socket(server.url("/chat")) for Socket.IO, ls.connect(server.url("/ws")) for a raw WebSocket, '
    'urllib.request.urlopen(server.url("/", "http")) for a page',
    **dict.fromkeys(("test_client", "SocketIOTestClient"), TEST_CLIENT),
    **dict.fromkeys(
        ("ASGIApp", "WSGIApp", "Middleware", "attach"),
        'no application: the server has the routes itself; for static_files it is server.static("/static", "site")',
    ),
    **dict.fromkeys(
        ("UseGuards", "CanActivate"),
        "@ls.guard(allows) above the class or a method of a gateway, where allows(socket, *arguments) is true or false",
    ),
    **dict.fromkeys(
        ("MessageBody", "ConnectedSocket"),
        'def move(self, socket, data): …, and data["text"] in it, for both; or data: Move, where Move is a dataclass '
        "or a model of pydantic",
    ),
    **dict.fromkeys(
        ("UsePipes", "ValidationPipe"),
        "def move(self, socket, data: Move): …, where Move is a dataclass or a model of pydantic; or x: int, which "
        "refuses what does not fit",
    ),
    **dict.fromkeys(
        ("ParseIntPipe", "ParseFloatPipe"),
        "x = int(x) in the method, where a text that is no number is the fault of its peer, which is told so; or "
        "def move(self, socket, x: int): …, which refuses a text",
    ),
    "ParseBoolPipe": 'x = x == "true" in the method, or def move(self, socket, x: bool): …, which refuses a text',
    "PipeTransform": "a plain function, data = cleaned(data) in the method, with raise ls.Refused('why') in it",
    "WebSocketServer": "self.namespace in a gateway, without an annotation; self.server speaks to '/'",
    "WsResponse": 'return ls.Reply("name", …)',
}
"""What other libraries have, and what to write here instead."""
