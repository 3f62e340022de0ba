"""What a page finds in its request, and may keep in it: state, cookies, several values of one name, files."""

from __future__ import annotations

import copy
import http.client
import json
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

import livesock as ls
from livesock.net.http.asked.multipart import NotAForm, Upload, parts_of
from livesock.net.http.asked.sent import Headers, cookies_of
from livesock.net.http.web import HttpRequest
from livesock.net.loop.failures import HandlerError
from livesock.net.socketio.sent import SocketHandshake
from livesock.server import Server

DEADLINE = 20.0


@pytest.fixture
def server() -> Iterator[Server]:
    with ls.serve("requests") as server:
        yield server


def asked(server: Server, target: str, body: bytes | None = None, **headers: str) -> tuple[int, str, list[str]]:
    """Return status, text and cookies of an answer."""
    line = http.client.HTTPConnection("127.0.0.1", server.port, timeout=DEADLINE)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    line.request("GET" if body is None else "POST", target, body, named)
    answer = line.getresponse()
    text = answer.read().decode()
    line.close()
    return answer.status, text, answer.headers.get_all("Set-Cookie") or []


# -- what a handler keeps


def test_each_request_has_a_state_of_its_own(server: Server) -> None:
    def sign_in(request: Any) -> None:
        request.state.user = request.query["user"]

    @server.get("/me")
    def me(request: Any) -> str:
        sign_in(request)
        return str(request.state.user)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda n: asked(server, f"/me?user={n}")[1], range(40)))

    assert answers == [str(n) for n in range(40)]


@pytest.mark.parametrize(
    ("change", "write"),
    [
        (lambda r: setattr(r, "user", "ann"), "write request.state.user = 'ann'"),
        (lambda r: setattr(r, "path", "/x"), "write request.state.path = '/x'"),
        (lambda r: setattr(r, "db", object()), "write request.state.db = …"),
        (lambda r: setattr(ls.Response(), "status_code", 201), "write ls.Response(body, status=201)"),
        (lambda r: setattr(ls.Response(), "status", 202), "write ls.Response(body, status=202)"),
        (lambda r: setattr(ls.Response(), "media_type", "text/css"), "write ls.Response(body, type='text/css')"),
        (lambda r: setattr(ls.Response(), "text", "hi"), "write ls.Response('hi')"),
        (lambda r: setattr(ls.Response(), "token", "t"), "write ls.Response(body, headers={\"X-Name\": 't'})"),
    ],
)
def test_an_attribute_that_cannot_be_set_says_what_to_write(change: Any, write: str) -> None:
    with pytest.raises(AttributeError) as caught:
        change(HttpRequest("GET", "/", {}))

    assert str(caught.value).endswith(f"is not changed: {write}")


@pytest.mark.parametrize(
    ("value", "write"),
    [
        (SocketHandshake({}, {}, "127.0.0.1"), 'a handshake is not changed: write socket.data["nonsense"] = 7'),
        (Upload("a.txt", "text/plain", b""), "a file is not changed: write request.state.nonsense = 7"),
        (HandlerError(0.0, "loop", 0, ValueError()), "keep nonsense in a variable of your own"),
        (ls.cluster.emitter(ls.cluster.memory()), "an emitter is not changed: keep nonsense in a variable"),
    ],
)
def test_no_value_fails_with_words_of_python_when_an_attribute_is_set(value: Any, write: str) -> None:
    with pytest.raises(AttributeError, match="is not changed") as caught:
        value.nonsense = 7

    assert write in str(caught.value)


def test_a_header_of_a_response_may_be_set() -> None:
    response = ls.Response("ok", headers=[("Set-Cookie", "a=1")])

    response.headers["X-Name"] = "value"  # type: ignore[index]  # a dict by now

    assert response.header_lines() == [("Set-Cookie", "a=1"), ("X-Name", "value")]


# -- cookies


