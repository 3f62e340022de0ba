"""Habits of Flask-SocketIO: each works, or raises a sentence whose line works as it is written."""

from __future__ import annotations

import asyncio
import contextlib
import io
import queue
import re
import threading
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import livesock as ls
from livesock.foreign.names import FOREIGN_NAMES
from livesock.server import Server
from tests.peers import eventually

DEADLINE = 20.0

FILE = io.BufferedReader(io.BytesIO(b""))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with ls.serve("flask") as server:
        yield server


def asked(server: Server, handler: Callable[..., Any], *values: Any) -> tuple[Any, str]:
    """Return what a handler answers, and the error that it has left."""
    server.of("/chat").handlers.events.pop("ask", None)
    server.of("/chat").on("ask", handler)
    before = len(server.errors)
    with ls.socket(server.url("/chat"), timeout=DEADLINE) as point:
        answer = point.call("ask", *values)
    return answer, "".join(map(str, server.errors[before:]))


# -- names that Flask has as globals


def of_the_request(socket: Any) -> Any:
    return request.sid, request.event, request.namespace  # type: ignore[name-defined]  # noqa: F821


def of_many(socket: Any, data: Any) -> Any:
    join_room(data)  # type: ignore[name-defined]  # noqa: F821
    emit("news", request.sid, room=data)  # type: ignore[name-defined]  # noqa: F821
    nonsense()  # type: ignore[name-defined]  # noqa: F821


def of_no_library(socket: Any) -> Any:
    nonsense(emit)  # type: ignore[name-defined]  # noqa: F821


def test_the_request_of_flask_leads_to_the_socket(server: Server) -> None:
    _, error = asked(server, of_the_request)

    for write in ("socket.id for request.sid", "socket.namespace.name for request.namespace", "for request.event the"):
        assert write in error


def test_all_foreign_names_of_a_handler_are_said_at_once(server: Server) -> None:
    _, error = asked(server, of_many, "red")

    for write in ("for join_room write socket.join(room)", "for emit write socket.emit(", "for request write request"):
        assert write in error
    assert "nonsense write" not in error


def test_a_name_of_no_library_stays_as_python_says_it(server: Server) -> None:
    _, error = asked(server, of_no_library)

    assert error.endswith("NameError: name 'nonsense' is not defined")


def test_each_way_to_speak_that_stands_for_emit_works(server: Server) -> None:
    with pytest.raises(ImportError) as caught:
        exec("from livesock import emit")
    lines = re.findall(r"socket[.\w]*(?:\(room\))?(?:\.\w+)?\.?emit\(\"name\", …\)", str(caught.value))
    assert len(lines) == 5
    code = "\n  ".join(line.replace("…", str(number)) for number, line in enumerate(lines))
    names: dict[str, Any] = {}
    exec(f"def speak(socket, room):\n  {code}\n  socket.namespace.emit('end')", names)
    server.of("/say").on("speak", names["speak"])
    heard: dict[str, list[int]] = {"itself": [], "member": [], "other": []}
    with contextlib.ExitStack() as stack:
        points = {who: stack.enter_context(ls.socket(server.url("/say"), timeout=DEADLINE)) for who in heard}
        for who, point in points.items():
            point.on("name", heard[who].append)
        server.of("/say").to(points["itself"].id, points["member"].id).join("red")
        points["itself"].call("speak", "red")
        for point in points.values():
            point.wait("end", timeout=DEADLINE)

        assert eventually(lambda: sum(map(len, heard.values())) == 9, "all have heard")
    assert heard == {"itself": [0, 1, 2], "member": [1, 2, 3, 4], "other": [1, 3]}


# -- a namespace is no str


@pytest.mark.parametrize(
    "use",
    [
        lambda socket: socket.namespace == "/chat",
        lambda socket: socket.namespace != "/chat",
        lambda socket: {"/chat": 1}.get(socket.namespace),
        lambda socket: socket.namespace in ("/", "/chat"),
        lambda socket: "chat" in socket.namespace,
        lambda socket: "room " + socket.namespace,
        lambda socket: list(socket.namespace),
        lambda socket: socket.namespace.startswith("/"),
        lambda socket: socket.namespace,
    ],
)
def test_a_namespace_used_as_a_str_is_never_silent(server: Server, use: Callable[[Any], Any]) -> None:
    _, error = asked(server, use)

    assert "write socket.namespace.name" in error


def test_a_namespace_stands_for_its_name_where_a_name_is_wanted(server: Server) -> None:
    answer, error = asked(server, lambda socket: [f"{socket.namespace}", server.of(socket.namespace).name])

    assert answer == ["/chat", "/chat"] and not error
    assert server.of("/chat") == server.of("/chat") != server.of("/")


