"""What a reader who knows Flask-SocketIO writes in place of it at the first try: the advised code runs."""

from __future__ import annotations

import asyncio
import io
import re
import secrets
import textwrap
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

import livesock as ls
from livesock import Server
from livesock.foreign.names import instead_of
from livesock.net.http.habits import CHECKS, CONNECTION, PAGES_OF_JINJA, REQUEST, SERVER
from livesock.net.http.web import to_response
from tests.peers import DEADLINE


@pytest.fixture
def server() -> Iterator[Server]:
    with ls.serve("flask in one round") as server:
        yield server


def why(call: Any) -> str:
    with pytest.raises((AttributeError, TypeError, ValueError)) as caught:
        call()
    return str(caught.value)


# -- rooms


@pytest.fixture
def socket(server: Server) -> Iterator[Any]:
    with ls.socket(server.url("/"), timeout=DEADLINE):
        yield server.sockets()[0]


class User:
    def __init__(self, number: Any) -> None:
        self.id = number


def test_a_room_that_is_no_text_is_written_with_the_expression_of_its_author(socket: Any) -> None:
    gid, gids, user, missing = 7, [7, 8], User(5), None

    assert why(lambda: socket.join(gid)).endswith("not int 7: write join(str(gid))")
    assert why(lambda: socket.leave("a", gid)).endswith("write leave('a', str(gid))")
    assert why(lambda: socket.to(gids)).endswith("write to(*(str(one) for one in gids))")
    assert why(lambda: socket.except_(user)).endswith("write except_(str(user.id))")
    assert why(lambda: socket.join(7)).endswith('write join("7")')
    assert why(lambda: socket.join(missing)).endswith("and missing is None: give it a value")
    assert why(lambda: socket.to(missing)).endswith("is None: give it a value, or leave to() out to speak to all")

    socket.join(str(gid))
    socket.join(*(str(one) for one in gids))
    assert set(socket.rooms) == {socket.id, "7", "8"}


def test_the_sockets_of_a_room_are_those_of_a_selection(server: Server, socket: Any) -> None:
    socket.join("r")
    for speaker in (server, server.of("/"), server.of("/").to("a")):
        assert why(lambda speaker=speaker: speaker.sockets("r")) == "sockets() takes nothing: write to('r').sockets()"
    assert server.of("/").to("r").sockets() == [socket]


# -- a gateway


def test_a_gateway_that_emits_hears_how_its_own_peer_is_left_out(server: Server) -> None:
    @server.gateway("/g")
    class Chat:
        @ls.event("wrong")
        def wrong(self, socket: Any) -> None:
            self.emit("news", room="r", skip_sid=socket.id)  # type: ignore[attr-defined]

        @ls.event("right")
        def right(self, socket: Any) -> None:
            socket.join("r")
            socket.to("r").emit("news", 1)
            socket.broadcast.emit("news", 2)
            socket.emit("done")

    with ls.socket(server.url("/g"), timeout=DEADLINE) as one, ls.socket(server.url("/g"), timeout=DEADLINE) as two:
        one.call("wrong")
        two.call("right")
        one.call("right")
        assert [two.wait("news", timeout=DEADLINE)[0] for _ in range(2)] == [1, 2]
    text = str(server.errors[-1])
    assert 'socket.broadcast.emit("name", …), socket.to("room").emit("name", …) without this peer' in text
    assert 'self.server.of("/other") in place of self.namespace for namespace="/other"' in text


def test_an_event_that_is_a_hook_is_written_in_full() -> None:
    text = why(lambda: ls.event("connect"))
    assert "write def on_connect(self, socket): … in the class, without a line above it" in text
    assert "socket.handshake.auth" in text and "def on_connected(self, socket): …" in text
    with ls.serve("hooks") as io:
        text = why(lambda: io.of("/chat").on("connect"))
        assert 'write @io.of("/chat").on_connect above def enter(socket): …' in text
        assert "socket.handshake.auth" in text


# -- pages


@pytest.mark.parametrize("name", ["before_request", "middleware", "add_middleware"])
def test_what_runs_before_a_page_is_a_call_whose_refusal_is_returned(server: Server, name: str) -> None:
    assert CHECKS in why(lambda: getattr(server, name))