def test_a_page_reads_cookies_and_sets_several(server: Server) -> None:
    @server.get("/in")
    def enter(request: Any) -> Any:
        return ls.Response("in", headers={"Set-Cookie": ["theme=dark; Path=/", "user=ann; Path=/"], "X-A": "1"})

    @server.get("/out")
    def leave(request: Any) -> Any:
        return ls.Response("out", headers=[("Set-Cookie", "theme=; Max-Age=0; Path=/"), ("Set-Cookie", "b=2")])

    @server.get("/stream")
    def stream(request: Any) -> Any:
        async def parts() -> Any:
            yield "x"

        return ls.Response(parts(), headers={"Set-Cookie": ["a=1", "b=2"]})

    server.get("/me")(lambda request: f"{request.cookies['theme']} {request.cookies.get('no', '-')}")

    assert asked(server, "/in")[2] == ["theme=dark; Path=/", "user=ann; Path=/"]
    assert asked(server, "/out")[2] == ["theme=; Max-Age=0; Path=/", "b=2"]
    assert asked(server, "/stream")[2] == ["a=1", "b=2"]
    assert asked(server, "/me", Cookie="theme=dark; user=ann")[:2] == (200, "dark -")
    assert asked(server, "/me")[:2] == (422, """{"detail": "the request brings no cookie 'theme'"}""")


@pytest.mark.parametrize(
    ("header", "cookies"),
    [
        (None, {}),
        ("", {}),
        ("a=1;b=2", {"a": "1", "b": "2"}),
        ("a=1; broken; =3; c", {"a": "1"}),
        ('a="x\\"y\\054z"', {"a": 'x"y,z'}),
        ("a=b=c; {odd}=[1]", {"a": "b=c", "{odd}": "[1]"}),
        ("a=1; a=2", {"a": "1"}),
    ],
)
def test_cookies_are_read_one_by_one(header: str | None, cookies: dict[str, str]) -> None:
    assert cookies_of(header) == cookies


def test_no_display_shows_the_value_of_a_cookie() -> None:
    request = HttpRequest("GET", "/", Headers({"cookie": "theme=s3cret"}))

    assert repr(request.cookies) == "{'theme': '…'}" and "s3cret" not in f"{request!r} {request.headers!r}"


def test_a_websocket_handler_reads_cookies_and_keeps_a_state(server: Server) -> None:
    @server.websocket("/ws")
    async def talk(ws: Any) -> None:
        ws.request.state.user = ws.request.cookies["user"]
        await ws.send(f"{ws.request.state.user} {ws.request.path}")

    with ls.connect(server.url("/ws?a=1"), headers={"Cookie": "user=ann"}) as ws:
        assert ws.recv(timeout=DEADLINE) == "ann /ws?a=1"


# -- several values of one name


def test_all_values_of_one_name_are_found_in_order(server: Server) -> None:
    @server.post("/x")
    def page(request: Any) -> Any:
        return [
            [request.query["m"], request.query.get("m"), request.query.getlist("m"), request.query.getlist("no")],
            [request.form["f"], request.form.getlist("f")],
            [request.headers["X-H"], request.headers.getlist("X-H")],
        ]

    line = http.client.HTTPConnection("127.0.0.1", server.port, timeout=DEADLINE)
    line.putrequest("POST", "/x?m=a&m=b&n=1")
    for name, value in (("X-H", "1"), ("X-H", "2"), ("Content-Length", "7")):
        line.putheader(name, value)
    line.endheaders(b"f=1&f=2")
    answer = json.loads(line.getresponse().read())
    line.close()

    assert answer == [["b", "b", ["a", "b"], []], ["2", ["1", "2"]], ["1, 2", ["1", "2"]]]


def test_a_copy_of_what_was_sent_has_all_its_values() -> None:
    query = HttpRequest("GET", "/?m=a&m=b", {}).query

    assert [copy.copy(query).getlist("m"), copy.deepcopy(query).getlist("m")] == [["a", "b"]] * 2


@pytest.mark.parametrize(
    ("habit", "write"),
    [
        (lambda r: r.query.multi_items(), 'write request.query.getlist("name")'),
        (lambda r: r.form.getall("a"), 'write request.form.getlist("name")'),
        (lambda r: r.query.to_dict(), "it is a dict itself: write request.query"),
        (lambda r: r.query.page, 'write r.query["page"], or r.query.get("page")'),
        (lambda r: r.query.get("page", 1, type=int), "write int(request.query.get('page', 1))"),
        (
            lambda r: r.query.get("page", type=int),
            "write int(request.query['page']) if 'page' in request.query else None",
        ),
        (lambda r: r.json.get("a"), "write request.json()"),
        (lambda r: r.json["a"], "write request.json()"),
        (lambda r: r.json(silent=True), 'write json.loads(request.body or "null")'),
    ],
)
def test_a_habit_with_what_was_sent_says_what_to_write(habit: Any, write: str) -> None:
    with pytest.raises((AttributeError, TypeError)) as caught:
        habit(HttpRequest("GET", "/?page=2", {}))

    assert write in str(caught.value)


