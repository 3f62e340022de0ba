"""The live log without a browser: what it says about real traffic, what it skips, what it keeps to itself."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

import livesock as ls
from livesock.display.views.wire.held import ROW_BYTES, ROWS, SEARCHED, Log, details_of
from livesock.display.views.wire.view import WireView, wire
from livesock.trace.follower import Follower
from livesock.trace.recording import Trace
from livesock.wire.frame import Frame, Opcode, encode_frame
from tests.peers import eventually

UPGRADE = (
    b"GET {path} HTTP/1.1\r\nHost: x\r\nCookie: id=s3cret\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
ANSWER = (
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"
)


def text(words: str) -> bytes:
    return encode_frame(Frame(Opcode.TEXT, words.encode(), mask=b"\x37\xfa\x21\x3d"))


def opened(trace: Trace, number: int = 1, path: str = "/echo") -> Trace:
    trace.peers[number] = ("127.0.0.1:8000", f"127.0.0.1:{50000 + number}")
    trace.add("=", number, b"open 127.0.0.1:50001")
    trace.add("<", number, UPGRADE.replace(b"{path}", path.encode()))
    trace.add(">", number, ANSWER)
    return trace


@pytest.fixture
def server() -> Iterator[ls.Server]:
    with ls.serve("log") as server:

        @server.websocket("/echo")
        async def echo(ws: Any) -> None:
            async for message in ws:
                await ws.send(message)

        yield server
    ls.stop_all()


def test_the_log_holds_the_rows_of_the_trace_and_counts_every_byte(server: ls.Server) -> None:
    log = wire(server)
    with ls.connect(server.url("/echo")) as ws:
        for word in ("one", "two", "x" * 70_000):
            ws.send(word)
            ws.recv(timeout=5)
    eventually(lambda: "closed" in str(server.trace), "the connection is closed")
    eventually(lambda: len(log._log) == len(server.trace.rows()), "the log has every row")
    log.close()

    assert [held.row.summary for held in log._log] == [row.summary for row in server.trace.rows()]
    for direction in "<>":
        layers = log._follower.layers[direction]
        assert sum(layers) == log._follower.payload[direction] == len(server.trace.data(direction))
        assert layers.application == 6 + 70_000


def test_everything_that_has_a_trace_can_be_shown_and_nothing_else(server: ls.Server) -> None:
    with ls.connect(server.url("/echo")) as ws, ls.tcp(server) as raw, ls.netsim(server) as net:
        words = [view.words() for view in map(wire, (server, ws, raw, net, server.trace))]
    ls.stop_all()

    assert words[0] == "live log of server log: what crosses its wire, both directions"
    assert words[1:] == [
        f"live log of {name}: what crosses its wire, both directions"
        for name in ("a WebSocket connection", "a TCP connection", "a simulated network", "a trace")
    ]
    with pytest.raises(TypeError, match=r"wire\(\) shows a server.* not 80 \(int\): pass what serve"):
        wire(80)


@pytest.mark.parametrize("message", [{}, {"kind": "export"}, {"kind": "export", "format": "exe"}, {"kind": ["select"]}])
def test_a_page_that_says_nonsense_gets_a_complaint(message: dict[str, Any]) -> None:
    log = WireView(Trace())
    try:
        with pytest.raises(ValueError, match=r"a page of wire\(\) may send"):
            log.on_message(message)
    finally:
        log.close()


def sent_by(log: WireView) -> list[tuple[dict[str, Any], Any]]:
    """Record what a log, whose thread has ended, sends from now on."""
    sent: list[tuple[dict[str, Any], Any]] = []
    log.stop()
    log._widget.send = lambda content, buffers=None: sent.append((content, buffers))
    return sent


def test_exports_are_the_trace_without_its_secrets() -> None:
    trace = opened(Trace())
    trace.add("<", 1, text("Hello"))
    log = WireView(trace)
    sent = sent_by(log)
    for form in ("text", "pcapng"):
        log.on_message({"kind": "export", "format": form})
        log.finish()
        log._deliver()

    (_, [as_text]), (_, [as_pcapng]) = sent
    assert as_text.decode() == trace.text()
    assert as_pcapng[:4] == b"\x0a\x0d\x0d\x0a"
    assert b"s3cret" not in as_text + as_pcapng
    assert b"GET /echo HTTP/1.1" in as_pcapng


def test_the_text_that_is_saved_has_more_rows_than_the_log_holds() -> None:
    trace = opened(Trace())
    for _ in range(26):
        trace.add("<", 1, text("Hello") * 1000)
    log = WireView(trace)
    sent = sent_by(log)

    log.on_message({"kind": "export", "format": "text"})
    eventually(lambda: not log._exporting.is_alive(), "the text is written", timeout=60)
    log._deliver()

    ((_, [as_text]),) = sent
    assert as_text.count(b'text "Hello"') == 26_000 > ROWS


def test_no_secret_reaches_a_page() -> None:
    trace = opened(Trace(), path="/socket.io/?EIO=4&transport=websocket&token=s3cret")
    trace.add("<", 1, text('40/x,{"token":"s3cret"}'))
    log = WireView(trace)
    sent = sent_by(log)
    for row in range(1, 6):
        log.on_message({"kind": "select", "row": row})

    said = json.dumps([content for content, _ in sent]) + json.dumps(log.snapshot()) + log.picture() + log.words()
    assert len(sent) == 5
    assert "s3cret" not in said
    assert b"s3cret".hex() not in said


def test_a_search_finds_what_the_summary_of_a_row_cuts() -> None:
    needle = '{"a":"' + "x" * 80 + '","user":"needle"}'
    trace = only(text(needle), text(needle + "y" * 20_000), text("short"))
    lines = [held.line() for held in Log().add(Follower(trace, everything=True).look())]
    searched = [line[-1] for line in lines]

    assert [("needle" in line[6], "needle" in line[-1]) for line in lines[3:5]] == [(False, True)] * 2
    assert "Sec-WebSocket-Key: dGhl" in searched[1]
    assert "Cookie: xxx" in searched[1] and "s3cret" not in str(searched)
    assert searched[0] == searched[5] == ""
    assert max(map(len, searched)) == SEARCHED


def test_the_details_of_a_row_say_where_its_fields_are() -> None:
    (held,) = Log().add(Follower(only(text("Hi"))).look()[3:])
    details = details_of(held)

    assert bytes.fromhex(details["hex"]) == text("Hi")
    assert [(f["name"], f["start"], f["stop"], f["bits"]) for f in details["fields"]][5:] == [
        ("MASK", 1, 2, "1... ...."),
        ("payload length", 1, 2, ".000 0010"),
        ("masking key", 2, 6, ""),
        ("payload", 6, 8, ""),
    ]


def only(*frames: bytes) -> Trace:
    trace = opened(Trace())
    for frame in frames:
        trace.add("<", 1, frame)
    return trace


def test_a_log_is_bounded_in_rows_and_in_bytes() -> None:
    log, trace, follower = Log(), opened(Trace(limit=2**26)), None
    follower = Follower(trace)
    for _ in range(ROWS // 100 + 2):
        for number in range(100):
            trace.add("<", 1, text(str(number)))
        while follower.backlog.chunks or follower._cursor < trace.since().cursor:
            log.add(follower.look(10))
    assert (len(log), log.total) == (ROWS, ROWS + 203)
    first = next(iter(log))
    assert log.get(first.number) is first
    assert log.get(first.number - 1) is log.get("1") is log.get(None) is None

    trace.add("<", 1, text("x" * 10**6))
    while follower.look(10) or follower.backlog.chunks:
        pass
    big = Log().add(Follower(only(text("x" * 10**6))).look(10)[3:])

    assert [(held.size, len(held.row.data)) for held in big] == [(10**6 + 14, ROW_BYTES)]


def test_every_row_of_a_burst_is_there_and_what_waits_is_counted() -> None:
    trace = Trace()
    for number in range(1, 51):
        opened(trace, number)
    log = WireView(trace)
    for number in range(100):
        for connection in range(1, 51):
            trace.add("<", connection, text(str(number)))
            trace.add(">", connection, b"\x81\x01a")
    eventually(lambda: len(log._log) == 10_150, "every row is in the log")
    log.stop()
    final = log._final or {}
    log.close()

    assert (final["total"], final["waiting"], final["skipped"]) == (10_150, (0, 0), (0, 0))
    assert len(final["rows"]) == 10_150


def test_after_clear_only_what_comes_then_is_shown_and_counted() -> None:
    trace = opened(Trace())
    for number in range(9000):
        trace.add("<", 1, text(str(number)))
    log = WireView(trace)
    log.stop()
    log.on_message({"kind": "clear"})
    trace.add("<", 1, text("new"))
    while log._follower.backlog.chunks or log._follower._cursor < trace.since().cursor:
        log.news()
    log.close()

    assert [held.row.summary for held in log._log] == ['text "new"']
    assert log._log.total == 1
    assert log._follower.payload["<"] == sum(log._follower.layers["<"]) == len(text("new"))


def pairs_of(*spoken: tuple[str, bytes]) -> list[tuple[int, float] | None]:
    """Return what each frame answers: the number of a row before it, counted from the first frame, and milliseconds."""
    trace = opened(Trace(), path="/socket.io/?EIO=4&transport=websocket")
    for way, payload in spoken:
        trace.add(way, 1, payload)
    log = Log()
    held = log.add(Follower(trace, everything=True).look())
    first = len(held) - len(spoken)
    return [
        None if one.pair is None else (one.pair.question - held[first].number, one.pair.took) for one in held[first:]
    ]


def frame(opcode: int, payload: bytes) -> bytes:
    return encode_frame(Frame(opcode, payload))


def test_a_row_knows_what_it_answers_and_how_long_that_took() -> None:
    found = pairs_of(
        ("<", text('42/point,7["move",1]')),
        ("<", text('42/point,8["move",2]')),
        (">", frame(Opcode.TEXT, b'43/point,8["two"]')),
        (">", frame(Opcode.TEXT, b'42["ask"]')),
        (">", frame(Opcode.TEXT, b'43/point,7["one"]')),
        (">", frame(Opcode.TEXT, b'43/chat,7["another namespace"]')),
        (">", frame(Opcode.PING, b"a")),
        ("<", text("40/chat,")),
        ("<", encode_frame(Frame(Opcode.PONG, b"b", mask=bytes(4)))),
        ("<", encode_frame(Frame(Opcode.PONG, b"a", mask=bytes(4)))),
        (">", frame(Opcode.TEXT, b'44/chat,{"message":"no"}')),
        (">", frame(Opcode.TEXT, b"2")),
        ("<", text("3")),
    )

    assert [one and one[0] for one in found] == [
        None, None, 1, None, 0, None, None, None, None, 6, 7, None, 11,
    ]  # fmt: skip
    assert all(one is None or one[1] >= 0 for one in found)


def test_pings_and_pongs_are_heartbeats_and_nothing_else_is() -> None:
    trace = opened(Trace(), path="/socket.io/?EIO=4&transport=websocket")
    for data in (
        frame(Opcode.PING, b""),
        frame(Opcode.TEXT, b"2"),
        frame(Opcode.TEXT, b"2probe"),
        frame(Opcode.CLOSE, b""),
    ):
        trace.add(">", 1, data)
    plain = opened(Trace(), 1)
    plain.add(">", 1, frame(Opcode.TEXT, b"2"))

    assert [one.is_heartbeat for one in Log().add(Follower(trace, everything=True).look())][3:] == [
        True,
        True,
        False,
        False,
    ]
    assert not any(one.is_heartbeat for one in Log().add(Follower(plain, everything=True).look()))


def test_a_response_is_paired_with_its_request() -> None:
    trace = opened(Trace())
    held = Log().add(Follower(trace, everything=True).look())

    assert [one.pair and one.pair.question for one in held] == [None, None, 2]


def test_a_closed_view_that_is_displayed_again_shows_its_last_picture(server: ls.Server) -> None:
    view = ls.display.wire(server)
    view.close()

    data, _ = view._repr_mimebundle_()

    assert data["text/html"].startswith("<img ") and "text/plain" in data
    with pytest.raises(NotImplementedError):
        view._ipython_display_()  # IPython then shows the bundle by itself
