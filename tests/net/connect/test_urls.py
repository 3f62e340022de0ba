"""Where a target is: every way to write it, and every way to write it wrong."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.uri import parse_uri

from livesock.net.connect.urls import Target, is_loopback, parse


class Listener:
    """Stands for a server: a thing that can say its URL."""

    def url(self, path: str = "/", scheme: str = "ws") -> str:
        return f"{scheme}s://127.0.0.1:8443{path}"


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        (8765, Target("127.0.0.1", 8765)),
        (("::1", 8765), Target("::1", 8765)),
        ("ws://localhost:8765/echo?a=1", Target("localhost", 8765, "/echo?a=1")),
        ("http://example.org", Target("example.org", 80)),
        ("ws://example.org?x=1", Target("example.org", 80, "/?x=1")),
        ("wss://example.org/a%20b", Target("example.org", 443, "/a%20b", tls=True)),
        ("HTTPS://Example.org:8443", Target("example.org", 8443, tls=True)),
        ("ws://[::1]:8765/", Target("::1", 8765)),
        ("ws://ann:p%40ss@localhost:1/", Target("localhost", 1, user="ann:p%40ss")),
        (Listener(), Target("127.0.0.1", 8443, tls=True)),
    ],
)
def test_every_way_to_write_a_target_gives_the_same_four_parts(where, expected):
    assert parse(where) == expected


def test_a_bare_port_is_completed_by_the_given_host():
    assert parse(80, "localhost") == Target("localhost", 80)


@pytest.mark.parametrize(
    ("where", "says"),
    [
        ("127.0.0.1:8765", "write ws://127.0.0.1:8765"),
        ("localhost:8765", "write ws://localhost:8765"),
        ("", "begins with ws://"),
        ("ftp://localhost/", "begins with ws://"),
        ("ws:///echo", "has no host"),
        ("ws://localhost:70000/", "is not a URL: Port out of range"),
        ("ws://localhost:http/", "is not a URL"),
        ("ws://localhost:0/", "which only a server can ask for"),
        ("ws://[::1/", "is not a URL"),
        ("ws://localhost/#top", "drop the part from #"),
        ("ws://localhost/#", "drop the part from #"),
        ("ws://localhost/a b", "%20"),
        ("ws://localhost/\r\nX: 1", "control character"),
        (0, "which only a server can ask for"),
        (65536, "from 1 to 65535, not 65536"),
        (-1, "from 1 to 65535"),
        (("", 80), "empty string"),
    ],
)
def test_what_cannot_be_is_refused_with_what_to_write(where, says):
    with pytest.raises(ValueError) as caught:
        parse(where)

    assert says in str(caught.value)


@pytest.mark.parametrize(
    "where", [None, 80.0, True, b"ws://localhost/", ("localhost", "80"), ("a", 1, 2), (1, 80), Listener]
)
def test_the_wrong_type_is_a_type_error_that_names_it(where):
    with pytest.raises(TypeError, match=r"not .+ \(\w+\)"):
        parse(where)


@pytest.mark.parametrize(
    ("host", "local"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("localhost", True),
        ("LOCALHOST.", True),
        ("app.localhost", True),
        ("10.0.0.1", False),
        ("example.org", False),
        ("localhost.example.org", False),
    ],
)
def test_loopback_is_told_from_the_rest(host, local):
    assert is_loopback(host) is local


def test_a_url_is_built_for_another_path_and_scheme():
    plain, secure = Target("::1", 80, "/a", user="ann"), Target("localhost", 443, tls=True)

    assert plain.url() == "ws://ann@[::1]:80/a"
    assert plain.url("b", "http") == "http://ann@[::1]:80/b"
    assert secure.url("/b") == "wss://localhost:443/b"
    assert secure.url(scheme="https") == "https://localhost:443/"


def test_a_url_never_promises_tls_that_is_not_there():
    with pytest.raises(ValueError, match="does not speak it: write ws"):
        Target("localhost", 80).url(scheme="wss")


def test_a_url_has_one_of_the_four_schemes():
    with pytest.raises(ValueError, match="'ftp'"):
        Target("localhost", 80).url(scheme="ftp")


@given(
    st.sampled_from(["localhost", "127.0.0.1", "::1", "example.org"]),
    st.integers(1, 65535),
    st.from_regex(r"/[a-z0-9/%~]{0,10}(\?[a-z=&]{1,8})?", fullmatch=True),
    st.booleans(),
)
def test_parsing_undoes_building_and_agrees_with_websockets(host, port, path, tls):
    target = Target(host, port, path, tls)

    assert parse(target.url()) == target
    theirs = parse_uri(target.url())
    assert (theirs.host, theirs.port, theirs.resource_name, theirs.secure) == (host, port, path, tls)


@given(st.text())
def test_any_text_is_a_target_or_a_value_error(text):
    for url in (text, f"ws://{text}", f"ws://localhost/{text}"):
        try:
            target = parse(url)
        except ValueError:
            continue
        assert target.host
        assert 0 < target.port < 65536