@pytest.mark.parametrize("name", ["BaseHTTPMiddleware", "login_required", "HTTPBearer"])
def test_so_is_what_another_library_imports_for_it(name: str) -> None:
    assert "if (no := check(request)) is not None: return no" in why(lambda: getattr(ls, name))


def test_the_advised_check_refuses(server: Server) -> None:
    def check(request: Any) -> Any:
        return ls.Response("no", status=401) if request.query.get("key") != "k" else None

    @server.get("/page")
    def page(request: Any) -> Any:
        if (no := check(request)) is not None:
            return no
        return "in"

    with pytest.raises(urllib.error.HTTPError, match="401"):
        urllib.request.urlopen(server.url("/page", "http"))
    with urllib.request.urlopen(server.url("/page?key=k", "http")) as answer:
        assert answer.read() == b"in"


@pytest.mark.parametrize("name", ["render_template", "render_template_string", "Jinja2Templates"])
def test_a_template_is_filled_by_an_environment_that_escapes(name: str) -> None:
    text = why(lambda: getattr(ls, name))
    assert PAGES_OF_JINJA in text
    assert "autoescape=True" in text


@pytest.mark.parametrize("name", ["jinja_env", "template_filter"])
def test_so_are_those_of_a_server(server: Server, name: str) -> None:
    assert "autoescape=True" in why(lambda: getattr(server, name))
    assert "autoescape=True" in why(lambda: ls.serve("templates", template_folder="t"))  # type: ignore[call-arg]


@pytest.mark.parametrize(
    ("name", "write"),
    [("Sock", '@server.websocket("/echo") in place of @sock.route("/echo")'), ("escape", "html.escape(text)")],
)
def test_names_of_flask_have_a_sentence(name: str, write: str) -> None:
    assert write in why(lambda: getattr(ls, name))


def test_a_status_behind_a_value_is_returned_in_a_response(server: Server) -> None:
    server.get("/made")(lambda request: ({"a": 1}, 201))
    with pytest.raises(urllib.error.HTTPError):
        urllib.request.urlopen(server.url("/made", "http"))
    assert "write return ls.Response(body, status=201)" in str(server.errors[-1])


def test_a_queue_for_a_process_that_only_sends_is_an_emitter() -> None:
    text = why(lambda: ls.serve("queue", message_queue="redis://"))  # type: ignore[call-arg]
    assert 'emitter = ls.cluster.emitter(ls.cluster.redis("redis://127.0.0.1:6379"))' in text


def test_no_sentence_of_a_server_shows_what_stands_for_a_value() -> None:
    assert [name for name, write in SERVER.items() if "‹" in write] == []


def test_what_is_said_of_waiting_says_whose_events_wait(server: Server) -> None:
    said = [
        str(instead_of("sleep")),
        why(lambda: server.sleep(1)),  # type: ignore[attr-defined]
        why(lambda: server.of("/").sleep(1)),  # type: ignore[attr-defined]
    ]
    assert all("an async def, where the next events of the same peer run meanwhile" in text for text in said)
    assert all("plain def time.sleep(seconds), and they wait" in text for text in said)
    for options in ({"async_handlers": True}, {"sessions": {"async_handlers": True}}):
        assert "while a plain def runs they wait for it" in why(lambda: ls.serve("said", **options))  # noqa: B023


# -- pages


def test_what_a_tuple_has_behind_the_body_is_named_by_what_it_is() -> None:
    long = {"X-Room": "r" * 60}
    assert why(lambda: to_response(("sent", long))).endswith(f"write return ls.Response(body, headers={long})")
    assert why(lambda: to_response(("sent", 201))).endswith("write return ls.Response(body, status=201)")
    assert why(lambda: to_response(("sent", 201, [("a", "b")]))).endswith("status=201, headers=[('a', 'b')])")


def test_a_page_of_several_methods_has_a_decorator_for_each(server: Server) -> None:
    said = why(lambda: server.get("/both", methods=["POST", "GET", "OPTIONS"]))  # type: ignore[call-arg]
    assert "write @server.get(path), @server.post(path) above the function" in said
    assert "post, put, patch or delete for another method" in why(lambda: server.route)  # type: ignore[attr-defined]
    assert "post, put, patch or delete for another method" in why(lambda: server.add_url_rule)  # type: ignore[attr-defined]

    @server.get("/both")
    @server.post("/both")
    def both(request: Any) -> str:
        return str(request.method)

    assert body_of(server, "/both") == "GET"
    assert body_of(server, "/both", b"x") == "POST"


