"""Programs of other libraries, whole: the error of their import speaks of the options that stand below it."""

from __future__ import annotations

import importlib.util
import re
import runpy
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import livesock as ls
from livesock.errors import NotRunning
from tests.peers import DEADLINE

FLASK = """\
from livesock import Flask, SocketIO
app = Flask(__name__)
socketio = SocketIO(app, cors_allowed_origins="https://example.org", async_mode="threading", ping_timeout=WAIT)
socketio.run(app, host="127.0.0.1", port=5000, debug=True)
"""

PYTHON_SOCKETIO = """\
import livesock as socketio
sio = socketio.AsyncServer(async_mode="asgi", max_http_buffer_size=2_000_000)
"""

NEST = """\
from livesock import WebSocketGateway
@WebSocketGateway(3001, namespace="chat", cors={"origin": "*"})
class ChatGateway: ...
@WebSocketGateway(namespace=PATH)
class Other: ...
@WebSocketGateway()
class Root: ...
"""

FASTAPI = """\
from livesock import FastAPI, Depends
app = FastAPI()
"""


@pytest.fixture(autouse=True)
def stopped() -> Iterator[None]:
    yield
    ls.stop_all()


def said(
    program: str, folder: Path, kind: type[Exception] | tuple[type[Exception], ...] = (ImportError, AttributeError)
) -> str:
    file = folder / "app.py"
    file.write_text(program)
    spec = importlib.util.spec_from_file_location("app", file)
    assert spec is not None and spec.loader is not None
    with pytest.raises(kind) as caught:
        spec.loader.exec_module(importlib.util.module_from_spec(spec))
    return str(caught.value)


def test_options_of_a_constructor_and_of_run_are_carried_over(tmp_path: Path) -> None:
    text = said(FLASK, tmp_path)

    assert (
        "the program names, write app = socketio = ls.serve(host='127.0.0.1', port=5000), and app.run() at its end:"
        in text
    )
    lines = re.findall(r'^    ("\w+"): (.*)$', text, re.MULTILINE)
    assert [name for name, _ in lines] == ['"cors_allowed_origins"', '"async_mode"', '"ping_timeout"']
    assert lines[0][1].startswith('write origins=["https://example.org"] in serve()')
    assert 'sessions={"ping_timeout": WAIT}' in lines[2][1], "a variable stays one"
    assert "debug" not in text, "run() speaks of it"


def test_the_module_as_another_ones_name_is_told_the_same(tmp_path: Path) -> None:
    text = said(PYTHON_SOCKETIO, tmp_path)

    assert "the program names, write sio = socketio.serve():" in text
    assert 'write sessions={"max_payload": 2000000}' in text


def test_each_gateway_has_its_own_line_and_the_port_goes_to_the_server(tmp_path: Path) -> None:
    text = said(NEST, tmp_path)

    assert '@server.gateway("/chat") above class ChatGateway: …, @server.gateway(PATH) above class Other: …' in text
    assert '@server.gateway("/") above class Root: …, below server = ls.serve(), and without a base' in text
    assert "write server = ls.serve(port=3001):" in text and '"cors": ' in text


def test_a_base_that_is_imported_beside_other_names_is_told_with_them(tmp_path: Path) -> None:
    program = "from livesock import Namespace, emit\nclass Chat(Namespace): ...\nstart(Chat('/chat'))\n"
    text = said(program, tmp_path)

    assert 'Namespace as a base: write @server.gateway("/chat") above class Chat: …, below server = ls.serve()' in text


PAGES = """\
import livesock as ls
app = ls.serve("pages")
@app.get("/")
def home(): return "home"
@app.get("/health")
async def health(): return {"ok": True}
@app.post("/items")
def create(request): return request.json()
def no_page(): ...
"""


def test_pages_that_take_nothing_are_told_with_the_first_of_them(tmp_path: Path) -> None:
    words = said(PAGES, tmp_path, TypeError)
    assert words.endswith("\n  below it write async def health(request): …")


CLIENT = """\
from livesock import Client
sio = Client(logger=True, reconnection_attempts=3)
sio.connect(URL, namespaces=["/chat"], auth={"token": token}, wait_timeout=5, transports=["websocket"])
"""


