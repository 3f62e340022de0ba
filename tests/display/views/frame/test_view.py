"""The bits of a frame, from the kernel's side: what a change does, and what a real server says to the result."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from typing import Any

import pytest

import livesock as ls
from livesock.display.views.frame.view import EXAMPLE, LIMIT, FrameView
from livesock.wire.frame import Frame, encode_frame


@pytest.fixture
def view() -> Iterator[FrameView]:
    """The example, without the view's thread: the test looks in its place."""
    view = ls.display.frame()
    view.stop()
    yield view
    view.finish()
    view.close()


def tell(view: FrameView, kind: str, **content: Any) -> dict[str, Any]:
    view.on_message({"kind": kind, **content})
    news = view.news()
    assert news is not None
    return news


def sent(view: FrameView) -> str:
    tell(view, "send")
    assert view._request is not None and view._request.done.wait(10)
    answer = view.snapshot()["answer"]
    assert answer["done"] and not answer["stale"]
    return str(answer["sentence"])


def test_a_flipped_bit_changes_bytes_fields_and_verdict_and_can_be_taken_back(view: FrameView) -> None:
    news = tell(view, "flip", bit=8)

    assert news["hex"].startswith("81 05")
    assert next(field["value"] for field in news["fields"] if field["name"] == "MASK") == "0"
    client, server = news["verdicts"]
    assert (
        client["sign"] == "✕" and "a client must mask every frame" in client["text"] and "close 1002" in client["text"]
    )
    assert "a client must mask" not in server["text"]
    assert tell(view, "undo")["bytes"] == list(EXAMPLE)
    assert view.news() is None


def test_who_is_to_guess_gets_the_verdict_with_the_answer() -> None:
    view = ls.display.frame(b"GET /", guess=True)
    view.stop()
    try:
        assert view.snapshot()["verdicts"] == [] and "broken rule" not in view.words()
        sent(view)
        assert "rules are broken" in view.snapshot()["verdicts"][0]["text"]
        assert tell(view, "flip", bit=0)["verdicts"] == [], "other bytes, another guess"
        assert tell(view, "undo")["verdicts"]
    finally:
        view.finish()
        view.close()


def test_the_mask_button_masks_anew_where_the_bit_alone_leaves_the_payload(view: FrameView) -> None:
    news = tell(view, "mask")

    assert bytes(news["bytes"]) == b"\x81\x05Hello"
    assert bytes(tell(view, "mask")["bytes"]) == EXAMPLE


@pytest.mark.parametrize(("size", "header"), [(125, 6), (126, 8), (65_535, 8), (65_536, 14)])
def test_a_long_payload_stays_bounded_on_the_page(size: int, header: int) -> None:
    view = ls.display.frame(Frame(1, b"x" * size, mask=b"abcd"))
    view.stop()
    state = view.snapshot()

    assert state["size"] == size + header
    assert len(state["bytes"]) == len(state["plain"]) == 32
    last = tell(view, "page", byte=size + header - 1)
    assert last["start"] + len(last["bytes"]) == state["size"]
    view.close()


def test_a_real_server_echoes_the_frame_and_refuses_what_it_became(view: FrameView) -> None:
    assert sent(view) == 'the server answers text "Hello", and then nothing'

    tell(view, "flip", bit=1)
    assert sent(view).startswith("the server closes with 1002 (protocol error)")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (encode_frame(Frame(1, b"\xff\xfe", mask=b"\1\2\3\4")), 1007),
        (bytes.fromhex("81 ff 00 00 00 00 00 01 00 01 37 fa 21 3d"), 1009),
        (bytes.fromhex("83 80 37 fa 21 3d"), 1002),
        (bytes.fromhex("88 81 37 fa 21 3d 00"), 1002),
    ],
)
def test_the_verdict_names_the_close_code_with_which_a_real_server_answers(data: bytes, code: int) -> None:
    view = ls.display.frame(data)
    view.stop()
    try:
        verdict = view.snapshot()["verdicts"][0]
        assert verdict["sign"] == "✕" and f"close {code}" in verdict["text"]
        assert f"closes with {code}" in sent(view)
    finally:
        view.finish()
        view.close()


def test_a_real_server_may_be_laxer_than_the_rule() -> None:
    """RFC 6455, 5.2: "the minimal number of bytes MUST be used to encode the length"; `websockets` does not insist."""
    view = ls.display.frame(bytes.fromhex("81 fe 00 05 37 fa 21 3d 7f 9f 4d 51 58"))
    view.stop()
    try:
        assert "a length must use the fewest bytes" in view.snapshot()["verdicts"][0]["text"]
        assert sent(view) == 'the server answers text "Hello", and then nothing'
    finally:
        view.finish()
        view.close()


