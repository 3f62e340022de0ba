"""Who may talk to a server: one row of the table is one request."""

from __future__ import annotations

import pytest

from livesock.net.http.access import Access, is_loopback

LOCAL = Access.of("127.0.0.1", hosts=(), origins=("https://notes.example",), behind_hub=False)
WIDE = Access.of("0.0.0.0", hosts=(), origins=(), behind_hub=False)


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost", "LOCALHOST:1", "[::1]:8000"])
def test_loopback_hosts_are_served(host):
    assert LOCAL.refusal("/", {"host": host}) is None


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example:80", "localhost.evil.example", "", "127.0.0.10"]
)
def test_a_host_that_is_not_ours_is_refused(host):
    status, sentence = LOCAL.refusal("/", {"host": host})
    assert status == 403 and "Host" in sentence and (not host or host not in sentence)


@pytest.mark.parametrize(
    "origin",
    [
        "http://127.0.0.1:8000",
        "http://localhost:9999",
        "https://localhost",
        "http://[::1]:3",
        "https://notes.example",
        "HTTPS://NOTES.EXAMPLE",
    ],
)
def test_local_and_listed_origins_may_connect(origin):
    assert LOCAL.refusal("/", {"host": "127.0.0.1:8000", "origin": origin}) is None


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example",
        "null",
        "http://evil127.0.0.1:8000",
        "http://127x0x0x1:8000",
        "http://localhost.evil.example",
        "http://notes.example",
        "https://notes.example.evil.example",
        "file://",
        "ftp://localhost",
        "",
    ],
)
def test_a_strange_origin_is_refused(origin):
    refusal = LOCAL.refusal("/", {"host": "127.0.0.1:8000", "origin": origin})
    assert refusal is not None and refusal[0] == 403 and "Origin" in refusal[1]


def test_a_name_that_an_attacker_points_at_us_is_refused_even_with_the_same_origin():
    refusal = LOCAL.refusal("/", {"host": "evil.example", "origin": "http://evil.example"})
    assert refusal is not None and refusal[0] == 403


def test_a_program_without_a_browser_says_no_origin_and_is_served_on_loopback():
    assert LOCAL.refusal("/", {"host": "localhost"}) is None
    assert LOCAL.token is None


@pytest.mark.parametrize("where", ["query", "bearer"])
def test_beyond_loopback_the_token_opens(where):
    target = f"/x?a=1&auth={WIDE.token}" if where == "query" else "/x"
    headers = {"host": "192.0.2.7:80"} | ({"authorization": f"Bearer {WIDE.token}"} if where == "bearer" else {})
    assert WIDE.refusal(target, headers) is None


@pytest.mark.parametrize("target", ["/x", "/x?auth=", "/x?auth=wrong", "/x?auth=%ff", "/x?token=1"])
def test_beyond_loopback_nothing_else_does(target):
    refusal = WIDE.refusal(target, {"host": "192.0.2.7:80"})
    assert refusal is not None and refusal[0] == 401 and WIDE.token not in refusal[1]


def test_tokens_are_long_and_never_the_same():
    tokens = {Access.of("0.0.0.0", hosts=(), origins=(), behind_hub=False).token for _ in range(50)}
    assert len(tokens) == 50 and min(map(len, tokens)) >= 22  # 128 bits in base64


def test_behind_a_hub_the_host_is_the_hubs_and_the_origin_must_equal_it():
    hub = Access.of("127.0.0.1", hosts=(), origins=(), behind_hub=True)
    assert hub.refusal("/", {"host": "hub.example", "origin": "https://hub.example"}) is None
    assert hub.refusal("/", {"host": "hub.example", "origin": "https://evil.example"})[0] == 403


@pytest.mark.parametrize(
    ("host", "expected"), [("127.0.0.1", True), ("127.1.2.3", True), ("::1", True), ("0.0.0.0", False)]
)
def test_loopback_is_recognised(host, expected):
    assert is_loopback(host) is expected