def test_a_request_knows_the_host_of_its_peer(server: Server) -> None:
    server.get("/")(lambda request: f"{request.client.host} {request.client.port > 0}")

    assert asked(server, "/")[1] == "127.0.0.1 True"


# -- forms with files

KIND = "multipart/form-data; boundary=XyZ"
MAIL = b"Content-Type: multipart/mixed; boundary=q\r\n\r\n--q\r\n\r\nhi\r\n--q--\r\n"
EVERY_BYTE = bytes(range(256)) + b"\r\n\n\r--XyZ\r\n--Xy"


def form_of(*parts: tuple[str, bytes]) -> bytes:
    return (
        b"".join(b"--XyZ\r\n" + head.encode() + b"\r\n\r\n" + body + b"\r\n" for head, body in parts) + b"--XyZ--\r\n"
    )


def test_a_page_reads_fields_and_files_of_one_form(server: Server) -> None:
    @server.post("/up")
    def page(request: Any) -> Any:
        file, photos = request.files["file"], request.files.getlist("photo")
        return [request.form["title"], file.filename, file.type, file.body.hex(), [one.filename for one in photos]]

    body = form_of(
        ('Content-Disposition: form-data; name="title"', "Größe".encode()),
        ('Content-Disposition: form-data; name="file"; filename="é;.bin"\r\nContent-Type: image/png', EVERY_BYTE),
        ('Content-Disposition: form-data; name="photo"; filename="a"', b""),
        ('Content-Disposition: form-data; name="photo"; filename="b"', b"\r\n"),
    )

    status, text, _ = asked(server, "/up", body, Content_Type=KIND)
    assert (status, json.loads(text)) == (200, ["Größe", "é;.bin", "image/png", EVERY_BYTE.hex(), ["a", "b"]])
    status, text, _ = asked(server, "/up", form_of(), Content_Type=KIND)
    assert (status, json.loads(text)) == (422, {"detail": "the request brings no file 'file'"})


@pytest.mark.parametrize("content", [MAIL, b"", b"\r\n", b"\n\r\r", b"--", EVERY_BYTE])
@pytest.mark.parametrize("kind", ["message/rfc822", "multipart/mixed; boundary=q", "text/plain"])
def test_the_bytes_of_a_file_arrive_as_they_are(content: bytes, kind: str) -> None:
    body = form_of((f'Content-Disposition: form-data; name="f"; filename="a"\r\nContent-Type: {kind}', content))

    [(name, file)] = parts_of(b"a preamble\r\n" + body, KIND)

    assert (name, file.type, file.body) == ("f", kind, content)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ('"a b.txt"', "a b.txt"),
        ("plain", "plain"),
        ('"%22quoted%22"', '"quoted"'),
        (r'"\"quoted\""', '"quoted"'),
        (r'"C:\new"', r"C:\new"),
        ('""', ""),
    ],
)
def test_the_name_of_a_file_is_read_as_browsers_write_it(written: str, name: str) -> None:
    [(_, file)] = parts_of(form_of((f"content-disposition: form-data; name=f; filename={written}", b"")), KIND)

    assert file.filename == name  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("body", "kind"),
    [(b"", KIND), (b"--XyZ\r\n\r\nx", KIND), (form_of(), "multipart/form-data"), (b"\xff" * 99, KIND)],
)
def test_a_body_that_is_not_the_form_it_says_is_refused(server: Server, body: bytes, kind: str) -> None:
    server.post("/up")(lambda request: request.form)

    with pytest.raises(NotAForm):
        list(parts_of(body, kind))
    status, text, _ = asked(server, "/up", body, Content_Type=kind)
    assert status == 400 and json.loads(text)["detail"].startswith("the body is not valid: it")


@pytest.mark.parametrize(
    ("habit", "write"),
    [
        (lambda file: file.read(), "write file.body, its bytes, without await"),
        (lambda file: file.content_type, "write file.type"),
        (lambda file: file.save("x"), 'write pathlib.Path("name of your own").write_bytes(file.body)'),
    ],
)
def test_a_file_says_what_to_write(habit: Any, write: str) -> None:
    [(_, file)] = parts_of(form_of(("content-disposition: form-data; name=f; filename=a", b"")), KIND)

    with pytest.raises(AttributeError, match="has no attribute") as caught:
        habit(file)
    assert write in str(caught.value)
    assert repr(file) == "<Upload 'a' 'application/octet-stream' with 0 bytes>"