# -- one server for pages and events


def test_flask_and_its_socketio_are_one_server() -> None:
    with pytest.raises(ImportError) as caught:
        exec("from livesock import Flask, SocketIO")

    assert "Flask, SocketIO: write ls.serve(), once" in str(caught.value)
    assert "app = socketio = ls.serve() for two names" in str(caught.value)


def test_a_server_is_not_made_of_a_server(server: Server) -> None:
    with pytest.raises(TypeError) as caught:
        ls.serve(server, cors_allowed_origins="*", async_mode="threading", port=5000)  # type: ignore[call-overload]

    for write in ("write socketio = app", "port=… belongs into the first serve()", "origins=[", '"async_mode": a serv'):
        assert write in str(caught.value)
    with pytest.raises(TypeError, match="write socketio = app"):
        ls.serve(app=server)  # type: ignore[call-overload]
    assert server.is_running


@pytest.mark.parametrize("option", ["static_url_path", "static_folder", "template_folder"])
def test_an_option_of_flask_gets_a_sentence(option: str) -> None:
    with pytest.raises(TypeError, match=re.escape('server.static("/static"') if "static" in option else "jinja2"):
        ls.serve("flask2", **{option: "x"})


def test_each_option_of_flask_and_its_socketio_says_what_it_is_here() -> None:
    options = "instance_path host_matching static_host resource log_output manage_session async_mode message_queue json"
    with pytest.raises(TypeError) as caught:
        ls.serve("flask2", **dict.fromkeys(options.split()))  # type: ignore[call-overload]

    assert all(f'"{option}"' in str(caught.value) for option in options.split())
    assert "; there is" not in str(caught.value)


def test_what_flask_does_to_start_a_server_gets_a_sentence(server: Server) -> None:
    with pytest.raises(TypeError) as caught:
        server.run(server, port=5000, debug=True)  # type: ignore[call-arg]

    for write in ("write server.run()", "write serve(port=5000) there", '"debug": leave it out'):
        assert write in str(caught.value)
    with pytest.raises(AttributeError, match="leave it out: a server runs since"):
        server.init_app(1)
    with pytest.raises(AttributeError, match=r"leave \.server out"):
        server.server.emit("x")


# -- methods without brackets


@pytest.mark.parametrize(
    "use", [str, "{}".format, lambda url: f"{url}", lambda url: url == "/", lambda url: "a" in url, len]
)
def test_a_method_used_as_a_value_is_never_silent(server: Server, use: Callable[[Any], Any]) -> None:
    with pytest.raises(TypeError, match=re.escape('write server.url("/ws")')):
        use(server.url)


# -- answers


def test_what_stands_for_a_callback_says_what_an_answer_is(server: Server) -> None:
    for name in ("callback", "ack"):
        with pytest.raises(TypeError, match="of several values an answer is a list"):
            server.emit("q", 1, **{name: print})
    with pytest.raises(TypeError, match="one for each peer"):
        server.emit("q", 1, to="red", callback=print)
    with pytest.raises(TypeError, match="of several values an answer is a list"):
        server.emit("q", print)


def start_later(error: BaseException, names: dict[str, Any]) -> None:
    """Run the lines that go on at once."""
    found = re.search(r"to go on at once, as with a callback, (.*)\n    and below it (.*), with import", str(error))
    assert found is not None, error
    names |= {"asyncio": asyncio, "threading": threading}
    for line in found.groups():
        exec(line.replace("…", "1"), names)


@pytest.mark.parametrize("head", ["def", "async def"])
@pytest.mark.parametrize(
    "emit",
    [
        'socket.emit("x", 1, callback=got)',
        'socket.emit("x", 1, got)',
        'server.of("/later").emit("x", 1, to=socket.id, callback=got)',
    ],
)
def test_a_callback_leads_to_lines_that_go_on_at_once_and_run(server: Server, emit: str, head: str) -> None:
    came: queue.SimpleQueue[Any] = queue.SimpleQueue()
    names: dict[str, Any] = {"server": server, "came": came, "start_later": start_later}
    exec(
        f"{head} got(answer): came.put(answer)\n{head} ask(socket):\n    sid = socket.id\n    try: {emit}\n"
        "    except TypeError as error: start_later(error, {**globals(), **locals()})",
        names,
    )
    server.of("/later").handlers.events.pop("ask", None)
    server.of("/later").on("ask", names["ask"])
    with ls.socket(server.url("/later"), timeout=DEADLINE) as point:
        point.on("x", lambda value: value + 1)
        assert point.call("ask") is None
        assert came.get(timeout=DEADLINE) == 2