def test_the_options_of_a_client_and_of_its_connect_are_told_with_its_class(tmp_path: Path) -> None:
    text = said(CLIENT, tmp_path)

    assert "write ls.socket(url, auth={'token': token}, transports=['websocket']):" in text
    lines = dict(re.findall(r'^    ("\w+"): (.*)$', text, re.MULTILINE))
    assert list(lines) == ['"logger"', '"reconnection_attempts"', '"namespaces"', '"wait_timeout"']
    assert lines['"wait_timeout"'] == "write timeout=5, in seconds"
    assert lines['"reconnection_attempts"'] == 'write reconnection={"attempts": 3}'


SECRETS = """\
from livesock import Client, AsyncRedisManager, io
sio = Client(extra_headers={"Authorization": f"Bearer {KEY} s3cret"})
sio.connect(URL, auth={"token": "s3cret"}, transports=["websocket"])
io(URL, {"query": {"key": "s3cret"}})
manager = AsyncRedisManager("redis://:s3cret@cache.internal:6379/3")
"""


def test_a_secret_stays_in_the_program_and_is_in_no_error(tmp_path: Path) -> None:
    text = said(SECRETS, tmp_path)

    assert "s3cret" not in text
    assert "ls.socket(url, auth=…, transports=['websocket']):" in text
    assert 'ls.cluster.redis("redis://127.0.0.1:6379")' in text


THREAD = """\
from livesock import FastAPI, run, AsyncRedisManager
app = FastAPI()
manager = AsyncRedisManager("redis://cache.internal:6379/3")
threading.Thread(target=lambda: run(app, port=5000)).start()
"""


def test_a_run_in_a_thread_and_the_address_of_redis_are_the_programs_own(tmp_path: Path) -> None:
    text = said(THREAD, tmp_path)

    assert (
        "ls.serve(port=5000), and leave out the thread whose function runs it: a server runs in the background" in text
    )
    assert 'ls.cluster.redis("redis://cache.internal:6379/3")' in text and "127.0.0.1:6379" not in text


def test_a_program_without_options_is_not_told_of_any(tmp_path: Path) -> None:
    assert "options" not in said(FASTAPI, tmp_path)


def test_send_beside_emit_says_only_how_it_differs(tmp_path: Path) -> None:
    both = said("from livesock import emit, send", tmp_path)
    alone = said("from livesock import send", tmp_path)

    assert '\n  send: write what stands here for emit, with "message", text for send(text), and "json"' in both
    assert 'write socket.emit("message", text) in a handler for its peer' in alone


IMPORTS = """\
from livesock.responses import HTMLResponse, Response
from livesock import Depends, FastAPI, nothing_of_the_kind
from livesock.testclient import TestClient
"""


@pytest.mark.parametrize("order", [1, -1])
def test_all_imports_of_a_program_are_told_at_once(tmp_path: Path, order: int) -> None:
    text = said("".join(IMPORTS.splitlines(keepends=True)[::order]), tmp_path)

    told = [re.search(rf"^  {name}: write ", text, re.MULTILINE) for name in ("HTMLResponse", "FastAPI", "TestClient")]
    assert all(told), text
    assert "nothing_of_the_kind" not in text, "its own line says so"


@pytest.mark.parametrize("given", [(3000,), (3000, {"pingInterval": 10000})])
def test_a_server_that_is_called_as_in_node_keeps_its_port_and_options(given: tuple[Any, ...]) -> None:
    with pytest.raises(TypeError) as caught:
        ls.Server(*given)  # type: ignore[attr-defined]  # a class of ours

    assert "write server = ls.serve(port=3000)" in str(caught.value)
    assert len(given) == 1 or 'write sessions={"ping_interval": 10}' in str(caught.value)


@pytest.mark.parametrize("given", [(), ("app",)])
def test_a_run_in_a_thread_is_told_to_leave_the_thread_out(given: tuple[Any, ...]) -> None:
    server = ls.serve("theirs")
    heard: list[str] = []

    def run() -> None:
        with pytest.raises((RuntimeError, TypeError)) as caught:
            server.run(*given)
        heard.append(str(caught.value))

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(DEADLINE)
    assert "needs no thread: leave this thread out, for the server runs in the background since serve()" in heard[0]


def test_listen_says_where_the_port_stands_and_a_json_message_keeps_its_event() -> None:
    server: Any = ls.serve("theirs")

    with pytest.raises(
        AttributeError, match=r"write server\.run\(\); for listen\(3000\) ls\.serve\(port=3000\) at its top"
    ):
        server.listen(3000)
    with pytest.raises(TypeError, match=r"emit\(\) takes no json=: write server\.of\('/'\)\.emit\('json', …\)$"):
        server.of("/").emit("message", {"a": 1}, json=True)


