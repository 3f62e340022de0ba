"""Habits of FastAPI, Flask and `websockets` around a server: what a sentence says to write, and that it works."""

from __future__ import annotations

import asyncio
import io
import pathlib
import re
import threading
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
import websockets
from websockets.exceptions import ConnectionClosed

import livesock as ls
from livesock.foreign.names import instead_of
from livesock.server import Server

DEADLINE = 20.0


@pytest.fixture
def server() -> Iterator[Server]:
    with ls.serve("what is advised") as server:
        yield server


def fetched(server: Server, path: str) -> tuple[int, str, str]:
    """Return status, type and text of a page."""
    try:
        with urllib.request.urlopen(server.url(path, "http"), timeout=DEADLINE) as answer:
            return answer.status, answer.headers["Content-Type"], answer.read().decode()
    except urllib.error.HTTPError as exc:
        return exc.code, exc.headers["Content-Type"], exc.read().decode()


async def echo(ws: Any) -> None:
    async for message in ws:
        await ws.send(message)


@pytest.mark.parametrize(
    ("given", "options", "write"),
    [
        (("localhost", 8765), {}, "write server = ls.serve(host='localhost', port=8765), and @server.websocket(\"/\")"),
        ((), {"host": "localhost", "port": 8765}, "write server = ls.serve(host='localhost', port=8765), and @server"),
        (("", 8765), {}, "write server = ls.serve(port=8765), and @server"),
        ((), {"ping_interval": 20}, "ping_interval=20"),
    ],
)
def test_a_server_of_the_library_websockets_keeps_its_address(given: Any, options: Any, write: str) -> None:
    async def main() -> None:
        async with ls.serve(echo, *given, **options):  # type: ignore[attr-defined]
            await asyncio.Future()

    with pytest.raises(TypeError, match=r"async def echo\(ws\): …; it needs neither async with nor") as caught:
        asyncio.run(main())
    assert write in str(caught.value)


def test_the_address_of_a_run_by_its_places_is_not_lost(server: Server) -> None:
    app: Any = server

    with pytest.raises(TypeError, match=r"write server\.run\(\)") as caught:
        app.run("0.0.0.0", 5000)
    assert "write serve(host='0.0.0.0') there" in str(caught.value)
    assert "write serve(port=5000) there" in str(caught.value)
    with pytest.raises(TypeError, match=r"without anything in the brackets$"):
        app.run(server.host, server.port)


def test_a_server_that_is_called_as_an_application_says_where_it_listens(server: Server) -> None:
    app: Any = server

    for arguments in (({"type": "http"}, None, None), ({}, print)):
        with pytest.raises(TypeError, match=r"write httpx\.AsyncClient\(base_url=server\.url\(\"/\", \"http\"\)\)"):
            app(*arguments)


def test_a_page_of_its_own_for_404(server: Server) -> None:
    with pytest.raises(AttributeError) as caught:
        server.errorhandler(404)  # type: ignore[attr-defined]
    text = str(caught.value)
    assert '@server.get("/{path:path}"), and below it @server.post("/{path:path}"), above def missing(request)' in text
    assert 'return ls.Response(html, status=404, type="text/html"); 405 stays with the paths of other pages' in text

    html = "<h1>not here</h1>"

    @server.get("/{path:path}")
    def missing(request: Any) -> Any:
        return ls.Response(html, status=404, type="text/html")

    server.get("/there")(lambda request: "here")
    assert fetched(server, "/no/where") == (404, "text/html; charset=utf-8", html)
    assert fetched(server, "/there")[::2] == (200, "here")


def test_a_stream_keeps_its_type(server: Server) -> None:
    assert 'return ls.Response(parts(), type="text/csv")' in (instead_of("StreamingResponse") or "")

    @server.get("/table")
    async def page(request: Any) -> Any:
        def parts() -> Iterator[str]:
            yield "a,b\n"
            yield from ["1,2\n"]

        return ls.Response(parts(), type="text/csv")

    @server.get("/async")
    async def other(request: Any) -> Any:
        async def parts() -> AsyncIterator[str]:
            yield "a,b\n"
            yield "1,2\n"

        return ls.Response(parts(), type="text/csv")

    for path in ("/table", "/async"):
        assert fetched(server, path) == (200, "text/csv; charset=utf-8", "a,b\n1,2\n")


