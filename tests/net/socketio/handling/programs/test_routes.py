"""An import of FastAPI's names: its error has the lines of each page and raw route, and these lines work."""

from __future__ import annotations

import textwrap
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
import websockets

import livesock as ls
from tests.net.socketio.handling.programs.test_foreign_programs import said

DEADLINE = 20.0

IMPORTS = """\
from enum import Enum
from typing import Annotated, Optional
from livesock import APIRouter, Body, Cookie, Depends, FastAPI, File, Form, Header, OAuth2PasswordBearer, Path, Query
from livesock import UploadFile, WebSocket
from pydantic import BaseModel
app = FastAPI()
oauth = OAuth2PasswordBearer(tokenUrl="token")
"""


@pytest.fixture(autouse=True)
def stopped() -> Iterator[None]:
    yield
    ls.stop_all()


def lines(program: str, folder: Path) -> list[str]:
    """Return what the import error says to write for the pages, the lines of each without their places."""
    found = said(IMPORTS + textwrap.dedent(program), folder).split("\n  write ")[1:]
    found = [one.removesuffix("\n  all of it with import livesock as ls at the top") for one in found]
    return [one.replace(": …, and in it\n    ", ": …, and in it ").replace("\n    ", "; ") for one in found]


WEBSOCKET = """
async def token_of(websocket: WebSocket, token: Annotated[str | None, Query()] = None):
    return token

@app.websocket("/items/{item_id}/ws")
async def talk(*, websocket: WebSocket, item_id: int, token: Annotated[str, Depends(token_of)], q: str = "x"):
    ...
"""


def test_a_dependency_of_a_raw_route_gets_what_it_asks_for(tmp_path: Path) -> None:
    assert lines(WEBSOCKET, tmp_path) == [
        "async def talk(websocket): …, and in it item_id = int(websocket.path_params['item_id']); "
        "token = await token_of(websocket, websocket.query.get('token')); q = websocket.query.get('q', 'x')"
    ]


def test_what_the_lines_call_is_not_told_in_general_too(tmp_path: Path) -> None:
    program = IMPORTS + "def db():\n    yield 1\n@app.get('/')\ndef page(db=Depends({})): ...\n"
    words = said(program.format("db"), tmp_path)
    assert "with contextlib.contextmanager(db)() as db: …" in words and "@contextlib.contextmanager above" not in words
    assert "@contextlib.contextmanager above" in said(program.format("made()"), tmp_path)


def test_the_lines_of_a_raw_route_let_in_and_refuse(tmp_path: Path) -> None:
    line = lines(WEBSOCKET, tmp_path)[0].partition("token = await ")[2].partition(";")[0]
    with ls.serve("routes") as server:

        async def token_of(websocket: object, token: str | None = None) -> str:
            if token != "secret":
                raise ls.Refused("no")
            return token

        source = f"async def talk(websocket):\n    await websocket.send(await {line})\n"
        names: dict[str, object] = {"token_of": token_of}
        exec(source, names)
        server.websocket("/ws")(names["talk"])  # type: ignore[arg-type]
        with ls.connect(server.url("/ws?token=secret")) as ws:
            assert ws.recv(timeout=DEADLINE) == "secret"
        with ls.connect(server.url("/ws?token=no")) as ws, pytest.raises(websockets.ConnectionClosed, match="1008"):
            ws.recv(timeout=DEADLINE)


@pytest.mark.parametrize(
    ("written", "line"),
    [
        ('@app.get("/")\ndef root(): ...', "def root(request): …"),
        ('@app.get("/")\ndef root(request): ...', None),
        (
            '@app.get("/{item_id}")\nasync def read(item_id: int, q: Optional[str] = None): ...',
            "async def read(request): …, and in it item_id = int(request.path_params['item_id']); "
            "q = request.query.get('q')",
        ),
        (
            '@app.get("/")\ndef page(tags: list[str] = Query([]), n: Annotated[list[int], Query()] = [1]): ...',
            "def page(request): …, and in it tags = request.query.getlist('tags'); "
            "n = [int(each) for each in request.query.getlist('n')] or [1]",
        ),
        (
            "class Page:\n    def __init__(self, q: Optional[str] = None, skip: int = 0): ...\n"
            '@app.get("/")\ndef page(page: Annotated[Page, Depends()]): ...',
            "def page(request): …, and in it page = Page(request.query.get('q'), int(request.query.get('skip', 0)))",
        ),
        (
            "async def db():\n    yield 1\nDb = Annotated[int, Depends(db)]\n"
            '@app.get("/")\nasync def page(db: Db): ...',
            "import contextlib at the top, async def page(request): …, and in it "
            "async with contextlib.asynccontextmanager(db)() as db: …",
        ),
        (
            'async def user(token: Annotated[str, Depends(oauth)]): ...\n@app.get("/")\n'
            "async def page(user: str = Depends(user)): ...",
            "async def page(request): …, and in it "
            "user = await user(request.headers.get('authorization', '').removeprefix('Bearer '))",
        ),
        (
            'def key(x_token: Annotated[str, Header()], key: str = Header(alias="X-Api-Key")): ...\n@app.get("/")\n'
            "def page(key: str = Depends(key), seen: str = Cookie(None)): ...",
            "def page(request): …, and in it key = key(request.headers['x-token'], request.headers['X-Api-Key']); "
            "seen = request.cookies.get('seen')",
        ),
        (
            "class Item(BaseModel):\n    name: str\nrouter = APIRouter()\n"
            '@router.post("/", status_code=201)\nasync def page(item: Item): ...',
            "async def page(request): …, and in it item = Item(**request.json()); "
            '"status_code": return Response(body, status=201) from the handler, where body is a str, a dict or a list, '
            "such as item.model_dump()",
        ),
        (
            '@app.post("/")\nasync def page(name: str = Form(), file: UploadFile = File(...)): ...',
            "async def page(request): …, and in it name = request.form['name']; file = request.files['file']",
        ),
        (
            '@app.put("/{n}")\nasync def page(n: Annotated[int, Path(ge=1)], of: dict = Body(...)): ...',
            "async def page(request): …, and in it n = int(request.path_params['n']); of = request.json()",
        ),
        ('class Kind(str, Enum):\n    a = "a"\n@app.get("/{kind}")\ndef page(kind: Kind): ...', None),
        ('@app.get("/")\ndef page(n: int = made_later()): ...', None),
        ('from nowhere_at_all import Thing\n@app.get("/")\ndef page(thing: Thing): ...', None),
    ],
)
def test_each_parameter_has_its_line_or_the_page_none(tmp_path: Path, written: str, line: str | None) -> None:
    assert [one.replace("ls.", "") for one in lines(written, tmp_path)] == ([line] if line else [])


def test_the_lines_of_a_page_answer_as_in_fastapi(tmp_path: Path) -> None:
    written = '@app.get("/{item_id}")\ndef read(item_id: int, q: Optional[str] = None, n: int = 3): ...'
    found = lines(written, tmp_path)[0].partition(": …, and in it ")[2].split("; ")
    names: dict[str, object] = {}
    exec("\n    ".join(["def read(request):", *found, "return [item_id, q, n]"]), names)
    with ls.serve("routes") as server:
        server.get("/{item_id}")(names["read"])  # type: ignore[arg-type]

        def answer(path: str) -> str:
            with urllib.request.urlopen(server.url(path, "http"), timeout=DEADLINE) as response:
                return str(response.read().decode())

        assert (answer("/7"), answer("/7?q=a&n=4")) == ("[7, null, 3]", '[7, "a", 4]')
        with pytest.raises(urllib.error.HTTPError, match="422"):
            answer("/seven")