@pytest.mark.parametrize("emit", ['point.emit("x", 1, callback=f)', 'point.emit("x", 1, f)'])
def test_a_callback_of_a_client_leads_to_lines_that_go_on_at_once_and_run(server: Server, emit: str) -> None:
    came: queue.SimpleQueue[Any] = queue.SimpleQueue()
    server.of("/later").handlers.events.clear()
    for name in ("x", "name"):
        server.of("/later").on(name, lambda socket, value: value + 1)
    with ls.socket(server.url("/later"), timeout=DEADLINE) as point:
        names = {"point": point, "f": lambda answer: came.put(answer)}
        with pytest.raises(TypeError) as caught:
            exec(emit, names)
        start_later(caught.value, names)
        assert came.get(timeout=DEADLINE) == 2


def test_a_cookie_is_set_as_in_flask(server: Server) -> None:
    @server.get("/cookie")
    def page(request: Any) -> Any:
        response = ls.Response("saved", headers={"Set-Cookie": "a=1"})
        response.set_cookie("name", "Ann Lee", max_age=3600, httponly=True, samesite="Lax", secure=False)
        response.delete_cookie("old")
        return response

    with urllib.request.urlopen(server.url("/cookie", "http"), timeout=DEADLINE) as answer:
        assert answer.headers.get_all("Set-Cookie") == [
            "a=1",
            'name="Ann Lee"; HttpOnly; Max-Age=3600; Path=/; SameSite=Lax',
            'old=""; Max-Age=0; Path=/',
        ]


@pytest.mark.parametrize(
    ("cookie", "kind", "write"),
    [
        (lambda r: r.set_cookie("a", 5), TypeError, "is a str, not 5: write str(…) around it"),
        (lambda r: r.set_cookie("a", "✓"), ValueError, "write urllib.parse.quote(value)"),
        (lambda r: r.set_cookie("a b", "x"), ValueError, "Illegal key"),
        (lambda r: r.set_cookie("a", "x", path="/\r\nX: y"), ValueError, "one line"),
        (lambda r: r.set_cookie("a", "x", expires=1), TypeError, "write max_age=3600, in seconds"),
    ],
)
def test_a_cookie_that_cannot_be_set_says_why(cookie: Callable[[Any], Any], kind: Any, write: str) -> None:
    response = ls.Response("x")
    with pytest.raises(kind, match=re.escape(write)):
        cookie(response)
    assert response.header_lines() == []


def test_the_test_client_of_flask_is_a_socket(server: Server) -> None:
    with pytest.raises(AttributeError) as caught:
        server.test_client(server)
    write = re.search(r"\(data,\) = point\.wait\(\"name\", timeout=1\)", str(caught.value))
    assert write is not None

    server.of("/chat").on("hi", lambda socket: socket.emit("name", "Ann"))
    with ls.socket(server.url("/chat"), timeout=DEADLINE) as point:
        point.call("hi")
        names = {"point": point}
        exec(write[0].replace("timeout=1", "timeout=20"), names)
        assert names["data"] == "Ann"  # type: ignore[comparison-overlap]


# -- what is read from a socket, and the variable that holds the server


def test_all_that_a_handler_reads_from_its_socket_is_said_at_once(server: Server) -> None:
    def ask(sock: Any) -> None:
        sock.join_room("red")
        sock.send("hi")
        sock.close_room("red")
        print(sock.request.sid, sock.sid)

    _, error = asked(server, ask)

    for write in (
        "join_room: write sock.join(room)",
        'send: write sock.emit("message", text)',
        "close_room: write sock.namespace.to(room).leave(room)",
        "request: write sock.id for request.sid",
        "sid: a socket's name is sock.id",
    ):
        assert write in error


