"""Paths with parameters, folders of files, and what people write who know other libraries."""

from __future__ import annotations

import http.client
import json
import os
import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from websockets.sync.client import connect

import livesock as ls
from livesock.net.http.routes import check_path, find, same_places
from livesock.server import Server

DEADLINE = 20.0

ROUTES = ["/", "/items/all", "/items/{id}", "/items/{id}/parts/{part}", "/files/{*}", "/books/{*}"]
ROUTES += ["/books/{at:path}", "/books/{shelf}/{at:path}", "/books/new/{id}"]


@pytest.mark.parametrize(
    ("target", "found"),
    [
        ("/", ("/", {})),
        ("/?x=1", ("/", {})),
        ("/items/all", ("/items/all", {})),
        ("/items/7?x=/y", ("/items/{id}", {"id": "7"})),
        ("/items/a%20b%2Fc", ("/items/{id}", {"id": "a b/c"})),
        ("/items/你", ("/items/{id}", {"id": "你"})),
        ("/items/7/parts/b", ("/items/{id}/parts/{part}", {"id": "7", "part": "b"})),
        ("/items/", None),
        ("/items", None),
        ("/items/7/", None),
        ("/items/7/parts", None),
        ("/files/", ("/files/{*}", {"*": ""})),
        ("/files/css/x.css", ("/files/{*}", {"*": "css/x.css"})),
        ("/files", None),
        ("/books/a%20b%2Fc", ("/books/{at:path}", {"at": "a b/c"})),
        ("/books/new/1", ("/books/new/{id}", {"id": "1"})),
        ("/books/old/1/2?x=1", ("/books/{shelf}/{at:path}", {"shelf": "old", "at": "1/2"})),
        ("/books/", ("/books/{at:path}", {"at": ""})),
        ("/books", None),
        ("/items/%7Bid%7D", ("/items/{id}", {"id": "{id}"})),
    ],
)
def test_a_path_finds_its_route(target: str, found: tuple[str, dict[str, str]] | None) -> None:
    assert find(ROUTES, target) == found


def test_routes_that_differ_in_a_name_answer_the_same_paths() -> None:
    assert same_places("/a/{id}") == same_places("/a/{name}") != same_places("/a/name")
    assert same_places("/a/{id:path}") == same_places("/a/{name:path}") != same_places("/a/{id}")


@pytest.mark.parametrize(
    ("path", "write"),
    [
        ("/items/<id>", "write {id} for '<id>'"),
        ("/items/<int:id>", "write {id} for '<int:id>'"),
        ("/items/:id", "write {id} for ':id'"),
        ("/items/{id:int}", "write {"),
        ("/files/<path:rest>", "write {rest:path} for '<path:rest>'"),
        ("/files/{rest:path}/raw", "stands at the end of a path"),
        ("/ws/*", "write {name:path} for '*'"),
        ("/room-{id}", "write {id} for 'room-{id}'"),
        ("/{a}/{a}", "a name of its own"),
        ("/x?y={z}", "write '/x'"),
        ("echo", "begins with a slash"),
    ],
)
def test_a_path_as_other_libraries_write_it_says_what_to_write(path: str, write: str) -> None:
    with pytest.raises(ValueError) as caught:
        check_path(path)
    assert write in str(caught.value)


@pytest.mark.parametrize(
    "path", ["/shops/<shop>/items/<int:id>", "/shops/:shop/items/{id:int}", "/shops/{shop}/items/<int:id>"]
)
def test_the_definition_for_a_path_with_converters_works_as_it_is_written(server: Server, path: str) -> None:
    with pytest.raises(ValueError) as caught:
        server.get(path)

    write = re.search(r"so (@.*) above (def .*): …, and (.*) in it", str(caught.value))
    assert write is not None
    body = "; ".join(write[3].split(", "))
    exec(f"{write[1]}\n{write[2]}:\n  {body}\n  return [id, request.path_params['shop']]", {"server": server})
    with urllib.request.urlopen(server.url("/shops/a/items/7", "http"), timeout=DEADLINE) as answer:
        assert json.load(answer) == [7, "a"]