def test_a_plain_generator_is_streamed_and_ends_with_its_reader(server: Server) -> None:
    ended = threading.Event()

    @server.get("/lines")
    def lines(request: Any) -> Iterator[str]:
        yield threading.current_thread().name
        yield from (" is", " a thread")

    @server.get("/forever")
    def forever(request: Any) -> Iterator[str]:
        try:
            while True:
                yield "x" * 100_000
        finally:
            ended.set()

    @server.get("/fails")
    def fails(request: Any) -> Iterator[str]:
        raise ZeroDivisionError
        yield ""

    assert fetched(server, "/lines")[2] == "livesock handler lines is a thread"
    with urllib.request.urlopen(server.url("/forever", "http"), timeout=DEADLINE) as answer:
        answer.read(10)
    assert ended.wait(DEADLINE)
    assert fetched(server, "/fails")[0] == 500
    assert isinstance(server.errors[-1].exception, ZeroDivisionError)


def test_a_broadcast_of_the_library_websockets_reaches_raw_connections(server: Server) -> None:
    assert "websockets.broadcast(connections, text), with import websockets" in (instead_of("broadcast") or "")
    connections = set()

    @server.websocket("/ws")
    async def talk(ws: Any) -> None:
        connections.add(ws)
        async for message in ws:
            websockets.broadcast(connections, message)

    with ls.connect(server.url("/ws")) as one, ls.connect(server.url("/ws")) as two:
        one.send("first")
        assert one.recv(timeout=DEADLINE) == "first"
        two.send("news")
        assert one.recv(timeout=DEADLINE) == "news"


def test_a_router_is_a_function(server: Server) -> None:
    with pytest.raises(AttributeError, match=r"include_router.*def add_items\(server\): ….*then add_items\(server\)"):
        server.include_router(1)  # type: ignore[attr-defined]

    def add_items(server: Any) -> None:
        @server.get("/items/{id}")
        def item(request: Any) -> dict[str, int]:
            return {"id": int(request.path_params["id"])}

    add_items(server)
    assert fetched(server, "/items/7") == (200, "application/json", '{"id": 7}')


@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("Form", 'request.form.get("name", "")'),
        ("StaticFiles", 'server.static("/static", "static")'),
        ("TestClient", "ws.recv(timeout=1)"),
        ("ASGITransport", 'client = httpx.Client(base_url=server.url("/", "http"))'),
        ("uvicorn", 'server = ls.serve(host="127.0.0.1", port=8080) at its top'),
        ("run", "server.run(), with nothing in the brackets, at the end of a script"),
        ("APIRouter", "def add_items(server): …"),
        (
            "Depends",
            "parameters of its own gets each: Commons(request.query.get('q'), int(request.query.get('skip', 0)))",
        ),
        ("Depends", "\n    one that may refuse: return ls.Response(…, status=401) in it"),
    ],
)
def test_a_name_says_all_that_its_line_holds_elsewhere(name: str, write: str) -> None:
    assert write in (instead_of(name) or "")


@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("mount", 'write server.static("/static", "static"): the path, and the folder'),
        ("add_middleware", "for CORS write origins="),
        ("dependency_overrides", 'monkeypatch.setattr(module, "find_user", other)'),
        ("run_async", "write server.run()"),
        ("serve", "write server.run()"),
    ],
)
def test_an_attribute_says_all_that_its_line_holds_elsewhere(server: Server, name: str, write: str) -> None:
    with pytest.raises(AttributeError) as caught:
        getattr(server, name)
    assert write in str(caught.value)


def test_a_path_with_another_slash_at_its_end_is_named(server: Server) -> None:
    server.get("/items/")(lambda request: "")
    server.get("/page")(lambda request: "")

    assert fetched(server, "/items") == (
        404,
        "text/plain; charset=utf-8",
        "no page is served at this path; there is one at '/items/'\n",
    )
    assert "there is one at '/page'" in fetched(server, "/page/")[2]
    assert fetched(server, "/other/")[2] == fetched(server, "/")[2] == "no page is served at this path\n"


