"""What `repr` shows, which type a text has, and files that are larger than a piece."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import livesock as ls
from livesock.net.http import folder
from livesock.net.http.access import Access
from livesock.net.http.web import Headers, HttpRequest
from livesock.net.socketio.sent import SocketHandshake
from livesock.server import Server
from tests.peers import Wire, eventually, faults
from tests.rawsio import Raw


@pytest.fixture
def server() -> Iterator[Server]:
    with ls.serve("shown") as server:
        yield server


def get(server: Server, path: str, method: str = "GET", body: str | None = None) -> tuple[int, str, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    connection.request(method, path, body=body)
    answer = connection.getresponse()
    found = answer.status, answer.headers["Content-Type"], answer.read()
    connection.close()
    return found


# -- a text that is a page (docs/decisions/0020)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("<!doctype html><title>x</title>", "text/html; charset=utf-8"),
        ("<!DOCTYPE HTML>", "text/html; charset=utf-8"),
        ("\n  <html lang=en><body>", "text/html; charset=utf-8"),
        ("\ufeff<html>", "text/html; charset=utf-8"),
        ("<h1>Hi</h1>", "text/plain; charset=utf-8"),
        ("<htmlish>", "text/plain; charset=utf-8"),
        ("1 < 2", "text/plain; charset=utf-8"),
        ("text <!doctype html>", "text/plain; charset=utf-8"),
    ],
)
def test_a_str_is_a_page_if_it_begins_as_one(server: Server, text: str, kind: str) -> None:
    server.get("/page")(lambda request: text)
    server.get("/response")(lambda request: ls.Response(text))
    server.get("/plain")(lambda request: ls.Response(text, type="text/plain"))

    assert get(server, "/page") == get(server, "/response") == (200, kind, text.encode())
    assert get(server, "/plain")[1] == "text/plain; charset=utf-8"


def test_what_a_link_or_a_form_brings_along_is_no_page(server: Server) -> None:
    server.get("/echo")(lambda request: request.query["say"])
    server.post("/echo")(lambda request: request.text)

    for path in ("/echo?say=<html><script>", "/echo?say=%3C!doctype+html%3E", "/echo?say=%3CHtMl%3E"):
        assert get(server, path.replace("<", "%3c").replace(">", "%3e"))[1] == "text/plain; charset=utf-8"
    assert get(server, "/echo", "POST", "<html><script>")[1] == "text/plain; charset=utf-8"


def test_a_tuple_of_flask_says_what_to_write(server: Server) -> None:
    server.get("/flask")(lambda request: ("gone", 404))

    assert get(server, "/flask")[0] == 500
    assert "write return ls.Response(body, status=404)" in str(server.errors[0])


def test_a_stream_may_have_a_type_and_a_status_of_its_own(server: Server) -> None:
    async def rows() -> Any:
        for number in range(3):
            yield f"{number}\n"

    server.get("/rows")(lambda request: ls.Response(rows(), status=203, type="text/csv"))

    assert get(server, "/rows") == (203, "text/csv; charset=utf-8", b"0\n1\n2\n")


# -- what repr shows


def test_a_namespace_and_a_selection_show_themselves_in_a_line(server: Server) -> None:
    space = server.of("/point")
    space.on("move")(lambda socket: None)
    with Raw(server.port) as raw:
        raw.join("/point")
        eventually(lambda: space.sockets(), "it is in")

        assert repr(space) == '<Namespace "/point", 1 socket; events: "move">'
        assert repr(space.to("a").except_("b").volatile) == '<Selection of /point: .to("a").except_("b").volatile>'
        assert repr(server.of("/new")) == '<Namespace "/new", 0 sockets; events: none>'


def test_no_repr_shows_a_secret() -> None:
    headers = {"cookie": "session=geheim", "authorization": "Bearer geheim", "sec-websocket-protocol": "geheim"}
    request = HttpRequest("POST", "/x?auth=geheim", headers, b"geheim", 1)
    assert "geheim" not in repr(request) and "/x" in repr(request) and "POST" in repr(request)

    names = ["x-auth-token", "api_key", "sig", "x-amz-signature", "pwd", "key", "jwt", "user[password]", "otp"]
    values = dict.fromkeys(names, "geheim") | {"page": "7"}
    target = "/x?" + "&".join(f"{name}={value}" for name, value in values.items())
    sent = [Headers(values), HttpRequest("GET", target, {}).query, SocketHandshake({}, {}, "a", auth="geheim")]
    assert "geheim" not in repr(sent) and "'page': '7'" in repr(sent)
    assert sent[0]["Key"] == "geheim"

    rules = Access.of("0.0.0.0", hosts=(), origins=(), behind_hub=False)
    assert rules.token is not None and rules.token not in repr(rules)


# -- files in pieces


def test_a_large_file_arrives_whole_and_in_pieces(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    largest: list[int] = []
    read = folder._read

    def noted(file: Any, size: int) -> bytes:
        largest.append(size)
        return read(file, size)

    monkeypatch.setattr(folder, "_read", noted)
    data = bytes(range(256)) * 20_000
    (tmp_path / "large.bin").write_bytes(data)
    server.static("/", tmp_path)

    assert get(server, "/large.bin") == (200, "application/octet-stream", data)
    assert max(largest) == folder.PIECE and len(largest) == 5
    status, _, body = get(server, "/large.bin", "HEAD")
    assert (status, body) == (200, b"") and faults(server) == []


def test_a_peer_that_does_not_read_holds_one_piece_of_a_large_file(server: Server, tmp_path: Path) -> None:
    with open(tmp_path / "huge.bin", "wb") as file:
        file.truncate(200_000_000)
    server.static("/", tmp_path)
    with Wire(server.port) as wire:
        wire.send(f"GET /huge.bin HTTP/1.1\r\nHost: {wire.host}\r\n\r\n".encode())
        waiting = lambda: sum(channel.transport.get_write_buffer_size() for channel in server._site.channels())  # noqa: E731
        eventually(lambda: waiting() > 0, "the peer's system takes no more")

        assert waiting() < 3 * folder.PIECE
    eventually(lambda: not server.peers, "it is gone")
    assert faults(server) == []
