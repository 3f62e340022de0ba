"""Answers, refusals and proxies that a handler has from another library which is installed, too."""

from __future__ import annotations

import types
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from aiohttp import web

import livesock as ls
from tests.peers import eventually


@pytest.fixture
def server() -> Iterator[ls.Server]:
    with ls.serve("others") as server:
        yield server


def failed(server: ls.Server, handler: Any) -> str:
    server.get("/x")(handler)
    with pytest.raises(urllib.error.HTTPError, match="500"):
        urllib.request.urlopen(server.url("/x", "http"), timeout=20)
    return str(eventually(lambda: server.errors, "it is kept")[-1])


def test_an_answer_of_another_library_is_told_as_one_of_ours(server: ls.Server) -> None:
    words = failed(server, lambda request: web.Response(text="<h1>x</h1>", content_type="text/html", status=201))
    assert "write return ls.Response(text, type='text/html', status=201) for this Response" in words

    server.get("/x")(lambda request: ls.Response("<h1>x</h1>", type="text/html", status=201))
    with urllib.request.urlopen(server.url("/x", "http"), timeout=20) as answer:
        assert (answer.status, answer.headers["content-type"]) == (201, "text/html; charset=utf-8")


def test_a_refusal_of_another_library_is_told_as_one_of_ours(server: ls.Server) -> None:
    def page(request: object) -> object:
        raise web.HTTPNotFound

    assert "in a page write return ls.Response('Not Found', status=404)" in failed(server, page)


class Proxy:
    """As werkzeug's `LocalProxy`: `flask.request` outside of a request of Flask."""

    def __getattr__(self, name: str) -> object:
        raise RuntimeError("Working outside of request context.\n\nThis typically means …")

    __dict__ = property(lambda self: self.nothing)  # type: ignore[assignment]


Proxy.__module__ = "werkzeug.local"


def test_a_program_with_proxies_of_flask_is_led_as_any_other() -> None:
    module = types.ModuleType("app")
    module.__dict__.update(request=Proxy(), session=Proxy())
    with pytest.raises(ImportError, match="Flask, SocketIO: write"):
        exec("from livesock import Flask, SocketIO", module.__dict__)
    with pytest.raises(TypeError, match=r"a Server is not made by calling Server\(\): write"):
        exec("import livesock\nlivesock.Server()", module.__dict__)


class Unwilling:
    """Whatever else may stand in a program: it fails at every look."""

    def __getattribute__(self, name: str) -> object:
        raise RuntimeError(name)

    __eq__ = __bool__ = __repr__ = lambda *_: 1 / 0  # type: ignore[assignment]
    __hash__ = None  # type: ignore[assignment]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("ls.FastAPI", "FastAPI: write|has no attribute 'FastAPI'"),
        ("server.route", "route"),
        ("server.on('connection')", "write one of these|handlers belong to a namespace"),
        ("ls.Server()", "write"),
        ("server.emit('x', room=1)", r"write server\.of\('/'\)\.to\('1'\)"),
        ("server.get('/')(lambda: 1)", r"lambda>\(request\)"),
        ("server.of('/').emit('x', 1, print)", "a function cannot be sent"),
    ],
)
def test_nothing_that_stands_in_a_program_keeps_an_error_from_being_read(
    server: ls.Server, line: str, told: str
) -> None:
    names: dict[str, Any] = {"ls": ls, "server": server, "first": Unwilling()}
    with pytest.raises((AttributeError, TypeError), match=told):
        exec(f"def run():\n    local = Unwilling()\n    return {line}\nrun()", names | {"Unwilling": Unwilling})


def test_what_flask_has_and_a_page_here_has_not_is_told(server: ls.Server) -> None:
    names: dict[str, Any] = {"request": Proxy()}
    exec("def page(asked): return request.args", names)

    assert "Working outside of request context" in (words := failed(server, names["page"]))
    assert "write request itself, the argument of def page(request): …, with request.json()" in words


def test_a_session_of_flask_is_told(server: ls.Server) -> None:
    names: dict[str, Any] = {"session": Proxy()}
    exec("def page(asked): return session.user", names)

    assert 'socket.data["name"] in an event' in failed(server, names["page"])


def test_html_with_a_status_keeps_its_type(server: ls.Server) -> None:
    words = failed(server, lambda request: ("<h1>no</h1>", 404))
    assert "write return ls.Response(body, status=404, type='text/html')" in words


def test_a_text_with_a_status_is_a_text(server: ls.Server) -> None:
    assert failed(server, lambda request: ("no", 404)).endswith("write return ls.Response(body, status=404)")


@pytest.mark.parametrize(
    ("answer", "is_told"),
    [
        (lambda: ls.Response("<h1>no</h1>", status=404), True),
        (lambda: ls.Response("<h1>no</h1>", headers={"Content-Type": "text/html"}), False),
        (lambda: ls.Response("<h1>no</h1>", type="text/html"), False),
        (lambda: ls.Response("no", status=404), False),
    ],
)
def test_a_part_of_a_page_in_a_response_is_told_as_a_text_is(server: ls.Server, answer: Any, is_told: bool) -> None:
    server.get("/x")(lambda request: answer())
    try:
        urllib.request.urlopen(server.url("/x", "http"), timeout=20).close()
    except urllib.error.HTTPError as exc:
        exc.close()
    assert any("this text is sent as text/plain" in str(error) for error in server.errors) is is_told
