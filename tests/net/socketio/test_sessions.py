"""Engine.IO on a real port, asked by `http.client` and `websockets`, which know nothing of it."""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import threading
from collections.abc import Iterator

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

import livesock as ls
from livesock.net.socketio.line import Line
from livesock.net.socketio.sessions import SessionTable
from livesock.realtime.actions import SessionOptions

OPTIONS = SessionOptions(ping_interval=0.3, ping_timeout=0.2, upgrade_timeout=0.3, max_payload=10_000)


class Echo:
    """The layer above, for these tests: it says everything back, and remembers what happened."""

    def __init__(self) -> None:
        self.log: list[tuple[str, str]] = []
        self.over = threading.Semaphore(0)

    def opened(self, line: Line) -> None:
        self.log.append(("opened", line.sid))

    def received(self, line: Line, message: str | bytes) -> None:
        line.send([message])

    def ended(self, line: Line, reason: str) -> None:
        self.log.append((reason, line.sid))
        self.over.release()

    @property
    def reasons(self) -> list[str]:
        return [word for word, _ in self.log if word != "opened"]


@pytest.fixture
def echo() -> Echo:
    return Echo()


@pytest.fixture
def server(echo) -> Iterator[ls.Server]:
    with ls.serve("engine") as server:

        async def begin() -> SessionTable:
            return SessionTable(server._site, echo, OPTIONS)

        server.engine = server.call(begin)
        yield server
        assert not server._site.failures.count


def ask(server, method: str, query: str, body: bytes | None = None) -> tuple[int, str]:
    connection = http.client.HTTPConnection(server.host, server.port, timeout=20)
    try:
        connection.request(method, f"/socket.io/?{query}", body)
        response = connection.getresponse()
        return response.status, response.read().decode()
    finally:
        connection.close()


def begin(server) -> str:
    status, body = ask(server, "GET", "EIO=4&transport=polling")
    assert status == 200 and body[0] == "0"
    return json.loads(body[1:])["sid"]


def poll(server, sid: str) -> tuple[int, str]:
    return ask(server, "GET", f"EIO=4&transport=polling&sid={sid}")


def post(server, sid: str, body: bytes) -> tuple[int, str]:
    return ask(server, "POST", f"EIO=4&transport=polling&sid={sid}", body)


def websocket(server, query: str = "EIO=4&transport=websocket"):
    return connect(server.url(f"/socket.io/?{query}"), proxy=None, legacy=True)


# -- opening


def test_the_greeting_of_polling(server):
    status, body = ask(server, "GET", "EIO=4&transport=polling")
    opening = json.loads(body[1:])
    assert (status, body[0]) == (200, "0") and len(opening.pop("sid")) >= 20
    assert opening == {"upgrades": ["websocket"], "pingInterval": 300, "pingTimeout": 200, "maxPayload": 10_000}


def test_the_greeting_of_a_websocket(server):
    with websocket(server) as ws:
        assert json.loads(ws.recv(timeout=20)[1:])["upgrades"] == []


@pytest.mark.parametrize(
    ("method", "query", "code"),
    [
        ("GET", "EIO=4", 0),
        ("GET", "EIO=4&transport=abc", 0),
        ("GET", "EIO=4&transport=__proto__", 0),
        ("GET", "EIO=4&transport=polling&transport=websocket", 0),
        ("GET", "transport=polling", 5),
        ("GET", "EIO=abc&transport=polling", 5),
        ("GET", "EIO=3&transport=polling", 5),
        ("POST", "EIO=4&transport=polling", 2),
        ("GET", "EIO=4&transport=polling&sid=__proto__", 1),
        ("POST", "EIO=4&transport=polling&sid=abc", 1),
        ("GET", "EIO=4&transport=polling&j=0", 3),
        ("GET", "EIO=4&transport=websocket", 3),
    ],
)
def test_what_is_no_request_of_the_protocol_is_400_with_a_code(server, method, query, code):
    status, body = ask(server, method, query)
    assert status == 400 and json.loads(body)["code"] == code


@pytest.mark.parametrize(
    ("query", "code"), [("EIO=4&transport=abc", 0), ("transport=websocket", 5), ("EIO=4&transport=websocket&sid=x", 1)]
)
def test_a_websocket_handshake_with_a_wrong_query_is_refused_the_same(server, query, code):
    with pytest.raises(Exception) as refused:
        websocket(server, query)
    assert refused.value.response.status_code == 400
    assert json.loads(refused.value.response.body)["code"] == code


def test_a_wrong_method_is_400_with_a_code(server):
    status, body = ask(server, "PATCH", "EIO=4&transport=polling")
    assert status == 400 and json.loads(body)["code"] == 2


# -- talking


def test_polling_sends_and_receives_text_and_bytes(server):
    sid = begin(server)
    assert post(server, sid, "4héllo\x1ebAQID".encode()) == (200, "ok")
    status, body = poll(server, sid)
    assert (status, body) == (200, "4héllo\x1ebAQID")


def test_a_waiting_poll_is_answered_when_there_is_something(server):
    sid = begin(server)
    answer: list[tuple[int, str]] = []
    waiting = threading.Thread(target=lambda: answer.append(poll(server, sid)))
    waiting.start()
    assert post(server, sid, b"4late") == (200, "ok")
    waiting.join(20)
    assert answer == [(200, "4late")]


def test_a_websocket_sends_and_receives_text_and_bytes(server):
    with websocket(server) as ws:
        ws.recv(timeout=20)
        for message in ("4hello", b"\x01\x02"):
            ws.send(message)
            assert ws.recv(timeout=20) == message


