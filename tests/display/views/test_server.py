"""The status card of a server: what it tells the page, and what it keeps to itself."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

import livesock as ls
from livesock.errors import HandshakeError


def test_the_card_of_a_server_beyond_loopback_keeps_its_token() -> None:
    server = ls.serve(host="0.0.0.0", port=0)
    token = parse_qs(urlsplit(server.url("/", "http")).query)["auth"][0]
    card = ls.display.server(server)
    try:
        state = card.snapshot()
        assert state["url"] == f"http://127.0.0.1:{server.port}/"
        assert token not in str(state) + card.words() + card.picture() + str(card.widget.options)
    finally:
        card.close()
        server.stop()


def test_a_refused_peer_is_no_error_of_the_server() -> None:
    with ls.serve("refuses") as server:
        with pytest.raises(HandshakeError):
            ls.connect(server.url("/nowhere"))
        view = ls.display.server(server)
        state = view.snapshot()
        words = view.words()
        view.close()

    assert (state["error_count"], state["refused_count"]) == (0, 1)
    assert state["errors"][0].startswith("⊘ GET /nowhere") and words.endswith("no error, 1 refused")