ROUTES = """\
import livesock as ls
app = socketio = ls.serve("theirs")
@socketio.on("message")
def said(data): ...
@app.route("/")
def index(): return f"<h1>{1}</h1>"
@app.route("/user/<int:uid>/<name>", methods=["GET", "POST"])
async def user(uid, name): ...
@app.api_route("/another")
def other():
    if not socketio: return "", 204
    if app: return jsonify(id=1, name=app), 201, {"Location": "/1"}
    return jsonify([app]), 202
@app.route("/files/<path:at>")
def files(at): return render_template("a"), 203
"""


def test_all_pages_of_flask_are_told_by_the_first_of_them(tmp_path: Path) -> None:
    words = said(ROUTES, tmp_path, AttributeError)
    _, _, told = words.partition("a page gets the request: write\n")
    assert [line.strip() for line in told.splitlines()] == [
        '@app.get("/") above def index(request): …, and in it return ls.Response(html, type="text/html")',
        '@app.get("/user/{uid}/{name}") above @app.post("/user/{uid}/{name}") above async def user(request): …, and in '
        'it uid = int(request.path_params["uid"]), name = request.path_params["name"]',
        "@app.get(\"/another\") above def other(request): …, and in it return ls.Response('', status=204), "
        "return ls.Response({'id': 1, 'name': app}, status=201, headers={'Location': '/1'}), "
        "return ls.Response([app], status=202)",
        '@app.get("/files/{at:path}") above def files(request): …, and in it at = request.path_params["at"]',
        "what is no number is answered 422; for 404 as in Flask if not request.path_params['uid'].isdecimal(): "
        'return ls.Response("", status=404) above it',
    ]
    with pytest.raises(AttributeError, match=r"write @\w+\.get\(path\), with post, put, patch or delete"):
        str(ls.servers()["theirs"].route)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("refusal", "write"),
    [
        ('raise HTTPException(404, "no " + name)', "ls.Response({\"detail\": 'no ' + name}, status=404)"),
        ("raise HTTPException(status_code=status.HTTP_409_CONFLICT)", "ls.Response('', status=409)"),
        ('abort(400, "text missing")', "ls.Response('text missing', status=400)"),
        ("abort(code)", "ls.Response('', status=code)"),
        ("later = abort", "ls.Response({…}, status=404, headers={…})"),
    ],
)
def test_a_page_refuses_with_the_programs_own_status_and_words(tmp_path: Path, refusal: str, write: str) -> None:
    name = "abort" if "abort" in refusal else "HTTPException"
    text = said(f"from livesock import {name}\ndef page(name):\n    {refusal}\n", tmp_path)

    assert f"write return {write}" in text


TWO_PORTS = """\
from livesock import WebSocketGateway, NestFactory
@WebSocketGateway(8764, namespace="events")
class G: ...
app = NestFactory.create(G)
app.listen(3000)
"""


def test_the_port_of_a_gateway_beside_another_one_is_not_lost(tmp_path: Path) -> None:
    text = said(TWO_PORTS, tmp_path)

    assert "app = ls.serve(port=3000), and app.run() at its end if it only serves:" in text
    assert "8764: one port is for all: leave it out, and clients ask that of the server" in text


APPLICATION = """\
import livesock as ls
import uvicorn
sio = ls.AsyncServer(async_mode="asgi")
app = ls.ASGIApp(sio, static_files={"/": "index.html", "/static": "./public"}, socketio_path=PATH)
class Chat(ls.AsyncNamespace):
    async def on_message(self, sid, data): ...
sio.register_namespace(Chat("/chat"))
uvicorn.run(app, host="127.0.0.1", port=5000)
"""


def test_an_application_and_the_classes_below_it_are_told_as_they_are_written(tmp_path: Path) -> None:
    words = said(APPLICATION, tmp_path)

    assert 'AsyncNamespace: write @sio.gateway("/chat") above class Chat: …, below sio = ls.serve()' in words
    assert 'sio.static("/static", "./public") for "/static" of static_files' in words
    assert '@sio.get("/") above def page(request): …, and in it return ls.Response(open("index.html", "rb")' in words
    assert 'sessions={"path": PATH} in ls.serve() for socketio_path=PATH' in words
    assert "write sio = app = ls.serve(host='127.0.0.1', port=5000), and sio.run() at its end" in words
    assert "other app" not in words


