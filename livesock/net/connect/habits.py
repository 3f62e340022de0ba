"""What users of other clients write, and what to write here instead: tables for `blocking` and `Blocking`.

The names come from websockets, websocket-client, requests, python-socketio and socket.io-client. They are in
snake_case; a name in camelCase is found, too.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Callable, Mapping
from types import FrameType
from typing import NoReturn

from livesock.advice.instead import GIVEN, GIVEN_SECONDS, given_as, instead, known_as, none_of
from livesock.advice.spelled import caller
from livesock.advice.values import with_values
from livesock.advice.written import node_at, tree_of
from livesock.net.loop.habits import refuse_await
from livesock.net.loop.places import meanwhile, name_of, of_a_tuple

__all__ = [
    "BACKOFF",
    "CALL",
    "CONNECT",
    "EMIT",
    "JOIN",
    "LEAVE",
    "ON",
    "ON_CONNECTION",
    "ON_SOCKET",
    "RECV",
    "SEND",
    "SOCKET",
    "TCP",
    "VOLATILE",
    "WAIT",
    "Value",
    "any_alone",
    "ask",
    "auth_alone",
    "event_alone",
    "in_their_seconds",
    "no_await",
    "no_new_connection",
]

_TIMEOUT = f"write timeout={given_as('seconds', '5.0')}, in seconds"
_SIZE = f"write max_size={given_as('number', '2**20')}, in bytes"
_NAMES = "write subprotocols=" + given_as("texts", '["chat"]') + ", a list"
_PINGS = f"write ping_interval={given_as('seconds', '20')}, in seconds, or None for no pings"
_THEIRS = "it is the server's: serve(sessions={"
_ONE = f"write timeout={given_as('seconds', '1.0')}, in seconds"
_ACK = given_as("seconds", "2.0")
_HEADERS = 'write headers={"name": "value"}'
_TRUST = 'write ssl=ssl.create_default_context(cafile="ca.pem") to trust a certificate'
_QUERY = "write it into the URL: …?name=value"
_RECORDED = 'nothing to set: every byte is in .trace, and logging.getLogger("livesock") has the rest'
_BASIC = "write it into the URL, ws://user:password@host/, or headers={'Authorization': …}"

_ONE_NAMESPACE = "a socket is of one namespace: leave it out for that of its url, or write"

_BOTH = {
    "extra_headers": _HEADERS,
    "additional_headers": _HEADERS,
    "custom_headers": _HEADERS,
    "header": _HEADERS,
    "http_headers": _HEADERS,
    "transport_options": _HEADERS,
    "cookie": 'write headers={"Cookie": "name=value"}',
    "cookies": 'write headers={"Cookie": "name=value"}',
    "flask_test_client": 'write headers={"Cookie": "session=" + key}, with the cookie that the login has set',
    "with_credentials": 'cookies are not kept: write headers={"Cookie": "name=value"}',
    "query": _QUERY,
    "query_string": _QUERY,
    "params": _QUERY,
    "sslopt": _TRUST,
    "ssl_context": _TRUST,
    "ssl_verify": _TRUST,
    "verify": _TRUST,
    "reject_unauthorized": _TRUST,
    "ca": _TRUST,
    "ca_certs": _TRUST,
    "cafile": _TRUST,
    "cert": _TRUST,
    "certfile": _TRUST,
    "tls": "the URL says it: wss:// or https:// is with TLS",
    "secure": "the URL says it: wss:// or https:// is with TLS",
    "open_timeout": _TIMEOUT,
    "connect_timeout": _TIMEOUT,
    "connection_timeout": _TIMEOUT,
    "handshake_timeout": _TIMEOUT,
    "request_timeout": _TIMEOUT,
    "wait_timeout": _TIMEOUT,
    "logger": _RECORDED,
    "debug": _RECORDED,
    "trace": _RECORDED,
    "enable_trace": _RECORDED,
    "loop": "the call blocks and needs no loop: leave it out",
    "host": 'the URL says it: "ws://host:8765/path"',
    "port": 'the URL says it: "ws://host:8765/path"',
    "uri": "the URL comes first, without a name",
    "proxies": "a proxy comes from the environment (https_proxy), and none is used for this machine",
}

CONNECT = {
    **dict.fromkeys(
        ("attempts", "retries", "max_retries", "max_attempts", "reconnection_attempts"),
        f'write ls.reconnect(url, reconnection={{"attempts": {given_as("number", "3")}}})',
    ),
    **dict.fromkeys(
        ("delay", "initial_delay", "retry_delay", "reconnect_interval"),
        f'write ls.reconnect(url, reconnection={{"first": {given_as("seconds", "1.0")}}}), in seconds',
    ),
    **{name: sentence for name, sentence in _BOTH.items() if name not in ("logger", "tls")},
    "auth": _BASIC,
    "subprotocol": _NAMES,
    "protocol": _NAMES,
    "protocols": _NAMES,
    "max_message_size": _SIZE,
    "max_msg_size": _SIZE,
    "max_payload": _SIZE,
    "per_message_deflate": 'write compression="deflate"',
    "permessage_deflate": 'write compression="deflate"',
    "ping": _PINGS,
    "heartbeat": _PINGS,
    "autoping": "pings are answered in any case: leave it out",
    "http_proxy_host": 'write proxy="http://host:port"',
    "http_proxy_port": 'write proxy="http://host:port"',
    "on_message": "there are no callbacks: write for message in ws: …",
    "on_open": "there are no callbacks: connect() returns when the connection is open",
    "on_close": "there are no callbacks: the loop for message in ws: … ends; ws.close_code says why",
    "on_error": "there are no callbacks: recv() and send() raise the error",
    "enable_multithread": "a connection is thread-safe in any case: leave it out",
    "sockopt": "set it on ws.socket, which has setsockopt()",
    "fire_cont_frame": "write ws.recv_streaming()",
    "skip_utf8_validation": "write ws.recv(decode=False)",
    "read_limit": "write max_queue=16, in messages",
    "write_limit": "send() waits for the peer: leave it out",
    "create_protocol": "livesock makes the connection itself, to record it: leave it out",
    "create_connection": "livesock makes the connection itself, to record it: leave it out",
    "klass": "livesock makes the connection itself, to record it: leave it out",
    "legacy": "connect() returns a connection in any case: leave it out",
    "namespace": "a namespace is of Socket.IO: write ls.socket(url)",
    "namespaces": "a namespace is of Socket.IO: write ls.socket(url)",
    "transports": "transports are of Socket.IO: write ls.socket(url, transports=[…])",
    "reconnection": "a plain WebSocket does not come back by itself: write connect() again, or ls.socket(url)",
    "reconnect": "a plain WebSocket does not come back by itself: write connect() again, or ls.socket(url)",
}
"""Options of `ls.connect`."""

SOCKET = {
    **_BOTH,
    "namespace": "the path of the URL is the namespace: write ls.socket(server.url("
    f"{given_as('text', repr('/point'))}))",
    "namespaces": "the path of the URL is the namespace; further ones: chat = point.of('/chat'), and "
    "point.close() leaves them all, disconnect() one",
    "retry": "the first connection is tried once: write a loop with try, and except OSError: time.sleep(1), around "
    "ls.socket(url); a lost one is made again in any case",
    "wait": "socket() always waits until the server has let us in: leave it out",
    "socketio_path": "write path=" + given_as("path", '"/socket.io/"'),
    "transport": "write transports=" + given_as("texts", '["websocket"]') + ", a list",
    "upgrade": 'write transports=["polling"] to stay with polling, or transports=["websocket"] to begin with it',
    "remember_upgrade": 'write transports=["websocket"] to begin with it',
    "try_all_transports": 'write transports=["polling", "websocket"], in the order in which to use them',
    "reconnect": "write reconnection=True or False",
    "reconnection_attempts": f'write reconnection={{"attempts": {GIVEN}}}',
    "reconnection_delay": f'write reconnection={{"first": {GIVEN_SECONDS}}}, in seconds',
    "reconnection_delay_max": f'write reconnection={{"largest": {GIVEN_SECONDS}}}, in seconds',
    "randomization_factor": f'write reconnection={{"jitter": {GIVEN}}}',
    "auto_connect": "socket() connects at once; disconnect() and connect() come later",
    "force_new": "each ls.socket() is a connection of its own; point.of('/chat') shares one",
    "multiplex": "each ls.socket() is a connection of its own; point.of('/chat') shares one",
    "ack_timeout": f"write timeout={_ACK}, in seconds, for all, or at one: point.call('move', 1, timeout={_ACK})",
    "engineio_logger": _RECORDED,
    "json": "values travel as JSON, bytes as they are: leave it out",
    "serializer": "values travel as JSON, bytes as they are: leave it out",
    "parser": "values travel as JSON, bytes as they are: leave it out",
    "handle_sigint": "signals are left alone: leave it out",
    "http_session": "livesock makes the requests itself, to record them: " + _HEADERS,
    "websocket_extra_options": "the WebSocket has no options of its own: " + _HEADERS + ", or ssl=",
    "origin": 'write headers={"Origin": ' + given_as("text", '"https://example.org"') + "}",
    "subprotocols": "a session of Socket.IO uses no subprotocol: leave it out, or write ls.connect()",
    "token": 'write auth={"token": "…"}',
    **dict.fromkeys(
        ("add_trailing_slash", "agent", "auto_unref", "close_on_beforeunload", "protocols", "perMessageDeflate"),
        "a client needs no such setting: leave it out",
    ),
    "max_size": "a message may have 16 MiB: leave it out",
    "max_http_buffer_size": f"{_THEIRS}'max_payload': {given_as('number', '1_000_000')}}})",
    "ping_interval": f"{_THEIRS}'ping_interval': {given_as('seconds', '25')}}})",
    "ping_timeout": f"{_THEIRS}'ping_timeout': {given_as('seconds', '20')}}})",
}
"""Options of `ls.socket`."""

BACKOFF = {
    **dict.fromkeys(("reconnection_attempts", "max_retries", "retries"), f'write "attempts": {GIVEN}'),
    **dict.fromkeys(("reconnection_delay", "delay", "initial_delay"), f'write "first": {GIVEN_SECONDS}, in seconds'),
    **dict.fromkeys(("reconnection_delay_max", "max_delay"), f'write "largest": {GIVEN_SECONDS}, in seconds'),
    "randomization_factor": f'write "jitter": {GIVEN}',
}
"""Options in `reconnection`."""

TCP = {
    "ssl": "write tls=True, or tls=a context of the module ssl",
    "port": "the port comes first: ls.tcp(8765), or ls.tcp((host, port))",
    "url": "the URL comes first, without a name",
}
"""Options of `ls.tcp`."""

SEND = {
    "opcode": "str is sent as text and bytes as binary: send(b'…'); text=True or False chooses",
    "binary": "bytes are sent as binary: send(b'…')",
    "compress": 'connect(url, compression="deflate") compresses every message',
    "timeout": "send() waits for the peer",
    "json": "write send(json.dumps(value))",
}
RECV = {"wait": _ONE, "block": "write timeout=0 to ask without waiting"}

EMIT = {
    **dict.fromkeys(
        ("callback", "ack"),
        "write answer = point.call('name', …), which waits for the answer"
        "\n    to go on at once def later(): f(point.call('name', …))"
        "\n    and below it threading.Thread(target=later, daemon=True).start(), with import threading",
    ),
    "data": "the values follow the name: emit('move', 1, 2)",
    "namespace": f"{_ONE_NAMESPACE} point.of({GIVEN}).emit(…)",
    "to": "a client speaks to the server, and the server to rooms: let a handler there emit to the room",
    "room": "a client speaks to the server, and the server to rooms: let a handler there emit to the room",
    "timeout": f"write point.call('name', …, timeout={_ACK}), which waits for the answer",
    "volatile": "write point.volatile.emit(…)",
}


def no_new_connection(_: object, *url: object, **options: object) -> None:
    """Raise `TypeError` if a client's `connect` is to make a connection, as in python-socketio."""
    if url or options:
        strange = [name for name in options if known_as(name, SOCKET) is not None]
        given = ", ".join(["url", *(f"{name}=…" for name in options if name not in ("url", *strange))])
        text = f"connect() takes nothing and joins again: write point = ls.socket({given}) for a connection"
        raise TypeError("; ".join([text, *(instead(name, SOCKET, (), options[name]) for name in strange)]))


