"""Pages of FastAPI and Flask: the error of the first one has a line for each below it, and these lines work."""

from __future__ import annotations

import json
import re
import runpy
import urllib.request
from pathlib import Path
from typing import Any

import pytest

import livesock as ls

PROGRAM = """\
import dataclasses
import enum
import livesock as ls
from pydantic import BaseModel
app = ls.serve("pages")
@app.get("/")
def root(): return {}
@app.get("/items/{item_id}")
async def item(item_id: int, q: str | None = None, limit: int = 10): ...
@app.get("/fine")
def fine(request): return 1
@app.get("/own")
def own(n: int = made()): ...
class Kind(enum.Enum): A = 1
@app.get("/kind")
def kind(kind: Kind): ...
@dataclasses.dataclass
class Item:
    name: str
@app.post("/items", status_code=201, response_model=Item)
async def create(item: Item, dry: bool = False): ...
class Model(BaseModel):
    a: int
@app.put("/model")
def put(model: Model): ...
@app.get("/tagged", tags=["x"])
def tagged(request): ...
@app.websocket("/ws/{room}")
async def talk(websocket, room: str): ...
def no_page(x: int): ...
"""


def told(program: str, folder: Path) -> str:
    file = folder / "pages.py"
    file.write_text(program)
    try:
        with pytest.raises(TypeError) as caught:
            runpy.run_path(str(file))
    finally:
        ls.stop_all()
    return str(caught.value)


def test_the_first_page_speaks_of_those_below_it(tmp_path: Path) -> None:
    first, *below = re.split(r"\n  below it write ", told(PROGRAM, tmp_path))

    assert first.startswith("this handler takes (), and is called with one argument; write def root(request): …")
    assert below == [
        "async def item(request): …, and in it\n    item_id = int(request.path_params['item_id'])\n"
        "    q = request.query.get('q')\n    limit = int(request.query.get('limit', 10))",
        "import msgspec at the top, async def create(request): …, and in it\n"
        "    item = msgspec.convert(request.json(), Item)\n"
        '    dry = request.query.get(\'dry\', \'false\').lower() in ("1", "true", "yes", "on")\n'
        '    "status_code": return ls.Response(body, status=201) from the handler, where body is a str, a dict or a '
        "list, such as item.model_dump()\n"
        '    "response_model": leave it out: nothing filters an answer; return '
        "UserOut(**user.model_dump()).model_dump() from the handler; a str is sent as text, not as JSON",
        "def put(request): …, and in it model = Model(**request.json())",
        'def tagged(request): …\n    "tags": a route needs no more than its path: leave it out',
        "async def talk(websocket): …, and in it room = websocket.path_params['room']",
    ]


def test_a_long_program_is_told_as_far_as_anybody_reads(tmp_path: Path) -> None:
    pages = "".join(f'@app.get("/p{n}")\ndef p{n}(): ...\n' for n in range(30))
    words = told(f'import livesock as ls\napp = ls.serve("pages")\n{pages}', tmp_path)

    assert words.count("below it write") == 20 and words.endswith("\n  and so on for 9 more")


def test_what_stands_above_is_right_by_then_and_is_not_told_again(tmp_path: Path) -> None:
    program = PROGRAM.replace("def root()", "def root(request)").replace(
        "async def item(item_id: int, q: str | None = None, limit: int = 10)", "async def item(request)"
    )
    words = told(program.replace("n: int = made()", "request").replace("kind: Kind", "request"), tmp_path)

    assert words.startswith("post() takes none of these") and "item_id" not in words


def test_the_lines_that_are_told_answer(tmp_path: Path) -> None:
    with ls.serve("pages") as app:

        @app.get("/items/{item_id}")
        async def item(request: Any) -> object:
            item_id = int(request.path_params["item_id"])
            q = request.query.get("q")
            limit = int(request.query.get("limit", 10))
            return [item_id, q, limit]

        for path, expected in (("/items/7?q=a", [7, "a", 10]), ("/items/7?limit=3", [7, None, 3])):
            assert json.load(urllib.request.urlopen(app.url(path, "http"), timeout=20)) == expected