@pytest.mark.parametrize("body", [b"abc", b"", b"\xff\xfe", b"4ok\x1eb!!"])
def test_a_payload_that_is_none_is_400_and_the_session_is_over(server, echo, body):
    sid = begin(server)
    assert post(server, sid, body)[0] == 400
    assert poll(server, sid)[0] == 400 and echo.reasons == ["parse error"]


@pytest.mark.parametrize("message", ["abc", "", "9", "2", "b!!"])
def test_a_message_that_is_no_packet_closes_the_websocket_at_once(server, echo, message):
    with websocket(server) as ws:
        ws.recv(timeout=20)
        ws.send(message)
        with pytest.raises(ConnectionClosed):
            ws.recv(timeout=20)
    assert echo.over.acquire(timeout=20)
    assert echo.reasons in (["parse error"], ["transport error"])


def test_two_polls_at_once_are_an_error_and_the_first_is_released(server, echo):
    sid = begin(server)
    answer: list[tuple[int, str]] = []
    first = threading.Thread(target=lambda: answer.append(poll(server, sid)))
    first.start()
    line = server.engine.lines[sid]
    server.trace.wait(lambda _: line.session._poll is not None, timeout=20)
    assert poll(server, sid)[0] == 400
    first.join(20)
    assert answer == [(200, "1")] and echo.reasons == ["transport error"]


def test_a_poll_that_is_given_up_ends_the_session(server, echo):
    sid = begin(server)
    with socket.create_connection((server.host, server.port)) as raw:
        raw.sendall(f"GET /socket.io/?EIO=4&transport=polling&sid={sid} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        line = server.engine.lines[sid]
        server.trace.wait(lambda _: line.session._poll is not None, timeout=20)
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
    assert echo.over.acquire(timeout=20) and echo.reasons == ["transport error"]
    assert post(server, sid, b"4x")[0] == 400


def test_a_payload_over_the_limit_is_refused_on_both_transports(server):
    with websocket(server) as ws:
        ws.recv(timeout=20)
        ws.send("4" + "x" * OPTIONS.max_payload)
        with pytest.raises(ConnectionClosed) as closed:
            ws.recv(timeout=20)
        assert closed.value.rcvd.code == 1009


# -- heartbeat


def test_a_client_that_answers_pings_stays_and_one_that_does_not_is_gone(server, echo):
    with websocket(server) as ws:
        ws.recv(timeout=20)
        for _ in range(3):
            assert ws.recv(timeout=20) == "2"
            ws.send("3")
        assert ws.recv(timeout=20) == "2"
        with pytest.raises(ConnectionClosed):
            ws.recv(timeout=20)
    assert echo.reasons == ["ping timeout"]


# -- the upgrade


def test_the_upgrade_moves_the_session_and_loses_nothing(server, echo):
    sid = begin(server)
    with websocket(server, f"EIO=4&transport=websocket&sid={sid}") as ws:
        answer: list[tuple[int, str]] = []
        waiting = threading.Thread(target=lambda: answer.append(poll(server, sid)))
        waiting.start()
        ws.send("2probe")
        assert ws.recv(timeout=20) == "3probe"
        waiting.join(20)
        assert answer[0][1] in ("6", "2"), "the waiting poll is released"
        assert post(server, sid, b"4during") == (200, "ok")
        ws.send("5")
        messages = [ws.recv(timeout=20)]
        while messages[-1] == "2":
            ws.send("3")
            messages.append(ws.recv(timeout=20))
        assert messages[-1] == "4during"
        assert poll(server, sid)[0] == 400
    assert echo.over.acquire(timeout=20) and echo.reasons == ["transport close"]


def test_a_second_websocket_is_accepted_and_closed(server, echo):
    sid = begin(server)
    query = f"EIO=4&transport=websocket&sid={sid}"
    with websocket(server, query) as first, websocket(server, query) as second:
        with pytest.raises(ConnectionClosed):
            second.recv(timeout=20)
        first.send("2probe")
        assert first.recv(timeout=20) == "3probe"
    assert echo.reasons == []


def test_a_probe_that_never_upgrades_is_closed_and_polling_carries_on(server):
    sid = begin(server)
    with websocket(server, f"EIO=4&transport=websocket&sid={sid}") as ws:
        ws.send("2probe")
        assert ws.recv(timeout=20) == "3probe"
        assert post(server, sid, b"3\x1e4still") == (200, "ok")
        with pytest.raises(ConnectionClosed):
            ws.recv(timeout=20)
    assert "4still" in poll(server, sid)[1]


# -- the end


def test_stopping_the_server_ends_every_session_and_leaves_nothing(echo):
    server = ls.serve("engine")

    async def start() -> SessionTable:
        return SessionTable(server._site, echo, SessionOptions())

    engine = server.call(start)
    sid = begin(server)
    waiting = threading.Thread(target=_quietly, args=(poll, server, sid))
    waiting.start()
    line = engine.lines[sid]
    server.trace.wait(lambda _: line.session._poll is not None, timeout=20)
    with websocket(server) as ws:
        ws.recv(timeout=20)
        server.stop()
        with pytest.raises(ConnectionClosed):
            ws.recv(timeout=20)
    waiting.join(20)
    assert not waiting.is_alive() and engine.lines == {}


def _quietly(function, *arguments) -> None:
    with contextlib.suppress(OSError, http.client.HTTPException):
        function(*arguments)


def test_ids_are_long_random_and_never_the_same(server):
    ids = {begin(server) for _ in range(20)}
    assert len(ids) == 20 and all(len(sid) >= 20 for sid in ids)
