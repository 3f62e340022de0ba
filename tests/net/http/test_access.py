"""Who may talk to a server: one row of the table is one request."""

from __future__ import annotations

import http.client
from typing import Any

import pytest

import livesock as ls
from livesock.net.http.access import Access, is_loopback
from livesock.server import Server
from tests.peers import eventually

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


def test_a_request_without_a_host_is_told_to_send_one():
    assert LOCAL.refusal("/", {})[1].startswith("a Host is missing: send one that is served here")


def test_the_host_of_a_target_that_is_a_whole_url_counts_and_not_the_header():
    ours = {"host": "127.0.0.1:8000"}
    assert LOCAL.refusal("http://127.0.0.1:8000/a?b", {"host": "evil.example"}) is None
    for target in ("http://evil.example/a", "HTTP://evil.example?a", "http://127.0.0.1@evil.example/", "http:///a"):
        refusal = LOCAL.refusal(target, ours)
        assert refusal is not None and refusal[0] == 403
    assert LOCAL.refusal("/http://evil.example", ours) is None


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


def test_a_browser_that_has_shown_the_token_keeps_it():
    ((name, line),) = WIDE.let_in(f"/x?auth={WIDE.token}")
    cookie, *rules = line.split("; ")
    host = {"host": "192.0.2.7:80"}

    assert name == "Set-Cookie" and {"HttpOnly", "SameSite=Strict", "Path=/"} == {*rules}
    assert WIDE.refusal("/style.css", host | {"cookie": f"theme=dark; {cookie}"}) is None
    for wrong in (cookie.partition("=")[2], f"{cookie}x", f"other={WIDE.token}", cookie[:-1], f"{cookie[:-1]}é"):
        assert WIDE.refusal("/style.css", host | {"cookie": wrong})[0] == 401
    assert WIDE.refusal("/x", host | {"cookie": cookie, "origin": "http://192.0.2.7:81"})[0] == 403


@pytest.mark.parametrize("target", ["/x", "/x?auth=wrong", "/x?auth="])
def test_nobody_else_gets_a_cookie(target):
    assert WIDE.let_in(target) == [] and LOCAL.let_in(target) == []


def test_servers_of_one_host_have_cookies_of_their_own():
    other = Access.of("0.0.0.0", hosts=(), origins=(), behind_hub=False)
    first, second = (rules.let_in(f"/?auth={rules.token}")[0][1].partition("=")[0] for rules in (WIDE, other))
    assert first != second


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


# -- what serve() is given: each habit works, or is a sentence that says what to write


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://example.org", "https://example.org"),
        ("https://example.org/", "https://example.org"),
        ("https://Example.ORG:443", "https://example.org"),
        ("http://example.org:80/", "http://example.org"),
        ("http://example.org:8080", "http://example.org:8080"),
        ("null", "null"),
        ("vscode-webview://abc", "vscode-webview://abc"),
    ],
)
def test_an_origin_may_be_written_as_people_write_it(given: str, kept: str) -> None:
    assert Access.of("127.0.0.1", hosts=(), origins=[given], behind_hub=False).origins == {kept}


@pytest.mark.parametrize(
    ("option", "given", "write"),
    [
        ("origins", "https://example.org", 'write origins=["https://example.org"]'),
        ("origins", "*", 'write origins=["https://example.org"]'),
        ("origins", 5, 'write origins=["https://example.org"]'),
        ("origins", [5], "is a list of str"),
        ("origins", None, "is a list"),
        ("origins", ["*"], "has no wildcard"),
        ("origins", ["https://*.example.org"], "has no wildcard"),
        ("origins", ["example.org"], 'write "https://example.org"'),
        ("origins", ["localhost:3000"], 'write "http://localhost:3000"'),
        ("origins", ["https://example.org/page?x"], 'write "https://example.org"'),
        ("origins", [""], "without its path"),
        ("hosts", "my-laptop.local", 'write hosts=["my-laptop.local"]'),
        ("hosts", ["http://my-laptop.local/"], 'write "my-laptop.local"'),
        ("hosts", ["*"], 'write "my-laptop.local"'),
    ],
)
def test_what_is_no_list_of_names_is_a_sentence(option: str, given: Any, write: str) -> None:
    arguments: dict[str, Any] = {"hosts": (), "origins": ()} | {option: given}
    with pytest.raises((TypeError, ValueError)) as caught:
        Access.of("127.0.0.1", behind_hub=False, **arguments)
    assert write in str(caught.value)