def test_a_handler_gets_the_rest_of_a_path(server: Server, tmp_path: Path) -> None:
    with pytest.raises(TypeError, match=r"file_path = request\.path_params\['file_path'\]|get\('file_path'\)"):

        @server.get("/files/{file_path:path}")
        def wrong(file_path: str) -> str:
            return file_path

    (tmp_path / "style.css").write_text("p {}")
    server.static("/css", tmp_path)
    server.get("/files/{file_path:path}")(lambda request: {"at": request.path_params["file_path"]})
    server.get("/{path:path}")(lambda request: ls.Response("missing", status=404))
    assert ask(server, "/files/a/b%20c.txt")[::2] == (200, b'{"at": "a/b c.txt"}')
    assert ask(server, "/css/style.css")[::2] == (200, b"p {}")
    assert ask(server, "/some/where")[::2] == (404, b"missing")
    with ls.socket(server.url("/")) as point:
        assert point.connected


def test_a_page_for_all_other_paths_leaves_405_to_the_paths_of_other_pages(server: Server, tmp_path: Path) -> None:
    @server.get("/{path:path}")
    @server.post("/{path:path}")
    def missing(request: Any) -> Any:
        return ls.Response("mine", status=404)

    (tmp_path / "a.txt").write_text("file")
    server.static("/css", tmp_path)
    server.post("/a")(lambda request: "posted")
    server.post("/css/a.txt")(lambda request: "posted beside a file")
    server.get("/items/{id}")(lambda request: request.path_params["id"])
    server.post("/items/all")(lambda request: "all")

    def answer(method: str, path: str) -> tuple[int, str, str | None]:
        asked = urllib.request.Request(server.url(path, "http"), method=method)
        try:
            with urllib.request.urlopen(asked, timeout=DEADLINE) as answer:
                return answer.status, answer.read().decode(), answer.headers["Allow"]
        except urllib.error.HTTPError as wrong:
            with wrong:
                return wrong.code, wrong.read().decode(), wrong.headers["Allow"]

    for method in ("GET", "POST"):
        assert answer(method, "/nowhere") == (404, "mine", None)
    assert answer("GET", "/a") == (405, "this path takes only POST\n", "POST")
    assert answer("POST", "/a") == (200, "posted", None)
    assert answer("GET", "/css/a.txt") == (200, "file", None)
    assert answer("GET", "/items/all") == (200, "all", None), "the page with a parameter takes this path, too"
    assert answer("PUT", "/items/all") == (405, "this path takes only GET, POST\n", "GET, POST")
    assert answer("PUT", "/nowhere") == (405, "this path takes only GET, POST\n", "GET, POST")


def test_a_raw_route_gets_the_rest_of_a_path(server: Server) -> None:
    @server.websocket("/ws/{at:path}")
    async def talk(ws: Any) -> None:
        await ws.send(ws.path_params["at"])

    with ls.connect(server.url("/ws/a/b")) as ws:
        assert ws.recv(timeout=DEADLINE) == "a/b"


def test_put_patch_and_delete_are_methods_of_their_own(server: Server) -> None:
    for method in ("put", "patch", "delete", "get"):
        getattr(server, method)("/items/{id}")(
            lambda request: [request.method, request.path_params["id"], request.text]
        )

    for method in ("PUT", "PATCH", "DELETE"):
        asked = urllib.request.Request(server.url("/items/7", "http"), data=b"x", method=method)
        with urllib.request.urlopen(asked, timeout=DEADLINE) as answer:
            assert json.load(answer) == [method, "7", "x"]
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(server.url("/items/7", "http"), data=b"x", timeout=DEADLINE)
    caught.value.close()
    assert (caught.value.code, caught.value.headers["Allow"]) == (405, "DELETE, GET, PATCH, PUT")


@pytest.mark.parametrize(("path", "write"), [("/rooms/<name>", "async def talk(ws): …, and name = ws.path_params['na")])
def test_a_raw_route_with_converters_gets_its_own_definition(server: Server, path: str, write: str) -> None:
    with pytest.raises(ValueError) as caught:
        server.websocket(path)

    assert write in str(caught.value)