def test_the_line_of_the_log_has_no_marks_for_the_ends_of_lines(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    asked(server, lambda sock: (sock.sid, sock.session))

    assert "none of these attributes: | sid: " in caplog.text


def test_a_room_that_a_socket_closes_is_left_by_all(server: Server) -> None:
    @server.of("/rooms").on("shut")
    def shut(socket: Any, room: str) -> None:
        socket.namespace.to(room).leave(room)

    with ls.socket(server.url("/rooms"), timeout=DEADLINE) as point:
        server.of("/rooms").join("red")
        point.call("shut", "red")
        assert not server.of("/rooms").to("red").sockets() and server.of("/rooms").sockets()


@pytest.mark.parametrize(
    ("line", "write"),
    [
        ('app.emit("x", to="red")', "write app.of('/').to('red').emit('x', …)"),
        ('app.call("x", to="red")', "a peer, write app.of('/').to('red').call('x', …)"),
        ("app.run(app)", "write app.run()"),
        ("str(app.url)", 'write app.url("/ws")'),
        ('app.of("/chat").emit("x", to="red", namespace="/")', "write app.of('/').to('red').emit('x', …)"),
    ],
)
def test_a_sentence_names_the_variable_that_holds_the_server(line: str, write: str, server: Server) -> None:
    names = {"app": server, "__name__": "program"}

    with pytest.raises(TypeError) as caught:
        exec(line, names)

    assert write in str(caught.value)


def test_a_handler_that_returns_false_is_told_by_the_name_of_its_package(server: Server) -> None:
    server.of("/refused").on_connect(lambda socket: False)
    with pytest.raises(ls.Refused):
        ls.socket(server.url("/refused"), timeout=DEADLINE)

    assert "write raise ls.Refused('why') to turn the peer away" in str(server.errors[-1])


@pytest.mark.parametrize("name", ["permanent_session_lifetime", "config", "json"])
def test_what_flask_sets_and_no_server_reads_is_not_set_in_silence(server: Server, name: str) -> None:
    with pytest.raises(AttributeError, match=f"a Server never reads {name}"):
        setattr(server, name, 1)


def test_all_that_a_gateway_inherits_elsewhere_is_said_at_once(server: Server) -> None:
    @server.gateway("/class")
    class Chat:
        @ls.event("ask")
        def ask(self, socket: Any, data: Any) -> None:
            self.enter_room(socket.id, data)  # type: ignore[attr-defined]
            self.emit("news", data, room=data)  # type: ignore[attr-defined]
            self.send(data)  # type: ignore[attr-defined]
            self.close_room(data)  # type: ignore[attr-defined]

    with ls.socket(server.url("/class"), timeout=DEADLINE) as point:
        point.call("ask", "red")
    error = str(server.errors[-1])

    assert "'Chat' object has none of these attributes:" in error
    for write in (
        "enter_room: write socket.join(",
        "emit, send: write self.namespace.emit(",
        "close_room: write self.",
    ):
        assert write in error


def test_answers_of_several_peers_that_are_read_as_that_of_one_say_what_they_are(server: Server) -> None:
    server.of("/several")
    with ls.socket(server.url("/several"), timeout=DEADLINE) as point:
        point.on("ask", lambda: {"price": 3})
        answers = server.of("/several").to(point.id).call("ask")

        assert answers == [{"price": 3}] and type(answers[:]) is list
        with pytest.raises(TypeError, match=r"one for each peer: write answers\[0\]\['price'\]"):
            answers["price"]
        with pytest.raises(AttributeError, match=r"write answers\[0\]\.get"):
            answers.get("price")


@pytest.mark.parametrize(
    ("habit", "write"),
    [
        (lambda socket: socket.emit(event="x", data=1), 'write emit("name", value), without event= and data='),
        (lambda socket: socket.call(event="x", data=1), 'write call("name", value), without event= and data='),
        (lambda socket: socket.namespace.rooms, "write socket.rooms"),
        (lambda socket: FILE, "write file.read()"),
    ],
)
def test_what_cannot_be_sent_says_what_can(server: Server, habit: Callable[[Any], Any], write: str) -> None:
    _, error = asked(server, habit)

    assert write in error


def test_what_stands_for_a_login_and_for_a_context_works(server: Server) -> None:
    def allows(socket: Any, *arguments: Any) -> bool:
        return "user" in socket.data

    @server.of("/login").on("login")
    def login(socket: Any, name: str) -> None:
        socket.data["user"] = name

    def work(socket: Any) -> None:
        socket.emit("done", socket.data["user"])

    @server.of("/login").on("work")
    @ls.guard(allows)
    def begin(socket: Any) -> None:
        threading.Thread(target=work, args=(socket,), daemon=True).start()

    with ls.socket(server.url("/login"), timeout=DEADLINE) as point:
        assert point.call("work")["message"] == "Forbidden resource"
        point.call("login", "Ann")
        point.call("work")
        assert point.wait("done", timeout=DEADLINE) == ("Ann",)
    for name, write in {
        "login_required": '@ls.guard(allows) below @server.of("/").on("name")',
        "authenticated_only": '@ls.guard(allows) below @server.of("/").on("name")',
        "copy_current_request_context": "threading.Thread(target=work, args=(socket,), daemon=True).start()",
        "current_user": 'socket.data["user"]',
    }.items():
        assert write in FOREIGN_NAMES[name]