def no_await(_: object, *name: object, **options: object) -> None:
    """Raise `TypeError` if `wait()` without a name is awaited: a thread that waits is ended by leaving alone."""
    if not (name or "name" in options):
        refuse_await(
            lambda: (
                "wait() blocks until the socket has left, and cannot be awaited: write with point: …, and in it "
                "await asyncio.to_thread(point.wait); so Ctrl-C ends it, too"
            )
        )


def auth_alone(_: object, *given: object, **options: object) -> None:
    """Raise `TypeError` for the options of socket.io-client behind a namespace: it takes what `auth` has there."""
    if len(given) == 2 and isinstance(given[1], Mapping) and given[1].keys() == {"auth"}:
        auth = given[1]["auth"]
        shown = repr(auth) if isinstance(auth, Mapping) and len(repr(auth)) <= 100 else '{"token": "…"}'
        raise TypeError(
            f"of() takes the namespace, and what its peer sends as auth: write of({given[0]!r:.60}, {shown})"
        )


_EVENT = re.compile(r"\('(?:name', …|move', 1, 2)")
"""How the tables begin the arguments of an event."""


def event_alone(verb: str, known: tuple[str, ...] = ()) -> Callable[..., None]:
    """Return what raises `TypeError` for another library's options of an event: all of it in one error, with its name.

    `known` are options that `verb` has.
    """

    def check(point: object, *event: object, **options: object) -> None:
        strange = options.keys() - {"name", *known}
        if not strange or not event:
            return
        name, values = f"{event[0]!r:.40}", event[1:] or [options[key] for key in ("data",) if key in options]
        callback = options.get("callback") or options.get("ack")
        if verb == "emit" and callable(callback) and strange <= {"callback", "ack", "data", "namespace"}:
            more = of_a_tuple("call", event[0], values)
            asks = f"{_point(point, options)}.call({name}, …), which waits for the answer"
            taken = ", ".join(f'"{option}"' for option in options if option in strange)
            write = with_values(f"answer = {asks}{more}{meanwhile(asks, callback)}", event[0], values)
            raise TypeError(f"emit() takes no {taken}: write {write}")
        habits = EMIT if verb == "emit" else CALL
        if isinstance(options.get("namespace"), str) and _point(point, options) == "point":
            habits = habits | {"namespace": f"leave it out: point.namespace is {options['namespace']!r:.60}"}
        habits = {key: _EVENT.sub(lambda _: f"({name}, …", write) for key, write in habits.items()}
        raise TypeError(none_of(verb, strange, options, habits, list(known)) + of_a_tuple(verb, event[0], values))

    return check