def test_an_incomplete_frame_meets_silence(view: FrameView) -> None:
    news = tell(view, "flip", bit=12)

    assert news["verdicts"][0]["sign"] == "…"
    assert "not complete: 8 more bytes must come" in news["verdicts"][0]["text"]
    assert sent(view).startswith("silence: the server says nothing for 1 s")
    assert view.snapshot()["answer"]["rows"][-1]["text"] == "closed by us"


def test_a_server_that_closes_is_not_said_to_be_closed_by_us(view: FrameView) -> None:
    tell(view, "flip", bit=8)

    assert sent(view).startswith("the server closes with 1002")
    rows = [row["text"] for row in view.snapshot()["answer"]["rows"]]
    assert rows[-2:] == ["the server has finished sending", "closed"]


def test_it_can_be_sent_to_a_server_of_ours_and_comes_from_a_row_of_its_trace() -> None:
    with ls.serve("frames") as server:

        @server.websocket("/twice")
        async def twice(ws: Any) -> None:
            async for message in ws:
                await ws.send(message * 2)

        with ls.connect(server.url("/twice")) as ws:
            ws.send("ab")
            assert ws.recv() == "abab"
            row = ws.trace.only(kind="frame", direction=">").rows()[0]
        view = ls.display.frame(row, server=server, path="/twice")
        view.stop()

        assert sent(view) == 'the server answers text "abab", and then nothing'
        assert server.trace.data("<").count(row.data) == 2, "the very bytes, over a connection of their own"
        view.finish()
        view.close()


def test_tls_is_no_obstacle() -> None:
    with ls.serve("safe frames", tls=True) as server:

        @server.websocket("/echo")
        async def echo(ws: Any) -> None:
            await ws.send(await ws.recv())

        view = ls.display.frame(server=server)
        view.stop()
        assert sent(view).startswith('the server answers text "Hello", then closes with 1000')
        view.close()


def test_a_handshake_that_fails_is_told() -> None:
    with ls.serve("nothing") as server:
        view = ls.display.frame(server=server, path="/nowhere")
        view.stop()
        assert sent(view).startswith("the handshake was refused with 404")
        view.close()
    view = ls.display.frame(server=server, path="/nowhere")
    view.stop()
    assert sent(view).startswith("no answer: ")
    view.close()


def test_any_bytes_can_be_shown_and_said(view: FrameView) -> None:
    rng = random.Random(4)
    for size in (1, 2, 3, 6, 9, 13, 14, 40):
        for _ in range(20):
            view._become(rng.randbytes(size))
            state = view.snapshot()
            assert len(json.dumps(state)) < 20_000
            assert view.words() and view.picture().startswith("<svg")
            for kind in ("fin", "mask", "mend"):
                view.on_message({"kind": kind})


@pytest.mark.parametrize(
    ("message", "complaint"),
    [
        ({"kind": "flip", "bit": 88}, "the bits 0 to 87, not 88"),
        ({"kind": "flip", "bit": "9"}, "\"bit\" is a whole number from 0, not '9'"),
        ({"kind": "flip"}, "not None"),
        ({"kind": "opcode", "value": 16}, "up to 15, not 16"),
        ({"kind": "page", "byte": 11}, "up to 10, not 11"),
        ({"kind": ["x"]}, "may send flip"),
        ({"kind": "x" * 1000}, "may send flip"),
    ],
)
def test_what_no_page_would_say_is_refused(view: FrameView, message: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint) as caught:
        view.on_message(message)
    assert len(str(caught.value)) < 250


@pytest.mark.parametrize(
    ("data", "error", "words"),
    [
        ("81", TypeError, "bytes, a row of a trace or a Frame, not '81'"),
        (b"", ValueError, "1 to 65,550 bytes, got 0"),
        (b"\x81" * (LIMIT + 1), ValueError, "got 65,551"),
    ],
)
def test_what_is_no_frame_is_refused(data: Any, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        ls.display.frame(data)


def test_a_server_that_is_no_place_is_refused() -> None:
    with pytest.raises(TypeError, match="a target is a URL"):
        ls.display.frame(server=3.5)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="begins with a slash"):
        ls.display.frame(server=80, path="echo")
    with pytest.raises(ValueError, match='"client" or "server"'):
        ls.display.frame(sender="proxy")  # type: ignore[arg-type]


def test_the_end_that_sent_the_frame_is_judged_first() -> None:
    view = ls.display.frame(b"\x81\x00", sender="server")

    assert [one["who"] for one in view.snapshot()["verdicts"]] == ["sent by a server", "sent by a client"]
    view.close()


def test_the_words_do_not_depend_on_the_masking_key() -> None:
    said = set()
    for key in (b"\1\2\3\4", b"\xff\0\xff\0"):
        view = ls.display.frame(encode_frame(Frame(1, b"Hello", mask=key)))
        data, _ = view._repr_mimebundle_()
        said.add(data["text/plain"])
        assert data["text/html"].startswith("<img ")
        view.close()
    assert len(said) == 1
    assert 'payload: "Hello"' in said.pop()
