"""A sentence names this package as the code that reads it does, and speaks of all that is wrong in its line."""

from __future__ import annotations

from typing import Any

import pytest

import livesock as ls
from livesock.advice.spelled import spelled
from tests.peers import eventually

AT_THE_TOP = ", with import livesock as ls at the top"


def said(*lines: str) -> str:
    """Return what the last of these lines of a reader's program is told."""
    names: dict[str, Any] = {"__name__": "reader"}
    try:
        exec("\n".join(lines), names)
    except (AttributeError, ImportError, TypeError, ValueError) as exc:
        return str(exc)
    raise AssertionError("nothing was said")


@pytest.mark.parametrize(
    ("above", "line", "write"),
    [
        ("import livesock as ls", "ls.FastAPI()", "write ls.serve()"),
        ("import livesock", "livesock.FastAPI()", "write livesock.serve()"),
        ("import livesock as sock", "sock.FastAPI()", "write sock.serve()"),
        ("import livesock", "from livesock import FastAPI", "write livesock.serve()"),
        ("from livesock import serve", "from livesock import FastAPI", "write ls.serve()"),
        ("", "from livesock import FastAPI", "write ls.serve()"),
        ("import livesock", "livesock.Refused(5)", "write livesock.Refused('why', 5)"),
    ],
)
def test_a_sentence_names_the_package_as_its_reader_does(above: str, line: str, write: str) -> None:
    text = said(above, line)
    assert write in text
    assert text.endswith(AT_THE_TOP) == ("import livesock" not in above)


def test_a_sentence_names_the_server_as_its_reader_does() -> None:
    text = said("from livesock import FastAPI, StaticFiles, APIRouter")
    assert 'write app.static("/static", "static") in place of app.mount(…)' in text
    assert "def add_items(app): …" in text
    assert "then add_items(app)" in text
    assert "add_items(server)" in said("from livesock import APIRouter")

    with ls.serve("spelled") as server:
        program = {"__name__": "reader", "ls": ls, "api": server}
        for line, write in {
            "ls.run(api, host='0.0.0.0')": "write api.run(), with nothing in the brackets, at the end of a script; "
            'host and port stand in api = ls.serve(host="127.0.0.1", port=8080)',
            "api.include_router(1)": "then add_items(api)",
            "api({}, print)": "for uvicorn.run(api, port=8000)",
        }.items():
            with pytest.raises((AttributeError, TypeError)) as caught:
                exec(line, program)
            assert write in str(caught.value)


def test_the_modules_of_starlette_say_what_is_here() -> None:
    assert "Starlette: write ls.serve()" in said("from livesock.applications import Starlette")
    text = said("from livesock.routing import Route, WebSocketRoute, Mount")
    assert '@server.websocket("/path") above async def talk(ws): … for each WebSocketRoute' in text


def test_one_import_hears_of_all_its_names() -> None:
    text = said("from livesock import serve, MessageBody, FastAPI, ConnectedSocket, Nothing, HTTPException")
    first, *lines = text.splitlines()
    assert first == "module 'livesock' has none of these:"
    assert [line.strip().partition(":")[0] for line in lines if not line.startswith("    ")] == [
        "MessageBody, ConnectedSocket",
        "FastAPI",
        "HTTPException",
        "Nothing",
        "all of it with import livesock as ls at the top",
    ]
    assert '  FastAPI: write ls.serve(); the address of a page is app.url("/page", "http")' in lines
    assert lines[-2].startswith("  Nothing: no such name; it has LivesockError, ")


@pytest.mark.parametrize("text", ["write ls.Reply", "write ls.Reply\n  and ls.Refused"], ids=["a line", "lines"])
def test_how_to_import_the_package_is_said_once(text: str) -> None:
    names: dict[str, Any] = {"__name__": "reader", "serve": ls.serve, "spelled": spelled, "text": text}
    exec("told = spelled(spelled(text))", names)
    assert names["told"].count("import livesock as ls at the top") == 1


def test_one_call_hears_of_all_its_options() -> None:
    text = said("import livesock", "livesock.serve(cors_allowed_origins=[], ping_interval=7, async_mode='threading')")
    first, *lines = text.splitlines()
    assert first == "serve() takes none of these:"
    assert [line.strip().partition(":")[0] for line in lines] == [
        '"cors_allowed_origins"',
        '"ping_interval"',
        '"async_mode"',
    ]


def test_a_decorator_names_the_package_as_its_reader_does() -> None:
    text = said(
        "import livesock",
        "server = livesock.serve('spelled')",
        "try:",
        "    @server.of('/').on('count')",
        "    def count(socket):",
        "        yield 1",
        "finally:",
        "    server.stop()",
    )
    assert 'with yield livesock.Reply("name", …)' in text


def test_the_error_of_a_handler_names_the_package_as_the_handler_does() -> None:
    names: dict[str, Any] = {"__name__": "reader"}
    exec("import livesock\ndef page(socket, n): return len(livesock.Response('')['a'])", names)
    exec("def other(socket, n): return ls.Response('')", names)
    with ls.serve("spelled") as server, ls.socket(server.url("/")) as client:
        server.of("/").on("page", names["page"])
        server.of("/").on("other", names["other"])
        client.call("page", 1)
        client.call("other", 1)
        errors = eventually(lambda: server.errors if len(server.errors) == 2 else None, "both are kept")
    assert "isinstance(value, livesock.Response)" in str(errors[0])
    assert "write import livesock as ls at the top" in str(errors[1])


def test_the_words_of_a_user_stay_as_they_are() -> None:
    names: dict[str, Any] = {"__name__": "reader"}
    exec("import livesock\ndef page(socket, n): raise ValueError('no file ls.txt')", names)
    with ls.serve("spelled") as server, ls.socket(server.url("/")) as client:
        server.of("/").on("page", names["page"])
        client.call("page", 1)
        [error] = eventually(lambda: server.errors, "it is kept")
    assert str(error).endswith("ValueError: no file ls.txt")


def test_what_is_no_sentence_of_ours_stays_as_it_is() -> None:
    for text in ("no name", "tls.key", "a.ls.b", "ls -l", "ls."):
        assert spelled(text) == text


@pytest.mark.parametrize("name", ["debug", "title"])
def test_a_server_says_what_it_never_reads(name: str) -> None:
    with ls.serve("spelled") as server, pytest.raises(AttributeError, match=f"never reads {name}: leave it out"):
        setattr(server, name, "x")
