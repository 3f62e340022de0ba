"""The status card of a server: what it tells the page, and what it keeps to itself."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import livesock as ls


def test_the_card_of_a_server_beyond_loopback_keeps_its_token() -> None:
    server = ls.serve(host="0.0.0.0", port=0)
    token = parse_qs(urlsplit(server.url("/", "http")).query)["auth"][0]
    card = ls.display.server(server)
    try:
        state = card.snapshot()
        assert state["url"] == f"http://0.0.0.0:{server.port}/"
        assert token not in str(state) + card.words() + card.picture() + str(card.widget.options)
    finally:
        card.close()
        server.stop()