def test_a_server_that_the_program_has_stands_for_those_of_others(tmp_path: Path) -> None:
    program = "import livesock as ls\nserver = ls.serve(port=8000)\nsio = ls.AsyncServer(ping_timeout=5)\n"
    words = said(program, tmp_path)

    assert "AsyncServer: write sio = server, which ls.serve() has returned: one server" in words
    assert "write server = ls.serve(port=8000)" in words
    assert "write app = server in its place" in said(
        program.replace("sio = ls.AsyncS", "app = ls.WSGIApp(1) #"), tmp_path
    )


def test_names_that_are_imported_and_names_that_are_read_are_told_together(tmp_path: Path) -> None:
    words = said(MIXED, tmp_path)

    assert 'WebSocket: write @app.websocket("/path") above async def talk(ws): …' in words
    assert "FastAPI: write app = ls.serve()" in words
    assert "run: write app.run()" in words


MIXED = """\
import livesock as ls
from livesock import WebSocket
app = ls.FastAPI()
@app.websocket("/ws/{room}")
async def talk(websocket: WebSocket): ...
if __name__ == "__main__": ls.run(app, port=8391)
"""


def test_an_application_without_files_has_no_line_about_files(tmp_path: Path) -> None:
    assert "static" not in said("import livesock as ls\napp = ls.ASGIApp(3, other_asgi_app=4)", tmp_path)
    assert "other app" in said("import livesock as ls\napp = ls.ASGIApp(3, other_asgi_app=4)", tmp_path)


def test_files_whose_names_are_not_written_get_a_line_for_both_kinds(tmp_path: Path) -> None:
    words = said("import livesock as ls\napp = ls.ASGIApp(3, static_files=FILES)", tmp_path)

    assert 'app.static("/static", "folder") for a folder of static_files; for a file @app.get("/")' in words


OPEN = """\
from livesock import FastAPI, uvicorn
app = FastAPI()
uvicorn.run(app, host="0.0.0.0", port=8000)
"""


def test_a_server_for_others_is_told_of_its_token(tmp_path: Path) -> None:
    token = "beyond this machine each client needs the token that app.url() holds; a browser keeps it"
    words = said(OPEN, tmp_path)

    assert "write app = ls.serve(host='0.0.0.0', port=8000), and app.run() at its end" in words and token in words
    assert token not in said(OPEN.replace("0.0.0.0", "127.0.0.1"), tmp_path)


EVENTLET = """\
import livesock as ls
import eventlet
sio = ls.serve()
app = ls.WSGIApp(sio)
eventlet.wsgi.server(eventlet.listen(("", 5000)), app)
"""


def test_the_port_of_a_wsgi_server_is_carried_over(tmp_path: Path) -> None:
    words = said(EVENTLET.replace("import eventlet\n", ""), tmp_path)

    assert "write app = sio in its place" in words and "sio.run() in place of what runs it" in words
    assert "write sio = ls.serve(port=5000), and sio.run() at its end" in words
    assert "it listens on this machine: host='0.0.0.0' in ls.serve() for others" in words
    made = EVENTLET.replace("import eventlet\n", "").replace(
        'eventlet.wsgi.server(eventlet.listen(("", 5000)), app)', "make_server('', 8755, app)"
    )
    assert "write sio = ls.serve(port=8755), and sio.run() at its end if it only serves" in said(made, tmp_path)


ONE_SERVER = """\
import livesock as socketio
sio = socketio.Server(ping_timeout=20)
app = socketio.WSGIApp(sio, static_files={"/": "index.html"})
make_server("", 8755, app).serve_forever()
"""


def test_a_server_that_is_made_speaks_of_the_rest_of_its_program(tmp_path: Path) -> None:
    words = said(ONE_SERVER, tmp_path, TypeError)

    assert "write sio = app = socketio.serve(port=8755), and sio.run() at its end" in words
    assert '"ping_timeout": write sessions={"ping_timeout": 20}' in words
    assert "WSGIApp: write no application" in words and '@sio.get("/") above' in words


def test_of_two_servers_each_is_told_its_own_options(tmp_path: Path) -> None:
    file = tmp_path / "app.py"
    file.write_text("import livesock as ls\nfirst = ls.Server(3000)\nsecond = ls.Server(4000)\nls.WSGIApp(first)\n")
    with pytest.raises(TypeError, match=r"write first = ls\.serve\(port=3000\)$"):
        runpy.run_path(str(file))


def test_a_client_under_another_name_keeps_its_options(tmp_path: Path) -> None:
    program = 'from livesock import Server, io as ioc\nio = Server(3000)\ns = ioc(URL, {"auth": AUTH})\n'
    words = said(program, tmp_path)

    assert "write ls.socket(url, auth=" in words and "Server: write io = ls.serve(), once" in words
    assert "write io = ls.serve(port=3000)" in words