def any_alone(point: object, *given: object, **options: object) -> None:
    """Raise `ValueError` if a handler is to hear every event as in python-socketio, by the name "*"."""
    if "*" in (*given[:1], options.get("name")):
        handler = given[1] if len(given) > 1 else options.get("handler")
        name = name_of(handler) if inspect.isfunction(handler) else ""
        defined = name if name.isidentifier() else "any"
        raise ValueError(
            f'"*" is not the name of an event: write @{_point(point, options)}.on_any above '
            f"def {defined}(name, *arguments): …, which hears those that have a handler as well"
        )


def _point(point: object, options: Mapping[str, object]) -> str:
    """Return the socket for the namespace among other libraries' options; `point` itself if it is there already."""
    namespace = options.get("namespace")
    if not isinstance(namespace, str) or namespace == getattr(point, "namespace", None):
        return "point"
    return f"point.of({namespace!r:.60})"


def in_their_seconds(sentence: str | None) -> str | None:
    """Return what to write for `point.timeout(5000)` with the number of the caller, where that is written there.

    Of `point.timeout(5000).emit("add", 1, callback)` it is the whole call; also if the caller is at another of its
    lines, and this is its only one.
    """
    frame = caller()
    tree = tree_of(frame)
    here = node_at(frame, ast.Attribute, tree)
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)] if tree is not None else []
    limits = [call for call in calls if isinstance(call.func, ast.Attribute) and call.func.attr == "timeout"]
    others = limits if len(limits) == 1 and here is not None and here.attr != "timeout" else []
    limit = next((call for call in limits if call.func is here), others[0] if others else None)
    value = limit.args[0].value if limit and len(limit.args) == 1 and isinstance(limit.args[0], ast.Constant) else None
    if sentence is None or limit is None or not isinstance(value, int | float) or value <= 0:
        return sentence
    seconds = f"{value / 1000 if value >= 10 else value:g}"  # Node's alone, and in milliseconds there
    for call in calls:
        if isinstance(call.func, ast.Attribute) and call.func.value is limit and call.func.attr in _ASKS and call.args:
            functions = {one: found for one in call.args if (found := _function(one, frame, tree)) is not None}
            given = ", ".join(ast.unparse(one) for one in call.args if one not in functions)
            late = "it raises TimeoutError where a callback gets an error"
            asks = f"point.call({given}, timeout={seconds})"
            more = [meanwhile(asks, found, _as_called(one)) for one, found in functions.items()]
            return f"write answer = {asks}, in seconds; {late}{''.join(more)}"
    return sentence.replace("timeout=2.0", f"timeout={seconds}")