def test_a_header_of_the_handler_takes_the_place_of_ours_in_any_case(server: Server) -> None:
    server.get("/")(lambda request: ls.Response("a,b", headers={"content-type": "text/csv", "cache-control": "public"}))

    with urllib.request.urlopen(server.url("/", "http"), timeout=DEADLINE) as answer:
        assert answer.headers.get_all("Content-Type") == ["text/csv"]
        assert answer.headers.get_all("Cache-Control") == ["public"]


# -- what a peer got wrong on a raw route


@pytest.mark.parametrize(
    ("target", "habit", "told"),
    [
        ("/ws/abc", lambda ws: int(ws.path_params["room"]), "the path: invalid literal for int() with base 10: 'abc'"),
        ("/ws/1", lambda ws: ws.query["token"], "the request brings no query parameter 'token'"),
        ("/ws/1", lambda ws: ws.request.cookies["user"], "the request brings no cookie 'user'"),
        ("/ws/1?n=x", lambda ws: float(ws.query["n"]), "query parameter 'n': could not convert string to float: 'x'"),
    ],
)
def test_a_value_that_a_raw_route_cannot_use_is_the_fault_of_the_peer(
    server: Server, target: str, habit: Any, told: str
) -> None:
    @server.websocket("/ws/{room}")
    async def talk(ws: Any) -> None:
        habit(ws)

    with ls.connect(server.url(target)) as ws, pytest.raises(ConnectionClosed) as caught:
        ws.recv(timeout=DEADLINE)

    assert caught.value.rcvd is not None
    assert (caught.value.rcvd.code, caught.value.rcvd.reason) == (1008, told)
    assert [kept.is_refusal for kept in server.errors] == [True]


@pytest.mark.parametrize("habit", [lambda ws: int("own"), lambda ws: {}["x"], lambda ws: json.loads("")])
def test_any_other_error_of_a_raw_route_is_its_own(server: Server, habit: Any) -> None:
    @server.websocket("/ws/{room}")
    async def talk(ws: Any) -> None:
        habit(ws)

    with ls.connect(server.url("/ws/1")) as ws, pytest.raises(ConnectionClosed) as caught:
        ws.recv(timeout=DEADLINE)

    assert caught.value.rcvd is not None and caught.value.rcvd.code == 1011
    assert [kept.is_refusal for kept in server.errors] == [False]


@pytest.mark.parametrize(
    ("value", "write"),
    [
        (ls.Response("bad token", status=401), "write await ws.close(1008, 'bad token'), and a return without a value"),
        ("hi", "write await ws.send('hi')"),
        ({"a": 1}, "write await ws.send(json.dumps(value))"),
        ("x" * 99, "write await ws.send(message)"),
    ],
)
def test_what_a_raw_route_returns_says_what_to_write(server: Server, value: Any, write: str) -> None:
    @server.websocket("/ws")
    async def talk(ws: Any) -> Any:
        return value

    with ls.connect(server.url("/ws")) as ws, pytest.raises(ConnectionClosed):
        ws.recv(timeout=DEADLINE)

    assert write in str(server.errors[0])


@pytest.mark.parametrize("kind", [KIND, "application/x-www-form-urlencoded"])
@pytest.mark.parametrize(("count", "status"), [(1000, 200), (1001, 400)])
def test_a_form_has_a_thousand_fields_at_most(server: Server, kind: str, count: int, status: int) -> None:
    server.post("/up")(lambda request: {"fields": len(request.form)})
    plain = b"&".join(b"f%d=" % n for n in range(count))
    parts = form_of(*((f'Content-Disposition: form-data; name="f{n}"', b"") for n in range(count)))

    answer, text, _ = asked(server, "/up", parts if kind == KIND else plain, Content_Type=kind)

    assert answer == status
    assert text == ('{"fields": 1000}' if status == 200 else text)
    assert ("more than 1,000" in text) == (status == 400)


def test_the_headers_of_a_part_are_bounded(server: Server) -> None:
    server.post("/up")(lambda request: request.form)

    status, text, _ = asked(server, "/up", form_of(("X: " + "a" * 8190, b"")), Content_Type=KIND)

    assert (status, "the headers of a part have more than 8,192 bytes" in text) == (400, True)