def test_a_default_of_a_path_is_one_of_its_parameter(server: Server) -> None:
    said = why(lambda: server.get("/", defaults={"path": "home"}))  # type: ignore[call-arg]
    code = "path = request.path_params.get('path', 'home')"
    assert (
        f'write {code} in the handler, and a decorator for each path, @server.get("/") above @server.get("/{{p' in said
    )

    @server.get("/")
    @server.get("/{path:path}")
    def page(request: Any) -> str:
        known = {"request": request}
        exec(code, known)
        return str(known["path"])

    assert body_of(server, "/") == "home"
    assert body_of(server, "/a/b") == "a/b"


def test_what_all_templates_know_and_what_runs_before_the_first_page(server: Server) -> None:
    assert 'env.globals["name"] = f' in why(lambda: server.context_processor)  # type: ignore[attr-defined]
    said = why(lambda: server.before_first_request)  # type: ignore[attr-defined]
    assert "write its lines below serve(), above the pages" in said


def test_a_page_emits_to_a_namespace_because_it_has_no_socket(server: Server) -> None:
    for name in ("emit", "send"):
        assert 'server.of("/").emit("' in str(instead_of(name)).splitlines()[1]

    of_the_page: dict[str, Any] = {"ls": ls, "server": server}  # here socket is a fixture
    exec('def news(request):\n    socket.emit("news", 1)', of_the_page)
    server.get("/news")(of_the_page["news"])

    with pytest.raises(urllib.error.HTTPError) as caught:
        body_of(server, "/news")
    caught.value.close()
    assert 'write server.of("/").emit("name", …) where there is no peer, as in a page' in str(server.errors[-1])


def body_of(server: Server, path: str, data: bytes | None = None) -> str:
    with urllib.request.urlopen(server.url(path, "http"), data, timeout=DEADLINE) as answer:
        return str(answer.read().decode())


def lines_behind(said: str, begin: str) -> str:
    """Return the code in the lines of a sentence behind the one that ends with `begin`."""
    return textwrap.dedent(said.partition(f"{begin}\n")[2])


def test_a_body_that_may_be_no_json_is_tried(server: Server) -> None:
    code = lines_behind(REQUEST["get_json"], "silent=True)")

    @server.post("/silent")
    def silent(request: Any) -> Any:
        known = {"request": request}
        exec(code, known)
        return [known["data"]]

    assert body_of(server, "/silent", b'{"a": 1}') == '[{"a": 1}]'
    assert body_of(server, "/silent", b"{bad") == "[null]"
    assert REQUEST["is_json"].startswith('write "json" in request.headers.get(')


def test_a_message_of_a_raw_route_may_stay_away(server: Server) -> None:
    code = lines_behind(CONNECTION["receive"], "timeout=1)").replace("timeout(1)", "timeout(0.01)")
    defined: dict[str, Any] = {"asyncio": asyncio}
    exec(f"async def talk(ws):\n{textwrap.indent(code, '    ')}\n    await ws.send(str(data))", defined)
    server.websocket("/raw")(defined["talk"])
    with ls.connect(server.url("/raw")) as ws:
        assert ws.recv(timeout=DEADLINE) == "None"


@pytest.mark.parametrize("given", [{"reason": 4001, "message": "no"}, {"code": 4001, "message": b"no"}])
def test_a_raw_connection_is_closed_with_the_values_of_its_author(server: Server, given: dict[str, Any]) -> None:
    @server.websocket("/raw")
    async def talk(ws: Any) -> None:
        try:
            await ws.close(**given)
        except TypeError as exc:
            await ws.send(str(exc))
        await ws.close(4001, "no")

    with ls.connect(server.url("/raw")) as ws:
        assert str(ws.recv(timeout=DEADLINE)).endswith("write await ws.close(4001, 'no')")