_ASKS = ("emit", "emitWithAck", "emit_with_ack", "call", "send")


def _function(node: ast.expr, frame: FrameType, tree: ast.Module | None) -> Callable[..., object] | None:
    """Return the function that an argument is, None for a value: one with the same parameters, if it is only written.

    A callback may stand below the line that an error is raised at.
    """
    known = frame.f_globals | frame.f_locals
    found = known.get(node.id) if isinstance(node, ast.Name) else None
    if inspect.isfunction(found):
        return found
    functions = [one for one in ast.walk(tree or ast.Module([], [])) if isinstance(one, ast.FunctionDef)]
    below = [one for one in functions if isinstance(node, ast.Name) and one.name == node.id]
    listed = node.args if isinstance(node, ast.Lambda) else below[0].args if below and found is None else None
    if listed is None:
        return None
    names = ", ".join(f"{one.arg}=None" for one in (*listed.posonlyargs, *listed.args))
    rest = f", *{listed.vararg.arg}" if listed.vararg else ""
    made: Callable[..., object] = eval(f"lambda {f'{names}{rest}'.removeprefix(', ')}: None")
    return made


def _as_called(node: ast.expr) -> str:
    return f"({ast.unparse(node)})" if isinstance(node, ast.Lambda) else ast.unparse(node)