def test_a_host_may_be_given_with_its_port() -> None:
    hosts = Access.of("127.0.0.1", hosts=["My-Laptop.local:8080", "::2"], origins=(), behind_hub=False).hosts
    assert {"my-laptop.local", "::2"} <= hosts


# -- pages of another origin


def asked(server: Server, origin: str, path: str = "/", method: str = "GET") -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    connection.request(method, path, headers={"Origin": origin})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer


POLL = "/socket.io/?EIO=4&transport=polling"


@pytest.mark.parametrize("path", ["/page", "/missing", POLL, "/stream"])
@pytest.mark.parametrize("method", ["GET", "OPTIONS", "POST"])
def test_an_allowed_page_may_send_its_cookies(path: str, method: str) -> None:
    with ls.serve("cors", origins=["https://example.org"]) as server:
        server.get("/page")(lambda request: "yes")

        @server.get("/stream")
        async def stream(request: Any) -> Any:
            yield "yes"

        for origin in ("https://example.org", "http://127.0.0.1:5", "http://localhost:3000"):
            answer = asked(server, origin, path, method)

            assert answer.headers.get_all("Access-Control-Allow-Origin") == [origin]
            assert answer.headers.get_all("Access-Control-Allow-Credentials") == ["true"]
            assert "Origin" in answer.headers["Vary"]


def test_what_a_page_varies_with_stands_beside_the_origin() -> None:
    with ls.serve("cors", origins=["https://example.org"]) as server:
        server.get("/page")(lambda request: ls.Response("yes", headers={"Vary": "Accept"}))

        answer = asked(server, "https://example.org", "/page", "GET")

        assert answer.headers.get_all("Vary") == ["Origin", "Accept"]


def test_a_page_without_an_origin_gets_no_cookies_and_a_refusal_says_how_to_allow_it() -> None:
    with ls.serve("cors", origins=["null"]) as server:
        answer = asked(server, "null", POLL)
        assert answer.status == 200 and answer.headers["Access-Control-Allow-Origin"] == "null"
        assert answer.headers["Access-Control-Allow-Credentials"] is None
    with ls.serve("cors") as server:
        assert asked(server, "null", POLL).status == 403
        eventually(lambda: server.errors, "it is kept")
        assert 'pass origins=["null"] to serve()' in str(server.errors[0])


def test_a_foreign_page_reads_nothing_and_is_in_the_log_and_the_errors(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO", "livesock.server"), ls.serve("cors") as server:
        for _ in range(3):
            answer = asked(server, "https://evil.example", POLL)
            assert answer.status == 403 and answer.headers["Access-Control-Allow-Origin"] is None
        error = eventually(lambda: [e for e in server.errors if e.count == 3], "they are one entry")[0]

    assert error.is_refusal and error.where == "GET /socket.io/"
    assert "this Origin may not use this server" in str(error) and "https://evil.example" in str(error)
    assert len([line for line in caplog.messages if "evil.example" in line]) == 1


def test_an_allowed_page_can_read_why_its_request_was_refused() -> None:
    with ls.serve("cors", limits={"max_body": 10}) as server:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
        connection.request("POST", "/", b"x" * 11, headers={"Origin": "http://localhost:5"})
        answer = connection.getresponse()
        connection.close()

    assert answer.status == 413 and answer.headers["Access-Control-Allow-Origin"] == "http://localhost:5"