def test_pages_are_asked_in_a_test_as_advised(server: Server) -> None:
    httpx = pytest.importorskip("httpx")

    @server.post("/login")
    def login(request: Any) -> ls.Response:
        answer = ls.Response("", status=303, headers={"Location": "/me"})
        answer.set_cookie("name", request.form["name"])
        return answer

    @server.get("/me")
    def me(request: Any) -> Any:
        return {"name": request.cookies["name"]}

    asks = re.search(r"client = (httpx.Client\(.*?\)\))", SERVER["test_client"])
    assert asks is not None
    with eval(asks[1], {"httpx": httpx, "server": server}) as client:
        assert client.post("/login", data={"name": "ann"}).status_code == 303
        answer = client.get("/me")
        assert (answer.status_code, answer.json()) == (200, {"name": "ann"})
        assert client.get("/nowhere").status_code == 404


def test_options_of_which_the_same_is_said_share_their_lines() -> None:
    said = why(lambda: ls.serve("x", message_queue="redis://", channel="c", logger=True))  # type: ignore[call-arg]
    assert '"message_queue", "channel": write cluster=' in said
    assert said.count("write cluster=") == 1
    assert '"logger", "engineio_logger": after' in why(
        lambda: ls.serve("x", logger=True, engineio_logger=True)  # type: ignore[call-arg]
    )


def test_a_namespace_of_its_author_stays(server: Server) -> None:
    said = why(lambda: ls.socket(server.url("/"), namespace="/chat"))  # type: ignore[call-arg]
    assert said.endswith('write ls.socket(server.url("/chat"))')
    assert 'server.of("/other") in place of server.of("/")' in why(lambda: server.send)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("page", "write"),
    [
        (lambda request: {"id": uuid.UUID(int=1)}, "str(a_uuid)"),
        (lambda request: ls.Response(io.BytesIO(b"x")), "write buffer.getvalue()"),
        (lambda request: io.BytesIO(b"x"), "write return ls.Response(value.getvalue())"),
        (lambda request: ls.Response("x").headers.add("a", "b"), 'write response.headers["X-Name"] = "value"'),  # type: ignore[union-attr]
    ],
)
def test_what_a_page_cannot_answer_names_what_it_can(server: Server, page: Any, write: str) -> None:
    server.get("/page")(page)
    with pytest.raises(urllib.error.HTTPError) as caught:
        body_of(server, "/page")
    caught.value.close()
    assert write in str(server.errors[-1])


@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("MethodView", "in place of its method get"),
        ("check_password_hash", "from werkzeug.security import"),
    ],
)
def test_names_of_flask_and_its_extensions(name: str, write: str) -> None:
    assert write in str(instead_of(name))


@pytest.mark.parametrize(
    ("habit", "begins", "cookie", "whose"),
    [
        ("login_user", "password", "token", 'users.get(request.cookies.get("token"))'),
        ("session", "begins one", "session", 'sessions.get(request.cookies.get("session"), {})'),
    ],
)
def test_a_peer_is_known_by_a_cookie_that_nobody_can_guess(
    server: Server, habit: str, begins: str, cookie: str, whose: str
) -> None:
    said = str(instead_of(habit))
    code = lines_behind(said, begins).partition("\nin other")[0]
    known: dict[str, Any] = {"ls": ls, "secrets": secrets, "users": {}, "sessions": {}, "name": "ann"}
    exec(f"def login(request):\n{textwrap.indent(textwrap.dedent(code), '    ')}", known)
    server.get("/login")(known["login"])
    assert f" = {whose}," in said
    server.get("/me")(lambda request: "ann" if "ann" in str(eval(whose, {**known, "request": request})) else "nobody")

    with urllib.request.urlopen(server.url("/login", "http"), timeout=DEADLINE) as answer:
        given = answer.headers["Set-Cookie"]
    assert "HttpOnly" in given and "SameSite=Lax" in given
    for sent, user in ((given.partition(";")[0], "ann"), (f"{cookie}=ann", "nobody"), ("username=ann", "nobody")):
        asked = urllib.request.Request(server.url("/me", "http"), headers={"Cookie": sent})
        with urllib.request.urlopen(asked, timeout=DEADLINE) as answer:
            assert answer.read().decode() == user