class Value(str):
    """A str that other libraries return from a method, as `sio.transport()` of python-socketio."""

    __slots__ = ()

    def __call__(self, *_: object, **__: object) -> NoReturn:
        """Say that it is there without a call."""
        raise TypeError("transport is a value: leave its brackets out, as in point.transport")


def ask(name: str, timeout: float | None = None) -> str:
    """Return how a client asks, for `check_values`, with the time limit that it has given."""
    limit = f", timeout={timeout:g}" if isinstance(timeout, int | float) else ""
    return f"point.call({name}, …{limit}), which waits for the answer"


CALL = EMIT | {
    "callback": "call() returns the answer",
    "ack": "call() returns the answer",
    "data": "the values follow the name: call('move', 1, 2)",
    "namespace": f"{_ONE_NAMESPACE} point.of({GIVEN}).call(…)",
}
LEAVE = {"namespace": f"{_ONE_NAMESPACE} point.of({GIVEN}).disconnect()"}
ON = {
    "namespace": f"{_ONE_NAMESPACE} point.of({GIVEN}).on(…)",
    "once": "write once(…)",
}
WAIT = {"seconds": _ONE}
JOIN = {"namespaces": "one namespace: of('/chat')"}

ON_CONNECTION = {
    **dict.fromkeys(
        (
            "once",
            "addEventListener",
            "add_listener",
            "addListener",
            "onmessage",
            "on_message",
            "iter_text",
            "iter_json",
        ),
        "events are of Socket.IO: write ls.socket(url), or for message in ws: …",
    ),
    "write_message": "write send(text)",
    "recv_str": "write recv(timeout=1)",
    "terminate": "write close()",
    "disconnect": "write close()",
    "timeout": "write recv(timeout=1)",
    "binaryType": "a binary message comes as bytes: leave it out",
    "binary_type": "a binary message comes as bytes: leave it out",
    "closeCode": "write ws.close_code",
    "bufferedAmount": "send() waits for the peer: nothing is kept back",
    "extensions": 'write ws.response.headers.get("Sec-WebSocket-Extensions")',
    "request_headers": "write ws.request.headers",
    "response_headers": "write ws.response.headers",
    "path": "write ws.request.path",
    "url": "write ws.request.path, behind ws.remote_address",
    "run_forever": "write for message in ws: …",
    "receive": "write recv(timeout=1)",
    "receive_text": "write recv(timeout=1)",
    "receive_bytes": "write recv(timeout=1)",
    "receive_json": "write json.loads(ws.recv(timeout=1))",
    "recv_json": "write json.loads(ws.recv(timeout=1))",
    "receive_str": "write recv(timeout=1)",
    "recv_data": "write recv(timeout=1)",
    "recv_frame": "ws.trace has every frame",
    "send_json": "write send(json.dumps(value))",
    "send_str": "write send(text)",
    "send_text": "write send(text)",
    "send_bytes": "write send(b'…')",
    "send_binary": "write send(b'…')",
    "send_close": "write close(1000, 'bye')",
    "emit": "events are of Socket.IO: write ls.socket(url), or send(json.dumps(…))",
    "on": "events are of Socket.IO: write ls.socket(url), or for message in ws: …",
    "settimeout": "write recv(timeout=1)",
    "gettimeout": "recv(timeout=1) has its own",
    "set_timeout": "write recv(timeout=1)",
    "connected": "write ws.close_code is None",
    "closed": "write ws.close_code is not None",
    "open": "write ws.close_code is None",
    "is_open": "write ws.close_code is None",
    "ready_state": "write ws.close_code is None",
    "readyState": "write ws.close_code is None",
    "sock": "write ws.socket",
    "getstatus": "write ws.response.status_code",
    "status": "write ws.response.status_code",
    "getheaders": "write ws.response.headers",
    "headers": "write ws.response.headers",
    "getsubprotocol": "write ws.subprotocol",
    "protocol_name": "write ws.subprotocol",
    "shutdown": "write close()",
    "abort": "write close()",
}
"""Attributes of a `Connection`."""