def test_a_number_that_is_returned_says_how_it_is_sent(server: Server) -> None:
    server.get("/n")(lambda request: 42)
    server.get("/json")(lambda request: ls.Response(42))

    assert fetched(server, "/n")[0] == 500
    assert "not int: write return str(value), or ls.Response(value) for JSON" in str(server.errors[0])
    assert fetched(server, "/json") == (200, "application/json", "42")


def test_a_path_without_its_slash_is_written_with_it(server: Server) -> None:
    with pytest.raises(ValueError, match=r"not 'items': write '/items'$"):
        server.get("items")


def test_the_json_of_a_body_is_no_method(server: Server) -> None:
    server.post("/json")(lambda request: request.json()("name"))

    with pytest.raises(urllib.error.HTTPError, match="500"):
        urllib.request.urlopen(server.url("/json", "http"), data=b"{}", timeout=DEADLINE)
    assert "it is a value: leave the brackets out" in str(server.errors[0])


@pytest.mark.parametrize("name", ["send_from_directory", "send_file", "FileResponse"])
def test_a_file_whose_name_a_peer_sends_is_one_of_its_folder(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "a.txt").write_text("a")
    (tmp_path / "secret.txt").write_text("SECRET")
    monkeypatch.chdir(tmp_path)
    said = instead_of(name) or ""
    write = re.search(r"server\.static\(.*?\)", said)
    assert write and "open(" not in said and "Path(path" not in said
    eval(write[0], {"server": server})
    assert fetched(server, "/files/a.txt")[::2] == (200, "a")
    for path in ("/files/..%2fsecret.txt", "/files/%2e%2e/secret.txt", "/files/missing.txt"):
        assert fetched(server, path)[0] == 404


def test_a_file_of_the_code_and_bytes_in_memory_are_sent_as_advised(server: Server, tmp_path: Path) -> None:
    (tmp_path / "style.css").write_text("p {}")
    write = re.search(r"return (ls\.Response.*?), of a file", str(instead_of("send_file")))
    assert write
    code = write[1].replace('"style.css"', "path")
    known: dict[str, Any] = {"ls": ls, "pathlib": pathlib, "path": tmp_path / "style.css"}
    server.get("/style")(lambda request: eval(code, known))
    assert fetched(server, "/style") == (200, "text/css; charset=utf-8", "p {}")
    in_memory = code.replace("pathlib.Path(path).read_bytes()", "buffer.getvalue()")
    server.get("/buffer")(lambda request: eval(in_memory, {"ls": ls, "buffer": io.BytesIO(b"p {}")}))
    assert fetched(server, "/buffer") == fetched(server, "/style")


@pytest.mark.parametrize("sent", ["a.txt", "../a.txt", "/etc/a.txt", "..\\..\\a.txt", "C:\\a.txt"])
def test_a_name_of_an_upload_is_its_last_part_alone(sent: str) -> None:
    code = str(instead_of("secure_filename")).partition(",")[0].replace("file.filename", "sent")
    assert eval(code, {"pathlib": pathlib, "sent": sent}) == "a.txt"


def test_the_longest_body_of_flask_is_one_of_the_limits(server: Server) -> None:
    with pytest.raises(TypeError, match=r'limits=\{"max_body": 16\}'):
        ls.serve("small", max_content_length=16)  # type: ignore[call-arg]
    with pytest.raises(AttributeError, match=r'serve\(limits=\{"max_body": .*\}\) for MAX_CONTENT_LENGTH'):
        server.config["MAX_CONTENT_LENGTH"] = 16  # type: ignore[attr-defined]


def test_a_refusal_in_a_function_that_a_raw_handler_calls_ends_the_handler(server: Server) -> None:
    joined: list[str] = []

    async def get_token(ws: Any) -> str:
        if ws.query.get("token") != "good":
            raise ls.Refused("why")
        return "good"

    @server.websocket("/chat")
    async def chat(ws: Any) -> None:
        joined.append(await get_token(ws))
        await ws.send("in")

    with (
        ls.connect(server.url("/chat?token=bad")) as ws,
        pytest.raises(ConnectionClosed) as caught,
    ):
        ws.recv(timeout=DEADLINE)
    assert caught.value.rcvd is not None and (caught.value.rcvd.code, caught.value.rcvd.reason) == (1008, "why")
    with ls.connect(server.url("/chat?token=good")) as ws:
        assert ws.recv(timeout=DEADLINE) == "in"
    assert joined == ["good"]
