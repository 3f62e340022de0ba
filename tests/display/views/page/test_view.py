"""The frame for a page: it names the server's address and loads nothing by itself."""

from __future__ import annotations

import pytest

import livesock as ls


def test_it_knows_where_the_page_is() -> None:
    with ls.serve("home") as server:
        view = ls.display.page(server, "/a?b=1")
        try:
            options = view.widget.options
            assert (options["port"], options["path"], options["secure"]) == (server.port, "/a?b=1", False)
            assert view.words().startswith("the page /a?b=1 of server home, in your browser")
            assert "live only" in view.picture()
        finally:
            view.close()


def test_a_server_s_token_travels_with_the_address() -> None:
    with ls.serve("guarded", host="0.0.0.0") as server:
        token = server.url().partition("auth=")[2]
        view = ls.display.page(server)
        assert token and view.widget.options["path"] == f"/?auth={token}"
        assert token not in view.words() + view.picture()
        view.close()


@pytest.mark.parametrize(("server", "path", "error"), [(8765, "/", TypeError), (None, "/", TypeError)])
def test_only_a_server_has_a_page(server: object, path: str, error: type[Exception]) -> None:
    with pytest.raises(error, match="shows a server"):
        ls.display.page(server, path)  # type: ignore[arg-type]


def test_a_path_begins_with_a_slash() -> None:
    with ls.serve("home") as server, pytest.raises(ValueError, match="begins with a slash"):
        ls.display.page(server, "page.html")