ON_SOCKET = {
    **dict.fromkeys(
        ("listeners", "listenersAny", "listenersAnyOutgoing", "handlers", "eventNames", "hasListeners"),
        "no list of them is shown: write off(name) to take all handlers of a name away, off() those of all names",
    ),
    **dict.fromkeys(("addListener", "add_listener", "addEventListener"), "write on(name, handler)"),
    **dict.fromkeys(("removeListener", "remove_listener", "removeEventListener"), "write off(name, handler)"),
    **dict.fromkeys(("removeAllListeners", "remove_all_listeners"), "write off(), or off(name)"),
    **dict.fromkeys(("onAny", "prependAny"), "write on_any(handler), which hears (name, *arguments)"),
    "offAny": "write off(handler=see), with the function that on_any got; off() takes every handler away",
    **dict.fromkeys(
        ("onAnyOutgoing", "prependAnyOutgoing", "offAnyOutgoing"), "what was sent is in trace, with every byte"
    ),
    **dict.fromkeys(
        ("receive", "recv", "get_received"),
        "write (text,) = point.wait('message', timeout=1), with the event's name: it returns its arguments, a tuple; "
        "except TimeoutError: … when none came"
        "\n    for any name events = queue.SimpleQueue(), and point.on_any(lambda *event: events.put(event)), which "
        "gets what was kept, too, then name, *arguments = events.get(timeout=1), and except queue.Empty: … when none "
        "came, with import queue",
    ),
    "is_connected": "write point.connected",
    "reason": "write the text itself in @point.on('disconnect') above def gone(reason): …, 'io client disconnect' for "
    "CLIENT_DISCONNECT, 'io server disconnect' for SERVER_DISCONNECT, 'transport close', 'transport error' or "
    "'ping timeout'",
    "reconnect": "it comes back by itself after a lost connection; after disconnect() write connect()",
    **dict.fromkeys(
        ("io", "manager"),
        "this socket is its own manager: write point.on('connect', handler), which runs now and at each reconnection, "
        "point.on('connect_error', handler) for an attempt that failed; it has attempts, reconnects, transport, trace "
        "and of('/chat')"
        "\n    io.engine.close() is a line that breaks: write net = ls.netsim(server), "
        "point = ls.socket(net.url('/')), and then net.reset()",
    ),
    "opts": "options are written when you come: ls.socket(url, transports=['websocket'])",
    "binary": "bytes travel as they are: leave it out",
    "connection_url": "write trace, which has the request, or repr(point)",
    "connection_headers": "write them when you come: ls.socket(url, headers={…})",
    "query": "write it into the URL when you come: ls.socket(url + '?name=value')",
    "rooms": "the server knows the rooms: let a handler there return socket.rooms",
    "set": "the server remembers: let a handler there write socket.data[name] = value",
    **dict.fromkeys(("sid", "session_id"), "write point.id"),
    "get_sid": "write point.id, or point.of('/chat').id for get_sid('/chat')",
    "shutdown": "write close()",
    **dict.fromkeys(
        ("connect_error", "connection_error"), "write except ls.Refused as error: …, around ls.socket(url)"
    ),
    "send": "write point.emit('message', text), and point.emit('json', value) for json=True",
    "event": "write @point.on('name') above the function"
    "\n    for connect() write @point.on('connect') above def connect(): …, which runs now and at each reconnection"
    "\n    for disconnect() write @point.on('disconnect') above def gone(reason): …",
    "on_event": "write on(name, handler)",
    "on_message": "write on('message', handler)",
    "emitWithAck": "write point.call('name', …)",
    "emit_with_ack": "write point.call('name', …)",
    "ask": "write point.call('name', …)",
    "timeout": "write point.call('name', …, timeout=2.0), in seconds",
    "sleep": "write await asyncio.sleep(seconds), or time.sleep(seconds) in a plain def: handlers run meanwhile",
    "start_background_task": "write thread = threading.Thread(target=f, daemon=True), and thread.start(), with "
    "args=(1,) for f(1); of an async def asyncio.create_task(f(1)), in a coroutine: all is thread-safe",
    "run_forever": "handlers run by themselves: a script ends with point.wait(), which stays until the socket has left",
    "to": "a client speaks to the server, and the server to rooms: let a handler there emit to the room",
    "broadcast": "a client speaks to the server, and the server to rooms: let a handler there emit to the room",
    "join": "the server puts a socket into a room: let a handler there call socket.join(room)",
    "enter_room": "the server puts a socket into a room: let a handler there call socket.join(room)",
    "leave": "the server takes a socket out of a room; disconnect() leaves the namespace",
    "disconnected": "write not point.connected",
    "active": "write point.connected",
    "open": "write connect()",
    **dict.fromkeys(("eio", "engine"), "write transport, a str such as 'websocket', or trace, which has every packet"),
    "auth": 'write it when you come: ls.socket(url, auth={"token": "…"})',
    "nsp": "write namespace",
    "get_namespace": "write of('/chat')",
    "register_namespace": "write of('/chat').on(name, handler)",
    "namespaces": "write of('/chat') for another one",
    "compress": "messages are not compressed: leave it out",
    "sendBuffer": "what waits is sent after the reconnection by itself",
}
"""Attributes of a `ClientSocket`."""

VOLATILE = {
    "call": "a volatile event may be lost, and so may its answer: write point.call(…)",
    "timeout": "a volatile event has no answer: write point.call(…, timeout=2.0)",
}
