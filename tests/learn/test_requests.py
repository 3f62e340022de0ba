"""What lesson 10 says about the requests of a client, against the client itself."""

from __future__ import annotations

from contextlib import suppress
from urllib.parse import parse_qs, urlsplit

import pytest

import livesock as ls
from livesock.errors import HandshakeError
from livesock.lessons.lesson10.requests_for import LISTS, in_order, requests_for


def asked(trace):
    """Return the requests in order, as the lesson writes them, without the polls that follow the first fetch."""
    found = []
    for row in trace.only(kind="request").rows():
        transport = parse_qs(urlsplit(row.value.target).query)["transport"][0]
        found.append(f"{row.value.method} {transport}")
    fetches = [n for n, request in enumerate(found) if request == "GET polling"]
    return [request for n, request in enumerate(found) if n not in fetches[2:]]


@pytest.mark.parametrize("transports", LISTS, ids="-".join)
@pytest.mark.parametrize(
    ("scheme", "passes"), [("http", True), ("ws", True), ("http", False), ("ws", False), ("wss", True)]
)
def test_the_client_asks_what_the_lesson_says(scheme, passes, transports):
    with ls.serve(tls=scheme == "wss") as server, ls.netsim(server, block_upgrade=not passes) as line:
        requests = []
        server.of("/").on("anything", lambda socket: None)
        with suppress(HandshakeError), ls.socket(line.url("/", scheme), transports=transports) as client:
            wanted = "websocket" if "websocket" in transports and passes else "polling"
            tried = len(transports) if transports[0] == "polling" else 1

            def settled(trace):
                refused = [row for row in trace.only(kind="response").rows() if row.value.status == 400]
                return client.transport == wanted and (passes or len(refused) == tried - 1)

            assert client.trace.wait(settled, timeout=10)
            assert client.call("anything", timeout=5) is None
            requests = asked(client.trace)

        if requests:
            assert in_order(requests) == in_order(requests_for(scheme, transports, passes))
        else:
            assert transports[0] == "websocket" and not passes
            # the client has gone, its request stands in the record of the network
            assert asked(line.trace) == requests_for(scheme, transports, passes)