FLASK_FIRST = """\
from livesock import Flask, SocketIO
import livesock as ls
app = Flask(__name__)
socketio = SocketIO(app, ping_timeout=5)
server = ls.serve(app, port=8000)
"""


def test_a_serve_below_another_library_s_server_is_left_out(tmp_path: Path) -> None:
    words = said(FLASK_FIRST, tmp_path)

    assert "Flask, SocketIO: write app = socketio = server = ls.serve(), once for pages" in words
    assert "; leave out server = ls.serve(…) below it" in words
    assert "write app = socketio = server = ls.serve(port=8000)" in words


def test_a_server_beside_one_that_runs_is_that_one(tmp_path: Path) -> None:
    words = said(
        "import livesock as ls\nserver = ls.serve()\nsio = ls.Server(3000, ping_timeout=5)\n", tmp_path, TypeError
    )

    assert "write sio = server, which ls.serve() has returned" in words
    assert "with port=3000 in its brackets" in words and '"ping_timeout": write sessions=' in words


def test_a_namespace_s_base_names_the_server_below_it(tmp_path: Path) -> None:
    words = said("import livesock as ls\nclass My(ls.Namespace): ...\nsio = ls.Server()\n", tmp_path, TypeError)
    assert "below sio = ls.serve(); leave out sio = ls.Server() and the line that registers it" in words


@pytest.mark.parametrize(("target", "is_told"), [("app.run", True), ("begin", True), ("lambda: check(1)", False)])
def test_only_a_thread_that_runs_the_server_is_left_out(tmp_path: Path, target: str, is_told: bool) -> None:
    program = f"""\
from livesock import FastAPI, run
app = FastAPI()
def begin(): run(app, port=5000)
threading.Thread(target={target}).start()
run(app, port=5000)
"""
    assert ("leave out the thread whose function runs it" in said(program, tmp_path)) is is_told


SCRIPT = """\
import livesock as ls
server = ls.serve("alone")
{}
"""

ENDS = {
    "a gateway": ('@server.gateway("/")\nclass G:\n    @ls.event("hi")\n    def hi(self, socket): ...', True),
    "a page": ('server.get("/")(lambda request: "x")', True),
    "nothing": ("print(server.url())", False),
    "an error": ('server.get("/")(lambda request: "x")\nraise ValueError', False),
    "somebody came": ('server.of("/").on("x", len)\nls.socket(server).close()', False),
    "it was stopped": ('server.get("/")(lambda request: "x")\nserver.stop()', False),
}


@pytest.mark.parametrize("lines", ENDS)
def test_a_script_that_ends_before_anybody_came_says_what_is_missing(tmp_path: Path, lines: str) -> None:
    file = tmp_path / "app.py"
    file.write_text(SCRIPT.format(ENDS[lines][0]).replace("server", "app").replace(".app(", ".server("))
    ran = subprocess.run([sys.executable, str(file)], capture_output=True, text=True, timeout=60, check=False)

    told = "livesock: the script has ended, and its server 'alone' with it: write app.run() as its last line"
    assert (told in ran.stderr) is ENDS[lines][1], ran.stderr


STARTS = {
    "threading.Thread(target=uvicorn.run, args=(app,), kwargs={'port': 8473}).start()": "port=8473",
    "threading.Thread(target=uvicorn.run, args=(app,), kwargs=dict(port=8473)).start()": "port=8473",
    "config = uvicorn.Config(app, port=8475)\nuvicorn.Server(config).run()": "port=8475",
    "threading.Thread(target=functools.partial(uvicorn.run, app, port=8473)).start()": "port=8473",
    "server = ls.serve(app, port=8474)": "port=8474",
    "await web.TCPSite(runner, '127.0.0.1', 8765).start()": "port=8765",
    "threading.Thread(target=make_server('', 8766, app).serve_forever).start()": "port=8766",
    "server = ls.serve(ls.ASGIApp(sio), port=8474)": "port=8474",
}


@pytest.mark.parametrize("line", STARTS)
def test_a_port_is_kept_wherever_it_is_given(tmp_path: Path, line: str) -> None:
    program = f"import livesock as ls\nsio = ls.AsyncServer()\napp = ls.ASGIApp(sio)\n{line}\n"
    words = said(program.replace("await ", ""), tmp_path)

    assert re.search(rf"the program names, write [\w =]+ = ls\.serve\({STARTS[line]}\)", words), words