@pytest.fixture
def server() -> Iterator[Server]:
    with ls.serve("routes") as server:
        yield server


def ask(server: Server, path: str, **headers: str) -> tuple[int, http.client.HTTPMessage, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, answer.headers, body


def test_a_page_and_a_websocket_get_the_parts_of_their_path(server: Server) -> None:
    server.get("/items/{id}")(lambda request: dict(request.path_params))

    @server.websocket("/ws/{room}")
    async def chat(ws: Any) -> None:
        await ws.send(ws.path_params["room"])

    assert ask(server, "/items/a%20b")[2] == b'{"id": "a b"}'
    assert ask(server, "/items/a/b")[0] == 404
    for room in ("blue", "red%20"):
        with connect(server.url(f"/ws/{room}"), proxy=None) as ws:
            assert ws.recv(timeout=20) == room.replace("%20", " ")


def test_a_route_with_another_name_for_its_part_replaces_the_older_one(server: Server) -> None:
    server.get("/items/{id}")(lambda request: "old")
    server.get("/items/{name}")(lambda request: request.path_params["name"])

    assert ask(server, "/items/x")[2] == b"x"


def test_decorators_without_brackets_and_handlers_that_cannot_be_called_are_refused(server: Server) -> None:
    wrong: Any

    def flask() -> str:
        return "no request"

    def fastapi(request: Any, item: int) -> str:
        return "one too many"

    async def older(ws: Any, path: str) -> None: ...

    for decorator in ("get", "post", "websocket"):
        with pytest.raises(TypeError, match=rf'write @server\.{decorator}\("/flask"\)'):
            getattr(server, decorator)(flask)
    with pytest.raises(TypeError, match=r'write @server\.gateway\("/point"\) above the class'):
        server.gateway(type("Point", (), {}))  # type: ignore[arg-type]
    for wrong in (flask, fastapi):
        with pytest.raises(TypeError, match=r"write def \w+\(request\): ….*request\.(path_params|query\['item'\])"):
            server.get("/x")(wrong)
    with pytest.raises(TypeError, match=r"takes \(ws.*path.*older\(ws\): …, and in it path = ws\.request\.path"):
        server.websocket("/x")(older)


def test_handlers_with_further_parameters_that_need_no_argument_are_fine(server: Server) -> None:
    for number in range(2):

        @server.get(f"/{number}")
        def page(request: Any, more=number, *rest: int, **names: int) -> str:  # type: ignore[no-untyped-def]
            return f"fine {more}"

    assert ask(server, "/1")[2] == b"fine 1"


# -- a folder of files


@pytest.fixture
def site(tmp_path: Path, server: Server) -> Path:
    site = tmp_path / "site"
    (site / "sub").mkdir(parents=True)
    (tmp_path / "secret.txt").write_text("secret")
    (site / "index.html").write_text("<p>home")
    (site / "app.js").write_text("1")
    (site / "sub" / "index.html").write_text("<p>sub")
    (site / "sub" / "a b.bin").write_bytes(b"\0")
    (site / ".env").write_text("secret")
    (site / "out").symlink_to(tmp_path / "secret.txt")
    (site / "up").symlink_to(tmp_path)
    (site / "in.js").symlink_to(site / "app.js")
    (site / "loop").symlink_to(site / "loop")
    os.mkfifo(site / "pipe")
    server.static("/", site)
    server.static("/files", str(site))
    return site


@pytest.mark.parametrize("below", ["", "/files"])
@pytest.mark.parametrize(
    ("path", "kind", "body"),
    [
        ("/", "text/html; charset=utf-8", b"<p>home"),
        ("/index.html", "text/html; charset=utf-8", b"<p>home"),
        ("/app.js", "text/javascript; charset=utf-8", b"1"),
        ("/in.js", "text/javascript; charset=utf-8", b"1"),
        ("/sub/", "text/html; charset=utf-8", b"<p>sub"),
        ("/sub/a%20b.bin?v=1", "application/octet-stream", b"\0"),
    ],
)
def test_files_are_served_with_their_type(
    server: Server, site: Path, below: str, path: str, kind: str, body: bytes
) -> None:
    status, headers, received = ask(server, below + path)
    assert (status, headers["Content-Type"], received) == (200, kind, body)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("data.csv.gz", "application/gzip"),
        ("all.tar.gz", "application/gzip"),
        ("all.tgz", "application/gzip"),
        ("picture.svgz", "application/gzip"),
        ("page.html.br", "application/octet-stream"),
        ("part.ts", "video/mp2t"),
    ],
)
def test_a_packed_file_does_not_have_the_type_of_what_is_inside(
    server: Server, site: Path, name: str, kind: str
) -> None:
    (site / name).write_bytes(b"\0")

    assert ask(server, f"/{name}")[1]["Content-Type"] == kind


