"""The client in the browser, from the kernel's side: which connection is the page's, and what the server saw of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import livesock as ls
from livesock.display.views.browser.view import BrowserView


@pytest.fixture
def server() -> Iterator[ls.Server]:
    with ls.serve("browser") as server:

        @server.websocket("/echo")
        async def echo(ws: object) -> None:
            async for message in ws:  # type: ignore[attr-defined]
                await ws.send(message)  # type: ignore[attr-defined]

        yield server


@pytest.fixture
def view(server: ls.Server) -> Iterator[BrowserView]:
    view = ls.display.browser(server)
    yield view
    view.close()


def test_it_follows_the_connection_that_the_page_has_opened(server: ls.Server, view: BrowserView) -> None:
    view.stop()  # its thread is gone: the test looks in its place
    with ls.connect(server.url("/echo?view=other")) as other, ls.connect(server.url("/echo?view=12x34")) as own:
        view.on_message({"kind": "opened", "mark": "12x34"})
        other.send("not mine")
        own.send("mine")
        assert own.recv() == "mine" and other.recv() == "not mine"

        said = [row["text"] for row in view.snapshot()["rows"]]

    assert any("mine" in text for text in said) and not any("not mine" in text for text in said)
    server.trace.wait(lambda trace: sum(chunk.data == b"closed" for chunk in trace) == 2)
    assert view.news() is not None, "the end of the connection is news"
    assert view.news() is None


@pytest.mark.parametrize("message", [{"kind": "opened", "mark": "a b"}, {"kind": "opened"}, {"kind": "x"}])
def test_what_no_page_would_say_is_refused(view: BrowserView, message: dict[str, object]) -> None:
    view.stop()
    with pytest.raises(ValueError, match="the mark of its connection"):
        view.on_message(message)


def test_only_a_server_has_clients() -> None:
    with pytest.raises(TypeError, match=r"shows a server, not 8765"):
        ls.display.browser(8765)  # type: ignore[arg-type]


def test_the_saved_notebook_says_what_it_would_be(view: BrowserView) -> None:
    data, _ = view._repr_mimebundle_()

    assert "/echo" in data["text/plain"] and "127.0.0.1" not in data["text/plain"]
    assert data["text/html"].startswith("<img ")