def test_a_refusal_keeps_its_headers(tmp_path: Path) -> None:
    program = 'from livesock import HTTPException\ndef page():\n    raise HTTPException(401, "no", headers={A: B})\n'
    assert "return ls.Response({\"detail\": 'no'}, status=401, headers={A: B})" in said(program, tmp_path)


def test_an_option_for_redis_has_the_address_of_the_program(tmp_path: Path) -> None:
    program = "import livesock as ls\nm = 'redis://cache:1'\nsio = ls.AsyncServer(client_manager=m)\n"
    words = said(program, tmp_path)
    assert "redis://cache:1" in words and "127.0.0.1" not in words


def test_what_stands_beside_a_name_is_told_with_it(tmp_path: Path) -> None:
    page = "from livesock import HTMLResponse\n@app.get('/', response_class=HTMLResponse)\ndef page(): ...\n"
    assert '"response_class": return ls.Response(body) from the handler' in said(page, tmp_path)
    created = "from livesock import status\n@app.post('/', status_code=status.HTTP_201_CREATED)\ndef page(): ...\n"
    assert '"status_code": return ls.Response(body, status=201) from the handler' in said(created, tmp_path)
    checked = "from livesock import Depends\n@app.get('/', dependencies=[Depends(check)])\ndef page(): ...\n"
    assert '"dependencies": write the call itself in the handler' in said(checked, tmp_path)
    client = "from livesock import AsyncClient\nimport asyncio\ngot = asyncio.Queue()\n"
    assert "got = queue.Queue(), with got.put(1) in it" in said(client, tmp_path)


def test_a_program_that_names_no_options_is_run_as_it_runs(tmp_path: Path) -> None:
    program = "from livesock import Flask, SocketIO\napp = Flask(__name__)\nsocketio = SocketIO(app)\n{}"
    runs = "as the program runs it, write app = socketio = ls.serve(), and app.run() at its end"
    assert runs in said(program.format("socketio.run(app, debug=True)"), tmp_path)
    assert "as the program runs it" not in said(program.format(""), tmp_path)


def test_the_reply_of_nest_is_told_with_its_events(tmp_path: Path) -> None:
    program = """\
from livesock import SubscribeMessage
class Gateway:
    @SubscribeMessage("sum")
    def sum(self, data):
        return {"event": "total", "data": data["a"] + 1}
    def other(self):
        return {"event": 1}
"""
    assert "what is returned as event and data is return Reply('total', data['a'] + 1)" in said(
        program, tmp_path
    ).replace("ls.", "")
    assert "event and data" not in said(program.replace('"data":', '"more":'), tmp_path)


def test_a_client_keeps_the_name_that_the_program_has_for_it(tmp_path: Path) -> None:
    one = "import livesock as ls\nsio = ls.AsyncClient()\n"
    assert "write sio = ls.socket(url), which connects" in said(one, tmp_path)
    assert "write point = ls.socket(url), which connects" in said(f"{one}other = ls.SimpleClient()\n", tmp_path)


def test_the_application_of_nest_is_the_server_of_the_program(tmp_path: Path) -> None:
    program = """\
from livesock import WebSocketGateway, NestFactory
@WebSocketGateway()
class G: ...
async def main():
    app = await NestFactory.create(G)
    await app.listen(3001)
asyncio.run(main())
"""
    words = said(program, tmp_path)

    assert "NestFactory: write app = ls.serve()" in words
    assert "write app = ls.serve(port=3001), and app.run() at its end if it only serves" in words


def test_a_stopped_server_is_neither_entered_nor_run() -> None:
    with ls.serve("stopped") as server:
        pass
    with pytest.raises(NotRunning, match=r"serve\(\) again"), server:
        pass
    with pytest.raises(NotRunning, match=r"serve\(\) again"):
        server.run()


def test_a_class_that_serve_gets_stands_in_no_line(tmp_path: Path) -> None:
    program = """\
from livesock import WebSocketGateway
@WebSocketGateway(namespace="events", cors={"origin": "*"})
class Events: ...
server = ls.serve(Events)
"""
    words = said(program, tmp_path)
    assert "write server = ls.serve():" in words and "serve(Events)" not in words


def test_a_serve_below_a_server_that_is_made_is_left_out(tmp_path: Path) -> None:
    words = said("import livesock as ls\nio = ls.Server(3000)\nserver = ls.serve()\n", tmp_path, TypeError)
    assert "write io = server = ls.serve(port=3000); leave out server = ls.serve() below it" in words