@pytest.mark.parametrize(
    "path",
    ["/../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt", "/sub/../../secret.txt", "/..%5csecret.txt", "/out",
     "/up/secret.txt", "/.env", "/%2eenv", "//etc/passwd", "/%2fetc/passwd", "/loop", "/pipe", "/missing", "/a%00b",
     "/app.js/x", "/app.js/", "/sub/index.html/", "/C:/x", "/sub//a%20b.bin", "/" + "x" * 300, "/%ff"],
)  # fmt: skip
def test_nothing_outside_the_folder_and_nothing_hidden_is_served(server: Server, site: Path, path: str) -> None:
    status, _, body = ask(server, "/files" + path)
    assert status == 404 and b"secret" not in body and server.errors == []


def test_a_folder_without_its_slash_is_elsewhere_and_never_on_another_host(server: Server, site: Path) -> None:
    status, headers, _ = ask(server, "/files/sub")
    assert (status, headers["Location"]) == (301, "/files/sub/")
    status, headers, _ = ask(server, "/files?v=1")
    assert (status, headers["Location"]) == (301, "/files/?v=1"), "the folder itself, and not a file of that name in /"
    assert ask(server, "/files/sub?v=1&w=%20")[1]["Location"] == "/files/sub/?v=1&w=%20"
    assert ask(server, "//sub")[0] == 404


def test_a_page_at_the_address_of_a_folder_goes_first(server: Server, site: Path) -> None:
    server.get("/files")(lambda request: "a page")

    assert ask(server, "/files")[2] == b"a page"
    assert ask(server, "/files/app.js")[0] == 200


def test_a_file_that_the_browser_has_is_not_sent_again(server: Server, site: Path) -> None:
    _, headers, _ = ask(server, "/app.js")
    tag = headers["ETag"]
    assert headers["Cache-Control"] == "no-cache"

    for known in (tag, f'"other", W/{tag}', "*"):
        status, again, body = ask(server, "/app.js", If_None_Match=known)
        assert (status, again["ETag"], body) == (304, tag, b"")
    (site / "app.js").write_text("22")
    assert ask(server, "/app.js", If_None_Match=tag)[2] == b"22"


def test_a_handler_goes_before_a_file(server: Server, site: Path) -> None:
    server.get("/app.js")(lambda request: "handled")
    server.get("/sub/{name}")(lambda request: "handled too")

    assert ask(server, "/app.js")[2] == b"handled"
    assert ask(server, "/files/app.js")[2] == b"1"


def test_what_is_no_folder_is_refused(server: Server, tmp_path: Path) -> None:
    with pytest.raises(NotADirectoryError, match="static"):
        server.static("/", tmp_path / "missing")


@pytest.mark.parametrize("path", ["/socket.io/", "/socket.io"])
def test_a_route_in_the_place_of_socket_io_is_refused(server: Server, path: str) -> None:
    for register in (server.get, server.post, server.websocket):
        with pytest.raises(ValueError, match=r"is where Socket.IO answers: take another path, or move it"):
            register(path)
    with ls.serve("moved", sessions={"path": "/io/"}) as moved:
        moved.get(path)(lambda request: "mine")
